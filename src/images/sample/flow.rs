//! Threads that drift along a field of noise.

use fastrand::Rng;

use super::canvas::{Canvas, between};
use super::colour::{mix, scale};
use super::noise::Noise;
use super::palette::Palette;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.cycle(rng);
    let dark = rng.u8(..3) > 0;
    let ground = if dark { scale(palette.dark(), 0.35) } else { mix(palette.light(), [1.0; 3], 0.4) };
    let mut canvas = Canvas::filled(ground);
    let field = Noise::new(rng);
    let (frequency, swirl) = (between(rng, 0.5, 1.6), between(rng, 1.2, 3.2));
    let base = rng.f32() * std::f32::consts::TAU;
    let width = between(rng, 0.014, 0.045);
    let by_angle = rng.bool();
    let stride = 0.035;
    for _ in 0..rng.u32(170..320) {
        let mut at = (between(rng, -1.15, 1.15), between(rng, -1.15, 1.15));
        let own = rng.f32();
        for step in 0..rng.u32(8..34) {
            let angle = base + swirl * field.layered(at.0 * frequency, at.1 * frequency, 2) * 2.0;
            let next = (at.0 + stride * angle.cos(), at.1 + stride * angle.sin());
            let tone = if by_angle { angle / std::f32::consts::TAU } else { own * 0.9 + step as f32 * 0.004 };
            canvas.line(at, next, width * (0.5 + own * 0.8), ramp.around(tone));
            at = next;
        }
    }
    canvas
}
