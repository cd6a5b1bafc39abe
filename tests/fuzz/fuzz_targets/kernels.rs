//! The kernels at sizes that nobody thought of: with all instructions that this processor has the same as in plain Rust, but for
//! rounding. Under the address sanitizer, that nothing is read or written beside a slice.

#![no_main]

use half::f16;
use libfuzzer_sys::fuzz_target;
use tiramisu_kernels::codes::{Code, hamming, l1};
use tiramisu_kernels::convolution::{Bounds, Memory, Panels, Shape, Work};
use tiramisu_kernels::half_product::HalfProduct;
use tiramisu_kernels::pool::{self, Kind, Pool};
use tiramisu_kernels::{Instructions, bytes, planes, rows};

/// Where sizes come from: the input as long as there is some, then zeros.
struct Source<'a>(&'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    /// From `least` up to and with `most`.
    fn size(&mut self, least: usize, most: usize) -> usize {
        least + (self.byte() | self.byte() << 8) % (most - least + 1)
    }

    fn pair(&mut self, least: usize, most: usize) -> [usize; 2] {
        [self.size(least, most), self.size(least, most)]
    }

    /// Numbers around zero that are the same for the same input.
    fn numbers(&mut self, count: usize) -> Vec<f32> {
        let mut state = 0x9e37_79b9 ^ (self.byte() as u32) << 8;
        let next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }
}

/// A copy that begins beside the memory's grid and ends where its memory ends.
fn shifted<T: Copy + Default>(values: &[T], shift: usize) -> Vec<T> {
    let mut memory = Vec::with_capacity(shift + values.len());
    memory.resize(shift, T::default());
    memory.extend_from_slice(values);
    memory
}

/// `sizes` is the sum of the terms' sizes.
fn expect_near(found: f64, plain: f64, sizes: f64, what: &dyn std::fmt::Debug) {
    let is_near = (found - plain).abs() <= 1e-4 * sizes + 1e-6;
    assert!(is_near || (found.is_nan() && plain.is_nan()), "{found}, in plain Rust {plain}: {what:?}");
}

/// Splits the work as the input says and does all parts.
fn do_in_parts(work: Work<'_>, source: &mut Source<'_>) {
    let (mut waiting, mut memory) = (vec![work], Memory::default());
    while let Some(work) = waiting.pop() {
        if source.byte() % 2 == 0 {
            work.apply(&mut memory);
            continue;
        }
        match work.split() {
            (first, Some(second)) => waiting.extend([first, second]),
            (only, None) => only.apply(&mut memory),
        }
    }
}

fn convolutions(source: &mut Source<'_>) {
    let (kernel, dilation, stride) = (source.pair(1, 7), source.pair(1, 3), source.pair(1, 4));
    let padding = [0; 2].map(|_| (source.size(0, 4), source.size(0, 4)));
    let (groups, channels, out) = (source.size(1, 4), source.size(1, 9), source.size(1, 60));
    let size: [usize; 2] = std::array::from_fn(|axis| {
        let extent = (kernel[axis] - 1) * dilation[axis] + 1;
        let least = extent.saturating_sub(padding[axis].0 + padding[axis].1).max(1);
        source.size(least, least + 40)
    });
    let shape = Shape { out, channels, kernel, stride, padding, dilation, groups };
    let [height, width] = shape.output(size);
    // One input a second, not one an hour.
    if height * width * groups * out * channels * kernel[0] * kernel[1] > 4_000_000 {
        return;
    }
    let pictures = source.size(0, 2);
    let weights = source.numbers(groups * out * channels * kernel[0] * kernel[1]);
    let bias = source.numbers(groups * out);
    let bounds = [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })][source.byte() % 3];
    let shift = source.size(0, 16);
    let input = source.numbers(pictures * groups * channels * size[0] * size[1]);
    let input = shifted(&input, shift);
    let taps = (channels * kernel[0] * kernel[1] + 1) as f64;
    let mut plain = Vec::new();
    for instructions in Instructions::all() {
        let panels = Panels::new(instructions, shape, &weights, Some(&bias), bounds);
        let plan = panels.plan(size);
        let threads = source.size(1, 9);
        let found = match plan.sorted_plane() {
            None => plan.apply(&input[shift..], threads, |work| do_in_parts(work, source)),
            Some(sorted_plane) => {
                let planes = input[shift..].chunks_exact(size[0] * size[1]);
                let mut sorted = vec![0.0; planes.len() * sorted_plane];
                planes.zip(sorted.chunks_exact_mut(sorted_plane)).for_each(|(plane, sorted)| plan.sort(plane, sorted));
                plan.apply(&sorted, threads, |work| do_in_parts(work, source))
            }
        };
        if instructions.are_plain() {
            plain = found;
            continue;
        }
        assert_eq!(found.len(), plain.len());
        found.iter().zip(&plain).for_each(|(found, plain)| {
            expect_near(f64::from(*found), f64::from(*plain), taps, &(shape, size, instructions));
        });
    }
}

fn pools(source: &mut Source<'_>) {
    let kernel = source.pair(1, 7);
    let padding = kernel.map(|kernel| (source.size(0, kernel - 1), source.size(0, kernel - 1)));
    let (stride, input) = (source.pair(1, 9), source.pair(1, 70));
    let kinds =
        [Kind::Maximum, Kind::Average { count_padding: true }, Kind::Average { count_padding: false }];
    let kind = kinds[source.byte() % 3];
    let more = source.byte() % 2;
    let output = std::array::from_fn(|axis| {
        let padded = input[axis] + padding[axis].0 + padding[axis].1;
        let whole = padded.checked_sub(kernel[axis]).map_or(0, |left| left / stride[axis] + 1);
        let begun = (input[axis] + padding[axis].0).div_ceil(stride[axis]);
        (whole + more).min(begun).max(1)
    });
    let shape = pool::Shape { kind, kernel, stride, padding, input, output };
    let shift = source.size(0, 8);
    let mut plane = source.numbers(input[0] * input[1]);
    if source.byte() % 4 == 0 {
        let place = source.byte() % plane.len();
        plane[place] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][source.byte() % 3];
    }
    let plane = shifted(&plane, shift);
    let mut plain = Vec::new();
    for instructions in Instructions::all() {
        let pool = Pool::new(instructions, shape);
        let mut out = shifted(&vec![7.0; output[0] * output[1]], shift);
        pool.folder().fold(&plane[shift..], &mut out[shift..]);
        if instructions.are_plain() {
            plain = out;
            continue;
        }
        for (found, plain) in out.iter().zip(&plain) {
            let is_same = found == plain || (found - plain).abs() < 1e-5 || (found.is_nan() && plain.is_nan());
            assert!(is_same, "{found}, in plain Rust {plain}: {shape:?}, {instructions:?}");
        }
    }
}

fn lines(source: &mut Source<'_>) {
    let (length, shift) = (source.size(1, 1500), source.size(0, 16));
    let halves: Vec<f16> = source.numbers(length).into_iter().map(f16::from_f32).collect();
    let (a, b) = (shifted(&halves, shift), shifted(&source.numbers(length), shift));
    let (a, b) = (&a[shift..], &b[shift..]);
    let some: Vec<u8> = a.iter().map(|half| half.to_bits() as u8).collect();
    let some = shifted(&some, shift);
    let weight = (source.byte() as i32 - 128) << (source.byte() % 24);
    let of = |instructions| {
        let mut wide = vec![0.0; length];
        rows::widen(instructions, a, &mut wide);
        let mut sums = vec![0.25; length];
        rows::add_to(instructions, b, &mut sums);
        let mut weighed = vec![5; length];
        bytes::add_weighed(instructions, &some[shift..], weight, &mut weighed);
        let summary = planes::summary(instructions, b);
        (wide, sums, weighed, summary.place, summary.largest.to_bits(), summary.mean.to_bits())
    };
    let plain = of(Instructions::PLAIN);
    let product = rows::dot_half(Instructions::PLAIN, a, b);
    let distance = rows::squared_distance_half(Instructions::PLAIN, a, b);
    for instructions in Instructions::all() {
        assert!(of(instructions) == plain, "{length}, {instructions:?}");
        let what = (length, shift, instructions);
        let sizes = 4.0 * length as f64;
        expect_near(rows::dot_half(instructions, a, b).into(), product.into(), sizes, &what);
        expect_near(rows::squared_distance_half(instructions, a, b).into(), distance.into(), sizes, &what);
    }
}

fn codes(source: &mut Source<'_>) {
    let (words, shift) = (source.size(0, 200), source.size(0, 4));
    let [a, b, c, d] = [0; 4].map(|_| {
        let word = |number: f32| u64::from(number.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        source.numbers(words).into_iter().map(word).collect::<Vec<u64>>()
    });
    // A place is of one sign or the other.
    let without = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a & !b).collect::<Vec<u64>>();
    let planes = [&a, &without(&b, &a), &c, &without(&d, &c)].map(|plane| shifted(plane, shift));
    let [a, b, c, d] = planes.each_ref().map(|plane| &plane[shift..]);
    let (one, other) = (Code { positive: a, negative: b }, Code { positive: c, negative: d });
    let plain = (hamming(Instructions::PLAIN, one, other), l1(Instructions::PLAIN, one, other));
    for instructions in Instructions::all() {
        assert_eq!((hamming(instructions, one, other), l1(instructions, one, other)), plain, "{words} words");
    }
}

fn products(source: &mut Source<'_>) {
    let (channels, count, shift) = (source.size(1, 90), source.size(0, 600), source.size(0, 8));
    if channels * channels * count > 2_000_000 {
        return;
    }
    let values = shifted(&source.numbers(channels * count), shift);
    let of = |instructions| {
        let mut product = HalfProduct::new(instructions);
        product.set(&values[shift..], channels);
        (0..channels).flat_map(|channel| product.of_channel(channel).to_vec()).collect::<Vec<f32>>()
    };
    let plain = of(Instructions::PLAIN);
    for instructions in Instructions::all() {
        for (found, plain) in of(instructions).iter().zip(&plain) {
            expect_near(f64::from(*found), f64::from(*plain), count as f64, &(channels, count, instructions));
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let mut source = Source(input);
    match source.byte() % 5 {
        0 => convolutions(&mut source),
        1 => pools(&mut source),
        2 => lines(&mut source),
        3 => codes(&mut source),
        _ => products(&mut source),
    }
});
