//! What convolutions write into a join is what each writes by itself, to the bit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Joined, Memory, Panels, Plan, Shape, Work, apply_joined};

use super::convolution::{convolve, do_in_parts, random_bounds};
use super::{CASES, Shifted, numbers, sorted};

/// A convolution whose output is of the same size as its input, but for the step, and the pictures it sees.
struct Part {
    panels: Panels,
    input: Shifted<f32>,
}

impl Part {
    fn random(
        instructions: Instructions,
        random: &mut fastrand::Rng,
        step: usize,
        size: [usize; 2],
        pictures: usize,
    ) -> Self {
        let side = [1, 1, 3, 5][random.usize(0..4)];
        let most = if cfg!(miri) { 3 } else { 30 };
        let (out, channels) = (random.usize(1..most), random.usize(1..most));
        // A product, also of several groups; single channels; and what is done with fewer multiplications.
        let (out, channels, groups) = match random.u8(0..4) {
            0 => (random.usize(1..3), 1, random.usize(2..7)),
            1 => (out, channels, 2),
            _ => (out, channels, 1),
        };
        let shape = Shape {
            out,
            channels,
            kernel: [side; 2],
            stride: [step; 2],
            padding: [(side / 2, side / 2); 2],
            dilation: [1, 1],
            groups,
        };
        let weights = numbers(random, groups * out * channels * side * side);
        let bias = numbers(random, groups * out);
        let input = numbers(random, pictures * groups * channels * size[0] * size[1]);
        Self {
            panels: Panels::new(instructions, shape, &weights, Some(&bias), random_bounds(random)),
            input: Shifted::new(&input, random.usize(0..9)),
        }
    }
}

fn join(parts: &[Part], size: [usize; 2], threads: usize, do_all: impl FnOnce(Vec<Work<'_>>)) -> Vec<f32> {
    let plans: Vec<Plan<'_>> = parts.iter().map(|part| part.panels.plan(size)).collect();
    let planes = |(part, plan): (&Part, &Plan<'_>)| {
        let planes = part.input.slice();
        sorted(plan, planes).unwrap_or_else(|| planes.to_vec())
    };
    let planes: Vec<Vec<f32>> = parts.iter().zip(&plans).map(planes).collect();
    let joined = plans.iter().zip(&planes).map(|(plan, planes)| Joined { plan, planes });
    apply_joined(&joined.collect::<Vec<_>>(), threads, do_all)
}

#[test]
fn what_is_written_into_a_join_is_what_is_written_apart_to_the_bit() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(41);
        for _ in 0..CASES / 6 {
            let most = if cfg!(miri) { 7 } else { 31 };
            let size = [random.usize(1..most), random.usize(1..most)];
            let (step, pictures, threads) = (random.usize(1..3), random.usize(0..4), random.usize(1..9));
            let parts: Vec<Part> = (0..random.usize(1..5))
                .map(|_| Part::random(instructions, &mut random, step, size, pictures))
                .collect();
            let found = join(&parts, size, threads, |mut works| {
                assert_eq!(works.len(), parts.len(), "work of each convolution");
                while !works.is_empty() {
                    do_in_parts(works.swap_remove(random.usize(0..works.len())), &mut random);
                }
            });
            let alone: Vec<Vec<f32>> = parts
                .iter()
                .map(|part| {
                    convolve(&part.panels, part.input.slice(), size, None, 1, |work| {
                        work.apply(&mut Memory::default());
                    })
                })
                .collect();
            let mut expected = Vec::new();
            for picture in 0..pictures {
                for alone in &alone {
                    let count = alone.len() / pictures;
                    expected.extend_from_slice(&alone[picture * count..][..count]);
                }
            }
            assert!(found == expected, "{} parts, {pictures} of {size:?}, {instructions:?}", parts.len());
        }
    }
}

#[test]
fn what_does_not_fit_together_is_not_joined_in_release() {
    let mut random = fastrand::Rng::with_seed(43);
    let mut part = |pictures| Part::random(Instructions::best(), &mut random, 1, [6, 5], pictures);
    let do_all = |works: Vec<Work<'_>>| works.into_iter().for_each(|work| work.apply(&mut Memory::default()));
    let is_refused = |join: &dyn Fn() -> Vec<f32>| catch_unwind(AssertUnwindSafe(join)).is_err();
    let parts = [part(2), part(2)];
    assert!(!is_refused(&|| join(&parts, [6, 5], 1, do_all)), "these fit");
    assert!(is_refused(&|| join(&[], [6, 5], 1, do_all)), "nothing is joined");
    assert!(is_refused(&|| join(&parts, [6, 5], 1, |works| drop(works))), "no work was done");
    let but_one = |mut works: Vec<Work<'_>>| {
        works.truncate(1);
        do_all(works);
    };
    assert!(is_refused(&|| join(&parts, [6, 5], 1, but_one)), "one convolution was left out");
    let unlike = [part(2), part(1)];
    assert!(is_refused(&|| join(&unlike, [6, 5], 1, do_all)), "of other numbers of pictures");
    // Planes of two sizes, each with whole pictures.
    let plans = [parts[0].panels.plan([6, 5]), parts[1].panels.plan([5, 6])];
    let planes = parts.each_ref().map(|part| part.input.slice());
    let planes: Vec<Vec<f32>> = plans
        .iter()
        .zip(planes)
        .map(|(plan, planes)| sorted(plan, planes).unwrap_or_else(|| planes.to_vec()))
        .collect();
    let sizes = || {
        let joined = plans.iter().zip(&planes).map(|(plan, planes)| Joined { plan, planes });
        apply_joined(&joined.collect::<Vec<_>>(), 1, do_all)
    };
    assert!(is_refused(&sizes), "planes of two sizes");
}
