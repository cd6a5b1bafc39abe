//! The tags of the current picture: seen, taken away, given.

use eframe::egui::{Key, RichText, TextEdit, Ui};

use crate::domain::{Example, ImageId, Tags};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::small;
use crate::ui::widgets::{ask_with, tag_dot};

/// Width of what stands in the field while nothing is written, in points.
const HINT: f32 = 136.0;

/// What is written into the field.
#[derive(Default)]
pub(super) struct TagField {
    written: String,
    problem: Option<String>,
}

impl TagField {
    /// Shows a chip a tag, and a field for another one.
    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, image: ImageId, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = eframe::egui::vec2(4.0, 4.0);
            for tag in session.opened.tags.words_of(image) {
                let words = RichText::new(tag).small();
                let chip = small((tag_dot::atom(session, tag), words, Icon::Close.sized(10.0)));
                let name = format!("Remove {tag} from this picture");
                let response = ui.add(chip).on_hover_text(&name).accessible_name(&name);
                let example = Example::Tag(tag.to_owned());
                ask_with::can_be_dragged(&response, || example.clone());
                response.context_menu(|ui| {
                    ask_with::in_menu(ui, &format!("the tag {tag}"), &example, actions);
                    tag_dot::choice(ui, session, tag, actions);
                });
                if response.clicked() {
                    actions.push(Choose::Tag { ids: vec![image], tag: tag.to_owned(), is_on: false }.into());
                }
            }
            // What is left of the line; where that is less than its hint takes, a line of its own.
            let margin = 2.0 * ui.spacing().button_padding.x;
            let left = ui.available_size_before_wrap().x - margin;
            let width = if left >= HINT { left } else { HINT };
            let field = TextEdit::singleline(&mut self.written).hint_text("Tag this picture").desired_width(width);
            let response = ui.add(field).accessible_name("Tag this picture");
            if response.changed() {
                self.problem = None;
            }
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
                match Tags::cleaned(&self.written) {
                    Ok(tag) => {
                        self.written.clear();
                        actions.push(Choose::Tag { ids: vec![image], tag, is_on: true }.into());
                        // The next tag can be written at once.
                        response.request_focus();
                    }
                    Err(problem) => self.problem = Some(problem),
                }
            }
        });
        if let Some(problem) = &self.problem {
            ui.label(RichText::new(problem).small().color(palette().problem));
        }
    }
}
