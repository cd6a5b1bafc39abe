//! What was found in a place of the window, to be told elsewhere: how much, and what in words.

use crate::session::Place;

/// Something that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceCount {
    /// How much; never 0.
    pub count: usize,
    /// What: `8 possible duplicates, 3 unreadable files`.
    pub words: String,
}

impl PlaceCount {
    /// What was found, of each kind how much and in words; nothing if there is none of any.
    pub fn of(kinds: impl IntoIterator<Item = (usize, String)>) -> Option<Self> {
        let some: Vec<(usize, String)> = kinds.into_iter().filter(|(count, _)| *count > 0).collect();
        let count = some.iter().map(|(count, _)| count).sum();
        let words: Vec<String> = some.into_iter().map(|(_, words)| words).collect();
        (count > 0).then(|| Self { count, words: words.join(", ") })
    }
}

/// What was found in each place, as far as there is something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceCounts(pub [Option<PlaceCount>; Place::ALL.len()]);

impl PlaceCounts {
    /// What was found there.
    pub fn of(&self, place: Place) -> Option<&PlaceCount> {
        self.0[place as usize].as_ref()
    }
}
