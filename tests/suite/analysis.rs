//! Numbers from numbers, against independent programs and against brute force in f64.

mod centrality;
mod class_vectors;
mod clusters;
mod dense_groups;
mod duplicates;
mod embedding;
mod exemplars;
mod groups;
mod huge;
mod index_maintenance;
mod index_plans;
mod many_neighbours;
mod odd_pictures;
mod pacmap;
mod placing;
mod probes;
mod projections;
mod region_search;
mod representative;
mod strategy;
mod suspicious_labels;
mod why_similar;

use half::f16;
use serde::Deserialize;
use tiramisu::analysis::{NeighbourIndex, leave_one_out, neighbours, pca};
use tiramisu::domain::{ImageId, Matrix, Metric, Neighbour, Vectors};

const NEVER: &(dyn Fn() -> bool + Sync) = &|| false;
const ALWAYS: &(dyn Fn() -> bool + Sync) = &|| true;

#[derive(Deserialize)]
struct Golden {
    tall: Case,
    wide: Case,
}

#[derive(Deserialize)]
struct Case {
    channels: usize,
    rows: Vec<f32>,
    points: Vec<[f32; 2]>,
    explained: [f32; 2],
    cosine: Vec<(u32, f64)>,
    euclidean: Vec<(u32, f64)>,
}

impl Case {
    fn vectors(&self) -> Vectors {
        vectors(self.channels, &self.rows)
    }
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/analysis.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn vectors(channels: usize, rows: &[f32]) -> Vectors {
    let values: Vec<f16> = rows.iter().map(|v| f16::from_f32(*v)).collect();
    let ids = (0..rows.len() / channels.max(1)).map(|id| ImageId(id as u32)).collect();
    Vectors { ids, matrix: Matrix::new(channels, values) }
}

fn random_vectors(images: usize, channels: usize, seed: u64) -> Vectors {
    let mut random = fastrand::Rng::with_seed(seed);
    let rows: Vec<f32> = (0..images * channels).map(|_| (random.f32() - 0.3).max(0.0) * 4.0).collect();
    vectors(channels, &rows)
}

fn f64_row(vectors: &Vectors, row: usize) -> Vec<f64> {
    vectors.matrix.row(row).iter().map(f64::from).collect()
}

/// Everything scored in f64 and sorted.
fn brute_force(vectors: &Vectors, probe: &[f32], metric: Metric) -> Vec<(ImageId, f64)> {
    let probe: Vec<f64> = probe.iter().map(|v| f64::from(*v)).collect();
    let mut all: Vec<_> = (0..vectors.ids.len())
        .map(|row| {
            let row_values = f64_row(vectors, row);
            let sum = |f: &dyn Fn(f64, f64) -> f64| row_values.iter().zip(&probe).map(|(a, b)| f(*a, *b)).sum::<f64>();
            let score = match metric {
                Metric::Euclidean => sum(&|a, b| (a - b).powi(2)).sqrt(),
                Metric::Dot => sum(&|a, b| a * b),
                Metric::Cosine => {
                    let lengths = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
                    if lengths == 0.0 { 0.0 } else { sum(&|a, b| a * b) / lengths }
                }
            };
            (vectors.ids[row], score)
        })
        .collect();
    all.sort_by(|a, b| {
        let order = a.1.total_cmp(&b.1);
        (if metric.larger_is_nearer() { order.reverse() } else { order }).then(a.0.cmp(&b.0))
    });
    all
}

#[test]
fn neighbours_are_those_of_numpy() {
    let golden = golden();
    for case in [&golden.tall, &golden.wide] {
        let vectors = case.vectors();
        let probe = neighbours::probe_of(&vectors, ImageId(3)).unwrap();
        for (metric, expected) in [(Metric::Cosine, &case.cosine), (Metric::Euclidean, &case.euclidean)] {
            let found = neighbours::exact(&vectors, &probe, metric, 5, Some(ImageId(3)), NEVER);
            let ids: Vec<_> = found.iter().map(|n| n.image.0).collect();
            assert_eq!(ids, expected.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            for (got, (_, score)) in found.iter().zip(expected) {
                assert!((got.score - score).abs() <= 1e-5 * score.abs().max(1.0), "{got:?} instead of {score}");
            }
        }
    }
}

#[test]
fn neighbours_of_many_rows_agree_with_brute_force_in_f64() {
    // More rows than two blocks, a width that fills no vector register evenly.
    let vectors = random_vectors(3000, 37, 1);
    let index = NeighbourIndex::new(&vectors);
    for metric in Metric::ALL {
        for image in [0u32, 1023, 1024, 2999] {
            let probe = neighbours::probe_of(&vectors, ImageId(image)).unwrap();
            let expected = brute_force(&vectors, &probe, metric);
            let found = neighbours::exact(&vectors, &probe, metric, 50, None, NEVER);
            if metric != Metric::Dot {
                assert_eq!(found[0].image, ImageId(image), "an image is nearest to itself");
            }
            assert_eq!(found.len(), 50);
            for (got, (_, score)) in found.iter().zip(&expected) {
                let allowed = 1e-4 * score.abs().max(1.0);
                assert!((got.score - score).abs() < allowed, "{got:?} instead of {score}");
            }
            let from_index = index.exact(&vectors, &probe, metric, 50, None, NEVER);
            let ids = |list: &[Neighbour]| list.iter().map(|n| n.image).collect::<Vec<_>>();
            assert_eq!(ids(&found), ids(&from_index));
        }
    }
}

#[test]
fn ties_are_ordered_by_id_and_the_probe_can_be_left_out() {
    let rows: Vec<f32> = (0..5000).flat_map(|_| [1.0, 2.0]).collect();
    let vectors = vectors(2, &rows);
    for metric in Metric::ALL {
        let found = neighbours::exact(&vectors, &[1.0, 2.0], metric, 4, Some(ImageId(1)), NEVER);
        let ids: Vec<_> = found.iter().map(|n| n.image.0).collect();
        assert_eq!(ids, [0, 2, 3, 4]);
    }
}

#[test]
fn zeros_are_like_nothing_and_broken_rows_are_left_out() {
    let vectors = vectors(2, &[0.0, 0.0, 1.0, 0.0, -1.0, 0.0, f32::INFINITY, 0.0, f32::NAN, 1.0]);
    let found = neighbours::exact(&vectors, &[1.0, 0.0], Metric::Cosine, 9, None, NEVER);
    let expected = [(1, 1.0), (0, 0.0), (2, -1.0)];
    assert_eq!(found.iter().map(|n| (n.image.0, n.score)).collect::<Vec<_>>(), expected);
    let zero = neighbours::exact(&vectors, &[0.0, 0.0], Metric::Cosine, 2, None, NEVER);
    assert!(zero.iter().all(|n| n.score == 0.0), "{zero:?}");
}

#[test]
fn nothing_to_search_or_a_cancelled_search_gives_nothing() {
    let empty = Vectors::default();
    assert_eq!(neighbours::exact(&empty, &[], Metric::Cosine, 5, None, NEVER), []);
    let some = random_vectors(10, 4, 2);
    assert_eq!(neighbours::exact(&some, &[1.0; 4], Metric::Cosine, 0, None, NEVER), []);
    assert_eq!(neighbours::exact(&some, &[1.0; 4], Metric::Cosine, 5, None, ALWAYS), []);
    assert_eq!(neighbours::exact(&some, &[1.0; 4], Metric::Cosine, 99, None, NEVER).len(), 10);
    assert_eq!(neighbours::probe_of(&some, ImageId(10)), None);
}

#[test]
fn ids_with_gaps_are_reported_as_they_are() {
    let mut vectors = vectors(1, &[1.0, 5.0, 9.0]);
    vectors.ids = vec![ImageId(3), ImageId(10), ImageId(11)];
    let found = neighbours::exact(&vectors, &[6.0], Metric::Euclidean, 2, None, NEVER);
    assert_eq!(found.iter().map(|n| (n.image.0, n.score)).collect::<Vec<_>>(), [(10, 1.0), (11, 3.0)]);
}

fn assert_plane(got: &pca::Plane, case: &Case) {
    for axis in 0..2 {
        let off = (got.explained[axis] - case.explained[axis]).abs();
        assert!(off < 1e-4, "axis {axis} explains {} instead of {}", got.explained[axis], case.explained[axis]);
    }
    assert_eq!(got.points.len(), case.points.len());
    for (point, expected) in got.points.iter().zip(&case.points) {
        for axis in 0..2 {
            assert!((point[axis] - expected[axis]).abs() < 2e-3, "{point:?} instead of {expected:?}");
        }
    }
}

#[test]
fn principal_components_are_those_of_scikit_learn_by_every_way() {
    let golden = golden();
    for case in [&golden.tall, &golden.wide] {
        let vectors = case.vectors();
        assert_plane(&pca::project(&vectors, NEVER).unwrap(), case);
        // Between the two sides: the shorter one is decomposed. Below both: subspace iteration.
        let (images, channels) = (vectors.ids.len(), case.channels);
        let between = images.min(channels) + 1;
        assert_plane(&pca::project_with(&vectors, between, NEVER).unwrap(), case);
        assert_plane(&pca::project_with(&vectors, 2, NEVER).unwrap(), case);
    }
}

#[test]
fn iteration_and_decomposition_agree_on_a_larger_collection() {
    let mut random = fastrand::Rng::with_seed(3);
    let (images, channels) = (3000, 60);
    let directions: Vec<Vec<f32>> =
        (0..5).map(|d| (0..channels).map(|_| (random.f32() - 0.5) * 3.0 / (1 + d) as f32).collect()).collect();
    let rows: Vec<f32> = (0..images)
        .flat_map(|_| {
            let weights: Vec<f32> = (0..5).map(|_| random.f32() - 0.5).collect();
            let row: Vec<f32> = (0..channels)
                .map(|c| 5.0 + directions.iter().zip(&weights).map(|(d, w)| d[c] * w).sum::<f32>() + random.f32() * 0.1)
                .collect();
            row
        })
        .collect();
    let vectors = vectors(channels, &rows);
    let exact = pca::project(&vectors, NEVER).unwrap();
    let iterated = pca::project_with(&vectors, 2, NEVER).unwrap();
    assert!(exact.explained[0] > exact.explained[1] && exact.explained[1] > 0.05, "{:?}", exact.explained);
    for (a, b) in exact.points.iter().zip(&iterated.points) {
        assert!((a[0] - b[0]).abs() < 1e-2 && (a[1] - b[1]).abs() < 1e-2, "{a:?} and {b:?}");
    }
    let again = pca::project_with(&vectors, 2, NEVER).unwrap();
    assert_eq!(iterated, again, "the same picture every time");
}

#[test]
fn without_variance_every_point_lies_at_the_origin() {
    for (channels, rows) in [(3, vec![]), (3, vec![1.0, 2.0, 3.0]), (2, vec![0.5; 40]), (1, vec![7.0; 5])] {
        let vectors = vectors(channels, &rows);
        let plane = pca::project(&vectors, NEVER).unwrap();
        assert_eq!(plane.points, vec![[0.0, 0.0]; vectors.ids.len()]);
        assert_eq!(plane.explained, [0.0, 0.0]);
    }
}

#[test]
fn two_images_lie_on_one_axis() {
    let plane = pca::project(&vectors(2, &[0.0, 0.0, 3.0, 4.0]), NEVER).unwrap();
    assert!((plane.explained[0] - 1.0).abs() < 1e-6 && plane.explained[1] == 0.0, "{:?}", plane.explained);
    assert!((plane.points[0][0] + 2.5).abs() < 1e-4 && (plane.points[1][0] - 2.5).abs() < 1e-4, "{:?}", plane.points);
    assert_eq!((plane.points[0][1], plane.points[1][1]), (0.0, 0.0));
}

#[test]
fn a_number_that_is_not_finite_spoils_nothing() {
    let mut rows: Vec<f32> = (0..40).map(|i| i as f32).collect();
    rows[5] = f32::NAN;
    rows[6] = f32::INFINITY;
    let plane = pca::project(&vectors(2, &rows), NEVER).unwrap();
    assert!(plane.points.iter().flatten().all(|v| v.is_finite()), "{:?}", plane.points);
    assert!(plane.explained[0] > 0.5, "{:?}", plane.explained);
}

#[test]
fn a_cancelled_projection_gives_nothing() {
    assert_eq!(pca::project(&random_vectors(100, 5, 4), ALWAYS), None);
}

#[test]
fn agreement_counts_neighbours_of_the_same_label() {
    // Two tight pairs of a, one pair of b beside a lonely c, and an image without a label.
    let vectors = vectors(1, &[0.0, 0.25, 5.0, 5.25, 20.0, 20.25, 21.0, 0.125]);
    let labels = [Some("a"), Some("a"), Some("a"), Some("a"), Some("b"), Some("b"), Some("c"), None];
    let agreement = leave_one_out(&vectors, &labels, Metric::Euclidean, 1, NEVER).unwrap();
    assert_eq!(agreement.images, 7);
    assert!((agreement.nearest - 6.0 / 7.0).abs() < 1e-12, "{agreement:?}");
    assert_eq!(agreement.nearest, agreement.precision_at_k);
    let wider = leave_one_out(&vectors, &labels, Metric::Euclidean, 3, NEVER).unwrap();
    // Of three neighbours: every a sees its three a; every b sees b, c and an a; c sees b, b and an a.
    assert!((wider.precision_at_k - (4.0 + 2.0 / 3.0) / 7.0).abs() < 1e-12, "{wider:?}");
    assert_eq!(leave_one_out(&vectors, &labels, Metric::Euclidean, 3, ALWAYS), None);
}

#[test]
fn the_costs_of_a_hundred_thousand_images() {
    // Printed, not asserted.
    let vectors = random_vectors(100_000, 512, 9);
    let index = NeighbourIndex::new(&vectors);
    let probe = neighbours::probe_of(&vectors, ImageId(77)).unwrap();
    for (name, metric) in [("cosine", Metric::Cosine), ("euclidean", Metric::Euclidean)] {
        let start = std::time::Instant::now();
        let found = index.exact(&vectors, &probe, metric, 50, None, NEVER);
        eprintln!("{name} over 100,000 x 512: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(found[0].image, ImageId(77));
    }
    let start = std::time::Instant::now();
    assert_eq!(pca::project(&vectors, NEVER).unwrap().points.len(), 100_000);
    eprintln!("principal components of 100,000 x 512: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
}
