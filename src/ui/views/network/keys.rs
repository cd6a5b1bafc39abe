//! The keyboard in the drawing: along the lines and to what stands beside.

use eframe::egui::{Context, EventFilter, Id, Key, Modifiers};

use super::layout::Layout;
use crate::engine::Collection;

/// The layer an arrow leads to while the drawing has the focus.
pub fn step(ctx: &Context, id: Id, collection: &Collection, layout: &Layout, current: usize) -> Option<usize> {
    if !ctx.memory(|memory| memory.has_focus(id)) {
        return None;
    }
    // Otherwise an arrow would move the focus to the next button.
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ctx.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let layers = &collection.layers;
    if pressed(Key::ArrowUp) {
        return layers.get(current)?.inputs.iter().flatten().copied().next();
    }
    if pressed(Key::ArrowDown) {
        return (current + 1..layers.len()).find(|&later| layers[later].inputs.contains(&Some(current)));
    }
    let side = if pressed(Key::ArrowLeft) {
        -1.0
    } else if pressed(Key::ArrowRight) {
        1.0
    } else {
        return None;
    };
    let [x, y] = *layout.boxes.get(current)?;
    let distance = |other: &usize| (layout.boxes[*other][0] - x) * side;
    let beside = (0..layout.boxes.len()).filter(|other| layout.boxes[*other][1] == y && distance(other) > 1.0);
    beside.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}
