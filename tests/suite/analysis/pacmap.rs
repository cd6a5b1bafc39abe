//! Maps by PaCMAP, against the reference's of the same digits.

use serde::Deserialize;
use tiramisu::analysis::{KnnGraph, Pacmap, knn, pacmap, pca};
use tiramisu::domain::{Metric, Vectors};

use super::projections::{Judged, Start, assert_as_good, digits};
use super::{ALWAYS, NEVER, vectors};

#[derive(Deserialize)]
struct Golden {
    pacmap: Judged,
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/more.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn graph_of(vectors: &Vectors, metric: Metric) -> KnnGraph {
    knn::exact(vectors, metric, pacmap::candidates(vectors.ids.len()), NEVER).unwrap()
}

fn lay_out(vectors: &Vectors, metric: Metric, seed: u64) -> Vec<[f32; 2]> {
    let plane = pca::project(vectors, NEVER).unwrap().points;
    let mut layout = Pacmap::new(vectors, metric, &graph_of(vectors, metric), &plane, seed, NEVER).unwrap();
    while layout.step(50, NEVER) {}
    assert_eq!(layout.share_done(), 1.0);
    layout.points().to_vec()
}

#[test]
fn pacmap_keeps_what_the_reference_keeps() {
    let start = Start::new();
    let points = lay_out(&start.vectors, Metric::Euclidean, 0);
    assert_as_good("PaCMAP", start.judge(&points), golden().pacmap);
}

#[test]
fn a_row_gets_as_many_pairs_as_the_reference_gives_it() {
    // As pacmap 0.9.1's `decide_num_pairs` says.
    for (rows, near, mid_near, further) in
        [(7, 2, 1, 4), (30, 8, 4, 17), (36, 10, 5, 20), (10_000, 10, 5, 20), (30_000, 17, 8, 34), (100_000, 25, 12, 50)]
    {
        let counts = pacmap::Counts::of(rows);
        assert_eq!((counts.near, counts.mid_near, counts.further), (near, mid_near, further), "of {rows} rows");
    }
}

#[test]
fn the_same_seed_is_the_same_layout_on_any_number_of_threads() {
    let (few, _) = digits(300);
    let on = |threads: usize, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| lay_out(&few, Metric::Cosine, seed))
    };
    let once = on(1, 1);
    assert_eq!(once, on(3, 1));
    assert_ne!(once, on(3, 2));
}

#[test]
fn a_layout_that_is_stopped_stays_where_it_is() {
    let (few, _) = digits(200);
    let plane = pca::project(&few, NEVER).unwrap().points;
    let graph = graph_of(&few, Metric::Cosine);
    assert!(Pacmap::new(&few, Metric::Cosine, &graph, &plane, 0, ALWAYS).is_none());
    let mut layout = Pacmap::new(&few, Metric::Cosine, &graph, &plane, 0, NEVER).unwrap();
    assert!(layout.step(3, NEVER));
    let before = layout.points().to_vec();
    assert!(layout.step(3, ALWAYS));
    assert_eq!(layout.points(), before);
    assert_eq!(layout.share_done(), 3.0 / 450.0);
}

#[test]
fn few_and_strange_rows_have_a_place() {
    for rows in 0..12usize {
        for values in [vec![1.0f32; rows * 3], (0..rows * 3).map(|v| v as f32).collect()] {
            for metric in [Metric::Euclidean, Metric::Cosine, Metric::Dot] {
                let points = lay_out(&vectors(3, &values), metric, 0);
                assert_eq!(points.len(), rows);
                assert!(points.iter().flatten().all(|value| value.is_finite()), "{rows} {metric:?} {points:?}");
            }
        }
    }
    let mut values: Vec<f32> = (0..240).map(|v| (v * 37 % 101) as f32).collect();
    values[7] = f32::NAN;
    values[90] = f32::INFINITY;
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let points = lay_out(&vectors(4, &values), metric, 0);
        assert!(points.iter().flatten().all(|value| value.is_finite()), "{metric:?} {points:?}");
    }
}
