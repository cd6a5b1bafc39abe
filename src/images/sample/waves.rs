//! Rings that spread from a few places and add up: still water after stones.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{add, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.ramp(rng);
    let length = between(rng, 0.1, 0.35);
    let sources: Vec<(f32, f32, f32, f32)> = (0..rng.u8(1..6))
        .map(|_| (between(rng, -1.3, 1.3), between(rng, -1.3, 1.3), rng.f32() * 6.3, length * between(rng, 0.85, 1.15)))
        .collect();
    let fade = between(rng, 0.0, 0.9);
    let watery = rng.bool();
    let height = |x: f32, y: f32| -> f32 {
        sources
            .iter()
            .map(|(sx, sy, phase, length)| {
                let away = (x - sx).quick_hypot(y - sy);
                (away / length * std::f32::consts::TAU + phase).sin() / (1.0 + fade * 2.0 * away)
            })
            .sum::<f32>()
            / (sources.len() as f32).sqrt()
    };
    Canvas::shaded(1, |x, y| {
        let here = height(x, y);
        if !watery {
            return ramp.at(0.5 + 0.42 * here);
        }
        let (dx, dy) = (height(x + 0.012, y) - here, height(x, y + 0.012) - here);
        let facing = (dx * 0.7 + dy) / (0.03 + 0.12 * (0.2 / length));
        let body = ramp.at(0.45 + 0.18 * here + 0.3 * facing.clamp(-1.0, 1.0));
        add(scale(body, 1.0), [0.5 * smoothstep(0.9, 1.8, facing); 3])
    })
}
