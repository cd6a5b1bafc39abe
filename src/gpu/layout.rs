//! Where a tensor's numbers lie inside a binding.

/// Position of `[c, y, x]` in an array of f32: `base + c * strides[0] + y * strides[1] + x * strides[2]`.
///
/// A shader that follows the strides can read a tensor as it is: burn's convolutions leave channels innermost, and a
/// slice may begin anywhere, while a binding may only begin at certain multiples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Numbers before the first one.
    pub base: usize,
    /// Numbers from one channel, row and column to the next.
    pub strides: [usize; 3],
}

impl Layout {
    /// Channel after channel, row after row.
    pub fn row_major([_, h, w]: [usize; 3]) -> Self {
        Self { base: 0, strides: [h * w, w, 1] }
    }

    /// The place of one number.
    pub fn index(&self, c: usize, y: usize, x: usize) -> usize {
        self.base + c * self.strides[0] + y * self.strides[1] + x * self.strides[2]
    }
}
