//! Very many pictures on a map: coloured, with a legend of thousands of names, on their way from another map, drawn in part.
//! `tests/window/million.sh` has pictures of them kept.

use std::time::Instant;

use eframe::egui::{self, MouseWheelSource, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Filter, ImageId, ImagePath, ImageRecord, images_touched, thousands};
use tiramisu::engine::{CatalogueLook, Event, Look, Request};
use tiramisu::session::{Action, Ask, Choose, Session};
use tiramisu::ui::paint::{effort, is_software};
use tiramisu::ui::views::map::MapView;

use super::fixtures::{Stage, drawn_window, keep_picture, picture, project, session};
use crate::support::input::wheel;
use crate::support::painted::texts;
use crate::support::skipped;

type Window = Harness<'static, Stage<MapView>>;

const COUNT: usize = 1_000_000;

/// Draws until the map and the pictures that it shows are there. Pictures are made up, as the engine would read them.
fn settle(window: &mut Window) {
    let begun = Instant::now();
    let mut quiet_frames = 0;
    while quiet_frames < 8 {
        assert!(begun.elapsed().as_secs() < 120, "waited two minutes for the map");
        window.step();
        let ctx = window.ctx.clone();
        let stage = window.state_mut();
        let is_there = stage.view.screen_pos_of(ImageId(0)).is_some();
        match stage.thumbs.end_frame(&ctx) {
            Some(Action::Ask(Ask::Thumbnails(ids))) => {
                stage.session.apply(Event::Thumbnails(ids.into_iter().map(picture).collect()));
                quiet_frames = 0;
            }
            // Points may still wait for their colours.
            _ if is_there && effort().begun == effort().done => quiet_frames += 1,
            _ => std::thread::sleep(std::time::Duration::from_millis(2)),
        }
    }
}

/// Another map of the same images is drawn from now on.
fn turned(session: &mut Session) {
    let points = session.opened.projection().expect("it is drawn").points.iter().map(|[x, y]| [-*y, *x * 0.8]);
    let points = points.collect();
    let layers = session.collection().expect("open").layers.len();
    session.act(Choose::Layer(layers - 2));
    session.act(Choose::Layer(layers - 3));
    project(session, points);
}

#[test]
fn a_million_points_travel_between_two_maps_and_a_legend_of_thousands_of_labels_is_searched() {
    let mut session = session(COUNT);
    session.apply(Event::Images((0..COUNT as u32).map(of_thousands).collect::<Vec<_>>().into()));
    let Some(mut window) = drawn_window([1224.0, 640.0], Stage::new(MapView::default(), session)) else { return };
    settle(&mut window);
    keep_picture(&mut window, "map_million_labels");
    window.get_by_label("Search the legend").focus();
    window.run_steps(2);
    window.get_by_label("Search the legend").type_text("kind 07");
    window.run_steps(2);
    let entry = window.get_by_label("Select all of kind 0700").rect().center();
    assert!(window.query_by_label("Select all of kind 0000").is_none());
    let listed = effort().names_listed;
    // The class under the pointer stands out of a million.
    window.hover_at(entry);
    window.run_steps(4);
    assert_eq!(effort().names_listed, listed);
    keep_picture(&mut window, "map_million_legend");
    window.remove_cursor();

    turned(&mut window.state_mut().session);
    let begun = Instant::now();
    while window.query_by_label("Back to the map before").is_none() {
        assert!(begun.elapsed().as_secs() < 120, "waited two minutes for the other map");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    settle(&mut window);
    let there = window.state().view.screen_pos_of(ImageId(0)).expect("it is on the map");
    window.get_by_label("Back to the map before").focus();
    window.run_steps(2);
    for _ in 0..4 {
        window.key_press(egui::Key::ArrowRight);
        window.run_steps(2);
    }
    let before = images_touched();
    window.run_steps(2);
    assert!(images_touched() - before < 4_000, "on their way no point is looked at by the window's thread");
    let between = window.state().view.screen_pos_of(ImageId(0)).expect("it is on its way");
    assert!(between.distance(there) > 1.0, "{there:?} {between:?}");
    keep_picture(&mut window, "map_million_morph");
}

/// An image of one of 1,200 kinds; of the first hundred there are more than of the others.
fn of_thousands(id: u32) -> ImageRecord {
    let kind = if id.is_multiple_of(3) { id % 100 } else { id % 1_200 };
    ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("{kind:04}/{id}.jpg"), raw: None },
        label: Some(format!("kind {kind:04}")),
        width: 300,
        height: 200,
        file_bytes: 1000,
        modified_unix_secs: 0,
        problem: None,
    }
}

#[test]
fn a_map_of_which_some_points_are_drawn_says_how_many_of_how_many() {
    const COUNT: usize = 150_000;
    let Some(mut window) = drawn_window([1224.0, 640.0], Stage::new(MapView::default(), session(COUNT))) else {
        return;
    };
    settle(&mut window);
    if !is_software() {
        skipped!("a GPU draws all points of this map also while it moves");
        return;
    }
    let caption = |window: &Window, end: &str| {
        texts(window.output()).into_iter().map(|text| text.text).find(|text| text.ends_with(end))
    };
    assert_eq!(
        (caption(&window, " in view drawn"), caption(&window, " images")),
        (None, Some("150,000 images".into()))
    );
    let at = window.state().view.screen_pos_of(ImageId(11)).expect("it is on the map");
    // As long as it moves a program draws a sample: in one of the next frames.
    let said_while_it_moves = |window: &mut Window, end: &str| {
        window.hover_at(at);
        window.event(wheel(vec2(0.0, 40.0), MouseWheelSource::Unknown));
        let mut frames = (0..4).map(|_| {
            window.step();
            caption(window, end)
        });
        frames.find_map(|said| said).expect("it says how many")
    };
    let said = said_while_it_moves(&mut window, " in view drawn");
    let number = |word: &str| word.replace(',', "").parse::<usize>().ok();
    let numbers: Vec<usize> = said.split(' ').filter_map(number).collect();
    let [drawn, of] = numbers[..] else { panic!("{said}") };
    assert!(drawn < of && of <= COUNT && drawn > COUNT / 10, "{said}");
    settle(&mut window);
    assert_eq!(caption(&window, " in view drawn"), None, "at rest all are drawn");
    // With a filter it says beside that how many of all pass.
    let session = &mut window.state_mut().session;
    for request in session.act(Choose::Filter(Filter { text: "7".to_owned(), ..Filter::default() })) {
        if let Request::Look(Look::Catalogue(CatalogueLook::Order { number, wish })) = request {
            session.apply(Event::Ordered { number, order: wish.make(&|| false).expect("it is wanted") });
        }
    }
    let passing = session.opened.shown.len();
    assert!((1..COUNT).contains(&passing));
    let said = said_while_it_moves(&mut window, " pass");
    let passes = format!(" % of those in view drawn; {} of 150,000 pass", thousands(passing));
    assert!(said.ends_with(&passes), "{said}, not {passes}");
}

fn pictures(window: &Window) -> usize {
    let is_picture = |shape: &&egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Rect(rect) => rect.brush.is_some(),
        egui::Shape::Mesh(mesh) => mesh.texture_id != egui::TextureId::default(),
        _ => false,
    };
    window.output().shapes.iter().filter(is_picture).count()
}

#[test]
fn of_a_million_images_some_show_their_pictures_at_every_zoom() {
    let stage = Stage::new(MapView::default(), session(COUNT));
    let Some(mut window) = drawn_window([1224.0, 640.0], stage) else { return };
    settle(&mut window);
    assert!(texts(window.output()).iter().any(|text| text.text == "1,000,000 images"));
    keep_picture(&mut window, "map_million");
    let at = window.state().view.screen_pos_of(ImageId(11)).expect("it is on the map");
    window.hover_at(at);
    for zoom in 0..3 {
        let shown = pictures(&window);
        assert!((8..400).contains(&shown), "{shown} pictures at zoom {zoom}");
        for _ in 0..2 {
            window.event(wheel(vec2(0.0, 160.0), MouseWheelSource::Unknown));
            window.run_steps(8);
        }
        settle(&mut window);
    }
    keep_picture(&mut window, "map_million_near");
}
