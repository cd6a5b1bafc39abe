//! Colours that go together.

use fastrand::Rng;

use super::colour::{Colour, from_oklab, hex, luminance, mix, to_oklab};
use super::quick::Quick;

/// Five colours each, in any order.
const PALETTES: [[u32; 5]; 24] = [
    [0x0b132b, 0x1c2541, 0x3a506b, 0x5bc0be, 0xf0f3bd],
    [0x2d1e2f, 0x7b3e5d, 0xe06d5e, 0xf6ae6b, 0xfce8c3],
    [0x132a13, 0x31572c, 0x4f772d, 0x90a955, 0xecf39e],
    [0x001219, 0x005f73, 0x0a9396, 0xe9d8a6, 0xee9b00],
    [0x264653, 0x2a9d8f, 0xe9c46a, 0xf4a261, 0xe76f51],
    [0x10002b, 0x3c096c, 0x7b2cbf, 0xc77dff, 0xf1dcff],
    [0x1d3557, 0x457b9d, 0xa8dadc, 0xf1faee, 0xe63946],
    [0x22223b, 0x4a4e69, 0x9a8c98, 0xc9ada7, 0xf2e9e4],
    [0x3d0c11, 0x8c1c13, 0xd85a2a, 0xf2a541, 0xf7e1a0],
    [0x0d1b1e, 0x1f4e5f, 0x79a8a9, 0xaacfd0, 0xf4f7f7],
    [0x05668d, 0x028090, 0x00a896, 0x02c39a, 0xf0f3bd],
    [0x1a1423, 0x684756, 0xab8476, 0xd9bba0, 0xf5e9da],
    [0x231942, 0x5e548e, 0x9f86c0, 0xe0b1cb, 0xfbeaf0],
    [0x0a0908, 0x22333b, 0xc6ac8f, 0xeae0d5, 0x8a5a44],
    [0xff006e, 0xfb5607, 0xffbe0b, 0x3a86ff, 0x8338ec],
    [0x06283d, 0x1363df, 0x47b5ff, 0xdff6ff, 0xffb703],
    [0x2b2d42, 0x8d99ae, 0xedf2f4, 0xef233c, 0xd90429],
    [0x0f2027, 0x2c5364, 0x6fb98f, 0xd3e4cd, 0xfff6c3],
    [0x4a0d2b, 0xa4133c, 0xff4d6d, 0xff8fa3, 0xfff0f3],
    [0x14213d, 0x2f4b7c, 0xfca311, 0xe5e5e5, 0xffffff],
    [0x003049, 0xd62828, 0xf77f00, 0xfcbf49, 0xeae2b7],
    [0x27187e, 0x758bfd, 0xaeb8fe, 0xf1f2f6, 0xff8600],
    [0x33261d, 0x6b4226, 0xa47148, 0xd4a276, 0xf3e3c9],
    [0x0b3d2e, 0x1b7f5c, 0x5fd3a5, 0xffd166, 0xef476f],
];

/// Five colours from dark to light.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Sorted by brightness.
    pub colours: [Colour; 5],
}

impl Palette {
    /// One of the palettes; every other time its hues are turned together, which keeps what they are to each other.
    pub fn random(rng: &mut Rng) -> Self {
        let mut colours = PALETTES[rng.usize(..PALETTES.len())].map(hex);
        if rng.bool() {
            let (sin, cos) = (rng.f32() * std::f32::consts::TAU).sin_cos();
            colours = colours.map(|colour| {
                let [l, a, b] = to_oklab(colour);
                from_oklab([l, a * cos - b * sin, a * sin + b * cos])
            });
        }
        colours.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
        Self { colours }
    }

    /// The darkest.
    pub fn dark(&self) -> Colour {
        self.colours[0]
    }

    /// The lightest.
    pub fn light(&self) -> Colour {
        self.colours[4]
    }

    /// Any of the five.
    pub fn any(&self, rng: &mut Rng) -> Colour {
        self.colours[rng.usize(..5)]
    }

    /// A background and a foreground that stand apart, either one being the lighter.
    pub fn ground_and_figure(&self, rng: &mut Rng) -> (Colour, Colour) {
        let (dark, light) = (self.colours[rng.usize(..2)], self.colours[3 + rng.usize(..2)]);
        if rng.bool() { (dark, light) } else { (light, dark) }
    }

    /// The five in random order.
    pub fn shuffled(&self, rng: &mut Rng) -> [Colour; 5] {
        let mut colours = self.colours;
        rng.shuffle(&mut colours);
        colours
    }

    /// A smooth run from dark to light, or the other way round.
    pub fn ramp(&self, rng: &mut Rng) -> Ramp {
        let mut colours = self.colours;
        if rng.bool() {
            colours.reverse();
        }
        Ramp::through(&colours)
    }

    /// A smooth run through all five in random order and back to the first.
    pub fn cycle(&self, rng: &mut Rng) -> Ramp {
        let mut colours = self.shuffled(rng).to_vec();
        colours.push(colours[0]);
        Ramp::through(&colours)
    }
}

/// Colours along a line.
#[derive(Clone, Debug)]
pub struct Ramp {
    steps: Vec<Colour>,
}

impl Ramp {
    const STEPS: usize = 256;

    /// A smooth run through `colours`, evenly spaced, mixed in Oklab.
    pub fn through(colours: &[Colour]) -> Self {
        let last = colours.len() - 1;
        let steps = (0..=Self::STEPS)
            .map(|step| {
                let at = step as f32 / Self::STEPS as f32 * last as f32;
                let from = (at as usize).min(last - 1);
                from_oklab(mix(to_oklab(colours[from]), to_oklab(colours[from + 1]), at - from as f32))
            })
            .collect();
        Self { steps }
    }

    /// The colour at `t`, clamped to `0..=1`.
    pub fn at(&self, t: f32) -> Colour {
        self.steps[(t.clamp(0.0, 1.0) * Self::STEPS as f32) as usize]
    }

    /// The colour at the fractional part of `t`.
    pub fn around(&self, t: f32) -> Colour {
        self.at(t - t.quick_floor())
    }
}
