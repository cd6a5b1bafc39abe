//! What a convolution of lines computes, whichever way it does so.

use std::ops::Range;

use super::super::lines::CHANNELS;
use super::super::memory::Line;
use super::super::{Bounds, Shape};
use super::Lined;
use crate::Instructions;
use crate::rectangle::Rectangle;

/// Its sizes, with what its sums begin, and between which numbers they are kept.
pub(in super::super) struct Definition {
    pub(in super::super) shape: Shape,
    pub(in super::super) instructions: Instructions,
    /// With what each line's sums begin.
    pub(in super::super) starts: Vec<Line>,
    pub(in super::super) bounds: Option<Bounds>,
}

/// What a shortcut past a convolution brings, in lines.
#[derive(Clone, Copy)]
pub struct LinedSum<'a> {
    /// As what comes out.
    pub addend: &'a Lined,
    /// Between which numbers the sums are kept. The convolution's own bounds come before.
    pub bounds: Option<Bounds>,
}

impl<'a> LinedSum<'a> {
    /// What is added to a picture from a line on, and between which numbers the sums are kept.
    pub(in super::super) fn of_picture(self, picture: usize, first: usize) -> (&'a [f32], Bounds) {
        let lines: &[f32] = bytemuck::cast_slice(self.addend.picture(picture));
        (&lines[first * CHANNELS..], self.bounds.unwrap_or(Bounds::NONE))
    }
}

/// What a piece of a convolution is of, which does it in this way.
pub(in super::super) struct Work<'a, Way> {
    pub(in super::super) definition: &'a Definition,
    pub(in super::super) way: &'a Way,
    pub(in super::super) input: &'a Lined,
    pub(in super::super) picture: usize,
    /// Rows of what the way is done by.
    pub(in super::super) rows: Range<usize>,
    /// Lines of output channels.
    pub(in super::super) blocks: Range<usize>,
    pub(in super::super) target: Rectangle<'a>,
    /// What is added, from the target's first number on, and between which numbers the sums are kept.
    pub(in super::super) added: Option<(&'a [f32], Bounds)>,
}
