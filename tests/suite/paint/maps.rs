//! Several maps beside each other, through what a person does: one selection, one pointer, and each of them by itself.

use std::sync::Arc;

use eframe::egui::{self, Modifiers, MouseWheelSource, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ImageColumn, ImageId, ImageSet, Projection, images_touched};
use tiramisu::engine::{AnalysisAnswer, Asked, Event, LookKind, Problem};
use tiramisu::session::{Action, Choose, ChooseMap, Colouring, Pick, Session};
use tiramisu::ui::paint::effort;
use tiramisu::ui::views::map::MapView;

use super::fixtures::{Stage, clusters, drawn_whole, drawn_window, keep_picture, picture, session, window};
use crate::support::input::wheel;
use crate::support::painted::texts;

const SIZE: [f32; 2] = [1200.0, 620.0];

type Window = Harness<'static, Stage<MapView>>;

/// A second map of another layer, on which every point lies elsewhere.
fn with_another(mut session: Session, count: usize) -> Session {
    session.act(Choose::Map(ChooseMap::Add));
    let map = session.opened.chosen.maps.beside[0].number;
    session.act(Choose::Map(ChooseMap::Layer(map, Some("fire5/concat".into()))));
    let opened = &session.opened;
    let wish = opened.wish_of_map(opened.chosen.maps.get(map).expect("it is there")).expect("its layer is stored");
    let points = clusters(count).into_iter().map(|[x, y]| [-y, x * 0.7]).collect();
    let known = (**opened.projection().expect("the first is there")).clone();
    session.apply(Event::Answered(AnalysisAnswer::Map(Arc::new(Projection { wish, points, ..known }))));
    session
}

fn two(count: usize) -> Window {
    let mut window = window(SIZE, Stage::new(MapView::default(), with_another(session(count), count)));
    window.run();
    window
}

fn pos_of(window: &Window, map: u32, id: u32) -> Pos2 {
    window.state().view.screen_pos_on(map, ImageId(id)).expect("the image is on the map")
}

fn hovered(window: &Window) -> Option<ImageId> {
    window.state().session.opened.hovered
}

/// Rings about points: of what is under the pointer and of the probe, two circles each.
fn rings(window: &Window) -> Vec<Pos2> {
    let ring = |shape: &egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Circle(circle) if circle.stroke.width == 2.0 => Some(circle.center),
        _ => None,
    };
    window.output().shapes.iter().filter_map(ring).collect()
}

/// Drags around a rectangle, while shift is held.
fn loop_around(window: &mut Window, rect: Rect) {
    let path = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
    let (button, modifiers) = (PointerButton::Primary, Modifiers::SHIFT);
    window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
    window.step();
    window.event_modifiers(egui::Event::PointerButton { pos: path[0], button, pressed: true, modifiers }, modifiers);
    window.step();
    for &pos in &path[1..] {
        window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
        window.step();
    }
    window.event_modifiers(egui::Event::PointerButton { pos: path[3], button, pressed: false, modifiers }, modifiers);
    window.run();
}

#[test]
fn another_map_stands_beside_the_first_and_each_closes_by_itself() {
    let mut window = window(SIZE, Stage::new(MapView::default(), session(240)));
    window.run();
    assert!(window.query_by_label("Close map 1").is_none(), "the only map cannot be closed");
    window.get_by_label("Another map beside").click();
    window.run();
    let [first, second] = ["Map 1", "Map 2"].map(|name| window.get_by_label(name).rect());
    assert!(first.right() < second.left() && (first.top() - second.top()).abs() < 1.0, "{first:?} {second:?}");
    assert!((first.width() - second.width()).abs() < 1.0, "none is more than the other");
    // Both show all of it.
    for (map, rect) in [(0, first), (1, second)] {
        assert!((0..240).all(|id| rect.contains(pos_of(&window, map, id))), "map {map}");
    }
    window.get_by_label("Close map 1").click();
    window.run();
    assert_eq!(window.state().session.opened.chosen.maps.first.number, 1);
    assert!(window.query_by_label("Map 2").is_none() && window.query_by_label("Map 1").is_none());
    assert!(window.get_by_label("Map").rect().width() > second.width() * 1.9, "the other has all of the room");
    // It stays at its layer, and can be told to follow what is looked at.
    window.get_by_label("Map layer");
}

#[test]
fn every_control_of_every_map_is_there_and_apart_however_many_there_are_and_however_narrow() {
    for (size, more) in [(SIZE, 1), ([520.0, 420.0], 1), ([900.0, 640.0], 3), ([430.0, 900.0], 2)] {
        let mut session = session(240);
        (0..more).for_each(|_| drop(session.act(Choose::Map(ChooseMap::Add))));
        let mut window = window(size, Stage::new(MapView::default(), session));
        window.run();
        let mut rects: Vec<(String, Rect)> = Vec::new();
        let mut note = |name: String| {
            let rect = window.get_by_label(&name).rect();
            assert!(rect.left() >= 0.0 && rect.right() <= size[0] && rect.bottom() <= size[1], "{name} at {rect:?}");
            rects.push((name, rect));
        };
        ["Move", "Lasso", "Rectangle", "Brush", "Pictures", "Lines", "Another map beside"]
            .into_iter()
            .for_each(|name| note(name.to_owned()));
        for map in 1..=more + 1 {
            for name in ["layer", "method", "colouring"] {
                note(format!("Map {map} {name}"));
            }
            note(format!("Fit map {map}"));
            note(format!("Close map {map}"));
            note(format!("Map {map}"));
        }
        for (place, (name, rect)) in rects.iter().enumerate() {
            for (other, of_other) in &rects[place + 1..] {
                assert!(
                    !rect.shrink(0.5).intersects(of_other.shrink(0.5)),
                    "{size:?}: {name} {rect:?}, {other} {of_other:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_under_the_pointer_on_one_map_is_ringed_on_all_wherever_the_pointer_goes() {
    let mut window = two(240);
    // To and fro: neither map may take the word of the other away.
    for (map, id) in [(0, 60), (1, 60), (0, 61), (1, 140), (0, 140)] {
        let pos = pos_of(&window, map, id);
        window.hover_at(pos);
        window.run();
        let under = hovered(&window).expect("something is under the pointer");
        for map in [0, 1] {
            let here = pos_of(&window, map, under.0);
            assert!(rings(&window).iter().any(|ring| ring.distance(here) < 0.5), "map {map} does not ring {under:?}");
        }
    }
    window.remove_cursor();
    window.run();
    assert_eq!(hovered(&window), None);
    assert_eq!(rings(&window), []);
}

#[test]
fn a_loop_on_the_second_map_selects_what_lies_in_it_there() {
    let mut window = two(240);
    let rect = Rect::from_center_size(pos_of(&window, 1, 7), vec2(70.0, 70.0));
    let expected: ImageSet = (0..240).filter(|id| rect.contains(pos_of(&window, 1, *id))).map(ImageId).collect();
    assert!(expected.len() > 1 && expected.len() < 200, "{} images in the loop", expected.len());
    loop_around(&mut window, rect);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(expected.clone(), Pick::Replace).into()]);
    assert_eq!(window.state().session.opened.chosen.selection, expected);
}

#[test]
fn each_map_is_moved_coloured_and_made_by_itself() {
    let mut window = two(240);
    let [first, second] = [0, 1].map(|map| pos_of(&window, map, 60));
    let at = window.get_by_label("Map 2").rect().center();
    window.hover_at(at);
    window.run();
    window.event(wheel(vec2(0.0, 120.0), MouseWheelSource::Unknown));
    window.run_steps(8);
    assert_eq!(pos_of(&window, 0, 60), first, "the first stays");
    assert!(pos_of(&window, 1, 60).distance(second) > 5.0, "the second is magnified");
    window.get_by_label("Fit map 2").click();
    window.run();
    assert!(pos_of(&window, 1, 60).distance(second) < 0.5);

    window.get_by_label("Map 2 colouring").click();
    window.run();
    window.get_by_label("by file size").click();
    window.run();
    let colours: Vec<Colouring> = window.state().session.opened.chosen.maps.iter().map(|map| map.colouring).collect();
    assert_eq!(colours[0], Colouring::Label);
    assert_ne!(colours[1], Colouring::Label);
    // Each explains its own colours now.
    window.get_by_label("Select all of dalmatian");
    window.get_by_label("Colours from 1.0 kB to 1.0 kB");
    window.get_by_label("Map 2 method").click();
    window.run();
    window.get_by_label("UMAP").click();
    // While a map is made, what tells so keeps turning.
    window.run_steps(8);
    let methods: Vec<&str> = window.state().session.opened.chosen.maps.iter().map(|map| map.method.title()).collect();
    assert_eq!(methods, ["PCA", "UMAP"]);
    // It is being made; the first is as it was.
    window.get_by_label("Making the map");
    window.get_by_label("Map 1");
}

#[test]
fn colours_that_maps_have_in_common_are_explained_once_and_a_class_is_brought_out_on_all() {
    let Some(mut window) = drawn_window(SIZE, Stage::new(MapView::default(), with_another(session(240), 240))) else {
        return;
    };
    window.run();
    // It would fail if two bore the name.
    let entry = window.get_by_label("Select all of dalmatian").rect().center();
    let second = window.get_by_label("Map 2").rect();
    let before = window.render().expect("drawn");
    window.hover_at(entry);
    window.run_steps(4);
    let after = window.render().expect("drawn");
    let inside = second.shrink(4.0);
    let changed = (inside.left() as u32..inside.right() as u32)
        .flat_map(|x| (inside.top() as u32..inside.bottom() as u32).map(move |y| (x, y)))
        .filter(|(x, y)| before.get_pixel(*x, *y) != after.get_pixel(*x, *y))
        .count();
    assert!(changed > 500, "{changed} pixels of the second map have changed");
}

#[test]
fn a_map_says_that_its_layer_is_not_stored_and_stays_where_it_can_be_changed_or_closed() {
    let mut session = session(24);
    session.act(Choose::Map(ChooseMap::Add));
    session.act(Choose::Layer(0));
    let mut window = window(SIZE, Stage::new(MapView::default(), session));
    window.run();
    window.get_by_label_contains("conv 1 are not stored");
    window.get_by_label("Map 2");
    window.get_by_label("Map 1 layer").click();
    window.run();
    window.get_by_label("fire 5").click();
    // While a map is made, what tells so keeps turning.
    window.run_steps(8);
    assert_eq!(window.state().session.opened.chosen.maps.first.layer.as_deref(), Some("fire5/concat"));
    window.get_by_label("Close map 1").click();
    window.run_steps(8);
    assert!(window.query_by_label_contains("conv 1 are not stored").is_none());
}

#[test]
fn pictures_at_the_edge_of_a_fitted_map_are_whole() {
    for (count, size) in [(24, [820.0, 620.0]), (240, [420.0, 300.0]), (1500, [420.0, 320.0])] {
        let mut session = session(count);
        session.apply(Event::Thumbnails((0..count as u32).map(|id| picture(ImageId(id))).collect()));
        let mut window = window(size, Stage::new(MapView::default(), session));
        window.run_steps(30);
        let map = window.get_by_label("Map").rect();
        let rect_of = |shape: &egui::epaint::ClippedShape| match &shape.shape {
            egui::Shape::Rect(rect) if rect.brush.is_some() => Some(rect.rect),
            egui::Shape::Mesh(mesh) if mesh.texture_id != egui::TextureId::default() => Some(mesh.calc_bounds()),
            _ => None,
        };
        let pictures: Vec<Rect> = window.output().shapes.iter().filter_map(rect_of).collect();
        assert!(pictures.len() > 1, "{} pictures of {count} images", pictures.len());
        let captions = texts(window.output());
        let caption = captions.iter().find(|text| text.text.contains("PCA of")).expect("a caption").rect.top();
        for picture in pictures {
            assert!(map.expand(1.0).contains_rect(picture), "{count} in {size:?}: {picture:?} is cut off by {map:?}");
            assert!(
                picture.bottom() < caption,
                "{count} in {size:?}: {picture:?} lies behind the caption at {caption}"
            );
        }
    }
}

#[test]
fn a_picture_without_lines_says_why_while_lines_are_wanted() {
    let mut session = session(240);
    let mut known = (**session.opened.projection().expect("drawn")).clone();
    known.ids = known.ids[..230].to_vec().into();
    known.points = known.points[..230].to_vec().into();
    session.apply(Event::Answered(AnalysisAnswer::Map(Arc::new(known))));
    let mut window = window(SIZE, Stage::new(MapView::default(), session));
    window.run();
    let says = |window: &Window, words: &str| texts(window.output()).iter().any(|text| text.text.contains(words));
    let hover = |window: &mut Window, id: u32| {
        window.state_mut().session.act(Action::Hover(Some(ImageId(id))));
        window.run();
    };
    hover(&mut window, 235);
    assert!(!says(&window, "No lines"), "nobody wants lines");
    window.get_by_label("Lines").click();
    window.run();
    hover(&mut window, 235);
    assert!(says(&window, "No lines: lamp/image_0235.jpg is not on this map"));
    hover(&mut window, 3);
    assert!(!says(&window, "No lines"));
    let problem = Problem::new("Neighbours could not be found", "the network's thread has ended");
    let of = Asked::Look(LookKind::HoverNeighbours);
    window.state_mut().session.apply(Event::Problem { of, problem });
    window.run();
    assert!(says(&window, "No lines: the network's thread has ended"));
}

#[test]
fn a_second_map_of_a_large_collection_costs_no_frame_a_look_at_every_image() {
    const COUNT: usize = 1_000_000;
    // What is looked at of the images in view, whether they are drawn or pointed at.
    const MOST: u64 = 4_000;
    let Some(mut window) = drawn_window(SIZE, Stage::new(MapView::default(), with_another(session(COUNT), COUNT)))
    else {
        return;
    };
    let begun = std::time::Instant::now();
    while [0, 1].iter().any(|map| window.state().view.screen_pos_on(*map, ImageId(0)).is_none()) {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute for the maps");
        std::thread::sleep(std::time::Duration::from_millis(2));
        window.step();
    }
    window.run_steps(8);
    drawn_whole(&mut window);
    let most_of = |window: &mut Window, what: &str| {
        for _ in 0..4 {
            let before = images_touched();
            window.step();
            let touched = images_touched() - before;
            assert!(touched <= MOST, "{what}: a frame looks at {touched} images");
        }
    };
    most_of(&mut window, "at rest");
    window.state_mut().session.act(Choose::Click(ImageId(5), Pick::Replace));
    most_of(&mut window, "a click");
    let uploaded = |window: &mut Window| {
        let before = effort().uploaded_bytes;
        window.run_steps(3);
        window.render().expect("drawn");
        effort().uploaded_bytes - before
    };
    uploaded(&mut window);
    assert_eq!(uploaded(&mut window), 0, "nothing has changed");
    window.state_mut().session.act(Choose::Click(ImageId(6), Pick::Replace));
    let bytes = uploaded(&mut window);
    assert!(bytes > 0 && bytes < 2048, "a click uploads {bytes} bytes for both maps");
    let number = window.state().session.opened.chosen.maps.beside[0].number;
    // Both maps have the colours of before until all of the others are there.
    assert!(window.query_by_label("Colours from 1.0 kB to 1.0 kB").is_none());
    for colouring in
        [Colouring::Column(ImageColumn::FileBytes), Colouring::Label, Colouring::Column(ImageColumn::FileBytes)]
    {
        window.state_mut().session.act(Choose::Map(ChooseMap::Colouring(number, colouring)));
        most_of(&mut window, "other colours");
    }
    let begun = std::time::Instant::now();
    while window.query_by_label("Colours from 1.0 kB to 1.0 kB").is_none() {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute for the colours");
        most_of(&mut window, "other colours on their way");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let before = effort().uploaded_bytes;
    drawn_whole(&mut window);
    assert!(effort().uploaded_bytes > before, "the colours are on the device");
    assert_eq!(uploaded(&mut window), 0);
    keep_picture(&mut window, "two_maps");
}
