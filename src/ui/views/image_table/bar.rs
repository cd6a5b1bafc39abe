//! Above the table: the predicate of the filter, which columns are seen, and whether their histograms are.

use eframe::egui::{Align, Button, Layout, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::domain::{Filter, ImageFacts, TableColumn};
use crate::session::{Action, Choose, Session};
use crate::ui::table_look::TableLook;
use crate::ui::theme::palette;
use crate::ui::views::gallery::predicate::PredicateField;
use crate::ui::widgets::ordering::OrderingNote;

/// Below so many points the field would be a sliver beside the buttons.
const NARROW: f32 = 380.0;

/// What is being written, and what is being waited for.
pub(super) struct Bar {
    predicate: PredicateField,
    ordering: OrderingNote,
}

impl Default for Bar {
    fn default() -> Self {
        Self { predicate: PredicateField::named("Predicate of the table"), ordering: OrderingNote::default() }
    }
}

impl Bar {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        facts: &ImageFacts,
        look: &mut TableLook,
        actions: &mut Vec<Action>,
    ) {
        self.predicate.refresh(session);
        if ui.available_width() < NARROW {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                self.show_buttons(ui, session, facts, look, actions);
            });
            self.predicate.show(ui, session, actions);
        } else {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                // What is right is laid out first; the field takes what is left.
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.show_buttons(ui, session, facts, look, actions);
                    self.predicate.show(ui, session, actions);
                });
            });
        }
        self.predicate.show_error(ui, session);
    }

    fn show_buttons(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        facts: &ImageFacts,
        look: &mut TableLook,
        actions: &mut Vec<Action>,
    ) {
        let toggle = Button::selectable(look.has_histograms, "Histograms").frame_when_inactive(true);
        let hint = "How the images are distributed over each column; drag over a histogram, or click a name, to filter";
        if ui.add(toggle).on_hover_text(hint).clicked() {
            look.has_histograms = !look.has_histograms;
        }
        show_columns(ui, facts, look);
        if !session.opened.chosen.filter.is_empty() {
            let hint = "Take the filter away: names, labels and predicate";
            if ui.button("Show all").on_hover_text(hint).accessible_name("Take the filter away").clicked() {
                actions.push(Choose::Filter(Filter::default()).into());
            }
        }
        self.ordering.show(ui, session);
    }
}

/// The button with the list of columns.
fn show_columns(ui: &mut Ui, facts: &ImageFacts, look: &mut TableLook) {
    let button = ui.button("Columns").on_hover_text("Which columns are seen").accessible_name("Choose columns");
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(200.0).show(|ui| {
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for column in &mut look.columns {
                let (of, has) = (column.column, facts.has(column.column));
                if of == TableColumn::Path {
                    continue;
                }
                ui.add_enabled_ui(has, |ui| {
                    let tick = ui.checkbox(&mut column.is_shown, of.title());
                    let tick = tick.accessible_name(format!("Column {}", of.title()));
                    tick.on_hover_text(of.about()).on_disabled_hover_text(of.made_by().unwrap_or_default());
                });
            }
            ui.separator();
            let reset = RichText::new("As on the first day").color(palette().accent);
            if ui.add(Button::new(reset).frame_when_inactive(false)).clicked() {
                *look = TableLook { has_histograms: look.has_histograms, ..TableLook::default() };
            }
        });
    });
}
