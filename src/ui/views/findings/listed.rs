//! The rows of a report that nobody decided on yet.

use std::sync::Arc;

use crate::domain::Tags;

/// Rows that are listed at most: whoever decided on these looks again.
const LISTED: usize = 2000;

/// Found once a report and once a change of tags, not in every frame.
#[derive(Clone)]
pub(super) struct Listed<R> {
    /// The report. A newer one may be there already, while its rows are found.
    pub of: Arc<R>,
    tags: Arc<Tags>,
    /// The rows, in the order of the report.
    pub rows: Vec<usize>,
    /// How many of the report were decided on, among those that could be listed.
    pub decided: usize,
    /// How many there are beyond those that could be listed.
    pub beyond: usize,
}

impl<R> Listed<R> {
    /// What is to be listed of a report: of those of its rows that `is_of_list`, those that are not `is_decided`.
    pub fn renew(
        known: &mut Option<Self>,
        report: Option<&Arc<R>>,
        tags: &Arc<Tags>,
        count: impl FnOnce(&R) -> usize,
        is_of_list: impl Fn(&R, usize) -> bool,
        is_decided: impl Fn(&R, usize) -> bool,
    ) {
        let Some(report) = report else {
            *known = None;
            return;
        };
        if Self::is_current(known.as_ref(), Some(report), tags) {
            return;
        }
        let mut rows: Vec<usize> = (0..count(report)).filter(|row| is_of_list(report, *row)).collect();
        let could_be = rows.len();
        rows.retain(|row| !is_decided(report, *row));
        let decided = could_be - rows.len();
        let beyond = rows.len().saturating_sub(LISTED);
        rows.truncate(LISTED);
        *known = Some(Self { of: report.clone(), tags: tags.clone(), rows, decided, beyond });
    }

    /// Whether what is known of a report, if there is one, is so still.
    pub fn is_current(known: Option<&Self>, report: Option<&Arc<R>>, tags: &Arc<Tags>) -> bool {
        match (known, report) {
            (Some(known), Some(report)) => Arc::ptr_eq(&known.of, report) && Arc::ptr_eq(&known.tags, tags),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// How many there are to be decided on.
    pub fn count(&self) -> usize {
        self.rows.len() + self.beyond
    }

    /// `, 3 decided`; nothing if none is.
    pub fn decided_in_words(&self) -> String {
        match self.decided {
            0 => String::new(),
            decided => format!("  ·  {decided} decided"),
        }
    }
}
