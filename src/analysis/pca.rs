//! Principal components: the plane along which the images differ most (Pearson 1901, Hotelling 1933).
//!
//! Rows are read in blocks, so nothing but the half-precision vectors and one small square matrix is ever held.
//! The square is that of the shorter side: channels x channels, or images x images for a small collection. Where both
//! sides are long, none is made: what it would make of a few vectors comes from the rows, block by block.

mod block;
mod decompose;
mod gram;
mod subspace;

use block::Blocks;

use super::{Cancelled, rows};
use crate::domain::{Matrix, Vectors};

/// Up to this side the square is made: of 1536² its 9 MB still fit the caches, and decomposing it, if it must be, takes
/// about a second on two cores.
const EXACT_SIDE: usize = 1536;

/// Where the images lie on the plane of the first two principal components.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    /// One point for each row of the vectors.
    pub points: Vec<[f32; 2]>,
    /// The share of the total variance along each axis, in `0..=1`.
    pub explained: [f32; 2],
}

/// A direction in the space of channels, of length 1, and the sum of squares along it.
struct Component {
    direction: Vec<f32>,
    energy: f64,
}

/// What is known of the rows of a matrix.
struct Spectrum {
    /// What numbers are multiplied by, so that single precision can square them: a power of two. All else is of what they
    /// are then.
    power: f32,
    mean: Vec<f32>,
    /// The sum of squares of all that differs from the mean.
    energy: f64,
    /// The first two, largest first; fewer where there are no more.
    components: Vec<Component>,
}

/// Projects `vectors` on their first two principal components. `None` when cancelled.
///
/// The vectors are taken as they are, lengths and all; neighbours, and so the trustworthiness of every map, go by cosine.
///
/// The sign of each axis is fixed: the channel that weighs most in it weighs positively. Without any variance along an
/// axis (no image, one image, all the same) every point lies at 0 of it. Numbers that are not finite count as 0.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - returns `points`: `[images]`
pub fn project(vectors: &Vectors, cancelled: Cancelled<'_>) -> Option<Plane> {
    project_with(vectors, EXACT_SIDE, cancelled)
}

/// As [`project`], with the side up to which the square is made.
pub fn project_with(vectors: &Vectors, exact_side: usize, cancelled: Cancelled<'_>) -> Option<Plane> {
    let (images, channels) = (vectors.matrix.rows(), vectors.matrix.columns());
    if images < 2 || channels == 0 {
        return Some(Plane { points: vec![[0.0; 2]; vectors.ids.len()], explained: [0.0; 2] });
    }
    let spectrum = spectrum_of(&vectors.matrix, exact_side, cancelled)?;
    let explained =
        [0, 1].map(|axis| spectrum.components.get(axis).map_or(0.0, |c| (c.energy / spectrum.energy) as f32));
    let points = along(spectrum, &vectors.matrix, cancelled)?;
    Some(Plane { points, explained })
}

/// Where other rows lie on the plane of the first two principal components of `vectors`, which they have no part in.
/// `None` when cancelled.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`, `others.matrix`: `[others, channels]`
/// - returns `[others]`
///
/// # Panics
/// When the two have different numbers of channels.
pub fn place(vectors: &Vectors, others: &Vectors, cancelled: Cancelled<'_>) -> Option<Vec<[f32; 2]>> {
    assert_eq!(vectors.matrix.columns(), others.matrix.columns(), "vectors of one layer");
    if vectors.matrix.rows() < 2 || vectors.matrix.columns() == 0 {
        return Some(vec![[0.0; 2]; others.ids.len()]);
    }
    along(spectrum_of(&vectors.matrix, EXACT_SIDE, cancelled)?, &others.matrix, cancelled)
}

/// The first two components, fewer where there is no variance, their signs fixed.
fn spectrum_of(matrix: &Matrix, exact_side: usize, cancelled: Cancelled<'_>) -> Option<Spectrum> {
    let mut spectrum = if matrix.columns() <= exact_side {
        gram::by_channels(matrix, cancelled)?
    } else if matrix.rows() <= exact_side {
        gram::by_images(matrix, cancelled)?
    } else {
        subspace::by_products(matrix, cancelled)?
    };
    // Beneath this there is nothing along a component but the rounding of half precision sums.
    let least = spectrum.energy * 1e-9;
    spectrum.components.retain(|component| component.energy > least.max(0.0));
    spectrum.components.iter_mut().for_each(fix_sign);
    Some(spectrum)
}

/// Each row's coordinates along the components, from their mean.
fn along(spectrum: Spectrum, matrix: &Matrix, cancelled: Cancelled<'_>) -> Option<Vec<[f32; 2]>> {
    let (channels, axes) = (matrix.columns(), spectrum.components);
    let power = spectrum.power;
    let told = |row: &[f32], axis: &Component| match power == 1.0 {
        true => rows::dot_wide(row, &axis.direction),
        // Others may lie far beyond the rows that the power is for.
        false => rows::told(rows::dot_in_f64(row, &axis.direction) / f64::from(power)),
    };
    let coordinates = |row: &[f32]| [0, 1].map(|axis| axes.get(axis).map_or(0.0, |a| told(row, a)));
    let of_block = |_, block: &[f32], points: &mut Vec<[f32; 2]>| {
        points.clear();
        points.extend(block.chunks_exact(channels).map(coordinates));
    };
    let mut points = Vec::with_capacity(matrix.rows());
    Blocks::around(matrix, power, spectrum.mean)
        .for_each(cancelled, of_block, |block| points.extend_from_slice(block))?;
    Some(points)
}

fn fix_sign(component: &mut Component) {
    let heaviest = component.direction.iter().copied().fold(0.0f32, |a, b| if b.abs() > a.abs() { b } else { a });
    if heaviest < 0.0 {
        component.direction.iter_mut().for_each(|weight| *weight = -*weight);
    }
}
