//! Where the picture that a network sees lies over the picture it was made of.

use std::ops::Range;

use super::{Fit, Region, Resizing};

/// A network's input laid over a picture.
///
/// Whatever a network says of a place on its input (a cell of an activation, a window of cells) is shown on the picture
/// through this, and a box on the picture is taken to the input through this.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Footprint {
    /// The upper left corner, as shares of the picture's width and height: above 0 where the picture was cut off, below 0
    /// where something was added around it.
    corner: [f64; 2],
    /// Width and height, as shares of those of the picture.
    size: [f64; 2],
}

impl Footprint {
    /// Of a picture of `[width, height]` pixels. Only its proportions matter, so a thumbnail's size does as well.
    pub fn new(resizing: &Resizing, [width, height]: [u32; 2]) -> Self {
        let sides = [f64::from(width.max(1)), f64::from(height.max(1))];
        let input = [f64::from(resizing.width), f64::from(resizing.height)];
        let scale = match resizing.fit {
            Fit::Stretch => return Self { corner: [0.0; 2], size: [1.0; 2] },
            Fit::Crop { shorter_px } => f64::from(shorter_px.max(1)) / sides[0].min(sides[1]),
            Fit::Letterbox { .. } => (input[0] / sides[0]).min(input[1] / sides[1]),
        };
        // The picture lies in the middle of the input, or the input in the middle of the picture.
        let size = [0, 1].map(|axis| input[axis] / (sides[axis] * scale));
        Self { corner: size.map(|share| (1.0 - share) / 2.0), size }
    }

    /// The upper left and the lower right corner of the input, as shares of the picture's sides. Beyond 0 and 1 lies what
    /// was added around the picture.
    pub fn corners(&self) -> [[f32; 2]; 2] {
        [self.on_picture([0.0; 2]), self.on_picture([1.0; 2])]
    }

    /// Whether the network sees all of the picture.
    pub fn is_whole(&self) -> bool {
        // A share of a pixel that rounding takes is no cut.
        let slack = 1e-6;
        (0..2).all(|axis| self.corner[axis] <= slack && self.corner[axis] + self.size[axis] >= 1.0 - slack)
    }

    /// Where a box on the input lies on the picture; what was added around the picture is left out.
    pub fn in_picture(&self, region: Region) -> Region {
        let ([left, top], [right, bottom]) =
            (self.on_picture([region.left, region.top]), self.on_picture([region.right, region.bottom]));
        Region::between((left, top), (right, bottom))
    }

    /// Where a box on the picture lies on the input; what is cut off is left out. `None` when nothing of it is seen.
    pub fn seen(&self, region: Region) -> Option<Region> {
        let ([left, top], [right, bottom]) =
            (self.on_input([region.left, region.top]), self.on_input([region.right, region.bottom]));
        let is_seen = left < 1.0 && right > 0.0 && top < 1.0 && bottom > 0.0;
        is_seen.then(|| Region::between((left, top), (right, bottom)))
    }

    /// What the cells in these rows and columns of an activation of `[h, w]` cover of the picture; `None` when that is
    /// only what was added around it.
    pub fn cells(&self, rows: Range<usize>, columns: Range<usize>, [h, w]: [usize; 2]) -> Option<Region> {
        let at = |cell: usize, cells: usize| cell as f32 / cells.max(1) as f32;
        let part = self.in_picture(Region {
            left: at(columns.start, w),
            top: at(rows.start, h),
            right: at(columns.end, w),
            bottom: at(rows.end, h),
        });
        (part.left < part.right && part.top < part.bottom).then_some(part)
    }

    /// The square around a cell of an activation of `[h, w]`, `share` of the input's shorter side wide, of a picture of
    /// `size` pixels. What would lie beyond the picture is moved onto it; what is larger than the picture is cut.
    pub fn around(&self, [row, column]: [usize; 2], [h, w]: [usize; 2], share: f32, size: [u32; 2]) -> Region {
        let middle = |cell: usize, cells: usize| (cell as f32 + 0.5) / cells.max(1) as f32;
        let at = self.on_picture([middle(column, w), middle(row, h)]);
        let sides = size.map(|side| f64::from(side.max(1)));
        let input_px = (self.size[0] * sides[0]).min(self.size[1] * sides[1]);
        let [[left, right], [top, bottom]] = [0, 1].map(|axis| {
            let half = (f64::from(share) * input_px / sides[axis] / 2.0).min(0.5) as f32;
            let centre = at[axis].clamp(half, 1.0 - half);
            [centre - half, centre + half]
        });
        Region::between((left, top), (right, bottom))
    }

    /// The row and column of an activation of `[h, w]` at a place of the picture, as shares of its sides; `None` where the
    /// network does not see it.
    pub fn cell_at(&self, at: [f32; 2], [h, w]: [usize; 2]) -> Option<[usize; 2]> {
        let [x, y] = self.on_input(at);
        let is_seen = (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y) && h * w > 0;
        is_seen.then(|| [((y * h as f32) as usize).min(h - 1), ((x * w as f32) as usize).min(w - 1)])
    }

    /// From shares of the input's sides to those of the picture's.
    fn on_picture(&self, at: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| (self.corner[axis] + f64::from(at[axis]) * self.size[axis]) as f32)
    }

    /// The way back.
    fn on_input(&self, at: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| ((f64::from(at[axis]) - self.corner[axis]) / self.size[axis]) as f32)
    }
}

impl Resizing {
    /// The picture the network sees, laid over a picture of `[width, height]` pixels.
    pub fn footprint(&self, size: [u32; 2]) -> Footprint {
        Footprint::new(self, size)
    }
}
