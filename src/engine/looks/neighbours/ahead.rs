//! Vectors that further questions to an index will need.

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::domain::StoredLayer;
use crate::engine::collection::library::Library;

/// Reads the vectors of a layer whose index was asked twice: who goes from picture to picture goes on, and with vectors in memory
/// an answer reads nothing. Who asks once, as a verb does, has no use for them.
#[derive(Default)]
pub(super) struct Ahead {
    asked: Option<StoredLayer>,
    reading: Option<JoinHandle<()>>,
}

impl Ahead {
    /// After a layer's index was asked. Nothing waits for what is read, and what cannot be read is told when it is needed.
    pub fn asked_by_index(&mut self, library: &Arc<Library>, source: &StoredLayer) {
        if self.asked.as_ref() != Some(source) {
            self.asked = Some(source.clone());
            return;
        }
        let is_reading = self.reading.as_ref().is_some_and(|reading| !reading.is_finished());
        if is_reading || !library.is_worth_reading_ahead(source) {
            return;
        }
        let (library, source) = (library.clone(), source.clone());
        let read = move || drop(library.vectors(&source));
        self.reading = std::thread::Builder::new().name("tiramisu-ahead".to_owned()).spawn(read).ok();
    }
}
