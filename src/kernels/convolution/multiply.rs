//! The product of one block and one panel.

use super::{Bounds, COLUMNS, ROWS, SUMS};
use crate::Instructions;
use crate::rectangle::Rectangle;

/// Where some taps lie from a place on.
pub(super) struct Taps {
    offsets: Vec<u32>,
    /// Whether they are those of a copied panel, `COLUMNS` apart.
    are_copied: bool,
    /// How many numbers from the place on are looked at, at most: `COLUMNS` behind every offset. Known once, so that it
    /// need not be asked for every panel.
    reach: usize,
}

impl Taps {
    pub fn new(offsets: Vec<u32>) -> Self {
        let reach = offsets.iter().max().map_or(0, |last| *last as usize + COLUMNS);
        Self { offsets, are_copied: false, reach }
    }

    /// Of a panel that was copied: one row behind the other.
    pub fn copied(count: usize) -> Self {
        let offsets = (0..count as u32).map(|tap| tap * COLUMNS as u32).collect();
        Self { are_copied: true, ..Self::new(offsets) }
    }

    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    pub fn reach(&self) -> usize {
        self.reach
    }
}

/// What is multiplied.
pub(super) struct Block<'a> {
    /// Output channels: at most `ROWS`.
    pub rows: usize,
    /// `[taps, ROWS]`.
    pub weights: &'a [f32],
    pub taps: &'a Taps,
    /// The picture from the panel's first place on.
    pub from: &'a [f32],
    /// A number for each channel with which the sums begin, unless they go on from what they are.
    pub start: Option<&'a [f32; ROWS]>,
    /// Between which numbers the sums are kept, if any.
    pub bounds: Option<Bounds>,
    /// How many of the panel's places count: of the others' sums nothing is known.
    pub columns: usize,
}

/// Comes for the first `rows` rows to what they start with and, over all taps, the sum of
/// `weights[tap][row] * from[offsets[tap] + column]`. What is no number stays, kept between bounds or not.
///
/// It is written to the upper left corner of `target`, else to `sums`.
///
/// # Panics
/// When there are no or too many rows, less than all columns but a target, not as many weights as the taps need, or too few numbers in `from` or places in
/// `target`.
pub(super) fn multiply(
    instructions: Instructions,
    block: &Block<'_>,
    sums: &mut [f32; SUMS],
    target: Option<Rectangle<'_>>,
) {
    assert!((1..=ROWS).contains(&block.rows), "{} rows of a block", block.rows);
    assert_eq!(block.weights.len(), block.taps.len() * ROWS, "weights for each tap");
    assert!(block.from.len() >= block.taps.reach, "the taps reach beyond the picture");
    if let Some(target) = &target {
        assert!(block.columns >= COLUMNS, "a panel's part has no target");
        assert!(target.rows() >= block.rows && target.columns() >= COLUMNS, "no place for a panel");
    }
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        let before = sums.as_mut_ptr();
        let (to, pitch) = match target {
            Some(mut target) => (target.as_mut_ptr(), target.pitch()),
            None => (before, COLUMNS),
        };
        // SAFETY: the processor has what the function asks for. As asserted, there are `ROWS` weights for each offset,
        // `COLUMNS` numbers behind each, and `COLUMNS` places in each of `rows` rows of the target, which is ours
        // alone; `sums` has all `ROWS` of them.
        unsafe { x86::multiply(block, before, to, pitch) };
        return;
    }
    let _ = instructions;
    plain(block, sums, target);
}

fn plain(block: &Block<'_>, sums: &mut [f32; SUMS], target: Option<Rectangle<'_>>) {
    let mut totals = [[0.0f32; COLUMNS]; ROWS];
    match block.start {
        Some(start) => totals.iter_mut().zip(start).for_each(|(total, start)| total.fill(*start)),
        None => totals.as_flattened_mut().copy_from_slice(sums),
    }
    for (offset, weights) in block.taps.offsets.iter().zip(block.weights.chunks_exact(ROWS)) {
        let pixels = &block.from[*offset as usize..][..COLUMNS];
        for (totals, weight) in totals.iter_mut().zip(weights) {
            totals.iter_mut().zip(pixels).for_each(|(total, pixel)| *total += weight * pixel);
        }
    }
    if let Some(bounds) = block.bounds {
        totals.as_flattened_mut().iter_mut().for_each(|total| *total = bounds.keep(*total));
    }
    match target {
        Some(mut target) => {
            totals[..block.rows].iter().enumerate().for_each(|(row, totals)| target.write(row, 0, totals));
        }
        None => sums.copy_from_slice(totals.as_flattened()),
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        _mm256_add_ps, _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps,
        _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    use super::{Block, COLUMNS, ROWS};

    /// Reads from `before` unless the block says what sums start with, and writes a row at each `pitch` from `to` on.
    ///
    /// # Safety
    /// - The processor has AVX2 and FMA.
    /// - `weights` holds `ROWS` numbers for each offset, and `from` `COLUMNS` behind each.
    /// - `before` points to `ROWS` rows of `COLUMNS` numbers, one behind the other, that may be read.
    /// - In each of `rows` rows, `pitch` places apart, there are from `to` on `COLUMNS` places that may be written and that
    ///   nobody else reads or writes. They may be those of `before`, in the same order.
    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn multiply(block: &Block<'_>, before: *const f32, to: *mut f32, pitch: usize) {
        let (mut weight, from) = (block.weights.as_ptr(), block.from.as_ptr());
        macro_rules! add {
            ($($row:literal $low:ident $high:ident),*) => {
                // SAFETY: as above; a row's two halves are 8 of its 16 columns.
                unsafe {
                    $(let (mut $low, mut $high) = match block.start {
                        Some(start) => (_mm256_broadcast_ss(&start[$row]), _mm256_broadcast_ss(&start[$row])),
                        None => {
                            let row = before.add($row * COLUMNS);
                            (_mm256_loadu_ps(row), _mm256_loadu_ps(row.add(8)))
                        }
                      };)*
                    macro_rules! tap {
                        ($place:expr, $weight:expr) => {
                            let (low, high) = (_mm256_loadu_ps($place), _mm256_loadu_ps($place.add(8)));
                            $(let factor = _mm256_broadcast_ss(&*$weight.add($row));
                              $low = _mm256_fmadd_ps(factor, low, $low);
                              $high = _mm256_fmadd_ps(factor, high, $high);)*
                        };
                    }
                    if block.taps.are_copied {
                        let mut place = from;
                        let count = block.taps.offsets.len();
                        for _ in 0..count / 4 {
                            tap!(place, weight);
                            tap!(place.add(COLUMNS), weight.add(ROWS));
                            tap!(place.add(2 * COLUMNS), weight.add(2 * ROWS));
                            tap!(place.add(3 * COLUMNS), weight.add(3 * ROWS));
                            place = place.add(4 * COLUMNS);
                            weight = weight.add(4 * ROWS);
                        }
                        for _ in 0..count % 4 {
                            tap!(place, weight);
                            place = place.add(COLUMNS);
                            weight = weight.add(ROWS);
                        }
                    } else {
                        for offset in &block.taps.offsets {
                            tap!(from.add(*offset as usize), weight);
                            weight = weight.add(ROWS);
                        }
                    }
                    if let Some(bounds) = block.bounds {
                        // Of two the second one, where there is one that is no number.
                        let (least, most) = (_mm256_set1_ps(bounds.least), _mm256_set1_ps(bounds.most));
                        $($low = _mm256_min_ps(most, _mm256_max_ps(least, $low));
                          $high = _mm256_min_ps(most, _mm256_max_ps(least, $high));)*
                    }
                    $(_mm256_storeu_ps(to.add($row * pitch), $low);
                      _mm256_storeu_ps(to.add($row * pitch + 8), $high);)*
                }
            };
        }
        // Where the second halves of the rows are in vain, their registers take every second tap's share of the first ones.
        macro_rules! add_halves {
            ($($row:literal $even:ident $odd:ident),*) => {
                // SAFETY: as above; a row's first half is 8 of its 16 columns.
                unsafe {
                    $(let mut $even = match block.start {
                        Some(start) => _mm256_broadcast_ss(&start[$row]),
                        None => _mm256_loadu_ps(before.add($row * COLUMNS)),
                      };
                      let mut $odd = _mm256_setzero_ps();)*
                    let (pairs, last) = block.taps.offsets.as_chunks::<2>();
                    for [first, second] in pairs {
                        let pixels = _mm256_loadu_ps(from.add(*first as usize));
                        $($even = _mm256_fmadd_ps(_mm256_broadcast_ss(&*weight.add($row)), pixels, $even);)*
                        let pixels = _mm256_loadu_ps(from.add(*second as usize));
                        $($odd = _mm256_fmadd_ps(_mm256_broadcast_ss(&*weight.add(ROWS + $row)), pixels, $odd);)*
                        weight = weight.add(2 * ROWS);
                    }
                    if let [last] = last {
                        let pixels = _mm256_loadu_ps(from.add(*last as usize));
                        $($even = _mm256_fmadd_ps(_mm256_broadcast_ss(&*weight.add($row)), pixels, $even);)*
                    }
                    $($even = _mm256_add_ps($even, $odd);)*
                    if let Some(bounds) = block.bounds {
                        let (least, most) = (_mm256_set1_ps(bounds.least), _mm256_set1_ps(bounds.most));
                        $($even = _mm256_min_ps(most, _mm256_max_ps(least, $even));)*
                    }
                    $(_mm256_storeu_ps(to.add($row * pitch), $even);)*
                }
            };
        }
        if block.columns <= 8 {
            match block.rows {
                1 => add_halves!(0 a b),
                2 => add_halves!(0 a b, 1 c d),
                3 => add_halves!(0 a b, 1 c d, 2 e f),
                4 => add_halves!(0 a b, 1 c d, 2 e f, 3 g h),
                5 => add_halves!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j),
                _ => add_halves!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j, 5 k l),
            }
            return;
        }
        // The sums of a block are as many registers as fit beside two of pixels and one factor.
        match block.rows {
            1 => add!(0 a b),
            2 => add!(0 a b, 1 c d),
            3 => add!(0 a b, 1 c d, 2 e f),
            4 => add!(0 a b, 1 c d, 2 e f, 3 g h),
            5 => add!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j),
            _ => add!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j, 5 k l),
        }
    }
}
