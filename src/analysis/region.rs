//! A part of an image: which cells of a layer see it, what they say together, and where another image says the same.

use std::ops::Range;

use crate::domain::Pooling;
pub use crate::domain::Region;

/// Less of a cell than this is a slip of the hand or of rounding, not a wish.
const LEAST_COVER: f64 = 1e-6;

/// The cells along one side that a region covers, and how much of each, in `0..=1`.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    cells: Range<usize>,
    cover: Vec<f64>,
}

/// Where an image is most like a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Row of the cell.
    pub row: usize,
    /// Column of the cell.
    pub column: usize,
    /// The cosine there.
    pub score: f32,
}

impl Region {
    /// The rows and columns of a layer of `[height, width]` cells that the box covers.
    ///
    /// The cell in row `i` and column `j` is taken to see the picture from `(j / width, i / height)` to
    /// `((j + 1) / width, (i + 1) / height)`. Its receptive field is wider, but centred there as long as the layers
    /// before it pad evenly. A box within a cell takes that cell; one without area takes the cell it lies in.
    ///
    /// # Panics
    /// When the layer has no cells.
    pub fn cells(&self, height: usize, width: usize) -> (Range<usize>, Range<usize>) {
        (span(self.top, self.bottom, height).cells, span(self.left, self.right, width).cells)
    }

    /// The features of the box: one number a channel, pooled over the cells it covers.
    ///
    /// The average weighs every cell by how much of it the box covers; the maximum takes every cell that it touches.
    /// Sums are taken in f64.
    ///
    /// # Shapes
    /// - `activation`: `[c, h, w]`, row-major
    /// - returns `[c]`
    ///
    /// # Panics
    /// When `activation` does not hold `c * h * w` numbers, or the layer has no cells.
    pub fn pooled(&self, activation: &[f32], [c, h, w]: [usize; 3], pooling: Pooling) -> Vec<f32> {
        assert_eq!(activation.len(), c * h * w, "an activation of {c} x {h} x {w}");
        let (rows, columns) = (span(self.top, self.bottom, h), span(self.left, self.right, w));
        let weight: f64 = rows.cover.iter().sum::<f64>() * columns.cover.iter().sum::<f64>();
        activation
            .chunks_exact(h * w)
            .map(|plane| {
                let cells = rows.cells.clone().zip(&rows.cover).flat_map(|(row, of_row)| {
                    let line = &plane[row * w..][columns.cells.clone()];
                    line.iter().zip(&columns.cover).map(move |(value, of_column)| (*value, of_row * of_column))
                });
                match pooling {
                    Pooling::Average => {
                        (cells.map(|(value, cover)| f64::from(value) * cover).sum::<f64>() / weight) as f32
                    }
                    Pooling::Maximum => cells.map(|(value, _)| value).fold(f32::NEG_INFINITY, f32::max),
                }
            })
            .collect()
    }
}

fn span(from: f32, to: f32, cells: usize) -> Span {
    assert!(cells > 0, "a layer without cells covers nothing");
    let (from, to) = (f64::from(from) * cells as f64, f64::from(to) * cells as f64);
    let first = (from.floor() as usize).min(cells - 1);
    let end = (to.ceil() as usize).clamp(first + 1, cells);
    let covered = |cell: usize| (to.min(cell as f64 + 1.0) - from.max(cell as f64)).max(0.0);
    let within = first..end;
    let (Some(first), Some(last)) = (
        within.clone().find(|cell| covered(*cell) >= LEAST_COVER),
        within.rev().find(|cell| covered(*cell) >= LEAST_COVER),
    ) else {
        // No width at all: the cell that the middle lies in, as a whole.
        let cell = (((from + to) / 2.0) as usize).min(cells - 1);
        return Span { cells: cell..cell + 1, cover: vec![1.0] };
    };
    Span { cells: first..last + 1, cover: (first..=last).map(covered).collect() }
}

/// How like a region every place of an image is: the cosine of `region` with the channels at that place.
///
/// A place where nothing is active is like nothing: 0. Sums are taken in f64.
///
/// # Shapes
/// - `region`: `[c]`
/// - `activation`: `[c, h, w]`, row-major
/// - returns `[h, w]`, row-major
///
/// # Panics
/// When `region` does not hold `c` or `activation` not `c * h * w` numbers.
pub fn similarity_map(region: &[f32], activation: &[f32], [c, h, w]: [usize; 3]) -> Vec<f32> {
    assert_eq!(region.len(), c, "one number a channel");
    assert_eq!(activation.len(), c * h * w, "an activation of {c} x {h} x {w}");
    let mut products = vec![0.0f64; h * w];
    let mut squares = vec![0.0f64; h * w];
    for (plane, wanted) in activation.chunks_exact((h * w).max(1)).zip(region) {
        let wanted = f64::from(*wanted);
        for ((value, product), square) in plane.iter().zip(&mut products).zip(&mut squares) {
            let value = f64::from(*value);
            *product += value * wanted;
            *square += value * value;
        }
    }
    let length = region.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let cosine = |(product, square): (f64, f64)| {
        let lengths = square.sqrt() * length;
        if lengths > 0.0 { (product / lengths).clamp(-1.0, 1.0) as f32 } else { 0.0 }
    };
    products.into_iter().zip(squares).map(cosine).collect()
}

/// The best places of a map, best first, ties from the upper left; places that are not finite are left out.
///
/// # Shapes
/// `map`: `[h, w]`, row-major.
pub fn best_places(map: &[f32], width: usize, count: usize) -> Vec<Place> {
    let mut places: Vec<Place> = map
        .iter()
        .enumerate()
        .filter(|(_, score)| score.is_finite())
        .map(|(cell, score)| Place { row: cell / width.max(1), column: cell % width.max(1), score: *score })
        .collect();
    // Sorting is stable, and the cells came in order.
    places.sort_by(|a, b| b.score.total_cmp(&a.score));
    places.truncate(count);
    places
}
