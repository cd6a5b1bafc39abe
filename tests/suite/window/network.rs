//! The layers of the network, drawn.

use eframe::egui::{self, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::engine::{Event, Look};
use tiramisu::session::Session;
use tiramisu::ui::thumbnails::Thumbnails;
use tiramisu::ui::views::network::{Family, NetworkView};
use tiramisu::ui::views::{View, ViewContext};
use tiramisu::ui::{Settings, Waker};

use super::{FIRST, looks};
use crate::support::window::{Setup, Window};

const CANVAS: &str = "Layers of the network";

#[test]
fn without_a_network_the_view_says_what_will_be_there() {
    let mut view = NetworkView::default();
    let mut harness = Harness::new_ui(move |ui| {
        let (session, settings, waker) = (&Session::default(), &Settings::default(), &Waker::default());
        let (thumbs, actions, commands) = (&mut Thumbnails::default(), &mut Vec::new(), &mut Vec::new());
        view.show(ui, ViewContext { session, settings, waker, thumbs, actions, commands });
    });
    harness.run();
    harness.get_by_label("No network yet");
}

#[test]
fn a_click_on_a_layer_makes_it_the_layer_of_every_view() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Layers");
    window.picture("layers_of_the_network");
    window.click("pool 1");
    assert_eq!(window.session().opened.chosen.layer, 2);
    window.picture("layers_of_the_network_clicked");
    assert!(looks(&window).iter().any(|look| matches!(look, Look::Activations { layer: 2, .. })));
    window.click("Activations");
    assert!(window.names().iter().any(|name| name.contains("32 × 28 × 28")), "{:?}", window.names());
    window.click("Undo");
    assert_eq!(window.session().opened.chosen.layer, 4, "a choice like any other");
}

#[test]
fn how_long_each_layer_takes_is_measured_when_asked_and_shown() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Layers");
    assert_eq!(window.session().opened.layer_secs, None);
    window.click("Measure time");
    assert!(looks(&window).contains(&Look::LayerTimes));
    let secs = window.session().opened.layer_secs.clone().expect("they are known now");
    let total = format!("{:.1} ms", secs.iter().sum::<f64>() * 1e3);
    window.harness.get_by_label(&total);
    window.picture("layers_of_the_network_timed");
}

#[test]
fn layers_are_not_timed_beside_an_extraction() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Layers");
    let progress = std::sync::Arc::new(tiramisu::engine::Progress::new("Extracting features"));
    window.tell([Event::JobStarted(progress)]);
    window.harness.run_steps(3);
    window.harness.get_by_label("Measure time").click();
    window.harness.run_steps(3);
    assert!(!looks(&window).contains(&Look::LayerTimes), "they would be too long");
}

#[test]
fn the_keyboard_leads_to_the_layers_and_from_one_to_the_next() {
    let mut window = Window::with_images(60, Setup::default());
    assert!(window.harness.query_by_label(CANVAS).is_none(), "it lies behind the activations");
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Num4);
    window.settle();
    window.harness.get_by_label(CANVAS).focus();
    window.settle();
    for (key, layer) in [(Key::ArrowUp, 3), (Key::ArrowUp, 2), (Key::ArrowDown, 3)] {
        window.harness.key_press(key);
        window.settle();
        assert_eq!(window.session().opened.chosen.layer, layer);
    }
}

#[test]
fn a_layer_chosen_elsewhere_is_brought_into_view() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Layers");
    for name in ["conv 1", "ReLU 1", "pool 1", "conv 2", "conv 3", "scores"] {
        window.harness.get_by_label(name);
    }
    // Near the last layer only some are to be seen.
    let corner = window.harness.get_by_label("scores").rect().center();
    window.harness.hover_at(corner);
    window.harness.event(egui::Event::Zoom(20.0));
    window.settle();
    window.picture("layers_of_the_network_near");
    let canvas = window.harness.get_by_label(CANVAS).rect();
    let first = window.harness.query_by_label("conv 1").map(|node| node.rect());
    assert!(first.is_none_or(|first| !canvas.contains_rect(first)), "{first:?} in {canvas:?}");
    for _ in 0..4 {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
        window.settle();
    }
    assert_eq!(window.session().opened.chosen.layer, 0);
    let first = window.harness.get_by_label("conv 1").rect();
    assert!(canvas.contains_rect(first), "{first:?} in {canvas:?}");
    window.click("Fit");
    let last = window.harness.get_by_label("scores").rect();
    assert!(canvas.contains_rect(last), "{last:?} in {canvas:?}");
}

#[test]
fn searching_goes_from_one_layer_to_the_next() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Layers");
    window.click("Find a layer");
    window.harness.get_by_label("Find a layer").type_text("conv");
    window.settle();
    window.picture("layers_of_the_network_search");
    window.harness.get_by_label("3 found");
    for layer in [0, 3, 4] {
        window.harness.key_press(Key::Enter);
        window.settle();
        assert_eq!(window.session().opened.chosen.layer, layer);
    }
}

#[test]
fn an_arrangement_from_before_the_layers_were_drawn_is_kept() {
    let mut window = Window::with_images(12, Setup::default());
    window.click("View");
    window.harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Neighbours").click();
    window.settle();
    let mut settings = window.harness.state().settings().clone();
    let layout = settings.layout.as_mut().expect("it was changed");
    // As it was written before: without the tile, and without it among the tabs.
    let tiles = layout["tiles"]["tiles"].as_object_mut().expect("tiles by their number");
    let is_network = |tile: &serde_json::Value| tile["Pane"] == "network";
    let id = tiles.iter().find(|(_, tile)| is_network(tile)).map(|(id, _)| id.clone()).expect("it has one");
    tiles.remove(&id);
    let number: u64 = id.parse().expect("a number");
    for tile in tiles.values_mut() {
        if let Some(serde_json::Value::Array(children)) = tile.pointer_mut("/Container/Tabs/children") {
            children.retain(|child| child.as_u64() != Some(number));
        }
    }
    let mut again = Window::with_images(12, Setup { settings, ..Setup::default() });
    assert!(again.harness.query_by_label("Metric").is_none(), "the neighbours are still closed");
    again.harness.get_by_label("Gallery grid");
    // It is at home in another place. Opened in this one, it comes with the others.
    again.click("View");
    again.harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Layers").click();
    again.settle();
    again.harness.get_by_label(CANVAS);
    again.harness.get_by_label("Gallery grid");
    assert!(again.harness.query_by_label("Metric").is_none(), "nothing else has been opened");
}

#[test]
fn what_readers_call_a_layer_has_a_colour() {
    for (kinds, family) in [
        (&["Convolution", "Conv", "Conv2d", "Deconvolution", "ConvTranspose"][..], Family::Convolution),
        (&["InnerProduct", "Gemm", "Linear", "MatMul"], Family::Connected),
        (&["Pooling", "MaxPool", "GlobalAveragePool", "AdaptiveAvgPool2d"], Family::Pooling),
        (&["ReLU", "Relu", "PReLU", "Clip", "HardSwish", "Sigmoid", "Softmax", "LogSoftmax"], Family::Activation),
        (&["LRN", "BatchNorm", "BatchNormalization", "Scale", "LayerNorm"], Family::Normalisation),
        (&["Concat", "Eltwise", "Add", "Mul"], Family::Joining),
        (&["Dropout", "Flatten", "Reshape", "Identity", "Transpose", "Split"], Family::Other),
    ] {
        for kind in kinds {
            assert_eq!(Family::of(kind), family, "{kind}");
        }
    }
}
