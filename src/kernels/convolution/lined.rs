//! Activations whose channels lie in lines: sixteen channels of a pixel side by side, pixel by pixel, and then the next sixteen.
//!
//! A product over such pixels reads whole lines of the cache, one behind the other, and writes whole ones. Registers hold channels,
//! and what they are multiplied with are single numbers of pixels, which may lie anywhere: steps and borders cost nothing. Of 3 x 3
//! kernels tiles are transformed as they lie, without turning anything around. Planes have none of this: each sum is written across
//! two lines, into as many pages as there are channels, and by the small tiles of those kernels in quarters of lines.

mod convolution;
mod definition;
mod direct;
mod pool;
mod tile;

pub use convolution::{LinedConvolution, LinedPart, apply_lined};
pub use definition::LinedSum;
pub(super) use definition::{Definition, Work};
pub(super) use tile::{ALL_PIXELS, Sums, blocks_at_once, pixels_at_once};

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Bounds;
use super::lines::{self, CHANNELS, Looks, Order, Pixels};
use super::memory::{Line, Memory};
use crate::Instructions;
use crate::lanes::{Lanes, OnLanes};
use crate::planes::Summary;
use crate::rectangle::Rectangle;

/// Some pictures' activations, in lines.
pub struct Lined {
    /// `[pictures, blocks, pixels]`
    lines: Vec<Line>,
    pictures: usize,
    channels: usize,
    /// Height and width.
    size: [usize; 2],
}

/// A part of what is to be done with lines.
pub struct Piece<'a>(Box<dyn FnOnce(&mut Memory) + Send + 'a>);

impl<'a> Piece<'a> {
    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        (self.0)(memory);
    }

    /// Work for lanes of any width, after which so many numbers are written.
    pub(super) fn new<W>(instructions: Instructions, written: &'a AtomicUsize, count: usize, work: W) -> Self
    where
        W: Send + 'a,
        for<'m> (W, &'m mut Memory): OnLanes,
    {
        Self(Box::new(move |memory| {
            (work, memory).on_widest(instructions);
            written.fetch_add(count, Ordering::Release);
        }))
    }
}

impl Lined {
    /// How many pictures.
    pub fn pictures(&self) -> usize {
        self.pictures
    }

    /// How many channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height and width.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Lines of each pixel.
    pub(super) fn blocks(&self) -> usize {
        self.channels.div_ceil(CHANNELS)
    }

    fn pixels(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// `[blocks, pixels]`
    pub(super) fn picture(&self, picture: usize) -> &[Line] {
        let size = self.blocks() * self.pixels();
        &self.lines[picture * size..][..size]
    }

    /// What `write` writes, each number once: a row for each picture's blocks, a column for each number of a line of each pixel.
    fn written(
        pictures: usize,
        channels: usize,
        size: [usize; 2],
        write: impl FnOnce(Rectangle<'_>, &AtomicUsize),
    ) -> Self {
        let (blocks, pixels) = (channels.div_ceil(CHANNELS), size[0] * size[1]);
        let mut lines: Vec<Line> = Vec::new();
        let count = pictures * blocks * pixels;
        lines.reserve_exact(count);
        let target = lines.spare_capacity_mut()[..count].as_mut_ptr().cast::<MaybeUninit<f32>>();
        // SAFETY: as many lines may be written, each of which is as many numbers.
        let target = unsafe { std::slice::from_raw_parts_mut(target, count * CHANNELS) };
        let written = AtomicUsize::new(0);
        write(Rectangle::new(target, pixels * CHANNELS), &written);
        assert_eq!(written.load(Ordering::Acquire), count * CHANNELS, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A piece is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { lines.set_len(count) };
        Self { lines, pictures, channels, size }
    }

    /// Planes, as lines. `do_all` gets the pieces, and must see to it that all are applied, by any thread.
    ///
    /// # Shapes
    /// `planes`: `[n, channels, h, w]` for `size` `[h, w]`.
    ///
    /// # Panics
    /// When there are no channels or pixels, other than whole pictures, or a piece was not applied.
    pub fn from_planes(
        instructions: Instructions,
        planes: &[f32],
        channels: usize,
        size: [usize; 2],
        threads: usize,
        do_all: impl FnOnce(Vec<Piece<'_>>),
    ) -> Self {
        let pixels = size[0] * size[1];
        assert!(channels * pixels > 0, "{channels} channels of {size:?}");
        assert!(planes.len().is_multiple_of(channels * pixels), "whole pictures of {channels} channels of {size:?}");
        let pictures = planes.len() / (channels * pixels);
        Self::written(pictures, channels, size, |target, written| {
            let mut pieces = Vec::new();
            let pictures_of = planes.chunks_exact(channels * pixels);
            for (picture, target) in pictures_of.zip(rows_of(target, channels.div_ceil(CHANNELS), pictures)) {
                for (columns, target) in strips_of(target, pixels, strips(pixels, pictures, threads)) {
                    let count = target.rows() * target.columns();
                    let numbers = &picture[columns.start..];
                    let all = Pixels { numbers, channels, count: columns.len(), order: Order::Planes(pixels) };
                    pieces.push(Piece::new(instructions, written, count, Gather { all, target }));
                }
            }
            do_all(pieces);
        })
    }

    /// The planes of these lines. `do_all` is as for [`from_planes`](Self::from_planes).
    ///
    /// # Shapes
    /// Returns `[n, channels, h, w]`.
    ///
    /// # Panics
    /// When a piece was not applied.
    pub fn to_planes(
        &self,
        instructions: Instructions,
        threads: usize,
        do_all: impl FnOnce(Vec<Piece<'_>>),
    ) -> Vec<f32> {
        let pixels = self.pixels();
        super::apply::gather(self.pictures * self.channels * pixels, |target, written| {
            let mut pieces = Vec::new();
            let target = Rectangle::new(target, pixels);
            for (picture, target) in rows_of(target, self.channels, self.pictures).into_iter().enumerate() {
                let lines = self.picture(picture);
                for (columns, target) in strips_of(target, pixels, strips(pixels, self.pictures, threads)) {
                    let count = target.rows() * target.columns();
                    let work = Spread { lines: &lines[columns.start..], pitch: pixels, target };
                    pieces.push(Piece::new(instructions, written, count, work));
                }
            }
            do_all(pieces);
        })
    }

    /// What the planes come to, picture by picture and channel by channel. Where a mean is no number, nothing is known of the rest.
    pub fn summaries(&self, instructions: Instructions) -> Vec<Summary> {
        let mut all = Vec::with_capacity(self.pictures * self.channels);
        for picture in 0..self.pictures {
            let mut looks = Looks::new(0..self.size[0], self.size[1], self.blocks());
            LookAt { lined: self, picture, looks: &mut looks }.on_widest(instructions);
            all.extend(Looks::summaries(vec![looks], self.size[0], self.channels));
        }
        all
    }
}

/// In how many strips pixels are divided so that threads are busy to the end.
fn strips(pixels: usize, pictures: usize, threads: usize) -> usize {
    pieces_wanted(pictures, threads).min(pixels.div_ceil(2 * CHANNELS)).max(1)
}

/// Pieces for each thread, where there are as many.
const PIECES: usize = 8;

/// In how many pieces each of some pictures is best divided.
pub(super) fn pieces_wanted(pictures: usize, threads: usize) -> usize {
    if threads <= 1 { 1 } else { (PIECES * threads).div_ceil(pictures.max(1)) }
}

/// So many rows each time.
fn rows_of(target: Rectangle<'_>, rows: usize, times: usize) -> Vec<Rectangle<'_>> {
    let mut rest = target;
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        let (above, below) = rest.split_at_row(rows);
        all.push(above);
        rest = below;
    }
    all
}

/// The columns of some pixels each time, and which these are.
fn strips_of(target: Rectangle<'_>, pixels: usize, strips: usize) -> Vec<(std::ops::Range<usize>, Rectangle<'_>)> {
    let of_pixel = target.columns() / pixels.max(1);
    let mut rest = target;
    let mut all = Vec::with_capacity(strips);
    for strip in 0..strips {
        let columns = strip * pixels / strips..(strip + 1) * pixels / strips;
        let (left, right) = rest.split_at_column(columns.len() * of_pixel);
        all.push((columns, left));
        rest = right;
    }
    all
}

/// Pixels of planes that become lines.
struct Gather<'a> {
    all: Pixels<'a>,
    target: Rectangle<'a>,
}

impl OnLanes for (Gather<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (Gather { all, mut target }, memory) = self;
        let places = &mut memory.between.places;
        places.set(0, [1, all.count], all.count);
        for block in 0..target.rows() {
            let mut row = target.part(block..block + 1, 0..all.count * CHANNELS);
            // SAFETY: all of it are zeros from here on, and begin with a line: rows and strips are whole lines.
            let lines = unsafe {
                let row = row.as_mut_ptr();
                std::ptr::write_bytes(row, 0, all.count * CHANNELS);
                std::slice::from_raw_parts_mut(row.cast::<Line>(), all.count)
            };
            // SAFETY: as the caller promises.
            unsafe { all.block(block).gather::<L>(places, lines) };
        }
    }
}

/// Lines that become pixels of planes.
struct Spread<'a> {
    /// From the first block's first pixel on.
    lines: &'a [Line],
    /// From one block to the next.
    pitch: usize,
    target: Rectangle<'a>,
}

impl OnLanes for (Spread<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (Spread { lines, pitch, mut target }, _) = self;
        let (channels, pixels) = (target.rows(), target.columns());
        for block in 0..channels.div_ceil(CHANNELS) {
            let rows = block * CHANNELS..channels.min((block + 1) * CHANNELS);
            let lines = &lines[block * pitch..][..pixels];
            // SAFETY: as the caller promises.
            unsafe { lines::spread::<L>(lines, Bounds::NONE, None, target.part(rows, 0..pixels)) };
        }
    }
}

struct LookAt<'a> {
    lined: &'a Lined,
    picture: usize,
    looks: &'a mut Looks,
}

impl OnLanes for LookAt<'_> {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let Self { lined, picture, looks } = self;
        let ([height, width], pixels) = (lined.size, lined.pixels());
        for (block, lines) in lined.picture(picture).chunks_exact(pixels.max(1)).enumerate() {
            // SAFETY: as the caller promises.
            unsafe { looks.look::<L>(block, 0..height, lines, width, None) };
        }
    }
}
