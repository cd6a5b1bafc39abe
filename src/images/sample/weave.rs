//! Ribbons that go over and under each other.

use fastrand::Rng;

use super::canvas::{Canvas, View, between};
use super::colour::{mix, scale};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (warp, weft) = palette.ground_and_figure(rng);
    let accents = palette.shuffled(rng);
    let gap = scale(palette.dark(), 0.25);
    let zoom = between(rng, 2.5, 7.0);
    let view = View::random(rng, zoom);
    let half_width = between(rng, 0.33, 0.48);
    let fibre = Noise::new(rng);
    let (every, float) = (rng.i32(2..6), rng.i32(1..4));
    let coloured = rng.bool();
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let (column, row) = (u.quick_round() as i32, v.quick_round() as i32);
        let (du, dv) = (u - u.quick_round(), v - v.quick_round());
        // Plain weave for 1, twill for more: the warp lies on top at every (1 + float)-th crossing, shifted row by row.
        let warp_on_top = (column + row).rem_euclid(1 + float) == 0;
        let ribbon = |number: i32, base: [f32; 3], shift: i32| {
            if coloured && number.rem_euclid(every) == 0 {
                accents[(number.div_euclid(every) + shift).rem_euclid(5) as usize]
            } else {
                base
            }
        };
        let (on_warp, on_weft) = (du.abs() < half_width, dv.abs() < half_width);
        let take_warp = on_warp && (warp_on_top || !on_weft);
        if !on_warp && !on_weft {
            return gap;
        }
        let (colour, across, along, top) = if take_warp {
            (ribbon(column, warp, 0), du, dv, warp_on_top)
        } else {
            (ribbon(row, weft, 2), dv, du, !warp_on_top)
        };
        let (s, t) = if take_warp { (u * 14.0, v * 2.0) } else { (u * 2.0, v * 14.0) };
        let thread = 1.0 + 0.14 * fibre.at(s, t);
        let round = 1.0 - 0.55 * (across / half_width).powi(4);
        // Where it dives under the other ribbon it lies in shadow.
        let dive = if top { 1.0 - 0.25 * (2.0 * along).powi(2) } else { 0.55 };
        mix(gap, colour, (thread * round * dive).clamp(0.0, 1.0))
    })
}
