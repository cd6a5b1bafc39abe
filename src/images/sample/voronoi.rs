//! The plane divided among scattered points: stained glass, cracked earth, cells.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{mix, scale};
use super::palette::Palette;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.ramp(rng);
    let count = rng.usize(12..70);
    let points: Vec<(f32, f32, f32)> =
        (0..count).map(|_| (between(rng, -1.2, 1.2), between(rng, -1.2, 1.2), rng.f32())).collect();
    let style = rng.u8(..4);
    let border = between(rng, 0.008, 0.035);
    let border_colour = if rng.bool() { scale(palette.dark(), 0.5) } else { palette.light() };
    let spacing = 1.3 / (count as f32).sqrt();
    let manhattan = rng.u8(..5) == 0;
    Canvas::shaded(2, |x, y| {
        let (mut nearest, mut second, mut owner) = (f32::MAX, f32::MAX, 0);
        for (index, (px, py, _)) in points.iter().enumerate() {
            let (dx, dy) = (px - x, py - y);
            let distance = if manhattan { (dx.abs() + dy.abs()).powi(2) } else { dx * dx + dy * dy };
            if distance < nearest {
                (second, nearest, owner) = (nearest, distance, index);
            } else if distance < second {
                second = distance;
            }
        }
        let (near, gap) = (nearest.sqrt(), second.sqrt() - nearest.sqrt());
        let edge = smoothstep(border * 0.6, border * 1.4, gap);
        let own = ramp.at(points[owner].2);
        match style {
            // Stained glass.
            0 => mix(border_colour, own, edge),
            // Pebbles: bright in the middle, dark between.
            1 => scale(mix(scale(own, 0.25), own, smoothstep(0.0, spacing, gap)), 1.15 - 0.4 * near / spacing),
            // The distance itself.
            2 => ramp.at(near / spacing * 0.55),
            // Flat, without borders.
            _ => own,
        }
    })
}
