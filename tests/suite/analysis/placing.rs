//! New rows on finished maps, against what references make of the same digits.

use half::f16;
use serde::Deserialize;
use tiramisu::analysis::{KnnGraph, Pacmap, Umap, faithfulness, knn, pacmap, pca, placing, tsne, umap};
use tiramisu::domain::{ImageId, Matrix, Metric, Vectors};

use super::projections::digits;
use super::{ALWAYS, NEVER, vectors};

#[derive(Deserialize)]
struct Golden {
    placed: Placed,
}

/// The share of every tenth digit that lies among its class.
#[derive(Deserialize)]
struct Placed {
    umap: f64,
    tsne: f64,
    pacmap: f64,
}

fn golden() -> Placed {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/more.json");
    serde_json::from_slice::<Golden>(&std::fs::read(path).unwrap()).unwrap().placed
}

/// Nine of ten digits, and every tenth that a map knows nothing of.
struct Split {
    old: Vectors,
    new: Vectors,
    old_labels: Vec<Option<u32>>,
    new_labels: Vec<Option<u32>>,
}

impl Split {
    fn new() -> Self {
        let (all, labels) = digits(1797);
        let is_new = |row: &usize| row % 10 == 9;
        let of = |rows: Vec<usize>| {
            let values: Vec<f16> =
                rows.iter().flat_map(|row| all.matrix.row(*row).as_half().expect("halves").to_vec()).collect();
            let labels = rows.iter().map(|row| labels[*row]).collect();
            let ids = rows.iter().map(|row| ImageId(*row as u32)).collect();
            (Vectors { ids, matrix: Matrix::new(64, values) }, labels)
        };
        let (old, old_labels) = of((0..1797).filter(|row| !is_new(row)).collect());
        let (new, new_labels) = of((0..1797).filter(is_new).collect());
        Self { old, new, old_labels, new_labels }
    }

    fn plane(&self) -> Vec<[f32; 2]> {
        pca::project(&self.old, NEVER).unwrap().points
    }

    fn graph(&self, k: usize) -> KnnGraph {
        knn::exact(&self.old, Metric::Euclidean, k, NEVER).unwrap()
    }

    fn between(&self) -> KnnGraph {
        knn::between(&self.new, &self.old, Metric::Euclidean, 15, NEVER).unwrap()
    }

    /// The share of new rows whose ten nearest old points mostly are of their class.
    fn share_right(&self, points: &[[f32; 2]], placed: &[[f32; 2]]) -> f64 {
        let alone = |row: usize| {
            let mut points = points.to_vec();
            points.push(placed[row]);
            let mut nearest: Vec<usize> = (0..self.old.ids.len()).collect();
            let far = |at: usize| (points[at][0] - placed[row][0]).hypot(points[at][1] - placed[row][1]);
            nearest.sort_by(|a, b| far(*a).total_cmp(&far(*b)));
            let votes: Vec<_> = nearest[..10].iter().map(|at| self.old_labels[*at]).collect();
            let count = |label| votes.iter().filter(|vote| **vote == label).count();
            let most = votes.iter().map(|vote| count(*vote)).max();
            votes.iter().copied().find(|vote| Some(count(*vote)) == most) == Some(self.new_labels[row])
        };
        (0..placed.len()).filter(|row| alone(*row)).count() as f64 / placed.len() as f64
    }
}

/// No worse than the reference by more than three of 179 rows.
fn assert_as_right(name: &str, found: f64, reference: f64, whole: f64) {
    println!(
        "{name}: {found:.4} of new rows lie among their class, the reference's {reference:.4}, of the map {whole:.4}"
    );
    assert!(found > reference - 3.5 / 179.0, "{name}: {found} instead of {reference}");
}

#[test]
fn the_nearest_among_others_are_those_of_brute_force() {
    let split = Split::new();
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let graph = knn::between(&split.new, &split.old, metric, 5, NEVER).unwrap();
        assert_eq!((graph.rows(), graph.k()), (179, 5));
        for row in (0..179).step_by(20) {
            let probe: Vec<f32> = split.new.matrix.row(row).iter().collect();
            let known = super::brute_force(&split.old, &probe, metric);
            for (place, distance) in graph.distances(row).iter().enumerate() {
                let expected = if metric == Metric::Cosine { 1.0 - known[place].1 } else { known[place].1 };
                assert!((f64::from(*distance) - expected).abs() < 1e-3, "{metric:?} {row} {distance} {expected}");
            }
        }
    }
    assert_eq!(knn::between(&split.new, &split.old, Metric::Cosine, 5, ALWAYS), None);
    assert_eq!(
        knn::between(&split.new, &vectors(64, &[]), Metric::Cosine, 5, NEVER).map(|graph| graph.rows()),
        Some(0)
    );
    let two = vectors(64, &[1.0; 128]);
    assert_eq!(knn::between(&two, &two, Metric::Cosine, 5, NEVER).map(|graph| graph.k()), Some(2), "itself is another");
}

#[test]
fn umap_places_new_digits_as_well_as_umap_learn() {
    let split = Split::new();
    let mut layout = Umap::new(&split.graph(14), &split.plane(), umap::Options::default());
    while layout.step(50, NEVER) {}
    let points = layout.points();
    let keys: Vec<u64> = split.new.ids.iter().map(|id| u64::from(id.0)).collect();
    let graph = split.between();
    let place =
        |graph: &KnnGraph, keys: &[u64]| umap::transform(graph, points, keys, umap::Options::default(), NEVER).unwrap();
    let placed = place(&graph, &keys);
    let whole = faithfulness::label_accuracy(points, &split.old_labels, 10);
    assert_as_right("UMAP", split.share_right(points, &placed), golden().umap, whole);
    // Where one gets does not depend on which others are placed with it.
    let of_seventh = KnnGraph::new(15, graph.neighbours(7).to_vec(), graph.distances(7).to_vec());
    assert_eq!(place(&of_seventh, &keys[7..8]), placed[7..8]);
    let mut strange = graph.clone();
    let far = (0..strange.rows()).flat_map(|row| match row {
        3 => vec![f32::INFINITY; 15],
        row => strange.distances(row).to_vec(),
    });
    strange = KnnGraph::new(15, (0..179).flat_map(|row| graph.neighbours(row).to_vec()).collect(), far.collect());
    let beside = place(&strange, &keys);
    assert_eq!(beside[4..], placed[4..], "one that is infinitely far from all changes nothing for the others");
    assert!(beside[3].iter().all(|at| at.is_finite()));
    assert_eq!(umap::transform(&graph, points, &keys, umap::Options::default(), ALWAYS), None);
}

#[test]
fn pacmap_and_t_sne_place_new_digits_as_well_as_their_references() {
    let split = Split::new();
    let wide = split.graph(pacmap::candidates(split.old.ids.len()));
    let mut layout = Pacmap::new(&split.old, Metric::Euclidean, &wide, &split.plane(), 0, NEVER).unwrap();
    while layout.step(50, NEVER) {}
    let tsne = tsne::lay_out(&split.graph(90), &split.plane(), |_, _| {}, NEVER).unwrap();
    let golden = golden();
    for (name, points, reference) in [("PaCMAP", layout.points(), golden.pacmap), ("t-SNE", &tsne[..], golden.tsne)] {
        let placed = placing::at_medians(&split.between(), points);
        let whole = faithfulness::label_accuracy(points, &split.old_labels, 10);
        assert_as_right(name, split.share_right(points, &placed), reference, whole);
    }
}

#[test]
fn on_principal_components_old_rows_would_be_placed_where_they_are() {
    let split = Split::new();
    let plane = split.plane();
    let placed = pca::place(&split.old, &split.old, NEVER).unwrap();
    assert_eq!(placed, plane);
    // A new one lies at the mean of two it is the mean of.
    let (a, b) = (split.old.matrix.row(4), split.old.matrix.row(9));
    let middle: Vec<f32> = a.iter().zip(b.iter()).map(|(a, b)| (a + b) / 2.0).collect();
    let [found] = pca::place(&split.old, &vectors(64, &middle), NEVER).unwrap()[..] else { panic!("one point") };
    for axis in 0..2 {
        assert!((found[axis] - (plane[4][axis] + plane[9][axis]) / 2.0).abs() < 1e-3, "{found:?}");
    }
    assert_eq!(pca::place(&split.old, &split.new, ALWAYS), None);
}

/// What scikit-learn's formula makes of some rows.
#[derive(Deserialize)]
struct Believed {
    trustworthiness: f64,
    kept: f64,
}

#[derive(Deserialize)]
struct Parts {
    all: Believed,
    placed: Believed,
}

#[derive(Deserialize)]
struct Judged {
    points: Vec<f32>,
    placed: Vec<usize>,
    cosine: Parts,
    euclidean: Parts,
}

#[test]
fn the_placed_and_all_are_believed_as_far_as_scikit_learn_believes_them() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/placed.json");
    let golden: Judged = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let points: Vec<[f32; 2]> = golden.points.chunks_exact(2).map(|point| [point[0], point[1]]).collect();
    let (vectors, _) = digits(points.len());
    let everyone: Vec<usize> = (0..points.len()).collect();
    for (metric, expected) in [(Metric::Cosine, &golden.cosine), (Metric::Euclidean, &golden.euclidean)] {
        for (of, expected) in [(&everyone, &expected.all), (&golden.placed, &expected.placed)] {
            let found = faithfulness::measure_some(&vectors, metric, &points, of, 15, NEVER).unwrap();
            assert_eq!(found.images, of.len());
            let off =
                [f64::from(found.trustworthiness) - expected.trustworthiness, f64::from(found.kept) - expected.kept];
            assert!(off.iter().all(|off| off.abs() < 1e-3), "{metric:?}, {} rows: {found:?}, {off:?}", of.len());
        }
        let graph = knn::exact(&vectors, metric, 15, NEVER).unwrap();
        let whole = faithfulness::measure(&vectors, metric, &graph, &points, 15, NEVER).unwrap();
        let same = faithfulness::measure_some(&vectors, metric, &points, &everyone, 15, NEVER).unwrap();
        // Which of two rows is nearer that are equally far but for rounding is chance.
        let off = [whole.trustworthiness - same.trustworthiness, whole.kept - same.kept];
        assert!(off[0].abs() < 1e-5 && off[1].abs() < 2e-3, "{off:?}");
        let by_sample = faithfulness::measure_by_sample(&vectors, metric, &points, 15, NEVER).unwrap();
        assert_eq!((by_sample.trustworthiness, by_sample.kept), (same.trustworthiness, same.kept));
        assert_eq!((by_sample.sampled, by_sample.kept_of_each.len()), (Some(points.len()), 0));
        assert!(by_sample.in_words().contains("alone"), "{}", by_sample.in_words());
    }
    assert!(faithfulness::measure_some(&vectors, Metric::Cosine, &points, &everyone, 15, ALWAYS).is_none());
    let none = faithfulness::measure_some(&vectors, Metric::Cosine, &points, &[], 15, NEVER).unwrap();
    assert_eq!((none.images, none.trustworthiness), (0, 1.0));
}
