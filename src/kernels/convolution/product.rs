//! A convolution of pictures of one size, as a product.

use super::multiply::Taps;
use super::phases::Phases;
use super::{COLUMNS, Panels};

/// Taps that are summed before the next tile: their weights stay in the first cache while a tile is worked on.
const TAPS_AT_A_TIME: usize = 768;
/// Pixels of a tile, with all its taps: a part of a core's second cache.
const TILE_BYTES: usize = 256 << 10;

/// Pieces for each thread, where there are as many.
const PIECES: usize = 8;
/// Blocks of channels that are worth a piece: as many as are multiplied at once.
const LEAST_BLOCKS: usize = 4;

/// How a convolution is done as a product for pictures of one size.
pub(super) struct Product<'a> {
    pub panels: &'a Panels,
    /// See [`Weights`](super::Weights).
    pub weights: &'a [f32],
    phases: Phases,
    /// Height and width of an output plane.
    pub output: [usize; 2],
    /// Places from one row to the next: those at the end of a row may be no output pixels.
    pub row: usize,
    /// Places in all.
    pub places: usize,
    pub chunks: Vec<Chunk>,
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

impl<'a> Product<'a> {
    pub fn new(panels: &'a Panels, weights: &'a [f32], input: [usize; 2]) -> Self {
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
        let new_taps = if shape.kernel == [1, 1] { Taps::far_apart } else { Taps::new };
        let chunks = offsets.chunks(TAPS_AT_A_TIME).enumerate().map(|(chunk, offsets)| Chunk {
            first: chunk * TAPS_AT_A_TIME,
            taps: new_taps(offsets.to_vec()),
            copied: Taps::copied(offsets.len()),
        });
        Self { panels, weights, output, row, places, chunks: chunks.collect(), phases }
    }

    /// Whether planes are not read as they come: borders are missing, or pixels are to be sorted.
    pub fn reads_sorted(&self) -> bool {
        let shape = &self.panels.shape;
        shape.stride != [1, 1] || shape.padding != [(0, 0); 2]
    }

    /// How the pixels of a plane are sorted.
    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    /// Numbers of one group of one picture, as they are read.
    pub fn source_size(&self) -> usize {
        self.panels.shape.channels * self.phases.plane()
    }

    /// How a picture is divided.
    pub fn pieces(&self, pictures: usize, threads: usize) -> Pieces {
        let shape = &self.panels.shape;
        let panels = self.places.div_ceil(COLUMNS);
        let most = (TILE_BYTES / (shape.taps().min(TAPS_AT_A_TIME) * COLUMNS * 4)).clamp(1, 16);
        // Enough pieces for the threads to be busy to the end.
        let wanted = if threads <= 1 { 1 } else { (PIECES * threads).div_ceil(pictures.max(1)) };
        let least_tiles = panels.div_ceil(most);
        // Each thread reads all of what is not divided: weights, where places are, and else the picture.
        if wanted > 1 && shape.taps() * shape.out > self.source_size() {
            let parts = wanted.min(shape.blocks().div_ceil(LEAST_BLOCKS)).max(1);
            let tiles = least_tiles.max(wanted.div_ceil(parts)).min(panels);
            return Pieces { tiles, parts, channels_first: true };
        }
        let tiles = least_tiles.max(wanted).min(panels);
        let parts = wanted.div_ceil(tiles).min(shape.blocks().div_ceil(2 * LEAST_BLOCKS)).max(1);
        Pieces { tiles, parts, channels_first: false }
    }
}

/// How a picture is divided between threads.
pub(super) struct Pieces {
    /// In how many tiles its places are.
    pub tiles: usize,
    /// In how many parts its blocks of channels are.
    pub parts: usize,
    /// Whether what is divided in two first are channels.
    pub channels_first: bool,
}
