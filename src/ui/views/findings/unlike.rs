//! Images unlike all others.

use std::sync::Arc;

use eframe::egui::{Label, Rect, RichText, ScrollArea, Ui, Vec2, vec2};

use super::decide::{Choice, show_choices};
use super::{Drawing, TILE};
use crate::domain::{Decided, Decision, ImageId, OutlierReport, OutlierScore, Tags};
use crate::engine::AnalysisKind;
use crate::ui::theme::palette;
use crate::ui::widgets::GridLayout;
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::text::counted;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};

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
    decided: usize,
}

impl Ranked {
    fn new(of: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>) -> Self {
        let mut first = of.first(by, OUTLIERS);
        let found = first.len();
        first.retain(|(id, _)| !Decided(tags).on_picture(*id));
        let decided = found - first.len();
        Self { of: of.clone(), by, tags: tags.clone(), first, decided }
    }

    fn is_of(&self, report: &Arc<OutlierReport>, by: OutlierScore, tags: &Arc<Tags>) -> bool {
        Arc::ptr_eq(&self.of, report) && self.by == by && Arc::ptr_eq(&self.tags, tags)
    }
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
        let known = self.ranked.take().filter(|known| known.is_of(report, by, tags));
        let ranked = known.unwrap_or_else(|| Ranked::new(report, by, tags));
        let images = counted(report.ids.len(), "image", "images");
        let time = drawing.time_of(AnalysisKind::Outliers, report.elapsed_secs);
        let layer = drawing.session.opened.layer_titles.of_name(&report.wish.source.layer);
        let mut facts = format!("{images} at {layer}, {time}");
        if ranked.decided > 0 {
            facts += &format!("  ·  {} decided", ranked.decided);
        }
        with_choice(
            ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate()),
            drawing.session,
            AnalysisKind::Outliers,
        );
        show_decision(ui, &ranked.first, by, drawing);
        show_ranked(ui, &ranked.first, "Outlier", drawing);
        self.ranked = Some(ranked);
    }
}

/// What is to become of the outlier that was clicked.
fn show_decision(ui: &mut Ui, first: &[(ImageId, f32)], by: OutlierScore, drawing: &mut Drawing) {
    let session = drawing.session;
    let clicked = session.opened.chosen.probe.and_then(|probe| first.iter().position(|(id, _)| *id == probe));
    let Some((place, image)) = clicked.and_then(|place| Some((place, session.image(first[place].0)?))) else { return };
    let dismiss = Choice {
        text: "Dismiss".to_owned(),
        hint: "It is as it should be: it is not listed again",
        decision: Decision::PictureIsRight,
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        show_choices(ui, &[image.id], image.path.text, &[dismiss, Choice::remove()], drawing);
        let reason = format!("{}: {}, {:.3}, number {}", image.path.text, by.title(), first[place].1, place + 1);
        ui.add(Label::new(RichText::new(reason).small().color(palette().text)).truncate());
    });
}

/// Images with their scores, the first first; `what` each is.
fn show_ranked(ui: &mut Ui, first: &[(ImageId, f32)], what: &str, drawing: &mut Drawing) {
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
            drawing.show_tile(ui, id, picture, what);
            let line = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT));
            let text = format!("{}  ·  {score:.3}", cell + 1);
            tile::paint_caption(ui, line, None, &text, palette().text);
        }
    });
}
