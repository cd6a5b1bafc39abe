//! The two sides of a picture, as they lie in its file.

use image::metadata::Orientation;

use super::place::{Place, Span};
use crate::images::turning;

/// One side of the picture and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Original pixels.
    pub len: u32,
    /// How many of them the picture fills: all, or of a picture that was decoded scaled perhaps only a part of the last.
    pub extent: f64,
    /// What is wanted of it, counted on the upright picture.
    pub span: Span,
    /// Whether the upright picture counts from the other end.
    is_mirrored: bool,
}

/// Both sides.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// Along a row of the file.
    pub x: Axis,
    /// Down the rows of the file.
    pub y: Axis,
    /// Whether `x` is also from left to right on the upright picture. Sums that are rounded twice depend on which side
    /// comes first.
    pub x_comes_first: bool,
}

impl Sides {
    /// Of a picture of `width` by `height` pixels as it lies in the file, which fills `extent` of them.
    pub fn new((width, height): (u32, u32), extent: [f64; 2], orientation: Orientation, place: &Place) -> Self {
        use Orientation::{
            FlipHorizontal, FlipVertical, NoTransforms, Rotate90, Rotate90FlipH, Rotate180, Rotate270, Rotate270FlipH,
        };
        let (x_is_mirrored, y_is_mirrored) = match orientation {
            NoTransforms | Rotate90FlipH => (false, false),
            FlipHorizontal | Rotate270 => (true, false),
            FlipVertical | Rotate90 => (false, true),
            Rotate180 | Rotate270FlipH => (true, true),
        };
        let x_comes_first = !turning::swaps_sides(orientation);
        let (x_span, y_span) = if x_comes_first { (place.x, place.y) } else { (place.y, place.x) };
        Self {
            x: Axis { len: width, extent: extent[0], span: x_span, is_mirrored: x_is_mirrored },
            y: Axis { len: height, extent: extent[1], span: y_span, is_mirrored: y_is_mirrored },
            x_comes_first,
        }
    }

    /// Whether nothing is scaled and nothing left out.
    pub fn is_identity(&self) -> bool {
        [self.x, self.y]
            .iter()
            .all(|axis| axis.is_full() && axis.span.scaled == u64::from(axis.len) && axis.span.count == axis.len)
    }
}

impl Axis {
    /// Original pixels for each new one.
    pub fn scale(&self) -> f64 {
        self.extent / self.span.scaled as f64
    }

    fn is_full(&self) -> bool {
        self.extent == f64::from(self.len)
    }

    /// What `taps` gives for each new pixel (numbers on the upright, scaled picture), in the order of the file.
    pub fn each<T: Tap>(&self, taps: impl Fn(u64) -> T) -> Vec<T> {
        let wanted = self.span.first..self.span.first + u64::from(self.span.count);
        match (self.is_mirrored, self.is_full()) {
            (false, _) => wanted.map(taps).collect(),
            (true, true) => wanted.rev().map(|index| taps(index).mirrored(self.len)).collect(),
            // The other end is within the last pixel. Which of two equal halves is rounded up does not matter here.
            (true, false) => wanted.rev().map(|index| taps(self.span.scaled - 1 - index)).collect(),
        }
    }
}

/// Which original pixels make a new one.
pub trait Tap {
    /// The same, counted from the other end of `len` pixels.
    fn mirrored(self, len: u32) -> Self;
}

/// Neighbouring pixels with their weights.
#[derive(Clone, Debug)]
pub struct Window<W> {
    /// The first one.
    pub start: usize,
    /// One weight a pixel.
    pub weights: Vec<W>,
}

impl<W> Window<W> {
    /// The pixel after the last one.
    pub fn end(&self) -> usize {
        self.start + self.weights.len()
    }
}

impl<W> Tap for Window<W> {
    fn mirrored(mut self, len: u32) -> Self {
        self.start = len as usize - self.end();
        self.weights.reverse();
        self
    }
}

/// The pixels that any of the windows touches.
pub fn touched<W>(windows: &[Window<W>]) -> std::ops::Range<usize> {
    let start = windows.iter().map(|window| window.start).min().unwrap_or(0);
    let end = windows.iter().map(Window::end).max().unwrap_or(0);
    start..end
}

/// Which of the windows touch the pixel `at`. They lie one after the other, so these do, too.
pub fn windows_at<W>(windows: &[Window<W>], at: usize) -> std::ops::Range<usize> {
    let first = windows.partition_point(|window| window.end() <= at);
    let count = windows[first..].partition_point(|window| window.start <= at);
    first..first + count
}
