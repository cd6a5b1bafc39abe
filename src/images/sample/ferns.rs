//! Fractal ferns: four affine maps, applied at random (Barnsley 1988).

use fastrand::Rng;

use super::canvas::{Canvas, PIXEL, SIDE_PX, between};
use super::colour::{add, from_hue, mix, scale};
use super::palette::Palette;
use super::quick::Quick;

/// `x' = a x + b y + e`, `y' = c x + d y + f`, chosen with a probability.
type Map = [f32; 7];

const SPECIES: [[Map; 4]; 3] = [
    // Black spleenwort.
    [
        [0.0, 0.0, 0.0, 0.16, 0.0, 0.0, 0.01],
        [0.85, 0.04, -0.04, 0.85, 0.0, 1.6, 0.85],
        [0.2, -0.26, 0.23, 0.22, 0.0, 1.6, 0.07],
        [-0.15, 0.28, 0.26, 0.24, 0.0, 0.44, 0.07],
    ],
    // Cyclosorus.
    [
        [0.0, 0.0, 0.0, 0.25, 0.0, -0.4, 0.02],
        [0.95, 0.005, -0.005, 0.93, -0.002, 0.5, 0.84],
        [0.035, -0.2, 0.16, 0.04, -0.09, 0.02, 0.07],
        [-0.04, 0.2, 0.16, 0.04, 0.083, 0.12, 0.07],
    ],
    // Fishbone.
    [
        [0.0, 0.0, 0.0, 0.25, 0.0, -0.4, 0.02],
        [0.95, 0.002, -0.002, 0.93, -0.002, 0.5, 0.84],
        [0.035, -0.11, 0.27, 0.01, -0.05, 0.005, 0.07],
        [-0.04, 0.11, 0.27, 0.01, 0.047, 0.06, 0.07],
    ],
];

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let night = rng.u8(..3) == 0;
    let (top, bottom) = if night {
        (scale(palette.colours[0], 0.35), scale(palette.colours[1], 0.5))
    } else {
        (mix(palette.light(), [1.0; 3], 0.5), mix(palette.colours[3], [1.0; 3], 0.35))
    };
    let mut canvas = Canvas::shaded(1, |x, y| mix(top, bottom, 0.5 + 0.35 * y + 0.15 * x));
    for _ in 0..rng.u8(1..5) {
        // Mostly green, with autumn among it.
        let hue = if rng.u8(..3) == 0 { between(rng, 0.06, 0.2) } else { between(rng, 0.3, 0.42) };
        let lightness = if night { 0.8 } else { between(rng, 0.4, 0.58) };
        frond(rng, &mut canvas, from_hue(lightness, 0.14, hue), from_hue(lightness * 0.6, 0.1, hue + 0.04));
    }
    canvas
}

fn frond(rng: &mut Rng, canvas: &mut Canvas, tip: [f32; 3], stem: [f32; 3]) {
    let mut maps = SPECIES[rng.usize(..3)];
    // Every plant a little different: it curls more or less, its leaflets are longer or shorter.
    let curl = between(rng, -0.03, 0.03);
    maps[1][1] += curl;
    maps[1][2] -= curl;
    for map in &mut maps[2..] {
        let stretch = between(rng, 0.85, 1.12);
        map[..4].iter_mut().for_each(|number| *number *= stretch);
    }
    let points = grow(rng, &maps);
    let tall = points.iter().fold(0.1f32, |tall, (_, y)| tall.max(y.abs()));
    let size = between(rng, 1.1, 1.9) / tall;
    let (sin, cos) = between(rng, -0.5, 0.5).sin_cos();
    let root = (between(rng, -0.6, 0.6), between(rng, 0.75, 1.0));
    let mut hits = vec![0u16; (SIDE_PX * SIDE_PX) as usize];
    for (u, v) in points {
        let x = root.0 + size * (u * cos + v * sin);
        let y = root.1 - size * (v * cos - u * sin);
        let (column, row) = (((x + 1.0) / PIXEL).quick_floor(), ((y + 1.0) / PIXEL).quick_floor());
        if (0.0..SIDE_PX as f32).contains(&column) && (0.0..SIDE_PX as f32).contains(&row) {
            hits[row as usize * SIDE_PX as usize + column as usize] += 1;
        }
    }
    for (index, count) in hits.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        let (column, row) = (index as u32 % SIDE_PX, index as u32 / SIDE_PX);
        let cover = 1.0 - (-0.55 * f32::from(count)).exp();
        let height = ((root.1 + 1.0) / PIXEL - row as f32) / (size * tall / PIXEL);
        let colour = add(mix(stem, tip, height.clamp(0.0, 1.0)), [0.0; 3]);
        canvas.blend(column as i32, row as i32, colour, cover);
    }
}

fn grow(rng: &mut Rng, maps: &[Map; 4]) -> Vec<(f32, f32)> {
    let (mut x, mut y) = (0.0f32, 0.0f32);
    let mut points = Vec::with_capacity(45_000);
    for step in 0..45_000 {
        let mut left = rng.f32();
        let map = maps
            .iter()
            .find(|map| {
                left -= map[6];
                left <= 0.0
            })
            .unwrap_or(&maps[1]);
        (x, y) = (map[0] * x + map[1] * y + map[4], map[2] * x + map[3] * y + map[5]);
        if step > 20 {
            points.push((x, y));
        }
    }
    points
}
