//! What a picture comes to, whatever is beside it and however many threads there are.

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Bounds, Memory, Panels, Shape, Sum};

use super::convolution::{convolve, do_in_parts};
use super::numbers;

/// Whether pictures give the same to the bit together on one thread, and each alone in parts for several.
fn check_independence(instructions: Instructions, random: &mut fastrand::Rng, shape: Shape, size: [usize; 2]) {
    let Shape { out, channels, kernel, groups, .. } = shape;
    let weights = numbers(random, groups * out * channels * kernel[0] * kernel[1]);
    let panels = Panels::new(instructions, shape, &weights, None, None);
    let picture = groups * channels * size[0] * size[1];
    let [out_h, out_w] = shape.output(size);
    let input = numbers(random, 3 * picture);
    let answer = groups * out * out_h * out_w;
    let addend = numbers(random, 3 * answer);
    for is_sum in [false, true] {
        let sum = |addend| is_sum.then_some(Sum { addend, bounds: Some(Bounds::RECTIFY) });
        let all = convolve(&panels, &input, size, sum(&addend), 1, |work| work.apply(&mut Memory::default()));
        let pictures = input.chunks_exact(picture).zip(addend.chunks_exact(answer));
        for ((input, addend), expected) in pictures.zip(all.chunks_exact(answer)) {
            for threads in [2, 7, 32] {
                let alone = convolve(&panels, input, size, sum(addend), threads, |work| do_in_parts(work, random));
                assert!(alone == expected, "{threads} threads, {shape:?}, {instructions:?}");
            }
        }
    }
}

#[test]
fn a_pictures_result_depends_neither_on_those_beside_it_nor_on_threads() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(9);
        for groups in [1, 12] {
            let shape = Shape {
                out: 12 / groups,
                channels: 12 / groups,
                kernel: [3, 3],
                stride: [1, 1],
                padding: [(1, 1); 2],
                dilation: [1, 1],
                groups,
            };
            check_independence(instructions, &mut random, shape, if cfg!(miri) { [12, 13] } else { [30, 29] });
        }
    }
}

#[test]
fn products_of_all_kinds_are_the_same_on_any_number_of_threads() {
    if cfg!(miri) {
        return;
    }
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(10);
        // Single pixels and several chunks of taps, so few places that channels are divided, too; steps; borders; groups. The
        // last two in fewer multiplications, of a picture in one strip and in several, and of blocks in several parts.
        for (out, channels, side, step, groups, size) in [
            (101, 769, 1, 1, 1, [9, 13]),
            (64, 40, 1, 1, 1, [29, 31]),
            (50, 1537, 1, 2, 1, [7, 7]),
            (13, 90, 5, 2, 2, [19, 23]),
            (150, 30, 3, 2, 1, [15, 14]),
            (100, 96, 3, 1, 1, [7, 9]),
            (70, 64, 3, 1, 2, [41, 38]),
        ] {
            let shape = Shape {
                out,
                channels,
                kernel: [side; 2],
                stride: [step; 2],
                padding: [(side / 2, side / 2); 2],
                dilation: [1, 1],
                groups,
            };
            check_independence(instructions, &mut random, shape, size);
        }
    }
}
