//! Thumbnails on the GPU: the ones in use, within a budget.

use std::collections::{HashMap, HashSet, VecDeque};

use eframe::egui::{self, ColorImage, TextureHandle, TextureId, TextureOptions, Vec2};

use crate::domain::ImageId;
use crate::engine::ThumbnailPicture;
use crate::session::{Action, Ask};

/// Bytes of texture kept: about 3,500 thumbnails of 160 x 120, several screens full of the smallest tiles.
const BUDGET_BYTES: usize = 256 << 20;

/// Bytes uploaded in one frame at most, so that a burst of arrivals never costs a visible hitch.
const UPLOAD_BYTES_PER_FRAME: usize = 6 << 20;

/// Pictures that wait for their upload at most; older ones are dropped and asked for again if still visible.
const BACKLOG: usize = 4096;

/// Seconds after which an unanswered question is put again.
const PATIENCE_SECS: f64 = 2.0;

/// What there is to draw for an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thumbnail {
    /// Its picture, and the picture's size in pixels.
    Ready(TextureId, Vec2),
    /// Nothing yet; it has been noted as wanted.
    Waiting,
    /// There will never be one.
    Broken,
}

struct Slot {
    /// `None` for a picture that cannot be shown.
    texture: Option<TextureHandle>,
    bytes: usize,
    last_used_frame: u64,
}

/// A bounded cache, least recently used out first.
///
/// One texture an image: a screen shows hundreds, rarely a thousand, and a draw call each is far cheaper than packing
/// pictures of all shapes into atlas pages and moving them about.
#[derive(Default)]
pub struct Thumbnails {
    slots: HashMap<ImageId, Slot>,
    backlog: VecDeque<ThumbnailPicture>,
    bytes: usize,
    frame: u64,
    wanted: Vec<ImageId>,
    wanted_set: HashSet<ImageId>,
    asked: HashSet<ImageId>,
    asked_at_secs: f64,
}

impl Thumbnails {
    /// The texture and its size in pixels; notes the image as wanted if it is missing.
    pub fn get(&mut self, id: ImageId) -> Option<(TextureId, Vec2)> {
        match self.look_up(id) {
            Thumbnail::Ready(texture, size_px) => Some((texture, size_px)),
            Thumbnail::Waiting | Thumbnail::Broken => None,
        }
    }

    /// What there is to draw; notes the image as wanted if it is missing.
    pub fn look_up(&mut self, id: ImageId) -> Thumbnail {
        match self.slots.get_mut(&id) {
            Some(slot) => {
                slot.last_used_frame = self.frame;
                match &slot.texture {
                    Some(texture) => Thumbnail::Ready(texture.id(), texture.size_vec2()),
                    None => Thumbnail::Broken,
                }
            }
            None => {
                if self.wanted_set.insert(id) {
                    self.wanted.push(id);
                }
                Thumbnail::Waiting
            }
        }
    }

    /// Takes in what arrived and uploads a bounded part of it. Called once at the start of a frame.
    pub fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<ThumbnailPicture>) {
        self.frame += 1;
        self.wanted.clear();
        self.wanted_set.clear();
        for picture in arrived.drain(..) {
            self.asked.remove(&picture.id);
            self.backlog.push_back(picture);
        }
        while self.backlog.len() > BACKLOG {
            self.backlog.pop_front();
        }
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some(picture) = self.backlog.pop_front() else { break };
            uploaded += self.upload(ctx, picture);
        }
        if !self.backlog.is_empty() {
            ctx.request_repaint();
        }
        if self.bytes > BUDGET_BYTES {
            self.evict(BUDGET_BYTES / 8 * 7);
        }
    }

    /// Says what was looked up in vain, if that is not what was asked for already. Called once at the end of a frame.
    pub fn end_frame(&mut self, ctx: &egui::Context) -> Option<Action> {
        if self.wanted.is_empty() {
            // Nothing visible is missing; the engine may drop what was asked for out of sight.
            self.asked.clear();
            return None;
        }
        let waiting: HashSet<ImageId> = self.backlog.iter().map(|picture| picture.id).collect();
        self.wanted.retain(|id| !waiting.contains(id));
        self.wanted_set.retain(|id| !waiting.contains(id));
        if self.wanted.is_empty() {
            return None;
        }
        ctx.request_repaint_after_secs(PATIENCE_SECS as f32);
        let now_secs = ctx.time();
        if self.wanted_set == self.asked && now_secs - self.asked_at_secs < PATIENCE_SECS {
            return None;
        }
        self.asked.clone_from(&self.wanted_set);
        self.asked_at_secs = now_secs;
        Some(Ask::Thumbnails(self.wanted.clone()).into())
    }

    /// Forgets everything: another collection was opened, and ids mean other images.
    pub fn clear(&mut self) {
        *self = Self { frame: self.frame, ..Self::default() };
    }

    /// Forgets one image, for instance because it was found to be broken.
    pub fn forget(&mut self, id: ImageId) {
        if let Some(slot) = self.slots.remove(&id) {
            self.bytes -= slot.bytes;
        }
    }

    /// Bytes of texture in use.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn upload(&mut self, ctx: &egui::Context, picture: ThumbnailPicture) -> usize {
        let [width, height] = [picture.width as usize, picture.height as usize];
        let bytes = width * height * 4;
        let texture = (bytes > 0 && picture.rgba.len() == bytes).then(|| {
            let pixels = ColorImage::from_rgba_unmultiplied([width, height], &picture.rgba);
            ctx.load_texture(format!("thumbnail {}", picture.id.0), pixels, TextureOptions::LINEAR)
        });
        let bytes = texture.as_ref().map_or(0, |_| bytes);
        self.forget(picture.id);
        self.bytes += bytes;
        self.slots.insert(picture.id, Slot { texture, bytes, last_used_frame: self.frame });
        bytes
    }

    /// Frees the least recently used until at most `target` bytes are left; what the last frame drew always stays.
    fn evict(&mut self, target: usize) {
        let mut by_age: Vec<(u64, ImageId)> = self.slots.iter().map(|(&id, slot)| (slot.last_used_frame, id)).collect();
        by_age.sort_unstable();
        for (last_used_frame, id) in by_age {
            if self.bytes <= target || last_used_frame + 1 >= self.frame {
                break;
            }
            self.forget(id);
        }
    }
}
