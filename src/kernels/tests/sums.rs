//! What is added as a convolution writes is what is added behind it, to the bit.

use std::panic::catch_unwind;

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Memory, Panels, Shape, Sum};

use super::convolution::{convolve, do_in_parts, random_bounds, random_shape};
use super::{CASES, Shifted, numbers};

fn check(instructions: Instructions, random: &mut fastrand::Rng, shape: Shape, size: [usize; 2], pictures: usize) {
    let Shape { out, channels, kernel, groups, .. } = shape;
    let weights = numbers(random, groups * out * channels * kernel[0] * kernel[1]);
    let bias = numbers(random, groups * out);
    let input = numbers(random, pictures * groups * channels * size[0] * size[1]);
    let panels = Panels::new(instructions, shape, &weights, Some(&bias), random_bounds(random));
    let apart = convolve(&panels, &input, size, None, 1, |work| work.apply(&mut Memory::default()));
    let mut addend = numbers(random, apart.len());
    // Here and there what is no number, and what has no end.
    for odd in [f32::NAN, f32::INFINITY] {
        let place = random.usize(0..addend.len().max(1));
        addend.iter_mut().skip(place).take(1).for_each(|number| *number = odd);
    }
    let addend = Shifted::new(&addend, random.usize(0..17));
    let bounds = random_bounds(random);
    let sum = Some(Sum { addend: addend.slice(), bounds });
    let threads = random.usize(1..9);
    let found = convolve(&panels, &input, size, sum, threads, |work| do_in_parts(work, random));
    assert_eq!(found.len(), apart.len(), "{shape:?}");
    for (place, ((found, number), other)) in found.iter().zip(&apart).zip(addend.slice()).enumerate() {
        let expected = bounds.map_or(number + other, |bounds| bounds.keep(number + other));
        let is_same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(is_same, "number {place}: {found}, not {expected}; {size:?}, {shape:?}, {instructions:?}");
    }
}

#[test]
fn sums_within_convolutions_are_those_behind_them_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(31);
        for case in 0..CASES / 3 {
            let (mut shape, mut size) = random_shape(&mut random);
            match case % 3 {
                // Single channels.
                0 => shape = Shape { out: random.usize(1..3), channels: 1, groups: random.usize(2..6), ..shape },
                // What is done with fewer multiplications, where it is worth while.
                1 => {
                    let few = if cfg!(miri) { 4 } else { 40 };
                    let (out, channels) = (random.usize(1..few), random.usize(2..few));
                    let (kernel, ones) = ([3, 3], [1, 1]);
                    shape = Shape { out, channels, kernel, stride: ones, dilation: ones, ..shape };
                    size = size.map(|size| size.max(3));
                }
                _ => {}
            }
            let pictures = random.usize(0..3);
            check(instructions, &mut random, shape, size, pictures);
        }
        if cfg!(miri) {
            continue;
        }
        // As networks have them: panels that are whole, half full or a single place, several chunks of taps, and steps.
        for (out, channels, side, step, size) in
            [(256, 64, 1, 1, 28), (50, 1600, 1, 1, 7), (60, 96, 1, 2, 13), (64, 64, 3, 1, 14), (40, 70, 3, 1, 7)]
        {
            let (padding, groups) = ([(side / 2, side / 2); 2], 1);
            let shape =
                Shape { out, channels, kernel: [side; 2], stride: [step; 2], padding, dilation: [1, 1], groups };
            check(instructions, &mut random, shape, [size; 2], 1);
        }
    }
}

#[test]
fn an_addend_that_does_not_fit_is_refused_in_release() {
    let shape = Shape {
        out: 3,
        channels: 2,
        kernel: [1, 1],
        stride: [1, 1],
        padding: [(0, 0); 2],
        dilation: [1, 1],
        groups: 1,
    };
    let panels = Panels::new(Instructions::best(), shape, &[1.0; 6], None, None);
    let (input, addend) = ([1.0; 80], [1.0; 121]);
    for (count, is_right) in [(120, true), (119, false), (121, false), (0, false)] {
        let sum = Some(Sum { addend: &addend[..count], bounds: None });
        let add = || convolve(&panels, &input, [5, 8], sum, 1, |work| work.apply(&mut Memory::default()));
        assert_eq!(catch_unwind(add).is_ok(), is_right, "{count} numbers are added to 120");
    }
}
