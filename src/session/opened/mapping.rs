//! The maps as far as they are made, and which of them is being made.
//!
//! Of several maps one is made after the other: side by side each would only take longer, and the engine takes a newer map for one
//! that replaces the older. What is made at once waits for no other work.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{Projection, ProjectionWish, StrategyChoice};
use crate::engine::{AnalysisKind, AnalysisWish, Look, Progress, Request};

/// One of the maps, as far as it is made.
#[derive(Clone, Debug, Default)]
pub struct MapState {
    /// The map; the one before, until what is wished for comes.
    pub projection: Option<Arc<Projection>>,
    /// What is wished for and not there yet: it is being made, or waits for another one.
    pub asked: Option<ProjectionWish>,
    /// Which strategy did the work, and why, if one had to be chosen.
    pub choice: Option<StrategyChoice>,
    /// Whether what is asked for is to be made even where it is kept.
    pub(super) anew: bool,
    /// The finished map that was there when the running or last job began: the person knows their way on it, so that new
    /// images do not make it anew.
    pub(super) settled: Option<ProjectionWish>,
    /// The job has ended before it was known whether a map is kept: one that is made now may lack its last images.
    pub(super) overdue: bool,
}

/// What the engine is at.
#[derive(Clone, Debug, Default)]
pub(super) struct Making {
    /// A map that it makes at once.
    at_once: Option<ProjectionWish>,
    /// One that takes a while.
    work: Option<Work>,
}

/// A map that takes a while.
#[derive(Clone, Debug)]
struct Work {
    wish: ProjectionWish,
    /// How far it is, once it has begun.
    progress: Option<Arc<Progress>>,
}

impl Making {
    /// What is made of the kind.
    fn now(&self, at_once: bool) -> Option<&ProjectionWish> {
        if at_once { self.at_once.as_ref() } else { self.work.as_ref().map(|work| &work.wish) }
    }

    fn begin(&mut self, wish: ProjectionWish) {
        match wish.method.is_immediate() {
            true => self.at_once = Some(wish),
            false => self.work = Some(Work { wish, progress: None }),
        }
    }

    /// It is there, failed, or is to be begun once more.
    pub(super) fn end(&mut self, wish: &ProjectionWish) {
        self.at_once.take_if(|now| now == wish);
        self.work.take_if(|now| now.wish == *wish);
    }
}

impl OpenedCollection {
    /// The first map, or the one that was there before it.
    pub fn projection(&self) -> Option<&Arc<Projection>> {
        self.projection_of(self.chosen.maps.first.number)
    }

    /// A map by its number, or the one that was there before it.
    pub fn projection_of(&self, number: u32) -> Option<&Arc<Projection>> {
        self.maps.get(&number)?.projection.as_ref()
    }

    /// What is wished for as the first map and not there yet.
    pub fn projection_asked(&self) -> Option<&ProjectionWish> {
        self.asked_of(self.chosen.maps.first.number)
    }

    /// What is wished for as the map with this number and not there yet.
    pub fn asked_of(&self, number: u32) -> Option<&ProjectionWish> {
        self.maps.get(&number)?.asked.as_ref()
    }

    /// Whether the map with this number was asked for, and will not come unless it is chosen once more: it was stopped, or failed.
    pub fn is_given_up(&self, number: u32) -> bool {
        let is_there =
            |state: &MapState| state.projection.as_ref().map(|map| &map.wish) == self.wish_of(number).as_ref();
        self.maps.get(&number).is_some_and(|state| state.asked.is_none() && !is_there(state))
    }

    /// Whether a map that is wished for waits until another one is made.
    pub fn waits_for_another(&self, number: u32) -> bool {
        self.asked_of(number).is_some_and(|wish| self.making.now(wish.method.is_immediate()) != Some(wish))
    }

    /// The numbers of the maps, in their order.
    pub(super) fn map_numbers(&self) -> Vec<u32> {
        self.chosen.maps.iter().map(|map| map.number).collect()
    }

    /// What is to be drawn as the map with this number.
    pub(super) fn wish_of(&self, number: u32) -> Option<ProjectionWish> {
        self.wish_of_map(self.chosen.maps.get(number)?)
    }

    /// Asks for all maps; with `again` even for those that are there, since images may have been added.
    pub(super) fn ask_maps(&mut self, numbers: &[u32], again: bool) -> Vec<Request> {
        numbers.iter().for_each(|number| self.want_map(*number, again));
        self.send_maps()
    }

    /// Notes that a map is wished for, unless it is there or one of the others is just that.
    fn want_map(&mut self, number: u32, again: bool) {
        let (Some(wish), Some((rows @ 1.., _))) = (self.wish_of(number), self.committed) else { return };
        let is_it = |map: &Arc<Projection>| map.wish == wish;
        let others = self.maps.iter().filter(|(other, _)| **other != number);
        let same = others.map(|(_, state)| state).find(|state| state.projection.as_ref().is_some_and(is_it)).cloned();
        let is_kept = self.keeps_map(number);
        let state = self.maps.entry(number).or_default();
        if !again && state.asked.as_ref() == Some(&wish) {
            return;
        }
        let is_drawn = state.projection.as_ref().is_some_and(is_it);
        let is_whole = |map: &Arc<Projection>| map.is_finished() && map.ids.len() == rows;
        if is_drawn && (state.projection.as_ref().is_some_and(is_whole) || (is_kept && !again)) {
            // What was wished for meanwhile is not any more.
            state.asked = None;
            return;
        }
        if let Some(same) = same.filter(|_| !again && !is_drawn) {
            *state = same;
            state.asked.take_if(|asked| *asked != wish);
            return;
        }
        state.anew = again || is_drawn;
        state.asked = Some(wish.clone());
        if again {
            // What was begun before lacks the last images.
            self.making.end(&wish);
        }
    }

    /// Asks the engine for the next map that is wished for, if it is at none that still is.
    pub(super) fn send_maps(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        for at_once in [true, false] {
            let is_wanted = |wish: &ProjectionWish| self.maps.values().any(|state| state.asked.as_ref() == Some(wish));
            if self.making.now(at_once).is_some_and(is_wanted) {
                continue;
            }
            let states = self.chosen.maps.iter().filter_map(|map| self.maps.get(&map.number));
            let mut asked = states.filter_map(|state| Some((state.asked.clone()?, state.anew)));
            let Some((wish, anew)) = asked.find(|(wish, _)| wish.method.is_immediate() == at_once) else { continue };
            self.making.begin(wish.clone());
            self.findings.drop_choice(AnalysisKind::Map);
            let begun = self.maps.values_mut().filter(|state| state.asked.as_ref() == Some(&wish));
            begun.for_each(|state| state.choice = None);
            requests.push(match (at_once, anew) {
                (true, _) => Request::Look(Look::PcaMap { source: wish.source }),
                (false, true) => Request::Analyse(AnalysisWish::Project(wish)),
                // It may have been made before.
                (false, false) => Request::Analyse(AnalysisWish::Show(wish)),
            });
        }
        requests
    }

    /// Of maps that are not looked at any more nothing is held, and none is made.
    pub(super) fn forget_closed_maps(&mut self) {
        let (maps, chosen) = (&mut self.maps, &self.chosen.maps);
        let count = maps.len();
        maps.retain(|number, _| chosen.get(*number).is_some());
        if maps.len() == count {
            return;
        }
        let is_wanted = |wish: &ProjectionWish| maps.values().any(|state| state.asked.as_ref() == Some(wish));
        if let Some(work) = self.making.work.take_if(|work| !is_wanted(&work.wish))
            && let Some(progress) = work.progress
        {
            progress.cancel();
        }
    }

    /// Which strategy does the work of an analysis that runs: of a map it is told beside that one.
    pub(in crate::session) fn take_choice(&mut self, of: AnalysisKind, choice: StrategyChoice) {
        if let Some(work) = self.making.work.as_ref().filter(|_| of == AnalysisKind::Map) {
            let made = self.maps.values_mut().filter(|state| state.asked.as_ref() == Some(&work.wish));
            made.for_each(|state| state.choice = Some(choice.clone()));
        }
        self.findings.take_choice(of, choice);
    }

    /// An analysis began: perhaps it is the map that was asked for.
    pub(super) fn take_map_start(&mut self, progress: &Arc<Progress>) {
        if let Some(work) = &mut self.making.work
            && progress.wish.as_ref().and_then(AnalysisWish::map) == Some(&work.wish)
        {
            work.progress = Some(progress.clone());
        }
    }

    /// An analysis ended: if it was a map, and it is not there, it was stopped.
    pub(in crate::session) fn take_map_end(&mut self) -> Vec<Request> {
        let has_ended = |work: &mut Work| work.progress.as_ref().is_some_and(|progress| progress.has_ended());
        let Some(work) = self.making.work.take_if(has_ended) else { return Vec::new() };
        self.give_up_map(&work.wish)
    }

    /// A map will not come. It may be asked for again; the next one is made.
    pub(in crate::session) fn give_up_map(&mut self, wish: &ProjectionWish) -> Vec<Request> {
        self.making.end(wish);
        for state in self.maps.values_mut() {
            state.asked.take_if(|asked| asked == wish);
        }
        self.send_maps()
    }
}
