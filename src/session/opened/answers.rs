//! Answers to looks, and why there is none. Of a question that was overtaken by another nobody waits for an answer.

use super::OpenedCollection;
use super::left_out::leave_out;
use super::why_similar::Why;
use crate::domain::Sort;
use crate::engine::{ActivationView, LookKind, NeighbourList, PicturePieces, Problem, Request};
use crate::session::Notices;

impl OpenedCollection {
    pub(in crate::session) fn take_activation(&mut self, view: ActivationView) {
        if self.chosen.probe == Some(view.image) && self.chosen.layer == view.layer {
            self.activation_problem = None;
            self.activation = Some(view);
        }
    }

    /// The window takes them from here; of a picture that is not looked at any more it lets them go.
    pub(in crate::session) fn take_picture(&mut self, pieces: PicturePieces) {
        self.picture_problem.take_if(|(image, _)| *image == pieces.image);
        self.picture_pieces.push(pieces);
    }

    pub(in crate::session) fn take_neighbours(&mut self, list: NeighbourList) -> Vec<Request> {
        if !self.is_asked_about(&list.wish) {
            return Vec::new();
        }
        self.neighbours_problem = None;
        let mut requests = if self.show_neighbours(list) { self.ask_neighbours() } else { Vec::new() };
        requests.extend(self.refresh_if_by_similarity());
        requests
    }

    /// What the pointer has left is of no interest any more.
    pub(in crate::session) fn take_hover_neighbours(&mut self, mut list: NeighbourList) -> Vec<Request> {
        if self.hover_asked.is_none() || self.hover_asked != list.wish.image() {
            return Vec::new();
        }
        self.hover_problem = None;
        let (most, asked, found) = (self.chosen.neighbour_count, list.wish.k, list.neighbours.len());
        if let Some(hidden) = self.hidden() {
            leave_out(&mut list, hidden, most);
        }
        let left = list.neighbours.len();
        self.hover_neighbours = Some(list);
        match self.lacks_some(asked, found, [most, left]) {
            true => self.ask_hover_again(),
            false => Vec::new(),
        }
    }

    /// Where a view waits for the answer, it shows the problem in its place.
    pub(in crate::session) fn take_problem_of_look(
        &mut self,
        look: LookKind,
        problem: Problem,
        notices: &mut Notices,
    ) -> Vec<Request> {
        match look {
            LookKind::Activations { image, layer } => {
                if self.chosen.probe == Some(image) && self.chosen.layer == layer {
                    // Those of another layer are not what was asked for.
                    self.activation = None;
                    self.activation_problem = Some(problem);
                }
            }
            LookKind::Neighbours => {
                if self.neighbour_wish().is_some() {
                    // What was found for an earlier question is no answer to this one.
                    self.drop_neighbours();
                    self.neighbours_problem = Some(problem);
                    return self.refresh_if_by_similarity();
                }
            }
            LookKind::HoverNeighbours => self.hover_problem = self.hover_asked.map(|_| problem),
            LookKind::Depths => self.take_depths_problem(problem),
            LookKind::WhySimilar { images } => {
                if let Some(why) = self.why.as_mut().filter(|why| [why.a, why.b] == images) {
                    why.problem = Some(problem);
                }
            }
            LookKind::Pair { images, layer } => {
                let is_it = |why: &&mut Why| [why.a, why.b] == images && why.layer == layer;
                if let Some(why) = self.why.as_mut().filter(is_it) {
                    why.problem.get_or_insert(problem);
                }
            }
            LookKind::Strip { image, beside } => self.take_strip_problem((image, beside), problem),
            LookKind::Beside { image, layer } => self.take_beside_problem((image, layer), problem),
            LookKind::Groups(kind) => self.take_groups_problem(kind, problem),
            // Asked again and again, as the pointer moves and pictures come into sight.
            LookKind::ChannelMaps => {
                self.groups.forget_asked_maps();
                notices.tell_once(problem);
            }
            LookKind::Nearest | LookKind::Point | LookKind::Crops | LookKind::Boxes { .. } => {
                notices.tell_once(problem);
            }
            LookKind::ExemplarsOfSome => {
                self.groups.forget_asked_exemplars();
                notices.tell_once(problem);
            }
            // Nobody asked for another one than the first.
            LookKind::Representative => {}
            LookKind::Picture { image } => self.picture_problem = image.map(|image| (image, problem)),
            LookKind::Order { number } => {
                self.give_up_order(number);
                notices.tell_problem(problem);
            }
            LookKind::Group { number } => {
                notices.tell_problem(problem);
                return self.give_up_group(number);
            }
            LookKind::Distribution { column } => {
                self.distributions.give_up(column);
                notices.tell_problem(problem);
            }
            LookKind::Thumbnails
            | LookKind::LayerTimes
            | LookKind::Query
            | LookKind::ChannelValues
            | LookKind::Tally
            | LookKind::Exemplars { .. }
            | LookKind::Unusual { .. } => notices.tell_problem(problem),
        }
        Vec::new()
    }

    fn refresh_if_by_similarity(&mut self) -> Vec<Request> {
        match self.chosen.sort {
            Sort::Similarity => self.refresh_shown(),
            Sort::Path | Sort::Label | Sort::Pixels | Sort::Newest | Sort::Centrality(_) | Sort::Column(_) => {
                Vec::new()
            }
        }
    }
}
