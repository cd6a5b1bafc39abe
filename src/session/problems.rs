//! Problems that come up from the engine: each ends the waiting for what it is of, and nothing else.

use super::notice::NoticeText;
use super::{Phase, Session, Why};
use crate::domain::Sort;
use crate::engine::{Asked, LookKind, Problem};

impl Session {
    /// Takes in a problem with what was asked for. Where a view waits for that, it shows the problem in the place of the
    /// answer; everywhere else it is told as a notice.
    pub(super) fn take_problem(&mut self, of: Asked, problem: Problem) {
        match of {
            Asked::Open => self.give_up_opening(),
            Asked::Map(wish) => {
                // It may be asked for again.
                self.projection_asked.take_if(|asked| *asked == wish);
            }
            Asked::Look(look) => return self.take_problem_of_look(look, problem),
            Asked::House => {
                self.house.problem = Some(problem);
                return;
            }
            Asked::Network(name) => {
                self.give_up_network(&name);
                return self.tell_of_networks(problem);
            }
            Asked::Networks => return self.tell_of_networks(problem),
            Asked::Nothing
            | Asked::Extract
            | Asked::Export
            | Asked::Analysis(_)
            | Asked::Tags
            | Asked::Tag
            | Asked::Clustering
            | Asked::ClusterName => {}
        }
        self.tell(NoticeText::Problem(problem));
    }

    /// What is open stays the truth: a network that could not be loaded is not the one to go on with.
    fn give_up_opening(&mut self) {
        if matches!(self.phase, Phase::Opening(_)) {
            self.forget(Phase::Welcome);
        }
        self.resumes = false;
        if let Some(collection) = self.collection() {
            self.network = collection.network_file.clone();
        }
    }

    /// Of a question that was overtaken by another nobody waits for an answer.
    fn take_problem_of_look(&mut self, look: LookKind, problem: Problem) {
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
                    self.neighbours = None;
                    self.neighbours_problem = Some(problem);
                    if self.chosen.sort == Sort::Similarity {
                        self.refresh_shown();
                    }
                }
            }
            LookKind::Likeness { images } => {
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
            LookKind::Thumbnails
            | LookKind::LayerTimes
            | LookKind::Query
            | LookKind::Exemplars { .. }
            | LookKind::Unusual { .. } => self.tell(NoticeText::Problem(problem)),
        }
    }
}
