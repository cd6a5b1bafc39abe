//! The tags of what is selected: seen, taken away, given.

use eframe::egui::{Key, Response, RichText, ScrollArea, TextEdit, Ui};

use crate::domain::{Example, ImageGroup, ImageSet, Tags, saved_name};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::widgets::text::{counted, small, thousands};
use crate::ui::widgets::{ask_with, reason, tag_dot};

/// Tags of the selection.
#[derive(Default)]
pub(super) struct TagRow {
    written: String,
    problem: Option<String>,
}

impl TagRow {
    /// Shows a chip a tag, and a field for another one.
    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let selection = &session.opened.chosen.selection;
        if selection.is_empty() {
            return;
        }
        ScrollArea::horizontal().id_salt("tags").auto_shrink([false, true]).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                self.show_field(ui, selection, actions);
                for (tag, count) in session.opened.tally.tags.iter().filter(|(tag, _)| saved_name(tag).is_none()) {
                    let share =
                        if *count == selection.len() { String::new() } else { format!("  {}", thousands(*count)) };
                    let words = RichText::new(format!("{tag}{share}")).small();
                    let chip = small((tag_dot::atom(session, tag), words, Icon::Close.sized(10.0)));
                    let images = counted(*count, "image", "images");
                    let hint = format!("On {images}. Click to remove the tag, right click for its colour");
                    let name = format!("Remove tag {tag}");
                    let response = ui.add(chip).on_hover_text(hint).accessible_name(&name);
                    let example = Example::Tag(tag.clone());
                    ask_with::can_be_dragged(&response, || example.clone());
                    response.context_menu(|ui| {
                        ask_with::in_menu(ui, &format!("the tag {tag}"), &example, actions);
                        tag_dot::choice(ui, session, tag, actions);
                    });
                    if response.clicked() {
                        actions.push(
                            Choose::TagGroup {
                                group: ImageGroup::Set(selection.clone()),
                                tag: tag.clone(),
                                is_on: false,
                            }
                            .into(),
                        );
                    }
                }
            });
        });
    }

    fn show_field(&mut self, ui: &mut Ui, selection: &ImageSet, actions: &mut Vec<Action>) {
        let field = TextEdit::singleline(&mut self.written).hint_text("Add a tag").desired_width(110.0);
        let response = ui.add(field).accessible_name("Add a tag");
        // It lies over the pictures: whoever went on to them has no use for it.
        if response.changed() || !response.has_focus() {
            self.problem = None;
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
            self.give(selection, &response, actions);
        }
        if let Some(problem) = &self.problem {
            reason::beneath(&response, None, problem);
        }
    }

    /// Gives the selection the tag that is written, or finds out why that is none.
    fn give(&mut self, selection: &ImageSet, field: &Response, actions: &mut Vec<Action>) {
        match Tags::cleaned(&self.written) {
            Ok(tag) => {
                self.written.clear();
                actions.push(Choose::TagGroup { group: ImageGroup::Set(selection.clone()), tag, is_on: true }.into());
                // The next tag can be written at once.
                field.request_focus();
            }
            Err(problem) => {
                self.problem = Some(problem);
                field.request_focus();
            }
        }
    }
}
