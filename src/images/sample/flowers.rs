//! Blossoms with rows of petals, on a meadow or alone.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{Colour, from_hue, mix, scale};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let leaves = Noise::new(rng);
    let meadow = rng.bool();
    let (shade, light) = if meadow {
        let hue = between(rng, 0.3, 0.42);
        (from_hue(0.25, 0.07, hue), from_hue(0.5, 0.1, hue))
    } else {
        (scale(palette.colours[0], 0.5), palette.colours[1])
    };
    let mut canvas = Canvas::shaded(1, |x, y| {
        let blades = leaves.layered(x * 9.0 + 2.0 * leaves.at(x * 2.0, y * 2.0), y * 3.0, 4);
        mix(shade, light, if meadow { 0.5 + 0.7 * blades } else { 0.5 + 0.4 * y + 0.15 * blades })
    });
    let count = if rng.bool() { rng.usize(1..4) } else { rng.usize(6..22) };
    let size = if count < 4 { between(rng, 0.5, 0.85) } else { between(rng, 0.16, 0.34) };
    let petals = rng.u8(4..15);
    for _ in 0..count {
        let at = (between(rng, -0.8, 0.8), between(rng, -0.8, 0.8));
        let radius = size * between(rng, 0.7, 1.2);
        let petal = palette.colours[rng.usize(2..5)];
        blossom(rng, &mut canvas, at, radius, petals, petal, palette);
    }
    canvas
}

fn blossom(
    rng: &mut Rng,
    canvas: &mut Canvas,
    (x, y): (f32, f32),
    radius: f32,
    petals: u8,
    petal: Colour,
    palette: Palette,
) {
    let (sharpness, rows) = (between(rng, 0.35, 1.1), rng.u8(1..4));
    let heart = if rng.bool() { from_hue(0.8, 0.16, 0.25) } else { scale(palette.dark(), 0.6) };
    for row in 0..rows {
        let share = 1.0 - f32::from(row) * 0.28;
        let turn = rng.f32() + f32::from(row) * 0.5;
        let outline = move |angle: f32| {
            let wave = (angle * f32::from(petals) / 2.0 + turn).cos().abs();
            radius * share * (0.32 + 0.68 * wave.powf(sharpness))
        };
        let tone = mix(petal, [1.0; 3], f32::from(row) * 0.12);
        canvas.shape(
            (x, y),
            radius,
            |px, py| (px - x).quick_hypot(py - y) - outline((py - y).atan2(px - x)),
            |px, py| {
                let (away, angle) = ((px - x).quick_hypot(py - y), (py - y).atan2(px - x));
                let edge = away / outline(angle);
                // Dark towards the heart and between the petals, with fine veins.
                let wave = (angle * f32::from(petals) / 2.0 + turn).cos().abs();
                let veins = 0.94 + 0.06 * (angle * f32::from(petals) * 6.0).sin();
                scale(tone, (0.4 + 0.6 * smoothstep(0.05, 0.9, edge)) * (0.55 + 0.45 * wave.sqrt()) * veins)
            },
        );
    }
    let disc = radius * between(rng, 0.14, 0.3);
    canvas.shape(
        (x, y),
        disc,
        |px, py| (px - x).quick_hypot(py - y) - disc,
        |px, py| {
            let (u, v) = ((px - x) / disc, (py - y) / disc);
            let dots = 0.85 + 0.3 * ((u * 14.0).sin() * (v * 14.0).sin());
            scale(heart, dots * (1.05 - 0.45 * (u * 0.6 + v * 0.6 + 0.3)))
        },
    );
}
