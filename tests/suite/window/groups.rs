//! Groups beside each other: compared, as matrices, with pointer and keyboard.

use std::sync::Arc;

use eframe::egui::{Key, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{CHANGED_BY_HAND, ClassOrigin, Cluster, ImageId};
use tiramisu::engine::{AnalysisAnswer, Event, Finding, GroupLook, Look, Request};

use super::{classes, clusters};
use crate::support::window::{Setup, Window};

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

/// High enough for a matrix beside all the other views.
fn high() -> Setup {
    Setup { size: vec2(1280.0, 2000.0), ..Setup::default() }
}

fn asked(window: &Window, is_it: impl Fn(&GroupLook) -> bool) -> usize {
    let looks = window.sent().into_iter();
    looks.filter(|request| matches!(request, Request::Look(Look::Groups(look)) if is_it(look))).count()
}

#[test]
fn two_marked_clusters_are_compared_side_by_side() {
    let mut window = clusters::grouped_in(Setup::default());
    window.press("Mark cluster 0");
    window.press("Mark cluster 1");
    window.click("Compare the marked");
    window.picture("compared");
    assert!(window.has("Cluster 0: blobs/000000.png") && window.has("Channel of cluster 1: conv 3 #2"));
    let said = window.names().into_iter().find(|name| name.contains("cosine 0.750"));
    assert!(said.is_some_and(|said| said.contains("No image is in both")), "{:?}", window.names());
    assert!(!window.has("Select the shared"));
    window.press("Select cluster 1");
    assert_eq!(selected(&window), (40..60).collect::<Vec<_>>());
    assert_eq!(
        asked(&window, |look| matches!(look, GroupLook::Comparison { .. })),
        1,
        "asked once, not in every frame"
    );
}

#[test]
fn a_cell_of_clusters_with_labels_is_read_and_selected_by_keyboard() {
    let mut window = clusters::grouped_in(high());
    window.click("Show groups with labels");
    window.harness.get_by_label("Groups with labels").focus();
    window.settle();
    window.picture("with_labels");
    let said = |window: &Window| window.names().into_iter().find(|name| name.contains(" % of them, and "));
    let first = said(&window).expect("the cell that the keys have come to is read");
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    assert_ne!(said(&window), Some(first.clone()));
    window.harness.key_press(Key::ArrowUp);
    window.settle();
    assert_eq!(said(&window), Some(first));
    window.harness.key_press(Key::Enter);
    window.settle();
    let images = selected(&window);
    assert!(!images.is_empty(), "{:?}", said(&window));
    let session = window.session();
    let labels: Vec<_> = images.iter().map(|id| session.opened.images.get(ImageId(*id)).unwrap().label).collect();
    assert!(labels.windows(2).all(|pair| pair[0] == pair[1]), "one label: {labels:?}");
    let clustering = session.opened.clustering.as_ref().expect("they are shown");
    let of = |id: &u32| clustering.cluster_of(ImageId(*id));
    assert!(images.windows(2).all(|pair| of(&pair[0]) == of(&pair[1])), "of one cluster");
    assert_eq!(asked(&window, |look| matches!(look, GroupLook::Matrices(_))), 1, "counted once, not in every frame");
}

#[test]
fn similarity_is_sorted_by_name_and_by_a_row_and_its_cells_select_both_classes() {
    let mut window = classes::compared_in(high());
    window.click("Show similarity of groups");
    window.picture("similarity");
    let rows = |window: &Window| -> Vec<String> {
        let names = window.names().into_iter();
        names.filter_map(|name| name.strip_prefix("Similarity of groups: row ").map(str::to_owned)).collect()
    };
    assert_eq!(rows(&window), ["stripes", "dots", "checks", "blobs"], "similar ones together, as they were told");
    window.press("Similarity of groups: row checks");
    assert_eq!(rows(&window), ["checks", "blobs", "dots", "stripes"], "by falling cosine");
    window.press("Order of the groups");
    window.press("By name");
    assert_eq!(rows(&window), ["blobs", "checks", "dots", "stripes"]);
    window.harness.get_by_label("Similarity of groups").focus();
    window.settle();
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.starts_with(words));
    assert!(says(&window, "blobs and checks: cosine 0.875"), "{:?}", window.names());
    window.harness.key_press(Key::Enter);
    window.settle();
    let session = window.session();
    let labels: Vec<_> =
        selected(&window).iter().map(|id| session.opened.images.get(ImageId(*id)).unwrap().label.unwrap()).collect();
    assert!(labels.contains(&"blobs") && labels.contains(&"checks"));
    assert!(labels.iter().all(|label| ["blobs", "checks"].contains(label)), "{labels:?}");
}

#[test]
fn a_difference_of_two_marked_groups_is_answered_in_pictures_that_can_be_clicked() {
    let mut window = clusters::grouped_in(Setup::default());
    window.press("Mark cluster 1");
    window.press("Mark cluster 0");
    window.click("Difference of the marked");
    let terms = window.sent().into_iter().rev().find_map(|request| match request {
        Request::Look(Look::Groups(GroupLook::Arithmetic(wish))) => Some(wish.terms),
        _ => None,
    });
    assert_eq!(terms, Some(vec![(1, false), (0, true)]), "in the order in which they were marked");
    // All images are of the two: nothing is left but their own.
    window.harness.get_by_label("No picture is like that");
    window.click("Their own pictures, too");
    window.click("Nearest 1: blobs/000000.png");
    assert_eq!(window.session().opened.chosen.probe.map(|id| id.0), Some(0));
}

#[test]
fn each_way_to_look_at_groups_says_in_a_sentence_what_is_seen_and_what_to_do() {
    let ways = [
        (
            "Show cards",
            "On a card: typical pictures, how well the class is told from the others",
            "A cluster is a set of pictures that look alike",
        ),
        (
            "Show groups with labels",
            "Each row is a class, each column a label",
            "Each row is a cluster, each column a label",
        ),
        (
            "Show similarity of groups",
            "Each cell says how alike two classes look",
            "Each cell says how alike two clusters look",
        ),
        ("Show two groups", "Two side by side", "Two side by side"),
        ("Show a difference of groups", "What A has and B lacks, in pictures", "What A has and B lacks, in pictures"),
    ];
    let mut of_classes = classes::compared_in(high());
    let mut of_clusters = clusters::grouped_in(high());
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.starts_with(words));
    assert!(of_classes.harness.get_by_label("Show groups with labels").accesskit_node().is_disabled());
    // One of them is no label: what it has of which is news.
    let mut means = (**of_classes.session().opened.findings.get(Finding::classes).expect("they are compared")).clone();
    means.origins[1] = ClassOrigin::Where("id < 5".to_owned());
    of_classes.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    of_classes.settle();
    for (way, class, cluster) in ways {
        of_classes.press(way);
        assert!(says(&of_classes, class), "{way}: {:?}", of_classes.names());
        of_clusters.press(way);
        assert!(says(&of_clusters, cluster), "{way}: {:?}", of_clusters.names());
    }
}

#[test]
fn a_matrix_of_few_groups_is_large_named_on_both_sides_and_says_a_pair_beside_the_pointer() {
    // The view alone has all the room.
    let mut window = classes::compared_in(Setup { size: vec2(1280.0, 900.0), ..Setup::default() });
    window.click("Maximise Classes");
    window.click("Show similarity of groups");
    let matrix = window.harness.get_by_label("Similarity of groups").rect();
    assert!(matrix.width() >= 4.0 * 60.0, "cells can be hit and read: {matrix:?}");
    for name in ["blobs", "checks", "dots", "stripes"] {
        assert!(window.has(&format!("Similarity of groups: row {name}")), "{:?}", window.names());
        assert!(window.has(&format!("Similarity of groups: column {name}")), "{:?}", window.names());
    }
    // The first row and the second column, as similar ones stand together.
    let cell = matrix.size() / 4.0;
    window.harness.hover_at(matrix.min + vec2(cell.x * 1.5, cell.y * 0.5));
    window.harness.run_steps(60);
    let told = window.names().into_iter().filter(|name| name.starts_with("stripes and dots: cosine ")).count();
    assert_eq!(told, 2, "above the matrix, and beside the pointer: {:?}", window.names());
}

#[test]
fn after_a_merge_and_a_split_all_counts_agree_and_numbers_stay() {
    let mut window = clusters::grouped_in(high());
    let known = window.session().opened.clustering.as_ref().expect("they are shown").clone();
    let name = known.wish.name();
    window.tell([Event::Results { clusterings: vec![name], maps: Vec::new(), has_embedding: false }]);
    // Split by hand: there are three, the second of which was merged into the first, which leaves its number.
    let mut changed = (*known).clone();
    changed.of = changed
        .ids
        .iter()
        .map(|id| {
            Some(if id.0 >= 50 {
                3
            } else if id.0 >= 40 {
                2
            } else {
                0
            })
        })
        .collect();
    let of = |size: usize, first: u32| Cluster { size, exemplars: vec![ImageId(first)], ..Cluster::default() };
    changed.clusters = vec![of(40, 0), Cluster::default(), of(10, 40), of(10, 50)];
    changed.quality = Some(CHANGED_BY_HAND.to_owned());
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(changed)))]);
    window.settle();
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.starts_with(words));
    assert!(window.has("Groups: 3 clusters found") && says(&window, "3 clusters of 60 images"), "{:?}", window.names());
    window.press("Stored clusterings");
    assert!(says(&window, "3 clusters by k-means"), "{:?}", window.names());
    assert!(!says(&window, "2 clusters by k-means"), "{:?}", window.names());
    for number in [0, 2, 3] {
        assert!(window.has(&format!("Select cluster {number}")), "{number}: {:?}", window.names());
    }
    assert!(!window.has("Select cluster 1"), "it was merged away: {:?}", window.names());
}

#[test]
fn of_a_matrix_it_is_said_where_its_numbers_are_whether_they_have_room_in_the_cells_or_not() {
    let facts = |window: &Window| window.names().into_iter().find(|name| name.contains("the more of its row it holds"));
    let mut window = clusters::grouped_in(Setup { size: vec2(1280.0, 900.0), ..Setup::default() });
    window.click("Maximise Clusters");
    window.click("Show groups with labels");
    assert!(
        facts(&window).is_some_and(|it| it.ends_with("the number is the share in per cent")),
        "{:?}",
        window.names()
    );
    // Among all views there is so little room that none is left for numbers.
    let mut window = clusters::grouped_in(Setup::default());
    window.press("Show groups with labels");
    let said = facts(&window);
    assert!(said.is_some_and(|it| it.ends_with("point at one for the share in per cent")), "{:?}", window.names());
}

#[test]
fn a_matrix_has_the_height_of_its_view_and_what_it_says_stands_beside_it() {
    for (size, is_beside) in [(vec2(1440.0, 900.0), true), (vec2(800.0, 600.0), false)] {
        let mut window = classes::compared_in(Setup::default());
        window.harness.set_size(size);
        window.click("Place: Groups");
        window.click("Classes");
        window.click("Show similarity of groups");
        window.picture(&format!("matrix_{}", size.x));
        let point = "Point at a cell to read it, click it to select its images.";
        let rect = |name: &str| window.harness.get_by_label(name).rect();
        let (matrix, ways, said) = (rect("Similarity of groups"), rect("Show similarity of groups"), rect(point));
        // Names of columns, and in a narrow view three lines more.
        let between = if is_beside { 140.0 } else { 230.0 };
        assert!(matrix.top() - ways.bottom() < between, "{size:?}: {matrix:?} below {ways:?}");
        match is_beside {
            true => assert!(said.left() > matrix.right() && said.top() < matrix.bottom(), "{said:?} of {matrix:?}"),
            false => assert!(said.bottom() <= matrix.top(), "{said:?} of {matrix:?}"),
        }
        window.harness.hover_at(matrix.lerp_inside(vec2(0.6, 0.3)));
        window.harness.run_steps(4);
        assert!(window.says("cosine ") && !window.has(point), "{:?}", window.names());
    }
}

/// In the frame that shows a matrix first nobody knows yet how wide it is.
#[test]
fn from_its_first_frame_on_nothing_that_is_said_of_a_matrix_lies_over_it() {
    let mut window = clusters::grouped_in(Setup { size: vec2(1280.0, 900.0), ..Setup::default() });
    window.click("Maximise Clusters");
    for (way, name) in
        [("Show groups with labels", "Groups with labels"), ("Show similarity of groups", "Similarity of groups")]
    {
        window.harness.get_by_label(way).click();
        let mut frames = 0;
        for _ in 0..16 {
            window.harness.run_steps(1);
            window.answer();
            let Some(matrix) = window.harness.query_by_label(name) else { continue };
            let said = window.harness.get_by_label_contains("Point at a cell to read it").rect();
            assert!(said.left() > matrix.rect().right(), "{name}, frame {frames}: {said:?} over {:?}", matrix.rect());
            frames += 1;
        }
        assert!(frames > 4, "{way}: {:?}", window.names());
    }
}
