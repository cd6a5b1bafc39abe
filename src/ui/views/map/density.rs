//! How many points lie where, coarsely: for questions that must not look at every point.

/// Cells along each axis.
const CELLS: usize = 128;

/// Points counted in the cells of a grid over `-1..=1`.
pub struct Density {
    /// Of each corner of the grid, how many points lie below it and to its left: any rectangle is four of them (Crow, "Summed-area
    /// tables for texture mapping", SIGGRAPH 1984).
    sums: Vec<u32>,
}

impl Density {
    /// Of points, without those of which a coordinate is not finite.
    pub fn of(points: &[[f32; 2]]) -> Self {
        let side = CELLS + 1;
        let mut sums = vec![0_u32; side * side];
        for [x, y] in points.iter().filter(|point| point.iter().all(|x| x.is_finite())) {
            sums[(cell(*y) + 1) * side + cell(*x) + 1] += 1;
        }
        for row in 1..side {
            let mut in_row = 0;
            for column in 1..side {
                in_row += sums[row * side + column];
                sums[row * side + column] = in_row + sums[(row - 1) * side + column];
            }
        }
        Self { sums }
    }

    /// How many there are.
    pub fn points(&self) -> u32 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// How many lie between two corners, those in cells that the edges touch included.
    pub fn points_in(&self, lower: [f32; 2], upper: [f32; 2]) -> u32 {
        if (0..2).any(|axis| upper[axis] < -1.0 || lower[axis] > 1.0 || upper[axis] < lower[axis]) {
            return 0;
        }
        let [from, to] = [lower.map(cell), upper.map(|x| cell(x) + 1)];
        let sum = |column: usize, row: usize| self.sums[row * (CELLS + 1) + column];
        sum(to[0], to[1]) + sum(from[0], from[1]) - sum(from[0], to[1]) - sum(to[0], from[1])
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.sums.len() * size_of::<u32>()
    }
}

/// The cell that a coordinate lies in, or the one at the edge.
fn cell(x: f32) -> usize {
    (((x + 1.0) / 2.0 * CELLS as f32).max(0.0) as usize).min(CELLS - 1)
}
