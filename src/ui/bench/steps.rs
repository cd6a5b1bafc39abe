//! What the script is made of.

use eframe::egui::{self, Modifiers, MouseWheelUnit, Pos2, TouchPhase, Vec2};

use super::window::Doing;

/// How often everything is done.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Frames of what goes on.
    pub(super) frames: usize,
    /// Times that something is done.
    pub(super) quick: usize,
    /// Times that something is done that is known to take a while.
    pub(super) slow: usize,
}

impl Pace {
    /// With so many frames of what goes on.
    pub(super) fn new(frames: usize) -> Self {
        Self { frames: frames.max(1), quick: (frames / 7).max(1), slow: (frames / 25).max(1) }
    }
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
