//! The map, and images that came after it was made.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{Projection, TableColumn, counted};
use crate::engine::{AnalysisKind, AnalysisWish, Request};
use crate::session::Notices;

impl OpenedCollection {
    pub(super) fn take_projection(&mut self, projection: Arc<Projection>) -> Vec<Request> {
        let is_finished = projection.is_finished();
        if is_finished && self.projection_asked.as_ref() == Some(&projection.wish) {
            self.projection_asked = None;
        }
        // One that was overtaken by another wish says nothing any more.
        if self.projection_wish().is_none_or(|wish| wish == projection.wish) {
            self.projection = Some(projection);
            if is_finished && std::mem::take(&mut self.map_overdue) {
                return self.ask_projection(true);
            }
            if is_finished {
                return self.refresh_if_by(TableColumn::Kept);
            }
        }
        Vec::new()
    }

    /// Takes in a map that was made before.
    pub(super) fn take_kept_map(&mut self, map: Arc<Projection>) -> Vec<Request> {
        if self.projection_wish().as_ref() == Some(&map.wish) {
            // The person knows it.
            self.settled_map = Some(map.wish.clone());
            self.map_overdue = false;
        }
        self.take_projection(map)
    }

    /// How many images have vectors and no point on the map that is drawn, if that map is finished and kept: the one by
    /// principal components is not, since it is made anew in no time.
    pub fn unplaced(&self) -> usize {
        let Some((rows, _)) = self.committed else { return 0 };
        match &self.projection {
            Some(map) if self.is_settled(map) && !self.is_busy() => rows.saturating_sub(map.ids.len()),
            _ => 0,
        }
    }

    /// How many points of the map that is drawn were placed on it after it was made.
    pub fn placed_later(&self) -> usize {
        self.projection.as_ref().filter(|map| self.is_settled(map)).map_or(0, |map| map.placed.len())
    }

    /// A job begins: what is drawn now is what the person knows.
    pub(super) fn settle_map(&mut self) {
        let settled = self.projection.as_ref().filter(|map| self.is_settled(map));
        self.settled_map = settled.map(|map| map.wish.clone());
    }

    /// Whether new images leave the map as it is.
    pub(super) fn keeps_map(&self) -> bool {
        self.settled_map.is_some()
            && self.settled_map == self.projection_wish()
            && self.projection.as_ref().is_some_and(|map| self.is_settled(map))
    }

    /// Whether it is still being found out if a map of what is wished for is kept.
    pub(super) fn awaits_kept_map(&self) -> bool {
        let is_drawn = self.projection.as_ref().is_some_and(|map| Some(&map.wish) == self.projection_wish().as_ref());
        let is_asked = self.projection_asked.is_some() && self.projection_asked == self.projection_wish();
        is_asked && !is_drawn && !self.chosen.projection.is_immediate()
    }

    pub(super) fn place_on_map(&self) -> Vec<Request> {
        match self.projection_wish() {
            Some(wish) if self.unplaced() > 0 => vec![Request::Analyse(AnalysisWish::Place(wish))],
            _ => Vec::new(),
        }
    }

    pub(super) fn make_map_anew(&mut self) -> Vec<Request> {
        self.settled_map = None;
        let Some(wish) = self.projection_wish() else { return Vec::new() };
        self.projection_asked = Some(wish.clone());
        self.findings.drop_choice(AnalysisKind::Map);
        vec![Request::Analyse(AnalysisWish::Project(wish))]
    }

    pub(super) fn take_placed(&mut self, projection: Arc<Projection>, images: usize, notices: &mut Notices) {
        if self.projection_wish().as_ref() != Some(&projection.wish) {
            return;
        }
        let what = match images {
            0 => "Every image with a vector is already on the map".to_owned(),
            _ => format!("{} placed on the map", counted(images, "image", "images")),
        };
        self.projection = Some(projection);
        notices.tell_news(what);
    }

    fn is_settled(&self, map: &Projection) -> bool {
        let is_drawn = self.projection_wish().is_some_and(|wish| wish == map.wish);
        is_drawn && map.is_finished() && !map.wish.method.is_immediate()
    }
}
