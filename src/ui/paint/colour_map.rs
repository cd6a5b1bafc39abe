//! From a number to a colour.

use eframe::egui::Color32;

/// A way of showing numbers as colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourMap {
    /// Dark violet over green to yellow: even steps look even.
    #[default]
    Viridis,
    /// Black over purple to cream.
    Magma,
    /// Black over red to pale yellow.
    Inferno,
    /// Black to white.
    Grey,
    /// Blue below zero, red above it, dark at zero.
    Signed,
}

impl ColourMap {
    /// All of them, for menus.
    pub const ALL: [ColourMap; 5] =
        [ColourMap::Viridis, ColourMap::Magma, ColourMap::Inferno, ColourMap::Grey, ColourMap::Signed];

    /// Steps in [`ColourMap::table`].
    pub const STEPS: usize = 256;

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            ColourMap::Viridis => "viridis",
            ColourMap::Magma => "magma",
            ColourMap::Inferno => "inferno",
            ColourMap::Grey => "grey",
            ColourMap::Signed => "signed",
        }
    }

    /// Whether the middle of the map is zero.
    pub fn is_signed(self) -> bool {
        self == ColourMap::Signed
    }

    /// The range of values the map spans, for values between `low` and `high`: as it is, or even about zero.
    pub fn range(self, low: f32, high: f32) -> [f32; 2] {
        if !self.is_signed() {
            return [low, high];
        }
        let reach = low.abs().max(high.abs());
        [-reach, reach]
    }

    /// The colour at `t` in `0..=1`.
    pub fn colour(self, t: f32) -> Color32 {
        let [r, g, b] = self.rgb(t).map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8);
        Color32::from_rgb(r, g, b)
    }

    /// The colours from 0 to 1 as red, green, blue and 1, encoded in sRGB.
    pub fn table(self) -> Vec<[f32; 4]> {
        (0..Self::STEPS)
            .map(|step| {
                let [r, g, b] = self.rgb(step as f32 / (Self::STEPS - 1) as f32);
                [r.clamp(0.0, 1.0), g.clamp(0.0, 1.0), b.clamp(0.0, 1.0), 1.0]
            })
            .collect()
    }

    fn rgb(self, t: f32) -> [f32; 3] {
        let t = t.clamp(0.0, 1.0);
        match self {
            ColourMap::Viridis => polynomial(&VIRIDIS, t),
            ColourMap::Magma => polynomial(&MAGMA, t),
            ColourMap::Inferno => polynomial(&INFERNO, t),
            ColourMap::Grey => [t; 3],
            ColourMap::Signed => along(&SIGNED, t),
        }
    }
}

/// Horner's scheme, per channel.
fn polynomial(coefficients: &[[f32; 3]; 7], t: f32) -> [f32; 3] {
    std::array::from_fn(|channel| coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c[channel]))
}

/// Straight lines between evenly spaced stops.
fn along(stops: &[[f32; 3]], t: f32) -> [f32; 3] {
    let place = t * (stops.len() - 1) as f32;
    let left = (place as usize).min(stops.len() - 2);
    let share = place - left as f32;
    std::array::from_fn(|channel| stops[left][channel] * (1.0 - share) + stops[left + 1][channel] * share)
}

// Polynomials of degree six fitted to matplotlib's maps by Matt Zucker (public domain); off by less than 0.015.
const VIRIDIS: [[f32; 3]; 7] = [
    [0.277_727_33, 0.005_407_344_5, 0.334_099_8],
    [0.105_093_04, 1.404_613_5, 1.384_590_2],
    [-0.330_861_83, 0.214_847_56, 0.095_095_16],
    [-4.634_230_5, -5.799_101, -19.332_441],
    [6.228_27, 14.179_933, 56.690_55],
    [4.776_385, -13.745_145, -65.353_03],
    [-5.435_456, 4.645_852_6, 26.312_435],
];
const MAGMA: [[f32; 3]; 7] = [
    [-0.002_136_485, -0.000_749_655_05, -0.005_386_128],
    [0.251_660_54, 0.677_523_24, 2.494_026_6],
    [8.353_717, -3.577_719_5, 0.314_467_9],
    [-27.668_733, 14.264_731, -13.649_213],
    [52.176_14, -27.943_606, 12.944_17],
    [-50.768_525, 29.046_583, 4.234_153],
    [18.655_706, -11.489_774, -5.601_961_5],
];
const INFERNO: [[f32; 3]; 7] = [
    [0.000_218_940_37, 0.001_651_004_6, -0.019_480_899],
    [0.106_513_42, 0.563_956_44, 3.932_712_3],
    [11.602_493, -3.972_854, -15.942_394],
    [-41.703_995, 17.436_398, 44.354_145],
    [77.162_94, -33.402_36, -81.807_31],
    [-71.319_43, 32.626_064, 73.209_52],
    [25.131_126, -12.242_669, -23.070_325],
];
/// Made by hand; dark in the middle, because most activations are near zero and should not shine.
const SIGNED: [[f32; 3]; 7] = [
    [0.60, 0.88, 1.00],
    [0.22, 0.60, 0.92],
    [0.09, 0.29, 0.55],
    [0.07, 0.07, 0.09],
    [0.55, 0.14, 0.16],
    [0.93, 0.38, 0.25],
    [1.00, 0.85, 0.60],
];
