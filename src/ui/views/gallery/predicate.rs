//! The field for a predicate: completion under it, and what is wrong with it.

use eframe::egui::{CompletionPopup, Key, RectAlign, RichText, Suggestion, TextEdit, Ui};

use super::PAUSE_SECS;
use crate::domain::Filter;
use crate::domain::predicate::{MAX_TEXT_BYTES, Predicate, PredicateError, Vocabulary, complete};
use crate::session::{Action, Choose, Session};
use crate::ui::theme::palette;

/// What is being written, until it is taken over as the filter.
#[derive(Default)]
pub(in crate::ui::views) struct PredicateField {
    /// Whether the field is there instead of the one for names.
    pub(in crate::ui::views) is_on: bool,
    /// What screen readers call it, if it is not the gallery's.
    name: Option<&'static str>,
    text: String,
    typed_at_secs: Option<f64>,
    /// The predicate of the filter as last seen: it may change by undo.
    seen: String,
    wants_focus: bool,
}

impl PredicateField {
    /// A field that is always there, with a name of its own.
    pub(in crate::ui::views) fn named(name: &'static str) -> Self {
        Self { is_on: true, name: Some(name), ..Self::default() }
    }

    /// Puts the cursor into the field.
    pub(in crate::ui::views) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Follows what is chosen.
    pub(in crate::ui::views) fn refresh(&mut self, session: &Session) {
        let predicate = &session.opened.chosen.filter.predicate;
        if self.seen == *predicate {
            return;
        }
        self.seen.clone_from(predicate);
        if self.typed_at_secs.is_none() && self.text != *predicate {
            self.text.clone_from(predicate);
        }
        self.is_on |= !predicate.trim().is_empty();
    }

    /// Takes the field away or brings it, and says what the filter becomes.
    pub(in crate::ui::views) fn toggle(&mut self, filter: &Filter) -> Filter {
        self.is_on = !self.is_on;
        self.typed_at_secs = None;
        let is_readable = self.is_on && Predicate::parse(&self.text).is_ok();
        if self.is_on {
            self.focus();
        }
        let predicate = if is_readable { self.text.clone() } else { String::new() };
        self.seen.clone_from(&predicate);
        // What is not seen must not filter.
        let text = if self.is_on { String::new() } else { filter.text.clone() };
        Filter { text, predicate, ..filter.clone() }
    }

    /// Shows the field.
    pub(in crate::ui::views) fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let id = ui.make_persistent_id("gallery predicate");
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text("label = 'dog' and width > 512")
            .char_limit(MAX_TEXT_BYTES)
            .desired_width(ui.available_width().max(40.0));
        // Enter is for the predicate as it is; Tab takes what is offered.
        let field = CompletionPopup::new(id)
            .word_boundary(|letter| !(letter.is_alphanumeric() || letter == '_' || letter == '\''))
            .align(RectAlign::BOTTOM_START)
            .max_height(260.0)
            .accept_keys([Key::Tab])
            .show(ui, edit, |query| {
                let byte =
                    |letters: usize| query.text.char_indices().nth(letters).map_or(query.text.len(), |(at, _)| at);
                suggestions(
                    query.text,
                    byte(query.word_range.start.0),
                    byte(query.word_range.end.0),
                    &session.opened.vocabulary(),
                )
            });
        let response = field.text_edit.response.response.accessible_name(self.name.unwrap_or("Predicate"));
        let now_secs = ui.ctx().time();
        if response.changed() || field.accepted.is_some() {
            self.typed_at_secs = Some(now_secs);
        }
        let Some(typed_at_secs) = self.typed_at_secs else { return };
        if now_secs - typed_at_secs < PAUSE_SECS && !response.lost_focus() {
            ui.ctx().request_repaint_after_secs(PAUSE_SECS as f32);
            return;
        }
        self.typed_at_secs = None;
        // What cannot be read yet leaves the gallery as it is.
        if self.text.trim().is_empty() || Predicate::parse(&self.text).is_ok() {
            self.seen.clone_from(&self.text);
            actions.push(
                Choose::Filter(Filter { predicate: self.text.clone(), ..session.opened.chosen.filter.clone() }).into(),
            );
        }
    }

    /// Shows below the bar what is wrong, if anything is.
    pub(in crate::ui::views) fn show_error(&self, ui: &mut Ui, session: &Session) {
        if !self.is_on || self.text.trim().is_empty() {
            return;
        }
        if let Err(error) = Predicate::parse(&self.text) {
            // Whoever is still writing knows that something is missing at the end.
            let is_unfinished = error.span.end >= self.text.trim_end().len();
            return show_error(ui, &error, &self.text, is_unfinished);
        }
        if self.text != session.opened.chosen.filter.predicate {
            return;
        }
        match &session.opened.query_error {
            Some(error) => show_error(ui, error, &self.text, false),
            None => {
                for remark in &session.opened.query_remarks {
                    ui.label(RichText::new(remark).small().color(palette().weak));
                }
            }
        }
    }
}

fn show_error(ui: &mut Ui, error: &PredicateError, text: &str, is_unfinished: bool) {
    let colour = if is_unfinished { palette().weak } else { palette().problem };
    let said = format!("Letter {}: {error}", error.position(text));
    ui.label(RichText::new(said).small().color(colour)).on_hover_ui(|ui| {
        ui.label(RichText::new(error.pointed(text)).monospace());
    });
}

/// What could stand in the place of the word from byte `start` to the cursor at `end`.
fn suggestions(text: &str, start: usize, end: usize, vocabulary: &Vocabulary) -> Vec<Suggestion> {
    let offers = complete(text, end, vocabulary);
    let fitting = offers.into_iter().filter(|offer| offer.replaces.end == end);
    let inserted = fitting.filter_map(|offer| {
        let from = offer.replaces.start;
        let insert = match from <= start {
            // A name of several words: those before the last one stand already.
            true => offer.insert.get(start - from..).filter(|_| {
                let (written, begun) = (&text[from..start], offer.insert.get(..start - from));
                begun.is_some_and(|begun| begun.to_lowercase() == written.to_lowercase())
            })?,
            false => &format!("{}{}", &text[start..from], offer.insert),
        };
        let suggestion = Suggestion::new(insert).content(offer.insert.trim().to_owned());
        Some(if offer.about.is_empty() {
            suggestion
        } else {
            suggestion.description(RichText::new(offer.about).small())
        })
    });
    inserted.collect()
}
