//! Groups: asked for, named, selected, looked into.

use std::sync::Arc;

use eframe::egui::{Key, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Cluster, ClusterMethod, ClusterWish, Clustering, DistinguishingChannel, ImageId};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Request};
use tiramisu::session::Colouring;

use crate::support::window::{Setup, Window};

use super::FIRST;

fn grouped() -> Window {
    grouped_in(Setup::default())
}

/// High enough that both groups are in sight beside all the other views.
fn both_in_sight() -> Window {
    grouped_in(Setup { size: vec2(1280.0, 1400.0), ..Setup::default() })
}

/// Two groups of sixty images, the larger told by a channel of another layer than the one looked at.
pub fn grouped_in(setup: Setup) -> Window {
    let mut window = Window::with_images(60, setup);
    let source = window.session().source().expect("the layer is stored");
    let ids: Vec<ImageId> = (0..60).map(ImageId).collect();
    let group = |size: usize, first: u32, channel: usize| Cluster {
        size,
        exemplars: (first..first + 4).map(ImageId).collect(),
        labels: vec![("checks".to_owned(), size)],
        distinguishing: vec![DistinguishingChannel { layer: "conv2".to_owned(), channel, mean_z: 2.5 }],
        ..Cluster::default()
    };
    let clustering = Clustering {
        features: "net_12345678".to_owned(),
        wish: ClusterWish { count: 2, ..ClusterWish::new(ClusterMethod::KMeans, source) },
        of: ids.iter().map(|id| Some(u32::from(id.0 >= 40))).collect(),
        ids,
        clusters: vec![group(40, 0, 3), group(20, 40, 5)],
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    };
    window.click("Clusters");
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))]);
    window.settle();
    window
}

#[test]
fn groups_are_asked_for_at_the_layer_that_is_looked_at() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Clusters");
    window.picture("clusters_empty");
    window.forget_sent();
    window.click("Cluster");
    let source = window.session().source();
    let asked = window.sent().into_iter().find_map(|request| match request {
        Request::Analyse(AnalysisWish::Cluster(wish)) => Some(wish),
        _ => None,
    });
    let asked = asked.expect("groups were asked for");
    assert_eq!((Some(asked.source), asked.method, asked.count), (source, ClusterMethod::KMeans, 20));
}

#[test]
fn a_group_shows_its_images_and_a_telling_channel_leads_to_the_channel() {
    let mut window = grouped();
    window.picture("clusters");
    assert_eq!(
        window.session().opened.chosen.maps.first.colouring,
        Colouring::Cluster,
        "who asked for groups wants to see them"
    );
    assert!(window.has("Cluster 0: blobs/000000.png"), "{:?}", window.names());
    window.click("conv 2 #3");
    let session = window.session();
    let layer = &session.collection().expect("it is open").layers[session.opened.chosen.layer];
    assert_eq!((layer.name.as_str(), session.opened.chosen.channel), ("conv2", Some(3)));
}

#[test]
fn a_group_is_selected_as_a_whole() {
    let mut window = both_in_sight();
    window.click("Select cluster 1");
    let selection: Vec<ImageId> = window.session().opened.chosen.selection.iter().collect();
    assert_eq!(selection, (40..60).map(ImageId).collect::<Vec<_>>());
}

#[test]
fn a_name_is_taken_over_with_enter_and_given_up_with_escape_or_unchanged() {
    let named = |window: &Window| {
        window.sent().into_iter().find_map(|request| match request {
            Request::NameCluster { cluster, name, .. } => Some((cluster, name)),
            _ => None,
        })
    };
    let mut window = both_in_sight();
    window.forget_sent();
    for (last, expected) in [(Key::Enter, Some((1, Some("round things".to_owned())))), (Key::Escape, None)] {
        window.click("Name cluster 1");
        window.harness.get_by_label("Name of the cluster").type_text("round things");
        window.harness.key_press(last);
        window.settle();
        assert_eq!(named(&window), expected, "{last:?}");
        assert!(!window.has("Name of the cluster"), "the field has gone after {last:?}");
        window.forget_sent();
    }
    // Whatever else is clicked gets its click and the keys.
    window.click("Name cluster 1");
    window.click(FIRST);
    window.settle();
    assert!(!window.has("Name of the cluster"));
    assert_eq!((named(&window), window.session().opened.chosen.probe), (None, Some(ImageId(0))));
}
