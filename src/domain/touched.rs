//! How many images a thread has looked at, one by one.
//!
//! The thread that draws the window must do nothing for each image of a collection: not in a frame, not at an event, not at
//! a choice. Times would not hold it to that on every machine; this number does, and it is the same everywhere.
//!
//! Counted are: a record that is looked at ([`ImageRecords`](super::ImageRecords)), a place of an
//! [`ImageOrder`](super::ImageOrder) that is read or written, an image that is put into an [`ImageSet`](super::ImageSet),
//! taken out or listed, a value of an image on a map, in a clustering, a list of outliers or of those who bear a tag
//! ([`PerImage`](super::PerImage)), one of an [`ImageList`](super::ImageList), and each chunk that two sets or two states of the records
//! are compared or joined by (one for some thousands of images). Whether an image is in a set is not counted: whoever asks has
//! come upon the image somewhere.

use std::cell::Cell;

thread_local! {
    static TOUCHED: Cell<u64> = const { Cell::new(0) };
}

/// How many images this thread has looked at since it began.
pub fn images_touched() -> u64 {
    TOUCHED.get()
}

/// Counts images this thread looks at.
#[inline]
pub(super) fn touch(images: usize) {
    TOUCHED.set(TOUCHED.get().wrapping_add(images as u64));
}
