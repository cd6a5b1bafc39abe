//! Labels given by hand. They are kept where imported ones are, which no analysis writes: whatever is said of labels is said of them.

use std::sync::Arc;

use super::import::tell_labels;
use crate::domain::{ImageId, ImageSet, ImportedLabels, ImportedName, RelabelledImage, Relabelling};
use crate::engine::message::{Asked, Event, Problem, RelabelWish};
use crate::engine::opened::Opened;
use crate::store::{NewLabel, StoreError};

/// Gives images a label, or takes that back, and tells the labels as they are now.
pub fn change(wish: &RelabelWish, opened: &Opened) {
    let changed = run(wish, opened);
    // What is true is on disk, also when something failed.
    tell_labels(opened);
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
        RelabelWish::Give { images, label } => given(images, label, &labels, opened),
        RelabelWish::Apply(change) => still_true(change, &labels),
    };
    if !change.images.is_empty() {
        let new = |it: &RelabelledImage| NewLabel { image: it.image, label: Some(it.after.clone()), split: None };
        opened.recorder()?.keep_labels(&change.images.iter().map(new).collect::<Vec<_>>(), known)?;
    }
    Ok(change)
}

/// Who has the label already keeps it from where it is.
fn given(images: &ImageSet, label: &str, labels: &ImportedLabels, opened: &Opened) -> Relabelling {
    let is_other =
        |id: &ImageId| opened.catalogue.get(*id).is_some_and(|record| record.label.as_deref() != Some(label));
    let changed = images.iter().filter(is_other).map(|image| RelabelledImage {
        image,
        before: name_of(labels, image),
        after: ImportedName::One(label.to_owned()),
    });
    Relabelling { images: changed.collect() }
}

/// Without the images that got another label since, as by an import.
fn still_true(change: &Relabelling, labels: &ImportedLabels) -> Relabelling {
    let is_so = |it: &&RelabelledImage| name_of(labels, it.image) == it.before;
    Relabelling { images: change.images.iter().filter(is_so).cloned().collect() }
}

fn name_of(labels: &ImportedLabels, image: ImageId) -> ImportedName {
    labels.images.get(&image).map(|imported| imported.label.clone()).unwrap_or_default()
}
