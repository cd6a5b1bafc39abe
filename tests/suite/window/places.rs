//! The places of the window, and what is around the views in each of them.

use std::sync::Arc;

use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Event as Input, Key, Modifiers, PointerButton, Rect, Vec2, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{ImageId, ImageRecord, Region, Tags};
use tiramisu::engine::{Event, Request};
use tiramisu::session::{Ask, Choose, Pick, Place, TagEdit};
use tiramisu::ui::Settings;

use super::{FIRST, SECOND};
use crate::support::collection;
use crate::support::window::{Setup, Window};

/// The window of somebody who has arranged nothing.
fn first_day(size: Vec2) -> Setup {
    Setup { size, settings: Settings::default(), ..Setup::default() }
}

fn opened() -> Window {
    Window::with_images(60, first_day(vec2(1400.0, 900.0)))
}

fn place(window: &Window) -> Place {
    window.session().lasting.place
}

fn shows(window: &Window, name: &str) -> bool {
    window.names().iter().any(|known| known == name)
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
}

/// Two clicks where something is, as quick as a person's: frames of a test are far apart.
fn double_click(window: &mut Window, at: eframe::egui::Pos2) {
    window.harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    window.harness.event(Input::PointerMoved(at));
    window.harness.step();
    for _ in 0..2 {
        for pressed in [true, false] {
            let button = PointerButton::Primary;
            window.harness.event(Input::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        }
        window.harness.step();
    }
    window.settle();
}

#[test]
fn each_place_is_gone_to_by_keyboard_and_shows_its_views() {
    let mut window = opened();
    let of_places = [
        (Key::Num1, Place::Explore, &["Map", "Gallery"][..], "Clusters"),
        (Key::Num2, Place::LookInside, &["Activations", "Layers", "Neighbours"], "Gallery"),
        (Key::Num3, Place::Groups, &["Clusters", "Classes"], "Map"),
        (Key::Num4, Place::Check, &["Findings"], "Gallery"),
    ];
    for (key, expected, views, elsewhere) in of_places {
        press(&mut window, Modifiers::COMMAND, key);
        assert_eq!(place(&window), expected);
        window.picture(&format!("place_{}", expected.word()));
        for view in views {
            assert!(shows(&window, view), "{expected:?} lacks {view}: {:?}", window.names());
        }
        assert!(!shows(&window, elsewhere), "{expected:?} shows {elsewhere}");
        let name = format!("Place: {}", expected.name());
        let rail = window.harness.get_by_label(&name);
        assert_eq!(rail.accesskit_node().toggled(), Some(Toggled::True));
    }
    window.click("Place: Groups");
    assert_eq!(place(&window), Place::Groups);
    // Keys of a view lead to the place where it is at home, or stay where it is open.
    press(&mut window, Modifiers::ALT, Key::Num5);
    assert_eq!(place(&window), Place::LookInside);
    press(&mut window, Modifiers::ALT, Key::Num4);
    assert_eq!(place(&window), Place::LookInside);
    window.harness.get_by_label("Layers of the network");
}

#[test]
fn after_opening_no_pane_is_empty_for_the_first_picture_is_looked_at() {
    let mut window = opened();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)));
    assert!(window.session().opened.chosen.selection.is_empty());
    assert!(shows(&window, "No pictures are selected"));
    assert!(window.session().opened.projection().is_some(), "a map was asked for");
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    assert!(shows(&window, &format!("Probe: {FIRST}")), "{:?}", window.names());
    assert!(!window.session().opened.history.can_undo());
}

#[test]
fn the_depth_slider_stops_at_stored_layers_and_says_their_names() {
    let mut window = opened();
    let value = |window: &Window| window.harness.get_by_label("Depth").accesskit_node().value();
    assert_eq!(value(&window).as_deref(), Some("conv 3 · 128 channels, layer 5 of 6"));
    window.harness.get_by_label("Depth").focus();
    window.settle();
    // pool1, between the two, is not stored.
    for (key, layer) in [
        (Key::ArrowLeft, 3),
        (Key::ArrowLeft, 1),
        (Key::ArrowLeft, 1),
        (Key::End, 5),
        (Key::Home, 1),
        (Key::ArrowRight, 3),
    ] {
        press(&mut window, Modifiers::NONE, key);
        assert_eq!(window.session().opened.chosen.layer, layer, "{key:?}");
    }
    assert_eq!(value(&window).as_deref(), Some("conv 2 · 64 channels, layer 4 of 6"));
    assert!(shows(&window, "Looking at conv 2 · 64 channels"));
    let track = window.harness.get_by_label("Depth").rect();
    let at = |share: f32| pos2(track.left() + track.width() * share, track.center().y);
    window.harness.drag_at(at(0.7));
    for share in [0.6, 0.4, 0.22] {
        window.harness.hover_at(at(share));
        window.harness.run_steps(2);
    }
    window.harness.drop_at(at(0.22));
    window.settle();
    assert_eq!(window.session().opened.chosen.layer, 1);
    // All of this, by keys and by the pointer, is one way.
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(window.session().opened.chosen.layer, 4);
}

#[test]
fn back_and_forward_bring_question_box_depth_and_place_by_keys_buttons_and_mouse() {
    let mut window = opened();
    window.act(Choose::Click(ImageId(5), Pick::Replace));
    window.act(Choose::Layer(3));
    let part = Region::between((0.1, 0.2), (0.5, 0.6));
    window.act(Choose::Region(Some(part)));
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    // One misclick.
    let misclicked = format!("Neighbour 2: {}", neighbour(&window, 1));
    window.click(&misclicked);
    assert_ne!(window.session().opened.chosen.probe, Some(ImageId(5)));
    let is_back = |window: &Window| {
        let chosen = &window.session().opened.chosen;
        assert_eq!((chosen.probe, chosen.layer, chosen.region), (Some(ImageId(5)), 3, Some(part)));
        assert_eq!(place(window), Place::LookInside);
        let list = window.session().opened.neighbours.as_ref().expect("it is answered again");
        assert_eq!(list.wish.image(), Some(ImageId(5)));
    };
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    is_back(&window);
    window.click("Go forward");
    window.click("Go back");
    is_back(&window);
    for (button, is_there) in [(PointerButton::Extra2, false), (PointerButton::Extra1, true)] {
        let pos = pos2(700.0, 500.0);
        window.harness.event(Input::PointerMoved(pos));
        for pressed in [true, false] {
            window.harness.event(Input::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        }
        window.settle();
        assert_eq!(window.session().opened.chosen.probe == Some(ImageId(5)), is_there);
    }
    is_back(&window);
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(place(&window), Place::Explore);
}

/// The path of the neighbour at a place of the list.
fn neighbour(window: &Window, place: usize) -> String {
    let list = window.session().opened.neighbours.as_ref().expect("there are neighbours");
    let image = window.session().image(list.neighbours[place].image).expect("it is known");
    image.path.text.to_owned()
}

#[test]
fn a_double_click_looks_inside_and_escape_leads_out_again() {
    let mut window = opened();
    let at = window.harness.get_by_label(SECOND).rect().center();
    double_click(&mut window, at);
    assert_eq!((place(&window), window.session().opened.chosen.probe), (Place::LookInside, Some(ImageId(1))));
    window.act(Choose::Click(ImageId(9), Pick::Replace));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!((place(&window), window.session().opened.chosen.probe), (Place::Explore, Some(ImageId(1))));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(place(&window), Place::Explore, "there is nothing to leave");
    press(&mut window, Modifiers::ALT, Key::Enter);
    assert_eq!(place(&window), Place::LookInside, "by keyboard, too");
}

#[test]
fn escape_in_a_text_field_and_a_dialog_leaves_no_place() {
    let mut window = opened();
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    press(&mut window, Modifiers::COMMAND, Key::F);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(place(&window), Place::LookInside);
    press(&mut window, Modifiers::NONE, Key::F1);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(place(&window), Place::LookInside);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(place(&window), Place::Explore);
}

#[test]
fn each_place_remembers_how_its_views_are_arranged_and_is_reset_alone() {
    let mut window = opened();
    let close = |window: &mut Window, view: &str| {
        window.click("View");
        window.harness.get_by_role_and_label(Role::CheckBox, view).click();
        window.settle();
    };
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    close(&mut window, "Classes");
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    close(&mut window, "Neighbours");
    let settings = window.harness.state().settings().clone();
    assert_eq!(settings.place, Place::LookInside);
    assert_eq!(settings.layout, None, "nothing was arranged in the first place");
    let mut again = Window::with_images(60, Setup { settings, ..first_day(vec2(1400.0, 900.0)) });
    assert_eq!(place(&again), Place::LookInside, "it opens where it was closed");
    assert!(!shows(&again, "Neighbours"));
    again.click("View");
    again.click("Reset the layout");
    assert!(shows(&again, "Neighbours"));
    press(&mut again, Modifiers::COMMAND, Key::Num3);
    assert!(!shows(&again, "Classes") && shows(&again, "Clusters"), "another place is as it was");
    again.click("View");
    again.click("All views at once");
    for view in ["Gallery", "Map", "Classes", "Selection"] {
        assert!(shows(&again, view), "{view}");
    }
    assert!(shows(&again, "Nothing is selected"));
    let buttons = again.names().iter().filter(|name| *name == "Export").count();
    assert_eq!(buttons, 1, "the selection has a view, and needs no tray");
}

#[test]
fn an_arrangement_from_before_there_were_places_is_that_of_the_first() {
    let mut window = Window::with_images(12, Setup::default());
    window.click("View");
    window.harness.get_by_role_and_label(Role::CheckBox, "Findings").click();
    window.settle();
    let layout = window.harness.state().settings().layout.clone();
    let settings = Settings { layout, ..Settings::default() };
    let again = Window::with_images(12, Setup { settings, ..first_day(vec2(1400.0, 900.0)) });
    for view in ["Gallery", "Neighbours", "Clusters", "Selection"] {
        assert!(shows(&again, view), "{view}");
    }
    assert!(!shows(&again, "Findings"));
}

#[test]
fn a_view_is_maximised_by_a_double_click_on_its_tab_a_button_or_keys_and_escape_shows_the_others() {
    let mut window = opened();
    let tab = |window: &Window, name: &str| {
        let nodes = window.harness.get_all_by_label(name).map(|node| node.rect());
        nodes.min_by(|a, b| a.top().total_cmp(&b.top())).expect("it has a tab")
    };
    let at = tab(&window, "Gallery").center();
    double_click(&mut window, at);
    window.picture("maximised");
    assert!(!shows(&window, "Map"), "the gallery has all the room");
    let grid = window.harness.get_by_label("Gallery grid").rect();
    assert!(grid.width() > 900.0, "{grid:?}");
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Map"));
    window.click("Maximise Map");
    assert!(!shows(&window, "Gallery grid"));
    window.click("Show the other views again");
    assert!(shows(&window, "Gallery grid"));
    // The one that was last looked at.
    window.click(SECOND);
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    assert!(!shows(&window, "Map") && shows(&window, "Gallery grid"));
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    assert!(shows(&window, "Map"));
}

#[test]
fn a_view_is_closed_by_the_menu_of_its_tab_and_opened_again_by_the_menu_of_views() {
    let mut window = opened();
    let tab = window.harness.get_all_by_label("Map").min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    tab.expect("it has a tab").click_secondary();
    window.settle();
    assert!(shows(&window, "Maximise Map"));
    window.click("Close Map");
    assert!(!shows(&window, "Map") && shows(&window, "Gallery grid"), "{:?}", window.names());
    window.click("View");
    window.click("Map");
    assert!(window.harness.get_all_by_label("Map").count() > 0, "it has its tab again");
}

#[test]
fn why_two_pictures_are_alike_is_told_beside_the_one_that_is_looked_into() {
    let mut window = opened();
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    window.act(Ask::Why(ImageId(2)));
    let title = window.harness.get_by_label("Close why similar").rect();
    let picture = window.harness.get_by_label(&format!("Looking inside {FIRST}")).rect();
    assert!(title.left() > picture.right(), "{title:?} lies right of {picture:?}");
}

#[test]
fn the_inspector_keeps_the_width_that_it_was_given_whatever_stands_in_it() {
    let mut window = opened();
    window.click(SECOND);
    let left = |window: &Window| window.harness.get_by_label("Tag this picture").rect().left();
    let usual = left(&window);
    let edge = pos2(usual - 12.0, 500.0);
    let wider = edge - vec2(60.0, 0.0);
    window.harness.hover_at(edge);
    window.harness.run_steps(2);
    window.harness.drag_at(edge);
    window.harness.run_steps(2);
    window.harness.hover_at(wider);
    window.harness.run_steps(2);
    window.harness.drop_at(wider);
    window.settle();
    let given = left(&window);
    assert!((usual - given - 60.0).abs() < 3.0, "from {usual} to {given}");
    // Nothing draws it together again, no tag and no other picture.
    let long = "a tag that is longer than the inspector is wide, whatever it was made";
    window.tell([Event::Tags(Arc::new(Tags::from([(long.to_owned(), vec![ImageId(1)])])))]);
    window.settle();
    window.harness.run_steps(12);
    assert_eq!(left(&window), given);
    window.click(FIRST);
    assert_eq!(left(&window), given);
    // The next window begins with it.
    let settings = window.harness.state().settings().clone();
    assert!(settings.inspector_width.is_some());
    let mut again = Window::with_images(60, Setup { settings, ..first_day(vec2(1400.0, 900.0)) });
    again.click(SECOND);
    assert!((left(&again) - given).abs() < 1.0, "{} and {given}", left(&again));
}

#[test]
fn the_inspector_tells_of_the_current_picture_and_goes_by_a_key_and_where_it_is_narrow() {
    let mut window = opened();
    window.click(SECOND);
    window.picture("inspector");
    let near = format!("Near 1: {}", neighbour(&window, 0));
    for name in [&format!("Current picture: {SECOND}"), "The network sees", "Tag this picture", "blobs", &near] {
        assert!(shows(&window, name), "no {name} among {:?}", window.names());
    }
    assert!(window.names().iter().any(|name| name == "Most like it at conv 3"), "{:?}", window.names());
    window.harness.get_by_label("Tag this picture").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Tag this picture").type_text("odd");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let edit = |window: &Window| (**window.session().opened.chosen.tag_edits.last().expect("a tag")).clone();
    let expected = |is_on| TagEdit { images: [ImageId(1)].into_iter().collect(), tag: "odd".to_owned(), is_on };
    assert_eq!(edit(&window), expected(true));
    window.tell([Event::Tags(Arc::new(Tags::from([("odd".to_owned(), vec![ImageId(1)])])))]);
    window.settle();
    window.click("Remove odd from this picture");
    assert_eq!(edit(&window), expected(false));
    window.click(&near);
    assert_eq!(
        window.session().opened.chosen.probe,
        Some(window.session().opened.chosen.selection.iter().next().expect("it is selected"))
    );
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    assert!(!shows(&window, "Tag this picture"));
    assert!(window.harness.state().settings().hides_inspector);
    window.click("Inspector");
    assert!(shows(&window, "Tag this picture"));
    let narrow = Window::with_images(60, first_day(vec2(1000.0, 700.0)));
    assert!(!shows(&narrow, "Tag this picture"));
}

/// What is picked is picked somewhere: that place must not move under the pointer.
#[test]
fn a_pick_moves_nothing_above_the_tray_and_fits_no_map_anew() {
    for size in [vec2(1400.0, 900.0), vec2(800.0, 600.0)] {
        let mut window = Window::with_images(60, first_day(size));
        let room = |window: &Window| {
            let grid = window.harness.get_by_label("Gallery grid").rect();
            let map = window.harness.query_by_role_and_label(Role::Canvas, "Map").map(|map| map.rect());
            assert!(grid.bottom() <= window.harness.get_by_label("Invert").rect().top(), "{grid:?}");
            (grid, map)
        };
        let before = room(&window);
        assert!(before.1.is_some() || size.x < 1000.0, "the map is seen: {:?}", window.names());
        window.click(SECOND);
        window.picture("tray");
        assert_eq!(room(&window), before);
        assert_eq!(shows(&window, &format!("Selected: {SECOND}")), size.y > 800.0, "pictures where there is room");
        window.click("Clear");
        assert_eq!(room(&window), before);
    }
}

#[test]
fn nothing_is_clipped_and_nothing_overlaps_at_any_place_of_a_small_window() {
    for size in [vec2(800.0, 600.0), vec2(800.0, 600.0) / 1.2, vec2(3840.0, 2160.0)] {
        let mut window = Window::with_images(60, first_day(size));
        for (key, at) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4].into_iter().zip(Place::ALL) {
            press(&mut window, Modifiers::COMMAND, key);
            if at == Place::LookInside {
                press(&mut window, Modifiers::ALT, Key::Num2);
            }
            window.harness.remove_cursor();
            window.picture(&format!("small_{}_{}", at.word(), size.x as u32));
            let mut names = vec![
                "File",
                "Go back",
                "Go forward",
                "Filter by name",
                "Filter by predicate",
                "Filter by label",
                "Inspector",
                "Depth",
                "Place: Explore",
                "Place: Look inside",
                "Place: Groups",
                "Place: Check",
                "Export",
                "Redo",
            ];
            names.extend(match at {
                Place::Explore => &["Tile size", "Sort by", "Lasso", FIRST][..],
                Place::LookInside => &["Channel order"],
                Place::Groups => &["Cluster method"],
                Place::Check => &[
                    "Near-duplicates",
                    "Suspicious labels",
                    "Outliers",
                    "Odd pictures",
                    "Unreadable files",
                    "How much copies may differ",
                    "Find",
                ],
            });
            let rects: Vec<Rect> = names.iter().map(|name| window.harness.get_by_label(name).rect()).collect();
            let room = Rect::from_min_size(pos2(0.0, 0.0), size).expand(0.5);
            for (index, (name, rect)) in names.iter().zip(&rects).enumerate() {
                assert!(room.contains_rect(*rect), "{name} at {rect:?} of {size:?}, {at:?}");
                assert!(rect.width() >= 10.0 && rect.height() >= 10.0, "{name} at {rect:?}");
                for (other, over) in names.iter().zip(&rects).skip(index + 1) {
                    assert!(!rect.shrink(0.5).intersects(*over), "{name} {rect:?}, {other} {over:?}: {size:?}, {at:?}");
                }
            }
        }
    }
}

#[test]
fn a_small_window_whose_words_are_twice_as_large_shows_one_view_whole() {
    let size = vec2(800.0, 600.0) / 2.0;
    let mut window = Window::with_images(60, first_day(size));
    let room = Rect::from_min_size(pos2(0.0, 0.0), size).expand(0.5);
    for (key, at) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4].into_iter().zip(Place::ALL) {
        press(&mut window, Modifiers::COMMAND, key);
        if at == Place::Explore {
            press(&mut window, Modifiers::ALT, Key::Num1);
        }
        window.harness.remove_cursor();
        window.picture(&format!("least_{}", at.word()));
        let mut names = vec!["File", "Help", "Filter by name", "Filter by predicate", "Filter by label"];
        names.extend(["Place: Explore", "Place: Look inside", "Place: Groups", "Place: Check"]);
        names.extend(match at {
            Place::Explore => &[FIRST][..],
            Place::LookInside => &["Deeper layer", "Order of the channels"],
            Place::Groups => &["Cluster method"],
            Place::Check => &["Near-duplicates", "Suspicious labels", "Find"],
        });
        for name in names {
            let rect = window.harness.get_by_label(name).rect();
            assert!(room.contains_rect(rect), "{name} at {rect:?} of {size:?}, {at:?}");
        }
    }
    // What is selected has a line, all of which is seen.
    press(&mut window, Modifiers::COMMAND, Key::Num1);
    press(&mut window, Modifiers::COMMAND, Key::A);
    for name in ["Select", "Saved selections", "Clear", "Invert", "Export"] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(room.contains_rect(rect) && rect.left() > 40.0, "{name} at {rect:?} of {size:?}");
    }
}

#[test]
fn where_a_folder_has_no_pictures_the_map_says_so_and_asks_for_nothing() {
    let mut window = Window::with_images(0, Setup::default());
    window.click("Map");
    assert!(window.says("There are no pictures in this folder."), "{:?}", window.names());
    assert!(!window.has("Extract") && !window.has("Extract them"), "there is nothing to extract: {:?}", window.names());
}

#[test]
fn a_map_without_vectors_says_why_and_offers_to_extract_where_that_makes_them() {
    let opened = |count: usize, is_meant: fn(&Event) -> bool| {
        let mut window = Window::open(Setup::default());
        window.tell(collection::opened(count).into_iter().filter(is_meant));
        window.settle();
        window.click("Map");
        window
    };
    let unwalked = opened(0, |event| !matches!(event, Event::Walked { .. } | Event::Committed { .. }));
    assert!(unwalked.says("The folder is being looked through.") && !unwalked.has("Extract them"));
    let mut window = opened(12, |event| !matches!(event, Event::Committed { .. }));
    window.forget_sent();
    window.click("Extract them");
    assert!(window.sent().contains(&Request::Extract), "{:?}", window.sent());
    let unreadable = window.session().opened.images.to_vec().into_iter();
    let unreadable: Vec<_> =
        unreadable.map(|image| ImageRecord { problem: Some("it is cut off".to_owned()), ..image }).collect();
    window.describe(&unreadable);
    window.settle();
    assert!(
        window.says("No picture in this folder can be read.") && !window.has("Extract them"),
        "{:?}",
        window.names()
    );
}
