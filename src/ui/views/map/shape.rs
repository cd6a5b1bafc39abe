//! What a person draws around points, and which points that takes in.

use super::plane::Plane;
use crate::domain::ImageSet;
use crate::ui::paint::tiles::{Tile, in_parallel};

/// A part of the map.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// What lies in a closed loop (even-odd rule).
    Loop(Vec<[f32; 2]>),
    /// What is nearer to a path than so far.
    Stroke(Vec<[f32; 2]>, f32),
}

/// How a tile lies to a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    In,
    Out,
    /// Its points must be asked one by one.
    Across,
}

impl Shape {
    /// The images on `plane` whose points are in it. Takes a while where there are many.
    pub fn images(&self, plane: &Plane) -> ImageSet {
        let tiles = &plane.tiles;
        let Some((lower, upper)) = self.bounds() else { return ImageSet::default() };
        let touched: Vec<&Tile> = tiles.touched(lower, upper).collect();
        let groups: Vec<&[&Tile]> = touched.chunks(16).collect();
        let found = in_parallel(groups, |group| {
            let mut ids = Vec::new();
            for tile in group {
                match self.side_of(tile) {
                    Side::Out => {}
                    Side::In => ids.extend(tiles.points_of(tile).map(|(_, id)| id)),
                    Side::Across => {
                        let near = self.near(tile);
                        ids.extend(tiles.points_of(tile).filter(|(point, _)| near.contains(*point)).map(|(_, id)| id));
                    }
                }
            }
            ids
        });
        found.into_iter().flatten().collect()
    }

    /// Whether a point is in it.
    pub fn contains(&self, point: [f32; 2]) -> bool {
        match self {
            Self::Loop(corners) => is_inside(corners, point),
            Self::Stroke(path, radius) => edges(path).any(|[a, b]| distance_squared(a, b, point) <= radius * radius),
        }
    }

    fn bounds(&self) -> Option<([f32; 2], [f32; 2])> {
        let (path, beyond) = match self {
            Self::Loop(corners) if corners.len() < 3 => return None,
            Self::Loop(corners) => (corners, 0.0),
            Self::Stroke(path, radius) => (path, *radius),
        };
        let first = *path.first()?;
        let (lower, upper) = path.iter().fold((first, first), |(lower, upper), corner| {
            ([0, 1].map(|axis| lower[axis].min(corner[axis])), [0, 1].map(|axis| upper[axis].max(corner[axis])))
        });
        Some((lower.map(|x| x - beyond), upper.map(|x| x + beyond)))
    }

    fn side_of(&self, tile: &Tile) -> Side {
        let corners = [tile.lower, [tile.upper[0], tile.lower[1]], tile.upper, [tile.lower[0], tile.upper[1]]];
        match self {
            Self::Loop(path) => {
                // Where no edge comes by, all points of the tile are on one side.
                if closed(path).any(|edge| touches(edge, tile)) {
                    return Side::Across;
                }
                if is_inside(path, tile.lower) { Side::In } else { Side::Out }
            }
            Self::Stroke(path, radius) => {
                // What is near one edge is convex: with its corners it takes in the tile.
                let takes_in = |[a, b]: [[f32; 2]; 2]| {
                    corners.iter().all(|corner| distance_squared(a, b, *corner) <= radius * radius)
                };
                let grown =
                    Tile { lower: tile.lower.map(|x| x - radius), upper: tile.upper.map(|x| x + radius), ..*tile };
                if edges(path).any(takes_in) {
                    Side::In
                } else if edges(path).any(|edge| touches(edge, &grown)) {
                    Side::Across
                } else {
                    Side::Out
                }
            }
        }
    }

    /// The same shape as far as it matters to the points of a tile: of a long loop, the edges that a ray to the right of one of
    /// them may cross.
    fn near(&self, tile: &Tile) -> Near<'_> {
        match self {
            Self::Loop(path) => Near::Edges(
                closed(path)
                    .filter(|[a, b]| a[1].max(b[1]) >= tile.lower[1] && a[1].min(b[1]) <= tile.upper[1])
                    .collect(),
            ),
            Self::Stroke(..) => Near::Whole(self),
        }
    }
}

/// A part of a shape that answers for the points of one tile.
enum Near<'a> {
    Edges(Vec<[[f32; 2]; 2]>),
    Whole(&'a Shape),
}

impl Near<'_> {
    fn contains(&self, point: [f32; 2]) -> bool {
        match self {
            Self::Edges(edges) => edges.iter().fold(false, |inside, edge| inside != crosses(*edge, point)),
            Self::Whole(shape) => shape.contains(point),
        }
    }
}

/// Whether a ray to the right crosses the loop an odd number of times.
pub fn is_inside(corners: &[[f32; 2]], point: [f32; 2]) -> bool {
    closed(corners).fold(false, |inside, edge| inside != crosses(edge, point))
}

fn crosses([[x1, y1], [x2, y2]]: [[f32; 2]; 2], [x, y]: [f32; 2]) -> bool {
    (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
}

/// The edges of a loop, the one that closes it among them.
fn closed(corners: &[[f32; 2]]) -> impl Iterator<Item = [[f32; 2]; 2]> + '_ {
    let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
    corners.iter().zip(before).map(|(here, before)| [*here, *before])
}

/// The edges of a path; of one place, that place.
fn edges(path: &[[f32; 2]]) -> impl Iterator<Item = [[f32; 2]; 2]> + '_ {
    let single = (path.len() == 1).then(|| [path[0], path[0]]);
    single.into_iter().chain(path.windows(2).map(|pair| [pair[0], pair[1]]))
}

/// Whether an edge may come through a tile: its surrounding rectangle and its line do.
fn touches([a, b]: [[f32; 2]; 2], tile: &Tile) -> bool {
    let is_beside = |axis: usize| a[axis].max(b[axis]) < tile.lower[axis] || a[axis].min(b[axis]) > tile.upper[axis];
    if is_beside(0) || is_beside(1) {
        return false;
    }
    // The corners all on one side of the line, by more than rounding could hide.
    let across = |x: f32, y: f32| {
        let [ax, ay, bx, by] = [a[0], a[1], b[0], b[1]].map(f64::from);
        (bx - ax) * (f64::from(y) - ay) - (by - ay) * (f64::from(x) - ax)
    };
    let [l, u] = [tile.lower, tile.upper];
    let sides = [across(l[0], l[1]), across(u[0], l[1]), across(l[0], u[1]), across(u[0], u[1])];
    let slack = 1e-6 * f64::from((a[0] - b[0]).abs().max((a[1] - b[1]).abs()));
    !(sides.iter().all(|side| *side > slack) || sides.iter().all(|side| *side < -slack))
}

/// From a point to the nearest place of an edge.
fn distance_squared(a: [f32; 2], b: [f32; 2], point: [f32; 2]) -> f32 {
    let [along, from] = [[b[0] - a[0], b[1] - a[1]], [point[0] - a[0], point[1] - a[1]]];
    let length_squared = along[0] * along[0] + along[1] * along[1];
    let share = match length_squared > 0.0 {
        true => ((from[0] * along[0] + from[1] * along[1]) / length_squared).clamp(0.0, 1.0),
        false => 0.0,
    };
    let [dx, dy] = [from[0] - share * along[0], from[1] - share * along[1]];
    dx * dx + dy * dy
}
