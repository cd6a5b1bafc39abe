//! Whether what came since is added to an index, or the index is built anew: one function, from plain numbers.

use super::strategy::LEAST_RECALL;
use super::{IndexMaintenance, IndexRecord};

/// What is done with an index after images came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexStep {
    /// It stays as it is.
    Leave,
    /// It has all there is, but how well it finds was measured before that.
    Measure,
    /// What is new is added; cells and codes stay as they were learned.
    Append,
    /// Cells and codes are learned from all vectors there are now.
    Rebuild,
}

/// Decides for an index over a table that has `rows` vectors now, `outside` of them not in the index, by the layout's wish.
///
/// Adding costs only what is new, but what is new is put into cells that were learned without it. Building anew pays when
/// more vectors came than there were to learn from, and when the index finds less than [`LEAST_RECALL`]: it would not be
/// asked then.
pub fn next_step(record: &IndexRecord, rows: usize, outside: usize, maintenance: IndexMaintenance) -> IndexStep {
    let finds_too_little = record.recall < LEAST_RECALL && rows > record.built_rows;
    match maintenance {
        IndexMaintenance::None => IndexStep::Leave,
        _ if finds_too_little => IndexStep::Rebuild,
        _ if outside == 0 && rows == record.rows => IndexStep::Leave,
        _ if outside == 0 => IndexStep::Measure,
        IndexMaintenance::Rebuilt => IndexStep::Rebuild,
        IndexMaintenance::Appended if rows > record.built_rows.saturating_mul(2) => IndexStep::Rebuild,
        IndexMaintenance::Appended => IndexStep::Append,
    }
}
