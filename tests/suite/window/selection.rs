//! What the tray of the selection does with all views: nothing but what is selected, and selections saved by a name.

use std::sync::Arc;

use eframe::egui::{Event as Input, Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Filter, ImageId, ImageRecord, Tags};
use tiramisu::engine::{Event, Request};
use tiramisu::session::{Action, Choose, Combining, Pick};
use tiramisu::ui::Settings;

use crate::support::painted::texts;
use crate::support::window::{Setup, Window};

use super::{FIRST, THIRD};

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn pick(ids: &[u32]) -> Choose {
    Choose::PickMany(ids.iter().copied().map(ImageId).collect(), Pick::Replace)
}

fn shown(window: &Window) -> Vec<u32> {
    let mut shown: Vec<u32> = window.session().opened.shown.iter().map(|id| id.0).collect();
    shown.sort_unstable();
    shown
}

#[test]
fn only_what_is_selected_is_shown_everywhere_until_its_chip_is_clicked() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    window.act(Choose::ClearSelection);
    assert!(window.harness.get_by_label("Show only the selected").accesskit_node().is_disabled());
    window.act(pick(&[2, 3, 30]));
    window.click("Show only the selected");
    assert_eq!((shown(&window), selected(&window)), (vec![2, 3, 30], vec![2, 3, 30]));
    assert!(window.has(THIRD) && !window.has(FIRST), "{:?}", window.names());
    let rows = window.names().iter().filter(|name| name.starts_with("Row ")).count();
    assert_eq!(rows, 3, "in the table, too: {:?}", window.names());
    window.harness.get_by_label("3 of 60 shown");
    // It is a filter beside others: what else is selected or looked for leaves it as it is.
    window.act(pick(&[3]));
    assert_eq!(shown(&window), [2, 3, 30]);
    window.act(Choose::Filter(Filter { text: "blobs".into(), ..window.session().opened.chosen.filter.clone() }));
    assert_eq!(shown(&window), [2, 3]);
    let painted: Vec<String> = texts(window.harness.output()).into_iter().map(|text| text.text).collect();
    assert!(!painted.iter().any(|text| text == "Only 3"), "{painted:?}");
    window.click("Show more than 2 pictures");
    assert_eq!(shown(&window), [0, 1, 2, 3, 4], "the name is still looked for");
    assert_eq!(window.history(1), ["Showed all again, not only the selected"]);
    window.act(Choose::Undo);
    assert_eq!(shown(&window), [2, 3]);
    assert_eq!(window.history(2), ["Searched for “blobs”", "Took 2 pictures out of the selection, now 1 picture"]);
    // Keys take it back, too, and the table's way to all rows.
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.settle();
    assert_eq!(shown(&window), [0, 1, 2, 3, 4]);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.settle();
    assert_eq!(shown(&window), [3]);
    window.click("Take the filter away");
    assert_eq!(window.session().opened.shown.len(), 60);
}

#[test]
fn who_clears_the_selection_that_alone_is_shown_is_told_so_in_the_tray_and_sees_the_others_again_there() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.act(pick(&[2, 3, 30]));
    window.click("Show only the selected");
    let (told, way_back) = ("Only the 3 pictures that were selected before can still be seen", "Show the others again");
    assert!(!window.says(told) && !window.has(way_back), "{:?}", window.names());
    window.click("Clear");
    window.picture("only_left_alone");
    assert_eq!((shown(&window), selected(&window)), (vec![2, 3, 30], vec![]), "nothing that one looks at goes away");
    assert!(window.says(told), "{:?}", window.names());
    window.click(way_back);
    assert_eq!(shown(&window).len(), 60);
    assert_eq!(window.history(1), ["Showed all again, not only the selected"]);
    assert!(!window.says(told) && window.has("No pictures are selected"), "{:?}", window.names());
    window.act(Choose::Undo);
    // What else is looked for hides some of them.
    let only = window.session().opened.chosen.filter.clone();
    for (text, told) in [
        ("blobs", "Only 2 of the 3 pictures that were selected before can still be seen"),
        ("called so by nobody", "None of the 3 pictures that were selected before can still be seen"),
    ] {
        window.act(Choose::Filter(Filter { text: text.into(), ..only.clone() }));
        assert!(window.says(told), "{told}: {:?}", window.names());
    }
    window.act(Choose::Filter(only));
    // Where the tray is a line, it is said there.
    window.click("Place: Look inside");
    assert!(window.has("None selected, only 3 can be seen") && !window.has(way_back), "{:?}", window.names());
    window.act(pick(&[2]));
    assert!(!window.says("None selected") && !window.says(told), "{:?}", window.names());
    window.click("Show only the selected");
    assert_eq!(shown(&window).len(), 60);
}

#[test]
fn the_name_of_a_selection_is_written_at_once_and_what_is_wrong_with_it_stands_beneath_the_field() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.act(pick(&[1, 2, 3]));
    window.forget_sent();
    window.click("Saved selections");
    let name = "Save the selection as";
    assert!(window.harness.get_by_label(name).is_focused());
    // What stands in it has room about it, as in other fields.
    let [height, usual] = [name, "Add a tag"].map(|name| window.harness.get_by_label(name).rect().height());
    assert!((height - usual).abs() < 1.5, "{height} and {usual}");
    window.harness.event(Input::Text(" ".to_owned()));
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    let (field, why) = (window.harness.get_by_label(name).rect(), "a selection needs a name");
    let why = window.harness.get_by_label(why).rect();
    assert!(why.top() >= field.bottom() - 1.0 && why.top() < field.bottom() + 16.0, "{why:?} beneath {field:?}");
    window.harness.event(Input::Text("good".to_owned()));
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    let saved = |request: &Request| matches!(request, Request::Tag { tag, is_on: true, .. } if tag == "selection:good");
    assert!(window.sent().iter().any(saved), "{:?}", window.sent());
}

#[test]
fn what_is_wrong_with_a_name_is_not_said_of_another_field_or_of_another_name() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let images = [("selection:good".to_owned(), [ImageId(4)].into_iter().collect())];
    window.tell([Event::Tags(Arc::new(images.into_iter().collect::<Tags>()))]);
    window.act(pick(&[1, 2, 3]));
    window.click("Saved selections");
    let why = "a selection needs a name";
    let enter_nothing = |window: &mut Window| {
        window.harness.event(Input::Text(" ".to_owned()));
        window.settle();
        window.harness.key_press(Key::Enter);
        window.settle();
        assert!(window.has(why), "{:?}", window.names());
    };
    enter_nothing(&mut window);
    window.press("Rename saved good");
    assert!(window.has("New name") && !window.has(why), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    enter_nothing(&mut window);
    window.harness.event(Input::Text("better".to_owned()));
    window.settle();
    assert!(window.has("New name") && !window.has(why), "{:?}", window.names());
}

/// Two tags with long names, and a saved selection.
fn tagged() -> Tags {
    let long = |word: &str| format!("{word} that somebody took the trouble to write down at length");
    let of = |ids: &[u32]| ids.iter().copied().map(ImageId).collect::<Vec<_>>();
    let images =
        [(long("a word"), of(&[0])), (long("some other word"), of(&[0])), ("selection:good".to_owned(), of(&[0, 4]))];
    Tags::from(images)
}

#[test]
fn a_saved_selection_is_no_tag_wherever_it_is_seen() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    let images = [("odd".to_owned(), vec![ImageId(1)]), ("selection:good".to_owned(), vec![ImageId(0), ImageId(4)])];
    window.tell([Event::Tags(Arc::new(Tags::from(images)))]);
    window.settle();
    window.click(FIRST);
    assert!(window.has("In saved selections") && window.has("Saved selection good"), "{:?}", window.names());
    assert!(!window.says("selection:"), "the name of its tag is nobody's business: {:?}", window.names());
    window.press("Saved selection good");
    assert_eq!(selected(&window), [0, 4]);
    window.act(Choose::ClearSelection);
    window.click("Select");
    window.click("Tags");
    assert!(window.has("Tag odd") && !window.has("Tag selection:good"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    window.click("Select");
    let menu = window.harness.get_all_by_label("Saved selections").last().expect("an entry of the menu");
    menu.click();
    window.settle();
    let entries: Vec<_> = window.harness.get_all_by_label("Saved selection good").collect();
    assert_eq!(entries.len(), 2, "in the inspector, and in the menu");
    entries.last().expect("there are two").click();
    window.settle();
    assert_eq!(selected(&window), [0, 4]);
}

#[test]
fn tags_have_whole_chips_in_one_line_and_a_menu_where_there_is_no_room_for_all() {
    for width in [1280.0, 1000.0] {
        let settings = Settings { hides_inspector: false, ..Settings::default() };
        let size = vec2(width, 800.0);
        let mut window = Window::with_images(60, Setup { size, settings, ..Setup::default() });
        window.tell([Event::Tags(Arc::new(tagged()))]);
        window.click(FIRST);
        window.picture(&format!("tags_{width}"));
        let chips = |window: &Window| -> Vec<Rect> {
            let nodes = window.harness.query_all_by_label_contains("Remove tag ");
            nodes.map(|node| node.rect()).collect()
        };
        let room = Rect::from_min_size(Pos2::ZERO, size);
        let shown = chips(&window);
        for chip in &shown {
            assert!(room.contains_rect(*chip) && chip.height() < 26.0, "one line, whole: {chip:?}");
        }
        assert!(shown.windows(2).all(|pair| pair[0].right() <= pair[1].left()), "beside each other: {shown:?}");
        if shown.len() < 2 {
            let more = match (window.has("Tags of what is selected"), shown.is_empty()) {
                (true, _) => "Tags of what is selected",
                (false, true) => "+ 2 tags",
                (false, false) => "+ 1 tag",
            };
            window.click(more);
            assert_eq!(chips(&window).len(), 2, "the others are a click away: {:?}", window.names());
        }
        // In the inspector each has a line, if it needs one.
        let in_inspector = window.harness.query_all_by_label_contains(" from this picture");
        for chip in in_inspector.map(|node| node.rect()) {
            assert!(room.contains_rect(chip) && chip.height() < 26.0, "{chip:?}");
        }
    }
}

#[test]
fn names_in_the_menu_of_what_can_be_selected_are_one_line_each() {
    let mut window = Window::with_images(60, Setup { size: vec2(1600.0, 900.0), ..Setup::default() });
    let label = "Labrador retriever, as the keeper of the kennel has written it down for all to read";
    let image = window.session().opened.images.get(ImageId(0)).expect("an image").to_record();
    window.describe(&[ImageRecord { label: Some(label.to_owned()), ..image }]);
    window.settle();
    window.click("Select");
    window.click("Labels");
    window.picture("select_labels");
    for name in [&format!("Label {label}"), "Label blobs"] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(rect.height() < 30.0 && rect.width() < 400.0, "{name}: {rect:?}");
    }
    window.harness.get_by_label(&format!("Label {label}")).hover();
    window.harness.run_steps(60);
    assert!(window.has(&format!("{label}: 1 image")), "the pointer shows all of it: {:?}", window.names());
    window.press(&format!("Label {label}"));
    assert_eq!(selected(&window), [0]);
}

#[test]
fn what_selecting_does_now_stands_in_words_beside_the_tray_and_can_be_changed_there() {
    for width in [1440.0, 1280.0] {
        let settings = Settings { hides_inspector: width < 1400.0, ..Settings::default() };
        let mut window = Window::with_images(60, Setup { size: vec2(width, 900.0), settings, ..Setup::default() });
        window.act(pick(&[1, 2, 3]));
        window.picture(&format!("picks_{width}"));
        let room = Rect::from_min_size(Pos2::ZERO, vec2(width, 900.0));
        assert!(room.contains_rect(window.harness.get_by_label("When you select: New selection").rect()), "{width}");
        window.click("When you select: New selection");
        let way = format!("Intersect with selection. {}", Combining::Intersect.about());
        let name = window.harness.get_by_label(&way).rect();
        assert!(name.width() > 200.0, "also beside its name: {name:?}");
        window.click(&way);
        window.harness.get_by_label("When you select: Intersect with selection");
        window.act(pick(&[2, 3, 4]));
        assert_eq!(selected(&window), [2, 3]);
        window.act(Choose::ClearSelection);
        window.harness.get_by_label(
            "Nothing is selected, and “Intersect with selection” selects nothing: choose “New selection” or “Add to selection”.",
        );
    }
}

#[test]
fn how_the_selection_came_to_be_stands_beside_its_count() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.click("Select");
    window.click("Labels");
    window.press("Label blobs");
    window.picture("selected_by");
    assert!(window.has("by label “blobs”"), "{:?}", window.names());
    window.act(Action::Combine(Combining::Add));
    window.act(Choose::AddToSelection(ImageId(30), Pick::Add));
    assert!(window.has("last added by a click"), "{:?}", window.names());
    window.act(Choose::InvertSelection);
    assert!(window.has("by inverting the one before"), "{:?}", window.names());
    window.act(Choose::Undo);
    assert!(window.has("last added by a click"), "taken back with it: {:?}", window.names());
    window.act(Choose::ClearSelection);
    assert!(!window.says("last added by"), "{:?}", window.names());
}

#[test]
fn alt_and_a_click_takes_a_picture_out_of_the_selection_as_it_does_with_a_lasso() {
    let mut window = Window::with_images(60, Setup { size: vec2(1600.0, 900.0), ..Setup::default() });
    window.act(pick(&[0, 1, 2]));
    window.act(Choose::LookAt(ImageId(1)));
    window.harness.get_by_label(FIRST).click_modifiers(Modifiers::ALT);
    window.settle();
    assert_eq!(selected(&window), [1, 2]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)), "what is looked at stays");
    window.harness.get_by_label(FIRST).click_modifiers(Modifiers::ALT);
    window.settle();
    assert_eq!(selected(&window), [1, 2], "what is not selected cannot be taken out");
}

#[test]
fn nothing_in_the_tray_lies_over_anything_else_however_narrow_the_window_and_however_many_tags() {
    for (width, height) in
        [(800.0, 600.0), (900.0, 700.0), (1024.0, 768.0), (1280.0, 800.0), (1440.0, 900.0), (1920.0, 1080.0)]
    {
        let size = vec2(width, height);
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        let tags =
            ["corner", "doubtful", "to look at", "seen before", "good"].map(|tag| (tag.to_owned(), vec![ImageId(1)]));
        window.tell([Event::Tags(Arc::new(Tags::from(tags)))]);
        window.settle();
        window.act(Choose::SelectAll);
        window.harness.remove_cursor();
        window.settle();
        window.picture(&format!("tray_{width}"));
        let fixed =
            ["Select", "Saved selections", "Show only the selected", "Clear", "Invert", "Undo", "Redo", "Export"];
        let tagging =
            ["Tags of what is selected", "Add a tag"].into_iter().filter(|name| window.has(name)).collect::<Vec<_>>();
        assert_eq!(tagging.len(), 1, "{width}: there is a way to tag: {:?}", window.names());
        let mut all: Vec<(String, Rect)> = Vec::new();
        for name in fixed.iter().chain(&tagging) {
            all.push(((*name).to_owned(), window.harness.get_by_label(name).rect()));
        }
        let about = ["Remove tag ", "When you select: ", "60 images", "+ "];
        for words in about {
            for node in window.harness.query_all_by_label_contains(words) {
                // Those of the tray alone.
                if (node.rect().center().y - all[0].1.center().y).abs() < 14.0 {
                    all.push((words.to_owned(), node.rect()));
                }
            }
        }
        for (place, (name, rect)) in all.iter().enumerate() {
            assert!(rect.left() >= 0.0 && rect.right() <= width, "{width}: {name} at {rect:?}");
            for (other, over) in &all[place + 1..] {
                assert!(!rect.shrink(0.6).intersects(*over), "{width}: {name} at {rect:?} and {other} at {over:?}");
            }
        }
        if tagging[0] == "Tags of what is selected" {
            window.click("Tags of what is selected");
            assert!(window.has("Add a tag") && window.has("Remove tag corner"), "{:?}", window.names());
        }
    }
}

#[test]
fn what_narrows_the_pictures_stands_above_gallery_and_map_and_one_click_shows_all_again() {
    let size = vec2(1440.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.wait_until("the map", |window| window.has("Lasso"));
    window.settle();
    assert!(!window.says("show all again"), "nothing narrows them: {:?}", window.names());
    let filter = Filter { text: "blobs".into(), ..Filter::default() };
    for view in ["Gallery", "Map"] {
        window.act(Choose::Filter(filter.clone()));
        window.harness.run_steps(4);
        window.picture("shown_chip");
        assert!(window.session().opened.shown.len() < 60);
        window.click(&format!("{view}: show all again, not only “blobs”"));
        assert_eq!(window.session().opened.shown.len(), 60, "{view}");
    }
    window.act(Choose::Filter(Filter { labels: ["blobs".to_owned()].into(), predicate: "width > 2".into(), ..filter }));
    assert!(window.says("Gallery: show all again, not only width > 2, “blobs”, label blobs"), "{:?}", window.names());
}
