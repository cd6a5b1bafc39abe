//! A block as two pixels a side: each the mean of a quarter of it.

use super::bits::Bits;
use super::codes::Frequencies;
use super::to_pixel;

/// What the odd frequencies weigh in half a block's mean (those that are even cancel out), by libjpeg's `jidctred.c`: numbers with
/// 13 bits after the point, and four times too large.
const WEIGHTS: [i32; 8] = [0, 29692, 0, -10426, 0, 6967, 0, -5906];
/// What a mean weighs in the same numbers.
const MEAN: u32 = 15;
/// How far what is along columns is rounded: two bits stay.
const COLUMN: u32 = 13;
/// How far the rest is.
const ROW: u32 = 20;

/// Sums that a block's frequencies go into, for one table of steps.
pub struct Halves {
    /// For each frequency, in the order of the file: its sum, and what it weighs there.
    shares: Box<[(u8, i32); 64]>,
}

impl Halves {
    /// Of the frequencies that are multiplied by these.
    pub fn new(steps: &[u16; 64]) -> Self {
        let share = |place: usize| {
            let (row, column) = row_and_column(place);
            let step = i32::from(steps[place]);
            match row {
                0 => (column as u8, step << MEAN),
                _ => (8 + column as u8, step * WEIGHTS[row]),
            }
        };
        Self { shares: Box::new(std::array::from_fn(share)) }
    }

    /// Two rows of two pixels.
    #[inline(always)]
    pub fn read(&self, bits: &mut Bits, others: &Frequencies, mean: i32) -> Option<[[u8; 2]; 2]> {
        // Of each column, those of rows that are the same above and below, and those that change sign.
        let mut sums = [0i32; 16];
        sums[0] = mean << MEAN;
        others.read(bits, |place, value| {
            let (sum, weight) = self.shares[place & 63];
            let sum = &mut sums[usize::from(sum & 15)];
            // A file can claim what no picture has; then it is any number.
            *sum = sum.wrapping_add(value.wrapping_mul(weight));
        })?;
        let half = |same: i32, other: i32| same.wrapping_add(other).wrapping_add(1 << (COLUMN - 1)) >> COLUMN;
        let row = |sign: i32| {
            let column = |at: usize| half(sums[at], sums[8 + at].wrapping_mul(sign));
            let change =
                [1, 3, 5, 7].iter().fold(0, |sum: i32, at| sum.wrapping_add(column(*at).wrapping_mul(WEIGHTS[*at])));
            let same = (column(0) << MEAN).wrapping_add(1 << (ROW - 1));
            [same.wrapping_add(change), same.wrapping_sub(change)].map(|sum| to_pixel(sum >> ROW))
        };
        Some([row(1), row(-1)])
    }
}

/// Where a frequency lies that is told in this place: from the mean in zigzag to the finest.
fn row_and_column(place: usize) -> (usize, usize) {
    let mut at = (0, 0);
    for _ in 0..place {
        at = match at {
            (row, 7) if row % 2 == 1 => (row + 1, 7),
            (0, column) if column % 2 == 0 => (0, column + 1),
            (7, column) if column % 2 == 0 => (7, column + 1),
            (row, 0) if row % 2 == 1 => (row + 1, 0),
            (row, column) if (row + column) % 2 == 0 => (row - 1, column + 1),
            (row, column) => (row + 1, column - 1),
        };
    }
    at
}
