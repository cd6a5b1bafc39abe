//! Ridges behind ridges, paler the farther they are, under a sun.

use fastrand::Rng;

use super::canvas::{Canvas, PIXEL, between, column_of, smoothstep};
use super::colour::{add, mix, scale};
use super::noise::Noise;
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let colours = palette.colours;
    let (top, low) = (colours[2 + rng.usize(..2)], colours[4]);
    let sun = (between(rng, -0.7, 0.7), between(rng, -0.7, 0.0), between(rng, 0.08, 0.2));
    let clouds = Noise::new(rng);
    let streak = between(rng, 0.2, 0.7);
    let mut canvas = Canvas::shaded(1, |x, y| {
        let sky = mix(top, low, smoothstep(-1.0, 0.4, y));
        let cloud = smoothstep(0.05, 0.6, clouds.layered(x * 1.2, y * 4.5, 4));
        mix(sky, [1.0; 3], cloud * streak)
    });
    let lit = mix(low, [1.0, 0.96, 0.85], 0.7);
    canvas.adjust(|x, y, pixel| {
        let away = (x - sun.0).quick_hypot(y - sun.1) - sun.2;
        let halo = add(pixel, scale(lit, 0.3 * (-away.max(0.0) * 3.0).exp()));
        mix(halo, lit, smoothstep(PIXEL, -PIXEL, away))
    });
    let layers = rng.u8(3..7);
    let (rough, jagged) = (between(rng, 0.7, 1.6), rng.bool());
    for layer in 0..layers {
        let depth = f32::from(layer + 1) / f32::from(layers);
        let ridges = Noise::new(rng);
        let base = -0.25 + 1.05 * depth * depth;
        let height = between(rng, 0.25, 0.5) * (1.1 - 0.5 * depth);
        let body = mix(mix(low, colours[1], 0.25 + 0.5 * depth), scale(colours[0], 0.6), depth * depth);
        let foot = mix(body, low, 0.35 * (1.0 - depth));
        let crests = Canvas::skyline(|x| {
            let wave = ridges.layered(x * rough * (0.8 + depth), 0.5, 6);
            // Folding the noise makes crests instead of hills.
            base - height * if jagged { 1.0 - 2.2 * wave.abs() } else { wave * 1.6 }
        });
        canvas.adjust(|x, y, pixel| {
            let crest = crests[column_of(x)];
            let cover = smoothstep(crest - PIXEL, crest + PIXEL, y);
            mix(pixel, mix(body, foot, smoothstep(crest, crest + 0.6, y)), cover)
        });
    }
    canvas
}
