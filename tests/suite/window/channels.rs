//! What is known of channels: their exemplars, what is unusual, why two images are alike.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    ClassNames, Cluster, ClusterMethod, ClusterWish, Clustering, DistinguishingChannel, ImageId, Pooling,
};
use tiramisu::engine::{AnalysisAnswer, ChannelLook, Collection, Event, Look};
use tiramisu::session::{Ask, Choose, Place};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, looks};

/// A channel of the first image, enlarged. Channels hang in the order of the network.
pub fn enlarged(channel: &str, size: Vec2) -> Window {
    let mut window = Window::with_images(60, Setup { size, ..Setup::default() });
    window.click(FIRST);
    in_network_order(&mut window, channel);
    window
}

/// Hangs the channels in the order of the network, and enlarges one of them.
fn in_network_order(window: &mut Window, channel: &str) {
    window.click("Channel order");
    window.click("network order");
    window.click(channel);
}

#[test]
fn the_strongest_channels_hang_first_unless_another_order_is_wished() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let at = |window: &Window, name: &str| {
        let at = window.harness.get_by_label(name).rect().min;
        (at.y, at.x)
    };
    // The invented activation is the larger the later its channel.
    assert!(at(&window, "Channel 127") < at(&window, "Channel 126"));
    assert!(!window.has("Channel 0"), "what finds least is out of sight");
    window.click("Channel order");
    window.click("network order");
    assert!(at(&window, "Channel 0") < at(&window, "Channel 1"));
}

#[test]
fn exemplars_lie_in_rows_and_are_large_enough_to_be_recognised() {
    for size in [vec2(1440.0, 900.0), vec2(1800.0, 1100.0)] {
        let window = enlarged("Channel 3", size);
        let names: Vec<String> = window.names().into_iter().filter(|name| name.starts_with("Exemplar ")).collect();
        assert!(names.len() >= 2, "{names:?}");
        for name in &names {
            let rect = window.harness.get_by_label(name).rect();
            assert!(rect.width() >= 60.0 && rect.height() >= 60.0, "{name} at {rect:?}");
        }
    }
}

#[test]
fn an_enlarged_channel_shows_the_images_that_excite_it_most_and_a_click_goes_there() {
    let mut window = enlarged("Channel 3", vec2(1800.0, 1100.0));
    window.picture("exemplars");
    let layer = window.session().opened.chosen.layer;
    let asked = looks(&window);
    assert!(
        asked.iter().any(
            |l| matches!(l, Look::Channels(ChannelLook::Exemplars { layer: of, channel: Some(3), .. }) if *of == layer)
        ),
        "{asked:?}"
    );
    assert!(window.has("Images that excite it most"), "{:?}", window.names());
    let sixth = window.session().image(ImageId(6)).expect("an image").path.text.to_owned();
    window.click(&format!("Exemplar 2: {sixth}"));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(6)));
    assert_eq!(window.session().opened.chosen.channel, Some(3), "the channel stays");
    // Another channel, other images.
    window.forget_sent();
    window.click("Next channel");
    assert!(
        looks(&window).iter().any(|l| matches!(l, Look::Channels(ChannelLook::Exemplars { channel: Some(4), .. })))
    );
}

#[test]
fn a_layer_that_is_not_stored_says_so_instead_of_showing_exemplars() {
    let settings = Settings { place: Place::LookInside, ..Settings::default() };
    let mut window = Window::with_images(60, Setup { settings, ..Setup::default() });
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Num2);
    window.settle();
    in_network_order(&mut window, "Channel 3");
    assert!(window.names().iter().any(|name| name.starts_with("Exemplar 1: ")), "in an ordinary window, too");
    window.forget_sent();
    let pool = window.session().collection().expect("open").layers.iter().position(|l| l.name == "pool1");
    assert_eq!(pool, Some(2));
    // conv3 → conv2 → pool1.
    window.click("Previous layer");
    window.click("Previous layer");
    window.click("Channel 1");
    assert!(window.names().iter().any(|name| name == "No exemplars: this layer is not stored"));
    assert!(!looks(&window).iter().any(|l| matches!(l, Look::Channels(ChannelLook::Exemplars { layer: 2, .. }))));
}

#[test]
fn channels_hang_in_the_order_of_the_most_unusual_when_that_is_wished() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Channel order");
    window.click("unusual for this image");
    window.picture("unusual");
    let asked = looks(&window);
    let unusual = |l: &&Look| matches!(l, Look::Channels(ChannelLook::Unusual { image: ImageId(0), source: Some(s), .. }) if s.layer == "conv3");
    assert_eq!(asked.iter().filter(unusual).count(), 1, "asked once, not at every frame: {asked:?}");
    let at = |window: &Window, name: &str| window.harness.get_by_label(name).rect().min;
    // The invented list names the last channel first.
    let (last, before) = (at(&window, "Channel 127"), at(&window, "Channel 126"));
    assert!((last.y, last.x) < (before.y, before.x));
    // Of another image it is asked anew.
    window.click(SECOND);
    let asked = looks(&window);
    assert!(
        asked.iter().any(|l| matches!(l, Look::Channels(ChannelLook::Unusual { image: ImageId(1), .. }))),
        "{asked:?}"
    );
}

#[test]
fn why_a_neighbour_is_similar_is_told_by_channels_and_a_click_leads_to_one() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let neighbour = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[2].image;
    let name = window.session().image(neighbour).expect("an image").path.text.to_owned();
    window.harness.get_by_label(&format!("Neighbour 3: {name}")).hover();
    window.settle();
    window.click("Why neighbour 3?");
    window.picture("why");
    let asked = looks(&window);
    let similarity = asked.iter().find_map(|l| match l {
        Look::Channels(ChannelLook::WhySimilar(wish)) => Some(wish.clone()),
        _ => None,
    });
    let similarity = similarity.expect("it was asked for");
    assert_eq!((similarity.a, similarity.b, similarity.source.pooling), (ImageId(0), neighbour, Pooling::Average));
    assert!(asked.iter().any(|l| matches!(l, Look::Pair { images, .. } if *images == [ImageId(0), neighbour])));
    assert!(window.names().iter().any(|name| name.starts_with("6 of 128 channels make 98 %")), "{:?}", window.names());
    window.click("Why: channel 6");
    assert_eq!(window.session().opened.chosen.channel, Some(6));
    assert!(window.session().opened.why.is_some(), "it stays beside the channel");
    window.click("Classes");
    window.harness.get_by_label("Why: channel 6");
    // Of another probe it says nothing. It lies over the gallery.
    window.press(SECOND);
    assert!(window.session().opened.why.is_none());
}

#[test]
fn why_is_also_on_the_menu_of_a_neighbour_and_can_be_closed() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let neighbour = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    let name = window.session().image(neighbour).expect("an image").path.text.to_owned();
    window.harness.get_by_label(&format!("Neighbour 1: {name}")).click_secondary();
    window.settle();
    window.click(&format!("Why is it similar to {FIRST}?"));
    assert_eq!(window.session().opened.why.as_ref().map(|why| why.b), Some(neighbour));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "looking at why chooses nothing");
}

#[test]
fn channels_without_planes_are_sorted_bars_with_names_on_the_wall_too() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.click(FIRST);
    // The last one responds most there, so it hangs first.
    let cell = window.harness.get_by_label("Channel 127").rect();
    assert!(cell.width() < cell.height() * 1.5, "a heat map: {cell}");
    window.act(Choose::Layer(5));
    window.picture("activations_bars");
    // The channel that is looked at stands elsewhere, too, and nowhere as wide.
    fn row<'a>(window: &'a Window, name: &'a str) -> egui_kittest::Node<'a> {
        let found: Vec<_> = window.harness.get_all_by_label(name).collect();
        let widest = found.into_iter().max_by(|a, b| a.rect().width().total_cmp(&b.rect().width()));
        widest.expect("it has a bar")
    }
    let bar = |window: &Window, channel: usize| row(window, &format!("Channel {channel}")).rect();
    let maxima = window.session().opened.activation.as_ref().expect("the layer is there").maxima.clone();
    let mut by_place: Vec<usize> = (0..10).collect();
    by_place.sort_by(|a, b| bar(&window, *a).top().total_cmp(&bar(&window, *b).top()));
    assert!(by_place.is_sorted_by(|a, b| maxima[*a] >= maxima[*b]), "the strongest first: {by_place:?} of {maxima:?}");
    let wide = |channel: &usize| bar(&window, *channel).width() > bar(&window, *channel).height() * 4.0;
    assert!(by_place.iter().all(wide), "one below the other, each as wide as there is room");
    row(&window, "Channel 3").click();
    window.settle();
    assert_eq!(window.session().opened.chosen.channel, Some(3));
    window.click("Channel order");
    window.click("network order");
    let tops: Vec<f32> = (0..10).map(|channel| bar(&window, channel).top()).collect();
    assert!(tops.is_sorted(), "{tops:?}");
    // Once more, and none is looked at.
    row(&window, "Channel 3").click();
    window.settle();
    assert_eq!(window.session().opened.chosen.channel, None);
}

#[test]
fn channels_that_are_classes_are_called_by_their_names() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let names: Vec<String> = (0..10).map(|class| format!("dessert {class}, of the trolley")).collect();
    let class_names = ClassNames::new(vec!["scores".to_owned()], names);
    let named = Arc::new(Collection { class_names, ..collection::collection() });
    window.tell(collection::opened(60).into_iter().map(|event| match event {
        Event::Opened(_) => Event::Opened(named.clone()),
        event => event,
    }));
    window.settle();
    window.click(FIRST);
    window.act(Choose::Layer(5));
    window.click("dessert 3, of the trolley (channel 3)");
    assert_eq!(window.session().opened.chosen.channel, Some(3));
    let neighbour = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    window.act(Ask::Why(neighbour));
    window.picture("why_classes");
    window.click("Why: dessert 6, of the trolley (channel 6)");
    assert_eq!(window.session().opened.chosen.channel, Some(6));
    // Of a layer that mixes channels the number is the name.
    let source = window.session().source().expect("the layer is stored");
    let distinguishing = |layer: &str, channel| DistinguishingChannel { layer: layer.to_owned(), channel, mean_z: 2.5 };
    let cluster = Cluster {
        size: 60,
        distinguishing: vec![distinguishing("scores", 3), distinguishing("conv2", 3)],
        ..Cluster::default()
    };
    let clustering = Clustering {
        features: "net_12345678".to_owned(),
        wish: ClusterWish { count: 1, ..ClusterWish::new(ClusterMethod::KMeans, source) },
        of: vec![Some(0); 60].into(),
        ids: (0..60).map(ImageId).collect(),
        clusters: vec![cluster],
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    };
    window.click("Clusters");
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))]);
    window.settle();
    window.harness.get_by_label("Channel of cluster 0: conv 2 #3");
    window.harness.get_by_label("Channel of cluster 0: scores dessert 3, of the trolley");
}

#[test]
fn the_map_is_coloured_by_the_enlarged_channel_and_follows_it() {
    // Larger than usual: four tiles of the wall stand beside each other.
    let mut window = enlarged("Channel 3", vec2(1900.0, 1200.0));
    window.click("Map");
    window.forget_sent();
    window.click("Map colouring");
    window.click("by channel");
    let asked = |window: &Window, of: usize| {
        let is_it = |l: &Look| matches!(l, Look::Channels(ChannelLook::Values { channel, .. }) if *channel == of);
        looks(window).iter().any(is_it)
    };
    assert!(asked(&window, 3), "{:?}", looks(&window));
    assert!(window.has("Colours from 0.00 to 9.00"), "{:?}", window.names());
    window.act(Choose::Channel(Some(4)));
    assert!(asked(&window, 4), "another channel, other colours");
    window.forget_sent();
    window.act(Choose::Channel(None));
    assert!(!looks(&window).iter().any(|l| matches!(l, Look::Channels(ChannelLook::Values { .. }))));
    assert!(window.session().opened.channel_values().is_none(), "of no channel nothing is known");
}

/// A list that springs back shows another part than the one with the layer that is looked at.
#[test]
fn the_list_of_layers_keeps_the_one_that_is_looked_at_in_sight_when_it_grows() {
    let mut window = super::asking::deep(40, vec2(1440.0, 900.0));
    let is_seen = |window: &Window, layer: usize| {
        let title = window.session().opened.layer_titles.name(layer).to_owned();
        let above = window.harness.get_by_label("Invert").rect().top();
        let mut rows = window.harness.query_all_by_role_and_label(Role::Button, &title);
        rows.any(|row| row.rect().top() > 60.0 && row.rect().bottom() < above)
    };
    // Looked at before the list is drawn for the first time.
    window.act(Choose::Layer(39));
    window.click("Activations");
    window.harness.run_steps(40);
    assert!(is_seen(&window, 39), "{:?}", window.names());
    // One row, then all of them again, while another layer is looked at.
    let find = "Find a layer in the list";
    window.harness.get_by_label(find).focus();
    window.harness.run_steps(2);
    window.harness.get_by_label(find).type_text("39");
    window.settle();
    assert!(is_seen(&window, 39), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.key_press(Key::Backspace);
    window.harness.state_mut().act(Choose::Layer(37));
    window.harness.run_steps(40);
    assert!(is_seen(&window, 37), "{:?}", window.names());
}
