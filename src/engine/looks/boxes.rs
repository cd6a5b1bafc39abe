//! The boxes in one picture that were imported, for whoever looks at it.

use crate::domain::ImageId;
use crate::engine::message::{Asked, Event, ImageBoxes, LookKind, Problem};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::store::StoreError;

/// So many boxes in a picture can be told apart by nobody: of more the largest are told.
const MOST: usize = 400;

/// Answers until nobody asks any more.
pub(super) fn serve(slot: &Slot<ImageId>, opened: &Opened) {
    const WHAT: &str = "The boxes in this picture could not be read";
    while let Some((image, _)) = slot.wait() {
        let kind = LookKind::Boxes { image };
        let _look = tracing::debug_span!("look", kind = kind.word()).entered();
        let of = Asked::Look(kind);
        match guarded(WHAT, &of, &opened.outbox, || find(image, opened)) {
            Some(Ok(boxes)) => opened.outbox.tell(Event::ImageBoxes(boxes)),
            Some(Err(error)) => opened.outbox.complain(of, Problem::new(WHAT, error)),
            None => {}
        }
    }
}

fn find(image: ImageId, opened: &Opened) -> Result<ImageBoxes, StoreError> {
    let Some(record) = opened.catalogue.get(image) else {
        return Ok(ImageBoxes { image, boxes: Vec::new(), count: 0 });
    };
    let mut boxes = opened.workspace.now()?.boxes_in(&record)?;
    let count = boxes.len();
    // What lies in a larger one is drawn over it, or nobody could point at it.
    boxes.sort_by(|a, b| (b.width * b.height).total_cmp(&(a.width * a.height)).then(a.id.cmp(&b.id)));
    boxes.truncate(MOST);
    Ok(ImageBoxes { image, boxes, count })
}
