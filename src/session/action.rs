//! What a person can wish. Menus, shortcuts, clicks and tests all end here.

use super::{Analyse, Ask, Choose, Combining, CutOut, Export, Extract, Go, Import, Maintain, Networks, Open, Session};
use crate::domain::ImageId;
use crate::engine::{AnalysisWish, Request};

/// One wish, by subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open something, again or instead, or nothing.
    Open(Open),
    /// A choice, which can be taken back.
    Choose(Choose),
    /// To another place, or back to where one was.
    Go(Go),
    /// A question of a view.
    Ask(Ask),
    /// Extract what is missing.
    Extract(Extract),
    /// Work on all vectors.
    Analyse(Analyse),
    /// Make boxes pictures of their own.
    CutOut(CutOut),
    /// Bring labels and boxes in.
    Import(Import),
    /// Take something away.
    Export(Export),
    /// Look after the workspace.
    Maintain(Maintain),
    /// The networks we know.
    Networks(Networks),
    /// The pointer is over an image, or over none. Not undoable.
    Hover(Option<ImageId>),
    /// Let what is picked from now on join the selection so. Not undoable.
    Combine(Combining),
    /// Take a notice away.
    Dismiss(u64),
}

impl Session {
    /// Changes what is chosen and says what the engine must be asked for.
    pub fn act(&mut self, action: impl Into<Action>) -> Vec<Request> {
        match action.into() {
            Action::Open(wish) => self.open(wish),
            Action::Choose(choice) => self.choose(choice),
            Action::Go(wish) => self.go(wish),
            Action::Ask(question) => self.opened.ask(question),
            Action::Extract(wish) => self.opened.extract(wish),
            Action::Analyse(wish) => self.opened.analyse(wish),
            Action::CutOut(wish) => self.opened.cut_out(wish),
            Action::Import(wish) => self.opened.import(wish),
            Action::Export(wish) => self.export(wish),
            Action::Maintain(wish) => self.opened.maintain(wish),
            Action::Networks(wish) => self.lasting.networks.act(wish),
            Action::Hover(image) => {
                self.opened.hovered = image;
                Vec::new()
            }
            Action::Combine(combining) => {
                self.lasting.combining = combining;
                Vec::new()
            }
            Action::Dismiss(id) => {
                self.lasting.notices.dismiss(id);
                Vec::new()
            }
        }
    }
}

/// A wish is an action without being told so: `session.act(Choose::Layer(3))`.
macro_rules! is_an_action {
    ($($subject:ident),*) => {
        $(impl From<$subject> for Action {
            fn from(wish: $subject) -> Self {
                Self::$subject(wish)
            }
        })*
    };
}

is_an_action!(Open, Choose, Go, Ask, Extract, Analyse, CutOut, Import, Export, Maintain, Networks);

impl From<AnalysisWish> for Action {
    fn from(wish: AnalysisWish) -> Self {
        Self::Analyse(Analyse::Begin(wish))
    }
}
