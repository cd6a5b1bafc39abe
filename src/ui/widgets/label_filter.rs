//! A button that opens the list of labels: search, tick, see counts and colours.

use std::collections::BTreeSet;

use eframe::egui::{
    self, Align, Atoms, Button, Layout, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea, Sense, TextEdit, Ui,
    vec2,
};

use super::name_field;
use super::text::{counted, thousands};
use crate::session::Session;
use crate::ui::icons::Icon;
use crate::ui::theme::{label_colour, palette};

/// Height of one row of the list in points.
const ROW_HEIGHT: f32 = 22.0;

/// What is typed into the search field of the list.
#[derive(Default)]
pub struct LabelFilter {
    search: String,
}

impl LabelFilter {
    /// Shows the button, where there is no room for words with its sign alone, and, if open, the list. Gives the new set of labels when it changed; empty means all.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, has_words: bool) -> Option<BTreeSet<String>> {
        let chosen = &session.opened.chosen.filter.labels;
        let title = match chosen.len() {
            0 => "Labels".to_owned(),
            1 => shown_name(chosen.iter().next().map_or("", String::as_str)).to_owned(),
            n => counted(n, "label", "labels"),
        };
        let mut sign = Atoms::new(Icon::Label.atom());
        if has_words || !chosen.is_empty() {
            sign.push_right(RichText::new(title));
        }
        let button = Button::selectable(!chosen.is_empty(), sign).frame_when_inactive(true).truncate();
        let response =
            ui.add(button).on_hover_text("Show only images with these labels").accessible_name("Filter by label");
        let mut changed = None;
        Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(240.0).show(|ui| {
            changed = self.list(ui, session);
        });
        changed
    }

    fn list(&mut self, ui: &mut Ui, session: &Session) -> Option<BTreeSet<String>> {
        let chosen = &session.opened.chosen.filter.labels;
        let mut changed = None;
        let field = TextEdit::singleline(&mut self.search).hint_text("Search labels").desired_width(f32::INFINITY);
        ui.add(field.margin(name_field::IN_MENU));
        let search = self.search.to_lowercase();
        let places = session.opened.images.label_places();
        let rows: Vec<(usize, &String, usize)> = session
            .opened
            .images
            .labels()
            .iter()
            .map(|(label, &count)| (places.of(label).map_or(0, |place| place as usize), label, count))
            .filter(|(_, label, _)| search.is_empty() || shown_name(label).to_lowercase().contains(&search))
            .collect();
        ui.horizontal(|ui| {
            ui.label(RichText::new(counted(session.opened.images.labels().len(), "label", "labels")).small().weak());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let all = ui.add_enabled(!chosen.is_empty(), Button::new("All").small());
                if all.on_disabled_hover_text("Pictures of all labels are shown").clicked() {
                    changed = Some(BTreeSet::new());
                }
            });
        });
        ScrollArea::vertical().max_height(300.0).auto_shrink([false, true]).show_rows(
            ui,
            ROW_HEIGHT,
            rows.len(),
            |ui, visible| {
                for &(rank, label, count) in &rows[visible] {
                    if row(ui, rank, label, count, chosen.contains(label)) {
                        let mut labels = chosen.clone();
                        if !labels.remove(label) {
                            labels.insert(label.clone());
                        }
                        changed = Some(labels);
                    }
                }
            },
        );
        if rows.is_empty() {
            ui.label(RichText::new("No label matches").weak());
        }
        changed
    }
}

fn row(ui: &mut Ui, rank: usize, label: &str, count: usize, is_chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let name = shown_name(label);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_chosen, format!("Label {name}")));
    let fill = match (is_chosen, response.hovered()) {
        (true, _) => Some(palette().accent_fill),
        (false, true) => Some(palette().raised),
        _ => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let dot = if label.is_empty() { palette().weak } else { label_colour(rank) };
    let text = Rect::from_min_max(rect.min + vec2(8.0, 0.0), rect.max - vec2(56.0, 0.0));
    let colour = if is_chosen { palette().strong } else { palette().text };
    super::tile::paint_caption(ui, text, Some(dot), name, colour);
    ui.painter().text(
        rect.right_center() - vec2(8.0, 0.0),
        egui::Align2::RIGHT_CENTER,
        thousands(count),
        egui::FontId::proportional(11.5),
        palette().weak,
    );
    response.clicked()
}

/// The name of a label for the person: images at the top of the folder have none.
pub fn shown_name(label: &str) -> &str {
    if label.is_empty() { "(no label)" } else { label }
}
