//! Words: a page, a poster, a screen of numbers, neon.

use fastrand::Rng;

use super::canvas::{Canvas, View, between, smoothstep};
use super::colour::{add, mix, scale};
use super::font;
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

const WORDS: [&str; 40] = [
    "TIRAMISU", "LAYER", "CHANNEL", "IMAGE", "LIGHT", "SHAPE", "EDGE", "COLOUR", "DEEP", "FILTER", "MAP", "NEAR",
    "FAR", "SEE", "LOOK", "INSIDE", "WAVE", "STONE", "RIVER", "CLOUD", "NIGHT", "SUN", "LEAF", "BIRD", "OPEN", "DOOR",
    "HOUSE", "STREET", "COFFEE", "SUGAR", "CREAM", "COCOA", "BLUE", "GREEN", "RED", "WHITE", "ONE", "TWO", "AND",
    "THE",
];

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let style = rng.u8(..4);
    let (ground, ink) = palette.ground_and_figure(rng);
    let accent = palette.any(rng);
    // Letters to a line: few make a poster, many a page.
    let columns = if style == 1 { rng.usize(4..8) } else { rng.usize(9..20) };
    let zoom = columns as f32 * 3.0;
    let lines = columns + 3;
    let page: Vec<Vec<u8>> = (0..lines).map(|_| line(rng, style, columns + 4)).collect();
    let highlighted: Vec<bool> = (0..lines).map(|_| rng.u8(..5) == 0).collect();
    let view = View::nearly_upright(rng, zoom, if style == 0 { 0.06 } else { 0.4 }).centred();
    let paper = Noise::new(rng);
    let leading = between(rng, 8.5, 11.0);
    let glow = between(rng, 0.25, 0.5);
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let (u, v) = (u + (columns + 4) as f32 * 3.0, v + lines as f32 * leading / 2.0);
        let row = (v / leading).quick_floor();
        let (line, in_line) = (row as usize, v - row * leading);
        let grain = 1.0 + 0.08 * paper.layered(x * 5.0, y * 5.0, 3);
        let inside = row >= 0.0 && line < lines && u >= 0.0;
        let (letter, in_letter) = ((u / 6.0) as usize, u.quick_modulo(6.0));
        let set = |du: f32, dv: f32| {
            let (a, b) = (in_letter + du, in_line + dv);
            inside
                && a >= 0.0
                && b >= 0.0
                && page[line].get(letter).is_some_and(|code| font::dot(*code, a as usize, b as usize))
        };
        let colour = if inside && highlighted[line] { accent } else { ink };
        match style {
            // Neon: lit dots, and the light around them.
            2 => {
                let near = [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)];
                let around = near.iter().filter(|(du, dv)| set(*du, *dv)).count() as f32 / 4.0;
                let dark = scale(palette.dark(), 0.12);
                let lit = mix(palette.light(), palette.colours[3], (in_letter * 0.3).quick_modulo(1.0));
                if set(0.0, 0.0) { lit } else { add(dark, scale(palette.colours[3], glow * around)) }
            }
            // A dot-matrix display.
            3 => {
                let (a, b) = (in_letter.quick_modulo(1.0) - 0.5, in_line.quick_modulo(1.0) - 0.5);
                let round = smoothstep(0.5, 0.36, a.quick_hypot(b));
                let dark = scale(palette.dark(), 0.18);
                let lamp = if set(0.0, 0.0) { palette.colours[3] } else { scale(palette.dark(), 0.5) };
                mix(dark, lamp, round)
            }
            _ => scale(if set(0.0, 0.0) { colour } else { ground }, grain),
        }
    })
}

/// A line of letters, at least `length` long.
fn line(rng: &mut Rng, style: u8, length: usize) -> Vec<u8> {
    let mut letters = Vec::new();
    while letters.len() < length {
        if style == 3 {
            letters.extend((0..rng.usize(2..6)).map(|_| b'0' + rng.u8(..10)));
        } else {
            letters.extend(WORDS[rng.usize(..WORDS.len())].bytes());
        }
        letters.push(b' ');
    }
    letters
}
