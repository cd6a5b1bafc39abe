//! Where several maps lie in the room for one.

use eframe::egui::{Rect, pos2, vec2};

/// Between two of them, in points.
const GAP: f32 = 6.0;

/// A place for each of `count` maps, row by row: as many in a row as make the smaller side of each the longest.
pub fn cells(room: Rect, count: usize) -> Vec<Rect> {
    let side = |columns: usize| {
        let size = size(room, columns, count.div_ceil(columns));
        size.x.min(size.y * 1.2)
    };
    let columns = (1..=count.max(1)).max_by(|a, b| side(*a).total_cmp(&side(*b)).then(b.cmp(a))).unwrap_or(1);
    let rows = count.div_ceil(columns);
    let place = |index: usize| {
        let row = index / columns;
        // A last row that is not full is as wide as the others.
        let in_row = columns.min(count - row * columns);
        let size = size(room, in_row, rows);
        let column = (index % columns) as f32;
        let min = pos2(room.left() + column * (size.x + GAP), room.top() + row as f32 * (size.y + GAP));
        Rect::from_min_size(min, size)
    };
    (0..count).map(place).collect()
}

fn size(room: Rect, columns: usize, rows: usize) -> eframe::egui::Vec2 {
    let of = |side: f32, parts: usize| ((side - GAP * (parts - 1) as f32) / parts as f32).max(0.0);
    vec2(of(room.width(), columns), of(room.height(), rows))
}
