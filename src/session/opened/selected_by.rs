//! How the selection came to be, in a few words: what was selected last, and how that joined what was selected before.

use std::sync::Arc;

use super::OpenedCollection;
use super::choose::{Choose, Pick};
use crate::domain::{ImageGroup, saved_name};

impl OpenedCollection {
    /// What will have selected the pictures, once the choice is made; `None` if it selects none.
    pub(super) fn selects_by(&self, choice: &Choose) -> Option<Arc<str>> {
        let (pick, what) = match choice {
            Choose::Click(_, pick) | Choose::AddToSelection(_, pick) => (*pick, "a click".to_owned()),
            Choose::Step(_) => (Pick::Replace, "the arrow keys".to_owned()),
            Choose::Reach { pick, .. } => (*pick, "a range".to_owned()),
            Choose::PickMany(_, pick) => (*pick, "several at once".to_owned()),
            Choose::PickSet(images, pick) if images.is_shared_with(self.shown.set()) => {
                (*pick, "all that was shown".to_owned())
            }
            Choose::PickSet(_, pick) => (*pick, "a stroke on the map".to_owned()),
            Choose::PickGroup(group, pick) => (*pick, group_in_words(group)),
            Choose::SelectAll => (Pick::Replace, "all that was shown".to_owned()),
            Choose::InvertSelection => return Some("by inverting the one before".into()),
            Choose::SelectOthers => return Some("all the others than before".into()),
            Choose::LookAt(_)
            | Choose::Walk(_)
            | Choose::First
            | Choose::ClearSelection
            | Choose::Save(_)
            | Choose::Filter(_)
            | Choose::ShowRemoved(_)
            | Choose::Sort(_)
            | Choose::Tag { .. }
            | Choose::Relabel(..)
            | Choose::ColourTag(..)
            | Choose::TagGroup { .. }
            | Choose::Layer(_)
            | Choose::Scrub(_)
            | Choose::Channel(_)
            | Choose::Beside(_)
            | Choose::Pooling(_)
            | Choose::Metric(_)
            | Choose::NeighbourCount(_)
            | Choose::Comparison(_)
            | Choose::AddExamples(..)
            | Choose::AddExample(..)
            | Choose::Weigh(..)
            | Choose::WeighImages(..)
            | Choose::Switch(_)
            | Choose::RemoveExample(_)
            | Choose::RemoveImages(_)
            | Choose::ClearExamples
            | Choose::HoldExample
            | Choose::Like(_)
            | Choose::Region(_)
            | Choose::Anywhere(_)
            | Choose::Exactly(_)
            | Choose::OnlyShown(_)
            | Choose::Projection(_)
            | Choose::Colouring(_)
            | Choose::Map(_)
            | Choose::Undo
            | Choose::BackBy(_)
            | Choose::Redo => return None,
        };
        let words = match pick {
            Pick::Replace | Pick::Range => format!("by {what}"),
            Pick::Add => format!("last added by {what}"),
            Pick::Toggle => "by one click after the other".to_owned(),
            Pick::Remove => format!("last taken out by {what}"),
            Pick::Intersect => format!("narrowed by {what}"),
        };
        Some(words.into())
    }

    /// Notes how the selection came to be, if it is another than `before`.
    pub(super) fn note_selected_by(&mut self, before: &super::Chosen, by: Option<Arc<str>>) {
        let (was, is) = (&before.selection, &self.chosen.selection);
        if !is.is_shared_with(was) && is != was {
            self.chosen.selected_by = by.filter(|_| !is.is_empty());
        }
    }
}

fn group_in_words(group: &ImageGroup) -> String {
    match group {
        ImageGroup::Label(Some(label)) => format!("label “{label}”"),
        ImageGroup::Label(None) => "having no label".to_owned(),
        ImageGroup::Cluster(clustering, index) => {
            let title = clustering.clusters.get(*index as usize).map(|cluster| cluster.title(*index as usize));
            title.map_or("a cluster".to_owned(), |title| format!("cluster “{title}”"))
        }
        ImageGroup::Tag(_, tag) => match saved_name(tag) {
            Some(name) => format!("the saved selection “{name}”"),
            None => format!("tag “{tag}”"),
        },
        ImageGroup::Between(..) => "a range".to_owned(),
        ImageGroup::Within(..) | ImageGroup::InRows(..) => "a band in the gallery".to_owned(),
        ImageGroup::These(_) | ImageGroup::Set(_) | ImageGroup::ToTag { .. } => "several at once".to_owned(),
        ImageGroup::Both(_) => "what two groups share".to_owned(),
        ImageGroup::Either(_) => "two groups together".to_owned(),
    }
}
