//! The kernels at sizes that nobody thought of: with all instructions that this processor has the same as in plain Rust, or as what
//! they are defined as, but for rounding. Under the address sanitizer, that nothing is read or written beside a slice.

#![no_main]

#[path = "kernels/lined.rs"]
mod lined;

use half::f16;
use libfuzzer_sys::fuzz_target;
use tiramisu_kernels::codes::{Code, hamming, l1};
use tiramisu_kernels::convolution::{
    Bottleneck, BottleneckShape, BottleneckWork, Bounds, Joined, Layer, Memory, Panels, Shape, Sorting, Sum, Work,
    apply_joined,
};
use tiramisu_kernels::half_product::HalfProduct;
use tiramisu_kernels::planes::Summary;
use tiramisu_kernels::pool::{self, Kind, Pool};
use tiramisu_kernels::{Instructions, bytes, halving, join, planes, rows};

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
fn do_in_parts<W>(
    work: W,
    split: impl Fn(W) -> (W, Option<W>),
    apply: impl Fn(W, &mut Memory),
    source: &mut Source<'_>,
) {
    let (mut waiting, mut memory) = (vec![work], Memory::default());
    while let Some(work) = waiting.pop() {
        if source.byte() % 2 == 0 {
            apply(work, &mut memory);
            continue;
        }
        match split(work) {
            (first, Some(second)) => waiting.extend([first, second]),
            (only, None) => apply(only, &mut memory),
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
    let some_bounds = [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })];
    let bounds = some_bounds[source.byte() % 3];
    let shift = source.size(0, 16);
    let input = source.numbers(pictures * groups * channels * size[0] * size[1]);
    let input = shifted(&input, shift);
    let addend = source.numbers(pictures * groups * out * height * width);
    let addend = shifted(&addend, shift);
    let (is_sum, bounds_of_sum) = (source.byte() % 2 == 0, some_bounds[source.byte() % 3]);
    let sum = is_sum.then_some(Sum { addend: &addend[shift..], bounds: bounds_of_sum });
    let taps = (channels * kernel[0] * kernel[1] + 1) as f64;
    let mut plain = Vec::new();
    for instructions in Instructions::all() {
        let panels = Panels::new(instructions, shape, &weights, Some(&bias), bounds);
        let plan = panels.plan(size);
        let threads = source.size(1, 9);
        let sorted;
        let planes = if plan.reads_sorted() {
            let pieces = |pieces: Vec<Sorting<'_>>| pieces.into_iter().rev().for_each(Sorting::apply);
            sorted = plan.sort(&input[shift..], source.size(1, 9), source.size(1, 9), pieces);
            &sorted[..]
        } else {
            &input[shift..]
        };
        let found = plan.apply(planes, sum, threads, |work| do_in_parts(work, Work::split, Work::apply, source));
        if source.byte() % 4 == 0 {
            let alone = plan.apply(planes, None, 1, |work| work.apply(&mut Memory::default()));
            let joined = apply_joined(&[Joined { plan: &plan, planes }; 2], threads, |works| {
                works.into_iter().for_each(|work| do_in_parts(work, Work::split, Work::apply, source));
            });
            let of_picture = alone.len().checked_div(pictures).unwrap_or(0).max(1);
            let twice: Vec<f32> = alone.chunks_exact(of_picture).flat_map(|one| [one, one].concat()).collect();
            assert!(joined == twice, "joined with itself: {shape:?} of {size:?}, {instructions:?}");
        }
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
    let kinds = [Kind::Maximum, Kind::Average { count_padding: true }, Kind::Average { count_padding: false }];
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
    lined::pools(source, shape);
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

/// A layer of a bottleneck.
struct Plain {
    weights: Vec<f32>,
    bias: Option<Vec<f32>>,
    bounds: Option<Bounds>,
}

impl Plain {
    fn read(source: &mut Source<'_>, out: usize, taps: usize) -> Self {
        // Sums stay about as large as what is summed.
        let share = (taps as f32).sqrt().recip();
        Self {
            weights: source.numbers(out * taps).into_iter().map(|weight| weight * share).collect(),
            bias: (source.byte() % 2 == 0).then(|| source.numbers(out)),
            bounds: [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })][source.byte() % 3],
        }
    }

    fn layer(&self) -> Layer<'_> {
        Layer { weights: &self.weights, bias: self.bias.as_deref(), bounds: self.bounds }
    }

    /// A channel's sum, as it is kept.
    fn keep(&self, channel: usize, sum: f64) -> f64 {
        let sum = sum + self.bias.as_ref().map_or(0.0, |bias| f64::from(bias[channel]));
        self.bounds.map_or(sum, |Bounds { least, most }| sum.clamp(f64::from(least), f64::from(most)))
    }

    /// Single pixels of all channels make those of others.
    fn product(&self, input: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let channels = self.weights.chunks_exact(input.len()).enumerate();
        let pixel = |row: &[f32], place: usize| -> f64 {
            row.iter().zip(input).map(|(weight, plane)| f64::from(*weight) * plane[place]).sum()
        };
        let plane = |channel, row| (0..input[0].len()).map(|place| self.keep(channel, pixel(row, place))).collect();
        channels.map(|(channel, row)| plane(channel, row)).collect()
    }

    /// Each channel alone, of a size, becomes one of another.
    fn depthwise(
        &self,
        input: &[Vec<f64>],
        shape: &BottleneckShape,
        size: [usize; 2],
        to: [usize; 2],
    ) -> Vec<Vec<f64>> {
        let BottleneckShape { kernel, stride, padding, dilation, .. } = *shape;
        let at = |out: usize, tap: usize, axis: usize| {
            let place = (out * stride[axis] + tap * dilation[axis]).checked_sub(padding[axis].0)?;
            (place < size[axis]).then_some(place)
        };
        let channels = self.weights.chunks_exact(kernel[0] * kernel[1]).zip(input).enumerate();
        let sum = |weights: &[f32], plane: &[f64], out: usize| -> f64 {
            let seen = |(tap, weight): (usize, &f32)| {
                let y = at(out / to[1], tap / kernel[1], 0)?;
                let x = at(out % to[1], tap % kernel[1], 1)?;
                Some(f64::from(*weight) * plane[y * size[1] + x])
            };
            weights.iter().enumerate().filter_map(seen).sum()
        };
        let plane = |(channel, (weights, plane)): (usize, (&[f32], &Vec<f64>))| {
            (0..to[0] * to[1]).map(|out| self.keep(channel, sum(weights, plane, out))).collect()
        };
        channels.map(plane).collect()
    }
}

fn bottlenecks(source: &mut Source<'_>) {
    let (kernel, dilation, stride) = (source.pair(1, 5), source.pair(1, 3), source.pair(1, 3));
    let padding = [0; 2].map(|_| (source.size(0, 3), source.size(0, 3)));
    let (channels, out) = (source.size(1, 40), source.size(1, 40));
    let is_widened = source.byte() % 4 > 0;
    let wide = if is_widened { source.size(1, 300) } else { channels };
    let size: [usize; 2] = std::array::from_fn(|axis| {
        let extent = (kernel[axis] - 1) * dilation[axis] + 1;
        let least = extent.saturating_sub(padding[axis].0 + padding[axis].1).max(1);
        source.size(least, least + 40)
    });
    let pictures = source.size(0, 2);
    let pixels = size[0] * size[1];
    if pictures * pixels * wide * (channels + out + kernel[0] * kernel[1]) > 1_500_000 {
        return;
    }
    let shape = BottleneckShape { channels, wide, out, kernel, stride, padding, dilation };
    let expand = is_widened.then(|| Plain::read(source, wide, channels));
    let depthwise = Plain::read(source, wide, kernel[0] * kernel[1]);
    let project = Plain::read(source, out, wide);
    let shift = source.size(0, 16);
    let input = shifted(&source.numbers(pictures * channels * pixels), shift);
    let input = &input[shift..];
    let (has_addend, threads) = (source.byte() % 2 == 0, source.size(1, 40));
    let looked_at = [is_widened && source.byte() % 2 == 0, source.byte() % 2 == 0, source.byte() % 2 == 0];
    let plain_of = |picture: &[f32], to: [usize; 2]| {
        let planes = picture.chunks_exact(pixels).map(|plane| plane.iter().map(|value| f64::from(*value)).collect());
        let input: Vec<Vec<f64>> = planes.collect();
        let wide = expand.as_ref().map_or_else(|| input.clone(), |expand| expand.product(&input));
        let narrow = depthwise.depthwise(&wide, &shape, size, to);
        let out = project.product(&narrow);
        [wide, narrow, out]
    };
    let mut addend = None;
    let mut plain: Option<Vec<[Vec<Vec<f64>>; 3]>> = None;
    for instructions in Instructions::all() {
        let what = (shape, size, pictures, threads, instructions);
        let layer = expand.as_ref().map(Plain::layer);
        let bottleneck = Bottleneck::new(instructions, shape, layer, depthwise.layer(), project.layer());
        let plan = bottleneck.plan(size, pictures, threads);
        let to = plan.output();
        let count = pictures * out * to[0] * to[1];
        let addend: Option<&Vec<f32>> = has_addend.then(|| &*addend.get_or_insert_with(|| source.numbers(count)));
        let addend = addend.map(Vec::as_slice);
        let plain =
            plain.get_or_insert_with(|| input.chunks_exact(channels * pixels).map(|one| plain_of(one, to)).collect());
        let found =
            plan.apply(input, addend, |work| do_in_parts(work, BottleneckWork::split, BottleneckWork::apply, source));
        let alone = bottleneck.plan(size, pictures, 1).apply(input, addend, |work| work.apply(&mut Memory::default()));
        assert!(found == alone, "many threads give something else than one: {what:?}");
        assert_eq!(found.len(), count, "{what:?}");
        let expected = plain.iter().flat_map(|layers| layers[2].iter().flatten());
        for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
            let expected = expected + addend.map_or(0.0, |addend| f64::from(addend[place]));
            expect_near(f64::from(*found), expected, 2.0, &what);
        }
        if !shape.sees_all_rows(size) {
            continue;
        }
        let plan = bottleneck.plan_to_look(size, pictures, threads);
        let (same, seen) = plan.look(input, addend, looked_at, |work| {
            do_in_parts(work, BottleneckWork::split, BottleneckWork::apply, source)
        });
        assert!(same == found, "looking changes something: {what:?}");
        for (layer, seen) in seen.iter().enumerate() {
            let planes: Vec<&Vec<f64>> = plain.iter().flat_map(|layers| &layers[layer]).collect();
            assert_eq!(seen.len(), if looked_at[layer] { planes.len() } else { 0 }, "{what:?}");
            for (Summary { mean, largest, place }, plane) in seen.iter().zip(planes) {
                expect_near(f64::from(*mean), plane.iter().sum::<f64>() / plane.len() as f64, 2.0, &what);
                let most = plane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                expect_near(f64::from(*largest), most, 2.0, &what);
                expect_near(f64::from(*largest), plane[*place], 2.0, &what);
            }
        }
    }
}

fn joins(source: &mut Source<'_>) {
    let rows = source.size(0, 9);
    let widths: Vec<usize> = (0..source.size(0, 6)).map(|_| source.size(0, 300)).collect();
    let shift = source.size(0, 8);
    let parts: Vec<Vec<f32>> = widths.iter().map(|width| shifted(&source.numbers(rows * width), shift)).collect();
    let lent: Vec<&[f32]> = parts.iter().map(|part| &part[shift..]).collect();
    let found = join::rows(rows, &lent, |mut pieces| {
        while !pieces.is_empty() {
            pieces.swap_remove(source.byte() % pieces.len()).copy();
        }
    });
    let mut expected = Vec::new();
    for row in 0..rows {
        lent.iter().zip(&widths).for_each(|(part, width)| expected.extend_from_slice(&part[row * width..][..*width]));
    }
    assert_eq!(found, expected, "{rows} rows of {widths:?}");
}

/// Sums over windows of pixels, and pictures that are halved.
fn pictures(source: &mut Source<'_>) {
    let bytes_of = |numbers: Vec<f32>| numbers.into_iter().map(|number| (number * 1e6) as i32 as u8).collect::<Vec<u8>>();
    let (pixels, shift, first) = (source.size(1, 90), source.size(0, 33), (source.byte() as i32 - 128) << 21);
    let values = shifted(&bytes_of(source.numbers(pixels * 3)), shift);
    let windows: Vec<(usize, Vec<i32>)> = (0..source.size(0, 40))
        .map(|_| {
            let start = source.size(0, pixels);
            let length = source.size(0, pixels - start);
            (start, source.numbers(length).into_iter().map(|number| (number * 4_000_000.0) as i32).collect())
        })
        .collect();
    let (width, height, halvings) = (source.size(1, 70), source.size(0, 40), source.size(1, halving::MOST.into()));
    let mut rgba = bytes_of(source.numbers(width * height * 4));
    if source.byte() % 2 == 0 {
        rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
    }
    let is_opaque = rgba.iter().skip(3).step_by(4).all(|alpha| *alpha == 255);
    assert_eq!(halving::are_opaque(&rgba), is_opaque);
    let rgba = shifted(&rgba, shift);
    let halved_bytes = width.div_ceil(1 << halvings) * height.div_ceil(1 << halvings) * 4;
    let of = |instructions| {
        let mut sums = vec![[7; 3]; windows.len()];
        let each = windows.iter().map(|(start, weights)| (*start, weights.as_slice()));
        bytes::sum_windows(instructions, &values[shift..], each, first, &mut sums);
        let mut halved = shifted(&vec![7; halved_bytes], shift);
        let told = halving::halve(instructions, &rgba[shift..], width, halvings as u8, &mut halved[shift..]);
        assert_eq!(told, is_opaque, "{width} x {height}, {instructions:?}");
        (sums, halved)
    };
    let plain = of(Instructions::PLAIN);
    for instructions in Instructions::all() {
        assert!(of(instructions) == plain, "{windows:?}, {width} x {height} by {halvings}, {instructions:?}");
    }
}

fuzz_target!(|input: &[u8]| {
    let mut source = Source(input);
    match source.byte() % 9 {
        0 => convolutions(&mut source),
        1 => pools(&mut source),
        2 => lines(&mut source),
        3 => codes(&mut source),
        4 => products(&mut source),
        5 => bottlenecks(&mut source),
        6 => lined::convolutions(&mut source),
        7 => joins(&mut source),
        _ => pictures(&mut source),
    }
});
