use std::panic::catch_unwind;

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Bounds, Memory, Panels, Shape, Sum, Work};

use super::{CASES, Shifted, numbers, sorted};

pub(super) fn random_shape(random: &mut fastrand::Rng) -> (Shape, [usize; 2]) {
    let kernel = [0; 2].map(|_| random.usize(1..5));
    let dilation = [0; 2].map(|_| random.usize(1..4));
    let stride = [0; 2].map(|_| random.usize(1..5));
    let padding = [0; 2].map(|_| (random.usize(0..4), random.usize(0..4)));
    // Without borders and steps pictures are read as they come.
    let (stride, padding) = if random.u8(0..3) == 0 { ([1; 2], [(0, 0); 2]) } else { (stride, padding) };
    let groups = random.usize(1..4);
    // Blocks of one to six channels, and now and then so many that they are divided.
    let out = if random.u8(0..8) == 0 && !cfg!(miri) { random.usize(40..110) } else { random.usize(1..15) };
    let channels = random.usize(1..if cfg!(miri) { 3 } else { 6 });
    let most = if cfg!(miri) { 9 } else { 40 };
    let input = std::array::from_fn(|axis| {
        let extent = (kernel[axis] - 1) * dilation[axis] + 1;
        let least = extent.saturating_sub(padding[axis].0 + padding[axis].1).max(1);
        random.usize(least..least + most)
    });
    (Shape { out, channels, kernel, stride, padding, dilation, groups }, input)
}

/// Every output number as a sum over the kernel, and the sum of the terms' sizes.
pub(super) fn expected(
    shape: &Shape,
    weights: &[f32],
    bias: &[f32],
    input: &[f32],
    [h, w]: [usize; 2],
) -> Vec<(f64, f64)> {
    let Shape { out, channels, kernel, stride, padding, dilation, groups } = *shape;
    let [out_h, out_w] = shape.output([h, w]);
    let mut all = Vec::new();
    for image in input.chunks_exact((groups * channels * h * w).max(1)) {
        for channel in 0..groups * out {
            for (y, x) in (0..out_h).flat_map(|y| (0..out_w).map(move |x| (y, x))) {
                let (mut sum, mut sizes) = (f64::from(bias[channel]), f64::from(bias[channel]).abs());
                for from in 0..channels {
                    let plane = &image[(channel / out * channels + from) * h * w..][..h * w];
                    for (down, across) in (0..kernel[0]).flat_map(|y| (0..kernel[1]).map(move |x| (y, x))) {
                        let line = (y * stride[0] + down * dilation[0]).checked_sub(padding[0].0).filter(|y| *y < h);
                        let pixel = (x * stride[1] + across * dilation[1]).checked_sub(padding[1].0);
                        let (Some(line), Some(pixel)) = (line, pixel.filter(|x| *x < w)) else { continue };
                        let weight = weights[((channel * channels + from) * kernel[0] + down) * kernel[1] + across];
                        let term = f64::from(weight) * f64::from(plane[line * w + pixel]);
                        sum += term;
                        sizes += term.abs();
                    }
                }
                all.push((sum, sizes));
            }
        }
    }
    all
}

/// Splits the work at random, and has some of the parts done by other threads.
pub(super) fn do_in_parts(work: Work<'_>, random: &mut fastrand::Rng) {
    std::thread::scope(|threads| {
        let mut waiting = vec![work];
        let mut memory = Memory::default();
        while let Some(work) = waiting.pop() {
            match random.u8(0..8) {
                0..=4 => {
                    let (first, second) = work.split();
                    match second {
                        Some(second) => waiting.extend([first, second]),
                        None => first.apply(&mut memory),
                    }
                }
                5 if threads_are_cheap() => {
                    threads.spawn(|| work.apply(&mut Memory::default()));
                }
                _ => work.apply(&mut memory),
            }
        }
    });
}

/// Starting hundreds of thousands takes longer than all that they do.
fn threads_are_cheap() -> bool {
    cfg!(miri) || fastrand::u8(0..50) == 0
}

/// No bounds, or some.
pub(super) fn random_bounds(random: &mut fastrand::Rng) -> Option<Bounds> {
    [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })][random.usize(0..3)]
}

/// What is added to so many numbers, now and then nothing.
pub(super) struct Addend {
    numbers: Option<Shifted<f32>>,
    bounds: Option<Bounds>,
}

impl Addend {
    pub fn random(random: &mut fastrand::Rng, count: usize) -> Self {
        let added = random.bool().then(|| numbers(random, count));
        let numbers = added.map(|added| Shifted::new(&added, random.usize(0..17)));
        Self { numbers, bounds: random_bounds(random) }
    }

    pub fn sum(&self) -> Option<Sum<'_>> {
        self.numbers.as_ref().map(|numbers| Sum { addend: numbers.slice(), bounds: self.bounds })
    }

    /// The number at a place with what is added to it.
    fn add_to(&self, place: usize, number: f64) -> f64 {
        let Some(Sum { addend, bounds }) = self.sum() else { return number };
        kept(bounds, number + f64::from(addend[place]))
    }
}

pub(super) fn kept(bounds: Option<Bounds>, number: f64) -> f64 {
    bounds.map_or(number, |Bounds { least, most }| number.clamp(f64::from(least), f64::from(most)))
}

/// Sorts where that is to be done, then convolves, and adds.
pub(super) fn convolve(
    panels: &Panels,
    input: &[f32],
    size: [usize; 2],
    sum: Option<Sum<'_>>,
    threads: usize,
    do_all: impl FnOnce(Work<'_>),
) -> Vec<f32> {
    let plan = panels.plan(size);
    let sorted = sorted(&plan, input);
    plan.apply(sorted.as_deref().unwrap_or(input), sum, threads, do_all)
}

fn check(instructions: Instructions, random: &mut fastrand::Rng, shape: Shape, size: [usize; 2], images: usize) {
    let Shape { out, channels, kernel, groups, .. } = shape;
    let weights = numbers(random, groups * out * channels * kernel[0] * kernel[1]);
    let bias = random.bool().then(|| numbers(random, groups * out));
    let input = numbers(random, images * groups * channels * size[0] * size[1]);
    let input = Shifted::new(&input, random.usize(0..9));
    let bounds = random_bounds(random);
    let panels = Panels::new(instructions, shape, &weights, bias.as_deref(), bounds);
    let bias = bias.unwrap_or_else(|| vec![0.0; groups * out]);
    let expected = expected(&shape, &weights, &bias, input.slice(), size);
    let addend = Addend::random(random, expected.len());
    let threads = random.usize(1..9);
    let found = convolve(&panels, input.slice(), size, addend.sum(), threads, |work| do_in_parts(work, random));
    assert_eq!(found.len(), expected.len(), "{shape:?}");
    for (place, (found, (expected, sizes))) in found.iter().zip(&expected).enumerate() {
        let expected = addend.add_to(place, kept(bounds, *expected));
        let is_right = super::is_near(f64::from(*found), expected, *sizes);
        assert!(is_right, "number {place}: {found}, not {expected}; {size:?}, {shape:?}, {instructions:?}");
    }
}

#[test]
fn convolutions_are_those_of_their_definition() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..CASES / 3 {
            let (shape, size) = random_shape(&mut random);
            let images = random.usize(0..3);
            check(instructions, &mut random, shape, size, images);
        }
    }
}

#[test]
fn more_taps_than_are_summed_at_a_time_are_all_summed() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(6);
        // 768 at a time; a panel of 16 places whose end cannot be read where it lies; several tiles.
        let all = [(769, (0, 0), [3, 5]), (768, (0, 0), [4, 4]), (800, (1, 0), [3, 6])];
        for (channels, padding, size) in &all[..if cfg!(miri) { 1 } else { 3 }] {
            let shape = Shape {
                out: if cfg!(miri) { 2 } else { 7 },
                channels: *channels,
                kernel: [1, 1],
                stride: [1, 1],
                padding: [*padding; 2],
                dilation: [1, 1],
                groups: 1,
            };
            check(instructions, &mut random, shape, *size, 1);
        }
        if !cfg!(miri) {
            let shape = Shape {
                out: 20,
                channels: 300,
                kernel: [3, 3],
                stride: [1, 1],
                padding: [(1, 1); 2],
                dilation: [1, 1],
                groups: 1,
            };
            check(instructions, &mut random, shape, [14, 14], 2);
        }
    }
}

#[test]
fn a_place_beside_all_panels_is_summed_as_its_definition_says() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(9);
        // Panels and one more place, or that alone; taps of one chunk and of two, each an odd number and an even one.
        for size in [[1, 1], [7, 7], [1, 33]] {
            for channels in [1, 2, 3, 100, 768, 769, 770] {
                let out = random.usize(1..if cfg!(miri) { 9 } else { 60 });
                let shape = Shape { out, channels, ..PLAIN_SHAPE };
                if !cfg!(miri) || channels < 4 {
                    check(instructions, &mut random, shape, size, 1);
                }
            }
        }
    }
}

pub(super) const PLAIN_SHAPE: Shape =
    Shape { out: 3, channels: 2, kernel: [1, 1], stride: [1, 1], padding: [(0, 0); 2], dilation: [1, 1], groups: 1 };

#[test]
fn what_is_no_number_stays_between_bounds_or_not() {
    let bounds = [None, Some(Bounds::RECTIFY)];
    for (instructions, bounds) in Instructions::all().into_iter().flat_map(|all| bounds.map(|bounds| (all, bounds))) {
        let panels = Panels::new(instructions, PLAIN_SHAPE, &[1.0; 6], None, bounds);
        let mut input = vec![1.0; 2 * 40];
        input[33] = f32::NAN;
        let found = convolve(&panels, &input, [5, 8], None, 1, |work| work.apply(&mut Memory::default()));
        for (place, value) in found.iter().enumerate() {
            assert_eq!(value.is_nan(), place % 40 == 33, "number {place}, {instructions:?}, {bounds:?}");
        }
    }
}

#[test]
fn work_that_is_left_undone_is_found() {
    for instructions in Instructions::all() {
        let panels = Panels::new(instructions, PLAIN_SHAPE, &[1.0; 6], None, None);
        let input = vec![1.0; 3 * 2 * 40];
        let run = |do_all: fn(Work<'_>)| catch_unwind(|| convolve(&panels, &input, [5, 8], None, 4, do_all));
        assert!(run(|_| ()).is_err());
        assert!(run(|work| work.split().0.apply(&mut Memory::default())).is_err());
        assert!(run(|work| work.apply(&mut Memory::default())).is_ok());
    }
}

/// As [`check`], but what is off is measured beside the largest number of all, as a share of it.
fn most_off(
    instructions: Instructions,
    random: &mut fastrand::Rng,
    shape: Shape,
    size: [usize; 2],
    images: usize,
) -> f64 {
    let Shape { out, channels, groups, .. } = shape;
    let weights = numbers(random, groups * out * channels * 9);
    let bias = random.bool().then(|| numbers(random, groups * out));
    let input = numbers(random, images * groups * channels * size[0] * size[1]);
    let input = Shifted::new(&input, random.usize(0..9));
    let bounds = [None, Some(Bounds::RECTIFY), Some(Bounds { least: -2.0, most: 2.5 })][random.usize(0..3)];
    let panels = Panels::new(instructions, shape, &weights, bias.as_deref(), bounds);
    let bias = bias.unwrap_or_else(|| vec![0.0; groups * out]);
    let expected = expected(&shape, &weights, &bias, input.slice(), size);
    let addend = Addend::random(random, expected.len());
    let threads = random.usize(1..9);
    let found = convolve(&panels, input.slice(), size, addend.sum(), threads, |work| do_in_parts(work, random));
    assert_eq!(found.len(), expected.len(), "{shape:?}");
    let largest = expected.iter().fold(f64::MIN_POSITIVE, |most, (value, _)| most.max(value.abs()));
    let off = found.iter().zip(&expected).enumerate().map(|(place, (found, (expected, _)))| {
        let expected = addend.add_to(place, kept(bounds, *expected));
        let off = (f64::from(*found) - expected).abs() / largest;
        if off.is_nan() { f64::INFINITY } else { off }
    });
    off.fold(0.0, f64::max)
}

#[test]
fn kernels_of_nine_taps_are_off_by_less_than_a_ten_thousandth_of_the_largest_number() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..CASES / 10 {
            let few = if cfg!(miri) { 4 } else { 14 };
            let shape = Shape {
                out: random.usize(1..2 * few),
                channels: random.usize(2..few),
                kernel: [3, 3],
                stride: [1, 1],
                padding: [0; 2].map(|_| (random.usize(0..4), random.usize(0..4))),
                dilation: [1, 1],
                groups: random.usize(1..3),
            };
            let sides = if cfg!(miri) {
                5..14
            } else if random.bool() {
                3..12
            } else {
                3..45
            };
            let size = [0; 2].map(|_| random.usize(sides.clone()));
            let images = random.usize(1..3);
            let off = most_off(instructions, &mut random, shape, size, images);
            assert!(off < 1e-4, "off by {off:.1e}: {size:?}, {shape:?}, {instructions:?}");
        }
        if !cfg!(miri) {
            let shape = Shape {
                out: 13,
                channels: 512,
                kernel: [3, 3],
                stride: [1, 1],
                padding: [(1, 1); 2],
                dilation: [1, 1],
                groups: 1,
            };
            let off = most_off(instructions, &mut random, shape, [14, 14], 1);
            assert!(off < 1e-4, "off by {off:.1e} over 512 channels, {instructions:?}");
        }
    }
}

#[test]
fn convolutions_of_single_channels_are_those_of_their_definition() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..CASES / 2 {
            let side = random.usize(1..8);
            let shape = Shape {
                out: if random.u8(0..4) == 0 { random.usize(2..4) } else { 1 },
                channels: 1,
                kernel: [side, if random.bool() { side } else { random.usize(1..8) }],
                stride: if random.bool() { [random.usize(1..3); 2] } else { [0; 2].map(|_| random.usize(1..5)) },
                padding: [0; 2].map(|_| (random.usize(0..4), random.usize(0..4))),
                dilation: if random.bool() { [1; 2] } else { [0; 2].map(|_| random.usize(1..4)) },
                groups: random.usize(2..6),
            };
            let most = if cfg!(miri) { 9 } else { 60 };
            let size = std::array::from_fn(|axis| {
                let extent = (shape.kernel[axis] - 1) * shape.dilation[axis] + 1;
                let least = extent.saturating_sub(shape.padding[axis].0 + shape.padding[axis].1).max(1);
                random.usize(least..least + most)
            });
            let images = random.usize(0..3);
            check(instructions, &mut random, shape, size, images);
        }
    }
}
