//! Activations in lines: what is made of them is what is made of planes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{
    Bounds, Lined, LinedConvolution, LinedPart, LinedSum, Memory, Panels, Piece, Shape, apply_lined,
};
use tiramisu_kernels::planes::summary;
use tiramisu_kernels::pool::{Kind, Pool};

use super::convolution::{convolve, expected, kept, random_bounds, random_shape};
use super::precision::{OF_LARGEST, largest_of};
use super::{CASES, Shifted, is_near, numbers};

fn do_all(pieces: Vec<Piece<'_>>) {
    pieces.into_iter().for_each(|piece| piece.apply(&mut Memory::default()));
}

/// In any order, some of them in memory in which others worked before.
fn do_at_random(mut pieces: Vec<Piece<'_>>, random: &mut fastrand::Rng) {
    let mut memory = Memory::default();
    while !pieces.is_empty() {
        let piece = pieces.swap_remove(random.usize(0..pieces.len()));
        if random.u8(0..4) == 0 {
            memory = Memory::default();
        }
        piece.apply(&mut memory);
    }
}

fn lined(instructions: Instructions, planes: &[f32], channels: usize, size: [usize; 2]) -> Lined {
    Lined::from_planes(instructions, planes, channels, size, 1, do_all)
}

fn planes_of(instructions: Instructions, lined: &Lined) -> Vec<f32> {
    lined.to_planes(instructions, 1, do_all)
}

#[test]
fn planes_become_lines_and_planes_again_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(51);
        for _ in 0..CASES / 6 {
            let most = if cfg!(miri) { 9 } else { 40 };
            let size = [random.usize(1..most), random.usize(1..most)];
            let (channels, pictures, threads) = (random.usize(1..50), random.usize(0..4), random.usize(1..9));
            let mut planes = numbers(&mut random, pictures * channels * size[0] * size[1]);
            let place = random.usize(0..planes.len().max(1));
            planes.iter_mut().skip(place).take(1).for_each(|number| *number = f32::NAN);
            let planes = Shifted::new(&planes, random.usize(0..9));
            let lined = Lined::from_planes(instructions, planes.slice(), channels, size, threads, |pieces| {
                do_at_random(pieces, &mut random);
            });
            assert_eq!((lined.pictures(), lined.channels(), lined.size()), (pictures, channels, size));
            let threads = random.usize(1..9);
            let found = lined.to_planes(instructions, threads, |pieces| do_at_random(pieces, &mut random));
            let are_same = found.iter().zip(planes.slice()).all(|(found, plane)| found.to_bits() == plane.to_bits());
            assert!(are_same && found.len() == planes.slice().len(), "{channels} of {size:?}, {instructions:?}");
        }
    }
}

/// A convolution of one group with its weights and pictures; mostly one that lines are for.
struct Case {
    shape: Shape,
    size: [usize; 2],
    weights: Vec<f32>,
    bias: Vec<f32>,
    bounds: Option<Bounds>,
    pictures: usize,
    input: Vec<f32>,
}

impl Case {
    fn random(random: &mut fastrand::Rng) -> Self {
        let (shape, size) = random_shape(random);
        let most = if cfg!(miri) { 4 } else { 50 };
        let (out, channels) = (random.usize(1..most), random.usize(1..most));
        let (mut shape, mut size) = (Shape { out, channels, groups: 1, ..shape }, size);
        let ones = [1, 1];
        match random.u8(0..4) {
            // Single pixels.
            0 => shape = Shape { kernel: ones, stride: ones, padding: [(0, 0); 2], ..shape },
            // What is done with fewer multiplications, where it is worth while.
            1 | 2 => {
                shape = Shape { kernel: [3, 3], stride: ones, dilation: ones, ..shape };
                size = size.map(|size| size.max(3));
            }
            _ => {}
        }
        Self::of(random, shape, size)
    }

    fn of(random: &mut fastrand::Rng, shape: Shape, size: [usize; 2]) -> Self {
        let Shape { out, channels, kernel, .. } = shape;
        let pictures = random.usize(0..3);
        Self {
            weights: numbers(random, out * channels * kernel[0] * kernel[1]),
            bias: numbers(random, out),
            bounds: random_bounds(random),
            input: numbers(random, pictures * channels * size[0] * size[1]),
            shape,
            size,
            pictures,
        }
    }

    fn convolution(&self, instructions: Instructions, made_for: [usize; 2]) -> LinedConvolution {
        let Self { shape, weights, bias, bounds, .. } = self;
        LinedConvolution::new(instructions, *shape, weights, Some(bias), *bounds, made_for)
    }

    fn check(&self, instructions: Instructions, random: &mut fastrand::Rng) {
        let Self { shape, size, weights, bias, bounds, pictures, input } = self;
        let convolution = self.convolution(instructions, *size);
        let input_lines = lined(instructions, input, shape.channels, *size);
        let part = [LinedPart { convolution: &convolution, input: &input_lines }];
        let found = apply_lined(&part, None, 1, |pieces| pieces.into_iter().for_each(do_all));
        assert_eq!((found.pictures(), found.channels(), found.size()), (*pictures, shape.out, shape.output(*size)));
        let values = planes_of(instructions, &found);
        let expected = expected(shape, weights, bias, input, *size);
        assert_eq!(values.len(), expected.len(), "{shape:?}");
        // Fewer multiplications round more coarsely, also where the terms of a sum are small.
        let is_coarse = (shape.kernel, shape.stride, shape.dilation) == ([3, 3], [1, 1], [1, 1]);
        let largest = largest_of(&expected);
        for (place, (found, (expected, sizes))) in values.iter().zip(&expected).enumerate() {
            let expected = kept(*bounds, *expected);
            let is_right = match is_coarse {
                true => (f64::from(*found) - expected).abs() <= OF_LARGEST * largest,
                false => is_near(f64::from(*found), expected, *sizes),
            };
            assert!(is_right, "number {place}: {found}, not {expected}; {size:?}, {shape:?}, {instructions:?}");
        }
        // As on one thread, and as picture by picture; and what is added as it is written is what is added behind.
        let addend = numbers(random, values.len());
        let bounds_of_sum = random_bounds(random);
        let addend_lines = lined(instructions, &addend, shape.out, shape.output(*size));
        for is_sum in [false, true] {
            let sum = is_sum.then_some(LinedSum { addend: &addend_lines, bounds: bounds_of_sum });
            let threads = random.usize(1..9);
            let all = apply_lined(&part, sum, threads, |pieces| {
                pieces.into_iter().for_each(|pieces| do_at_random(pieces, random));
            });
            let expected: Vec<f32> = values
                .iter()
                .zip(&addend)
                .map(
                    |(value, other)| {
                        if is_sum { bounds_of_sum.map_or(value + other, |b| b.keep(value + other)) } else { *value }
                    },
                )
                .collect();
            let all = planes_of(instructions, &all);
            assert!(all == expected, "{threads} threads, sum: {is_sum}, {size:?}, {shape:?}, {instructions:?}");
        }
        for (picture, expected) in input
            .chunks_exact(input.len().checked_div(*pictures).unwrap_or(1).max(1))
            .zip(values.chunks_exact(values.len().checked_div(*pictures).unwrap_or(1).max(1)))
        {
            let input = lined(instructions, picture, shape.channels, *size);
            let part = [LinedPart { convolution: &convolution, input: &input }];
            let alone = apply_lined(&part, None, 32, |pieces| pieces.into_iter().for_each(do_all));
            assert!(planes_of(instructions, &alone) == expected, "a picture alone, {shape:?}, {instructions:?}");
        }
    }
}

#[test]
fn convolutions_of_lines_are_those_of_their_definition_whatever_the_threads() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(52);
        for _ in 0..CASES / 6 {
            Case::random(&mut random).check(instructions, &mut random);
        }
        if cfg!(miri) {
            continue;
        }
        // More channels than are summed at a time, so few pixels that channels are divided, steps, borders, large and small tiles, and
        // more weights than are read at a time.
        for (out, channels, side, step, size) in [
            (70, 1100, 1, 1, [7, 7]),
            (256, 64, 1, 1, [28, 27]),
            (64, 48, 1, 2, [14, 13]),
            (40, 70, 3, 2, [14, 15]),
            (100, 96, 3, 1, [7, 7]),
            (64, 64, 3, 1, [29, 30]),
            (40, 272, 3, 1, [14, 14]),
            (24, 300, 3, 1, [18, 17]),
            (33, 20, 5, 1, [9, 11]),
        ] {
            let padding = [(side / 2, side / 2); 2];
            let shape =
                Shape { out, channels, kernel: [side; 2], stride: [step; 2], padding, dilation: [1, 1], groups: 1 };
            Case::of(&mut random, shape, size).check(instructions, &mut random);
        }
    }
}

#[test]
fn single_pixels_come_to_the_same_in_lines_and_in_planes_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(53);
        for (out, channels, size) in [(16, 64, [16, 16]), (37, 19, [4, 8]), (256, 600, [8, 8])] {
            let (out, channels) = if cfg!(miri) { (5, 3) } else { (out, channels) };
            let shape = Shape {
                out,
                channels,
                kernel: [1, 1],
                stride: [1, 1],
                padding: [(0, 0); 2],
                dilation: [1, 1],
                groups: 1,
            };
            let case = Case { pictures: 2, ..Case::of(&mut random, shape, size) };
            let input = numbers(&mut random, 2 * channels * size[0] * size[1]);
            let panels = Panels::new(instructions, shape, &case.weights, Some(&case.bias), case.bounds);
            let expected = convolve(&panels, &input, size, None, 1, |work| work.apply(&mut Memory::default()));
            let (convolution, input) =
                (case.convolution(instructions, size), lined(instructions, &input, channels, size));
            let part = [LinedPart { convolution: &convolution, input: &input }];
            let found = apply_lined(&part, None, 3, |pieces| pieces.into_iter().for_each(do_all));
            assert!(planes_of(instructions, &found) == expected, "{shape:?}, {instructions:?}");
        }
    }
}

#[test]
fn lines_that_are_joined_are_those_that_are_not_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(54);
        for _ in 0..if cfg!(miri) { 1 } else { 40 } {
            let size = [random.usize(1..20), random.usize(1..20)];
            let pictures = random.usize(0..3);
            let count = random.usize(1..5);
            let cases: Vec<Case> = (0..count)
                .map(|part| {
                    let side = [1, 3, 5][random.usize(0..3)];
                    let out = if part + 1 < count { 16 * random.usize(1..4) } else { random.usize(1..40) };
                    let shape = Shape {
                        out,
                        channels: random.usize(1..20),
                        kernel: [side; 2],
                        stride: [1, 1],
                        padding: [(side / 2, side / 2); 2],
                        dilation: [1, 1],
                        groups: 1,
                    };
                    let case = Case::of(&mut random, shape, size);
                    let input = numbers(&mut random, pictures * shape.channels * size[0] * size[1]);
                    Case { pictures, input, ..case }
                })
                .collect();
            let convolutions: Vec<LinedConvolution> =
                cases.iter().map(|case| case.convolution(instructions, size)).collect();
            let inputs: Vec<Lined> =
                cases.iter().map(|case| lined(instructions, &case.input, case.shape.channels, size)).collect();
            let parts: Vec<LinedPart<'_>> =
                convolutions.iter().zip(&inputs).map(|(convolution, input)| LinedPart { convolution, input }).collect();
            let threads = random.usize(1..9);
            let joined = apply_lined(&parts, None, threads, |pieces| {
                do_at_random(pieces.into_iter().flatten().collect(), &mut random);
            });
            let joined = planes_of(instructions, &joined);
            let alone: Vec<Vec<f32>> = parts
                .iter()
                .map(|part| apply_lined(&[*part], None, 1, |pieces| pieces.into_iter().for_each(do_all)))
                .map(|alone| planes_of(instructions, &alone))
                .collect();
            let mut expected = Vec::new();
            for picture in 0..pictures {
                for alone in &alone {
                    let of_picture = alone.len() / pictures;
                    expected.extend_from_slice(&alone[picture * of_picture..][..of_picture]);
                }
            }
            assert!(joined == expected, "{count} parts of {size:?}, {instructions:?}");
        }
    }
}

#[test]
fn lines_are_pooled_as_planes_are_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(55);
        for _ in 0..CASES / 6 {
            let shape = super::pool::random_shape(&mut random);
            let (channels, pictures, threads) = (random.usize(1..40), random.usize(0..3), random.usize(1..9));
            let [size, out_size] = [shape.input, shape.output].map(|[h, w]| h * w);
            let mut planes = numbers(&mut random, pictures * channels * size);
            if shape.kind == Kind::Maximum {
                let place = random.usize(0..planes.len().max(1));
                planes.iter_mut().skip(place).take(1).for_each(|number| *number = f32::NAN);
            }
            let pool = Pool::new(instructions, shape);
            let mut expected = vec![7.0; pictures * channels * out_size];
            let mut folder = pool.folder();
            let all = planes.chunks_exact(size).zip(expected.chunks_exact_mut(out_size));
            all.for_each(|(plane, out)| folder.fold(plane, out));
            let input = lined(instructions, &planes, channels, shape.input);
            let found = pool.fold_lined(&input, threads, |pieces| do_at_random(pieces, &mut random));
            let found = planes_of(instructions, &found);
            let is_same = |(found, expected): (&f32, &f32)| found == expected || found.is_nan() && expected.is_nan();
            assert!(found.iter().zip(&expected).all(is_same), "{channels} of {shape:?}, {instructions:?}");
            assert_eq!(found.len(), expected.len());
        }
    }
}

#[test]
fn lines_come_to_what_their_planes_come_to() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(56);
        for _ in 0..if cfg!(miri) { 2 } else { 60 } {
            let size = [random.usize(1..40), random.usize(1..40)];
            let (channels, pictures) = (random.usize(1..40), random.usize(0..3));
            let planes = numbers(&mut random, pictures * channels * size[0] * size[1]);
            let found = lined(instructions, &planes, channels, size).summaries(instructions);
            assert_eq!(found.len(), pictures * channels);
            for (found, plane) in found.iter().zip(planes.chunks_exact(size[0] * size[1])) {
                let expected = summary(instructions, plane);
                assert!(is_near(found.mean.into(), expected.mean.into(), 1.0), "{found:?}, not {expected:?}");
                assert_eq!((found.largest, found.place), (expected.largest, expected.place), "{size:?}");
            }
        }
    }
}

#[test]
fn lines_that_do_not_fit_are_refused_in_release() {
    let instructions = Instructions::best();
    let is_refused = |what: &dyn Fn() -> Lined| catch_unwind(AssertUnwindSafe(what)).is_err();
    let planes = vec![1.0; 2 * 20 * 30];
    let from = |count: usize, channels: usize| lined(instructions, &planes[..count], channels, [5, 6]);
    assert!(!is_refused(&|| from(1200, 20)) && !is_refused(&|| from(0, 20)));
    assert!(is_refused(&|| from(1199, 20)) && is_refused(&|| from(600, 0)));
    let leave = |pieces: Vec<Piece<'_>>| drop(pieces);
    assert!(is_refused(&|| Lined::from_planes(instructions, &planes, 20, [5, 6], 2, leave)), "nothing was done");
    let input = lined(instructions, &planes, 20, [5, 6]);
    assert!(catch_unwind(AssertUnwindSafe(|| input.to_planes(instructions, 2, leave))).is_err());
    let shape = Shape {
        out: 24,
        channels: 20,
        kernel: [1, 1],
        stride: [1, 1],
        padding: [(0, 0); 2],
        dilation: [1, 1],
        groups: 1,
    };
    let new = |shape: Shape, weights: usize, bias: usize| {
        let (weights, bias) = (vec![1.0; weights], vec![1.0; bias]);
        catch_unwind(|| LinedConvolution::new(instructions, shape, &weights, Some(&bias), None, [5, 6]))
    };
    assert!(new(shape, 479, 24).is_err() && new(shape, 480, 23).is_err());
    assert!(
        new(Shape { groups: 2, ..shape }, 960, 48).is_err() && new(Shape { stride: [0, 1], ..shape }, 480, 24).is_err()
    );
    assert!(new(Shape { kernel: [7, 1], ..shape }, 480 * 7, 24).is_err(), "a kernel of seven lines on five");
    let convolution = new(shape, 480, 24).expect("as many numbers as the shape has are taken");
    let of = |input: &Lined, sum: Option<LinedSum<'_>>, parts: usize| {
        let parts = vec![LinedPart { convolution: &convolution, input }; parts];
        apply_lined(&parts, sum, 2, |pieces| pieces.into_iter().for_each(do_all))
    };
    assert!(!is_refused(&|| of(&input, None, 1)));
    assert!(is_refused(&|| of(&input, None, 0)), "nothing is convolved");
    assert!(is_refused(&|| of(&input, None, 2)), "24 channels are no whole lines");
    assert!(is_refused(&|| of(&from(600, 10), None, 1)), "other channels");
    let (right, wrong) = (of(&input, None, 1), &input);
    assert!(!is_refused(&|| of(&input, Some(LinedSum { addend: &right, bounds: None }), 1)));
    assert!(is_refused(&|| of(&input, Some(LinedSum { addend: wrong, bounds: None }), 1)), "other channels are added");
    let part = [LinedPart { convolution: &convolution, input: &input }];
    assert!(is_refused(&|| apply_lined(&part, None, 2, |pieces| drop(pieces))), "nothing was done");
}
