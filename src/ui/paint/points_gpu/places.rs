//! Where the points of a map lie, on the device. What is large is copied by a thread of its own, and until it is there, what was
//! there before is drawn.

use std::sync::Arc;

use bytemuck::NoUninit;
use eframe::egui::Context;
use eframe::egui_wgpu::wgpu;
use eframe::egui_wgpu::wgpu::util::DeviceExt;

use crate::ui::later::{Asked, Later, let_go};
use crate::ui::paint::effort::{note_begun, note_done};
use crate::ui::paint::tiles::Tiles;

/// So many bytes are copied within a frame, which takes some half a millisecond.
const AT_ONCE_BYTES: usize = 1 << 20;

/// What is on the device, and what is on its way there.
pub struct Bringing<S, B> {
    there: Option<(Arc<S>, Arc<B>)>,
    coming: Option<(Arc<S>, Later<B>)>,
}

/// The points of a map on the device.
pub type Places = Bringing<Tiles, PlaceBuffers>;

/// Where they come from, on the device.
pub type Origins = Bringing<Vec<[f32; 2]>, wgpu::Buffer>;

/// A place and a number for each point.
pub struct PlaceBuffers {
    /// Two coordinates each.
    pub positions: wgpu::Buffer,
    /// The number of its image.
    pub ids: wgpu::Buffer,
}

impl<S, B> Default for Bringing<S, B> {
    fn default() -> Self {
        Self { there: None, coming: None }
    }
}

impl<S: Send + Sync + 'static, B: Send + Sync + 'static> Bringing<S, B> {
    /// What is on the device, and what of that has been made.
    pub fn there(&self) -> Option<(&Arc<S>, &Arc<B>)> {
        self.there.as_ref().map(|(source, made)| (source, made))
    }

    /// What has been made of `source`, if that is on the device.
    pub fn of(&self, source: &Arc<S>) -> Option<&Arc<B>> {
        self.there.as_ref().filter(|(known, _)| Arc::ptr_eq(known, source)).map(|(_, made)| made)
    }

    /// Another place in the window has brought it.
    fn take_over(&mut self, source: &Arc<S>, made: Arc<B>) {
        self.give_up();
        self.there = Some((source.clone(), made));
    }

    /// Nothing is there any more; says whether something was.
    pub fn clear(&mut self) -> bool {
        self.give_up();
        self.there.take().is_some()
    }

    /// Brings `source` to the device unless it is there; says whether something else is there now. Of those that are wanted while
    /// one is on its way only the last is brought.
    fn bring(
        &mut self,
        source: &Arc<S>,
        bytes: usize,
        ctx: &Context,
        make: impl FnOnce(&S) -> B + Send + 'static,
    ) -> bool {
        if self.of(source).is_some() {
            self.give_up();
            return false;
        }
        let (of, later) = self.coming.take().unwrap_or_else(|| {
            note_begun(bytes);
            let wanted = source.clone();
            (source.clone(), Later::begin(ctx, bytes <= AT_ONCE_BYTES, move || make(&wanted)))
        });
        match later.ask() {
            Asked::Here(made) => {
                note_done();
                if !Arc::ptr_eq(&of, source) {
                    // A newer one waits.
                    ctx.request_repaint();
                }
                let before = self.there.replace((of, Arc::new(made)));
                if bytes > AT_ONCE_BYTES {
                    let_go(before);
                }
                true
            }
            Asked::NotYet(later) => {
                self.coming = Some((of, later));
                false
            }
            Asked::Never => {
                note_done();
                false
            }
        }
    }

    /// What is on its way is not wanted any more.
    fn give_up(&mut self) {
        if self.coming.take().is_some() {
            note_done();
        }
    }
}

impl Places {
    /// Brings points to the device, unless they are there or `shared` has them.
    pub fn bring_points(
        &mut self,
        tiles: &Arc<Tiles>,
        shared: Option<Arc<PlaceBuffers>>,
        ctx: &Context,
        device: &wgpu::Device,
    ) -> bool {
        if let Some(shared) = shared.filter(|_| self.of(tiles).is_none()) {
            self.take_over(tiles, shared);
            return true;
        }
        let device = device.clone();
        let bytes = size_of_val(tiles.positions()) + size_of_val(tiles.numbers());
        self.bring(tiles, bytes, ctx, move |tiles| PlaceBuffers {
            positions: buffer_of(tiles.positions(), &device),
            ids: buffer_of(tiles.numbers(), &device),
        })
    }
}

impl Origins {
    /// Brings to the device where points come from, unless it is there.
    pub fn bring_origins(&mut self, from: &Arc<Vec<[f32; 2]>>, ctx: &Context, device: &wgpu::Device) -> bool {
        let device = device.clone();
        self.bring(from, size_of_val(&from[..]), ctx, move |from| buffer_of(from, &device))
    }
}

fn buffer_of<T: NoUninit>(values: &[T], device: &wgpu::Device) -> wgpu::Buffer {
    let bytes: &[u8] = bytemuck::cast_slice(values);
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("points"),
        contents: if bytes.is_empty() { &[0; 8] } else { bytes },
        usage: wgpu::BufferUsages::VERTEX,
    })
}
