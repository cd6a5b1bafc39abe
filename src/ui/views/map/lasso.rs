//! The loop a person draws around points.

use super::plane::Plane;
use crate::domain::ImageId;

/// The images inside of a closed loop (even-odd rule), ascending; those that `accepts` turns down are left out.
pub fn images_inside(plane: &Plane, loop_on_map: &[[f32; 2]], accepts: impl Fn(usize) -> bool) -> Vec<ImageId> {
    if loop_on_map.len() < 3 {
        return Vec::new();
    }
    let mut lower = loop_on_map[0];
    let mut upper = loop_on_map[0];
    for corner in loop_on_map {
        for axis in 0..2 {
            lower[axis] = lower[axis].min(corner[axis]);
            upper[axis] = upper[axis].max(corner[axis]);
        }
    }
    let mut rows = Vec::new();
    plane.grid.each_in(&plane.positions, lower, upper, |row| {
        if is_inside(loop_on_map, plane.positions[row]) && accepts(row) {
            rows.push(row);
        }
    });
    rows.sort_unstable();
    rows.into_iter().map(|row| plane.projection.ids[row]).collect()
}

/// Whether a ray to the right crosses the loop an odd number of times.
pub fn is_inside(loop_on_map: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let mut inside = false;
    let mut before = loop_on_map.len() - 1;
    for here in 0..loop_on_map.len() {
        let [[x1, y1], [x2, y2]] = [loop_on_map[here], loop_on_map[before]];
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
        before = here;
    }
    inside
}
