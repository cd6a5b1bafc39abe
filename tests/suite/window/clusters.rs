//! Groups: asked for, named, selected, looked into.

use std::sync::Arc;

use eframe::egui::{Event as Input, Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterWish, Clustering, DistinguishingChannel, ImageId, ImageRecord, LabelAgreement,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, ChannelLook, Event, Look, Regroup, Request};
use tiramisu::session::{Analyse, Choose, Colouring};
use tiramisu::ui::Settings;

use crate::support::window::{Setup, Window};

use super::FIRST;

fn grouped() -> Window {
    grouped_in(Setup::default())
}

/// High enough that both groups are in sight beside all the other views.
fn both_in_sight() -> Window {
    grouped_in(Setup { size: vec2(1280.0, 2000.0), ..Setup::default() })
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
        ids: ids.into(),
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
fn how_many_groups_there_are_is_told_beside_their_place() {
    let window = grouped_in(Setup::default());
    window.harness.get_by_label("Groups: 2 clusters found");
    let without = Window::with_images(60, Setup::default());
    assert!(!without.names().iter().any(|name| name.starts_with("Groups: ")), "{:?}", without.names());
}

#[test]
fn what_a_method_does_is_told_where_it_is_chosen() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Clusters");
    window.click("Cluster method");
    for method in ClusterMethod::ALL {
        let entries = window.harness.get_all_by_label(method.title());
        entries.last().expect("an entry").hover();
        window.harness.run_steps(3);
        window.settle();
        assert!(window.has(method.hint()), "{method:?}: {:?}", window.names());
    }
}

#[test]
fn groups_are_asked_for_at_the_layer_that_is_looked_at() {
    for (button, picture) in [("Cluster", Some("clusters_empty")), ("Cluster them now", None)] {
        let mut window = Window::with_images(60, Setup::default());
        window.click("Clusters");
        if let Some(picture) = picture {
            window.picture(picture);
        }
        window.forget_sent();
        window.click(button);
        let source = window.session().source();
        let asked = window.sent().into_iter().find_map(|request| match request {
            Request::Analyse(AnalysisWish::Cluster(wish)) => Some(wish),
            _ => None,
        });
        let asked = asked.unwrap_or_else(|| panic!("{button} asks for groups"));
        assert_eq!((Some(asked.source), asked.method, asked.count), (source, ClusterMethod::KMeans, 5));
    }
}

/// What is asked for when the clusters are looked at, of so many images, with these clusterings in the workspace.
fn asked_at_first_sight(count: usize, clusterings: Vec<String>) -> (Window, Vec<Request>) {
    let mut window = Window::with_images(count, Setup::default());
    window.tell([Event::Results { clusterings, maps: Vec::new(), has_embedding: false }]);
    window.settle();
    window.forget_sent();
    window.click("Clusters");
    let is_of_groups =
        |it: &Request| matches!(it, Request::Analyse(AnalysisWish::Cluster(_)) | Request::OpenClustering(_));
    let sent = window.sent().into_iter().filter(is_of_groups).collect();
    (window, sent)
}

#[test]
fn groups_are_made_unasked_where_that_takes_a_moment_and_those_of_before_come_back() {
    let (mut window, sent) = asked_at_first_sight(240, Vec::new());
    let [Request::Analyse(AnalysisWish::Cluster(wish))] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(
        (wish.method, wish.count, Some(&wish.source)),
        (ClusterMethod::KMeans, 11, window.session().source().as_ref())
    );
    // Once: whoever stops it does not want it.
    window.click("Findings");
    window.forget_sent();
    window.click("Clusters");
    let is_cluster = |it: &Request| matches!(it, Request::Analyse(AnalysisWish::Cluster(_)));
    assert!(!window.sent().iter().any(is_cluster), "{:?}", window.sent());
    let before = wish.name();
    let (_, sent) = asked_at_first_sight(240, vec![before.clone()]);
    assert_eq!(sent, [Request::OpenClustering(before)]);
    let (_, sent) = asked_at_first_sight(60, Vec::new());
    assert_eq!(sent, [], "of few images one sees them by eye");
    let (_, sent) = asked_at_first_sight(6_000, Vec::new());
    assert_eq!(sent, [], "of many it takes a while");
}

#[test]
fn over_the_crops_of_channels_lies_what_they_see_once_the_network_looked_again() {
    let mut window = both_in_sight();
    window.settle();
    let asked = window.sent().into_iter().filter_map(|request| match request {
        Request::Look(Look::ChannelMaps(wishes)) => Some(wishes),
        _ => None,
    });
    let asked: Vec<_> = asked.flatten().collect();
    assert!(!asked.is_empty() && asked.iter().all(|wish| [3, 5].contains(&wish.channel)), "{asked:?}");
    assert!(asked.iter().all(|wish| window.session().opened.groups.map(*wish).is_some()));
    window.forget_sent();
    window.settle();
    assert!(!window.sent().iter().any(|it| matches!(it, Request::Look(Look::ChannelMaps(_)))), "asked once");
}

#[test]
fn stored_clusterings_are_called_by_what_made_them() {
    let mut window = grouped();
    let wish = window.session().opened.clustering.as_ref().expect("there is one").wish.clone();
    let density = ClusterWish { method: ClusterMethod::Density, ..wish.clone() };
    let clusterings = vec![wish.name(), density.name(), "by somebody else".to_owned()];
    window.tell([Event::Results { clusterings, maps: Vec::new(), has_embedding: false }]);
    window.settle();
    window.click("Stored clusterings");
    let layer = window.session().opened.layer_titles.of_name(&wish.source.layer).to_owned();
    for name in [
        format!("2 clusters by k-means, {layer}"),
        format!("Clusters by HDBSCAN, {layer}"),
        "by somebody else".to_owned(),
    ] {
        assert!(window.names().contains(&name), "{name} of {:?}", window.names());
    }
}

#[test]
fn clusters_of_before_are_one_click_away() {
    let mut window = Window::with_images(60, Setup::default());
    let clusterings = vec!["kmeans_2_conv1_average_cosine".to_owned(), "kmeans_3_conv1_average_cosine".to_owned()];
    window.tell([Event::Results { clusterings, maps: Vec::new(), has_embedding: false }]);
    window.click("Clusters");
    window.forget_sent();
    window.click("Show the last ones");
    let asked = window.sent().into_iter().find_map(|request| match request {
        Request::OpenClustering(name) => Some(name),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("kmeans_3_conv1_average_cosine"));
}

#[test]
fn the_numbers_of_an_agreement_with_labels_are_explained_in_place() {
    let mut window = grouped();
    let known = window.session().opened.clustering.clone().expect("clusters are shown");
    let agreement = Some(LabelAgreement { images: 60, nmi: 0.5, ari: 0.4, purity: 0.8 });
    let clustering = Clustering { agreement, ..Clustering::clone(&known) };
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))]);
    window.settle();
    let facts = window.names().into_iter().find(|name| name.contains("NMI 0.50")).expect("the numbers are there");
    window.harness.get_by_label(&facts).hover();
    window.settle();
    assert!(window.names().iter().any(|name| name.contains("adjusted Rand index")), "{:?}", window.names());
}

#[test]
fn a_card_shows_its_images_and_a_channel_is_looked_into_only_when_asked() {
    let mut window = grouped();
    window.picture("clusters");
    assert_eq!(
        window.session().opened.chosen.maps.first.colouring,
        Colouring::Cluster,
        "who asked for groups wants to see them"
    );
    assert!(window.has("Cluster 0: blobs/000000.png"), "{:?}", window.names());
    let before = window.session().opened.chosen.clone();
    window.press("Channel of cluster 0: conv 2 #3");
    assert!(window.has("Look inside conv 2 #3"), "{:?}", window.names());
    assert_eq!(window.session().opened.chosen, before, "nothing changes elsewhere");
    window.press("Look inside conv 2 #3");
    let session = window.session();
    let layer = &session.collection().expect("it is open").layers[session.opened.chosen.layer];
    assert_eq!((layer.name.as_str(), session.opened.chosen.channel), ("conv2", Some(3)));
}

#[test]
fn a_group_is_selected_as_a_whole() {
    let mut window = both_in_sight();
    window.click("Select cluster 1");
    assert_eq!(selected(&window), (40..60).collect::<Vec<_>>());
    // By keyboard, and beside what is selected.
    window.harness.get_by_label("Select cluster 0").focus();
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    window.settle();
    assert_eq!(selected(&window).len(), 60);
}

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn regrouped(window: &Window) -> Option<Regroup> {
    window.sent().into_iter().rev().find_map(|request| match request {
        Request::Analyse(AnalysisWish::Regroup(wish)) => Some(wish.how),
        _ => None,
    })
}

#[test]
fn clusters_that_are_marked_are_merged() {
    let mut window = both_in_sight();
    window.click("Mark cluster 1");
    assert!(window.has("Merge the marked"));
    window.click("Merge the marked");
    assert_eq!(regrouped(&window), None, "it takes two");
    window.harness.get_by_label("Mark cluster 0").focus();
    window.harness.key_press(Key::Space);
    window.settle();
    window.click("Merge the marked");
    assert_eq!(regrouped(&window), Some(Regroup::Merge(vec![1, 0])));
    assert!(!window.has("Merge the marked"), "nothing is marked any more");
}

#[test]
fn the_menu_of_a_card_splits_renames_and_marks_to_merge() {
    let mut window = both_in_sight();
    window.press("More for cluster 0");
    window.press("Split in two");
    assert_eq!(regrouped(&window), Some(Regroup::Split { cluster: 0, parts: 2 }));
    window.press("More for cluster 1");
    window.press("Rename");
    assert!(window.has("Name of the cluster"));
    window.harness.key_press(Key::Escape);
    window.settle();
    window.press("More for cluster 1");
    window.press("Merge with…");
    assert!(window.has("Merge the marked"), "{:?}", window.names());
}

#[test]
fn the_images_of_a_cluster_get_a_tag() {
    let mut window = both_in_sight();
    window.forget_sent();
    window.press("Tag cluster 1");
    window.harness.get_by_label("Tag for cluster 1").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Tag for cluster 1").type_text("odd");
    window.harness.key_press(Key::Enter);
    window.settle();
    let tagged = window.sent().into_iter().find_map(|request| match request {
        Request::Tag { images, tag, is_on: true } => Some((images.len(), tag)),
        _ => None,
    });
    assert_eq!(tagged, Some((20, "odd".to_owned())));
}

#[test]
fn a_name_is_undone() {
    let mut window = both_in_sight();
    window.click("Name cluster 1");
    window.harness.get_by_label("Name of the cluster").type_text("round");
    window.harness.key_press(Key::Enter);
    window.settle();
    let mut named = (**window.session().opened.clustering.as_ref().expect("they are shown")).clone();
    named.clusters[1].name = Some("round".to_owned());
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(named)))]);
    window.settle();
    window.forget_sent();
    window.act(Choose::Undo);
    let is_it = |request: &Request| matches!(request, Request::NameCluster { cluster: 1, name: None, .. });
    assert!(window.sent().iter().any(is_it), "{:?}", window.sent());
}

/// Many groups, of which a few are in sight.
#[test]
fn only_cards_in_sight_ask_for_anything() {
    let mut window = grouped();
    let one = window.session().opened.clustering.as_ref().expect("they are shown").clusters[0].clone();
    let mut many = (**window.session().opened.clustering.as_ref().expect("they are shown")).clone();
    many.wish.count = 900;
    many.clusters = (0..900)
        .map(|channel| {
            let mut cluster = one.clone();
            cluster.distinguishing[0].channel = channel % 64;
            cluster
        })
        .collect();
    window.forget_sent();
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(many)))]);
    window.settle();
    let asked = window.sent().into_iter().filter_map(|request| match request {
        Request::Look(Look::Channels(ChannelLook::ExemplarsOfSome { channels, .. })) => Some(channels.len()),
        _ => None,
    });
    let most = asked.max().expect("channels in sight are asked for");
    assert!(most < 64, "{most} channels");
    let cards = window.names().iter().filter(|name| name.starts_with("Select cluster")).count();
    assert!((1..60).contains(&cards), "{cards} cards");
}

#[test]
fn the_grid_has_four_cards_beside_each_other_in_a_wide_window_and_one_at_least_in_a_small_one() {
    for (size, least) in [(vec2(1440.0, 900.0), 4), (vec2(800.0, 600.0), 1)] {
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.click("Place: Groups");
        let made = grouped();
        let mut clustering = (**made.session().opened.clustering.as_ref().expect("it is made")).clone();
        clustering.clusters = vec![clustering.clusters[1].clone(); 9];
        window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))]);
        window.settle();
        window.picture(&format!("cards_{}", size.x));
        let room = Rect::from_min_size(Pos2::ZERO, size);
        let top = window.harness.get_by_label("Select cluster 0").rect().top();
        let beside = (0..9)
            .filter(|index| {
                let name = format!("Select cluster {index}");
                let rect = window.harness.query_by_label(&name).map(|node| node.rect());
                rect.is_some_and(|rect| (rect.top() - top).abs() < 2.0 && room.contains_rect(rect))
            })
            .count();
        assert!(beside >= least, "{beside} beside each other at {size:?}");
    }
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

#[test]
fn another_name_begins_with_the_one_there_is_which_is_written_over_or_stays() {
    let named = |window: &Window| {
        window.sent().into_iter().rev().find_map(|request| match request {
            Request::NameCluster { name, .. } => Some(name),
            _ => None,
        })
    };
    let mut window = both_in_sight();
    window.press("Name cluster 1");
    let written = |window: &Window| window.harness.get_by_label("Name of the cluster").accesskit_node().value();
    assert_eq!(written(&window), Some("1 · checks".to_owned()));
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(named(&window), None, "what its labels call it is no name of a person's");
    window.press("More for cluster 1");
    window.press("Rename");
    window.harness.event(Input::Text("round".to_owned()));
    window.settle();
    assert_eq!(written(&window), Some("round".to_owned()), "it has the keys, and what was there gives way");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(named(&window), Some(Some("round".to_owned())));
}

#[test]
fn clusters_whose_labels_changed_say_so_and_are_described_anew_once_at_a_time() {
    let mut window = grouped();
    let shown = window.session().opened.clustering.as_ref().expect("they are shown").clone();
    window.tell([Event::Results { clusterings: vec![shown.wish.name()], maps: Vec::new(), has_embedding: false }]);
    window.settle();
    window.forget_sent();
    let relabel = |window: &mut Window, label: &str| {
        let image = window.session().opened.images.get(ImageId(0)).expect("an image").to_record();
        window.describe(&[ImageRecord { label: Some(label.to_owned()), ..image }]);
        window.settle();
    };
    let asked = |window: &Window| {
        let is_it = |request: &&Request| **request == Request::OpenClustering(shown.wish.name());
        window.sent().iter().filter(is_it).count()
    };
    let old = "Labels changed since: names, label mixes and the agreement are of those of before.";
    relabel(&mut window, "zebra");
    relabel(&mut window, "yak");
    assert!(window.has(old) && window.has("Count them again"), "{:?}", window.names());
    assert_eq!(asked(&window), 1, "one answer is awaited");
    window.tell([Event::Answered(AnalysisAnswer::Clusters(shown.clone()))]);
    window.settle();
    assert!(window.has(old), "counted by the labels of in between");
    assert_eq!(asked(&window), 2);
    // Others are shown by now: what was asked for does not take their place.
    let other = Clustering { wish: ClusterWish { count: 3, ..shown.wish.clone() }, ..(*shown).clone() };
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(other)))]);
    window.tell([Event::Answered(AnalysisAnswer::Clusters(shown.clone()))]);
    window.settle();
    let now = |window: &Window| window.session().opened.clustering.as_ref().map(|shown| shown.wish.count);
    assert_eq!(now(&window), Some(3));
    assert!(!window.has(old), "they were found by the labels of now: {:?}", window.names());
    // Who opens those of before gets them.
    window.act(Analyse::OpenClustering(shown.wish.name()));
    window.tell([Event::Answered(AnalysisAnswer::Clusters(shown.clone()))]);
    window.settle();
    assert_eq!(now(&window), Some(2));
}
