//! Labels given by hand. They are kept where imported ones are, which no analysis writes: whatever is said of labels is said of them. The
//! tags by which an import names several labels of an image go with them: that of the label takes their place.

use std::sync::Arc;

use super::import::tell_labels;
use super::tag;
use crate::domain::{
    ImageId, ImageSet, ImportedLabels, LABEL_TAG_PREFIX, RelabelledImage, Relabelling, SaidLabel, Tags,
};
use crate::engine::message::{Asked, Event, Problem, RelabelWish};
use crate::engine::opened::Opened;
use crate::store::{NewLabel, StoreError};

/// Gives images a label, or takes that back, and tells the labels as they are now.
pub fn change(wish: &RelabelWish, opened: &Opened) {
    let changed = run(wish, opened);
    // What is true is on disk, also when something failed.
    tell_labels(opened);
    if changed.as_ref().map_or(true, has_tags) {
        tag::tell(opened);
    }
    match (changed, wish) {
        (Ok(change), RelabelWish::Give { .. }) => opened.outbox.tell(Event::Relabelled(Arc::new(change))),
        // Whoever takes it back knows what it was.
        (Ok(_), RelabelWish::Apply(_)) => {}
        (Err(error), _) => {
            opened.outbox.complain(Asked::Label, Problem::new("The label could not be saved", error));
        }
    }
}

/// What was changed.
fn run(wish: &RelabelWish, opened: &Opened) -> Result<Relabelling, StoreError> {
    let known = |id| opened.catalogue.get(id);
    let labels = opened.workspace.now()?.imported_labels_of_met(known)?;
    let change = match wish {
        RelabelWish::Give { images, label } => {
            let tags = opened.workspace.now()?.tags_of_met(known)?;
            given(images, label, (&labels, &tags), opened)
        }
        RelabelWish::Apply(change) => still_true(change, &labels),
    };
    if !change.images.is_empty() {
        let new = |it: &RelabelledImage| NewLabel { image: it.image, label: Some(it.after.clone()), split: None };
        let recorder = opened.recorder()?;
        recorder.keep_labels(&change.images.iter().map(new).collect::<Vec<_>>(), known)?;
        if has_tags(&change) {
            let tagged = change.images.iter().filter(|it| !(it.tags_before.is_empty() && it.tags_after.is_empty()));
            let images: ImageSet = tagged.clone().map(|it| it.image).collect();
            let tags = tagged.flat_map(|it| it.tags_after.iter().map(|tag| (it.image, tag.clone())));
            if let Err(error) = recorder.replace_tags(LABEL_TAG_PREFIX, &images, &tags.collect::<Vec<_>>(), known) {
                // The labels are changed all the same, which can be taken back.
                opened.outbox.complain(Asked::Label, Problem::new("The tags of labels could not be changed", error));
            }
        }
    }
    Ok(change)
}

/// Whether tags that name labels change with it.
fn has_tags(change: &Relabelling) -> bool {
    change.images.iter().any(|it| it.tags_before != it.tags_after)
}

/// Who has the label already keeps it from where it is.
fn given(images: &ImageSet, label: &str, (labels, tags): (&ImportedLabels, &Tags), opened: &Opened) -> Relabelling {
    let own: Vec<(&str, _)> = tags.beginning_with(LABEL_TAG_PREFIX).collect();
    // Of a label that cannot be a tag there is none.
    let tag_of_label = Tags::of_label(label).ok();
    let is_other =
        |id: &ImageId| opened.catalogue.get(*id).is_some_and(|record| record.label.as_deref() != Some(label));
    let changed = images.iter().filter(is_other).map(|image| {
        let bears = own.iter().filter(|(_, bearers)| bearers.binary_search(&image).is_ok());
        let tags_before: Vec<String> = bears.map(|(tag, _)| (*tag).to_owned()).collect();
        let tags_after = if tags_before.is_empty() { Vec::new() } else { tag_of_label.iter().cloned().collect() };
        let (before, after) = (labels.said_of(image), SaidLabel::by_hand(label));
        RelabelledImage { image, before, after, tags_before, tags_after }
    });
    Relabelling { images: changed.collect() }
}

/// Without the images that got another label since, as by an import.
fn still_true(change: &Relabelling, labels: &ImportedLabels) -> Relabelling {
    let is_so = |it: &&RelabelledImage| labels.said_of(it.image) == it.before;
    Relabelling { images: change.images.iter().filter(is_so).cloned().collect() }
}
