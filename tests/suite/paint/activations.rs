//! The activations, through what a person does.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, MouseWheelSource, Rect, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Exemplar, Fit, ImageId, Pooling, Resizing, StoredLayer, UnusualChannel};
use tiramisu::engine::{Collection, Event, ExemplarList, Look, Problem, UnusualList};
use tiramisu::session::{Choose, Pick, Session};
use tiramisu::ui::paint::ColourMap;
use tiramisu::ui::views::activations::{ActivationsView, ChannelOrder, Scale};

use crate::support::input::wheel;
use crate::support::painted::rings;

use super::fixtures::{
    Stage, activation, collection, describe, drawn_window, keep_picture, layers, picture, session, session_of, window,
};

const SIZE: [f32; 2] = [1100.0, 720.0];

type Window = Harness<'static, Stage<ActivationsView>>;

fn looking(layer: &str) -> Session {
    looking_at(session(24), layer, ImageId(6))
}

fn looking_at(mut session: Session, layer: &str, image: ImageId) -> Session {
    let index = layers().iter().position(|known| known.name == layer).expect("the layer exists");
    session.act(Choose::Layer(index));
    session.act(Choose::Click(image, Pick::Replace));
    session.apply(Event::Thumbnails((0..24).map(|id| picture(ImageId(id))).collect()));
    let view = activation(&session, image);
    session.apply(Event::Activations(view));
    session
}

/// A session whose network sees the middle of pictures of 300 x 200: of 384 x 256 the middle 224 x 224.
fn cropping(fit: Fit) -> Session {
    let resizing = Resizing { fit, ..Resizing::stretch(224, 224) };
    session_of(Arc::new(Collection { resizing, ..(*collection()).clone() }), 24)
}

const CROP: Fit = Fit::Crop { shorter_px: 256 };
/// The shares of width and height that are seen.
const SEEN: Vec2 = vec2(224.0 / 384.0, 224.0 / 256.0);

fn open(session: Session) -> Window {
    let mut window = window(SIZE, Stage::new(ActivationsView::default(), session));
    window.run();
    window
}

/// Channels by their number, so that it is known which are in sight.
fn open_in_network_order(session: Session) -> Window {
    let mut window = open(session);
    window.get_by_label("Channel order").click();
    window.run();
    window.get_by_label("network order").click();
    window.run();
    window.state_mut().take_wishes();
    window
}

#[test]
fn without_an_image_the_view_asks_for_one() {
    open(session(24)).get_by_label_contains("Click an image");
    open(Session::default()).get_by_label_contains("Open a folder");
    let mut waiting = session(24);
    waiting.act(Choose::Click(ImageId(1), Pick::Replace));
    let mut window = window(SIZE, Stage::new(ActivationsView::default(), waiting));
    window.run_steps(3);
    window.get_by_label("Running the network");
}

#[test]
fn a_picture_that_cannot_be_read_is_not_waited_for_but_said_in_its_place() {
    let mut failed = session(24);
    failed.act(Choose::Click(ImageId(1), Pick::Replace));
    let of = Look::Activations { image: ImageId(1), layer: failed.opened.chosen.layer }.asked();
    failed.apply(Event::Problem { of, problem: Problem::new("The image cannot be shown", "the file ends too early") });
    let window = open(failed);
    window.get_by_label("The image cannot be shown");
    window.get_by_label("the file ends too early");
    assert!(window.query_by_label("Running the network").is_none());
}

#[test]
fn a_click_on_a_layer_looks_at_it_and_the_arrows_step() {
    let mut window = open(looking("fire9/concat"));
    let names: Vec<String> = layers().into_iter().map(|layer| layer.name).collect();
    let place = |name: &str| names.iter().position(|known| known == name).expect("a layer");
    // The list calls layers by their short titles.
    window.get_by_label("fire 8").click();
    window.run_steps(3);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Layer(place("fire8/concat")).into()]);
    window.get_by_label("Next layer").click();
    window.run_steps(3);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Layer(place("fire9/relu_squeeze1x1")).into()]);
    window.get_by_label("Previous layer").click();
    window.run_steps(3);
    assert_eq!(window.state_mut().take_wishes(), [Choose::Layer(place("fire8/concat")).into()]);
}

#[test]
fn a_channel_grows_with_a_click_and_goes_back_with_escape() {
    let mut window = open_in_network_order(looking("fire9/concat"));
    window.get_by_label("Channel 12").click();
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Choose::Channel(Some(12)).into()]);
    window.get_by_label("Overlay opacity");
    window.get_by_label("Next channel").click();
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Choose::Channel(Some(13)).into()]);
    window.key_press(Key::Escape);
    window.run();
    assert_eq!(window.state_mut().take_wishes(), [Choose::Channel(None).into()]);
    assert!(window.query_by_label("Overlay opacity").is_none());
}

#[test]
fn only_channels_in_view_are_there_and_scrolling_brings_others() {
    let mut window = open_in_network_order(looking("fire9/concat"));
    assert!(window.query_by_label("Channel 0").is_some());
    assert!(window.query_by_label("Channel 575").is_none());
    let visible = window.query_all_by_label_contains("Channel ").count();
    assert!(visible < 140, "{visible} channels cost time in each frame");
    let over = window.get_by_label("Channel 12").rect().center();
    window.hover_at(over);
    for _ in 0..40 {
        window.event(wheel(vec2(0.0, -400.0), MouseWheelSource::Unknown));
        window.run_steps(4);
    }
    assert!(window.query_by_label("Channel 575").is_some());
    assert!(window.query_by_label("Channel 0").is_none());
}

#[test]
fn the_pointer_tells_the_value_under_it() {
    let mut window = open_in_network_order(looking("fire9/concat"));
    let rect = window.get_by_label("Channel 3").rect();
    window.hover_at(rect.min + rect.size() * vec2(0.5, 0.96));
    window.run_steps(8);
    let value = window.state().session.opened.activation.as_ref().and_then(|view| view.values.value(3, 12, 6));
    assert!(value.is_some());
    window.get_by_label_contains("at column 6, row 12");
}

#[test]
fn the_networks_best_classes_are_named() {
    let window = open(looking("fire9/concat"));
    window.get_by_label("tabby: 61 %");
    window.get_by_label("Egyptian cat: 8.1 %");
}

#[test]
fn channels_can_be_ordered_by_strength() {
    let values = vec![1.0, 1.0, 3.0, 0.0, 2.0, 2.0, f32::NAN, 0.0, 3.0, 0.0];
    let view = describe(ImageId(0), 0, [5, 1, 2], values);
    assert_eq!(ChannelOrder::Network.channels(&view, None), [0, 1, 2, 3, 4]);
    assert_eq!(ChannelOrder::Mean.channels(&view, None), [2, 1, 4, 0, 3]);
    assert_eq!(ChannelOrder::Maximum.channels(&view, None), [1, 4, 2, 0, 3]);
    let source = StoredLayer { layer: "conv".into(), pooling: Pooling::Average };
    let unusual = |channel, z| UnusualChannel { source: source.clone(), channel, value: 1.0, z };
    let channels = vec![unusual(3, -4.0), unusual(1, 2.0), unusual(99, 1.0)];
    let list = UnusualList { image: ImageId(0), source: Some(source.clone()), channels };
    assert_eq!(ChannelOrder::Unusual.channels(&view, Some(&list)), [3, 1, 0, 2, 4], "then those nothing is known of");
    assert_eq!(ChannelOrder::Unusual.channels(&view, None), [0, 1, 2, 3, 4]);
}

#[test]
fn colours_span_the_channel_or_the_layer_and_are_even_about_zero_when_signed() {
    let view = describe(ImageId(0), 0, [2, 1, 2], vec![0.0, 1.0, -4.0, 2.0]);
    assert_eq!(Scale::Channel.range(&view, 0, ColourMap::Viridis), [0.0, 1.0]);
    assert_eq!(Scale::Layer.range(&view, 0, ColourMap::Viridis), [-4.0, 2.0]);
    assert_eq!(Scale::Layer.range(&view, 0, ColourMap::Signed), [-4.0, 4.0]);
    // A vector's channel has one value; only the layer gives it a range.
    let vector = describe(ImageId(0), 0, [3, 1, 1], vec![0.0, 1.0, 5.0]);
    assert_eq!(Scale::Channel.range(&vector, 1, ColourMap::Viridis), [0.0, 5.0]);
}

#[test]
fn the_activations_are_drawn_in_all_their_states() {
    let stage = Stage::new(ActivationsView::default(), looking("fire9/concat"));
    let Some(mut window) = drawn_window(SIZE, stage) else { return };
    window.run();
    keep_picture(&mut window, "activations_wall");
    let bright = |picture: &image::RgbaImage| picture.pixels().filter(|p| p.0[0] > 200 && p.0[2] < 90).count();
    let drawn = bright(&window.render().expect("drawn"));
    assert!(drawn > 1_000, "only {drawn} pixels have the bright end of viridis: the channels are missing");

    window.state_mut().session.act(Choose::Channel(Some(4)));
    window.run();
    keep_picture(&mut window, "activations_enlarged");

    for (layer, name) in [("conv1", "activations_conv1"), ("pool10", "activations_vector")] {
        let stage = Stage::new(ActivationsView::default(), looking(layer));
        let mut window = drawn_window(SIZE, stage).expect("there was a device before");
        window.run();
        keep_picture(&mut window, name);
    }
    let stage = Stage::new(ActivationsView::default(), looking("fire9/concat"));
    let mut narrow = drawn_window([400.0, 520.0], stage).expect("there was a device before");
    narrow.state_mut().session.act(Choose::Channel(Some(4)));
    narrow.run();
    keep_picture(&mut narrow, "activations_narrow");
}

/// Where the enlarged channel 4 lies over the picture.
fn overlay(fit: Fit) -> (Window, Rect) {
    let mut session = looking_at(cropping(fit), "fire9/concat", ImageId(7));
    session.act(Choose::Channel(Some(4)));
    let window = open(session);
    let rect = window.get_by_label("Channel 4, overlay").rect();
    (window, rect)
}

#[test]
fn an_enlarged_channel_lies_over_the_part_of_the_picture_that_the_network_saw() {
    let (_, picture) = overlay(Fit::Stretch);
    let (mut window, seen) = overlay(CROP);
    let expected = Rect::from_center_size(picture.center(), picture.size() * SEEN);
    assert!(
        (seen.min - expected.min).length() < 1.0 && (seen.max - expected.max).length() < 1.0,
        "{seen:?} {expected:?}"
    );
    // The first column begins where the network's part begins.
    window.hover_at(seen.left_center() + vec2(2.0, 0.0));
    window.run_steps(8);
    window.get_by_label_contains("at column 0, row 6");
    // A picture in the middle of a ground is covered as a whole, and the first row is in the border.
    let (mut window, covered) = overlay(Fit::Letterbox { fill: [0; 3] });
    assert!((covered.size() - picture.size()).length() < 1.0, "{covered:?} {picture:?}");
    window.hover_at(covered.center_top() + vec2(0.0, 2.0));
    window.run_steps(8);
    window.get_by_label_contains("at column 6, row 2");
}

#[test]
fn the_ring_on_an_exemplar_is_where_in_the_picture_the_value_was() {
    let mut session = looking_at(cropping(CROP), "fire9/concat", ImageId(6));
    session.act(Choose::Channel(Some(4)));
    let exemplar = Exemplar { image: ImageId(3), value: 9.0, place: Some([6, 0]) };
    let layer = session.opened.chosen.layer;
    let list = ExemplarList { layer, channel: Some(4), lists: vec![(4, vec![exemplar])], is_current: true };
    session.apply(Event::Exemplars(Arc::new(list)));
    let window = open(session);
    let picture = window.get_by_label_contains("Exemplar 1: ").rect();
    let share = vec2(0.5 - SEEN.x / 2.0 + SEEN.x * 0.5 / 13.0, 0.5);
    let expected = picture.min + picture.size() * share;
    let found = rings(window.output(), 5.0);
    assert!(!found.is_empty() && found.iter().all(|ring| ring.distance(expected) < 1.0), "{found:?}, not {expected:?}");
}

#[test]
fn a_channel_has_the_same_proportions_in_the_grid_and_enlarged() {
    // The picture is 120 x 84, the activation 13 x 13.
    let mut window = open_in_network_order(looking_at(session(24), "fire9/concat", ImageId(7)));
    let ratio = |window: &Window, name: &str| {
        let size = window.get_by_label(name).rect().size();
        size.x / size.y
    };
    let in_grid = ratio(&window, "Channel 4");
    window.state_mut().session.act(Choose::Channel(Some(4)));
    window.run();
    let enlarged = ratio(&window, "Channel 4, enlarged");
    assert!((in_grid - 1.0).abs() < 0.02 && (enlarged - in_grid).abs() < 0.02, "{in_grid} and {enlarged}");
    let over = ratio(&window, "Channel 4, overlay");
    assert!((over - 120.0 / 84.0).abs() < 0.02, "over the picture it has the picture's: {over}");
}

#[test]
fn the_layer_list_keeps_the_current_layer_in_sight_when_it_is_resized() {
    let mut window = open(looking("fire9/concat"));
    window.get_by_label("fire 6").click();
    window.run_steps(4);
    let in_sight = |window: &Window| {
        // What is below the list takes its room first.
        let below = window.get_by_label("The network sees").rect().top();
        let rows = window.query_all_by_label("fire 6").filter(|node| node.accesskit_node().role() == Role::Button);
        rows.map(|node| node.rect()).any(|row| row.top() >= 30.0 && row.bottom() <= below)
    };
    assert!(in_sight(&window));
    for height in [420.0, 330.0, 600.0, 300.0] {
        window.set_size(vec2(SIZE[0], height));
        window.run_steps(6);
        assert!(in_sight(&window), "at a height of {height}");
    }
}
