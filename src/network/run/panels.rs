//! Convolution as a matrix product that reads the picture where it lies.
//!
//! A kernel's tap sees the same pixels as the tap beside it, moved by a constant number of places, once the borders are
//! filled with zeros. So the product of weights and pixels needs no gathered copy of the pixels: for 16 neighbouring
//! places of the picture (a panel) and 6 output channels (a block) the sums stay in registers while a table of offsets
//! leads through the taps. Where the kernel steps over pixels, these are first sorted by their place in a step (phases),
//! each a picture over which the taps that see it move by single places. Only at the very end a panel is copied.
//! Sums begin with the bias and go from the registers to where they belong, unless a panel reaches beyond a row's end.
//!
//! The layout of blocks follows Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008).

use std::arch::x86_64::{
    _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_setzero_ps, _mm256_storeu_ps,
};
use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::super::Convolution;

/// Output channels of a block.
const ROWS: usize = 6;
/// Places of a panel.
const COLUMNS: usize = 16;
/// Sums of a block and a panel: a panel's row for each channel.
const SUMS: usize = ROWS * COLUMNS;

/// Taps that are summed before the next tile: their weights stay in the first cache while a tile is worked on.
const TAPS_AT_A_TIME: usize = 768;
/// Pixels of a tile, with all its taps: a part of a core's second cache.
const TILE_BYTES: usize = 256 << 10;

/// A convolution whose weights lie as the product reads them.
pub(super) struct Panels {
    /// For each group, block and tap the weights of the block's channels; zero beyond the last channel.
    weights: Vec<f32>,
    /// `[groups * out]`; zeros without a bias.
    bias: Vec<f32>,
    /// Output channels of a group.
    out: usize,
    /// Input channels of a group.
    channels: usize,
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [(usize, usize); 2],
    dilation: [usize; 2],
    groups: usize,
    /// Whether what is negative is left out.
    rectify: bool,
}

/// Sizes of one run.
struct Run<'a> {
    /// Height and width of an output plane.
    output: [usize; 2],
    /// Places from one row to the next: those at the end of a row may be no output pixels.
    row: usize,
    /// Places in all.
    places: usize,
    /// Where each tap lies from a place on.
    offsets: &'a [u32],
    /// Where each tap lies in a copied panel.
    counting: &'a [u32],
}

/// What one thread does at a time.
struct Piece<'a> {
    group: usize,
    /// The group's input planes, with their borders.
    source: &'a [f32],
    /// The group's output planes.
    target: *mut f32,
    panels: Range<usize>,
    /// Blocks of output channels.
    blocks: Range<usize>,
}

impl Panels {
    /// `None` on a processor without the instructions of [`multiply`].
    pub(super) fn new(convolution: &Convolution, rectify: bool) -> Option<Self> {
        if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
            return None;
        }
        let Convolution { weight, bias, stride, padding, dilation, groups } = convolution;
        let &[all, channels, kernel_h, kernel_w] = &weight.shape[..] else { return None };
        let (out, taps) = (all / groups, channels * kernel_h * kernel_w);
        let blocks = out.div_ceil(ROWS);
        let mut weights = vec![0.0; groups * blocks * taps * ROWS];
        for (group, packed) in weights.chunks_exact_mut(blocks * taps * ROWS).enumerate() {
            for channel in 0..out {
                let from = &weight.values[(group * out + channel) * taps..][..taps];
                let block = &mut packed[channel / ROWS * taps * ROWS..][..taps * ROWS];
                block.iter_mut().skip(channel % ROWS).step_by(ROWS).zip(from).for_each(|(to, from)| *to = *from);
            }
        }
        let bias = bias.as_ref().map_or_else(|| vec![0.0; all], |bias| bias.values.to_vec());
        let (stride, padding, dilation, groups) = (*stride, *padding, *dilation, *groups);
        let kernel = [kernel_h, kernel_w];
        Some(Self { weights, bias, out, channels, kernel, stride, padding, dilation, groups, rectify })
    }

    fn taps(&self) -> usize {
        self.channels * self.kernel[0] * self.kernel[1]
    }

    /// Height and width of the output for such an input.
    pub(super) fn output(&self, [h, w]: [usize; 2]) -> [usize; 2] {
        let along = |axis: usize, size: usize| {
            let extent = (self.kernel[axis] - 1) * self.dilation[axis] + 1;
            (size + self.padding[axis].0 + self.padding[axis].1 - extent) / self.stride[axis] + 1
        };
        [along(0, h), along(1, w)]
    }

    /// # Shapes
    /// `input`: `[n, groups * channels, h, w]`; returns `[n, groups * out, h', w']`.
    pub(super) fn apply(&self, input: &[f32], n: usize, [h, w]: [usize; 2]) -> Vec<f32> {
        let output = self.output([h, w]);
        let (top, bottom) = self.padding[0];
        let (left, right) = self.padding[1];
        let phases = Phases::new(self, [h + top + bottom, w + left + right]);
        let row = phases.size[1];
        let places = (output[0] - 1) * row + output[1];
        let plane = phases.plane();
        let mut offsets = Vec::with_capacity(self.taps());
        for channel in 0..self.channels {
            for y in 0..self.kernel[0] {
                for x in 0..self.kernel[1] {
                    let offset = channel * plane + phases.place([y * self.dilation[0], x * self.dilation[1]]);
                    offsets
                        .push(u32::try_from(offset).expect("shapes were checked: an activation is below 2^27 numbers"));
                }
            }
        }
        let counting: Vec<u32> = (0..TAPS_AT_A_TIME as u32).map(|tap| tap * COLUMNS as u32).collect();
        let run = Run { output, row, places, offsets: &offsets, counting: &counting };
        let source = self.sorted(input, [h, w], &phases);
        let pixels = output[0] * output[1];
        let mut values: Vec<f32> = Vec::with_capacity(n * self.groups * self.out * pixels);
        let target = Target(values.as_mut_ptr());

        let panels = places.div_ceil(COLUMNS);
        let blocks = self.out.div_ceil(ROWS);
        let threads = rayon::current_num_threads();
        let pictures = n * self.groups;
        let most = (TILE_BYTES / (self.taps().min(TAPS_AT_A_TIME) * COLUMNS * 4)).clamp(1, 16);
        // Enough pieces for the threads to be busy to the end, first by places, then by channels.
        let wanted = if threads == 1 { 1 } else { (4 * threads).div_ceil(pictures) };
        let tiles = panels.div_ceil(most).max(wanted).min(panels);
        let parts = wanted.div_ceil(tiles).min(blocks.div_ceil(8)).max(1);
        let pieces = pictures * tiles * parts;
        (0..pieces).into_par_iter().for_each_init(
            || (Vec::new(), Vec::new()),
            |(copied, sums), piece| {
                let (picture, rest) = (piece / (tiles * parts), piece % (tiles * parts));
                let (tile, part) = (rest / parts, rest % parts);
                let group_size = self.channels * plane;
                let source = &source[picture * group_size..][..group_size];
                // SAFETY: pieces of a picture differ in their places or in their channels, so no two write the same number.
                let target = unsafe { target.picture(picture * self.out * pixels) };
                let panels = tile * panels / tiles..(tile + 1) * panels / tiles;
                let blocks = part * blocks / parts..(part + 1) * blocks / parts;
                let piece = Piece { group: picture % self.groups, source, target, panels, blocks };
                self.apply_piece(&run, piece, copied, sums);
            },
        );
        // SAFETY: every number of every plane was written: each is in one block and, as an output pixel, in one panel.
        unsafe { values.set_len(n * self.groups * self.out * pixels) };
        values
    }

    /// `copied` and `sums` are memory to work in.
    fn apply_piece(&self, run: &Run, piece: Piece, copied: &mut Vec<f32>, sums: &mut Vec<[f32; SUMS]>) {
        let Piece { group, source, target, panels, blocks } = piece;
        let taps = self.taps();
        let all_blocks = self.out.div_ceil(ROWS);
        let weights = &self.weights[group * all_blocks * taps * ROWS..][..all_blocks * taps * ROWS];
        let bias = &self.bias[group * self.out..][..self.out];
        let pixels = run.output[0] * run.output[1];
        if sums.len() < panels.len() * blocks.len() {
            sums.resize(panels.len() * blocks.len(), [0.0; SUMS]);
        }
        for first in (0..taps).step_by(TAPS_AT_A_TIME) {
            let count = TAPS_AT_A_TIME.min(taps - first);
            let offsets = &run.offsets[first..first + count];
            let reach = *offsets.iter().max().expect("there are taps") as usize + COLUMNS;
            // Panels that must be copied, one after the other.
            let size = count * COLUMNS;
            let is_readable = |panel: usize| panel * COLUMNS + reach <= source.len();
            let to_copy = panels.clone().filter(|panel| !is_readable(*panel)).count();
            if copied.len() < to_copy * size {
                copied.resize(to_copy * size, 0.0);
            }
            let to_copy = panels.clone().filter(|panel| !is_readable(*panel));
            for (panel, copy) in to_copy.zip(copied.chunks_exact_mut(size)) {
                run.copy_panel(source, panel, offsets, copy);
            }
            for (block, sums) in blocks.clone().zip(sums.chunks_exact_mut(panels.len())) {
                let weights = &weights[(block * taps + first) * ROWS..][..count * ROWS];
                let mut start = [0.0; ROWS];
                start.iter_mut().zip(&bias[block * ROWS..]).for_each(|(start, bias)| *start = *bias);
                let mut copies = copied.chunks_exact(size);
                for (panel, sums) in panels.clone().zip(sums) {
                    let (from, offsets) = match is_readable(panel) {
                        true => (&source[panel * COLUMNS..], offsets),
                        false => (copies.next().expect("it was copied"), &run.counting[..count]),
                    };
                    let is_last = first + count == taps;
                    let before = sums.as_ptr();
                    let (to, pitch) = match is_last && run.is_straight(panel) {
                        // SAFETY: the panel's places are pixels of the plane.
                        true => (unsafe { target.add(block * ROWS * pixels + panel * COLUMNS) }, pixels),
                        false => (sums.as_mut_ptr(), COLUMNS),
                    };
                    let start = if first == 0 { Start::Bias(&start) } else { Start::Sums(before) };
                    let end = End { to, pitch, rectify: is_last && self.rectify };
                    // SAFETY: the processor was asked; weights hold ROWS numbers and `from` COLUMNS behind each offset
                    // for each of `count` taps; the block's channels and the panel's places are nobody else's.
                    unsafe { multiply((self.out - block * ROWS).min(ROWS), weights, offsets, from, start, end) };
                }
            }
        }
        for (block, sums) in blocks.zip(sums.chunks_exact(panels.len())) {
            for (panel, sums) in panels.clone().zip(sums).filter(|(panel, _)| !run.is_straight(*panel)) {
                run.spread(panel, |pixel, from, count| {
                    for (channel, sums) in (block * ROWS..self.out).zip(sums.chunks_exact(COLUMNS)) {
                        // SAFETY: `pixel + count` is at most the number of pixels of a plane, and `channel` below `out`.
                        unsafe {
                            let place = target.add(channel * pixels + pixel);
                            std::ptr::copy_nonoverlapping(sums[from..from + count].as_ptr(), place, count);
                        }
                    }
                });
            }
        }
    }

    /// The planes with zeros around them, sorted by phases: `[n, groups * channels, phases, h', w']`.
    fn sorted<'a>(&self, input: &'a [f32], [h, w]: [usize; 2], phases: &Phases) -> Cow<'a, [f32]> {
        let [(top, bottom), (left, right)] = self.padding;
        if self.stride == [1, 1] && [top, bottom, left, right] == [0; 4] {
            return Cow::Borrowed(input);
        }
        let [phase_h, phase_w] = phases.size;
        let mut sorted = vec![0.0; input.len() / (h * w) * phases.plane()];
        sorted.par_chunks_exact_mut(phases.plane()).zip(input.par_chunks_exact(h * w)).with_min_len(8).for_each(
            |(sorted, plane)| {
                for (phase, [down, across]) in sorted.chunks_exact_mut(phase_h * phase_w).zip(&phases.seen) {
                    for (row, to) in phase.chunks_exact_mut(phase_w).enumerate() {
                        let Some(y) = (row * self.stride[0] + down).checked_sub(top).filter(|y| *y < h) else {
                            continue;
                        };
                        let line = &plane[y * w..][..w];
                        if self.stride[1] == 1 {
                            to[left..left + w].copy_from_slice(line);
                            continue;
                        }
                        // The first place of the phase that is not in the border.
                        let first = left.saturating_sub(*across).div_ceil(self.stride[1]);
                        let from = (first * self.stride[1] + across - left).min(w);
                        let pixels = line[from..].iter().step_by(self.stride[1]);
                        to[first.min(phase_w)..].iter_mut().zip(pixels).for_each(|(to, pixel)| *to = *pixel);
                    }
                }
            },
        );
        Cow::Owned(sorted)
    }
}

/// The places of a step that a kernel sees, each with a picture of its own: of every `stride`-th pixel from there on.
struct Phases {
    stride: [usize; 2],
    /// Which places of a step, down and across.
    seen: Vec<[usize; 2]>,
    /// Height and width of each picture.
    size: [usize; 2],
}

impl Phases {
    /// `padded`: height and width of an input plane with its borders.
    fn new(panels: &Panels, padded: [usize; 2]) -> Self {
        let along = |axis: usize| {
            let mut seen: Vec<usize> =
                (0..panels.kernel[axis]).map(|tap| tap * panels.dilation[axis] % panels.stride[axis]).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        let across = along(1);
        let seen = along(0).into_iter().flat_map(|down| across.iter().map(move |across| [down, *across])).collect();
        let size = std::array::from_fn(|axis| padded[axis].div_ceil(panels.stride[axis]));
        Self { stride: panels.stride, seen, size }
    }

    /// Numbers of a plane with all its phases.
    fn plane(&self) -> usize {
        self.seen.len() * self.size[0] * self.size[1]
    }

    /// Where a pixel of the padded plane lies.
    fn place(&self, [y, x]: [usize; 2]) -> usize {
        let wanted = [y % self.stride[0], x % self.stride[1]];
        let phase = self.seen.iter().position(|seen| *seen == wanted).expect("phases are those of the kernel's taps");
        (phase * self.size[0] + y / self.stride[0]) * self.size[1] + x / self.stride[1]
    }
}

impl Run<'_> {
    /// What each of the taps sees from the panel's places: `[taps, COLUMNS]`; zero beyond the last place.
    fn copy_panel(&self, source: &[f32], panel: usize, offsets: &[u32], copy: &mut [f32]) {
        let start = panel * COLUMNS;
        let count = COLUMNS.min(self.places - start);
        for (offset, row) in offsets.iter().zip(copy.chunks_exact_mut(COLUMNS)) {
            row[..count].copy_from_slice(&source[*offset as usize + start..][..count]);
            row[count..].fill(0.0);
        }
    }

    /// Whether all places of a panel are output pixels that lie beside one another.
    fn is_straight(&self, panel: usize) -> bool {
        self.row == self.output[1] && (panel + 1) * COLUMNS <= self.places
    }

    /// Hands over which of a panel's places are output pixels: for each stretch of them the first one's place in the
    /// output, its place in the panel, and their number.
    fn spread(&self, panel: usize, mut write: impl FnMut(usize, usize, usize)) {
        let start = panel * COLUMNS;
        let end = (start + COLUMNS).min(self.places);
        if self.row == self.output[1] {
            return write(start, 0, end - start);
        }
        let mut place = start;
        while place < end {
            let (y, x) = (place / self.row, place % self.row);
            let next = ((y + 1) * self.row).min(end);
            if x < self.output[1] {
                write(y * self.output[1] + x, place - start, (self.output[1] - x).min(next - place));
            }
            place = next;
        }
    }
}

/// Where the output goes; shared by threads that write different parts of it.
struct Target(*mut f32);

// SAFETY: see where it is used.
unsafe impl Sync for Target {}

impl Target {
    /// # Safety
    /// `start` lies within the output, and nobody else writes what the caller writes.
    unsafe fn picture(&self, start: usize) -> *mut f32 {
        unsafe { self.0.add(start) }
    }
}

/// What sums begin with.
#[derive(Clone, Copy)]
enum Start<'a> {
    /// A number for each channel of the block.
    Bias(&'a [f32; ROWS]),
    /// `[ROWS, COLUMNS]`: what the taps before came to.
    Sums(*const f32),
}

/// What becomes of sums.
#[derive(Clone, Copy)]
struct End {
    /// Where the first channel's go.
    to: *mut f32,
    /// Places from one channel's to the next one's.
    pitch: usize,
    /// Whether what is negative is left out.
    rectify: bool,
}

/// Writes for the first `rows` rows `to[row * pitch + column]`: what they start with, and over all taps the sum of
/// `weights[tap][row] * from[offsets[tap] + column]`. What is no number stays, rectified or not.
///
/// # Safety
/// The processor has AVX2 and FMA; `weights` holds `ROWS` numbers for each offset and `from` `COLUMNS` behind each; there
/// is place for `COLUMNS` numbers of each row.
#[target_feature(enable = "avx2,fma")]
unsafe fn multiply(rows: usize, weights: &[f32], offsets: &[u32], from: &[f32], start: Start, end: End) {
    debug_assert!(weights.len() >= offsets.len() * ROWS);
    let (mut weight, from) = (weights.as_ptr(), from.as_ptr());
    macro_rules! add {
        ($($row:literal $low:ident $high:ident),*) => {
            // SAFETY: as above; a row's two halves are 8 of its 16 columns.
            unsafe {
                $(let (mut $low, mut $high) = match start {
                    Start::Bias(bias) => (_mm256_broadcast_ss(&bias[$row]), _mm256_broadcast_ss(&bias[$row])),
                    Start::Sums(sums) => {
                        (_mm256_loadu_ps(sums.add($row * COLUMNS)), _mm256_loadu_ps(sums.add($row * COLUMNS + 8)))
                    }
                  };)*
                for offset in offsets {
                    let place = from.add(*offset as usize);
                    let (low, high) = (_mm256_loadu_ps(place), _mm256_loadu_ps(place.add(8)));
                    $(let factor = _mm256_broadcast_ss(&*weight.add($row));
                      $low = _mm256_fmadd_ps(factor, low, $low);
                      $high = _mm256_fmadd_ps(factor, high, $high);)*
                    weight = weight.add(ROWS);
                }
                if end.rectify {
                    let zero = _mm256_setzero_ps();
                    $($low = _mm256_max_ps(zero, $low);
                      $high = _mm256_max_ps(zero, $high);)*
                }
                $(_mm256_storeu_ps(end.to.add($row * end.pitch), $low);
                  _mm256_storeu_ps(end.to.add($row * end.pitch + 8), $high);)*
            }
        };
    }
    // The sums of a block are as many registers as fit beside two of pixels and one factor.
    match rows {
        1 => add!(0 a b),
        2 => add!(0 a b, 1 c d),
        3 => add!(0 a b, 1 c d, 2 e f),
        4 => add!(0 a b, 1 c d, 2 e f, 3 g h),
        5 => add!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j),
        _ => add!(0 a b, 1 c d, 2 e f, 3 g h, 4 i j, 5 k l),
    }
}
