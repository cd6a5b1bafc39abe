//! What the colours mean, and a way to pick all images of a label.

use eframe::egui::{
    self, Align, FontId, Frame, Layout, Margin, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::states::{NO_LABEL, nearness_colour};
use crate::domain::{Centrality, ImageGroup};
use crate::session::{Action, Choose, Colouring, Pick, Session};
use crate::ui::theme;
use crate::ui::widgets::text::thousands;

const WIDTH: f32 = 168.0;
const ROW: f32 = 20.0;
const MARGIN: f32 = 10.0;

/// Draws the legend into the upper right corner of `view`; returns what it covers.
pub fn show(
    ui: &mut Ui,
    view: Rect,
    session: &Session,
    highlighted: &mut Option<u32>,
    actions: &mut Vec<Action>,
) -> Option<Rect> {
    let entries = match session.opened.chosen.colouring {
        Colouring::Label if session.opened.labels.keys().any(|label| !label.is_empty()) => session.opened.labels.len(),
        Colouring::Cluster => session.opened.clustering.as_ref().map_or(0, |known| known.clusters.len()),
        Colouring::Similarity => 1,
        Colouring::Faithfulness if session.opened.projection.as_ref().is_some_and(|map| map.is_judged_of_each()) => 1,
        Colouring::Centrality(by) => usize::from(session.opened.standing(by).is_some()),
        Colouring::Label | Colouring::Faithfulness | Colouring::Plain => 0,
    };
    if entries == 0 || view.width() < WIDTH * 2.0 || view.height() < 140.0 {
        *highlighted = None;
        return None;
    }
    let height = (entries as f32 * ROW + 12.0).min(view.height() - 70.0);
    let min = pos2(view.right() - WIDTH - MARGIN, view.top() + MARGIN);
    let rect = Rect::from_min_size(min, vec2(WIDTH, height));
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    let palette = theme::palette();
    Frame::new().fill(palette.panel.gamma_multiply(0.92)).corner_radius(6.0).inner_margin(Margin::same(6)).show(
        &mut child,
        |ui| {
            ui.set_min_size(rect.size() - vec2(12.0, 12.0));
            ui.spacing_mut().item_spacing.y = 0.0;
            match session.opened.chosen.colouring {
                Colouring::Similarity => show_scale(ui, "far", "near"),
                Colouring::Faithfulness => show_scale(ui, "lost", "kept"),
                Colouring::Centrality(by) => {
                    let [least, most] = ends_of(by);
                    show_scale(ui, least, most);
                }
                Colouring::Cluster => show_clusters(ui, session, highlighted, actions),
                Colouring::Label | Colouring::Plain => show_labels(ui, session, highlighted, actions),
            }
        },
    );
    Some(rect)
}

fn show_labels(ui: &mut Ui, session: &Session, highlighted: &mut Option<u32>, actions: &mut Vec<Action>) {
    let mut under = None;
    ScrollArea::vertical().id_salt("legend").auto_shrink([false, false]).show_rows(
        ui,
        ROW,
        session.opened.labels.len(),
        |ui, rows| {
            for (rank, (label, &count)) in session.opened.labels.iter().enumerate().skip(rows.start).take(rows.len()) {
                let rank = if label.is_empty() { NO_LABEL } else { rank as u32 };
                let response = show_entry(ui, rank, label, count, *highlighted == Some(rank));
                if response.hovered() {
                    under = Some(rank);
                }
                if response.clicked() {
                    let group = ImageGroup::Label((!label.is_empty()).then(|| label.clone()));
                    let is_adding = ui.input(|input| input.modifiers.command || input.modifiers.shift);
                    actions.push(Choose::PickGroup(group, if is_adding { Pick::Add } else { Pick::Replace }).into());
                }
            }
        },
    );
    *highlighted = under;
}

fn show_entry(ui: &mut Ui, rank: u32, label: &str, count: usize, is_bright: bool) -> egui::Response {
    let palette = theme::palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = if label.is_empty() { "no label" } else { label };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Select all of {name}")));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if response.hovered() {
        painter.rect_filled(rect, 4.0, palette.lifted.gamma_multiply(0.6));
    }
    let colour = if rank == NO_LABEL { palette.weak } else { theme::label_colour(rank as usize) };
    painter.circle_filled(pos2(rect.left() + 9.0, rect.center().y), 4.5, colour);
    let number = painter.layout_no_wrap(thousands(count), FontId::proportional(11.0), palette.weak);
    let number_left = rect.right() - 5.0 - number.size().x;
    painter.galley(pos2(number_left, rect.center().y - number.size().y / 2.0), number, palette.weak);
    let text = if is_bright { palette.strong } else { palette.text };
    let name = painter.layout_no_wrap(name.to_owned(), FontId::proportional(12.0), text);
    let name_pos = pos2(rect.left() + 20.0, rect.center().y - name.size().y / 2.0);
    let room = Rect::from_min_max(rect.min, pos2(number_left - 6.0, rect.bottom()));
    painter.with_clip_rect(room.intersect(painter.clip_rect())).galley(name_pos, name, text);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn show_clusters(ui: &mut Ui, session: &Session, highlighted: &mut Option<u32>, actions: &mut Vec<Action>) {
    let Some(clustering) = &session.opened.clustering else { return };
    let mut under = None;
    ScrollArea::vertical().id_salt("legend").auto_shrink([false, false]).show_rows(
        ui,
        ROW,
        clustering.clusters.len(),
        |ui, rows| {
            for (index, cluster) in clustering.clusters.iter().enumerate().skip(rows.start).take(rows.len()) {
                let rank = index as u32;
                let response = show_entry(ui, rank, &cluster.title(index), cluster.size, *highlighted == Some(rank));
                if response.hovered() {
                    under = Some(rank);
                }
                if response.clicked() {
                    let is_adding = ui.input(|input| input.modifiers.command || input.modifiers.shift);
                    let pick = if is_adding { Pick::Add } else { Pick::Replace };
                    actions.push(Choose::PickGroup(ImageGroup::Cluster(clustering.clone(), rank), pick).into());
                }
            }
        },
    );
    *highlighted = under;
}

/// What the least and the most central are.
fn ends_of(by: Centrality) -> [&'static str; 2] {
    match by {
        Centrality::Typicality => ["untypical", "typical"],
        Centrality::InDegree => ["near few", "hub"],
        Centrality::Betweenness => ["within", "bridge"],
        Centrality::PageRank | Centrality::Harmonic | Centrality::Degree => ["low", "high"],
    }
}

/// From the least to the most of something.
fn show_scale(ui: &mut Ui, least: &str, most: &str) {
    let palette = theme::palette();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter();
    let font = FontId::proportional(11.5);
    let far = painter.text(rect.left_center(), egui::Align2::LEFT_CENTER, least, font.clone(), palette.weak);
    let near = painter.text(rect.right_center(), egui::Align2::RIGHT_CENTER, most, font, palette.weak);
    let bar = Rect::from_min_max(
        pos2(far.right() + 8.0, rect.center().y - 4.0),
        pos2(near.left() - 8.0, rect.center().y + 4.0),
    );
    let steps = 32;
    for step in 0..steps {
        let x = |step: usize| bar.left() + bar.width() * step as f32 / steps as f32;
        let slice = Rect::from_min_max(pos2(x(step), bar.top()), pos2(x(step + 1) + 0.5, bar.bottom()));
        painter.rect_filled(slice, 0.0, nearness_colour(step as f32 / (steps - 1) as f32));
    }
}
