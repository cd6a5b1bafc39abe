//! Some layers of a table alone: a table of their own is written here.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use lance::table::format::Fragment;

use super::files::Copying;
use super::{BroughtTable, refused};
use crate::store::StoreError;
use crate::store::bytes_below::bytes_below;
use crate::store::columns::{Column, columns_of};
use crate::store::driver::Driver;
use crate::store::features::Maker;
use crate::store::manifests::is_table;
use crate::store::table::{Table, batch_rows};

/// Batches on their way between reading and writing.
const ON_THE_WAY: usize = 2;

/// What is brought, and where to.
pub(super) struct Bringing<'a> {
    pub(super) table: &'a Table,
    pub(super) path: &'a Path,
    pub(super) driver: &'a Arc<Driver>,
    pub(super) layers: &'a [String],
    pub(super) known: Option<&'a BroughtTable>,
}

/// The bytes of the rows that are new there.
pub(super) fn lacking_bytes(table: &Table, layers: &[String], known: Option<&BroughtTable>) -> u64 {
    let is_new = |fragment: &&Fragment| known.is_none_or(|known| !known.fragments.contains(&signature(fragment)));
    let rows = |fragment: &Fragment| fragment.num_rows().unwrap_or_default();
    let rows: usize = table.dataset.fragments().iter().filter(is_new).map(rows).sum();
    (rows * row_bytes(&columns_in(table, layers))) as u64
}

fn columns_in(table: &Table, layers: &[String]) -> Vec<Column> {
    let wanted = |column: &Column| layers.contains(&column.stored.layer);
    columns_of(&table.schema()).into_iter().filter(wanted).collect()
}

fn row_bytes(columns: &[Column]) -> usize {
    columns.iter().map(Column::width).sum::<usize>().max(1)
}

impl Bringing<'_> {
    /// Writes the rows that are new there, or all of them where some that are here are others now.
    pub(super) fn bring(&self, copying: &mut Copying<'_>) -> Result<BroughtTable, StoreError> {
        let maker = Maker::of_schema(&self.table.schema())
            .ok_or_else(|| refused("the table does not say which network made it".to_owned(), self.table.path()))?;
        let columns = columns_in(self.table, self.layers);
        let schema = maker.schema(&columns);
        let all: Vec<Fragment> = self.table.dataset.fragments().iter().cloned().collect();
        let signatures: Vec<String> = all.iter().map(signature).collect();
        let there: BTreeSet<&String> = signatures.iter().collect();
        let known =
            self.known.filter(|known| known.here.is_some() && known.fragments.iter().all(|one| there.contains(one)));
        let mut here = if is_table(self.path) { Some(Table::open(self.driver, self.path)?) } else { None };
        let is_longer = known.is_some() && here.as_ref().is_some_and(|here| here.schema().fields() == schema.fields());
        let new: Vec<Fragment> = match known.filter(|_| is_longer) {
            Some(known) => {
                let is_new = |(_, signature): &(Fragment, &String)| !known.fragments.contains(*signature);
                all.into_iter().zip(&signatures).filter(is_new).map(|(fragment, _)| fragment).collect()
            }
            None => all,
        };
        let row_bytes = row_bytes(&columns);
        match here.as_mut().filter(|_| is_longer) {
            Some(_) if new.is_empty() => {}
            Some(here) => {
                self.write(new, row_bytes, &schema, copying, |rows| here.append(rows).map(drop))?;
            }
            None => {
                let overwrite = |rows| Table::overwrite(self.driver, self.path, rows).map(drop);
                self.write(new, row_bytes, &schema, copying, overwrite)?;
            }
        }
        let here = Table::open(self.driver, self.path)?.stamp();
        Ok(BroughtTable { there: self.table.stamp(), here: Some(here), fragments: signatures })
    }

    /// Reads fragments, and writes what is read on a thread of its own, as one commit.
    fn write(
        &self,
        fragments: Vec<Fragment>,
        row_bytes: usize,
        schema: &SchemaRef,
        copying: &mut Copying<'_>,
        write: impl FnOnce(Box<dyn RecordBatchReader + Send>) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let before = bytes_below(self.path);
        let (rows, inbox) = sync_channel::<Result<RecordBatch, ArrowError>>(ON_THE_WAY);
        let reader: Box<dyn RecordBatchReader + Send> =
            Box::new(RecordBatchIterator::new(inbox.into_iter(), schema.clone()));
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| write(reader));
            let each = |batch: &RecordBatch| {
                copying.came((batch.num_rows() * row_bytes) as u64, self.table.path())?;
                // Who writes may have failed, and says so itself.
                Ok(rows.send(RecordBatch::try_new(schema.clone(), batch.columns().to_vec())).is_ok())
            };
            let read = match fragments.is_empty() {
                true => Ok(()),
                false => self.table.scan_fragments(fragments, &names, batch_rows(row_bytes), each),
            };
            if read.is_err() {
                // Or it would be taken for the end.
                rows.send(Err(ArrowError::ComputeError("the rows could not be read".to_owned()))).ok();
            }
            drop(rows);
            let written = writing
                .join()
                .unwrap_or_else(|_| Err(refused("an internal error, described on the terminal".to_owned(), self.path)));
            read.and(written)
        })?;
        copying.files += 1;
        copying.bytes += bytes_below(self.path).saturating_sub(before);
        Ok(())
    }
}

/// What tells a fragment from another, and from itself with other rows deleted.
fn signature(fragment: &Fragment) -> String {
    let files: Vec<&str> = fragment.files.iter().map(|file| file.path.as_str()).collect();
    let deleted = fragment.deletion_file.as_ref().map(|file| format!(" without {}-{}", file.read_version, file.id));
    format!("{}{}", files.join(" "), deleted.unwrap_or_default())
}
