//! Images unlike all others.

use std::sync::Arc;

use eframe::egui::{Label, Rect, RichText, ScrollArea, Ui, Vec2, vec2};

use super::{Drawing, TILE};
use crate::domain::{ImageId, OutlierReport, OutlierScore};
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

/// The outliers that are shown: those of a report by a score.
struct Ranked {
    of: Arc<OutlierReport>,
    by: OutlierScore,
    first: Vec<(ImageId, f32)>,
}

impl Unlike {
    /// The score, to be chosen.
    pub fn by(&mut self) -> &mut OutlierScore {
        &mut self.by
    }

    pub fn show(&mut self, ui: &mut Ui, report: &Arc<OutlierReport>, drawing: &mut Drawing) {
        let by = self.by;
        let images = counted(report.ids.len(), "image", "images");
        let time = drawing.time_of(AnalysisKind::Outliers, report.elapsed_secs);
        let facts = format!("{images} at {}, {time}", report.wish.source.layer);
        with_choice(
            ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate()),
            drawing.session,
            AnalysisKind::Outliers,
        );
        // Found once a report and score, not in every frame: it takes a look at every image.
        let known = self.ranked.take().filter(|known| Arc::ptr_eq(&known.of, report) && known.by == by);
        let make = || Ranked { of: report.clone(), by, first: report.first(by, OUTLIERS) };
        let ranked = known.unwrap_or_else(make);
        show_ranked(ui, &ranked.first, "Outlier", drawing);
        self.ranked = Some(ranked);
    }
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
