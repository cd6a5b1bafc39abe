//! Near-duplicates and outliers: `duplicates_<features>.lance` and `outliers_<features>_<layer>_<pooling>.lance`.
//!
//! `duplicates_…`: one row an image that has a duplicate: `id`, `path`, `label`, `group` (u32, the largest is 0), `reasons`
//! (`content`, `appearance`, `features`, with blanks between), `bits` and `distance` (f32: how far apart the farthest pair
//! is that its group was joined by in appearance, and how far the farthest image is from the group's centre in features;
//! null where it was not joined so). `outliers_…`: one row an image
//! with vectors: `id`, `path`, `label`, `distance`, `factor`, `cluster` (f32). Both say of which file's state a row is
//! (`file_bytes`, `modified`): read again, what was found of pictures that are others now, or gone, is left out. The
//! metadata's key `result` holds how they were found.

use std::sync::Arc;
use std::time::SystemTime;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Float32Array, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use serde::{Deserialize, Serialize};

use super::file_state::state_columns;
use super::recorder::about;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, ImageRecord, OutlierReport, OutlierScore,
    OutlierWish, Within,
};

const READ_ROWS: usize = 65_536;

/// What is not per image. Tables of earlier versions hold the wish alone.
#[derive(Serialize, Deserialize)]
struct AboutDuplicates {
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

/// As of duplicates.
#[derive(Serialize, Deserialize)]
struct AboutOutliers {
    #[serde(flatten)]
    wish: OutlierWish,
    #[serde(default)]
    elapsed_secs: f64,
    /// Seconds since 1970.
    #[serde(default)]
    found_at: f64,
}

/// The reasons whose distances are columns.
const FAR: [(DuplicateReason, &str); 2] =
    [(DuplicateReason::Appearance, "bits"), (DuplicateReason::Features, "distance")];

impl Recorder {
    /// Writes duplicates in the place of those found before; returns the version of their table.
    ///
    /// `record` says what is known of an image.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn save_duplicates(
        &self,
        report: &DuplicateReport,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let (wish, elapsed_secs) = (report.wish.clone(), report.elapsed_secs);
        let (within, compared, unread) = (report.within, report.compared, report.unread);
        let about = AboutDuplicates { wish, within, compared, unread, elapsed_secs };
        let members = || {
            let groups = report.groups.iter().zip(0u32..);
            groups.flat_map(|(group, number)| group.images.iter().map(move |id| (*id, number, group)))
        };
        let words = |group: &DuplicateGroup| {
            let reasons: Vec<&str> = group.reasons.iter().map(|(reason, _)| reason.word()).collect();
            Some(reasons.join(" "))
        };
        let far = |group: &DuplicateGroup, reason: DuplicateReason| {
            group.reasons.iter().find(|(known, _)| *known == reason).map(|(_, far)| *far)
        };
        let ids: Vec<ImageId> = members().map(|(id, ..)| id).collect();
        let groups = members().map(|(_, number, _)| Some(number)).collect::<UInt32Array>();
        let reasons = members().map(|(.., group)| words(group)).collect::<StringArray>();
        let mut further: Vec<(Field, ArrayRef)> = vec![
            (Field::new("group", DataType::UInt32, false), Arc::new(groups)),
            (Field::new("reasons", DataType::Utf8, false), Arc::new(reasons)),
        ];
        further.extend(state_columns(&ids, &record));
        for (reason, column) in FAR {
            let distances = members().map(|(.., group)| far(group, reason)).collect::<Float32Array>();
            further.push((Field::new(column, DataType::Float32, true), Arc::new(distances)));
        }
        self.write(&report.table(), &about, &ids, record, further)
    }

    /// Writes outlier scores in the place of those of the layer found before; returns the version of their table.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn save_outliers(
        &self,
        report: &OutlierReport,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let found_at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let about = AboutOutliers { wish: report.wish.clone(), elapsed_secs: report.elapsed_secs, found_at };
        let scores = OutlierScore::ALL.map(|by| {
            let scores: ArrayRef = Arc::new(Float32Array::from(report.scores(by).to_vec()));
            (Field::new(by.word(), DataType::Float32, false), scores)
        });
        let further = scores.into_iter().chain(state_columns(&report.ids, &record)).collect();
        self.write(&report.table(), &about, &report.ids, record, further)
    }
}

impl Workspace {
    /// The near-duplicates found last, without what labels and splits say of them; `None` when none were looked for.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn duplicates(&self, features: &str) -> Result<Option<DuplicateReport>, StoreError> {
        let Some(table) = self.results().open(&format!("duplicates_{features}"))? else { return Ok(None) };
        let AboutDuplicates { wish, within, compared, unread, elapsed_secs } = about(&table)?;
        let wished = || match wish.features.as_ref()?.1 {
            Within::Distance(distance) => Some(distance),
            Within::Share { .. } => None,
        };
        let within = within.or_else(wished);
        let mut columns = vec!["id", "group", "reasons"];
        // Tables of earlier versions lack these.
        let has_far = FAR.iter().all(|(_, column)| table.schema().column_with_name(column).is_some());
        columns.extend(FAR.iter().filter(|_| has_far).map(|(_, column)| column));
        let images = table.rows()?;
        let mut groups: Vec<DuplicateGroup> = Vec::new();
        table.scan(&columns, READ_ROWS, |batch| {
            let wrong = || damaged(&table, "its columns have other types");
            let number = |column: usize| batch.column(column).as_primitive_opt::<UInt32Type>().ok_or_else(wrong);
            let (ids, numbers) = (number(0)?, number(1)?);
            let reasons = batch.column(2).as_string_opt::<i32>().ok_or_else(wrong)?;
            for row in 0..batch.num_rows() {
                // Its rows are in the order of images, not of groups.
                let group = numbers.value(row) as usize;
                if group >= images {
                    return Err(damaged(&table, "it has more groups than images"));
                }
                if groups.len() <= group {
                    groups.resize_with(group + 1, DuplicateGroup::default);
                }
                let group = &mut groups[group];
                group.images.push(ImageId(ids.value(row)));
                if group.images.len() > 1 {
                    continue;
                }
                // What a later version of the program may know beside these has no name here.
                let known = |word: &str| DuplicateReason::ALL.into_iter().find(|reason| reason.word() == word);
                for reason in reasons.value(row).split_whitespace().filter_map(known) {
                    let place = FAR.iter().position(|(known, _)| *known == reason).filter(|_| has_far);
                    let far = place.and_then(|place| batch.column(3 + place).as_primitive_opt::<Float32Type>());
                    let far = far.filter(|far| far.is_valid(row)).map_or(0.0, |far| far.value(row));
                    group.reasons.push((reason, far));
                }
            }
            Ok(())
        })?;
        let changed = self.changed_since(&table)?;
        for group in &mut groups {
            group.images.retain(|id| changed.binary_search(id).is_err());
            group.images.sort_unstable();
        }
        groups.retain(|group| group.images.len() > 1);
        let features = features.to_owned();
        Ok(Some(DuplicateReport { features, wish, within, groups, compared, unread, elapsed_secs }))
    }

    /// The outlier scores found last, whatever the layer; `None` when none were looked for.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn latest_outliers(&self, features: &str) -> Result<Option<OutlierReport>, StoreError> {
        let prefix = format!("outliers_{features}_");
        let mut latest: Option<(Table, AboutOutliers)> = None;
        for name in self.results().names(&prefix)? {
            let Some(table) = self.results().open(&format!("{prefix}{name}"))? else { continue };
            let about: AboutOutliers = about(&table)?;
            if latest.as_ref().is_none_or(|(_, known)| known.found_at <= about.found_at) {
                latest = Some((table, about));
            }
        }
        let Some((table, AboutOutliers { wish, elapsed_secs, .. })) = latest else { return Ok(None) };
        let scores = OutlierScore::ALL.map(OutlierScore::word);
        let mut rows: Vec<(ImageId, [f32; 3])> = Vec::new();
        table.scan(&["id", scores[0], scores[1], scores[2]], READ_ROWS, |batch| {
            let wrong = || damaged(&table, "its columns have other types");
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
            let columns = [1, 2, 3].map(|column| batch.column(column).as_primitive_opt::<Float32Type>());
            let [Some(a), Some(b), Some(c)] = columns else { return Err(wrong()) };
            rows.extend((0..batch.num_rows()).map(|row| (ImageId(ids.value(row)), [a, b, c].map(|of| of.value(row)))));
            Ok(())
        })?;
        rows.sort_unstable_by_key(|(id, _)| *id);
        let changed = self.changed_since(&table)?;
        rows.retain(|(id, _)| changed.binary_search(id).is_err());
        let [distances, factors, clusters] = [0, 1, 2].map(|score| rows.iter().map(|(_, of)| of[score]).collect());
        let ids = rows.iter().map(|(id, _)| *id).collect();
        Ok(Some(OutlierReport { features: features.to_owned(), wish, ids, distances, factors, clusters, elapsed_secs }))
    }
}
