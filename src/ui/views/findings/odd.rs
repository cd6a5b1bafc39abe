//! Odd pictures, and files that cannot be read.

use std::sync::Arc;

use eframe::egui::{RichText, Ui};

use super::decide::{Choice, Row, show_rows};
use super::listed::Listed;
use super::{Drawing, facts};
use crate::domain::{Decided, Decision, OddKind, OddPictureReport, Tags};
use crate::engine::AnalysisKind;
use crate::ui::theme::palette;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, elapsed, thousands};

/// The two lists.
#[derive(Clone, Default)]
pub(super) struct Odd {
    odd: Option<Listed<OddPictureReport>>,
    unreadable: Option<Listed<OddPictureReport>>,
    /// How many are odd in which ways, and of which report that is told.
    counts: Option<(Arc<OddPictureReport>, String)>,
}

impl Odd {
    pub fn take_in(&mut self, report: Option<&Arc<OddPictureReport>>, tags: &Arc<Tags>) {
        let is_decided = |report: &OddPictureReport, row: usize| Decided(tags).on_picture(report.pictures[row].image);
        let is_unreadable = |report: &OddPictureReport, row: usize| report.pictures[row].is(OddKind::Unreadable);
        let count = |report: &OddPictureReport| report.pictures.len();
        Listed::renew(&mut self.odd, report, tags, count, |report, row| !is_unreadable(report, row), is_decided);
        Listed::renew(&mut self.unreadable, report, tags, count, is_unreadable, is_decided);
        let Some(report) = report else { return self.counts = None };
        if self.counts.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, report)) {
            self.counts = Some((report.clone(), counts_in_words(report)));
        }
    }

    pub fn is_current(&self, report: Option<&Arc<OddPictureReport>>, tags: &Arc<Tags>) -> bool {
        // Both lists are of the same report and the same tags.
        Listed::is_current(self.odd.as_ref(), report, tags)
    }

    /// How many can be read and are odd.
    pub fn count(&self) -> Option<usize> {
        self.odd.as_ref().map(Listed::count)
    }

    /// How many that cannot be read were decided on.
    pub fn unreadable_decided(&self) -> usize {
        self.unreadable.as_ref().map_or(0, |listed| listed.decided)
    }

    pub fn show(&self, ui: &mut Ui, drawing: &mut Drawing) {
        let Some(listed) = &self.odd else { return };
        let report = &listed.of;
        let mut told = match listed.count() {
            0 => "None".to_owned(),
            some => thousands(some),
        };
        told += &format!(" of {}", counted(report.compared, "picture", "pictures"));
        if let Some((_, counts)) = self.counts.as_ref().filter(|(_, counts)| !counts.is_empty()) {
            told += &format!("  ·  {counts}");
        }
        told += &listed.decided_in_words();
        let how =
            format!("Each beside what is usual among all of them. Looked at in {}.", elapsed(report.elapsed_secs));
        facts::show(ui, &told, &how, drawing.session, AnalysisKind::OddPictures);
        if !report.common.is_empty() {
            let common: Vec<&str> = report.common.iter().map(|kind| kind.title()).collect();
            let text = format!("So many are {} that it is not odd here.", common.join(", or "));
            ui.label(RichText::new(text).small().color(palette().weak));
        }
        let hint = "None is blurred, dark, bright, near-blank, tiny or of odd shape beside the others.";
        show_list(ui, "Odd picture", ("No picture is odd", hint), report, listed, drawing);
    }

    pub fn show_unreadable(&self, ui: &mut Ui, drawing: &mut Drawing) {
        let Some(listed) = &self.unreadable else { return };
        let report = &listed.of;
        let told =
            format!("{} of {}{}", listed.count(), counted(report.compared, "file", "files"), listed.decided_in_words());
        let how = "A picture that a reader of its kind gives up, or whose file is gone.";
        facts::show(ui, &told, how, drawing.session, AnalysisKind::OddPictures);
        let raw = drawing.session.opened.camera_raw.in_words();
        let can_be_read = if raw.is_some() { "Every other file can be read" } else { "Every file can be read" };
        if let Some(raw) = raw {
            // One line, however many: they are not in the list.
            ui.label(format!("{raw}."));
        }
        let nothing = (can_be_read, "None is damaged, missing or of an unknown kind.");
        show_list(ui, "Unreadable file", nothing, report, listed, drawing);
    }
}

fn show_list(
    ui: &mut Ui,
    what: &str,
    (nothing, hint): (&str, &str),
    report: &OddPictureReport,
    listed: &Listed<OddPictureReport>,
    drawing: &mut Drawing,
) {
    if listed.rows.is_empty() {
        let all_decided = "You decided on all of them. The tags say what, and Undo takes decisions back.";
        empty_state(ui, nothing, if listed.decided > 0 { all_decided } else { hint }, |_| {});
        return;
    }
    let session = drawing.session;
    let row = |place: usize| {
        let odd = &report.pictures[listed.rows[place]];
        let problem = session.image(odd.image)?.problem;
        let dismiss = Choice {
            text: "Dismiss".to_owned(),
            hint: "It is as it should be: it is not listed again",
            decision: Decision::PictureIsRight,
        };
        Some(Row {
            image: odd.image,
            reason: odd.reason(problem),
            details: String::new(),
            is_weak: false,
            verdict: None,
            choices: vec![dismiss, Choice::remove()],
        })
    };
    show_rows(ui, what, listed.rows.len(), row, None, drawing);
}

/// `3 blurred, 2 dark`: of those that can be read.
fn counts_in_words(report: &OddPictureReport) -> String {
    let kinds = OddKind::ALL.into_iter().filter(|kind| *kind != OddKind::Unreadable);
    let counts: Vec<String> = kinds
        .map(|kind| (report.count(kind), kind))
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {}", kind.title()))
        .collect();
    counts.join(", ")
}
