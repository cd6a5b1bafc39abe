//! Soft clouds of colour: sums of sines, and noise bent by noise.

use fastrand::Rng;

use super::canvas::{Canvas, View, between};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = if rng.bool() { palette.cycle(rng) } else { palette.ramp(rng) };
    let zoom = between(rng, 0.8, 2.2);
    let view = View::random(rng, zoom);
    let (noise, bender) = (Noise::new(rng), Noise::new(rng));
    let waves: Vec<(f32, f32, f32)> =
        (0..4).map(|_| (between(rng, -3.0, 3.0), between(rng, -3.0, 3.0), rng.f32() * 6.0)).collect();
    let (turns, bend) = (between(rng, 0.8, 2.0), between(rng, 0.8, 2.2));
    let style = rng.u8(..3);
    Canvas::shaded(1, |x, y| {
        let (u, v) = view.pattern(x, y);
        match style {
            0 => {
                let sum: f32 = waves.iter().map(|(a, b, phase)| (a * x + b * y + phase).sin()).sum();
                let ring = ((x - 0.3).quick_hypot(y + 0.2) * 4.0 * zoom.sqrt()).sin();
                ramp.around((sum + ring) * 0.1 * turns + 0.5)
            }
            // Marble: noise, bent twice (Quilez 2002).
            1 => {
                let (a, b) = (bender.layered(u, v, 4), bender.layered(u + 5.2, v + 1.3, 4));
                ramp.at(0.5 + 0.75 * noise.layered(u + bend * a, v + bend * b, 5))
            }
            _ => {
                let swirl = bender.at(u * 0.7, v * 0.7) * bend;
                let (sin, cos) = swirl.sin_cos();
                let (a, b) = (x * zoom, y * zoom);
                ramp.around(turns * noise.layered(a * cos - b * sin, a * sin + b * cos, 3) + 0.5)
            }
        }
    })
}
