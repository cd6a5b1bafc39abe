//! The order in which labels were first seen.
//!
//! Colours go by it, so that a new label recolours none. Labels of folders come first, also where others were imported since
//! ([`place_labels`](super::ImageRecords::place_labels)): so colours are the same when a folder is opened again. It only grows, and while
//! a folder of many labels is looked through it grows all the time: whoever wants to know the places of labels looks here, and keeps no
//! copy that each new one would make stale.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

thread_local! {
    static COPIED: Cell<u64> = const { Cell::new(0) };
}

/// How many labels this thread has copied with their places since it began, one by one.
pub fn labels_copied() -> u64 {
    COPIED.get()
}

/// Labels with their places, and back.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LabelPlaces {
    labels: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u32>,
}

impl Clone for LabelPlaces {
    /// Takes as long as there are labels, and is counted ([`labels_copied`]).
    fn clone(&self) -> Self {
        COPIED.set(COPIED.get().wrapping_add(self.labels.len() as u64));
        Self { labels: self.labels.clone(), places: self.places.clone() }
    }
}

impl LabelPlaces {
    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The how manieth label it was to come, from 0.
    pub fn of(&self, label: &str) -> Option<u32> {
        self.places.get(label).copied()
    }

    /// The label of a place.
    pub fn label(&self, place: usize) -> Option<&str> {
        self.labels.get(place).map(AsRef::as_ref)
    }

    /// Gives a label that is new the next place.
    pub fn add(&mut self, label: &str) {
        if self.places.contains_key(label) {
            return;
        }
        let place = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let label: Arc<str> = label.into();
        self.labels.push(label.clone());
        self.places.insert(label, place);
    }
}
