//! What a profiler or the log sees of the window's frames.

use std::sync::{Arc, Mutex};

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Filter, ImageId, ImagePath, ImageRecord, Sort, images_touched, labels_copied};
use tiramisu::engine::Event;
use tiramisu::session::Choose;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use tiramisu::domain::FrameTimes;

use crate::support::collection;
use crate::support::window::{Setup, Window, all_views};

/// Notes the name of every span that begins.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<&'static str>>>);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Names {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.lock().unwrap().push(attributes.metadata().name());
    }
}

#[test]
fn every_frame_is_a_span() {
    let names = Names::default();
    let mut window = Window::with_images(4, Setup::default());
    let seen = tracing::subscriber::with_default(Registry::default().with(names.clone()), || {
        window.harness.step();
        window.harness.step();
        names.0.lock().unwrap().clone()
    });
    let count = |name| seen.iter().filter(|seen| **seen == name).count();
    // A frame that has to be laid out again is drawn twice.
    assert!(count("frame") >= 2 && count("frame") == count("events"), "{seen:?}");
}

#[test]
fn ninety_nine_of_a_hundred_frames_are_within_what_is_told_of_them() {
    assert_eq!(FrameTimes::of([]), None);
    let one = FrameTimes::of([0.004]).expect("a frame");
    assert_eq!((one.frames, one.median_ms, one.p99_ms, one.worst_ms), (1, 4.0, 4.0, 4.0));
    // 1 to 200 ms, in any order.
    let many = FrameTimes::of((0..200).map(|frame| f64::from((frame * 67) % 200 + 1) * 1e-3)).expect("frames");
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(many.median_ms, 100.0) && near(many.p99_ms, 198.0) && near(many.worst_ms, 200.0), "{many:?}");
}

#[test]
fn no_frame_looks_at_every_image() {
    // A million, and as many of each label.
    const IMAGES: usize = 1_000_008;
    // What is seen in all views, twice if a frame has to be laid out again, and what a selection of all has of chunks.
    const MOST: u64 = 6_000;
    let mut window = Window::with_images(IMAGES, Setup::default());
    let most_of = |window: &mut Window, what: &str| {
        for _ in 0..8 {
            let before = images_touched();
            window.harness.step();
            let touched = images_touched() - before;
            assert!(touched <= MOST, "{what}: a frame looks at {touched} images");
            // On another thread, as it were.
            window.answer();
        }
    };
    most_of(&mut window, "at rest");
    window.harness.get_by_label("blobs/000001.png").click();
    most_of(&mut window, "a click");
    window.harness.key_press(Key::ArrowRight);
    most_of(&mut window, "an arrow");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    most_of(&mut window, "all");
    assert_eq!(window.session().opened.chosen.selection.len(), IMAGES);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    most_of(&mut window, "none");
    window.harness.key_press(Key::End);
    most_of(&mut window, "the end");
    window.harness.state_mut().act(Choose::Sort(Sort::Label));
    most_of(&mut window, "another order");
    window.harness.state_mut().act(Choose::Filter(Filter { text: "waves".into(), ..Filter::default() }));
    most_of(&mut window, "a filter");
    assert_eq!(window.session().opened.shown.len(), IMAGES / 12);
    window.harness.state_mut().act(Choose::Filter(Filter::default()));
    most_of(&mut window, "no filter");
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    for _ in 0..4 {
        most_of(&mut window, "the table, and its histograms");
    }
    // It is out of sight, beside the edge of the view.
    window.harness.get_by_label("Sort by File size").click_accesskit();
    most_of(&mut window, "the order of a column");
    window.harness.key_press(Key::End);
    most_of(&mut window, "the last row");
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::Home);
    most_of(&mut window, "all rows");
    assert_eq!(window.session().opened.chosen.selection.len(), IMAGES);
    window.harness.get_by_label("Label: checks").click();
    most_of(&mut window, "a name");
    for _ in 0..4 {
        most_of(&mut window, "histograms of what is left");
    }
    assert_eq!(window.session().opened.shown.len(), IMAGES / 12);
}

#[test]
fn a_search_that_finds_labels_all_the_time_copies_none_of_those_before() {
    const LABELS: usize = 300;
    let mut window = Window::with_images(60, Setup { settings: all_views(), ..Setup::default() });
    let mut images = window.session().opened.images.clone();
    let before = labels_copied();
    for label in 0..LABELS {
        let index = images.len();
        let record = ImageRecord {
            id: ImageId(index as u32),
            path: ImagePath { text: format!("found {label:04}/{index:06}.png"), raw: None },
            label: Some(format!("found {label:04}")),
            ..collection::image(index, 1)
        };
        // By another thread, as the engine does: who tells of them has them anew, the window's thread takes them as they are.
        let tell = move || {
            images.extend(std::iter::once(record.borrowed()));
            images
        };
        images = std::thread::spawn(tell).join().expect("there is room");
        window.tell([Event::Images(images.clone())]);
        window.harness.run_steps(1);
    }
    assert!(window.session().opened.images.label_places().len() >= LABELS);
    // Whoever kept the places of labels beside the session would have them all copied for each that comes: 45,000 of them.
    let copied = labels_copied() - before;
    assert!(copied <= LABELS as u64, "{copied} labels were copied");
}
