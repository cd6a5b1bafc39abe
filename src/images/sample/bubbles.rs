//! Drops that melt into each other, and soap bubbles.

use fastrand::Rng;

use super::canvas::{Canvas, PIXEL, between, smoothstep};
use super::colour::{add, from_hue, mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    if rng.bool() { melting(rng) } else { soap(rng) }
}

/// Level lines of a sum of potentials (Blinn 1982).
fn melting(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.ramp(rng);
    let (ground, _) = palette.ground_and_figure(rng);
    let balls: Vec<(f32, f32, f32)> = (0..rng.u8(5..14))
        .map(|_| (between(rng, -1.0, 1.0), between(rng, -1.0, 1.0), between(rng, 0.08, 0.26)))
        .collect();
    let banded = rng.bool();
    let field = |x: f32, y: f32| -> f32 {
        balls.iter().map(|(bx, by, radius)| radius * radius / ((x - bx).powi(2) + (y - by).powi(2) + 1e-3)).sum()
    };
    Canvas::shaded(2, |x, y| {
        let strength = field(x, y);
        if strength < 1.0 {
            let halo = scale(ground, 0.55 + 0.45 * smoothstep(0.0, 1.0, strength));
            return if banded {
                mix(halo, ramp.at(0.3), smoothstep(0.93, 1.0, (strength * 6.0).quick_modulo(1.0)))
            } else {
                halo
            };
        }
        // The slope of the field is the slope of the drop.
        let (dx, dy) = (field(x + PIXEL, y) - strength, field(x, y + PIXEL) - strength);
        let slope = (dx + dy) / (dx.quick_hypot(dy) + 1e-4);
        let body = ramp.at(0.15 + 0.8 * (1.0 - 1.0 / strength));
        let light = 0.75 + 0.3 * slope * (1.0 / strength);
        add(scale(body, light), [smoothstep(0.8, 1.4, slope) * smoothstep(2.4, 1.2, strength) * 0.35; 3])
    })
}

/// Thin skins: all colour is at the rim, and a window is mirrored in each.
fn soap(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (top, low) = (scale(palette.colours[rng.usize(..3)], 0.8), palette.colours[rng.usize(1..4)]);
    let mut canvas = Canvas::shaded(1, |x, y| mix(top, low, 0.5 + 0.4 * y + 0.1 * x));
    for _ in 0..rng.u8(6..26) {
        let radius = 0.06 + 0.4 * rng.f32().powi(3);
        let (x, y) = (between(rng, -1.0, 1.0), between(rng, -1.0, 1.0));
        let hue = rng.f32();
        let canvas_before = canvas.clone();
        canvas.shape(
            (x, y),
            radius,
            |px, py| (px - x).quick_hypot(py - y) - radius,
            |px, py| {
                let (u, v) = ((px - x) / radius, (py - y) / radius);
                let from_middle = u.quick_hypot(v).min(1.0);
                let rim = from_middle.powi(6);
                let film = from_hue(0.85, 0.13, hue + from_middle * 0.9 + 0.15 * u);
                let behind = canvas_before.colour_at(px, py);
                let skin = add(scale(behind, 1.02 - 0.25 * rim), scale(film, 0.1 + 0.5 * rim));
                let window = smoothstep(0.26, 0.18, (u + 0.42).quick_hypot((v + 0.45) * 1.3));
                let mirrored = smoothstep(0.14, 0.08, (u - 0.5).quick_hypot(v - 0.52));
                add(skin, [0.75 * window + 0.25 * mirrored; 3])
            },
        );
    }
    canvas
}
