//! Which images an export takes: what is selected or, where nothing is, what is shown; where that is nothing either, the
//! neighbours, or all; another set where the person says so.

use super::OpenedCollection;
use crate::domain::{ImageId, ImageList, ImageSet, Neighbour, counted, thousands};

/// Images that are to be taken away. They are listed by whoever writes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToExport {
    /// Which.
    pub images: ImageList,
    /// The scores of those that are among the neighbours.
    pub scores: Vec<(ImageId, f64)>,
}

/// What an export can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// What is selected.
    Selected,
    /// What the gallery shows of all.
    Shown,
    /// All images, also those that the filter hides or that are to be removed.
    All,
    /// The neighbours that are listed.
    Neighbours,
}

impl Taken {
    /// All of them, the likeliest first.
    const ALL: [Self; 4] = [Self::Selected, Self::Shown, Self::All, Self::Neighbours];
}

impl OpenedCollection {
    /// What an export takes unless the person says otherwise: the selection or, where nothing is selected, what the gallery shows; where
    /// the filter hides everything, the neighbours that are listed, or else all. `None` if there are no images.
    pub fn usually_taken(&self) -> Option<Taken> {
        let shows_all = !self.shown.is_empty() && self.shown.len() == self.images.len();
        let in_sight = if shows_all { Taken::All } else { Taken::Shown };
        let likeliest = [Taken::Selected, in_sight, Taken::Neighbours, Taken::All];
        likeliest.into_iter().find(|taken| self.has_taken(*taken))
    }

    /// All that an export could take. No two of them are the same.
    pub fn takable(&self) -> impl Iterator<Item = Taken> {
        Taken::ALL.into_iter().filter(|taken| self.has_taken(*taken))
    }

    /// Whether there is something of it. Where all is shown, that is called all.
    pub fn has_taken(&self, taken: Taken) -> bool {
        match taken {
            Taken::Selected => !self.chosen.selection.is_empty(),
            Taken::Shown => !self.shown.is_empty() && self.shown.len() < self.images.len(),
            Taken::All => !self.images.is_empty(),
            Taken::Neighbours => self.neighbours.as_ref().is_some_and(|list| !list.neighbours.is_empty()),
        }
    }

    /// The images of it. None of them is looked at but the neighbours.
    pub fn to_export(&self, taken: Taken) -> ToExport {
        let neighbours = self.neighbours.as_ref().map_or(&[][..], |list| &list.neighbours);
        let score = |neighbour: &Neighbour| (neighbour.image, neighbour.score);
        match taken {
            Taken::Selected => {
                let selection = &self.chosen.selection;
                let selected = neighbours.iter().filter(|neighbour| selection.contains(neighbour.image));
                ToExport { images: selection.clone().into(), scores: selected.map(score).collect() }
            }
            Taken::Shown => ToExport { images: self.shown.set().clone().into(), scores: Vec::new() },
            Taken::All => ToExport { images: ImageSet::first(self.images.len()).into(), scores: Vec::new() },
            Taken::Neighbours => ToExport {
                images: neighbours.iter().map(|neighbour| neighbour.image).collect(),
                scores: neighbours.iter().map(score).collect(),
            },
        }
    }

    /// How many they are, and which, without a look at any: `12 selected`, `the 48 shown of 700`, `all 700 pictures`.
    pub fn taken_in_words(&self, taken: Taken) -> String {
        let pictures = |count| counted(count, "picture", "pictures");
        match taken {
            Taken::Selected => format!("{} selected", thousands(self.chosen.selection.len())),
            Taken::Shown => format!("the {} shown of {}", thousands(self.shown.len()), thousands(self.images.len())),
            Taken::All if self.images.len() == 1 => "the only picture".to_owned(),
            Taken::All => format!("all {}", pictures(self.images.len())),
            Taken::Neighbours => {
                let count = self.neighbours.as_ref().map_or(0, |list| list.neighbours.len());
                format!("the {}", counted(count, "neighbour", "neighbours"))
            }
        }
    }

    /// What an export takes unless the person says otherwise, in words; `None` where there is nothing to take.
    pub fn usually_taken_in_words(&self) -> Option<String> {
        self.usually_taken().map(|taken| self.taken_in_words(taken))
    }

    /// What is selected, as whatever takes it says: `12 selected`; `None` if nothing is.
    pub fn selection_in_words(&self) -> Option<String> {
        self.has_taken(Taken::Selected).then(|| self.taken_in_words(Taken::Selected))
    }
}
