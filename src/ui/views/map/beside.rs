//! The maps beside each other: one selection, one pointer, and tools that are the same for all.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use eframe::egui::{self, Pos2, Rect, Ui, UiBuilder};

use super::common::{Common, Place};
use super::layout::cells;
use super::plane::Plane;
use super::tool::Handling;
use super::tool_row::RowForms;
use super::{OneMap, beginning, toolbar};
use crate::domain::{ImageId, Projection, Tags};
use crate::engine::Collection;
use crate::session::{Ask, Colouring, MapChoice, Session};
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::Hover;

/// How the maps are looked at; which there are, and what is chosen on them, is in the session.
#[derive(Default)]
pub struct MapView {
    /// The maps by their numbers.
    maps: BTreeMap<u32, OneMap>,
    /// The number of the first.
    first: u32,
    /// Whose images they are: a number means another image in another collection.
    collection: Option<Arc<Collection>>,
    /// What a drag does, and what is drawn over the points.
    handling: Handling,
    tags: TagOrder,
    /// The class under the pointer in a legend, and of which colours it is.
    highlighted: Option<(Colouring, u16)>,
    hover: Hover,
    /// The image of which those most like it were asked.
    lined: Option<ImageId>,
    /// What the row above all of them takes.
    row: RowForms,
}

/// Every tag in the order in which it was first seen: a new one moves none to another class.
#[derive(Default)]
struct TagOrder {
    of: Option<Arc<Tags>>,
    tags: Vec<String>,
}

impl TagOrder {
    fn refresh(&mut self, tags: &Arc<Tags>) {
        if self.of.as_ref().is_some_and(|known| Arc::ptr_eq(known, tags)) {
            return;
        }
        self.of = Some(tags.clone());
        for (tag, _) in tags.words() {
            if self.tags.iter().all(|known| known != tag) {
                self.tags.push(tag.to_owned());
            }
        }
    }
}

impl View for MapView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.follow(ui.ctx(), session);
        beginning::choose(session, actions);
        let Self { maps, handling, tags, highlighted, row, .. } = self;
        let chosen: Vec<&MapChoice> = session.opened.chosen.maps.iter().collect();
        let (tags, is_alone) = (tags.tags.as_slice(), chosen.len() < 2);
        let mut common = Common {
            session,
            thumbs,
            actions: &mut *actions,
            commands,
            handling,
            tags,
            highlighted: *highlighted,
            room: ui.max_rect(),
            explained: Vec::new(),
        };
        if !is_alone {
            toolbar::show_common(ui, row, &mut common);
        }
        let (mut image, mut class) = (None, None);
        let room = ui.available_rect_before_wrap().intersect(common.room);
        for (index, (choice, cell)) in chosen.iter().zip(cells(room, chosen.len())).enumerate() {
            let Some(map) = maps.get_mut(&choice.number) else { continue };
            let place = Place { index, of: chosen.len() };
            let builder = UiBuilder::new().id_salt(("map", choice.number)).max_rect(cell);
            common.room = cell;
            let under = ui.scope_builder(builder, |ui| {
                if !is_alone {
                    ui.set_clip_rect(ui.clip_rect().intersect(cell.expand(2.0)));
                }
                map.show(ui, choice, place, &mut common)
            });
            image = image.or(under.inner.image);
            class = class.or(under.inner.class);
        }
        self.highlighted = class;
        self.hover.settle(image, session, actions);
        let lined = session.opened.hovered.filter(|_| self.handling.is_lined);
        if self.lined != lined {
            self.lined = lined;
            actions.push(Ask::HoverNeighbours(lined).into());
        }
    }
}

impl MapView {
    /// Where an image was drawn in the last frame, if it is on the first map.
    pub fn screen_pos_of(&self, id: ImageId) -> Option<Pos2> {
        self.screen_pos_on(self.first, id)
    }

    /// Where an image was drawn in the last frame, if it is on the map of this number.
    pub fn screen_pos_on(&self, number: u32, id: ImageId) -> Option<Pos2> {
        self.maps.get(&number)?.screen_pos_of(id)
    }

    /// Which images showed themselves as pictures on the first map in the last frame, and where.
    pub fn pictures_shown(&self) -> Vec<(ImageId, Rect)> {
        let map = self.maps.get(&self.first);
        map.map_or_else(Vec::new, |map| map.pictures.drawn().iter().map(|(rect, id)| (*id, *rect)).collect())
    }

    /// Bytes that the map of this number takes beside the places as they were computed: the points, sorted to be drawn. What it has
    /// in common with one of a lesser number is not counted.
    pub fn bytes_of(&self, number: u32) -> usize {
        let plane_of = |map: &OneMap| map.planning.plane.clone();
        let Some(plane) = self.maps.get(&number).and_then(plane_of) else { return 0 };
        let mut before = self.maps.range(..number).filter_map(|(_, map)| plane_of(map));
        if before.any(|known| Arc::ptr_eq(&known, &plane)) { 0 } else { plane.bytes() }
    }

    /// Whether points of a map are being put in order to be drawn, by another thread.
    pub fn is_at_work(&self) -> bool {
        self.maps.values().any(|map| map.planning.is_at_work())
    }

    /// Bytes of the classes of all points; what two maps have in common counts once.
    pub fn class_bytes(&self) -> usize {
        let mut counted = HashSet::new();
        self.maps.values().map(|map| map.colours.classes().bytes_beside(&mut counted)).sum()
    }

    /// Bytes of the maps that were drawn before, to which one can look back: their places, as computed and as drawn, and from where to
    /// where points move. What is also drawn now, or kept as computed by `kept`, is not counted.
    pub fn bytes_before(&self, kept: &[&Arc<Projection>]) -> usize {
        let drawn = self.maps.values().filter_map(|map| map.planning.plane.as_ref());
        let mut planes: Vec<&Arc<Plane>> = drawn.collect();
        let mut bytes = 0;
        for map in self.maps.values() {
            bytes += map.morphing.origin_bytes();
            let Some(before) = map.morphing.before() else { continue };
            if planes.iter().any(|known| Arc::ptr_eq(known, before)) {
                continue;
            }
            planes.push(before);
            let is_kept = kept.iter().any(|known| Arc::ptr_eq(known, &before.projection));
            bytes += before.bytes() + if is_kept { 0 } else { before.projection.bytes() };
        }
        bytes
    }

    /// Takes up which maps there are, and what is known of each.
    fn follow(&mut self, ctx: &egui::Context, session: &Session) {
        let is_same_collection = match (&self.collection, session.collection()) {
            (Some(known), Some(open)) => Arc::ptr_eq(known, open),
            (None, None) => true,
            _ => false,
        };
        if !is_same_collection {
            *self = Self { collection: session.collection().cloned(), handling: self.handling, ..Self::default() };
        }
        self.tags.refresh(&session.opened.tags);
        let chosen = &session.opened.chosen.maps;
        self.first = chosen.first.number;
        self.maps.retain(|number, _| chosen.get(*number).is_some());
        for choice in chosen.iter() {
            if !self.maps.contains_key(&choice.number) {
                let projection = session.opened.projection_of(choice.number);
                let mut planes = self.maps.values().filter_map(|map| map.planning.plane.as_ref());
                // One that begins like another needs no work to be drawn.
                let same = planes.find(|plane| projection.is_some_and(|wanted| Arc::ptr_eq(&plane.projection, wanted)));
                let same = same.cloned();
                let known = self.maps.values().find(|map| map.colours.by() == Some(choice.colouring));
                let colours = known.map(|map| map.colours.alike()).unwrap_or_default();
                self.maps.insert(choice.number, OneMap::beginning_with(same, colours));
            }
        }
        for choice in chosen.iter() {
            if let Some(map) = self.maps.get_mut(&choice.number) {
                map.take_projection(ctx, session, choice);
            }
        }
    }
}
