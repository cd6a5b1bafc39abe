//! Principal components: the plane along which the images differ most (Pearson 1901, Hotelling 1933).
//!
//! Rows are read in blocks, so nothing but the half-precision vectors and one small square matrix is ever held.
//! The square is that of the shorter side: channels x channels, or images x images for a small collection. Where both
//! sides are long, the leading components come from subspace iteration instead (Halko, Martinsson and Tropp 2011).

mod block;
mod gram;
mod subspace;

use block::Blocks;

use super::{Cancelled, rows};
use crate::domain::Vectors;

/// Up to this side a square is decomposed exactly: 1536² takes about a second on two cores.
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

/// Projects `vectors` on their first two principal components. `None` when cancelled.
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

/// As [`project`], with the side up to which the decomposition is exact instead of iterated.
pub fn project_with(vectors: &Vectors, exact_side: usize, cancelled: Cancelled<'_>) -> Option<Plane> {
    let (images, channels) = (vectors.matrix.rows(), vectors.matrix.columns());
    if images < 2 || channels == 0 {
        return Some(Plane { points: vec![[0.0; 2]; vectors.ids.len()], explained: [0.0; 2] });
    }
    let blocks = Blocks::centred(&vectors.matrix, cancelled)?;
    let axes = axes_of(&blocks, exact_side, cancelled)?;
    let points = along(&axes, &blocks, cancelled)?;
    let share = |axis: usize| axes.get(axis).map_or(0.0, |c| (c.energy / blocks.total_energy) as f32);
    Some(Plane { points, explained: [share(0), share(1)] })
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
    let blocks = Blocks::centred(&vectors.matrix, cancelled)?;
    let axes = axes_of(&blocks, EXACT_SIDE, cancelled)?;
    along(&axes, &blocks.others(&others.matrix), cancelled)
}

/// The first two components, fewer where there is no variance.
fn axes_of(blocks: &Blocks<'_>, exact_side: usize, cancelled: Cancelled<'_>) -> Option<Vec<Component>> {
    let [images, channels] = blocks.shape();
    let components = if channels <= exact_side {
        gram::by_channels(blocks, cancelled)?
    } else if images <= exact_side {
        gram::by_images(blocks, cancelled)?
    } else {
        subspace::iterate(blocks, cancelled)?
    };
    let mut axes: Vec<Component> = components.into_iter().filter(|c| significant(c, blocks)).take(2).collect();
    axes.iter_mut().for_each(fix_sign);
    Some(axes)
}

/// Each row's coordinates along the axes.
fn along(axes: &[Component], blocks: &Blocks<'_>, cancelled: Cancelled<'_>) -> Option<Vec<[f32; 2]>> {
    let [images, channels] = blocks.shape();
    let mut points = vec![[0.0f32; 2]; images];
    blocks.for_each(cancelled, |first_row, block| {
        for (row, point) in block.chunks_exact(channels).zip(&mut points[first_row..]) {
            for (axis, coordinate) in axes.iter().zip(point) {
                *coordinate = rows::dot_wide(row, &axis.direction);
            }
        }
    })?;
    Some(points)
}

/// Whether there is anything along a component but the rounding of half precision sums.
fn significant(component: &Component, blocks: &Blocks<'_>) -> bool {
    component.energy > blocks.total_energy * 1e-9 && component.energy > 0.0
}

fn fix_sign(component: &mut Component) {
    let heaviest = component.direction.iter().copied().fold(0.0f32, |a, b| if b.abs() > a.abs() { b } else { a });
    if heaviest < 0.0 {
        component.direction.iter_mut().for_each(|weight| *weight = -*weight);
    }
}
