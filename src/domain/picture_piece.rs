//! A picture in pieces, so that of a huge one only what is looked at is held.

use serde::{Deserialize, Serialize};

use super::Region;

/// A square of a picture that was halved so many times. Pieces lie side by side from the upper left corner; those at the right
/// and lower edge are smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PicturePiece {
    /// How often the picture was halved; 0 is the picture itself.
    pub level: u8,
    /// From the left.
    pub column: u32,
    /// From the top.
    pub row: u32,
}

impl PicturePiece {
    /// Width and height of a piece in pixels of its level.
    pub const SIDE_PX: u32 = 512;

    /// Width and height of a picture of `size` that was halved so many times, rounded up.
    pub fn level_size(size: [u32; 2], level: u8) -> [u32; 2] {
        size.map(|side| side.max(1).div_ceil(1u32.checked_shl(u32::from(level)).unwrap_or(u32::MAX)))
    }

    /// The level at which a picture of `size` is one piece: halving it again helps nobody.
    pub fn last_level(size: [u32; 2]) -> u8 {
        let is_one = |level: &u8| Self::level_size(size, *level).iter().all(|side| *side <= Self::SIDE_PX);
        (0..32).find(is_one).unwrap_or(31)
    }

    /// Left, top, width and height of the piece on its level of a picture of `size`; `None` if it lies beyond it.
    pub fn place(self, size: [u32; 2]) -> Option<[u32; 4]> {
        let [width, height] = Self::level_size(size, self.level);
        let (left, top) = (self.column.checked_mul(Self::SIDE_PX)?, self.row.checked_mul(Self::SIDE_PX)?);
        let is_in = left < width && top < height;
        is_in.then(|| [left, top, Self::SIDE_PX.min(width - left), Self::SIDE_PX.min(height - top)])
    }

    /// The same as shares of the picture's sides.
    pub fn region(self, size: [u32; 2]) -> Option<Region> {
        let [width, height] = Self::level_size(size, self.level).map(|side| side as f32);
        let [left, top, wide, high] = self.place(size)?.map(|side| side as f32);
        Some(Region {
            left: left / width,
            top: top / height,
            right: (left + wide) / width,
            bottom: (top + high) / height,
        })
    }

    /// The pieces of a level that a part of a picture of `size` touches, those nearest to its middle first.
    pub fn touching(size: [u32; 2], level: u8, part: Region) -> Vec<Self> {
        let sides = Self::level_size(size, level).map(|side| side as f32);
        let piece = |share: f32, side: f32| share.clamp(0.0, 1.0) * side / Self::SIDE_PX as f32;
        let range = |from: f32, to: f32, side: f32| piece(from, side) as u32..piece(to, side).ceil() as u32;
        let rows = range(part.top, part.bottom, sides[1]);
        let columns = range(part.left, part.right, sides[0]);
        let middle = [
            (piece(part.left, sides[0]) + piece(part.right, sides[0])) / 2.0,
            (piece(part.top, sides[1]) + piece(part.bottom, sides[1])) / 2.0,
        ];
        let mut pieces: Vec<Self> = rows
            .flat_map(|row| columns.clone().map(move |column| Self { level, column, row }))
            .filter(|piece| piece.place(size).is_some())
            .collect();
        let far = |piece: &Self| (piece.column as f32 + 0.5 - middle[0]).hypot(piece.row as f32 + 0.5 - middle[1]);
        pieces.sort_by(|a, b| far(a).total_cmp(&far(b)));
        pieces
    }
}
