//! A projection made ready to be drawn and pointed at.

use std::sync::Arc;

use super::density::Density;
use crate::domain::{ImageId, ImageSet, Projection};
use crate::ui::paint::Tiles;

/// With more points than this in view a sample of them is drawn, over their density.
pub const DRAWN_MAX: usize = 3_000_000;

/// Computed once when a projection arrives, off the window's thread where there are many points.
pub struct Plane {
    /// What was projected.
    pub projection: Arc<Projection>,
    /// The points, moved and scaled alike on both axes so that they fit into -1..=1; without those of which a coordinate is not
    /// finite.
    pub tiles: Arc<Tiles>,
    /// How far the points reach along each axis.
    pub half_extent: [f32; 2],
    /// How many of them lie where, once the map has settled: until then nothing is laid out by that.
    pub density: Option<Density>,
    /// All images of the projection.
    pub images: ImageSet,
    middle: [f64; 2],
    longest: f64,
}

impl Plane {
    /// Scales and sorts the points.
    pub fn new(projection: Arc<Projection>) -> Self {
        let mut lower = [f64::INFINITY; 2];
        let mut upper = [f64::NEG_INFINITY; 2];
        for point in projection.points.iter().filter(|point| point.iter().all(|x| x.is_finite())) {
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
        let middle = [lower[0] + half[0], lower[1] + half[1]];
        let positions: Vec<[f32; 2]> =
            projection.points.iter().map(|point| placed(*point, middle, longest).unwrap_or([f32::NAN; 2])).collect();
        let tiles = Arc::new(Tiles::new(&positions, &projection.ids, DRAWN_MAX));
        let density = projection.is_finished().then(|| Density::of(&positions));
        let images = projection.ids.iter().copied().collect();
        let half_extent = [(half[0] / longest) as f32, (half[1] / longest) as f32];
        Self { tiles, half_extent, density, images, middle, longest, projection }
    }

    /// How many images are on it.
    pub fn len(&self) -> usize {
        self.projection.points.len()
    }

    /// Bytes that it takes beside the projection itself.
    pub fn bytes(&self) -> usize {
        let density = self.density.as_ref().map_or(0, Density::bytes);
        self.tiles.bytes() + density + self.images.bytes_beside(&ImageSet::default())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.projection.points.is_empty()
    }

    /// Where an image is in the arrays of the projection, if it is on the map.
    pub fn row_of(&self, id: ImageId) -> Option<usize> {
        self.projection.ids.row_of(id).filter(|row| *row < self.projection.points.len())
    }

    /// Where an image lies, if it lies somewhere.
    pub fn position_of(&self, id: ImageId) -> Option<[f32; 2]> {
        placed(self.projection.points[self.row_of(id)?], self.middle, self.longest)
    }
}

fn placed(point: [f32; 2], middle: [f64; 2], longest: f64) -> Option<[f32; 2]> {
    let on_axis = |axis: usize| ((f64::from(point[axis]) - middle[axis]) / longest) as f32;
    point.iter().all(|x| x.is_finite()).then(|| [on_axis(0), on_axis(1)])
}
