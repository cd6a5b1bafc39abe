//! Points in tiles: what lies together on the map lies together in memory.

mod building;
mod parallel;

use std::ops::Range;

use crate::domain::ImageId;

pub use building::chance;
pub use parallel::in_parallel;

/// Points of a tile at most.
const POINTS: usize = 2048;

/// Points of a cell of a density, if they lay evenly.
const DENSITY_POINTS: usize = 16;

/// Bands that the points lie in: the first has of each tile the first of 256, and with each that follows there are twice as many.
const BANDS: usize = 9;

/// The least and the largest number of cells along each side.
const DENSITY_SIDES: [usize; 2] = [32, 1024];

/// Some points that lie together on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// The how manieth of all it is, along the curve.
    pub number: u32,
    /// How many points those before it have.
    pub first: u32,
    /// How many points it has.
    pub count: u32,
    /// The least of its points' coordinates.
    pub lower: [f32; 2],
    /// The greatest of them.
    pub upper: [f32; 2],
}

/// How many points lie where, for maps on which not all can be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// Cells along each side.
    pub side: usize,
    /// 255 for the fullest cell, by the logarithm of its points; from the least coordinates, row by row.
    pub shares: Vec<u8>,
    /// The corners of the whole.
    pub lower: [f32; 2],
    /// The other corner.
    pub upper: [f32; 2],
}

/// The points of a map along a Z-curve (Morton 1966), cut into tiles that are squares of a quadtree. Points that are not
/// finite are in none.
///
/// Within a tile points are in an order of chance that goes by their images alone: any first part of it is a fair sample,
/// and the first point of a tile is also the first of one of its quarters, so that whatever shows but a few points of
/// each part of the map shows the same ones from near and from far.
///
/// The arrays are laid out in bands, each tile by tile: a fair sample of all that is seen are the first bands, which lie in a row however
/// many tiles there are, so that it takes a draw or a few, and not one for each tile.
#[derive(Clone, Debug, Default)]
pub struct Tiles {
    positions: Vec<[f32; 2]>,
    numbers: Vec<u32>,
    tiles: Vec<Tile>,
    /// Where in the arrays each tile's part of each band begins, band by band, and where the last one ends.
    starts: Vec<u32>,
    density: Option<Density>,
    images_up_to: usize,
}

/// Which points are to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Places in the arrays.
    pub runs: Vec<Range<u32>>,
    /// How many these are.
    pub points: usize,
    /// How many there are in the tiles that are seen.
    pub of: usize,
    /// The corners of what is seen.
    pub seen: ([f32; 2], [f32; 2]),
    /// How many points were wanted at most.
    pub most: usize,
}

impl Drawn {
    /// The share of the points in view that are drawn, in `0..=1`.
    pub fn share(&self) -> f64 {
        if self.of == 0 { 1.0 } else { self.points as f64 / self.of as f64 }
    }
}

impl Tiles {
    /// Sorts the points. With more of them than `dense_above` their density is counted, too.
    pub fn new(positions: &[[f32; 2]], ids: &[ImageId], dense_above: usize) -> Self {
        building::build(positions, ids, dense_above)
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        let density = self.density.as_ref().map_or(0, |density| density.shares.len());
        let (tiles, starts) = (size_of_val(&self.tiles[..]), size_of_val(&self.starts[..]));
        size_of_val(&self.positions[..]) + size_of_val(&self.numbers[..]) + tiles + starts + density
    }

    /// Where the points lie, band by band and in each tile by tile.
    pub fn positions(&self) -> &[[f32; 2]] {
        &self.positions
    }

    /// The numbers of the images whose points they are.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// One more than the greatest number of an image.
    pub fn images_up_to(&self) -> usize {
        self.images_up_to
    }

    /// The tiles, along the curve.
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// How dense they lie, where that was counted.
    pub fn density(&self) -> Option<&Density> {
        self.density.as_ref()
    }

    /// The points of a tile with their images, in their order of chance.
    pub fn points_of(&self, tile: &Tile) -> impl Iterator<Item = ([f32; 2], ImageId)> + '_ {
        let number = tile.number;
        (0..BANDS).flat_map(move |band| {
            let places = self.places(band, number);
            let places = places.start as usize..places.end as usize;
            let ids = self.numbers[places.clone()].iter().map(|number| ImageId(*number));
            self.positions[places].iter().copied().zip(ids)
        })
    }

    /// Where in the arrays a tile's part of a band lies.
    fn places(&self, band: usize, tile: u32) -> Range<u32> {
        let at = band * self.tiles.len() + tile as usize;
        self.starts[at]..self.starts[at + 1]
    }

    /// The tiles that a rectangle touches.
    pub fn touched(&self, lower: [f32; 2], upper: [f32; 2]) -> impl Iterator<Item = &Tile> + '_ {
        self.tiles
            .iter()
            .filter(move |tile| (0..2).all(|axis| tile.lower[axis] <= upper[axis] && tile.upper[axis] >= lower[axis]))
    }

    /// At most so many points lie in the rectangle; exact but for the tiles at its border.
    pub fn count_about(&self, lower: [f32; 2], upper: [f32; 2]) -> usize {
        self.touched(lower, upper).map(|tile| tile.count as usize).sum()
    }

    /// Calls `found` with every point in the rectangle.
    pub fn each_in(&self, lower: [f32; 2], upper: [f32; 2], mut found: impl FnMut([f32; 2], ImageId)) {
        for tile in self.touched(lower, upper) {
            for (point, id) in self.points_of(tile) {
                if (0..2).all(|axis| (lower[axis]..=upper[axis]).contains(&point[axis])) {
                    found(point, id);
                }
            }
        }
    }

    /// The nearest point within `radius` that `accepts` lets through; of several at one place the one with the lowest id.
    pub fn nearest(&self, to: [f32; 2], radius: f32, accepts: impl Fn(ImageId) -> bool) -> Option<ImageId> {
        let mut best: Option<ImageId> = None;
        let mut best_squared = radius * radius;
        self.each_in([to[0] - radius, to[1] - radius], [to[0] + radius, to[1] + radius], |point, id| {
            let [dx, dy] = [point[0] - to[0], point[1] - to[1]];
            let squared = dx * dx + dy * dy;
            let is_nearer = squared < best_squared || (squared == best_squared && best.is_some_and(|best| id < best));
            if is_nearer && accepts(id) {
                best = Some(id);
                best_squared = squared;
            }
        });
        best
    }

    /// What to draw of what a rectangle shows, with at most about `most` points: all of it, or of each tile a half, a fourth, or as much
    /// as the first bands have.
    pub fn drawn_in(&self, lower: [f32; 2], upper: [f32; 2], most: usize) -> Drawn {
        let of = self.count_about(lower, upper);
        let mut drawn = Drawn { runs: Vec::new(), points: 0, of, seen: (lower, upper), most };
        let bands = (1..=BANDS).rev().find(|bands| of >> (BANDS - bands) <= most).unwrap_or(1);
        let touched: Vec<u32> = self.touched(lower, upper).map(|tile| tile.number).collect();
        for (band, tile) in (0..bands).flat_map(|band| touched.iter().map(move |tile| (band, *tile))) {
            let places = self.places(band, tile);
            drawn.points += places.len();
            match drawn.runs.last_mut() {
                Some(last) if last.end == places.start => last.end = places.end,
                _ => drawn.runs.push(places),
            }
        }
        drawn
    }
}
