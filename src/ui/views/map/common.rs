//! What the maps beside each other have in common, and what tells them apart.

use eframe::egui::Rect;

use super::tool::Handling;
use crate::domain::ImageId;
use crate::session::{Action, Colouring, Session};
use crate::ui::command::Command;
use crate::ui::thumbnails::Thumbnails;

/// What all maps have in common in a frame.
pub struct Common<'a> {
    /// What is known and chosen.
    pub session: &'a Session,
    /// The pictures.
    pub thumbs: &'a mut Thumbnails,
    /// Where choices go.
    pub actions: &'a mut Vec<Action>,
    /// Where commands go.
    pub commands: &'a mut Vec<Command>,
    /// What a drag does, and what is drawn over the points.
    pub handling: &'a mut Handling,
    /// All tags in the order in which they were first seen: classes go by it.
    pub tags: &'a [String],
    /// The class under the pointer in a legend, and of which colours it is.
    pub highlighted: Option<(Colouring, u16)>,
    /// Where the map that is being drawn lies: what stands above it may be wider, and would widen what is left for the map.
    pub room: Rect,
    /// Colours that another map has explained already.
    pub explained: Vec<Colouring>,
}

/// Which of the maps it is, from left to right and of how many.
#[derive(Clone, Copy)]
pub struct Place {
    /// From 0.
    pub index: usize,
    /// How many there are.
    pub of: usize,
}

impl Place {
    /// What it is called, where several are there: `Map 2`.
    pub fn name(self) -> String {
        if self.is_alone() { "Map".to_owned() } else { format!("Map {}", self.index + 1) }
    }

    /// Whether it is the only one.
    pub fn is_alone(self) -> bool {
        self.of < 2
    }
}

/// What the pointer is over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Under {
    /// The image.
    pub image: Option<ImageId>,
    /// The class in the legend, and of which colours it is.
    pub class: Option<(Colouring, u16)>,
}
