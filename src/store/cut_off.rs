//! Vectors that an earlier version of this program cut off.
//!
//! All vectors were stored in half precision once, and numbers beyond it as its largest, 65,504. Now a layer with such
//! numbers is in single precision, and 65,504 is no number that half precision is used for
//! ([`LARGEST_IN_HALF`](crate::domain::LARGEST_IN_HALF)): so where it stands in a column that does not say that it is
//! whole, a number was cut off, and the image is to be extracted again.

use std::ops::ControlFlow;

use super::columns::Column;
use super::identity::Identity;
use super::{FeatureTable, Recorder, StoreError, Workspace};
use crate::domain::{ImageId, LARGEST_HALF, NumbersRef, StoredLayer};

/// No number of a feature is as large if its mean and the root of its squared deviations together are not: then nothing
/// need be read. A little less than the largest half, for what rounding does to both.
const SURELY_WITHIN: f64 = 65_000.0;

impl Recorder {
    /// The images in the table `features` of which a number was cut off, ascending; `None` when `cancelled`. Only columns of
    /// earlier versions are looked at, and of these only the ones whose statistics do not rule it out; where nothing is
    /// found it is remembered.
    ///
    /// # Errors
    /// When the table cannot be read, or the disk does not let us.
    pub fn find_cut_off(
        &self,
        features: &str,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<ImageId>>, StoreError> {
        let workspace = Workspace::open(self.root())?;
        let table = workspace.read_features(features)?;
        let known = workspace.identity.whole(features);
        let doubted: Vec<&Column> =
            table.columns.iter().filter(|column| !column.is_whole && !known.contains(&column.name)).collect();
        if doubted.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let within = layers_within(&workspace, features, &table)?;
        let mut cut_off = Vec::new();
        for column in doubted.iter().filter(|column| !within.contains(&column.stored)) {
            table.each_batch(&column.stored, |ids, vectors| {
                let rows = vectors.chunks(column.channels).zip(ids);
                cut_off.extend(rows.filter(|(vector, _)| is_cut_off(*vector)).map(|(_, id)| *id));
                if cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            if cancelled() {
                return Ok(None);
            }
        }
        cut_off.sort_unstable();
        cut_off.dedup();
        if cut_off.is_empty() {
            let columns = table.columns.iter().filter(|column| !column.is_whole);
            Identity::note_whole(self.root(), features, columns.map(|column| column.name.clone()).collect())?;
        }
        Ok(Some(cut_off))
    }
}

/// Whether a vector holds the largest half, which stands for any larger number there.
pub(super) fn is_cut_off(vector: NumbersRef<'_>) -> bool {
    match vector {
        NumbersRef::Half(vector) => {
            vector.iter().any(|value| value.is_infinite() || value.to_f32().abs() == LARGEST_HALF)
        }
        // A column that was in half precision when the number was cut off.
        NumbersRef::Single(vector) => vector.iter().any(|value| value.abs() == LARGEST_HALF),
    }
}

/// The layers whose statistics say that no number is as large as that; none where the statistics are not those of all
/// rows.
fn layers_within(workspace: &Workspace, features: &str, table: &FeatureTable) -> Result<Vec<StoredLayer>, StoreError> {
    let Some(statistics) = workspace.statistics(features, None)? else { return Ok(Vec::new()) };
    if statistics.covers != Some(table.stamp()) {
        return Ok(Vec::new());
    }
    let is_within = |mean: &f64, m2: &f64| mean.abs() + m2.max(0.0).sqrt() < SURELY_WITHIN;
    let layers = statistics.layers.into_iter().filter(|layer| {
        layer.means.iter().zip(&layer.m2s).all(|(mean, m2)| is_within(mean, m2))
            && layer.skipped.iter().all(|n| *n == 0)
    });
    Ok(layers.map(|layer| layer.source).collect())
}
