//! The tags of what is selected: seen, taken away, given.

use std::sync::Arc;

use eframe::egui::{Button, Key, RichText, ScrollArea, TextEdit, Ui};

use crate::domain::{ImageId, Tags};
use crate::session::{Action, Choose, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, thousands};

/// Tags of the selection, counted when either changed.
#[derive(Default)]
pub(super) struct TagRow {
    counts: Vec<(String, usize)>,
    seen: Arc<Tags>,
    written: String,
    problem: Option<String>,
}

impl TagRow {
    /// Counts anew; `is_other` says that the selection is another one.
    pub(super) fn refresh(&mut self, session: &Session, ids: &[ImageId], is_other: bool) {
        if !is_other && Arc::ptr_eq(&self.seen, &session.opened.tags) {
            return;
        }
        self.seen = session.opened.tags.clone();
        let selection = &session.opened.chosen.selection;
        let count = |bearers: &Vec<ImageId>| bearers.iter().filter(|id| selection.contains(**id)).count();
        let counts = session.opened.tags.images.iter().map(|(tag, bearers)| (tag.clone(), count(bearers)));
        self.counts = counts.filter(|(_, count)| *count > 0 && !ids.is_empty()).collect();
    }

    /// Shows a chip a tag, and a field for another one.
    pub(super) fn show(&mut self, ui: &mut Ui, ids: &[ImageId], actions: &mut Vec<Action>) {
        if ids.is_empty() {
            return;
        }
        ScrollArea::horizontal().id_salt("tags").auto_shrink([false, true]).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                self.show_field(ui, ids, actions);
                for (tag, count) in &self.counts {
                    let share = if *count == ids.len() { String::new() } else { format!("  {}", thousands(*count)) };
                    let chip = Button::new(RichText::new(format!("{tag}{share}  ×")).small()).small();
                    let hint = format!("On {}. Click to remove the tag", counted(*count, "image", "images"));
                    let name = format!("Remove tag {tag}");
                    if ui.add(chip).on_hover_text(hint).accessible_name(&name).clicked() {
                        actions.push(Choose::Tag { ids: ids.to_vec(), tag: tag.clone(), is_on: false }.into());
                    }
                }
                if let Some(problem) = &self.problem {
                    ui.label(RichText::new(problem).small().color(palette().problem));
                }
            });
        });
    }

    fn show_field(&mut self, ui: &mut Ui, ids: &[ImageId], actions: &mut Vec<Action>) {
        let field = TextEdit::singleline(&mut self.written).hint_text("Add a tag").desired_width(110.0);
        let response = ui.add(field).accessible_name("Add a tag");
        if response.changed() {
            self.problem = None;
        }
        if !(response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))) || self.written.is_empty() {
            return;
        }
        match Tags::cleaned(&self.written) {
            Ok(tag) => {
                self.written.clear();
                actions.push(Choose::Tag { ids: ids.to_vec(), tag, is_on: true }.into());
                // The next tag can be written at once.
                response.request_focus();
            }
            Err(problem) => self.problem = Some(problem),
        }
    }
}
