//! Numbers whose squares single precision cannot hold, large and small: every method gives what its definition says in f64,
//! and what it gives for the same numbers of ordinary size.

use serde::Deserialize;
use tiramisu::analysis::neighbours::{MixedLayer, Scan, mixed};
use tiramisu::analysis::outliers::{cluster_scores, kth_distances, local_outlier_factor};
use tiramisu::analysis::partition::Contingency;
use tiramisu::analysis::region_search::best_window;
use tiramisu::analysis::{
    Graph, KnnGraph, NeighbourIndex, Pacmap, Umap, class_vectors, density, faithfulness, graph, kmeans, knn,
    neighbours, pca, tsne, umap,
};
use tiramisu::domain::{ImageId, Matrix, Metric, Neighbour, NumbersRef, Pooling, Vectors};

use super::{NEVER, brute_force, random_vectors};

fn single(channels: usize, rows: Vec<f32>) -> Vectors {
    let ids = (0..rows.len() / channels).map(|id| ImageId(id as u32)).collect();
    Vectors { ids, matrix: Matrix::of(channels, rows.into()) }
}

/// Numbers of ordinary size times a scale, in single precision.
fn scaled(images: usize, channels: usize, scale: f32) -> Vectors {
    let mut random = fastrand::Rng::with_seed(5);
    single(channels, (0..images * channels).map(|_| (random.f32() - 0.4) * scale).collect())
}

/// The largest and the smallest are at the ends of single precision.
const SCALES: [f32; 6] = [1e30, 3e38, 1e20, 1e-20, 1e-30, 1e-36];

#[test]
fn neighbours_of_huge_and_tiny_vectors_are_those_of_their_definitions_in_f64() {
    for scale in SCALES {
        let vectors = scaled(300, 21, scale);
        let index = NeighbourIndex::new(&vectors);
        let probe = neighbours::probe_of(&vectors, ImageId(9)).unwrap();
        for metric in Metric::ALL {
            let wanted = brute_force(&vectors, &probe, metric);
            let plain = neighbours::exact(&vectors, &probe, metric, 300, None, NEVER);
            assert_eq!(plain, index.exact(&vectors, &probe, metric, 300, None, NEVER));
            let many = MixedLayer { vectors: &vectors, index: Some(&index), probe: &probe, weight: 1.0 };
            let search = Scan { metric, k: 300, ..Scan::default() };
            let ids = |found: &[Neighbour]| found.iter().map(|one| one.image).collect::<Vec<_>>();
            // Scores are rounded once more there: of three hundred, two may change places.
            assert_eq!(ids(&mixed(&[many], &search, NEVER))[..9], ids(&plain)[..9], "{metric:?} at {scale:e}");
            assert_eq!(plain.len(), 300, "nothing is dropped: {metric:?} at {scale:e}");
            for (found, (_, score)) in plain.iter().zip(&wanted) {
                assert!(
                    (found.score - score).abs() <= 2e-6 * score.abs().max(wanted[0].1.abs() * 0.1),
                    "{found:?} {score}"
                );
            }
        }
    }
}

#[test]
fn halves_are_compared_with_probes_that_single_precision_cannot_square() {
    for scale in [1e30f32, 3e38, 1e-20, 1e-38] {
        let vectors = random_vectors(200, 40, 3);
        let probe: Vec<f32> = (0..40).map(|channel| ((channel * 7 % 11) as f32 - 4.0) / 8.0 * scale).collect();
        for metric in Metric::ALL {
            let wanted = brute_force(&vectors, &probe, metric);
            let found = neighbours::exact(&vectors, &probe, metric, 200, None, NEVER);
            assert_eq!(found.len(), 200, "{metric:?} at {scale:e}");
            for (found, (_, score)) in found.iter().zip(&wanted) {
                let off = (found.score - score).abs();
                assert!(off <= 4e-6 * score.abs().max(wanted[0].1.abs()), "{metric:?} at {scale:e}: {found:?} {score}");
            }
        }
    }
}

#[test]
fn vectors_that_are_not_finite_are_counted_and_no_others_are_left_out() {
    let mut rows = vec![1e38f32; 8 * 3];
    (rows[4], rows[9]) = (f32::NAN, f32::NEG_INFINITY);
    let vectors = single(3, rows);
    let index = NeighbourIndex::new(&vectors);
    assert_eq!(index.not_finite(), 2);
    for metric in Metric::ALL {
        let found = index.exact(&vectors, &[3e38, 3e38, 3e38], metric, 8, None, NEVER);
        assert_eq!(found.iter().map(|one| one.image.0).collect::<Vec<_>>(), [0, 2, 4, 5, 6, 7], "{metric:?}");
    }
}

#[test]
fn a_cosine_is_never_more_than_one() {
    for seed in 0..20 {
        let vectors = random_vectors(60, 1000, seed);
        for row in 0..60u32 {
            let probe = neighbours::probe_of(&vectors, ImageId(row)).unwrap();
            let found = neighbours::exact(&vectors, &probe, Metric::Cosine, 1, None, NEVER)[0];
            assert!(found.image.0 == row && (0.999_999..=1.0).contains(&found.score), "{found:?}");
            assert!(class_vectors::score(Metric::Cosine, &probe, &probe) <= 1.0);
            let window =
                best_window(&probe, NumbersRef::Single(&probe), [1000, 1, 1], [1, 1], Pooling::Average, Metric::Cosine);
            assert!(window.unwrap().score <= 1.0);
        }
    }
}

#[test]
fn parts_and_classes_are_compared_where_products_are_beyond_single_precision() {
    let probe = [3e30f32, -1e30];
    let map = [1e30f32, 2e30, 0.0, 1e30];
    let found = best_window(&probe, &map[..], [2, 1, 2], [1, 1], Pooling::Average, Metric::Dot).unwrap();
    assert!(found.column == 1 && (found.score / 5e60 - 1.0).abs() < 1e-6, "{found:?}");
    assert!((class_vectors::score(Metric::Dot, &probe, &[2e30, 1e30]) / 5e60 - 1.0).abs() < 1e-6);
}

fn golden_graph(vectors: &Vectors, metric: Metric, k: usize) -> Vec<Vec<f64>> {
    (0..vectors.ids.len())
        .map(|row| {
            let probe = neighbours::probe_of(vectors, vectors.ids[row]).unwrap();
            let others = brute_force(vectors, &probe, metric).into_iter().filter(|(id, _)| id.index() != row);
            let distance = |(_, score): (ImageId, f64)| match metric {
                Metric::Cosine => 1.0 - score,
                Metric::Euclidean => score,
                Metric::Dot => -score,
            };
            others.map(distance).take(k).collect()
        })
        .collect()
}

fn assert_is_graph(found: &KnnGraph, wanted: &[Vec<f64>], metric: Metric, scale: f32) {
    for (row, wanted) in wanted.iter().enumerate() {
        for (distance, wanted) in found.distances(row).iter().zip(wanted) {
            // What single precision cannot hold is told as its largest number.
            let wanted = wanted.clamp(f64::from(f32::MIN), f64::from(f32::MAX));
            let off = (f64::from(*distance) - wanted).abs();
            let least = if metric == Metric::Cosine { 2e-6 } else { 0.0 };
            // The smallest of all are told in fewer digits.
            let least = least + f64::from(f32::MIN_POSITIVE) * 1e-6;
            assert!(off <= 1e-4 * wanted.abs() + least, "{metric:?} at {scale:e}, row {row}: {distance} {wanted}");
        }
    }
}

#[test]
fn graphs_of_huge_and_tiny_vectors_are_those_of_their_definitions_in_f64() {
    for scale in SCALES {
        let vectors = scaled(150, 13, scale);
        for metric in Metric::ALL {
            let wanted = golden_graph(&vectors, metric, 6);
            assert_is_graph(&knn::exact(&vectors, metric, 6, NEVER).unwrap(), &wanted, metric, scale);
            let between = knn::between(&vectors, &vectors, metric, 6, NEVER).unwrap();
            if metric != Metric::Dot {
                // Each row is its own nearest.
                let wanted: Vec<Vec<f64>> = wanted.iter().map(|row| [&[0.0], &row[..5]].concat()).collect();
                assert_is_graph(&between, &wanted, metric, scale);
            }
        }
    }
}

#[test]
fn rows_of_very_different_size_have_the_neighbours_of_their_directions() {
    let mut vectors = scaled(150, 13, 1.0);
    let plain = knn::exact(&vectors, Metric::Cosine, 6, NEVER).unwrap();
    let NumbersRef::Single(values) = vectors.matrix.values() else { panic!("single precision") };
    // Powers of two, so that nothing is rounded.
    let power = |row: usize| 2f32.powi([-90, 0, 40, 110][row % 4]);
    let values = values.chunks(13).enumerate().flat_map(|(row, values)| values.iter().map(move |v| v * power(row)));
    vectors.matrix = Matrix::of(13, values.collect::<Vec<f32>>().into());
    let found = knn::exact(&vectors, Metric::Cosine, 6, NEVER).unwrap();
    for row in 0..150 {
        assert_eq!(found.neighbours(row), plain.neighbours(row));
    }
}

#[test]
fn many_huge_vectors_have_neighbours_by_cells() {
    let vectors = scaled(6000, 8, 1e30);
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let found = knn::approximate(&vectors, metric, 5, 0.9, NEVER).unwrap();
        let all = knn::exact(&vectors, metric, 5, NEVER).unwrap();
        let same = |row: usize| found.graph.neighbours(row).iter().filter(|n| all.neighbours(row).contains(n)).count();
        let share = (0..6000).map(same).sum::<usize>() as f64 / 30_000.0;
        assert!(share > 0.85 && found.recall >= 0.9, "{metric:?}: {share}, said to be {}", found.recall);
    }
}

#[derive(Deserialize)]
struct Golden {
    components: Vec<Components>,
    groups: Vec<Groups>,
}

#[derive(Deserialize)]
struct Components {
    images: usize,
    channels: usize,
    scale: f32,
    rank_one: bool,
    points: Vec<[f64; 2]>,
    explained: [f64; 2],
}

#[derive(Deserialize)]
struct Groups {
    scale: f32,
    k_means: Vec<u32>,
    inertia: f64,
    hdbscan: Vec<i64>,
    factors: Vec<f32>,
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/huge/huge.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The rows of make.py.
fn rows(images: usize, channels: usize, scale: f32, rank_one: bool) -> Vectors {
    let value = |i: usize, j: usize| -> i64 {
        if rank_one {
            return (i as i64 * 37 % 11 + 1) * (j as i64 % 7 - 3);
        }
        let whole = ((i * 7919 + j * 104_729 + i * j * 31) % 1009) as i64 - 500;
        whole + if j % 3 == i % 3 { 900 } else { 0 }
    };
    let row = |i: usize| (0..channels).map(move |j| value(i, j) as f32 * scale);
    single(channels, (0..images).flat_map(row).collect())
}

#[test]
fn components_of_huge_and_tiny_vectors_are_those_of_scikit_learn() {
    for case in golden().components {
        let vectors = rows(case.images, case.channels, case.scale, case.rank_one);
        let longest = case.points.iter().flatten().fold(0.0f64, |most, at| most.max(at.abs()));
        // By the square of the shorter side, and block by block.
        for exact_side in [1536, 5] {
            let found = pca::project_with(&vectors, exact_side, NEVER).unwrap();
            let what = format!("{} x {} at {:e}, side {exact_side}", case.images, case.channels, case.scale);
            for (axis, share) in case.explained.iter().enumerate() {
                assert!((f64::from(found.explained[axis]) - share).abs() < 1e-5, "{what}: {:?}", found.explained);
            }
            for (point, wanted) in found.points.iter().zip(&case.points) {
                for axis in 0..2 {
                    // Beyond single precision, which places are in, they are at its end.
                    let wanted = wanted.map(|at| at.clamp(f64::from(f32::MIN), f64::from(f32::MAX)));
                    assert!(
                        (f64::from(point[axis]) - wanted[axis]).abs() < 2e-4 * longest,
                        "{what}: {point:?} {wanted:?}"
                    );
                }
            }
        }
        let placed = pca::place(&vectors, &vectors, NEVER).unwrap();
        assert_eq!(placed, pca::project(&vectors, NEVER).unwrap().points);
    }
}

#[test]
fn groups_and_outliers_of_huge_vectors_are_those_of_scikit_learn() {
    for case in golden().groups {
        let vectors = rows(90, 9, case.scale, false);
        let options = kmeans::Options { count: 3, metric: Metric::Euclidean, ..kmeans::Options::default() };
        let means = kmeans::group(&vectors, options, NEVER).unwrap();
        assert!((means.inertia / case.inertia - 1.0).abs() < 1e-4, "{} instead of {}", means.inertia, case.inertia);
        let some = |of: &[u32]| of.iter().copied().map(Some).collect::<Vec<_>>();
        assert!(Contingency::new(&some(&means.of), &some(&case.k_means)).ari() > 0.9999);
        let graph = knn::exact(&vectors, Metric::Euclidean, 8, NEVER).unwrap();
        let dense = density::group(&vectors, &graph, Metric::Euclidean, 4, 6, NEVER).unwrap();
        for (of, wanted) in dense.of.iter().zip(&case.hdbscan) {
            assert_eq!(of.is_none(), *wanted < 0, "{:?}", dense.of);
        }
        let wanted: Vec<Option<u32>> = case.hdbscan.iter().map(|of| u32::try_from(*of).ok()).collect();
        assert!(Contingency::new(&dense.of, &wanted).ari() > 0.9999);
        for (factor, wanted) in local_outlier_factor(&graph, NEVER).unwrap().iter().zip(&case.factors) {
            assert!((factor - wanted).abs() < 1e-4, "{factor} instead of {wanted}");
        }
        assert!(kth_distances(&graph, 8).iter().all(|far| far.is_finite()));
        let scores = cluster_scores(&vectors, &some(&means.of), Metric::Euclidean, NEVER).unwrap();
        assert!(scores.iter().all(|score| score.is_some_and(|score| (0.2..4.0).contains(&score))), "{scores:?}");
    }
}

/// All that goes by neighbours and components, of the same numbers times a power of two: nothing is rounded, so that
/// nothing may change.
#[test]
fn maps_groups_and_graphs_do_not_depend_on_the_unit_of_the_numbers() {
    let start: Vec<[f32; 2]> = (0..120u8).map(|row| [f32::from(row % 11), f32::from(row / 11)]).collect();
    let of = |power: i32, metric: Metric| {
        let mut vectors = scaled(120, 11, 1.0);
        let NumbersRef::Single(values) = vectors.matrix.values() else { panic!("single precision") };
        let values: Vec<f32> = values.iter().map(|value| value * 2f32.powi(power)).collect();
        vectors.matrix = Matrix::of(11, values.into());
        let near = knn::exact(&vectors, metric, 60, NEVER).unwrap();
        let fuzzy = umap::fuzzy_edges(&near);
        let mut pacmap = Pacmap::new(&vectors, metric, &near, &start, 1, NEVER).unwrap();
        pacmap.step(40, NEVER);
        let tsne = tsne::lay_out(&near, &start, |_, _| {}, NEVER).unwrap();
        let trusted = |points: &[[f32; 2]]| faithfulness::measure(&vectors, metric, &near, points, 10, NEVER).unwrap();
        let dense = density::group(&vectors, &near, metric, 4, 4, NEVER).unwrap();
        let parts = density::group_within(&vectors, &near, metric, 4, 4, 0.0, NEVER).unwrap();
        let options = kmeans::Options { count: 5, metric, ..kmeans::Options::default() };
        let means = kmeans::group(&vectors, options, NEVER).unwrap();
        let joined = Graph::from_knn(&near, metric, graph::Joined::Either);
        let explained = pca::project(&vectors, NEVER).unwrap().explained;
        let same = (pacmap.points().to_vec(), [dense.of, parts.of], means.of, joined, trusted(&start), explained);
        (same, fuzzy, trusted(&tsne).trustworthiness)
    };
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let (plain, fuzzy, trust) = of(0, metric);
        for power in [100, 126, -100] {
            let found = of(power, metric);
            assert_eq!(found.0, plain, "{metric:?}, 2^{power}");
            // The scale of each row's surroundings is looked for, and found about as well.
            for (edge, wanted) in found.1.iter().zip(&fuzzy) {
                let is_same = (edge.from, edge.to) == (wanted.from, wanted.to);
                assert!(
                    is_same && (edge.weight - wanted.weight).abs() < 1e-3,
                    "{metric:?}, 2^{power}: {edge:?} {wanted:?}"
                );
            }
            assert_eq!(found.1.len(), fuzzy.len());
            assert!((found.2 - trust).abs() < 0.05, "{metric:?}, 2^{power}: t-SNE {} instead of {trust}", found.2);
        }
    }
}

#[test]
fn one_vector_that_is_not_finite_spoils_no_other_place_on_a_map() {
    let mut rows: Vec<f32> = Vec::new();
    let mut random = fastrand::Rng::with_seed(8);
    (0..100 * 6).for_each(|_| rows.push(random.f32() * 1e30));
    rows[60] = f32::INFINITY;
    let vectors = single(6, rows);
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let near = knn::exact(&vectors, metric, 30, NEVER).unwrap();
        let plane = pca::project(&vectors, NEVER).unwrap();
        let mut umap = Umap::new(&near, &plane.points, umap::Options::default());
        umap.step(40, NEVER);
        let tsne = tsne::lay_out(&near, &plane.points, |_, _| {}, NEVER).unwrap();
        for (name, points) in [("components", &plane.points[..]), ("UMAP", umap.points()), ("t-SNE", &tsne)] {
            let lost = points.iter().filter(|point| !point.iter().all(|at| at.is_finite())).count();
            assert_eq!(lost, 0, "{name} by {metric:?}");
        }
        let dense = density::group(&vectors, &near, metric, 4, 4, NEVER).unwrap();
        assert_eq!(dense.of[10], None);
    }
}
