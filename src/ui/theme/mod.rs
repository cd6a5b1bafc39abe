//! How the window looks: two calm palettes, one type scale, one spacing grid of four points.
//!
//! Views take colours from here and never spell one out, so that light and dark stay in step.

mod label_colours;
mod layer_colours;
mod palette;
mod style;
mod tag_colours;

use std::cell::Cell;

use eframe::egui::{self, Color32};
use serde::{Deserialize, Serialize};

use super::icons;

pub use label_colours::{ClusterColours, LABEL_COLOURS, LabelPalette, colour_of_label, label_colour};
pub use layer_colours::layer_colour;
pub use palette::Palette;
pub use tag_colours::tag_colour;

/// Which palette the person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// Light text on a dark ground: pictures stand out best.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
    /// Whatever the desktop uses.
    System,
}

impl ThemeChoice {
    /// All of them, for menus.
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::Dark, ThemeChoice::Light, ThemeChoice::System];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            ThemeChoice::Dark => "Dark",
            ThemeChoice::Light => "Light",
            ThemeChoice::System => "As the system",
        }
    }

    /// What it makes of the window, as a command.
    pub const fn title(self) -> &'static str {
        match self {
            ThemeChoice::Dark => "Dark theme",
            ThemeChoice::Light => "Light theme",
            ThemeChoice::System => "Theme as the system",
        }
    }

    fn preference(self) -> egui::ThemePreference {
        match self {
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::System => egui::ThemePreference::System,
        }
    }
}

thread_local! {
    /// Whether the frame being drawn uses the light palette. Windows are drawn on one thread, so functions such as
    /// [`accent`] need no context.
    static IS_LIGHT: Cell<bool> = const { Cell::new(false) };

    /// The colours of labels in it.
    static LABELS: Cell<LabelPalette> = const { Cell::new(LabelPalette::Many) };
}

/// Gives `ctx` both styles and the icons. Called once, before the first frame.
pub fn install(ctx: &egui::Context) {
    icons::install(ctx);
    ctx.set_style_of(egui::Theme::Dark, style::style(&Palette::DARK));
    ctx.set_style_of(egui::Theme::Light, style::style(&Palette::LIGHT));
}

/// Makes `choice` the theme of `ctx`.
pub fn choose(ctx: &egui::Context, choice: ThemeChoice) {
    ctx.set_theme(choice.preference());
}

/// Notes which palette is in use; called at the start of every frame.
pub fn follow(ctx: &egui::Context) {
    IS_LIGHT.set(ctx.theme() == egui::Theme::Light);
}

/// Colours labels so from now on; called at the start of every frame, too.
pub fn colour_labels(palette: LabelPalette) {
    LABELS.set(palette);
}

/// How labels are coloured in the frame being drawn.
pub fn label_palette_in_use() -> LabelPalette {
    LABELS.get()
}

/// The palette of the frame being drawn.
pub fn palette() -> &'static Palette {
    if IS_LIGHT.get() { &Palette::LIGHT } else { &Palette::DARK }
}

/// The one colour that says "this matters": main buttons, progress, links.
pub fn accent() -> Color32 {
    palette().accent
}

/// The outline of selected images, in every view.
pub fn selected() -> Color32 {
    palette().accent
}

/// The outline of the image under the pointer, in every view.
pub fn hovered() -> Color32 {
    palette().strong
}

/// The outline of the probe, in every view.
pub fn probe() -> Color32 {
    palette().probe
}
