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
    /// How often something was to be brought to the device that is small enough for a frame, or is copied by another thread; or
    /// was to be found out first by one, such as the colours of points.
    pub begun: u64,
    /// How much of that is there, or is not wanted any more.
    pub done: u64,
    /// Names of classes that a legend has gathered, put in order or searched.
    pub names_listed: u64,
    /// Points that were looked at for those that show their pictures.
    pub looked_at: u64,
}

thread_local! {
    static EFFORT: Cell<Effort> = const {
        Cell::new(Effort {
            uploaded_bytes: 0,
            maps_drawn: 0,
            points_drawn: 0,
            begun: 0,
            done: 0,
            names_listed: 0,
            looked_at: 0,
        })
    };
}

thread_local! {
    static HELD: Cell<u64> = const { Cell::new(0) };
}

/// Bytes that all maps drawn on this thread hold on the device: points, their looks, and the textures they are drawn into.
pub fn held_bytes() -> u64 {
    HELD.get()
}

/// Says how much that is now.
pub(super) fn note_held(bytes: u64) {
    HELD.set(bytes);
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

/// Counts what is begun to be brought to the device, or to be found out for that.
pub(in crate::ui) fn note_begun(bytes: usize) {
    note_upload(bytes);
    let effort = EFFORT.get();
    EFFORT.set(Effort { begun: effort.begun + 1, ..effort });
}

/// Counts that it is there.
pub(in crate::ui) fn note_done() {
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

/// Counts names that are looked at one by one.
pub(in crate::ui) fn note_names(names: usize) {
    let effort = EFFORT.get();
    EFFORT.set(Effort { names_listed: effort.names_listed + names as u64, ..effort });
}

/// Counts points that are looked at for their pictures.
pub(in crate::ui) fn note_looked_at(points: usize) {
    let effort = EFFORT.get();
    EFFORT.set(Effort { looked_at: effort.looked_at + points as u64, ..effort });
}
