//! From a palette to egui's style: type scale, spacing, corners, widget states.

use eframe::egui::epaint::Shadow;
use eframe::egui::style::{ScrollStyle, Selection, WidgetVisuals};
use eframe::egui::{self, Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Visuals, vec2};

use super::Palette;

/// The whole style of one theme.
pub(super) fn style(palette: &Palette) -> Style {
    let mut style = Style { visuals: visuals(palette), ..Style::default() };
    style.text_styles = [
        (TextStyle::Name("Title".into()), FontId::new(34.0, FontFamily::Proportional)),
        (TextStyle::Heading, FontId::new(17.0, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(13.5, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(13.5, FontFamily::Proportional)),
        (TextStyle::Small, FontId::new(11.5, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(10.0, 4.0);
    spacing.interact_size = vec2(32.0, 24.0);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 9.0;
    spacing.icon_spacing = 6.0;
    spacing.slider_rail_height = 4.0;
    spacing.tooltip_width = 360.0;
    spacing.combo_height = 320.0;
    spacing.scroll = ScrollStyle { bar_width: 9.0, floating_allocated_width: 9.0, ..ScrollStyle::floating() };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.35;
    style
}

fn visuals(palette: &Palette) -> Visuals {
    let base = if palette.is_dark { Visuals::dark() } else { Visuals::light() };
    let shadow = |offset, blur| Shadow {
        offset: [0, offset],
        blur,
        spread: 0,
        color: Color32::from_black_alpha(if palette.is_dark { 120 } else { 40 }),
    };
    let mut visuals = Visuals {
        weak_text_color: Some(palette.weak),
        hyperlink_color: palette.accent,
        faint_bg_color: palette.ground,
        extreme_bg_color: palette.ground,
        text_edit_bg_color: Some(palette.ground),
        code_bg_color: palette.raised,
        warn_fg_color: palette.warning,
        error_fg_color: palette.problem,
        window_corner_radius: CornerRadius::same(10),
        menu_corner_radius: CornerRadius::same(8),
        window_fill: palette.panel,
        window_stroke: Stroke::new(1.0, palette.line),
        panel_fill: palette.panel,
        window_shadow: shadow(12, 32),
        popup_shadow: shadow(6, 18),
        slider_trailing_fill: true,
        handle_shape: egui::style::HandleShape::Circle,
        selection: Selection { bg_fill: palette.accent_fill, stroke: Stroke::new(1.0, palette.strong) },
        interact_cursor: None,
        ..base
    };
    let state = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(6),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = state(palette.panel, palette.line, palette.text);
    visuals.widgets.inactive = state(palette.raised, Color32::TRANSPARENT, palette.text);
    visuals.widgets.hovered = state(palette.lifted, Color32::TRANSPARENT, palette.strong);
    visuals.widgets.active = state(palette.lifted, palette.accent, palette.strong);
    visuals.widgets.open = state(palette.lifted, Color32::TRANSPARENT, palette.strong);
    visuals
}
