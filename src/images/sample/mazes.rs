//! Mazes with exactly one way between any two cells, grown by walking back where it goes no further.

use fastrand::Rng;

use super::canvas::{Canvas, View, between};
use super::colour::{mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let ramp = palette.ramp(rng);
    let side = rng.usize(7..22);
    let maze = Maze::grow(rng, side);
    let longest = maze.steps.iter().copied().max().unwrap_or(1).max(1) as f32;
    let wall = between(rng, 0.12, 0.3);
    let by_distance = rng.bool();
    let turned = rng.u8(..4) == 0;
    let zoom = side as f32 / 2.0 * if turned { 0.7 } else { 1.02 };
    let view = View::nearly_upright(rng, zoom, if turned { 0.8 } else { 0.0 }).centred();
    Canvas::shaded(2, |x, y| {
        let (u, v) = view.pattern(x, y);
        let (u, v) = (u + side as f32 / 2.0, v + side as f32 / 2.0);
        match maze.cell_at(u, v, wall) {
            None => figure,
            Some(cell) if by_distance => mix(ramp.at(maze.steps[cell] as f32 / longest), ground, 0.1),
            Some(_) => scale(ground, 1.0),
        }
    })
}

struct Maze {
    side: usize,
    /// Whether the wall to the right of a cell is open.
    open_right: Vec<bool>,
    /// Whether the wall below a cell is open.
    open_down: Vec<bool>,
    /// How far each cell is from where the maze began.
    steps: Vec<u32>,
}

impl Maze {
    fn grow(rng: &mut Rng, side: usize) -> Self {
        let cells = side * side;
        let mut this =
            Self { side, open_right: vec![false; cells], open_down: vec![false; cells], steps: vec![0; cells] };
        let start = rng.usize(..cells);
        let mut seen = vec![false; cells];
        seen[start] = true;
        let mut trail = vec![start];
        while let Some(&cell) = trail.last() {
            let (column, row) = (cell % side, cell / side);
            let mut ways = Vec::with_capacity(4);
            if column > 0 && !seen[cell - 1] {
                ways.push(cell - 1);
            }
            if column + 1 < side && !seen[cell + 1] {
                ways.push(cell + 1);
            }
            if row > 0 && !seen[cell - side] {
                ways.push(cell - side);
            }
            if row + 1 < side && !seen[cell + side] {
                ways.push(cell + side);
            }
            if ways.is_empty() {
                trail.pop();
                continue;
            }
            let next = ways[rng.usize(..ways.len())];
            let first = cell.min(next);
            if cell.abs_diff(next) == 1 {
                this.open_right[first] = true;
            } else {
                this.open_down[first] = true;
            }
            this.steps[next] = this.steps[cell] + 1;
            seen[next] = true;
            trail.push(next);
        }
        this
    }

    /// The cell whose floor a point lies on; `None` in a wall or outside.
    fn cell_at(&self, u: f32, v: f32, wall: f32) -> Option<usize> {
        let side = self.side as f32;
        if u < 0.0 || v < 0.0 || u >= side || v >= side {
            return None;
        }
        let (column, row) = (u as usize, v as usize);
        let cell = row * self.side + column;
        let (fu, fv, half) = (u.quick_modulo(1.0), v.quick_modulo(1.0), wall / 2.0);
        let (left, right) = (fu < half, fu > 1.0 - half);
        let (up, down) = (fv < half, fv > 1.0 - half);
        if (left || right) && (up || down) {
            return None;
        }
        let blocked = (left && (column == 0 || !self.open_right[cell - 1]))
            || (right && !self.open_right[cell])
            || (up && (row == 0 || !self.open_down[cell - self.side]))
            || (down && !self.open_down[cell]);
        (!blocked).then_some(cell)
    }
}
