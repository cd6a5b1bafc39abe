//! Julia sets, and windows into the Mandelbrot set, by escape time.

use fastrand::Rng;

use super::canvas::{Canvas, View, between};
use super::colour::scale;
use super::palette::Palette;

/// Constants whose Julia sets are worth looking at.
const JULIA: [(f32, f32); 10] = [
    (-0.8, 0.156),
    (-0.7269, 0.1889),
    (0.285, 0.01),
    (-0.4, 0.6),
    (-0.835, -0.2321),
    (0.355, 0.355),
    (-0.123, 0.745),
    (-0.70176, -0.3842),
    (0.37, -0.1),
    (-0.162, 1.04),
];
/// Places in the Mandelbrot set, with half widths.
const MANDELBROT: [(f32, f32, f32); 6] = [
    (-0.6, 0.0, 1.3),
    (-0.7453, 0.1127, 0.02),
    (-0.16, 1.0405, 0.05),
    (0.275, 0.006, 0.02),
    (-1.25, 0.02, 0.08),
    (-0.748, 0.1, 0.012),
];
const MAX_STEPS: u32 = 160;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let ramp = palette.cycle(rng);
    let inside = scale(palette.dark(), 0.3);
    let (turns, phase) = (between(rng, 0.5, 1.4), rng.f32());
    if rng.u8(..4) == 0 {
        let (x0, y0, half) = MANDELBROT[rng.usize(..MANDELBROT.len())];
        let zoom = half * between(rng, 0.7, 1.2);
        let view = View::random(rng, zoom).centred();
        Canvas::shaded(2, |x, y| {
            let (u, v) = view.pattern(x, y);
            escape((0.0, 0.0), (x0 + u, y0 + v)).map_or(inside, |time| ramp.around(time.ln() * turns + phase))
        })
    } else {
        let (a, b) = JULIA[rng.usize(..JULIA.len())];
        let constant = (a + between(rng, -0.008, 0.008), b + between(rng, -0.008, 0.008));
        let zoom = between(rng, 0.5, 1.4);
        let view = View::random(rng, zoom).centred();
        Canvas::shaded(2, |x, y| {
            escape(view.pattern(x, y), constant).map_or(inside, |time| ramp.around(time.ln() * turns + phase))
        })
    }
}

/// How many rounds of `z² + c` it takes to leave, smoothed; `None` if it stays.
fn escape((mut x, mut y): (f32, f32), (a, b): (f32, f32)) -> Option<f32> {
    for step in 0..MAX_STEPS {
        let (x2, y2) = (x * x, y * y);
        if x2 + y2 > 64.0 {
            return Some((step as f32 + 3.0 - (0.5 * (x2 + y2).ln()).log2()).max(1.0));
        }
        (x, y) = (x2 - y2 + a, 2.0 * x * y + b);
    }
    None
}
