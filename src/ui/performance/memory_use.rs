//! Who holds how much memory.

use std::sync::Arc;

use super::Readings;
use crate::domain::{ImageId, Projection};
use crate::ui::paint::held_bytes;

/// What somebody holds.
pub(super) struct Held {
    pub(super) by: String,
    pub(super) bytes: u64,
    pub(super) hint: &'static str,
    /// Whether the process holds it, and not the GPU.
    pub(super) is_of_process: bool,
}

/// What the window holds, by owner.
pub(super) fn of(readings: &Readings<'_>) -> Vec<Held> {
    let Readings { session, thumbnails, picture_bytes, .. } = readings;
    let opened = &session.opened;
    let held =
        |by: &str, bytes: usize, hint| Held { by: by.to_owned(), bytes: bytes as u64, hint, is_of_process: true };
    let on_gpu = |by: &str, bytes: usize| Held {
        by: by.to_owned(),
        bytes: bytes as u64,
        hint: "On the graphics card",
        is_of_process: false,
    };
    let mut all = vec![
        held("Images", opened.images.bytes(), "Paths, labels, sizes; shared with the engine"),
        held(
            "Order of the gallery",
            2 * opened.shown.len() * size_of::<ImageId>(),
            "What the filter lets through, as it is sorted",
        ),
    ];
    all.extend(maps(readings));
    let projections: Vec<_> = opened.chosen.maps.iter().filter_map(|map| opened.projection_of(map.number)).collect();
    let of_maps = [
        held("Colours of maps", readings.maps.class_bytes(), "Which of the legend's colours each image has"),
        held("Maps before", readings.maps.bytes_before(&projections), "To travel back to, by the slider above a map"),
        on_gpu("Maps", held_bytes() as usize),
    ];
    all.extend(of_maps.into_iter().filter(|held| held.bytes > 0));
    all.extend([
        held("Steps back", opened.history.bytes(&opened.chosen), "Selections that undo and redo would bring back"),
        held("Thumbnails to upload", thumbnails.waiting_bytes(), "They have arrived and wait for their turn"),
        on_gpu("Thumbnails", thumbnails.bytes()),
        on_gpu("Picture at full size", *picture_bytes),
    ]);
    all
}

/// Each map by itself: its places as they were computed, unless one before it has the same, and as they are drawn.
fn maps(readings: &Readings<'_>) -> Vec<Held> {
    let Readings { session, maps, .. } = readings;
    let opened = &session.opened;
    let mut counted: Vec<&Arc<Projection>> = Vec::new();
    let of_each = opened.chosen.maps.iter().enumerate().map(|(index, choice)| {
        let projection = opened.projection_of(choice.number);
        let is_new = |map: &&Arc<Projection>| !counted.iter().any(|known| Arc::ptr_eq(known, map));
        let projection = projection.filter(is_new);
        counted.extend(projection);
        let by = if opened.chosen.maps.count() < 2 { "Map".to_owned() } else { format!("Map {}", index + 1) };
        let bytes = projection.map_or(0, |projection| projection.bytes()) + maps.bytes_of(choice.number);
        let hint = "Places as they were computed, and sorted to be drawn; what two maps have in common counts once";
        Held { by, bytes: bytes as u64, hint, is_of_process: true }
    });
    of_each.collect()
}
