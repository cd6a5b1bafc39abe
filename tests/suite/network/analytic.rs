//! The network that needs no file sees what its formulas say.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use tiramisu::{
    domain::Pooling,
    features::{PooledBatch, pool},
    network::{Graph, NetworkChoice, Op, Runner, load},
};

const SIDE: usize = 128;

/// A picture from a formula: `(x, y)` to red, green, blue from 0 to 1.
fn paint(formula: impl Fn(f32, f32) -> [f32; 3]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(SIDE * SIDE * 3);
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgb.extend(formula(x as f32, y as f32).map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8));
        }
    }
    rgb
}

/// Stripes that rise by `degrees`, of a wavelength in pixels.
fn stripes(degrees: f32, wavelength: f32, contrast: f32, shift: f32) -> Vec<u8> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    paint(|x, y| {
        let across = x * sin + y * cos + shift;
        [0.5 + 0.5 * contrast * (std::f32::consts::TAU * across / wavelength).sin(); 3]
    })
}

struct Eyes {
    graph: Arc<Graph>,
    runner: Runner,
}

impl Eyes {
    fn new() -> Self {
        let graph = Arc::new(load(&NetworkChoice::Analytic).unwrap());
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        Self { graph, runner }
    }

    /// What a layer sees of each picture, averaged over space.
    fn see(&self, layer: &str, pictures: &[Vec<u8>]) -> Vec<Vec<f32>> {
        let layer = self.graph.layer_named(layer).unwrap();
        let batch = self.graph.preprocessing.batch(&pictures.concat(), pictures.len(), self.runner.device());
        let mut pooled = PooledBatch::new();
        self.runner.forward(batch, &[layer], |_, activation| pooled.push(pool(activation, Pooling::Average)));
        let matrix = pooled.read().unwrap().remove(0);
        (0..matrix.rows()).map(|row| matrix.row(row).iter().collect()).collect()
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn it_says_what_it_is() {
    let graph = load(&NetworkChoice::Analytic).unwrap();
    assert!(graph.about.contains("Nothing here was learned"));
    assert_eq!(graph.labels, None);
    assert_eq!(graph.class_layer(), None);
    let stored: Vec<_> = graph.layers().into_iter().filter(|l| l.stored_by_default).map(|l| l.name).collect();
    assert_eq!(stored, ["edges/relu", "textures/relu", "layouts/relu"]);
}

#[test]
fn stripes_excite_the_filters_of_their_own_direction_most() {
    let eyes = Eyes::new();
    // Eight directions of the coarse scale; the first 64 channels are scale by direction by phase.
    let directions: Vec<f32> = (0..8).map(|step| step as f32 * 22.5).collect();
    for (scale, wavelength) in [3.6, 7.2].into_iter().enumerate() {
        let pictures: Vec<_> = directions.iter().map(|degrees| stripes(*degrees, wavelength, 0.8, 0.0)).collect();
        for (expected, seen) in eyes.see("edges/relu", &pictures).iter().enumerate() {
            let energy =
                |scale: usize, direction: usize| -> f32 { seen[scale * 32 + direction * 4..][..4].iter().sum() };
            let best = (0..16).max_by(|a, b| energy(a / 8, a % 8).total_cmp(&energy(b / 8, b % 8))).unwrap();
            assert_eq!(
                (best / 8, best % 8),
                (scale, expected),
                "stripes of {wavelength} pixels at {}",
                directions[expected]
            );
        }
    }
}

#[test]
fn grey_pictures_have_no_edges_and_no_hue() {
    let eyes = Eyes::new();
    for value in [0.0, 0.3, 1.0] {
        let layer = eyes.graph.layer_named("edges/relu").unwrap();
        let batch = eyes.graph.preprocessing.batch(&paint(|_, _| [value; 3]), 1, eyes.runner.device());
        eyes.runner.forward(batch, &[layer], |_, activation| {
            // Away from the border, where the padding makes an edge of its own.
            let [_, c, h, w] = activation.dims();
            let middle = activation.slice([0..1, 0..c, 8..h - 8, 8..w - 8]).max_dims(&[2, 3]);
            let middle: Vec<f32> = middle.try_into_vec_as().unwrap();
            let brightness = 64 + 16 + 8;
            for (channel, value) in middle.iter().enumerate() {
                if !(brightness..brightness + 2).contains(&channel) {
                    assert!(*value < 1e-4, "channel {channel} sees {value} in grey");
                }
            }
        });
    }
}

#[test]
fn hues_excite_their_own_filter_most() {
    let eyes = Eyes::new();
    // Red, yellow, green, blue against grey: the circle of hues starts at red and goes over yellow.
    let colours = [(0, [0.9, 0.4, 0.5]), (2, [0.8, 0.8, 0.2]), (4, [0.3, 0.8, 0.5]), (6, [0.4, 0.4, 1.0])];
    let pictures: Vec<_> = colours.iter().map(|(_, colour)| paint(|_, _| *colour)).collect();
    for ((expected, _), seen) in colours.iter().zip(eyes.see("edges/relu", &pictures)) {
        let hues = &seen[64 + 16..][..8];
        let best = (0..8).max_by(|a, b| hues[*a].total_cmp(&hues[*b])).unwrap();
        assert_eq!(best, *expected, "{hues:?}");
    }
}

/// However its products are taken: what is seen alike is summed first, filters by filters.
#[test]
fn its_convolutions_give_what_their_weights_say() {
    let eyes = Eyes::new();
    let mut random = fastrand::Rng::with_seed(3);
    let picture: Vec<u8> = (0..SIDE * SIDE * 3).map(|_| random.u8(..)).collect();
    let batch = || eyes.graph.preprocessing.batch(&picture, 1, eyes.runner.device());
    let numbers = |tensor: Tensor<4>| tensor.try_into_vec_as::<f32>().unwrap();
    let layer = |name: &str| {
        let layer = eyes.graph.layer_named(name).unwrap();
        let mut found = (Vec::new(), [0; 4]);
        eyes.runner
            .forward(batch(), &[layer], |_, activation| found = (numbers(activation.clone()), activation.dims()));
        found
    };
    for (name, below) in [("edges", None), ("textures", Some("edges/norm")), ("layouts", Some("textures/norm"))] {
        let Op::Convolution(convolution) = &eyes.graph.nodes[eyes.graph.layer_named(name).unwrap()].op else {
            panic!("{name} is a convolution");
        };
        let (input, [_, channels, h, w]) = below.map_or_else(|| (numbers(batch()), batch().dims()), layer);
        let (found, [_, out, out_h, out_w]) = layer(name);
        let side = convolution.weight.shape[2];
        for _ in 0..300 {
            let [filter, y, x] = [out, out_h, out_w].map(|count| random.usize(0..count));
            let (mut sum, mut sizes) = (0.0, 0.0);
            for tap in 0..channels * side * side {
                let (channel, down, across) = (tap / (side * side), tap / side % side, tap % side);
                let place = |at: usize, step: usize| (at * convolution.stride[0] + step).wrapping_sub(side / 2);
                let (y, x) = (place(y, down), place(x, across));
                if y < h && x < w {
                    let weight = convolution.weight.values[filter * channels * side * side + tap];
                    let term = f64::from(weight) * f64::from(input[(channel * h + y) * w + x]);
                    (sum, sizes) = (sum + term, sizes + term.abs());
                }
            }
            let found = f64::from(found[(filter * out_h + y) * out_w + x]);
            assert!((found - sum).abs() <= 1e-5 * sizes, "{name}, filter {filter} at {y}, {x}: {found}, not {sum}");
        }
    }
}

#[test]
fn textures_are_told_apart_whatever_their_contrast_and_place() {
    let eyes = Eyes::new();
    let rings = |shift: f32, contrast: f32| {
        paint(move |x, y| {
            let r = ((x - 60.0 - shift).powi(2) + (y - 66.0).powi(2)).sqrt();
            [0.5 + 0.5 * contrast * (r * 0.9).sin(); 3]
        })
    };
    let checks = |shift: f32, contrast: f32| {
        paint(move |x, y| {
            let sign = ((x + shift) * 0.55).sin() * ((y + shift) * 0.55).sin();
            [0.5 + 0.5 * contrast * sign.signum(); 3]
        })
    };
    let spots = |shift: f32, contrast: f32| {
        paint(move |x, y| {
            let (u, v) = ((x + shift).rem_euclid(16.0) - 8.0, (y + shift).rem_euclid(16.0) - 8.0);
            [0.4 + 0.5 * contrast * f32::from(u * u + v * v < 12.0); 3]
        })
    };
    let mut pictures = Vec::new();
    for (shift, contrast) in [(0.0, 1.0), (3.0, 0.5)] {
        pictures.push(stripes(0.0, 7.0, contrast, shift));
        pictures.push(stripes(90.0, 7.0, contrast, shift));
        pictures.push(stripes(45.0, 4.0, contrast, shift));
        pictures.push(rings(shift, contrast));
        pictures.push(checks(shift, contrast));
        pictures.push(spots(shift, contrast));
    }
    for layer in ["edges/relu", "textures/relu", "layouts/relu"] {
        let seen = eyes.see(layer, &pictures);
        for (query, vector) in seen[..6].iter().enumerate() {
            let nearest =
                (6..12).max_by(|a, b| cosine(vector, &seen[*a]).total_cmp(&cosine(vector, &seen[*b]))).unwrap();
            assert_eq!(nearest - 6, query, "nearest at {layer}");
        }
    }
}

#[test]
fn every_channel_of_every_layer_can_be_excited() {
    let eyes = Eyes::new();
    // Coloured noise of several grains everywhere, in a disc and around it, and rings: something for every filter.
    let distance = |x: f32, y: f32| ((x - 64.0).powi(2) + (y - 64.0).powi(2)).sqrt();
    let noise = |x: f32, y: f32, grain: f32| {
        let (x, y) = ((x / grain).floor(), (y / grain).floor());
        [0.0, 1.0, 2.0].map(|c| ((x * 12.9898 + y * 78.233 + c * 37.719).sin() * 43_758.547).rem_euclid(1.0))
    };
    let mut pictures = Vec::new();
    for grain in [1.0, 3.0, 6.0, 9.0, 24.0] {
        pictures.push(paint(|x, y| noise(x, y, grain)));
        for inside in [true, false] {
            pictures.push(paint(|x, y| if (distance(x, y) < 20.0) == inside { noise(x, y, grain) } else { [0.5; 3] }));
        }
    }
    for wavelength in [4.0, 8.0] {
        pictures.push(paint(|x, y| [0.5 + 0.5 * (distance(x, y) * std::f32::consts::TAU / wavelength).sin(); 3]));
    }
    for layer in ["edges/relu", "textures/relu", "layouts/relu"] {
        let seen = eyes.see(layer, &pictures);
        for channel in 0..seen[0].len() {
            assert!(seen.iter().any(|vector| vector[channel] > 1e-4), "channel {channel} of {layer} sees nothing");
        }
    }
}
