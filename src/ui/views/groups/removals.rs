//! How many images of each group are to be removed: counted when groups or decisions change, and not in every frame; where that takes
//! many look-ups, on a thread.

use eframe::egui::Context;

use crate::domain::ImageSet;
use crate::engine::Groups;
use crate::session::Session;
use crate::ui::later::{Asked, Later};

/// So many look-ups are done in the frame that needs them.
const AT_ONCE: usize = 20_000;

/// How many of each. While they are counted anew, those of before are told, as long as they are of the same groups.
#[derive(Default)]
pub(super) struct Removals {
    /// Of what the counts are, or will be.
    of: Option<(Groups, ImageSet)>,
    counts: Vec<usize>,
    coming: Option<Later<Vec<usize>>>,
}

impl Removals {
    /// Counts again if groups or decisions are others.
    pub(super) fn refresh(&mut self, ctx: &Context, groups: &Groups, session: &Session) {
        self.take_counted();
        let to_remove = session.opened.to_remove();
        let are_same = self.of.as_ref().is_some_and(|(of, _)| of == groups);
        if are_same && self.of.as_ref().is_some_and(|(_, known)| known.is_shared_with(to_remove)) {
            return;
        }
        if !are_same {
            self.counts.clear();
        }
        let (groups, to_remove) = (groups.clone(), to_remove.clone());
        self.of = Some((groups.clone(), to_remove.clone()));
        let each = if groups.are_classes() { groups.len() } else { 1 };
        // What is being counted is of before.
        self.coming = None;
        match to_remove.len() * each <= AT_ONCE {
            true => self.counts = counts(&groups, &to_remove),
            false => self.coming = Some(Later::on_thread(ctx, "to remove", move || counts(&groups, &to_remove))),
        }
    }

    /// How many of one, as far as they are counted.
    pub(super) fn of(&self, group: usize) -> usize {
        self.counts.get(group).copied().unwrap_or(0)
    }

    fn take_counted(&mut self) {
        match self.coming.take().map(Later::ask) {
            Some(Asked::Here(counts)) => self.counts = counts,
            Some(Asked::NotYet(later)) => self.coming = Some(later),
            // No thread could be had: they are not counted.
            Some(Asked::Never) => self.counts.clear(),
            None => {}
        }
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
