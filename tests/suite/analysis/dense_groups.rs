//! HDBSCAN, against scikit-learn's and the package hdbscan's of the same digits.

use serde::Deserialize;
use tiramisu::analysis::partition::Contingency;
use tiramisu::analysis::{density, knn};
use tiramisu::domain::{Metric, Vectors};

use super::{ALWAYS, NEVER, projections::digits, random_vectors};

/// What scikit-learn makes of some digits.
#[derive(Deserialize)]
struct Case {
    metric: Metric,
    rows: usize,
    samples: usize,
    least: usize,
    /// Least and most groups that it finds in any order of the rows.
    groups: [u32; 2],
    /// -1 in none; -2 where it is not the same in every order of the rows.
    labels: Vec<i64>,
}

fn cases() -> Vec<Case> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/clusters/hdbscan.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn group(vectors: &Vectors, metric: Metric, samples: usize, least: usize) -> Vec<Option<u32>> {
    let graph = knn::exact(vectors, metric, samples, NEVER).unwrap();
    density::group(vectors, &graph, metric, samples, least, NEVER).unwrap().of
}

/// Agreement of two groupings; what is in none counts as a group.
fn ari(a: &[Option<u32>], b: &[Option<u32>]) -> f64 {
    let with_none = |of: &[Option<u32>]| of.iter().map(|of| Some(of.unwrap_or(u32::MAX))).collect::<Vec<_>>();
    Contingency::new(&with_none(a), &with_none(b)).ari()
}

#[test]
fn dense_groups_of_digits_are_those_of_scikit_learn_at_every_setting() {
    let cases = cases();
    assert_eq!(cases.len(), 16);
    for Case { metric, rows, samples, least, groups, labels } in cases {
        let found = group(&digits(rows).0, metric, samples, least);
        let sure: Vec<usize> = (0..rows).filter(|row| labels[*row] != -2).collect();
        assert!(sure.len() * 100 > rows * 96, "nearly all are sure");
        let of = |row: &usize| u32::try_from(labels[*row]).ok();
        let (ours, theirs): (Vec<_>, Vec<_>) = sure.iter().map(|row| (found[*row], of(row))).unzip();
        let what = format!("{metric:?}, {rows} rows, {samples} samples, groups of {least}");
        assert_eq!(ari(&ours, &theirs), 1.0, "{what}");
        let count = found.iter().flatten().max().map_or(0, |last| last + 1);
        assert!((groups[0]..=groups[1]).contains(&count), "{what}: {count} groups instead of {groups:?}");
        let in_none = |of: &[Option<u32>]| of.iter().filter(|of| of.is_none()).count();
        assert_eq!(in_none(&ours), in_none(&theirs), "{what}");
    }
}

#[test]
fn dense_groups_do_not_hang_on_the_order_of_rows() {
    let vectors = digits(700).0;
    let found = group(&vectors, Metric::Cosine, 10, 8);
    let mut order: Vec<usize> = (0..700).collect();
    fastrand::Rng::with_seed(3).shuffle(&mut order);
    let mut shuffled = vec![None; 700];
    for (row, of) in order.iter().zip(group(&vectors.rows(&order), Metric::Cosine, 10, 8)) {
        shuffled[*row] = of;
    }
    assert_eq!(ari(&found, &shuffled), 1.0);
}

#[test]
fn dense_groups_are_close_where_not_all_pairs_are_compared() {
    let vectors = digits(1797).0;
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let exact = group(&vectors, metric, 15, 15);
        let graph = knn::exact(&vectors, metric, 45, NEVER).unwrap();
        let near = density::group_within(&vectors, &graph, metric, 15, 15, 1e6, NEVER).unwrap().of;
        let agreement = ari(&exact, &near);
        assert!(agreement > 0.97, "{metric:?}: {agreement}");
    }
    assert!(density::is_exact(20_000, 512) && !density::is_exact(100_000, 512));
    assert_eq!([20_000, 100_000].map(|rows| density::neighbours(rows, 512, 15)), [15, 45]);
}

#[test]
fn dense_groups_of_nothing_in_particular_are_found_or_left() {
    let vectors = random_vectors(300, 12, 2);
    let graph = knn::exact(&vectors, Metric::Euclidean, 5, NEVER).unwrap();
    assert!(density::group(&vectors, &graph, Metric::Euclidean, 5, 5, ALWAYS).is_none());
    // Rows that are no numbers are far from all, and upset nothing.
    let mut rows = vec![f32::NAN; 8];
    rows.extend((0..40).map(|at| at as f32 * 0.01 + if at < 20 { 0.0 } else { 4.0 }));
    let odd = super::vectors(2, &rows);
    let found = group(&odd, Metric::Euclidean, 3, 5);
    assert_eq!(found[..4], [None; 4]);
    assert_eq!(found[4..14], [found[4]; 10]);
    assert_eq!(found[14..], [found[14]; 10]);
    assert!(found[4].is_some() && found[14].is_some() && found[4] != found[14], "{found:?}");
}
