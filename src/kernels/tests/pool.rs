use std::panic::{AssertUnwindSafe, catch_unwind};

use tiramisu_kernels::Instructions;
use tiramisu_kernels::pool::{Kind, Pool, Shape};

use super::{CASES, Shifted, numbers};

pub(super) fn random_shape(random: &mut fastrand::Rng) -> Shape {
    let kernel = [0; 2].map(|_| random.usize(1..6));
    let padding = kernel.map(|kernel| (random.usize(0..kernel), random.usize(0..kernel)));
    let stride = [0; 2].map(|_| *random.choice([1, 1, 2, 2, 3, 9]).as_ref().expect("there are some"));
    let most = if cfg!(miri) { 13 } else { 40 };
    let input = [random.usize(1..most), random.usize(1..most)];
    let kind = match random.u8(0..3) {
        0 => Kind::Maximum,
        1 => Kind::Average { count_padding: true },
        _ => Kind::Average { count_padding: false },
    };
    // One window more than is whole, as where what is left over counts.
    let more = random.usize(0..2);
    let output = std::array::from_fn(|axis| {
        let padded = input[axis] + padding[axis].0 + padding[axis].1;
        let whole = padded.checked_sub(kernel[axis]).map_or(0, |left| left / stride[axis] + 1);
        // A window that would begin in the padding behind the picture is none.
        let begun = (input[axis] + padding[axis].0).div_ceil(stride[axis]);
        (whole + more).min(begun).max(1)
    });
    Shape { kind, kernel, stride, padding, input, output }
}

/// One window, place by place.
fn window(shape: &Shape, plane: &[f32], down: usize, across: usize) -> f32 {
    let Shape { kind, kernel, stride, padding, input: [h, w], .. } = *shape;
    let (mut largest, mut sum, mut inside, mut padded) = (f32::NEG_INFINITY, 0.0, 0, 0);
    for y in down * stride[0]..down * stride[0] + kernel[0] {
        for x in across * stride[1]..across * stride[1] + kernel[1] {
            padded += usize::from(y < padding[0].0 + h + padding[0].1 && x < padding[1].0 + w + padding[1].1);
            if let (Some(y), Some(x)) = (y.checked_sub(padding[0].0), x.checked_sub(padding[1].0))
                && y < h
                && x < w
            {
                let value = plane[y * w + x];
                largest = if value > largest { value } else { largest };
                sum += value;
                inside += 1;
            }
        }
    }
    match kind {
        Kind::Maximum => largest,
        Kind::Average { count_padding: true } => sum / padded as f32,
        Kind::Average { count_padding: false } => sum / inside as f32,
    }
}

#[test]
fn windows_are_those_of_their_definition() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(4);
        for _ in 0..CASES {
            let shape = random_shape(&mut random);
            let pool = Pool::new(instructions, shape);
            let mut folder = pool.folder();
            // Twice, so that what is left of the plane before would be seen.
            for _ in 0..2 {
                let mut plane = numbers(&mut random, shape.input[0] * shape.input[1]);
                if random.bool() {
                    let places = plane.len();
                    (0..places.div_ceil(5)).for_each(|_| plane[random.usize(0..places)] = f32::NAN);
                    plane[random.usize(0..places)] = f32::INFINITY;
                }
                let plane = Shifted::new(&plane, random.usize(0..9));
                let mut out = Shifted::new(&vec![7.0; shape.output[0] * shape.output[1]], random.usize(0..9));
                folder.fold(plane.slice(), out.slice_mut());
                for (place, found) in out.slice().iter().enumerate() {
                    let [down, across] = [place / shape.output[1], place % shape.output[1]];
                    let expected = window(&shape, plane.slice(), down, across);
                    let is_same =
                        *found == expected || (found - expected).abs() < 1e-5 || (found.is_nan() && expected.is_nan());
                    assert!(is_same, "{down}, {across}: {found}, not {expected}; {shape:?}, {instructions:?}");
                }
            }
        }
    }
}

#[test]
fn planes_of_another_size_are_refused_in_release() {
    let shape = Shape {
        kind: Kind::Maximum,
        kernel: [3, 3],
        stride: [2, 2],
        padding: [(1, 1); 2],
        input: [20, 20],
        output: [10, 10],
    };
    for instructions in Instructions::all() {
        let pool = Pool::new(instructions, shape);
        let mut folder = pool.folder();
        for (plane, out) in [(399, 100), (401, 100), (400, 99), (400, 101), (0, 100), (400, 0)] {
            let (plane, mut out) = (vec![0.0; plane], vec![0.0; out]);
            assert!(catch_unwind(AssertUnwindSafe(|| folder.fold(&plane, &mut out))).is_err());
        }
        assert!(catch_unwind(|| Pool::new(instructions, Shape { kernel: [0, 1], ..shape })).is_err());
        assert!(catch_unwind(|| Pool::new(instructions, Shape { stride: [1, 0], ..shape })).is_err());
        assert!(catch_unwind(|| Pool::new(instructions, Shape { output: [0, 0], ..shape })).is_err());
    }
}

#[test]
fn planes_without_a_pixel_give_what_no_pixel_gives() {
    for instructions in Instructions::all() {
        let shape = Shape {
            kind: Kind::Maximum,
            kernel: [2, 2],
            stride: [1, 1],
            padding: [(1, 1); 2],
            input: [0, 0],
            output: [1, 1],
        };
        let mut out = [0.0];
        Pool::new(instructions, shape).folder().fold(&[], &mut out);
        assert_eq!(out, [f32::NEG_INFINITY]);
    }
}
