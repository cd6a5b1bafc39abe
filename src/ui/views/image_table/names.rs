//! The most frequent names of a column: a click on one filters by it.

use eframe::egui::{
    Align2, FontId, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::rows::PADDING;
use crate::domain::{ColumnValue, TableColumn, ValueCount};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, single_line, thousands};

/// Height of a name, in points: the least, and of those above the rows where there is room.
const NAME_HEIGHT: f32 = 18.0;
const NAME_HEIGHT_MOST: f32 = 22.0;
/// So many names are seen without asking for more.
const SEEN: usize = 4;
const TEXT: f32 = 11.5;

/// The names that are to be drawn.
pub(super) struct Names<'a> {
    pub(super) column: TableColumn,
    pub(super) most: &'a [ValueCount],
    /// How many there are beside these.
    pub(super) others: usize,
    /// Whether the filter asks for a name.
    pub(super) is_chosen: &'a dyn Fn(&ColumnValue) -> bool,
}

impl Names<'_> {
    /// Draws them; says which was clicked.
    pub(super) fn show(&self, ui: &mut Ui, rect: Rect) -> Option<ColumnValue> {
        let room = rect.shrink2(vec2(PADDING - 4.0, 5.0));
        let height = (room.height() / SEEN as f32).clamp(NAME_HEIGHT, NAME_HEIGHT_MOST);
        let line = |at: usize| {
            let top = room.top() + at as f32 * height;
            Rect::from_min_max(pos2(room.left(), top), pos2(room.right(), top + height - 1.0))
        };
        // The last line is for the rest, if there is one.
        let seen = if self.most.len() + self.others > SEEN { SEEN - 1 } else { SEEN };
        let first = self.first(seen);
        let mut clicked = None;
        for (at, place) in first.iter().enumerate() {
            if self.show_name(ui, line(at), &self.most[*place]).clicked() {
                clicked = Some(self.most[*place].value.clone());
            }
        }
        if self.most.len() <= seen && self.others == 0 {
            return clicked;
        }
        clicked.or(self.show_rest(ui, line(first.len()), &first))
    }

    /// The places of those that are seen: the most frequent, and whatever the filter asks for, in the place of the last of these. Else
    /// one would not see why there are so few rows, nor click it away.
    fn first(&self, seen: usize) -> Vec<usize> {
        let mut first: Vec<usize> = (0..seen.min(self.most.len())).collect();
        let is_chosen = |place: usize| (self.is_chosen)(&self.most[place].value);
        for chosen in (first.len()..self.most.len()).filter(|place| is_chosen(*place)) {
            let Some(gives_way) = first.iter().rposition(|place| !is_chosen(*place)) else { break };
            first.remove(gives_way);
            first.push(chosen);
        }
        first
    }

    /// The line that opens the list of all names, of which those at `first` are seen already.
    fn show_rest(&self, ui: &mut Ui, line: Rect, first: &[usize]) -> Option<ColumnValue> {
        let response = ui.interact(line, ui.scope_id().with("rest"), Sense::click());
        let more = counted(self.most.len() - first.len() + self.others, "more", "more");
        let is_hidden = |place: &usize| !first.contains(place) && (self.is_chosen)(&self.most[*place].value);
        let chosen = (0..self.most.len()).filter(is_hidden).count();
        let said = if chosen > 0 { format!("{more}, {} chosen", thousands(chosen)) } else { more };
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("More of {}: {said}", self.column.title()))
        });
        let colour = if response.hovered() || response.has_focus() { palette().strong } else { palette().accent };
        let text = single_line(ui.painter(), said, TEXT, colour, line.width() - 8.0);
        ui.painter().galley(pos2(line.left() + 4.0, line.center().y - text.size().y / 2.0), text, colour);
        let mut clicked = None;
        Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(220.0).show(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let area = ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]);
            // All of them: what is chosen stays where it was while one chooses another.
            area.show_rows(ui, NAME_HEIGHT, self.most.len(), |ui, visible| {
                for count in &self.most[visible] {
                    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), NAME_HEIGHT), Sense::hover());
                    if self.show_name(ui, line, count).clicked() {
                        clicked = Some(count.value.clone());
                    }
                }
            });
            if self.others > 0 {
                ui.weak(format!(
                    "{} that are rarer: write them in the predicate",
                    counted(self.others, "name", "names")
                ));
            }
        });
        clicked
    }

    fn show_name(&self, ui: &Ui, line: Rect, count: &ValueCount) -> Response {
        let (palette, [all, shown]) = (palette(), count.images);
        let is_chosen = (self.is_chosen)(&count.value);
        let response = ui.interact(line, ui.scope_id().with(("name", &count.title)), Sense::click());
        response.widget_info(|| {
            let name = format!("{}: {}", self.column.title(), count.title);
            WidgetInfo {
                current_text_value: Some(counted(all, "image", "images")),
                ..WidgetInfo::selected(Role::CheckBox, true, is_chosen, name)
            }
        });
        let painter = ui.painter();
        let most = self.most.iter().map(|count| count.images[0]).max().unwrap_or(1).max(1) as f32;
        let bar = |images: usize| line.with_max_x(line.left() + (line.width() * images as f32 / most).max(2.0));
        painter.rect_filled(bar(all), 3.0, palette.raised);
        if shown > 0 {
            painter.rect_filled(bar(shown), 3.0, if is_chosen { palette.accent_fill } else { palette.lifted });
        }
        if is_chosen || response.hovered() || response.has_focus() {
            let stroke = eframe::egui::Stroke::new(1.0, if is_chosen { palette.accent } else { palette.weak });
            painter.rect_stroke(line, 3.0, stroke, eframe::egui::StrokeKind::Inside);
        }
        let number = thousands(if shown == all { all } else { shown });
        // What is chosen is clicked away where it stands.
        let cross = if is_chosen { 13.0 } else { 0.0 };
        if is_chosen {
            Icon::Close.paint(painter, line.right_center() - vec2(9.0, 0.0), 9.0, palette.strong);
        }
        let number = painter.text(
            line.right_center() - vec2(5.0 + cross, 0.0),
            Align2::RIGHT_CENTER,
            number,
            FontId::proportional(TEXT - 0.5),
            palette.weak,
        );
        let colour = if is_chosen || shown > 0 { palette.strong } else { palette.weak };
        let text = single_line(painter, count.title.clone(), TEXT, colour, number.left() - line.left() - 11.0);
        painter.galley(pos2(line.left() + 5.0, line.center().y - text.size().y / 2.0), text, colour);
        let of = if shown == all { String::new() } else { format!("{} of ", thousands(shown)) };
        let click = if is_chosen { "Click to show the others, too" } else { "Click to show only these" };
        response.on_hover_text(format!("{}: {of}{}\n{click}", count.title, counted(all, "image", "images")))
    }
}
