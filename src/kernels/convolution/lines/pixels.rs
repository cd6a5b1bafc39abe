//! Pixels as they come: to lines of other channels, or of their own.

use super::super::memory::Line;
use super::super::places::Places;
use super::product::sum;
use super::{Asked, CHANNELS, Factors, Tiles, pixels_at_once, with_pixels};
use crate::lanes::{Lanes, Numbers};

/// Some pixels of all channels.
#[derive(Clone, Copy)]
pub(in super::super) struct Pixels<'a> {
    pub numbers: &'a [f32],
    pub channels: usize,
    pub count: usize,
    pub order: Order,
}

/// In which order they lie.
#[derive(Clone, Copy)]
pub(in super::super) enum Order {
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
    pub fn pack<L: Lanes>(&self, tiled: &mut [f32]) {
        let Self { numbers, channels, count, order } = *self;
        let Order::Planes(pitch) = order else { panic!("tiles are not packed again") };
        assert_eq!(tiled.len(), channels * count, "place for {count} pixels of {channels} channels");
        let tiles = Tiles::new(count, pixels_at_once::<L>());
        let mut rest = tiled;
        for tile in 0..tiles.count {
            let (first, of_tile) = tiles.of(tile);
            let to;
            (to, rest) = rest.split_at_mut(of_tile * channels);
            with_pixels!(L, of_tile, pack_tile(&numbers[first..], pitch, to));
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
        let tiles = Tiles::new(self.count, pixels_at_once::<L>());
        let mut asked = Asked::new(next, tiles.count);
        for tile in 0..tiles.count {
            let (first, of_tile) = tiles.of(tile);
            asked.for_a_tile::<L>();
            let (start, step) = match self.order {
                Order::Planes(pitch) => (first, pitch),
                Order::Tiles => (first * self.channels, of_tile),
            };
            // SAFETY: as asserted, a step apart from there on lie as many pixels of each channel as the tile has, of whose
            // places there are as many and none is beyond the lines; and as the caller promises.
            unsafe {
                let from = self.numbers.as_ptr().add(start);
                let (places, lines) = (&places.all[first..first + of_tile], lines.as_mut_ptr());
                with_pixels!(L, of_tile, widen_tile::<L::Line>(from, step, factors, places, lines));
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
/// - The processor has what the numbers need, which are a line's.
/// - From `from` on, a `step` apart, there are as many pixels as the tile has for each weight.
/// - There are as many places, and lines at all of them.
#[inline(always)]
unsafe fn widen_tile<N: Numbers, const PIXELS: usize>(
    from: *const f32,
    step: usize,
    factors: Factors<'_>,
    places: &[u32],
    lines: *mut Line,
) {
    const { assert!(N::COUNT == CHANNELS) };
    // SAFETY: as the caller promises.
    unsafe {
        let mut sums = [N::load(factors.start.0.as_ptr()); PIXELS];
        let weights = factors.weights.as_ptr().cast();
        sum::<N, PIXELS, 1>(&mut sums, from, step, weights, factors.weights.len());
        let (least, most) = (N::splat(factors.bounds.least), N::splat(factors.bounds.most));
        for (sum, place) in sums.into_iter().zip(places) {
            sum.keep(least, most).store(lines.add(*place as usize).cast());
        }
    }
}
