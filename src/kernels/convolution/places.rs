//! Which lines pixels become.

/// Which lines pixels become, in their order.
#[derive(Default)]
pub(super) struct Places {
    pub all: Vec<u32>,
    /// None of these is as large.
    pub end: usize,
}

impl Places {
    /// Those of rows, a `pitch` apart from the line `first` on.
    ///
    /// # Panics
    /// When there are 2^32 lines.
    pub fn set(&mut self, first: usize, [height, width]: [usize; 2], pitch: usize) {
        self.all.clear();
        self.end = if height * width == 0 { 0 } else { first + (height - 1) * pitch + width };
        assert!(u32::try_from(self.end).is_ok(), "{} lines", self.end);
        for row in 0..height {
            let start = first + row * pitch;
            self.all.extend((start..start + width).map(|place| place as u32));
        }
    }
}
