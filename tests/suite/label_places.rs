//! Labels in the order in which they came, and the colours that go by it.

use tiramisu::domain::{Cluster, LabelPlaces, colours_of_clusters, labels_copied};

fn places(labels: &[&str]) -> LabelPlaces {
    let mut places = LabelPlaces::default();
    labels.iter().for_each(|label| places.add(label));
    places
}

fn cluster(labels: &[(&str, usize)]) -> Cluster {
    let labels: Vec<(String, usize)> = labels.iter().map(|(label, images)| ((*label).to_owned(), *images)).collect();
    Cluster { size: labels.iter().map(|(_, images)| images).sum(), labels, ..Cluster::default() }
}

#[test]
fn labels_keep_the_place_at_which_they_came() {
    let places = places(&["cats", "dogs", "cats", "emus"]);
    assert_eq!(places.len(), 3);
    assert_eq!(["cats", "dogs", "emus", "owls"].map(|label| places.of(label)), [Some(0), Some(1), Some(2), None]);
    assert_eq!([0, 2, 3].map(|place| places.label(place)), [Some("cats"), Some("emus"), None]);
    assert_eq!(places.label(1), Some("dogs"));
}

#[test]
fn who_copies_labels_with_their_places_is_counted_and_has_them_all_for_himself() {
    let places = places(&["cats", "dogs", "emus"]);
    let before = labels_copied();
    let mut copy = places.clone();
    assert_eq!(labels_copied() - before, 3);
    copy.add("owls");
    copy.add("cats");
    assert_eq!((copy.len(), places.len()), (4, 3), "what is added to one is not added to the other");
    assert_eq!(["cats", "dogs", "emus", "owls"].map(|label| copy.of(label)), [Some(0), Some(1), Some(2), Some(3)]);
    assert_eq!([0, 1, 2, 3].map(|place| copy.label(place)), ["cats", "dogs", "emus", "owls"].map(Some));
    assert_eq!((places.of("owls"), places.label(3)), (None, None));
    assert_ne!(copy, places);
    assert_eq!(labels_copied() - before, 3, "looking at them copies none");
    drop(copy.clone());
    assert_eq!(labels_copied() - before, 7, "the fourth is copied with them");
}

#[test]
fn a_cluster_has_the_colour_of_the_label_it_is_called_by_and_no_other_clusters() {
    let labels = places(&["cats", "dogs", "emus"]);
    let clusters = [
        cluster(&[("dogs", 20), ("cats", 19)]),
        // Called so, too, and it has more of them.
        cluster(&[("dogs", 30)]),
        cluster(&[("cats", 5)]),
        cluster(&[]),
    ];
    assert_eq!(colours_of_clusters(&clusters, &labels, 96), [Some(3), Some(1), Some(0), Some(4)]);
    // With four colours one is left that stands for no label, and one for a label by which no cluster is called.
    assert_eq!(colours_of_clusters(&clusters, &labels, 4), [Some(3), Some(1), Some(0), Some(2)]);
    // Of labels beyond the colours nothing is taken, and what finds none is grey.
    assert_eq!(colours_of_clusters(&clusters, &labels, 1), [None, None, Some(0), None]);
    assert_eq!(colours_of_clusters(&clusters, &LabelPlaces::default(), 2), [Some(0), Some(1), None, None]);
}
