//! Rows of pictures of their own shapes. In a row all are equally high, and there are as many as in every other row: so each row is laid
//! out without those before it, and ten million rows cost what is seen of them.
//!
//! Rows that are filled with as many as have room, as elsewhere, would be another matter: where one begins depends on all before it, so
//! that a picture whose size comes to be known would move all that follow.

use std::ops::Range;

use super::{ImageId, ImageOrder, ImageRecords};

/// Width beside its height that a picture has at least and at most; what is beyond is drawn whole within that.
const RATIOS: [f32; 2] = [0.25, 4.0];
/// The space between two pictures of a row that is not filled by them is so many times the least, at most.
const WIDEST_GAP: f32 = 3.0;

/// How pictures lie in rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureRows {
    /// Pictures of a row.
    pub columns: usize,
    /// Width of a row in points.
    pub width: f32,
    /// Height of its pictures in points, at most: where they are wide, all of a row are lower.
    pub height: f32,
    /// The least space between two of them in points.
    pub gap: f32,
    /// Width beside its height of a picture whose size is not known yet.
    pub usual: f32,
}

/// Where the pictures of one row lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureRow {
    /// How high all of them are, in points.
    pub height: f32,
    /// From the left end of the row to the left and to the right side of each, in points.
    pub sides: Vec<[f32; 2]>,
}

impl PictureRows {
    /// Lays out a row of pictures of so many pixels across and down.
    pub fn lay_out(&self, sizes: impl Iterator<Item = [u32; 2]>) -> PictureRow {
        let [narrow, wide] = RATIOS;
        let ratio = |[width, height]: [u32; 2]| match width == 0 || height == 0 {
            true => self.usual,
            false => (width as f32 / height as f32).clamp(narrow, wide),
        };
        let ratios: Vec<f32> = sizes.take(self.columns).map(ratio).collect();
        let between = ratios.len().saturating_sub(1) as f32;
        let room = (self.width - between * self.gap).max(1.0);
        let sum: f32 = ratios.iter().sum();
        let height = self.height.min(room / sum.max(f32::MIN_POSITIVE));
        // A row is as wide as the others, unless it is the last and not full.
        let is_full = ratios.len() == self.columns && between > 0.0;
        let left_over = if is_full { (room - sum * height).max(0.0) / between } else { 0.0 };
        let gap = (self.gap + left_over).min(self.gap * WIDEST_GAP);
        let mut left = 0.0;
        let sides = ratios.iter().map(|ratio| {
            let sides = [left, left + ratio * height];
            left = sides[1] + gap;
            sides
        });
        PictureRow { sides: sides.collect(), height }
    }

    /// Lays out the row of this number of an order of images.
    pub fn row_of(&self, order: &ImageOrder, images: &ImageRecords, row: usize) -> PictureRow {
        self.lay_out(
            self.in_row(order, row).map(|id| images.get(id).map_or([0, 0], |image| [image.width, image.height])),
        )
    }

    fn in_row<'a>(&self, order: &'a ImageOrder, row: usize) -> impl Iterator<Item = ImageId> + use<'a> {
        let begin = (row * self.columns).min(order.len());
        order.range(begin..(begin + self.columns).min(order.len()))
    }
}

/// What a band touches of pictures in rows.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureBand {
    /// How the pictures lie.
    pub rows: PictureRows,
    /// From where to where it reaches across, in points from the left end of a row.
    pub across: [f32; 2],
    /// Which rows it touches.
    pub touched: Range<usize>,
}

impl PictureBand {
    /// The images that it touches.
    pub fn images(&self, order: &ImageOrder, images: &ImageRecords) -> impl Iterator<Item = ImageId> {
        let [from, to] = self.across;
        self.touched.clone().flat_map(move |row| {
            let sides = self.rows.row_of(order, images, row).sides;
            let touched = self.rows.in_row(order, row).zip(sides);
            touched.filter(move |(_, [left, right])| *left <= to && *right >= from).map(|(id, _)| id)
        })
    }

    /// How many images must be looked at to know.
    pub fn looked_at(&self) -> usize {
        self.touched.len() * self.rows.columns
    }
}
