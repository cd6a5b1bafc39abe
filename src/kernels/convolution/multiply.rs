//! The product of some blocks and one panel.

mod lone;

use lone::Lone;

use super::memory::Line;
use super::sum::Added;
use super::{Bounds, COLUMNS, ROWS};
use crate::Instructions;
use crate::lanes::{Lanes, Numbers, OnLanes};
use crate::rectangle::Rectangle;

/// How many taps beforehand what one sees is asked for: a core's own reading ahead reaches some five taps, and what the other
/// one wrote takes longer to come.
const AHEAD: usize = 24;
/// From so many taps on that is worth while. What fewer see lies near.
const LEAST_ASKED: usize = 96;

/// Where some taps lie from a place on.
pub(super) struct Taps {
    offsets: Vec<u32>,
    /// For each tap what is asked for meanwhile: what is seen so many taps later, at the end by the first ones of the panel behind.
    /// Empty where nothing is.
    ahead: Vec<u32>,
    /// Whether they are those of a copied panel, `COLUMNS` apart.
    are_copied: bool,
    /// How many numbers from the place on are looked at, at most: `COLUMNS` behind every offset. Known once, so that it
    /// need not be asked for every panel.
    reach: usize,
}

impl Taps {
    pub fn new(offsets: Vec<u32>) -> Self {
        let reach = offsets.iter().max().map_or(0, |last| *last as usize + COLUMNS);
        Self { offsets, ahead: Vec::new(), are_copied: false, reach }
    }

    /// Of which each sees another plane: what it sees is nowhere near, and no processor guesses it.
    pub fn far_apart(offsets: Vec<u32>) -> Self {
        let taps = Self::new(offsets);
        if taps.len() < LEAST_ASKED {
            return taps;
        }
        let (first, others) = taps.offsets.split_at(AHEAD);
        let behind = first.iter().map(|offset| offset.wrapping_add(COLUMNS as u32));
        Self { ahead: others.iter().copied().chain(behind).collect(), ..taps }
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

/// Blocks of output channels that are multiplied at once, at most.
const MOST_BLOCKS: usize = 4;
/// Their channels.
pub(super) const MOST_ROWS: usize = MOST_BLOCKS * ROWS;

/// What is multiplied.
pub(super) struct Blocks<'a> {
    /// Output channels: at most those of as many blocks as [`blocks_at_once`].
    pub rows: usize,
    /// `[taps, ROWS]` for each block.
    pub weights: &'a [f32],
    /// Numbers from the first weight of a block to that of the next one.
    pub pitch: usize,
    pub taps: &'a Taps,
    /// The picture from the panel's first place on.
    pub from: &'a [f32],
    /// A number for each channel with which the sums begin, unless they go on from what they are.
    pub start: Option<&'a [f32]>,
    /// Between which numbers the sums are kept, if any.
    pub bounds: Option<Bounds>,
    /// What is then added to those of a target, if anything.
    pub added: Option<&'a Added<'a>>,
    /// How many of the panel's places count: of the others' sums nothing is known.
    pub columns: usize,
    /// Whether the panel was not read before, so that what is seen of it is to be asked for.
    pub is_new: bool,
}

/// How many blocks of output channels are multiplied with a panel at once: as many as there are registers for.
pub(super) fn blocks_at_once(instructions: Instructions) -> usize {
    struct Count<'a>(&'a mut usize);
    impl OnLanes for Count<'_> {
        #[inline(always)]
        unsafe fn on<L: Lanes>(self) {
            *self.0 = L::LINES / ROWS;
        }
    }
    let mut count = 1;
    Count(&mut count).on_widest(instructions);
    count
}

/// Comes for the first `rows` rows to what they start with and, over all taps, the sum of
/// `weights[tap][row] * from[offsets[tap] + column]`. What is no number stays, kept between bounds or not.
///
/// It is written to the upper left corner of `target`, else to `sums`, a line for each row.
///
/// # Panics
/// When there are no or too many rows, less than all columns but a target, fewer weights than the taps need, no start for
/// each row, too few numbers in `from` or to be added, or too few places in `sums` or `target`; or when something is to be added
/// where there is no target.
pub(super) fn multiply(
    instructions: Instructions,
    blocks: &Blocks<'_>,
    sums: &mut [Line],
    target: Option<Rectangle<'_>>,
) {
    let rows = blocks.rows;
    assert!((1..=MOST_ROWS).contains(&rows), "{rows} rows of some blocks");
    let weights = rows.div_ceil(ROWS).saturating_sub(1) * blocks.pitch + blocks.taps.len() * ROWS;
    assert!(blocks.weights.len() >= weights, "weights for each tap");
    // No call from outside can bring about less: a panel that reaches further is copied, and a copy has a line for each tap.
    assert!(blocks.from.len() >= blocks.taps.reach, "the taps reach beyond the picture");
    assert!(blocks.start.is_none_or(|start| start.len() >= rows), "a start for each row");
    assert!(sums.len() >= rows, "a line for each row");
    let before = sums.as_mut_ptr().cast();
    let (to, pitch) = match target {
        Some(mut target) => {
            assert!(blocks.columns >= COLUMNS, "a panel's part has no target");
            assert!(target.rows() >= rows && target.columns() >= COLUMNS, "no place for a panel");
            let covers = |added: &Added<'_>| added.addend.covers(rows, COLUMNS);
            assert!(blocks.added.is_none_or(covers), "a number for each that is added to");
            (target.as_mut_ptr(), target.pitch())
        }
        None => {
            assert!(blocks.added.is_none(), "something is added to a panel's part");
            (before, COLUMNS)
        }
    };
    let product = Product { blocks, before, to, pitch };
    if blocks.columns == 1 { Lone(&product).on_widest(instructions) } else { (&product).on_widest(instructions) }
}

/// What [`multiply`] has asserted, in numbers: the sums' lines begin at `before`, and rows are written a `pitch` apart from
/// `to` on, where nobody else reads or writes, perhaps those of `before` in the same order.
struct Product<'a> {
    blocks: &'a Blocks<'a>,
    before: *const f32,
    to: *mut f32,
    pitch: usize,
}

// By reference, as it is often little that is done: a copy of what was only just written would have to wait for it.
impl OnLanes for &Product<'_> {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let rows = self.blocks.rows;
        if self.blocks.columns <= 8 {
            for first in (0..rows).step_by(ROWS) {
                // SAFETY: as the caller promises; there are as many rows from the first one on.
                unsafe {
                    match rows - first {
                        1 => self.add_halves::<L::Eight, 1>(first),
                        2 => self.add_halves::<L::Eight, 2>(first),
                        3 => self.add_halves::<L::Eight, 3>(first),
                        4 => self.add_halves::<L::Eight, 4>(first),
                        5 => self.add_halves::<L::Eight, 5>(first),
                        _ => self.add_halves::<L::Eight, ROWS>(first),
                    }
                }
            }
            return;
        }
        if let Some(Added { addend, .. }) = self.blocks.added {
            // It is there when it is added. To ask for the target's lines as well did not pay.
            let last = addend.numbers.as_ptr().wrapping_add(COLUMNS - 1);
            (0..rows).for_each(|row| L::ask_for(last.wrapping_add(row * addend.pitch)));
        }
        macro_rules! add {
            ($($count:literal)*) => {
                // SAFETY: as the caller promises; there are as many rows.
                unsafe {
                    match rows {
                        $($count if $count <= L::LINES => self.add::<L::Line, $count>(),)*
                        _ => panic!("{rows} rows of no more than {} lines", L::LINES),
                    }
                }
            };
        }
        const { assert!(MOST_ROWS == 24 && L::LINES <= MOST_ROWS && L::LINES.is_multiple_of(ROWS)) };
        add!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24);
    }
}

impl Product<'_> {
    /// # Safety
    /// - The processor has what the numbers need, and they are a line's.
    /// - All is as [`multiply`] asserted it, and there are as many rows as `COUNT`.
    #[inline(always)]
    unsafe fn add<N: Numbers, const COUNT: usize>(&self) {
        const { assert!(N::COUNT == COLUMNS && COUNT <= MOST_ROWS) };
        let Self { blocks, before, to, pitch } = *self;
        // SAFETY: as the caller promises: for each row there is a start or a line before, for each tap a line of the picture
        // and a weight for each row, and for each row a line to be written, and to be added if there are any.
        unsafe {
            let mut sums = [N::splat(0.0); COUNT];
            // Written out, so that each sum has a register.
            macro_rules! rows {
                (|$row:ident, $sum:ident| $body:expr) => {
                    rows!(@ $row $sum $body; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23)
                };
                (@ $row:ident $sum:ident $body:expr; $($at:literal)*) => {{
                    $(if $at < COUNT {
                        const $row: usize = $at;
                        let $sum = &mut sums[$row];
                        $body;
                    })*
                }};
            }
            match blocks.start {
                Some(start) => rows!(|ROW, sum| *sum = N::splat(*start.get_unchecked(ROW))),
                None => rows!(|ROW, sum| *sum = N::load(before.add(ROW * COLUMNS))),
            }
            let first = blocks.weights.as_ptr();
            let mut weights = [0, 1, 2, 3].map(|block| first.wrapping_add(block * blocks.pitch));
            // `$at` taps further on.
            macro_rules! tap {
                ($place:expr, $at:literal) => {
                    let pixels = N::load($place);
                    rows!(|ROW, sum| {
                        let factor = N::splat(*weights[ROW / ROWS].add($at * ROWS + ROW % ROWS));
                        *sum = factor.mul_add(pixels, *sum);
                    });
                };
            }
            macro_rules! go_on {
                ($taps:literal) => {
                    weights = weights.map(|weight| weight.wrapping_add($taps * ROWS));
                };
            }
            let mut place = blocks.from.as_ptr();
            if blocks.taps.are_copied {
                let count = blocks.taps.len();
                for _ in 0..count / 4 {
                    tap!(place, 0);
                    tap!(place.add(COLUMNS), 1);
                    tap!(place.add(2 * COLUMNS), 2);
                    tap!(place.add(3 * COLUMNS), 3);
                    place = place.wrapping_add(4 * COLUMNS);
                    go_on!(4);
                }
                for _ in 0..count % 4 {
                    tap!(place, 0);
                    place = place.wrapping_add(COLUMNS);
                    go_on!(1);
                }
            } else {
                let Taps { offsets, ahead, .. } = blocks.taps;
                let asked = if blocks.is_new { ahead.len() } else { 0 };
                for (offset, ahead) in offsets[..asked].iter().zip(ahead) {
                    // Mostly on two lines of the cache.
                    let later = place.wrapping_add(*ahead as usize);
                    N::ask_for(later);
                    N::ask_for(later.wrapping_add(COLUMNS - 1));
                    tap!(place.add(*offset as usize), 0);
                    go_on!(1);
                }
                for offset in &offsets[asked..] {
                    tap!(place.add(*offset as usize), 0);
                    go_on!(1);
                }
            }
            macro_rules! keep {
                ($least:expr, $most:expr) => {
                    let least = N::splat($least);
                    // What rectifies has no upper bound, and after few taps asking for it would be a good part of all.
                    if $most == f32::INFINITY {
                        rows!(|ROW, sum| *sum = least.larger(*sum));
                    } else {
                        let most = N::splat($most);
                        rows!(|ROW, sum| *sum = sum.keep(least, most));
                    }
                };
            }
            if let Some(Bounds { least, most }) = blocks.bounds {
                keep!(least, most);
            }
            if let Some(Added { addend, bounds: Bounds { least, most } }) = blocks.added {
                let others = addend.numbers.as_ptr();
                rows!(|ROW, sum| *sum = sum.add(N::load(others.add(ROW * addend.pitch))));
                keep!(*least, *most);
            }
            rows!(|ROW, sum| sum.store(to.add(ROW * pitch)));
        }
    }

    /// Where the second halves of the rows are in vain, their registers take every second tap's share of the first ones.
    ///
    /// # Safety
    /// - The processor has what the numbers need, and they are half a line's.
    /// - All is as [`multiply`] asserted it, and there are as many rows as `COUNT` from the block's `first` one on.
    #[inline(always)]
    unsafe fn add_halves<N: Numbers, const COUNT: usize>(&self, first: usize) {
        const { assert!(N::COUNT == COLUMNS / 2 && COUNT <= ROWS) };
        let Self { blocks, before, to, pitch } = *self;
        // SAFETY: as the caller promises, as above.
        unsafe {
            let mut even = [N::splat(0.0); COUNT];
            for (row, sum) in even.iter_mut().enumerate() {
                *sum = match blocks.start {
                    Some(start) => N::splat(*start.get_unchecked(first + row)),
                    None => N::load(before.add((first + row) * COLUMNS)),
                };
            }
            let mut odd = [N::splat(0.0); COUNT];
            let mut weight = blocks.weights.as_ptr().wrapping_add(first / ROWS * blocks.pitch);
            let from = blocks.from.as_ptr();
            macro_rules! tap {
                ($sums:ident, $offset:expr, $weight:expr) => {
                    let pixels = N::load(from.add($offset as usize));
                    for (row, sum) in $sums.iter_mut().enumerate() {
                        *sum = N::splat(*$weight.add(row)).mul_add(pixels, *sum);
                    }
                };
            }
            let (pairs, last) = blocks.taps.offsets.as_chunks::<2>();
            for [first, second] in pairs {
                tap!(even, *first, weight);
                tap!(odd, *second, weight.add(ROWS));
                weight = weight.wrapping_add(2 * ROWS);
            }
            if let [last] = last {
                tap!(even, *last, weight);
            }
            let Bounds { least, most } = blocks.bounds.unwrap_or(Bounds::NONE);
            let (least, most) = (N::splat(least), N::splat(most));
            for (row, (even, odd)) in even.into_iter().zip(odd).enumerate() {
                even.add(odd).keep(least, most).store(to.add((first + row) * pitch));
            }
        }
    }
}
