//! Pictures of a grid, drawn one after the other beneath all that is about them. Each change from one texture to another ends a draw: with
//! captions and outlines between them there were twice as many.

use eframe::egui::epaint::RectShape;
use eframe::egui::layers::ShapeIdx;
use eframe::egui::{Painter, Shape};

/// Pictures that are to be drawn where they were begun; none of them lies over another.
pub struct Beneath {
    place: ShapeIdx,
    pictures: Vec<RectShape>,
}

impl Beneath {
    /// They lie beneath what is drawn from now on.
    pub fn begin(painter: &Painter) -> Self {
        Self { place: painter.add(Shape::Noop), pictures: Vec::new() }
    }

    /// One more of them.
    pub fn add(&mut self, picture: RectShape) {
        self.pictures.push(picture);
    }

    /// Draws them all, those of one texture together; `painter` is the one that they were begun with.
    pub fn end(mut self, painter: &Painter) {
        self.pictures.sort_by_key(RectShape::fill_texture_id);
        painter.set(self.place, Shape::Vec(self.pictures.into_iter().map(Shape::Rect).collect()));
    }
}
