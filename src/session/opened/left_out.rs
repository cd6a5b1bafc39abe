//! What is near, without what is hidden because it is to be removed.
//!
//! Answers come from the engine, which knows nothing of what is hidden: so many more are asked for, and what is hidden is left out here.
//! Where too few are left they are asked for once more, and more of them, until there are enough or all that is hidden has been passed.
//! Where a box is compared with every part of all pictures, which takes minutes whatever is asked for, all are asked for at once.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{ImageSet, Neighbour};
use crate::engine::{NeighbourList, Request};

/// So many more are asked for at first.
const SPARE: usize = 100;
/// So many at most: that takes a megabyte.
const MOST: usize = 65_536;
/// So many times as many are asked for where they were not enough.
const GROWTH: usize = 8;

/// How many more are asked for than are shown.
#[derive(Clone, Copy, Debug)]
pub struct Spare(pub usize);

impl Default for Spare {
    fn default() -> Self {
        Self(SPARE)
    }
}

impl OpenedCollection {
    /// How many more neighbours are asked for than are shown, in the place of those that are left out.
    pub(super) fn spare_neighbours(&self) -> usize {
        self.hidden().map_or(0, |hidden| hidden.len().min(self.spare.0))
    }

    /// The same where nothing is asked twice: what is hidden may all be nearer, and more may come to be hidden.
    pub(super) fn spare_for_all(&self) -> usize {
        self.hidden().map_or(0, |hidden| hidden.len()).saturating_add(SPARE).min(MOST)
    }

    /// Whether so many were `asked` for, of which some are `wanted`, that what is hidden may not all be among them.
    pub(super) fn can_spare_more(&self, asked: usize, wanted: usize) -> bool {
        asked.saturating_sub(wanted) < self.hidden().map_or(0, |hidden| hidden.len()).min(MOST)
    }

    /// More are asked for from now on than `asked`, in answer to whatever question.
    pub(super) fn spare_more(&mut self, asked: usize, wanted: usize) {
        if self.can_spare_more(asked, wanted) {
            let more = asked.saturating_sub(wanted).max(SPARE).saturating_mul(GROWTH);
            self.spare.0 = self.spare.0.max(more).min(MOST);
        }
    }

    /// Whether more are to be asked for: as many as were `asked` for were found, and of these `left`, fewer than are `wanted`, are not
    /// hidden.
    pub(super) fn lacks_some(&mut self, asked: usize, found: usize, [wanted, left]: [usize; 2]) -> bool {
        let lacks = found >= asked && left < wanted && self.can_spare_more(asked, wanted);
        if lacks {
            self.spare_more(asked, wanted);
        }
        lacks
    }

    /// How many of the nearest are left out of the neighbours, because they are to be removed.
    pub fn neighbours_left_out(&self) -> usize {
        self.neighbours_left_out
    }

    /// Of some neighbours those that are not hidden.
    pub fn without_hidden(&self, neighbours: &[Neighbour]) -> Vec<Neighbour> {
        let hidden = self.hidden();
        neighbours.iter().filter(|it| !hidden.is_some_and(|hidden| hidden.contains(it.image))).copied().collect()
    }

    /// Takes in what is near; says whether more of them are to be asked for.
    pub(super) fn show_neighbours(&mut self, mut list: NeighbourList) -> bool {
        let (most, found) = (self.chosen.neighbour_count, list.neighbours.len());
        // Among what is shown only others are asked about as soon as others are hidden.
        let may_serve_again = list.wish.anywhere && list.wish.among.is_none();
        self.neighbours_found = may_serve_again.then(|| list.clone());
        let hidden = self.hidden().cloned().unwrap_or_default();
        self.neighbours_left_out = leave_out(&mut list, &hidden, most);
        let (asked, left) = (list.wish.k, list.neighbours.len());
        self.neighbours = Some(list);
        self.lacks_some(asked, found, [most, left])
    }

    /// Nothing is near what is asked with now, as far as that is known.
    pub(super) fn drop_neighbours(&mut self) {
        (self.neighbours, self.neighbours_left_out) = (None, 0);
        self.neighbours_found = None;
    }

    /// Other images are hidden than were: those that are go at once, and what comes in their places is asked for, as it is where
    /// `some_are_back`.
    pub(super) fn follow_hidden(&mut self, some_are_back: bool) -> Vec<Request> {
        let hidden = self.hidden().cloned().unwrap_or_default();
        if some_are_back {
            self.spare = Spare::default();
        }
        let gone = self.neighbours.as_mut().map_or(0, |list| leave_out(list, &hidden, usize::MAX));
        self.neighbours_left_out = if hidden.is_empty() { 0 } else { self.neighbours_left_out + gone };
        if let Some(list) = &mut self.hover_neighbours {
            leave_out(list, &hidden, usize::MAX);
        }
        self.nearest.may_be_asked_again();
        self.depths.leave_out(&hidden, some_are_back);
        let is_of_now = |found: &NeighbourList| self.neighbours.is_some() && self.is_asked_about(&found.wish);
        let found = self.neighbours_found.clone().filter(is_of_now);
        let are_to_be_asked_for = match found {
            Some(found) => self.show_neighbours(found),
            None => gone > 0 || some_are_back,
        };
        if are_to_be_asked_for { self.ask_neighbours() } else { Vec::new() }
    }
}

/// Leaves out what is hidden, and of the others all but so many; says how many of the hidden were nearer than the last that stays.
pub(super) fn leave_out(list: &mut NeighbourList, hidden: &ImageSet, most: usize) -> usize {
    let (mut kept, mut left_out) = (Vec::new(), 0);
    for (place, neighbour) in list.neighbours.iter().enumerate() {
        if kept.len() >= most {
            break;
        }
        if hidden.contains(neighbour.image) {
            left_out += 1;
        } else {
            kept.push(place);
        }
    }
    if kept.len() < list.neighbours.len() {
        list.neighbours = kept.iter().map(|place| list.neighbours[*place]).collect();
        list.parts = kept.iter().filter_map(|place| list.parts.get(*place).copied()).collect();
    }
    left_out
}

/// The same of a list that others hold.
pub(super) fn leave_out_shared(list: &mut Arc<NeighbourList>, hidden: &ImageSet, most: usize) -> usize {
    match list.neighbours.len() > most || list.neighbours.iter().any(|neighbour| hidden.contains(neighbour.image)) {
        true => leave_out(Arc::make_mut(list), hidden, most),
        false => 0,
    }
}
