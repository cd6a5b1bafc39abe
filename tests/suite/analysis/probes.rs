//! Probes of many parts, filtered lists, mixes of layers, regions, and what an index finds of them.

use half::f16;
use tiramisu::analysis::neighbours::{self, MixedLayer, NeighbourIndex, Scan};
use tiramisu::analysis::probe::{self, Probe, ProbeError, ProbePart};
use tiramisu::analysis::recall;
use tiramisu::analysis::region::{self, Place, Region};
use tiramisu::domain::{ImageId, ImageSet, Matrix, Metric, Neighbour, Pooling, Vectors};

use super::{ALWAYS, NEVER, vectors};

/// Values of both signs, so that dot products and cosines have them too.
fn random_vectors(images: usize, channels: usize, seed: u64) -> Vectors {
    let mut random = fastrand::Rng::with_seed(seed);
    let rows: Vec<f32> = (0..images * channels).map(|_| (random.f32() - 0.4) * 3.0).collect();
    vectors(channels, &rows)
}

fn ids(list: &[Neighbour]) -> Vec<u32> {
    list.iter().map(|neighbour| neighbour.image.0).collect()
}

/// The score in f64, of a probe that may be of any precision.
fn score(vectors: &Vectors, row: usize, probe: &[f64], metric: Metric) -> f64 {
    let row: Vec<f64> = vectors.matrix.row(row).iter().map(f64::from).collect();
    let sum = |f: &dyn Fn(f64, f64) -> f64| row.iter().zip(probe).map(|(a, b)| f(*a, *b)).sum::<f64>();
    match metric {
        Metric::Euclidean => sum(&|a, b| (a - b) * (a - b)).sqrt(),
        Metric::Dot => sum(&|a, b| a * b),
        Metric::Cosine => {
            let lengths = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
            if lengths == 0.0 { 0.0 } else { sum(&|a, b| a * b) / lengths }
        }
    }
}

fn wide(probe: &[f32]) -> Vec<f64> {
    probe.iter().map(|v| f64::from(*v)).collect()
}

/// Best first, ties by id.
fn sort(list: &mut [(ImageId, f64)], metric: Metric) {
    list.sort_by(|a, b| {
        let order = a.1.total_cmp(&b.1);
        (if metric.larger_is_nearer() { order.reverse() } else { order }).then(a.0.cmp(&b.0))
    });
}

/// The same scores in the same order, up to swaps of images that are equally far to the precision of f32.
fn assert_same(found: &[Neighbour], expected: &[(ImageId, f64)], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (got, (image, score))) in found.iter().zip(expected).enumerate() {
        let tolerance = 2e-5 * score.abs().max(1.0);
        assert!((got.score - score).abs() < tolerance, "{what}, place {place}: {got:?} instead of {score}");
        if got.image != *image {
            let own = expected.iter().find(|(one, _)| *one == got.image);
            let own = own.map_or(expected[expected.len() - 1].1, |(_, score)| *score);
            assert!((own - score).abs() < tolerance, "{what}, place {place}: {got:?} instead of {image:?}");
        }
    }
}

#[test]
fn rows_of_every_width_are_scored_as_in_f64_by_every_metric() {
    // Widths below, at and beyond what fills the registers, and one longer than a piece of the portable way.
    for channels in (1..=70).chain([511, 512, 513, 1025]) {
        let vectors = random_vectors(40, channels, channels as u64);
        let probe = neighbours::probe_of(&vectors, ImageId(3)).unwrap();
        let index = NeighbourIndex::new(&vectors);
        for metric in Metric::ALL {
            let mut expected: Vec<_> =
                (0..40).map(|row| (vectors.ids[row], score(&vectors, row, &wide(&probe), metric))).collect();
            sort(&mut expected, metric);
            let what = format!("{channels} channels, {}", metric.word());
            assert_same(&neighbours::exact(&vectors, &probe, metric, 40, None, NEVER), &expected, &what);
            assert_same(&index.exact(&vectors, &probe, metric, 40, None, NEVER), &expected, &what);
        }
    }
}

#[test]
fn the_longest_vector_is_nearest_by_dot_whatever_its_direction_lacks() {
    let vectors = vectors(2, &[1.0, 0.0, 3.0, 4.0, -9.0, 0.0]);
    let found = neighbours::exact(&vectors, &[1.0, 0.0], Metric::Dot, 3, None, NEVER);
    assert_eq!(found.iter().map(|n| (n.image.0, n.score)).collect::<Vec<_>>(), [(1, 3.0), (0, 1.0), (2, -9.0)]);
}

#[test]
fn a_list_leaves_out_any_number_of_images_and_looks_among_the_allowed_alone() {
    let vectors = random_vectors(3000, 19, 5);
    let index = NeighbourIndex::new(&vectors);
    let probe = neighbours::probe_of(&vectors, ImageId(7)).unwrap();
    let exclude: Vec<ImageId> = (0..3000).step_by(7).map(ImageId).collect();
    let among: ImageSet = (0..3000).filter(|id| id % 3 == 1).map(ImageId).collect();
    assert_eq!(among.len(), 1000);
    for metric in Metric::ALL {
        let search = Scan { metric, k: 60, exclude: &exclude, among: Some(&among) };
        let mut expected: Vec<_> = (0..3000)
            .filter(|row| row % 7 != 0 && row % 3 == 1)
            .map(|row| (vectors.ids[row], score(&vectors, row, &wide(&probe), metric)))
            .collect();
        sort(&mut expected, metric);
        expected.truncate(60);
        let found = neighbours::exact_among(&vectors, &probe, &search, NEVER);
        assert_same(&found, &expected, metric.word());
        assert_eq!(ids(&index.exact_among(&vectors, &probe, &search, NEVER)), ids(&found));
    }
    let nobody = ImageSet::default();
    assert!(nobody.is_empty() && !nobody.contains(ImageId(0)));
    let search = Scan { k: 5, among: Some(&nobody), ..Scan::default() };
    assert_eq!(neighbours::exact_among(&vectors, &probe, &search, NEVER), []);
    let search = Scan { k: 5, ..Scan::default() };
    assert_eq!(neighbours::exact_among(&vectors, &probe, &search, ALWAYS), []);
}

#[test]
#[should_panic(expected = "sorted")]
fn images_to_leave_out_that_are_not_sorted_are_our_own_mistake() {
    let search = Scan { k: 1, exclude: &[ImageId(2), ImageId(1)], ..Scan::default() };
    neighbours::exact_among(&vectors(1, &[1.0]), &[1.0], &search, NEVER);
}

fn part(vector: &[f32], weight: f32) -> ProbePart {
    ProbePart { vector: vector.to_vec(), weight }
}

#[test]
fn a_probe_is_the_mean_for_less_the_mean_against() {
    let parts = vec![part(&[3.0, 4.0], 1.0), part(&[0.0, 2.0], 1.0), part(&[6.0, 0.0], -1.0), part(&[9.0, 9.0], 0.0)];
    let probe = Probe { parts };
    assert_eq!(probe.vector(Metric::Dot), [1.5 - 6.0, 3.0]);
    // Each of length 1: (.6, .8), (0, 1) and (1, 0).
    let cosine = probe.vector(Metric::Cosine);
    assert!((cosine[0] - (0.3 - 1.0)).abs() < 1e-6 && (cosine[1] - 0.9).abs() < 1e-6, "{cosine:?}");
    // A place: as far beyond the mean for as that is from the mean against.
    assert_eq!(probe.vector(Metric::Euclidean), [1.5 + (1.5 - 6.0), 3.0 + 3.0]);
}

#[test]
fn weights_count_within_a_side_and_between_the_sides() {
    let probe = Probe { parts: vec![part(&[4.0, 0.0], 3.0), part(&[0.0, 8.0], 1.0)] };
    for metric in [Metric::Dot, Metric::Euclidean] {
        assert_eq!(probe.vector(metric), [3.0, 2.0], "a weighted mean");
    }
    let quarter = Probe { parts: vec![part(&[4.0, 0.0], 2.0), part(&[0.0, 8.0], -0.5)] };
    assert_eq!(quarter.vector(Metric::Dot), [4.0, -2.0]);
    assert_eq!(quarter.vector(Metric::Euclidean), [5.0, -2.0]);
    let same = Probe { parts: vec![part(&[4.0, 1.0], 1.0), part(&[4.0, 1.0], -1.0)] };
    assert_eq!(same.vector(Metric::Cosine), [0.0, 0.0]);
    assert_eq!(same.vector(Metric::Euclidean), [4.0, 1.0], "there is nothing to move away from");
    let against = Probe { parts: vec![part(&[2.0, 1.0], -1.0)] };
    assert_eq!(against.vector(Metric::Dot), [-2.0, -1.0]);
    assert_eq!(Probe::default().vector(Metric::Dot), [0.0; 0]);
}

#[test]
fn a_probe_of_one_image_finds_what_the_image_finds() {
    let vectors = random_vectors(500, 33, 8);
    for metric in Metric::ALL {
        let probe = Probe::of_images(&vectors, &[(ImageId(42), 0.7)]).unwrap().vector(metric);
        let plain = neighbours::probe_of(&vectors, ImageId(42)).unwrap();
        let by_probe = neighbours::exact(&vectors, &probe, metric, 20, Some(ImageId(42)), NEVER);
        let by_image = neighbours::exact(&vectors, &plain, metric, 20, Some(ImageId(42)), NEVER);
        assert_eq!(ids(&by_probe), ids(&by_image), "{}", metric.word());
    }
}

#[test]
fn images_for_pull_towards_them_and_images_against_push_away() {
    // Three kinds along three axes, and mixtures of two.
    let rows = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.7, 0.7, 0.0, 0.7, 0.0, 0.7, 0.0, 0.7, 0.7];
    let vectors = vectors(3, &rows);
    let examples = [(ImageId(0), 1.0), (ImageId(1), 1.0)];
    let both = Probe::of_images(&vectors, &examples).unwrap().vector(Metric::Cosine);
    let members = probe::members(&[examples[1], examples[0], examples[1]]);
    assert_eq!(members, [ImageId(0), ImageId(1)]);
    let search = Scan { k: 1, exclude: &members, ..Scan::default() };
    assert_eq!(ids(&neighbours::exact_among(&vectors, &both, &search, NEVER)), [3]);
    for metric in Metric::ALL {
        let but = Probe::of_images(&vectors, &[(ImageId(3), 1.0), (ImageId(1), -1.0)]).unwrap().vector(metric);
        let search = Scan { metric, k: 9, exclude: &[ImageId(1), ImageId(3)], among: None };
        let found = ids(&neighbours::exact_among(&vectors, &but, &search, NEVER));
        assert_eq!(found[0], 0, "{}: what is left of 0 and 1 without 1", metric.word());
        if metric != Metric::Euclidean {
            assert_eq!(*found.last().unwrap(), 5, "{}: half of it is against", metric.word());
        }
    }
}

#[test]
fn what_cannot_be_a_probe_is_refused_with_the_reason() {
    let vectors = vectors(2, &[1.0, 2.0, f32::INFINITY, 0.0]);
    let refused = |examples: &[(ImageId, f32)]| Probe::of_images(&vectors, examples).unwrap_err();
    assert_eq!(refused(&[(ImageId(0), 1.0), (ImageId(9), 1.0)]), ProbeError::NoVector { image: ImageId(9) });
    assert_eq!(refused(&[(ImageId(1), 1.0)]), ProbeError::NotFinite { at: 0 });
    assert_eq!(refused(&[(ImageId(0), f32::NAN)]), ProbeError::NotFinite { at: 2 });
    let mut probe = Probe::default();
    assert_eq!(probe.check(), Err(ProbeError::Empty));
    assert_eq!(probe.add(vec![1.0; 3], 1.0, 2), Err(ProbeError::WrongLength { expected: 2, found: 3 }));
    assert_eq!(probe.add(vec![1.0, f32::NAN], 1.0, 2), Err(ProbeError::NotFinite { at: 1 }));
    assert_eq!(probe, Probe::default(), "nothing of it was kept");
    probe.add(vec![1.0; 2], 0.0, 2).unwrap();
    assert_eq!(probe.check(), Err(ProbeError::Empty));
    probe.add(vec![1.0; 2], -1.0, 2).unwrap();
    assert_eq!(probe.check(), Ok(()));
}

#[test]
fn a_class_is_the_mean_of_its_images_that_have_a_vector() {
    let vectors = vectors(2, &[3.0, 4.0, 0.0, 2.0, f32::NAN, 1.0, 0.0, 0.0]);
    let class: Vec<ImageId> = [0, 1, 2, 77].map(ImageId).to_vec();
    let mean = probe::mean_of(&vectors, &class, Metric::Dot, NEVER).unwrap();
    assert_eq!((mean.vector, mean.images), (vec![1.5, 3.0], 2));
    let mean = probe::mean_of(&vectors, &class, Metric::Cosine, NEVER).unwrap();
    assert!((mean.vector[0] - 0.3).abs() < 1e-7 && (mean.vector[1] - 0.9).abs() < 1e-7, "{mean:?}");
    let nobody = probe::mean_of(&vectors, &[], Metric::Dot, NEVER).unwrap();
    assert_eq!((nobody.vector, nobody.images), (vec![0.0, 0.0], 0));
    assert_eq!(probe::mean_of(&vectors, &class, Metric::Dot, ALWAYS), None);
}

#[test]
fn a_mix_of_layers_is_the_weighted_mean_of_their_scores() {
    let (low, high) = (random_vectors(2500, 24, 11), random_vectors(2500, 9, 12));
    let index = NeighbourIndex::new(&low);
    let probes = [&low, &high].map(|layer| neighbours::probe_of(layer, ImageId(30)).unwrap());
    for (metric, weights) in
        [(Metric::Cosine, [1.0, 1.0]), (Metric::Cosine, [0.25, 2.0]), (Metric::Cosine, [1.0, -0.5])]
    {
        let layers = [
            MixedLayer { vectors: &low, index: Some(&index), probe: &probes[0], weight: weights[0] },
            MixedLayer { vectors: &high, index: None, probe: &probes[1], weight: weights[1] },
        ];
        let found = neighbours::mixed(&layers, &Scan { metric, k: 40, ..Scan::default() }, NEVER);
        let [w0, w1] = weights.map(f64::from);
        let mut expected: Vec<_> = (0..2500)
            .map(|row| {
                let mixed = w0 * score(&low, row, &wide(&probes[0]), metric)
                    + w1 * score(&high, row, &wide(&probes[1]), metric);
                (ImageId(row as u32), mixed / (w0.abs() + w1.abs()))
            })
            .collect();
        sort(&mut expected, metric);
        expected.truncate(40);
        assert_same(&found, &expected, &format!("{weights:?}"));
    }
}

#[test]
fn a_mix_of_one_layer_ranks_as_the_layer_does() {
    let vectors = random_vectors(1500, 21, 13);
    let probe = neighbours::probe_of(&vectors, ImageId(2)).unwrap();
    for metric in Metric::ALL {
        let layers = [MixedLayer { vectors: &vectors, index: None, probe: &probe, weight: 0.3 }];
        let search = Scan { metric, k: 30, exclude: &[ImageId(2)], among: None };
        let plain = neighbours::exact_among(&vectors, &probe, &search, NEVER);
        assert_eq!(ids(&neighbours::mixed(&layers, &search, NEVER)), ids(&plain), "{}", metric.word());
    }
}

#[test]
fn a_layer_of_large_numbers_does_not_drown_the_others() {
    // The same layer, and again a hundred times as large: only the scale differs, so both must count the same.
    let small = random_vectors(2000, 16, 14);
    let other = random_vectors(2000, 16, 15);
    let scaled = |vectors: &Vectors, factor: f32| {
        let values = vectors.matrix.values().iter().map(|v| f16::from_f32(v * factor)).collect();
        Vectors { ids: vectors.ids.clone(), matrix: Matrix::new(16, values) }
    };
    for metric in Metric::ALL {
        let answers = [1.0, 128.0].map(|factor| {
            let large = scaled(&other, factor);
            let probes = [&small, &large].map(|layer| neighbours::probe_of(layer, ImageId(5)).unwrap());
            let layers = [(&small, &probes[0]), (&large, &probes[1])].map(|(vectors, probe)| MixedLayer {
                vectors,
                index: None,
                probe,
                weight: 1.0,
            });
            let search = Scan { metric, k: 25, exclude: &[ImageId(5)], among: None };
            neighbours::mixed(&layers, &search, NEVER)
        });
        assert_eq!(ids(&answers[0]), ids(&answers[1]), "{}", metric.word());
        if metric == Metric::Euclidean {
            let far = answers[0][24].score;
            assert!(far > 0.2 && far < 1.0, "near ones are nearer than any two are: {far}");
        }
    }
}

#[test]
fn only_images_that_every_layer_knows_are_mixed() {
    let mut low = vectors(1, &[1.0, 2.0, 3.0, 4.0]);
    low.ids = [1, 4, 6, 9].map(ImageId).to_vec();
    let mut high = vectors(1, &[5.0, 6.0, 7.0]);
    high.ids = [4, 5, 9].map(ImageId).to_vec();
    let layers = [(&low, &[2.0]), (&high, &[5.0])].map(|(vectors, probe)| MixedLayer {
        vectors,
        index: None,
        probe,
        weight: 1.0,
    });
    let search = Scan { metric: Metric::Euclidean, k: 9, ..Scan::default() };
    let found = neighbours::mixed(&layers, &search, NEVER);
    assert_eq!(ids(&found), [4, 9]);
    assert_eq!(found[0].score, 0.0);
    let none = layers.map(|layer| MixedLayer { weight: 0.0, ..layer });
    assert_eq!(neighbours::mixed(&none, &search, NEVER), []);
    assert_eq!(neighbours::mixed(&[], &search, NEVER), []);
    assert_eq!(neighbours::mixed(&layers, &search, ALWAYS), []);
}

#[test]
fn lists_do_not_depend_on_the_number_of_threads() {
    let (low, high) = (random_vectors(5000, 7, 16), random_vectors(5000, 5, 17));
    let probes = [&low, &high].map(|layer| neighbours::probe_of(layer, ImageId(0)).unwrap());
    let answers = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let layers = [(&low, &probes[0]), (&high, &probes[1])].map(|(vectors, probe)| MixedLayer {
                vectors,
                index: None,
                probe,
                weight: 1.0,
            });
            Metric::ALL.map(|metric| neighbours::mixed(&layers, &Scan { metric, k: 99, ..Scan::default() }, NEVER))
        })
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

fn box_of(left: f32, top: f32, right: f32, bottom: f32) -> Region {
    Region::between((left, top), (right, bottom))
}

#[test]
fn a_box_covers_the_cells_it_lies_over() {
    assert_eq!(box_of(0.0, 0.0, 1.0, 1.0).cells(4, 8), (0..4, 0..8));
    assert_eq!(box_of(0.25, 0.5, 0.5, 1.0).cells(4, 8), (2..4, 2..4), "edges on cells' edges");
    assert_eq!(box_of(0.3, 0.0, 0.6, 0.1).cells(4, 8), (0..1, 2..5));
    assert_eq!(box_of(0.9, 0.9, 0.3, 0.2), box_of(0.3, 0.2, 0.9, 0.9), "corners in any order");
    assert_eq!(box_of(-3.0, 0.5, 7.0, f32::NAN), box_of(0.0, 0.0, 1.0, 0.5), "what lies in the picture");
    // A third of a side in a layer of three cells, where 1/3 is not exact.
    assert_eq!(box_of(1.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0).cells(3, 3), (1..2, 1..2));
}

#[test]
fn a_box_smaller_than_a_cell_takes_that_cell() {
    let activation: Vec<f32> = (0..2 * 3 * 3).map(|value| value as f32).collect();
    for small in [box_of(0.4, 0.7, 0.45, 0.75), box_of(0.5, 0.9, 0.5, 0.9)] {
        assert_eq!(small.cells(3, 3), (2..3, 1..2));
        for pooling in Pooling::ALL {
            assert_eq!(small.pooled(&activation, [2, 3, 3], pooling), [7.0, 16.0]);
        }
    }
    for (corner, cell) in [(box_of(0.0, 0.0, 0.0, 0.0), 0.0), (box_of(1.0, 1.0, 1.0, 1.0), 8.0)] {
        assert_eq!(corner.pooled(&activation, [2, 3, 3], Pooling::Average), [cell, cell + 9.0]);
    }
}

#[test]
fn border_cells_count_by_the_area_that_is_covered() {
    // One row of four cells; the box covers a half of the first, the second, and a quarter of the third.
    let line = box_of(0.125, 0.0, 0.5625, 1.0);
    let pooled = line.pooled(&[8.0, 1.0, 4.0, 100.0], [1, 1, 4], Pooling::Average);
    assert!((pooled[0] - (0.5 * 8.0 + 1.0 + 0.25 * 4.0) / 1.75).abs() < 1e-6, "{pooled:?}");
    assert_eq!(line.pooled(&[8.0, 1.0, 4.0, 100.0], [1, 1, 4], Pooling::Maximum), [8.0]);
    // Both ways: the middle of 2 x 2 cells sees a quarter of each.
    let middle = box_of(0.25, 0.25, 0.75, 0.75);
    assert_eq!(middle.pooled(&[1.0, 2.0, 3.0, 6.0], [1, 2, 2], Pooling::Average), [3.0]);
}

#[test]
fn the_whole_picture_pools_to_the_vector_of_the_image() {
    let mut random = fastrand::Rng::with_seed(21);
    let shape = [5, 6, 7];
    let activation: Vec<f32> = (0..5 * 6 * 7).map(|_| random.f32()).collect();
    let all = box_of(0.0, 0.0, 1.0, 1.0);
    for (pooling, expected) in [
        (Pooling::Average, (|plane: &[f32]| plane.iter().sum::<f32>() / 42.0) as fn(&[f32]) -> f32),
        (Pooling::Maximum, |plane: &[f32]| plane.iter().copied().fold(0.0, f32::max)),
    ] {
        for (got, plane) in all.pooled(&activation, shape, pooling).iter().zip(activation.chunks(42)) {
            assert!((got - expected(plane)).abs() < 1e-6);
        }
    }
}

#[test]
fn a_region_is_found_again_where_it_came_from() {
    let mut random = fastrand::Rng::with_seed(22);
    let (c, h, w) = (16, 5, 8);
    let mut activation: Vec<f32> = (0..c * h * w).map(|_| random.f32()).collect();
    (0..c).for_each(|channel| activation[channel * h * w + 3] = 0.0);
    let cell = box_of(0.8, 0.45, 0.82, 0.5).pooled(&activation, [c, h, w], Pooling::Average);
    let map = region::similarity_map(&cell, &activation, [c, h, w]);
    for (place, got) in map.iter().enumerate() {
        let here: Vec<f64> = (0..c).map(|channel| f64::from(activation[channel * h * w + place])).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let (there, lengths) = (wide(&cell), dot(&here, &here).sqrt() * dot(&wide(&cell), &wide(&cell)).sqrt());
        let expected = if lengths == 0.0 { 0.0 } else { dot(&here, &there) / lengths };
        assert!((f64::from(*got) - expected).abs() < 1e-6, "{got} instead of {expected} at {place}");
    }
    assert_eq!(map[3], 0.0, "where nothing is active");
    let best = region::best_places(&map, w, 3);
    assert_eq!((best[0].row, best[0].column), (2, 6));
    assert!((best[0].score - 1.0).abs() < 1e-6 && best[1].score < best[0].score && best.len() == 3);
    let tied = region::best_places(&[0.5, f32::NAN, 0.5, 0.75], 2, 9);
    let places = [(1, 1, 0.75), (0, 0, 0.5), (1, 0, 0.5)].map(|(row, column, score)| Place { row, column, score });
    assert_eq!(tied, places);
}

fn list(entries: &[(u32, f64)]) -> Vec<Neighbour> {
    entries.iter().map(|(image, score)| Neighbour { image: ImageId(*image), score: *score }).collect()
}

#[test]
fn recall_is_the_share_of_true_neighbours_that_were_found() {
    let exact = list(&[(1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6)]);
    let found = list(&[(2, 0.8), (1, 0.9), (9, 0.1), (4, 0.6)]);
    assert_eq!(recall::at_k(&found, &exact, 2), Some(1.0), "whatever the order");
    assert_eq!(recall::at_k(&found, &exact, 4), Some(0.75));
    assert_eq!(recall::at_k(&found, &exact, 99), Some(0.75), "of those there are");
    assert_eq!(recall::at_k(&found[..1], &exact, 2), Some(0.5), "a short list");
    assert_eq!(recall::at_k(&found, &[], 4), None);
    let lists = [(&found[..], &exact[..]), (&exact[..], &exact[..]), (&found[..], &[][..])];
    let over = recall::over(lists, 4);
    assert_eq!((over.mean, over.min, over.probes), (0.875, 0.75, 2));
    assert_eq!(recall::over([], 4).probes, 0);
}

#[test]
fn copies_of_one_picture_are_as_right_as_each_other() {
    let exact = list(&[(1, 1.0), (2, 0.5), (3, 0.5), (4, 0.5), (5, 0.4)]);
    assert_eq!(recall::at_k(&list(&[(1, 1.0), (4, 0.5)]), &exact, 2), Some(1.0));
    assert_eq!(recall::at_k(&list(&[(1, 1.0), (5, 0.4)]), &exact, 2), Some(0.5));
    assert_eq!(recall::at_k(&list(&[(3, 0.5), (4, 0.5)]), &exact, 2), Some(1.0), "both tie with the last");
}
