//! Classes, palette, selection and filter of a map on the device: written once, then changed where they differ.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::Color32;
use eframe::egui_wgpu::wgpu;

use super::sheet::Sheet;
use crate::domain::ImageSet;
use crate::ui::paint::classes::{Chunk, Classes, IMAGES};
use crate::ui::paint::points::Looks;
use crate::ui::paint::tiles::Tiles;

/// Numbers between two that changed which are sent along, since each sending has a price of its own.
const GAP: usize = 64;

/// Chunks of classes that are compared, and sent as far as they differ, in one frame: a quarter of a megabyte.
const CHUNKS_A_FRAME: usize = 64;

/// What one map has on the device.
#[derive(Default)]
pub struct State {
    classes: Option<ClassSheet>,
    selected: Option<BitSheet>,
    passing: Option<BitSheet>,
    palette: Option<(Arc<Vec<Color32>>, Sheet)>,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, Default)]
pub struct Update {
    /// Whether anything looks otherwise now.
    pub has_changed: bool,
    /// Whether textures were replaced, so that they must be bound anew.
    pub is_rebuilt: bool,
    /// Whether classes are still to be sent, with the next frame. Until then their change is not told.
    pub has_more: bool,
}

impl Update {
    fn note(&mut self, rebuilt: bool, changed: bool) {
        self.is_rebuilt |= rebuilt;
        self.has_changed |= rebuilt || changed;
    }
}

impl State {
    /// Brings to the device what it does not have.
    pub fn update(&mut self, tiles: &Tiles, looks: &Looks, device: &wgpu::Device, queue: &wgpu::Queue) -> Update {
        let mut update = Update::default();
        let images = tiles.images_up_to().max(1);

        let has_room = self.classes.as_ref().is_some_and(|there| there.sheet.texels() >= images);
        if !has_room {
            let sheet = Sheet::new(device, wgpu::TextureFormat::R16Uint, 2, with_reserve(images));
            self.classes = Some(ClassSheet::new(sheet));
        }
        if let Some(there) = &mut self.classes {
            let changed = there.update(&looks.classes, queue);
            update.has_more = changed.is_none();
            update.note(!has_room, changed.unwrap_or_default());
        }

        let none = ImageSet::default();
        let sets =
            [(&mut self.selected, &looks.selected), (&mut self.passing, looks.passing.as_ref().unwrap_or(&none))];
        for (there, set) in sets {
            let has_room = there.as_ref().is_some_and(|there| there.sheet.texels() * 32 >= images);
            if !has_room {
                let texels = with_reserve(images).div_ceil(32);
                let sheet = Sheet::new(device, wgpu::TextureFormat::R32Uint, 4, texels);
                *there = Some(BitSheet { sheet, words: Vec::new(), source: ImageSet::default() });
            }
            let changed = there.as_mut().is_some_and(|there| there.update(set, queue));
            update.note(!has_room, changed);
        }

        let is_there = self.palette.as_ref().is_some_and(|(source, _)| Arc::ptr_eq(source, &looks.palette));
        // New colours are for new classes: until these are all there, neither is told.
        if !is_there && (!update.has_more || self.palette.is_none()) {
            let room = self.palette.as_ref().map_or(0, |(_, sheet)| sheet.texels());
            let fits = room >= looks.palette.len().max(1);
            let sheet = match self.palette.take() {
                Some((_, sheet)) if fits => sheet,
                _ => Sheet::new(device, wgpu::TextureFormat::Rgba8Unorm, 4, looks.palette.len().max(1)),
            };
            let colours: Vec<[u8; 4]> = looks.palette.iter().map(Color32::to_array).collect();
            sheet.write(queue, 0, bytemuck::cast_slice(&colours));
            self.palette = Some((looks.palette.clone(), sheet));
            update.note(!fits, true);
        }
        update
    }

    /// Bytes that it takes on the device.
    pub fn bytes(&self) -> u64 {
        let bits = [&self.selected, &self.passing].into_iter().flatten().map(|there| there.sheet.bytes());
        let classes = self.classes.as_ref().map(|there| there.sheet.bytes());
        let palette = self.palette.as_ref().map(|(_, sheet)| sheet.bytes());
        bits.chain(classes).chain(palette).sum()
    }

    /// What the shader reads. To be called after [`State::update`].
    pub fn bind(
        &self,
        uniforms: &wgpu::Buffer,
        layout: &wgpu::BindGroupLayout,
        device: &wgpu::Device,
    ) -> wgpu::BindGroup {
        let sheets = [
            self.classes.as_ref().map(|there| &there.sheet),
            self.selected.as_ref().map(|there| &there.sheet),
            self.passing.as_ref().map(|there| &there.sheet),
            self.palette.as_ref().map(|(_, sheet)| sheet),
        ];
        let mut entries = vec![wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() }];
        for (binding, sheet) in (1..).zip(sheets) {
            let sheet = sheet.expect("an update makes all of them");
            entries.push(wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::TextureView(sheet.view()) });
        }
        device.create_bind_group(&wgpu::BindGroupDescriptor { label: Some("points"), layout, entries: &entries })
    }
}

/// New images may come; not every one shall cost a new texture.
fn with_reserve(images: usize) -> usize {
    images + images / 4
}

struct ClassSheet {
    sheet: Sheet,
    /// What the device has; where there is nothing, all are of no class.
    there: Vec<Option<Arc<Chunk>>>,
    /// What it is to have, and the first chunk that was not compared with that yet.
    aim: Classes,
    next: usize,
    has_changed: bool,
    /// What is being sent: kept, since fresh memory costs more than all that is written to it.
    sent: Vec<u16>,
}

impl ClassSheet {
    fn new(sheet: Sheet) -> Self {
        let (there, sent) = (Vec::new(), Vec::new());
        Self { sheet, there, aim: Classes::default(), next: 0, has_changed: false, sent }
    }

    /// Sends some of what differs. Once all is there: whether anything was another class.
    fn update(&mut self, classes: &Classes, queue: &wgpu::Queue) -> Option<bool> {
        if !self.aim.is_shared_with(classes) {
            self.aim = classes.clone();
            self.next = 0;
        }
        let chunks = self.aim.chunks();
        // What is not known any more is of no class again.
        let count = chunks.len().max(self.there.len());
        self.there.resize(count, None);
        let (mut compared, mut changed) = (0, Vec::new());
        while self.next < count && compared < CHUNKS_A_FRAME {
            let place = self.next;
            self.next += 1;
            let (now, then) = (chunks.get(place), self.there[place].as_ref());
            let is_same = match (now, then) {
                (Some(now), Some(then)) => Arc::ptr_eq(now, then),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            if is_same {
                continue;
            }
            compared += 1;
            let [new, old] = [now, then].map(|chunk| chunk.map_or(&NONE, Arc::as_ref));
            let first = place * IMAGES;
            differing(new, old).for_each(|run| add_to_runs(&mut changed, first + run.start..first + run.end));
            self.there[place] = now.cloned();
        }
        self.has_changed |= !changed.is_empty();
        // All rows that follow one another at once: each sending has a price of its own, and other colours are others in every row.
        for run in changed {
            self.sent.clear();
            for place in run.start / IMAGES..run.end.div_ceil(IMAGES) {
                let first = place * IMAGES;
                let part = run.start.max(first) - first..run.end.min(first + IMAGES) - first;
                self.sent.extend_from_slice(&chunks.get(place).map_or(&NONE, Arc::as_ref)[part]);
            }
            self.sheet.write(queue, run.start, bytemuck::cast_slice(&self.sent));
        }
        (self.next == count).then(|| std::mem::take(&mut self.has_changed))
    }
}

/// Of no image anything is known.
const NONE: Chunk = [0; IMAGES];

/// Where two chunks differ, ascending: of each small part from the first place to the last. Most of two states of the same are the same.
fn differing<'a>(new: &'a Chunk, old: &'a Chunk) -> impl Iterator<Item = Range<usize>> + 'a {
    let parts = new.chunks_exact(GAP).zip(old.chunks_exact(GAP)).enumerate();
    parts.filter(|(_, (new, old))| new != old).filter_map(|(part, (new, old))| {
        let differs = |at: &usize| new[*at] != old[*at];
        let (first, last) = ((0..GAP).find(differs)?, (0..GAP).rfind(differs)?);
        Some(part * GAP + first..part * GAP + last + 1)
    })
}

struct BitSheet {
    sheet: Sheet,
    /// What the device has, from the first image on.
    words: Vec<u64>,
    source: ImageSet,
}

impl BitSheet {
    fn update(&mut self, set: &ImageSet, queue: &wgpu::Queue) -> bool {
        let mut changed = Vec::new();
        for (place, word) in set.changed_words(&self.source) {
            if place >= self.words.len() {
                self.words.resize(place + 1, 0);
            }
            self.words[place] = word;
            changed.push(place);
        }
        self.source = set.clone();
        let has_changed = !changed.is_empty();
        for run in runs_of(changed.into_iter()) {
            self.sheet.write(queue, run.start * 2, bytemuck::cast_slice(&self.words[run]));
        }
        has_changed
    }
}

/// Ascending places as runs, small gaps among them.
fn runs_of(places: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    places.for_each(|place| add_to_runs(&mut runs, place..place + 1));
    runs
}

/// Adds places that come after all those before.
fn add_to_runs(runs: &mut Vec<Range<usize>>, more: Range<usize>) {
    match runs.last_mut() {
        Some(last) if more.start < last.end + GAP => last.end = more.end,
        _ => runs.push(more),
    }
}
