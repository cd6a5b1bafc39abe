//! A long chain of rows in columns, like a text.

use super::ranks::Skeleton;
use super::wires::{self, Places};
use super::{BOX_HEIGHT, BOX_WIDTH, GUTTER, Layout, ROW};

/// More columns are not tried.
const MAX_COLUMNS: usize = 32;

/// Columns are tried in steps of a fraction of a column: text of any length fills its columns but the last.
const STEPS_PER_COLUMN: usize = 4;

/// More columns must make boxes larger by this factor.
const WORTH: f32 = 1.04;

/// As many columns as make boxes largest in a view of this size.
pub(super) fn best(skeleton: &Skeleton, x: &[f32], view: [f32; 2]) -> Layout {
    let (cuts, reaches) = (cuts(skeleton), reaches(skeleton, x));
    let zoom = |columns: &[Column]| {
        let [width, height] = extent(&reaches, columns);
        (view[0].max(1.0) / width).min(view[1].max(1.0) / height)
    };
    let mut best = split(reaches.len(), &cuts, usize::MAX);
    let mut best_zoom = zoom(&best);
    for step in STEPS_PER_COLUMN + 1..=MAX_COLUMNS * STEPS_PER_COLUMN {
        let columns = split(reaches.len(), &cuts, (reaches.len() * STEPS_PER_COLUMN).div_ceil(step));
        let zoom = zoom(&columns);
        if zoom > best_zoom * if columns.len() > best.len() { WORTH } else { 1.0 } {
            (best, best_zoom) = (columns, zoom);
        }
    }
    place(skeleton, x, &reaches, &best)
}

/// One column.
pub(super) fn straight(skeleton: &Skeleton, x: &[f32]) -> Layout {
    let reaches = reaches(skeleton, x);
    place(skeleton, x, &reaches, &split(reaches.len(), &[], usize::MAX))
}

/// First row of a column, and the row after its last.
type Column = (usize, usize);

/// Rows after which one may break: only one layer's output goes on, and that layer stands in this row.
fn cuts(skeleton: &Skeleton) -> Vec<usize> {
    let mut opens = vec![0_isize; skeleton.rows.len() + 1];
    let mut last_taker = vec![None; skeleton.layer_count + 1];
    for &(from, to) in &skeleton.edges {
        last_taker[from] = last_taker[from].max(Some(skeleton.row_of[to]));
    }
    for (from, last) in last_taker.iter().enumerate() {
        if let Some(last) = last {
            opens[skeleton.row_of[from]] += 1;
            opens[*last] -= 1;
        }
    }
    let mut open = 0;
    let mut cuts = Vec::new();
    for (row, places) in skeleton.rows.iter().enumerate() {
        open += opens[row];
        let goes_on = |&place: &usize| !skeleton.is_lane(place) && last_taker[place].is_some_and(|last| last > row);
        if open == 1 && places.iter().any(goes_on) {
            cuts.push(row);
        }
    }
    cuts
}

/// Fills columns of at most `height` rows, as far as the cuts allow.
fn split(row_count: usize, cuts: &[usize], height: usize) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut first = 0;
    let mut pending = None;
    for end in cuts.iter().map(|cut| cut + 1).chain([row_count]) {
        if end - first > height
            && let Some(before) = pending.replace(end)
            && before > first
        {
            columns.push((first, before));
            first = before;
        }
        pending = Some(end);
    }
    columns.push((first, row_count));
    columns
}

/// How far each row's places reach to the left and to the right.
fn reaches(skeleton: &Skeleton, x: &[f32]) -> Vec<(f32, f32)> {
    let of_row = |row: &Vec<usize>| {
        row.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &place| {
            let half = if skeleton.is_lane(place) { 0.0 } else { BOX_WIDTH / 2.0 };
            (low.min(x[place] - half), high.max(x[place] + half))
        })
    };
    skeleton.rows.iter().map(of_row).collect()
}

/// The same of a column.
fn reach(reaches: &[(f32, f32)], &(first, end): &Column) -> (f32, f32) {
    let rows = &reaches[first..end];
    let low = rows.iter().map(|row| row.0).fold(f32::INFINITY, f32::min);
    let high = rows.iter().map(|row| row.1).fold(f32::NEG_INFINITY, f32::max);
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

fn extent(reaches: &[(f32, f32)], columns: &[Column]) -> [f32; 2] {
    let width = |column| {
        let (low, high) = reach(reaches, column);
        high - low
    };
    let widths: f32 = columns.iter().map(width).sum();
    let rows = columns.iter().map(|(first, end)| end - first).max().unwrap_or(0);
    [widths + GUTTER * (columns.len() - 1) as f32, rows.saturating_sub(1) as f32 * ROW + BOX_HEIGHT]
}

fn place(skeleton: &Skeleton, x: &[f32], reaches: &[(f32, f32)], columns: &[Column]) -> Layout {
    let mut column_of_row = vec![0; skeleton.rows.len()];
    let mut y_of_row = vec![0.0; skeleton.rows.len()];
    let (mut shift_of_column, mut left_of_column, mut bottom_of_column) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = 0.0;
    for (index, column) in columns.iter().enumerate() {
        let (low, high) = reach(reaches, column);
        shift_of_column.push(left - low);
        left_of_column.push(left);
        left += high - low + GUTTER;
        for row in column.0..column.1 {
            column_of_row[row] = index;
            y_of_row[row] = (row - column.0) as f32 * ROW;
        }
        let bottom = (column.1 - column.0).saturating_sub(1) as f32 * ROW + BOX_HEIGHT;
        bottom_of_column.push(bottom);
    }
    let places = Places {
        skeleton,
        x,
        y_of_row: &y_of_row,
        column_of_row: &column_of_row,
        shift_of_column: &shift_of_column,
        left_of_column: &left_of_column,
        bottom_of_column: &bottom_of_column,
    };
    let middle = |place: usize| [places.x(place), places.top(place) + BOX_HEIGHT / 2.0];
    let mut layout = Layout {
        boxes: (0..skeleton.layer_count).map(middle).collect(),
        picture: skeleton.has_picture.then(|| middle(skeleton.layer_count)),
        wires: Vec::new(),
        size: extent(reaches, columns),
    };
    wires::draw(&places, &mut layout);
    layout
}
