//! Which labels images had at a moment, as a number: it tells whether what was found by labels is by those of now, also after other
//! labels were given and taken back, and after the folder was opened again.

use serde::{Deserialize, Serialize};

use super::ImageId;

/// The labels of the first so many images. Those that come later are none of what was found before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelState {
    /// How many images.
    pub images: usize,
    /// What their labels sum up to.
    pub sum: u64,
}

/// What the name of a label adds to sums; that of none is `""`. It is kept on disk, so that no other program, and no later one, may come to
/// another number: FNV-1a.
pub(super) fn name_share(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What an image with such a label adds to the sum of all: another image with the same label adds something else, or two that changed
/// their labels with each other would not be noticed. The finaliser of SplitMix64.
pub(super) fn image_share(image: ImageId, name_share: u64) -> u64 {
    let mixed = name_share ^ u64::from(image.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
