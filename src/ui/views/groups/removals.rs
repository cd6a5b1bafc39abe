//! How many images of each group are to be removed: counted when groups or decisions change, not in every frame.

use crate::domain::ImageSet;
use crate::engine::Groups;
use crate::session::Session;

/// More look-ups than this are not done on the window's thread: then they are not counted.
const MOST: usize = 100_000;

/// How many of each.
#[derive(Default)]
pub(super) struct Removals {
    of: Option<(Groups, ImageSet)>,
    counts: Vec<usize>,
}

impl Removals {
    /// Counts again if groups or decisions are others.
    pub(super) fn refresh(&mut self, groups: &Groups, session: &Session) {
        let to_remove = session.opened.to_remove();
        if self.of.as_ref().is_some_and(|(of, known)| of == groups && known.is_shared_with(to_remove)) {
            return;
        }
        self.of = Some((groups.clone(), to_remove.clone()));
        let each = if groups.are_classes() { groups.len() } else { 1 };
        self.counts = if to_remove.len() * each > MOST { Vec::new() } else { counts(groups, to_remove) };
    }

    /// How many of one, as far as they are counted.
    pub(super) fn of(&self, group: usize) -> usize {
        self.counts.get(group).copied().unwrap_or(0)
    }
}

fn counts(groups: &Groups, to_remove: &ImageSet) -> Vec<usize> {
    let mut counts = vec![0; groups.len()];
    match groups {
        Groups::Clusters(clustering) => {
            for cluster in to_remove.iter().filter_map(|image| clustering.cluster_of(image)) {
                counts[cluster as usize] += 1;
            }
        }
        Groups::Classes(means) => {
            for (count, members) in counts.iter_mut().zip(&means.members) {
                *count = to_remove.iter().filter(|image| members.binary_search(image).is_ok()).count();
            }
        }
    }
    counts
}
