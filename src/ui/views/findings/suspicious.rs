//! Labels that are probably wrong.

use std::sync::Arc;

use eframe::egui::{Label, RichText, Ui};

use super::Drawing;
use super::decide::{Choice, Row, show_rows};
use super::labels::Labels;
use super::listed::Listed;
use super::nearest::{Beside, Caption, Verdict};
use crate::domain::{Decided, Decision, SuspiciousLabelReport, Tags};
use crate::engine::{AnalysisKind, AnalysisWish};
use crate::ui::theme::palette;
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::old_labels;
use crate::ui::widgets::text::counted;

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
        let facts = format!(
            "{} among {} with {} at {}, {}{}  ·  beside each: its neighbours, first those of the other label",
            listed.count(),
            counted(report.compared, "image", "images"),
            counted(report.classes, "label", "labels"),
            drawing.session.opened.layer_titles.of_name(&report.wish.source.layer),
            drawing.time_of(AnalysisKind::SuspiciousLabels, report.elapsed_secs),
            listed.decided_in_words(),
        );
        let facts = Label::new(RichText::new(facts).small().color(palette().weak)).truncate();
        with_choice(ui.add(facts), drawing.session, AnalysisKind::SuspiciousLabels);
        if drawing.session.opened.is_of_old_labels(AnalysisKind::SuspiciousLabels) {
            let what = "Labels changed since: these were found by those of before.";
            let again = ("Find them anew", "Among the labels of now, at the layer at which these were found");
            if old_labels::show(ui, what, again, !drawing.session.is_analysing()) {
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
            Some(Row { image: label.image, reason, is_weak, verdict, choices })
        };
        let beside = Beside { source: &report.wish.source, caption: Caption::Label };
        show_rows(ui, "Suspicious label", listed.rows.len(), row, Some(&beside), drawing);
    }
}
