//! The map, through what a person does.

use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, Modifiers, MouseWheelSource, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Filter, ImageId, ImageSet, Projection};
use tiramisu::engine::{AnalysisAnswer, Event};
use tiramisu::session::{Action, Ask, Choose, Colouring, NoticeText, Pick, Session};
use tiramisu::ui::paint::effort;
use tiramisu::ui::views::map::MapView;

use crate::support::input::wheel;
use crate::support::painted::texts;

use super::fixtures::{
    LABELS, Stage, clusters, collection, drawn_whole, drawn_window, keep_picture, neighbours, picture, project,
    project_in_part, session, window,
};

const SIZE: [f32; 2] = [820.0, 620.0];

type Window = Harness<'static, Stage<MapView>>;

fn open(session: Session) -> Window {
    let mut window = window(SIZE, Stage::new(MapView::default(), session));
    window.run();
    window
}

fn pos_of(window: &Window, id: u32) -> Pos2 {
    window.state().view.screen_pos_of(ImageId(id)).expect("the image is on the map")
}

fn click_at(window: &mut Window, pos: Pos2, modifiers: Modifiers) {
    window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
    for pressed in [true, false] {
        let button = PointerButton::Primary;
        window.event_modifiers(egui::Event::PointerButton { pos, button, pressed, modifiers }, modifiers);
    }
    window.run();
}

fn drag(window: &mut Window, path: &[Pos2], modifiers: Modifiers) {
    let button = PointerButton::Primary;
    window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
    window.step();
    window.event_modifiers(egui::Event::PointerButton { pos: path[0], button, pressed: true, modifiers }, modifiers);
    window.step();
    for &pos in &path[1..] {
        window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
        window.step();
    }
    let pos = path[path.len() - 1];
    window.event_modifiers(egui::Event::PointerButton { pos, button, pressed: false, modifiers }, modifiers);
    window.run();
}

fn set(ids: &[ImageId]) -> ImageSet {
    ids.iter().copied().collect()
}

/// Draws frames until what a thread finds out is there.
fn wait(window: &mut Window, what: &str, mut is_there: impl FnMut(&mut Window) -> bool) {
    let begun = Instant::now();
    while !is_there(window) {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute for {what}");
        std::thread::sleep(std::time::Duration::from_millis(2));
        window.step();
    }
}

/// The image that lies farthest from its nearest neighbour on screen: no other is in reach of a click.
fn lonely(window: &Window, count: u32) -> u32 {
    let all: Vec<Pos2> = (0..count).map(|id| pos_of(window, id)).collect();
    let room = |id: &u32| {
        let here = all[*id as usize];
        let distance = |other: &Pos2| here.distance(*other);
        all.iter().filter(|other| **other != here).map(distance).fold(f32::INFINITY, f32::min)
    };
    (0..count).max_by(|a, b| room(a).total_cmp(&room(b))).expect("there are images")
}

#[test]
fn a_click_on_a_point_makes_its_image_the_probe() {
    let mut window = open(session(240));
    let id = lonely(&window, 240);
    let pos = pos_of(&window, id);
    window.hover_at(pos + vec2(2.0, 1.0));
    window.run();
    assert_eq!(window.state().session.opened.hovered, Some(ImageId(id)));
    click_at(&mut window, pos, Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Click(ImageId(id), Pick::Replace).into()]);
    assert_eq!(window.state().session.opened.chosen.probe, Some(ImageId(id)));
    window.remove_cursor();
    window.run();
    assert_eq!(window.state().session.opened.hovered, None);
}

#[test]
fn command_click_toggles_and_a_click_beside_clears() {
    let mut window = open(session(240));
    let id = lonely(&window, 240);
    let pos = pos_of(&window, id);
    click_at(&mut window, pos, Modifiers::COMMAND);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Click(ImageId(id), Pick::Toggle).into()]);
    let corner = window.get_by_label("Map").rect().left_bottom() + vec2(4.0, -60.0);
    click_at(&mut window, corner, Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::ClearSelection.into()]);
}

fn box_around(pos: Pos2, side: f32) -> Vec<Pos2> {
    let rect = Rect::from_center_size(pos, vec2(side, side));
    vec![rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()]
}

fn inside(window: &Window, rect: Rect, count: u32) -> Vec<ImageId> {
    (0..count).filter(|&id| rect.contains(pos_of(window, id))).map(ImageId).collect()
}

#[test]
fn a_loop_selects_exactly_the_images_in_it() {
    let mut window = open(session(240));
    let middle = pos_of(&window, 7);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(90.0, 90.0)), 240);
    assert!(expected.len() > 2 && expected.len() < 200, "{} images in the loop", expected.len());
    window.get_by_label("Lasso").click();
    window.run();
    drag(&mut window, &box_around(middle, 90.0), Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
    let selection = &window.state().session.opened.chosen.selection;
    assert_eq!(selection.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn shift_drag_loops_without_the_lasso_and_a_plain_drag_moves_the_map() {
    let mut window = open(session(240));
    let middle = pos_of(&window, 7);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(60.0, 60.0)), 240);
    drag(&mut window, &box_around(middle, 60.0), Modifiers::SHIFT);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
    assert_eq!(pos_of(&window, 7), middle, "the map stayed");

    let from = window.get_by_label("Map").rect().left_center() + vec2(30.0, 100.0);
    drag(&mut window, &[from, from + vec2(20.0, 0.0), from + vec2(50.0, -30.0)], Modifiers::NONE);
    assert!((pos_of(&window, 7) - middle - vec2(50.0, -30.0)).length() < 2.0, "the map follows the pointer");
    assert_eq!(window.state_mut().take_wishes(), []);
    window.get_by_label("Fit").click();
    window.run();
    assert!(pos_of(&window, 7).distance(middle) < 0.5);
}

#[test]
fn a_loop_around_nothing_selects_nothing_and_says_so() {
    let mut window = open(session(240));
    let map = window.get_by_label("Map").rect();
    // Beside the legend, and above the captions.
    let share = |step: u32| vec2(0.05 + (step % 20) as f32 * 0.028, 0.1 + (step / 20) as f32 * 0.035);
    let mut places = (0..400).map(|step| map.min + map.size() * share(step));
    let is_empty = |pos: &Pos2| inside(&window, Rect::from_center_size(*pos, vec2(30.0, 30.0)), 240).is_empty();
    let nowhere = places.find(is_empty).expect("not all of the map is covered");
    let told = |window: &Window| {
        let notice = window.state().session.notices().last().expect("it is told").clone();
        let NoticeText::News(news) = notice.text else { panic!("no problem: {:?}", notice.text) };
        (news, notice.undoes.is_some())
    };
    let selected = |window: &Window| window.state().session.opened.chosen.selection.len();
    window.get_by_label("Lasso").click();
    window.run();
    let draw = |window: &mut Window, keys: Modifiers| {
        drag(window, &box_around(nowhere, 20.0), keys);
        window.state_mut().take_wishes();
    };
    draw(&mut window, Modifiers::NONE);
    assert_eq!(told(&window), ("No picture was picked, so nothing is selected".to_owned(), false));
    window.state_mut().session.act(Choose::PickMany(vec![ImageId(3), ImageId(5)], Pick::Replace));
    for (keys, words) in [
        (Modifiers::SHIFT, "No picture was picked, so none was added"),
        (Modifiers::ALT, "No picture was picked, so nothing was taken out"),
        (Modifiers::SHIFT | Modifiers::ALT, "No picture was picked, so the selection was not narrowed"),
    ] {
        draw(&mut window, keys);
        assert_eq!((told(&window), selected(&window)), ((words.to_owned(), false), 2));
    }
    draw(&mut window, Modifiers::NONE);
    let emptied = ("No picture was picked: nothing is selected now".to_owned(), true);
    assert_eq!((told(&window), selected(&window)), (emptied, 0), "with a way to take it back");
}

#[test]
fn a_loop_leaves_out_what_the_filter_hides() {
    let mut session = session(240);
    let labels = [LABELS[7].to_owned()].into_iter().collect();
    session.act(Choose::Filter(Filter { labels, ..Filter::default() }));
    let mut window = open(session);
    let map = window.get_by_label("Map").rect().shrink(3.0);
    let corners = [map.left_top(), map.right_top(), map.right_bottom(), map.left_bottom()];
    drag(&mut window, &corners.map(|corner| corner + (map.center() - corner) * 0.001), Modifiers::SHIFT);
    let wishes = window.state_mut().take_wishes();
    let [Action::Choose(Choose::PickSet(ids, Pick::Replace))] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(ids.len(), 20);
    assert!(ids.iter().all(|id| id.0 % LABELS.len() as u32 == 7));
}

#[test]
fn scrolling_zooms_about_the_pointer_and_double_click_fits_again() {
    let mut window = open(session(240));
    let at = pos_of(&window, 11);
    let other = pos_of(&window, 60);
    window.hover_at(at);
    window.run();
    for _ in 0..4 {
        window.event(wheel(vec2(0.0, 60.0), MouseWheelSource::Unknown));
        window.run_steps(6);
    }
    assert!(pos_of(&window, 11).distance(at) < 1.0, "what is under the pointer stays");
    assert!((pos_of(&window, 60) - at).length() > (other - at).length() * 1.5, "the rest moves away");
}

#[test]
fn the_legend_picks_all_images_of_a_label() {
    let mut window = open(session(240));
    window.get_by_label("Select all of dalmatian").click();
    window.run();
    let place = LABELS.iter().position(|label| *label == "dalmatian").expect("it is a label") as u32;
    let expected: Vec<ImageId> = (0..240).filter(|id| id % LABELS.len() as u32 == place).map(ImageId).collect();
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
}

#[test]
fn the_map_says_why_there_is_nothing_to_draw() {
    let window = open(Session::default());
    window.get_by_label_contains("Open a folder");

    let mut waiting = Session::default();
    waiting.apply(Event::Opened(collection()));
    let window = open(waiting);
    window.get_by_label("The folder is being looked through.");

    let mut not_stored = session(24);
    not_stored.act(Choose::Layer(0));
    let window = open(not_stored);
    window.get_by_label_contains("conv 1 are not stored");

    let mut on_its_way = session(24);
    on_its_way.opened.maps.clear();
    let window = open(on_its_way);
    window.get_by_label("Making the map");
}

#[test]
fn identical_points_or_points_that_are_no_numbers_do_not_break_the_map() {
    let mut session = session(24);
    project(&mut session, vec![[3.0, 3.0]; 24]);
    let mut window = open(session);
    let pos = pos_of(&window, 5);
    assert!(window.get_by_label("Map").rect().contains(pos));
    click_at(&mut window, pos, Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Click(ImageId(0), Pick::Replace).into()]);

    let mut session = super::fixtures::session(24);
    let mut points = clusters(24);
    points[3] = [f32::NAN, 1.0];
    points[4] = [f32::NEG_INFINITY, 1.0];
    project(&mut session, points);
    let window = open(session);
    assert!(window.state().view.screen_pos_of(ImageId(3)).is_none());
    assert!(window.get_by_label("Map").rect().contains(pos_of(&window, 5)));

    let mut session = super::fixtures::session(24);
    project(&mut session, Vec::new());
    open(session).get_by_label("Nothing to draw yet");
}

#[test]
fn the_map_is_drawn_in_all_its_states() {
    let stage = Stage::new(MapView::default(), session(1000));
    let Some(mut window) = drawn_window([1000.0, 720.0], stage) else { return };
    window.run();
    keep_picture(&mut window, "map_labels");
    let coloured = |picture: &image::RgbaImage| {
        let saturated = |p: &&image::Rgba<u8>| p.0[..3].iter().max().unwrap() - p.0[..3].iter().min().unwrap() > 60;
        picture.pixels().filter(saturated).count()
    };
    let many = coloured(&window.render().expect("drawn"));
    assert!(many > 8_000, "only {many} coloured pixels: the points are missing");

    let stage = window.state_mut();
    stage.session.act(Choose::Click(ImageId(100), Pick::Replace));
    let list = neighbours(&stage.session, ImageId(100), 24);
    let found = list.neighbours.iter().map(|n| n.image).collect();
    stage.session.apply(Event::Neighbours(list));
    stage.session.act(Choose::PickMany(found, Pick::Add));
    window.run();
    keep_picture(&mut window, "map_selection");
    let few = coloured(&window.render().expect("drawn"));
    assert!(few < many / 2, "{few} coloured pixels are left of {many}: the rest should be grey");

    window.state_mut().session.act(Choose::Colouring(Colouring::Similarity));
    window.state_mut().session.act(Choose::ClearSelection);
    window.run();
    keep_picture(&mut window, "map_similarity");
}

#[test]
fn pictures_take_the_place_of_points_where_there_is_room() {
    let mut session = session(220);
    session.apply(Event::Thumbnails((0..220).map(|id| picture(ImageId(id))).collect()));
    session.act(Choose::PickMany((0..220).filter(|id| id % 12 == 4).map(ImageId).collect(), Pick::Replace));
    let stage = Stage::new(MapView::default(), session);
    let Some(mut window) = drawn_window([1000.0, 720.0], stage) else { return };
    window.run();
    keep_picture(&mut window, "map_thumbnails");
    let pos = pos_of(&window, 4);
    // Beyond the reach of a point, but inside of the picture: selected images get their picture before all others.
    click_at(&mut window, pos + vec2(12.0, 0.0), Modifiers::NONE);
    let wishes = window.state_mut().take_wishes();
    assert!(
        matches!(wishes.as_slice(), [Action::Choose(Choose::Click(id, Pick::Replace))] if id.0 % 12 == 4),
        "{wishes:?}"
    );
}

#[test]
fn a_million_points_leave_the_window_smooth() {
    let count = 1_000_000;
    let made = Instant::now();
    let session = session(count);
    eprintln!("a session of {count} images: {:.2} s", made.elapsed().as_secs_f64());
    let first = Instant::now();
    let mut window = window(SIZE, Stage::new(MapView::default(), session));
    eprintln!("the first frames: {:.1} ms", first.elapsed().as_secs_f64() * 1e3);
    wait(&mut window, "the map", |window| window.state().view.screen_pos_of(ImageId(0)).is_some());
    eprintln!("until the map is there: {:.1} ms", first.elapsed().as_secs_f64() * 1e3);
    for _ in 0..40 {
        window.step();
    }
    let mut times = Vec::new();
    for step in 0..40 {
        window.hover_at(Pos2::new(200.0 + step as f32 * 8.0, 240.0 + step as f32 * 3.0));
        let start = Instant::now();
        window.step();
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    eprintln!("a frame with {count} points, pointer moving: median {:.2} ms, worst {:.2} ms", times[20], times[39]);
    window.state_mut().session.act(Choose::SelectAll);
    let start = Instant::now();
    window.step();
    eprintln!("the frame after the selection changed: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    assert!(window.state().session.opened.hovered.is_some(), "the pointer went over the densest part");
}

#[test]
fn the_caption_of_a_point_holds_its_picture_once_that_is_there() {
    let mut window = open(session(240));
    let id = lonely(&window, 240);
    let pos = pos_of(&window, id);
    window.event(egui::Event::PointerMoved(pos));
    window.run();
    assert!(window.query_by_label("picture").is_none(), "it is still to be read");
    let ctx = window.ctx.clone();
    let stage = window.state_mut();
    let Some(Action::Ask(Ask::Thumbnails(ids))) = stage.thumbs.end_frame(&ctx) else { panic!("none is asked for") };
    assert!(ids.contains(&ImageId(id)), "{id} is not among {ids:?}");
    stage.session.apply(Event::Thumbnails(ids.into_iter().map(picture).collect()));
    window.run();
    let shown = window.get_by_label("picture").rect();
    assert!(shown.width() > 40.0 && shown.height() > 40.0, "it is large: {shown:?}");
}

#[test]
fn the_caption_of_a_point_says_that_it_was_placed_later() {
    let mut window = open(session(240));
    let id = lonely(&window, 240);
    let hover = |window: &mut Window| {
        let pos = pos_of(window, id);
        window.event(egui::Event::PointerMoved(pos));
        window.run();
        window.query_by_label("Placed after the map was made").is_some()
    };
    assert!(!hover(&mut window));
    let known = window.state().session.opened.projection().cloned().expect("there is a map");
    let placed = Projection { placed: vec![ImageId(id)].into(), ..(*known).clone() };
    window.state_mut().session.apply(Event::Answered(AnalysisAnswer::Map(Arc::new(placed))));
    window.run();
    assert!(hover(&mut window));
}

/// Magnifies about a place, as a mouse wheel does.
fn zoom_in(window: &mut Window, at: Pos2) {
    window.hover_at(at);
    window.run();
    window.event(wheel(vec2(0.0, 120.0), MouseWheelSource::Unknown));
    window.run_steps(8);
}

#[test]
fn a_map_that_settles_stays_where_one_looks() {
    let mut window = open(session(240));
    let whole = pos_of(&window, 60);
    let at = pos_of(&window, 11);
    zoom_in(&mut window, at);
    let before = pos_of(&window, 60);
    assert!(before.distance(whole) > 20.0, "it is magnified");
    for share_done in [0.3, 0.6, 1.0] {
        project_in_part(&mut window.state_mut().session, clusters(240), share_done);
        window.run();
        assert!(pos_of(&window, 60).distance(before) < 0.5, "the camera stays at {share_done}");
    }
    // Of another layer it is another map, and all of it is shown.
    let stage = window.state_mut();
    let layers = stage.session.collection().expect("open").layers.len();
    stage.session.act(Choose::Layer(layers - 2));
    stage.session.act(Choose::Layer(layers - 3));
    project(&mut stage.session, clusters(240));
    window.run();
    assert!(pos_of(&window, 60).distance(whole) < 1.0, "another map is shown as a whole");
}

#[test]
fn a_loop_that_is_being_drawn_outlives_the_steps_of_a_map_that_settles() {
    let mut window = open(session(240));
    let middle = pos_of(&window, 7);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(90.0, 90.0)), 240);
    let path = box_around(middle, 90.0);
    let button = PointerButton::Primary;
    let modifiers = Modifiers::SHIFT;
    window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
    window.step();
    window.event_modifiers(egui::Event::PointerButton { pos: path[0], button, pressed: true, modifiers }, modifiers);
    window.step();
    for (step, &pos) in path[1..].iter().enumerate() {
        window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
        window.step();
        project_in_part(&mut window.state_mut().session, clusters(240), 0.2 * (step + 1) as f32);
        window.step();
    }
    let pos = path[path.len() - 1];
    window.event_modifiers(egui::Event::PointerButton { pos, button, pressed: false, modifiers }, modifiers);
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
}

#[test]
fn the_lowest_points_of_a_fitted_map_lie_above_its_captions() {
    for size in [SIZE, [360.0, 300.0]] {
        let mut window = window(size, Stage::new(MapView::default(), session(240)));
        window.run();
        let captions = texts(window.output());
        let top = |words: &str| {
            let found = captions.iter().find(|text| text.text.contains(words));
            found.unwrap_or_else(|| panic!("no caption {words}")).rect.top()
        };
        let top = top("PCA of").min(top("240 images"));
        let lowest = (0..240).map(|id| pos_of(&window, id).y).fold(f32::NEG_INFINITY, f32::max);
        assert!(lowest + 6.0 < top, "{size:?}: a point at {lowest} lies behind the caption at {top}");
    }
}

#[test]
fn a_rectangle_selects_adds_and_takes_out() {
    let mut window = open(session(240));
    let middle = pos_of(&window, 7);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(90.0, 90.0)), 240);
    window.get_by_label("Rectangle").click();
    window.run();
    let corners = |side: f32| {
        let rect = Rect::from_center_size(middle, vec2(side, side));
        [rect.left_top(), rect.center(), rect.right_bottom()]
    };
    drag(&mut window, &corners(90.0), Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);

    let inner = inside(&window, Rect::from_center_size(middle, vec2(40.0, 40.0)), 240);
    assert!(!inner.is_empty() && inner.len() < expected.len());
    drag(&mut window, &corners(40.0), Modifiers::ALT);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&inner), Pick::Remove).into()]);
    let left = window.state().session.opened.chosen.selection.clone();
    assert_eq!(left, set(&expected).difference(&set(&inner)));

    drag(&mut window, &corners(40.0), Modifiers::SHIFT);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&inner), Pick::Add).into()]);
    assert_eq!(window.state().session.opened.chosen.selection, set(&expected));
    window.state_mut().session.act(Choose::Undo);
    assert_eq!(window.state().session.opened.chosen.selection, left, "each is a step of its own");
}

#[test]
fn a_brush_selects_what_it_passes_over() {
    let mut window = open(session(240));
    let (from, to) = (pos_of(&window, 7), pos_of(&window, 7) + vec2(120.0, 0.0));
    let near = |pos: Pos2| (pos.x.clamp(from.x, to.x) - pos.x).hypot(from.y - pos.y) <= 24.0;
    let expected: Vec<ImageId> = (0..240).filter(|&id| near(pos_of(&window, id))).map(ImageId).collect();
    assert!(expected.len() > 2 && expected.len() < 200, "{} images under the brush", expected.len());
    window.get_by_label("Brush").click();
    window.run();
    drag(&mut window, &[from, from + vec2(60.0, 0.0), to], Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
    // A click with it is a click.
    let id = lonely(&window, 240);
    let pos = pos_of(&window, id);
    click_at(&mut window, pos, Modifiers::NONE);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Click(ImageId(id), Pick::Replace).into()]);
}

#[test]
fn alt_drag_takes_out_of_the_selection_at_any_time_and_escape_drops_a_loop() {
    let mut window = open(session(240));
    window.state_mut().session.act(Choose::SelectAll);
    window.run();
    let middle = pos_of(&window, 7);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(60.0, 60.0)), 240);
    drag(&mut window, &box_around(middle, 60.0), Modifiers::ALT);
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Remove).into()]);
    assert_eq!(pos_of(&window, 7), middle, "the map stayed");
    assert_eq!(window.state().session.opened.chosen.selection.len(), 240 - expected.len());

    let path = box_around(middle, 60.0);
    let (button, modifiers) = (PointerButton::Primary, Modifiers::SHIFT);
    window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
    window.event_modifiers(egui::Event::PointerButton { pos: path[0], button, pressed: true, modifiers }, modifiers);
    window.step();
    window.event_modifiers(egui::Event::PointerMoved(path[1]), modifiers);
    window.step();
    window.key_press(egui::Key::Escape);
    window.step();
    window.event_modifiers(egui::Event::PointerButton { pos: path[1], button, pressed: false, modifiers }, modifiers);
    window.run();
    assert_eq!(window.state_mut().take_wishes(), []);
}

/// A window with so many images whose map is there.
fn large(count: usize) -> Option<Window> {
    let mut window = drawn_window(SIZE, Stage::new(MapView::default(), session(count)))?;
    wait(&mut window, "the map", |window| window.state().view.screen_pos_of(ImageId(0)).is_some());
    window.run_steps(4);
    Some(window)
}

/// Bytes uploaded and points drawn for the next picture.
fn cost(window: &mut Window) -> (u64, u64) {
    let before = effort();
    window.run_steps(3);
    drawn_whole(window);
    let after = effort();
    (after.uploaded_bytes - before.uploaded_bytes, after.points_drawn - before.points_drawn)
}

#[test]
fn with_a_million_points_a_click_a_key_or_a_hover_uploads_less_than_a_kilobyte() {
    let Some(mut window) = large(1_000_000) else { return };
    let (bytes, drawn) = cost(&mut window);
    assert!(bytes > 12_000_000 && drawn > 900_000, "at first {bytes} bytes and {drawn} points");
    assert_eq!(cost(&mut window), (0, 0), "nothing has changed");

    let legend = window.get_by_label("Select all of dalmatian").rect().center();
    for (what, act) in [
        ("a click", Choose::Click(ImageId(5), Pick::Replace)),
        ("the next one", Choose::Click(ImageId(6), Pick::Replace)),
        ("a second image", Choose::Click(ImageId(77), Pick::Toggle)),
    ] {
        window.state_mut().session.act(act);
        let (bytes, drawn) = cost(&mut window);
        assert!(bytes < 1024, "{what}: {bytes} bytes");
        assert!(drawn > 0, "{what} is seen");
    }
    window.hover_at(legend);
    let (bytes, drawn) = cost(&mut window);
    assert!(bytes < 1024 && drawn > 0, "the legend: {bytes} bytes, {drawn} points");
    window.remove_cursor();
    assert!(cost(&mut window).0 < 1024);

    // What happens elsewhere, and a ring about a point, draw no point again.
    window.state_mut().session.act(Action::Hover(Some(ImageId(9))));
    assert_eq!(cost(&mut window), (0, 0), "a hover");
    let other = if window.state().session.opened.chosen.neighbour_count == 12 { 13 } else { 12 };
    window.state_mut().session.act(Choose::NeighbourCount(other));
    assert_eq!(cost(&mut window), (0, 0), "a choice that is none of the map's");
}

#[test]
fn a_large_map_settles_off_the_windows_thread_and_what_one_draws_on_it_is_found_there() {
    let count = 60_000;
    let Some(mut window) = large(count) else { return };
    let at = pos_of(&window, 11);
    zoom_in(&mut window, at);
    let before = pos_of(&window, 60);
    let mut moved = clusters(count);
    moved[60][0] += 0.01;
    project_in_part(&mut window.state_mut().session, moved, 0.4);
    window.step();
    assert_eq!(pos_of(&window, 60), before, "the map before is shown while the next one is prepared");
    wait(&mut window, "the next step", |window| pos_of(window, 60) != before);
    assert!(pos_of(&window, 60).distance(before) < 20.0, "the camera stays");

    let middle = pos_of(&window, 11);
    let expected = inside(&window, Rect::from_center_size(middle, vec2(90.0, 90.0)), count as u32);
    window.state_mut().take_wishes();
    drag(&mut window, &box_around(middle, 90.0), Modifiers::SHIFT);
    wait(&mut window, "the loop", |window| !window.state().session.opened.chosen.selection.is_empty());
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
}

#[test]
fn new_labels_leave_the_colours_of_others_as_they_are() {
    use tiramisu::domain::{ImagePath, ImageRecord};
    let Some(mut window) = drawn_window([1000.0, 720.0], Stage::new(MapView::default(), session(1000))) else { return };
    window.run();
    // A map that was magnified stays where it is, while a fitted one makes room for the legend.
    let at = pos_of(&window, 11);
    zoom_in(&mut window, at);
    window.remove_cursor();
    window.run();
    let before = window.render().expect("drawn");
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("aardvark/{id}.jpg"), raw: None },
        label: Some("aardvark".into()),
        width: 10,
        height: 10,
        file_bytes: 1,
        modified_unix_secs: 0,
        problem: None,
    };
    let stage = window.state_mut();
    let known: Vec<ImageRecord> = stage.session.opened.images.iter().map(|image| image.to_record()).collect();
    stage.session.apply(Event::Images(known.into_iter().chain([record(1000)]).collect::<Vec<_>>().into()));
    window.run();
    let after = window.render().expect("drawn");
    // The legend has one more row, and the caption another number.
    let rows = |picture: &image::RgbaImage| -> Vec<[u8; 4]> {
        (40..600).flat_map(|y| (0..700).map(move |x| (x, y))).map(|(x, y)| picture.get_pixel(x, y).0).collect()
    };
    assert!(rows(&before) == rows(&after), "the points have other colours");
}

#[test]
fn a_large_map_shows_pictures_too_some_for_each_part() {
    let count = 1500;
    let mut session = session(count);
    session.apply(Event::Thumbnails((0..count as u32).map(|id| picture(ImageId(id))).collect()));
    let Some(mut window) = drawn_window([1000.0, 720.0], Stage::new(MapView::default(), session)) else { return };
    window.run_steps(60);
    keep_picture(&mut window, "map_pictures");
    let pictures = |window: &Window| {
        let is_picture = |shape: &&egui::epaint::ClippedShape| match &shape.shape {
            egui::Shape::Rect(rect) => rect.brush.is_some(),
            egui::Shape::Mesh(mesh) => mesh.texture_id != egui::TextureId::default(),
            _ => false,
        };
        window.output().shapes.iter().filter(is_picture).count()
    };
    let shown = pictures(&window);
    assert!((40..400).contains(&shown), "{shown} pictures");
    window.get_by_label("Pictures").click();
    window.run();
    assert_eq!(pictures(&window), 0, "they can be put away");
}

#[test]
fn the_legend_is_searched_and_sorted_by_count() {
    use tiramisu::domain::{ImagePath, ImageRecord};
    let mut session = session(240);
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("zebra/{id}.jpg"), raw: None },
        label: Some("zebra".into()),
        width: 10,
        height: 10,
        file_bytes: 1,
        modified_unix_secs: 0,
        problem: None,
    };
    let known: Vec<ImageRecord> = session.opened.images.iter().map(|image| image.to_record()).collect();
    session.apply(Event::Images(known.into_iter().chain((240..340).map(record)).collect::<Vec<_>>().into()));
    let mut window = open(session);
    let top_of = |window: &Window, label: &str| window.get_by_label(&format!("Select all of {label}")).rect().top();
    assert!(top_of(&window, "beaver") < top_of(&window, "zebra"), "by name at first");
    window.get_by_label("Sort the legend by count").click();
    window.run();
    assert!(top_of(&window, "zebra") < top_of(&window, "beaver"), "the most frequent first");
    window.get_by_label("Search the legend").focus();
    window.run();
    window.get_by_label("Search the legend").type_text("ele");
    window.run();
    assert!(window.query_by_label("Select all of zebra").is_none(), "what does not match is gone");
    window.get_by_label("Select all of elephant").click();
    window.run();
    let expected: Vec<ImageId> =
        (0..240).filter(|id| LABELS[*id as usize % LABELS.len()] == "elephant").map(ImageId).collect();
    let wishes = window.state_mut().take_wishes();
    assert_eq!(wishes, [Choose::PickSet(set(&expected), Pick::Replace).into()]);
}

#[test]
fn points_are_coloured_by_tags_and_by_numbers_of_their_files() {
    use tiramisu::domain::{ImageColumn, Tags};
    let mut session = session(240);
    let tags =
        [("good".to_owned(), (0..20).map(ImageId).collect()), ("odd".to_owned(), (10..40).map(ImageId).collect())];
    session.apply(Event::Tags(Arc::new(Tags::from(tags))));
    session.act(Choose::Colouring(Colouring::Tag));
    let mut window = open(session);
    window.get_by_label("Select all of odd").click();
    window.run();
    let expected: Vec<ImageId> = (10..40).map(ImageId).collect();
    let wishes = window.state_mut().take_wishes();
    assert_eq!(
        wishes,
        [Choose::PickSet(set(&expected), Pick::Replace).into()],
        "also those that have another tag's colour"
    );

    window.get_by_label("Map colouring").click();
    window.run();
    window.get_by_label("by file size").click();
    window.run();
    assert_eq!(window.state().session.opened.chosen.maps.first.colouring, Colouring::Column(ImageColumn::FileBytes));
    window.get_by_label("Colours from 1.0 kB to 1.0 kB");
    window.state_mut().session.act(Choose::Colouring(Colouring::Column(ImageColumn::Pixels)));
    window.run();
    window.get_by_label("Colours from 60,000 px to 60,000 px");
}

#[test]
fn points_are_coloured_by_split_and_by_width_and_height() {
    use std::collections::BTreeMap;
    use tiramisu::domain::{ImageColumn, Splits};
    let mut window = open(session(240));
    let choose = |window: &mut Window, word: &str| {
        window.get_by_label("Map colouring").click();
        window.run();
        // The list may have to be scrolled to it.
        window.get_by_label(word).scroll_to_me();
        window.run();
        window.get_by_label(word).click();
        window.run();
    };
    choose(&mut window, "by split");
    let chosen = |window: &Window| window.state().session.opened.chosen.maps.first.colouring;
    assert_eq!(chosen(&window), Colouring::Label, "no split was imported");
    window.key_press(egui::Key::Escape);
    window.run();
    let images: BTreeMap<String, Vec<ImageId>> =
        [("train".to_owned(), (0..200).map(ImageId).collect()), ("val".to_owned(), (200..230).map(ImageId).collect())]
            .into();
    window.state_mut().session.apply(Event::Splits(Arc::new(Splits { images })));
    choose(&mut window, "by split");
    assert_eq!(chosen(&window), Colouring::Split);
    window.state_mut().take_wishes();
    window.get_by_label("Select all of train");
    window.get_by_label("Select all of val").click();
    window.run();
    let expected: Vec<ImageId> = (200..230).map(ImageId).collect();
    assert_eq!(window.state_mut().take_wishes(), [Choose::PickSet(set(&expected), Pick::Replace).into()]);
    // Others come with another import.
    let images = [("test".to_owned(), (0..5).map(ImageId).collect())].into();
    window.state_mut().session.apply(Event::Splits(Arc::new(Splits { images })));
    window.run();
    assert!(window.query_by_label("Select all of val").is_none());
    window.get_by_label("Select all of test");
    for (word, column, ends) in [
        ("by width", ImageColumn::Width, "Colours from 300 px to 300 px"),
        ("by height", ImageColumn::Height, "Colours from 200 px to 200 px"),
    ] {
        choose(&mut window, word);
        assert_eq!(chosen(&window), Colouring::Column(column));
        window.get_by_label(ends);
    }
}

#[test]
fn a_slider_leads_back_to_the_map_before_and_the_points_travel() {
    let Some(mut window) = drawn_window(SIZE, Stage::new(MapView::default(), session(240))) else { return };
    window.run();
    assert!(window.query_by_label("Back to the map before").is_none(), "there was none");
    let there = pos_of(&window, 60);
    let stage = window.state_mut();
    let layers = stage.session.collection().expect("open").layers.len();
    stage.session.act(Choose::Layer(layers - 2));
    stage.session.act(Choose::Layer(layers - 3));
    let turned: Vec<[f32; 2]> = clusters(240).into_iter().map(|[x, y]| [-x, -y]).collect();
    project(&mut stage.session, turned);
    window.run();
    let here = pos_of(&window, 60);
    assert!(here.distance(there) > 50.0, "it is another map");
    let caption = ["Slide to the map before", "Before"].into_iter().find_map(|name| window.query_by_label(name));
    let caption = caption.expect("it has one, whatever the room").rect();
    let slider = window.get_by_label("Back to the map before").rect();
    assert!(caption.right() <= slider.left() && (caption.center().y - slider.center().y).abs() < 6.0, "{caption:?}");
    window.get_by_label("Back to the map before").hover();
    window.run();
    window.get_by_label_contains("Moves every point from where it lies now");
    window.get_by_label("Back to the map before").focus();
    window.run();
    for _ in 0..3 {
        window.key_press(egui::Key::ArrowRight);
        window.run();
    }
    let between = pos_of(&window, 60);
    assert!(between.distance(here) > 1.0 && between.distance(there) > 1.0, "{there:?} {between:?} {here:?}");
    // On its way nothing can be pointed at.
    window.hover_at(between);
    window.run();
    assert_eq!(window.state().session.opened.hovered, None);
    for _ in 0..3 {
        window.key_press(egui::Key::ArrowLeft);
        window.run();
    }
    assert!(pos_of(&window, 60).distance(here) < 0.5);
    window.render().expect("drawn");
}

#[test]
fn lines_lead_from_the_picture_under_the_pointer_to_those_most_like_it_when_they_are_wanted() {
    use tiramisu::session::Ask;
    let mut window = open(session(240));
    let id = lonely(&window, 240);
    let pos = pos_of(&window, id);
    window.hover_at(pos);
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [], "nothing is asked unasked");
    let segments = |window: &Window| {
        let is_line = |shape: &&egui::epaint::ClippedShape| matches!(shape.shape, egui::Shape::LineSegment { .. });
        window.output().shapes.iter().filter(is_line).count()
    };
    window.get_by_label("Lines").click();
    window.run();
    window.hover_at(pos);
    window.run();
    assert!(window.state_mut().take_wishes().contains(&Ask::HoverNeighbours(Some(ImageId(id))).into()));
    let before = segments(&window);
    let list = neighbours(&window.state().session, ImageId(id), 5);
    let on_map = list.neighbours.iter().filter(|found| found.image.0 < 240).count();
    window.state_mut().session.apply(Event::HoverNeighbours(list));
    window.run();
    assert_eq!(segments(&window) - before, on_map);
    window.remove_cursor();
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Ask::HoverNeighbours(None).into()]);
    assert_eq!(segments(&window), before);
}

#[test]
fn labels_beyond_those_with_a_colour_of_their_own_are_told_together() {
    use tiramisu::domain::{ImagePath, ImageRecord};
    let mut session = session(240);
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("late/{id}.jpg"), raw: None },
        label: Some(format!("late {:03}", id / 2)),
        width: 10,
        height: 10,
        file_bytes: 1,
        modified_unix_secs: 0,
        problem: None,
    };
    let mut window = open(session.clone());
    assert!(window.query_by_label_contains("others in grey").is_none(), "each has a colour");
    let known: Vec<ImageRecord> = session.opened.images.iter().map(|image| image.to_record()).collect();
    // Twelve labels are there; a hundred come.
    session.apply(Event::Images(known.into_iter().chain((240..440).map(record)).collect::<Vec<_>>().into()));
    window = open(session);
    let others = LABELS.len() + 100 - tiramisu::ui::theme::LABEL_COLOURS;
    window.get_by_label(&format!("{others} others in grey, of {} images", 2 * others));
}

#[test]
fn a_legend_of_thousands_of_labels_costs_a_frame_nothing_as_long_as_it_stays() {
    use tiramisu::domain::{ImagePath, ImageRecord};
    const NAMES: u32 = 5_000;
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("{id}.jpg"), raw: None },
        label: Some(format!("label {:04}", (id * 7) % NAMES)),
        width: 10,
        height: 10,
        file_bytes: 1,
        modified_unix_secs: 0,
        problem: None,
    };
    let mut session = session(NAMES as usize);
    session.apply(Event::Images((0..NAMES).map(record).collect::<Vec<_>>().into()));
    let mut window = open(session);
    let listed = |window: &mut Window, what: fn(&mut Window)| {
        let before = effort().names_listed;
        what(window);
        window.run();
        effort().names_listed - before
    };
    let at_rest: fn(&mut Window) = |window| window.run_steps(3);
    listed(&mut window, at_rest);
    window.get_by_label("Select all of label 0000");
    assert_eq!(listed(&mut window, at_rest), 0, "nothing has changed");
    let hovered = listed(&mut window, |window| {
        let at = pos_of(window, 40);
        window.hover_at(at);
    });
    assert_eq!(hovered, 0, "what is under the pointer is no matter of the legend");
    assert_eq!(listed(&mut window, |window| click_at(window, pos_of(window, 60), Modifiers::NONE)), 0);
    // What is asked of it is done once.
    let once = u64::from(NAMES);
    let sorted = listed(&mut window, |window| window.get_by_label("Sort the legend by count").click());
    assert_eq!(sorted, once);
    assert_eq!(listed(&mut window, at_rest), 0);
    window.get_by_label("Search the legend").focus();
    window.run();
    assert_eq!(listed(&mut window, |window| window.get_by_label("Search the legend").type_text("label 4999")), once);
    window.get_by_label("Select all of label 4999");
    assert!(window.query_by_label("Select all of label 0000").is_none());
    assert_eq!(listed(&mut window, at_rest), 0);
    // One more image is another number in the list: it is listed anew, and what is searched for is found in it.
    window.state_mut().session.apply(Event::Images((0..=NAMES).map(record).collect::<Vec<_>>().into()));
    // So many by another thread: until they are there, those before are shown.
    let (before, listed_before) = (effort(), "Select all of label 4999");
    window.step();
    window.get_by_label(listed_before);
    let is_there = |_: &mut Window| effort().done > before.done && effort().begun == effort().done;
    wait(&mut window, "the names", is_there);
    window.run();
    let anew = effort().names_listed - before.names_listed;
    assert!(anew > 0 && anew <= 3 * once, "{anew} names");
    assert_eq!(listed(&mut window, at_rest), 0);
}

#[test]
fn a_map_that_has_the_focus_is_moved_magnified_and_pointed_at_by_keys() {
    let mut window = open(session(240));
    window.get_by_role_and_label(egui::accesskit::Role::Canvas, "Map").focus();
    window.run();
    let fitted = pos_of(&window, 60);
    window.key_press(egui::Key::ArrowRight);
    window.run();
    let right = pos_of(&window, 60);
    assert!(right.x < fitted.x - 10.0 && (right.y - fitted.y).abs() < 0.5, "{fitted:?} {right:?}");
    window.key_press(egui::Key::ArrowDown);
    window.run();
    assert!(pos_of(&window, 60).y < right.y - 10.0, "what lies below comes up");
    window.key_press(egui::Key::Home);
    window.run();
    assert_eq!(pos_of(&window, 60), fitted);

    // To a picture: it is brought to the middle, as far as arrows lead.
    let middle = window.get_by_role_and_label(egui::accesskit::Role::Canvas, "Map").rect().center();
    for _ in 0..60 {
        let away = pos_of(&window, 60) - middle;
        if away.length() < 20.0 {
            break;
        }
        let key = match away.x.abs() > away.y.abs() {
            true if away.x > 0.0 => egui::Key::ArrowRight,
            true => egui::Key::ArrowLeft,
            false if away.y > 0.0 => egui::Key::ArrowDown,
            false => egui::Key::ArrowUp,
        };
        let before = away.length();
        window.key_press(key);
        window.run();
        if (pos_of(&window, 60) - middle).length() >= before {
            break;
        }
    }
    let hovered = window.state().session.opened.hovered.expect("something lies in the middle");
    let name = window.state().session.image(hovered).expect("known").path.file_name().to_owned();
    let told = |window: &Window| {
        use egui_kittest::kittest::NodeT;
        let map = window.get_by_role_and_label(egui::accesskit::Role::Canvas, "Map");
        map.accesskit_node().value().unwrap_or_default()
    };
    assert!(told(&window).contains(&format!("in the middle {name}")), "{}", told(&window));
    window.state_mut().take_wishes();
    window.key_press(egui::Key::Enter);
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Choose::Click(hovered, Pick::Replace).into()]);
    let zoomed = pos_of(&window, 60).distance(pos_of(&window, 72));
    window.key_press(egui::Key::Plus);
    window.run();
    assert!(pos_of(&window, 60).distance(pos_of(&window, 72)) > zoomed * 1.2, "plus magnifies");
    window.key_press(egui::Key::Minus);
    window.run();
    assert!(pos_of(&window, 60).distance(pos_of(&window, 72)) < zoomed * 1.05, "minus does not");
}

#[test]
fn a_map_that_was_moved_keeps_its_middle_and_its_scale_in_a_view_of_another_size() {
    let mut window = open(session(240));
    let middle = |window: &Window| window.get_by_role_and_label(egui::accesskit::Role::Canvas, "Map").rect().center();
    let at = middle(&window) + vec2(60.0, 30.0);
    window.hover_at(at);
    window.run();
    window.event(wheel(vec2(0.0, 120.0), MouseWheelSource::Unknown));
    window.run();
    let places = |window: &Window| [3, 60, 120].map(|id| pos_of(window, id) - middle(window));
    let before = places(&window);
    for size in [[820.0, 540.0], [640.0, 620.0], SIZE] {
        window.set_size(size.into());
        window.run();
        for (now, before) in places(&window).into_iter().zip(before) {
            assert!((now - before).length() < 0.6, "{now:?} was {before:?} at {size:?}");
        }
    }
}
