//! A tag as a chip: its colour, its name, and the cross that takes it away. It stands in one line, whole where there is room for it.

use eframe::egui::{Response, RichText, TextStyle, TextWrapMode, Ui};

use super::text::small;
use super::{ask_with, tag_dot};
use crate::domain::Example;
use crate::session::{Action, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;

/// Side of the cross, in points.
const CROSS: f32 = 10.0;
/// Width of the colour before the name, in points.
const DOT: f32 = 7.0;

/// What a chip is of.
pub struct TagChip<'a> {
    /// The tag.
    pub tag: &'a str,
    /// What stands on it: its name, and of several pictures how many bear it.
    pub words: String,
    /// What a click does, for who points at it.
    pub hint: &'a str,
    /// What it is called for screen readers and tests.
    pub name: &'a str,
}

impl TagChip<'_> {
    /// How wide it is, in points.
    pub fn width(&self, ui: &Ui) -> f32 {
        let font = TextStyle::Small.resolve(ui.style());
        let words = ui.painter().layout_no_wrap(self.words.clone(), font, palette().text).size().x;
        let spacing = ui.spacing();
        words + DOT + CROSS + 2.0 * spacing.icon_spacing + 2.0 * spacing.button_padding.x
    }

    /// Shows it, cut short at its end where it is wider than a line. Says whether it was clicked.
    pub fn show(&self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> bool {
        let is_too_wide = self.width(ui) > ui.available_width();
        let mode = if is_too_wide { TextWrapMode::Truncate } else { TextWrapMode::Extend };
        let words = RichText::new(&self.words).small();
        let chip = small((tag_dot::atom(session, self.tag), words, Icon::Close.sized(CROSS))).wrap_mode(mode);
        let response = ui.add(chip).on_hover_text(self.hint).accessible_name(self.name);
        self.answer(&response, session, actions);
        response.clicked()
    }

    /// Asks with it, where it is dragged or right clicked.
    fn answer(&self, response: &Response, session: &Session, actions: &mut Vec<Action>) {
        let example = Example::Tag(self.tag.to_owned());
        ask_with::can_be_dragged(response, || example.clone());
        response.context_menu(|ui| {
            ask_with::in_menu(ui, &format!("the tag {}", self.tag), &example, actions);
            tag_dot::choice(ui, session, self.tag, actions);
        });
    }
}
