//! Which image each row of a table is of.

use std::path::Path;
use std::sync::OnceLock;

use crate::domain::ImageId;
use crate::store::remembered::{Remembered, remember};
use crate::store::table::Table;

/// Which image each row of a table is of, and what Lance calls the row.
///
/// Lance answers a question to an index with names of rows of its own. Names and images' ids both count up within a
/// fragment, so a few runs tell what all of them mean: no file is read for it, and they can be remembered.
#[derive(Debug, Default)]
pub(in crate::store) struct Rows {
    /// In the table's order.
    runs: Vec<Run>,
    /// Whether Lance's names of the rows are known.
    has_names: bool,
    /// The row in the table that each run begins with.
    starts: Vec<usize>,
    /// The runs in the order of images.
    by_image: Vec<usize>,
    /// The runs in the order of names.
    by_name: Vec<usize>,
    count: usize,
    ids: OnceLock<Vec<ImageId>>,
}

/// Rows that follow each other in the table, in names and in images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::store) struct Run {
    /// Lance's name of the first row.
    pub first_name: u64,
    /// The image of the first row.
    pub first_image: u32,
    /// How many there are.
    pub rows: u32,
}

impl Run {
    /// Takes in the row after it, if it is.
    fn take(&mut self, name: u64, image: ImageId) -> bool {
        let is_next = name == self.first_name + u64::from(self.rows)
            && self.first_image.checked_add(self.rows) == Some(image.0)
            && self.rows < u32::MAX;
        self.rows += u32::from(is_next);
        is_next
    }

    /// The image after those of its rows.
    fn end(&self) -> u64 {
        u64::from(self.first_image) + u64::from(self.rows)
    }
}

/// Adds a row to those of a table, in the table's order.
pub(in crate::store) fn push(runs: &mut Vec<Run>, name: u64, image: ImageId) {
    if !runs.last_mut().is_some_and(|run| run.take(name, image)) {
        runs.push(Run { first_name: name, first_image: image.0, rows: 1 });
    }
}

impl Rows {
    /// Of runs in the table's order; `None` when an image has more than one row, and when a run has no rows or leads beyond the
    /// last number of an image or a row: no table is so, but what is remembered of one may be.
    pub fn new(runs: Vec<Run>) -> Option<Self> {
        Self::of(runs, true)
    }

    fn of(runs: Vec<Run>, has_names: bool) -> Option<Self> {
        let leads_nowhere = |run: &Run| {
            let last = run.rows.checked_sub(1);
            let ends = |last| run.first_image.checked_add(last).zip(run.first_name.checked_add(last.into()));
            last.and_then(ends).is_none()
        };
        if runs.iter().any(leads_nowhere) {
            return None;
        }
        let starts: Vec<usize> = runs
            .iter()
            .scan(0, |next, run| {
                let start = *next;
                *next += run.rows as usize;
                Some(start)
            })
            .collect();
        let count = starts.last().zip(runs.last()).map_or(0, |(start, run)| start + run.rows as usize);
        let (mut by_image, mut by_name): (Vec<usize>, Vec<usize>) = ((0..runs.len()).collect(), Vec::new());
        by_image.sort_by_key(|run| runs[*run].first_image);
        if by_image.windows(2).any(|pair| runs[pair[0]].end() > u64::from(runs[pair[1]].first_image)) {
            return None;
        }
        if has_names {
            by_name = (0..runs.len()).collect();
            by_name.sort_by_key(|run| runs[*run].first_name);
        }
        Some(Self { runs, has_names, starts, by_image, by_name, count, ids: OnceLock::new() })
    }

    /// With further images at the end of the table, whose rows have no names yet.
    pub fn with(&self, images: &[ImageId]) -> Option<Self> {
        let mut runs = self.runs.clone();
        let first = runs.last().map_or(0, |run| run.first_name + u64::from(run.rows));
        for (name, image) in (first..).zip(images) {
            push(&mut runs, name, *image);
        }
        Self::of(runs, false)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The images, ascending.
    pub fn ids(&self) -> &[ImageId] {
        self.ids.get_or_init(|| {
            let runs = self.by_image.iter().map(|run| &self.runs[*run]);
            runs.flat_map(|run| (0..run.rows).map(|row| ImageId(run.first_image + row))).collect()
        })
    }

    /// Whether the table is in the order of images.
    pub fn is_in_order(&self) -> bool {
        self.by_image.is_sorted()
    }

    /// The last of the images.
    pub fn last(&self) -> Option<ImageId> {
        let run = self.runs[*self.by_image.last()?];
        Some(ImageId(run.first_image + (run.rows - 1)))
    }

    /// The row in the table of an image.
    pub fn row_of(&self, image: ImageId) -> Option<usize> {
        let after = self.by_image.partition_point(|run| self.runs[*run].first_image <= image.0);
        let run = *self.by_image.get(after.checked_sub(1)?)?;
        let offset = image.0 - self.runs[run].first_image;
        (offset < self.runs[run].rows).then(|| self.starts[run] + offset as usize)
    }

    /// Whether Lance's names of the rows are known.
    pub fn has_names(&self) -> bool {
        self.has_names
    }

    /// The image in the row that Lance calls so; `None` when the table has no such row.
    pub fn image(&self, name: u64) -> Option<ImageId> {
        let after = self.by_name.partition_point(|run| self.runs[*run].first_name <= name);
        let run = &self.runs[*self.by_name.get(after.checked_sub(1)?)?];
        let offset = u32::try_from(name - run.first_name).ok()?;
        (offset < run.rows).then(|| ImageId(run.first_image + offset))
    }

    /// The place of each row's image among all, in the table's order; `None` while the table is in the order of images.
    pub fn ranks(&self) -> Option<Vec<u32>> {
        if self.is_in_order() {
            return None;
        }
        let mut ranks = vec![0; self.count];
        let mut next = 0;
        for run in &self.by_image {
            for rank in &mut ranks[self.starts[*run]..][..self.runs[*run].rows as usize] {
                *rank = next;
                next += 1;
            }
        }
        Some(ranks)
    }
}

/// The rows of fewer are read sooner than a file is written.
const LEAST: usize = 4096;
/// Bytes of a run, where it is remembered.
const RUN: usize = 16;

/// The rows of a table's state, if they are remembered.
pub(in crate::store) fn remembered(table: &Table) -> Option<Rows> {
    let (root, name) = place_of(table)?;
    let content = Remembered::open(root, &name, table.stamp())?.read(table.rows().ok()?, RUN)?;
    let of_bytes = |bytes: &[u8]| {
        Some(Run {
            first_name: u64::from_le_bytes(bytes[..8].try_into().ok()?),
            first_image: u32::from_le_bytes(bytes[8..12].try_into().ok()?),
            rows: u32::from_le_bytes(bytes[12..].try_into().ok()?),
        })
    };
    let runs: Option<Vec<Run>> = content.chunks_exact(RUN).map(of_bytes).collect();
    Rows::new(runs?)
}

/// Remembers the rows of a table's state, if they are many.
pub(in crate::store) fn note(table: &Table, rows: &Rows) {
    if let Some((root, name)) =
        place_of(table).filter(|_| rows.count >= LEAST && rows.has_names && table.driver.remembers())
    {
        let bytes = |run: &Run| {
            let numbers = run.first_name.to_le_bytes().into_iter().chain(run.first_image.to_le_bytes());
            numbers.chain(run.rows.to_le_bytes()).collect::<Vec<u8>>()
        };
        remember(root, &name, table.stamp(), &rows.runs.iter().flat_map(bytes).collect::<Vec<u8>>());
    }
}

fn place_of(table: &Table) -> Option<(&Path, String)> {
    let name = table.path().file_stem()?.to_str()?;
    Some((table.path().parent()?, format!("rows_{name}")))
}
