//! The first layer: Gabor functions on brightness, opponent colours, spots.

use std::f32::consts::{PI, TAU};

use super::{
    super::{Convolution, Op, Weights},
    filters::{Channels, along_and_across, bell, scale_to_unit, spot},
};

/// Orientations of the Gabor functions, evenly over half a turn.
pub const ORIENTATIONS: usize = 8;
/// Wavelengths in pixels of the two scales, fine and coarse.
const WAVELENGTHS: [f32; 2] = [3.6, 7.2];
/// Directions of colour, evenly around the circle of hues.
pub const HUES: usize = 8;
const KERNEL: usize = 11;
/// Areas of colour and brightness are everywhere, edges are not: without this they would drown the edges in the sum by
/// which all are divided.
const AREA_GAIN: f32 = 0.3;

/// What a channel of the first layer sees. Angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edge {
    /// Stripes of a scale (0 fine, 1 coarse) and direction (0 horizontal, rising), at one of four phases.
    Stripes { scale: usize, angle: f32, phase: f32 },
    /// A border between opponent colours (axis 0 red and green, 1 yellow and blue).
    ColourBorder { axis: usize, angle: f32, sign: f32 },
    /// An area of a hue; the angle counts from red over yellow.
    Hue { angle: f32 },
    /// A bright (1) or dark (-1) area.
    Brightness { sign: f32 },
    /// A bright (1) or dark (-1) spot, fine or coarse.
    Spot { scale: usize, sign: f32 },
}

/// All channels in order.
pub struct Edges(Vec<Edge>);

impl Channels for Edges {
    type Meaning = Edge;

    fn meanings(&self) -> Vec<&Edge> {
        self.0.iter().collect()
    }
}

/// The channels of the first layer.
pub fn all() -> Edges {
    let mut edges = Vec::new();
    for scale in 0..WAVELENGTHS.len() {
        for orientation in 0..ORIENTATIONS {
            let angle = orientation as f32 * PI / ORIENTATIONS as f32;
            edges.extend((0..4).map(|quarter| Edge::Stripes { scale, angle, phase: quarter as f32 * TAU / 4.0 }));
        }
    }
    for axis in 0..2 {
        for quarter in 0..4 {
            let angle = quarter as f32 * PI / 4.0;
            edges.extend([1.0, -1.0].map(|sign| Edge::ColourBorder { axis, angle, sign }));
        }
    }
    edges.extend((0..HUES).map(|hue| Edge::Hue { angle: hue as f32 * TAU / HUES as f32 }));
    edges.extend([1.0, -1.0].map(|sign| Edge::Brightness { sign }));
    for scale in 0..2 {
        edges.extend([1.0, -1.0].map(|sign| Edge::Spot { scale, sign }));
    }
    Edges(edges)
}

/// The first layer over red, green and blue from -1 to 1.
pub fn convolution(edges: &Edges) -> Op {
    let middle = (KERNEL / 2) as f32;
    let mut values = Vec::with_capacity(edges.0.len() * 3 * KERNEL * KERNEL);
    for edge in &edges.0 {
        let place = |index: usize| ((index % KERNEL) as f32 - middle, (index / KERNEL) as f32 - middle);
        let mut plane: Vec<f32> = (0..KERNEL * KERNEL).map(|index| edge.profile(place(index))).collect();
        if !edge.is_area() {
            // Cut off by the window, a wave need not sum to 0; an even grey must.
            without_mean(&mut plane, |index| bell(place(index).0, place(index).1, 2.5));
        }
        scale_to_unit(&mut plane);
        for colour in edge.colours() {
            values.extend(plane.iter().map(|value| value * colour));
        }
    }
    let half = KERNEL / 2;
    Op::Convolution(Convolution {
        weight: Weights::new(vec![edges.0.len(), 3, KERNEL, KERNEL], values),
        bias: None,
        stride: [2; 2],
        padding: [(half, half); 2],
        dilation: [1; 2],
        groups: 1,
    })
}

impl Edge {
    /// The weight at a place, in pixels from the middle.
    fn profile(&self, (x, y): (f32, f32)) -> f32 {
        match *self {
            Self::Stripes { scale, angle, phase } => gabor(x, y, WAVELENGTHS[scale], angle, phase),
            Self::ColourBorder { angle, sign, .. } => sign * gabor(x, y, 2.0 * WAVELENGTHS[1], angle, TAU / 4.0),
            Self::Hue { .. } | Self::Brightness { .. } => bell(x, y, 2.0),
            Self::Spot { scale, sign } => sign * spot(x, y, [0.8, 1.6][scale]),
        }
    }

    fn is_area(&self) -> bool {
        matches!(self, Self::Hue { .. } | Self::Brightness { .. })
    }

    /// What it takes of red, green and blue. Grey, red-green and yellow-blue are orthogonal, so a grey picture has no
    /// hue.
    fn colours(&self) -> [f32; 3] {
        const GREY: [f32; 3] = [1.0 / 3.0; 3];
        const RED_GREEN: [f32; 3] = [0.5, -0.5, 0.0];
        const YELLOW_BLUE: [f32; 3] = [0.25, 0.25, -0.5];
        match *self {
            Self::Stripes { .. } | Self::Spot { .. } => GREY,
            Self::Brightness { sign } => GREY.map(|part| AREA_GAIN * sign * part),
            Self::ColourBorder { axis, .. } => [RED_GREEN, YELLOW_BLUE][axis],
            Self::Hue { angle } => {
                let (sin, cos) = angle.sin_cos();
                std::array::from_fn(|rgb| AREA_GAIN * (cos * RED_GREEN[rgb] + sin * YELLOW_BLUE[rgb]))
            }
        }
    }
}

/// A wave across `angle` under a bell.
fn gabor(x: f32, y: f32, wavelength: f32, angle: f32, phase: f32) -> f32 {
    let (_, across) = along_and_across(x, y, angle);
    bell(x, y, 0.4 * wavelength.min(WAVELENGTHS[1])) * (TAU * across / wavelength + phase).cos()
}

/// Takes away the mean where `weight` is large.
fn without_mean(plane: &mut [f32], weight: impl Fn(usize) -> f32) {
    let sum: f32 = plane.iter().sum();
    let total: f32 = (0..plane.len()).map(&weight).sum();
    plane.iter_mut().enumerate().for_each(|(index, value)| *value -= sum / total * weight(index));
}
