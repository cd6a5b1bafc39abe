//! Thumbnails on the GPU: the ones in use, within a budget.

mod halving;
mod page;
mod seen;
mod slot;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureId, TextureOptions, Vec2};

use crate::domain::ImageId;
use crate::engine::ThumbnailPicture;
use crate::session::{Action, Ask};
use halving::{MOST_HALVINGS, halved, halvings_for};
use page::Page;
pub use seen::{SmallThumbnail, Thumbnail};
use slot::{Found, Level, Slot, Texture, Wish};

/// Bytes of texture kept unless the person wishes otherwise: about 3,500 thumbnails of 160 x 120, several screens full of ordinary tiles. Where more are seen at
/// once, on a large screen full of the smallest tiles, those that come then are held at a fraction of their size.
const BUDGET_BYTES: usize = 256 << 20;

/// Frames after which what is held is looked through again if something in sight had to be halved.
const LOOK_THROUGH_FRAMES: u64 = 30;

/// Bytes uploaded in one frame at most, and what remains of the last picture, so that a burst of arrivals never costs a visible
/// hitch: so many take the window's thread about a millisecond, and a gallery full of others is there after five frames.
const UPLOAD_BYTES_PER_FRAME: usize = 3 << 18;

/// To halve a picture is about as much work as to upload so small a part of it: it is read once, and little is written.
const HALVING_SHARE: usize = 4;

/// Bytes of pictures that wait for their upload at most; older ones are dropped and asked for again if still visible.
const BACKLOG_BYTES: usize = 64 << 20;

/// Pictures that are remembered to be on their way, about.
const EXPECTED: usize = 4096;

/// Seconds after which an unanswered question is put again.
const PATIENCE_SECS: f64 = 2.0;

/// Small pictures that go up together, each with its image and how often it was halved.
type SmallOnes = Page<(ImageId, u8)>;

/// A bounded cache, least recently used out first.
///
/// What is drawn large has a texture of its own, and no page that many share. Counted: the gallery of the first day, 1600 x 1000, has
/// some 30 tiles in view, a screen of 3840 x 2160 full of tiles of 48 points some 800. Each is a draw, and what is about all of them is
/// one more (`Beneath`); pages would save most of these. But of what the window's thread does while it opens, rests and scrolls, all of
/// wgpu's own work (textures made and bound, draws recorded) was one part in twenty; half was the system's, most of it fresh memory for
/// the pixels, which pages need as well. Pages of equal places for all shapes would hold half as many pictures in the same budget.
///
/// What is drawn small, on maps and in the table, is halved until it has no more than twice as many pixels as are seen: it is smooth,
/// and takes a fourth to a sixty-fourth of all of it. Small pictures that go up in one frame are one texture, which is made and bound
/// once, and drawn at once where nothing else is drawn between them. Until a small size has come, whatever else there is of the picture
/// is drawn in its place; what is drawn large waits for a texture of its own.
pub struct Thumbnails {
    slots: HashMap<ImageId, Slot>,
    /// Pictures that arrived, and what was wanted of each when it was asked for.
    backlog: VecDeque<(ThumbnailPicture, Option<Wish>)>,
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
    /// What was looked up in vain, in this order.
    wanted: Vec<ImageId>,
    wishes: HashMap<ImageId, Wish>,
    asked: HashSet<ImageId>,
    /// For what pictures were asked for that have not come: some come when nothing wants them any more.
    expected: HashMap<ImageId, Wish>,
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
            wishes: HashMap::new(),
            asked: HashSet::new(),
            expected: HashMap::new(),
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
        match self.find(id, Wish::WHOLE, |_| 0) {
            SmallThumbnail::Ready { texture, size_px, .. } => Thumbnail::Ready(texture, size_px),
            SmallThumbnail::Waiting => Thumbnail::Waiting,
            SmallThumbnail::Broken => Thumbnail::Broken,
        }
    }

    /// The same for a picture that is drawn with `drawn_px` pixels along its longer side: as little of it as looks right there.
    pub fn look_up_small(&mut self, id: ImageId, drawn_px: f32) -> SmallThumbnail {
        self.find(id, Wish::small(drawn_px), |longer_px| halvings_for(longer_px, drawn_px))
    }

    fn find(&mut self, id: ImageId, wish: Wish, halvings: impl FnOnce(usize) -> u8) -> SmallThumbnail {
        let Some(slot) = self.slots.get_mut(&id) else {
            self.want(id, wish);
            return SmallThumbnail::Waiting;
        };
        slot.last_used_frame = self.frame;
        if slot.is_broken() {
            return SmallThumbnail::Broken;
        }
        let (size_px, lacks_room) = (slot.size(), slot.lacks_room);
        let Some(found) = slot.nearest(halvings(slot.longer_px()), wish.is_whole, self.frame) else {
            self.want(id, wish);
            return SmallThumbnail::Waiting;
        };
        let Found { texture, uv, is_as_wished } = found;
        if !is_as_wished {
            // Where there was no room for all of it, there may be some now.
            match !lacks_room || self.bytes < self.budget_bytes / 4 * 3 {
                true => self.want(id, wish),
                false => self.lacks_room = true,
            }
        }
        SmallThumbnail::Ready { texture, uv, size_px }
    }

    fn want(&mut self, id: ImageId, wish: Wish) {
        match self.wishes.get_mut(&id) {
            Some(known) => *known = known.and(wish),
            None => {
                self.wishes.insert(id, wish);
                self.wanted.push(id);
            }
        }
    }

    /// Takes in what arrived and uploads a bounded part of it. Called once at the start of a frame.
    /// Says how many bytes went up.
    pub fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<ThumbnailPicture>) -> usize {
        self.frame += 1;
        for picture in arrived.drain(..) {
            self.asked.remove(&picture.id);
            let wish = self.expected.remove(&picture.id);
            self.backlog_bytes += picture.rgba.len();
            self.backlog.push_back((picture, wish));
        }
        while self.backlog_bytes > BACKLOG_BYTES {
            let Some((dropped, _)) = self.backlog.pop_front() else { break };
            self.backlog_bytes -= dropped.rgba.len();
        }
        let (mut uploaded, mut work) = (0, 0);
        let mut small_ones = SmallOnes::new();
        while work < UPLOAD_BYTES_PER_FRAME {
            let Some((picture, wish)) = self.backlog.pop_front() else { break };
            self.backlog_bytes -= picture.rgba.len();
            // What the last frame missed counts, else what was wanted once.
            let wish = self.wishes.get(&picture.id).copied().or(wish).unwrap_or(Wish::WHOLE);
            let Uploaded { bytes, bytes_to_come, bytes_read } = self.upload(ctx, &picture, wish, &mut small_ones);
            uploaded += bytes;
            work += bytes + bytes_to_come + bytes_read / HALVING_SHARE;
        }
        uploaded += self.upload_small(ctx, small_ones);
        self.wanted.clear();
        self.wishes.clear();
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
        let waiting: HashSet<ImageId> = self.backlog.iter().map(|(picture, _)| picture.id).collect();
        self.wanted.retain(|id| !waiting.contains(id));
        if self.wanted.is_empty() {
            return None;
        }
        ctx.request_repaint_after_secs(PATIENCE_SECS as f32);
        let now_secs = ctx.time();
        if self.expected.len() > EXPECTED {
            // Most of them were given up: of which is not told.
            self.expected.clear();
        }
        self.expected.extend(self.wanted.iter().filter_map(|id| Some((*id, *self.wishes.get(id)?))));
        let is_same = self.asked.len() == self.wanted.len() && self.wanted.iter().all(|id| self.asked.contains(id));
        if is_same && now_secs - self.asked_at_secs < PATIENCE_SECS {
            return None;
        }
        self.asked = self.wanted.iter().copied().collect();
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
        if let Some(mut slot) = self.slots.remove(&id) {
            self.bytes -= slot.take_all();
        }
    }

    /// Frees what is not in sight.
    pub fn free(&mut self) {
        self.evict(0);
        self.evict_above_bytes = self.budget_bytes;
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

    /// Brings a picture to the GPU in the sizes that are wished for. The small ones are to go there later, together.
    fn upload(
        &mut self,
        ctx: &egui::Context,
        picture: &ThumbnailPicture,
        wish: Wish,
        small_ones: &mut SmallOnes,
    ) -> Uploaded {
        let mut done = Uploaded::default();
        let [width, height] = [picture.width as usize, picture.height as usize];
        let has_pixels = width * height > 0 && picture.rgba.len() == width * height * 4;
        let size_px = if has_pixels { [width, height] } else { [0; 2] };
        // Of another picture nothing is kept.
        if self.slots.get(&picture.id).is_some_and(|slot| slot.size_px != size_px) {
            self.forget(picture.id);
        }
        let (id, frame) = (picture.id, self.frame);
        let beyond = self.bytes.saturating_sub(self.budget_bytes);
        let least = match beyond {
            0 => 0,
            beyond => ((beyond / self.halving_step_bytes()) as u8).saturating_add(1).min(MOST_HALVINGS),
        };
        let slot = self.slots.entry(id).or_insert_with(|| Slot::new(size_px, frame));
        slot.last_used_frame = frame;
        if !has_pixels {
            return done;
        }
        let wanted = wish.halvings(slot.longer_px());
        slot.lacks_room = wanted.iter().any(|halvings| *halvings < least);
        let mut made: Vec<u8> = wanted.into_iter().map(|halvings| halvings.max(least)).collect();
        made.dedup();
        for halvings in made {
            let pixels = halved(size_px, &picture.rgba, halvings);
            let bytes = bytes_of(&pixels);
            done.bytes_read += if halvings == 0 { 0 } else { picture.rgba.len() };
            if !wish.is_whole && halvings > 0 {
                small_ones.add((id, halvings), pixels);
                done.bytes_to_come += bytes;
                continue;
            }
            let handle = ctx.load_texture(format!("thumbnail {}", id.0), pixels, TextureOptions::LINEAR);
            let freed = slot.put(halvings, Level::whole(Texture { handle, bytes }, frame));
            self.bytes = (self.bytes + bytes).saturating_sub(freed);
            done.bytes += bytes;
        }
        done
    }

    /// Returns the bytes that went up.
    fn upload_small(&mut self, ctx: &egui::Context, small_ones: SmallOnes) -> usize {
        if small_ones.is_empty() {
            return 0;
        }
        let bound = small_ones.bind();
        let bytes = bytes_of(&bound.image);
        let handle = ctx.load_texture("small thumbnails", bound.image, TextureOptions::LINEAR);
        let texture = Arc::new(Texture { handle, bytes });
        self.bytes += bytes;
        for ((id, halvings), uv) in bound.places {
            if let Some(slot) = self.slots.get_mut(&id) {
                self.bytes -= slot.put(halvings, Level::part(&texture, uv, self.frame));
            }
        }
        bytes
    }

    /// Frees the least recently used until at most `target` bytes are left; what the last frame drew always stays.
    fn evict(&mut self, target: usize) {
        let ages = self.slots.iter().flat_map(|(&id, slot)| {
            let broken = slot.is_broken().then_some((slot.last_used_frame, id, None));
            slot.ages().map(move |(frame, level)| (frame, id, Some(level))).chain(broken)
        });
        let mut by_age: Vec<(u64, ImageId, Option<usize>)> = ages.collect();
        by_age.sort_unstable();
        for (last_used_frame, id, level) in by_age {
            if self.bytes <= target || last_used_frame + 1 >= self.frame {
                break;
            }
            let Some(slot) = self.slots.get_mut(&id) else { continue };
            self.bytes -= level.map_or(0, |level| slot.take(level));
            if slot.is_empty() {
                self.slots.remove(&id);
            }
        }
    }
}

/// What bringing a picture to the GPU came to.
#[derive(Clone, Copy, Debug, Default)]
struct Uploaded {
    /// That went there.
    bytes: usize,
    /// That are to go there with others.
    bytes_to_come: usize,
    /// That were read to make it smaller.
    bytes_read: usize,
}

fn bytes_of(image: &ColorImage) -> usize {
    image.pixels.len() * 4
}
