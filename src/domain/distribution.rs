//! How the images are distributed over what a column holds: bars of a histogram, or the most frequent names.

mod bins;
mod names;

use super::{ColumnKind, ImageFacts, ImageId, ImageSet, TableColumn};

/// What is to be counted.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributionWish {
    /// Of which column.
    pub column: TableColumn,
    /// All images, as they are known.
    pub facts: ImageFacts,
    /// Those that pass the filter, which are counted for themselves as well.
    pub shown: ImageSet,
}

/// How images are distributed over a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Which column.
    pub column: TableColumn,
    /// Of how many images something is known there: of all, and of those that pass the filter.
    pub known: [usize; 2],
    /// How.
    pub spread: Spread,
}

/// Numbers or names, counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Numbers, in bars from the least to the most; none if no number is known.
    Bins(Vec<Bin>),
    /// Names, the most frequent first.
    Names {
        /// The most frequent.
        most: Vec<ValueCount>,
        /// How many further names there are.
        others: usize,
    },
}

/// A bar of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The least number that it counts.
    pub from: f64,
    /// The first that it does not count, which is the next bar's; of the last bar above all.
    pub until: f64,
    /// How many images it counts: of all, and of those that pass the filter.
    pub images: [usize; 2],
}

/// A name with the number of its images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueCount {
    /// Which.
    pub value: ColumnValue,
    /// What it is called.
    pub title: String,
    /// How many images have it: of all, and of those that pass the filter.
    pub images: [usize; 2],
}

/// A value of a column of names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnValue {
    /// The images without one.
    Nothing,
    /// A label, a split or a tag.
    Name(String),
    /// A cluster, by its number.
    Cluster(u32),
}

/// So many images are looked at before it is asked again whether the answer is wanted.
const AT_A_TIME: usize = 65_536;

impl DistributionWish {
    /// Whether a column has a distribution: what is another for each image has none.
    pub fn is_of(column: TableColumn) -> bool {
        column.kind() != ColumnKind::Text
    }

    /// Counts; `None` if `is_stale` said that nobody wants it any more.
    pub fn count(&self, is_stale: &dyn Fn() -> bool) -> Option<Distribution> {
        match self.column.kind() {
            ColumnKind::Name => names::count(self, is_stale),
            ColumnKind::Text | ColumnKind::Whole | ColumnKind::Decimal | ColumnKind::Date => {
                bins::count(self, is_stale)
            }
        }
    }

    /// Hands every image to `each`, with whether it passes the filter; `None` if nobody wants it any more.
    fn each(&self, is_stale: &dyn Fn() -> bool, mut each: impl FnMut(super::ImageRef<'_>, bool)) -> Option<()> {
        let images = &self.facts.images;
        for start in (0..images.len()).step_by(AT_A_TIME) {
            if is_stale() {
                return None;
            }
            for image in images.range(start..start + AT_A_TIME) {
                each(image, self.is_shown(image.id));
            }
        }
        Some(())
    }

    fn is_shown(&self, id: ImageId) -> bool {
        self.shown.contains(id)
    }
}

/// One image more, of all or of those that pass as well.
fn add(images: &mut [usize; 2], is_shown: bool) {
    images[0] += 1;
    images[1] += usize::from(is_shown);
}
