//! Maps: vectors in, a point an image out, shown while they settle.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::analysis::{Cancelled, KnnGraph, Pacmap, Umap, faithfulness, pacmap, pca, tsne, umap};
use crate::domain::{
    Faithfulness, Metric, PerImage, Projection, ProjectionMethod, ProjectionWish, Strategy, StrategyChoice, Vectors,
    Workload, choose, counted, thousands,
};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::analyses::digest;
use crate::engine::analyses::stored_map::stored_map;
use crate::engine::collection::free_memory;
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, Event, Problem, Progress, StoredResult};
use crate::engine::opened::Opened;

/// As neighbours are ranked by.
pub(super) const METRIC: Metric = Metric::Cosine;
/// Neighbours of each image that UMAP keeps together: umap-learn's 15, the image itself among them.
const UMAP_NEIGHBOURS: usize = 14;
/// Three times a perplexity of 30.
const TSNE_NEIGHBOURS: usize = 90;
/// What each of them takes: 8 bytes in the graph, 16 where it is handed over, and 12 for its attraction, there and, with that of
/// both sides, twice more.
const TSNE_BYTES: u64 = 8 + 16 + 3 * 12;
/// Neighbours by which a map is judged.
pub(super) const JUDGED_NEIGHBOURS: usize = 15;
/// A map that moves is shown so often.
const FRAME: Duration = Duration::from_millis(200);
/// What the progress counts to.
const STEPS: usize = 1000;
/// When the nearest neighbours are known, and when all is in its place.
const NEAR_KNOWN: usize = 200;
const LAID_OUT: usize = 950;

/// Shows the map that is kept under the name of the wish, if it is what would be made: by the same method and seed, and of
/// the vectors that its images have now, those that were placed on it later as well. Else makes it.
///
/// # Errors
/// When vectors cannot be read or there are none.
pub fn show(wish: &ProjectionWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let kept = stored_map(wish, opened).unwrap_or_else(|problem| {
        tracing::warn!(%problem, "the kept map is not used");
        None
    });
    if let Some(map) = kept.filter(|map| map.wish == *wish) {
        let searchable = opened.library.vectors(&wish.source)?;
        let cancelled = || progress.is_cancelled();
        let Some(now) = digest::of_images(&searchable.vectors, &map.ids, &cancelled) else { return Ok(()) };
        if now.is_some() && map.made_of == now {
            opened.outbox.tell(Event::StoredResult(StoredResult::Map(Arc::new(map))));
            return Ok(());
        }
    }
    run(wish, false, opened, progress)
}

/// Makes the map that is wished for, and keeps it when it is finished.
///
/// Principal components need no graph of neighbours. Where making one takes minutes, how far their map can be believed is
/// measured by some of the images alone, unless it is wished by all.
///
/// # Errors
/// When vectors cannot be read or there are none.
pub fn run(wish: &ProjectionWish, judge_all: bool, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    progress.set_total(STEPS, true);
    let searchable = opened.library.vectors(&wish.source)?;
    let vectors = &searchable.vectors;
    if vectors.ids.is_empty() {
        return Err(Problem::new("There is nothing to map", format!("no image has vectors at {}", wish.source.layer))
            .with_remedy("Extract features first."));
    }
    if wish.method == ProjectionMethod::Tsne {
        let images = counted(vectors.ids.len(), "image", "images");
        let needed = vectors.ids.len() as u64 * TSNE_NEIGHBOURS as u64 * TSNE_BYTES;
        let why = format!("the {TSNE_NEIGHBOURS} neighbours of each of {images} and how much they attract each other");
        let remedy = "Choose UMAP, which looks at a sixth of them, or PaCMAP.";
        free_memory::expect_room(opened.library.system_root(), needed, "a map by t-SNE", &why, remedy)?;
    }
    let digest = || digest::of_images(vectors, &vectors.ids, &|| progress.is_cancelled());
    // What it is made of takes one thread some time; where there is another one, that is not after all else.
    let (projection, made_of) = thread::scope(|scope| {
        let beside = thread::Builder::new().name("tiramisu-digest".to_owned()).spawn_scoped(scope, digest).ok();
        let projection = make(wish, judge_all, vectors, opened, progress);
        let made_of = beside.map_or_else(digest, |beside| beside.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (projection, made_of)
    });
    let (Some(projection), Some(made_of)) = (projection, made_of) else { return Ok(()) };
    let projection = Projection { made_of, ..projection };
    let saved = opened
        .recorder()
        .and_then(|recorder| recorder.save_projection(opened.features(), &projection, |id| opened.catalogue.get(id)));
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Map(Arc::new(projection))));
    opened.saved("The map", Asked::Map(wish.clone()), saved);
    Ok(())
}

/// All but what it is made of. `None` when cancelled.
fn make(
    wish: &ProjectionWish,
    judge_all: bool,
    vectors: &Vectors,
    opened: &Opened,
    progress: &Progress,
) -> Option<Projection> {
    let cancelled = || progress.is_cancelled();
    let plane = pca::project(vectors, &cancelled)?;
    let of = |points: &[[f32; 2]], share_done: f32| Projection {
        wish: wish.clone(),
        ids: vectors.ids.clone().into(),
        points: points.to_vec().into(),
        placed: PerImage::default(),
        explained: (wish.method == ProjectionMethod::Pca).then_some(plane.explained),
        faithfulness: None,
        share_done,
        made_of: None,
    };
    // Something to look at from the first moment on.
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Map(Arc::new(of(&plane.points, 0.0)))));
    let (rows, channels) = (vectors.ids.len(), vectors.matrix.columns());
    let takes_minutes = choose(Workload::Graph { rows, channels }).strategy == Strategy::Cells;
    if wish.method == ProjectionMethod::Pca && takes_minutes && !judge_all {
        let judged = judge_by_sample(vectors, &plane.points, opened, progress)?;
        return Some(Projection { faithfulness: Some(judged), ..of(&plane.points, 1.0) });
    }
    let k = match wish.method {
        ProjectionMethod::Tsne => TSNE_NEIGHBOURS,
        ProjectionMethod::Pacmap => pacmap::candidates(vectors.ids.len()).max(JUDGED_NEIGHBOURS),
        ProjectionMethod::Umap | ProjectionMethod::Pca => JUDGED_NEIGHBOURS,
    };
    // Where the points are there already, what is left is to judge them.
    let near_known = if wish.method == ProjectionMethod::Pca { STEPS / 2 } else { NEAR_KNOWN };
    let found = progress.of_first(near_known);
    let graph = neighbour_graph(AnalysisKind::Map, vectors, METRIC, k, opened, progress, &found)?;
    let mut shown = Instant::now();
    let watch = |share: f32, points: &[[f32; 2]]| {
        progress.set_done(near_known + (share * (LAID_OUT - near_known) as f32) as usize);
        if shown.elapsed() >= FRAME && share < 1.0 {
            opened.outbox.tell(Event::Answered(AnalysisAnswer::Map(Arc::new(of(points, share)))));
            shown = Instant::now();
        }
    };
    let points = lay_out(wish, vectors, &graph, &plane.points, watch, &cancelled)?;
    let judged = faithfulness::measure(vectors, METRIC, &graph, &points, JUDGED_NEIGHBOURS, &cancelled)?;
    progress.set_done(STEPS);
    Some(Projection { faithfulness: Some(judged), ..of(&points, 1.0) })
}

/// How far a map of very many images can be believed, measured by some of them; which is told.
fn judge_by_sample(
    vectors: &Vectors,
    points: &[[f32; 2]],
    opened: &Opened,
    progress: &Progress,
) -> Option<Faithfulness> {
    progress.set_done(STEPS / 2);
    let cancelled = || progress.is_cancelled();
    let judged = faithfulness::measure_by_sample(vectors, METRIC, points, JUDGED_NEIGHBOURS, &cancelled)?;
    let rows = vectors.ids.len();
    let some = thousands(judged.sampled.unwrap_or(rows));
    let all = counted(rows, "image", "images");
    let reason = format!(
        "the components are those of {all}; how far the map can be believed was measured by {some} of them, since all \
         take minutes (`tiramisu project --judge-all`)"
    );
    let choice = StrategyChoice { strategy: Strategy::Sample, reason };
    opened.outbox.tell(Event::StrategyChosen(AnalysisKind::Map, choice));
    progress.set_done(STEPS);
    Some(judged)
}

/// The places of a map that begins at those of the principal components; `watch` is told them now and then, with the
/// share that is done. `None` when cancelled.
fn lay_out(
    wish: &ProjectionWish,
    vectors: &Vectors,
    graph: &KnnGraph,
    begin: &[[f32; 2]],
    mut watch: impl FnMut(f32, &[[f32; 2]]),
    cancelled: Cancelled<'_>,
) -> Option<Vec<[f32; 2]>> {
    match wish.method {
        ProjectionMethod::Pca => Some(begin.to_vec()),
        ProjectionMethod::Umap => {
            let options = umap::Options { seed: wish.seed, ..umap::Options::default() };
            let mut layout = Umap::new(&first(graph, UMAP_NEIGHBOURS), begin, options);
            while layout.step(4, cancelled) {
                if cancelled() {
                    return None;
                }
                watch(layout.share_done(), layout.points());
            }
            Some(layout.points().to_vec())
        }
        ProjectionMethod::Tsne => tsne::lay_out(graph, begin, watch, cancelled),
        ProjectionMethod::Pacmap => {
            let mut layout = Pacmap::new(vectors, METRIC, graph, begin, wish.seed, cancelled)?;
            while layout.step(4, cancelled) {
                if cancelled() {
                    return None;
                }
                watch(layout.share_done(), layout.points());
            }
            Some(layout.points().to_vec())
        }
    }
}

/// The graph of the first `k` neighbours alone.
fn first(graph: &KnnGraph, k: usize) -> KnnGraph {
    let k = k.min(graph.k());
    let rows = 0..graph.rows();
    let neighbours = rows.clone().flat_map(|row| graph.neighbours(row)[..k].to_vec()).collect();
    KnnGraph::new(k, neighbours, rows.flat_map(|row| graph.distances(row)[..k].to_vec()).collect())
}
