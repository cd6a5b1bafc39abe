//! Pictures looked at closely: decoded at the scale at which they are seen, handed over in pieces.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{ImageId, PicturePiece};
use crate::engine::message::{Asked, Event, LookKind, PicturePieces, PictureWish, Problem};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::images::{ImagesError, PictureLevel, upright_size};

/// Of what was decoded so much is kept for the next pieces: 89 million pixels. What is larger is decoded anew for each wish.
const KEPT_BYTES: usize = 256 << 20;
/// Pieces handed over together: some are seen while the others are still being made.
const PORTION: usize = 4;

/// Decodes one picture at a time, and keeps the last one while it is looked at.
pub(super) struct PictureWorker {
    opened: Arc<Opened>,
    kept: Option<(ImageId, PictureLevel)>,
}

impl PictureWorker {
    pub(super) fn new(opened: Arc<Opened>) -> Self {
        Self { opened, kept: None }
    }

    pub(super) fn serve(mut self, slot: &Slot<Option<PictureWish>>) {
        while let Some((wish, number)) = slot.wait() {
            let Some(wish) = wish else {
                self.kept = None;
                continue;
            };
            let _look = tracing::debug_span!("look", kind = "picture", pieces = wish.pieces.len()).entered();
            let of = Asked::Look(LookKind::Picture { image: Some(wish.image) });
            let outbox = self.opened.outbox.clone();
            let is_stale = || slot.is_stale(number);
            if let Some(Err(error)) =
                guarded("The picture could not be read", &of, &outbox, || self.answer(&wish, &is_stale))
            {
                outbox.complain(of, Problem::new("The picture could not be read", error));
            }
        }
    }

    fn answer(&mut self, wish: &PictureWish, is_stale: &dyn Fn() -> bool) -> Result<(), ImagesError> {
        // Of an image that is not known nobody can ask but by mistake.
        let Some(path) = self.path(wish.image) else { return Ok(()) };
        if self.kept.as_ref().is_some_and(|(image, _)| *image != wish.image) {
            self.kept = None;
        }
        if wish.pieces.is_empty() {
            let size = upright_size(&path)?;
            self.tell(PicturePieces { image: wish.image, size, pieces: Vec::new() });
        }
        // Nearly always of one level; the first is the most urgent.
        let mut levels: Vec<u8> = wish.pieces.iter().map(|piece| piece.level).collect();
        levels.dedup();
        for level in levels {
            if self.kept.as_ref().is_none_or(|(_, kept)| kept.level != level) {
                // Given up before the next is decoded: both at once would be twice the memory.
                self.kept = None;
                self.kept = Some((wish.image, PictureLevel::decode(&path, level)?));
            }
            let Some((_, picture)) = &self.kept else { continue };
            let wanted: Vec<PicturePiece> = wish.pieces.iter().filter(|piece| piece.level == level).copied().collect();
            for portion in wanted.chunks(PORTION) {
                if is_stale() {
                    break;
                }
                let pieces = portion.par_iter().filter_map(|&piece| {
                    let rgba = picture.piece(piece)?;
                    Some((piece, [rgba.width, rgba.height], rgba.pixels))
                });
                self.tell(PicturePieces { image: wish.image, size: picture.size, pieces: pieces.collect() });
            }
        }
        self.kept.take_if(|(_, picture)| picture.bytes() > KEPT_BYTES);
        Ok(())
    }

    fn tell(&self, pieces: PicturePieces) {
        self.opened.outbox.tell(Event::Picture(pieces));
    }

    fn path(&self, image: ImageId) -> Option<PathBuf> {
        Some(self.opened.catalogue.get(image)?.path.below(&self.opened.folder))
    }
}
