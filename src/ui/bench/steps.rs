//! What the script is made of.

use eframe::egui::{self, Modifiers, MouseWheelUnit, Pos2, TouchPhase, Vec2};

use super::window::Doing;

/// How often everything is done.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Frames of what goes on.
    pub(super) frames: usize,
    /// Times that everything else is done.
    pub(super) times: usize,
}

/// The pointer goes there.
pub(super) fn moved(to: Pos2) -> Doing {
    Doing::Input(vec![egui::Event::PointerMoved(to)])
}

/// The wheel is turned so far, in points.
pub(super) fn wheel(delta: Vec2) -> Doing {
    Doing::Input(vec![egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
    }])
}
