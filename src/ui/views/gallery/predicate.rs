//! The field for a predicate: completion under it, and a line for what is wrong with it. There is one in the window, above all views,
//! since what it asks is about all of them.

use eframe::egui::{CompletionPopup, Key, Label, RectAlign, RichText, Suggestion, TextEdit, Ui};

use super::PAUSE_SECS;
use crate::domain::Filter;
use crate::domain::predicate::{MAX_TEXT_BYTES, Predicate, PredicateError, Vocabulary, complete};
use crate::session::{Action, Choose, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::reason;

/// What is being written, until it is taken over as the filter.
#[derive(Default)]
pub(in crate::ui::views) struct PredicateField {
    /// Whether the field is there instead of the one for names.
    pub(in crate::ui::views) is_on: bool,
    text: String,
    typed_at_secs: Option<f64>,
    /// The predicate of the filter as last seen: it may change by undo.
    seen: String,
    wants_focus: bool,
    /// Enter was pressed, which leaves the field, and it is not known yet whether what stands in it can be asked.
    was_entered: bool,
    /// Whether the person brought it or wrote in it: then there is a line beneath it, also while nothing is wrong, so that what lies below
    /// does not go up and down with the letters.
    is_brought: bool,
    /// What is to be said in that line, and from where on it reaches, in points.
    said: Option<Said>,
    left: f32,
}

/// What is said of what is written.
struct Said {
    words: String,
    /// Whether it is wrong, and not only unfinished.
    is_fault: bool,
}

impl PredicateField {
    /// Puts the cursor into the field.
    pub(in crate::ui::views) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Whether the cursor is to be put there, and is not yet.
    pub(in crate::ui::views) fn wants_focus(&self) -> bool {
        self.is_on && self.wants_focus
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
        self.is_brought = self.is_on;
        self.typed_at_secs = None;
        let is_readable = self.is_on && Predicate::parse(&self.text).is_ok();
        if self.is_on {
            self.focus();
        }
        let predicate = if is_readable { self.text.clone() } else { String::new() };
        self.seen.clone_from(&predicate);
        // What is not seen must not filter. A name that is looked for is seen either way: in its field, or as a chip beside this one.
        Filter { predicate, ..filter.clone() }
    }

    /// Takes in what was written in the field for names, brings this one with it, and says what is asked: nothing, if it cannot be read.
    pub(in crate::ui::views) fn take(&mut self, text: String) -> String {
        (self.is_on, self.is_brought) = (true, true);
        self.typed_at_secs = None;
        self.focus();
        let predicate = if Predicate::parse(&text).is_ok() { text.clone() } else { String::new() };
        self.seen.clone_from(&predicate);
        self.text = text;
        predicate
    }

    /// Shows the field; says whether something is written in it.
    pub(in crate::ui::views) fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> bool {
        let id = ui.make_persistent_id("gallery predicate");
        // In the frame of a click elsewhere, as on what brings the field, it would give the focus up again.
        if self.wants_focus && !ui.input(|input| input.pointer.any_click()) {
            self.wants_focus = false;
            ui.memory_mut(|memory| memory.request_focus(id));
        } else if self.wants_focus {
            ui.ctx().request_repaint();
        }
        let wrong = self.wrong(session);
        if self.was_entered && wrong.is_some() {
            // Who wrote it mends it: what is typed next belongs here, and no key of it to the pictures.
            self.was_entered = false;
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let opened = &session.opened;
        // It is right: whatever makes it wrong later belongs to somebody at work elsewhere.
        self.was_entered &= self.text != opened.chosen.filter.predicate || opened.is_query_unanswered;
        let is_written = ui.memory(|memory| memory.has_focus(id));
        let is_fault = wrong.as_ref().is_some_and(|wrong| !wrong.is_unfinished || !is_written);
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text("Query: label = 'dog' and width > 512")
            .text_color_opt(is_fault.then_some(palette().problem))
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
        let mut response = field.text_edit.response.response.accessible_name("Predicate");
        if let Some(wrong) = wrong.as_ref().filter(|_| is_fault) {
            // Where in the text it is.
            response =
                response.on_hover_ui(|ui| drop(ui.label(RichText::new(wrong.error.pointed(&self.text)).monospace())));
        }
        let offered = ui.memory(|memory| memory.area_rect(id.with("completion_popup"))).filter(|_| field.is_open);
        self.left = response.rect.left();
        // Who only puts the cursor there has not asked for anything, and nothing is to move under the pointer.
        self.is_brought |= response.changed() || field.accepted.is_some();
        self.said = None;
        match wrong.as_ref().map(|wrong| wrong.said(&self.text)) {
            // What is offered lies over the line.
            Some(words) if is_fault && field.is_open => reason::beneath(&response, offered, &words),
            Some(words) if !field.is_open => self.said = Some(Said { words, is_fault }),
            // What is offered says what may follow.
            Some(_) | None => {}
        }
        let now_secs = ui.ctx().time();
        self.was_entered &= !response.has_focus() && !ui.input(|input| input.pointer.any_pressed());
        self.was_entered |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.changed() || field.accepted.is_some() {
            self.typed_at_secs = Some(now_secs);
        }
        let Some(typed_at_secs) = self.typed_at_secs else { return response.has_focus() };
        if now_secs - typed_at_secs < PAUSE_SECS && !response.lost_focus() {
            ui.ctx().request_repaint_after_secs(PAUSE_SECS as f32);
            return response.has_focus();
        }
        self.typed_at_secs = None;
        // What cannot be read yet leaves the gallery as it is.
        if self.text.trim().is_empty() || Predicate::parse(&self.text).is_ok() {
            self.seen.clone_from(&self.text);
            actions.push(
                Choose::Filter(Filter { predicate: self.text.clone(), ..session.opened.chosen.filter.clone() }).into(),
            );
        }
        response.has_focus()
    }

    /// Whether there is a line beneath the field.
    pub(in crate::ui::views) fn has_line(&self, session: &Session) -> bool {
        self.is_on && (self.is_brought || self.wrong(session).is_some())
    }

    /// Says in that line why what is written cannot be asked.
    pub(in crate::ui::views) fn show_line(&self, ui: &mut Ui) {
        let Some(Said { words, is_fault }) = &self.said else { return };
        // Beneath what is written, which has room about it.
        ui.add_space((self.left + 2.0 - ui.cursor().left()).max(0.0));
        let colour = if *is_fault { palette().problem } else { palette().weak };
        ui.add(Label::new(RichText::new(words).small().color(colour)).truncate().selectable(false));
    }

    /// What is wrong with what is written, if anything is.
    fn wrong(&self, session: &Session) -> Option<Wrong> {
        if !self.is_on || self.text.trim().is_empty() {
            return None;
        }
        if let Err(error) = Predicate::parse(&self.text) {
            // Whoever is still writing knows that something is missing at the end.
            let is_unfinished = error.span.end >= self.text.trim_end().len();
            return Some(Wrong { error, is_unfinished });
        }
        let is_asked = self.text == session.opened.chosen.filter.predicate;
        let error = session.opened.query_error.clone().filter(|_| is_asked)?;
        Some(Wrong { error, is_unfinished: false })
    }
}

/// Shows what the last answer remarked: that no image has a name that was asked for.
pub(in crate::ui::views) fn show_remarks(ui: &mut Ui, session: &Session) {
    for remark in &session.opened.query_remarks {
        ui.label(RichText::new(remark).small().color(palette().weak));
    }
}

/// Why what is written cannot be asked.
struct Wrong {
    error: PredicateError,
    /// Whether something may only be missing at the end.
    is_unfinished: bool,
}

impl Wrong {
    fn said(&self, text: &str) -> String {
        format!("Letter {}: {}", self.error.position(text), self.error)
    }
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
