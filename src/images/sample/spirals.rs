//! Arms that wind around a middle: even, widening, or made of dots as in a sunflower.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let ramp = palette.cycle(rng);
    let centre = (between(rng, -0.35, 0.35), between(rng, -0.35, 0.35));
    let hand = if rng.bool() { 1.0 } else { -1.0 };
    let arms = rng.u8(1..7) as f32;
    let tightness = between(rng, 1.5, 5.0);
    match rng.u8(..4) {
        0 => sunflower(rng, palette, centre, hand),
        style => Canvas::shaded(3, |x, y| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            let (radius, angle) = (dx.quick_hypot(dy), dy.atan2(dx) / std::f32::consts::TAU * hand);
            let phase = match style {
                // Archimedes: equal steps outwards.
                1 => angle * arms + radius * tightness * 1.4,
                // Logarithmic: the same at every size.
                _ => angle * arms + (radius + 1e-4).ln() * tightness * 0.6,
            };
            let wave = phase - phase.quick_floor();
            let shade = 1.0 - 0.35 * smoothstep(0.6, 1.6, radius);
            scale(
                match style {
                    3 => ramp.around(phase),
                    _ => mix(ground, figure, f32::from(u8::from(wave < 0.5))),
                },
                shade,
            )
        }),
    }
}

/// Seeds at the golden angle (Vogel 1979).
fn sunflower(rng: &mut Rng, palette: Palette, centre: (f32, f32), hand: f32) -> Canvas {
    let ramp = palette.ramp(rng);
    let mut canvas = Canvas::filled(scale(palette.dark(), 0.6));
    let count = rng.u32(180..520);
    let turn = 2.399_963_2 * hand;
    let reach = between(rng, 0.9, 1.5);
    for seed in 0..count {
        let share = seed as f32 / count as f32;
        let (sin, cos) = (seed as f32 * turn).sin_cos();
        let radius = reach * share.sqrt();
        let size = reach * (0.4 + 0.6 * share) * 0.95 / (count as f32).sqrt();
        canvas.disc((centre.0 + radius * cos, centre.1 + radius * sin), size, ramp.at(0.25 + 0.75 * share));
    }
    canvas
}
