//! What a convolution of lines computes, whichever way it does so.

use super::super::memory::Line;
use super::super::{Bounds, Shape};
use super::Lined;
use crate::Instructions;

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
