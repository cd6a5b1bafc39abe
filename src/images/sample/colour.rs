//! Colours in linear light, so that mixing and antialiasing look as they should.

use std::sync::LazyLock;

/// Red, green and blue in linear light, `0..=1`.
pub type Colour = [f32; 3];

/// From `a` at 0 to `b` at 1.
pub fn mix(a: Colour, b: Colour, t: f32) -> Colour {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/// Brighter or darker.
pub fn scale(a: Colour, by: f32) -> Colour {
    [a[0] * by, a[1] * by, a[2] * by]
}

/// The sum of two lights.
pub fn add(a: Colour, b: Colour) -> Colour {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// Perceived brightness in `0..=1`.
pub fn luminance(a: Colour) -> f32 {
    0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2]
}

/// A colour as it is written in style sheets: `0xRRGGBB`.
pub fn hex(code: u32) -> Colour {
    [16, 8, 0].map(|shift| ((code >> shift & 0xFF) as f32 / 255.0).powf(2.2))
}

/// The byte that a screen expects, by a table over the root, in which the curve is nearly straight.
pub fn to_byte(linear: f32) -> u8 {
    const LAST: usize = 2047;
    static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let byte = |step: usize| (step as f32 / LAST as f32).powf(2.0 / 2.2) * 255.0 + 0.5;
        (0..=LAST).map(|step| byte(step) as u8).collect()
    });
    TABLE[(linear.clamp(0.0, 1.0).sqrt() * LAST as f32 + 0.5) as usize]
}

/// To Oklab (Ottosson 2020), in which equal steps look equal.
pub fn to_oklab(c: Colour) -> [f32; 3] {
    let l = (0.412_221_46 * c[0] + 0.536_332_55 * c[1] + 0.051_445_995 * c[2]).cbrt();
    let m = (0.211_903_5 * c[0] + 0.680_699_5 * c[1] + 0.107_396_96 * c[2]).cbrt();
    let s = (0.088_302_46 * c[0] + 0.281_718_85 * c[1] + 0.629_978_7 * c[2]).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// From Oklab; what a screen cannot show is clipped.
pub fn from_oklab([l, a, b]: [f32; 3]) -> Colour {
    let cubed = |x: f32| x * x * x;
    let (l, m, s) = (
        cubed(l + 0.396_337_78 * a + 0.215_803_76 * b),
        cubed(l - 0.105_561_346 * a - 0.063_854_17 * b),
        cubed(l - 0.089_484_18 * a - 1.291_485_5 * b),
    );
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
    .map(|light| light.clamp(0.0, 1.0))
}

/// A colour by lightness `0..=1`, chroma (about `0..=0.3`) and hue in turns.
pub fn from_hue(lightness: f32, chroma: f32, hue_turns: f32) -> Colour {
    let (sin, cos) = (hue_turns * std::f32::consts::TAU).sin_cos();
    from_oklab([lightness, chroma * cos, chroma * sin])
}
