//! A convolution of pictures of one size.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::multiply::Taps;
use super::phases::Phases;
use super::work::{Run, Work};
use super::{COLUMNS, Panels};

/// Taps that are summed before the next tile: their weights stay in the first cache while a tile is worked on.
const TAPS_AT_A_TIME: usize = 768;
/// Pixels of a tile, with all its taps: a part of a core's second cache.
const TILE_BYTES: usize = 256 << 10;

/// How a convolution is done for pictures of one size.
pub struct Plan<'a> {
    pub(super) panels: &'a Panels,
    phases: Phases,
    /// Height and width of an input plane.
    input: [usize; 2],
    /// Height and width of an output plane.
    pub(super) output: [usize; 2],
    /// Places from one row to the next: those at the end of a row may be no output pixels.
    pub(super) row: usize,
    /// Places in all.
    pub(super) places: usize,
    pub(super) chunks: Vec<Chunk>,
}

/// Some of the taps, one behind the other.
pub(super) struct Chunk {
    /// How many taps come before.
    pub first: usize,
    /// Where they lie in the picture.
    pub taps: Taps,
    /// Where they lie in a copied panel.
    pub copied: Taps,
}

impl<'a> Plan<'a> {
    pub(super) fn new(panels: &'a Panels, input: [usize; 2]) -> Self {
        let shape = &panels.shape;
        let output = shape.output(input);
        let padded = std::array::from_fn(|axis| input[axis] + shape.padding[axis].0 + shape.padding[axis].1);
        let phases = Phases::new(shape, padded);
        let row = phases.row();
        let places = (output[0] - 1) * row + output[1];
        let mut offsets = Vec::with_capacity(shape.taps());
        for channel in 0..shape.channels {
            for y in 0..shape.kernel[0] {
                for x in 0..shape.kernel[1] {
                    let pixel = phases.place([y * shape.dilation[0], x * shape.dilation[1]]);
                    let offset = u32::try_from(channel * phases.plane() + pixel);
                    offsets.push(offset.expect("a picture with its channels has fewer than 2^32 numbers"));
                }
            }
        }
        let chunks = offsets.chunks(TAPS_AT_A_TIME).enumerate().map(|(chunk, offsets)| Chunk {
            first: chunk * TAPS_AT_A_TIME,
            taps: Taps::new(offsets.to_vec()),
            copied: Taps::copied(offsets.len()),
        });
        Self { panels, input, output, row, places, chunks: chunks.collect(), phases }
    }

    /// Height and width of an output plane.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }

    /// Numbers of a plane as [`apply`](Self::apply) reads it, where that is not as it comes: borders are missing, or its
    /// pixels are to be sorted.
    pub fn sorted_plane(&self) -> Option<usize> {
        let shape = &self.panels.shape;
        let is_as_it_comes = shape.stride == [1, 1] && shape.padding == [(0, 0); 2];
        (!is_as_it_comes).then(|| self.phases.plane())
    }

    /// Sorts one plane of one picture.
    ///
    /// # Shapes
    /// `plane`: `[h, w]`; `sorted`: [`sorted_plane`](Self::sorted_plane) zeros.
    ///
    /// # Panics
    /// When the lengths are others.
    pub fn sort(&self, plane: &[f32], sorted: &mut [f32]) {
        assert_eq!(plane.len(), self.input[0] * self.input[1], "a plane of {:?}", self.input);
        assert_eq!(sorted.len(), self.phases.plane(), "place for a sorted plane");
        self.phases.sort(plane, self.input, sorted);
    }

    /// Numbers of one group of one picture, as they are read.
    pub(super) fn source_size(&self) -> usize {
        self.panels.shape.channels * self.phases.plane()
    }

    /// Convolves pictures.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied. It is cut so small
    /// that this many threads are busy to the end.
    ///
    /// # Shapes
    /// `planes`: `[n, groups * channels, h, w]`, the planes sorted where [`sorted_plane`](Self::sorted_plane) says so;
    /// returns `[n, groups * out, h', w']`.
    ///
    /// # Panics
    /// When the planes are not those of whole pictures, or when a part was not applied.
    pub fn apply(&self, planes: &[f32], threads: usize, do_all: impl FnOnce(Work<'_>)) -> Vec<f32> {
        let shape = &self.panels.shape;
        let pictures = planes.len() / self.source_size();
        let is_whole = pictures.is_multiple_of(shape.groups) && pictures * self.source_size() == planes.len();
        assert!(is_whole, "{} numbers are no whole pictures", planes.len());
        let mut values: Vec<f32> = Vec::new();
        let count = pictures * shape.out * self.output[0] * self.output[1];
        values.reserve_exact(count);
        let written = AtomicUsize::new(0);
        let (tiles, parts) = self.pieces(pictures, threads);
        let run = Run { plan: self, planes, tiles, parts, written: &written };
        let target: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..count];
        do_all(Work::new(&run, pictures, target));
        assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A piece is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { values.set_len(count) };
        values
    }

    /// In how many tiles the places of a picture are divided, and in how many parts its blocks of channels.
    fn pieces(&self, pictures: usize, threads: usize) -> (usize, usize) {
        let shape = &self.panels.shape;
        let panels = self.places.div_ceil(COLUMNS);
        let most = (TILE_BYTES / (shape.taps().min(TAPS_AT_A_TIME) * COLUMNS * 4)).clamp(1, 16);
        // Enough pieces for the threads to be busy to the end, first by places, then by channels.
        let wanted = if threads <= 1 { 1 } else { (4 * threads).div_ceil(pictures.max(1)) };
        let tiles = panels.div_ceil(most).max(wanted).min(panels);
        let parts = wanted.div_ceil(tiles).min(shape.blocks().div_ceil(8)).max(1);
        (tiles, parts)
    }
}
