//! Which image Lance's name of a row stands for.

use crate::domain::ImageId;

/// Lance answers a question to an index with names of rows of its own. Names and images' ids both count up within a
/// fragment, so a few runs tell what all of them mean, and no file is read for it.
#[derive(Debug, Default)]
pub(in crate::store) struct RowIds {
    /// Ascending by `first_row`.
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    first_row: u64,
    first_image: u32,
    rows: u32,
}

impl RowIds {
    /// Of a table's rows in the table's order.
    pub fn push(&mut self, row: u64, image: ImageId) {
        if let Some(run) = self.runs.last_mut()
            && row == run.first_row + u64::from(run.rows)
            && run.first_image.checked_add(run.rows) == Some(image.0)
        {
            run.rows += 1;
        } else {
            self.runs.push(Run { first_row: row, first_image: image.0, rows: 1 });
        }
    }

    /// Once all rows are in.
    pub fn finish(&mut self) {
        self.runs.sort_unstable_by_key(|run| run.first_row);
        self.runs.shrink_to_fit();
    }

    /// The image in the row of this name; `None` when the table has no such row.
    pub fn image(&self, row: u64) -> Option<ImageId> {
        let after = self.runs.partition_point(|run| run.first_row <= row);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let offset = u32::try_from(row - run.first_row).ok()?;
        (offset < run.rows).then(|| ImageId(run.first_image + offset))
    }
}
