//! Groups beside each other: counts, orders, changes by hand, nearest pictures; each against its plain definition.

use std::collections::BTreeMap;

use half::f16;
use tiramisu::analysis::class_pictures::PictureScores;
use tiramisu::analysis::class_vectors::{ClassVectors, LayerMeans, minus};
use tiramisu::analysis::statistics::Statistics;
use tiramisu::analysis::{distinguishing, separation, seriation};
use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterPiece, ClusterWish, Clustering, Confusion, GroupSimilarity, ImageId, ImageSet,
    Matrix, Pooling, Regrouping, Separation, StoredLayer, Vectors,
};

use super::{ALWAYS, NEVER};

/// Group and label of each image, as any table has them.
const OF: [(usize, &str); 11] = [
    (0, "cat"),
    (0, "cat"),
    (0, "dog"),
    (0, "cat"),
    (1, "dog"),
    (1, "dog"),
    (1, "emu"),
    (2, "emu"),
    (2, "cat"),
    (2, "fox"),
    (2, "emu"),
];

fn groups() -> (Vec<Cluster>, Vec<String>) {
    let group = |index: usize| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        OF.iter().filter(|(of, _)| *of == index).for_each(|(_, label)| *counts.entry(label).or_default() += 1);
        let size = counts.values().sum();
        let labels = counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect();
        Cluster { size, labels, ..Cluster::default() }
    };
    ((0..3).map(group).collect(), ["A", "B", "C"].map(str::to_owned).to_vec())
}

/// The table by its definition: as `sklearn.metrics.cluster.contingency_matrix` counts.
fn counted(group: usize, label: &str) -> usize {
    OF.iter().filter(|of| **of == (group, label)).count()
}

#[test]
fn groups_against_labels_are_counted_as_a_contingency_table() {
    let (groups, names) = groups();
    let found = Confusion::of(&groups, &names, 200);
    let labels: Vec<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(labels, ["cat", "dog", "emu", "fox"], "the most frequent first, ties by name");
    for row in 0..3 {
        for (column, label) in labels.iter().enumerate() {
            assert_eq!(found.count(row, column), counted(row, label), "{row} {label}");
        }
        assert_eq!(found.rows[row].images, OF.iter().filter(|(of, _)| *of == row).count());
    }
    assert_eq!(found.counts.iter().sum::<usize>(), OF.len());
    assert!((found.share(0, 0) - 0.75).abs() < 1e-6);
    assert_eq!(
        found.in_words(0, 0),
        "3 of the 4 labelled images in A have the label cat: 75 % of them, and 75 % of all with that label"
    );
    assert_eq!(found.columns_along(&[2, 1, 0]), [2, 3, 1, 0], "each label near the group that has most of it");
}

#[test]
fn of_many_groups_and_labels_the_largest_are_told_apart_and_no_image_is_lost() {
    let (groups, names) = groups();
    let found = Confusion::of(&groups, &names, 2);
    let ends = |ends: &[tiramisu::domain::ConfusionEnd]| {
        ends.iter().map(|end| (end.name.clone(), end.place, end.images)).collect::<Vec<_>>()
    };
    assert_eq!(ends(&found.rows), [("A".to_owned(), Some(0), 4), ("2 other groups".to_owned(), None, 7)]);
    assert_eq!(ends(&found.columns), [("cat".to_owned(), Some(0), 4), ("3 other labels".to_owned(), None, 7)]);
    assert_eq!(found.counts, [3, 1, 1, 6]);
    assert_eq!(Confusion::of(&[], &[], 2), Confusion::default());
}

#[test]
fn an_order_by_similarity_brings_blocks_together_and_is_a_permutation() {
    // Two blocks, dealt out alternately; and one that is far from all.
    let block = |at: usize| if at == 6 { 9 } else { at % 2 };
    let distances: Vec<f32> = (0..49)
        .map(|place| match (place / 7, place % 7) {
            (a, b) if a == b => 0.0,
            (a, b) if block(a) == block(b) => 0.1 + 0.01 * a.abs_diff(b) as f32,
            _ => 0.9,
        })
        .collect();
    let order = seriation::order(&distances, 7, NEVER).expect("nobody cancelled");
    let mut all = order.clone();
    all.sort_unstable();
    assert_eq!(all, (0..7).collect::<Vec<_>>());
    let changes = order.windows(2).filter(|pair| block(pair[0]) != block(pair[1])).count();
    assert_eq!(changes, 2, "{order:?}");
    // Within a block the ends that touch are the nearest.
    let place = |at: usize| order.iter().position(|known| *known == at).expect("it is there");
    assert_eq!(place(2).abs_diff(place(0)), 1, "{order:?}");
    assert_eq!(place(2).abs_diff(place(4)), 1, "{order:?}");
    assert_eq!(seriation::order(&distances, 7, ALWAYS), None);
    assert_eq!(seriation::order(&[], 0, NEVER), Some(Vec::new()));
    assert_eq!(seriation::order(&[f32::NAN; 4], 2, NEVER).map(|order| order.len()), Some(2));
}

#[test]
fn the_nearest_to_a_row_are_in_the_order_of_their_cosines() {
    let similarity = GroupSimilarity {
        groups: vec![3, 5, 8],
        cosines: vec![1.0, 0.2, 0.7, 0.2, 1.0, 0.2, 0.7, 0.2, 1.0],
        by_similarity: vec![0, 2, 1],
        left_out: 0,
    };
    assert_eq!(similarity.nearest_to(0), [0, 2, 1]);
    assert_eq!(similarity.nearest_to(1), [1, 0, 2], "ties by place");
}

fn clustering() -> Clustering {
    let source = StoredLayer { layer: "fire9/concat".to_owned(), pooling: Pooling::Average };
    let (clusters, _) = groups();
    Clustering {
        features: "net".to_owned(),
        wish: ClusterWish::new(ClusterMethod::KMeans, source),
        ids: (0..OF.len() as u32).map(ImageId).collect(),
        of: OF.iter().map(|(of, _)| Some(*of as u32)).collect(),
        clusters,
        agreement: None,
        quality: Some("modularity 0.71".to_owned()),
        elapsed_secs: 0.1,
    }
}

fn piece(place: u32, name: &str, images: &[u32]) -> ClusterPiece {
    let images: ImageSet = images.iter().copied().map(ImageId).collect();
    let cluster = Cluster { name: Some(name.to_owned()), size: images.len(), ..Cluster::default() };
    ClusterPiece { place, cluster, images }
}

/// The first and the last become one.
fn merging(known: &Clustering) -> Regrouping {
    let before = |place: u32| ClusterPiece {
        place,
        cluster: known.clusters[place as usize].clone(),
        images: known.members(place).collect(),
    };
    Regrouping {
        clustering: known.wish.name(),
        before: vec![before(0), before(2)],
        after: vec![piece(0, "both", &[0, 1, 2, 3, 7, 8, 9, 10])],
        quality: [known.quality.clone(), None],
    }
}

#[test]
fn clusters_are_merged_and_what_takes_it_back_gives_what_was_there() {
    let known = clustering();
    let change = merging(&known);
    let merged = known.regrouped(&change).expect("it is of these clusters");
    assert_eq!(merged.clusters.iter().map(|cluster| cluster.size).collect::<Vec<_>>(), [8, 3, 0]);
    assert_eq!(merged.members(0).count(), 8);
    assert_eq!(merged.members(1).map(|id| id.0).collect::<Vec<_>>(), [4, 5, 6], "the other one keeps its images");
    assert_eq!(merged.quality, None);
    assert_eq!(merged.regrouped(&change.reversed()).expect("it can be taken back"), known);
}

#[test]
fn merged_clusters_leave_the_numbers_and_names_of_the_others_as_they_are() {
    let known = clustering();
    let before = |place: u32| ClusterPiece {
        place,
        cluster: known.clusters[place as usize].clone(),
        images: known.members(place).collect(),
    };
    let change = Regrouping {
        clustering: known.wish.name(),
        before: vec![before(0), before(1)],
        after: vec![piece(0, "both", &[0, 1, 2, 3, 4, 5, 6])],
        quality: [known.quality.clone(), None],
    };
    let merged = known.regrouped(&change).expect("it is of these clusters");
    assert_eq!(merged.filled().map(|(number, _)| number).collect::<Vec<_>>(), [0, 2], "1 is none any more");
    assert_eq!((merged.count(), &merged.clusters[2]), (2, &known.clusters[2]));
    assert!(merged.members(2).eq(known.members(2)));
    assert_eq!(merged.regrouped(&change.reversed()).as_ref(), Some(&known));
    // What comes next takes a free number, and never that of another.
    let onto = Regrouping {
        before: vec![ClusterPiece {
            place: 0,
            cluster: merged.clusters[0].clone(),
            images: merged.members(0).collect(),
        }],
        after: vec![piece(0, "some", &[0, 1, 2, 3]), piece(2, "others", &[4, 5, 6])],
        ..change
    };
    assert_eq!(merged.regrouped(&onto), None, "there stands another");
}

#[test]
fn a_cluster_is_split_and_the_others_keep_their_places() {
    let known = clustering();
    let change = Regrouping {
        clustering: known.wish.name(),
        before: vec![ClusterPiece { place: 0, cluster: known.clusters[0].clone(), images: known.members(0).collect() }],
        after: vec![piece(0, "some", &[0, 3]), piece(3, "others", &[1, 2])],
        quality: [known.quality.clone(), None],
    };
    let split = known.regrouped(&change).expect("it is of these clusters");
    assert_eq!(split.of[..4], [Some(0), Some(3), Some(3), Some(0)]);
    assert_eq!((&split.of[4..], &split.clusters[1..3]), (&known.of[4..], &known.clusters[1..3]));
    let whole = split.regrouped(&change.reversed()).expect("it can be taken back");
    assert!(whole.of == known.of && whole.filled().eq(known.filled()));
    assert_eq!(whole.clusters.len(), 4, "the number that was taken back is not given to another");
    let again = whole.regrouped(&change).expect("and done again");
    assert_eq!((&again.of, &again.clusters), (&split.of, &split.clusters));
}

#[test]
fn two_merges_after_each_other_are_taken_back_one_by_one() {
    let six = Clustering {
        ids: (0..6).map(ImageId).collect(),
        of: (0..6).map(Some).collect(),
        clusters: (0..6).map(|place| piece(place, &place.to_string(), &[place]).cluster).collect(),
        ..clustering()
    };
    let merge = |known: &Clustering, places: &[u32]| Regrouping {
        clustering: known.wish.name(),
        before: places.iter().map(|place| piece(*place, &place.to_string(), &[*place])).collect(),
        after: vec![piece(places[0], "together", places)],
        quality: [known.quality.clone(), None],
    };
    let first = merge(&six, &[0, 2, 3, 4]);
    let once = six.regrouped(&first).expect("they are there");
    let second = merge(&once, &[1, 5]);
    let twice = once.regrouped(&second).expect("they are there");
    assert_eq!(twice.filled().map(|(number, _)| number).collect::<Vec<_>>(), [0, 1]);
    let back = twice.regrouped(&second.reversed()).expect("the second merge is taken back");
    assert_eq!(back, once);
    assert_eq!(back.regrouped(&first.reversed()).expect("and the first"), six);
    // Whoever splits takes the first number after all of them.
    let last = merge(&six, &[4, 5]);
    assert_eq!(six.regrouped(&last).expect("they are there").clusters.len(), 6, "5 was another's");
}

#[test]
fn clusters_that_are_others_by_now_are_not_changed() {
    let known = clustering();
    let change = merging(&known);
    let mut of = known.of.clone().into_vec();
    of[0] = Some(1);
    let other = Clustering { of: of.into(), ..known.clone() };
    assert_eq!(other.regrouped(&change), None, "made anew with other images");
    let merged = known.regrouped(&change).expect("once");
    assert_eq!(merged.regrouped(&change), None, "not twice");
    let lossy = Regrouping { after: vec![piece(0, "both", &[0, 1])], ..change.clone() };
    assert_eq!(known.regrouped(&lossy), None, "no image is lost");
    let twice = Regrouping { after: vec![piece(0, "a", &[0, 1, 2, 3, 7, 8, 9, 10]), piece(1, "b", &[0])], ..change };
    assert_eq!(known.regrouped(&twice), None, "no image is in two");
}

fn vectors(rows: &[[f32; 3]]) -> Vectors {
    let values = rows.iter().flatten().map(|value| f16::from_f32(*value)).collect();
    Vectors { ids: (0..rows.len() as u32).map(ImageId).collect(), matrix: Matrix::new(3, values) }
}

const ROWS: [[f32; 3]; 5] = [[2.0, 0.0, 1.0], [1.0, 0.0, 3.0], [0.0, 4.0, 1.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.0]];

#[test]
fn pictures_nearest_to_a_difference_are_ranked_by_its_cosine_over_all_layers() {
    let layers = [vectors(&ROWS), vectors(&ROWS.map(|[a, b, c]| [c, a * 2.0, b]))];
    let terms: [&[ImageId]; 2] = [&[ImageId(0), ImageId(1)], &[ImageId(2)]];
    let mut scores = PictureScores::new(layers[0].ids.clone(), true);
    let mut probe: Vec<f64> = Vec::new();
    for layer in &layers {
        let mut means = LayerMeans::new("layer", 3, 2);
        for (term, images) in terms.iter().enumerate() {
            means.add_members(term, layer, images);
        }
        let of_terms = ClassVectors::new(vec!["a".into(), "b".into()], vec![means], true);
        let part = minus(of_terms.row(0), of_terms.row(1));
        scores.add(layer, &part, NEVER).expect("nobody cancelled");
        probe.extend(part.iter().map(|value| f64::from(*value)));
    }
    // By its definition: each layer of an image brought to length 1, one after another.
    let whole = |image: usize| -> Vec<f64> {
        layers
            .iter()
            .flat_map(|layer| {
                let row: Vec<f64> = (0..3).map(|at| f64::from(layer.matrix.row(image).get(at))).collect();
                let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
                row.into_iter().map(move |value| if length > 0.0 { value / length } else { 0.0 })
            })
            .collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = |image: usize| {
        let row = whole(image);
        dot(&row, &probe) / (dot(&row, &row) * dot(&probe, &probe)).sqrt()
    };
    let found = scores.nearest(10, |_| true);
    assert_eq!(found.len(), 4, "an image of zeros has no direction");
    for near in &found {
        assert!((near.score - cosine(near.image.index())).abs() < 1e-6, "{near:?}");
    }
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(scores.nearest(1, |id| id.0 > 1).len(), 1, "what is not wanted is left out");
    assert!(scores.nearest(9, |id| id.0 > 1).iter().all(|near| near.image.0 > 1));
    assert_eq!(PictureScores::new(layers[0].ids.clone(), true).nearest(3, |_| true), [], "nothing is like nothing");
}

#[test]
fn what_distinguishes_groups_is_the_same_where_they_overlap() {
    let vectors = vectors(&ROWS);
    let mut collection = Statistics::new(3);
    collection.add_rows(vectors.matrix.values());
    let members = [vec![ImageId(0), ImageId(1)], vec![ImageId(2), ImageId(3)]];
    let by_members = distinguishing::by_members(&vectors, &collection, &members, 3, NEVER).expect("nobody cancelled");
    let both = [vec![ImageId(0), ImageId(1)], vec![ImageId(1), ImageId(2), ImageId(9)]];
    let found = distinguishing::by_members(&vectors, &collection, &both, 3, NEVER).expect("nobody cancelled");
    assert_eq!(found[0], by_members[0], "what else an image is in changes nothing");
    let mean = (f64::from(ROWS[1][1]) + f64::from(ROWS[2][1])) / 2.0;
    let expected = (mean - collection.mean()[1]) / collection.std()[1];
    let of_second = found[1].iter().find(|found| found.feature == 1).expect("the second channel");
    assert!((f64::from(of_second.in_group) - expected).abs() < 1e-4, "{of_second:?}");
    assert!(distinguishing::by_members(&vectors, &collection, &members, 3, ALWAYS).is_none());
}

/// Images around three directions, some nearer to another than to their own, one in two groups and one without a direction.
fn scattered() -> (Vectors, Vec<Vec<ImageId>>) {
    let angles = [0.0f32, 0.1, 0.2, 0.9, 1.2, 1.3, 1.1, 0.05, 2.4, 2.5, 2.6, 1.25];
    let values = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).chain([0.0, 0.0]);
    let values: Vec<f16> = values.map(f16::from_f32).collect();
    let ids: Vec<ImageId> = (0..13).map(ImageId).collect();
    let members = [vec![0, 1, 2, 3], vec![3, 4, 5, 6, 7, 12], vec![8, 9, 10, 11], vec![2]];
    let members = members.map(|ids| ids.into_iter().map(ImageId).collect()).to_vec();
    (Vectors { ids, matrix: Matrix::new(2, values) }, members)
}

#[test]
fn how_well_groups_are_told_apart_follows_its_definition() {
    let (vectors, members) = scattered();
    let unit = |id: ImageId| -> Option<[f64; 2]> {
        let [x, y] = [0, 1].map(|axis| f64::from(vectors.matrix.row(id.index()).get(axis)));
        let length = x.hypot(y);
        (length > 0.0).then(|| [x / length, y / length])
    };
    let mean = |group: &[ImageId], without: Option<ImageId>| -> Option<[f64; 2]> {
        let units: Vec<_> = group.iter().filter(|id| Some(**id) != without).filter_map(|id| unit(*id)).collect();
        let sum = units.iter().fold([0.0, 0.0], |sum, unit| [sum[0] + unit[0], sum[1] + unit[1]]);
        (!units.is_empty()).then_some(sum)
    };
    let cosine = |a: [f64; 2], b: [f64; 2]| (a[0] * b[0] + a[1] * b[1]) / b[0].hypot(b[1]);
    let found = separation::by_means(&vectors, &members, NEVER).expect("nobody stops it");
    for (group, of) in members.iter().enumerate() {
        let mut expected = Separation::default();
        let mut taken_for = [0; 4];
        for id in of.iter().filter(|_| of.len() > 1) {
            let Some(unit) = unit(*id) else { continue };
            let own = cosine(unit, mean(of, Some(*id)).expect("there are others"));
            let others = (0..4).filter(|other| *other != group && !members[*other].contains(id));
            let others = others.map(|other| (other, cosine(unit, mean(&members[other], None).expect("a direction"))));
            let nearest = others.filter(|(_, cosine)| *cosine > own).max_by(|a, b| a.1.total_cmp(&b.1));
            expected.images += 1;
            expected.own += usize::from(nearest.is_none());
            nearest.into_iter().for_each(|(other, _)| taken_for[other] += 1);
        }
        let most = taken_for.iter().copied().max().filter(|most| *most > 0);
        expected.taken_for = most.and_then(|most| Some((taken_for.iter().position(|it| *it == most)?, most)));
        assert_eq!(found[group], expected, "group {group}");
    }
    assert!(found[1].taken_for.is_some() && found[3].images == 0, "{found:?}");
    assert_eq!(separation::by_means(&vectors, &members, ALWAYS), None);
    let alone = separation::by_means(&vectors, &members[..1], NEVER);
    assert_eq!(alone, Some(vec![Separation::default()]), "there is nothing to tell it from");
}
