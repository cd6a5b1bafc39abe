//! What stands out in the collection: images that are the same picture, and images unlike all others.

use std::sync::Arc;

use eframe::egui::{Button, ComboBox, DragValue, Label, Rect, RichText, ScrollArea, Sense, Ui, Vec2, vec2};

use crate::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, OutlierReport, OutlierScore, OutlierWish,
    StoredLayer, Within, distance_in_words,
};
use crate::engine::{AnalysisKind, AnalysisWish, Finding};
use crate::session::{Action, Analyse, Choose, Pick, Session};
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, elapsed, thousands};
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{GridLayout, Hover, Tile, TileMarks};

/// Side of a picture in points.
const TILE: f32 = 72.0;
/// Height of a group's row: a line and pictures.
const ROW: f32 = TILE + 34.0;
/// Outliers that are shown; beyond these nothing is unusual any more.
const OUTLIERS: usize = 200;
/// Neighbours by which outliers are found.
const NEIGHBOURS: usize = 10;

/// What is looked for and shown.
#[derive(Clone, Copy, Default, PartialEq)]
enum What {
    #[default]
    Duplicates,
    Outliers(OutlierScore),
}

impl What {
    /// All there is to choose from.
    fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Duplicates).chain(OutlierScore::ALL.map(Self::Outliers))
    }

    fn title(self) -> &'static str {
        match self {
            Self::Duplicates => "Near-duplicates",
            Self::Outliers(by) => by.title(),
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
            Self::Outliers(_) => (
                "What is unlike the rest?",
                "Images far from their neighbours, in a sparser region than their neighbours, or far from the centre \
                 of their cluster.",
            ),
        }
    }
}

/// The findings view.
#[derive(Default)]
pub struct FindingsView {
    what: What,
    /// Up to which share of the usual distance images are the same to the layer, in hundredths; 0 before it was shown.
    percent: f32,
    /// The copies that are to be selected, once the person agrees: those of this report.
    asked: Option<Arc<DuplicateReport>>,
    outliers: Option<Ranked>,
    hover: Hover,
    under: Option<ImageId>,
}

/// The outliers that are shown: those of a report by a score.
struct Ranked {
    of: Arc<OutlierReport>,
    by: OutlierScore,
    first: Vec<(ImageId, f32)>,
}

/// What a row or a tile is drawn with.
struct Drawing<'a> {
    session: &'a Session,
    thumbs: &'a mut Thumbnails,
    actions: &'a mut Vec<Action>,
}

impl View for FindingsView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, .. } = cx;
        self.under = None;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.show_controls(ui, session, actions);
        let mut drawing = Drawing { session, thumbs, actions };
        let findings = &session.opened.findings;
        let shown = match self.what {
            What::Duplicates => {
                let report = findings.get(Finding::duplicates);
                report.map(|report| self.show_duplicates(ui, report, &mut drawing))
            }
            What::Outliers(by) => {
                let report = findings.get(Finding::outliers);
                report.map(|report| self.show_outliers(ui, report, by, &mut drawing))
            }
        };
        if shown.is_none() {
            let (question, hint) = match session.is_analysing() {
                true => ("Comparing", "What is found appears here."),
                false => self.what.question(),
            };
            empty_state(ui, question, hint, |_| {});
        }
        self.hover.settle(self.under, session, actions);
    }
}

impl FindingsView {
    fn show_controls(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        if self.percent == 0.0 {
            self.percent = DuplicateWish::SHARE * 100.0;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let combo = ComboBox::from_id_salt("findings").width(170.0).selected_text(self.what.title());
            let combo = combo.show_ui(ui, |ui| {
                for what in What::all() {
                    ui.selectable_value(&mut self.what, what, what.title());
                }
            });
            combo.response.accessible_name("What to find");
            if self.what == What::Duplicates {
                let drag = DragValue::new(&mut self.percent).range(0.1..=100.0).speed(0.1).max_decimals(1);
                let hint = "Two images are the same to the layer if the distance between them is at most this share \
                            of the distance to a tenth neighbour: to a typical one, and to each image's own";
                let drag = drag.prefix("within ").suffix(" % of the usual distance");
                ui.add(drag).on_hover_text(hint).accessible_name("Share of the usual distance");
            }
            if session.is_analysing() {
                if ui.button("Stop").clicked() {
                    actions.push(Analyse::Stop.into());
                }
                ui.spinner();
                return;
            }
            let source = session.source().filter(|_| session.opened.committed.is_some_and(|(images, _)| images > 0));
            let why_not = "The current layer is not stored, or no image has vectors yet";
            let button = ui.add_enabled(source.is_some(), Button::new("Find")).on_disabled_hover_text(why_not);
            if let (true, Some(source)) = (button.clicked(), source) {
                actions.push(self.wish(source));
            }
        });
        ui.add_space(2.0);
    }

    fn wish(&self, source: StoredLayer) -> Action {
        match self.what {
            What::Duplicates => {
                let features = Some((source.clone(), Within::Share { share: self.percent / 100.0 }));
                AnalysisWish::Duplicates(DuplicateWish { features, ..DuplicateWish::new(source) }).into()
            }
            What::Outliers(_) => AnalysisWish::Outliers(OutlierWish { source, k: NEIGHBOURS }).into(),
        }
    }

    fn show_duplicates(&mut self, ui: &mut Ui, report: &Arc<DuplicateReport>, drawing: &mut Drawing) {
        ui.horizontal(|ui| {
            let mut facts = format!(
                "{} among {}, {}",
                counted(report.groups.len(), "group", "groups"),
                counted(report.compared, "image", "images"),
                time_of(drawing.session, AnalysisKind::Duplicates, report.elapsed_secs)
            );
            if report.unread > 0 {
                facts += &format!("  ·  {} could not be read", counted(report.unread, "file", "files"));
            }
            if let Some(at) = report.layer_in_words() {
                facts = format!("{at}: {facts}");
            }
            let can = !report.groups.is_empty();
            let hint = "All images of each group but the first, ready to be exported or tagged";
            let button = ui.add_enabled(can, Button::new("Select the copies…")).on_hover_text(hint);
            if button.clicked() {
                self.asked = Some(report.clone());
            }
            with_choice(
                ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate()),
                drawing.session,
                AnalysisKind::Duplicates,
            );
        });
        self.show_question(ui, report, drawing);
        if report.groups.is_empty() {
            empty_state(ui, "Nothing is here twice", "No two images are the same in any of the three ways.", |_| {});
            return;
        }
        ScrollArea::vertical().id_salt("duplicates").auto_shrink(false).show_rows(
            ui,
            ROW,
            report.groups.len(),
            |ui, rows| {
                for index in rows {
                    ui.push_id(index, |ui| self.show_group(ui, index, report, drawing));
                }
            },
        );
    }

    /// Asks before what was selected makes room for very many images.
    fn show_question(&mut self, ui: &mut Ui, report: &Arc<DuplicateReport>, drawing: &mut Drawing) {
        // Something else may have been found since.
        if !self.asked.as_ref().is_some_and(|asked| Arc::ptr_eq(asked, report)) {
            self.asked = None;
            return;
        }
        let mut question = format!(
            "Select {}, all but the first of {}?",
            counted(report.copies(), "image", "images"),
            match report.groups.len() {
                1 => "the one group".to_owned(),
                groups => format!("each of {}", counted(groups, "group", "groups")),
            }
        );
        let selected = drawing.session.opened.chosen.selection.len();
        if selected > 0 {
            question += &format!(" {} selected now and will not be then.", counted(selected, "image is", "images are"));
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(question);
            if ui.button("Select them").clicked() {
                let copies = report.groups.iter().flat_map(|group| group.images.iter().skip(1).copied());
                drawing.actions.push(Choose::PickMany(copies.collect(), Pick::Replace).into());
                self.asked = None;
            }
            if ui.button("Leave it").clicked() {
                self.asked = None;
            }
        });
    }

    fn show_group(&mut self, ui: &mut Ui, index: usize, report: &DuplicateReport, drawing: &mut Drawing) {
        let group = &report.groups[index];
        let titles = &drawing.session.opened.layer_titles;
        let layer = report.wish.features.as_ref().map_or("the layer", |(source, _)| titles.of_name(&source.layer));
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let mut row = ui.new_child(eframe::egui::UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 3.0))));
        row.horizontal(|ui| {
            let count = RichText::new(thousands(group.images.len())).small().color(palette().strong);
            let select = ui.add(Button::new(count).frame(false)).on_hover_text("Select the images of this group");
            if select.accessible_name(format!("Select duplicates {index}")).clicked() {
                drawing.actions.push(Choose::PickMany(group.images.clone(), Pick::Replace).into());
            }
            for (what, values) in [("labels", &group.labels), ("splits", &group.splits)] {
                if !values.is_empty() {
                    let values: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
                    let text = format!("different {what}: {}", values.join(", "));
                    ui.add(Label::new(RichText::new(text).small().color(palette().warning)).truncate());
                }
            }
            let hint = "Bits: the most bits that differ between the pictures' 64-bit perceptual hashes (pHash). For \
                        the layer: the cosine distance.";
            let reasons = Label::new(RichText::new(reasons_of(group, layer)).small().color(palette().weak)).truncate();
            ui.add(reasons).on_hover_text(hint);
        });
        row.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let room = (ui.available_width() / (TILE + 4.0)) as usize;
            for id in group.images.iter().take(room) {
                let (picture, _) = ui.allocate_exact_size(Vec2::splat(TILE), Sense::hover());
                self.show_tile(ui, *id, picture, "Duplicate", drawing);
            }
        });
    }

    fn show_outliers(&mut self, ui: &mut Ui, report: &Arc<OutlierReport>, by: OutlierScore, drawing: &mut Drawing) {
        let images = counted(report.ids.len(), "image", "images");
        let time = time_of(drawing.session, AnalysisKind::Outliers, report.elapsed_secs);
        let layer = drawing.session.opened.layer_titles.of_name(&report.wish.source.layer);
        let facts = format!("{images} at {layer}, {time}");
        with_choice(
            ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate()),
            drawing.session,
            AnalysisKind::Outliers,
        );
        // Found once a report and score, not in every frame: it takes a look at every image.
        let known = self.outliers.take().filter(|known| Arc::ptr_eq(&known.of, report) && known.by == by);
        let make = || Ranked { of: report.clone(), by, first: report.first(by, OUTLIERS) };
        let ranked = known.unwrap_or_else(make);
        self.show_ranked(ui, &ranked.first, "Outlier", drawing);
        self.outliers = Some(ranked);
    }

    /// Images with their scores, the first first; `what` each is.
    fn show_ranked(&mut self, ui: &mut Ui, first: &[(ImageId, f32)], what: &str, drawing: &mut Drawing) {
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let layout = GridLayout::fill(width, TILE, CAPTION_HEIGHT, 6.0, first.len());
        ScrollArea::vertical().id_salt(what).auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            for cell in layout.cells_of(layout.rows_in(view.y_range())) {
                let (id, score) = first[cell];
                let rect = layout.rect_of(cell).translate(origin);
                let picture = Rect::from_min_size(rect.min, Vec2::splat(layout.cell.x));
                self.show_tile(ui, id, picture, what, drawing);
                let line = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT));
                let text = format!("{}  ·  {score:.3}", cell + 1);
                tile::paint_caption(ui, line, None, &text, palette().text);
            }
        });
    }

    fn show_tile(&mut self, ui: &mut Ui, id: ImageId, picture: Rect, what: &str, drawing: &mut Drawing) {
        let Some(image) = drawing.session.image(id) else { return };
        let name = format!("{what}: {}", image.path.text);
        let marks = TileMarks::of(drawing.session, image);
        let response = Tile { image, marks, name: &name }.show(ui, picture, ui.scope_id().with(id.0), drawing.thumbs);
        if response.clicked() {
            let pick = tile::pick(ui.input(|input| input.modifiers));
            drawing.actions.push(Choose::Click(id, pick).into());
        }
        if response.hovered() {
            self.under = Some(id);
        }
    }
}

/// How long it took; of what was read back that it was found before, which may not be true of the images of today.
fn time_of(session: &Session, of: AnalysisKind, secs: f64) -> String {
    let before = if session.opened.findings.is_from_before(of) { ", found earlier" } else { "" };
    format!("{}{before}", elapsed(secs))
}

/// `equal bytes, look alike (2 bits), the same to conv3 (0.0121)`.
fn reasons_of(group: &DuplicateGroup, layer: &str) -> String {
    let words = |(reason, far): &(DuplicateReason, f32)| match reason {
        DuplicateReason::Content => "equal bytes".to_owned(),
        DuplicateReason::Appearance => match *far as usize {
            0 => "look the same".to_owned(),
            bits => format!("look alike ({})", counted(bits, "bit", "bits")),
        },
        DuplicateReason::Features => format!("the same to {layer} ({})", distance_in_words(*far)),
    };
    group.reasons.iter().map(words).collect::<Vec<_>>().join(", ")
}
