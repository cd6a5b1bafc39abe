//! Which points lie where: a uniform grid over the map, built once per projection.

/// Points to a cell, if they were spread evenly.
const POINTS_PER_CELL: usize = 3;

/// Cells along one side at most.
const SIDE_MAX: usize = 2048;

/// Rows of points, sorted by cell. Points that are not finite are in no cell.
#[derive(Clone, Debug, Default)]
pub struct GridIndex {
    lower: [f32; 2],
    cell: f32,
    columns: usize,
    lines: usize,
    /// `columns * lines + 1` places in `rows`.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl GridIndex {
    /// Sorts the points.
    pub fn new(points: &[[f32; 2]]) -> Self {
        let finite = || points.iter().filter(|p| is_finite(p));
        let count = finite().count();
        if count == 0 {
            return Self::default();
        }
        let mut lower = [f32::INFINITY; 2];
        let mut upper = [f32::NEG_INFINITY; 2];
        for point in finite() {
            for axis in 0..2 {
                lower[axis] = lower[axis].min(point[axis]);
                upper[axis] = upper[axis].max(point[axis]);
            }
        }
        let extent = [(upper[0] - lower[0]).max(1e-6), (upper[1] - lower[1]).max(1e-6)];
        let wanted = (count / POINTS_PER_CELL).max(1) as f32;
        let longest = extent[0].max(extent[1]);
        let cell = (extent[0] * extent[1] / wanted).sqrt().max(longest / SIDE_MAX as f32);
        let side = |axis: usize| ((extent[axis] / cell) as usize + 1).min(SIDE_MAX + 1);
        let mut grid = Self { lower, cell, columns: side(0), lines: side(1), starts: Vec::new(), rows: vec![0; count] };

        let mut starts = vec![0u32; grid.columns * grid.lines + 1];
        for point in finite() {
            starts[grid.cell_of(point) + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        for (row, point) in points.iter().enumerate().filter(|(_, point)| is_finite(point)) {
            let place = &mut next[grid.cell_of(point)];
            grid.rows[*place as usize] = row as u32;
            *place += 1;
        }
        grid.starts = starts;
        grid
    }

    /// At most so many points lie in the rectangle; exact but for the cells at its border.
    pub fn count_about(&self, lower: [f32; 2], upper: [f32; 2]) -> usize {
        let mut count = 0;
        self.each_run(lower, upper, |run| count += run.len());
        count
    }

    /// Calls `found` with the row of every point in the rectangle.
    pub fn each_in(&self, points: &[[f32; 2]], lower: [f32; 2], upper: [f32; 2], mut found: impl FnMut(usize)) {
        self.each_run(lower, upper, |run| {
            for &row in run {
                let point = points[row as usize];
                if (0..2).all(|axis| (lower[axis]..=upper[axis]).contains(&point[axis])) {
                    found(row as usize);
                }
            }
        });
    }

    /// The row of the nearest point within `radius` that `accepts` lets through.
    pub fn nearest(
        &self,
        points: &[[f32; 2]],
        to: [f32; 2],
        radius: f32,
        accepts: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut best = None;
        let mut best_squared = radius * radius;
        let lower = [to[0] - radius, to[1] - radius];
        let upper = [to[0] + radius, to[1] + radius];
        self.each_in(points, lower, upper, |row| {
            let [dx, dy] = [points[row][0] - to[0], points[row][1] - to[1]];
            let squared = dx * dx + dy * dy;
            let is_nearer = squared < best_squared || (squared == best_squared && best.is_none_or(|b| row < b));
            if is_nearer && accepts(row) {
                best = Some(row);
                best_squared = squared;
            }
        });
        best
    }

    /// Calls `found` with the rows of neighbouring cells in one line, for each line that the rectangle touches.
    fn each_run(&self, lower: [f32; 2], upper: [f32; 2], mut found: impl FnMut(&[u32])) {
        if self.rows.is_empty() || !(lower[0] <= upper[0] && lower[1] <= upper[1]) {
            return;
        }
        let extent = [self.columns as f32 * self.cell, self.lines as f32 * self.cell];
        if (0..2).any(|axis| upper[axis] < self.lower[axis] || lower[axis] > self.lower[axis] + extent[axis]) {
            return;
        }
        let [first_column, first_line] = [self.column(lower[0]), self.line(lower[1])];
        let [last_column, last_line] = [self.column(upper[0]), self.line(upper[1])];
        for line in first_line..=last_line {
            let first = self.starts[line * self.columns + first_column] as usize;
            let last = self.starts[line * self.columns + last_column + 1] as usize;
            if first < last {
                found(&self.rows[first..last]);
            }
        }
    }

    fn cell_of(&self, point: &[f32; 2]) -> usize {
        self.line(point[1]) * self.columns + self.column(point[0])
    }

    fn column(&self, x: f32) -> usize {
        // A float that is negative or too large becomes the nearest integer there is.
        (((x - self.lower[0]) / self.cell) as usize).min(self.columns - 1)
    }

    fn line(&self, y: f32) -> usize {
        (((y - self.lower[1]) / self.cell) as usize).min(self.lines - 1)
    }
}

fn is_finite(point: &[f32; 2]) -> bool {
    point[0].is_finite() && point[1].is_finite()
}
