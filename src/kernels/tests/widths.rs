//! Registers of all widths give the same to the bit: what is summed for one number is summed in one order.

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Bottleneck, BottleneckShape, Layer, Memory, Panels, Shape};
use tiramisu_kernels::half_product::HalfProduct;
use tiramisu_kernels::pool::{Kind, Pool};

use super::convolution::{Addend, convolve, do_in_parts, random_bounds, random_shape};
use super::{CASES, Shifted, numbers};

/// Whether what `of` makes is the same whatever vector instructions there are: none where there are none to compare. Plain
/// ones round products before they are added.
fn expect_same<C: std::fmt::Debug>(case: &C, mut of: impl FnMut(Instructions) -> Vec<f32>) {
    let bits = |numbers: Vec<f32>| numbers.into_iter().map(f32::to_bits).collect::<Vec<u32>>();
    let mut all = Instructions::all().into_iter().filter(|these| !these.are_plain());
    let Some(first) = all.next() else { return };
    let expected = bits(of(first));
    for other in all {
        let found = bits(of(other));
        assert_eq!(found.len(), expected.len(), "{case:?}, {other:?}");
        let place = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        assert_eq!(place, None, "the first number that {other:?} gives otherwise than {first:?}: {case:?}");
    }
}

fn expect_same_convolution(random: &mut fastrand::Rng, shape: Shape, size: [usize; 2], pictures: usize) {
    let Shape { out, channels, kernel, groups, .. } = shape;
    let weights = numbers(random, groups * out * channels * kernel[0] * kernel[1]);
    let bias = numbers(random, groups * out);
    let bounds = random_bounds(random);
    let input = numbers(random, pictures * groups * channels * size[0] * size[1]);
    let input = Shifted::new(&input, random.usize(0..17));
    let [height, width] = shape.output(size);
    let addend = Addend::random(random, pictures * groups * out * height * width);
    expect_same(&(shape, size), |instructions| {
        let panels = Panels::new(instructions, shape, &weights, Some(&bias), bounds);
        let threads = random.usize(1..9);
        convolve(&panels, input.slice(), size, addend.sum(), threads, |work| do_in_parts(work, random))
    });
}

#[test]
fn convolutions_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(21);
    for _ in 0..CASES / 3 {
        let (shape, size) = random_shape(&mut random);
        let pictures = random.usize(0..3);
        expect_same_convolution(&mut random, shape, size, pictures);
    }
    if cfg!(miri) {
        return;
    }
    // Every number of channels that is multiplied at once, of panels that are whole, half full and a single place; read where
    // they lie, or copied.
    for out in (1..=50).chain([144, 150, 151]) {
        for size in [[4, 8], [5, 8], [7, 7], [1, 17]] {
            for channels in [3, 50] {
                let shape = Shape { out, channels, kernel: [1, 1], stride: [1, 1], ..NINE_TAPS };
                expect_same_convolution(&mut random, Shape { padding: [(0, 0); 2], ..shape }, size, 1);
            }
        }
    }
    // As networks have them: in several chunks of taps, and in steps.
    for (out, channels, side, step, size) in
        [(64, 1600, 1, 1, 7), (40, 832, 1, 1, 7), (96, 3, 7, 2, 54), (33, 90, 5, 1, 14), (70, 256, 3, 2, 15)]
    {
        let padding = [(side / 2, side / 2); 2];
        let shape = Shape { out, channels, kernel: [side; 2], stride: [step; 2], padding, ..NINE_TAPS };
        expect_same_convolution(&mut random, shape, [size; 2], 1);
    }
}

const NINE_TAPS: Shape =
    Shape { out: 1, channels: 2, kernel: [3, 3], stride: [1, 1], padding: [(1, 1); 2], dilation: [1, 1], groups: 1 };

#[test]
fn kernels_of_nine_taps_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(22);
    for _ in 0..CASES / 5 {
        let few = if cfg!(miri) { 4 } else { 60 };
        let shape = Shape {
            out: random.usize(1..few),
            channels: random.usize(2..few / 2 + 2),
            padding: [0; 2].map(|_| (random.usize(0..4), random.usize(0..4))),
            groups: random.usize(1..3),
            ..NINE_TAPS
        };
        let size = [0; 2].map(|_| random.usize(3..if cfg!(miri) { 9 } else { 50 }));
        let pictures = random.usize(1..3);
        expect_same_convolution(&mut random, shape, size, pictures);
    }
}

#[test]
fn convolutions_of_single_channels_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(23);
    for _ in 0..CASES / 3 {
        let (shape, size) = random_shape(&mut random);
        let shape = Shape { out: random.usize(1..3), channels: 1, groups: random.usize(2..6), ..shape };
        let pictures = random.usize(1..3);
        expect_same_convolution(&mut random, shape, size, pictures);
    }
}

#[test]
fn bottlenecks_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(24);
    for _ in 0..CASES / 10 {
        let few = if cfg!(miri) { 4 } else { 60 };
        let (Shape { kernel, stride, padding, dilation, .. }, size) = random_shape(&mut random);
        let [channels, out] = [0; 2].map(|_| random.usize(1..few));
        let is_widened = random.bool();
        let wide = if is_widened { random.usize(1..4 * few) } else { channels };
        let shape = BottleneckShape { channels, wide, out, kernel, stride, padding, dilation };
        let bounds = random_bounds(&mut random);
        let mut layer = |out: usize, taps: usize| (numbers(&mut random, out * taps), numbers(&mut random, out));
        let layers = [layer(wide, channels), layer(wide, kernel[0] * kernel[1]), layer(out, wide)];
        let pictures = random.usize(1..3);
        let input = numbers(&mut random, pictures * channels * size[0] * size[1]);
        let input = Shifted::new(&input, random.usize(0..17));
        let has_addend = random.bool();
        let threads = random.usize(1..9);
        expect_same(&(shape, size), |instructions| {
            let [expand, depthwise, project] =
                layers.each_ref().map(|(weights, bias)| Layer { weights, bias: Some(bias), bounds });
            let bottleneck = Bottleneck::new(instructions, shape, is_widened.then_some(expand), depthwise, project);
            let plan = bottleneck.plan(size, pictures, threads);
            let count = pictures * out * plan.output()[0] * plan.output()[1];
            let addend = has_addend.then(|| (0..count).map(|place| place as f32 * 0.01).collect::<Vec<f32>>());
            plan.apply(input.slice(), addend.as_deref(), |work| {
                let mut waiting = vec![work];
                while let Some(work) = waiting.pop() {
                    match work.split() {
                        (first, Some(second)) => waiting.extend([first, second]),
                        (last, None) => last.apply(&mut Memory::default()),
                    }
                }
            })
        });
    }
}

#[test]
fn windows_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(25);
    for _ in 0..CASES {
        let kernel = [0; 2].map(|_| random.usize(1..6));
        let padding = kernel.map(|kernel| (random.usize(0..kernel), random.usize(0..kernel)));
        let stride = [0; 2].map(|_| random.usize(1..4));
        let input: [usize; 2] = std::array::from_fn(|axis| random.usize(kernel[axis]..70));
        let padded = |axis: usize| input[axis] + padding[axis].0 + padding[axis].1;
        let output = std::array::from_fn(|axis| (padded(axis) - kernel[axis]) / stride[axis] + 1);
        let kind = if random.bool() { Kind::Maximum } else { Kind::Average { count_padding: random.bool() } };
        let shape = tiramisu_kernels::pool::Shape { kind, kernel, stride, padding, input, output };
        let mut plane = numbers(&mut random, input[0] * input[1]);
        let places = plane.len();
        plane[random.usize(0..places)] = f32::INFINITY;
        let plane = Shifted::new(&plane, random.usize(0..17));
        expect_same(&shape, |instructions| {
            let mut out = vec![7.0; output[0] * output[1]];
            Pool::new(instructions, shape).folder().fold(plane.slice(), &mut out);
            out
        });
    }
}

#[test]
fn products_of_channels_are_the_same_in_registers_of_any_width() {
    let mut random = fastrand::Rng::with_seed(26);
    for _ in 0..CASES / 10 {
        let channels = random.usize(1..70);
        let rows = random.usize(0..if cfg!(miri) { 20 } else { 600 });
        let values = numbers(&mut random, rows * channels);
        expect_same(&(rows, channels), |instructions| {
            let mut product = HalfProduct::new(instructions);
            product.set(&values, channels);
            (0..channels).flat_map(|channel| product.of_channel(channel).to_vec()).collect()
        });
    }
}
