//! Class vectors: what the images of each class have in common, over all layers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::class_vectors::{ClassVectors, LayerMeans};
use crate::analysis::statistics::Statistics;
use crate::domain::{ClassOrigin, ImageId, LabelState, Pooling, StoredLayer, Vectors, Workload, choose};
use crate::engine::analyses::class_members::{Class, Members};
use crate::engine::message::{
    AnalysisAnswer, AnalysisKind, Asked, ClassMeans, ClassWish, Event, Finding, Problem, Progress,
};
use crate::engine::opened::Opened;
use crate::store::{StoreError, StoredClasses, Workspace};

/// Makes a vector for each class, keeps and tells them.
///
/// # Errors
/// When vectors cannot be read, or there are no classes.
pub fn run(wish: &ClassWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let layers = layers_of(wish, opened)?;
    progress.set_total(layers.len(), true);
    let features = opened.features();
    // Before the members are found: labels that come meanwhile are told as others, rather than not at all.
    let by_labels = Some(opened.catalogue.now().label_state());
    let members = Members::new(opened);
    let (classes, remarks) = members.wished(wish)?;
    remarks.into_iter().for_each(|remark| opened.outbox.remark(remark));
    let mut sizes = vec![0; classes.len()];
    let mut means = Vec::with_capacity(layers.len());
    let (mut rows, mut channels) = (0, 0);
    for (number, source) in layers.iter().enumerate() {
        let searchable = opened.library.vectors(source)?;
        let vectors = &searchable.vectors;
        rows = rows.max(vectors.ids.len());
        channels += vectors.matrix.columns();
        let mut layer = LayerMeans::new(&source.layer, vectors.matrix.columns(), classes.len());
        if let Some(deviations) = wish.deviations {
            let mut collection = Statistics::new(vectors.matrix.columns());
            collection.add_rows(vectors.matrix.values());
            layer = layer.keep_unusual(&collection, deviations);
        }
        let Some(found) = add(&classes, vectors, &mut layer, progress) else { return Ok(()) };
        if number == 0 {
            sizes = found;
        }
        means.push(layer);
        progress.set_done(number + 1);
    }
    let (names, origins, members) = taken_apart(classes);
    let means = ClassMeans {
        // What changed has changed: the same wish again would change nothing.
        wish: ClassWish { change: None, ..wish.clone() },
        vectors: ClassVectors::new(names, means, wish.normalise),
        origins,
        members,
        sizes,
        by_labels,
        table: format!("classes_{features}"),
        choice: choose(Workload::Sums { rows, channels, layers: layers.len() }),
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    let saved = opened.recorder().and_then(|recorder| {
        let version = recorder.save_classes(features, &to_store(&means))?;
        // All of a person's are among them.
        recorder.await_vectors(&[])?;
        Ok(version)
    });
    opened.saved("The class vectors", Asked::Analysis(AnalysisKind::Classes), saved);
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means)))));
    Ok(())
}

/// How classes were made, as it is kept.
#[derive(Default, Serialize, Deserialize)]
struct Made {
    #[serde(flatten)]
    wish: ClassWish,
    /// Older tables lack it.
    #[serde(default)]
    by_labels: Option<LabelState>,
}

fn to_store(means: &ClassMeans) -> StoredClasses {
    let made = Made { wish: means.wish.clone(), by_labels: means.by_labels };
    StoredClasses {
        made: serde_json::to_string(&made).expect("names and numbers make JSON"),
        layers: means.vectors.layers.clone(),
        classes: means.vectors.classes.clone(),
        images: means.sizes.clone(),
        origins: means.origins.clone(),
        values: means.vectors.values.clone(),
    }
}

/// The class vectors that are kept; `None` when none were made.
///
/// # Errors
/// When they cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let Some(stored) = workspace.classes(opened.features())? else { return Ok(None) };
    if stored.classes.is_empty() {
        return Ok(None);
    }
    let StoredClasses { made, layers, classes, images, origins, values } = stored;
    let Made { wish, by_labels } = serde_json::from_str(&made).unwrap_or_default();
    let members = Members::new(opened);
    // Who belongs to a class today; its vector is that of those who did when it was made.
    let today = members.wished(&wish).map(|(classes, _)| classes).unwrap_or_default();
    let today: BTreeMap<&str, &Class> = today.iter().map(|class| (class.name.as_str(), class)).collect();
    let of = |(name, origin): (&String, &ClassOrigin)| {
        let class = today.get(name.as_str()).filter(|class| class.origin == *origin);
        class.map_or_else(|| Arc::from([]), |class| class.images.as_slice().into())
    };
    let found = classes.iter().zip(&origins).map(of).collect();
    let channels = layers.iter().map(|(_, channels)| channels).sum();
    let job = Workload::Sums { rows: opened.catalogue.len(), channels, layers: layers.len() };
    let means = ClassMeans {
        wish,
        table: format!("classes_{}", opened.features()),
        vectors: ClassVectors { layers, classes, values },
        origins,
        members: found,
        sizes: images,
        by_labels,
        choice: choose(job),
        elapsed_secs: 0.0,
    };
    Ok(Some(Finding::Classes(Arc::new(means))))
}

/// Sums the vectors of each class, and says how many of its images have one. `None` when cancelled.
fn add(classes: &[Class], vectors: &Vectors, layer: &mut LayerMeans, progress: &Progress) -> Option<Vec<usize>> {
    let mut counts = vec![0; classes.len()];
    for (number, class) in classes.iter().enumerate() {
        counts[number] = layer.add_members(number, vectors, &class.images);
        if progress.is_cancelled() {
            return None;
        }
    }
    Some(counts)
}

fn taken_apart(classes: Vec<Class>) -> (Vec<String>, Vec<ClassOrigin>, Vec<Arc<[ImageId]>>) {
    let (mut names, mut origins, mut members) = (Vec::new(), Vec::new(), Vec::new());
    for class in classes {
        names.push(class.name);
        origins.push(class.origin);
        members.push(class.images.into());
    }
    (names, origins, members)
}

fn layers_of(wish: &ClassWish, opened: &Opened) -> Result<Vec<StoredLayer>, Problem> {
    let columns = opened.library.columns()?;
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
