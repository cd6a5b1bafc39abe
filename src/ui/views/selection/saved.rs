//! Selections saved by a name: what is selected is saved, and what was saved is selected again, renamed, or given up.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Button, Key, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui};

use super::sign;
use crate::domain::{ImageGroup, saved_tag};
use crate::session::{Action, Choose, Save, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::name_field;
use crate::ui::widgets::text::{counted, thousands};

/// What is half written.
#[derive(Default)]
pub(super) struct SavedMenu {
    written: String,
    /// The one that is being renamed, and its new name.
    renaming: Option<(String, String)>,
    problem: Option<String>,
    /// Whether it was open in the last frame: who opens it writes at once.
    is_open: bool,
}

impl SavedMenu {
    /// Shows the menu.
    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let (response, shown) = MenuButton::new(sign(Icon::Save, "Saved", has_words)).config(config).ui(ui, |ui| {
            ui.set_min_width(240.0);
            self.field(ui, session, actions);
            self.list(ui, session, actions);
        });
        self.is_open = shown.is_some();
        response.on_hover_text("Selections saved by a name").accessible_name("Saved selections");
    }

    fn field(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let count = session.opened.chosen.selection.len();
        let is_new = !self.is_open;
        if is_new {
            self.problem = None;
        }
        ui.add_enabled_ui(count > 0, |ui| {
            let hint = format!("Save {} as…", counted(count, "image", "images"));
            let field = TextEdit::singleline(&mut self.written).hint_text(hint).desired_width(220.0);
            let field = field.margin(name_field::IN_MENU);
            let response = ui.add(field).on_disabled_hover_text("Select pictures first");
            let response = response.accessible_name("Save the selection as");
            if is_new && count > 0 {
                response.request_focus();
            }
            if response.changed() {
                self.problem = None;
            }
            if !response.lost_focus() || !ui.input(|input| input.key_pressed(Key::Enter)) {
                return;
            }
            match saved_tag(&self.written) {
                Ok(_) => {
                    actions.push(Choose::Save(Save::As(std::mem::take(&mut self.written))).into());
                    response.request_focus();
                }
                Err(problem) => {
                    self.problem = Some(problem);
                    response.request_focus();
                }
            }
        });
        if self.renaming.is_none() {
            self.say_problem(ui);
        }
    }

    /// Beneath the field that it is about.
    fn say_problem(&self, ui: &mut Ui) {
        if let Some(problem) = &self.problem {
            ui.label(RichText::new(problem).small().color(palette().problem));
        }
    }

    fn list(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let tags = &session.opened.tags;
        if tags.saved_selections().next().is_none() {
            ui.label(RichText::new("None is saved yet.").small().color(palette().weak));
            return;
        }
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (name, images) in tags.saved_selections() {
                if self.renaming.as_ref().is_some_and(|(renamed, _)| renamed == name) {
                    self.rename(ui, session, actions);
                    self.say_problem(ui);
                    continue;
                }
                ui.horizontal(|ui| {
                    let text = (Icon::Save.small(), format!("{name}  {}", thousands(images.len())));
                    let hint =
                        format!("{}. {}", counted(images.len(), "image", "images"), session.lasting.combining.about());
                    let select = ui.add(Button::new(text)).on_hover_text(hint);
                    if let (true, Ok(tag)) =
                        (select.accessible_name(format!("Select saved {name}")).clicked(), saved_tag(name))
                    {
                        let pick = ui.input(|input| crate::ui::widgets::tile::pick_of_set(input.modifiers));
                        actions.push(Choose::PickGroup(ImageGroup::Tag(tags.clone(), tag), pick).into());
                    }
                    let rename =
                        Icon::Rename.small_button(ui, "Rename").accessible_name(format!("Rename saved {name}"));
                    if rename.clicked() {
                        self.renaming = Some((name.to_owned(), name.to_owned()));
                        // What was wrong is about another field.
                        self.problem = None;
                    }
                    let hint = "The pictures stay selected. Undo brings it back";
                    let forget = Icon::Close.small_button(ui, hint).accessible_name(format!("Forget saved {name}"));
                    if forget.clicked() {
                        actions.push(Choose::Save(Save::Forget(name.to_owned())).into());
                    }
                });
            }
        });
    }

    fn rename(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let Some((from, to)) = &mut self.renaming else { return };
        let field = TextEdit::singleline(to).desired_width(220.0).margin(name_field::IN_MENU);
        let field = ui.add(field).accessible_name("New name");
        if field.changed() {
            self.problem = None;
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            (self.renaming, self.problem) = (None, None);
            return;
        }
        if !field.lost_focus() {
            if !field.has_focus() {
                name_field::begin(&field, to);
            }
            return;
        }
        let problem = match saved_tag(to) {
            Ok(tag) if to.trim() != from && session.opened.tags.is_known(&tag) => {
                Some(format!("{} is the name of another one", to.trim()))
            }
            Ok(_) => {
                actions.push(Choose::Save(Save::Rename { from: from.clone(), to: to.trim().to_owned() }).into());
                None
            }
            Err(problem) => Some(problem),
        };
        // Who entered it mends it; who clicked elsewhere thought better of it.
        self.problem = problem.filter(|_| ui.input(|input| input.key_pressed(Key::Enter)));
        match self.problem {
            Some(_) => field.request_focus(),
            None => self.renaming = None,
        }
    }
}
