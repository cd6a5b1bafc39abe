//! A projection made ready to be drawn and pointed at.

use std::sync::Arc;

use super::grid_index::GridIndex;
use crate::domain::{ImageId, Projection};

/// Computed once when a projection arrives.
pub struct Plane {
    /// What was projected.
    pub projection: Arc<Projection>,
    /// The points, moved and scaled alike on both axes so that they fit into -1..=1; not a number where a coordinate is not
    /// finite.
    pub positions: Arc<Vec<[f32; 2]>>,
    /// How far the points reach along each axis.
    pub half_extent: [f32; 2],
    /// Which points lie where.
    pub grid: GridIndex,
}

impl Plane {
    /// Scales and sorts the points.
    pub fn new(projection: Arc<Projection>) -> Self {
        let finite = || projection.points.iter().filter(|p| p.iter().all(|x| x.is_finite()));
        let mut lower = [f64::INFINITY; 2];
        let mut upper = [f64::NEG_INFINITY; 2];
        for point in finite() {
            for axis in 0..2 {
                lower[axis] = lower[axis].min(f64::from(point[axis]));
                upper[axis] = upper[axis].max(f64::from(point[axis]));
            }
        }
        if lower[0] > upper[0] {
            (lower, upper) = ([0.0; 2], [0.0; 2]);
        }
        let half = [(upper[0] - lower[0]) / 2.0, (upper[1] - lower[1]) / 2.0];
        let longest = if half[0].max(half[1]) > 0.0 { half[0].max(half[1]) } else { 1.0 };
        let place = |point: &[f32; 2], axis: usize| match point.iter().all(|x| x.is_finite()) {
            true => ((f64::from(point[axis]) - lower[axis] - half[axis]) / longest) as f32,
            false => f32::NAN,
        };
        let positions: Vec<[f32; 2]> = projection.points.iter().map(|p| [place(p, 0), place(p, 1)]).collect();
        let grid = GridIndex::new(&positions);
        let half_extent = [(half[0] / longest) as f32, (half[1] / longest) as f32];
        Self { positions: Arc::new(positions), half_extent, grid, projection }
    }

    /// Where an image is in the arrays, if it is on the map.
    pub fn row_of(&self, id: ImageId) -> Option<usize> {
        // Usually nothing is missing and the row is the id itself.
        let ids = &self.projection.ids;
        let row = match ids.get(id.index()) {
            Some(found) if *found == id => id.index(),
            _ => ids.binary_search(&id).ok()?,
        };
        self.positions.get(row).map(|_| row)
    }

    /// Where an image lies, if it lies somewhere.
    pub fn position_of(&self, id: ImageId) -> Option<[f32; 2]> {
        let position = self.positions[self.row_of(id)?];
        position[0].is_finite().then_some(position)
    }
}
