//! Near-duplicates: by the files' bytes, by their look, by what a layer sees.
//!
//! Stored as `duplicates_<features>.lance`: each image that has a duplicate, `group` (u32, the largest is 0), `reasons`
//! (`content`, `appearance`, `features`, with blanks between), `bits` and `distance` (f32: how far apart the farthest pair is
//! that its group was joined by in appearance, and how far the farthest image is from the group's centre in features; null
//! where it was not joined so).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::duplicates::{
    Conflict, Duplicates, Group, Suspects, conflicts, reaches, split_of, usual_distance,
};
use crate::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, ImageRecord, Metric, Strategy,
    StrategyChoice, Vectors, Within, Workload, choose, counted, thousands,
};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::message::{AnalysisKind, Event, Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::engine::thread::readers::Readers;
use crate::images::{content_hash, perceptual_hash};
use crate::store::{FoundColumn, FoundTable, StoreError, Workspace};

/// Neighbours of each image that are looked at: of more copies than this the farther ones are found through the nearer. How
/// far the tenth of them is, usually and of each image, says what is near at a layer.
const NEIGHBOURS: usize = 30;
/// What comparing vectors counts for in the progress, beside one a file.
const FEATURE_STEPS: usize = 100;
/// The share of that when the nearest neighbours are known.
const NEAR_KNOWN: f32 = 0.9;
/// Thumbnails read at once.
const PORTION: usize = 256;

/// Finds them, keeps and tells them.
///
/// # Errors
/// When thumbnails or vectors cannot be read.
pub fn run(wish: &DuplicateWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let records: Vec<ImageRecord> =
        opened.catalogue.all().into_iter().filter(|record| record.problem.is_none()).collect();
    let ways = [wish.by_content, wish.bits.is_some(), wish.features.is_some()];
    let files = usize::from(wish.by_content) * records.len() + usize::from(wish.bits.is_some()) * records.len();
    let features = if wish.features.is_some() { FEATURE_STEPS } else { 0 };
    progress.set_total(files + features, true);
    if !ways.contains(&true) || records.is_empty() {
        return Err(Problem::new(
            "There is nothing to compare",
            "no picture could be read, or every way of comparing was excluded",
        ));
    }
    let cancelled = || progress.is_cancelled();
    let mut found = Duplicates::new(records.len());
    let mut unread = 0;
    if wish.by_content {
        let (hashes, failed) = content_hashes(&records, opened, progress);
        unread = failed;
        found.add_equal_content(&hashes);
    }
    if let Some(bits) = wish.bits.filter(|_| !cancelled()) {
        let hashes = appearance_hashes(&records, opened, progress)?;
        if found.add_alike(&hashes, bits, &cancelled).is_none() {
            return Ok(());
        }
    }
    let mut within = None;
    if let Some((source, wanted)) = wish.features.as_ref().filter(|_| !cancelled()) {
        let searchable = opened.library.vectors(source)?;
        // Rows of vectors are images with vectors; rows of the groups are pictures that can be read.
        let row_of = |id: &ImageId| records.binary_search_by_key(id, |record| record.id).ok().map(|row| row as u32);
        let places: Vec<Option<u32>> = searchable.vectors.ids.iter().map(row_of).collect();
        let gathered = gather(&mut found, &searchable.vectors, &places, *wanted, opened, progress);
        let Some(distance) = gathered else { return Ok(()) };
        within = Some(distance);
    }
    if cancelled() {
        return Ok(());
    }
    let report = DuplicateReport {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        within,
        groups: groups(found, &records),
        compared: records.len(),
        unread,
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    let table = to_table(&report);
    opened.keep_found("The list of duplicates", &table, Finding::Duplicates(Arc::new(report)));
    Ok(())
}

/// Gathers what is near at a layer, and returns up to which distance that is at most; `None` when cancelled.
fn gather(
    found: &mut Duplicates,
    vectors: &Vectors,
    places: &[Option<u32>],
    wanted: Within,
    opened: &Opened,
    progress: &Progress,
) -> Option<f32> {
    let cancelled = || progress.is_cancelled();
    let (rows, channels) = (vectors.ids.len(), vectors.matrix.columns());
    let counted_so_far = AtomicUsize::new(0);
    let watch = |share: f32| {
        let now = (share * FEATURE_STEPS as f32) as usize;
        progress.add(now.saturating_sub(counted_so_far.fetch_max(now, Ordering::Relaxed)), 0);
    };
    if choose(Workload::Graph { rows, channels }).strategy == Strategy::Cells
        && let Some(suspects) = Suspects::find(vectors, Metric::Cosine, wanted, NEIGHBOURS, &watch, &cancelled)?
    {
        let [cells, looked_into] = suspects.cells.map(thousands);
        let reason = format!(
            "each of {} was compared with those of the nearest {looked_into} of {cells} cells: a copy is rarely elsewhere; {} \
             had others near",
            counted(rows, "image", "images"),
            thousands(suspects.rows.len()),
        );
        let choice = StrategyChoice { strategy: Strategy::Cells, reason };
        opened.outbox.tell(Event::StrategyChosen(AnalysisKind::Duplicates, choice));
        let places: Vec<Option<u32>> = suspects.rows.iter().map(|row| places[*row]).collect();
        let Suspects { graph, vectors, reaches, within, .. } = suspects;
        found.gather_near(&graph, &vectors, Metric::Cosine, &places, &reaches, &cancelled)?;
        return Some(within);
    }
    let found_near = |share: f32| watch(share * NEAR_KNOWN);
    let of = AnalysisKind::Duplicates;
    let graph = neighbour_graph(of, vectors, Metric::Cosine, NEIGHBOURS, opened, progress, &found_near)?;
    let distance = wanted.distance(usual_distance(&graph));
    let reaches = match wanted {
        Within::Distance(distance) => vec![distance; places.len()],
        Within::Share { share } => reaches(&graph, vectors, Metric::Cosine, share, &cancelled)?,
    };
    found.gather_near(&graph, vectors, Metric::Cosine, places, &reaches, &cancelled)?;
    watch(1.0);
    Some(distance)
}

/// The hash of every file, and how many could not be read.
fn content_hashes(records: &[ImageRecord], opened: &Opened, progress: &Progress) -> (Vec<Option<[u8; 32]>>, usize) {
    // Only files of one size can be equal; the others need not be read.
    let mut sizes: Vec<u64> = records.iter().map(|record| record.file_bytes).collect();
    sizes.sort_unstable();
    let has_twin =
        |bytes: u64| sizes.partition_point(|size| *size <= bytes) - sizes.partition_point(|size| *size < bytes) > 1;
    let failed = AtomicUsize::new(0);
    let hash = |record: &ImageRecord| {
        progress.add(1, 0);
        if progress.is_cancelled() || !has_twin(record.file_bytes) {
            return None;
        }
        content_hash::content_hash(&record.path.below(&opened.folder))
            .inspect_err(|_| {
                failed.fetch_add(1, Ordering::Relaxed);
            })
            .ok()
    };
    let hashes = Readers::Job.run(|| records.par_iter().map(hash).collect());
    (hashes, failed.into_inner())
}

/// The perceptual hash of every picture, from its thumbnail.
fn appearance_hashes(
    records: &[ImageRecord],
    opened: &Opened,
    progress: &Progress,
) -> Result<Vec<Option<u64>>, Problem> {
    let unread = |error| Problem::new("The thumbnails could not be read", error);
    let workspace = opened.workspace.now().map_err(unread)?;
    let mut hashes = Vec::with_capacity(records.len());
    for portion in records.chunks(PORTION) {
        if progress.is_cancelled() {
            break;
        }
        let ids: Vec<ImageId> = portion.iter().map(|record| record.id).collect();
        let thumbnails = workspace.thumbnails(&ids).map_err(unread)?;
        let hash = |id: &ImageId| {
            let place = thumbnails.binary_search_by_key(id, |(id, _)| *id).ok()?;
            perceptual_hash::perceptual_hash_of_thumbnail(thumbnails[place].1.as_ref()?).ok()
        };
        hashes.par_extend(ids.par_iter().map(hash));
        progress.add(portion.len(), 0);
    }
    hashes.resize(records.len(), None);
    Ok(hashes)
}

/// The groups as they are told, of rows that are pictures.
fn groups(found: Duplicates, records: &[ImageRecord]) -> Vec<DuplicateGroup> {
    let plain = |group: Group| DuplicateGroup {
        images: group.rows.iter().map(|row| records[*row as usize].id).collect(),
        reasons: group.reasons,
        ..DuplicateGroup::default()
    };
    let mut groups: Vec<DuplicateGroup> = found.groups().into_iter().map(plain).collect();
    find_conflicts(&mut groups, records);
    groups
}

/// Says of each group whether its labels or splits contradict each other. `records` ascend; of an image that is not among
/// them nothing is known.
fn find_conflicts(groups: &mut [DuplicateGroup], records: &[ImageRecord]) {
    let row_of = |id: &ImageId| records.binary_search_by_key(id, |record| record.id).ok().map(|row| row as u32);
    let rows: Vec<Group> = groups
        .iter()
        .map(|group| Group { rows: group.images.iter().filter_map(row_of).collect(), reasons: Vec::new() })
        .collect();
    let labels: Vec<Option<&str>> = records.iter().map(|record| record.label.as_deref()).collect();
    let splits: Vec<Option<&str>> = records.iter().map(|record| split_of(&record.path.text)).collect();
    let owned =
        |conflict: &Conflict| conflict.values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
    for conflict in conflicts(&rows, &labels) {
        groups[conflict.group].labels = owned(&conflict);
    }
    for conflict in conflicts(&rows, &splits) {
        groups[conflict.group].splits = owned(&conflict);
    }
}

/// What is kept besides the groups. Tables of earlier versions hold the wish alone.
#[derive(Serialize, Deserialize)]
struct About {
    #[serde(flatten)]
    wish: DuplicateWish,
    /// Tables of earlier versions took the distance of the wish.
    #[serde(default)]
    within: Option<f32>,
    #[serde(default)]
    compared: usize,
    #[serde(default)]
    unread: usize,
    #[serde(default)]
    elapsed_secs: f64,
}

/// The reasons whose distances are columns.
const FAR: [(DuplicateReason, &str); 2] =
    [(DuplicateReason::Appearance, "bits"), (DuplicateReason::Features, "distance")];

fn to_table(report: &DuplicateReport) -> FoundTable<About> {
    let (wish, elapsed_secs) = (report.wish.clone(), report.elapsed_secs);
    let (within, compared, unread) = (report.within, report.compared, report.unread);
    let members = || {
        let groups = report.groups.iter().zip(0u32..);
        groups.flat_map(|(group, number)| group.images.iter().map(move |id| (*id, number, group)))
    };
    let words = |group: &DuplicateGroup| {
        let reasons: Vec<&str> = group.reasons.iter().map(|(reason, _)| reason.word()).collect();
        reasons.join(" ")
    };
    let far = |group: &DuplicateGroup, reason: DuplicateReason| {
        group.reasons.iter().find(|(known, _)| *known == reason).map(|(_, far)| *far)
    };
    let mut columns = vec![
        ("group".to_owned(), FoundColumn::Groups(members().map(|(_, number, _)| number).collect())),
        ("reasons".to_owned(), FoundColumn::Words(members().map(|(.., group)| words(group)).collect())),
    ];
    columns.extend(FAR.map(|(reason, column)| {
        (column.to_owned(), FoundColumn::SomeNumbers(members().map(|(.., group)| far(group, reason)).collect()))
    }));
    FoundTable {
        name: report.table(),
        about: About { wish, within, compared, unread, elapsed_secs },
        ids: members().map(|(id, ..)| id).collect(),
        columns,
    }
}

/// The near-duplicates found last; `None` when none were looked for. What their labels and splits say is of today.
///
/// # Errors
/// When they cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let features = opened.features();
    let Some(table) = workspace.found::<About>(&format!("duplicates_{features}"))? else { return Ok(None) };
    let (Some(numbers), Some(reasons)) = (table.groups("group"), table.words("reasons")) else {
        return Err(workspace.found_damaged(&table, "it lacks groups or reasons"));
    };
    // Tables of earlier versions lack these.
    let distances = FAR.map(|(reason, column)| (reason, table.some_numbers(column).unwrap_or_default()));
    let far = |row: usize, reason: DuplicateReason| {
        let (_, distances) = distances.iter().find(|(known, _)| *known == reason)?;
        distances.get(row).copied().flatten()
    };
    let mut groups: BTreeMap<u32, DuplicateGroup> = BTreeMap::new();
    for (row, id) in table.ids.iter().enumerate() {
        let group = groups.entry(numbers[row]).or_default();
        if group.images.is_empty() {
            // What a later version of the program may know beside these has no name here.
            let known = |word: &str| DuplicateReason::ALL.into_iter().find(|reason| reason.word() == word);
            let reasons = reasons[row].split_whitespace().filter_map(known);
            group.reasons = reasons.map(|reason| (reason, far(row, reason).unwrap_or(0.0))).collect();
        }
        group.images.push(*id);
    }
    let mut groups: Vec<DuplicateGroup> = groups.into_values().filter(|group| group.images.len() > 1).collect();
    find_conflicts(&mut groups, &opened.catalogue.all());
    let About { wish, within, compared, unread, elapsed_secs } = table.about;
    let wished = || match wish.features.as_ref()?.1 {
        Within::Distance(distance) => Some(distance),
        Within::Share { .. } => None,
    };
    let (features, within) = (features.to_owned(), within.or_else(wished));
    let report = DuplicateReport { features, wish, within, groups, compared, unread, elapsed_secs };
    Ok(Some(Finding::Duplicates(Arc::new(report))))
}
