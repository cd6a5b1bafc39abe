//! The sizes in which one thumbnail is on the GPU, and those in which it is wanted.

use std::sync::Arc;

use eframe::egui::{Rect, TextureHandle, TextureId, Vec2, pos2, vec2};

use super::halving::{MOST_HALVINGS, halvings_for};

/// Sizes of a thumbnail: all of it, and each halving.
const LEVELS: usize = MOST_HALVINGS as usize + 1;

/// All of a texture.
const ALL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// In which sizes a thumbnail is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wish {
    /// All of it.
    pub(super) is_whole: bool,
    /// The least and the greatest longer side at which it is drawn small, in pixels.
    pub(super) small_px: Option<[f32; 2]>,
}

impl Wish {
    /// All of it.
    pub(super) const WHOLE: Self = Self { is_whole: true, small_px: None };

    /// As it is drawn with so many pixels along its longer side.
    pub(super) fn small(drawn_px: f32) -> Self {
        Self { is_whole: false, small_px: Some([drawn_px; 2]) }
    }

    /// This and the other.
    pub(super) fn and(self, other: Self) -> Self {
        let small_px = match (self.small_px, other.small_px) {
            (Some([a, b]), Some([c, d])) => Some([a.min(c), b.max(d)]),
            (one, None) | (None, one) => one,
        };
        Self { is_whole: self.is_whole || other.is_whole, small_px }
    }

    /// How often the picture is halved for it: once for each size, the largest first.
    pub(super) fn halvings(self, longer_px: usize) -> Vec<u8> {
        let whole = self.is_whole.then_some(0);
        let small = self.small_px.into_iter().flatten().map(|drawn_px| halvings_for(longer_px, drawn_px));
        let mut all: Vec<u8> = whole.into_iter().chain(small).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A texture of one picture, or of several small ones.
pub(super) struct Texture {
    pub(super) handle: TextureHandle,
    pub(super) bytes: usize,
}

/// One size of a picture: a part of a texture.
pub(super) struct Level {
    texture: Arc<Texture>,
    uv: Rect,
    last_used_frame: u64,
}

impl Level {
    /// All of a texture.
    pub(super) fn whole(texture: Texture, frame: u64) -> Self {
        Self { texture: Arc::new(texture), uv: ALL, last_used_frame: frame }
    }

    /// A part of one that others share.
    pub(super) fn part(texture: &Arc<Texture>, uv: Rect, frame: u64) -> Self {
        Self { texture: texture.clone(), uv, last_used_frame: frame }
    }

    /// Gives it up; says how many bytes that frees: none as long as others have a part of the texture.
    fn freed_bytes(self) -> usize {
        Arc::try_unwrap(self.texture).map_or(0, |texture| texture.bytes)
    }
}

/// What there is of a picture.
pub(super) struct Found {
    pub(super) texture: TextureId,
    /// The part of the texture that it takes.
    pub(super) uv: Rect,
    /// Whether it is what was wanted.
    pub(super) is_as_wished: bool,
}

/// A thumbnail, as far as it is on the GPU.
pub(super) struct Slot {
    /// Width and height of all of it; 0 of a picture that cannot be shown.
    pub(super) size_px: [usize; 2],
    /// By how often it was halved.
    levels: [Option<Level>; LEVELS],
    /// Whether it was halved more often than was wanted, for want of room.
    pub(super) lacks_room: bool,
    /// When it was looked for last.
    pub(super) last_used_frame: u64,
}

impl Slot {
    pub(super) fn new(size_px: [usize; 2], frame: u64) -> Self {
        Self { size_px, levels: Default::default(), lacks_room: false, last_used_frame: frame }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.size_px.contains(&0)
    }

    /// Its longer side, in pixels.
    pub(super) fn longer_px(&self) -> usize {
        self.size_px[0].max(self.size_px[1])
    }

    /// Width and height of all of it.
    pub(super) fn size(&self) -> Vec2 {
        vec2(self.size_px[0] as f32, self.size_px[1] as f32)
    }

    /// What is nearest to being halved so often: what is finer before what is coarser. With `needs_all`, of textures that hold
    /// nothing else.
    pub(super) fn nearest(&mut self, halvings: u8, needs_all: bool, frame: u64) -> Option<Found> {
        let wanted = usize::from(halvings);
        let levels = &mut self.levels;
        let is_there = |place: &usize| levels[*place].as_ref().is_some_and(|level| !needs_all || level.uv == ALL);
        let place = (0..=wanted).rev().chain(wanted + 1..LEVELS).find(is_there)?;
        let level = levels[place].as_mut()?;
        level.last_used_frame = frame;
        Some(Found { texture: level.texture.handle.id(), uv: level.uv, is_as_wished: place == wanted })
    }

    /// Takes a size in; says how many bytes are freed by that.
    pub(super) fn put(&mut self, halvings: u8, level: Level) -> usize {
        self.levels[usize::from(halvings)].replace(level).map_or(0, Level::freed_bytes)
    }

    /// Gives a size up; says how many bytes that frees.
    pub(super) fn take(&mut self, place: usize) -> usize {
        self.levels[place].take().map_or(0, Level::freed_bytes)
    }

    /// Gives all of it up; says how many bytes that frees.
    pub(super) fn take_all(&mut self) -> usize {
        (0..LEVELS).map(|place| self.take(place)).sum()
    }

    /// Whether nothing is there.
    pub(super) fn is_empty(&self) -> bool {
        self.levels.iter().all(Option::is_none)
    }

    /// The sizes that are there, and when each was drawn last.
    pub(super) fn ages(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        self.levels.iter().enumerate().filter_map(|(place, level)| Some((level.as_ref()?.last_used_frame, place)))
    }
}
