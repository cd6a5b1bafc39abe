//! The row above the map.

use eframe::egui::{Align, Button, ComboBox, Frame, Layout, Margin, Ui};

use super::MapView;
use super::plane::Plane;
use super::tool::Tool;
use crate::domain::{Centrality, ImageColumn, ProjectionMethod};
use crate::session::{Action, Analyse, Choose, Colouring, Session};
use crate::ui::widgets::centrality;

const COLOURINGS: [(Colouring, &str); 14] = [
    (Colouring::Label, "by label"),
    (Colouring::Cluster, "by cluster"),
    (Colouring::Tag, "by tag"),
    (Colouring::Similarity, "by similarity"),
    (Colouring::Faithfulness, "by faithfulness"),
    (Colouring::Centrality(Centrality::Typicality), "by typicality"),
    (Colouring::Centrality(Centrality::InDegree), "by hubs"),
    (Colouring::Centrality(Centrality::Betweenness), "by bridges"),
    (Colouring::Column(ImageColumn::Pixels), "by size"),
    (Colouring::Column(ImageColumn::Shape), "by shape"),
    (Colouring::Column(ImageColumn::FileBytes), "by file size"),
    (Colouring::Column(ImageColumn::Modified), "by date"),
    (Colouring::Channel, "by channel"),
    (Colouring::Plain, "all alike"),
];

/// Draws it: in one row, what changes the map on the right; or wrapped where that would lie over the rest.
pub fn show(ui: &mut Ui, map: &mut MapView, plane: &Plane, session: &Session, actions: &mut Vec<Action>) {
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        let room = ui.available_width();
        if map.toolbar_width > room {
            ui.horizontal_wrapped(|ui| {
                handling(ui, map, plane, session);
                method(ui, session, actions);
                // A caption would only be torn from it, and take the row that is lacking.
                colouring(ui, session, actions);
            });
            return;
        }
        ui.horizontal(|ui| {
            let left = ui.horizontal(|ui| handling(ui, map, plane, session)).response.rect.width();
            let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                colouring(ui, session, actions);
                ui.label("Colour");
                method(ui, session, actions);
                ui.min_rect().width()
            });
            map.toolbar_width = left + right.inner + 2.0 * ui.spacing().item_spacing.x;
            if map.toolbar_width > room {
                ui.ctx().request_discard("the toolbar needs two rows");
            }
        });
    });
}

/// What a drag does, and the way back to the whole.
fn handling(ui: &mut Ui, map: &mut MapView, plane: &Plane, session: &Session) {
    for tool in Tool::ALL {
        if ui.selectable_label(map.tool == tool, tool.word()).on_hover_text(tool.hint()).clicked() {
            map.tool = tool;
        }
    }
    if ui.button("Fit").on_hover_text("Show the whole map. Double-click does so too.").clicked() {
        map.is_moved = false;
    }
    let hint =
        "Show pictures among the points: of every image where there is room, else of one for each part of the map";
    if ui.selectable_label(!map.is_bare, "Pictures").on_hover_text(hint).clicked() {
        map.is_bare = !map.is_bare;
    }
    let hint =
        "Lines from the picture under the pointer to those most like it at this layer, wherever the map put them";
    if ui.selectable_label(map.is_lined, "Lines").on_hover_text(hint).clicked() {
        map.is_lined = !map.is_lined;
    }
    map.morphing.show(ui, plane, &session.opened.layer_titles);
}

/// How the map is made, and a way to stop that.
fn method(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let chosen = session.opened.chosen.projection;
    let combo = ComboBox::from_id_salt("map method").selected_text(chosen.title()).width(64.0);
    let shown = combo.show_ui(ui, |ui| {
        for method in ProjectionMethod::ALL {
            if ui.selectable_label(chosen == method, method.title()).clicked() {
                actions.push(Choose::Projection(method).into());
            }
        }
    });
    let of_each = ProjectionMethod::ALL.map(|method| format!("{}: {}.", method.title(), method.hint()));
    let hint = format!(
        "{} How far each can be believed is told by 15 neighbours by cosine; PCA goes by the vectors as they are, lengths \
         and all.",
        of_each.join(" ")
    );
    shown.response.on_hover_text(hint).accessible_name("Map method");
    if session.is_analysing() && ui.button("Stop").on_hover_text("Stop where it is").clicked() {
        actions.push(Analyse::Stop.into());
    }
}

fn colouring(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let word = |colouring: Colouring| COLOURINGS.iter().find(|(c, _)| *c == colouring).map_or("", |(_, word)| word);
    let chosen = session.opened.chosen.colouring;
    let combo = ComboBox::from_id_salt("map colouring").selected_text(word(chosen)).width(112.0).height(420.0);
    let shown = combo.show_ui(ui, |ui| {
        for (colouring, word) in COLOURINGS {
            if let Colouring::Centrality(by) = colouring {
                if centrality::show_entry(ui, session, by, Button::selectable(chosen == colouring, word), actions) {
                    actions.push(Choose::Colouring(colouring).into());
                }
                continue;
            }
            let (can, hint) = match colouring {
                Colouring::Faithfulness => (
                    session.opened.projection.as_ref().is_some_and(|map| map.is_judged_of_each()),
                    "Counted when a map is finished, unless it is by PCA or was measured by a sample",
                ),
                Colouring::Channel => (
                    session.opened.chosen.channel.is_some() && session.source().is_some(),
                    "Enlarge a channel in the activations first, at a layer whose vectors are stored",
                ),
                Colouring::Tag => (!session.opened.tags.images.is_empty(), "No image has a tag yet"),
                Colouring::Label
                | Colouring::Plain
                | Colouring::Similarity
                | Colouring::Cluster
                | Colouring::Column(_)
                | Colouring::Centrality(_) => (true, ""),
            };
            let entry = ui.add_enabled(can, Button::selectable(chosen == colouring, word));
            if entry.on_disabled_hover_text(hint).clicked() {
                actions.push(Choose::Colouring(colouring).into());
            }
        }
    });
    shown.response.on_hover_text("What the points are coloured by").accessible_name("Map colouring");
}
