//! Where the columns lie. The first stays where it is; the others move across below its edge.

use eframe::egui::{Rangef, Rect};

use crate::domain::{ImageFacts, TableColumn};
use crate::ui::table_look::{ColumnLook, TableLook};

/// The first column takes this share of the view at most: else nothing else could be seen of a narrow one.
const FIXED_SHARE: f32 = 0.5;

/// Columns of which nobody has chosen the width have no less than this share of their own in a narrow view, and no more in a wide one: a
/// histogram is to be read and clicked, and what stands in a row is to be found by the eye.
const SHARES: std::ops::RangeInclusive<f32> = 0.8..=2.0;

/// A column that is seen, or would be if the view were wider.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) column: TableColumn,
    /// Where it lies on the screen.
    pub(super) across: Rangef,
    /// Whether it stays where it is.
    pub(super) is_fixed: bool,
}

/// The columns of which something is known.
pub(super) struct Columns {
    pub(super) all: Vec<Placed>,
    /// Where they can be seen.
    pub(super) view: Rangef,
    /// Where the first column ends and the others begin.
    pub(super) fixed_right: f32,
    /// Width of the others together.
    pub(super) content: f32,
    /// What share of their own width those have of which nobody has chosen it.
    pub(super) share: f32,
}

impl Columns {
    /// The columns of a view, those that move at their beginning. They share the width that there is: as many as can be read fill it, so
    /// that none is cut off, and the others are moved in. Where the width of one was chosen they keep the share that they `held`, or its edge
    /// would move away from the pointer.
    pub(super) fn of(look: &TableLook, facts: &ImageFacts, view: Rangef, held: Option<f32>) -> Self {
        let seen: Vec<&ColumnLook> =
            look.columns.iter().filter(|look| look.is_shown && facts.has(look.column)).collect();
        let share = held.unwrap_or_else(|| share(&seen, view.span()));
        let (mut all, mut fixed_right, mut x) = (Vec::new(), view.min, view.min);
        for look in seen {
            let is_fixed = look.column == TableColumn::Path;
            let width = if look.is_own() { look.width * share } else { look.width };
            let width = if is_fixed { width.min(most_of_fixed(view.span())) } else { width };
            // Edges are rounded, not widths: those would leave a few points of the view to the next one.
            all.push(Placed { column: look.column, across: Rangef::new(x.round(), (x + width).round()), is_fixed });
            x += width;
            if is_fixed {
                fixed_right = x.round();
            }
        }
        Self { all, view, fixed_right, content: x.round() - fixed_right, share }
    }

    /// How far the columns can be moved.
    pub(super) fn travel(&self) -> f32 {
        (self.content - (self.view.max - self.fixed_right)).max(0.0)
    }

    /// Moves the columns to the left.
    #[must_use]
    pub(super) fn moved(mut self, by: f32) -> Self {
        for placed in self.all.iter_mut().filter(|placed| !placed.is_fixed) {
            placed.across = Rangef::new(placed.across.min - by, placed.across.max - by);
        }
        self
    }

    /// Where what is of a column may be seen, of a strip that reaches over all columns.
    pub(super) fn clip(&self, placed: Placed, strip: Rect) -> Rect {
        let across = match placed.is_fixed {
            true => Rangef::new(self.view.min, self.fixed_right),
            false => Rangef::new(self.fixed_right, self.view.max),
        };
        Rect::from_x_y_ranges(across, strip.y_range())
    }
}

/// The most that the first column takes of a view.
fn most_of_fixed(width: f32) -> f32 {
    width * FIXED_SHARE
}

/// What share of their own width those columns have of which nobody has chosen it: that with which the first ones fill the view, as many
/// of them as are no narrower than they may be.
fn share(seen: &[&ColumnLook], width: f32) -> f32 {
    let filled = (1..=seen.len()).rev().map(|count| filling(&seen[..count], width));
    let filled = filled.into_iter().find(|share| share >= SHARES.start());
    filled.unwrap_or(*SHARES.start()).min(*SHARES.end())
}

/// The share with which these columns fill a view.
fn filling(columns: &[&ColumnLook], width: f32) -> f32 {
    let most = |look: &ColumnLook| if look.column == TableColumn::Path { most_of_fixed(width) } else { f32::INFINITY };
    let (mut chosen, mut own) = (0.0, 0.0);
    for look in columns {
        if look.is_own() { own += look.width } else { chosen += look.width.min(most(look)) }
    }
    let share = (width - chosen) / own.max(1.0);
    // What the first one may not take is left to the others.
    match columns.iter().find(|look| look.is_own() && look.width * share > most(look)) {
        Some(first) => (width - chosen - most(first)) / (own - first.width).max(1.0),
        None => share,
    }
}
