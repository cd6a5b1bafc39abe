//! Near-duplicates and outliers: `duplicates_<features>.lance` and `outliers_<features>_<layer>_<pooling>.lance`.
//!
//! `duplicates_…`: one row an image that has a duplicate: `id`, `path`, `label`, `group` (u32, the largest is 0) and
//! `reasons` (`content`, `appearance`, `features`, with blanks between). `outliers_…`: one row an image with vectors: `id`,
//! `path`, `label`, `distance`, `factor`, `cluster` (f32). The metadata's key `result` holds how they were found.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};

use super::{Recorder, StoreError};
use crate::domain::{DuplicateReport, ImageId, ImageRecord, OutlierReport, OutlierScore};

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
        let members = || {
            report.groups.iter().zip(0u32..).flat_map(|(group, number)| {
                let reasons: Vec<&str> = group.reasons.iter().map(|(reason, _)| reason.as_str()).collect();
                let reasons = reasons.join(" ");
                group.images.iter().map(move |id| (*id, number, reasons.clone()))
            })
        };
        let ids: Vec<ImageId> = members().map(|(id, ..)| id).collect();
        let groups = members().map(|(_, number, _)| Some(number)).collect::<UInt32Array>();
        let reasons = members().map(|(.., reasons)| Some(reasons)).collect::<StringArray>();
        let further: Vec<(Field, ArrayRef)> = vec![
            (Field::new("group", DataType::UInt32, false), Arc::new(groups)),
            (Field::new("reasons", DataType::Utf8, false), Arc::new(reasons)),
        ];
        self.write(&report.table(), &report.wish, &ids, record, further)
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
        let further = OutlierScore::ALL.map(|by| {
            let scores: ArrayRef = Arc::new(Float32Array::from(report.scores(by).to_vec()));
            (Field::new(by.word(), DataType::Float32, false), scores)
        });
        self.write(&report.table(), &report.wish, &report.ids, record, further.into())
    }
}
