//! What is told of the findings while nobody looks at them: how many there are to be decided on.

use super::{FindingsView, What};
use crate::session::Session;
use crate::ui::place_counts::PlaceCount;
use crate::ui::widgets::text::counted;

impl FindingsView {
    /// What there is to be decided on, as far as it is known; nothing where nothing is.
    pub fn told(&self, session: &Session) -> Option<PlaceCount> {
        session.collection()?;
        PlaceCount::of(What::ALL.into_iter().filter_map(|what| {
            let count = self.lists.count(what, session)?;
            Some((count, what.counted(count)))
        }))
    }
}

impl What {
    /// `3 unreadable files`.
    fn counted(self, count: usize) -> String {
        match self {
            Self::Duplicates => counted(count, "possible duplicate", "possible duplicates"),
            Self::SuspiciousLabels => counted(count, "suspicious label", "suspicious labels"),
            Self::Outliers => counted(count, "outlier", "outliers"),
            Self::OddPictures => counted(count, "odd picture", "odd pictures"),
            Self::Unreadable => counted(count, "unreadable file", "unreadable files"),
        }
    }
}
