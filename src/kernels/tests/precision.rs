//! How exact convolutions in fewer multiplications are.

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Lined, LinedConvolution, LinedPart, Memory, Panels, Piece, Shape, apply_lined};

use super::convolution::{convolve, expected};
use super::numbers;

/// How far a number may be off, as a share of the layer's largest magnitude.
pub(super) const OF_LARGEST: f64 = 1e-3;

/// The largest magnitude of a layer, before it is kept within bounds.
pub(super) fn largest_of(expected: &[(f64, f64)]) -> f64 {
    expected.iter().fold(0.0, |largest: f64, (number, _)| largest.max(number.abs()))
}

fn do_all(pieces: Vec<Piece<'_>>) {
    pieces.into_iter().for_each(|piece| piece.apply(&mut Memory::default()));
}

#[test]
fn the_last_layers_of_deep_networks_are_right_to_a_thousandth_of_their_largest_number() {
    if cfg!(miri) {
        return;
    }
    let (channels, size, ones) = (512, [7, 7], [1, 1]);
    let shape =
        Shape { out: 512, channels, kernel: [3, 3], stride: ones, padding: [(1, 1); 2], dilation: ones, groups: 1 };
    let mut random = fastrand::Rng::with_seed(57);
    let weights = numbers(&mut random, shape.out * channels * 9);
    let bias = numbers(&mut random, shape.out);
    // Of either sign, and as the layer before leaves them: none below zero.
    let input = numbers(&mut random, channels * size[0] * size[1]);
    let rectified: Vec<f32> = input.iter().map(|number| number.max(0.0)).collect();
    for input in [input, rectified] {
        let expected = expected(&shape, &weights, &bias, &input, size);
        let most = OF_LARGEST * largest_of(&expected);
        for instructions in Instructions::all() {
            let panels = Panels::new(instructions, shape, &weights, Some(&bias), None);
            let of_planes = convolve(&panels, &input, size, None, 1, |work| work.apply(&mut Memory::default()));
            let convolution = LinedConvolution::new(instructions, shape, &weights, Some(&bias), None, size);
            let lines = Lined::from_planes(instructions, &input, channels, size, 1, do_all);
            let part = [LinedPart { convolution: &convolution, input: &lines }];
            let of_lines = apply_lined(&part, None, 2, |pieces| pieces.into_iter().for_each(do_all));
            let of_lines = of_lines.to_planes(instructions, 1, do_all);
            for (what, found) in [("planes", of_planes), ("lines", of_lines)] {
                assert_eq!(found.len(), expected.len());
                for (found, (expected, _)) in found.iter().zip(&expected) {
                    let is_right = (f64::from(*found) - expected).abs() <= most;
                    assert!(is_right, "{found}, not {expected} within {most}: {what}, {instructions:?}");
                }
            }
        }
    }
}
