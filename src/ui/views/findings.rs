//! What to check in the collection, as lists with their counts: images that are the same picture, labels that are probably wrong,
//! images unlike all others, odd pictures, files that cannot be read.

mod copies;
mod decide;
mod listed;
mod nearest;
mod odd;
mod suspicious;
mod unasked;
mod unlike;

use eframe::egui::{Button, ComboBox, DragValue, Rect, RichText, Ui};

use crate::domain::{
    DuplicateWish, ImageId, OutlierScore, OutlierWish, StoredLayer, SuspiciousLabelWish, Within, thousands,
};
use crate::engine::{AnalysisKind, AnalysisWish, Finding};
use crate::session::{Action, Analyse, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::LabelRanks;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::elapsed;
use crate::ui::widgets::tile;
use crate::ui::widgets::{Hover, Tile, TileMarks};

/// Side of a picture in points.
const TILE: f32 = 72.0;
/// Neighbours by which outliers are found.
const NEIGHBOURS: usize = 10;

/// What is looked for and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum What {
    #[default]
    Duplicates,
    SuspiciousLabels,
    Outliers,
    OddPictures,
    Unreadable,
}

impl What {
    const ALL: [Self; 5] =
        [Self::Duplicates, Self::SuspiciousLabels, Self::Outliers, Self::OddPictures, Self::Unreadable];

    fn title(self) -> &'static str {
        match self {
            Self::Duplicates => "Near-duplicates",
            Self::SuspiciousLabels => "Suspicious labels",
            Self::Outliers => "Outliers",
            Self::OddPictures => "Odd pictures",
            Self::Unreadable => "Unreadable files",
        }
    }

    /// What stands there before anything was found: a question, and what would answer it.
    fn question(self) -> (&'static str, &'static str) {
        match self {
            Self::Duplicates => (
                "Is anything here twice?",
                "Groups of identical files, of pictures that look alike, and of images that the layer cannot tell \
                 apart. Labels or splits that contradict each other are pointed out.",
            ),
            Self::SuspiciousLabels => (
                "Which labels are wrong?",
                "Images whose neighbours have another label, at the current layer, and how many other layers say the \
                 same. Labels are the names of folders, or were imported.",
            ),
            Self::Outliers => (
                "What is unlike the rest?",
                "Images far from their neighbours, in a sparser region than their neighbours, or far from the centre \
                 of their cluster.",
            ),
            Self::OddPictures => (
                "Is something wrong with pictures?",
                "Blurred, dark, bright, near-blank, tiny or of odd shape, beside what is usual in the collection.",
            ),
            Self::Unreadable => ("Which files cannot be read?", "Each with the reason."),
        }
    }

    /// Whether it is found by the vectors of a layer.
    fn needs_vectors(self) -> bool {
        !matches!(self, Self::OddPictures | Self::Unreadable)
    }
}

/// The findings view.
#[derive(Default)]
pub struct FindingsView {
    what: What,
    copies: copies::Copies,
    suspicious: suspicious::Suspicious,
    unlike: unlike::Unlike,
    odd: odd::Odd,
    unasked: unasked::Unasked,
    ranks: LabelRanks,
    hover: Hover,
}

/// What a row or a tile is drawn with.
struct Drawing<'a> {
    session: &'a Session,
    thumbs: &'a mut Thumbnails,
    actions: &'a mut Vec<Action>,
    ranks: &'a LabelRanks,
    under: Option<ImageId>,
}

impl View for FindingsView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, .. } = cx;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.unasked.ask(session, actions);
        self.take_in(session);
        self.show_lists(ui, session);
        self.show_controls(ui, session, actions);
        // They are read while the lists are drawn, which change.
        let mut ranks = std::mem::take(&mut self.ranks);
        ranks.refresh(&session.opened.label_places);
        let mut drawing = Drawing { session, thumbs, actions, ranks: &ranks, under: None };
        if !self.show_found(ui, &mut drawing) {
            let (question, hint) = match session.is_analysing() {
                true => ("Comparing", "What is found appears here."),
                false => self.what.question(),
            };
            empty_state(ui, question, hint, |_| {});
        }
        let under = drawing.under;
        self.ranks = ranks;
        self.hover.settle(under, session, actions);
    }
}

impl FindingsView {
    /// What was found, without what was decided on since.
    fn take_in(&mut self, session: &Session) {
        let (findings, tags) = (&session.opened.findings, &session.opened.tags);
        self.copies.take_in(findings.get(Finding::duplicates), tags);
        self.suspicious.take_in(findings.get(Finding::suspicious_labels), tags);
        self.odd.take_in(findings.get(Finding::odd_pictures), tags);
    }

    /// How many there are to be looked at, as far as that is known.
    fn count(&self, what: What, session: &Session) -> Option<usize> {
        match what {
            What::Duplicates => self.copies.count(),
            What::SuspiciousLabels => self.suspicious.count(),
            What::Outliers => None,
            What::OddPictures => self.odd.count(),
            What::Unreadable => Some(session.opened.problem_count),
        }
    }

    fn show_lists(&mut self, ui: &mut Ui, session: &Session) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for what in What::ALL {
                let title = match self.count(what, session) {
                    Some(count) => format!("{}  {}", what.title(), thousands(count)),
                    None => what.title().to_owned(),
                };
                let chip = ui.selectable_label(self.what == what, RichText::new(title).small());
                if chip.accessible_name(what.title()).clicked() {
                    self.what = what;
                }
            }
        });
    }

    fn show_controls(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            match self.what {
                What::Duplicates => {
                    let drag = DragValue::new(self.copies.percent()).range(0.1..=100.0).speed(0.1).max_decimals(1);
                    let hint = "Two images are the same to the layer if the distance between them is at most this \
                                share of the distance to a tenth neighbour: to a typical one, and to each image's own";
                    let drag = drag.prefix("within ").suffix(" % of the usual distance");
                    ui.add(drag).on_hover_text(hint).accessible_name("Share of the usual distance");
                }
                What::Outliers => {
                    let by = self.unlike.by();
                    let combo = ComboBox::from_id_salt("outliers by").width(170.0).selected_text(by.title());
                    let combo = combo.show_ui(ui, |ui| {
                        for score in OutlierScore::ALL {
                            ui.selectable_value(by, score, score.title()).on_hover_text(score.hint());
                        }
                    });
                    combo.response.on_hover_text(by.hint()).accessible_name("Outliers by");
                }
                What::SuspiciousLabels | What::OddPictures | What::Unreadable => {}
            }
            if session.is_analysing() {
                if ui.button("Stop").clicked() {
                    actions.push(Analyse::Stop.into());
                }
                ui.spinner();
                return;
            }
            let source = session.source().filter(|_| session.opened.committed.is_some_and(|(images, _)| images > 0));
            let wish = self.wish(source);
            let why_not = match self.what.needs_vectors() {
                true => "The current layer is not stored, or no image has vectors yet",
                false => "There are no images yet",
            };
            let button = ui
                .add_enabled(wish.is_some(), Button::new((Icon::Search.atom(), "Find")))
                .on_disabled_hover_text(why_not);
            if let (true, Some(wish)) = (button.clicked(), wish) {
                actions.push(wish.into());
            }
        });
        ui.add_space(2.0);
    }

    fn wish(&mut self, source: Option<StoredLayer>) -> Option<AnalysisWish> {
        Some(match self.what {
            What::Duplicates => {
                let source = source?;
                let share = Within::Share { share: *self.copies.percent() / 100.0 };
                let features = Some((source.clone(), share));
                AnalysisWish::Duplicates(DuplicateWish { features, ..DuplicateWish::new(source) })
            }
            What::SuspiciousLabels => AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source?)),
            What::Outliers => AnalysisWish::Outliers(OutlierWish { source: source?, k: NEIGHBOURS }),
            What::OddPictures | What::Unreadable => AnalysisWish::OddPictures,
        })
    }

    /// Shows what was found; says no if nothing was looked for yet.
    fn show_found(&mut self, ui: &mut Ui, drawing: &mut Drawing) -> bool {
        let findings = &drawing.session.opened.findings;
        match self.what {
            What::Duplicates => {
                findings.get(Finding::duplicates).map(|report| self.copies.show(ui, report, drawing)).is_some()
            }
            What::SuspiciousLabels => {
                let report = findings.get(Finding::suspicious_labels);
                report.map(|report| self.suspicious.show(ui, report, drawing)).is_some()
            }
            What::Outliers => {
                findings.get(Finding::outliers).map(|report| self.unlike.show(ui, report, drawing)).is_some()
            }
            What::OddPictures => {
                findings.get(Finding::odd_pictures).map(|report| self.odd.show(ui, report, drawing)).is_some()
            }
            What::Unreadable => {
                let report = findings.get(Finding::odd_pictures);
                report.map(|report| self.odd.show_unreadable(ui, report, drawing)).is_some()
            }
        }
    }
}

impl Drawing<'_> {
    /// One picture, which can be clicked; `what` it is.
    fn show_tile(&mut self, ui: &mut Ui, id: ImageId, picture: Rect, what: &str) {
        let Some(image) = self.session.image(id) else { return };
        let name = format!("{what}: {}", image.path.text);
        let marks = TileMarks::of(self.session, image);
        let response = Tile { image, marks, name: &name }.show(ui, picture, ui.scope_id().with(id.0), self.thumbs);
        if response.clicked() {
            let pick = tile::pick(ui.input(|input| input.modifiers));
            self.actions.push(Choose::Click(id, pick).into());
        }
        if response.hovered() {
            self.under = Some(id);
        }
    }

    /// How long it took; of what was read back that it was found before, which may not be true of the images of today.
    fn time_of(&self, of: AnalysisKind, secs: f64) -> String {
        let before = if self.session.opened.findings.is_from_before(of) { ", found earlier" } else { "" };
        format!("{}{before}", elapsed(secs))
    }
}
