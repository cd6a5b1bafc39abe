//! The main job from end to end: the real window on the real engine, driven by accessible names.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::{self, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::engine::Engine;
use tiramisu::session::Session;
use tiramisu::ui::{App, AppOptions, Chooser, Waker};

use crate::support::listener::options;

/// Long enough for the slowest machine; a step that takes this long has failed.
const PATIENCE: Duration = Duration::from_secs(180);

struct Journey {
    window: Harness<'static, App>,
    /// Dropped after the window: its end is orderly.
    _engine: Engine,
}

impl Journey {
    fn start(data_dir: &Path, export_to: PathBuf) -> Self {
        let waker = Waker::default();
        let bell = waker.clone();
        let engine = Engine::start(options(data_dir), move || bell.wake()).expect("an engine");
        let (send, events) = (Box::new(engine.requests()), engine.events().clone());
        let chooser = Chooser::new(move |_, reply| reply.answer(Some(export_to.clone())));
        let window = Harness::builder().with_size(vec2(1400.0, 900.0)).build_eframe(move |cc| {
            let app = AppOptions { chooser, waker, ..AppOptions::default() };
            App::new(&cc.egui_ctx, Session::default(), send, events, app)
        });
        Self { window, _engine: engine }
    }

    fn session(&self) -> &Session {
        self.window.state().session()
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&Session) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self.session()) {
            assert!(Instant::now() < deadline, "waited in vain for {what}; notices: {:?}", self.session().notices());
            std::thread::sleep(Duration::from_millis(5));
            self.window.step();
        }
        self.window.run_steps(3);
    }

    fn click(&mut self, name: &str) {
        self.window.get_by_label(name).click();
        self.window.run_steps(3);
    }

    fn names(&self) -> Vec<String> {
        self.window.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect()
    }

    fn drag(&mut self, path: &[Pos2], modifiers: Modifiers) {
        let button = PointerButton::Primary;
        self.window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
        self.window.step();
        self.window
            .event_modifiers(egui::Event::PointerButton { pos: path[0], button, pressed: true, modifiers }, modifiers);
        self.window.step();
        for &pos in &path[1..] {
            self.window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
            self.window.step();
        }
        let pos = path[path.len() - 1];
        self.window.event_modifiers(egui::Event::PointerButton { pos, button, pressed: false, modifiers }, modifiers);
        self.window.run_steps(3);
    }
}

#[test]
fn a_person_opens_the_sample_looks_around_and_takes_images_away() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let target = dir.path().join("chosen.csv");
    let mut journey = Journey::start(&dir.path().join("data"), target.clone());

    journey.click("Explore the sample collection");
    journey.until("the extraction to end", |session| {
        session.opened.is_walked
            && !session.is_busy()
            && session.opened.committed.is_some_and(|(images, _)| images == 66)
    });
    assert_eq!(journey.session().opened.images.len(), 66);
    assert!(journey.session().collection().is_some_and(|collection| collection.is_sample));

    let first = journey.session().opened.shown.first().and_then(|id| journey.session().image(id));
    let first = first.expect("an image").path.text.to_owned();
    journey.click(&first);
    journey.until("neighbours", |session| session.opened.neighbours.is_some());
    journey.until("an activation", |session| session.opened.activation.is_some());
    journey.click("Place: Look inside");
    let before = journey.session().opened.neighbours.clone().expect("just waited for");
    assert_eq!(before.searched, 66);
    assert!(journey.names().iter().any(|name| name.starts_with("Neighbour 1: ")), "{:?}", journey.names());

    let (layer, name, choice) = {
        let collection = journey.session().collection().expect("it is open");
        let other =
            collection.stored.iter().find(|stored| stored.layer != before.wish.at.title()).expect("more layers");
        let index = collection.layers.iter().position(|layer| layer.name == other.layer).expect("a known layer");
        (index, other.layer.clone(), journey.session().opened.layer_titles.title(index).to_owned())
    };
    journey.click("Layer");
    let choices: Vec<_> = journey.window.get_all_by_label(&choice).collect();
    choices.last().expect("the layer is offered").click();
    drop(choices);
    journey.window.run_steps(3);
    journey.until("neighbours at the other layer", move |session| {
        session.opened.chosen.layer == layer
            && session.opened.neighbours.as_ref().is_some_and(|list| list.wish.at.title() == name)
    });

    journey.click("Place: Explore");
    journey.until("the map of the other layer", |session| {
        session.opened.projection().is_some_and(|map| Some(&map.wish.source) == session.source().as_ref())
    });
    let canvas = journey.window.get_by_role_and_label(egui::accesskit::Role::Canvas, "Map").rect();
    let inner = canvas.shrink(6.0);
    let around = [
        inner.left_top(),
        inner.right_top(),
        inner.right_bottom(),
        inner.left_bottom(),
        pos2(inner.left(), inner.top() + 2.0),
    ];
    journey.drag(&around, Modifiers::SHIFT);
    let selected = journey.session().opened.chosen.selection.len();
    assert!(selected > 60, "a lasso around everything selects {selected} of 66");

    journey.click("Export");
    journey.click("Export CSV…");
    journey.click("Choose where…");
    journey.until("the export", |_| target.exists());
    let rows = std::fs::read_to_string(&target).expect("a CSV file");
    assert_eq!(rows.lines().count(), selected + 1);
    assert!(rows.contains(&first), "the first image is in it");
}
