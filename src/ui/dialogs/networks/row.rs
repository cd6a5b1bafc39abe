//! One line of the list: name, size and accuracy, and how it stands.

use eframe::egui::{Color32, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, vec2};

use super::Item;
use crate::session::Session;
use crate::ui::theme::palette;
use crate::ui::widgets::text::paint_line;

/// Height in points: two lines.
const HEIGHT: f32 = 42.0;

/// Room at the right for how it stands, in points.
const MARK: f32 = 50.0;

/// Shows it.
pub(super) fn show(ui: &mut Ui, id: Id, session: &Session, item: &Item<'_>, is_chosen: bool) -> Response {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
    let response = ui.interact(rect, id, Sense::click());
    let title = item.title();
    let name = format!("Network: {title}");
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = match (is_chosen, response.hovered()) {
        (true, _) => Some(palette().accent_fill),
        (false, true) => Some(palette().raised),
        _ => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 6.0, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(1.0, palette().accent), StrokeKind::Inside);
    }
    let mark = mark(session, item);
    let room = rect.width() - 20.0 - if mark.is_some() { MARK } else { 0.0 };
    let line = |top: f32, width: f32| Rect::from_min_size(rect.min + vec2(10.0, top), vec2(width, 18.0));
    let colour = if is_chosen || item.is_here() { palette().strong } else { palette().text };
    paint_line(ui, line(4.0, room), &title, TextStyle::Body, colour);
    paint_line(ui, line(22.0, rect.width() - 20.0), &item.caption(), TextStyle::Small, palette().weak);
    if let Some((word, colour)) = mark {
        let font = TextStyle::Small.resolve(ui.style());
        let place = rect.right_top() + vec2(-10.0, 6.0);
        ui.painter().text(place, eframe::egui::Align2::RIGHT_TOP, word, font, colour);
    }
    if title.len() > 30 { response.on_hover_text(title) } else { response }
}

/// How it stands, in a word.
fn mark(session: &Session, item: &Item<'_>) -> Option<(String, Color32)> {
    let download = match item {
        Item::Known(known) => session.lasting.networks.download(&known.name),
        Item::Builtin | Item::Analytic | Item::File(_) | Item::Vectors(_) => None,
    };
    if let Some(download) = download {
        return Some((format!("{:.0} %", download.progress.share() * 100.0), palette().accent));
    }
    if session.lasting.network == item.file() {
        return Some(("in use".to_owned(), palette().accent));
    }
    item.is_here().then(|| ("here".to_owned(), palette().good))
}
