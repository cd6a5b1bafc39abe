//! Problems that come up from the engine: each ends the waiting for what it is of, and nothing else.

use super::{CutOutState, NoticeOf, NoticeText, Phase, Session};
use crate::engine::{AnalysisKind, Asked, Problem, Request};

impl Session {
    /// Tells that nobody is left who could do what is asked for.
    pub fn note_engine_ended(&mut self) {
        let why = "an internal error, described on the terminal";
        let problem = Problem::new("Tiramisu can do nothing more", why).with_remedy(
            "Everything committed so far is saved. Close the window, start Tiramisu again, and please report this error.",
        );
        self.lasting.notices.tell_once_of(NoticeOf::All, problem);
    }

    /// Takes in a problem with what was asked for. Where a view waits for that, it shows the problem in the place of the
    /// answer; everywhere else it is told as a notice. What it makes worth asking is returned.
    pub(super) fn take_problem(&mut self, of: Asked, problem: Problem) -> Vec<Request> {
        let Self { lasting, opened } = self;
        let notices = &mut lasting.notices;
        match of {
            Asked::Open => {
                self.give_up_opening();
                self.lasting.notices.tell_problem(problem);
            }
            Asked::NetworkOf(folder) => {
                // Why another network is used than the one that was, it says.
                self.lasting.notices.tell_problem(problem);
                // By now another folder is being opened: it goes on.
                if self.lasting.takes_up.as_ref().is_some_and(|takes_up| takes_up.folder != folder) {
                    return Vec::new();
                }
                match self.open_otherwise() {
                    Some(request) => return vec![request],
                    None => self.give_up_opening(),
                }
            }
            Asked::Map(wish) => {
                notices.tell_problem(problem);
                return opened.give_up_map(&wish);
            }
            Asked::Look(look) => return opened.take_problem_of_look(look, problem, notices),
            Asked::Maintenance => opened.maintenance.problem = Some(problem),
            // What is open or being opened is another matter. A broken description is complained of whenever the list is
            // asked for; once is enough.
            Asked::Network(name) => {
                lasting.networks.give_up(&name);
                notices.tell_once_of(NoticeOf::Networks, problem);
            }
            Asked::Networks => notices.tell_once_of(NoticeOf::Networks, problem),
            // The dialog that asked says it.
            Asked::Boxes => opened.cut_outs.fail_to_count(problem),
            Asked::Analysis(AnalysisKind::CutOuts) => {
                notices.tell_of(NoticeOf::CutOut, NoticeText::Problem(problem.clone()));
                opened.cut_outs.state = CutOutState::Failed(problem);
            }
            Asked::Import => {
                notices.tell_of(NoticeOf::Import, NoticeText::Problem(problem.clone()));
                opened.fail_to_import(problem);
            }
            Asked::Extract => {
                opened.has_job_failed = true;
                notices.tell_problem(problem);
            }
            Asked::Nothing
            | Asked::Export
            | Asked::Analysis(_)
            | Asked::Images
            | Asked::Tags
            | Asked::Tag
            | Asked::Label
            | Asked::ClusterName => notices.tell_problem(problem),
            // What was opened by the way nobody waits for.
            Asked::Clustering if opened.give_up_unasked_clusters() => notices.note_problem(problem),
            Asked::Clustering => notices.tell_problem(problem),
        }
        Vec::new()
    }

    /// What is open stays the truth: a network that could not be loaded is not the one to go on with.
    fn give_up_opening(&mut self) {
        if matches!(self.opened.phase, Phase::Opening(_)) {
            self.begin(Phase::Welcome);
        }
        self.lasting.resumes = false;
        self.lasting.goes_elsewhere = false;
        self.lasting.takes_up = None;
        if let Some(collection) = self.opened.collection() {
            self.lasting.network = collection.network_file.clone();
        }
    }
}
