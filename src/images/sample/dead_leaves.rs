//! Shapes of all sizes that cover each other, as natural images do (Lee, Mumford and Huang 2001).

use fastrand::Rng;

use super::canvas::{Canvas, between};
use super::colour::{add, mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.ramp(rng);
    let mut canvas = Canvas::filled(palette.dark());
    let (smallest, largest) = (between(rng, 0.05, 0.13), between(rng, 0.45, 0.8));
    let shape = rng.u8(..4);
    let shaded = rng.bool();
    let mut leaves = Vec::new();
    for _ in 0..300 {
        // Sizes by a power law with exponent -3: the same at every scale.
        let (a, b) = (1.0 / (smallest * smallest), 1.0 / (largest * largest));
        let radius = 1.0 / (b + (a - b) * rng.f32()).sqrt();
        leaves.push((radius, between(rng, -1.2, 1.2), between(rng, -1.2, 1.2), rng.f32(), rng.f32() * 6.3));
    }
    // Large ones first, with some disorder, so that few of the small ones are buried.
    leaves.sort_by(|a, b| (b.0 * (0.6 + 0.8 * b.3)).total_cmp(&(a.0 * (0.6 + 0.8 * a.3))));
    for (radius, x, y, tone, turn) in leaves {
        let (sin, cos) = turn.sin_cos();
        let distance = move |px: f32, py: f32| {
            let (u, v) = ((px - x) * cos - (py - y) * sin, (px - x) * sin + (py - y) * cos);
            match shape {
                0 => u.quick_hypot(v) - radius,
                1 => u.abs().max(v.abs()) - radius * 0.75,
                // A leaf: where two circles meet.
                2 => u.quick_hypot(v.abs() + radius * 0.75) - radius * 1.25,
                _ => (u.abs() * 0.866 + v * 0.5).max(-v) - radius * 0.5,
            }
        };
        let colour = ramp.at(tone);
        canvas.shape((x, y), radius * 1.1, |px, py| distance(px, py) - 0.012, |_, _| scale(colour, 0.35));
        canvas.shape((x, y), radius * 1.1, distance, |px, py| {
            if !shaded {
                return colour;
            }
            let light = ((px - x) + (py - y)) / radius;
            mix(scale(colour, 0.55), add(colour, [0.06; 3]), 0.55 - 0.4 * light)
        });
    }
    canvas
}
