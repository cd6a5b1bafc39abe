//! What came of a pick where nothing that is seen says so: the selection is what it was, or nothing is left of it.

use super::choose::Pick;
use crate::domain::{ImageSet, thousands};

/// Of a lasso around nothing, a label that nothing bears.
const NONE: &str = "No picture was picked";

/// What is to be told of a pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickNews {
    /// The selection is what it was, for this reason.
    Unchanged(String),
    /// Nothing is selected any more, for this reason.
    Emptied(String),
}

impl PickNews {
    /// Of images that were picked while others were `selected`, of which these are `left`; `None` where one sees what came of it.
    pub(super) fn of(picked: &ImageSet, selected: &ImageSet, left: &ImageSet, pick: Pick) -> Option<Self> {
        let narrows = match pick {
            Pick::Intersect => true,
            Pick::Remove => false,
            Pick::Replace | Pick::Toggle | Pick::Add | Pick::Range if !picked.is_empty() => return None,
            Pick::Toggle | Pick::Add => return Some(Self::Unchanged(format!("{NONE}, so none was added"))),
            Pick::Replace | Pick::Range => {
                return Some(match selected.is_empty() {
                    true => Self::Unchanged(format!("{NONE}, so nothing is selected")),
                    false => Self::Emptied(format!("{NONE}: nothing is selected now")),
                });
            }
        };
        if selected.is_empty() {
            let what = if narrows { "to narrow" } else { "to take out" };
            return Some(Self::Unchanged(format!("Nothing is selected, so there is nothing {what}")));
        }
        let has_none = if narrows { left.is_empty() } else { left.len() == selected.len() };
        if has_none {
            let none = match picked.len() {
                0 => NONE.to_owned(),
                1 => "This picture is not selected".to_owned(),
                many => format!("None of these {} pictures is selected", thousands(many)),
            };
            let so = if narrows { "the selection was not narrowed" } else { "nothing was taken out" };
            return Some(Self::Unchanged(format!("{none}, so {so}")));
        }
        let all = match selected.len() {
            1 => "The selected picture".to_owned(),
            many => format!("All {} selected pictures", thousands(many)),
        };
        let (is, was) = if selected.len() == 1 { ("is", "was") } else { ("are", "were") };
        match (narrows, left.len()) {
            (true, some) if some == selected.len() => {
                let these = thousands(picked.len());
                Some(Self::Unchanged(format!("{all} {is} among these {these}, so the selection was not narrowed")))
            }
            (false, 0) => Some(Self::Emptied(format!("{all} {was} taken out: nothing is selected now"))),
            _ => None,
        }
    }
}
