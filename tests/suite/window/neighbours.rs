//! Asking for neighbours, at any layer.

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ImageId, Metric};
use tiramisu::engine::{Event, Look};

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, looks};

#[test]
fn a_neighbour_clicked_becomes_the_probe_and_comes_into_sight_in_the_gallery() {
    let mut window = Window::with_images(2_000, Setup::default());
    window.click(FIRST);
    assert!(window.harness.query_by_label("checks/000250.png").is_none(), "far below what is visible");
    let source = window.session().source().expect("the layer is stored");
    let mut list = collection::neighbours(ImageId(0), source, Metric::Cosine, 24, 2_000);
    list.neighbours[1].image = ImageId(1_500);
    window.tell([Event::Neighbours(list)]);
    window.settle();
    window.click("Neighbour 2: stripes/001500.png");
    assert_eq!(window.session().chosen.probe, Some(ImageId(1_500)));
    window.harness.get_by_label("stripes/001500.png");
}

#[test]
fn changing_the_layer_asks_again_at_that_layer() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.forget_sent();
    window.click("Layer");
    window.picture("layer_menu");
    window.click("conv2   64");
    let looks = looks(&window);
    assert_eq!(window.session().chosen.layer, 3);
    assert!(looks.contains(&Look::Activations { image: ImageId(0), layer: 3 }), "{looks:?}");
    assert!(
        looks.iter().any(|look| matches!(look, Look::Neighbours { source, .. } if source.layer == "conv2")),
        "{looks:?}"
    );
}

#[test]
fn a_layer_that_is_not_stored_offers_the_nearest_that_is() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    // conv3 → conv2 → pool1, which is not stored.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.settle();
    assert_eq!(window.session().chosen.layer, 2);
    window.harness.get_by_label("This layer is not stored");
    window.picture("not_stored");
    window.click("Use relu1");
    assert_eq!(window.session().chosen.layer, 1);
}
