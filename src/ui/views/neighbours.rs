//! The images most like the probe: at any layer, at several, or by the whole network.

mod alike;
mod anywhere;
mod controls;
mod depths;
mod facts;
mod grid;
mod like;
pub(in crate::ui::views) mod region;
mod tray;
pub mod why_similar;

use eframe::egui::{Button, Context, Pos2, Rect, Ui, Vec2, pos2, vec2};

use crate::domain::{Example, ImageId, ImageRef};
use crate::engine::{AnalysisKind, AnalysisWish, Collection, NeighbourList, Thresholds};
use crate::session::{Action, Ask, Choose, Comparison, Extract, Session, stored_layers};
use crate::ui::command::Command;
use crate::ui::landmarks::Landmark;
use crate::ui::settings::Settings;
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::ask_with;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{Hover, Tile, TileMarks, UsualShape};

/// The neighbours view.
#[derive(Default)]
pub struct NeighboursView {
    hover: Hover,
    shape: UsualShape,
    under: Option<ImageId>,
    /// Whether the probe is to be looked inside of.
    looks_inside: bool,
    /// Where a box on the probe began, while it is drawn.
    drawn_from: Option<Pos2>,
    /// Where the view was drawn last, and in which pass.
    place: Option<(Rect, u64)>,
    /// Whether a row for each depth is shown, and whether for all layers.
    at_every_depth: bool,
    wants_all_layers: bool,
    /// Where what is near was drawn: what is dragged from there is not dropped there.
    answer: Option<Rect>,
}

/// What was drawn so many passes ago is still to be seen.
const SEEN_PASSES: u64 = 4;

impl View for NeighboursView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.under = None;
        self.answer = None;
        let place = ui.clip_rect().intersect(ui.max_rect());
        self.place = Some((place, ui.ctx().cumulative_pass_nr()));
        Landmark::Neighbours.mark(ui, place);
        self.show_content(ui, session, thumbs, actions);
        if self.at_every_depth {
            actions.push(Ask::Depths(Some(self.wants_all_layers)).into());
        } else if session.opened.depths.is_asked() {
            actions.push(Ask::Depths(None).into());
        }
        // Above the answer or, where there is none, anywhere: a hand that slips on a tile drags nothing.
        let below = self.answer.map_or(place.bottom(), |answer| answer.top());
        if let Some(example) = ask_with::dropped(ui, place.with_max_y(below)) {
            actions.push(Choose::AddExample(example, 1.0).into());
        }
        self.hover.settle(self.under, session, actions);
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }

    fn restore(&mut self, settings: &Settings) {
        self.at_every_depth = settings.neighbours_at_every_depth;
    }

    fn keep(&self, settings: &mut Settings) {
        settings.neighbours_at_every_depth = self.at_every_depth;
    }
}

impl NeighboursView {
    /// Shows a row for each depth, or the neighbours at one again.
    pub fn toggle_depths(&mut self) {
        self.at_every_depth = !self.at_every_depth;
    }

    /// Where the view is on the screen; `None` while it is behind another or closed.
    pub fn place(&self, ctx: &Context) -> Option<Rect> {
        let is_seen = |pass: u64| ctx.cumulative_pass_nr().saturating_sub(pass) <= SEEN_PASSES;
        self.place.filter(|(_, pass)| is_seen(*pass)).map(|(place, _)| place)
    }

    fn show_content(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        let Some(collection) = session.collection() else {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        };
        let probe = session.opened.chosen.asked_probe().and_then(|id| session.image(id));
        let has_vectors = session.opened.committed.is_some_and(|(images, _)| images > 0);
        let is_readable = probe.is_none_or(|probe| probe.problem.is_none());
        let counts = session.opened.chosen.asks_with_weight();
        let asks = session.opened.chosen.asks_with_something();
        let can_have_rows = asks && counts && has_vectors && is_readable;
        let mut at_every_depth = self.at_every_depth;
        let had_rows = at_every_depth && can_have_rows;
        let list = list_to_show(session).filter(|_| asks && has_vectors && is_readable);
        let mut has_facts = false;
        controls::show(ui, session, collection, &mut at_every_depth, actions, |ui, actions| {
            // Pictures have all the height below: each line above them is a row less in sight.
            if had_rows {
                self.show_depth_controls(ui, session, actions);
            } else if let Some(list) = list.filter(|list| facts::have_room(ui, session, list)) {
                has_facts = true;
                facts::show(ui, session, probe, list, actions);
            }
        });
        self.at_every_depth = at_every_depth;
        let is_at_every_depth = at_every_depth;
        if !asks {
            empty_state(
                ui,
                "Click an image",
                "The images most like it appear here, at any depth of the network. A picture from elsewhere can be dropped \
                 here.",
                |_| {},
            );
            return;
        }
        if at_every_depth && can_have_rows {
            let beside = tray::Beside { is_at_every_depth: true, has_ways: false, facts: None };
            self.show_answer(ui, session, probe, None, beside, thumbs, actions);
            return;
        }
        if let Some(list) = list {
            let facts = |ui: &mut Ui, actions: &mut Vec<Action>| facts::show(ui, session, probe, list, actions);
            let facts: Option<tray::Facts<'_>> = if has_facts { None } else { Some(&facts) };
            let beside = tray::Beside { is_at_every_depth: false, has_ways: true, facts };
            self.show_answer(ui, session, probe, Some(list), beside, thumbs, actions);
            return;
        }
        let beside = tray::Beside { is_at_every_depth, has_ways: true, facts: None };
        tray::show(ui, session, beside, thumbs, actions);
        ui.add_space(2.0);
        if !counts {
            empty_state(
                ui,
                "Nothing counts",
                "Everything is switched off. Move a weight away from the middle.",
                |_| {},
            );
        } else if session.opened.chosen.comparison == Comparison::Network && !session.opened.has_embedding {
            show_no_embedding(ui, session, actions);
        } else if session.opened.chosen.comparison == Comparison::Layer && session.source().is_none() {
            show_not_stored(ui, session, collection, actions);
        } else if let Some(reason) = probe.and_then(|probe| probe.problem) {
            empty_state(ui, "This picture could not be read", reason, |_| {});
        } else if !has_vectors {
            let hint = "Neighbours can be found once the first features are stored.";
            empty_state(ui, "Nothing to compare yet", hint, |ui| {
                if !session.is_busy() && ui.button("Extract").clicked() {
                    actions.push(Extract::Start.into());
                }
            });
        } else if let Some(problem) = &session.opened.neighbours_problem {
            empty_state(ui, &problem.what, &problem.reason(), |_| {});
        } else {
            let hint = match &session.opened.chosen.like {
                Some(Example::File { .. }) => "The picture goes through the network first, if it can be read.",
                _ => "This image may not have been extracted yet.",
            };
            empty_state(ui, "Searching", hint, |_| {});
        }
    }

    /// Shows the probe, what else is asked with, and what is near: at one depth, or at every one.
    #[expect(clippy::too_many_arguments, reason = "an answer is drawn from all that the view knows")]
    fn show_answer(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: Option<ImageRef<'_>>,
        list: Option<&NeighbourList>,
        beside: tray::Beside<'_>,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let room = ui.available_size();
        let side = (room.y - CAPTION_HEIGHT - 6.0).min(room.x * 0.28).clamp(48.0, 176.0);
        ui.horizontal_top(|ui| {
            match (probe, &session.opened.chosen.like) {
                (Some(probe), _) => self.show_probe(ui, session, probe, side, thumbs, actions),
                (None, Some(like)) => like::show_place(ui, like, side),
                (None, None) => {}
            }
            // Beside the picture and not above it: boxes are drawn on it, and what a box brings must not push it away.
            ui.vertical(|ui| {
                tray::show(ui, session, beside, thumbs, actions);
                if let Some(list) = list {
                    self.answer = Some(ui.available_rect_before_wrap());
                    self.show_grid(ui, session, probe, list, thumbs, actions);
                } else {
                    self.show_depths(ui, session, probe, thumbs, actions);
                }
            });
        });
    }

    fn show_probe(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: ImageRef<'_>,
        side: f32,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let (_, rect) = ui.allocate_space(vec2(side, side + CAPTION_HEIGHT));
        let room = Rect::from_min_size(rect.min, Vec2::splat(side));
        // As high as it is, so that its name stands right beneath it.
        let seen = thumbs.get(probe.id).map_or(room, |(_, size_px)| tile::fit(room, size_px));
        let picture = seen.translate(room.min - seen.min).translate(vec2((side - seen.width()) / 2.0, 0.0));
        let marks = TileMarks { selected: false, ..TileMarks::of(session, probe) };
        let name = format!("Probe: {}", probe.path.text);
        let response = Tile { image: probe, marks, name: &name, more: None }.show(
            ui,
            picture,
            ui.make_persistent_id("probe"),
            thumbs,
        );
        if response.hovered() {
            self.under = Some(probe.id);
        }
        region::show(ui, session, [picture, picture], &mut self.drawn_from, actions);
        let line = Rect::from_min_size(pos2(rect.left(), picture.bottom()), vec2(side, CAPTION_HEIGHT));
        let dot = colour_of_label(session.opened.images.label_places(), probe.label);
        tile::paint_name(ui, line, dot, &tile::name_among_others(probe), palette().strong);
    }
}

fn show_no_embedding(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let hint = "It records for every feature of every stored layer whether the feature is unusually strong, unusually \
                weak or neither, in two bits each. It is computed once, in two passes over the vectors.";
    empty_state(ui, "There is no full-network embedding yet", hint, |ui| {
        if session.opened.is_at(AnalysisKind::Embedding) {
            ui.spinner();
        } else if ui.button("Make it").clicked() {
            actions.push(AnalysisWish::Embed(Thresholds::default()).into());
        }
    });
}

fn show_not_stored(ui: &mut Ui, session: &Session, collection: &Collection, actions: &mut Vec<Action>) {
    let now = session.opened.chosen.layer;
    let name = session.opened.layer_titles.name(now);
    let nearest =
        stored_layers(collection, session.opened.chosen.pooling).into_iter().min_by_key(|index| index.abs_diff(now));
    let hint =
        format!("The features of {name} are not stored in this workspace. You can still look at its activations.");
    empty_state(ui, "This layer is not stored", &hint, |ui| {
        if let Some(nearest) = nearest {
            let text = format!("Use {}", session.opened.layer_titles.name(nearest));
            if ui.add(Button::new(text)).clicked() {
                actions.push(Choose::Layer(nearest).into());
            }
        }
    });
}

/// The answer there is to show, if what is asked for now can be answered at all.
fn list_to_show(session: &Session) -> Option<&NeighbourList> {
    let can_be_asked = match session.opened.chosen.comparison {
        Comparison::Network => session.opened.has_embedding,
        Comparison::Layer => session.source().is_some(),
        Comparison::Mix(_) => true,
    };
    session.opened.neighbours.as_ref().filter(|_| can_be_asked)
}

/// How many of so many nearest share the label, of how many that are there; `None` where there is no label to share.
fn shared_label(
    session: &Session,
    probe: Option<ImageRef<'_>>,
    list: &NeighbourList,
    most: usize,
) -> Option<(usize, usize)> {
    let label = label_of(session, probe)?;
    let near = &list.neighbours[..list.neighbours.len().min(most)];
    let has_it = |id| session.image(id).is_some_and(|image| image.label == Some(label));
    let same = near.iter().filter(|neighbour| has_it(neighbour.image)).count();
    (!near.is_empty()).then_some((same, near.len()))
}

/// The label that neighbours may share: the probe's, or the one that is looked for. If all images have the same there is
/// nothing in sharing it.
fn label_of<'a>(session: &'a Session, probe: Option<ImageRef<'a>>) -> Option<&'a str> {
    if session.opened.images.labels().len() < 2 {
        return None;
    }
    match &session.opened.chosen.like {
        Some(Example::Label(label)) => Some(label),
        Some(_) => None,
        None => probe?.label,
    }
}
