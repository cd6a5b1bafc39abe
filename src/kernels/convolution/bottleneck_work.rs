//! What is to be done of a bottleneck, divided.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Bounds;
use super::bottleneck::BottleneckPlan;
use super::lines::{self, CHANNELS, Factors, Looks, Order, Pixels, Singles};
use super::memory::{self, Between, Line, Memory, halves};
use super::sum::Addend;
use crate::lanes::{Lanes, OnLanes};
use crate::planes::Summary;
use crate::rectangle::Rectangle;

/// What was seen of some strips of a picture, of those layers that are looked at.
struct SeenOfPicture {
    picture: usize,
    layers: [Option<Looks>; 3],
}

/// What all parts share.
struct Run<'a> {
    plan: &'a BottleneckPlan<'a>,
    planes: &'a [f32],
    /// What is added to the output.
    addend: Option<&'a [f32]>,
    /// Numbers of the output that are there.
    written: &'a AtomicUsize,
    /// Which of the three layers are looked at, as they are kept between bounds.
    looked_at: [bool; 3],
    /// For each part of a picture that was worked on.
    seen: &'a Mutex<Vec<SeenOfPicture>>,
}

/// A part of a bottleneck: some pictures, or some groups of channels or strips of one.
pub struct BottleneckWork<'a> {
    run: &'a Run<'a>,
    /// Parts of pictures, picture by picture.
    parts: Range<usize>,
    strips: Range<usize>,
    /// Where it goes: a row for each output channel.
    target: Rectangle<'a>,
}

impl BottleneckPlan<'_> {
    /// Convolves pictures, and adds what a shortcut past the bottleneck brings, if there is one.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied.
    ///
    /// # Shapes
    /// `planes`: `[n, channels, h, w]`; `addend`: `[n, out, h', w']`, and so is what is returned.
    ///
    /// # Panics
    /// When the planes are not those of whole pictures, as many numbers are not to be added as come out, or a part was not
    /// applied.
    pub fn apply(&self, planes: &[f32], addend: Option<&[f32]>, do_all: impl FnOnce(BottleneckWork<'_>)) -> Vec<f32> {
        self.look(planes, addend, [false; 3], do_all).0
    }

    /// As [`apply`](Self::apply), and what the layers' planes come to that are `looked_at`: what widens, the depthwise convolution,
    /// and what narrows, before anything is added. Where the mean is no number, nothing is known of the rest.
    ///
    /// # Shapes
    /// As there; for each layer that is looked at `[n, channels]`, and nothing for others.
    ///
    /// # Panics
    /// As there, and when something is looked at and the plan is for none ([`plan_to_look`](super::Bottleneck::plan_to_look)).
    pub fn look(
        &self,
        planes: &[f32],
        addend: Option<&[f32]>,
        looked_at: [bool; 3],
        do_all: impl FnOnce(BottleneckWork<'_>),
    ) -> (Vec<f32>, [Vec<Summary>; 3]) {
        let pictures = planes.len() / self.source_size();
        assert_eq!(pictures * self.source_size(), planes.len(), "{} numbers are no whole pictures", planes.len());
        let pixels = self.output[0] * self.output[1];
        let (parts, part) = (pictures * self.parts, self.bottleneck.shape.out * pixels);
        let count = parts * part;
        assert!(addend.is_none_or(|addend| addend.len() == pictures * part), "a number for each that is added to");
        let mut values: Vec<f32> = Vec::new();
        values.reserve_exact(count);
        let written = &AtomicUsize::new(0);
        let target: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..count];
        // What is done in parts is whole when these are added.
        let addend_of_parts = addend.filter(|_| self.parts == 1);
        assert!(looked_at == [false; 3] || self.parts == 1, "sums are whole where they are looked at");
        let seen = &Mutex::default();
        let run = Run { plan: self, planes, addend: addend_of_parts, written, looked_at, seen };
        let target = Rectangle::new(target, pixels);
        do_all(BottleneckWork { run: &run, parts: 0..parts, strips: 0..self.strips, target });
        assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A strip is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { values.set_len(count) };
        let values = if self.parts > 1 { self.add_parts(&values, addend, part) } else { values };
        let mut seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        let summaries = std::array::from_fn(|layer| {
            if !looked_at[layer] {
                return Vec::new();
            }
            let ([height, channels], mut of_picture) = (self.looked_at(layer), Vec::new());
            of_picture.resize_with(pictures, Vec::new);
            for SeenOfPicture { picture, layers } in &mut seen {
                of_picture[*picture].extend(layers[layer].take());
            }
            of_picture.into_iter().flat_map(|looks| Looks::summaries(looks, height, channels)).collect()
        });
        (values, summaries)
    }

    /// Rows and channels of a layer that is looked at.
    fn looked_at(&self, layer: usize) -> [usize; 2] {
        let shape = &self.bottleneck.shape;
        [[self.input[0], shape.wide], [self.output[0], shape.wide], [self.output[0], shape.out]][layer]
    }

    /// The sums of pictures whose parts were done apart: in the same order as those that were not.
    fn add_parts(&self, values: &[f32], addend: Option<&[f32]>, part: usize) -> Vec<f32> {
        let bounds = self.bottleneck.project.bounds;
        let mut totals = Vec::with_capacity(values.len() / self.parts);
        for picture in values.chunks_exact(part * self.parts) {
            let (first, others) = picture.split_at(part);
            let start = totals.len();
            totals.extend_from_slice(first);
            let totals = &mut totals[start..];
            for other in others.chunks_exact(part) {
                totals.iter_mut().zip(other).for_each(|(total, other)| *total += other);
            }
            totals.iter_mut().for_each(|total| *total = bounds.keep(*total));
        }
        if let Some(addend) = addend {
            totals.iter_mut().zip(addend).for_each(|(total, other)| *total += other);
        }
        totals
    }
}

impl BottleneckWork<'_> {
    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        let Self { run, parts, strips, target } = self;
        if parts.len() > 1 {
            let (first, second) = halves(&parts);
            let (above, below) = target.split_at_row(first.len() * run.plan.bottleneck.shape.out);
            let first = Self { run, parts: first, strips: strips.clone(), target: above };
            return (first, Some(Self { run, parts: second, strips, target: below }));
        }
        if parts.len() == 1 && strips.len() > 1 {
            let (first, second) = halves(&strips);
            let pixel = |strip: usize| run.plan.first_row(strip) * run.plan.output[1];
            let (left, right) = target.split_at_column(pixel(second.start) - pixel(first.start));
            let first = Self { run, parts: parts.clone(), strips: first, target: left };
            return (first, Some(Self { run, parts, strips: second, target: right }));
        }
        (Self { run, parts, strips, target }, None)
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        let instructions = self.run.plan.bottleneck.instructions;
        (self, memory).on_widest(instructions);
    }
}

/// A strip of a picture.
struct Strip<'a> {
    source: &'a [f32],
    /// Of the output.
    rows: Range<usize>,
    /// Of the picture: those under it.
    seen: Range<usize>,
    /// Groups of channels.
    groups: Range<usize>,
    /// What is added to the picture's output.
    addend: Option<&'a [f32]>,
    /// Of the rows under it, those that were under no strip before.
    first_seen: Range<usize>,
}

impl OnLanes for (BottleneckWork<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let BottleneckWork { run, parts, strips, mut target } = work;
        let plan = run.plan;
        let (out, plane) = (plan.bottleneck.shape.out, plan.output[0] * plan.output[1]);
        for part in parts.clone() {
            let source = &run.planes[part / plan.parts * plan.source_size()..][..plan.source_size()];
            let addend = run.addend.map(|addend| &addend[part * out * plane..][..out * plane]);
            let groups = if plan.parts > 1 { part % plan.parts..part % plan.parts + 1 } else { 0..plan.groups };
            // Where the part's channels begin in the target, if it has them all.
            let above = (part - parts.start) * out;
            let mut looks = plan.looks(&strips, run.looked_at);
            for strip in strips.clone() {
                let rows = plan.first_row(strip)..plan.first_row(strip + 1);
                let pixels = [rows.start, rows.end].map(|row| (row - plan.first_row(strips.start)) * plan.output[1]);
                let target = target.part(above..above + out, pixels[0]..pixels[1]);
                let written = target.rows() * target.columns();
                let first_seen = plan.first_seen(strip);
                let strip = Strip { source, seen: plan.seen(&rows), rows, groups: groups.clone(), addend, first_seen };
                // SAFETY: as the caller promises.
                unsafe { plan.apply_strip::<L>(&strip, memory, target, &mut looks) };
                run.written.fetch_add(written, Ordering::Release);
            }
            if looks.iter().any(Option::is_some) {
                run.seen
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(SeenOfPicture { picture: part, layers: looks });
            }
        }
    }
}

impl BottleneckPlan<'_> {
    /// Rows of the picture under some of the output.
    fn seen(&self, rows: &Range<usize>) -> Range<usize> {
        let (shape, h) = (&self.bottleneck.shape, self.input[0]);
        let (first, border) = (rows.start * shape.stride[0], shape.padding[0].0);
        let above = first.saturating_sub(border).min(h);
        above..(first + self.under(rows.len())).saturating_sub(border).clamp(above, h)
    }

    /// Rows of the picture under a strip that are under none before it.
    fn first_seen(&self, strip: usize) -> Range<usize> {
        let seen = |strip: usize| self.seen(&(self.first_row(strip)..self.first_row(strip + 1)));
        let now = seen(strip);
        let before = strip.checked_sub(1).map_or(0, |before| seen(before).end);
        now.start.max(before).min(now.end)..now.end
    }

    /// Nothing seen yet of some strips.
    fn looks(&self, strips: &Range<usize>, looked_at: [bool; 3]) -> [Option<Looks>; 3] {
        let bottleneck = self.bottleneck;
        let rows = |layer: usize| match layer {
            0 => self.first_seen(strips.start).start..self.first_seen(strips.end - 1).end,
            _ => self.first_row(strips.start)..self.first_row(strips.end),
        };
        let (width, blocks) = ([self.input[1], self.output[1], self.output[1]], bottleneck.depthwise.blocks());
        let blocks = [blocks, blocks, bottleneck.project.blocks()];
        std::array::from_fn(|layer| {
            let is_there = looked_at[layer] && !strips.is_empty();
            is_there.then(|| Looks::new(rows(layer), width[layer], blocks[layer]))
        })
    }

    /// Writes a strip: all of the target.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn apply_strip<L: Lanes>(
        &self,
        strip: &Strip<'_>,
        memory: &mut Memory,
        mut target: Rectangle<'_>,
        looks: &mut [Option<Looks>; 3],
    ) {
        let Memory { copied, between, .. } = memory;
        let Between { places, wide, narrow, sums, totals } = between;
        let (bottleneck, shape) = (self.bottleneck, &self.bottleneck.shape);
        let [h, w] = self.input;
        let pixels = strip.rows.len() * self.output[1];
        let (first, border) = (strip.rows.start * shape.stride[0], shape.padding[0].0);
        // Borders stay zeros: every block's pixels go to the same places.
        let wide = memory::lines(wide, self.under(strip.rows.len()) * self.pitch);
        wide.fill(Line::ZERO);
        let corner = border.saturating_sub(first) * self.pitch + shape.padding[1].0;
        places.set(corner, [strip.seen.len(), w], self.pitch);
        let seen = Pixels {
            numbers: &strip.source[strip.seen.start * w..],
            channels: shape.channels,
            count: strip.seen.len() * w,
            order: Order::Planes(h * w),
        };
        let tiled = if self.packs && bottleneck.expand.is_some() { seen.count * seen.channels } else { 0 };
        let tiled: &mut [f32] =
            &mut bytemuck::cast_slice_mut::<Line, f32>(memory::lines(copied, tiled.div_ceil(CHANNELS)))[..tiled];
        let source = if tiled.is_empty() {
            seen
        } else {
            seen.pack::<L>(tiled);
            Pixels { numbers: tiled, order: Order::Tiles, ..seen }
        };
        let sums = memory::lines(sums, bottleneck.project.blocks() * pixels);
        let totals = memory::lines(totals, if strip.groups.len() > 1 { sums.len() } else { 0 });
        let narrow = memory::lines(narrow, self.at_once * pixels);
        for group in strip.groups.clone() {
            let blocks = self.first_block(group)..self.first_block(group + 1);
            for start in blocks.clone().step_by(self.at_once) {
                let chunk = start..(start + self.at_once).min(blocks.end);
                let taps = chunk.start * CHANNELS..(chunk.end * CHANNELS).min(shape.wide);
                for (block, to) in chunk.clone().zip(narrow.chunks_exact_mut(pixels)) {
                    // SAFETY: as the caller promises.
                    unsafe {
                        match &bottleneck.expand {
                            Some(expand) => {
                                let next = match block + 1 < chunk.end {
                                    true => expand.block(block + 1).weights,
                                    false => &bottleneck.project.block(0).weights[taps.clone()],
                                };
                                source.widen::<L>(expand.block(block), next, places, wide);
                            }
                            None => seen.block(block).gather::<L>(places, wide),
                        }
                        if let Some(looks) = &mut looks[0] {
                            let rows = strip.first_seen.clone();
                            let from = corner + (rows.start - strip.seen.start) * self.pitch;
                            looks.look::<L>(block, rows, &wide[from.min(wide.len())..], self.pitch, None);
                        }
                        self.singles(block).convolve::<L>(wide, to, [strip.rows.len(), self.output[1]]);
                        if let Some(looks) = &mut looks[1] {
                            looks.look::<L>(block, strip.rows.clone(), to, self.output[1], None);
                        }
                    }
                }
                let narrow = &narrow[..chunk.len() * pixels];
                for (block, sums) in sums.chunks_exact_mut(pixels).enumerate() {
                    let Factors { weights, start, .. } = bottleneck.project.block(block);
                    // The first group's sums begin with the bias, the others' with nothing.
                    let start = if group == 0 { start } else { &Line::ZERO };
                    let start = (chunk.start == blocks.start).then_some(start);
                    let is_half = shape.out - block * CHANNELS <= CHANNELS / 2;
                    let next = match (&bottleneck.expand, block + 1 < bottleneck.project.blocks()) {
                        (_, true) => &bottleneck.project.block(block + 1).weights[taps.clone()],
                        (Some(expand), false) if chunk.end < expand.blocks() => expand.block(chunk.end).weights,
                        _ => &[],
                    };
                    // SAFETY: as the caller promises.
                    unsafe { lines::narrow::<L>(narrow, &weights[taps.clone()], next, start, is_half, sums) };
                }
            }
            if strip.groups.len() > 1 && group == 0 {
                totals.copy_from_slice(sums);
            } else if strip.groups.len() > 1 {
                // SAFETY: as the caller promises.
                unsafe { lines::add::<L>(totals, sums) };
            }
        }
        let lines = if strip.groups.len() > 1 { totals } else { sums };
        // What is no more than a part is kept between bounds when it is whole.
        let bounds = if self.parts > 1 { Bounds::NONE } else { bottleneck.project.bounds };
        for (block, lines) in lines.chunks_exact(pixels).enumerate() {
            let channels = block * CHANNELS..shape.out.min((block + 1) * CHANNELS);
            let plane = self.output[0] * self.output[1];
            let start = channels.start * plane + strip.rows.start * self.output[1];
            let addend = strip.addend.map(|addend| Addend { numbers: &addend[start..], pitch: plane });
            if let Some(looks) = &mut looks[2] {
                // SAFETY: as the caller promises.
                unsafe { looks.look::<L>(block, strip.rows.clone(), lines, self.output[1], Some(bounds)) };
            }
            // SAFETY: as the caller promises.
            unsafe { lines::spread::<L>(lines, bounds, addend, target.part(channels, 0..pixels)) };
        }
    }

    /// The kernels of a block's channels.
    fn singles(&self, block: usize) -> Singles<'_> {
        Singles {
            factors: self.bottleneck.depthwise.block(block),
            offsets: &self.offsets,
            reach: self.reach,
            pitch: self.pitch,
            stride: self.bottleneck.shape.stride,
        }
    }
}
