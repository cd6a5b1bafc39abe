//! Stars, a band of mist, sometimes a moon, over a line of hills.

use fastrand::Rng;

use super::canvas::{Canvas, between, column_of, smoothstep};
use super::colour::{Colour, add, mix, scale};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (mist, veil, hills) = (Noise::new(rng), Noise::new(rng), Noise::new(rng));
    let (zenith, glow) = (scale(palette.dark(), 0.12), scale(palette.colours[1], 0.4));
    let band = (between(rng, -1.0, 1.0), between(rng, -0.5, 0.3), between(rng, 0.25, 0.5));
    let (milky, mixed) = (palette.colours[3], palette.colours[2]);
    let mut canvas = Canvas::shaded(1, |x, y| {
        let sky = mix(zenith, glow, smoothstep(-0.6, 1.1, y));
        let across = (y - band.1 - band.0 * x) / band.2 / (1.0 + band.0 * band.0).sqrt();
        let cloud = 0.5 + 0.9 * mist.layered(x * 2.2, y * 2.2, 5);
        let density = (-across * across).exp() * cloud.max(0.0);
        let dust = smoothstep(0.1, 0.5, veil.layered(x * 3.0, y * 3.0, 4)) * (-across * across * 5.0).exp();
        add(sky, scale(mix(mixed, milky, cloud.clamp(0.0, 1.0)), 0.3 * density * (1.0 - 0.8 * dust)))
    });
    for _ in 0..rng.u32(150..420) {
        let at = (between(rng, -1.0, 1.0), between(rng, -1.0, 1.0));
        let light = 0.08 / (0.06 + rng.f32());
        star(&mut canvas, at, light, mix([1.0, 0.85, 0.7], [0.7, 0.85, 1.0], rng.f32()));
    }
    if rng.u8(..3) == 0 {
        moon(rng, &mut canvas, palette.light());
    }
    let base = between(rng, 0.35, 0.85);
    let black = scale(palette.dark(), 0.04);
    for layer in 0..rng.u8(1..3) {
        let (rough, low) = (between(rng, 1.0, 2.5), base + f32::from(layer) * 0.18);
        let shade = scale(mix(black, glow, 0.12), 1.0 - 0.5 * f32::from(layer));
        let ridges =
            Canvas::skyline(|x| low + 0.2 * hills.layered(x * rough + f32::from(layer) * 9.0, f32::from(layer), 5));
        canvas.adjust(|x, y, pixel| {
            let ridge = ridges[column_of(x)];
            mix(pixel, shade, smoothstep(ridge - 0.008, ridge + 0.008, y))
        });
    }
    canvas
}

fn star(canvas: &mut Canvas, (x, y): (f32, f32), light: f32, tint: Colour) {
    let light = light.min(1.3);
    canvas.glow(x, y, scale(tint, light * 0.8));
    if light > 0.45 {
        for (dx, dy, share) in
            [(1.0, 0.0, 0.3), (-1.0, 0.0, 0.3), (0.0, 1.0, 0.3), (0.0, -1.0, 0.3), (2.0, 0.0, 0.1), (-2.0, 0.0, 0.1)]
        {
            let pixel = super::canvas::PIXEL;
            canvas.glow(x + dx * pixel, y + dy * pixel, scale(tint, light * share));
        }
    }
}

fn moon(rng: &mut Rng, canvas: &mut Canvas, tint: Colour) {
    let (x, y, radius) = (between(rng, -0.6, 0.6), between(rng, -0.7, -0.1), between(rng, 0.1, 0.24));
    let phase = between(rng, -1.6, 1.6);
    let craters = Noise::new(rng);
    canvas.adjust(|px, py, pixel| {
        let away = (px - x).quick_hypot(py - y) / radius;
        add(pixel, scale(tint, 0.14 * (-(away - 1.0).max(0.0) * 1.6).exp()))
    });
    canvas.shape(
        (x, y),
        radius,
        |px, py| (px - x).quick_hypot(py - y) - radius,
        |px, py| {
            let (u, v) = ((px - x) / radius, (py - y) / radius);
            let depth = (1.0 - u * u - v * v).max(0.0).sqrt();
            let lit = smoothstep(-0.1, 0.3, u * phase.sin() + depth * phase.cos());
            scale(tint, (0.06 + 0.95 * lit) * (0.9 + 0.3 * craters.layered(u * 2.0, v * 2.0, 4)))
        },
    );
}
