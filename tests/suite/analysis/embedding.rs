//! Running statistics, the full-network embedding and distances of its codes.

use half::f16;
use serde::Deserialize;
use tiramisu::analysis::embedding::{
    BadCodes, LayerReference, Reference, RowSample, Tendency, TernaryCodes, Thresholds, critical_distance, tells,
    ternary,
};
use tiramisu::analysis::hamming;
use tiramisu::analysis::statistics::Statistics;
use tiramisu::domain::{ImageId, Matrix, NumbersRef, Vectors};

use super::{ALWAYS, NEVER};

#[derive(Deserialize)]
struct Methods {
    fne: Fne,
}

#[derive(Deserialize)]
struct Fne {
    train: Vec<Vec<f32>>,
    mean: Vec<f64>,
    std_ddof0: Vec<f64>,
    z: Vec<Vec<f64>>,
    ternary: Vec<Vec<i8>>,
    test: Vec<Vec<f32>>,
    test_z: Vec<Vec<f64>>,
    test_ternary: Vec<Vec<i8>>,
    boundary: Boundary,
}

#[derive(Deserialize)]
struct Boundary {
    z: Vec<f64>,
    ternary: Vec<i8>,
}

#[derive(Deserialize)]
struct ThresholdsGolden {
    features: usize,
    rows: Vec<f32>,
    classes: Vec<Option<u32>>,
    quantiles: Quantiles,
    supervised: Supervised,
}

#[derive(Deserialize)]
struct Quantiles {
    low: f64,
    high: f64,
    bounds: Vec<[f64; 2]>,
    codes: Vec<Vec<i8>>,
}

#[derive(Deserialize)]
struct Supervised {
    least: f64,
    significance: f64,
    tells: Vec<(usize, u32, Tendency, f64, f64)>,
    bounds: Vec<(Option<f64>, Option<f64>)>,
    codes: Vec<Vec<i8>>,
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/embedding").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn ids(count: usize) -> Vec<ImageId> {
    (0..count as u32).map(ImageId).collect()
}

/// Rows like a layer's: half zeros, the rest of very different sizes.
fn random_rows(rows: usize, features: usize, seed: u64) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    let scales: Vec<f32> = (0..features).map(|feature| 10f32.powi(feature as i32 % 5 - 2)).collect();
    (0..rows * features).map(|place| (random.f32() - 0.5).max(0.0) * scales[place % features]).collect()
}

/// In two passes, in f64.
fn two_pass(rows: &[f32], features: usize) -> Vec<(f64, f64)> {
    let column = |feature: usize| rows[feature..].iter().step_by(features).map(|v| f64::from(*v));
    (0..features)
        .map(|feature| {
            let n = column(feature).count() as f64;
            let mean = column(feature).sum::<f64>() / n;
            (mean, (column(feature).map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
        })
        .collect()
}

fn assert_near(got: f64, expected: f64, relative: f64) {
    assert!((got - expected).abs() <= relative * expected.abs().max(1e-300), "{got} instead of {expected}");
}

fn of_rows(rows: &[f32], features: usize) -> Statistics {
    let mut statistics = Statistics::new(features);
    statistics.add_wide_rows(rows);
    statistics
}

fn reference(layers: Vec<LayerReference>) -> Reference {
    Reference { layers }
}

#[test]
fn streamed_statistics_are_those_of_two_passes() {
    // More features than a piece, more rows than a block, neither evenly.
    for (rows, features) in [(1, 3), (64, 5), (1000, 300), (5003, 17)] {
        let values = random_rows(rows, features, 1);
        let statistics = of_rows(&values, features);
        assert_eq!(statistics.count(), rows as u64);
        for (feature, (mean, std)) in two_pass(&values, features).into_iter().enumerate() {
            assert_near(statistics.mean()[feature], mean, 1e-12);
            assert_near(statistics.std()[feature], std, 1e-11);
        }
    }
}

#[test]
fn half_precision_rows_count_as_their_wide_selves() {
    let half: Vec<f16> = random_rows(500, 7, 2).into_iter().map(f16::from_f32).collect();
    let wide: Vec<f32> = half.iter().map(|v| v.to_f32()).collect();
    let mut statistics = Statistics::new(7);
    statistics.add_rows(&half);
    assert_eq!(statistics, of_rows(&wide, 7));
}

#[test]
fn statistics_do_not_depend_on_order_batches_or_shards() {
    let (rows, features) = (4000, 37);
    let values = random_rows(rows, features, 3);
    let whole = of_rows(&values, features);
    let mut order: Vec<usize> = (0..rows).collect();
    let mut random = fastrand::Rng::with_seed(4);
    for (batch, shards) in [(1, 1), (7, 3), (64, 2), (1000, 5), (4000, 1)] {
        random.shuffle(&mut order);
        let mut parts = vec![Statistics::new(features); shards];
        for (number, batch) in order.chunks(batch).enumerate() {
            let rows: Vec<f32> =
                batch.iter().flat_map(|row| &values[row * features..(row + 1) * features]).copied().collect();
            parts[number % shards].add_wide_rows(&rows);
        }
        let mut merged = Statistics::new(features);
        parts.iter().for_each(|part| merged.merge(part));
        assert_eq!(merged.counts(), whole.counts());
        for feature in 0..features {
            assert_near(merged.mean()[feature], whole.mean()[feature], 1e-9);
            assert_near(merged.std()[feature], whole.std()[feature], 1e-9);
        }
    }
}

#[test]
fn statistics_do_not_depend_on_the_number_of_threads() {
    let values = random_rows(3000, 700, 5);
    let with = |threads: usize| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| of_rows(&values, 700))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn numbers_that_are_not_finite_are_skipped_and_counted() {
    let rows = [f32::NAN, 1.0, 2.0, f32::NAN, f32::INFINITY, 4.0, f32::NAN, 3.0, 9.0];
    for batch in [3, 6, 9] {
        let mut statistics = Statistics::new(3);
        rows.chunks(batch).for_each(|rows| statistics.add_wide_rows(rows));
        assert_eq!(statistics.counts(), [0, 2, 3]);
        assert_eq!(statistics.skipped(), [3, 1, 0]);
        assert_eq!(statistics.count(), 3);
        assert_eq!(statistics.mean(), [0.0, 2.0, 5.0]);
        let std = statistics.std();
        assert_eq!(std[..2], [0.0, 1.0]);
        assert_near(std[2], (26.0f64 / 3.0).sqrt(), 1e-14);
    }
}

#[test]
fn merging_with_nothing_changes_nothing() {
    let some = of_rows(&random_rows(10, 4, 6), 4);
    let mut left = some.clone();
    left.merge(&Statistics::new(4));
    let mut right = Statistics::new(4);
    right.merge(&some);
    assert_eq!((&left, &right), (&some, &some));
    let mut nothing = Statistics::new(4);
    nothing.merge(&Statistics::new(4));
    nothing.add_wide_rows(&[]);
    assert_eq!(nothing, Statistics::new(4));
    assert_eq!(nothing.std(), [0.0; 4]);
    let mut none = Statistics::new(0);
    none.add_wide_rows(&[]);
    assert_eq!((none.features(), none.count()), (0, 0));
}

#[test]
fn a_huge_mean_does_not_drown_the_deviation() {
    // 2^26 beside steps of 8: the sum of squares loses such a deviation even in f64.
    let mut random = fastrand::Rng::with_seed(7);
    let values: Vec<f32> = (0..20_000).map(|_| 67_108_864.0 + 8.0 * random.u32(0..4) as f32).collect();
    let (mean, std) = two_pass(&values, 1)[0];
    let mut statistics = Statistics::new(1);
    values.chunks(33).for_each(|rows| statistics.add_wide_rows(rows));
    assert_near(statistics.mean()[0], mean, 1e-14);
    assert_near(statistics.std()[0], std, 1e-9);
}

#[test]
fn a_feature_that_never_changes_has_no_deviation_at_all() {
    // .1 is no sum of powers of two: a mean taken naively would miss it by a digit, and z would be ±1.
    let mut merged = Statistics::new(1);
    for rows in [1, 3, 64, 1000] {
        let statistics = of_rows(&vec![0.1; rows], 1);
        merged.merge(&statistics);
        assert_eq!((statistics.mean(), &statistics.std()[..]), (&[f64::from(0.1f32)][..], &[0.0][..]));
    }
    assert_eq!(merged.std(), [0.0]);
    assert_eq!(LayerReference::fixed("l", &merged, -0.25, 0.15).z(0, 0.1), 0.0);
}

#[test]
fn statistics_of_two_layers_stand_beside_each_other() {
    let (first, second) = (of_rows(&random_rows(9, 2, 8), 2), of_rows(&random_rows(9, 3, 9), 3));
    let mut both = first.clone();
    both.append_features(&second);
    assert_eq!(both.features(), 5);
    assert_eq!(both.std(), [first.std(), second.std()].concat());
    let again = Statistics::from_columns(
        both.counts().to_vec(),
        both.skipped().to_vec(),
        both.mean().to_vec(),
        both.m2().to_vec(),
    );
    assert_eq!(again, both);
}

#[test]
fn the_embedding_is_that_of_the_independent_program() {
    let Methods { fne } = read("methods.json");
    let features = fne.mean.len();
    // Two layers, the first from every batch size.
    for (batch, first) in [(1, 3), (5, 4), (12, 1)] {
        let layers = [0..first, first..features].map(|range| {
            let mut statistics = Statistics::new(range.len());
            for rows in fne.train.chunks(batch) {
                let rows: Vec<f32> = rows.iter().flat_map(|row| &row[range.clone()]).copied().collect();
                statistics.add_wide_rows(&rows);
            }
            for (got, expected) in statistics.mean().iter().zip(&fne.mean[range.clone()]) {
                assert_near(*got, *expected, 1e-12);
            }
            for (got, expected) in statistics.std().iter().zip(&fne.std_ddof0[range]) {
                assert_near(*got, *expected, 1e-12);
            }
            LayerReference::fixed("layer", &statistics, -0.25, 0.15)
        });
        let reference = reference(layers.to_vec());
        assert_eq!(reference.features(), features);
        for (rows, z, codes) in [(&fne.train, &fne.z, &fne.ternary), (&fne.test, &fne.test_z, &fne.test_ternary)] {
            let mut got = TernaryCodes::zeros(ids(rows.len()), features);
            for (layer, range) in [0..first, first..features].into_iter().enumerate() {
                let values: Vec<f32> = rows.iter().flat_map(|row| &row[range.clone()]).copied().collect();
                reference.encode_wide(layer, &values, &mut got, NEVER).unwrap();
            }
            assert_eq!(got.unpack(), codes.concat());
            for (row, z) in rows.iter().zip(z) {
                for (feature, (value, z)) in row.iter().zip(z).enumerate() {
                    let (layer, channel) = reference.channel_of(feature).unwrap();
                    assert!((reference.layers[layer].z(channel, *value) - z).abs() < 1e-12);
                }
            }
        }
    }
}

#[test]
fn exactly_at_a_bound_nothing_is_said() {
    let Boundary { z, ternary: expected } = read::<Methods>("methods.json").fne.boundary;
    let Thresholds::Fixed { low, high } = Thresholds::default() else { panic!("fixed by default") };
    assert_eq!(z.iter().map(|z| ternary(*z, Some(low), Some(high))).collect::<Vec<_>>(), expected);
    assert_eq!([f64::NAN, f64::INFINITY, -f64::INFINITY].map(|z| ternary(z, Some(low), Some(high))), [0; 3]);
    assert_eq!([-9.0, 9.0].map(|z| ternary(z, None, None)), [0; 2]);
}

#[test]
fn rows_are_encoded_as_values_are_one_by_one() {
    // What is not finite, a feature that never changes, and bounds that cross: then the upper one counts.
    let statistics = of_rows(&[0.0, 5.0, 2.0, 5.0, 1.0, 5.0], 2);
    let values = [f32::NAN, 5.0, f32::INFINITY, 6.0, f32::NEG_INFINITY, f32::NAN, 1.5, 4.0, 0.5, 5.0, 2.0, 5.0];
    for (low, high, expected) in [
        (-0.25, 0.15, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 1, 0]),
        (1.0, -1.0, [0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1]),
        (1.0, 0.5, [0, -1, 0, -1, 0, 0, 1, -1, -1, -1, 1, -1]),
    ] {
        let layer = LayerReference::fixed("l", &statistics, low, high);
        let one_by_one: Vec<i8> = values.iter().enumerate().map(|(at, v)| layer.ternary(at % 2, *v)).collect();
        assert_eq!(one_by_one, expected);
        let mut codes = TernaryCodes::zeros(ids(6), 2);
        reference(vec![layer]).encode_wide(0, &values, &mut codes, NEVER).unwrap();
        assert_eq!(codes.unpack(), expected);
    }
}

#[test]
fn scaling_and_shifting_a_raw_feature_leaves_its_codes() {
    let (rows, features) = (500, 70);
    let values = random_rows(rows, features, 10);
    let mut random = fastrand::Rng::with_seed(11);
    let maps: Vec<(f32, f32)> = (0..features).map(|_| (0.01 + 50.0 * random.f32(), random.f32() - 0.5)).collect();
    let mapped: Vec<f32> = (0..rows * features)
        .map(|at| {
            let (scale, shift) = maps[at % features];
            values[at] * scale + shift * scale * 10f32.powi((at % features) as i32 % 5 - 2)
        })
        .collect();
    let encode = |values: &[f32]| {
        let layer = LayerReference::fixed("l", &of_rows(values, features), -0.25, 0.15);
        // Rounding may only turn what lies at a bound, and nothing does.
        let z = |at: usize| layer.z(at % features, values[at]);
        assert!((0..values.len()).all(|at| (z(at) + 0.25).abs() > 1e-6 && (z(at) - 0.15).abs() > 1e-6));
        let mut codes = TernaryCodes::zeros(ids(rows), features);
        reference(vec![layer]).encode_wide(0, values, &mut codes, NEVER).unwrap();
        codes
    };
    let (codes, codes_of_mapped) = (encode(&values), encode(&mapped));
    assert_ne!(values, mapped);
    assert_eq!(codes, codes_of_mapped);
    let all = codes.unpack();
    assert!([-1, 0, 1].iter().all(|code| all.contains(code)), "all three occur");
}

#[test]
fn layers_and_blocks_of_images_can_be_written_in_any_order() {
    // Widths that share words of the planes.
    let widths = [3, 64, 61, 1, 130];
    let count = 150;
    let layers: Vec<Vectors> = widths
        .iter()
        .map(|width| {
            let values = random_rows(count, *width, *width as u64).into_iter().map(f16::from_f32).collect();
            Vectors { ids: ids(count), matrix: Matrix::new(*width, values) }
        })
        .collect();
    let learn = |vectors: &Vectors| {
        let mut statistics = Statistics::new(vectors.matrix.columns());
        statistics.add_rows(vectors.matrix.values());
        LayerReference::fixed("l", &statistics, -0.25, 0.15)
    };
    let reference = reference(layers.iter().map(learn).collect());
    let plain: Vec<i8> = (0..count)
        .flat_map(|row| {
            layers.iter().zip(&reference.layers).flat_map(move |(vectors, layer)| {
                let values = vectors.matrix.row(row).iter().enumerate();
                values.map(|(feature, value)| layer.ternary(feature, value))
            })
        })
        .collect();
    let features = reference.features();
    let expected = TernaryCodes::pack(ids(count), features, &plain);
    assert_eq!(expected.unpack(), plain);
    // Written over what was there before.
    let mut codes = TernaryCodes::pack(ids(count), features, &vec![1; count * features]);
    for layer in [4, 0, 2, 1, 3] {
        let width = widths[layer];
        for block in [100..150, 0..70, 70..100] {
            let values = layers[layer].matrix.values().slice(block.start * width, block.len() * width).to_numbers();
            let some = Vectors { ids: block.map(|id| ImageId(id as u32)).collect(), matrix: Matrix::of(width, values) };
            reference.encode(layer, &some, &mut codes, NEVER).unwrap();
        }
    }
    assert_eq!(codes, expected);
    assert_eq!(reference.encode(0, &layers[0], &mut codes, ALWAYS), None);
    assert_eq!(reference.channel_of(3 + 64), Some((2, 0)));
    assert_eq!(reference.channel_of(features), None);
}

#[test]
fn new_and_changed_images_are_encoded_by_an_old_reference_and_take_their_places() {
    let old = random_rows(100, 66, 20);
    let reference = reference(vec![LayerReference::fixed("l", &of_rows(&old, 66), -0.25, 0.15)]);
    let text = serde_json::to_string(&reference).unwrap();
    let kept: Reference = serde_json::from_str(&text).unwrap();
    let new = random_rows(40, 66, 21);
    let encode = |reference: &Reference, ids: Vec<ImageId>, values: &[f32]| {
        let mut codes = TernaryCodes::zeros(ids, 66);
        reference.encode_wide(0, values, &mut codes, NEVER).unwrap();
        codes
    };
    let codes = encode(&reference, ids(100), &old);
    let later = encode(&kept, (100..140).map(ImageId).collect(), &new);
    let all = encode(&reference, ids(140), &[old.clone(), new.clone()].concat());
    // Some at a time, in any order, and those that nobody asks about as well.
    let mut grown = TernaryCodes::zeros(ids(140), 66);
    let mut some: Vec<ImageId> = (40..140).rev().map(ImageId).collect();
    let of =
        |id: &ImageId| if id.0 < 100 { &old[id.index() * 66..][..66] } else { &new[(id.index() - 100) * 66..][..66] };
    for _ in 0..2 {
        let values: Vec<f32> = some.iter().flat_map(of).copied().collect();
        kept.encode_some(0, &some, NumbersRef::Single(&values), &mut grown, NEVER).unwrap();
        assert_eq!(grown.row(99), codes.row(99));
        some = ids(60);
    }
    assert_eq!(grown, all);
    assert_eq!(grown.row(120), later.row(20));
    // The third has become the first of the new, and of the fifth nobody asks any more.
    let left: Vec<ImageId> = ids(100).into_iter().filter(|id| *id != ImageId(5)).collect();
    let mut changed = TernaryCodes::zeros(left.clone(), 66);
    kept.encode_some(0, &ids(100), NumbersRef::Single(&old), &mut changed, NEVER).unwrap();
    kept.encode_some(0, &[ImageId(3), ImageId(500)], NumbersRef::Single(&new[..132]), &mut changed, NEVER).unwrap();
    let values: Vec<f32> = left
        .iter()
        .flat_map(|id| if id.0 == 3 { &new[..66] } else { &old[id.index() * 66..][..66] })
        .copied()
        .collect();
    assert_eq!(changed, encode(&reference, left.clone(), &values));
    assert_eq!(kept.encode_some(0, &left, NumbersRef::Single(&values), &mut changed, ALWAYS), None);
    assert_eq!(kept.layer("l"), Some(0));
    assert_eq!(kept.layer("m"), None);
}

#[test]
fn an_image_without_a_vector_says_nothing() {
    let values: Vec<f16> = [0.0, 1.0, 2.0].map(f16::from_f32).to_vec();
    let vectors = Vectors { ids: vec![ImageId(2), ImageId(5), ImageId(9)], matrix: Matrix::new(1, values) };
    let mut statistics = Statistics::new(1);
    statistics.add_rows(vectors.matrix.values());
    let reference = reference(vec![LayerReference::fixed("l", &statistics, -0.25, 0.15)]);
    let mut codes = TernaryCodes::zeros(vec![ImageId(2), ImageId(3), ImageId(9)], 1);
    reference.encode(0, &vectors, &mut codes, NEVER).unwrap();
    assert_eq!(codes.unpack(), [-1, 0, 1]);
    assert_eq!((codes.row_of(ImageId(9)), codes.row_of(ImageId(5))), (Some(2), None));
}

fn golden_sample(golden: &ThresholdsGolden) -> (Statistics, RowSample, Vec<Option<u32>>) {
    let rows: Vec<f16> = golden.rows.iter().map(|v| f16::from_f32(*v)).collect();
    let mut statistics = Statistics::new(golden.features);
    statistics.add_rows(&rows);
    let mut sample = RowSample::new(golden.features, 1000, 3);
    sample.offer(&ids(golden.classes.len()), &rows);
    let classes = sample.ids().map(|id| golden.classes[id.index()]).collect();
    (statistics, sample, classes)
}

fn assert_layer(
    layer: LayerReference,
    golden: &ThresholdsGolden,
    bounds: &[(Option<f64>, Option<f64>)],
    codes: &[Vec<i8>],
) {
    for (feature, (low, high)) in bounds.iter().enumerate() {
        let got = layer.bounds(feature);
        for (got, expected) in [(got.0, low), (got.1, high)] {
            assert_eq!(got.is_some(), expected.is_some(), "feature {feature}");
            if let (Some(got), Some(expected)) = (got, expected) {
                assert!((got - expected).abs() < 1e-9, "{got} instead of {expected} at feature {feature}");
            }
        }
    }
    let mut got = TernaryCodes::zeros(ids(codes.len()), golden.features);
    reference(vec![layer]).encode_wide(0, &golden.rows, &mut got, NEVER).unwrap();
    assert_eq!(got.unpack(), codes.concat());
}

#[test]
fn quantile_thresholds_are_those_of_numpy() {
    let golden: ThresholdsGolden = read("thresholds.json");
    let (statistics, sample, classes) = golden_sample(&golden);
    let Quantiles { low, high, ref bounds, ref codes } = golden.quantiles;
    let thresholds = Thresholds::Quantiles { low, high };
    let layer = LayerReference::learn("l", &statistics, thresholds, &sample, &classes, NEVER).unwrap();
    let bounds: Vec<_> = bounds.iter().map(|[low, high]| (Some(*low), Some(*high))).collect();
    assert_layer(layer, &golden, &bounds, codes);
    assert_eq!(LayerReference::learn("l", &statistics, thresholds, &sample, &classes, ALWAYS), None);
}

#[test]
fn supervised_thresholds_are_where_scipy_finds_the_largest_distance() {
    let golden: ThresholdsGolden = read("thresholds.json");
    let (statistics, sample, classes) = golden_sample(&golden);
    let Supervised { least, significance, tells: ref expected, ref bounds, ref codes } = golden.supervised;
    let found = tells(&statistics, &sample, &classes, least, significance, NEVER).unwrap();
    let pairs = |tell: &(usize, u32, Tendency, f64, f64)| (tell.0, tell.1, tell.2);
    let found: Vec<_> = found.iter().map(|t| (t.feature, t.class, t.tendency, t.distance, t.at)).collect();
    assert_eq!(found.iter().map(pairs).collect::<Vec<_>>(), expected.iter().map(pairs).collect::<Vec<_>>());
    for (got, expected) in found.iter().zip(expected) {
        assert!((got.3 - expected.3).abs() < 1e-12 && (got.4 - expected.4).abs() < 1e-9, "{got:?}, {expected:?}");
    }
    let thresholds = Thresholds::Supervised { least, significance };
    let layer = LayerReference::learn("l", &statistics, thresholds, &sample, &classes, NEVER).unwrap();
    assert_layer(layer, &golden, bounds, codes);
    // Here significance decides, and then the least distance.
    let strict = tells(&statistics, &sample, &classes, 0.65, significance, NEVER).unwrap();
    assert_eq!(strict.len(), expected.iter().filter(|tell| tell.3 >= 0.65).count());
    assert!(!strict.is_empty() && strict.len() < expected.len());
    assert_eq!(tells(&statistics, &sample, &classes, least, significance, ALWAYS), None);
}

#[test]
fn without_two_classes_no_feature_tells_anything() {
    let golden: ThresholdsGolden = read("thresholds.json");
    let (statistics, sample, _) = golden_sample(&golden);
    for class in [None, Some(0), Some(2)] {
        let classes = vec![class; sample.len()];
        assert_eq!(tells(&statistics, &sample, &classes, 0.0, 1.0, NEVER), Some(vec![]));
        let layer = LayerReference::learn("l", &statistics, Thresholds::SUPERVISED, &sample, &classes, NEVER).unwrap();
        assert!((0..golden.features).all(|feature| layer.bounds(feature) == (None, None)));
    }
    // Smirnov's table: 1.36 √((n + m) / (n m)) at 5 %, 1.63 at 1 %.
    assert!((critical_distance(100, 100, 0.05) - 1.358 * 0.02f64.sqrt()).abs() < 1e-4);
    assert!((critical_distance(50, 200, 0.01) - 1.628 * 0.025f64.sqrt()).abs() < 1e-4);
}

#[test]
fn a_sample_is_the_same_whatever_the_batches_and_shards() {
    let (count, features, capacity) = (3000, 2, 200);
    let rows: Vec<f16> = (0..count * features).map(|v| f16::from_f32((v % 2000) as f32)).collect();
    let all = ids(count);
    let whole = {
        let mut sample = RowSample::new(features, capacity, 5);
        sample.offer(&all, &rows);
        sample.ids().collect::<Vec<_>>()
    };
    assert_eq!(whole.len(), capacity);
    let mut shards = [RowSample::new(features, capacity, 5), RowSample::new(features, capacity, 5)];
    for (number, batch) in all.chunks(77).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let first = batch[0].index() * features;
        shards[number % 2].offer(batch, &rows[first..first + batch.len() * features]);
    }
    let [mut merged, other] = shards;
    merged.merge(other);
    assert_eq!(merged.ids().collect::<Vec<_>>(), whole);
    // Drawn evenly: about as many from each half, and others by another seed.
    let early = whole.iter().filter(|id| id.index() < count / 2).count();
    assert!((70..130).contains(&early), "{early} of {capacity} from the first half");
    let mut by_another_seed = RowSample::new(features, capacity, 6);
    by_another_seed.offer(&all, &rows);
    assert_ne!(by_another_seed.ids().collect::<Vec<_>>(), whole);
}

#[test]
fn an_image_offered_to_a_full_sample_again_replaces_its_row() {
    let half = |values: [f32; 2]| values.map(f16::from_f32);
    let mut sample = RowSample::new(1, 2, 0);
    sample.offer(&ids(2), &half([0.0, 9.0]));
    sample.offer(&ids(2), &half([1.0, 2.0]));
    assert_eq!((sample.len(), sample.is_empty()), (2, false));
    let statistics = of_rows(&[1.0, 2.0], 1);
    let smallest_and_largest = Thresholds::Quantiles { low: 0.0, high: 1.0 };
    let layer = LayerReference::learn("l", &statistics, smallest_and_largest, &sample, &[None; 2], NEVER).unwrap();
    assert_eq!(layer.bounds(0), (Some(-1.0), Some(1.0)));
}

fn random_codes(rows: usize, features: usize, seed: u64) -> TernaryCodes {
    let mut random = fastrand::Rng::with_seed(seed);
    let plain: Vec<i8> = (0..rows * features).map(|_| random.i8(-1..=1)).collect();
    TernaryCodes::pack(ids(rows), features, &plain)
}

/// The planes of each row.
fn bytes(codes: &TernaryCodes) -> Vec<[Vec<u8>; 2]> {
    let of_row = |row: usize| {
        let (mut strong, mut weak) = (Vec::new(), Vec::new());
        codes.append_bytes(row, [&mut strong, &mut weak]);
        [strong, weak]
    };
    (0..codes.rows()).map(of_row).collect()
}

/// Codes of rows as they were written.
fn of_bytes(features: usize, bytes: &[[Vec<u8>; 2]]) -> Result<TernaryCodes, BadCodes> {
    let mut codes = TernaryCodes::zeros(ids(bytes.len()), features);
    for (row, [strong, weak]) in bytes.iter().enumerate() {
        codes.set_bytes(row, [strong, weak])?;
    }
    Ok(codes)
}

#[test]
fn codes_are_two_bits_a_feature_and_survive_as_bytes() {
    assert_eq!(TernaryCodes::row_bytes(12_416), 3104);
    assert_eq!(TernaryCodes::memory_bytes(1_000_000, 15_000), 3_760_000_000);
    for features in [0, 1, 7, 8, 63, 64, 65, 130] {
        let codes = random_codes(5, features, features as u64);
        let bytes = bytes(&codes);
        assert!(bytes.iter().all(|[strong, weak]| strong.len() + weak.len() == TernaryCodes::row_bytes(features)));
        assert_eq!(of_bytes(features, &bytes), Ok(codes));
    }
    let codes = TernaryCodes::pack(ids(1), 10, &[1, -1, 0, 0, 0, 0, 0, 1, -1, 1]);
    assert_eq!(bytes(&codes), [[vec![0b1000_0001, 0b10], vec![0b0000_0010, 0b01]]]);
}

#[test]
fn damaged_bytes_are_no_codes() {
    let whole = bytes(&random_codes(3, 10, 1));
    let read = |bytes: &[[Vec<u8>; 2]]| of_bytes(10, bytes);
    let mut cut = whole.clone();
    cut[0][1].pop();
    assert_eq!(read(&cut), Err(BadCodes::Length { expected: 4, found: 3 }));
    let mut both = whole.clone();
    (both[1][0][0], both[1][1][0]) = (1, 1);
    assert_eq!(read(&both), Err(BadCodes::Damaged { image: ImageId(1) }));
    let mut beyond = whole;
    beyond[2][1][1] |= 0b100;
    assert_eq!(read(&beyond), Err(BadCodes::Damaged { image: ImageId(2) }));
}

/// Hamming, L1 and squared Euclidean distance of plain codes.
fn plain_distances(a: &[i8], b: &[i8]) -> [u32; 3] {
    let sum = |f: &dyn Fn(u32) -> u32| a.iter().zip(b).map(|(a, b)| f(u32::from(a.abs_diff(*b)))).sum();
    [sum(&|d| u32::from(d != 0)), sum(&|d| d), sum(&|d| d * d)]
}

#[test]
fn popcount_distances_are_those_of_the_plain_codes() {
    // Widths around those of words and of groups of words.
    for features in [1, 64, 65, 200, 511, 513, 1000, 12_416] {
        let codes = random_codes(6, features, features as u64);
        let plain = codes.unpack();
        for (a, b) in (0..6).flat_map(|a| (0..6).map(move |b| (a, b))) {
            let rows = [a, b].map(|row| &plain[row * features..(row + 1) * features]);
            let (a, b) = (codes.row(a), codes.row(b));
            let got = [hamming::hamming(a, b), hamming::l1(a, b), hamming::squared_euclidean(a, b)];
            assert_eq!(got, plain_distances(rows[0], rows[1]), "{features} features");
        }
    }
}

/// Everything compared and sorted: by distance, then row.
fn brute_force(plain: &[i8], features: usize, row: usize) -> Vec<(u32, usize)> {
    let of = |row: usize| &plain[row * features..(row + 1) * features];
    let mut all: Vec<_> = (0..plain.len() / features)
        .filter(|other| *other != row)
        .map(|other| (plain_distances(of(row), of(other))[0], other))
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn nearest_codes_are_those_of_a_plain_comparison() {
    // Few features, so that there are many ties; more rows than two blocks; ids with gaps.
    let (rows, features) = (2500, 9);
    let plain = random_codes(rows, features, 30).unpack();
    let gappy: Vec<ImageId> = (0..rows as u32).map(|row| ImageId(3 * row + 1)).collect();
    let codes = TernaryCodes::pack(gappy, features, &plain);
    for row in [0, 1023, 1024, 2499] {
        let image = codes.ids()[row];
        let found = hamming::nearest(&codes, codes.row(row), 40, Some(image), NEVER);
        let expected: Vec<_> = brute_force(&plain, features, row)
            .into_iter()
            .take(40)
            .map(|(d, r)| (codes.ids()[r], f64::from(d as f32)))
            .collect();
        assert_eq!(found.iter().map(|n| (n.image, n.score)).collect::<Vec<_>>(), expected);
    }
    let itself = hamming::nearest(&codes, codes.row(7), 1, None, NEVER);
    assert_eq!(itself[0].score, 0.0);
    assert_eq!(hamming::nearest(&codes, codes.row(7), 5, None, ALWAYS), []);
    assert_eq!(hamming::nearest(&codes, codes.row(7), 0, None, NEVER), []);
    assert_eq!(hamming::nearest(&codes, codes.row(7), 9999, None, NEVER).len(), rows);
}

#[test]
fn the_graph_of_nearest_codes_is_that_of_a_plain_comparison() {
    for (rows, features, k) in [(150, 6, 10), (33, 70, 5), (5, 70, 9)] {
        let codes = random_codes(rows, features, 31);
        let plain = codes.unpack();
        let graph = hamming::knn(&codes, k, NEVER).unwrap();
        assert_eq!((graph.rows(), graph.k()), (rows, k.min(rows - 1)));
        for row in 0..rows {
            let expected = brute_force(&plain, features, row);
            let got = graph.distances(row).iter().zip(graph.neighbours(row)).map(|(d, n)| (*d as u32, *n as usize));
            assert_eq!(got.collect::<Vec<_>>(), expected[..graph.k()]);
        }
    }
    let codes = random_codes(20, 6, 32);
    assert_eq!(hamming::knn(&codes, 3, ALWAYS), None);
    assert_eq!(hamming::knn(&random_codes(1, 6, 33), 3, NEVER).unwrap().rows(), 0);
}

#[test]
fn the_costs_of_a_network_of_12_416_features() {
    // Printed, not asserted.
    let (rows, features) = (10_000, 12_416);
    let codes = random_codes(rows, features, 40);
    let start = std::time::Instant::now();
    let mut sum = 0u64;
    for row in 0..rows {
        sum += u64::from(hamming::hamming(codes.row(0), codes.row(row)));
    }
    eprintln!("{:.0} ns a distance on one core", start.elapsed().as_secs_f64() * 1e9 / rows as f64);
    // Two of three pairs of codes drawn alike differ.
    let mean = sum as f64 / rows as f64;
    assert!((mean / features as f64 - 2.0 / 3.0).abs() < 0.01, "{mean}");
    let start = std::time::Instant::now();
    let found = hamming::nearest(&codes, codes.row(9), 50, None, NEVER);
    eprintln!("50 of {rows}: {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(found[0].image, ImageId(9));
}
