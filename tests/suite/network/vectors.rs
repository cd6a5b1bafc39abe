//! Activations to vectors: the room `features`.

use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use tiramisu::{
    domain::{ClassScale, Matrix, Numbers, Pooling, Precision},
    features::{PooledBatch, class_scores, pool, pool_both, pool_with_places, top_classes},
};

/// `[2, 2, 1, 3]`.
fn activation() -> Tensor<4> {
    let values = vec![1.0f32, 2.0, 6.0, -1.0, -2.0, -6.0, 0.0, 0.5, 0.25, 7.0, 7.0, 7.0];
    Tensor::from_data(TensorData::new(values, [2, 2, 1, 3]), &Device::flex())
}

fn numbers(tensor: Tensor<2>) -> Vec<f32> {
    tensor.try_into_vec_as().unwrap()
}

#[test]
fn pooling_keeps_one_number_a_channel() {
    assert_eq!(numbers(pool(activation(), Pooling::Average)), [3.0, -3.0, 0.25, 7.0]);
    assert_eq!(numbers(pool(activation(), Pooling::Maximum)), [6.0, -1.0, 0.5, 7.0]);
    let [average, maximum] = pool_both(activation());
    assert_eq!(average.dims(), [2, 2]);
    assert_eq!(numbers(average), [3.0, -3.0, 0.25, 7.0]);
    assert_eq!(numbers(maximum), [6.0, -1.0, 0.5, 7.0]);
}

#[test]
fn a_batch_is_read_once_and_comes_apart_by_layer() {
    let mut batch = PooledBatch::new();
    let [average, maximum] = pool_both(activation());
    batch.push(average);
    batch.push(maximum.narrow(1, 1, 1));
    let matrices = batch.read().unwrap();
    assert_eq!(matrices.len(), 2);
    assert_eq!((matrices[0].rows(), matrices[0].columns()), (2, 2));
    assert_eq!((matrices[1].rows(), matrices[1].columns()), (2, 1));
    let row = |matrix: usize, row: usize| -> Vec<f32> { matrices[matrix].row(row).iter().collect() };
    assert_eq!((row(0, 0), row(0, 1)), (vec![3.0, -3.0], vec![0.25, 7.0]));
    assert_eq!((row(1, 0), row(1, 1)), (vec![-1.0], vec![7.0]));
    assert!(PooledBatch::new().read().unwrap().is_empty());
}

#[test]
fn the_place_of_the_largest_value_is_that_of_a_plain_search_and_the_values_are_the_same() {
    let mut random = fastrand::Rng::with_seed(5);
    for [n, c, h, w] in [[3, 7, 5, 9], [2, 16, 31, 33], [1, 40, 64, 65], [2, 3, 1, 1], [1, 5, 1, 4]] {
        // Many ties, and maps of zeros.
        let number = |_: usize| if random.u8(..) < 100 { 0.0 } else { random.i32(-9..40) as f32 / 4.0 };
        let values: Vec<f32> = (0..n * c * h * w).map(number).collect();
        let activation: Tensor<4> = Tensor::from_data(TensorData::new(values.clone(), [n, c, h, w]), &Device::flex());
        let [average, maximum] = pool_both(activation.clone());
        let ([with_average, with_maximum], places) = pool_with_places(activation);
        let mut batch = PooledBatch::new();
        batch.push(with_maximum.clone());
        batch.push_places(places);
        let (matrices, places) = batch.read_with_places().unwrap();
        assert_eq!((matrices.len(), places.len(), places[0].len()), (1, 1, n * c));
        let bits = |tensor: Tensor<2>| numbers(tensor).iter().map(|value| value.to_bits()).collect::<Vec<u32>>();
        assert_eq!(bits(average), bits(with_average));
        assert_eq!(bits(maximum), bits(with_maximum));
        for (map, place) in values.chunks(h * w).zip(&places[0]) {
            let first = (0..map.len()).reduce(|best, place| if map[place] > map[best] { place } else { best });
            assert_eq!(Some(*place as usize), first, "{map:?}");
        }
    }
}

#[test]
fn values_too_large_for_half_precision_stay_what_they_are_in_single() {
    let pushed = |values: &[f32]| Tensor::from_data(TensorData::new(values.to_vec(), [2, 2]), &Device::flex());
    let (loud, quiet) = ([1e6f32, -3e33, 0.1, 65_504.0], [0.1f32, 65_488.0, f32::NEG_INFINITY, f32::NAN]);
    let batch = || {
        let mut batch = PooledBatch::new();
        batch.push(pushed(&loud));
        batch.push(pushed(&quiet));
        batch.push_places(Tensor::from_data(TensorData::new(vec![1i32, 2, 3, 4], [2, 2]), &Device::flex()));
        batch
    };
    let (matrices, places) = batch().read_with_places().unwrap();
    assert_eq!(places, [[1, 2, 3, 4]]);
    assert_eq!(matrices[0], Matrix::of(2, loud.to_vec().into()));
    // The other layer is as exact as halves are, and what is no finite number is none afterwards.
    assert_eq!(matrices[1].precision(), Precision::Half);
    let halves: Vec<f32> = matrices[1].values().iter().collect();
    assert_eq!(halves[..3], [f16::from_f32(0.1).to_f32(), 65_472.0, f32::NEG_INFINITY]);
    assert!(halves[3].is_nan());
    // What the largest half stands for is told from what it is: nothing is rounded to it.
    assert_eq!(Numbers::narrowed(vec![65_504.0]).precision(), Precision::Single);
    // A layer that is in single precision stays so, whatever comes.
    let matrices = batch().keeping_single(vec![false, true]).read().unwrap();
    assert_eq!(matrices[1].values().iter().take(3).collect::<Vec<f32>>(), quiet[..3]);
}

#[test]
fn the_most_probable_classes_come_first() {
    let labels: Vec<String> = ["cat", "dog", "emu"].map(String::from).to_vec();
    // exp(0), exp(ln 3), exp(ln 4): 1/8, 3/8, 4/8, however far all of them are shifted.
    for shift in [0.0, 1000.0, -1000.0] {
        let logits = [0.0, 3.0f32.ln(), 4.0f32.ln()].map(|logit| logit + shift);
        let scores = top_classes(&logits, ClassScale::Softmax, &labels, 2);
        assert_eq!(scores.len(), 2);
        assert_eq!((scores[0].index, scores[0].name.as_str()), (2, "emu"));
        assert_eq!((scores[1].index, scores[1].name.as_str()), (1, "dog"));
        assert!((scores[0].probability - 0.5).abs() < 1e-4 && (scores[1].probability - 0.375).abs() < 1e-4);
    }
}

#[test]
fn a_plane_of_classes_counts_by_its_mean() {
    let labels: Vec<String> = ["down", "up"].map(String::from).to_vec();
    let scores = class_scores(activation(), ClassScale::Softmax, &labels, 5).unwrap();
    assert_eq!(scores.len(), 2);
    // Means 3 and -3; then 0.25 and 7.
    assert_eq!((scores[0][0].name.as_str(), scores[1][0].name.as_str()), ("down", "up"));
    let expected = 1.0 / (1.0 + (-6.0f32).exp());
    assert!((scores[0][0].probability - expected).abs() < 1e-6);
}

#[test]
fn probabilities_that_are_there_already_are_taken_as_they_are() {
    let labels: Vec<String> = ["cat", "dog", "emu"].map(String::from).to_vec();
    let scores = top_classes(&[0.25, 0.875, 0.5], ClassScale::AsTheyAre, &labels, 2);
    let found: Vec<_> = scores.iter().map(|score| (score.name.as_str(), score.probability)).collect();
    assert_eq!(found, [("dog", 0.875), ("emu", 0.5)]);
}
