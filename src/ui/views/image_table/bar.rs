//! Above the table: which columns are seen, whether their histograms are, and the way back to all rows. What is asked stands above all
//! views: two fields for it would leave it open which one counts.

use eframe::egui::{Button, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::domain::{Filter, ImageFacts, TableColumn};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::table_look::TableLook;
use crate::ui::theme::palette;
use crate::ui::views::gallery::predicate::show_remarks;
use crate::ui::widgets::ordering::OrderingNote;
use crate::ui::widgets::text::thousands;

/// What is being waited for.
#[derive(Default)]
pub(super) struct Bar {
    ordering: OrderingNote,
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
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            self.show_buttons(ui, session, facts, look, actions);
        });
        show_remarks(ui, session);
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
            let hint = "Take the filter away: names, labels, the query, and what shows only what was selected";
            let words = format!("Show all {}", thousands(session.opened.images.len()));
            let button = ui.button((Icon::Close.small(), words));
            if button.on_hover_text(hint).accessible_name("Take the filter away").clicked() {
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
