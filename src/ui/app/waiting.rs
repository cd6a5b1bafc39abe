//! While the system's dialog is waited for. It takes a moment to come, and whoever types meanwhile types for it.

use std::path::Path;

use eframe::egui::{Align2, Area, Context, Event, Frame, Id, ImeEvent, Key, Margin, Order, RichText};

use super::App;
use crate::engine::Problem;
use crate::ui::Question;
use crate::ui::chooser::Answer;
use crate::ui::theme::palette;

/// At most so wide, in points.
const WIDTH: f32 = 320.0;

/// Of what is typed for a dialog no more bytes are kept: no path is longer.
const MOST_TYPED: usize = 4096;

impl App {
    /// Takes what came of a question, once it is there.
    pub(super) fn take_dialog_answer(&mut self, ctx: &Context) {
        let answer = self.chooser.take_answer();
        if let Some((question, path)) = self.chooser.take_late() {
            self.tell_late(question, &path);
        }
        let Some((question, answer)) = answer else { return };
        if answer == Answer::NoDialog {
            // What asks instead has the keyboard from the next frame on.
            self.keep_for_dialog(&take_typed(ctx));
        }
        let typed = std::mem::take(&mut self.typed_for_dialog);
        match answer {
            Answer::Picked(path) => self.take_path(question, path),
            Answer::Declined => {}
            Answer::NoDialog => self.ask_in_writing(question, &typed),
        }
    }

    /// Says that what was picked is passed over: the dialog stayed open when the person went on without it.
    fn tell_late(&mut self, question: Question, path: &Path) {
        let why = format!(
            "“{}” was waited for no longer when {} was picked there, so nothing was done with it.",
            question.title(),
            path.display()
        );
        let problem = Problem::new("The system's dialog answered too late", why).with_remedy("Ask again to use it.");
        self.session.lasting.notices.tell_problem(problem);
    }

    /// Takes the keys of this frame away from the window: what they call, and what they write. Escape waits no longer, as it would turn away
    /// from the dialog if that were there.
    pub(super) fn rest_keys(&mut self, ctx: &Context) {
        if !self.chooser.is_asking() {
            return;
        }
        let ahead = std::mem::take(&mut self.typed_ahead);
        let is_left = ctx.input(|input| input.key_pressed(Key::Escape));
        self.keep_for_dialog(ahead.iter().chain(&take_typed(ctx)));
        if is_left {
            self.stop_waiting();
        }
    }

    /// What was typed in this frame behind the keys that ask for a folder: the dialog's, if one is asked for by now, and else that of
    /// the next frame.
    pub(super) fn settle_typed(&mut self, ctx: &Context, typed: Vec<Event>) {
        if typed.is_empty() {
            return;
        }
        if self.chooser.is_asking() {
            return self.keep_for_dialog(&typed);
        }
        self.typed_ahead.extend(typed);
        ctx.request_repaint();
    }

    /// Keeps the letters, in case there is no such dialog and the path is written in this window.
    fn keep_for_dialog<'a>(&mut self, typed: impl IntoIterator<Item = &'a Event>) {
        for event in typed {
            if let Event::Text(text) | Event::Paste(text) | Event::Ime(ImeEvent::Commit(text)) = event
                && self.typed_for_dialog.len() + text.len() <= MOST_TYPED
            {
                self.typed_for_dialog += text;
            } else if let Event::Key { key: Key::Backspace, .. } = event {
                self.typed_for_dialog.pop();
            }
        }
    }

    fn stop_waiting(&mut self) {
        self.chooser.give_up();
        self.typed_for_dialog.clear();
    }

    /// Says what is waited for, and lets the person go on without it.
    pub(super) fn show_waiting(&mut self, ctx: &Context) {
        let Some(question) = self.chooser.open_question() else { return };
        // Over dialogs, too: some of them ask.
        let area = Area::new(Id::unique("waiting for a dialog")).order(Order::Tooltip).fade_in(false);
        let shown = area.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
            Frame::popup(&ctx.global_style()).inner_margin(Margin::same(14)).show(ui, |ui| {
                ui.set_max_width(WIDTH.min(ctx.content_rect().width() - 40.0));
                ui.label(RichText::new("Waiting for the system's dialog").strong().color(palette().strong));
                ui.label(RichText::new(question.title()).color(palette().text));
                let about =
                    "Until it has answered, keys do nothing in this window, but for Escape, which waits no longer.";
                ui.label(RichText::new(about).small().color(palette().weak));
                ui.add_space(4.0);
                ui.button("Stop waiting")
                    .on_hover_text(
                        "Go on without it. What is picked in it later changes nothing, and the window says so",
                    )
                    .clicked()
            })
        });
        if shown.inner.inner {
            self.stop_waiting();
        }
    }
}

/// Takes what was typed in this frame, and what keys call in it.
fn take_typed(ctx: &Context) -> Vec<Event> {
    // Keys that are let go are told all the same, or they would be held down for ever.
    let is_typed = |event: &Event| {
        matches!(
            event,
            Event::Key { pressed: true, .. }
                | Event::Text(_)
                | Event::Paste(_)
                | Event::Copy
                | Event::Cut
                | Event::Ime(_)
        )
    };
    ctx.input_mut(|input| input.events.extract_if(.., |event| is_typed(event)).collect())
}
