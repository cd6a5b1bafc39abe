//! Copies and outliers, against brute force and scikit-learn.

use std::collections::BTreeSet;

use serde::Deserialize;
use tiramisu::analysis::duplicates::{
    Conflict, Duplicates, Group, Suspects, conflicts, reaches, split_of, usual_distance,
};
use tiramisu::analysis::knn::{self, KnnGraph};
use tiramisu::analysis::outliers;
use tiramisu::domain::{
    DuplicateReason, DuplicateWish, ImageId, Metric, OutlierReport, OutlierScore, OutlierWish, Pooling, StandingOut,
    StoredLayer, Within,
};

use super::{ALWAYS, NEVER, vectors};

/// Some hashes by chance, and many around a few of them at all small distances.
fn hashes(count: usize, seed: u64) -> Vec<Option<u64>> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut hashes: Vec<Option<u64>> = Vec::with_capacity(count);
    while hashes.len() < count {
        let near = if hashes.is_empty() { None } else { hashes[random.usize(..hashes.len())] };
        match (random.u8(..10), near) {
            (0, _) => hashes.push(None),
            (1..=5, Some(hash)) => {
                let flips = random.u32(..12);
                hashes.push(Some((0..flips).fold(hash, |hash, _| hash ^ 1 << random.u32(..64))));
            }
            _ => hashes.push(Some(random.u64(..))),
        }
    }
    hashes
}

/// Components by flooding, and the farthest link in each.
fn by_brute_force(hashes: &[Option<u64>], radius: u32) -> BTreeSet<(Vec<u32>, u32)> {
    let near = |a: usize, b: usize| {
        hashes[a].zip(hashes[b]).map(|(a, b)| (a ^ b).count_ones()).filter(|bits| a != b && *bits <= radius)
    };
    let mut seen = vec![false; hashes.len()];
    let mut groups = BTreeSet::new();
    for start in 0..hashes.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let (mut rows, mut at, mut farthest) = (vec![start], 0, 0);
        while at < rows.len() {
            for (other, seen) in seen.iter_mut().enumerate() {
                if let Some(bits) = near(rows[at], other) {
                    farthest = farthest.max(bits);
                    if !std::mem::replace(seen, true) {
                        rows.push(other);
                    }
                }
            }
            at += 1;
        }
        rows.sort_unstable();
        if rows.len() > 1 {
            groups.insert((rows.into_iter().map(|row| row as u32).collect(), farthest));
        }
    }
    groups
}

#[test]
fn groups_of_alike_hashes_are_those_of_brute_force_at_every_radius() {
    // Few enough to be compared all with all, and many enough to be looked up.
    for (count, radii) in [(300, 0..=12), (3000, 0..=7)] {
        let hashes = hashes(count, count as u64);
        for radius in radii {
            let mut duplicates = Duplicates::new(count);
            duplicates.add_alike(&hashes, radius, NEVER).unwrap();
            let groups = duplicates.groups();
            assert!(groups.is_sorted_by_key(|group| (usize::MAX - group.rows.len(), group.rows[0])));
            let found: BTreeSet<(Vec<u32>, u32)> = groups
                .into_iter()
                .map(|group| {
                    assert_eq!(group.reasons.len(), 1);
                    assert_eq!(group.reasons[0].0, DuplicateReason::Appearance);
                    (group.rows, group.reasons[0].1 as u32)
                })
                .collect();
            assert_eq!(found, by_brute_force(&hashes, radius), "{count} hashes within {radius} bits");
        }
    }
}

#[test]
fn a_hundred_thousand_hashes_are_looked_up_and_cancelled() {
    // One hash by chance every other row, then that hash with exactly `radius` bits flipped: no pair may be missed.
    let mut random = fastrand::Rng::with_seed(9);
    for radius in [1, 3, 6] {
        let hashes: Vec<Option<u64>> = (0..50_000)
            .flat_map(|_| {
                let hash = random.u64(..);
                let mut flipped = hash;
                while (hash ^ flipped).count_ones() < radius {
                    flipped ^= 1 << random.u32(..64);
                }
                [Some(hash), Some(flipped)]
            })
            .collect();
        let mut duplicates = Duplicates::new(hashes.len());
        let start = std::time::Instant::now();
        duplicates.add_alike(&hashes, radius, NEVER).unwrap();
        eprintln!("100,000 hashes within {radius} bits: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let groups = duplicates.groups();
        assert_eq!(groups.len(), 50_000);
        assert!(groups.iter().all(|group| group.rows.len() == 2 && group.rows[1] == group.rows[0] + 1));
        assert_eq!(Duplicates::new(hashes.len()).add_alike(&hashes, radius, ALWAYS), None);
    }
}

#[test]
fn one_hash_of_very_many_rows_is_looked_at_once() {
    // All pairs of these would be twenty thousand million.
    let hashes = vec![Some(0x0123_4567_89AB_CDEF); 200_000];
    let mut duplicates = Duplicates::new(hashes.len());
    duplicates.add_alike(&hashes, 4, NEVER).unwrap();
    let groups = duplicates.groups();
    assert_eq!((groups.len(), groups[0].rows.len()), (1, 200_000));
    assert_eq!(groups[0].reasons, [(DuplicateReason::Appearance, 0.0)]);
}

fn content(bytes: &[Option<u8>]) -> Vec<Option<[u8; 32]>> {
    bytes.iter().map(|byte| byte.map(|byte| [byte; 32])).collect()
}

fn group(rows: &[u32], reasons: &[(DuplicateReason, f32)]) -> Group {
    Group { rows: rows.to_vec(), reasons: reasons.to_vec() }
}

#[test]
fn groups_join_over_all_reasons_and_say_which() {
    // 0 and 3 are one file, 3 and 5 look alike, 5 and 6 are near; 1 and 2 are near; 4 is alone, 7 could not be read.
    let mut duplicates = Duplicates::new(8);
    let bytes = [Some(1), Some(2), Some(3), Some(1), Some(4), Some(5), Some(6), None];
    duplicates.add_equal_content(&content(&bytes));
    let hashes = [Some(0), Some(u64::MAX), None, Some(0), Some(0xFFFF_0000), Some(7), Some(0xFF << 40), None];
    duplicates.add_alike(&hashes, 3, NEVER).unwrap();
    // On a line, where distances are plain; the last row is none of a picture.
    let line = vectors(1, &[900.0, 1.0, 1.0625, 500.0, 700.0, 100.0, 100.125, 100.0]);
    let graph = knn::exact(&line, Metric::Euclidean, 1, NEVER).unwrap();
    let places: Vec<Option<u32>> = (0..7).map(Some).chain([None]).collect();
    duplicates.gather_near(&graph, &line, Metric::Euclidean, &places, &[0.125; 8], NEVER).unwrap();
    let first =
        [(DuplicateReason::Content, 0.0), (DuplicateReason::Appearance, 3.0), (DuplicateReason::Features, 0.125)];
    assert_eq!(
        duplicates.groups(),
        [group(&[0, 3, 5, 6], &first), group(&[1, 2], &[(DuplicateReason::Features, 0.0625)])]
    );
}

#[test]
fn without_links_there_are_no_groups() {
    assert_eq!(Duplicates::new(0).groups(), []);
    let mut duplicates = Duplicates::new(3);
    duplicates.add_equal_content(&[None; 3]);
    duplicates.add_alike(&[None; 3], 64, NEVER).unwrap();
    let no_places = vec![None; 3];
    let three = vectors(1, &[1.0, 1.0, 1.0]);
    duplicates.gather_near(&KnnGraph::default(), &three, Metric::Euclidean, &no_places, &[9.0; 3], NEVER).unwrap();
    assert_eq!(duplicates.groups(), []);
}

/// The groups of rows on a line that are near, of which `pairs` are linked already.
fn on_a_line(at: &[f32], distance: f32, k: usize, pairs: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let line = vectors(1, at);
    let graph = knn::exact(&line, Metric::Euclidean, k, NEVER).unwrap();
    let mut duplicates = Duplicates::new(at.len());
    pairs.iter().for_each(|(a, b)| duplicates.link(*a, *b, DuplicateReason::Appearance, 2.0));
    let places: Vec<Option<u32>> = (0..at.len() as u32).map(Some).collect();
    let reaches = vec![distance; at.len()];
    duplicates.gather_near(&graph, &line, Metric::Euclidean, &places, &reaches, NEVER).unwrap();
    assert_eq!(
        Duplicates::new(at.len()).gather_near(&graph, &line, Metric::Euclidean, &places, &reaches, ALWAYS),
        None,
        "it can be cancelled"
    );
    duplicates.groups().into_iter().map(|group| group.rows).collect()
}

#[test]
fn a_chain_of_near_rows_is_not_one_group() {
    // Each is near the next, as at a layer where everything is rather alike.
    let chain: Vec<f32> = (0..200u8).map(f32::from).collect();
    let groups = on_a_line(&chain, 1.0, 10, &[]);
    assert!(groups.len() > 50, "{groups:?}");
    assert!(groups.iter().all(|rows| rows.len() <= 3 && rows[rows.len() - 1] - rows[0] <= 2), "{groups:?}");
}

#[test]
fn more_copies_than_neighbours_are_known_are_still_one_group() {
    // Fifty within the distance of each other, of which the graph knows five each; and a pair elsewhere.
    let mut rows: Vec<f32> = (0..50u8).map(|row| 1.0 + f32::from(row) * 0.031_25).collect();
    rows.extend([500.0, 500.5, 900.0]);
    let groups = on_a_line(&rows, 2.0, 5, &[]);
    assert_eq!(groups, [(0..50).collect::<Vec<u32>>(), vec![50, 51]]);
}

#[test]
fn what_looks_alike_comes_along_and_does_not_join_two_centres() {
    // Rows 2 and 3 look alike and are near a centre each: only one of the two gets both.
    let groups = on_a_line(&[10.0, 10.25, 10.5, 20.0, 20.25, 20.5, 90.0], 0.25, 3, &[(2, 3)]);
    assert_eq!(groups, [vec![0, 1, 2, 3], vec![4, 5]]);
}

#[test]
fn the_usual_distance_is_that_of_the_tenth_neighbour_in_the_middle_row() {
    let line = vectors(1, &[0.0, 1.0, 3.0, 7.0, 15.0]);
    let graph = knn::exact(&line, Metric::Euclidean, 2, NEVER).unwrap();
    // To the second neighbour: 3, 2, 3, 6, 12.
    assert_eq!(usual_distance(&graph), 3.0);
    assert_eq!(usual_distance(&KnnGraph::default()), 0.0);
    let line: Vec<f32> = (0..40u8).map(f32::from).collect();
    let line = vectors(1, &line);
    let usual = |k: usize| usual_distance(&knn::exact(&line, Metric::Euclidean, k, NEVER).unwrap());
    assert_eq!((usual(10), usual(30)), (5.0, 5.0), "of more the tenth counts");
}

/// The groups of copies of rows in the plane.
fn copies_among(at: &[[f32; 2]], share: f32) -> Vec<Vec<u32>> {
    let plane = vectors(2, &at.concat());
    let graph = knn::exact(&plane, Metric::Euclidean, 30, NEVER).unwrap();
    let reaches = reaches(&graph, &plane, Metric::Euclidean, share, NEVER).unwrap();
    let mut duplicates = Duplicates::new(at.len());
    let places: Vec<Option<u32>> = (0..at.len() as u32).map(Some).collect();
    duplicates.gather_near(&graph, &plane, Metric::Euclidean, &places, &reaches, NEVER).unwrap();
    duplicates.groups().into_iter().map(|group| group.rows).collect()
}

/// 200 rows on a wide lattice, of which nothing is near another.
fn lattice() -> Vec<[f32; 2]> {
    (0..200u16).map(|row| [f32::from(row % 20) * 8.0, f32::from(row / 20) * 8.0]).collect()
}

#[test]
fn a_crowd_of_plain_pictures_is_no_group_of_copies() {
    // As at a first convolution: 100 rows around one corner, the denser the nearer to it, many of them within a hundredth of
    // what is usual; and in the crowd, as outside of it, a picture and its copy.
    let mut rows: Vec<[f32; 2]> = lattice().into_iter().map(|[x, y]| [x + 16.0, y + 16.0]).collect();
    rows.extend((0..100u8).map(|row| {
        let (far, turn) = (1.06f32.powi(row.into()) / 32.0, f32::from(row) * 2.4);
        [far * turn.cos(), far * turn.sin()]
    }));
    let crowded = rows[240];
    rows.extend([[crowded[0] + 1.0 / 1024.0, crowded[1]], [24.0, 16.5]]);
    assert_eq!(copies_among(&rows, 0.15), [vec![1, 301], vec![240, 300]]);
}

#[test]
fn more_copies_than_the_graph_knows_are_still_found() {
    // 12, 50 and 120 copies of three pictures.
    let mut rows = lattice();
    let mut expected = Vec::new();
    for (picture, copies) in [(3u32, 12u16), (50, 50), (110, 120)] {
        let [x, y] = rows[picture as usize];
        let first = rows.len() as u32;
        rows.extend((1..=copies).map(|copy| [x + f32::from(copy % 11) / 64.0, y + f32::from(copy / 11) / 64.0]));
        expected.push([vec![picture], (first..rows.len() as u32).collect()].concat());
    }
    expected.reverse();
    assert_eq!(copies_among(&rows, 0.15), expected);
    let plane = vectors(2, &rows.concat());
    let graph = knn::exact(&plane, Metric::Euclidean, 30, NEVER).unwrap();
    assert_eq!(reaches(&graph, &plane, Metric::Euclidean, 0.15, ALWAYS), None, "it can be cancelled");
}

#[test]
fn copies_stand_out_at_a_layer_where_all_is_alike_and_at_one_where_nothing_is() {
    // The same pictures at two layers: at one of them all vectors point almost the same way.
    let mut random = fastrand::Rng::with_seed(3);
    let mut noise = |scale: f32| -> Vec<f32> { (0..32).map(|_| (random.f32() - 0.5) * scale).collect() };
    let pictures: Vec<Vec<f32>> = (0..200).map(|_| noise(1.0)).collect();
    let copies: Vec<Vec<f32>> = (0..10).map(|_| noise(0.02)).collect();
    for common in [0.0, 8.0] {
        let mut rows: Vec<f32> = pictures.iter().flatten().map(|value| value + common).collect();
        for (picture, change) in pictures.iter().zip(&copies) {
            rows.extend(picture.iter().zip(change).map(|(value, change)| value + change + common));
        }
        let layer = vectors(32, &rows);
        let graph = knn::exact(&layer, Metric::Cosine, 30, NEVER).unwrap();
        let usual = usual_distance(&graph);
        let most = Within::Share { share: DuplicateWish::SHARE }.distance(usual);
        let reaches = reaches(&graph, &layer, Metric::Cosine, DuplicateWish::SHARE, NEVER).unwrap();
        assert!(reaches.iter().all(|reach| *reach > 0.0 && *reach <= most));
        let mut duplicates = Duplicates::new(210);
        let places: Vec<Option<u32>> = (0..210).map(Some).collect();
        duplicates.gather_near(&graph, &layer, Metric::Cosine, &places, &reaches, NEVER).unwrap();
        let groups: Vec<Vec<u32>> = duplicates.groups().into_iter().map(|group| group.rows).collect();
        let expected: Vec<Vec<u32>> = (0..10).map(|row| vec![row, 200 + row]).collect();
        assert_eq!(groups, expected, "with {common} in common the usual distance is {usual}");
    }
}

#[test]
fn groups_do_not_depend_on_the_order_of_links() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut links: Vec<(u32, u32, f32)> =
        (0..400).map(|_| (random.u32(..500), random.u32(..500), random.f32())).collect();
    let groups_of = |links: &[(u32, u32, f32)]| {
        let mut duplicates = Duplicates::new(500);
        links.iter().for_each(|(a, b, far)| duplicates.link(*a, *b, DuplicateReason::Features, *far));
        duplicates.groups()
    };
    let first = groups_of(&links);
    random.shuffle(&mut links);
    assert_eq!(groups_of(&links), first);
    links.iter_mut().for_each(|(a, b, _)| std::mem::swap(a, b));
    assert_eq!(groups_of(&links), first);
}

#[test]
fn the_same_picture_under_two_labels_or_in_two_splits_is_told() {
    let groups = [group(&[0, 3, 5, 6], &[]), group(&[1, 2], &[]), group(&[4, 7], &[])];
    let labels = [Some("dog"), Some("cat"), Some("cat"), Some("wolf"), Some("cat"), Some("dog"), None, None];
    let told = conflicts(&groups, &labels);
    assert_eq!(told, [Conflict { group: 0, values: vec![("dog", 2), ("wolf", 1)] }]);
    let paths =
        ["train/a.png", "Test/b.png", "train/x/c.png", "train/d.png", "test/e.png", "f.png", "pets/g.png", "val/h.png"];
    let splits = paths.map(split_of);
    assert_eq!(splits[..3], [Some("train"), Some("Test"), Some("train")]);
    assert_eq!(splits[5..], [None, None, Some("val")]);
    let told = conflicts(&groups, &splits);
    // Ties by name.
    let expected = [(1, vec![("Test", 1), ("train", 1)]), (2, vec![("test", 1), ("val", 1)])];
    assert_eq!(told, expected.map(|(group, values)| Conflict { group, values }));
}

#[derive(Deserialize)]
struct Golden {
    k: usize,
    channels: usize,
    rows: Vec<f32>,
    clusters: Vec<Option<u32>>,
    euclidean: Scores,
    cosine: Scores,
}

#[derive(Deserialize)]
struct Scores {
    factors: Vec<f64>,
    kth_distances: Vec<f64>,
    cluster_scores: Vec<Option<f64>>,
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/outliers/outliers.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn assert_near(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(*found) - expected).abs();
        assert!(off <= tolerance * expected.abs().max(1e-3), "row {row}: {found} instead of {expected}");
    }
}

/// A report of these distances.
fn report(distances: Vec<f32>) -> OutlierReport {
    let source = StoredLayer { layer: "conv3".to_owned(), pooling: Pooling::Average };
    OutlierReport {
        features: "net".to_owned(),
        wish: OutlierWish { source, k: 10 },
        ids: (0..distances.len() as u32).map(ImageId).collect(),
        factors: Vec::new().into(),
        clusters: Vec::new().into(),
        distances: distances.into(),
        elapsed_secs: 0.1,
    }
}

#[test]
fn outliers_stand_out_that_lie_beyond_the_outer_fence() {
    // Quartiles at 25 and 76, so that the fence stands at 76 + 3 * 51.
    let scores = (0..=100).map(|score| score as f32).chain([229.0, 229.5]).rev().collect();
    let found = report(scores).standing_out(OutlierScore::Distance);
    assert_eq!(found, StandingOut { from: 229.0, count: 1 });
    let mut scores = vec![f32::NAN; 3];
    scores.extend((0..=100).map(|score| score as f32));
    scores.push(f32::INFINITY);
    let found = report(scores).standing_out(OutlierScore::Distance);
    assert_eq!((found.from, found.count), (225.0, 1), "what is no number neither counts nor stands out");
    let mut same = vec![1.0; 20];
    same.extend([5.0, f32::INFINITY]);
    assert_eq!(report(same).standing_out(OutlierScore::Distance).count, 1, "there is no usual distance between them");
    assert_eq!(report(Vec::new()).standing_out(OutlierScore::Distance).count, 0);
}

#[test]
fn outlier_scores_are_those_of_scikit_learn() {
    let golden = golden();
    let vectors = vectors(golden.channels, &golden.rows);
    // Cosine distances near 0 keep only the last digits of 1 - cos in f32.
    for (metric, expected, tolerance) in
        [(Metric::Euclidean, &golden.euclidean, 1e-5), (Metric::Cosine, &golden.cosine, 2e-3)]
    {
        let graph = knn::exact(&vectors, metric, golden.k, NEVER).unwrap();
        assert_near(&outliers::kth_distances(&graph, golden.k), &expected.kth_distances, tolerance);
        assert_near(&outliers::local_outlier_factor(&graph, NEVER).unwrap(), &expected.factors, tolerance);
        assert_eq!(outliers::local_outlier_factor(&graph, ALWAYS), None);
        let scores = outliers::cluster_scores(&vectors, &golden.clusters, metric, NEVER).unwrap();
        for (row, (found, expected)) in scores.iter().zip(&expected.cluster_scores).enumerate() {
            let near = match (found, expected) {
                (Some(found), Some(expected)) => (f64::from(*found) - expected).abs() <= 1e-5 * expected.max(1.0),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(near, "row {row}: {found:?} instead of {expected:?} by {metric:?}");
        }
        assert_eq!(outliers::cluster_scores(&vectors, &golden.clusters, metric, ALWAYS), None);
    }
}

#[test]
fn the_lonely_are_named_first() {
    let golden = golden();
    let graph = knn::exact(&vectors(golden.channels, &golden.rows), Metric::Euclidean, golden.k, NEVER).unwrap();
    let factors = outliers::local_outlier_factor(&graph, NEVER).unwrap();
    // Two crowds, then four copies of a point, then six rows strewn about.
    let crowds = factors[..110].iter().copied().fold(0.0, f32::max);
    let strewn = factors[114..].iter().copied().fold(f32::INFINITY, f32::min);
    assert!(strewn > 1.5 && strewn > crowds, "{strewn} and {crowds}");
    let first = &outliers::by_falling_score(&factors)[..10];
    assert!(first.iter().all(|row| *row >= 110), "{first:?}");
    let nearest = outliers::kth_distances(&graph, 1);
    assert!(nearest[110..114].iter().all(|distance| *distance == 0.0), "copies have a neighbour at 0: {nearest:?}");
    assert_eq!(outliers::kth_distances(&graph, 99), outliers::kth_distances(&graph, golden.k));
    assert!(outliers::kth_distances(&KnnGraph::default(), 3).is_empty());
}

#[test]
fn percentiles_are_shares_of_the_others() {
    assert_eq!(outliers::percentiles(&[5.0, 1.0, 3.0]), [1.0, 0.0, 0.5]);
    assert_eq!(outliers::percentiles(&[2.0, 2.0, 2.0, 9.0]), [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 1.0]);
    assert_eq!(outliers::percentiles(&[7.0]), [0.5]);
    assert!(outliers::percentiles(&[]).is_empty());
    assert_eq!(outliers::percentiles(&[f32::NAN, 0.0, f32::INFINITY]), [1.0, 0.0, 0.5]);
    assert_eq!(outliers::by_falling_score(&[1.0, 4.0, 1.0, 4.0]), [1, 3, 0, 2]);
}

#[test]
fn copies_and_broken_rows_leave_every_score_in_order() {
    // A cluster of copies with one that differs, one of nothing but copies, and a broken row.
    let vectors = vectors(1, &[1.0, 1.0, 1.0, 5.0, 3.0, 3.0, f32::NAN]);
    let clusters = [Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)];
    let scores = outliers::cluster_scores(&vectors, &clusters, Metric::Euclidean, NEVER).unwrap();
    // The mean is 2: distances 1, 1, 1 and 3.
    assert_eq!(scores[..4], [1.0, 1.0, 1.0, 3.0].map(Some));
    assert_eq!(scores[4..6], [Some(1.0), Some(1.0)], "all the same is usual");
    assert_eq!(scores[6], Some(f32::INFINITY));
    let graph = knn::exact(&vectors, Metric::Euclidean, 2, NEVER).unwrap();
    let factors = outliers::local_outlier_factor(&graph, NEVER).unwrap();
    assert!(factors.iter().all(|factor| !factor.is_nan()), "{factors:?}");
}

#[test]
fn copies_among_very_many_are_those_that_all_neighbours_of_all_tell() {
    // Few channels are compared as a whole; of many, some first.
    copies_are_found(24);
    copies_are_found(160);
}

fn copies_are_found(channels: usize) {
    // Kinds that overlap, and a copy or several of every fortieth row.
    let rows = 6000;
    let mut random = fastrand::Rng::with_seed(6);
    let middles: Vec<f32> = (0..30 * channels).map(|_| random.f32() * 2.0).collect();
    let mut values: Vec<f32> = Vec::with_capacity(rows * channels);
    for row in 0..rows {
        let copied = (row % 40 == 39).then(|| random.usize(..row));
        for channel in 0..channels {
            values.push(match copied {
                Some(copied) => values[copied * channels + channel] * (1.0 + 0.002 * random.f32()),
                None => (middles[row % 30 * channels + channel] + random.f32() - 0.5).max(0.0),
            });
        }
    }
    // Rows without a direction, a broken one, and a crowd of one picture that is larger than what is known of neighbours.
    values[5 * channels..6 * channels].fill(0.0);
    values[9 * channels] = f32::NAN;
    let one = values[100 * channels..101 * channels].to_vec();
    (rows - 45..rows).for_each(|row| values[row * channels..][..channels].copy_from_slice(&one));
    let set = vectors(channels, &values);
    let share = DuplicateWish::SHARE;
    for wanted in [Within::Share { share }, Within::Distance(1e-5)] {
        let graph = knn::exact(&set, Metric::Cosine, 30, NEVER).unwrap();
        let mut whole = Duplicates::new(rows);
        let places: Vec<Option<u32>> = (0..rows as u32).map(Some).collect();
        let reach = match wanted {
            Within::Distance(distance) => vec![distance; rows],
            Within::Share { share } => reaches(&graph, &set, Metric::Cosine, share, NEVER).unwrap(),
        };
        whole.gather_near(&graph, &set, Metric::Cosine, &places, &reach, NEVER).unwrap();
        let whole: BTreeSet<Vec<u32>> = whole.groups().into_iter().map(|group| group.rows).collect();
        assert!(whole.len() > 80, "{wanted:?}: {} groups", whole.len());

        let found = Suspects::find(&set, Metric::Cosine, wanted, 30, &|_| {}, NEVER).unwrap().unwrap();
        assert!(found.rows.is_sorted() && found.rows.len() < rows / 10, "{} rows", found.rows.len());
        let places: Vec<Option<u32>> = found.rows.iter().map(|row| Some(*row as u32)).collect();
        let mut some = Duplicates::new(rows);
        some.gather_near(&found.graph, &found.vectors, Metric::Cosine, &places, &found.reaches, NEVER).unwrap();
        let some: BTreeSet<Vec<u32>> = some.groups().into_iter().map(|group| group.rows).collect();
        let shared = some.intersection(&whole).count();
        // Cells may tear a copy from its picture, and a sample tells the usual distance a little differently.
        let (most, least) = (some.len().max(whole.len()), shared as f64);
        // Nearly equal rows lie in the same cells, and how far they may be apart is given.
        let wanted_share = if matches!(wanted, Within::Distance(_)) { 1.0 } else { 0.97 };
        assert!(least >= most as f64 * wanted_share, "{wanted:?}: {shared} of {} and {}", some.len(), whole.len());
    }
    // Where everything is near to something, all neighbours of all are asked for.
    let near = Suspects::find(&set, Metric::Cosine, Within::Distance(2.0), 30, &|_| {}, NEVER).unwrap();
    assert!(near.is_none());
    assert!(Suspects::find(&set, Metric::Cosine, Within::Distance(0.1), 30, &|_| {}, ALWAYS).is_none());
}
