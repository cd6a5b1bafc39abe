//! Maps that come, and images that came after one was made.

use std::sync::Arc;

use super::OpenedCollection;
use super::mapping::MapState;
use crate::domain::{Projection, ProjectionWish, TableColumn, counted};
use crate::engine::{AnalysisWish, Request};
use crate::session::Notices;

impl OpenedCollection {
    pub(super) fn take_projection(&mut self, projection: Arc<Projection>) -> Vec<Request> {
        let is_finished = projection.is_finished();
        if is_finished {
            self.making.end(&projection.wish);
        }
        let mut overdue = Vec::new();
        for number in self.map_numbers() {
            let wish = self.wish_of(number);
            let state = self.maps.entry(number).or_default();
            if is_finished {
                state.asked.take_if(|asked| *asked == projection.wish);
            }
            // One that was overtaken by another wish says nothing any more.
            if wish.is_none_or(|wish| wish == projection.wish) {
                state.projection = Some(projection.clone());
                if is_finished && std::mem::take(&mut state.overdue) {
                    overdue.push(number);
                }
            }
        }
        let mut requests = self.ask_maps(&overdue, true);
        if is_finished {
            requests.extend(self.refresh_if_by(TableColumn::Kept));
        }
        requests
    }

    /// Takes in a map that was made before.
    pub(super) fn take_kept_map(&mut self, map: Arc<Projection>) -> Vec<Request> {
        for number in self.map_numbers() {
            if self.wish_of(number).as_ref() == Some(&map.wish) {
                // The person knows it.
                let state = self.maps.entry(number).or_default();
                state.settled = Some(map.wish.clone());
                state.overdue = false;
            }
        }
        self.take_projection(map)
    }

    /// How many images have vectors and no point on a map that is drawn, if that map is finished and kept: the one by
    /// principal components is not, since it is made anew in no time.
    pub fn unplaced(&self, number: u32) -> usize {
        let Some((rows, _)) = self.committed else { return 0 };
        match self.settled_now(number) {
            Some(map) if !self.is_busy() => rows.saturating_sub(map.ids.len()),
            _ => 0,
        }
    }

    /// How many points of a map that is drawn were placed on it after it was made.
    pub fn placed_later(&self, number: u32) -> usize {
        self.settled_now(number).map_or(0, |map| map.placed.len())
    }

    /// A job begins: what is drawn now is what the person knows.
    pub(super) fn settle_maps(&mut self) {
        for number in self.map_numbers() {
            let settled = self.settled_now(number).map(|map| map.wish.clone());
            self.maps.entry(number).or_default().settled = settled;
        }
    }

    /// Whether new images leave a map as it is.
    pub(super) fn keeps_map(&self, number: u32) -> bool {
        let settled = self.maps.get(&number).and_then(|state| state.settled.as_ref());
        settled.is_some() && settled == self.wish_of(number).as_ref() && self.settled_now(number).is_some()
    }

    /// A job has ended. A map that was there before stays; what is new can be placed on it. All others are made anew.
    pub(super) fn follow_job(&mut self) -> Vec<Request> {
        let mut anew = Vec::new();
        for number in self.map_numbers() {
            if self.keeps_map(number) {
                continue;
            }
            match self.awaits_kept_map(number) {
                true => self.maps.entry(number).or_default().overdue = true,
                false => anew.push(number),
            }
        }
        self.ask_maps(&anew, true)
    }

    /// More images have vectors. A map is made anew when it would gain a quarter; the end of the job always does.
    pub(super) fn follow_commit(&mut self, images: usize) -> Vec<Request> {
        let drawn = |number: &u32| self.projection_of(*number).map_or(0, |map| map.ids.len());
        let grows = |number: &u32| images * 4 >= drawn(number) * 5 && !self.keeps_map(*number);
        let growing: Vec<u32> = self.map_numbers().into_iter().filter(grows).collect();
        self.ask_maps(&growing, false)
    }

    pub(super) fn place_on_map(&self, number: u32) -> Vec<Request> {
        match self.wish_of(number) {
            Some(wish) if self.unplaced(number) > 0 => vec![Request::Analyse(AnalysisWish::Place(wish))],
            _ => Vec::new(),
        }
    }

    pub(super) fn make_map_anew(&mut self, number: u32) -> Vec<Request> {
        let Some(wish) = self.wish_of(number) else { return Vec::new() };
        for state in self.states_of(&wish) {
            state.settled = None;
            state.anew = true;
            state.asked = Some(wish.clone());
        }
        self.making.end(&wish);
        self.send_maps()
    }

    pub(super) fn take_placed(&mut self, projection: &Arc<Projection>, images: usize, notices: &mut Notices) {
        let states = self.states_of(&projection.wish);
        if states.is_empty() {
            return;
        }
        states.into_iter().for_each(|state| state.projection = Some(projection.clone()));
        notices.tell_news(match images {
            0 => "Every image with a vector is already on the map".to_owned(),
            _ => format!("{} placed on the map", counted(images, "image", "images")),
        });
    }

    /// The map that is drawn there, if it is what is wished for, finished and kept.
    fn settled_now(&self, number: u32) -> Option<&Arc<Projection>> {
        let wish = self.wish_of(number)?;
        let is_settled =
            |map: &&Arc<Projection>| map.wish == wish && map.is_finished() && !map.wish.method.is_immediate();
        self.projection_of(number).filter(is_settled)
    }

    /// Whether it is still being found out if a map of what is wished for is kept.
    fn awaits_kept_map(&self, number: u32) -> bool {
        let Some(wish) = self.wish_of(number) else { return false };
        let is_drawn = self.projection_of(number).is_some_and(|map| map.wish == wish);
        self.asked_of(number) == Some(&wish) && !is_drawn && !wish.method.is_immediate()
    }

    /// The maps of which this is what is wished for.
    fn states_of(&mut self, wish: &ProjectionWish) -> Vec<&mut MapState> {
        let is_wished = |number: &u32| self.wish_of(*number).as_ref() == Some(wish);
        let numbers: Vec<u32> = self.map_numbers().into_iter().filter(is_wished).collect();
        for number in &numbers {
            self.maps.entry(*number).or_default();
        }
        self.maps.iter_mut().filter(|(number, _)| numbers.contains(number)).map(|(_, state)| state).collect()
    }
}
