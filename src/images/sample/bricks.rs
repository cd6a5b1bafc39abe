//! Masonry: running, stacked or herringbone bond, every stone a little different.

use fastrand::Rng;

use super::canvas::{Canvas, View, between, smoothstep};
use super::colour::{from_hue, mix, scale};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    // Half of the walls are of clay.
    let clay = rng.bool();
    let stone = if clay {
        from_hue(between(rng, 0.42, 0.6), between(rng, 0.06, 0.12), between(rng, 0.06, 0.14))
    } else {
        palette.colours[rng.usize(1..4)]
    };
    let other = if clay { scale(stone, 0.55) } else { palette.any(rng) };
    let mortar = if rng.bool() { mix(palette.light(), [0.5; 3], 0.4) } else { scale(palette.dark(), 0.5) };
    let zoom = between(rng, 3.0, 6.5);
    let view = View::nearly_upright(rng, zoom, 0.12);
    let (ratio, joint) = (between(rng, 1.6, 2.8), between(rng, 0.05, 0.12));
    let offset = [0.5, 0.333, 0.0][rng.usize(..3)];
    let (tint, grain) = (Noise::new(rng), Noise::new(rng));
    let herringbone = rng.u8(..4) == 0;
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let (column, row, fu, fv, long) = if herringbone {
            herringbone_cell(u, v)
        } else {
            let row = v.quick_floor();
            let along = u / ratio + row * offset;
            (along.quick_floor() as i32, row as i32, (along - along.quick_floor()) * ratio, v - row, ratio)
        };
        let edge = fu.min(long - fu).min(fv).min(1.0 - fv);
        let wobble = 0.025 * grain.at(u * 5.0, v * 5.0);
        let cover = smoothstep(joint * 0.7, joint * 1.15, edge + wobble);
        let own = tint.cell(column, row);
        let rough = 1.0 + 0.22 * grain.layered(u * 6.0, v * 6.0, 3);
        let body = scale(mix(stone, other, own * own), (0.75 + 0.45 * tint.cell(row, column)) * rough);
        // Light from above left: the upper edge is bright, the lower one dark.
        let bevel = 0.25 * (smoothstep(0.25, 0.05, fv) - smoothstep(0.25, 0.05, 1.0 - fv));
        mix(scale(mortar, 0.9 + 0.3 * grain.at(u * 9.0, v * 9.0)), scale(body, 1.0 + bevel), cover)
    })
}

/// Stones of 2 x 1, lying and standing by turns: which one, where in it, and its length.
fn herringbone_cell(u: f32, v: f32) -> (i32, i32, f32, f32, f32) {
    let (column, row) = (u.quick_floor() as i32, v.quick_floor() as i32);
    let (fu, fv) = (u - u.quick_floor(), v - v.quick_floor());
    match (column - row).rem_euclid(4) {
        0 => (column, row, fu, fv, 2.0),
        1 => (column - 1, row, fu + 1.0, fv, 2.0),
        2 => (column + 1000, row, fv + 1.0, fu, 2.0),
        _ => (column + 1000, row + 1, fv, fu, 2.0),
    }
}
