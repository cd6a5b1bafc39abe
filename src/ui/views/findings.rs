//! What to check in the collection, as lists with their counts: images that are the same picture, labels that are probably wrong,
//! images unlike all others, odd pictures, files that cannot be read.

mod copies;
mod decide;
mod facts;
mod labels;
mod listed;
mod lists;
mod nearest;
mod odd;
mod suspicious;
mod told;
mod unasked;
mod unlike;

use std::sync::Arc;

use eframe::egui::{Button, ComboBox, Context, Rect, Response, RichText, Ui};

use crate::domain::{
    DuplicateWish, ImageId, OutlierScore, OutlierWish, StoredLayer, SuspiciousLabelWish, Within, thousands,
};
use crate::engine::{AnalysisKind, AnalysisWish, Collection, Finding};
use crate::session::{Action, Analyse, Session};
use crate::ui::icons::Icon;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::label_field::LabelField;
use crate::ui::widgets::tile;
use crate::ui::widgets::{Hover, Tile, TileMarks, shown_chip};
use copies::HowAlike;
use labels::Labels;
use lists::{Lists, MadeAside};

/// Side of a picture in points.
const TILE: f32 = 72.0;
/// Width of the choice how much copies may differ, in points, where there is room.
const HOW_ALIKE: f32 = 390.0;
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
                 same. Labels are the names of folders, or were imported or given here.",
            ),
            Self::Outliers => (
                "What is unlike the rest?",
                "Images at a great distance from their neighbours, by itself or beside the distances among those, or from \
                 the middle of their cluster.",
            ),
            Self::OddPictures => (
                "Is something wrong with pictures?",
                "Blurred, dark, bright, near-blank, tiny or of odd shape, beside what is usual in the collection.",
            ),
            Self::Unreadable => ("Which files cannot be read?", "Each with the reason."),
        }
    }

    /// What finds it.
    fn kind(self) -> AnalysisKind {
        match self {
            Self::Duplicates => AnalysisKind::Duplicates,
            Self::SuspiciousLabels => AnalysisKind::SuspiciousLabels,
            Self::Outliers => AnalysisKind::Outliers,
            Self::OddPictures | Self::Unreadable => AnalysisKind::OddPictures,
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
    /// The collection of which that stays what it is, since the person chose or asked for it, or there was something on it; until then
    /// it is the first list on which there is something.
    stays_in: Option<Arc<Collection>>,
    /// The collection of which what was found is counted.
    counted_in: Option<Arc<Collection>>,
    lists: Lists,
    made_aside: MadeAside,
    unasked: unasked::Unasked,
    /// A label that is being written.
    label: LabelField,
    hover: Hover,
}

/// What a row or a tile is drawn with.
struct Drawing<'a> {
    session: &'a Session,
    thumbs: &'a mut Thumbnails,
    actions: &'a mut Vec<Action>,
    label: &'a mut LabelField,
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
        self.keep_current(ui.ctx(), session);
        self.leave_empty(session);
        self.show_lists(ui, session);
        shown_chip::show_all_the_same(ui, session);
        let mut label = std::mem::take(&mut self.label);
        let mut drawing = Drawing { session, thumbs, actions, label: &mut label, under: None };
        let before = drawing.actions.len();
        self.show_controls(ui, &mut drawing);
        if drawing.actions.len() > before {
            self.stay(session);
        }
        if !self.show_found(ui, &mut drawing) {
            let (question, hint) = match session.opened.is_at(self.what.kind()) {
                true => ("Comparing", "What is found appears here."),
                false => self.what.question(),
            };
            empty_state(ui, question, hint, |_| {});
        }
        let under = drawing.under;
        self.label = label;
        self.hover.settle(under, session, actions);
    }
}

impl FindingsView {
    /// What happens in every frame, whether it is looked at or not: what is cheap is looked for.
    pub fn attend(&mut self, session: &Session, actions: &mut Vec<Action>) {
        if session.collection().is_some() && is_few(session) {
            self.unasked.ask_by_the_way(session, actions);
        }
    }

    /// Lists what was found, without what was decided on since. Called in every frame, before anything tells how much that is.
    pub fn keep_current(&mut self, ctx: &Context, session: &Session) {
        let Some(collection) = session.collection() else { return };
        if !self.counted_in.as_ref().is_some_and(|known| Arc::ptr_eq(known, collection)) {
            self.counted_in = Some(collection.clone());
            self.made_aside.give_up();
            // Ids mean other images now.
            self.lists.forget();
        }
        if is_few(session) {
            self.made_aside.give_up();
            self.lists.take_in(&session.opened.findings, &session.opened.tags, &Labels::of(session));
        } else {
            // Each change of tags takes a look at long lists, and each other score at every image: what was listed before is shown until
            // that is done.
            self.made_aside.keep_current(ctx, &mut self.lists, session);
        }
    }

    /// Goes on from a list that is known to be empty to the first one that is not, unless it stays: who has decided on the last row sees
    /// that, and can take it back.
    fn leave_empty(&mut self, session: &Session) {
        let stays = match (&self.stays_in, session.collection()) {
            (Some(stays_in), Some(open)) => Arc::ptr_eq(stays_in, open),
            (None, _) | (_, None) => false,
        };
        let has_some = |what: &What| self.lists.count(*what, session).is_some_and(|count| count > 0);
        if stays || self.lists.count(self.what, session).is_none() {
            return;
        }
        if let Some(what) = std::iter::once(self.what).chain(What::ALL).find(has_some) {
            self.what = what;
            self.stay(session);
        }
    }

    fn stay(&mut self, session: &Session) {
        self.stays_in = session.collection().cloned();
    }

    fn show_lists(&mut self, ui: &mut Ui, session: &Session) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for what in What::ALL {
                let title = match self.lists.count(what, session) {
                    Some(count) => format!("{}  {}", what.title(), thousands(count)),
                    None => what.title().to_owned(),
                };
                let chip = ui.selectable_label(self.what == what, RichText::new(title).small());
                let explains = what == What::Outliers && self.lists.unlike.count().is_some();
                let chip = if explains { chip.on_hover_text(unlike::STANDING_OUT) } else { chip };
                if chip.accessible_name(what.title()).clicked() {
                    self.what = what;
                    self.stay(session);
                }
            }
        });
    }

    fn show_controls(&mut self, ui: &mut Ui, drawing: &mut Drawing) {
        let session = drawing.session;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            match self.what {
                What::Duplicates => {
                    let now = &mut self.lists.copies.how_alike;
                    let width = HOW_ALIKE.min(ui.available_width() - 8.0);
                    let combo = ComboBox::from_id_salt("how alike copies are").width(width).truncate();
                    let combo = combo.selected_text(now.words()).show_ui(ui, |ui| {
                        for how_alike in HowAlike::ALL {
                            ui.selectable_value(now, how_alike, how_alike.words()).on_hover_text(how_alike.hint());
                        }
                    });
                    combo.response.on_hover_text(now.hint()).accessible_name("How much copies may differ");
                }
                What::Outliers => {
                    let by = self.lists.unlike.by();
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
            if let Some(running) = session.opened.analyses.of(self.what.kind()) {
                if ui.button("Stop").clicked() {
                    drawing.actions.push(Analyse::Stop(running.number).into());
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
            let (words, hint) = self.find_in_words(session);
            let button = ui
                .add_enabled(wish.is_some(), Button::new((Icon::Search.atom(), words)))
                .on_hover_text(hint)
                .on_disabled_hover_text(why_not)
                .accessible_name("Find");
            if let (true, Some(wish)) = (button.clicked(), wish) {
                drawing.actions.push(wish.into());
            }
            if self.what == What::SuspiciousLabels {
                decide::show_label_for_selection(ui, drawing);
            }
            decide::show_removals(ui, session, drawing.actions);
        });
        ui.add_space(2.0);
    }

    fn wish(&mut self, source: Option<StoredLayer>) -> Option<AnalysisWish> {
        Some(match self.what {
            What::Duplicates => {
                let source = source?;
                let share = Within::Share { share: self.lists.copies.how_alike.share() };
                let features = Some((source.clone(), share));
                AnalysisWish::Duplicates(DuplicateWish { features, ..DuplicateWish::new(source) })
            }
            What::SuspiciousLabels => AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source?)),
            What::Outliers => AnalysisWish::Outliers(OutlierWish { source: source?, k: NEIGHBOURS }),
            What::OddPictures | What::Unreadable => AnalysisWish::OddPictures,
        })
    }

    /// What the button says that looks for them, and what comes of it: who moved the depth slider since reads where they would be found.
    fn find_in_words(&self, session: &Session) -> (String, &'static str) {
        let findings = &session.opened.findings;
        let (is_known, found_at) = match self.what {
            What::Duplicates => {
                let report = findings.get(Finding::duplicates);
                (report.is_some(), report.and_then(|report| Some(&report.wish.features.as_ref()?.0)))
            }
            What::SuspiciousLabels => {
                let report = findings.get(Finding::suspicious_labels);
                (report.is_some(), report.map(|report| &report.wish.source))
            }
            What::Outliers => {
                let report = findings.get(Finding::outliers);
                (report.is_some(), report.map(|report| &report.wish.source))
            }
            What::OddPictures | What::Unreadable => (findings.get(Finding::odd_pictures).is_some(), None),
        };
        if !is_known {
            return ("Find".to_owned(), "Look for them");
        }
        let now = session.source().filter(|_| self.what.needs_vectors());
        match now.filter(|now| found_at != Some(now)) {
            Some(now) => {
                let layer = session.opened.layer_titles.of_name(&now.layer);
                let hint = match found_at {
                    Some(_) => "Look for them at the depth that the slider above says: these were found at another one",
                    None => {
                        "Compare what the network sees in the pictures, too, at the depth that the slider above says"
                    }
                };
                (format!("Find at {layer}"), hint)
            }
            None => ("Find again".to_owned(), "Look for them once more: among the pictures and labels of now"),
        }
    }

    /// Shows what was found; says no if nothing was looked for yet.
    fn show_found(&mut self, ui: &mut Ui, drawing: &mut Drawing) -> bool {
        let findings = &drawing.session.opened.findings;
        match self.what {
            What::Duplicates => {
                findings.get(Finding::duplicates).map(|report| self.lists.copies.show(ui, report, drawing)).is_some()
            }
            What::SuspiciousLabels => {
                findings.get(Finding::suspicious_labels).map(|_| self.lists.suspicious.show(ui, drawing)).is_some()
            }
            What::Outliers => findings.get(Finding::outliers).map(|_| self.lists.unlike.show(ui, drawing)).is_some(),
            What::OddPictures => {
                findings.get(Finding::odd_pictures).map(|_| self.lists.odd.show(ui, drawing)).is_some()
            }
            What::Unreadable => {
                findings.get(Finding::odd_pictures).map(|_| self.lists.odd.show_unreadable(ui, drawing)).is_some()
            }
        }
    }
}

impl Drawing<'_> {
    /// One picture, which can be clicked; `what` it is.
    fn show_tile(&mut self, ui: &mut Ui, id: ImageId, picture: Rect, what: &str) -> Option<Response> {
        let image = self.session.image(id)?;
        let name = format!("{what}: {}", image.path.text);
        let marks = TileMarks::of(self.session, image);
        let response =
            Tile { image, marks, name: &name, more: None }.show(ui, picture, ui.scope_id().with(id.0), self.thumbs);
        if response.clicked() {
            let held = ui.input(|input| input.modifiers);
            self.actions.push(tile::click(id, held).into());
        }
        if response.hovered() {
            self.under = Some(id);
        }
        Some(response)
    }
}

/// Whether lists of so many images are made in the frame that shows them.
fn is_few(session: &Session) -> bool {
    session.opened.images.len() <= unasked::PICTURES
}
