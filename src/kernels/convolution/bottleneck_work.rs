//! What is to be done of a bottleneck, divided.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bottleneck::{BottleneckPlan, Part};
use super::depthwise::{BEHIND, Kernel};
use super::memory::{Line, Memory, halves};
use super::multiply::{Block, Taps, multiply};
use super::{Bounds, COLUMNS, ROWS, SUMS};
use crate::lanes::{Lanes, OnLanes};
use crate::rectangle::Rectangle;

/// What all parts share.
struct Run<'a> {
    plan: &'a BottleneckPlan<'a>,
    planes: &'a [f32],
    /// Numbers of the output that are there.
    written: &'a AtomicUsize,
}

/// A part of a bottleneck: some pictures, or some strips of one.
pub struct BottleneckWork<'a> {
    run: &'a Run<'a>,
    pictures: Range<usize>,
    strips: Range<usize>,
    /// Where it goes: a row for each output channel.
    target: Rectangle<'a>,
}

impl BottleneckPlan<'_> {
    /// Convolves pictures.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied.
    ///
    /// # Shapes
    /// `planes`: `[n, channels, h, w]`; returns `[n, out, h', w']`.
    ///
    /// # Panics
    /// When the planes are not those of whole pictures, or when a part was not applied.
    pub fn apply(&self, planes: &[f32], do_all: impl FnOnce(BottleneckWork<'_>)) -> Vec<f32> {
        let pictures = planes.len() / self.source_size();
        assert_eq!(pictures * self.source_size(), planes.len(), "{} numbers are no whole pictures", planes.len());
        let pixels = self.output[0] * self.output[1];
        let count = pictures * self.bottleneck.shape.out * pixels;
        let mut values: Vec<f32> = Vec::new();
        values.reserve_exact(count);
        let written = &AtomicUsize::new(0);
        let target: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..count];
        let run = Run { plan: self, planes, written };
        let target = Rectangle::new(target, pixels);
        do_all(BottleneckWork { run: &run, pictures: 0..pictures, strips: 0..self.strips, target });
        assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A strip is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { values.set_len(count) };
        values
    }
}

impl BottleneckWork<'_> {
    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        let Self { run, pictures, strips, target } = self;
        if pictures.len() > 1 {
            let (first, second) = halves(&pictures);
            let (above, below) = target.split_at_row(first.len() * run.plan.bottleneck.shape.out);
            let first = Self { run, pictures: first, strips: strips.clone(), target: above };
            return (first, Some(Self { run, pictures: second, strips, target: below }));
        }
        if pictures.len() == 1 && strips.len() > 1 {
            let (first, second) = halves(&strips);
            let pixel = |strip: usize| run.plan.first_row(strip) * run.plan.output[1];
            let (left, right) = target.split_at_column(pixel(second.start) - pixel(first.start));
            let first = Self { run, pictures: pictures.clone(), strips: first, target: left };
            return (first, Some(Self { run, pictures, strips: second, target: right }));
        }
        (Self { run, pictures, strips, target }, None)
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        let instructions = self.run.plan.bottleneck.instructions;
        (self, memory).on_widest(instructions);
    }
}

impl OnLanes for (BottleneckWork<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let BottleneckWork { run, pictures, strips, mut target } = work;
        let plan = run.plan;
        let out = plan.bottleneck.shape.out;
        for picture in pictures.clone() {
            let source = &run.planes[picture * plan.source_size()..][..plan.source_size()];
            // Where the picture's channels begin in the target, if it has them all.
            let above = (picture - pictures.start) * out;
            for strip in strips.clone() {
                let rows = plan.first_row(strip)..plan.first_row(strip + 1);
                let pixels = [rows.start, rows.end].map(|row| (row - plan.first_row(strips.start)) * plan.output[1]);
                let target = target.part(above..above + out, pixels[0]..pixels[1]);
                let written = target.rows() * target.columns();
                // SAFETY: as the caller promises.
                unsafe { plan.widen::<L>(source, &rows, memory) };
                plan.project(rows.len() * plan.output[1], memory, target);
                run.written.fetch_add(written, Ordering::Release);
            }
        }
    }
}

impl BottleneckPlan<'_> {
    /// Leaves a strip of the depthwise convolution's output in `memory.between`: `[wide, pitch]`, of which no more than the
    /// strip's pixels are new.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn widen<L: Lanes>(&self, source: &[f32], rows: &Range<usize>, memory: &mut Memory) {
        let Memory { copied, padded, between, .. } = memory;
        let (bottleneck, shape) = (self.bottleneck, &self.bottleneck.shape);
        let [h, w] = self.input;
        // The first row of the padded picture under the strip, zeros there, and the picture's rows behind them.
        let first = rows.start * shape.stride[0];
        let top = shape.padding[0].0.saturating_sub(first);
        let above = first.saturating_sub(shape.padding[0].0).min(h);
        let size = [h - above, w];
        let plane = self.panels * COLUMNS + BEHIND;
        if between.len() < shape.wide * self.pitch {
            between.resize(shape.wide * self.pitch, 0.0);
        }
        padded.clear();
        padded.resize(plane * if bottleneck.expand.is_some() { ROWS } else { 1 }, 0.0);
        let outputs = between.chunks_exact_mut(self.pitch).take(shape.wide).enumerate();
        let sources = source.chunks_exact(h * w).map(|plane| &plane[above * w..]);
        let Some(expand) = &bottleneck.expand else {
            // Borders stay zeros: every channel's pixels go to the same places.
            for ((channel, to), source) in outputs.zip(sources) {
                // SAFETY: as the caller promises.
                unsafe {
                    self.phases.sort_below::<L>(top, source, size, &mut padded[..self.phases.plane()]);
                    self.convolve::<L>(channel, padded, rows.len(), to);
                }
            }
            return;
        };
        let lines = self.panels * shape.channels;
        if copied.len() < lines {
            copied.resize(lines, Line::ZERO);
        }
        for (channel, source) in sources.enumerate() {
            // SAFETY: as the caller promises.
            unsafe { self.phases.sort_below::<L>(top, source, size, &mut padded[..self.phases.plane()]) };
            let panels = padded.as_chunks::<COLUMNS>().0.iter().take(self.panels);
            let lines = copied[channel..].iter_mut().step_by(shape.channels);
            lines.zip(panels).for_each(|(to, from)| *to = Line(*from));
        }
        let mut borders = Vec::new();
        self.phases.borders(top, size, |stretch| borders.push(stretch));
        let copied: &[f32] = bytemuck::cast_slice(&copied[..lines]);
        let (mut outputs, mut sums) = (outputs, [0.0; SUMS]);
        for block in 0..shape.wide.div_ceil(ROWS) {
            let of = block * ROWS..shape.wide.min((block + 1) * ROWS);
            let mut target = Rectangle::over(padded, plane);
            for (panel, from) in copied.chunks_exact(shape.channels * COLUMNS).enumerate() {
                let target = target.part(0..of.len(), panel * COLUMNS..(panel + 1) * COLUMNS);
                let product = Product { part: expand, taps: &self.expand_taps, block, rows: of.len() };
                product.add(self, from, &mut sums, Some(target));
            }
            for ((channel, to), strip) in outputs.by_ref().take(of.len()).zip(padded.chunks_exact_mut(plane)) {
                // What became of the border's zeros is none.
                borders.iter().for_each(|stretch| strip[stretch.clone()].fill(0.0));
                // SAFETY: as the caller promises.
                unsafe { self.convolve::<L>(channel, strip, rows.len(), to) };
            }
        }
    }

    /// One channel's output rows of a strip.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn convolve<L: Lanes>(&self, channel: usize, sorted: &[f32], rows: usize, to: &mut [f32]) {
        let Part { weights, bias, bounds } = &self.bottleneck.depthwise;
        let kernel = Kernel {
            weights: &weights[channel * self.offsets.len()..][..self.offsets.len()],
            offsets: &self.offsets,
            reach: self.reach,
            start: bias[channel],
            bounds: bounds.unwrap_or(Bounds::NONE),
        };
        let to = &mut to[..rows * self.output[1]];
        // SAFETY: they keep a value, as only numbers are written; and as the caller promises.
        unsafe {
            let to = std::slice::from_raw_parts_mut(to.as_mut_ptr().cast::<MaybeUninit<f32>>(), to.len());
            kernel.convolve::<L>(sorted, self.phases.row(), to, [rows, self.output[1]]);
        }
    }

    /// Writes a strip of as many pixels: all of the target.
    fn project(&self, pixels: usize, memory: &mut Memory, mut target: Rectangle<'_>) {
        let out = self.bottleneck.shape.out;
        let mut sums = [0.0; SUMS];
        for start in (0..pixels).step_by(COLUMNS) {
            let columns = COLUMNS.min(pixels - start);
            for block in 0..out.div_ceil(ROWS) {
                let of = block * ROWS..out.min((block + 1) * ROWS);
                let product =
                    Product { part: &self.bottleneck.project, taps: &self.project_taps, block, rows: of.len() };
                let place = (columns == COLUMNS).then(|| target.part(of.clone(), start..start + columns));
                let is_partial = place.is_none();
                product.add(self, &memory.between[start..], &mut sums, place);
                if is_partial {
                    for (channel, sums) in of.zip(sums.chunks_exact(COLUMNS)) {
                        target.write(channel, start, &sums[..columns]);
                    }
                }
            }
        }
    }
}

/// A block of a product.
struct Product<'a> {
    part: &'a Part,
    taps: &'a Taps,
    block: usize,
    /// How many of its channels there are.
    rows: usize,
}

impl Product<'_> {
    #[inline]
    fn add(&self, plan: &BottleneckPlan<'_>, from: &[f32], sums: &mut [f32; SUMS], target: Option<Rectangle<'_>>) {
        let Part { weights, bias, bounds } = self.part;
        let mut start = [0.0; ROWS];
        start.iter_mut().zip(&bias[self.block * ROWS..]).for_each(|(start, bias)| *start = *bias);
        let size = self.taps.len() * ROWS;
        let block = Block {
            rows: self.rows,
            weights: &weights[self.block * size..][..size],
            taps: self.taps,
            from,
            start: Some(&start),
            bounds: *bounds,
            // A panel's sums are in the same order wherever a strip ends.
            columns: COLUMNS,
        };
        multiply(plan.bottleneck.instructions, &block, sums, target);
    }
}
