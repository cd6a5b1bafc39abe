//! Bare or leafy trees that branch in two, against the evening.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{Colour, mix, scale};
use super::palette::Palette;

struct Habit {
    spread: f32,
    shrink: f32,
    unrest: f32,
    leaf: Option<Colour>,
    bark: Colour,
}

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (top, low) = (palette.colours[2 + rng.usize(..2)], palette.light());
    let earth = scale(palette.dark(), 0.45);
    let ground = between(rng, 0.6, 0.85);
    let hill = between(rng, -0.15, 0.15);
    let mut canvas = Canvas::shaded(1, |x, y| {
        let line = ground + hill * x * x;
        mix(mix(top, low, smoothstep(-1.0, 0.7, y)), earth, smoothstep(line - 0.01, line + 0.01, y))
    });
    let leafy = rng.u8(..3) > 0;
    let habit = Habit {
        spread: between(rng, 0.28, 0.6),
        shrink: between(rng, 0.7, 0.78),
        unrest: between(rng, 0.05, 0.3),
        leaf: leafy.then(|| palette.colours[1 + rng.usize(..2)]),
        bark: scale(palette.dark(), 0.3),
    };
    for _ in 0..rng.u8(1..4) {
        let x = between(rng, -0.7, 0.7);
        let length = between(rng, 0.28, 0.45);
        branch(rng, &mut canvas, &habit, (x, ground + hill * x * x + 0.03), -std::f32::consts::FRAC_PI_2, length, 9);
    }
    canvas
}

fn branch(rng: &mut Rng, canvas: &mut Canvas, habit: &Habit, from: (f32, f32), angle: f32, length: f32, left: u8) {
    let to = (from.0 + length * angle.cos(), from.1 + length * angle.sin());
    canvas.line(from, to, (length * 0.13).max(0.008), habit.bark);
    if left == 0 || length < 0.02 {
        if let Some(leaf) = habit.leaf {
            let tone = scale(leaf, between(rng, 0.6, 1.4));
            let size = between(rng, 0.014, 0.034);
            canvas.disc(to, size, tone);
        }
        return;
    }
    for side in [-1.0, 1.0] {
        let turn = side * habit.spread + between(rng, -habit.unrest, habit.unrest);
        let next = length * habit.shrink * between(rng, 0.85, 1.08);
        branch(rng, canvas, habit, to, angle + turn, next, left - 1);
    }
}
