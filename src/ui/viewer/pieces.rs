//! The pieces of one picture on the GPU, within a budget.

use std::collections::{HashMap, VecDeque};

use eframe::egui::{self, Color32, ColorImage, Painter, Rect, TextureHandle, TextureOptions, pos2};

use crate::domain::{ImageId, PicturePiece};
use crate::engine::PictureWish;
use crate::session::{Action, Ask};
use crate::ui::widgets::on_picture::part_rect;

/// Bytes of texture kept: three screens of 4k at one pixel each.
const BUDGET_BYTES: usize = 128 << 20;
/// Bytes uploaded in one frame at most.
const UPLOAD_BYTES_PER_FRAME: usize = 6 << 20;
/// Seconds after which an unanswered question is put again. Decoding may take as long.
const PATIENCE_SECS: f64 = 5.0;

struct Slot {
    texture: TextureHandle,
    bytes: usize,
    last_used_frame: u64,
}

type Arrived = (PicturePiece, [u32; 2], Vec<u8>);

/// A bounded cache of one picture's pieces, least recently used out first.
#[derive(Default)]
pub(super) struct Pieces {
    slots: HashMap<PicturePiece, Slot>,
    backlog: VecDeque<Arrived>,
    bytes: usize,
    frame: u64,
    asked: Vec<PicturePiece>,
    asked_at_secs: f64,
}

/// Asks how large a picture is, before anything of it is wanted.
pub(super) fn size_of(image: ImageId) -> PictureWish {
    PictureWish { image, pieces: Vec::new() }
}

impl Pieces {
    /// Takes what arrived; it is uploaded as frames have room for it.
    pub(super) fn take(&mut self, arrived: Vec<Arrived>) {
        self.backlog.extend(arrived);
    }

    /// Whether all of these can be drawn.
    pub(super) fn has_all(&self, wanted: &[PicturePiece]) -> bool {
        wanted.iter().all(|piece| self.slots.contains_key(piece))
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Uploads a bounded part of what arrived.
    pub(super) fn begin_frame(&mut self, ctx: &egui::Context) {
        self.frame += 1;
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some((piece, size, rgba)) = self.backlog.pop_front() else { break };
            let size = size.map(|side| side as usize);
            if rgba.is_empty() || rgba.len() != size[0] * size[1] * 4 {
                continue;
            }
            let name = format!("piece {} {} {}", piece.level, piece.column, piece.row);
            let pixels = ColorImage::from_rgba_premultiplied(size, &rgba);
            let texture = ctx.load_texture(name, pixels, TextureOptions::LINEAR);
            let slot = Slot { texture, bytes: rgba.len(), last_used_frame: self.frame };
            uploaded += slot.bytes;
            self.bytes += slot.bytes;
            if let Some(old) = self.slots.insert(piece, slot) {
                self.bytes -= old.bytes;
            }
        }
        if !self.backlog.is_empty() {
            ctx.request_repaint();
        }
        self.evict();
    }

    /// Draws what there is of a picture of `size` that lies in `place`: the wanted pieces over what is coarser or finer, which
    /// is needed only until they are all there.
    pub(super) fn paint(&mut self, painter: &Painter, place: Rect, size: [u32; 2], wanted: &[PicturePiece]) {
        let is_complete = wanted.iter().all(|piece| self.slots.contains_key(piece));
        let level = wanted.first().map(|piece| piece.level);
        let mut drawn: Vec<PicturePiece> = match is_complete {
            true => wanted.to_vec(),
            false => self.slots.keys().copied().collect(),
        };
        // From coarse to fine, but what is wanted last.
        drawn.sort_by_key(|piece| (Some(piece.level) == level, std::cmp::Reverse(piece.level)));
        for piece in drawn {
            let (Some(slot), Some(region)) = (self.slots.get_mut(&piece), piece.region(size)) else { continue };
            let rect = part_rect(region, place);
            if rect.intersects(painter.clip_rect()) {
                slot.last_used_frame = self.frame;
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                painter.image(slot.texture.id(), rect, whole, Color32::WHITE);
            }
        }
    }

    /// Asks for what is wanted and neither there nor asked for.
    pub(super) fn ask(&mut self, ctx: &egui::Context, image: ImageId, wanted: &[PicturePiece]) -> Option<Action> {
        let is_missing = |piece: &&PicturePiece| {
            !self.slots.contains_key(piece) && !self.backlog.iter().any(|(arrived, ..)| arrived == *piece)
        };
        let missing: Vec<PicturePiece> = wanted.iter().filter(is_missing).copied().collect();
        if missing.is_empty() {
            self.asked.clear();
            return None;
        }
        let now_secs = ctx.time();
        ctx.request_repaint_after_secs(PATIENCE_SECS as f32);
        let is_asked = missing.iter().all(|piece| self.asked.contains(piece));
        if is_asked && now_secs - self.asked_at_secs < PATIENCE_SECS {
            return None;
        }
        self.asked.clone_from(&missing);
        self.asked_at_secs = now_secs;
        Some(Ask::Picture(Some(PictureWish { image, pieces: missing })).into())
    }

    /// Frees the least recently used beyond the budget; what the last frame drew stays.
    fn evict(&mut self) {
        if self.bytes <= BUDGET_BYTES {
            return;
        }
        // A few hundred at most, and only when some have come.
        let mut by_age: Vec<(u64, PicturePiece)> =
            self.slots.iter().map(|(&piece, slot)| (slot.last_used_frame, piece)).collect();
        by_age.sort_unstable();
        for (last_used_frame, piece) in by_age {
            if self.bytes <= BUDGET_BYTES || last_used_frame + 1 >= self.frame {
                break;
            }
            if let Some(slot) = self.slots.remove(&piece) {
                self.bytes -= slot.bytes;
            }
        }
    }
}
