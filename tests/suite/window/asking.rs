//! What neighbours are asked with, and what is near at every depth.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Rect, Vec2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Example, ImageId, Layer, NeighbourWish, Pooling, Region, StoredLayer, Tags};
use tiramisu::engine::{ChannelLook, DepthsWish, Event, Look, NeighbourList, WhySimilarWish};
use tiramisu::session::{Ask, Choose, Comparison, Pick};
use tiramisu::ui::Settings;
use tiramisu::ui::widgets::ask_with::AGAINST;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, looks};

/// The last question for neighbours that the window sent.
fn last_wish(window: &Window) -> NeighbourWish {
    let wish = |look: &Look| match look {
        Look::Neighbours(wish) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("neighbours were asked for")
}

fn last_depths(window: &Window) -> Option<DepthsWish> {
    let wish = |look: &Look| match look {
        Look::Depths(wish) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("all depths were asked for, or nothing any more")
}

fn image(id: u32) -> Example {
    Example::Image(ImageId(id))
}

fn odd() -> Example {
    Example::Tag("odd".to_owned())
}

/// The first picture is looked at, and there is a tag.
fn looking() -> Window {
    // High enough that what is near is seen below what is asked with, beside all the other views.
    let setup = Setup { size: vec2(1280.0, 1200.0), ..Setup::default() };
    let mut window = Window::with_images(60, setup);
    window.tell([Event::Tags(Arc::new(Tags::from([("odd".to_owned(), vec![ImageId(3), ImageId(9)])])))]);
    window.click(FIRST);
    window
}

fn path(window: &Window, id: u32) -> String {
    window.session().image(ImageId(id)).expect("it is there").path.text.to_owned()
}

fn point_at(window: &mut Window, place: Rect) {
    window.harness.hover_at(place.center());
    window.settle();
}

#[test]
fn a_picture_under_the_pointer_says_more_or_less_like_it() {
    let mut window = looking();
    let (second, third) = (path(&window, 1), path(&window, 2));
    let place = window.harness.get_by_label(&second).rect();
    point_at(&mut window, place);
    window.picture("more_or_less");
    window.click(&format!("More like {second}"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(1), 1.0)]);
    let place = window.harness.get_by_label(&third).rect();
    point_at(&mut window, place);
    assert!(!window.has(&format!("More like {second}")), "the pointer is elsewhere");
    window.click(&format!("Less like {third}"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(1), 1.0), (image(2), AGAINST)]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "nothing else is looked at");
    // The same of a neighbour.
    let near = path(&window, 7);
    let place = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect();
    point_at(&mut window, place);
    window.click(&format!("Less like {near}"));
    assert_eq!(last_wish(&window).examples.last(), Some(&(image(7), AGAINST)));
}

#[test]
fn what_is_asked_is_said_in_words() {
    let mut window = looking();
    window.act(Choose::AddExample(odd(), 0.5));
    window.act(Choose::AddExample(image(2), AGAINST));
    let (first, third) = (FIRST, path(&window, 2));
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at conv 3"));
    window.act(Choose::Layer(3));
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at conv 2"));
    window.click("Every depth");
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at every depth"));
    window.act(Choose::Weigh(image(0), 0.0));
    window.act(Choose::Weigh(odd(), 0.0));
    window.harness.get_by_label(&format!("Less like {third} at every depth"));
}

#[test]
fn weights_are_moved_by_keys_switched_off_and_taken_out() {
    let mut window = looking();
    window.click("Ask with");
    window.picture("ask_with_menu");
    window.click("odd");
    window.picture("two_in_the_tray");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    window.harness.get_by_label("Weight of the tag odd").focus();
    window.harness.run_steps(2);
    for _ in 0..4 {
        window.harness.key_press(Key::ArrowLeft);
        window.harness.run_steps(2);
    }
    window.settle();
    let weight = last_wish(&window).examples[1].1;
    assert!(weight < 0.95, "{weight}");
    // All of the way is one step.
    window.act(Choose::Undo);
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    window.press("Switch the tag odd off");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
    window.press("Switch the tag odd on");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    let first = FIRST;
    window.press(&format!("Leave out {first}"));
    assert_eq!(last_wish(&window).examples, [(odd(), 1.0)]);
    window.press("Switch the tag odd off");
    window.harness.get_by_label("Nothing counts");
    window.picture("nothing_counts");
    window.press("Leave out the tag odd");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
}

#[test]
fn a_box_is_kept_while_a_box_is_drawn_on_another_picture() {
    let mut window = looking();
    let region = Region::between((0.1, 0.2), (0.5, 0.6));
    window.act(Choose::Region(Some(region)));
    let first = FIRST;
    window.press(&format!("Hold the region in {first}"));
    window.act(Choose::Click(ImageId(20), Pick::Replace));
    window.act(Choose::Region(Some(region)));
    let boxed = |id: u32| Example::Region { image: ImageId(id), region };
    assert_eq!(last_wish(&window).examples, [(boxed(20), 1.0), (boxed(0), 1.0)]);
    window.picture("two_boxes");
    window.press(&format!("Leave out the region in {first}"));
    assert_eq!(last_wish(&window).examples, [(boxed(20), 1.0)]);
}

#[test]
fn rows_are_shown_for_every_depth_and_a_title_leads_to_its_layer() {
    let mut window = looking();
    assert!(!looks(&window).iter().any(|look| matches!(look, Look::Depths(_))), "nobody looks at that");
    window.click("Every depth");
    let wish = last_depths(&window).expect("all depths are asked for");
    assert_eq!(wish.sources.len(), 4);
    let near = |window: &Window, layer: &str, rank: usize, id: u32| format!("At {layer}, {rank}: {}", path(window, id));
    for (layer, id) in [("ReLU 1", 1), ("conv 2", 2), ("conv 3", 3)] {
        window.harness.get_by_label(&near(&window, layer, 1, id));
    }
    window.picture("every_depth");
    window.forget_sent();
    window.click("Row: conv 2 · 64 channels");
    assert_eq!(window.session().opened.chosen.layer, 3);
    assert!(!looks(&window).iter().any(|look| matches!(look, Look::Depths(_))), "the rows are the same");
    // A click asks about another picture, a weight asks again.
    let there = near(&window, "conv 2", 1, 2);
    window.click(&there);
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(2), 1.0)]);
    window.act(Choose::AddExample(odd(), -0.5));
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(2), 1.0), (odd(), -0.5)]);
    // All that are stored are shown already: nothing is asked again, and every row stays.
    window.forget_sent();
    window.click("All layers");
    assert!(!looks(&window).iter().any(|look| matches!(look, Look::Depths(Some(_)))), "{:?}", looks(&window));
    let depths = &window.session().opened.depths;
    assert_eq!((depths.layers.len(), depths.rows.len(), depths.answered()), (4, 4, 4));
    let is_of_now = |list: &Arc<NeighbourList>| list.wish.examples == [(image(2), 1.0), (odd(), -0.5)];
    assert!(depths.rows.values().all(is_of_now), "{:?}", depths.rows);
    // Whoever looks at one depth again waits for nothing.
    window.forget_sent();
    window.click("Every depth");
    assert_eq!(last_depths(&window), None);
    window.harness.get_by_label("Layer");
}

/// A window on the place where one looks inside, of a network of so many stored layers.
pub fn deep(layers: usize, size: Vec2) -> Window {
    let settings = Settings::default();
    let mut window = Window::with_images(60, Setup { settings, size, ..Setup::default() });
    let mut open = collection::collection();
    let layer = |index: usize| Layer { name: format!("block{index}"), ..open.layers[4].clone() };
    open.layers = (0..layers).map(layer).collect();
    let stored = |index: usize| StoredLayer { layer: format!("block{index}"), pooling: Pooling::Average };
    open.stored = (0..layers).map(stored).collect();
    let open = Arc::new(open);
    window.tell(collection::opened(60).into_iter().map(|event| match event {
        Event::Opened(_) => Event::Opened(open.clone()),
        event => event,
    }));
    window.settle();
    window.click("Place: Look inside");
    window.act(Choose::LookAt(ImageId(0)));
    window
}

#[test]
fn several_depths_are_seen_whole_at_once() {
    // Of the pictures of the suite, which are square; of wide ones a row more.
    let mut window = deep(24, vec2(1440.0, 900.0));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.settle();
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.settle();
    let near: Vec<String> =
        window.names().into_iter().filter(|name| name.starts_with("At ") && name.contains(", 1: ")).collect();
    let selection = window.harness.get_by_label("Invert").rect().top();
    let is_whole = |name: &&String| window.harness.get_by_label(name).rect().bottom() <= selection - 8.0;
    let whole = near.iter().filter(is_whole).count();
    assert!(whole >= 3, "{whole} rows, of {near:?}");
    let rect = window.harness.get_by_label(&near[0]).rect();
    assert!(rect.height() >= 34.0, "{rect:?}");
}

#[test]
fn several_depths_are_seen_whole_also_below_a_question_of_several_pictures_whose_details_open() {
    let mut window = deep(24, vec2(1440.0, 900.0));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.act(Choose::AddExamples([1, 2, 3].map(ImageId).to_vec(), 1.0));
    window.act(Choose::AddExample(image(4), -1.0));
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.settle();
    window.picture("depths_of_several");
    let rows = |window: &Window| {
        let selection = window.harness.get_by_label("Invert").rect().top();
        // Which picture is the first that is told of a row depends on what the question leaves out.
        let names = window.names().into_iter().filter(|name| name.starts_with("At "));
        let whole = names.filter(|name| window.harness.get_by_label(name).rect().bottom() <= selection - 8.0);
        let depths = whole.filter_map(|name| Some(name.split_once(", ")?.0.to_owned()));
        depths.collect::<std::collections::BTreeSet<_>>().len()
    };
    assert!(rows(&window) >= 3, "{} rows: {:?}", rows(&window), window.names());
    // All of the question is one line: the words, and a chip each.
    let chips = |window: &Window| -> Vec<Rect> {
        let names = window.names().into_iter().filter(|name| name.starts_with("Leave out "));
        names.map(|name| window.harness.get_by_label(&name).rect()).collect()
    };
    let line = window.harness.get_by_label("Ask with nothing else").rect().center().y;
    let of_line = chips(&window);
    assert!(of_line.len() == 5 && of_line.iter().all(|chip| (chip.center().y - line).abs() < 4.0), "{of_line:?}");
    let details = "Details of what is asked with";
    window.click(details);
    window.picture("details_of_several");
    let all = chips(&window);
    let right = window.harness.get_by_label("Maximise Neighbours").rect().right() + 8.0;
    assert!(all.len() == 5 && all.iter().all(|chip| chip.right() <= right && chip.top() > line), "{all:?}");
    window.click(details);
    assert_eq!(chips(&window), of_line);
}

/// Names that begin so, each with its place.
fn named(window: &Window, begin: &str) -> Vec<Rect> {
    let names = window.names().into_iter().filter(|name| name.starts_with(begin));
    names.map(|name| window.harness.get_by_label(&name).rect()).collect()
}

#[test]
fn two_rows_of_neighbours_are_seen_whole_below_a_question_of_several_and_no_chip_runs_out_of_its_line() {
    for (size, rows) in [(vec2(1440.0, 900.0), 2), (vec2(800.0, 600.0), 2)] {
        for further in [0, 1, 4, 9, 20] {
            let mut window = deep(24, size);
            if size.x < 1000.0 {
                // There it has the place of the picture.
                window.click("Neighbours");
            }
            // Each with a weight of its own, so that none shares a chip.
            for id in 1..=further {
                window.act(Choose::AddExample(image(id), 1.0 - id as f32 * 0.07));
            }
            window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
            window.settle();
            window.picture(&format!("question_of_{further}_{}", size.x));
            let what = format!("{further} further at {size:?}");
            let selection = window.harness.get_by_label("Invert").rect().top();
            let near = named(&window, "Neighbour ");
            // What is cut off is less high than the others.
            let height = near.iter().map(Rect::height).fold(0.0, f32::max);
            let is_whole = |rect: &&Rect| rect.bottom() <= selection - 8.0 && rect.height() > height - 0.5;
            let tops: std::collections::BTreeSet<i32> =
                near.iter().filter(is_whole).map(|rect| rect.bottom() as i32).collect();
            assert!(height >= 40.0, "{what}: {height} points high");
            assert!(tops.len() >= rows, "{what}: {} rows: {near:?}", tops.len());
            let right = window.harness.get_by_label("Maximise Neighbours").rect().right() + 8.0;
            let chips =
                [named(&window, "Leave out "), named(&window, "Weight of "), named(&window, "Switch ")].concat();
            assert_eq!(chips.is_empty(), further == 0, "{what}");
            assert!(chips.iter().all(|chip| chip.right() <= right), "{what}: {chips:?} beyond {right}");
            let lines: std::collections::BTreeSet<i32> =
                named(&window, "Leave out ").iter().map(|rect| rect.center().y as i32 / 10).collect();
            assert!(lines.len() <= 1, "{what}: chips are in one line: {chips:?}");
            // What has no room is a click away.
            let all = window.has("Show all that is asked with");
            assert_eq!(all, chips.len() / 3 < further as usize + usize::from(further > 0), "{what}: {chips:?}");
        }
    }
}

#[test]
fn neighbours_and_what_is_asked_with_are_told_apart_by_folder_and_name() {
    use egui_kittest::kittest::NodeT;
    let mut window = looking();
    let records: Vec<_> = window.session().opened.images.to_vec();
    let folder = |id: u32| format!("kind_{}", id % 7);
    let alike = records.into_iter().map(|mut record| {
        record.path.text = format!("all/{}/image_{:04}.jpg", folder(record.id.0), record.id.0 / 7);
        record.label = Some(folder(record.id.0));
        record
    });
    let alike: Vec<_> = alike.collect();
    let mut images = window.session().opened.images.clone();
    images.relocate(&alike.iter().map(tiramisu::domain::ImageRecord::borrowed).collect::<Vec<_>>());
    window.tell([Event::Images(images)]);
    window.settle();
    window.act(Choose::AddExample(image(7), AGAINST));
    window.harness.get_by_label("Leave out kind_0/image_0001.jpg");
    window.harness.get_by_label("Like kind_0/image_0000.jpg, less like kind_0/image_0001.jpg, at conv 3");
    let near = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    let path = path(&window, near.0);
    let name = format!("Neighbour 1: {path}");
    let described = |window: &Window| window.harness.get_by_label(&name).accesskit_node().description();
    assert_eq!(described(&window).as_deref(), Some(&path["all/".len()..]));
    // Beside another label than the folder's the name stands for itself.
    let record = window.session().image(near).expect("an image").to_record();
    window.describe(&[tiramisu::domain::ImageRecord { label: Some("moth".into()), ..record }]);
    window.settle();
    let file = path.rsplit('/').next().expect("a name");
    assert_eq!(described(&window), Some(format!("moth · {file}")));
}

#[test]
fn what_is_told_of_a_neighbour_lies_off_the_tray_of_the_selection_and_off_what_is_pointed_at() {
    let mut window = deep(24, vec2(1440.0, 900.0));
    let tray = window.harness.get_by_label("Invert").rect().top() - 8.0;
    let mut near = named(&window, "Neighbour ");
    near.retain(|rect| rect.bottom() < tray);
    near.sort_by(|a, b| a.bottom().total_cmp(&b.bottom()));
    let lowest = *near.last().expect("neighbours");
    let is_it = |name: &String| window.harness.get_by_label(name).rect() == lowest;
    let name = window.names().into_iter().filter(|name| name.starts_with("Neighbour ")).find(is_it).expect("its name");
    let path = name.split_once(": ").expect("a path").1.to_owned();
    window.harness.hover_at(lowest.center());
    window.harness.run_steps(60);
    window.picture("told_of_a_neighbour");
    let told: Vec<Rect> = window.harness.get_all_by_label(&path).map(|node| node.rect()).collect();
    assert!(!told.is_empty(), "its path is told: {:?}", window.names());
    for rect in told {
        assert!(rect.bottom() <= tray && !rect.intersects(lowest), "{rect:?} of {lowest:?}, above {tray}");
    }
}

#[test]
fn a_row_says_how_many_share_the_label_and_its_menu_asks_why_at_its_depth() {
    let mut window = looking();
    window.click("Every depth");
    let said = window.names().iter().filter(|name| name.ends_with(" share its label")).count();
    assert_eq!(said, 4, "each row says it: {:?}", window.names());
    window.harness.get_by_label(&format!("At conv 2, 1: {}", path(&window, 2))).click_secondary();
    window.settle();
    window.click(&format!("Why is it similar to {FIRST}?"));
    let why = window.session().opened.why.as_ref().expect("it was asked for");
    assert_eq!((why.a, why.b, why.source.layer.as_str()), (ImageId(0), ImageId(2), "conv2"));
}

#[test]
fn why_is_asked_on_the_picture_that_is_pointed_at_in_the_grid_at_every_depth_and_in_the_inspector() {
    let mut window = looking();
    let asked = |window: &mut Window| {
        let why = window.session().opened.why.as_ref().expect("it was asked for");
        let asked = (why.a, why.b, why.source.layer.clone());
        window.act(Ask::CloseWhySimilar);
        asked
    };
    let near = |window: &Window| window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    let first = near(&window);
    window.harness.get_by_label(&format!("Neighbour 1: {}", path(&window, first.0))).hover();
    window.settle();
    window.click("Why neighbour 1?");
    assert_eq!(asked(&mut window), (ImageId(0), first, "conv3".to_owned()));
    assert!(!window.has("Why at conv 2, 1?"), "nobody points at it");
    // At the depth of the row, whatever is looked at elsewhere; the three signs on a small picture lie beside each other.
    let mut window = deep(4, vec2(1440.0, 1500.0));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.settle();
    let is_row = |name: &String| name.starts_with("At ") && name.contains(", 1: ");
    let name = window.names().into_iter().find(is_row).expect("a row");
    window.harness.get_by_label(&name).hover();
    window.settle();
    let (place, other) = name["At ".len()..].split_once(": ").expect("a path");
    let signs = [format!("Why at {place}?"), format!("More like {other}"), format!("Less like {other}")];
    let picture = window.harness.get_by_label(&name).rect();
    let rects: Vec<Rect> = signs.iter().map(|sign| window.harness.get_by_label(sign).rect()).collect();
    for (number, rect) in rects.iter().enumerate() {
        assert!(picture.expand(0.5).contains_rect(*rect), "{} at {rect:?} on {picture:?}", signs[number]);
        assert!(rects[number + 1..].iter().all(|other| !rect.shrink(0.5).intersects(*other)), "{rects:?}");
    }
    window.click(&signs[0]);
    let depth = window.session().opened.depths.layers[0];
    let (a, b, layer) = asked(&mut window);
    assert_eq!((a, layer), (ImageId(0), format!("block{depth}")));
    assert_eq!(path(&window, b.0), other);
    // Among the nearest beside the current picture, at the depth looked at.
    let mut window = Window::with_images(60, Setup { settings: Settings::default(), ..Setup::default() });
    window.act(Choose::LookAt(ImageId(0)));
    let first = near(&window);
    window.harness.get_by_label(&format!("Near 1: {}", path(&window, first.0))).hover();
    window.settle();
    window.click("Why near 1?");
    assert_eq!(asked(&mut window), (ImageId(0), first, "conv3".to_owned()));
}

#[test]
fn a_button_on_a_picture_tells_its_tooltip_alone() {
    let mut window = looking();
    let second = path(&window, 1);
    let known = window.session().image(ImageId(1)).expect("an image");
    let facts = format!("{} × {}", known.width, known.height);
    let told = |window: &Window| window.names().iter().filter(|name| name.starts_with(&facts)).count();
    let before = told(&window);
    let place = window.harness.get_by_label(&second).rect();
    point_at(&mut window, place);
    window.harness.run_steps(12);
    assert_eq!(told(&window), before + 1, "the picture tells its size: {:?}", window.names());
    let button = window.harness.get_by_label(&format!("More like {second}")).rect();
    point_at(&mut window, button);
    window.harness.run_steps(12);
    assert!(window.names().iter().any(|name| name == "More like"), "{:?}", window.names());
    assert_eq!(told(&window), before, "{:?}", window.names());
}

#[test]
fn all_that_is_told_of_a_neighbour_under_the_pointer_stands_in_one_bubble() {
    let mut window = looking();
    let (near, known) = (path(&window, 7), window.session().image(ImageId(7)).expect("an image"));
    let facts = format!("{} × {}", known.width, known.height);
    let place = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect();
    point_at(&mut window, place);
    window.harness.run_steps(12);
    window.picture("one_bubble");
    let rank = window.harness.get_by_label_contains("1st nearest: ").rect();
    // Two bubbles have their edges between them.
    let is_right_above =
        |rect: Rect| (rect.left() - rank.left()).abs() < 1.0 && (0.0..10.0).contains(&(rank.top() - rect.bottom()));
    let above = window.harness.query_all_by_label_contains(&facts).filter(|node| is_right_above(node.rect())).count();
    assert_eq!(above, 1, "{rank:?}: {:?}", window.names());
}

#[test]
fn keys_alone_ask_with_the_selection_and_show_every_depth() {
    let mut window = looking();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.settle();
    assert!(last_depths(&window).is_some());
    window.act(Choose::PickMany(vec![ImageId(4), ImageId(6)], Pick::Replace));
    // The pointer is nowhere.
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.settle();
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Minus);
    window.settle();
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(0), 1.0), (image(4), AGAINST), (image(6), AGAINST)]);
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Plus);
    window.settle();
    assert_eq!(last_depths(&window).unwrap().of.examples[1], (image(4), 1.0));
}

#[test]
fn a_neighbour_is_dragged_to_what_is_asked_with() {
    let mut window = looking();
    let near = path(&window, 7);
    let from = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect().center();
    let to = window.harness.get_by_label(&format!("Probe: {FIRST}")).rect().center();
    // Onto the tray, which is beside the picture and above what is near.
    let to = eframe::egui::pos2(from.x, window.harness.get_by_label("Every depth").rect().center().y.min(to.y));
    window.harness.hover_at(from);
    window.harness.run_steps(2);
    window.harness.drag_at(from);
    window.harness.run_steps(1);
    for share in [0.3, 0.6, 1.0] {
        window.harness.hover_at(from + (to - from) * share);
        window.harness.run_steps(1);
    }
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(7), 1.0)]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "a drag is no click");
}

#[test]
fn why_lays_the_channel_over_both_pictures() {
    let mut window = looking();
    window.act(Ask::Why(ImageId(7)));
    for which in ["first", "second"] {
        window.harness.get_by_label(&format!("Why: #5 over the {which} picture"));
    }
    window.picture("why_two_pictures");
    // Heads say what is seen below them.
    for (which, id) in [("Left", 0), ("Right", 7)] {
        window.harness.get_by_label(&format!("{which}: {}", path(&window, id)));
    }
    for head in ["Bright: where Channel 5 is strong, on one scale left and right", "Channel", "Its share of the cosine"]
    {
        window.harness.get_by_label(head);
    }
    window.harness.get_by_label("Average left · right");
    // What is pointed at lies over them instead; the focus does the same.
    let place = window.harness.get_by_label("Why: channel 7").rect();
    point_at(&mut window, place);
    window.harness.get_by_label("Why: #7 over the first picture");
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.harness.get_by_label("Why: channel 6").focus();
    window.settle();
    window.harness.get_by_label("Why: #6 over the second picture");
    // All that are named are seen at once.
    let last = window.harness.get_by_label("Why: channel 10").rect();
    assert!(last.bottom() < 690.0, "{last:?}");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(window.session().opened.why.is_none(), "Escape closes it");
}

fn last_why(window: &Window) -> WhySimilarWish {
    let wish = |look: &Look| match look {
        Look::Channels(ChannelLook::WhySimilar(wish)) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("somebody asked why")
}

#[test]
fn why_explains_the_box_that_was_asked_with_and_says_so_and_what_it_does_not_explain() {
    const WHOLE: &str = "The region on the left is compared with all of the right picture.";
    let mut window = looking();
    let region = Region::between((0.25, 0.25), (0.5, 0.75));
    window.act(Choose::Region(Some(region)));
    let near = path(&window, 7);
    let place = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect();
    point_at(&mut window, place);
    window.click("Why neighbour 1?");
    let wish = last_why(&window);
    assert_eq!((wish.a, wish.b, wish.parts), (ImageId(0), ImageId(7), [Some(region), None]));
    window.harness.get_by_label(WHOLE);
    window.picture("why_of_a_box");
    // Of a row at another depth the same.
    window.act(Ask::WhyAt(ImageId(2), StoredLayer { layer: "conv2".into(), pooling: Pooling::Average }, wish.metric));
    let at_depth = last_why(&window);
    assert_eq!(
        (at_depth.b, at_depth.parts, at_depth.source.layer.as_str()),
        (ImageId(2), [Some(region), None], "conv2")
    );
    // What else was asked with is not explained.
    window.act(Choose::AddExample(image(4), 1.0));
    window.act(Choose::AddExample(odd(), -1.0));
    window.act(Ask::Why(ImageId(7)));
    let first = FIRST;
    window.harness.get_by_label(WHOLE);
    window.harness.get_by_label(&format!(
        "Neighbours are asked with 2 examples beside {first}; of these nothing is explained here."
    ));
    // Codes of the whole network belong to no place.
    window.act(Choose::ClearExamples);
    window.act(Choose::Comparison(Comparison::Network));
    window.act(Ask::Why(ImageId(7)));
    assert_eq!(last_why(&window).parts, [None, None]);
    window
        .harness
        .get_by_label("Both pictures are compared as wholes, not the region: the whole network knows no places.");
    // And without a box nothing needs to be said.
    window.act(Choose::Comparison(Comparison::Layer));
    window.act(Choose::Region(None));
    window.act(Ask::Why(ImageId(7)));
    assert!(window.says("Cosine 0.930") && !window.says("compared with"), "{:?}", window.names());
}

#[test]
fn classes_and_clusters_are_asked_with_from_where_they_are_listed() {
    let mut window = super::classes::compared_in(Setup::default());
    window.press("Less like class blobs");
    let class = Example::Class("blobs".to_owned());
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (class, AGAINST)]);
    let mut window = super::clusters::grouped_in(Setup::default());
    window.press("More like cluster 0");
    let clustering = window.session().opened.clustering.as_ref().expect("groups").wish.name();
    let cluster = Example::Cluster { clustering, cluster: 0 };
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (cluster, 1.0)]);
    window.click("Neighbours");
    window.harness.get_by_label("Weight of cluster 0");
}

#[test]
fn many_pictures_that_count_alike_are_one_chip_that_opens_and_are_weighed_together() {
    let mut window = looking();
    window.act(Choose::AddExamples((1..=20).map(ImageId).collect(), 1.0));
    let first = FIRST;
    window.harness.get_by_label(&format!("Like {first} and 20 more at conv 3"));
    assert!(window.has("Weight of 20 pictures") && window.has(&format!("Weight of {first}")), "{:?}", window.names());
    let one_of_them = path(&window, 3);
    assert!(!window.has(&format!("Weight of {one_of_them}")), "they are one chip");
    window.press("Switch 20 pictures off");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
    window.act(Choose::Undo);
    assert_eq!(last_wish(&window).examples.len(), 21);
    window.click("Show them one by one: 20 pictures");
    assert!(window.has(&format!("Weight of {one_of_them}")), "{:?}", window.names());
    window.act(Choose::Weigh(image(3), -1.0));
    assert!(
        window.has("Weight of 19 pictures"),
        "the one that counts otherwise stands by itself: {:?}",
        window.names()
    );
    window.press("Leave out 19 pictures");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(3), -1.0)]);
}

#[test]
fn pictures_that_come_to_count_like_others_keep_a_chip_of_their_own() {
    let mut window = looking();
    let chips = |window: &Window| window.names().iter().filter(|name| *name == "Weight of 12 pictures").count();
    let [first, second] = [1..=12, 13..=24].map(|ids| ids.map(ImageId).collect::<Vec<_>>());
    window.act(Choose::AddExamples(first, 1.0));
    window.settle();
    window.act(Choose::AddExamples(second.clone(), -1.0));
    window.settle();
    assert_eq!(chips(&window), 2, "{:?}", window.names());
    for weight in [1.0, 0.0, 1.0] {
        window.act(Choose::WeighImages(second.clone(), weight));
        window.settle();
        assert_eq!(chips(&window), 2, "at {weight}: {:?}", window.names());
    }
}

#[test]
fn a_question_of_several_is_cleared_where_it_is_seen() {
    let mut window = looking();
    assert!(!window.has("Ask with nothing else"), "one picture is asked with");
    for at_every_depth in [false, true] {
        window.act(Choose::AddExample(image(2), AGAINST));
        window.act(Choose::Weigh(image(0), 0.5));
        let names = window.names();
        let question = names.iter().find(|name| name.starts_with("Like ") && name.contains(", less like "));
        let question = window.harness.get_by_label(question.unwrap_or_else(|| panic!("{names:?}"))).rect();
        let clear = window.harness.get_by_label("Ask with nothing else").rect();
        assert!((clear.center().y - question.center().y).abs() < 8.0, "{clear:?} beside {question:?}");
        window.click("Ask with nothing else");
        let chosen = &window.session().opened.chosen;
        assert_eq!(chosen.examples_that_count(), [(image(0), 1.0)]);
        assert!(!window.has("Ask with nothing else"));
        window.act(Choose::Undo);
        assert_eq!(window.session().opened.chosen.examples_that_count(), [(image(0), 0.5), (image(2), AGAINST)]);
        window.act(Choose::Redo);
        if !at_every_depth {
            window.click("Every depth");
        }
    }
}

#[test]
fn less_like_this_leaves_the_selection_also_where_the_hand_slips() {
    let mut window = looking();
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(5)], Pick::Replace));
    let selected = |window: &Window| window.session().opened.chosen.selection.iter().map(|id| id.0).collect::<Vec<_>>();
    let third = path(&window, 2);
    let place = window.harness.get_by_label(&third).rect();
    point_at(&mut window, place);
    window.click(&format!("Less like {third}"));
    assert_eq!((last_wish(&window).examples.last(), selected(&window)), (Some(&(image(2), AGAINST)), vec![0, 5]));
    point_at(&mut window, place);
    let from = window.harness.get_by_label(&format!("Less like {third}")).rect().center();
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    for far in [4.0, 9.0, 14.0] {
        window.harness.hover_at(from + vec2(far, -far));
        window.harness.run_steps(2);
    }
    window.harness.drop_at(from + vec2(14.0, -14.0));
    window.settle();
    assert_eq!(selected(&window), [0, 5], "no band was drawn");
    // Keys, too, with the pointer on a picture.
    point_at(&mut window, place);
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Minus);
    window.settle();
    assert_eq!(selected(&window), [0, 5]);
}

#[test]
fn what_speaks_against_begins_gently_and_is_that_again_once_it_was_switched_off_and_on() {
    let mut window = looking();
    let third = path(&window, 2);
    let place = window.harness.get_by_label(&third).rect();
    point_at(&mut window, place);
    window.click(&format!("Less like {third}"));
    let against = last_wish(&window).examples[1].1;
    assert!((-0.5..0.0).contains(&against), "at full weight all that was near would be gone: {against}");
    let stands_at = window.harness.get_by_label(&format!("Weight of {third}")).accesskit_node().numeric_value();
    assert!(stands_at.is_some_and(|at| (at as f32 - against).abs() < 0.01), "the slider stands there: {stands_at:?}");
    window.press(&format!("Switch {third} off"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
    window.press(&format!("Switch {third} on"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(2), against)]);
    // Off in one line, and on among all of them.
    window.press(&format!("Switch {third} off"));
    window.press("Details of what is asked with");
    window.press(&format!("Switch {third} on"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(2), against)]);
    window.press(&format!("Switch {third} off"));
    window.press("Details of what is asked with");
    window.press(&format!("Switch {third} on"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(2), against)]);
}
