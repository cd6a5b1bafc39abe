//! The tags of what is selected: seen, taken away, given.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Key, Label, PopupCloseBehavior, Response, RichText, TextEdit, Ui};

use super::sign;
use crate::domain::{ImageGroup, ImageSet, Tags, saved_name};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::tag_chip::TagChip;
use crate::ui::widgets::text::{counted, thousands};
use crate::ui::widgets::{name_field, reason};

/// Room for the menu of the tags that have none, in points.
const MORE: f32 = 80.0;
/// In less room than this all of them are in a menu.
pub(super) const UNFOLDED_FROM: f32 = 210.0;
/// Room for the button of that.
pub(super) const FOLDED: f32 = 76.0;
/// In less than this there is none for its word.
const WORD_FROM: f32 = 72.0;
/// The button of the menu without its word is as wide as this.
const LEAST_BUTTON: f32 = 26.0;
/// So many points of a chip say which tag it is.
const LEAST: f32 = 90.0;

/// Tags of the selection.
#[derive(Default)]
pub(super) struct TagRow {
    written: String,
    problem: Option<String>,
}

impl TagRow {
    /// Shows a field for another tag, and a chip for each that there is: whole ones as far as there is room, and a menu of the others.
    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let selection = &session.opened.chosen.selection;
        if selection.is_empty() {
            return;
        }
        let tags: Vec<&(String, usize)> =
            session.opened.tally.tags.iter().filter(|(tag, _)| saved_name(tag).is_none()).collect();
        if ui.available_width() < UNFOLDED_FROM {
            self.show_folded(ui, session, &tags, actions);
            return;
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let field = self.show_field(ui, selection, false, actions);
            if let Some(problem) = &self.problem {
                reason::beneath(&field, None, problem);
            }
            let shown = in_line(ui, &tags, selection.len());
            for (tag, count) in &tags[..shown] {
                // The last of several gives way to the menu.
                let most = if shown < tags.len() { ui.available_width() - MORE } else { ui.available_width() };
                ui.scope(|ui| {
                    ui.set_max_width(most);
                    show_chip(ui, session, (tag, *count), actions);
                });
            }
            if shown < tags.len() {
                let words = RichText::new(format!("+ {}", counted(tags.len() - shown, "tag", "tags"))).small();
                ui.menu_button(words, |ui| {
                    for (tag, count) in &tags[shown..] {
                        show_chip(ui, session, (tag, *count), actions);
                    }
                });
            }
        });
    }

    /// Shows a button instead, and all that is about tags in its menu.
    fn show_folded(&mut self, ui: &mut Ui, session: &Session, tags: &[&(String, usize)], actions: &mut Vec<Action>) {
        let room = ui.available_width();
        if room < LEAST_BUTTON {
            return;
        }
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let button = MenuButton::new(sign(Icon::Tag, "Tags", room >= WORD_FROM)).config(config);
        let (response, _) = button.ui(ui, |ui| {
            ui.set_min_width(180.0);
            self.show_field(ui, &session.opened.chosen.selection, true, actions);
            // Whatever lies over the views lies under the menu.
            if let Some(problem) = &self.problem {
                let words = RichText::new(problem).small().color(palette().problem);
                ui.add(Label::new(words).wrap().selectable(false));
            }
            for (tag, count) in tags {
                show_chip(ui, session, (tag, *count), actions);
            }
        });
        let hint = format!("{} on these pictures", counted(tags.len(), "tag", "tags"));
        response.on_hover_text(hint).accessible_name("Tags of what is selected");
    }

    /// Shows the field, beneath which it is to be said why what was written is no tag.
    fn show_field(
        &mut self,
        ui: &mut Ui,
        selection: &ImageSet,
        is_in_menu: bool,
        actions: &mut Vec<Action>,
    ) -> Response {
        let field = TextEdit::singleline(&mut self.written).hint_text("Add a tag").desired_width(110.0);
        let field = if is_in_menu { field.margin(name_field::IN_MENU) } else { field };
        let response = ui.add(field).accessible_name("Add a tag");
        // What is said may lie over the pictures: whoever went on to them has no use for it.
        if response.changed() || !response.has_focus() {
            self.problem = None;
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
            self.give(selection, &response, actions);
        }
        response
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

/// What stands on the chip of a tag that so many of the selected pictures bear.
fn words_of(tag: &str, count: usize, selected: usize) -> String {
    if count == selected { tag.to_owned() } else { format!("{tag}  {}", thousands(count)) }
}

/// How many of the tags have room in the line beside what is drawn: the first one also where it must be cut short.
fn in_line(ui: &Ui, tags: &[&(String, usize)], selected: usize) -> usize {
    let mut left = ui.available_width();
    for (place, (tag, count)) in tags.iter().enumerate() {
        let chip = TagChip { tag, words: words_of(tag, *count, selected), hint: "", name: "" };
        let after = if place + 1 < tags.len() { MORE } else { 0.0 };
        let width = chip.width(ui);
        if width + after > left {
            return if place == 0 && left - after >= LEAST { 1 } else { place };
        }
        left -= width + ui.spacing().item_spacing.x;
    }
    tags.len()
}

/// A tag of some of what is selected.
fn show_chip(ui: &mut Ui, session: &Session, (tag, count): (&str, usize), actions: &mut Vec<Action>) {
    let selection = &session.opened.chosen.selection;
    let images = counted(count, "image", "images");
    let hint = format!("{tag}: on {images}. Click to remove the tag, right click for its colour");
    let name = format!("Remove tag {tag}");
    let chip = TagChip { tag, words: words_of(tag, count, selection.len()), hint: &hint, name: &name };
    if chip.show(ui, session, actions) {
        let group = ImageGroup::Set(selection.clone());
        actions.push(Choose::TagGroup { group, tag: tag.to_owned(), is_on: false }.into());
    }
}
