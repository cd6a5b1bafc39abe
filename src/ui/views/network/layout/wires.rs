//! The lines between boxes.

use super::ranks::Skeleton;
use super::{BOX_HEIGHT, GUTTER, Layout, ROW};

/// A line. From corner to corner it runs straight where x or y stays the same, and swings over where neither does.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// The layer whose output it carries; `None` is the picture.
    pub from: Option<usize>,
    /// The layer that takes it.
    pub to: usize,
    /// From the lower edge of one box to the upper edge of the other, or from a lane that another line of the same layer
    /// drew before.
    pub corners: Vec<[f32; 2]>,
    /// The part of the way that is shared with lines before it; with `corners` it is the whole way.
    pub shared: Vec<[f32; 2]>,
}

/// The middle of every place, where the columns have been put.
pub(super) struct Places<'a> {
    pub skeleton: &'a Skeleton,
    pub x: &'a [f32],
    /// The upper edge of each row's boxes.
    pub y_of_row: &'a [f32],
    /// The column of each row, and how far that is moved.
    pub column_of_row: &'a [usize],
    pub shift_of_column: &'a [f32],
    /// The left edge of each column, and the bottom of its last row.
    pub left_of_column: &'a [f32],
    pub bottom_of_column: &'a [f32],
}

impl Places<'_> {
    pub(super) fn x(&self, place: usize) -> f32 {
        self.x[place] + self.shift_of_column[self.column_of_row[self.skeleton.row_of[place]]]
    }

    pub(super) fn top(&self, place: usize) -> f32 {
        self.y_of_row[self.skeleton.row_of[place]]
    }

    fn bottom(&self, place: usize) -> f32 {
        self.top(place) + BOX_HEIGHT
    }

    fn column(&self, place: usize) -> usize {
        self.column_of_row[self.skeleton.row_of[place]]
    }

    /// Adds the way from what is above to what is below: its corners after the first.
    fn lead(&self, upper: usize, lower: usize, corners: &mut Vec<[f32; 2]>) {
        let (from, to) = (self.column(upper), self.column(lower));
        let target = [self.x(lower), self.top(lower)];
        if from != to {
            // Down below the column, up through the gap beside it, over the next one and down.
            let start = [self.x(upper), self.bottom(upper)];
            let low = self.bottom_of_column[from] + (ROW - BOX_HEIGHT) / 2.0;
            let gap = self.left_of_column[to] - GUTTER / 2.0;
            let high = -(ROW - BOX_HEIGHT) / 2.0;
            corners.extend([[start[0], low], [gap, low], [gap, high], [target[0], high]]);
        }
        corners.push(target);
        if self.skeleton.is_lane(lower) {
            corners.push([target[0], self.bottom(lower)]);
        }
    }
}

/// Draws every edge; a lane once.
pub(super) fn draw(places: &Places<'_>, layout: &mut Layout) {
    let skeleton = places.skeleton;
    let mut edges = skeleton.edges.clone();
    // Along a lane, the nearest first: each later line starts where the one before left the lane.
    edges.sort_by_key(|&(from, to)| (from, skeleton.row_of[to], to));
    let mut drawn: (usize, usize) = (usize::MAX, 0);
    for (from, to) in edges {
        if drawn.0 != from {
            drawn = (from, 0);
        }
        let lane = &skeleton.lanes[from];
        let passed = (skeleton.row_of[to] - skeleton.row_of[from] - 1).min(lane.len());
        let mut way = vec![[places.x(from), places.bottom(from)]];
        let mut above = from;
        let mut shared_len = 1;
        for (index, &place) in lane[..passed].iter().enumerate() {
            places.lead(above, place, &mut way);
            above = place;
            if index + 1 == drawn.1 {
                shared_len = way.len();
            }
        }
        places.lead(above, to, &mut way);
        drawn.1 = drawn.1.max(passed);
        let corners = without_idle(&way[shared_len - 1..]);
        let shared = without_idle(&way[..shared_len]);
        let from = (from < skeleton.layer_count).then_some(from);
        layout.wires.push(Wire { from, to, corners, shared });
    }
}

/// Leaves out corners on a straight line.
fn without_idle(way: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut kept: Vec<[f32; 2]> = Vec::new();
    for &corner in way {
        if let [.., before, last] = kept[..]
            && (0..2).any(|axis| before[axis] == last[axis] && last[axis] == corner[axis])
        {
            kept.pop();
        }
        if kept.last() != Some(&corner) {
            kept.push(corner);
        }
    }
    kept
}
