//! Labels that are probably wrong.

use std::sync::Arc;

use eframe::egui::Ui;

use super::decide::{Choice, Row, show_rows};
use super::labels::Labels;
use super::listed::Listed;
use super::nearest::{Beside, Caption, Verdict};
use super::{Drawing, facts};
use crate::domain::{Decided, Decision, SuspiciousLabel, SuspiciousLabelReport, Tags};
use crate::engine::{AnalysisKind, AnalysisWish};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::old_labels;
use crate::ui::widgets::text::{counted, elapsed, thousands};

/// The list of suspicious labels.
#[derive(Clone, Default)]
pub(super) struct Suspicious {
    listed: Option<Listed<SuspiciousLabelReport>>,
    /// How often labels had changed when they were listed.
    label_changes: usize,
}

impl Suspicious {
    pub fn take_in(&mut self, report: Option<&Arc<SuspiciousLabelReport>>, tags: &Arc<Tags>, labels: &Labels) {
        if self.label_changes != labels.changes {
            (self.listed, self.label_changes) = (None, labels.changes);
        }
        // Who has another label by now was relabelled.
        let is_decided = |report: &SuspiciousLabelReport, row: usize| {
            let label = &report.labels[row];
            Decided(tags).on_label(label.image) || !labels.has(label.image, &label.given)
        };
        Listed::renew(&mut self.listed, report, tags, |report| report.labels.len(), |_, _| true, is_decided);
    }

    pub fn is_current(&self, report: Option<&Arc<SuspiciousLabelReport>>, tags: &Arc<Tags>, labels: &Labels) -> bool {
        self.label_changes == labels.changes && Listed::is_current(self.listed.as_ref(), report, tags)
    }

    pub fn count(&self) -> Option<usize> {
        self.listed.as_ref().map(Listed::count)
    }

    pub fn show(&self, ui: &mut Ui, drawing: &mut Drawing) {
        let Some(listed) = &self.listed else { return };
        let report = &listed.of;
        let layer = drawing.session.opened.layer_titles.of_name(&report.wish.source.layer);
        let count = match listed.count() {
            0 => "None".to_owned(),
            some => thousands(some),
        };
        let facts = format!(
            "{count} of {} {} like pictures of another label at {layer}{}",
            counted(report.compared, "picture", "pictures"),
            if listed.count() < 2 { "looks" } else { "look" },
            listed.decided_in_words(),
        );
        let time = elapsed(report.elapsed_secs);
        facts::show(ui, &facts, &how(report, &time), drawing.session, AnalysisKind::SuspiciousLabels);
        if drawing.session.opened.is_of_old_labels(AnalysisKind::SuspiciousLabels) {
            let what = "Labels changed since: these were found by those of before.";
            let again = ("Find them anew", "Among the labels of now, at the layer at which these were found");
            if old_labels::show(ui, what, again, !drawing.session.opened.is_at(AnalysisKind::SuspiciousLabels)) {
                drawing.actions.push(AnalysisWish::SuspiciousLabels(report.wish.clone()).into());
            }
        }
        if listed.rows.is_empty() {
            let hint = match listed.decided {
                0 => "Neighbours have the labels that the images have.",
                _ => "You decided on all of them. Tags and labels say what, and Undo takes decisions back.",
            };
            empty_state(ui, "No label is suspicious", hint, |_| {});
            return;
        }
        let row = |place: usize| {
            let label = &report.labels[listed.rows[place]];
            let choices = vec![
                Choice {
                    text: "Dismiss".to_owned(),
                    hint: "The label is right: it is not listed again",
                    decision: Decision::LabelIsRight,
                },
                Choice {
                    text: format!("Relabel as {}", label.likely),
                    hint: "Give it this label, in place of that of its folder or of an import. No file is touched, and Undo takes \
                           it back",
                    decision: Decision::Relabel(label.likely.clone()),
                },
                Choice::remove(),
            ];
            let verdict = Some(Verdict { likely: &label.likely });
            let (reason, is_weak) = (report.reason(label), report.is_weak(label));
            Some(Row { image: label.image, reason, details: details(report, label), is_weak, verdict, choices })
        };
        let beside = Beside { source: &report.wish.source, caption: Caption::Label };
        show_rows(ui, "Suspicious label", listed.rows.len(), row, Some(&beside), drawing);
    }
}

/// How they are found, and what stands in a row.
fn how(report: &SuspiciousLabelReport, time: &str) -> String {
    format!(
        "By confident learning: a label is suspicious where the labels of the {} pictures most like it make another one more probable, \
         as far as such labels can be trusted here. {} compared, {time}. Beside each picture lie those most like it, first those of \
         the other label.",
        report.neighbours,
        counted(report.classes, "label", "labels"),
    )
}

/// The numbers behind a reason.
fn details(report: &SuspiciousLabelReport, label: &SuspiciousLabel) -> String {
    let (likely, given) = (&label.likely, &label.given);
    let mut details = format!(
        "By the labels of those most like it \"{given}\" has a probability of {:.2}. {} asked, the one looked at here among them: at \
         {} the pictures most like it say \"{likely}\"",
        label.confidence,
        counted(report.layers.len(), "layer was", "layers were"),
        label.layers,
    );
    if let Some(middles) = label.middles {
        details += &format!(
            ", and at {middles} it is nearer to the mean of all \"{likely}\" than to that of all other \"{given}\""
        );
    }
    let named = (label.likely_neighbours + label.given_neighbours) as usize;
    match report.neighbours.saturating_sub(named) {
        0 => {}
        1 => details += ". 1 of those most like it has a third label",
        others => details += &format!(". {others} of those most like it have other labels"),
    }
    details + "."
}
