//! Images unlike all others.

use std::sync::Arc;

use eframe::egui::{Label, RichText, Ui};

use super::Drawing;
use super::decide::{Choice, Row, show_rows};
use super::nearest::{Beside, Caption};
use crate::domain::{Decided, Decision, ImageId, OutlierReport, OutlierScore, Tags};
use crate::engine::AnalysisKind;
use crate::ui::theme::palette;
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::counted;

/// Outliers that are shown; beyond these nothing is unusual any more.
const OUTLIERS: usize = 200;

/// The outliers by the score that is chosen.
#[derive(Default)]
pub(super) struct Unlike {
    by: OutlierScore,
    ranked: Option<Ranked>,
}

/// The outliers that are shown: those of a report by a score that nobody decided on yet.
struct Ranked {
    of: Arc<OutlierReport>,
    by: OutlierScore,
    tags: Arc<Tags>,
    first: Vec<(ImageId, f32)>,
    /// What is in the middle of all scores.
    usual: f32,
    decided: usize,
}

impl Ranked {
    /// What was shown before has what decisions do not change.
    fn new(of: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>, before: Option<Self>) -> Self {
        let before = before.filter(|before| Arc::ptr_eq(&before.of, of) && before.by == by);
        let usual = before.map_or_else(|| median(of.scores(by)), |before| before.usual);
        let mut first = of.first(by, OUTLIERS);
        let found = first.len();
        first.retain(|(id, _)| !Decided(tags).on_picture(*id));
        let decided = found - first.len();
        Self { of: of.clone(), by, tags: tags.clone(), first, usual, decided }
    }

    fn is_of(&self, report: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>) -> bool {
        Arc::ptr_eq(&self.of, report) && self.by == by && Arc::ptr_eq(&self.tags, tags)
    }
}

fn median(scores: &[f32]) -> f32 {
    let mut scores: Vec<f32> = scores.iter().copied().filter(|score| score.is_finite()).collect();
    let middle = scores.len() / 2;
    if scores.is_empty() {
        return 0.0;
    }
    *scores.select_nth_unstable_by(middle, f32::total_cmp).1
}

impl Unlike {
    /// The score, to be chosen.
    pub fn by(&mut self) -> &mut OutlierScore {
        &mut self.by
    }

    pub fn show(&mut self, ui: &mut Ui, report: &Arc<OutlierReport>, drawing: &mut Drawing) {
        let by = self.by;
        let tags = &drawing.session.opened.tags;
        // Found once a report, score and change of tags, not in every frame: it takes a look at every image.
        let ranked = match self.ranked.take() {
            Some(known) if known.is_of(report, by, tags) => known,
            before => Ranked::new(report, by, tags, before),
        };
        let images = counted(report.ids.len(), "image", "images");
        let time = drawing.time_of(AnalysisKind::Outliers, report.elapsed_secs);
        let layer = drawing.session.opened.layer_titles.of_name(&report.wish.source.layer);
        let mut facts = format!("{images} at {layer}, {time}");
        if ranked.decided > 0 {
            facts += &format!("  ·  {} decided", ranked.decided);
        }
        facts += "  ·  the most unlike first; beside each: those most like it all the same";
        with_choice(
            ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate()),
            drawing.session,
            AnalysisKind::Outliers,
        );
        show_ranked(ui, &ranked, report, drawing);
        self.ranked = Some(ranked);
    }
}

/// A row an image, the most unlike first.
fn show_ranked(ui: &mut Ui, ranked: &Ranked, report: &OutlierReport, drawing: &mut Drawing) {
    if ranked.first.is_empty() {
        let hint = match ranked.decided {
            0 => "There are no images to be compared.",
            _ => "You decided on all that are listed. The tags say what, and Undo takes decisions back.",
        };
        empty_state(ui, "Nothing is unlike the rest", hint, |_| {});
        return;
    }
    let row = |place: usize| {
        let (image, score) = ranked.first[place];
        let dismiss = Choice {
            text: "Dismiss".to_owned(),
            hint: "It is as it should be: it is not listed again",
            decision: Decision::PictureIsRight,
        };
        let k = report.wish.k.min(report.ids.len().saturating_sub(1));
        let reason = reason(ranked.by, score, ranked.usual, k);
        let reason = format!("{}: {reason}", place + 1);
        Some(Row { image, reason, choices: vec![dismiss, Choice::remove()] })
    };
    let beside = Beside { source: &report.wish.source, caption: Caption::Similarity };
    show_rows(ui, "Outlier", ranked.first.len(), row, Some(&beside), drawing);
}

/// Why an image is an outlier, in numbers beside what is usual.
fn reason(by: OutlierScore, score: f32, usual: f32, k: usize) -> String {
    if !score.is_finite() {
        return "unlike all others, by more than can be said in numbers".to_owned();
    }
    match by {
        OutlierScore::Distance => format!("neighbour {k} is {score:.3} away; {usual:.3} is usual"),
        OutlierScore::Factor => format!("{score:.2} times as sparse as around its neighbours; {usual:.2} is usual"),
        OutlierScore::Cluster => {
            format!("{score:.2} times as far from the middle of its cluster as others; {usual:.2} is usual")
        }
    }
}
