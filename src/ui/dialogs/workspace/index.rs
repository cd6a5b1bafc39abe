//! The index over the vectors looked at: whether there is one, how well it finds, and the ways to change that.

use eframe::egui::{ComboBox, RichText, Ui};

use super::{WAIT, WorkspaceDialog};
use crate::domain::{IndexKind, IndexRecord};
use crate::engine::IndexWish;
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::counted;

impl WorkspaceDialog {
    pub(super) fn show_index(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let Some(source) = session.source() else {
            let text = "The current layer is not stored, so there is nothing to index.";
            ui.label(RichText::new(text).color(palette().weak));
            return;
        };
        let is_free = !session.opened.maintenance.is_busy() && !session.is_analysing();
        let place = format!("{} ({})", session.opened.layer_titles.of_name(&source.layer), source.pooling.word());
        ui.horizontal_wrapped(|ui| match session.opened.indices.iter().find(|record| record.source == source) {
            None => {
                ui.label(format!("No index for {place}: neighbours are found by comparing every image."));
                ComboBox::from_id_salt("kind of index").selected_text(self.index_kind.title()).show_ui(ui, |ui| {
                    for kind in IndexKind::ALL {
                        let hint = format!("{} ({})", kind.about(), kind.word());
                        ui.selectable_value(&mut self.index_kind, kind, kind.title()).on_hover_text(hint);
                    }
                });
                ui.add_enabled_ui(is_free, |ui| {
                    if ui.button("Build an index").on_disabled_hover_text(WAIT).clicked() {
                        let (kind, metric) = (self.index_kind, session.opened.chosen.metric);
                        actions.push(Maintain::Index(IndexWish::Build { source: source.clone(), kind, metric }).into());
                    }
                });
                let about = "Neighbours are found sooner in more than some 100,000 images; a few may be missed, and how many is \
                             measured. Takes seconds to minutes, and space beside the vectors.";
                ui.label(RichText::new(about).small().color(palette().weak));
            }
            Some(record) => {
                ui.label(format!("Index for {place}: {}", in_words(record))).on_hover_text(in_detail(record));
                ui.add_enabled_ui(is_free, |ui| {
                    let hint = "Images that were added in another way than by extracting here.";
                    if ui.button("Add new images").on_hover_text(hint).on_disabled_hover_text(WAIT).clicked() {
                        actions.push(Maintain::Index(IndexWish::Extend(source.clone())).into());
                    }
                    let hint = "Frees its space. Every image is compared again then";
                    if ui.button("Remove the index").on_hover_text(hint).on_disabled_hover_text(WAIT).clicked() {
                        actions.push(Maintain::Index(IndexWish::Remove(source.clone())).into());
                    }
                });
            }
        });
    }
}

fn in_words(record: &IndexRecord) -> String {
    format!(
        "{} kind, by {}, {}, finds {:.1} % of the {} nearest",
        record.kind.title().to_lowercase(),
        record.metric.word(),
        counted(record.rows, "image", "images"),
        record.recall * 100.0,
        record.measured_k,
    )
}

fn in_detail(record: &IndexRecord) -> String {
    format!(
        "{} ({})\n\
         Measured with {}: {:.2} ms per query, 99 % within {:.2} ms; {:.2} ms when every image is compared.\n\
         The worst query found {:.0} %. {} searched, {} candidates compared exactly. Trained on {}, in {:.1} s.",
        record.kind.about(),
        record.kind.word(),
        counted(record.measured_probes, "image", "images"),
        record.median_ms,
        record.p99_ms,
        record.exact_median_ms,
        record.least_recall * 100.0,
        counted(record.probes, "cell", "cells"),
        record.measured_k * record.refine as usize,
        counted(record.built_rows, "image", "images"),
        record.built_secs,
    )
}
