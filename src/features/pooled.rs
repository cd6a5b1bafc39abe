//! The vectors of one batch, many layers, one read.

use burn::tensor::{Int, Tensor};
use half::f16;
use half::slice::HalfFloatSliceExt;

use super::FeaturesError;
use crate::domain::{Matrix, Numbers, fits_half};

/// Pooled vectors of a batch that are still on the device.
#[derive(Default)]
pub struct PooledBatch {
    parts: Vec<Tensor<2>>,
    places: Vec<Tensor<2, Int>>,
    /// Which of the parts are wanted in single precision whatever their numbers.
    single: Vec<bool>,
}

impl PooledBatch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer's vectors.
    ///
    /// # Shapes
    /// `pooled`: `[n, c]`, the same `n` every time.
    pub fn push(&mut self, pooled: Tensor<2>) {
        self.parts.push(pooled);
    }

    /// Adds where in a layer's maps the largest values are.
    ///
    /// # Shapes
    /// `places`: `[n, c]`, the same `n` every time.
    pub fn push_places(&mut self, places: Tensor<2, Int>) {
        self.places.push(places);
    }

    /// The same, to be read in single precision where `single` says so, whatever the numbers: one entry a layer pushed, in
    /// that order; of layers without one the numbers decide.
    #[must_use]
    pub fn keeping_single(mut self, single: Vec<bool>) -> Self {
        self.single = single;
        self
    }

    /// Number of layers pushed.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Joins everything on the device, reads it once, and hands back one matrix per layer pushed, in that order, one row
    /// an image.
    ///
    /// A matrix is in half precision, unless one of its numbers is beyond that ([`fits_half`]): then all are in single.
    /// What is not finite stays what it is.
    ///
    /// # Errors
    /// When the device fails.
    pub fn read(self) -> Result<Vec<Matrix>, FeaturesError> {
        Ok(self.read_with_places()?.0)
    }

    /// As [`read`](Self::read), and the places that were pushed: `[n, c]` numbers for each, row after row.
    ///
    /// # Errors
    /// As there.
    pub fn read_with_places(mut self) -> Result<(Vec<Matrix>, Vec<Vec<u32>>), FeaturesError> {
        let single = std::mem::take(&mut self.single);
        Ok(self.read_rows()?.into_matrices(&single))
    }

    /// Joins everything on the device and reads it once.
    ///
    /// # Errors
    /// When the device fails.
    pub fn read_rows(self) -> Result<PooledRows, FeaturesError> {
        let width = |dims: [usize; 2]| dims[1];
        let widths: Vec<usize> = self.parts.iter().map(|part| width(part.dims())).collect();
        let place_widths: Vec<usize> = self.places.iter().map(|part| width(part.dims())).collect();
        if widths.iter().chain(&place_widths).sum::<usize>() == 0 {
            return Ok(PooledRows { values: Vec::new(), widths, place_widths });
        }
        // As single precision they travel with the values: whole numbers up to 2^24 are exact there, and no map is as
        // large.
        let places = self.places.into_iter().map(|places| places.float());
        let joined = Tensor::cat(self.parts.into_iter().chain(places).collect(), 1);
        let values = joined.try_into_vec_as().map_err(|error| FeaturesError::Device { reason: error.to_string() })?;
        Ok(PooledRows { values, widths, place_widths })
    }
}

/// What was read: for each image a row of all its vectors, then all its places.
pub struct PooledRows {
    values: Vec<f32>,
    widths: Vec<usize>,
    place_widths: Vec<usize>,
}

impl PooledRows {
    /// Adds the images of another read of the same layers.
    ///
    /// # Panics
    /// When the layers are others.
    pub fn append(&mut self, other: Self) {
        assert!(self.widths == other.widths && self.place_widths == other.place_widths, "rows of the same layers");
        self.values.extend(other.values);
    }

    /// One matrix a layer, one row an image, and the places, `[n, c]` numbers for each layer. In which precision a
    /// matrix is says [`PooledBatch::read`]; those that `single` names are in single whatever their numbers.
    pub fn into_matrices(self, single: &[bool]) -> (Vec<Matrix>, Vec<Vec<u32>>) {
        let Self { values, widths, place_widths } = self;
        let total: usize = widths.iter().chain(&place_widths).sum();
        if total == 0 {
            return (widths.iter().map(|_| Matrix::default()).collect(), vec![Vec::new(); place_widths.len()]);
        }
        let rows = values.len() / total;
        let matrices = columns(&values, &widths, total, single);
        let mut places: Vec<Vec<u32>> = place_widths.iter().map(|width| Vec::with_capacity(rows * width)).collect();
        for row in values.chunks_exact(total) {
            let mut rest = &row[widths.iter().sum::<usize>()..];
            for (list, width) in places.iter_mut().zip(&place_widths) {
                let (part, after) = rest.split_at(*width);
                list.extend(part.iter().map(|place| *place as u32));
                rest = after;
            }
        }
        (matrices, places)
    }
}

/// One matrix a width, of what lies side by side in rows of `total` numbers.
fn columns(values: &[f32], widths: &[usize], total: usize, single: &[bool]) -> Vec<Matrix> {
    let mut first = 0;
    let of_width = |(place, width): (usize, &usize)| {
        let parts = || values.chunks_exact(total).map(move |row| &row[first..first + width]);
        let is_single = single.get(place).is_some_and(|is_single| *is_single)
            || parts().any(|part| part.iter().any(|value| !fits_half(*value)));
        let numbers = match is_single {
            true => Numbers::Single(parts().flatten().copied().collect()),
            false => Numbers::Half(halves(parts())),
        };
        first += width;
        Matrix::of(*width, numbers)
    };
    widths.iter().enumerate().map(of_width).collect()
}

/// Whole parts at a time: the processor's instruction for it is asked for once a part, not once a number.
fn halves<'a>(parts: impl Iterator<Item = &'a [f32]>) -> Vec<f16> {
    let mut halves = Vec::new();
    for part in parts {
        let start = halves.len();
        halves.resize(start + part.len(), f16::ZERO);
        halves[start..].convert_from_f32_slice(part);
    }
    halves
}
