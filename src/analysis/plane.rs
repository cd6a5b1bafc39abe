//! Points of a map, found by where they lie.

/// Points in the order of the axis along which they spread most.
pub struct PlaneIndex<'a> {
    points: &'a [[f32; 2]],
    axis: usize,
    order: Vec<u32>,
    along: Vec<f32>,
}

impl<'a> PlaneIndex<'a> {
    /// Sorts the points. What is not finite lies nowhere and is near to nothing.
    pub fn new(points: &'a [[f32; 2]]) -> Self {
        let mut order: Vec<u32> = (0u32..)
            .zip(points)
            .filter(|(_, point)| point.iter().all(|coordinate| coordinate.is_finite()))
            .map(|(row, _)| row)
            .collect();
        let extent = |axis: usize| {
            let coordinates = order.iter().map(|row| points[*row as usize][axis]);
            let (least, most) =
                coordinates.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), c| (c.min(least), c.max(most)));
            most - least
        };
        let axis = usize::from(extent(1) > extent(0));
        order.sort_unstable_by(|a, b| points[*a as usize][axis].total_cmp(&points[*b as usize][axis]).then(a.cmp(b)));
        let along = order.iter().map(|row| points[*row as usize][axis]).collect();
        Self { points, axis, order, along }
    }

    /// The `k` points nearest to a place, nearest first, ties by row; without the point `but`.
    ///
    /// Looks to both sides along the axis until nothing can be nearer: `sqrt(points)` of them, where they are spread.
    pub fn nearest(&self, place: [f32; 2], but: Option<usize>, k: usize) -> Vec<u32> {
        let mut best: Vec<(f64, u32)> = Vec::with_capacity(k + 1);
        if k == 0 || !place.iter().all(|coordinate| coordinate.is_finite()) {
            return Vec::new();
        }
        let at = place[self.axis];
        let mut after = self.along.partition_point(|coordinate| *coordinate < at);
        let mut before = after;
        loop {
            let left = before.checked_sub(1).map(|spot| (at - self.along[spot], spot));
            let right = self.along.get(after).map(|coordinate| (coordinate - at, after));
            let (gap, spot) = match (left, right) {
                (Some(left), Some(right)) if left.0 < right.0 => left,
                (_, Some(right)) => right,
                (Some(left), None) => left,
                (None, None) => break,
            };
            if best.len() == k && best.last().is_some_and(|worst| f64::from(gap).powi(2) > worst.0) {
                break;
            }
            if spot < before {
                before = spot;
            } else {
                after = spot + 1;
            }
            let row = self.order[spot];
            if Some(row as usize) == but {
                continue;
            }
            let [x, y] = self.points[row as usize];
            // Squares of what is far apart are too much for f32.
            let apart = [x - place[0], y - place[1]].map(|apart| f64::from(apart).powi(2));
            let found = (apart[0] + apart[1], row);
            let is_before = |known: &(f64, u32)| known.0.total_cmp(&found.0).then(known.1.cmp(&row)).is_lt();
            let rank = best.partition_point(is_before);
            if rank < k {
                best.insert(rank, found);
                best.truncate(k);
            } else if found.0 == 0.0 {
                // Very many points in one place: any are as near as others.
                break;
            }
        }
        best.into_iter().map(|(_, row)| row).collect()
    }
}
