//! Thin lines or dots in a lattice of squares, hexagons or triangles.

use fastrand::Rng;

use super::canvas::{Canvas, View, between, smoothstep};
use super::colour::{add, mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let second = palette.any(rng);
    let zoom = between(rng, 2.5, 7.0);
    let view = if rng.bool() { View::random(rng, zoom) } else { View::nearly_upright(rng, zoom, 0.05) };
    let half_width = between(rng, 0.03, 0.09);
    let soft = 0.02 * zoom / 3.0;
    let glows = rng.u8(..3) == 0;
    let style = rng.u8(..4);
    let to_line = |t: f32| (t - t.quick_round()).abs();
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let distance = match style {
            0 => to_line(u).min(to_line(v)),
            // Triangles: three directions of lines.
            1 => {
                let (slope, rise) = (0.866_025_4, 0.5);
                to_line(u).min(to_line(u * rise + v * slope)).min(to_line(u * rise - v * slope))
            }
            2 => hexagon_edge(u, v),
            // Dots, every other row shifted.
            _ => {
                let shift = if v.quick_round().quick_modulo(2.0) >= 1.0 { 0.5 } else { 0.0 };
                to_line(u + shift).quick_hypot(to_line(v)) - 0.2
            }
        };
        let line = 1.0 - smoothstep(half_width - soft, half_width + soft, distance);
        let back = mix(ground, scale(second, 0.6), 0.25 * (1.0 + y));
        let lit = if glows { add(back, scale(figure, 0.35 * (-distance.max(0.0) * 9.0).exp())) } else { back };
        mix(lit, figure, line)
    })
}

/// The distance to the nearest side of a honeycomb whose cells are 1 wide.
fn hexagon_edge(u: f32, v: f32) -> f32 {
    let (width, height) = (1.0, 1.732_050_8);
    let offset = |du: f32, dv: f32| {
        let (a, b) = (u - du, v - dv);
        (a - (a / width).quick_round() * width, b - (b / height).quick_round() * height)
    };
    let (first, second) = (offset(0.0, 0.0), offset(width / 2.0, height / 2.0));
    let near = |(a, b): (f32, f32)| a * a + b * b;
    let (a, b) = if near(first) < near(second) { first } else { second };
    0.5 - a.abs().max(a.abs() * 0.5 + b.abs() * 0.866_025_4)
}
