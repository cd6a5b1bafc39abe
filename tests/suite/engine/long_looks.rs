//! Looks that take so long that an extraction begins and ends beside them.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tiramisu::engine::{ChannelLook, Event, Look, Request};
use tracing::Metadata;
use tracing::span::Id;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::channels::{LAYERS, assert_right, exemplars, extract, kept, sample, table};
use crate::support::listener::{Listener, options};
use crate::support::memory::numbers_of;

/// Where the child works.
const WHERE: &str = "TIRAMISU_TEST_LONG_LOOK";

/// Holds the thread that looks through all vectors when it has read them, and before it saves what it found: there it leaves the span
/// of its work, and holds nothing that others wait for.
struct Held {
    has_read: Sender<()>,
    /// Until somebody says that it may go on.
    may_go_on: Mutex<Receiver<()>>,
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Held {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("tiramisu")
    }

    fn on_exit(&self, span: &Id, context: Context<'_, S>) {
        let is_job = context.metadata(span).is_some_and(|metadata| metadata.name() == "job");
        if is_job && std::thread::current().name() == Some("tiramisu-channels") {
            self.has_read.send(()).ok();
            self.may_go_on.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
        }
    }
}

/// Does nothing unless the test below asks for it, in a process of its own: what watches the spans watches those of all threads.
#[test]
fn a_look_that_is_to_be_held() {
    let Ok(dir) = std::env::var(WHERE) else { return };
    let dir = Path::new(&dir);
    let (folder, workspace) = (dir.join("pictures"), dir.join("workspace"));
    let (has_read, read) = channel();
    let (go_on, may_go_on) = channel();
    let held = Held { has_read, may_go_on: Mutex::new(may_go_on) };
    tracing::subscriber::set_global_default(Registry::default().with(held)).expect("nobody else watches this process");

    let mut listener = Listener::start(options(dir));
    let collection = extract(&mut listener, &folder, &workspace);
    let (name, _) = table(&workspace);
    for kind in ["exemplars", "statistics"] {
        fs::remove_dir_all(workspace.join(format!("{kind}_{name}.lance"))).expect("a table");
    }
    let layer = collection.layers.iter().position(|layer| layer.name == LAYERS[1]).expect("a layer");
    let look = ChannelLook::Exemplars { layer, channel: Some(2), count: 5 };
    listener.engine.send(Request::Look(Look::Channels(look)));
    read.recv_timeout(Duration::from_secs(240)).expect("it reads all vectors");

    for number in 0..9u8 {
        let picture = image::RgbImage::from_pixel(56, 44, image::Rgb([number * 28, 90, 255 - number]));
        picture.save(folder.join(format!("later{number}.png"))).expect("a picture");
    }
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted(), "nobody cancelled");
    // The extraction is over for all who ask: its end was taken in before this is answered.
    listener.engine.reads().expect("something is open");
    assert_right(&workspace);
    let (exemplars_before, statistics_before) = kept(&workspace);
    let is_placed = |list: &Vec<tiramisu::domain::Exemplar>| list.iter().any(|exemplar| exemplar.place.is_some());
    assert!(exemplars_before.layers.iter().flat_map(|layer| &layer.lists).any(is_placed), "an extraction knows places");

    go_on.send(()).expect("it waits");
    let found = listener.until("exemplars", |event| match event {
        Event::Exemplars(list) => Some(list.clone()),
        _ => None,
    });
    assert_eq!(listener.problems, []);
    let (exemplars_after, statistics_after) = kept(&workspace);
    assert_eq!(exemplars_after, exemplars_before, "the look saved what it had read before the extraction");
    assert_eq!(statistics_after, statistics_before);
    assert!(!found.is_current, "what it found is of before");
    // Who asks again is told of all that was extracted, places included, and nothing is read for it.
    let again = exemplars(&mut listener, layer, Some(2), 5);
    assert!(again.is_current);
    let kept_of_layer = exemplars_after.layers.iter().find(|kept| kept.layer == LAYERS[1]).expect("it is kept");
    assert_eq!(again.lists[0].1, kept_of_layer.lists[2][..5]);
    assert!(read.try_recv().is_err(), "all vectors were read again");
    println!("{WHERE} {} {}", listener.images.len(), exemplars_after.layers.len());
}

#[test]
fn a_long_look_for_exemplars_does_not_undo_what_an_extraction_beside_it_kept() {
    let (dir, _folder, _workspace) = sample(40);
    let told = numbers_of("engine::long_looks::a_look_that_is_to_be_held", WHERE, dir.path(), None);
    assert_eq!(told, [49, LAYERS.len() as u64], "pictures, and layers whose exemplars are kept");
}
