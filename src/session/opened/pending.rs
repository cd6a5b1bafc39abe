//! What was asked of the records of all images, and is not answered yet.

use super::grouping::Grouping;
use super::ordering::Ordering;
use crate::domain::ImageSet;

/// What was asked of the records of all images, and is not answered yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// The order of the gallery.
    pub(super) ordering: Ordering,
    /// The images of a group, and what is to be done with them.
    pub(super) grouping: Grouping,
    /// What the images of this selection are.
    pub(super) tally: Option<ImageSet>,
}
