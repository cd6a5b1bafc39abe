use std::panic::catch_unwind;

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Bottleneck, BottleneckShape, BottleneckWork, Bounds, Layer, Memory};
use tiramisu_kernels::planes::Summary;

use super::{CASES, Shifted, is_refused, numbers};

/// The layers of a bottleneck, plainly.
struct Definition {
    shape: BottleneckShape,
    expand: Option<Plain>,
    depthwise: Plain,
    project: Plain,
}

struct Plain {
    weights: Vec<f32>,
    bias: Option<Vec<f32>>,
    bounds: Option<Bounds>,
}

impl Plain {
    fn random(random: &mut fastrand::Rng, out: usize, taps: usize) -> Self {
        // Sums stay about as large as what is summed.
        let share = (taps as f32).sqrt().recip();
        Self {
            weights: numbers(random, out * taps).into_iter().map(|weight| weight * share).collect(),
            bias: random.bool().then(|| numbers(random, out)),
            bounds: [None, Some(Bounds::RECTIFY), Some(Bounds { least: -0.5, most: 0.75 })][random.usize(0..3)],
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

    /// Single pixels.
    fn product(&self, input: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let rows = self.weights.chunks_exact(input.len()).enumerate();
        rows.map(|(channel, row)| {
            let sum =
                |place: usize| row.iter().zip(input).map(|(weight, plane)| f64::from(*weight) * plane[place]).sum();
            (0..input[0].len()).map(|place| self.keep(channel, sum(place))).collect()
        })
        .collect()
    }
}

impl Definition {
    fn random(random: &mut fastrand::Rng, shape: BottleneckShape, is_widened: bool) -> Self {
        Self {
            shape,
            expand: is_widened.then(|| Plain::random(random, shape.wide, shape.channels)),
            depthwise: Plain::random(random, shape.wide, shape.kernel[0] * shape.kernel[1]),
            project: Plain::random(random, shape.out, shape.wide),
        }
    }

    fn bottleneck(&self, instructions: Instructions) -> Bottleneck {
        let expand = self.expand.as_ref().map(Plain::layer);
        Bottleneck::new(instructions, self.shape, expand, self.depthwise.layer(), self.project.layer())
    }

    /// The planes of each layer.
    fn of_picture(&self, picture: &[f32], [h, w]: [usize; 2], [out_h, out_w]: [usize; 2]) -> [Vec<Vec<f64>>; 3] {
        let input: Vec<Vec<f64>> =
            picture.chunks_exact(h * w).map(|plane| plane.iter().map(|value| f64::from(*value)).collect()).collect();
        let wide = self.expand.as_ref().map_or_else(|| input.clone(), |expand| expand.product(&input));
        let BottleneckShape { kernel, stride, padding, dilation, .. } = self.shape;
        let narrow: Vec<Vec<f64>> = (wide.iter().enumerate())
            .map(|(channel, plane)| {
                let weights = &self.depthwise.weights[channel * kernel[0] * kernel[1]..][..kernel[0] * kernel[1]];
                let places = (0..out_h).flat_map(|y| (0..out_w).map(move |x| (y, x)));
                let value = |(y, x): (usize, usize)| {
                    let mut sum = 0.0;
                    for (tap, weight) in weights.iter().enumerate() {
                        let line = (y * stride[0] + tap / kernel[1] * dilation[0]).checked_sub(padding[0].0);
                        let pixel = (x * stride[1] + tap % kernel[1] * dilation[1]).checked_sub(padding[1].0);
                        let (Some(line), Some(pixel)) = (line.filter(|y| *y < h), pixel.filter(|x| *x < w)) else {
                            continue;
                        };
                        sum += f64::from(*weight) * plane[line * w + pixel];
                    }
                    self.depthwise.keep(channel, sum)
                };
                places.map(value).collect()
            })
            .collect();
        let out = self.project.product(&narrow);
        [wide, narrow, out]
    }
}

/// Whether a summary is a plane's, but for rounding.
fn is_of(summary: &Summary, plane: &[f64]) -> bool {
    let Summary { mean, largest, place } = *summary;
    let true_mean = plane.iter().sum::<f64>() / plane.len() as f64;
    let true_largest = plane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let close = |found: f32, expected: f64| (f64::from(found) - expected).abs() < 1e-4;
    close(mean, true_mean) && close(largest, true_largest) && close(largest, plane[place])
}

/// Splits the work at random, and does the parts in any order.
fn do_in_parts(work: BottleneckWork<'_>, random: &mut fastrand::Rng) {
    let mut memory = Memory::default();
    let mut waiting = vec![work];
    while !waiting.is_empty() {
        let work = waiting.swap_remove(random.usize(0..waiting.len()));
        match random.u8(0..4) {
            0 => work.apply(&mut memory),
            _ => match work.split() {
                (first, Some(second)) => waiting.extend([first, second]),
                (last, None) => last.apply(&mut memory),
            },
        }
    }
}

fn check(random: &mut fastrand::Rng, shape: BottleneckShape, size: [usize; 2], pictures: usize) {
    let is_widened = shape.channels != shape.wide || random.bool();
    let definition = Definition::random(random, shape, is_widened);
    let picture = shape.channels * size[0] * size[1];
    let input = numbers(random, pictures * picture);
    let input = Shifted::new(&input, random.usize(0..9));
    let has_addend = random.bool();
    for instructions in Instructions::all() {
        let bottleneck = definition.bottleneck(instructions);
        let plan = bottleneck.plan(size, pictures, 1);
        let output = shape.out * plan.output()[0] * plan.output()[1];
        let addend = has_addend.then(|| numbers(random, pictures * output));
        let found = plan.apply(input.slice(), addend.as_deref(), |work| work.apply(&mut Memory::default()));
        let threads = random.usize(2..40);
        let mut alone = Vec::new();
        for (index, picture) in input.slice().chunks_exact(picture).enumerate() {
            let plan = bottleneck.plan(size, 1, threads);
            let addend = addend.as_ref().map(|addend| &addend[index * output..][..output]);
            alone.extend(plan.apply(picture, addend, |work| do_in_parts(work, random)));
        }
        assert!(found == alone, "{threads} threads give something else: {size:?}, {shape:?}, {instructions:?}");
        let layers: Vec<_> = (input.slice().chunks_exact(picture))
            .map(|picture| definition.of_picture(picture, size, plan.output()))
            .collect();
        if shape.sees_all_rows(size) {
            let looked_at = [definition.expand.is_some() && random.bool(), random.bool(), random.bool()];
            let plan = bottleneck.plan_to_look(size, pictures, threads);
            let (same, seen) = plan.look(input.slice(), addend.as_deref(), looked_at, |work| do_in_parts(work, random));
            assert!(same == found, "looking changes nothing: {size:?}, {shape:?}, {instructions:?}");
            let plan = bottleneck.plan_to_look(size, pictures, 1);
            let at_once =
                plan.look(input.slice(), addend.as_deref(), looked_at, |work| work.apply(&mut Memory::default()));
            assert!(at_once.1 == seen, "{threads} threads see something else: {size:?}, {shape:?}, {instructions:?}");
            for (layer, seen) in seen.iter().enumerate().filter(|(layer, _)| looked_at[*layer]) {
                let planes: Vec<&Vec<f64>> = layers.iter().flat_map(|layers| &layers[layer]).collect();
                assert_eq!(seen.len(), planes.len(), "{shape:?}");
                for (summary, plane) in seen.iter().zip(planes) {
                    assert!(
                        is_of(summary, plane),
                        "{summary:?} of layer {layer}; {size:?}, {shape:?}, {instructions:?}"
                    );
                }
            }
        } else {
            assert!(catch_unwind(|| bottleneck.plan_to_look(size, 1, 1)).is_err(), "{size:?}, {shape:?}");
        }
        let expected: Vec<f64> = layers.into_iter().flat_map(|[_, _, out]| out.concat()).collect();
        assert_eq!(found.len(), expected.len(), "{shape:?}");
        for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let expected = expected + addend.as_ref().map_or(0.0, |addend| f64::from(addend[place]));
            let is_right = (f64::from(*found) - expected).abs() < 1e-4;
            assert!(is_right, "number {place}: {found}, not {expected}; {size:?}, {shape:?}, {instructions:?}");
        }
    }
}

#[test]
fn bottlenecks_are_what_their_layers_are_one_after_the_other() {
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..CASES / 10 {
        let few = if cfg!(miri) { 4 } else { 20 };
        let channels = random.usize(1..few);
        let shape = BottleneckShape {
            channels,
            // Now and then so many that they are summed in groups.
            wide: match random.u8(0..8) {
                0 | 1 => channels,
                2 if !cfg!(miri) => random.usize(100..300),
                _ => random.usize(1..2 * few),
            },
            out: random.usize(1..few),
            kernel: [0; 2].map(|_| random.usize(1..6)),
            stride: if random.bool() { [random.usize(1..3); 2] } else { [0; 2].map(|_| random.usize(1..4)) },
            padding: [0; 2].map(|_| (random.usize(0..4), random.usize(0..4))),
            dilation: if random.bool() { [1; 2] } else { [0; 2].map(|_| random.usize(1..3)) },
        };
        let most = if cfg!(miri) { 5 } else { 40 };
        let size = std::array::from_fn(|axis| {
            let extent = (shape.kernel[axis] - 1) * shape.dilation[axis] + 1;
            let least = extent.saturating_sub(shape.padding[axis].0 + shape.padding[axis].1).max(1);
            random.usize(least..least + most)
        });
        let pictures = random.usize(0..3);
        check(&mut random, shape, size, pictures);
    }
}

#[test]
fn bottlenecks_of_many_channels_and_many_strips_are_right() {
    if cfg!(miri) {
        return;
    }
    let mut random = fastrand::Rng::with_seed(12);
    let shape = |[channels, wide, out]: [usize; 3], side: usize, step: usize| BottleneckShape {
        channels,
        wide,
        out,
        kernel: [side; 2],
        stride: [step; 2],
        padding: [(side / 2, side / 2); 2],
        dilation: [1; 2],
    };
    check(&mut random, shape([31, 769, 13], 3, 1), [11, 13], 1);
    check(&mut random, shape([7, 1201, 5], 5, 2), [23, 9], 2);
    check(&mut random, shape([16, 96, 24], 3, 2), [57, 61], 1);
    check(&mut random, shape([24, 144, 24], 5, 1), [40, 56], 1);
}

#[test]
fn a_bottleneck_that_does_not_fit_is_refused_in_release() {
    let shape = BottleneckShape {
        channels: 2,
        wide: 3,
        out: 1,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [(1, 1); 2],
        dilation: [1, 1],
    };
    let ones = [1.0; 64];
    let new = |[expand, depthwise, project]: [usize; 3]| {
        let layer = |count: usize| Layer { weights: &ones[..count], bias: None, bounds: None };
        let expand = (expand > 0).then(|| layer(expand));
        Bottleneck::new(Instructions::best(), shape, expand, layer(depthwise), layer(project))
    };
    for counts in [[5, 27, 3], [6, 26, 3], [6, 27, 4]] {
        assert!(is_refused("weights of", || new(counts)), "{counts:?}");
    }
    assert!(is_refused("2 channels become 3 by nothing", || new([0, 27, 3])));
    let zeros = [
        BottleneckShape { stride: [1, 0], ..shape },
        BottleneckShape { dilation: [0, 1], ..shape },
        BottleneckShape { out: 0, ..shape },
    ];
    let layer = |count: usize| Layer { weights: &ones[..count], bias: None, bounds: None };
    let biased = Layer { bias: Some(&ones[..2]), ..layer(27) };
    let new_biased = || Bottleneck::new(Instructions::best(), shape, Some(layer(6)), biased, layer(3));
    assert!(is_refused("a bias for each channel", new_biased));
    for shape in zeros {
        let new = || Bottleneck::new(Instructions::best(), shape, Some(layer(6)), layer(27), layer(3 * shape.out));
        assert!(is_refused("no size is zero", new), "{shape:?}");
    }
    let bottleneck = new([6, 27, 3]);
    for size in [[65_536, 65_536], [usize::MAX / 2, 1]] {
        let refusal = "a picture with its channels has fewer than 2^32 numbers";
        assert!(is_refused(refusal, || bottleneck.plan(size, 1, 1)), "{size:?}");
    }
    let shape = BottleneckShape { padding: [(2, 2); 2], ..shape };
    let bordered = Bottleneck::new(Instructions::best(), shape, Some(layer(6)), layer(27), layer(3));
    assert!(is_refused("has no pixels", || bordered.plan([0, 5], 1, 1)), "borders alone");
    let plan = bottleneck.plan([4, 5], 1, 2);
    let apply =
        |count: usize, do_all: fn(BottleneckWork<'_>)| catch_unwind(|| plan.apply(&ones[..count], None, do_all));
    for (count, is_right) in [(20, true), (19, false), (21, false)] {
        let add = || plan.apply(&ones[..40], Some(&ones[..count]), |work| work.apply(&mut Memory::default()));
        assert_eq!(catch_unwind(add).is_ok(), is_right, "{count} numbers are added to 20");
    }
    assert!(apply(40, |work| work.apply(&mut Memory::default())).is_ok());
    assert!(apply(39, |work| work.apply(&mut Memory::default())).is_err());
    assert!(apply(40, |work| work.split().0.apply(&mut Memory::default())).is_err(), "a strip is left undone");
}
