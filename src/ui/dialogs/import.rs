//! Labels, splits and boxes from files: which file, what was recognised in it, how far the import is, and what came of it.

mod choosing;
mod recognised;

use std::path::Path;

use eframe::egui::{self, ProgressBar, RichText, Ui};

use super::modal;
use super::path::PathField;
use crate::domain::thousands;
use crate::engine::Progress;
use crate::session::{Action, Import, ImportState, NoticeOf, Session};
use crate::ui::Waker;
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::widgets::problem::{show_problems_of, show_standing_problem};
use crate::ui::widgets::text::counted;

use choosing::Choosing;

/// Within so many seconds after what was recognised is seen, Enter imports nothing: who pressed it twice has not read that.
const READ_SECS: f64 = 0.5;

/// What is chosen so far.
pub struct ImportDialog {
    choosing: Choosing,
    /// Whether a file was being chosen in the last frame.
    is_choosing: bool,
    /// When what was recognised was first seen.
    known_since: Option<f64>,
}

impl ImportDialog {
    /// Of a file that is still to be chosen; people look for it first where the pictures are.
    pub fn new(folder: &Path, waker: Waker) -> Self {
        Self { choosing: Choosing::new(folder, waker), is_choosing: false, known_since: None }
    }

    /// Where the file or folder is written.
    pub(super) fn path(&mut self) -> &mut PathField {
        &mut self.choosing.path
    }

    /// Says whether it is done.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> bool {
        if session.collection().is_none() {
            return true;
        }
        let state = &session.opened.import;
        let is_choosing = matches!(state, ImportState::Idle | ImportState::Failed(_));
        if is_choosing && !std::mem::replace(&mut self.is_choosing, is_choosing) {
            self.choosing.path.focus();
        }
        self.is_choosing = is_choosing;
        let now = ctx.input(|input| input.time);
        self.known_since = matches!(state, ImportState::Known { .. }).then(|| self.known_since.unwrap_or(now));
        let can_enter = self.known_since.is_some_and(|since| now - since >= READ_SECS);
        modal(ctx, "Import labels and boxes", 540.0, |ui| {
            let own = if let ImportState::Failed(problem) = state { Some(problem) } else { None };
            show_problems_of(ui, session, NoticeOf::Import, own, actions);
            match state {
                ImportState::Idle => self.choosing.show(ui, actions),
                ImportState::Failed(problem) => {
                    show_standing_problem(ui, problem);
                    ui.add_space(8.0);
                    self.choosing.show(ui, actions)
                }
                ImportState::Looking { wish, progress } => {
                    ui.label(format!("Reading {}", wish.path.display()));
                    show_running(ui, progress.as_deref(), actions)
                }
                ImportState::Known { wish, report } => recognised::show_known(ui, wish, report, can_enter, actions),
                ImportState::Running { wish, report, progress } => {
                    ui.label(format!("Importing {} from {}", recognised::what(report), wish.path.display()));
                    show_running(ui, progress.as_deref(), actions)
                }
                ImportState::Done(report) => recognised::show_done(ui, report, actions, commands),
            }
        })
    }
}

/// How far it is; says whether the dialog is to be closed.
fn show_running(ui: &mut Ui, progress: Option<&Progress>, actions: &mut Vec<Action>) -> bool {
    let is_written = progress.is_some_and(Progress::total_is_final);
    ui.add_space(4.0);
    let said = match progress {
        None => "Beginning…".to_owned(),
        Some(progress) if is_written => {
            let bar = ProgressBar::new(progress.share()).desired_height(6.0).fill(palette().accent);
            ui.add(bar).accessible_name("Import labels and boxes");
            format!("Writing what is known of {}", counted(progress.total(), "picture", "pictures"))
        }
        Some(progress) => format!("{} pictures read so far", thousands(progress.done())),
    };
    ui.horizontal(|ui| {
        if !is_written {
            ui.spinner();
        }
        ui.label(RichText::new(said).small().color(palette().weak));
    });
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if progress.is_some_and(Progress::is_cancelled) && !is_written {
            ui.label(RichText::new("Stopping…").color(palette().weak));
        } else {
            let hint = "Nothing is changed then";
            let why_not = "It is being written, which takes a moment";
            let stop = ui.add_enabled(!is_written, egui::Button::new("Stop"));
            let stop = stop.on_hover_text(hint).on_disabled_hover_text(why_not);
            if stop.accessible_name("Stop importing").clicked() {
                actions.push(Import::Stop.into());
            }
        }
        is_done = ui.button("Close").on_hover_text("It goes on, and you are told when it has ended").clicked();
    });
    is_done
}
