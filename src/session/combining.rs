//! How what is picked next joins what is selected.

use super::{Choose, Pick};

/// How what is picked, be it one picture by a click or a set by a band, a lasso or from a menu, joins the selection, unless keys that
/// are held say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combining {
    /// It takes the place of what is selected.
    #[default]
    Replace,
    /// It is selected, too.
    Add,
    /// It is taken out.
    Subtract,
    /// Only what is in both stays.
    Intersect,
}

impl Combining {
    /// All of them, as they stand beside each other.
    pub const ALL: [Self; 4] = [Self::Replace, Self::Add, Self::Subtract, Self::Intersect];

    /// Its name where all stand beside each other, in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replace => "New",
            Self::Add => "Add",
            Self::Subtract => "Subtract",
            Self::Intersect => "Intersect",
        }
    }

    /// Its name alone, as programs for pictures and for maps have it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Replace => "New selection",
            Self::Add => "Add to selection",
            Self::Subtract => "Subtract from selection",
            Self::Intersect => "Intersect with selection",
        }
    }

    /// What it does, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Replace => "What you select next takes the place of the selection",
            Self::Add => "What you select next is added to the selection",
            Self::Subtract => "What you select next is taken out of the selection",
            Self::Intersect => {
                "Of the selection only what you also select next stays. Where nothing would, all of it stays"
            }
        }
    }

    /// How it changes the selection.
    pub fn pick(self) -> Pick {
        match self {
            Self::Replace => Pick::Replace,
            Self::Add => Pick::Add,
            Self::Subtract => Pick::Remove,
            Self::Intersect => Pick::Intersect,
        }
    }

    /// The choice as it is meant: what would replace the selection joins it in this way, whatever it was picked by.
    pub(super) fn applied_to(self, mut choice: Choose) -> Choose {
        if let Choose::Click(to, Pick::Range) = choice {
            return Choose::Reach { to, pick: self.pick(), looks: false };
        }
        // The arrow keys lead from one picture to the next: whoever gathers pictures would lose them all by one of them.
        if let (Choose::Step(by), true) = (&choice, self != Self::Replace) {
            return Choose::Walk(*by);
        }
        if let Choose::Click(_, pick)
        | Choose::Reach { pick, .. }
        | Choose::PickMany(_, pick)
        | Choose::PickSet(_, pick)
        | Choose::PickGroup(_, pick) = &mut choice
            && *pick == Pick::Replace
        {
            *pick = self.pick();
        }
        choice
    }
}
