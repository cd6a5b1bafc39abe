//! The keyboard on a map that has the focus: it moves, magnifies and fits the map; what lies in the middle is what a pointer would
//! be over.

use eframe::egui::{Context, EventFilter, Id, Key, Modifiers, Painter, Rect, Stroke, StrokeKind, Vec2, vec2};

use crate::domain::ImageId;
use crate::session::Session;
use crate::ui::theme;
use crate::ui::widgets::{text::counted, tile};

/// The share of the smaller side of the view that an arrow leads on.
const STEP: f32 = 0.08;

/// What plus and minus magnify by.
const ZOOM: f64 = 1.25;

/// Half of the cross in the middle, in points.
const CROSS: f32 = 9.0;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moved {
    /// The map goes so far, in points.
    By(Vec2),
    /// It is magnified about the middle of the view.
    Magnified(f64),
    /// All of it is shown.
    Fitted,
}

/// What was pressed while the map has the focus.
pub fn pressed(ctx: &Context, id: Id, view: Rect) -> Option<Moved> {
    if !ctx.memory(|memory| memory.has_focus(id)) {
        return None;
    }
    // Otherwise an arrow would move the focus to the next button.
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ctx.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let step = view.width().min(view.height()) * STEP;
    let by = |x: f32, y: f32| Moved::By(vec2(x, y) * step);
    let keys = [
        (Key::ArrowLeft, by(1.0, 0.0)),
        (Key::ArrowRight, by(-1.0, 0.0)),
        (Key::ArrowUp, by(0.0, 1.0)),
        (Key::ArrowDown, by(0.0, -1.0)),
        (Key::Plus, Moved::Magnified(ZOOM)),
        (Key::Equals, Moved::Magnified(ZOOM)),
        (Key::Minus, Moved::Magnified(1.0 / ZOOM)),
        (Key::Home, Moved::Fitted),
    ];
    // Plus is a key of its own on few keyboards.
    let is_pressed = |key| {
        ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key) || input.consume_key(Modifiers::SHIFT, key))
    };
    keys.into_iter().find(|(key, _)| is_pressed(*key)).map(|(_, moved)| moved)
}

/// Shows that the keys are the map's, and where its middle is.
pub fn mark(painter: &Painter, view: Rect) {
    let (line, middle) = (Stroke::new(1.5, theme::accent()), view.center());
    painter.rect_stroke(view.shrink(1.0), 2.0, line, StrokeKind::Inside);
    painter.hline(middle.x - CROSS..=middle.x + CROSS, middle.y, line);
    painter.vline(middle.x, middle.y - CROSS..=middle.y + CROSS, line);
}

/// What a screen reader says of a map of so many images, one of which lies in the middle.
pub fn in_words(count: usize, in_middle: Option<ImageId>, session: &Session) -> String {
    let count = counted(count, "image", "images");
    let Some(image) = in_middle.and_then(|id| session.image(id)) else { return count };
    match image.label {
        Some(label) => format!("{count}; in the middle {}, {label}", tile::name_beside_label(image)),
        None => format!("{count}; in the middle {}", tile::name_beside_label(image)),
    }
}
