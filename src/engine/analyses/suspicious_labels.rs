//! Labels that are probably wrong, by confident learning from the labels of neighbours, and how many layers agree: by neighbours as
//! well, and by a probe, which is whether the mean of the other label is nearer than that of its own.
//!
//! Stored as `suspicious_<features>_<layer>_<pooling>.lance`: each image with a suspicious label, `given` and `likely` (the label
//! that it has, and the one that it should probably have), `margin` and `confidence` (f32, the lower the more suspicious), and
//! how many of its neighbours have either label (`given_neighbours`, `likely_neighbours`), and how many `layers` agree, and at how many the mean of the
//! other label is nearer (`middles`, both u32; older lists lack the latter).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::Watch;
use crate::analysis::confident_learning::{Probabilities, Suspicion, suspicious};
use crate::analysis::label_means::nearer_to_another;
use crate::domain::{
    ImageId, ImageRecords, LabelScore, LabelState, Metric, StoredLayer, SuspiciousLabel, SuspiciousLabelReport,
    SuspiciousLabelWish, Vectors, suspicious_labels,
};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::message::{AnalysisKind, Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::{FoundColumn, FoundTable, StoreError, Workspace};

/// As neighbours are ranked by.
const METRIC: Metric = Metric::Cosine;
/// The first share of the network sees colours and edges, which say little of labels: it is not asked.
const SHALLOW: usize = 3;
/// What a layer counts for in the progress, nearly all of it for the nearest neighbours.
const STEPS: usize = 100;
const NEAR_KNOWN: usize = 90;

/// Looks at every labelled image, keeps and tells the suspicious labels.
///
/// # Errors
/// When vectors cannot be read, or there are not two labels to be told apart.
pub fn run(wish: &SuspiciousLabelWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let mut layers = others(wish, opened.stored(), opened.class_layer());
    layers.push(wish.source.clone());
    progress.set_total(layers.len() * STEPS, true);
    let images = opened.catalogue.now();
    let searchable = opened.library.vectors(&wish.source)?;
    let classes = Classes::of(&searchable.vectors.ids, &images);
    if classes.names.len() < 2 {
        return Err(no_labels(&classes));
    }
    // Which class each image should have, and how many layers say so.
    let mut said: BTreeMap<(ImageId, u32), u32> = BTreeMap::new();
    let mut nearer: BTreeMap<ImageId, u32> = BTreeMap::new();
    let mut decides: Option<Judged> = None;
    // The one that decides comes first: the others are asked of what it finds.
    for (number, layer) in layers.iter().rev().enumerate() {
        let searchable = opened.library.vectors(layer)?;
        let labelled = classes.labelled(&searchable.vectors, &images);
        let watch = |share: f32| progress.set_done(number * STEPS + (share * NEAR_KNOWN as f32) as usize);
        let judged = judge(&labelled, classes.names.len(), wish.k, opened, progress, &watch);
        let Some(judged) = judged else { return Ok(()) };
        for suspicion in &judged.found {
            *said.entry((judged.ids[suspicion.row], suspicion.likely)).or_default() += 1;
        }
        let decides = decides.get_or_insert(judged);
        let Some(at_layer) = nearer_at(&labelled, decides, progress) else { return Ok(()) };
        at_layer.into_iter().for_each(|image| *nearer.entry(image).or_default() += 1);
        progress.set_done((number + 1) * STEPS);
    }
    let Some(judged) = decides else { return Ok(()) };
    let neighbours = judged.neighbours;
    let count = |row: usize, class: u32| (judged.probabilities.of(row, class) * neighbours as f32).round() as u32;
    let label = |suspicion: &Suspicion| {
        let Suspicion { row, likely, margin, confidence } = *suspicion;
        let (image, given) = (judged.ids[row], judged.labels[row]);
        SuspiciousLabel {
            image,
            given: classes.names[given as usize].to_owned(),
            likely: classes.names[likely as usize].to_owned(),
            margin,
            confidence,
            likely_neighbours: count(row, likely),
            given_neighbours: count(row, given),
            layers: said.get(&(image, likely)).copied().unwrap_or(1),
            middles: Some(nearer.get(&image).copied().unwrap_or(0)),
        }
    };
    let mut labels: Vec<SuspiciousLabel> = judged.found.iter().map(label).collect();
    labels.sort_by(|a, b| suspicious_labels::order(a, b, LabelScore::Margin));
    let report = SuspiciousLabelReport {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        labels,
        neighbours,
        layers: layers.into_iter().map(|layer| layer.layer).collect(),
        compared: judged.ids.len(),
        classes: classes.names.len(),
        by_labels: Some(images.label_state()),
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    let table = to_table(&report);
    opened.keep_found("The list of suspicious labels", &table, Finding::SuspiciousLabels(Arc::new(report)));
    Ok(())
}

/// The labels there are, in order of their names.
struct Classes<'a> {
    names: Vec<&'a str>,
    numbers: BTreeMap<&'a str, u32>,
}

impl<'a> Classes<'a> {
    fn of(ids: &[ImageId], images: &'a ImageRecords) -> Self {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for label in ids.iter().filter_map(|id| images.get(*id)?.label) {
            if !numbers.contains_key(label) {
                numbers.insert(label, 0);
            }
        }
        numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
        Self { names: numbers.keys().copied().collect(), numbers }
    }

    /// The rows of images with a label, and which: images without one would be neighbours that say nothing.
    fn labelled<'v>(&self, vectors: &'v Vectors, images: &ImageRecords) -> Labelled<'v> {
        let class = |id: &ImageId| self.numbers.get(images.get(*id)?.label?).copied();
        let known = vectors.ids.iter().enumerate().filter_map(|(row, id)| Some((row, class(id)?)));
        let (rows, labels): (Vec<usize>, Vec<u32>) = known.unzip();
        // Usually all have one, and need not be held twice.
        let all = rows.len() == vectors.ids.len();
        let vectors = if all { Cow::Borrowed(vectors) } else { Cow::Owned(vectors.rows(&rows)) };
        Labelled { vectors, labels }
    }
}

struct Labelled<'v> {
    vectors: Cow<'v, Vectors>,
    labels: Vec<u32>,
}

/// What one layer says.
struct Judged {
    ids: Vec<ImageId>,
    labels: Vec<u32>,
    probabilities: Probabilities,
    neighbours: usize,
    found: Vec<Suspicion>,
}

/// Asks one layer. `None` when cancelled.
fn judge(
    labelled: &Labelled<'_>,
    classes: usize,
    k: usize,
    opened: &Opened,
    progress: &Progress,
    watch: Watch<'_>,
) -> Option<Judged> {
    let Labelled { vectors, labels } = labelled;
    let graph = neighbour_graph(AnalysisKind::SuspiciousLabels, vectors, METRIC, k, opened, progress, watch)?;
    let probabilities = Probabilities::of_neighbours(&graph, labels, classes);
    // A graph without neighbours does not know how many rows it has.
    let found = if graph.k() == 0 { Vec::new() } else { suspicious(labels, &probabilities) };
    Some(Judged { ids: vectors.ids.clone(), labels: labels.clone(), probabilities, neighbours: graph.k(), found })
}

/// Which of the images that were found lie nearer to the mean of the label that they should have, at one layer. `None` when
/// cancelled.
fn nearer_at(labelled: &Labelled<'_>, decides: &Judged, progress: &Progress) -> Option<Vec<ImageId>> {
    let of = |suspicion: &Suspicion| {
        let image = decides.ids[suspicion.row];
        Some((image, (labelled.vectors.row_of(image)?, suspicion.likely)))
    };
    let (images, asked): (Vec<ImageId>, Vec<(usize, u32)>) = decides.found.iter().filter_map(of).unzip();
    let cancelled = || progress.is_cancelled();
    let nearer = nearer_to_another(&labelled.vectors, &labelled.labels, &asked, &cancelled)?;
    Some(images.into_iter().zip(nearer).filter_map(|(image, is_nearer)| is_nearer.then_some(image)).collect())
}

/// The further layers that are asked: spread over the deeper part of the network, the deepest one among them.
fn others(wish: &SuspiciousLabelWish, stored: &[StoredLayer], scores: Option<&str>) -> Vec<StoredLayer> {
    let is_other = |layer: &&StoredLayer| {
        layer.pooling == wish.source.pooling
            && layer.layer != wish.source.layer
            && scores.is_none_or(|scores| layer.layer != scores)
    };
    let all: Vec<&StoredLayer> = stored.iter().filter(is_other).collect();
    let deep = &all[all.len() / SHALLOW..];
    let count = wish.others.min(deep.len());
    let place = |number: usize| (number + 1) * deep.len() / count - 1;
    (0..count).map(|number| deep[place(number)].clone()).collect()
}

fn no_labels(classes: &Classes<'_>) -> Problem {
    let why = match classes.names.first() {
        None => "no image with vectors has a label".to_owned(),
        Some(only) => format!("all images with vectors that have a label have the same one, {only}"),
    };
    Problem::new("There are no labels to be told apart", why)
        .with_remedy("An image's label is the name of the folder it lies in, or comes from a file (`tiramisu import`).")
}

/// What is kept of a list besides its rows.
#[derive(Serialize, Deserialize)]
struct About {
    #[serde(flatten)]
    wish: SuspiciousLabelWish,
    neighbours: usize,
    layers_asked: Vec<String>,
    compared: usize,
    classes: usize,
    /// Older lists lack it.
    #[serde(default)]
    by_labels: Option<LabelState>,
    elapsed_secs: f64,
}

fn to_table(report: &SuspiciousLabelReport) -> FoundTable<About> {
    let labels = &report.labels;
    let words = |of: fn(&SuspiciousLabel) -> &String| FoundColumn::Words(labels.iter().map(of).cloned().collect());
    let numbers = |by: LabelScore| FoundColumn::Numbers(labels.iter().map(|label| label.score(by)).collect());
    let counts = |of: fn(&SuspiciousLabel) -> u32| FoundColumn::Groups(labels.iter().map(of).collect());
    FoundTable {
        name: report.table(),
        about: About {
            wish: report.wish.clone(),
            neighbours: report.neighbours,
            layers_asked: report.layers.clone(),
            compared: report.compared,
            classes: report.classes,
            by_labels: report.by_labels,
            elapsed_secs: report.elapsed_secs,
        },
        ids: labels.iter().map(|label| label.image).collect(),
        columns: vec![
            ("given".to_owned(), words(|label| &label.given)),
            ("likely".to_owned(), words(|label| &label.likely)),
            (LabelScore::Margin.word().to_owned(), numbers(LabelScore::Margin)),
            (LabelScore::Confidence.word().to_owned(), numbers(LabelScore::Confidence)),
            ("given_neighbours".to_owned(), counts(|label| label.given_neighbours)),
            ("likely_neighbours".to_owned(), counts(|label| label.likely_neighbours)),
            ("layers".to_owned(), counts(|label| label.layers)),
            ("middles".to_owned(), counts(|label| label.middles.unwrap_or(0))),
        ],
    }
}

/// The suspicious labels found last, whatever the layer; `None` when none were looked for. Images that got another label
/// meanwhile are left out.
///
/// # Errors
/// When they cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let features = opened.features().to_owned();
    let Some(table) = workspace.latest_found::<About>(&format!("suspicious_{features}_"))? else { return Ok(None) };
    let Some(mut labels) = from_table(&table) else {
        return Err(workspace.found_damaged(&table, "it lacks a column"));
    };
    labels
        .retain(|label| opened.catalogue.get(label.image).is_some_and(|now| now.label.as_ref() == Some(&label.given)));
    labels.sort_by(|a, b| suspicious_labels::order(a, b, LabelScore::Margin));
    let About { wish, neighbours, layers_asked: layers, compared, classes, by_labels, elapsed_secs } = table.about;
    let report = SuspiciousLabelReport {
        features,
        wish,
        labels,
        neighbours,
        layers,
        compared,
        classes,
        by_labels,
        elapsed_secs,
    };
    Ok(Some(Finding::SuspiciousLabels(Arc::new(report))))
}

fn from_table(table: &FoundTable<About>) -> Option<Vec<SuspiciousLabel>> {
    let (given, likely) = (table.words("given")?, table.words("likely")?);
    let [margin, confidence] = LabelScore::ALL.map(|by| table.numbers(by.word()));
    let (margin, confidence) = (margin?, confidence?);
    let (given_neighbours, likely_neighbours) = (table.groups("given_neighbours")?, table.groups("likely_neighbours")?);
    let layers = table.groups("layers")?;
    let middles = table.groups("middles");
    let label = |(row, image): (usize, &ImageId)| SuspiciousLabel {
        image: *image,
        given: given[row].clone(),
        likely: likely[row].clone(),
        margin: margin[row],
        confidence: confidence[row],
        likely_neighbours: likely_neighbours[row],
        given_neighbours: given_neighbours[row],
        layers: layers[row],
        middles: middles.map(|middles| middles[row]),
    };
    Some(table.ids.iter().enumerate().map(label).collect())
}
