//! The rail at the left: the places, which one is being used, and how much was found in each; below them what runs, and the
//! settings.

use eframe::egui::{
    Align2, Frame, Id, Margin, Panel, Pos2, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::command::Command;
use super::icons::Icon;
use super::landmarks::Landmark;
use super::place_counts::{PlaceCount, PlaceCounts};
use super::theme::palette;
use super::widgets::text::single_line;
use crate::session::Place;

/// Width in points with words below the icons, and without.
const WIDTHS: [f32; 2] = [72.0, 46.0];

/// In a window of fewer points there are no words.
const WORDS_FROM: [f32; 2] = [900.0, 560.0];

/// Side of an icon in points.
const ICON: f32 = 23.0;
/// Height of the buttons below, each, in points; lower than this there is room for the places alone.
const BELOW: f32 = 34.0;
const BELOW_FROM: f32 = 400.0;

/// A number larger than this is said in the tooltip alone.
const MOST_COUNTED: usize = 999;

/// Draws it beside all that is in `ui`.
pub fn show(ui: &mut Ui, now: Place, told: &PlaceCounts, commands: &mut Vec<Command>) {
    let room = ui.ctx().content_rect().size();
    let has_words = room.x >= WORDS_FROM[0] && room.y >= WORDS_FROM[1];
    let [wide, narrow] = WIDTHS;
    let frame = Frame::new().fill(palette().ground).inner_margin(Margin { left: 6, right: 0, top: 2, bottom: 6 });
    let panel = Panel::left("places").resizable(false).exact_size(if has_words { wide } else { narrow });
    panel.frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        if ui.available_height() >= BELOW_FROM {
            let buttons = Panel::bottom("below the places").exact_size(2.0 * BELOW + 4.0).frame(Frame::new());
            buttons.show_separator_line(false).show(ui, |ui| {
                let below = [
                    (Icon::Jobs, Command::Jobs, "Show the jobs"),
                    (Icon::Settings, Command::Settings, "Show the settings"),
                ];
                for (icon, command, name) in below {
                    if small_button(ui, icon, command, name).clicked() {
                        commands.push(command);
                    }
                }
            });
        }
        ScrollArea::vertical().id_salt("places").show(ui, |ui| {
            // In a low window they are lower, so that none has to be scrolled to.
            let height = ui.available_height() / Place::ALL.len() as f32 - ui.spacing().item_spacing.y;
            let height = if has_words { 54.0 } else { height.clamp(28.0, 38.0) };
            for place in Place::ALL {
                if button(ui, place, place == now, told.of(place), has_words, height).clicked() {
                    commands.push(Command::GoTo(place));
                }
            }
        });
    });
}

/// What can be had in every place, with a tooltip instead of a word.
fn small_button(ui: &mut Ui, icon: Icon, command: Command, name: &str) -> Response {
    let palette = palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BELOW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let is_meant = response.hovered() || response.has_focus();
    if is_meant {
        ui.painter().rect_filled(rect, 8.0, palette.lifted.gamma_multiply(0.5));
    }
    let colour = if is_meant { palette.text } else { palette.weak };
    icon.paint(ui.painter(), rect.center(), 19.0, colour);
    response.on_hover_text(command.with_keys(command.name()))
}

fn button(
    ui: &mut Ui,
    place: Place,
    is_now: bool,
    told: Option<&PlaceCount>,
    has_words: bool,
    height: f32,
) -> Response {
    let palette = palette();
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    Landmark::WayTo(place).mark(ui, rect);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_now, format!("Place: {}", place.name())));
    let painter = ui.painter();
    if is_now {
        painter.rect_filled(rect, 8.0, palette.panel);
        let mark = Rect::from_min_size(rect.left_top() + vec2(0.0, size.y * 0.5 - 9.0), vec2(3.0, 18.0));
        painter.rect_filled(mark, 1.5, palette.accent);
    } else if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 8.0, palette.lifted.gamma_multiply(0.5));
    }
    let colour = match (is_now, response.hovered()) {
        (true, _) => palette.strong,
        (false, true) => palette.text,
        (false, false) => palette.weak,
    };
    let middle = pos2(rect.center().x, if has_words { rect.top() + 20.0 } else { rect.center().y });
    // Filled and in the colour of what matters: one sees where one is without reading.
    match is_now {
        true => Icon::of_place(place).paint_filled(painter, middle, ICON, palette.accent),
        false => Icon::of_place(place).paint(painter, middle, ICON, colour),
    }
    if has_words {
        let word = single_line(painter, place.name().to_owned(), 11.0, colour, rect.width());
        let at = Align2::CENTER_CENTER.anchor_size(pos2(rect.center().x, rect.top() + 42.0), word.size()).min;
        painter.galley(at, word, colour);
    }
    let mut hint = Command::GoTo(place).with_keys(&format!("{}. {}", place.name(), place.about()));
    if let Some(told) = told {
        show_count(ui, place, told, rect, middle);
        hint = format!("{hint}\n{}", told.words);
    }
    response.on_hover_text(hint)
}

/// How much was found there, at the shoulder of the icon; quiet, since nobody has to do anything about it.
fn show_count(ui: &Ui, place: Place, told: &PlaceCount, button: Rect, icon: Pos2) {
    let palette = palette();
    let text = match told.count {
        ..=MOST_COUNTED => told.count.to_string(),
        _ => format!("{MOST_COUNTED}+"),
    };
    let text = single_line(ui.painter(), text, 9.5, palette.text, button.width());
    let size = vec2((text.size().x + 8.0).max(15.0), 14.0);
    // Within the button, however many digits.
    let right = (icon.x + ICON * 0.5 + size.x - 6.0).min(button.right() - 1.0);
    let top = (icon.y - ICON * 0.5 - 4.0).max(button.top());
    let rect = Rect::from_min_size(pos2(right - size.x, top), size);
    ui.painter().rect_filled(rect, 7.0, palette.lifted);
    ui.painter().galley(rect.center() - text.size() / 2.0, text, palette.text);
    let response = ui.interact(rect, Id::unique("count of a place").with(place), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {}", place.name(), told.words)));
}
