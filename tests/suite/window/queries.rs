//! Predicates in the gallery's bar, and tags of the selection.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event as Input, Key, Modifiers, PointerButton, Rect, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Filter, ImageId, Tags};
use tiramisu::engine::{Event, Look, Request};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Settings;
use tiramisu::ui::theme::Palette;

use crate::support::painted::texts;
use crate::support::window::{Setup, Window};

fn asked(window: &Window) -> Vec<String> {
    let text = |request| match request {
        Request::Look(Look::Query(wish)) => Some(wish.text),
        _ => None,
    };
    window.sent().into_iter().filter_map(text).collect()
}

fn write(window: &mut Window, text: &str) {
    let field = window.harness.get_by_label("Predicate");
    field.focus();
    field.type_text(text);
    window.harness.run_steps(10);
    window.settle();
}

fn tags(pairs: &[(&str, &[u32])]) -> Arc<Tags> {
    let of = |(tag, ids): &(&str, &[u32])| ((*tag).to_owned(), ids.iter().copied().map(ImageId).collect());
    Arc::new(pairs.iter().map(of).collect::<Tags>())
}

/// Opens the menu of those tags of the selection that have no room in its line, if there are any.
fn see_tags(window: &mut Window) {
    let is_menu = |name: &String| name.starts_with("+ ") && (name.ends_with(" tag") || name.ends_with(" tags"));
    if let Some(menu) = window.names().into_iter().find(is_menu) {
        window.click(&menu);
    }
}

#[test]
fn a_predicate_that_is_written_filters_the_gallery() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "id < 12");
    assert_eq!(window.session().opened.chosen.filter.predicate, "id < 12");
    assert_eq!(window.session().opened.shown.len(), 12);
    window.harness.get_by_label("12 of 60 shown");
    // What is committed later is asked for again, and the same answer changes nothing.
    let before = asked(&window).len();
    window.tell([Event::Committed { images: 60, version: 2 }]);
    window.settle();
    assert_eq!(asked(&window).len(), before + 1);
    assert_eq!(window.session().opened.shown.len(), 12);
    window.act(Choose::Undo);
    assert_eq!(window.session().opened.shown.len(), 60, "undo takes the predicate back");
    window.act(Choose::Redo);
    assert_eq!(window.session().opened.shown.len(), 12);
    window.click("Filter by predicate");
    assert_eq!(window.session().opened.shown.len(), 60, "what is not seen does not filter");
}

#[test]
fn who_brings_the_field_writes_at_once() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    window.harness.event(eframe::egui::Event::Text("id < 12".to_owned()));
    window.harness.run_steps(10);
    window.settle();
    assert_eq!(window.session().opened.chosen.filter.predicate, "id < 12");
}

#[test]
fn what_cannot_be_read_is_said_below_the_field_and_asks_nothing() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "lable = 'x' and id < 3");
    assert!(asked(&window).is_empty());
    window.picture("predicate_wrong");
    window.harness.get_by_label("Letter 1: there is no column lable. Did you mean label?");
    assert_eq!(window.session().opened.shown.len(), 60, "the gallery stays as it is");
}

#[test]
fn what_the_workspace_does_not_know_is_said_below_the_field() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "cluster('x') = 1");
    assert_eq!(asked(&window).len(), 1);
    window.harness.get_by_label("Letter 9: there is no such clustering");
    assert_eq!(window.session().opened.shown.len(), 60);
}

#[test]
fn tab_takes_what_is_offered() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "label = 'che");
    window.picture("predicate_offers");
    window.harness.key_press(Key::Tab);
    window.harness.run_steps(10);
    window.settle();
    assert_eq!(window.session().opened.chosen.filter.predicate.trim_end(), "label = 'checks'");
}

#[test]
fn tags_of_the_selection_are_shown_given_and_taken_back() {
    let mut window = Window::with_images(60, Setup::default());
    window.tell([Event::Tags(tags(&[("blurred", &[1, 2, 40])]))]);
    window.act(Choose::PickMany(vec![ImageId(1), ImageId(2), ImageId(3)], Pick::Replace));
    window.act(Choose::SelectAll);
    window.act(Choose::Undo);
    window.forget_sent();
    let field = window.harness.get_by_label("Add a tag");
    field.focus();
    field.type_text(" keep ");
    window.harness.run_steps(2);
    window.harness.key_press(Key::Enter);
    window.settle();
    let changed = |window: &Window| -> Vec<Request> {
        window.sent().into_iter().filter(|request| matches!(request, Request::Tag { .. })).collect()
    };
    let ids: Vec<ImageId> = [1, 2, 3].map(ImageId).to_vec();
    let tag = |ids: &[ImageId], tag: &str, is_on| Request::Tag {
        images: ids.iter().copied().collect(),
        tag: tag.to_owned(),
        is_on,
    };
    assert_eq!(changed(&window), [tag(&ids, "keep", true)]);

    window.tell([Event::Tags(tags(&[("blurred", &[1, 2, 40]), ("keep", &[1, 2, 3])]))]);
    window.settle();
    window.forget_sent();
    see_tags(&mut window);
    window.click("Remove tag blurred");
    assert_eq!(changed(&window), [tag(&ids[..2], "blurred", false)], "only those that bear it");
    window.tell([Event::Tags(tags(&[("blurred", &[40]), ("keep", &[1, 2, 3])]))]);
    window.settle();
    see_tags(&mut window);
    window.picture("tags");
    assert!(window.has("Remove tag keep") && !window.has("Remove tag blurred"), "{:?}", window.names());

    window.forget_sent();
    window.act(Choose::Undo);
    window.act(Choose::Undo);
    assert_eq!(changed(&window), [tag(&ids[..2], "blurred", true), tag(&ids, "keep", false)]);
    window.act(Choose::Redo);
    assert_eq!(changed(&window).last(), Some(&tag(&ids, "keep", true)));
}

#[test]
fn who_entered_what_cannot_be_asked_goes_on_writing() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    // Not seen before it is asked: there is such a column, but no such label.
    for wrong in ["lable = 'x'", "cluster = 3"] {
        write(&mut window, wrong);
        window.harness.key_press(Key::Enter);
        window.settle();
        let said = window.names().iter().any(|name| name.starts_with("Letter "));
        assert!(said, "{wrong} is not refused: {:?}", window.names());
        // Without the keyboard in the field it would select all pictures.
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.settle();
        assert!(window.session().opened.chosen.selection.is_empty(), "{wrong}");
        window.harness.event(eframe::egui::Event::Text("id < 12".to_owned()));
        window.harness.run_steps(10);
        window.settle();
        assert_eq!(window.session().opened.chosen.filter.predicate, "id < 12", "all that was wrong is replaced");
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.settle();
    }
}

#[test]
fn what_is_right_leaves_the_keyboard_to_the_pictures() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "id < 12");
    window.harness.key_press(Key::Enter);
    window.settle();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    assert_eq!(window.session().opened.chosen.selection.len(), 12);
}

#[test]
fn why_a_query_is_wrong_stands_beneath_its_field_at_every_place_and_moves_nothing() {
    let size = vec2(800.0, 600.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.click("Filter by predicate");
    let rect = |window: &Window, name: &str| window.harness.get_by_label(name).rect();
    let grid = rect(&window, "Gallery grid");
    write(&mut window, "lable = 'x' and id < 3");
    let why = "Letter 1: there is no column lable. Did you mean label?";
    assert_eq!(rect(&window, "Gallery grid"), grid);
    for place in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
        window.harness.key_press_modifiers(Modifiers::COMMAND, place);
        window.settle();
        let (field, why) = (rect(&window, "Predicate"), rect(&window, why));
        assert!(why.top() >= field.bottom() && why.top() < field.bottom() + 16.0, "{why:?} beneath {field:?}");
        assert!(why.left() >= field.left() && why.right() < size.x && why.bottom() < size.y, "{why:?} of {field:?}");
    }
    let shown = texts(window.harness.output()).into_iter().find(|text| text.text == why).expect("it is drawn");
    assert_eq!(shown.colour, Palette::DARK.problem);
    // Mended, it is gone.
    window.harness.get_by_label("Predicate").focus();
    window.harness.run_steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.get_by_label("Predicate").type_text("id < 3");
    window.harness.run_steps(10);
    window.settle();
    assert!(!window.has(why));
    assert_eq!(window.session().opened.shown.len(), 3);
}

#[test]
fn a_query_that_nobody_wrote_moves_nothing_when_it_gets_the_focus() {
    for size in [vec2(800.0, 600.0), vec2(1440.0, 900.0)] {
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.act(Choose::Filter(Filter { predicate: "id < 12".into(), ..Filter::default() }));
        let grid = |window: &Window| window.harness.get_by_label("Gallery grid").rect();
        let before = grid(&window);
        window.harness.get_by_label("Predicate").focus();
        window.settle();
        assert!(window.harness.get_by_label("Predicate").is_focused());
        assert_eq!(grid(&window), before, "{size:?}");
        // Once somebody writes there is a line for what may be wrong with it, and it stays.
        write(&mut window, " and");
        let written = grid(&window);
        assert!(written.top() > before.top(), "{size:?}: {written:?} after {before:?}");
        write(&mut window, " width > 2");
        assert_eq!(grid(&window), written, "{size:?}");
    }
}

/// What is seen and has a name, but for containers.
fn seen(window: &Window) -> Vec<(String, Rect)> {
    let kinds = [Role::Button, Role::Tab, Role::Label, Role::Slider, Role::ComboBox, Role::CheckBox, Role::TextInput];
    let nodes = window.harness.root().children_recursive();
    let nodes = nodes.filter(|node| kinds.contains(&node.accesskit_node().role()));
    let name = |node: &Node<'_>| node.accesskit_node().label().or_else(|| node.accesskit_node().value());
    nodes.filter_map(|node| Some((name(&node)?, node.rect()))).collect()
}

#[test]
fn why_a_query_is_wrong_covers_nothing_that_lies_below_its_field() {
    for (width, height) in [(800.0, 600.0), (1000.0, 700.0), (1280.0, 800.0), (1600.0, 900.0)] {
        let size = vec2(width, height);
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.click("Filter by predicate");
        write(&mut window, "lable = 'x' and id < 3");
        let why = "Letter 1: there is no column lable. Did you mean label?";
        for place in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
            window.harness.key_press_modifiers(Modifiers::COMMAND, place);
            window.settle();
            window.picture(&format!("query_wrong_{width}_{place:?}"));
            let line = window.harness.get_by_label(why).rect();
            let covered: Vec<_> = seen(&window)
                .into_iter()
                .filter(|(name, rect)| name != why && rect.intersects(line.shrink(0.5)))
                .collect();
            assert!(covered.is_empty(), "{width}, {place:?}: {line:?} over {covered:?}");
        }
    }
}

#[test]
fn a_query_that_is_left_unfinished_says_what_is_missing() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Filter by predicate");
    write(&mut window, "width >");
    window.harness.key_press(Key::Escape);
    window.settle();
    window.harness.key_press(Key::Tab);
    window.settle();
    let names = window.names();
    let why = names.iter().find(|name| name.starts_with("Letter ")).unwrap_or_else(|| panic!("{names:?}"));
    let shown = texts(window.harness.output()).into_iter().find(|text| text.text == *why).expect("it is drawn");
    assert_eq!(shown.colour, Palette::DARK.problem);
}

#[test]
fn a_query_that_was_written_as_a_name_is_offered_to_be_asked_in_every_place() {
    const OFFER: &str = "Ask it as a query";
    let write_name = |window: &mut Window, text: &str| {
        let field = window.harness.get_by_label("Filter by name");
        field.focus();
        field.type_text(text);
        window.harness.run_steps(20);
        window.settle();
    };
    for place in ["Place: Explore", "Place: Look inside"] {
        let size = vec2(1600.0, 900.0);
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.click(place);
        write_name(&mut window, "label = blobs");
        assert_eq!(window.session().opened.shown.len(), 0);
        window.harness.get_by_label("No file that can be shown has label = blobs in its name or its folders.");
        window.picture("query_as_a_name");
        window.click(OFFER);
        let filter = window.session().opened.chosen.filter.clone();
        assert_eq!((filter.predicate.as_str(), filter.text.as_str()), ("label = 'blobs'", ""));
        assert_eq!(window.session().opened.shown.len(), 5);
        assert!(window.has("Predicate") && !window.has(OFFER) && !window.has("Filter by name"), "{:?}", window.names());
        window.act(Choose::Undo);
        assert_eq!(window.session().opened.chosen.filter.text, "label = blobs", "one step");
    }
    // What cannot be asked says why, where it can be mended.
    let mut window = Window::with_images(60, Setup::default());
    write_name(&mut window, "colour = red");
    window.click(OFFER);
    assert_eq!(window.session().opened.shown.len(), 60);
    assert!(window.names().iter().any(|name| name.starts_with("Letter 1: ")), "{:?}", window.names());
    // A name that nobody has is one.
    let mut window = Window::with_images(60, Setup::default());
    write_name(&mut window, "nothing like it");
    assert!(window.session().opened.shown.is_empty() && !window.has(OFFER), "{:?}", window.names());
}

#[test]
fn there_is_one_field_for_a_query_and_the_name_that_is_looked_for_is_seen_beside_it() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    assert!(window.has("Table of images") && window.has("Gallery grid"), "{:?}", window.names());
    let fields = |window: &Window| {
        let is_one = |name: &&String| ["Predicate", "Filter by name"].contains(&name.as_str());
        window.names().iter().filter(is_one).count()
    };
    assert_eq!(fields(&window), 1);
    let field = window.harness.get_by_label("Filter by name");
    field.focus();
    field.type_text("blobs");
    window.harness.run_steps(20);
    window.settle();
    assert_eq!(window.session().opened.shown.len(), 5);
    // Who goes on with a query looks for the name all the same.
    window.click("Filter by predicate");
    assert!(window.has("Look for no name: blobs"), "{:?}", window.names());
    write(&mut window, "id < 3");
    assert_eq!(window.session().opened.chosen.filter.text, "blobs");
    assert_eq!(window.session().opened.shown.len(), 3);
    window.click("Filter by predicate");
    assert!(window.has("Filter by name") && !window.has("Look for no name: blobs"), "{:?}", window.names());
    assert_eq!(window.session().opened.shown.len(), 5);
    // A histogram asks a query: the name goes on counting, and says so.
    window.click("Label: checks");
    assert_eq!(window.session().opened.shown.len(), 0);
    assert_eq!(fields(&window), 1);
    window.click("Look for no name: blobs");
    assert_eq!(window.session().opened.shown.len(), 5);
    assert!(!window.has("Look for no name: blobs"));
}

#[test]
fn why_a_tag_cannot_be_given_stands_beside_its_field_in_the_window() {
    // In a menu where the window is narrow, and in the line of the tray where there is room for it.
    for (size, is_folded) in [(vec2(800.0, 600.0), true), (vec2(2400.0, 1080.0), false)] {
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.act(Choose::PickMany(vec![ImageId(1), ImageId(2)], Pick::Replace));
        if is_folded {
            window.click("Tags of what is selected");
        }
        let field = window.harness.get_by_label("Add a tag");
        field.focus();
        field.type_text(&"very ".repeat(80));
        window.harness.run_steps(2);
        window.harness.key_press(Key::Enter);
        window.settle();
        window.picture(&format!("tag_refused_{}", size.x));
        let names = window.names();
        let said = names.iter().find(|name| name.starts_with("a tag has at most"));
        let said = said.unwrap_or_else(|| panic!("{size:?}: {names:?}"));
        let field = window.harness.get_by_label("Add a tag");
        let (why, rect) = (window.harness.get_by_label(said).rect(), field.rect());
        assert!(why.left() >= 0.0 && why.right() <= size.x && why.bottom() <= size.y, "{why:?}");
        assert!(!why.intersects(rect), "{why:?} on the field at {rect:?}");
        assert!((why.left() - rect.left()).abs() < 24.0, "{why:?} beside the field at {rect:?}");
        assert!(field.is_focused(), "who wrote it mends it");
        window.harness.key_press(Key::Escape);
        window.settle();
        assert!(!window.has(said), "who went on sees the pictures beneath it");
        if is_folded {
            window.click("Tags of what is selected");
            assert!(!window.has(said), "who comes back begins anew");
        }
    }
}

#[test]
fn a_query_has_room_to_be_read_beside_the_depth_slider_and_more_while_it_is_written() {
    for (width, least) in [(1440.0, 420.0), (1080.0, 280.0), (800.0, 280.0)] {
        let size = vec2(width, 900.0);
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        // A name that is looked for stands beside it, as a chip.
        window.act(Choose::Filter(Filter { text: "blobs".into(), ..Filter::default() }));
        window.click("Filter by predicate");
        let rect = |window: &Window, name: &str| window.harness.get_by_label(name).rect();
        assert!(window.says("Look for no name"), "{:?}", window.names());
        let written = rect(&window, "Predicate");
        assert!(written.width() >= least, "{width}: {written:?} while it is written");
        write(&mut window, "id < 12");
        window.harness.key_press(Key::Enter);
        window.settle();
        let field = rect(&window, "Predicate");
        assert!((280.0..=written.width()).contains(&field.width()), "{width}: {field:?} at rest");
        for rect in [rect(&window, "Depth"), written, field] {
            assert!(rect.width() >= 100.0 && rect.left() >= 0.0 && rect.right() <= width, "{width}: {rect:?}");
        }
    }
}

/// A hand is quicker than a frame that takes long.
#[test]
fn a_key_that_comes_with_a_click_goes_to_the_field_that_the_click_leads_to() {
    let mut window = Window::with_images(60, Setup::default());
    let quickly = |window: &mut Window, name: &str| {
        let pos = window.harness.get_by_label(name).rect().center();
        window.harness.hover_at(pos);
        window.harness.run_steps(2);
        let (button, modifiers) = (PointerButton::Primary, Modifiers::COMMAND);
        let press = |pressed| Input::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
        let key = Input::Key { key: Key::A, physical_key: None, pressed: true, repeat: false, modifiers };
        window.harness.input_mut().events.extend([press(true), press(false), key]);
        window.harness.run_steps(1);
        window.settle();
    };
    window.harness.get_by_label("Filter by name").focus();
    window.harness.get_by_label("Filter by name").type_text("blobs");
    window.harness.run_steps(10);
    window.settle();
    let shown = window.session().opened.shown.len();
    // From the field to the pictures: all of them are meant.
    quickly(&mut window, "Gallery grid");
    assert_eq!(window.session().opened.chosen.selection.len(), shown);
    window.act(Choose::ClearSelection);
    // And back: all that is written is.
    quickly(&mut window, "Filter by name");
    assert!(window.session().opened.chosen.selection.is_empty(), "the key is the field's");
    window.harness.event(Input::Text("ferns".to_owned()));
    window.harness.run_steps(10);
    window.settle();
    assert_eq!(window.session().opened.chosen.filter.text, "ferns", "what stood there was selected");
    // What brings the field, too, before the cursor is in it.
    window.act(Choose::ClearSelection);
    quickly(&mut window, "Filter by predicate");
    assert!(window.session().opened.chosen.selection.is_empty(), "{:?}", window.names());
}
