//! Class vectors: what the images of each label have in common, over all layers.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::super::{Event, Problem, Progress};
use super::Sources;
use crate::analysis::class_vectors::{ClassVectors, LayerMeans};
use crate::analysis::statistics::Statistics;
use crate::domain::{Pooling, StoredLayer};
use crate::store::StoredClasses;

/// How class vectors are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassWish {
    /// The layers, by name; all that are stored, if `None`.
    pub layers: Option<Vec<String>>,
    /// Whether each layer of each class is brought to length 1.
    pub normalise: bool,
    /// Only activations so many standard deviations above their mean count, if given.
    pub deviations: Option<f64>,
}

impl Default for ClassWish {
    fn default() -> Self {
        Self { layers: None, normalise: true, deviations: None }
    }
}

/// Classes by their vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMeans {
    /// How they were made.
    pub wish: ClassWish,
    /// One vector a class, in the order of names.
    pub vectors: ClassVectors,
    /// How many images each was taken over.
    pub sizes: Vec<usize>,
    /// The name of their table in the workspace.
    pub table: String,
    /// How long it took to make them.
    pub elapsed_secs: f64,
}

/// Makes a vector for each label, keeps and tells them.
///
/// # Errors
/// When vectors cannot be read, or there are no labels.
pub fn run(wish: &ClassWish, sources: &Sources, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let layers = layers_of(wish, sources)?;
    progress.set_total(layers.len(), true);
    let records = sources.roll.all();
    let mut names: Vec<String> = records.iter().filter_map(|record| record.label.clone()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Err(Problem::new("There are no classes", "no image has a label")
            .with_remedy("An image's label is the name of the folder it lies in."));
    }
    let class_of: Vec<Option<u32>> = records
        .iter()
        .map(|record| names.binary_search(record.label.as_ref()?).ok().map(|class| class as u32))
        .collect();
    let mut sizes = vec![0; names.len()];
    let mut means = Vec::with_capacity(layers.len());
    for (number, source) in layers.iter().enumerate() {
        let shelf = sources.library.vectors(source)?;
        let vectors = &shelf.vectors;
        let classes: Vec<Option<u32>> =
            vectors.ids.iter().map(|id| class_of.get(id.index()).copied().flatten()).collect();
        if number == 0 {
            classes.iter().flatten().for_each(|class| sizes[*class as usize] += 1);
        }
        let channels = vectors.matrix.columns();
        let mut layer = LayerMeans::new(&source.layer, channels, names.len());
        if let Some(deviations) = wish.deviations {
            let mut collection = Statistics::new(channels);
            collection.add_rows(vectors.matrix.values());
            layer = layer.keep_unusual(&collection, deviations);
        }
        layer.add_rows(&classes, vectors.matrix.values());
        means.push(layer);
        progress.set_done(number + 1);
        if progress.is_cancelled() {
            return Ok(());
        }
    }
    let classes = ClassMeans {
        wish: wish.clone(),
        vectors: ClassVectors::new(names, means, wish.normalise),
        sizes,
        table: format!("classes_{}", sources.library.table_name()),
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    let stored = StoredClasses {
        made: serde_json::to_string(wish).expect("names and numbers make JSON"),
        layers: classes.vectors.layers.clone(),
        classes: classes.vectors.classes.clone(),
        images: classes.sizes.clone(),
        values: classes.vectors.values.clone(),
    };
    let saved = sources.recorder().and_then(|recorder| recorder.save_classes(sources.library.table_name(), &stored));
    sources.saved("The class vectors", saved);
    sources.outbox.tell(Event::Classes(std::sync::Arc::new(classes)));
    Ok(())
}

fn layers_of(wish: &ClassWish, sources: &Sources) -> Result<Vec<StoredLayer>, Problem> {
    let columns = sources.library.columns()?;
    let averages: Vec<StoredLayer> =
        columns.into_iter().map(|(stored, _)| stored).filter(|stored| stored.pooling == Pooling::Average).collect();
    let Some(wanted) = &wish.layers else { return Ok(averages) };
    if let Some(missing) = wanted.iter().find(|name| !averages.iter().any(|stored| stored.layer == **name)) {
        let stored: Vec<&str> = averages.iter().map(|stored| stored.layer.as_str()).collect();
        return Err(Problem::new(
            format!("The layer {missing} is not stored"),
            format!("stored are {}", stored.join(", ")),
        ));
    }
    Ok(averages.into_iter().filter(|stored| wanted.contains(&stored.layer)).collect())
}
