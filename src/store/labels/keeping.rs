//! Labels are kept: those of few images in the place of theirs alone, since a table of a million rows is not to be written anew for
//! one of them; those of many, and what is to get the ids of now, as a whole table. Each is one commit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::ArrowError;
use lance::deps::datafusion::logical_expr::{ident, lit};

use super::{NewLabel, READ_ROWS, TABLE, origin, scan, schema};
use crate::domain::{ImageId, ImageRecord, ImportedLabel, ImportedName, SaidLabel};
use crate::store::handwork::{NOT_ON_RECORD, Owners, unknown};
use crate::store::table::Table;
use crate::store::{Recorder, StoreError};

/// So many rows are put in the place of others; of more the table is written anew.
const MOST_REPLACED: usize = 16_384;
/// What a row weighs when fragments are put together.
const ROW_BYTES: usize = 64;

/// What is known by the bytes of paths, which are others for every picture: also of pictures that are not on record.
type Rows = BTreeMap<Vec<u8>, KnownRow>;

/// The path as it is written, the id that the row has now, and what was said.
#[derive(Default)]
struct KnownRow {
    path: String,
    id: u32,
    imported: ImportedLabel,
}

impl KnownRow {
    fn take(&mut self, new: &NewLabel) {
        if let Some(label) = &new.label {
            self.take_label(label.clone());
        }
        if let Some(split) = &new.split {
            self.imported.split = Some(split.clone());
        }
    }

    fn take_label(&mut self, SaidLabel { name, origin }: SaidLabel) {
        (self.imported.label, self.imported.origin) = (name, origin);
    }
}

/// The bytes of a path that is written as this text, if it is that of this image.
fn key(path: &str, of: Option<&ImageRecord>) -> Vec<u8> {
    let raw = of.filter(|record| record.path.text == path).and_then(|record| record.path.raw.clone());
    raw.unwrap_or_else(|| path.as_bytes().to_vec())
}

impl Recorder {
    /// Keeps what was imported or given by hand, as one commit; what is said of other images stays. `record` says what is known of
    /// an image.
    ///
    /// # Errors
    /// When nothing is known of an image, and when the disk does not let us; nothing is changed then.
    pub fn keep_labels(
        &self,
        new: &[NewLabel],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        self.keep_labels_and_waiting(new, &[], record)
    }

    /// The same, and labels that a person gave to pictures that are not on record: each with the path that it waits for.
    pub(super) fn keep_labels_and_waiting(
        &self,
        new: &[NewLabel],
        waiting: &[(&str, &str)],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        let mut rows = Rows::new();
        if let Some(mut table) = self.reader().open(TABLE)? {
            table.set_torn_aside()?;
            let mut comparison = self.reader().comparison()?;
            let fits = comparison.misfits(TABLE, &table)?.is_empty();
            let owners = Owners::of(TABLE, &table, &mut comparison, &record)?;
            let images: HashSet<u32> = new.iter().map(|new| new.image.0).collect();
            let are_few = waiting.is_empty() && images.len() <= MOST_REPLACED && table.rows()? > 0;
            if are_few && has_our_columns(&table) && !owners.concern(&images) {
                self.put_in_place(&mut table, new, &images, record)?;
                // Their paths are those on record: who reads the table next need not compare all of them.
                let on_record = self.reader().image_count();
                if fits && images.iter().all(|id| (*id as usize) < on_record) {
                    comparison.note(TABLE, &table);
                    comparison.into_checked().write(self.root());
                }
                return Ok(());
            }
            rows = known_rows(&table, &owners, &record)?;
        }
        for new in new {
            let record = record(new.image).ok_or_else(|| unknown(new.image, self.path_of(TABLE)))?;
            let row = rows.entry(key(&record.path.text, Some(&record))).or_default();
            (row.path, row.id) = (record.path.text, new.image.0);
            row.take(new);
        }
        for (path, label) in waiting {
            let row = rows.entry(path.as_bytes().to_vec());
            let row = row.or_insert_with(|| KnownRow { id: NOT_ON_RECORD, ..KnownRow::default() });
            (*path).clone_into(&mut row.path);
            row.take_label(SaidLabel::by_hand(label));
        }
        self.write_labels(rows)
    }

    /// Puts rows of few images in the place of theirs, all of which have the ids of now.
    fn put_in_place(
        &self,
        table: &mut Table,
        new: &[NewLabel],
        images: &HashSet<u32>,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        if images.is_empty() {
            return Ok(());
        }
        let mut rows: HashMap<u32, KnownRow> = HashMap::with_capacity(images.len());
        let theirs = ident("id").in_list(images.iter().map(|id| lit(*id)).collect(), false);
        scan(table, Some(theirs), |row| {
            rows.insert(row.id, KnownRow { path: row.path.to_owned(), id: row.id, imported: row.imported() });
        })?;
        for new in new {
            let record = record(new.image).ok_or_else(|| unknown(new.image, self.path_of(TABLE)))?;
            let row = rows.entry(new.image.0).or_default();
            (row.path, row.id) = (record.path.text, new.image.0);
            row.take(new);
        }
        let mut rows: Vec<KnownRow> = rows.into_values().collect();
        rows.sort_unstable_by_key(|row| row.id);
        let rows = to_batch(&rows).expect("one entry a row in every column");
        table.upsert(rows)?;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = table.compact(ROW_BYTES) {
            tracing::warn!("{error}");
        }
        Ok(())
    }

    /// Forgets all that was imported, as one commit, and what was given by hand only `over_hand`; returns how many labels given by
    /// hand are kept.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn forget_labels(&self, over_hand: bool) -> Result<usize, StoreError> {
        let Some(mut table) = self.reader().open(TABLE)? else { return Ok(0) };
        table.set_torn_aside()?;
        let mut rows = Rows::new();
        if !over_hand {
            // Rows that wait, or whose images have other ids now, stay as they are.
            scan(&table, None, |row| {
                let imported = ImportedLabel { split: None, ..row.imported() };
                if imported.is_by_hand() {
                    let id = row.id;
                    let at = [row.path.as_bytes(), &[0], &id.to_le_bytes()].concat();
                    rows.insert(at, KnownRow { path: row.path.to_owned(), id, imported });
                }
            })?;
        }
        let kept = rows.len();
        self.write_labels(rows).map(|()| kept)
    }

    fn write_labels(&self, rows: Rows) -> Result<(), StoreError> {
        let mut rows: Vec<KnownRow> = rows.into_values().collect();
        rows.sort_by_key(|row| row.id);
        let batches: Vec<_> = rows.chunks(READ_ROWS).map(to_batch).collect();
        let rows = Box::new(RecordBatchIterator::new(batches, schema()));
        Table::overwrite_made(self.driver(), &self.path_of(TABLE), rows).map(drop)
    }
}

/// Whether a table has our columns and no others: those of earlier versions lack one.
fn has_our_columns(table: &Table) -> bool {
    let (theirs, ours) = (table.schema(), schema());
    let are_alike = theirs.fields().iter().zip(ours.fields()).all(|(its, our)| {
        (its.name(), its.data_type(), its.is_nullable()) == (our.name(), our.data_type(), our.is_nullable())
    });
    are_alike && theirs.fields().len() == ours.fields().len()
}

/// All rows of the table, each by its path and with its id of today.
fn known_rows(
    table: &Table,
    owners: &Owners,
    record: &impl Fn(ImageId) -> Option<ImageRecord>,
) -> Result<Rows, StoreError> {
    let mut rows = Rows::new();
    scan(table, None, |row| {
        let owner = owners.id_of(row.id, row.key);
        // By its path of today, which need not be the one under which it was imported.
        let now = owner.and_then(|id| record(ImageId(id)));
        let path = now.as_ref().map_or(row.path, |now| &now.path.text).to_owned();
        let id = owner.unwrap_or(row.id);
        rows.insert(key(&path, now.as_ref()), KnownRow { path, id, imported: row.imported() });
    })?;
    Ok(rows)
}

fn to_batch(rows: &[KnownRow]) -> Result<RecordBatch, ArrowError> {
    let label = |imported: &ImportedLabel| match &imported.label {
        ImportedName::OfFolder => (None, 0),
        ImportedName::One(label) => (Some(label.clone()), 1),
        ImportedName::Several(count) => (None, *count),
    };
    let (labels, counts): (Vec<Option<String>>, Vec<u32>) = rows.iter().map(|row| label(&row.imported)).unzip();
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.id))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.path))),
            Arc::new(StringArray::from(labels)),
            Arc::new(UInt32Array::from(counts)),
            Arc::new(rows.iter().map(|row| row.imported.split.as_deref()).collect::<StringArray>()),
            Arc::new(rows.iter().map(|row| origin::written(&row.imported.origin)).collect::<StringArray>()),
        ],
    )
}
