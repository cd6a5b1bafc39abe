//! What is around the views: the welcome, menus, status bar and notices.

use std::sync::Arc;

use tiramisu::domain::ImageId;
use tiramisu::engine::{Asked, Event, Problem, Progress};
use tiramisu::session::{self, Choose, Pick};
use tiramisu::ui::settings::RecentFolder;

use super::super::clusters;
use super::super::networks::begin_download;
use super::scene::{Place, Scene};
use super::views::broken;
use crate::support::networks::{AWAY, list, told};
use crate::support::window::{Setup, Window};

pub const SCENES: &[Scene] = &[
    Scene { name: "window", place: Place::Arranged, set: looked_at },
    Scene { name: "place_explore", place: Place::At(session::Place::Explore), set: looked_at },
    Scene { name: "place_look_inside", place: Place::At(session::Place::LookInside), set: looked_at },
    Scene { name: "place_groups", place: Place::At(session::Place::Groups), set: clusters::grouped_in },
    Scene { name: "place_check", place: Place::At(session::Place::Check), set: looked_at },
    Scene { name: "place_filled_tray", place: Place::At(session::Place::Explore), set: several_selected },
    Scene { name: "inspector_filled", place: Place::At(session::Place::Explore), set: |setup| looked_at(wide(setup)) },
    Scene { name: "inspector_empty", place: Place::At(session::Place::Explore), set: |setup| empty(wide(setup)) },
    Scene { name: "inspector_problem", place: Place::At(session::Place::Explore), set: |setup| unread(wide(setup)) },
    Scene { name: "tour_channel", place: Place::At(session::Place::LookInside), set: tour },
    Scene { name: "window_problem", place: Place::Arranged, set: problems },
    Scene { name: "welcome_filled", place: Place::Window, set: recent_gone },
    Scene { name: "welcome_empty", place: Place::Window, set: welcome },
    Scene { name: "welcome_problem", place: Place::Window, set: not_opened },
    Scene { name: "opening", place: Place::Window, set: opening },
    Scene { name: "menu_file", place: Place::Window, set: |setup| menu(setup, "File") },
    Scene { name: "menu_edit", place: Place::Window, set: |setup| menu(setup, "Edit") },
    Scene { name: "menu_view", place: Place::Window, set: |setup| menu(setup, "View") },
    Scene { name: "menu_go", place: Place::Window, set: |setup| menu(setup, "Go") },
    Scene { name: "menu_network", place: Place::Window, set: |setup| menu(setup, "Network") },
    Scene { name: "status_at_rest", place: Place::Status, set: looked_at },
    Scene { name: "status_extracting", place: Place::Status, set: extracting },
    Scene { name: "status_problem", place: Place::Status, set: unreadable },
    Scene { name: "status_downloading", place: Place::Status, set: downloading },
];

fn open(setup: Setup) -> Window {
    Window::with_images(24, setup)
}

fn looked_at(setup: Setup) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(4), Pick::Replace));
    window
}

/// Wide enough for the inspector.
fn wide(mut setup: Setup) -> Setup {
    setup.size.x = 1160.0;
    setup.settings.hides_inspector = false;
    setup
}

/// At the step of the tour that points at a channel.
fn tour(setup: Setup) -> Window {
    let mut window = super::super::tour::begun(setup);
    window.click("Next step");
    window
}

fn empty(setup: Setup) -> Window {
    Window::with_images(0, setup)
}

/// The picture looked at cannot be read.
fn unread(setup: Setup) -> Window {
    let mut window = open(setup);
    broken(&mut window);
    window.act(Choose::Click(ImageId(3), Pick::Replace));
    window
}

fn several_selected(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::PickMany([4, 5, 9, 13, 20].map(ImageId).to_vec(), Pick::Replace));
    window
}

fn problems(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.tell([
        Event::Problem {
            of: Asked::Extract,
            problem: Problem::new("A picture could not be read", "it ends early: rose.png"),
        },
        Event::Problem {
            of: Asked::Export,
            problem: Problem::new("Two images could not be copied", "the disk is full: /media/stick")
                .with_remedy("Make room and export again."),
        },
    ]);
    window.settle();
    window
}

fn welcome(setup: Setup) -> Window {
    let mut window = Window::open(setup);
    window.settle();
    window
}

/// With folders that were opened before and are not there any more, as is true of these on every machine.
fn recent_gone(mut setup: Setup) -> Window {
    for folder in ["/no such folder/garden", "/no such folder/birds of the river"] {
        let (network, prepared) = ("SqueezeNet".to_owned(), "227 × 227, stretched".to_owned());
        let recent = RecentFolder { folder: folder.into(), network, prepared, workspace: None, left: None };
        setup.settings.remember(recent);
    }
    let mut window = Window::open(setup);
    // The disk is looked at on another thread.
    let is_marked = |window: &Window| {
        let texts = crate::support::painted::texts(window.harness.output());
        texts.iter().filter(|text| text.text.contains("no longer there")).count() == 2
    };
    window.wait_until("that the folders are missed", is_marked);
    window
}

fn not_opened(setup: Setup) -> Window {
    let mut window = Window::open(setup);
    window.tell([
        Event::Opening("/pictures/garden".into()),
        Event::Problem {
            of: Asked::Open,
            problem: Problem::new("The folder could not be opened", "permission denied: /pictures/garden")
                .with_remedy("Ask its owner, or open another folder."),
        },
    ]);
    window.settle();
    window
}

fn opening(setup: Setup) -> Window {
    let mut window = Window::open(setup);
    window.tell([Event::Opening("/pictures/garden".into())]);
    window.harness.run_steps(3);
    window
}

fn menu(setup: Setup, name: &str) -> Window {
    let mut window = looked_at(setup);
    window.click(name);
    window
}

/// What an earlier run did: of work done now a rate would be told, which is another one every time.
fn counters(title: &str, total: usize, already: usize) -> Arc<Progress> {
    let progress = Arc::new(Progress::new(title));
    progress.set_total(total, true);
    progress.set_already(already);
    progress
}

fn extracting(setup: Setup) -> Window {
    let mut window = open(setup);
    window.tell([Event::JobStarted(counters("Extracting features", 1_200, 412))]);
    window.tell([Event::ExportStarted(counters("Copying files", 7, 3))]);
    window.harness.run_steps(4);
    window
}

fn unreadable(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    broken(&mut window);
    window
}

fn downloading(setup: Setup) -> Window {
    let mut window = open(setup);
    window.tell([told(list().into_iter().filter(|known| known.name == AWAY).collect())]);
    begin_download(&mut window);
    window
}
