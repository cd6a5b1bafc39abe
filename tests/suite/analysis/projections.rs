//! Maps, against scikit-learn's and umap-learn's on the same digits.

use serde::Deserialize;
use tiramisu::analysis::{KnnGraph, Umap, faithfulness, knn, pca, placing, tsne, umap};
use tiramisu::domain::{Metric, Vectors};

use super::{ALWAYS, NEVER, random_vectors, vectors};

#[derive(Deserialize)]
struct Golden {
    curves: Vec<[f32; 4]>,
    few: usize,
    sigmas: Vec<f32>,
    rhos: Vec<f32>,
    fuzzy: Vec<(u32, u32, f32)>,
    pca: Judged,
    umap: Judged,
    tsne: Judged,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Judged {
    pub trustworthiness: f64,
    pub kept: f64,
    pub accuracy: f64,
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/projections.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The first `count` digits and their classes.
pub(super) fn digits(count: usize) -> (Vectors, Vec<Option<u32>>) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/digits.bin");
    let bytes = std::fs::read(path).unwrap();
    let rows = bytes.chunks_exact(65).take(count);
    let values: Vec<f32> = rows.clone().flat_map(|row| row[..64].iter().map(|v| f32::from(*v))).collect();
    (vectors(64, &values), rows.map(|row| Some(u32::from(row[64]))).collect())
}

/// Digits, the start of every map, and their neighbours.
pub(super) struct Start {
    pub vectors: Vectors,
    pub labels: Vec<Option<u32>>,
    pub plane: Vec<[f32; 2]>,
}

impl Start {
    pub fn new() -> Self {
        let (vectors, labels) = digits(1797);
        let plane = pca::project(&vectors, NEVER).unwrap().points;
        Self { vectors, labels, plane }
    }

    pub fn neighbours(&self, k: usize) -> KnnGraph {
        knn::exact(&self.vectors, Metric::Euclidean, k, NEVER).unwrap()
    }

    pub fn judge(&self, points: &[[f32; 2]]) -> Judged {
        let graph = self.neighbours(15);
        let found = faithfulness::measure(&self.vectors, Metric::Euclidean, &graph, points, 15, NEVER).unwrap();
        Judged {
            trustworthiness: f64::from(found.trustworthiness),
            kept: f64::from(found.kept),
            accuracy: faithfulness::label_accuracy(points, &self.labels, 10),
        }
    }
}

/// No worse than the reference by more than a hundredth.
pub(super) fn assert_as_good(name: &str, found: Judged, reference: Judged) {
    println!("{name}: {found:?}, the reference {reference:?}");
    assert!(found.trustworthiness > reference.trustworthiness - 0.01, "{name}: {found:?} {reference:?}");
    assert!(found.kept > reference.kept - 0.01, "{name}: {found:?} {reference:?}");
    assert!(found.accuracy > reference.accuracy - 0.01, "{name}: {found:?} {reference:?}");
}

#[test]
fn a_map_is_judged_as_scikit_learn_judges_it() {
    let start = Start::new();
    let (found, reference) = (start.judge(&start.plane), golden().pca);
    assert!((found.trustworthiness - reference.trustworthiness).abs() < 1e-3, "{found:?} {reference:?}");
    assert!((found.kept - reference.kept).abs() < 2e-3, "{found:?} {reference:?}");
    assert!((found.accuracy - reference.accuracy).abs() < 2e-2, "{found:?} {reference:?}");
}

/// The share of neighbours that are kept, by looking at all pairs of points.
fn kept_by_all_pairs(graph: &KnnGraph, points: &[[f32; 2]]) -> f32 {
    let kept = |row: usize| {
        let far = |other: usize| (0..2).map(|axis| (points[other][axis] - points[row][axis]).powi(2)).sum::<f32>();
        let mut others: Vec<usize> = (0..points.len()).filter(|other| *other != row).collect();
        others.sort_by(|a, b| far(*a).total_cmp(&far(*b)).then(a.cmp(b)));
        let near: Vec<u32> = others[..graph.k()].iter().map(|other| *other as u32).collect();
        graph.neighbours(row).iter().filter(|known| near.contains(known)).count()
    };
    (0..points.len()).map(kept).sum::<usize>() as f32 / (points.len() * graph.k()) as f32
}

#[test]
fn neighbours_on_a_map_are_found_wherever_its_points_lie() {
    let vectors = random_vectors(400, 8, 1);
    let graph = knn::exact(&vectors, Metric::Euclidean, 7, NEVER).unwrap();
    let mut random = fastrand::Rng::with_seed(2);
    let cloud: Vec<[f32; 2]> = (0..400).map(|_| [random.f32(), random.f32() * 3.0]).collect();
    let line: Vec<[f32; 2]> = cloud.iter().map(|point| [2.5, point[1]]).collect();
    let lumps: Vec<[f32; 2]> = cloud.iter().map(|point| point.map(|c| (c * 40.0).floor() + 0.001 * c)).collect();
    for points in [&cloud, &line, &lumps] {
        let found = faithfulness::measure(&vectors, Metric::Euclidean, &graph, points, 7, NEVER).unwrap();
        assert!((found.kept - kept_by_all_pairs(&graph, points)).abs() < 1e-6);
    }
    // Maps that say nothing are judged all the same.
    let mut torn = cloud.clone();
    torn[3] = [f32::NAN, 0.0];
    torn[9] = [0.0, f32::INFINITY];
    for points in [vec![[1.0, 1.0]; 400], torn] {
        let found = faithfulness::measure(&vectors, Metric::Euclidean, &graph, &points, 7, NEVER).unwrap();
        assert!((0.0..=1.0).contains(&found.trustworthiness) && (0.0..0.2).contains(&found.kept), "{found:?}");
    }
}

#[test]
fn umap_keeps_what_umap_learn_keeps() {
    let start = Start::new();
    let mut layout = Umap::new(&start.neighbours(14), &start.plane, umap::Options::default());
    while layout.step(50, NEVER) {}
    assert_eq!(layout.share_done(), 1.0);
    assert_as_good("UMAP", start.judge(layout.points()), golden().umap);
}

#[test]
fn t_sne_keeps_what_scikit_learn_keeps() {
    let start = Start::new();
    let mut shares = Vec::new();
    let watch = |share: f32, points: &[[f32; 2]]| {
        assert_eq!(points.len(), 1797);
        shares.push(share);
    };
    let points = tsne::lay_out(&start.neighbours(90), &start.plane, watch, NEVER).unwrap();
    assert!(shares.is_sorted() && shares.last() == Some(&1.0), "{:?}", shares.last());
    assert_as_good("t-SNE", start.judge(&points), golden().tsne);
}

#[test]
fn the_parts_of_umap_are_those_of_umap_learn() {
    let golden = golden();
    for [min_dist, spread, a, b] in golden.curves {
        let curve = umap::Curve::fit(min_dist, spread);
        assert!((curve.a - a).abs() < 1e-3 * a && (curve.b - b).abs() < 1e-3, "{curve:?} instead of {a} {b}");
    }
    let (few, _) = digits(golden.few);
    let graph = knn::exact(&few, Metric::Euclidean, 14, NEVER).unwrap();
    for (row, width) in umap::bandwidths(&graph).into_iter().enumerate() {
        assert!((width.rho - golden.rhos[row]).abs() < 1e-4 * golden.rhos[row], "{row}: {width:?}");
        assert!((width.sigma - golden.sigmas[row]).abs() < 1e-3 * golden.sigmas[row], "{row}: {width:?}");
    }
    let edges = umap::fuzzy_edges(&graph);
    let known: std::collections::BTreeMap<(u32, u32), f32> =
        golden.fuzzy.iter().map(|(a, b, weight)| ((*a, *b), *weight)).collect();
    // Of neighbours at the same distance either may be the last.
    let found: Vec<_> = edges.iter().filter_map(|edge| Some((edge, known.get(&(edge.from, edge.to))?))).collect();
    assert!(found.len() * 100 > known.len().max(edges.len()) * 99, "{} of {}", found.len(), known.len());
    for (edge, expected) in found {
        assert!((edge.weight - expected).abs() < 1e-3, "{edge:?} instead of {expected}");
    }
}

#[test]
fn the_same_seed_is_the_same_map_and_another_is_not() {
    let (vectors, _) = digits(200);
    let plane = pca::project(&vectors, NEVER).unwrap().points;
    let graph = knn::exact(&vectors, Metric::Cosine, 14, NEVER).unwrap();
    let make = |seed| {
        let mut layout =
            Umap::new(&graph, &plane, umap::Options { seed, epochs: Some(40), ..umap::Options::default() });
        while layout.step(7, NEVER) {}
        layout.points().to_vec()
    };
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn a_map_can_be_stopped() {
    let (vectors, _) = digits(300);
    let plane = pca::project(&vectors, NEVER).unwrap().points;
    let graph = knn::exact(&vectors, Metric::Cosine, 30, NEVER).unwrap();
    let mut layout = Umap::new(&graph, &plane, umap::Options::default());
    assert!(layout.step(100, ALWAYS));
    assert_eq!(layout.share_done(), 0.0);
    let epochs = std::sync::atomic::AtomicUsize::new(0);
    let enough = || epochs.load(std::sync::atomic::Ordering::Relaxed) >= 5;
    let watch = |_: f32, _: &[[f32; 2]]| {
        epochs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    assert_eq!(tsne::lay_out(&graph, &plane, watch, &enough), None);
    assert_eq!(epochs.into_inner(), 5);
    assert_eq!(faithfulness::measure(&vectors, Metric::Cosine, &graph, &plane, 5, ALWAYS), None);
}

#[test]
fn new_rows_find_their_place_among_those_that_stay() {
    let (all, labels) = digits(1000);
    let (old, _) = digits(900);
    let plane = pca::project(&old, NEVER).unwrap().points;
    let graph = knn::exact(&old, Metric::Euclidean, 14, NEVER).unwrap();
    let mut layout = Umap::new(&graph, &plane, umap::Options::default());
    while layout.step(100, NEVER) {}
    // The old neighbours of each new row, by brute force.
    let (mut neighbours, mut distances) = (Vec::new(), Vec::new());
    for row in 900..1000 {
        let probe: Vec<f32> = all.matrix.row(row).iter().collect();
        for (id, distance) in super::brute_force(&old, &probe, Metric::Euclidean).into_iter().take(14) {
            neighbours.push(id.0);
            distances.push(distance as f32);
        }
    }
    let placed = placing::at_medians(&KnnGraph::new(14, neighbours, distances), layout.points());
    let right = placed.iter().enumerate().filter(|(row, place)| {
        let far = |point: &[f32; 2]| (point[0] - place[0]).powi(2) + (point[1] - place[1]).powi(2);
        let points = layout.points();
        let nearest = (0..900).min_by(|a, b| far(&points[*a]).total_cmp(&far(&points[*b]))).unwrap();
        labels[nearest] == labels[900 + row]
    });
    let right = right.count();
    assert!(right >= 90, "{right} of 100 lie beside their class");
}

#[test]
fn maps_bear_little_and_strange_input() {
    for rows in 0..5usize {
        for values in [vec![1.0f32; rows * 3], (0..rows * 3).map(|v| v as f32).collect()] {
            let vectors = vectors(3, &values);
            let plane = pca::project(&vectors, NEVER).unwrap().points;
            let graph = knn::exact(&vectors, Metric::Euclidean, 14, NEVER).unwrap();
            let mut layout = Umap::new(&graph, &plane, umap::Options { epochs: Some(20), ..umap::Options::default() });
            while layout.step(5, NEVER) {}
            assert!(layout.points().iter().flatten().all(|value| value.is_finite()));
            let points = tsne::lay_out(&graph, &plane, |_, _| {}, NEVER).unwrap();
            assert_eq!(points.len(), rows);
            let judged = faithfulness::measure(&vectors, Metric::Euclidean, &graph, &plane, 15, NEVER).unwrap();
            assert!(judged.trustworthiness.is_finite() && judged.kept_of_each.len() == rows);
        }
    }
    let alike = vectors(2, &[3.0; 80]);
    let graph = knn::exact(&alike, Metric::Euclidean, 14, NEVER).unwrap();
    let plane = pca::project(&alike, NEVER).unwrap().points;
    let mut layout = Umap::new(&graph, &plane, umap::Options { epochs: Some(20), ..umap::Options::default() });
    while layout.step(5, NEVER) {}
    assert!(layout.points().iter().flatten().all(|value| value.is_finite()));
    let points = tsne::lay_out(&graph, &plane, |_, _| {}, NEVER).unwrap();
    assert!(points.iter().flatten().all(|value| value.is_finite()));
}
