//! Neighbours of very many rows, found without comparing all pairs.

use std::sync::Mutex;

use half::f16;
use tiramisu::analysis::knn::{self, Approximate, KnnGraph};
use tiramisu::domain::{ImageId, Matrix, Metric, Vectors};

use super::{ALWAYS, NEVER, random_vectors, vectors};

/// Rows around `groups` places that lie anywhere, every group in a few directions of its own.
fn grouped(rows: usize, channels: usize, groups: usize) -> Vectors {
    let mut random = fastrand::Rng::with_seed(11);
    let mut normal = move || (0..6).map(|_| random.f32() - 0.5).sum::<f32>();
    let places: Vec<f32> = (0..groups * channels).map(|_| 4.0 * normal()).collect();
    let values = (0..rows)
        .flat_map(|row| {
            let place = &places[row % groups * channels..][..channels];
            place.iter().map(|centre| f16::from_f32(centre + normal())).collect::<Vec<_>>()
        })
        .collect();
    Vectors { ids: (0..rows as u32).map(ImageId).collect(), matrix: Matrix::new(channels, values) }
}

fn approximate(vectors: &Vectors, metric: Metric, k: usize, least: f64) -> Approximate {
    knn::approximate(vectors, metric, k, least, NEVER).unwrap()
}

/// All that was told while something was done.
fn told<T>(act: impl FnOnce(&(dyn Fn(f32) + Sync)) -> T) -> (T, Vec<f32>) {
    let told = Mutex::new(Vec::new());
    let done = act(&|share| told.lock().unwrap().push(share));
    (done, told.into_inner().unwrap())
}

#[test]
fn how_far_the_search_for_neighbours_is_rises_until_all_is_done() {
    let vectors = grouped(6_000, 24, 60);
    let rises = |told: &[f32]| told.is_sorted() && told[0] < 0.2 && told.last() == Some(&1.0);
    let (exact, of_pairs) = told(|watch| knn::exact_watched(&vectors, Metric::Cosine, 10, watch, NEVER).unwrap());
    assert!(rises(&of_pairs) && of_pairs.len() > 40, "{of_pairs:?}");
    assert_eq!(exact, knn::exact(&vectors, Metric::Cosine, 10, NEVER).unwrap(), "nobody need watch");
    // Cells are enough, nobody is, and there are none.
    for (metric, least) in [(Metric::Cosine, 0.95), (Metric::Euclidean, 1.0), (Metric::Dot, 0.9)] {
        let (found, of_cells) =
            told(|watch| knn::approximate_watched(&vectors, metric, 10, least, watch, NEVER).unwrap());
        assert!(rises(&of_cells) && of_cells.len() > 12, "{metric:?}: {of_cells:?}");
        assert_eq!(found, approximate(&vectors, metric, 10, least), "nobody need watch");
    }
    let (stopped, of_none) = told(|watch| knn::exact_watched(&vectors, Metric::Cosine, 10, watch, ALWAYS));
    assert!(stopped.is_none() && of_none.is_empty(), "{of_none:?}");
}

/// The share of `exact`'s neighbours that `found` holds, by how far they are, over all rows.
fn share_found(found: &KnnGraph, exact: &KnnGraph) -> f64 {
    let of_row = |row: usize| {
        let kth = exact.distances(row)[exact.k() - 1];
        found.distances(row).iter().filter(|far| **far <= kth).count()
    };
    (0..exact.rows()).map(of_row).sum::<usize>() as f64 / (exact.rows() * exact.k()) as f64
}

#[test]
fn most_neighbours_are_found_without_comparing_all_pairs_and_their_distances_are_exact() {
    let vectors = grouped(6_000, 24, 60);
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let exact = knn::exact(&vectors, metric, 10, NEVER).unwrap();
        let found = approximate(&vectors, metric, 10, 0.95);
        let share = share_found(&found.graph, &exact);
        assert!(found.recall >= 0.95 && share >= 0.94, "{metric:?}: {} measured, {share} in truth", found.recall);
        assert!((found.recall - share).abs() < 0.03, "{metric:?}: {} measured, {share} in truth", found.recall);
        for row in 0..6_000 {
            let neighbours = found.graph.neighbours(row);
            let mut different = neighbours.to_vec();
            different.sort_unstable();
            different.dedup();
            assert_eq!(different.len(), 10, "no neighbour twice");
            assert!(!neighbours.contains(&(row as u32)), "a row is no neighbour of itself");
            assert!(found.graph.distances(row).is_sorted());
            for (other, far) in neighbours.iter().zip(found.graph.distances(row)) {
                if let Some(rank) = exact.neighbours(row).iter().position(|known| known == other) {
                    assert_eq!(*far, exact.distances(row)[rank], "the distance of a true neighbour is the true one");
                }
            }
        }
        assert_eq!(approximate(&vectors, metric, 10, 0.95), found, "the same every time");
    }
}

#[test]
fn where_rows_lie_nowhere_in_particular_all_are_compared_and_nothing_is_missed() {
    let noise = random_vectors(1_200, 96, 3);
    let exact = knn::exact(&noise, Metric::Cosine, 8, NEVER).unwrap();
    let found = approximate(&noise, Metric::Cosine, 8, 1.0);
    assert_eq!((found.recall, &found.graph), (1.0, &exact), "all were wanted");
    let products = approximate(&noise, Metric::Dot, 8, 0.5);
    assert_eq!(products.graph, knn::exact(&noise, Metric::Dot, 8, NEVER).unwrap(), "there are no cells for products");
}

#[test]
fn odd_rows_have_as_many_neighbours_as_others() {
    let mut values = grouped(2_000, 8, 20).matrix.values().as_half().expect("halves").to_vec();
    // Half of all are the same, one is nothing, and one is no number.
    (0..1_000).for_each(|row| values.copy_within(0..8, row * 8));
    values[1_500 * 8..1_501 * 8].fill(f16::ZERO);
    values[1_700 * 8] = f16::NAN;
    let odd = Vectors { ids: (0..2_000).map(ImageId).collect(), matrix: Matrix::new(8, values) };
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let found = approximate(&odd, metric, 12, 0.9);
        let exact = knn::exact(&odd, metric, 12, NEVER).unwrap();
        assert_eq!((found.graph.rows(), found.graph.k()), (2_000, 12));
        assert!(share_found(&found.graph, &exact) > 0.9);
        assert!(found.graph.distances(1_700).iter().all(|far| far.is_infinite()), "no number is far from all");
        assert!(found.graph.distances(3).iter().all(|far| *far < 1e-3), "copies are near each other");
    }
    let none = approximate(&vectors(4, &[]), Metric::Cosine, 5, 0.9);
    assert_eq!((none.graph.rows(), none.recall), (0, 1.0));
    assert_eq!(approximate(&vectors(2, &[1.0, 0.0]), Metric::Cosine, 5, 0.9).graph.rows(), 0, "one has no other");
    assert_eq!(approximate(&vectors(2, &[1.0, 0.0, 0.0, 1.0]), Metric::Cosine, 5, 0.9).graph.k(), 1);
    assert_eq!(knn::approximate(&odd, Metric::Cosine, 5, 0.9, ALWAYS), None);
}
