//! The best few of many candidates.

/// The best few so far, ascending.
pub struct Nearest {
    room: usize,
    pub best: Vec<(f32, u32)>,
}

impl Nearest {
    pub fn new(room: usize) -> Self {
        Self { room, best: Vec::with_capacity(room + 1) }
    }

    #[inline]
    pub fn is_full(&self) -> bool {
        self.best.len() == self.room
    }

    /// The last of them; infinitely far if there is none.
    #[inline]
    pub fn worst(&self) -> f32 {
        self.best.last().map_or(f32::INFINITY, |worst| worst.0)
    }

    /// Whether something so far has no place any more.
    #[inline]
    pub fn is_beyond(&self, distance: f32) -> bool {
        self.is_full() && distance >= self.worst()
    }

    /// Rows come in ascending order, so that equal ones stay in it.
    pub fn offer(&mut self, distance: f32, row: u32) {
        if self.is_beyond(distance) {
            return;
        }
        let place = self.best.partition_point(|(known, _)| *known <= distance);
        self.best.insert(place, (distance, row));
        self.best.truncate(self.room);
    }
}
