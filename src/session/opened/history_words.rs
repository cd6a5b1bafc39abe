//! What was done, in words, to go back to.

use super::OpenedCollection;
use super::chosen::Chosen;
use super::labelling;
use super::tag_edit::TagEdit;
use crate::domain::{Filter, ImageSet, TagColour, counted, saved_name};
use crate::session::Place;

/// A choice that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What was done, in a few words.
    pub words: String,
    /// Where in the window.
    pub place: Place,
}

impl OpenedCollection {
    /// The last `most` choices that can be taken back, the newest first. Costs what they changed.
    pub fn done(&self, most: usize) -> Vec<Done> {
        let mut later = self.chosen.clone();
        let mut done = Vec::new();
        for (earlier, place) in self.history.past().take(most) {
            done.push(Done { words: self.step_in_words(&earlier, &later), place });
            later = earlier;
        }
        done
    }

    /// Another number whenever there are other choices to take back: until then the words are the same.
    pub fn history_state(&self) -> u64 {
        self.history.state()
    }

    /// What led from one state to the next. The first that is found tells: most choices change one thing.
    pub(super) fn step_in_words(&self, before: &Chosen, after: &Chosen) -> String {
        if let Some(words) = colours_in_words(before, after) {
            return words;
        }
        if let Some(words) = edits_in_words(before, after) {
            return words;
        }
        let labelled = after.label_edits.get(before.label_edits.len()..);
        if let Some(change) = labelled.and_then(<[_]>::last) {
            return labelling::in_words(change);
        }
        let edits = after.cluster_edits.get(before.cluster_edits.len()..);
        if let Some(edit) = edits.and_then(<[_]>::last) {
            return edit.in_words();
        }
        if !before.selection.is_shared_with(&after.selection) && before.selection != after.selection {
            return selection_in_words(&before.selection, &after.selection);
        }
        if before.filter != after.filter {
            return self.filter_in_words(before, after);
        }
        if before.shows_removed != after.shows_removed {
            let verb = if after.shows_removed { "Showed" } else { "Hid" };
            return format!("{verb} what is to be removed");
        }
        if before.sort != after.sort {
            return format!("Sorted by {}", after.sort.word());
        }
        if before.layer != after.layer {
            return format!("Went to {}", self.layer_titles.name(after.layer));
        }
        if before.channel != after.channel {
            return after
                .channel
                .map_or("Closed the channel".to_owned(), |channel| format!("Enlarged channel {channel}"));
        }
        if before.examples != after.examples || before.like != after.like || before.region != after.region {
            return "Changed what neighbours are asked for".to_owned();
        }
        if before.maps != after.maps {
            return "Changed a map".to_owned();
        }
        if before.beside != after.beside {
            return "Changed what is compared".to_owned();
        }
        if before.probe != after.probe {
            let name = after.probe.and_then(|probe| self.image(probe)).map(|image| image.path.in_folder().to_owned());
            return name.map_or("Looked at no picture".to_owned(), |name| format!("Looked at {name}"));
        }
        "Changed how neighbours are found".to_owned()
    }

    fn filter_in_words(&self, before: &Chosen, after: &Chosen) -> String {
        let filter = &after.filter;
        let only = filter.only.as_ref().filter(|_| before.filter.only != filter.only);
        let predicate = filter.predicate.trim();
        // What else is looked for was looked for before.
        let has_only_widened = *filter == Filter { only: None, ..before.filter.clone() };
        match () {
            () if has_only_widened => "Showed all again, not only the selected".to_owned(),
            () if filter.is_empty() => "Showed all pictures".to_owned(),
            () if only.is_some() => {
                format!(
                    "Showed nothing but {}",
                    counted(only.map_or(0, ImageSet::len), "selected picture", "selected pictures")
                )
            }
            () if !predicate.is_empty() => format!("Showed {predicate}"),
            () if !filter.text.trim().is_empty() => format!("Searched for “{}”", filter.text.trim()),
            () if filter.labels.len() == 1 => {
                format!("Showed the label {}", filter.labels.first().map_or("", String::as_str))
            }
            () if !filter.labels.is_empty() => format!("Showed {} labels", filter.labels.len()),
            () if !filter.only_problems => "Changed what is shown".to_owned(),
            () => "Showed what could not be read".to_owned(),
        }
    }
}

fn colours_in_words(before: &Chosen, after: &Chosen) -> Option<String> {
    let (was, is) = (&before.tag_colour_edits, &after.tag_colour_edits);
    let edit = is.get(was.len()..)?.last()?;
    let colour = edit.after.map_or("the colour of its name", TagColour::word);
    Some(format!("Gave the tag {} {colour}", edit.tag))
}

fn edits_in_words(before: &Chosen, after: &Chosen) -> Option<String> {
    let (was, is) = (&before.tag_edits, &after.tag_edits);
    let edits = is.get(was.len()..).filter(|edits| !edits.is_empty())?;
    let images = |edit: &TagEdit| counted(edit.images.len(), "picture", "pictures");
    let saved = |is_on: bool| edits.iter().find(|edit| edit.is_on == is_on).and_then(|edit| saved_name(&edit.tag));
    let edit = edits.last()?;
    Some(match (saved(true), saved(false)) {
        (Some(to), Some(from)) if to != from => format!("Called the saved selection {from} {to}"),
        (Some(name), _) => format!("Saved the selection as {name}"),
        (None, Some(name)) => format!("Gave up the saved selection {name}"),
        (None, None) if edit.is_on => format!("Tagged {} “{}”", images(edit), edit.tag),
        (None, None) => format!("Removed the tag “{}” from {}", edit.tag, images(edit)),
    })
}

fn selection_in_words(before: &ImageSet, after: &ImageSet) -> String {
    let count = |count: usize| counted(count, "picture", "pictures");
    let both = before.intersection(after).len();
    match (before.len() - both, after.len() - both) {
        _ if after.is_empty() => "Selected nothing".to_owned(),
        (0, added) if !before.is_empty() => {
            format!("Added {} to the selection, now {}", count(added), count(after.len()))
        }
        (gone, 0) => format!("Took {} out of the selection, now {}", count(gone), count(after.len())),
        _ => format!("Selected {}", count(after.len())),
    }
}
