//! Convolutions, pools and sums of lines, beside those of planes.

use tiramisu_kernels::convolution::{
    Bounds, Lined, LinedConvolution, LinedPart, LinedSum, Memory, Panels, Piece, Shape, Sorting, apply_lined,
};
use tiramisu_kernels::pool::{self, Pool};
use tiramisu_kernels::{Instructions, planes};

use super::{Source, expect_near, shifted};

/// Channels of a line: what is joined has whole lines, but for the last.
const LINE: usize = 16;

fn do_all(pieces: Vec<Piece<'_>>) {
    pieces.into_iter().for_each(|piece| piece.apply(&mut Memory::default()));
}

/// All in memory in which others worked before, the last one first.
fn do_backwards(pieces: Vec<Vec<Piece<'_>>>) {
    let mut memory = Memory::default();
    pieces.into_iter().flatten().rev().for_each(|piece| piece.apply(&mut memory));
}

/// Convolutions of lines beside those of planes in plain Rust: alone, with what is added to them, joined, and what they come to.
pub fn convolutions(source: &mut Source<'_>) {
    let (kernel, stride) = (source.pair(1, 5), source.pair(1, 3));
    let padding = kernel.map(|kernel| (source.size(0, kernel / 2), source.size(0, kernel / 2)));
    let (channels, out) = (source.size(1, 70), source.size(1, 70));
    // Half of them in fewer multiplications, where that is worth while.
    let (kernel, stride) = if source.byte() % 2 == 0 { (kernel, stride) } else { ([3, 3], [1, 1]) };
    let size: [usize; 2] = std::array::from_fn(|axis| source.size(kernel[axis], kernel[axis] + 30));
    let shape = Shape { out, channels, kernel, stride, padding, dilation: [1, 1], groups: 1 };
    let output = shape.output(size);
    if output[0] * output[1] * out * channels * kernel[0] * kernel[1] > 4_000_000 {
        return;
    }
    let (pictures, shift) = (source.size(0, 2), source.size(0, 16));
    let weights = source.numbers(out * channels * kernel[0] * kernel[1]);
    let bias = source.numbers(out);
    let some_bounds = [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })];
    let (bounds, bounds_of_sum) = (some_bounds[source.byte() % 3], some_bounds[source.byte() % 3]);
    let input = shifted(&source.numbers(pictures * channels * size[0] * size[1]), shift);
    let input = &input[shift..];
    let panels = Panels::new(Instructions::PLAIN, shape, &weights, Some(&bias), bounds);
    let plan = panels.plan(size);
    let sort_all = |pieces: Vec<Sorting<'_>>| pieces.into_iter().for_each(Sorting::apply);
    let sorted = plan.reads_sorted().then(|| plan.sort(input, 1, 1, sort_all));
    let plain = plan.apply(sorted.as_deref().unwrap_or(input), None, 1, |work| work.apply(&mut Memory::default()));
    let addend = source.numbers(plain.len());
    let taps = (channels * kernel[0] * kernel[1] + 1) as f64;
    for instructions in Instructions::all() {
        let threads = source.size(1, 9);
        let what = (shape, size, instructions);
        let lined = Lined::from_planes(instructions, input, channels, size, threads, |all| do_backwards(vec![all]));
        assert!(lined.to_planes(instructions, threads, do_all) == input, "{what:?}");
        let convolution = LinedConvolution::new(instructions, shape, &weights, Some(&bias), bounds, size);
        let part = LinedPart { convolution: &convolution, input: &lined };
        let written = apply_lined(&[part], None, threads, |pieces| pieces.into_iter().for_each(do_all));
        let found = written.to_planes(instructions, threads, do_all);
        assert_eq!(found.len(), plain.len());
        for (found, plain) in found.iter().zip(&plain) {
            expect_near(f64::from(*found), f64::from(*plain), taps, &what);
        }
        expect_summaries(&written, &found, instructions);
        // What is added as they are written is what is added behind.
        let addend_lines = Lined::from_planes(instructions, &addend, out, output, threads, do_all);
        let sum = Some(LinedSum { addend: &addend_lines, bounds: bounds_of_sum });
        let added = apply_lined(&[part], sum, source.size(1, 9), do_backwards).to_planes(instructions, 1, do_all);
        let keep = |number: f32| bounds_of_sum.map_or(number, |bounds| bounds.keep(number));
        let expected: Vec<f32> = found.iter().zip(&addend).map(|(one, other)| keep(one + other)).collect();
        assert!(added == expected, "a sum: {what:?}");
        // A join is what is joined, one behind the other.
        if out % LINE == 0 {
            let joined = apply_lined(&[part; 2], None, source.size(1, 9), do_backwards);
            let joined = joined.to_planes(instructions, 1, do_all);
            let of_picture = found.len().checked_div(pictures).unwrap_or(0).max(1);
            let twice: Vec<f32> = found.chunks_exact(of_picture).flat_map(|one| [one, one].concat()).collect();
            assert!(joined == twice, "joined with itself: {what:?}");
        }
    }
}

/// What lines come to is what their planes come to.
fn expect_summaries(lined: &Lined, found: &[f32], instructions: Instructions) {
    let pixels = lined.size()[0] * lined.size()[1];
    let summaries = lined.summaries(instructions);
    assert_eq!(summaries.len() * pixels, found.len());
    for (summary, plane) in summaries.iter().zip(found.chunks_exact(pixels)) {
        let expected = planes::summary(instructions, plane);
        let sizes: f64 = plane.iter().map(|number| f64::from(number.abs())).sum();
        expect_near(summary.mean.into(), expected.mean.into(), sizes / pixels as f64, &(lined.size(), instructions));
        assert_eq!((summary.largest, summary.place), (expected.largest, expected.place), "{instructions:?}");
    }
}

/// Pools of lines are those of planes, to the bit.
pub fn pools(source: &mut Source<'_>, shape: pool::Shape) {
    let [size, out_size] = [shape.input, shape.output].map(|[height, width]| height * width);
    let (channels, pictures, threads) = (source.size(1, 40), source.size(0, 2), source.size(1, 9));
    if channels * pictures * size.max(out_size * shape.kernel[0] * shape.kernel[1]) > 400_000 {
        return;
    }
    let mut numbers = source.numbers(pictures * channels * size);
    if shape.kind == pool::Kind::Maximum && !numbers.is_empty() && source.byte() % 4 == 0 {
        let place = (source.byte() | source.byte() << 8) % numbers.len();
        numbers[place] = f32::NAN;
    }
    for instructions in Instructions::all() {
        let pool = Pool::new(instructions, shape);
        let mut expected = vec![7.0; pictures * channels * out_size];
        let mut folder = pool.folder();
        let all = numbers.chunks_exact(size).zip(expected.chunks_exact_mut(out_size));
        all.for_each(|(plane, out)| folder.fold(plane, out));
        let input = Lined::from_planes(instructions, &numbers, channels, shape.input, threads, do_all);
        let found = pool.fold_lined(&input, threads, |pieces| do_backwards(vec![pieces]));
        let found = found.to_planes(instructions, threads, do_all);
        assert_eq!(found.len(), expected.len());
        let is_same = |(found, expected): (&f32, &f32)| found == expected || found.is_nan() && expected.is_nan();
        assert!(found.iter().zip(&expected).all(is_same), "{channels} of {shape:?}, {instructions:?}");
    }
}
