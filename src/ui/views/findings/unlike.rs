//! Images unlike all others.

use std::sync::Arc;

use eframe::egui::{Label, RichText, Ui};

use super::decide::{Choice, Row, show_rows};
use super::nearest::{Beside, Caption};
use super::{Drawing, facts};
use crate::domain::{Decided, Decision, ImageId, OutlierReport, OutlierScore, StandingOut, Tags};
use crate::engine::AnalysisKind;
use crate::ui::theme::palette;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, elapsed, ordinal, thousands};

/// What the count of outliers means.
pub(super) const STANDING_OUT: &str = "So many stand out by far: their score is above that of three quarters of all images by more than \
    three times the span of the middle half (Tukey's outer fence)";

/// Outliers that are shown; beyond these nothing is unusual any more.
const OUTLIERS: usize = 200;

/// The outliers by the score that is chosen.
#[derive(Clone, Default)]
pub(super) struct Unlike {
    by: OutlierScore,
    ranked: Option<Ranked>,
}

/// The outliers that are shown: those of a report by a score that nobody decided on yet.
#[derive(Clone)]
struct Ranked {
    of: Arc<OutlierReport>,
    by: OutlierScore,
    tags: Arc<Tags>,
    found: Arc<Found>,
    first: Vec<(ImageId, f32)>,
    decided: usize,
    /// How many of all stand out and are still to be decided on.
    standing_out: usize,
}

/// What a report says by a score, whatever was decided since: it takes a look at every image.
struct Found {
    first: Vec<(ImageId, f32)>,
    /// What is in the middle of all scores.
    usual: f32,
    standing_out: StandingOut,
}

impl Ranked {
    /// What was shown before has what decisions do not change.
    fn new(of: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>, before: Option<Self>) -> Self {
        let before = before.filter(|before| Arc::ptr_eq(&before.of, of) && before.by == by);
        let found = before.map_or_else(|| Arc::new(Found::new(of, by)), |before| before.found);
        let is_open = |(id, _): &&(ImageId, f32)| !Decided(tags).on_picture(*id);
        let first: Vec<(ImageId, f32)> = found.first.iter().filter(is_open).copied().collect();
        let decided = found.first.len() - first.len();
        let StandingOut { from, count } = found.standing_out;
        let stand_out = |list: &[(ImageId, f32)]| list.iter().filter(|(_, score)| *score > from).count();
        let standing_out = count.saturating_sub(stand_out(&found.first) - stand_out(&first));
        Self { of: of.clone(), by, tags: tags.clone(), found, first, decided, standing_out }
    }

    fn is_of(&self, report: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>) -> bool {
        Arc::ptr_eq(&self.of, report) && self.by == by && Arc::ptr_eq(&self.tags, tags)
    }
}

impl Found {
    fn new(of: &OutlierReport, by: OutlierScore) -> Self {
        Self { first: of.first(by, OUTLIERS), usual: median(of.scores(by)), standing_out: of.standing_out(by) }
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

    /// Found once a report, score and change of tags, not in every frame. It takes a look at every image.
    pub fn take_in(&mut self, report: Option<&Arc<OutlierReport>>, tags: &Arc<Tags>) {
        let by = self.by;
        self.ranked = report.map(|report| match self.ranked.take() {
            Some(known) if known.is_of(report, by, tags) => known,
            before => Ranked::new(report, by, tags, before),
        });
    }

    pub fn is_current(&self, report: Option<&Arc<OutlierReport>>, tags: &Arc<Tags>) -> bool {
        match (&self.ranked, report) {
            (Some(known), Some(report)) => known.is_of(report, self.by, tags),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Takes over what was ranked; by which score they are to be stays.
    pub fn take_over(&mut self, made: Self) {
        self.ranked = made.ranked;
    }

    /// How many stand out.
    pub fn count(&self) -> Option<usize> {
        self.ranked.as_ref().map(|ranked| ranked.standing_out)
    }

    /// Shows those that were ranked last: by another score, or of another report, they may be on their way.
    pub fn show(&self, ui: &mut Ui, drawing: &mut Drawing) {
        let Some(ranked) = &self.ranked else {
            empty_state(ui, "Sorting", "Those most unlike the others come first.", |_| {});
            return;
        };
        if ranked.by != self.by {
            // They are sorted anew in the frames to come.
            ui.ctx().request_repaint();
        }
        let report = &ranked.of;
        let layer = drawing.session.opened.layer_titles.of_name(&report.wish.source.layer);
        let images = counted(report.ids.len(), "picture", "pictures");
        let mut told = match ranked.standing_out {
            0 => format!("None of {images} stands out at {layer}: these are only the farthest from the others"),
            1 => format!("1 of {images} stands out at {layer}  ·  the farthest first"),
            many => format!("{} of {images} stand out at {layer}  ·  the farthest first", thousands(many)),
        };
        if ranked.decided > 0 {
            told += &format!("  ·  {} decided", thousands(ranked.decided));
        }
        let time = elapsed(report.elapsed_secs);
        let how = format!("{}. {STANDING_OUT}. Found in {time}.", ranked.by.hint());
        facts::show(ui, &told, &how, drawing.session, AnalysisKind::Outliers);
        let words =
            "Beside each: those nearest to it, and how far they are, from 0 (the same) to 1 (nothing in common).";
        let beside = Label::new(RichText::new(words).small().color(palette().weak)).truncate();
        ui.add(beside).on_hover_text("The distance is 1 − cosine of what the layer sees in both.");
        show_ranked(ui, ranked, report, drawing);
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
        let (usual, is_weak) = (ranked.found.usual, place >= ranked.standing_out);
        let k = report.wish.k.min(report.ids.len().saturating_sub(1));
        let (reason, details) = (reason(ranked.by, score, usual), details(ranked.by, score, usual, k));
        let choices = vec![dismiss, Choice::remove()];
        Some(Row { image, reason, details, is_weak, verdict: None, choices })
    };
    let beside = Beside { source: &report.wish.source, caption: Caption::Distance };
    show_rows(ui, "Outlier", ranked.first.len(), row, Some(&beside), drawing);
}

/// Up to so many times what is usual nobody would call farther.
const AS_USUAL: f32 = 1.05;

/// Why an image is an outlier, beside what is usual.
fn reason(by: OutlierScore, score: f32, usual: f32) -> String {
    if !score.is_finite() {
        return "Unlike all others, by more than can be said in numbers".to_owned();
    }
    match by {
        OutlierScore::Distance if score <= AS_USUAL * usual => {
            "No farther from other pictures than is usual here".to_owned()
        }
        // Where most have copies a usual distance is none.
        OutlierScore::Distance if usual <= 0.0 => {
            "Far from other pictures, where most have one that is the same".to_owned()
        }
        OutlierScore::Distance => format!("{:.1} times as far from other pictures as is usual here", score / usual),
        OutlierScore::Factor => format!("{score:.1} times as far from its neighbours as they are from theirs"),
        OutlierScore::Cluster => format!("{score:.1} times as far from the middle of its cluster as others are"),
    }
}

/// The numbers behind that.
fn details(by: OutlierScore, score: f32, usual: f32, k: usize) -> String {
    match by {
        OutlierScore::Distance => format!(
            "Its {} nearest picture is at a distance of {score:.3}; half of all pictures have theirs within {usual:.3}.",
            ordinal(k)
        ),
        OutlierScore::Factor | OutlierScore::Cluster => {
            format!("{}. Here it is {score:.3}; in the middle of all is {usual:.3}.", by.hint())
        }
    }
}
