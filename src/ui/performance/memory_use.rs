//! Who holds how much memory.

use crate::domain::{ImageId, Projection};
use crate::session::Session;
use crate::ui::thumbnails::Thumbnails;

/// What somebody holds.
pub(super) struct Held {
    pub(super) by: &'static str,
    pub(super) bytes: u64,
    pub(super) hint: &'static str,
    /// Whether the process holds it, and not the GPU.
    pub(super) is_of_process: bool,
}

/// What the window holds, by owner.
pub(super) fn of(session: &Session, thumbnails: &Thumbnails, picture_bytes: usize) -> Vec<Held> {
    let opened = &session.opened;
    let held = |by, bytes: usize, hint| Held { by, bytes: bytes as u64, hint, is_of_process: true };
    let on_gpu =
        |by, bytes: usize| Held { by, bytes: bytes as u64, hint: "On the graphics card", is_of_process: false };
    vec![
        held("Images", opened.images.bytes(), "Paths, labels, sizes; shared with the engine"),
        held(
            "Order of the gallery",
            2 * opened.shown.len() * size_of::<ImageId>(),
            "What the filter lets through, as it is sorted",
        ),
        held("Map", opened.projection.as_deref().map_or(0, map), "Places as they were computed"),
        held("Steps back", opened.history.bytes(&opened.chosen), "Selections that undo and redo would bring back"),
        held("Thumbnails to upload", thumbnails.waiting_bytes(), "They have arrived and wait for their turn"),
        on_gpu("Thumbnails", thumbnails.bytes()),
        on_gpu("Picture at full size", picture_bytes),
    ]
}

fn map(map: &Projection) -> usize {
    size_of_val(&map.ids[..]) + size_of_val(&map.points[..]) + size_of_val(&map.placed[..])
}
