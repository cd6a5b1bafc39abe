//! Parts of pictures, cut from the pictures themselves: a thumbnail has too few pixels for a small part of it.

use rayon::prelude::*;

use crate::domain::PicturePiece;
use crate::engine::message::{Asked, CropPicture, CropWish, Event, LookKind};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::readers::Readers;
use crate::engine::thread::slot::Slot;
use crate::images::{ImagesError, PictureLevel, Rgba, upright_size};

/// A part is handed over in at least so many pixels, if the picture has them, and in less than twice as many.
const SIDE_PX: f32 = 128.0;
/// Parts handed over together: some are seen while the others are still being cut.
const PORTION: usize = 6;

/// Answers until nobody asks any more.
pub(super) fn serve(slot: &Slot<Vec<CropWish>>, opened: &Opened) {
    while let Some((wishes, number)) = slot.wait() {
        for portion in wishes.chunks(PORTION) {
            if slot.is_stale(number) {
                break;
            }
            let _look = tracing::debug_span!("look", kind = "crops", parts = portion.len()).entered();
            let of = Asked::Look(LookKind::Crops);
            let cut_all = || Readers::Look.run(|| portion.par_iter().map(|wish| crop(opened, *wish)).collect());
            if let Some(pictures) = guarded("Parts of pictures could not be shown", &of, &opened.outbox, cut_all) {
                opened.outbox.tell(Event::Crops(pictures));
            }
        }
    }
}

/// Without pixels where the picture cannot be read: why not is told where the picture itself is.
fn crop(opened: &Opened, wish: CropWish) -> CropPicture {
    let cut = cut(opened, wish).unwrap_or_else(|error| {
        tracing::debug!(%error, "a part of a picture is not shown");
        None
    });
    match cut {
        Some(rgba) => CropPicture { wish, width: rgba.width, height: rgba.height, rgba: rgba.pixels },
        None => CropPicture { wish, width: 0, height: 0, rgba: Vec::new() },
    }
}

fn cut(opened: &Opened, wish: CropWish) -> Result<Option<Rgba>, ImagesError> {
    let Some(record) = opened.catalogue.get(wish.image) else { return Ok(None) };
    let path = record.path.below(&opened.folder);
    let size = upright_size(&path)?;
    let part = wish.part;
    let sides_px = [(part.right - part.left) * size[0] as f32, (part.bottom - part.top) * size[1] as f32];
    let halvings = (sides_px[0].max(sides_px[1]) / SIDE_PX).max(1.0).log2() as u8;
    let picture = PictureLevel::decode(&path, halvings.min(PicturePiece::last_level(size).saturating_add(2)))?;
    Ok(picture.part(part))
}
