//! Graphs, written as files: images and their nearest neighbours, or images and the features that are strong in them.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::analysis::Graph;
use crate::analysis::embedding::LayerReference;
use crate::analysis::graph::Joined;
use crate::domain::{GraphFormat, ImageId, Metric, Pooling, StoredLayer};
use crate::engine::analyses::choosing::{neighbour_graph, sums};
use crate::engine::message::{
    AnalysisAnswer, AnalysisKind, Event, GraphKind, GraphSummary, GraphWish, Problem, Progress,
};
use crate::engine::opened::Opened;
use crate::export::{ExportError, Vertex, place, vertex_list, write_edges, write_graphml};

/// What there is to do in all for a graph of neighbours, and when those are known.
const STEPS: usize = 1000;
const NEAR_KNOWN: usize = 700;

/// Makes the graph and writes it.
///
/// # Errors
/// When vectors or the embedding cannot be read or are not there, or the file cannot be written.
pub fn run(wish: &GraphWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    // Before the work, not after it.
    let list = vertex_list(&wish.out);
    let targets: &[&Path] = match wish.format {
        GraphFormat::Graphml => &[&wish.out],
        GraphFormat::Edges => &[&wish.out, &list],
    };
    place::check(targets, wish.overwrite).map_err(refused)?;
    let written = match &wish.kind {
        GraphKind::Neighbours { source, k, is_mutual } => neighbours(wish, source, *k, *is_mutual, opened, progress)?,
        GraphKind::Features { deviations, most_share } => features(wish, *deviations, *most_share, opened, progress)?,
    };
    if let Some(mut summary) = written {
        summary.elapsed_secs = started.elapsed().as_secs_f64();
        opened.outbox.tell(Event::Answered(AnalysisAnswer::Graph(summary)));
    }
    Ok(())
}

/// `None` when cancelled.
fn neighbours(
    wish: &GraphWish,
    source: &StoredLayer,
    k: usize,
    is_mutual: bool,
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<GraphSummary>, Problem> {
    progress.set_total(STEPS, true);
    let searchable = opened.library.vectors(source)?;
    let (vectors, metric) = (&searchable.vectors, Metric::Cosine);
    let watch = progress.of_first(NEAR_KNOWN);
    let knn = neighbour_graph(AnalysisKind::Graph, vectors, metric, k, opened, progress, &watch);
    let Some(knn) = knn else { return Ok(None) };
    let joined = if is_mutual { Joined::Mutual } else { Joined::Either };
    let graph = Graph::from_knn(&knn, metric, joined);
    let vertices = images(&vectors.ids, opened);
    let list =
        write(wish, &vertices, |sink| graph.edges().try_for_each(|(a, b, weight)| sink(a, b, weight)), progress)?;
    let Some(vertex_list) = list else { return Ok(None) };
    progress.set_done(STEPS);
    Ok(Some(GraphSummary {
        out: wish.out.clone(),
        vertex_list,
        images: vertices.len(),
        features: 0,
        hubs_dropped: 0,
        edges: graph.edge_count(),
        elapsed_secs: 0.0,
    }))
}

/// `None` when cancelled. Two passes over the layers, one in memory at a time: the first counts in how many images each
/// feature is strong, the second writes.
fn features(
    wish: &GraphWish,
    deviations: Option<f64>,
    most_share: f64,
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<GraphSummary>, Problem> {
    let embedding = match opened.library.embedding(&|| progress.is_cancelled()) {
        Err(_) if progress.is_cancelled() => return Ok(None),
        found => found?,
    };
    let layers = &embedding.reference.layers;
    let ids = embedding.codes.ids();
    progress.set_total(2 * layers.len(), true);
    sums(AnalysisKind::Graph, ids.len(), embedding.codes.features(), layers.len(), opened);
    let is_strong = |layer: &LayerReference, channel: usize, value: f32| match deviations {
        Some(deviations) => layer.z(channel, value) > deviations,
        None => layer.ternary(channel, value) == 1,
    };
    let mut vertices = images(ids, opened);
    let mut numbers: Vec<Vec<Option<u32>>> = Vec::with_capacity(layers.len());
    let (mut edges, mut hubs_dropped) = (0usize, 0);
    for (place, layer) in layers.iter().enumerate() {
        let searchable = opened.library.vectors(&average(layer))?;
        let mut counts = vec![0usize; layer.features()];
        for row in 0..searchable.vectors.matrix.rows() {
            for (channel, value) in searchable.vectors.matrix.row(row).iter().enumerate() {
                counts[channel] += usize::from(is_strong(layer, channel, value));
            }
        }
        let of_layer = counts.iter().enumerate().map(|(channel, count)| {
            if *count == 0 {
                return None;
            }
            if *count as f64 > most_share * ids.len() as f64 {
                hubs_dropped += 1;
                return None;
            }
            edges += count;
            vertices.push(Vertex { kind: "feature", name: format!("{} {channel}", layer.name), label: None });
            Some(vertices.len() as u32 - 1)
        });
        numbers.push(of_layer.collect());
        progress.set_done(place + 1);
        if progress.is_cancelled() {
            return Ok(None);
        }
    }
    let mut unread = None;
    let list = write(
        wish,
        &vertices,
        |sink| {
            for (place, (layer, numbers)) in layers.iter().zip(&numbers).enumerate() {
                let searchable = match opened.library.vectors(&average(layer)) {
                    Ok(searchable) => searchable,
                    Err(problem) => {
                        unread = Some(problem);
                        return Err(io::Error::other("vectors could not be read"));
                    }
                };
                for (row, id) in searchable.vectors.ids.iter().enumerate() {
                    let Ok(image) = ids.binary_search(id) else { continue };
                    for (channel, value) in searchable.vectors.matrix.row(row).iter().enumerate() {
                        if let Some(feature) = numbers[channel].filter(|_| is_strong(layer, channel, value)) {
                            sink(image as u32, feature, layer.z(channel, value) as f32)?;
                        }
                    }
                }
                progress.set_done(layers.len() + place + 1);
            }
            Ok(())
        },
        progress,
    );
    if let Some(problem) = unread {
        return Err(problem);
    }
    let Some(vertex_list) = list? else { return Ok(None) };
    let features = vertices.len() - ids.len();
    let (out, images) = (wish.out.clone(), ids.len());
    Ok(Some(GraphSummary { out, vertex_list, images, features, hubs_dropped, edges, elapsed_secs: 0.0 }))
}

fn average(layer: &LayerReference) -> StoredLayer {
    StoredLayer { layer: layer.name.clone(), pooling: Pooling::Average }
}

fn images(ids: &[ImageId], opened: &Opened) -> Vec<Vertex> {
    ids.iter()
        .map(|id| {
            let record = opened.catalogue.get(*id);
            let label = record.as_ref().and_then(|record| record.label.clone());
            Vertex { kind: "image", name: record.map(|record| record.path.text).unwrap_or_default(), label }
        })
        .collect()
}

/// Where the list of vertices lies, if there is one beside the file; `None` when cancelled, and then nothing is left.
fn write(
    wish: &GraphWish,
    vertices: &[Vertex],
    edges: impl FnOnce(&mut crate::export::EdgeSink) -> io::Result<()>,
    progress: &Progress,
) -> Result<Option<Option<PathBuf>>, Problem> {
    let stoppable = |sink: &mut crate::export::EdgeSink| {
        edges(&mut |a, b, weight| match progress.is_cancelled() {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => sink(a, b, weight),
        })
    };
    let written = match wish.format {
        GraphFormat::Graphml => write_graphml(vertices, stoppable, &wish.out, wish.overwrite).map(|()| None),
        GraphFormat::Edges => write_edges(vertices, stoppable, &wish.out, wish.overwrite).map(Some),
    };
    match written {
        Ok(list) => Ok(Some(list)),
        Err(_) if progress.is_cancelled() => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: ExportError) -> Problem {
    if matches!(error, ExportError::Exists { .. }) {
        return Problem::new("The graph was not written", error)
            .with_remedy("Name another file, or add --overwrite to replace it.");
    }
    Problem::new("The graph could not be written", error)
}
