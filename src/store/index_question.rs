//! Questions to an index.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type, UInt64Type};
use lance::index::{DatasetIndexExt, DatasetIndexInternalExt};
use lance_index::metrics::NoOpMetricsCollector;

use super::index::column_of;
use super::lance_names::{DISTANCE, ROW_ID, name_of, word};
use super::sole_index::Question;
use super::{FeatureTable, StoreError};
use crate::domain::{ImageId, IndexKind, IndexRecord, Metric, Neighbour, StoredLayer};

impl FeatureTable {
    /// The `k` images nearest to `probe` by the index of a layer, nearest first: most of the nearest, not all for certain.
    /// Rows that came after the index was built are looked at one by one.
    ///
    /// Scores are as [`crate::domain::Neighbour`] has them: cosine similarity, distance, product. One that Lance's single
    /// precision cannot hold is not finite; then the order is not to be trusted.
    ///
    /// # Errors
    /// When the layer is not stored, the probe has another number of channels, or the table cannot be read.
    pub fn nearest(&self, record: &IndexRecord, probe: &[f32], k: usize) -> Result<Vec<Neighbour>, StoreError> {
        let found = self.ask_index(record, probe, k, Some(record.refine.max(1)))?;
        let mut neighbours: Vec<Neighbour> = found
            .into_iter()
            .map(|(image, distance)| Neighbour {
                image,
                // Lance gives 1 - cosine, squared distances, and 1 - product.
                score: f64::from(match record.metric {
                    Metric::Cosine => (1.0 - distance).clamp(-1.0, 1.0),
                    Metric::Dot => 1.0 - distance,
                    Metric::Euclidean => distance.max(0.0).sqrt(),
                }),
            })
            .collect();
        neighbours.sort_by(|a, b| {
            let order = a.score.total_cmp(&b.score);
            let order = if record.metric.larger_is_nearer() { order.reverse() } else { order };
            order.then(a.image.cmp(&b.image))
        });
        Ok(neighbours)
    }

    /// Has the index of a layer opened beside whatever goes on, for a question that is about to come, which waits until that is done. What
    /// fails does so again then.
    pub fn expect_question(&self, source: &StoredLayer) {
        let Ok(column) = column_of(&self.table, source) else { return };
        let (dataset, index) = (self.table.dataset.clone(), self.table.driver.index());
        self.table.driver.begin_ahead(self.ahead_of(&column.name), async move {
            let open = async {
                if let Some(opened) = index.of(&dataset, &column).await? {
                    let (files, (of, within)) = (opened.clone(), (dataset.clone(), column.clone()));
                    // Beside it: to open an index is to calculate, too, and nobody who asks waits for files that others were opened for.
                    tokio::spawn(async move {
                        if let Err(error) = files.open_files(&of, &within).await {
                            tracing::debug!(%error, "the files of vectors are not opened ahead");
                        }
                    });
                    return opened.index(&dataset, &column).await.map(drop);
                }
                let (indices, name) = (dataset.load_indices().await?, name_of(&column));
                for index in indices.iter().filter(|index| index.name == name) {
                    dataset.open_vector_index(&column.name, &index.uuid, &NoOpMetricsCollector).await?;
                }
                lance::Result::Ok(())
            };
            if let Err(error) = open.await {
                tracing::debug!(%error, "the index is not opened ahead");
            }
        });
    }

    /// The images among which [`nearest`](Self::nearest) finds the `k` nearest, in no order, for whoever has their vectors: what
    /// the index finds most promising, none of whose vectors is read. `None` where Lance's single precision cannot hold how far
    /// away one is: then they are not to be trusted.
    ///
    /// # Errors
    /// As there.
    pub fn promising(&self, record: &IndexRecord, probe: &[f32], k: usize) -> Result<Option<Vec<ImageId>>, StoreError> {
        let count = k.saturating_mul(record.refine.max(1) as usize);
        let found = self.ask_index(record, probe, count, None)?;
        let are_finite = found.iter().all(|(_, distance)| distance.is_finite());
        Ok(are_finite.then(|| found.into_iter().map(|(image, _)| image).collect()))
    }

    /// What is opened ahead for questions of a column.
    fn ahead_of(&self, column: &str) -> String {
        format!("{} {column}", self.path().display())
    }

    /// What an index finds, and how far away it holds it to be: exactly where it is to refine by looking at so many times as
    /// many vectors.
    fn ask_index(
        &self,
        record: &IndexRecord,
        probe: &[f32],
        k: usize,
        refine: Option<u32>,
    ) -> Result<Vec<(ImageId, f32)>, StoreError> {
        let column = column_of(&self.table, &record.source)?;
        if probe.len() != column.channels {
            let reason = format!("a probe of {} numbers for {} channels", probe.len(), column.channels);
            return Err(StoreError::RowsDoNotFit { reason, path: self.path().to_owned() });
        }
        let (metric, cells) = (record.metric, record.probes);
        let in_mind =
            (record.kind == IndexKind::IvfHnswSq).then(|| k.saturating_mul(refine.unwrap_or(1) as usize).max(64));
        let question = Question { column: &column, probe, metric, k, refine, cells, in_mind };
        self.table.driver.end_ahead(&self.ahead_of(&column.name));
        if let Some(found) = self.ask_cells(&question)? {
            return Ok(found);
        }
        let batch = self.ask_lance(&question)?;
        let distances = batch.column_by_name(DISTANCE).and_then(|column| column.as_primitive_opt::<Float32Type>());
        let distances = distances.ok_or_else(|| self.damaged(DISTANCE))?.values();
        Ok(self.images_of(&batch)?.into_iter().zip(distances.iter().copied()).collect())
    }

    /// The answer of an index's cells; `None` where Lance is to be asked.
    fn ask_cells(&self, question: &Question<'_>) -> Result<Option<Vec<(ImageId, f32)>>, StoreError> {
        if !self.rows.has_names() {
            return Ok(None);
        }
        let failed = |error| StoreError::from_lance("cannot ask the index", self.path(), error);
        let index = self.table.driver.index();
        let found = self.table.driver.block_on(index.ask(&self.table.dataset, question)).map_err(failed)?;
        // A row that is not in the table is of an index that belongs to another: Lance says what is wrong.
        let image = |(row, distance): (u64, f32)| Some((self.rows.image(row)?, distance));
        Ok(found.and_then(|found| found.into_iter().map(image).collect()))
    }

    /// What Lance finds, with what names the images and how far away it holds them to be.
    fn ask_lance(&self, question: &Question<'_>) -> Result<RecordBatch, StoreError> {
        let failed = |error| StoreError::from_lance("cannot ask the index", self.path(), error);
        self.table.driver.count_plan();
        let found = self.table.driver.block_on(async {
            let mut scanner = self.table.dataset.scan();
            // Rows' names are in the index, images' ids in a column, and each of these would be a read of the disk.
            match self.rows.has_names() {
                true => scanner.project(&[DISTANCE])?.with_row_id(),
                false => scanner.project(&["id", DISTANCE])?,
            };
            scanner.nearest(&question.column.name, question.numbers().as_ref(), question.k)?;
            scanner.minimum_nprobes(question.cells).maximum_nprobes(question.cells);
            scanner.distance_metric(word(question.metric).try_into()?);
            if let Some(refine) = question.refine {
                scanner.refine(refine);
            }
            if let Some(count) = question.in_mind {
                scanner.ef(count);
            }
            scanner.try_into_batch().await
        });
        found.map_err(failed)
    }

    /// The images of rows by their names, or by their ids where no names are known.
    fn images_of(&self, batch: &RecordBatch) -> Result<Vec<ImageId>, StoreError> {
        if !self.rows.has_names() {
            let ids = batch.column_by_name("id").and_then(|ids| ids.as_primitive_opt::<UInt32Type>());
            let ids = ids.ok_or_else(|| self.damaged("id"))?;
            return Ok(ids.values().iter().map(|id| ImageId(*id)).collect());
        }
        let rows = batch.column_by_name(ROW_ID).and_then(|rows| rows.as_primitive_opt::<UInt64Type>());
        let rows = rows.ok_or_else(|| self.damaged(ROW_ID))?;
        rows.values().iter().map(|row| self.rows.image(*row).ok_or_else(|| self.damaged(ROW_ID))).collect()
    }
}
