//! What a drag over the map does.

use super::shape::Shape;
use crate::ui::icons::Icon;

/// What a plain drag does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves the map.
    #[default]
    Move,
    /// Draws a loop.
    Lasso,
    /// Draws a rectangle.
    Rectangle,
    /// Draws a broad stroke.
    Brush,
}

impl Tool {
    /// All of them, for the toolbar.
    pub const ALL: [Self; 4] = [Self::Move, Self::Lasso, Self::Rectangle, Self::Brush];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Lasso => "Lasso",
            Self::Rectangle => "Rectangle",
            Self::Brush => "Brush",
        }
    }

    /// Its sign.
    pub fn icon(self) -> Icon {
        match self {
            Self::Move => Icon::Move,
            Self::Lasso => Icon::Lasso,
            Self::Rectangle => Icon::Rectangle,
            Self::Brush => Icon::Brush,
        }
    }

    /// What it is for.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Move => {
                "Drag moves the map. Scroll zooms. Shift-drag selects what a loop takes in, alt-drag takes it out. Reached by \
                 Tab: arrows move, + and - zoom, Home fits, Enter takes the picture in the middle."
            }
            Self::Lasso => {
                "Drag draws a loop around images to select them. Hold shift to add them, alt to take them out, both to narrow."
            }
            Self::Rectangle => {
                "Drag draws a rectangle around images to select them. Hold shift to add, alt to take out, both to narrow."
            }
            Self::Brush => {
                "Drag paints over images to select them. Hold shift to add them, alt to take them out, both to narrow."
            }
        }
    }
}

/// How all maps are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// What a plain drag does.
    pub tool: Tool,
    /// Whether it is all points, without pictures.
    pub is_bare: bool,
    /// Whether lines lead from the image under the pointer to those most like it.
    pub is_lined: bool,
}

/// What is being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    tool: Tool,
    /// On the map.
    path: Vec<[f32; 2]>,
    /// How far a stroke reaches, on the map.
    reach: f32,
}

impl Drawing {
    /// Begins at a place on the map; a stroke reaches as far as `reach` from its path.
    pub fn begin(tool: Tool, at: [f32; 2], reach: f32) -> Self {
        Self { tool, path: vec![at], reach }
    }

    /// The place it was last led to.
    pub fn last(&self) -> [f32; 2] {
        self.path[self.path.len() - 1]
    }

    /// Leads it on.
    pub fn lead_to(&mut self, at: [f32; 2]) {
        if self.tool == Tool::Rectangle {
            self.path.truncate(1);
        }
        self.path.push(at);
    }

    /// The part of the map that it takes in as it is now.
    pub fn shape(&self) -> Shape {
        match (self.tool, self.path.as_slice()) {
            (Tool::Brush, path) => Shape::Stroke(path.to_vec(), self.reach),
            (Tool::Rectangle, [from, .., to]) => Shape::Loop(vec![*from, [to[0], from[1]], *to, [from[0], to[1]]]),
            (_, path) => Shape::Loop(path.to_vec()),
        }
    }
}
