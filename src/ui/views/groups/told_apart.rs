//! How well a class is told from the others, and what it is taken for, in words.

use crate::domain::{Separation, counted, thousands};
use crate::engine::Groups;
use crate::ui::widgets::group_card::ToldApart;

/// What stands on the card of a group: in a few words, and with its numbers for who points at it.
pub(super) fn in_words(separation: &Separation, groups: &Groups, group: usize, layer: &str) -> Option<ToldApart> {
    let (well, share) = (separation.in_words()?, separation.share()?);
    let taken_for = separation.taken_for.map(|(other, images)| (groups.name(other), images));
    let words = match &taken_for {
        None => format!("told apart {well}"),
        Some((other, _)) => format!("told apart {well}, some look like {other}"),
    };
    let size = groups.size(group);
    let of = match separation.images < size {
        true => format!("{} of its {}", thousands(separation.images), counted(size, "picture", "pictures")),
        false => format!("its {}", counted(size, "picture", "pictures")),
    };
    // Rounded down: what is not all is not 100 %.
    let percent = (share * 100.0).floor();
    let mut hint = format!(
        "At {layer}, {percent:.0} % of {of} are more like the mean of the others in {} than like the mean of any other class.",
        groups.name(group)
    );
    if let Some((other, images)) = taken_for {
        hint += &format!(" Of the rest most, {}, are like {other}.", thousands(images));
    }
    Some(ToldApart { words, hint })
}
