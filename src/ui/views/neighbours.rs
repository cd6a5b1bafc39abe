//! The images most like the probe: at any layer, at several, or by the whole network.

mod controls;
mod examples;
mod like;
mod region;
pub mod why_similar;

use eframe::egui::{Button, Context, Label, Pos2, Rect, RichText, ScrollArea, TextWrapMode, Ui, Vec2, vec2};

use crate::domain::{Example, ImageId, ImageRef, Representation};
use crate::engine::{AnalysisWish, Collection, NeighbourList, Thresholds};
use crate::session::{Action, Ask, Choose, Comparison, Extract, Session};
use crate::ui::command::Command;
use crate::ui::network_words;
use crate::ui::theme::{LabelRanks, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::{counted, elapsed};
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{GridLayout, Hover, Tile, TileMarks};

/// Width of a neighbour's tile in points.
const TILE: f32 = 84.0;

/// The neighbours view.
#[derive(Default)]
pub struct NeighboursView {
    ranks: LabelRanks,
    hover: Hover,
    under: Option<ImageId>,
    /// Whether the probe is to be looked inside of.
    looks_inside: bool,
    /// Where a box on the probe began, while it is drawn.
    drawn_from: Option<Pos2>,
    /// Where the view was drawn last, and in which pass.
    place: Option<(Rect, u64)>,
}

/// What was drawn so many passes ago is still to be seen.
const SEEN_PASSES: u64 = 4;

impl View for NeighboursView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.under = None;
        self.place = Some((ui.clip_rect().intersect(ui.max_rect()), ui.ctx().cumulative_pass_nr()));
        self.show_content(ui, session, thumbs, actions);
        self.hover.settle(self.under, session, actions);
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }
}

impl NeighboursView {
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
        self.ranks.refresh(&session.opened.label_places);
        controls::show(ui, session, collection, actions);
        let probe = session
            .opened
            .chosen
            .probe
            .filter(|_| session.opened.chosen.like.is_none())
            .and_then(|id| session.image(id));
        if probe.is_none() && session.opened.chosen.like.is_none() {
            empty_state(
                ui,
                "Click an image",
                "The images most like it appear here, at any depth of the network. A picture from elsewhere can be dropped \
                 here.",
                |_| {},
            );
            return;
        }
        if let Some(list) = list_to_show(session, probe) {
            self.show_list(ui, session, probe, list, thumbs, actions);
            return;
        }
        examples::show(ui, session, actions);
        ui.add_space(2.0);
        if session.opened.chosen.comparison == Comparison::Network && !session.opened.has_embedding {
            show_no_embedding(ui, session, actions);
        } else if session.opened.chosen.comparison == Comparison::Layer && session.source().is_none() {
            show_not_stored(ui, session, collection, actions);
        } else if let Some(reason) = probe.and_then(|probe| probe.problem) {
            empty_state(ui, "This picture could not be read", reason, |_| {});
        } else if session.opened.committed.is_none_or(|(images, _)| images == 0) {
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

    fn show_list(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: Option<ImageRef<'_>>,
        list: &NeighbourList,
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
                examples::show(ui, session, actions);
                show_facts(ui, session, probe, list, actions);
                self.show_grid(ui, session, probe, list, thumbs, actions);
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
        let picture = Rect::from_min_size(rect.min, Vec2::splat(side));
        let marks = TileMarks { selected: false, ..TileMarks::of(session, probe) };
        let name = format!("Probe: {}", probe.path.text);
        let response =
            Tile { image: probe, marks, name: &name }.show(ui, picture, ui.make_persistent_id("probe"), thumbs);
        if response.hovered() {
            self.under = Some(probe.id);
        }
        let seen = thumbs.get(probe.id).map_or(picture, |(_, size_px)| tile::fit(picture, size_px));
        region::show(ui, session, seen, &mut self.drawn_from, actions);
        let line = Rect::from_min_max(picture.left_bottom(), rect.max);
        let dot = self.ranks.colour(probe.label);
        tile::paint_caption(ui, line, dot, probe.path.file_name(), palette().strong);
    }

    fn show_grid(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: Option<ImageRef<'_>>,
        list: &NeighbourList,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let label_wanted = label_of(session, probe);
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let layout = GridLayout::fill(width, TILE, 2.0 * CAPTION_HEIGHT - 3.0, 6.0, list.neighbours.len());
        let id = ui.make_persistent_id("neighbour grid");
        ScrollArea::vertical().id_salt("neighbours").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            for cell in layout.cells_of(layout.rows_in(view.y_range())) {
                let neighbour = list.neighbours[cell];
                let Some(image) = session.image(neighbour.image) else { continue };
                let rect = layout.rect_of(cell).translate(origin);
                let picture = Rect::from_min_size(rect.min, Vec2::splat(layout.cell.x));
                let marks = TileMarks::of(session, image);
                let name = format!("Neighbour {}: {}", cell + 1, image.path.text);
                let response = Tile { image, marks, name: &name }.show(ui, picture, id.with(image.id.0), thumbs);
                if response.double_clicked() {
                    // The first click made it the probe, and what lies here now is another one.
                    self.looks_inside = true;
                } else if response.clicked() {
                    actions.push(Choose::Click(image.id, tile::pick(ui.input(|input| input.modifiers))).into());
                }
                if response.hovered() {
                    self.under = Some(image.id);
                }
                if let Some(part) = list.parts.get(cell) {
                    let seen = thumbs.get(image.id).map_or(picture, |(_, size_px)| tile::fit(picture, size_px));
                    region::paint(ui, part_rect(*part, seen));
                }
                let is_under = ui.rect_contains_pointer(picture);
                if is_under && probe.is_some() {
                    show_why(ui, picture, cell + 1, image.id, actions);
                }
                let first = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT - 1.0));
                let second = first.translate(vec2(0.0, CAPTION_HEIGHT - 3.0));
                let same = label_wanted.is_some() && image.label == label_wanted;
                let score = match list.wish.at {
                    Representation::Embedding => format!("{}  ·  {:.0}", cell + 1, neighbour.score),
                    Representation::Layer(_) | Representation::Mix(_) => {
                        format!("{}  ·  {:.3}", cell + 1, neighbour.score)
                    }
                };
                tile::paint_caption(ui, first, None, &score, palette().text);
                let label = image.label.unwrap_or_else(|| image.path.file_name());
                let dot = self.ranks.colour(image.label);
                let colour = if same { palette().good } else { palette().weak };
                if same {
                    tile::paint_tick(ui.painter(), first.right_center() - vec2(7.0, 0.0), palette().good);
                }
                tile::paint_caption(ui, second, dot, label, colour);
            }
        });
    }
}

/// A small button in the corner of the neighbour under the pointer.
fn show_why(ui: &mut Ui, picture: Rect, rank: usize, image: ImageId, actions: &mut Vec<Action>) {
    let size = vec2(46.0, 19.0);
    let corner = Rect::from_min_size(picture.right_bottom() - size - vec2(3.0, 3.0), size);
    let button = Button::new(RichText::new("Why?").small()).small().wrap_mode(TextWrapMode::Extend);
    let response = ui.put(corner, button).on_hover_text("Which channels make it similar");
    if response.accessible_name(format!("Why neighbour {rank}?")).clicked() {
        actions.push(Ask::Why(image).into());
    }
}

fn show_no_embedding(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let hint = "It records for every feature of every stored layer whether the feature is unusually strong, unusually \
                weak or neither, in two bits each. It is computed once, in two passes over the vectors.";
    empty_state(ui, "There is no full-network embedding yet", hint, |ui| {
        if session.is_analysing() {
            ui.spinner();
        } else if ui.button("Make it").clicked() {
            actions.push(AnalysisWish::Embed(Thresholds::default()).into());
        }
    });
}

fn show_not_stored(ui: &mut Ui, session: &Session, collection: &Collection, actions: &mut Vec<Action>) {
    let now = session.opened.chosen.layer;
    let name = session.opened.layer_titles.name(now);
    let nearest = controls::stored_layers(collection, session.opened.chosen.pooling)
        .into_iter()
        .min_by_key(|index| index.abs_diff(now));
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
fn list_to_show<'a>(session: &'a Session, probe: Option<ImageRef<'_>>) -> Option<&'a NeighbourList> {
    let can_be_asked = match session.opened.chosen.comparison {
        Comparison::Network => session.opened.has_embedding,
        Comparison::Layer => session.source().is_some(),
        Comparison::Mix(_) => true,
    };
    let is_readable = probe.is_none_or(|probe| probe.problem.is_none());
    let has_vectors = session.opened.committed.is_some_and(|(images, _)| images > 0);
    session.opened.neighbours.as_ref().filter(|_| can_be_asked && is_readable && has_vectors)
}

/// How the answer was found, and a way to ask exactly where it was not.
fn show_facts(
    ui: &mut Ui,
    session: &Session,
    probe: Option<ImageRef<'_>>,
    list: &NeighbourList,
    actions: &mut Vec<Action>,
) {
    let facts = RichText::new(facts_of(session, probe, list)).small().color(palette().weak);
    let more = format!("{}; scores: {}", list.how, list.wish.measure());
    ui.horizontal(|ui| {
        if !list.is_exact {
            let hint = Command::AskExactly.with_keys("Compare every image, without the index");
            if ui.small_button("Search exactly").on_hover_text(hint).clicked() {
                actions.push(Choose::Exactly(true).into());
            }
        } else if session.opened.chosen.exactly {
            let hint = Command::AskExactly.with_keys("Use an index again where that is quicker");
            if ui.small_button("Search by index").on_hover_text(hint).clicked() {
                actions.push(Choose::Exactly(false).into());
            }
        }
        ui.add(Label::new(facts).truncate()).on_hover_text(more);
    });
}

/// `exact over 1,000 images, 3.2 ms at fire9/concat`, and how many share the label.
fn facts_of(session: &Session, probe: Option<ImageRef<'_>>, list: &NeighbourList) -> String {
    let time = elapsed(list.elapsed_secs);
    let sure = match list.recall {
        None => "exact".to_owned(),
        Some(recall) => format!("by index (finds {:.1} %)", recall * 100.0),
    };
    let at = network_words::representation(&list.wish.at, session);
    let mut facts = format!("{sure} over {}, {time} at {at}", counted(list.searched, "image", "images"));
    if let (Some(label), false) = (label_of(session, probe), list.neighbours.is_empty()) {
        let near = &list.neighbours[..list.neighbours.len().min(10)];
        let has_it = |id| session.image(id).is_some_and(|image| image.label == Some(label));
        let same = near.iter().filter(|neighbour| has_it(neighbour.image)).count();
        facts = match near.len() {
            1 if same == 1 => format!("the nearest shares the label  ·  {facts}"),
            1 => format!("the nearest has another label  ·  {facts}"),
            near => format!("{same} of the nearest {near} share the label  ·  {facts}"),
        };
    }
    facts
}

/// The label that neighbours may share: the probe's, or the one that is looked for. If all images have the same there is
/// nothing in sharing it.
fn label_of<'a>(session: &'a Session, probe: Option<ImageRef<'a>>) -> Option<&'a str> {
    if session.opened.labels.len() < 2 {
        return None;
    }
    match &session.opened.chosen.like {
        Some(Example::Label(label)) => Some(label),
        Some(_) => None,
        None => probe?.label,
    }
}
