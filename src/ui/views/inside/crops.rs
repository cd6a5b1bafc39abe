//! Parts of pictures on the GPU, within a budget.

use std::collections::{HashMap, VecDeque};

use eframe::egui::{self, ColorImage, TextureHandle, TextureId, TextureOptions};

use crate::domain::{ImageId, Region};
use crate::engine::{CropPicture, CropWish};
use crate::session::{Action, Ask};

/// Bytes of texture kept: some three hundred parts.
const BUDGET_BYTES: usize = 48 << 20;
/// Bytes uploaded in one frame at most.
const UPLOAD_BYTES_PER_FRAME: usize = 2 << 20;
/// Seconds after which an unanswered question is put again.
const PATIENCE_SECS: f64 = 5.0;

/// A part, so that it can be found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(ImageId, [u32; 4]);

impl Key {
    fn of(wish: &CropWish) -> Self {
        let Region { left, top, right, bottom } = wish.part;
        Self(wish.image, [left, top, right, bottom].map(f32::to_bits))
    }
}

struct Slot {
    /// `None` of a picture that cannot be read.
    texture: Option<TextureHandle>,
    bytes: usize,
    last_used_frame: u64,
}

/// A bounded cache, least recently used out first.
#[derive(Default)]
pub(super) struct Crops {
    slots: HashMap<Key, Slot>,
    backlog: VecDeque<CropPicture>,
    bytes: usize,
    frame: u64,
    wanted: Vec<CropWish>,
    asked: Vec<CropWish>,
    asked_at_secs: f64,
}

impl Crops {
    /// The part, once it is there; noted as wanted if it is missing.
    pub(super) fn get(&mut self, wish: CropWish) -> Option<TextureId> {
        match self.slots.get_mut(&Key::of(&wish)) {
            Some(slot) => {
                slot.last_used_frame = self.frame;
                slot.texture.as_ref().map(TextureHandle::id)
            }
            None => {
                if !self.wanted.contains(&wish) {
                    self.wanted.push(wish);
                }
                None
            }
        }
    }

    /// Takes in what arrived and uploads a bounded part of it.
    pub(super) fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<CropPicture>) {
        self.frame += 1;
        self.wanted.clear();
        self.backlog.extend(arrived.drain(..));
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some(CropPicture { wish, width, height, rgba }) = self.backlog.pop_front() else { break };
            let size = [width as usize, height as usize];
            let has_pixels = !rgba.is_empty() && rgba.len() == size[0] * size[1] * 4;
            let texture = has_pixels.then(|| {
                let pixels = ColorImage::from_rgba_premultiplied(size, &rgba);
                ctx.load_texture(format!("part of {}", wish.image.0), pixels, TextureOptions::LINEAR)
            });
            let bytes = if has_pixels { rgba.len() } else { 0 };
            uploaded += bytes;
            self.bytes += bytes;
            let slot = Slot { texture, bytes, last_used_frame: self.frame };
            if let Some(old) = self.slots.insert(Key::of(&wish), slot) {
                self.bytes -= old.bytes;
            }
        }
        if !self.backlog.is_empty() {
            ctx.request_repaint();
        }
        self.evict();
    }

    /// Asks for what was looked up in vain, unless it is asked for already.
    pub(super) fn end_frame(&mut self, ctx: &egui::Context) -> Option<Action> {
        let backlog = &self.backlog;
        self.wanted.retain(|wish| !backlog.iter().any(|arrived| arrived.wish == *wish));
        if self.wanted.is_empty() {
            self.asked.clear();
            return None;
        }
        ctx.request_repaint_after_secs(PATIENCE_SECS as f32);
        let is_asked = self.wanted.iter().all(|wish| self.asked.contains(wish));
        if is_asked && ctx.time() - self.asked_at_secs < PATIENCE_SECS {
            return None;
        }
        self.asked.clone_from(&self.wanted);
        self.asked_at_secs = ctx.time();
        Some(Ask::Crops(self.wanted.clone()).into())
    }

    /// Bytes of texture in use.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Frees the least recently used beyond the budget; what the last frame drew stays.
    fn evict(&mut self) {
        if self.bytes <= BUDGET_BYTES {
            return;
        }
        let mut by_age: Vec<(u64, Key)> = self.slots.iter().map(|(&key, slot)| (slot.last_used_frame, key)).collect();
        by_age.sort_unstable_by_key(|(frame, _)| *frame);
        for (last_used_frame, key) in by_age {
            if self.bytes <= BUDGET_BYTES / 4 * 3 || last_used_frame + 1 >= self.frame {
                break;
            }
            if let Some(slot) = self.slots.remove(&key) {
                self.bytes -= slot.bytes;
            }
        }
    }
}
