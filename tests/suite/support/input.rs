//! What hands do that egui_kittest has no words for.

use eframe::egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2};

/// The wheel is turned so far, in points.
pub fn wheel(delta: Vec2, source: MouseWheelSource) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source,
    }
}
