//! New images on a map that was made before: their vectors in, points among those that stay where they are.

use std::sync::Arc;

use crate::analysis::{Cancelled, KnnGraph, faithfulness, knn, pca, placing, umap};
use crate::domain::{Faithfulness, ImageId, Projection, ProjectionMethod, ProjectionWish, Trust, Vectors};
use crate::engine::analyses::digest;
use crate::engine::analyses::project::{JUDGED_NEIGHBOURS, METRIC};
use crate::engine::analyses::stored_map::stored_map;
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, Event, Problem, Progress};
use crate::engine::opened::Opened;

/// What the progress counts to: neighbours, places, the table.
const STEPS: usize = 3;

/// Gives every image that has a vector and no point a place on the kept map, and keeps the map with them.
///
/// # Errors
/// When there is no such map, or vectors cannot be read.
pub fn run(wish: &ProjectionWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    progress.set_total(STEPS, true);
    let Some(map) = stored_map(wish, opened)? else {
        let what = format!("nothing is stored under the name {}", wish.name());
        return Err(Problem::new("There is no map to place images on", what).with_remedy("Make the map first."));
    };
    let searchable = opened.library.vectors(&map.wish.source)?;
    let parts = Parts::of(&map, &searchable.vectors);
    // Earlier versions of Tiramisu told the numbers of the map as it was made for the placed as well.
    let is_judged = map.placed.is_empty() || map.faithfulness.as_ref().is_none_or(|known| known.of_placed.is_some());
    if parts.new.is_empty() && is_judged {
        opened.outbox.tell(Event::Answered(AnalysisAnswer::Placed { projection: Arc::new(map), images: 0 }));
        return Ok(());
    }
    if parts.old.is_empty() {
        let what = "none of the images it was made of has a vector any more";
        return Err(Problem::new("Nothing can be placed on the map", what).with_remedy("Make the map anew."));
    }
    let cancelled = || progress.is_cancelled();
    let Some((points, kept)) = places(&map, &parts, &searchable.vectors, progress, &cancelled) else { return Ok(()) };
    let images = parts.new.len();
    let ids: Vec<ImageId> = parts.new.iter().map(|row| searchable.vectors.ids[*row]).collect();
    // A map that was not of today's vectors before is not now, either.
    let Some(before) = digest::of_images(&searchable.vectors, &map.ids, &cancelled) else { return Ok(()) };
    let was_of_these = before.is_some() && before == map.made_of;
    let mut projection = with(map, &ids, &points, &kept);
    if !judge(&mut projection, &searchable.vectors, &cancelled) {
        return Ok(());
    }
    projection.made_of = match was_of_these {
        true => digest::of_images(&searchable.vectors, &projection.ids, &cancelled).flatten(),
        false => None,
    };
    let saved = opened
        .recorder()
        .and_then(|recorder| recorder.save_projection(opened.features(), &projection, |id| opened.catalogue.get(id)));
    progress.set_done(STEPS);
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Placed { projection: Arc::new(projection), images }));
    opened.saved("The map", Asked::Analysis(AnalysisKind::Placing), saved);
    Ok(())
}

/// Which vectors are which.
struct Parts {
    /// Rows of vectors that the map was made of, and the place of each among the map's points. Images that were placed
    /// are not among them: where one gets does not depend on which were placed before.
    old: Vec<usize>,
    old_on_map: Vec<usize>,
    /// Rows of vectors that have no point.
    new: Vec<usize>,
}

impl Parts {
    /// Sorts the rows of `vectors` by what `map` has of them.
    fn of(map: &Projection, vectors: &Vectors) -> Self {
        let mut parts = Self { old: Vec::new(), old_on_map: Vec::new(), new: Vec::new() };
        for (row, id) in vectors.ids.iter().enumerate() {
            match map.ids.binary_search(id) {
                Ok(place) if !map.was_placed(*id) => {
                    parts.old.push(row);
                    parts.old_on_map.push(place);
                }
                Ok(_) => {}
                Err(_) => parts.new.push(row),
            }
        }
        parts
    }
}

/// A point for each new row, and the share of its neighbours that are near it; `None` when cancelled.
///
/// By principal components the point is where the components of the old rows put it. By UMAP it is where umap-learn's
/// `transform` puts it. By t-SNE and PaCMAP it is the median of its neighbours' places, weighted by how much it belongs to
/// them.
fn places(
    map: &Projection,
    parts: &Parts,
    vectors: &Vectors,
    progress: &Progress,
    cancelled: Cancelled<'_>,
) -> Option<(Vec<[f32; 2]>, Vec<f32>)> {
    let (old, new) = (vectors.rows(&parts.old), vectors.rows(&parts.new));
    let old_points: Vec<[f32; 2]> = parts.old_on_map.iter().map(|place| map.points[*place]).collect();
    let graph: KnnGraph = knn::between(&new, &old, METRIC, JUDGED_NEIGHBOURS, cancelled)?;
    progress.set_done(1);
    let points = match map.wish.method {
        ProjectionMethod::Pca => pca::place(&old, &new, cancelled)?,
        ProjectionMethod::Umap => {
            let keys: Vec<u64> = new.ids.iter().map(|id| u64::from(id.0)).collect();
            let options = umap::Options { seed: map.wish.seed, ..umap::Options::default() };
            umap::transform(&graph, &old_points, &keys, options, cancelled)?
        }
        ProjectionMethod::Tsne | ProjectionMethod::Pacmap => placing::at_medians(&graph, &old_points),
    };
    progress.set_done(2);
    let kept = faithfulness::kept_of_placed(&graph, &old_points, &points, JUDGED_NEIGHBOURS);
    (!cancelled()).then_some((points, kept))
}

/// The map with new images, in the order of images; all other points are the same.
fn with(map: Projection, ids: &[ImageId], points: &[[f32; 2]], kept: &[f32]) -> Projection {
    let is_judged = map.faithfulness.as_ref().is_some_and(|known| known.kept_of_each.len() == map.ids.len());
    let kept_before = map.faithfulness.as_ref().map_or(&[][..], |known| &known.kept_of_each);
    let before = map.ids.iter().zip(&map.points).enumerate();
    let mut rows: Vec<(ImageId, [f32; 2], f32)> = before
        .map(|(row, (id, point))| (*id, *point, kept_before.get(row).copied().unwrap_or_default()))
        .chain(ids.iter().zip(points).zip(kept).map(|((id, point), kept)| (*id, *point, *kept)))
        .collect();
    rows.sort_unstable_by_key(|(id, ..)| *id);
    let mut placed: Vec<ImageId> = map.placed.iter().chain(ids).copied().collect();
    placed.sort_unstable();
    let mut faithfulness = map.faithfulness;
    if let Some(known) = faithfulness.as_mut().filter(|_| is_judged) {
        known.kept_of_each = rows.iter().map(|(.., kept)| *kept).collect();
    }
    Projection {
        ids: rows.iter().map(|(id, ..)| *id).collect(),
        points: rows.iter().map(|(_, point, _)| *point).collect(),
        placed: placed.into(),
        faithfulness,
        wish: map.wish,
        explained: map.explained,
        share_done: map.share_done,
        made_of: None,
    }
}

/// Measures the map anew, with the images that were placed on it; false when cancelled. Images without a vector today do not
/// count.
fn judge(map: &mut Projection, vectors: &Vectors, cancelled: Cancelled<'_>) -> bool {
    let Some(known) = map.faithfulness.take() else { return true };
    let on_map: Vec<(usize, usize)> =
        vectors.ids.iter().enumerate().filter_map(|(row, id)| Some((row, map.ids.binary_search(id).ok()?))).collect();
    let rows: Vec<usize> = on_map.iter().map(|(row, _)| *row).collect();
    let of = vectors.rows(&rows);
    let points: Vec<[f32; 2]> = on_map.iter().map(|(_, place)| map.points[*place]).collect();
    let placed: Vec<usize> = (0..rows.len()).filter(|row| map.was_placed(of.ids[*row])).collect();
    let everyone: Vec<usize> = (0..rows.len()).collect();
    let measure = |some: &[usize]| faithfulness::measure_some(&of, METRIC, &points, some, JUDGED_NEIGHBOURS, cancelled);
    let (Some(all), Some(of_placed)) = (measure(&everyone), measure(&placed)) else { return false };
    let as_made = known.as_made.unwrap_or(Trust {
        images: map.ids.len() - map.placed.len(),
        k: known.k,
        trustworthiness: known.trustworthiness,
        kept: known.kept,
    });
    map.faithfulness = Some(Faithfulness {
        k: JUDGED_NEIGHBOURS.min(rows.len().saturating_sub(1) / 2),
        trustworthiness: all.trustworthiness,
        kept: all.kept,
        kept_of_each: known.kept_of_each,
        of_placed: Some(of_placed),
        as_made: Some(as_made),
        sampled: known.sampled,
    });
    true
}
