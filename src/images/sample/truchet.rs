//! Tiles that fit in every turn: arcs, diagonals, triangles (Truchet 1704, Smith 1987).

use fastrand::Rng;

use super::canvas::{Canvas, View, between, smoothstep};
use super::colour::mix;
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let (second, third) = (palette.any(rng), palette.any(rng));
    let zoom = between(rng, 2.5, 7.0);
    let view = if rng.bool() { View::random(rng, zoom) } else { View::nearly_upright(rng, zoom, 0.0) };
    let cells = Noise::new(rng);
    let width = between(rng, 0.08, 0.24);
    let style = rng.u8(..4);
    let soft = 0.012 * zoom;
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let (column, row) = (u.quick_floor() as i32, v.quick_floor() as i32);
        let chance = cells.cell(column, row);
        let (mut fu, fv) = (u - u.quick_floor(), v - v.quick_floor());
        if chance < 0.5 {
            fu = 1.0 - fu;
        }
        let to_corner = fu.quick_hypot(fv).min((1.0 - fu).quick_hypot(1.0 - fv));
        match style {
            0 => mix(figure, ground, smoothstep(width - soft, width + soft, (to_corner - 0.5).abs())),
            // Filled: which side of the arcs a point is on, continued from tile to tile.
            1 => {
                let odd = (column + row).rem_euclid(2) == 0;
                let side = (to_corner < 0.5) ^ odd ^ (chance < 0.5);
                let line = smoothstep(0.03, 0.03 + 2.0 * soft, (to_corner - 0.5).abs());
                mix(third, if side { figure } else { ground }, line)
            }
            // Three rails.
            2 => {
                let rail = [0.25f32, 0.5, 0.75].map(|radius| (to_corner - radius).abs());
                let nearest = rail[0].min(rail[1]).min(rail[2]);
                let colour = if rail[1] <= nearest { figure } else { second };
                mix(colour, ground, smoothstep(0.07 - soft * 0.5, 0.07 + soft * 0.5, nearest))
            }
            _ => {
                let upper = fu + fv < 1.0;
                match (upper, (chance * 8.0) as u8 % 4) {
                    (true, 0) => second,
                    (true, _) => figure,
                    (false, 3) => third,
                    (false, _) => ground,
                }
            }
        }
    })
}
