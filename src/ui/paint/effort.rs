//! What painting has cost so far, counted: for whoever wants to see it, and for tests of what may cost nothing.

use std::cell::Cell;

/// What the callbacks of this room did on one thread since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Bytes that were sent to the graphics device: points, looks, uniforms and heat maps.
    pub uploaded_bytes: u64,
    /// How often a map was drawn into its texture. A frame in which nothing about it changed only shows the texture.
    pub maps_drawn: u64,
    /// Points that were handed to the device in doing so.
    pub points_drawn: u64,
    /// How often something was to be brought to the device that is small enough for a frame, or is copied by another thread.
    pub begun: u64,
    /// How much of that is there, or is not wanted any more.
    pub done: u64,
}

thread_local! {
    static EFFORT: Cell<Effort> = const { Cell::new(Effort { uploaded_bytes: 0, maps_drawn: 0, points_drawn: 0, begun: 0, done: 0 }) };
}

/// What was done on this thread, which is the window's wherever there is one.
pub fn effort() -> Effort {
    EFFORT.get()
}

/// Counts what is sent to the device.
pub(in crate::ui) fn note_upload(bytes: usize) {
    let mut effort = EFFORT.get();
    effort.uploaded_bytes += bytes as u64;
    EFFORT.set(effort);
}

/// Counts what is begun to be brought to the device.
pub(super) fn note_begun(bytes: usize) {
    note_upload(bytes);
    let effort = EFFORT.get();
    EFFORT.set(Effort { begun: effort.begun + 1, ..effort });
}

/// Counts that it is there.
pub(super) fn note_done() {
    let effort = EFFORT.get();
    EFFORT.set(Effort { done: effort.done + 1, ..effort });
}

/// Counts a map that is drawn.
pub(super) fn note_map(points: usize) {
    let mut effort = EFFORT.get();
    effort.maps_drawn += 1;
    effort.points_drawn += points as u64;
    EFFORT.set(effort);
}
