//! Thumbnails on the GPU: the ones in use, within a budget.

use std::collections::{HashMap, HashSet, VecDeque};

use eframe::egui::{self, ColorImage, TextureHandle, TextureId, TextureOptions, Vec2};

use crate::domain::ImageId;
use crate::engine::ThumbnailPicture;
use crate::session::{Action, Ask};

/// Bytes of texture kept unless the person wishes otherwise: about 3,500 thumbnails of 160 x 120, several screens full of ordinary tiles. Where more are seen at
/// once, on a large screen full of the smallest tiles, those that come then are held at a fraction of their size.
const BUDGET_BYTES: usize = 256 << 20;

/// Frames after which what is held is looked through again if something in sight had to be halved.
const LOOK_THROUGH_FRAMES: u64 = 30;

/// A thumbnail is halved so often at most: of 192 pixels 24 are left.
const MOST_HALVINGS: u8 = 3;

/// Bytes uploaded in one frame at most, and what remains of the last picture, so that a burst of arrivals never costs a visible
/// hitch: a megabyte takes the window's thread some .7 ms, and a gallery full of others is there after four frames.
const UPLOAD_BYTES_PER_FRAME: usize = 1 << 20;

/// Bytes of pictures that wait for their upload at most; older ones are dropped and asked for again if still visible.
const BACKLOG_BYTES: usize = 64 << 20;

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
    /// How often the thumbnail was halved, for want of room.
    halvings: u8,
    last_used_frame: u64,
}

/// A bounded cache, least recently used out first.
///
/// One texture an image, and no pages that many share. Counted: the gallery of the first day, 1600 x 1000, has some 30 tiles in
/// view, a screen of 3840 x 2160 full of tiles of 48 points some 800. Each is two draws, since between two pictures egui draws
/// frames and captions from another texture: pages save draws only where all pictures of a view have a pass of their own. But of
/// what the window's thread does while it opens, rests and scrolls, all of wgpu's own work (textures made and bound, draws
/// recorded) was one part in twenty; half was the system's, most of it fresh memory for the pixels, which pages need as well. Pages
/// of equal places for all shapes would hold half as many pictures in the same budget, and textures of egui have one level each, so
/// that pages would bring no smoother small pictures.
pub struct Thumbnails {
    slots: HashMap<ImageId, Slot>,
    backlog: VecDeque<ThumbnailPicture>,
    backlog_bytes: usize,
    bytes: usize,
    /// Bytes of texture kept.
    budget_bytes: usize,
    /// What is held may grow to so many bytes before anything is looked through for what can go.
    evict_above_bytes: usize,
    /// Whether something was drawn that had to be halved, and there is no room for all of it yet.
    lacks_room: bool,
    /// When what is held was last looked through.
    evicted_at_frame: u64,
    frame: u64,
    wanted: Vec<ImageId>,
    wanted_set: HashSet<ImageId>,
    asked: HashSet<ImageId>,
    asked_at_secs: f64,
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self {
            slots: HashMap::new(),
            backlog: VecDeque::new(),
            backlog_bytes: 0,
            bytes: 0,
            budget_bytes: BUDGET_BYTES,
            evict_above_bytes: BUDGET_BYTES,
            lacks_room: false,
            evicted_at_frame: 0,
            frame: 0,
            wanted: Vec::new(),
            wanted_set: HashSet::new(),
            asked: HashSet::new(),
            asked_at_secs: 0.0,
        }
    }
}

impl Thumbnails {
    /// Keeps so many bytes of texture from now on.
    pub fn keep_within(&mut self, budget_bytes: usize) {
        if self.budget_bytes != budget_bytes {
            self.budget_bytes = budget_bytes;
            // What is too much goes with the next frame.
            self.evict_above_bytes = budget_bytes;
        }
    }

    /// Bytes beyond the budget after which new thumbnails are halved once more.
    fn halving_step_bytes(&self) -> usize {
        (self.budget_bytes / 8).max(1)
    }

    /// The texture and its size in pixels; notes the image as wanted if it is missing.
    pub fn get(&mut self, id: ImageId) -> Option<(TextureId, Vec2)> {
        match self.look_up(id) {
            Thumbnail::Ready(texture, size_px) => Some((texture, size_px)),
            Thumbnail::Waiting | Thumbnail::Broken => None,
        }
    }

    /// What there is to draw; notes the image as wanted if it is missing.
    pub fn look_up(&mut self, id: ImageId) -> Thumbnail {
        let Some(slot) = self.slots.get_mut(&id) else {
            self.want(id);
            return Thumbnail::Waiting;
        };
        slot.last_used_frame = self.frame;
        let Some(texture) = &slot.texture else { return Thumbnail::Broken };
        let ready = Thumbnail::Ready(texture.id(), texture.size_vec2() * f32::from(1u8 << slot.halvings));
        if slot.halvings > 0 {
            match self.bytes < self.budget_bytes / 4 * 3 {
                // There was no room for all of it, and now there is.
                true => self.want(id),
                false => self.lacks_room = true,
            }
        }
        ready
    }

    fn want(&mut self, id: ImageId) {
        if self.wanted_set.insert(id) {
            self.wanted.push(id);
        }
    }

    /// Takes in what arrived and uploads a bounded part of it. Called once at the start of a frame.
    /// Says how many bytes went up.
    pub fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<ThumbnailPicture>) -> usize {
        self.frame += 1;
        self.wanted.clear();
        self.wanted_set.clear();
        for picture in arrived.drain(..) {
            self.asked.remove(&picture.id);
            self.backlog_bytes += picture.rgba.len();
            self.backlog.push_back(picture);
        }
        while self.backlog_bytes > BACKLOG_BYTES {
            let Some(dropped) = self.backlog.pop_front() else { break };
            self.backlog_bytes -= dropped.rgba.len();
        }
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some(picture) = self.backlog.pop_front() else { break };
            self.backlog_bytes -= picture.rgba.len();
            uploaded += self.upload(ctx, picture);
        }
        if !self.backlog.is_empty() {
            ctx.request_repaint();
        }
        let is_due = std::mem::take(&mut self.lacks_room) && self.frame >= self.evicted_at_frame + LOOK_THROUGH_FRAMES;
        if self.bytes > self.evict_above_bytes || is_due {
            // A little less than is needed for a halved one to be asked for again.
            self.evict(self.budget_bytes / 8 * 5);
            self.evicted_at_frame = self.frame;
            // Where all of it is in sight nothing can go, and looking through it again at every frame would find the same.
            self.evict_above_bytes = self.budget_bytes.max(self.bytes + self.halving_step_bytes());
        }
        uploaded
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
        let (frame, budget_bytes) = (self.frame, self.budget_bytes);
        *self = Self { frame, budget_bytes, evict_above_bytes: budget_bytes, ..Self::default() };
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

    /// Thumbnails that were asked for and are not there, and those that arrived and wait for their upload.
    pub fn waiting(&self) -> [usize; 2] {
        [self.asked.len(), self.backlog.len()]
    }

    /// Bytes of those that wait for their upload.
    pub fn waiting_bytes(&self) -> usize {
        self.backlog_bytes
    }

    /// Returns the bytes that went up.
    fn upload(&mut self, ctx: &egui::Context, picture: ThumbnailPicture) -> usize {
        let [width, height] = [picture.width as usize, picture.height as usize];
        let has_pixels = width * height > 0 && picture.rgba.len() == width * height * 4;
        let beyond = self.bytes.saturating_sub(self.budget_bytes);
        let halvings = match beyond {
            0 => 0,
            beyond => ((beyond / self.halving_step_bytes()) as u8).saturating_add(1).min(MOST_HALVINGS),
        };
        let texture = has_pixels.then(|| {
            let pixels = (0..halvings).fold(colours_of([width, height], &picture.rgba), |p, _| halved(&p));
            ctx.load_texture(format!("thumbnail {}", picture.id.0), pixels, TextureOptions::LINEAR)
        });
        let bytes = texture.as_ref().map_or(0, |texture| texture.size().into_iter().product::<usize>() * 4);
        self.forget(picture.id);
        self.bytes += bytes;
        self.slots.insert(picture.id, Slot { texture, bytes, halvings, last_used_frame: self.frame });
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

/// The colours as egui has them. Most pictures are opaque, and theirs need only be copied.
fn colours_of(size: [usize; 2], rgba: &[u8]) -> ColorImage {
    let is_opaque = rgba.chunks_exact(4).fold(u8::MAX, |all, pixel| all & pixel[3]) == u8::MAX;
    match is_opaque {
        true => ColorImage::from_rgba_premultiplied(size, rgba),
        false => ColorImage::from_rgba_unmultiplied(size, rgba),
    }
}

/// Half of a picture in each direction, rounded up: each pixel is the mean of those that become it.
fn halved(picture: &ColorImage) -> ColorImage {
    let [width, height] = picture.size;
    let [new_width, new_height] = [width.div_ceil(2), height.div_ceil(2)];
    let at = |x: usize, y: usize| picture.pixels[y.min(height - 1) * width + x.min(width - 1)].to_array();
    let mean = |x: usize, y: usize| {
        let four = [at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)];
        let of = |channel: usize| (four.iter().map(|pixel| u16::from(pixel[channel])).sum::<u16>() / 4) as u8;
        egui::Color32::from_rgba_premultiplied(of(0), of(1), of(2), of(3))
    };
    let pixels = (0..new_height).flat_map(|y| (0..new_width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    ColorImage::new([new_width, new_height], pixels)
}
