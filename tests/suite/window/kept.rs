//! What people could do with the window since its first days they still can: no command and no gesture was lost when something better
//! came. What other tests of this folder do by the way is not done again here.

use eframe::egui::accesskit::Role;
use eframe::egui::{Event as Input, Key, Modifiers, MouseWheelSource, PointerButton, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{DuplicateWish, Representation, Within};
use tiramisu::engine::{AnalysisWish, ChannelLook, Event, Look, Request};
use tiramisu::session::{Choose, Comparison};
use tiramisu::ui::command::{Command, command_key, keys_in_words};

use super::channels::enlarged;
use super::{FIRST, looks};
use crate::support::collection;
use crate::support::input::wheel;
use crate::support::window::{Setup, Window};

/// Each command that there ever was, as it was called first, as it is called, and the keys that call it.
#[rustfmt::skip]
const COMMANDS: [(&str, &str, &str); 42] = [
    ("Open folder…", "Open folder…", "Ctrl+O"),
    ("Open the sample collection", "Open the sample collection", ""),
    ("Close folder", "Close folder", "Ctrl+W"),
    ("Copy files…", "Copy files…", ""),
    ("Export CSV…", "Export CSV…", "Ctrl+E"),
    ("Export JSON…", "Export JSON…", ""),
    ("Quit", "Quit", "Ctrl+Q"),
    ("Undo", "Undo", "Ctrl+Z"),
    ("Redo", "Redo", "Ctrl+Shift+Z"),
    ("Select all", "Select all", "Ctrl+A"),
    ("Select none", "Select none", "Ctrl+Shift+A"),
    ("Invert selection", "Invert selection", "Ctrl+I"),
    ("Find in the gallery", "Find in the gallery", "Ctrl+F"),
    ("Built-in network", "Built-in network", ""),
    ("Analytic filters", "Analytic filters", ""),
    ("Networks…", "Networks…", "Ctrl+Shift+N"),
    ("Load a network file…", "Load a network file…", ""),
    ("Stored layers…", "Stored layers…", ""),
    ("Extract what is missing", "Extract what is missing", ""),
    ("Stop extracting", "Stop extracting", ""),
    ("Neighbours exactly, or by index", "Turn exact neighbour search on or off", "Ctrl+Shift+E"),
    ("Next layer", "Next layer", "Ctrl+]"),
    ("Previous layer", "Previous layer", "Ctrl+["),
    // Ctrl and a number lead to places, and Alt to their views.
    ("Go to the gallery", "Go to the gallery", "Alt+1"),
    ("Go to the activations", "Go to the activations", "Alt+2"),
    ("Go to the map", "Go to the map", "Alt+3"),
    ("Go to the layers", "Go to the layers", "Alt+4"),
    ("Go to the neighbours", "Go to the neighbours", "Alt+5"),
    ("Go to the selection", "Go to the selection", "Alt+6"),
    ("Go to the clusters", "Go to the clusters", "Alt+7"),
    ("Go to the classes", "Go to the classes", "Alt+8"),
    ("Go to the findings", "Go to the findings", "Alt+9"),
    ("Reset the layout", "Reset the layout", ""),
    ("Zoom in", "Zoom in", "Ctrl+Plus"),
    ("Zoom out", "Zoom out", "Ctrl+Minus"),
    ("Actual size", "Actual size", "Ctrl+0"),
    ("Workspace…", "Workspace…", ""),
    ("Keyboard shortcuts", "Keyboard shortcuts", "F1"),
    ("About Tiramisu", "About Tiramisu", ""),
    ("Picture at full size", "Picture at full size", "Ctrl+Enter"),
    ("Commands…", "Commands…", "Ctrl+P"),
    ("Performance", "Performance", "F12"),
];

#[test]
fn no_command_that_there_ever_was_is_lost_and_its_keys_are_as_they_were() {
    let known: Vec<(&str, String)> = Command::all()
        .into_iter()
        .map(|command| (command.name(), command.shortcut().map_or(String::new(), |keys| keys_in_words(&keys))))
        .collect();
    for (then, now, keys) in COMMANDS {
        let found = known.iter().find(|(name, _)| *name == now);
        let (_, has) = found.unwrap_or_else(|| panic!("{then} was a command, and is none: {known:?}"));
        let (written, alt) = (keys.replace("Ctrl", command_key()), keys.starts_with("Alt+"));
        // Elsewhere Alt has another name.
        assert!(*has == written || (alt && cfg!(target_os = "macos")), "{now} was called by {written}, now by {has}");
    }
}

/// Drags what has this name.
fn drag(window: &mut Window, name: &str, by: Vec2) {
    let from = window.harness.get_by_label(name).rect().center();
    drag_at(window, from, by);
}

fn drag_at(window: &mut Window, from: eframe::egui::Pos2, by: Vec2) {
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    window.harness.hover_at(from);
    window.harness.run_steps(2);
    window.harness.event(Input::PointerButton { pos: from, button, pressed: true, modifiers });
    window.harness.run_steps(2);
    for step in 1..=4 {
        window.harness.hover_at(from + by * (step as f32 / 4.0));
        window.harness.run_steps(2);
    }
    window.harness.event(Input::PointerButton { pos: from + by, button, pressed: false, modifiers });
    window.settle();
}

fn neighbours_asked(window: &Window) -> tiramisu::domain::NeighbourWish {
    let wish = |look: Look| match look {
        Look::Neighbours(wish) => Some(wish),
        _ => None,
    };
    looks(window).into_iter().rev().find_map(wish).expect("neighbours were asked for")
}

#[test]
fn how_many_neighbours_are_looked_for_is_dragged() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let before = neighbours_asked(&window).k;
    drag(&mut window, "Number of neighbours", vec2(60.0, 0.0));
    let more = neighbours_asked(&window).k;
    assert!(more > before + 5, "{more} after {before}");
    drag(&mut window, "Number of neighbours", vec2(-60.0, 0.0));
    assert!(neighbours_asked(&window).k < more);
}

#[test]
fn a_layer_joins_the_mix_and_its_weight_is_dragged_below_nothing() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.act(Choose::Comparison(Comparison::Mix(vec![(4, 1.0)])));
    window.settle();
    window.click("Add a layer to the mix");
    window.click("conv 2 · 64 channels");
    let mixed = |window: &Window| {
        let Representation::Mix(layers) = neighbours_asked(window).at else { panic!("a mix was asked for") };
        layers.into_iter().map(|(source, weight)| (source.layer, weight)).collect::<Vec<_>>()
    };
    assert_eq!(mixed(&window), [("conv3".to_owned(), 1.0), ("conv2".to_owned(), 1.0)]);
    drag(&mut window, "Weight of conv 2", vec2(-150.0, 0.0));
    let layers = mixed(&window);
    assert!(layers[1].1 < 0.0 && layers[0].1 == 1.0, "{layers:?}");
}

#[test]
fn where_an_index_answered_every_image_is_compared_at_a_click_and_back() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let mut list = collection::answer(&neighbours_asked(&window), 60);
    (list.is_exact, list.recall) = (false, Some(0.97));
    window.tell([Event::Neighbours(list)]);
    window.harness.run_steps(3);
    window.click("Search exactly");
    assert!(neighbours_asked(&window).exactly);
    window.click("Search by index");
    assert!(!neighbours_asked(&window).exactly);
}

#[test]
fn from_an_enlarged_channel_one_goes_to_the_next_the_previous_and_all() {
    let mut window = enlarged("Channel 3", vec2(1440.0, 900.0));
    window.click("Next channel");
    window.click("Next channel");
    let channel = |window: &Window| window.session().opened.chosen.channel;
    assert_eq!(channel(&window), Some(5));
    window.click("Previous channel");
    assert_eq!(channel(&window), Some(4));
    let exemplars = |look: &Look| matches!(look, Look::Channels(ChannelLook::Exemplars { channel: Some(4), .. }));
    assert!(looks(&window).iter().any(exemplars), "what excites it is asked for");
    window.click("All channels");
    assert_eq!(channel(&window), None);
    assert!(window.has("Channel 0"));
}

#[test]
fn channels_get_other_colours_and_another_size() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let first_channel = |window: &Window| {
        let names: Vec<String> = window.names().into_iter().filter(|name| name.starts_with("Channel 1")).collect();
        window.harness.get_by_label(names.first().expect("channels hang there")).rect()
    };
    let before = first_channel(&window);
    if !window.has("Channel size") {
        // In little room it is behind a button.
        window.click("Look");
    }
    let slider = window.harness.get_by_label("Channel size").rect();
    drag_at(&mut window, slider.center(), vec2(slider.width() * 0.3, 0.0));
    let after = first_channel(&window);
    assert!(after.width() > before.width() * 1.2, "{after:?} after {before:?}");
    let chosen = |window: &Window| window.harness.get_by_label("Colour map").value();
    let colours = chosen(&window);
    window.harness.get_by_label("Colour map").click();
    window.settle();
    let other = tiramisu::ui::paint::ColourMap::ALL.into_iter().map(|map| map.word());
    let other = other.into_iter().find(|word| Some((*word).to_owned()) != colours).expect("there are several");
    window.click(other);
    assert_eq!(chosen(&window).as_deref(), Some(other));
}

#[test]
fn the_drawing_of_the_layers_is_moved_magnified_and_fitted_again() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Layers");
    let canvas = window.harness.get_by_label("Layers of the network").rect();
    // Its tooltip names it, too.
    let seen = |window: &Window| window.harness.get_by_role_and_label(Role::Button, "pool 1").rect();
    let fitted = seen(&window);
    window.harness.hover_at(fitted.center());
    window.harness.run_steps(2);
    window.harness.event(wheel(vec2(0.0, 80.0), MouseWheelSource::Unknown));
    window.settle();
    let magnified = seen(&window);
    assert!(magnified.height() > fitted.height() * 1.1, "{magnified:?} after {fitted:?}");
    let corner = canvas.left_bottom() + vec2(12.0, -12.0);
    let towards = (canvas.center() - magnified.center()).normalized() * 30.0;
    drag_at(&mut window, corner, towards);
    let moved = seen(&window);
    assert!(moved.center().distance(magnified.center()) > 5.0, "{moved:?} after {magnified:?}");
    window.harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    window.harness.hover_at(corner);
    for pressed in [true, false, true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        window.harness.event(Input::PointerButton { pos: corner, button, pressed, modifiers });
    }
    window.settle();
    let again = seen(&window);
    assert!(again.center().distance(fitted.center()) < 1.0, "{again:?}, first {fitted:?}");
}

#[test]
fn as_many_clusters_are_made_as_was_dragged_and_those_of_before_are_opened_from_a_list() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Clusters");
    window.settle();
    let asked = |window: &Window| {
        let wish = |request: Request| match request {
            Request::Analyse(AnalysisWish::Cluster(wish)) => Some(wish.count),
            _ => None,
        };
        window.sent().into_iter().rev().find_map(wish)
    };
    window.click("Cluster");
    let before = asked(&window).expect("clusters are asked for");
    drag(&mut window, "Number of clusters", vec2(60.0, 0.0));
    window.click("Cluster");
    let more = asked(&window).expect("clusters are asked for");
    assert!(more > before + 5, "{more} after {before}");
    let names = ["kmeans_2_conv3_average_cosine", "kmeans_3_conv3_average_cosine"].map(str::to_owned);
    let clusterings = names.to_vec();
    window.tell([Event::Results { clusterings, maps: Vec::new(), has_embedding: false }]);
    window.settle();
    window.click("Stored clusterings");
    let listed: Vec<String> =
        window.names().into_iter().filter(|name| name.starts_with("2 clusters by k-means")).collect();
    window.click(listed.first().expect("it is in the list"));
    assert!(window.sent().contains(&Request::OpenClustering(names[0].clone())), "{:?}", window.sent());
}

#[test]
fn how_much_copies_may_differ_is_chosen_in_words_and_asked_with() {
    let mut window = super::findings::shown();
    let mut asked = |then: &str| {
        window.forget_sent();
        window.click("Find");
        let share = window.sent().into_iter().find_map(|request| match request {
            Request::Analyse(AnalysisWish::Duplicates(DuplicateWish {
                features: Some((_, Within::Share { share })),
                ..
            })) => Some(share),
            _ => None,
        });
        let share = share.expect("copies are asked for");
        window.click("How much copies may differ");
        assert!(!window.names().iter().any(|name| name.ends_with("of what is usual")), "{:?}", window.names());
        window.click(then);
        share
    };
    let alike = ["more alike", "nearly the same", "much more alike", "somewhat more alike"].map(|words| match words {
        "nearly the same" => format!("Copies are {words}"),
        words => format!("Copies are {words} than pictures usually are here"),
    });
    let shares = alike.map(|words| asked(&words));
    assert_eq!(shares, [DuplicateWish::SHARE, 0.3, 0.05, DuplicateWish::SHARE]);
}

#[test]
fn classes_are_compared_again_at_a_click() {
    let mut window = super::classes::compared();
    window.forget_sent();
    window.click("What classes are made of");
    window.click("Compare again");
    let again =
        |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Classes(wish)) if !wish.by.is_empty());
    assert!(window.sent().iter().any(again), "{:?}", window.sent());
}

#[test]
fn tiles_of_the_gallery_grow_by_the_slider_and_by_the_wheel_with_the_command_key() {
    let mut window = Window::with_images(60, Setup::default());
    let width = |window: &Window| window.harness.get_by_label(FIRST).rect().width();
    let before = width(&window);
    let slider = window.harness.get_by_label("Tile size").rect();
    drag_at(&mut window, slider.center(), vec2(slider.width() * 0.3, 0.0));
    let larger = width(&window);
    assert!(larger > before, "{larger} after {before}");
    window.harness.hover_at(window.harness.get_by_label(FIRST).rect().center());
    window.harness.run_steps(2);
    let modifiers = Modifiers::COMMAND;
    window.harness.event(Input::ModifiersChanged(modifiers));
    let Input::MouseWheel { unit, phase, source, .. } = wheel(Vec2::ZERO, MouseWheelSource::Unknown) else {
        panic!("a wheel that turns")
    };
    window.harness.event(Input::MouseWheel { unit, delta: vec2(0.0, -200.0), phase, modifiers, source });
    window.settle();
    assert!(width(&window) < larger, "{} after {larger}", width(&window));
    window.harness.key_press(Key::Escape);
}
