//! What Lance calls its own: the columns of its answers, metrics, and the indices that it is told to make.

use super::columns::Column;
use crate::domain::Metric;

/// Lance's column of the names it has for rows.
pub(super) const ROW_ID: &str = "_rowid";
/// Lance's column of how far away a row is.
pub(super) const DISTANCE: &str = "_distance";

/// Lance's name of a metric; its own type of metrics is of a crate that only Lance knows.
pub(super) fn word(metric: Metric) -> &'static str {
    match metric {
        Metric::Cosine => "cosine",
        Metric::Euclidean => "l2",
        Metric::Dot => "dot",
    }
}

/// The name of a column's index.
pub(super) fn name_of(column: &Column) -> String {
    format!("{}_index", column.name)
}
