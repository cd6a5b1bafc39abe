//! The colours.

use eframe::egui::Color32;

/// Every colour of one theme, named by use.
///
/// What is written in any of them can be read on the ground, on panels, on buttons at rest and under the pointer and on
/// the fill of what is selected: a contrast of 4.5 at least (WCAG 2.2, 1.4.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Whether text is lighter than the ground.
    pub is_dark: bool,
    /// Behind everything; wells and text fields.
    pub ground: Color32,
    /// Views and bars.
    pub panel: Color32,
    /// Buttons at rest, placeholders, raised cards.
    pub raised: Color32,
    /// Buttons under the pointer.
    pub lifted: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Captions and hints.
    pub weak: Color32,
    /// Running text.
    pub text: Color32,
    /// Titles and what is under the pointer.
    pub strong: Color32,
    /// What matters.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Where a selected row or button is filled.
    pub accent_fill: Color32,
    /// The probe.
    pub probe: Color32,
    /// Something went well.
    pub good: Color32,
    /// Something needs attention.
    pub warning: Color32,
    /// Something went wrong.
    pub problem: Color32,
}

impl Palette {
    /// Neutral greys with a trace of warmth, so that pictures keep their colours; caramel as the accent.
    pub const DARK: Palette = Palette {
        is_dark: true,
        ground: Color32::from_rgb(17, 16, 15),
        panel: Color32::from_rgb(25, 24, 23),
        raised: Color32::from_rgb(40, 38, 36),
        lifted: Color32::from_rgb(54, 51, 48),
        line: Color32::from_rgb(49, 46, 43),
        weak: Color32::from_rgb(162, 155, 147),
        text: Color32::from_rgb(214, 208, 199),
        strong: Color32::from_rgb(247, 242, 233),
        accent: Color32::from_rgb(233, 174, 97),
        on_accent: Color32::from_rgb(36, 24, 8),
        accent_fill: Color32::from_rgb(64, 48, 28),
        probe: Color32::from_rgb(88, 208, 197),
        good: Color32::from_rgb(128, 190, 120),
        warning: Color32::from_rgb(232, 190, 84),
        problem: Color32::from_rgb(236, 124, 110),
    };

    /// Paper and ink.
    pub const LIGHT: Palette = Palette {
        is_dark: false,
        ground: Color32::from_rgb(232, 229, 224),
        panel: Color32::from_rgb(249, 247, 244),
        raised: Color32::from_rgb(232, 228, 221),
        lifted: Color32::from_rgb(220, 214, 205),
        line: Color32::from_rgb(215, 209, 200),
        weak: Color32::from_rgb(98, 91, 82),
        text: Color32::from_rgb(52, 48, 43),
        strong: Color32::from_rgb(20, 17, 13),
        accent: Color32::from_rgb(137, 79, 18),
        on_accent: Color32::from_rgb(255, 250, 242),
        accent_fill: Color32::from_rgb(246, 220, 184),
        probe: Color32::from_rgb(8, 105, 97),
        good: Color32::from_rgb(46, 106, 43),
        warning: Color32::from_rgb(124, 87, 6),
        problem: Color32::from_rgb(173, 47, 36),
    };
}
