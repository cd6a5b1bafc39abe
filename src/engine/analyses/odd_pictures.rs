//! Pictures that something is wrong with, by their thumbnails and sizes; and the files that cannot be read.
//!
//! Stored as `odd_<features>.lance`: each image, `sharpness`, `dark`, `bright` and `entropy` (f32, null of images without a
//! thumbnail; [`PictureMeasures`] says what they mean), and `kinds` (in which ways it is odd, with blanks between). Of images that
//! are in it and did not change, nothing is measured again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::odd_pictures::{Picture, find_odd};
use crate::domain::{ImageId, ImageRecord, OddPicture, OddPictureReport, PictureMeasures};
use crate::engine::message::{Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::images::measures::measures_of_thumbnail;
use crate::store::{FoundColumn, FoundTable, StoreError, Workspace};

/// Thumbnails read at once.
const PORTION: usize = 256;

type Measures = HashMap<ImageId, PictureMeasures>;

/// Looks at every image, keeps and tells the odd ones.
///
/// # Errors
/// When thumbnails cannot be read, or there is no image.
pub fn run(opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let records = opened.catalogue.all();
    if records.is_empty() {
        return Err(Problem::new("There is nothing to look at", "the collection has no images"));
    }
    let unread = |error| Problem::new("The thumbnails could not be read", error);
    let workspace = opened.workspace.now().map_err(unread)?;
    // What cannot be read can be measured anew.
    let kept = workspace.found::<About>(&table_of(opened)).unwrap_or_else(|error| {
        tracing::warn!(%error, "measures of pictures are made anew");
        None
    });
    let mut measures = kept.as_ref().and_then(measures_in).unwrap_or_default();
    let is_missing = |record: &&ImageRecord| record.problem.is_none() && !measures.contains_key(&record.id);
    let missing: Vec<ImageId> = records.iter().filter(is_missing).map(|record| record.id).collect();
    progress.set_total(missing.len(), true);
    for portion in missing.chunks(PORTION) {
        if progress.is_cancelled() {
            return Ok(());
        }
        let thumbnails = workspace.thumbnails(portion).map_err(unread)?;
        let measure =
            |(id, jpeg): &(ImageId, Option<Vec<u8>>)| Some((*id, measures_of_thumbnail(jpeg.as_ref()?).ok()?));
        measures.par_extend(thumbnails.par_iter().filter_map(measure));
        progress.add(portion.len(), 0);
    }
    let report = judged(&records, &measures, opened, started.elapsed().as_secs_f64());
    let table = to_table(&report, &records, &measures);
    opened.keep_found("The list of odd pictures", &table, Finding::OddPictures(Arc::new(report)));
    Ok(())
}

fn table_of(opened: &Opened) -> String {
    format!("odd_{}", opened.features())
}

/// What is odd beside what is usual among these.
fn judged(records: &[ImageRecord], measures: &Measures, opened: &Opened, elapsed_secs: f64) -> OddPictureReport {
    let picture = |record: &ImageRecord| Picture {
        is_readable: record.problem.is_none(),
        size: [record.width, record.height],
        measures: measures.get(&record.id).copied(),
    };
    let pictures: Vec<Picture> = records.iter().map(picture).collect();
    let (found, common) = find_odd(&pictures);
    let odd = |(row, oddities): (usize, Vec<_>)| OddPicture { image: records[row].id, oddities };
    OddPictureReport {
        features: opened.features().to_owned(),
        pictures: found.into_iter().map(odd).collect(),
        common,
        compared: records.len(),
        elapsed_secs,
    }
}

/// What is kept besides the rows.
#[derive(Serialize, Deserialize)]
struct About {
    elapsed_secs: f64,
}

/// The columns of measures.
const COLUMNS: [&str; 4] = ["sharpness", "dark", "bright", "entropy"];

fn to_table(report: &OddPictureReport, records: &[ImageRecord], measures: &Measures) -> FoundTable<About> {
    let of = |record: &ImageRecord| measures.get(&record.id);
    let column = |take: fn(&PictureMeasures) -> f32| {
        FoundColumn::SomeNumbers(records.iter().map(|record| of(record).map(take)).collect())
    };
    let [sharpness, dark, bright, entropy] = [
        column(|measures| measures.sharpness),
        column(|measures| measures.dark),
        column(|measures| measures.bright),
        column(|measures| measures.entropy),
    ];
    let words = |record: &ImageRecord| match report.pictures.binary_search_by_key(&record.id, |odd| odd.image) {
        Ok(place) => {
            let words: Vec<&str> = report.pictures[place].oddities.iter().map(|oddity| oddity.kind.word()).collect();
            words.join(" ")
        }
        Err(_) => String::new(),
    };
    let measured = COLUMNS.map(str::to_owned).into_iter().zip([sharpness, dark, bright, entropy]);
    let kinds = ("kinds".to_owned(), FoundColumn::Words(records.iter().map(words).collect()));
    FoundTable {
        name: report.table(),
        about: About { elapsed_secs: report.elapsed_secs },
        ids: records.iter().map(|record| record.id).collect(),
        columns: measured.chain([kinds]).collect(),
    }
}

/// What was measured of the images in a table; `None` if it is none of these.
fn measures_in(table: &FoundTable<About>) -> Option<Measures> {
    let [sharpness, dark, bright, entropy] = COLUMNS.map(|column| table.some_numbers(column));
    let (sharpness, dark, bright, entropy) = (sharpness?, dark?, bright?, entropy?);
    let measured = |(row, id): (usize, &ImageId)| {
        let measures = PictureMeasures {
            sharpness: sharpness[row]?,
            dark: dark[row]?,
            bright: bright[row]?,
            entropy: entropy[row]?,
        };
        Some((*id, measures))
    };
    Some(table.ids.iter().enumerate().filter_map(measured).collect())
}

/// What is odd among the images of today, by what was measured; `None` when nothing was.
///
/// # Errors
/// When the measures cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let Some(table) = workspace.found::<About>(&table_of(opened))? else { return Ok(None) };
    let Some(measures) = measures_in(&table) else {
        return Err(workspace.found_damaged(&table, "it lacks a measure"));
    };
    let report = judged(&opened.catalogue.all(), &measures, opened, table.about.elapsed_secs);
    Ok(Some(Finding::OddPictures(Arc::new(report))))
}
