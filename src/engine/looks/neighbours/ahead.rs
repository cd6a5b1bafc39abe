//! What further questions to an index will need: its own files for the first one, vectors for those after the second.

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::domain::{StoredLayer, Strategy, Workload, choose};
use crate::engine::collection::library::Library;
use crate::engine::message::Collection;
use crate::engine::options::EngineOptions;
use crate::network::NetworkFacts;
use crate::store::FeatureTable;

/// Where somebody will ask for neighbours ([`EngineOptions::will_ask`]), has the index opened of the first of `layers`, or of the usual one
/// where none is named, if it is large enough for an index. Nobody waits for it, and what cannot be read is told when it is needed.
pub fn expect_question(
    table: &FeatureTable,
    network: &NetworkFacts,
    layers: Option<&[String]>,
    options: &EngineOptions,
) {
    let Some(pooling) = options.will_ask else { return };
    let columns = table.columns();
    let stored: Vec<&str> = columns.iter().map(|(stored, _)| stored.layer.as_str()).collect();
    let classes = network.labels.as_ref().filter(|_| network.has_class_layer).map(Vec::len);
    let layer = match layers {
        Some(layers) => layers.first().map(String::as_str),
        None => {
            network.layers.get(Collection::default_among(&network.layers, &stored, classes)).map(|it| it.name.as_str())
        }
    };
    let source = layer.map(|layer| StoredLayer { layer: layer.to_owned(), pooling });
    let Some((source, channels)) = columns.iter().find(|(stored, _)| Some(stored) == source.as_ref()) else { return };
    // As if there were one that finds all: to open it takes no longer than to find out.
    let (rows, channels, recall, exact_bytes) = (table.rows(), *channels, Some(1.0), options.exact_bytes);
    let job = Workload::Neighbours { rows, channels, recall, is_filtered: false, exactly: false, exact_bytes };
    if choose(job).strategy == Strategy::Index {
        table.expect_question(source);
    }
}

/// Reads the vectors of a layer whose index was asked twice: who goes from picture to picture goes on, and with vectors in memory
/// an answer reads nothing. Who asks once, as a verb does, has no use for them.
#[derive(Default)]
pub(super) struct Ahead {
    asked: Option<StoredLayer>,
    reading: Option<JoinHandle<()>>,
}

impl Ahead {
    /// After a layer's index was asked, in a table that `stays` as it is for now. Nothing waits for what is read, and what cannot be read
    /// is told when it is needed.
    pub fn asked_by_index(&mut self, library: &Arc<Library>, source: &StoredLayer, stays: bool) {
        if self.asked.as_ref() != Some(source) {
            self.asked = Some(source.clone());
            return;
        }
        let is_reading = self.reading.as_ref().is_some_and(|reading| !reading.is_finished());
        if is_reading || !library.is_worth_reading_ahead(source, stays) {
            return;
        }
        let (library, source) = (library.clone(), source.clone());
        let read = move || drop(library.vectors(&source));
        self.reading = std::thread::Builder::new().name("tiramisu-ahead".to_owned()).spawn(read).ok();
    }
}
