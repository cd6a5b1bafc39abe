//! Kernels over pixels whose channels lie side by side.
//!
//! What nobody looks at may lie as the next kernel likes it best: sixteen channels of a pixel in a line of the cache. No
//! register is then read from two lines, and a kernel of single channels finds the pixels beside one at the same place of
//! other lines: steps, dilations, and widths that are no multiple of a register, cost it nothing. A product's registers hold
//! channels, and its factors are single numbers of pixels, which may lie in any order.

use std::array::from_fn;

use super::memory::Line;
use super::{Bounds, COLUMNS};
use crate::lanes::Lanes;
use crate::rectangle::Rectangle;

/// Channels of a line.
pub(super) const CHANNELS: usize = COLUMNS;
/// Pixels of which a product sums a line at once: as many registers as fit beside two of weights and one factor.
const PIXELS: usize = 6;
/// The same for kernels of single channels, half a line at a time. Sides of usual networks' planes are multiples.
const SINGLE_PIXELS: usize = 7;

/// Pixels divided into tiles of nearly the same size.
#[derive(Clone, Copy)]
struct Tiles {
    count: usize,
    /// Pixels of a tile, and how many tiles have one more.
    least: usize,
    larger: usize,
}

impl Tiles {
    fn new(pixels: usize, most: usize) -> Self {
        let count = pixels.div_ceil(most);
        Self { count, least: pixels.checked_div(count).unwrap_or(0), larger: pixels.checked_rem(count).unwrap_or(0) }
    }

    /// The first pixel of a tile, and how many there are.
    #[inline(always)]
    fn of(self, tile: usize) -> (usize, usize) {
        (tile * self.least + tile.min(self.larger), self.least + usize::from(tile < self.larger))
    }
}

/// Lines that are asked for while others are worked on, so that they are in the caches when they are read: a picture's weights
/// are read once, from far away, and a few tiles are not enough to hide it.
struct Asked<'a> {
    left: &'a [Line],
    /// For each tile.
    at_once: usize,
}

impl<'a> Asked<'a> {
    fn new(left: &'a [Line], tiles: usize) -> Self {
        Self { left, at_once: left.len().div_ceil(tiles.max(1)) }
    }

    #[inline(always)]
    fn for_a_tile<L: Lanes>(&mut self) {
        let (now, left) = self.left.split_at(self.at_once.min(self.left.len()));
        now.iter().for_each(|line| L::ask_for(line.0.as_ptr()));
        self.left = left;
    }
}

/// The weights for a line of output channels, and what comes after them.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    /// One line for each tap.
    pub weights: &'a [Line],
    /// With what sums begin.
    pub start: &'a Line,
    pub bounds: Bounds,
}

/// Which lines pixels become.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<u32>,
    /// None of these is as large.
    end: usize,
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

/// Some pixels of all channels.
#[derive(Clone, Copy)]
pub(super) struct Pixels<'a> {
    pub numbers: &'a [f32],
    pub channels: usize,
    pub count: usize,
    pub order: Order,
}

/// In which order they lie.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// Channel by channel, with so many numbers from one to the next.
    Planes(usize),
    /// Tile by tile, and then channel by channel.
    Tiles,
}

impl<'a> Pixels<'a> {
    /// A line's channels of them.
    ///
    /// # Panics
    /// When there are no more, or they do not lie plane by plane.
    pub fn block(&self, block: usize) -> Pixels<'a> {
        let Order::Planes(pitch) = self.order else { panic!("of tiles there are no blocks") };
        let first = block * CHANNELS;
        assert!(first < self.channels, "block {block} of {} channels", self.channels);
        Pixels { numbers: &self.numbers[first * pitch..], channels: CHANNELS.min(self.channels - first), ..*self }
    }

    fn expect_all(&self) {
        let Self { numbers, channels, count, order } = *self;
        assert!(channels > 0, "pixels have channels");
        let last = match order {
            Order::Planes(pitch) => (channels - 1) * pitch + count,
            Order::Tiles => channels * count,
        };
        assert!(last <= numbers.len(), "{count} pixels of {channels} channels");
    }

    /// Writes them tile by tile.
    ///
    /// # Panics
    /// When they do not lie plane by plane, or there is place for more or fewer.
    pub fn pack(&self, tiled: &mut [f32]) {
        let Self { numbers, channels, count, order } = *self;
        let Order::Planes(pitch) = order else { panic!("tiles are not packed again") };
        assert_eq!(tiled.len(), channels * count, "place for {count} pixels of {channels} channels");
        let tiles = Tiles::new(count, PIXELS);
        let mut rest = tiled;
        for tile in 0..tiles.count {
            let (first, pixels) = tiles.of(tile);
            let to;
            (to, rest) = rest.split_at_mut(pixels * channels);
            let from = &numbers[first..];
            match pixels {
                4 => pack_tile::<4>(from, pitch, to),
                5 => pack_tile::<5>(from, pitch, to),
                6 => pack_tile::<6>(from, pitch, to),
                _ => to
                    .chunks_exact_mut(pixels)
                    .enumerate()
                    .for_each(|(channel, to)| to.copy_from_slice(&from[channel * pitch..][..pixels])),
            }
        }
    }

    /// Sums of a line of output channels for each pixel. `next` is what is read after it: it is asked for bit by bit.
    ///
    /// # Panics
    /// When there are more or fewer weights or places than channels and pixels, or a place is beyond the lines.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn widen<L: Lanes>(&self, factors: Factors<'_>, next: &[Line], places: &Places, lines: &mut [Line]) {
        self.expect_all();
        assert_eq!(factors.weights.len(), self.channels, "weights for each channel");
        assert_eq!(places.all.len(), self.count, "a place for each pixel");
        assert!(places.end <= lines.len(), "lines for all pixels");
        let tiles = Tiles::new(self.count, PIXELS);
        let mut asked = Asked::new(next, tiles.count);
        for tile in 0..tiles.count {
            let (first, pixels) = tiles.of(tile);
            asked.for_a_tile::<L>();
            let (start, step) = match self.order {
                Order::Planes(pitch) => (first, pitch),
                Order::Tiles => (first * self.channels, pixels),
            };
            // SAFETY: as asserted, a step apart from there on lie as many pixels of each channel as the tile has, of whose
            // places there are as many and none is beyond the lines; and as the caller promises.
            unsafe {
                let from = self.numbers.as_ptr().add(start);
                let (places, lines) = (&places.all[first..first + pixels], lines.as_mut_ptr());
                match pixels {
                    1 => widen_tile::<L, 1>(from, step, factors, places, lines),
                    2 => widen_tile::<L, 2>(from, step, factors, places, lines),
                    3 => widen_tile::<L, 3>(from, step, factors, places, lines),
                    4 => widen_tile::<L, 4>(from, step, factors, places, lines),
                    5 => widen_tile::<L, 5>(from, step, factors, places, lines),
                    _ => widen_tile::<L, PIXELS>(from, step, factors, places, lines),
                }
            }
        }
    }

    /// Lays the channels of each pixel side by side. Of what becomes of a line's places that no channel is for, nothing is
    /// known but that it is numbers.
    ///
    /// # Panics
    /// When there are more than a line's channels, they do not lie plane by plane, there are more or fewer places than
    /// pixels, or one is beyond the lines.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn gather<L: Lanes>(&self, places: &Places, lines: &mut [Line]) {
        let Self { numbers, channels, count, order } = *self;
        self.expect_all();
        let Order::Planes(pitch) = order else { panic!("tiles are not gathered") };
        assert!(channels <= CHANNELS, "{channels} channels in a line");
        assert_eq!(places.all.len(), count, "a place for each pixel");
        assert!(places.end <= lines.len(), "lines for all pixels");
        if count < 4 {
            for (pixel, place) in places.all.iter().enumerate() {
                let Line(line) = &mut lines[*place as usize];
                line.iter_mut().take(channels).enumerate().for_each(|(of, to)| *to = numbers[of * pitch + pixel]);
            }
            return;
        }
        let (from, to) = (numbers.as_ptr(), lines.as_mut_ptr().cast::<f32>());
        for first in (0..channels).step_by(L::COUNT) {
            for pixel in (0..count).step_by(4) {
                // The last ones lie over those before: what is written twice is written the same.
                let pixel = pixel.min(count - 4);
                // SAFETY: four pixels are there of each channel up to the last, which is read in place of those beyond; the
                // places are those of lines, which have a whole number of registers.
                unsafe {
                    let fours = L::load_fours(|lane| from.add((first + lane).min(channels - 1) * pitch + pixel));
                    for (four, place) in fours.into_iter().zip(&places.all[pixel..pixel + 4]) {
                        four.store(to.add(*place as usize * CHANNELS + first));
                    }
                }
            }
        }
    }
}

fn pack_tile<const PIXELS: usize>(from: &[f32], pitch: usize, to: &mut [f32]) {
    for (channel, to) in to.as_chunks_mut::<PIXELS>().0.iter_mut().enumerate() {
        to.copy_from_slice(&from[channel * pitch..][..PIXELS]);
    }
}

/// # Safety
/// - The processor has what the lanes need.
/// - From `from` on, a `step` apart, there are as many pixels as the tile has for each weight.
/// - There are as many places, and lines at all of them.
#[inline(always)]
unsafe fn widen_tile<L: Lanes, const PIXELS: usize>(
    from: *const f32,
    step: usize,
    factors: Factors<'_>,
    places: &[u32],
    lines: *mut Line,
) {
    // SAFETY: as the caller promises; a line is two registers.
    unsafe {
        let start = factors.start.0.as_ptr();
        let mut sums = [[L::load(start), L::load(start.add(L::COUNT))]; PIXELS];
        let weights = factors.weights.as_ptr().cast();
        sum::<L, PIXELS, 2, 1>(&mut sums, from, step, weights, factors.weights.len());
        let (least, most) = (L::splat(factors.bounds.least), L::splat(factors.bounds.most));
        for (sums, place) in sums.iter().zip(places) {
            let to: *mut f32 = lines.add(*place as usize).cast();
            for (half, sum) in sums.iter().enumerate() {
                sum.keep(least, most).store(to.add(half * L::COUNT));
            }
        }
    }
}

/// Adds, for some taps, each pixel's number times the tap's weights. Pixels are `APART` from one another, taps a `step`.
///
/// # Safety
/// - The processor has what the lanes need.
/// - For each tap there is a line of weights, and a number of each pixel.
#[inline(always)]
unsafe fn sum<L: Lanes, const PIXELS: usize, const HALVES: usize, const APART: usize>(
    sums: &mut [[L; HALVES]; PIXELS],
    mut from: *const f32,
    step: usize,
    mut weights: *const f32,
    taps: usize,
) {
    const { assert!(HALVES * L::COUNT <= CHANNELS && CHANNELS == 2 * L::COUNT) };
    for _ in 0..taps {
        // SAFETY: as the caller promises.
        unsafe {
            let mut factors = [L::splat(0.0); HALVES];
            for (half, factor) in factors.iter_mut().enumerate() {
                *factor = L::load(weights.add(half * L::COUNT));
            }
            for (pixel, sums) in sums.iter_mut().enumerate() {
                let number = L::splat(*from.add(pixel * APART));
                for (sum, factor) in sums.iter_mut().zip(&factors) {
                    *sum = number.mul_add(*factor, *sum);
                }
            }
        }
        from = from.wrapping_add(step);
        weights = weights.wrapping_add(CHANNELS);
    }
}

/// What kernels of single channels are, for a line of channels.
pub(super) struct Singles<'a> {
    pub factors: Factors<'a>,
    /// Where each tap of the first output pixel lies.
    pub offsets: &'a [u32],
    /// None of these is larger.
    pub reach: usize,
    /// From one row's line to the next one's.
    pub pitch: usize,
    /// Step down and across.
    pub stride: [usize; 2],
}

impl Singles<'_> {
    /// Writes all of `to`, rows one behind the other.
    ///
    /// # Panics
    /// When a tap reaches beyond the lines, or `to` has another size.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn convolve<L: Lanes>(&self, from: &[Line], to: &mut [Line], [height, width]: [usize; 2]) {
        let [down, across] = self.stride;
        assert_eq!(to.len(), height * width, "place for {height} x {width}");
        if to.is_empty() {
            return;
        }
        let furthest = self.reach + (height - 1) * down * self.pitch + (width - 1) * across;
        assert!(furthest < from.len(), "a tap reaches beyond the lines");
        assert!(self.offsets.iter().all(|offset| *offset as usize <= self.reach), "the furthest tap is known");
        assert_eq!(self.offsets.len(), self.factors.weights.len(), "weights for each tap");
        let tiles = Tiles::new(width, SINGLE_PIXELS);
        for y in 0..height {
            for tile in 0..tiles.count {
                let (x, pixels) = tiles.of(tile);
                for half in 0..CHANNELS / L::COUNT {
                    let lane = half * L::COUNT;
                    // SAFETY: rows are below `height` and columns below `width`, and what their taps see is among the lines,
                    // as asserted; and as the caller promises.
                    unsafe {
                        let from = from.as_ptr().add(y * down * self.pitch + x * across).cast::<f32>().add(lane);
                        let to = to.as_mut_ptr().add(y * width + x).cast::<f32>().add(lane);
                        match across {
                            1 => self.tile::<L, 1>(from, to, lane, pixels),
                            2 => self.tile::<L, 2>(from, to, lane, pixels),
                            _ => self.tile::<L, 0>(from, to, lane, pixels),
                        }
                    }
                }
            }
        }
    }

    /// Some pixels of a row, which are `STEP` lines apart, or as many as the stride says if that is none.
    ///
    /// # Safety
    /// - The processor has what the lanes need.
    /// - From `from` on there are lanes at each tap's offset for each of the pixels, and from `to` on for each of them.
    /// - There are weights from `lane` on.
    #[inline(always)]
    unsafe fn tile<L: Lanes, const STEP: usize>(&self, from: *const f32, to: *mut f32, lane: usize, pixels: usize) {
        // SAFETY: as the caller promises.
        unsafe {
            match pixels {
                1 => self.sum::<L, STEP, 1>(from, to, lane),
                2 => self.sum::<L, STEP, 2>(from, to, lane),
                3 => self.sum::<L, STEP, 3>(from, to, lane),
                4 => self.sum::<L, STEP, 4>(from, to, lane),
                5 => self.sum::<L, STEP, 5>(from, to, lane),
                6 => self.sum::<L, STEP, 6>(from, to, lane),
                _ => self.sum::<L, STEP, SINGLE_PIXELS>(from, to, lane),
            }
        }
    }

    /// # Safety
    /// See [`tile`](Self::tile).
    #[inline(always)]
    unsafe fn sum<L: Lanes, const STEP: usize, const PIXELS: usize>(
        &self,
        from: *const f32,
        to: *mut f32,
        lane: usize,
    ) {
        let step = if STEP > 0 { STEP } else { self.stride[1] } * CHANNELS;
        let Factors { weights, start, bounds } = self.factors;
        // SAFETY: as the caller promises.
        unsafe {
            let mut sums = [L::load(start.0.as_ptr().add(lane)); PIXELS];
            for (offset, weights) in self.offsets.iter().zip(weights) {
                let weight = L::load(weights.0.as_ptr().add(lane));
                let from = from.add(*offset as usize * CHANNELS);
                for (pixel, sum) in sums.iter_mut().enumerate() {
                    *sum = L::load(from.add(pixel * step)).mul_add(weight, *sum);
                }
            }
            let (least, most) = (L::splat(bounds.least), L::splat(bounds.most));
            for (pixel, sum) in sums.iter().enumerate() {
                sum.keep(least, most).store(to.add(pixel * CHANNELS));
            }
        }
    }
}

/// Adds to a line of each pixel, or to what all begin with, the sums of a line of output channels over some blocks of
/// channels. Where only the line's first half is wanted, the second is left as it is. `next` is what is read after it: it is
/// asked for bit by bit.
///
/// # Shapes
/// `from`: `[blocks, pixels]`, of whose last block as many channels count as there are weights; `lines`: `[pixels]`.
///
/// # Panics
/// When there are more or fewer blocks than the weights need.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(super) unsafe fn narrow<L: Lanes>(
    from: &[Line],
    weights: &[Line],
    next: &[Line],
    start: Option<&Line>,
    is_half: bool,
    lines: &mut [Line],
) {
    let pixels = lines.len();
    assert_eq!(from.len(), weights.len().div_ceil(CHANNELS) * pixels, "blocks for {} channels", weights.len());
    let tiles = Tiles::new(pixels, PIXELS);
    let mut asked = Asked::new(next, tiles.count);
    for tile in 0..tiles.count {
        let (first, count) = tiles.of(tile);
        asked.for_a_tile::<L>();
        // SAFETY: of each block the tile's pixels are there, and of the lines, as asserted; and as the caller promises.
        unsafe {
            let (from, to) = (from.as_ptr().add(first), lines.as_mut_ptr().add(first));
            match (is_half, count) {
                (false, 1) => narrow_tile::<L, 1, 2>(from, pixels, weights, start, to),
                (false, 2) => narrow_tile::<L, 2, 2>(from, pixels, weights, start, to),
                (false, 3) => narrow_tile::<L, 3, 2>(from, pixels, weights, start, to),
                (false, 4) => narrow_tile::<L, 4, 2>(from, pixels, weights, start, to),
                (false, 5) => narrow_tile::<L, 5, 2>(from, pixels, weights, start, to),
                (false, _) => narrow_tile::<L, PIXELS, 2>(from, pixels, weights, start, to),
                (true, 1) => narrow_tile::<L, 1, 1>(from, pixels, weights, start, to),
                (true, 2) => narrow_tile::<L, 2, 1>(from, pixels, weights, start, to),
                (true, 3) => narrow_tile::<L, 3, 1>(from, pixels, weights, start, to),
                (true, 4) => narrow_tile::<L, 4, 1>(from, pixels, weights, start, to),
                (true, 5) => narrow_tile::<L, 5, 1>(from, pixels, weights, start, to),
                (true, _) => narrow_tile::<L, PIXELS, 1>(from, pixels, weights, start, to),
            }
        }
    }
}

/// # Safety
/// - The processor has what the lanes need.
/// - From `from` on there are, in each block the weights need, `pitch` lines from one to the next, as many pixels as the tile
///   has; and as many lines from `to` on.
#[inline(always)]
unsafe fn narrow_tile<L: Lanes, const PIXELS: usize, const HALVES: usize>(
    from: *const Line,
    pitch: usize,
    weights: &[Line],
    start: Option<&Line>,
    to: *mut Line,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let to: *mut f32 = to.cast();
        let mut sums = [[L::splat(0.0); HALVES]; PIXELS];
        for (pixel, sums) in sums.iter_mut().enumerate() {
            let line = start.map_or(to.add(pixel * CHANNELS).cast_const(), |start| start.0.as_ptr());
            for (half, sum) in sums.iter_mut().enumerate() {
                *sum = L::load(line.add(half * L::COUNT));
            }
        }
        let (whole, rest) = weights.as_chunks::<CHANNELS>();
        let mut from = from;
        for weights in whole {
            sum::<L, PIXELS, HALVES, CHANNELS>(&mut sums, from.cast(), 1, weights.as_ptr().cast(), CHANNELS);
            from = from.wrapping_add(pitch);
        }
        if !rest.is_empty() {
            sum::<L, PIXELS, HALVES, CHANNELS>(&mut sums, from.cast(), 1, rest.as_ptr().cast(), rest.len());
        }
        for (pixel, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                sum.store(to.add(pixel * CHANNELS + half * L::COUNT));
            }
        }
    }
}

/// Adds the second ones to the first ones.
///
/// # Panics
/// When there are more of one.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(super) unsafe fn add<L: Lanes>(totals: &mut [Line], lines: &[Line]) {
    assert_eq!(totals.len(), lines.len(), "as many lines");
    for (total, line) in totals.iter_mut().zip(lines) {
        for lane in (0..CHANNELS).step_by(L::COUNT) {
            // SAFETY: a line has a whole number of registers; and as the caller promises.
            unsafe {
                let to = total.0.as_mut_ptr().add(lane);
                L::load(to).add(L::load(line.0.as_ptr().add(lane))).store(to);
            }
        }
    }
}

/// Planes that are added to others.
#[derive(Clone, Copy)]
pub(super) struct Addend<'a> {
    /// From the first channel's first pixel on.
    pub numbers: &'a [f32],
    /// From one channel to the next.
    pub pitch: usize,
}

/// Writes lines as planes, kept between bounds and then added to others: all of the target, a row for each channel.
///
/// # Panics
/// When it has more rows than a line channels, more or fewer columns than there are pixels, or others of these than are
/// added.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(super) unsafe fn spread<L: Lanes>(
    lines: &[Line],
    bounds: Bounds,
    addend: Option<Addend<'_>>,
    mut target: Rectangle<'_>,
) {
    let (channels, pixels, pitch) = (target.rows(), target.columns(), target.pitch());
    assert!(channels <= CHANNELS, "{channels} channels of a line");
    assert_eq!(pixels, lines.len(), "a column for each pixel");
    if let Some(Addend { numbers, pitch }) = addend {
        assert!(
            pixels <= pitch && channels * pitch <= numbers.len() + pitch - pixels,
            "a number for each that is added to"
        );
    }
    let is_wide = pixels >= 4;
    let whole = if is_wide { channels / L::COUNT * L::COUNT } else { 0 };
    for first in (0..whole).step_by(L::COUNT) {
        for pixel in (0..pixels).step_by(4) {
            // The last ones lie over those before: what is written twice is written the same.
            let pixel = pixel.min(pixels - 4);
            // SAFETY: there are four lines from there on, and four columns of as many rows as lanes, of the addend as well,
            // as asserted; and as the caller promises.
            unsafe {
                let (least, most) = (L::splat(bounds.least), L::splat(bounds.most));
                let from = lines.as_ptr().add(pixel).cast::<f32>().add(first);
                let mut fours = [L::splat(0.0); 4];
                for (at, four) in fours.iter_mut().enumerate() {
                    *four = L::load(from.add(at * CHANNELS)).keep(least, most);
                }
                if let Some(Addend { numbers, pitch }) = addend {
                    let from = numbers.as_ptr().add(first * pitch + pixel);
                    let others = L::load_fours(|lane| from.add(lane * pitch));
                    for (four, other) in fours.iter_mut().zip(&others) {
                        *four = four.add(*other);
                    }
                }
                let to = target.as_mut_ptr().add(first * pitch + pixel);
                L::store_fours(fours, |lane| to.add(lane * pitch));
            }
        }
    }
    for channel in whole..channels {
        for (lines, pixel) in lines.chunks(4).zip((0..).step_by(4)) {
            let kept = |at: usize| lines.get(at).map_or(0.0, |Line(line)| bounds.keep(line[channel]));
            let other = |at: usize| addend.map_or(0.0, |addend| addend.numbers[channel * addend.pitch + pixel + at]);
            let four: [f32; 4] = from_fn(|at| if at < lines.len() { kept(at) + other(at) } else { 0.0 });
            target.write(channel, pixel, &four[..lines.len()]);
        }
    }
}
