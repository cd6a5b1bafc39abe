//! Parallel bands: even, of many widths, soft, zigzag or bent.

use fastrand::Rng;

use super::canvas::{Canvas, View, between};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let colours = palette.shuffled(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let ramp = palette.cycle(rng);
    let zoom = between(rng, 2.0, 7.0);
    let view = View::random(rng, zoom);
    let share = between(rng, 0.3, 0.7);
    let (bend, bend_length) = (between(rng, 0.2, 0.7), between(rng, 0.5, 1.5));
    let edges: Vec<f32> = (0..5)
        .scan(0.0, |at, _| {
            *at += 0.3 + rng.f32();
            Some(*at)
        })
        .collect();
    let style = rng.u8(..5);
    Canvas::shaded(3, |x, y| {
        let (mut u, v) = view.pattern(x, y);
        match style {
            3 => u += bend * 2.0 * ((v * bend_length).quick_modulo(1.0) - 0.5).abs() * 2.0,
            4 => u += bend * (v * bend_length).sin(),
            _ => {}
        }
        match style {
            0 => {
                if u.quick_modulo(1.0) < share {
                    figure
                } else {
                    ground
                }
            }
            2 => ramp.around(u / 2.5),
            _ => {
                let period = edges[4];
                let at = u.quick_modulo(period);
                colours[edges.iter().position(|edge| at < *edge).unwrap_or(4)]
            }
        }
    })
}
