//! Saying which picture the pointer is over, once, and when it has left.

use crate::domain::ImageId;
use crate::session::{Action, Session};

/// What a view last said of the pointer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hover {
    here: Option<ImageId>,
}

impl Hover {
    /// Whether the pointer was over a picture of this view in the last frame.
    pub fn is_over_one(&self) -> bool {
        self.here.is_some()
    }

    /// Called once a frame with the picture of this view under the pointer.
    pub fn settle(&mut self, under: Option<ImageId>, session: &Session, actions: &mut Vec<Action>) {
        if under == self.here {
            return;
        }
        // Leaving is only worth a word if no other view has spoken meanwhile.
        if under.is_some() || session.opened.hovered == self.here {
            actions.push(Action::Hover(under));
        }
        self.here = under;
    }
}
