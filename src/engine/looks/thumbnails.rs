//! Thumbnails: those that are kept in the workspace on one thread, and on another those that must be made from the pictures. A picture on
//! a drive that does not answer holds the second, and what is kept is shown meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};

use crate::domain::ImageId;
use crate::engine::message::{Asked, Event, LookKind, ThumbnailPicture};
use crate::engine::opened::Opened;
use crate::engine::thread::desk::Desk;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::readers::Readers;
use crate::engine::thread::slot::Slot;
use crate::images;
use crate::store::{StoreError, Workspace};

/// Thumbnails handed over together: some are on screen while the others are still being read.
const PORTION: usize = 16;
/// So long one that was made waits for others: no longer than nobody notices.
const GATHERING: Duration = Duration::from_millis(40);
const FAILED: &str = "Thumbnails could not be made";

/// JPEG bytes by image; `None` for an image that is recorded without a thumbnail.
type StoredThumbnails = HashMap<ImageId, Option<Vec<u8>>>;

/// Finds thumbnails in the workspace.
pub struct ThumbnailWorker {
    opened: Arc<Opened>,
    workspace: Option<Workspace>,
    /// To whoever makes the others.
    unkept: Arc<Desk<Vec<ImageId>>>,
}

impl ThumbnailWorker {
    /// Of what is open; what is not kept goes to [`serve_unkept`].
    pub fn new(opened: Arc<Opened>, unkept: Arc<Desk<Vec<ImageId>>>) -> Self {
        Self { opened, workspace: None, unkept }
    }

    /// Answers until nobody asks any more.
    pub fn serve(mut self, slot: &Slot<Vec<ImageId>>) {
        while let Some((ids, number)) = slot.wait() {
            let mut unkept = Vec::new();
            for portion in ids.chunks(PORTION) {
                if slot.is_stale(number) {
                    break;
                }
                let _look = tracing::debug_span!("look", kind = "thumbnails", images = portion.len()).entered();
                let outbox = self.opened.outbox.clone();
                let found = guarded(FAILED, &asked(), &outbox, || self.find(portion, &mut unkept)).unwrap_or_default();
                if !found.is_empty() {
                    outbox.tell(Event::Thumbnails(found));
                }
            }
            // Also if there are none: those of the question before are wanted no more.
            self.unkept.put(unkept);
        }
    }

    /// Those that are kept; the others join `unkept`.
    fn find(&mut self, ids: &[ImageId], unkept: &mut Vec<ImageId>) -> Vec<ThumbnailPicture> {
        let mut stored = self.stored(ids).unwrap_or_else(|error| {
            tracing::warn!(%error, "thumbnails are made from the pictures instead");
            self.workspace = None;
            HashMap::new()
        });
        // Recorded without one (it may be readable by now), or not recorded yet.
        let (kept, others): (Vec<ImageId>, Vec<ImageId>) =
            ids.iter().partition(|&id| stored.get(id).is_some_and(Option::is_some));
        unkept.extend(others);
        let kept: Vec<(ImageId, Option<Vec<u8>>)> =
            kept.into_iter().map(|id| (id, stored.remove(&id).flatten())).collect();
        let picture = |(id, jpeg): (ImageId, Option<Vec<u8>>)| {
            told(id, jpeg.and_then(|jpeg| images::thumbnail::rgba(&jpeg).ok()))
        };
        // One after the other: threads of rayon's pool may all be at long work of other views.
        kept.into_iter().map(picture).collect()
    }

    fn stored(&mut self, ids: &[ImageId]) -> Result<StoredThumbnails, StoreError> {
        let workspace = match &mut self.workspace {
            Some(workspace) => workspace,
            None => self.workspace.insert(self.opened.workspace.now()?),
        };
        if ids.iter().any(|id| id.index() >= workspace.image_count()) {
            workspace.refresh()?;
        }
        Ok(workspace.thumbnails(ids)?.into_iter().collect())
    }
}

/// Makes thumbnails from the pictures, and tells them by portions: what was made meanwhile, but none waits for one that takes longer. One
/// that hangs keeps no other, and those of the next question wait for it alone.
pub fn serve_unkept(slot: &Slot<Vec<ImageId>>, opened: &Opened) {
    while let Some((ids, number)) = slot.wait() {
        if ids.is_empty() {
            continue;
        }
        let _look = tracing::debug_span!("look", kind = "unkept thumbnails", images = ids.len()).entered();
        guarded(FAILED, &asked(), &opened.outbox, || {
            Readers::Look.scope(|scope| {
                let (sender, thumbnails) = bounded(PORTION);
                for id in ids {
                    let sender = sender.clone();
                    scope.spawn(move |_| {
                        if !slot.is_stale(number) {
                            sender.send(told(id, made(opened, id))).ok();
                        }
                    });
                }
                drop(sender);
                tell_by_portions(&thumbnails, opened);
            })
        });
    }
}

/// Tells thumbnails as they come, until none comes any more.
fn tell_by_portions(thumbnails: &Receiver<ThumbnailPicture>, opened: &Opened) {
    while let Ok(first) = thumbnails.recv() {
        let until = Instant::now() + GATHERING;
        let mut portion = vec![first];
        while portion.len() < PORTION
            && let Ok(next) = thumbnails.recv_deadline(until)
        {
            portion.push(next);
        }
        opened.outbox.tell(Event::Thumbnails(portion));
    }
}

fn made(opened: &Opened, id: ImageId) -> Option<images::Rgba> {
    let record = opened.catalogue.get(id)?;
    let path = record.path.below(&opened.folder);
    images::thumbnail_of(&path, crate::engine::extraction::extract::THUMBNAIL_PX).ok()?.rgba().ok()
}

fn told(id: ImageId, picture: Option<images::Rgba>) -> ThumbnailPicture {
    match picture {
        Some(picture) => ThumbnailPicture { id, width: picture.width, height: picture.height, rgba: picture.pixels },
        None => ThumbnailPicture { id, width: 0, height: 0, rgba: Vec::new() },
    }
}

fn asked() -> Asked {
    Asked::Look(LookKind::Thumbnails)
}
