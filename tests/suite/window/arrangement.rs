//! Arrangements of the views that people have: made by dragging tabs, and read by a program with more views or with fewer.

use eframe::egui::{pos2, vec2};
use egui_kittest::kittest::Queryable;
use serde_json::{Value, json};
use tiramisu::ui::Settings;
use tiramisu::ui::dock::Dock;
use tiramisu::ui::views::Pane;

use crate::support::window::{Setup, Window};

/// An arrangement of the person's own: one view is closed.
fn arranged(closed: Pane) -> Value {
    let mut dock = Dock::default();
    dock.set_open(closed, false);
    dock.take_change().expect("it was changed")
}

fn tiles(layout: &mut Value) -> &mut serde_json::Map<String, Value> {
    layout["tiles"]["tiles"].as_object_mut().expect("tiles by their number")
}

/// The children of the tabs that have a child.
fn tabs_with(layout: &mut Value, child: u64) -> &mut Vec<Value> {
    let tabs = tiles(layout).values_mut().filter_map(|tile| tile.pointer_mut("/Container/Tabs/children"));
    tabs.filter_map(Value::as_array_mut)
        .find(|children| children.iter().any(|known| known.as_u64() == Some(child)))
        .expect("every view is behind tabs")
}

fn number_of(layout: &mut Value, word: &str) -> u64 {
    let found = tiles(layout).iter().find(|(_, tile)| tile["Pane"] == *word).expect("it is in the arrangement");
    found.0.parse().expect("a number")
}

/// The arrangement as a program wrote it that had no such view.
fn without(mut layout: Value, pane: Pane) -> Value {
    let number = number_of(&mut layout, pane.word());
    tabs_with(&mut layout, number).retain(|child| child.as_u64() != Some(number));
    tiles(&mut layout).remove(&number.to_string());
    layout
}

/// The views behind the same tabs, this one among them.
fn beside(layout: &mut Value, pane: Pane) -> Vec<Pane> {
    let number = number_of(layout, pane.word());
    let children = tabs_with(layout, number).clone();
    let word = |child: &Value| tiles(layout)[&child.to_string()]["Pane"].as_str().expect("a view").to_owned();
    children.iter().map(word).collect::<Vec<_>>().iter().map(|word| Pane::of_word(word).expect("ours")).collect()
}

#[test]
fn the_words_in_arrangements_that_people_have_still_stand_for_the_views() {
    for word in [
        "gallery",
        "activations",
        "map",
        "neighbours",
        "selection",
        "network",
        "clusters",
        "findings",
        "classes",
        "look-inside",
    ] {
        let pane = Pane::of_word(word).unwrap_or_else(|| panic!("{word} is no view any more"));
        assert_eq!(serde_json::to_value(pane).unwrap(), *word);
    }
    for (at, pane) in Pane::ALL.into_iter().enumerate() {
        assert_eq!(Pane::of_word(pane.word()), Some(pane));
        assert!(Pane::ALL[..at].iter().all(|other| other.name() != pane.name()), "{pane:?}");
    }
}

#[test]
fn an_arrangement_takes_a_view_in_that_it_lacks_and_stays_as_it_is() {
    for pane in Pane::ALL {
        let closed = if pane == Pane::Map { Pane::Clusters } else { Pane::Map };
        let mut dock = Dock::from_value(Some(&without(arranged(closed), pane)));
        assert!(!dock.is_open(closed), "{closed:?} was closed before {pane:?} came");
        assert!(Pane::ALL.into_iter().all(|other| other == closed || dock.is_open(other)), "{pane:?}");
        dock.set_open(pane, true);
        let mut layout = dock.take_change().expect("something was touched");
        let companions: Vec<Pane> = beside(&mut layout, pane).into_iter().filter(|other| *other != pane).collect();
        assert!(!companions.is_empty(), "{pane:?} has no tabs of its own");
        let has_kin = Pane::ALL.into_iter().any(|other| other != pane && other.home() == pane.home());
        assert!(!has_kin || companions.iter().any(|other| other.home() == pane.home()), "{pane:?}: {companions:?}");
    }
}

#[test]
fn a_view_that_only_another_program_has_is_left_out_and_the_rest_stays() {
    let mut layout = arranged(Pane::Neighbours);
    let gallery = number_of(&mut layout, Pane::Gallery.word());
    let strange = layout["tiles"]["next_tile_id"].as_u64().expect("a number");
    tabs_with(&mut layout, gallery).push(strange.into());
    tiles(&mut layout).insert(strange.to_string(), json!({ "Pane": "globe" }));
    layout["tiles"]["next_tile_id"] = (strange + 1).into();
    let mut dock = Dock::from_value(Some(&layout));
    assert!(!dock.is_open(Pane::Neighbours), "the person's arrangement is kept");
    assert!(Pane::ALL.into_iter().all(|pane| pane == Pane::Neighbours || dock.is_open(pane)));
    dock.set_open(Pane::Gallery, true);
    let mut layout = dock.take_change().expect("something was touched");
    assert!(tiles(&mut layout).values().all(|tile| tile["Pane"] != "globe"));
    assert_eq!(beside(&mut layout, Pane::Gallery), [Pane::Gallery, Pane::Table]);
}

#[test]
fn what_holds_a_view_twice_is_no_arrangement() {
    let mut layout = arranged(Pane::Neighbours);
    let map = number_of(&mut layout, Pane::Map.word());
    tiles(&mut layout)[&map.to_string()]["Pane"] = "gallery".into();
    let dock = Dock::from_value(Some(&layout));
    assert!(Pane::ALL.into_iter().all(|pane| dock.is_open(pane)), "it begins anew");
}

#[test]
fn a_tab_that_is_dragged_into_the_half_of_a_view_splits_it_until_the_layout_is_reset() {
    let open =
        |settings: Settings| Window::with_images(60, Setup { settings, size: vec2(1400.0, 900.0), ..Setup::default() });
    let mut window = open(Settings::default());
    assert!(window.has("Maximise Map") && window.has("Maximise Gallery"));
    assert!(!window.has("Maximise Table"), "it lies behind the map");
    let button = window.harness.get_by_label("Maximise Map").rect();
    let grid = window.harness.get_by_label("Gallery grid").rect();
    let tab = window.harness.get_by_label("Table").rect();
    // Into the lower half of the map, whose tabs begin where the one of the table is near.
    let to = pos2((tab.left() + button.right()) / 2.0, grid.top() + grid.height() * 0.75);
    window.harness.drag_at(tab.center());
    window.harness.run_steps(2);
    for share in [0.2, 0.6, 1.0] {
        window.harness.hover_at(tab.center() + (to - tab.center()) * share);
        window.harness.run_steps(2);
    }
    window.harness.drop_at(to);
    window.settle();
    let below = |window: &Window| {
        let [above, below] = ["Maximise Map", "Maximise Table"].map(|name| window.harness.get_by_label(name).rect());
        below.top() - above.top()
    };
    assert!(window.has("Table of images") && window.has("Lasso"), "both are seen: {:?}", window.names());
    assert!(below(&window) > 200.0, "one below the other: {}", below(&window));
    // It is so when the window is opened again, and as on the first day once that is wished.
    let mut again = open(window.harness.state().settings().clone());
    assert!(below(&again) > 200.0);
    again.click("View");
    again.click("Reset the layout");
    assert!(again.has("Maximise Map") && !again.has("Maximise Table"), "{:?}", again.names());
}
