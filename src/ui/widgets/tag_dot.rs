//! The colour of a tag: a dot before its name, and a row of dots to choose from.

use eframe::egui::{Atom, Button, Color32, Painter, Rect, Stroke, Ui, Vec2, vec2};

use crate::domain::{ImageId, TagColour};
use crate::session::{Action, Choose, Session};
use crate::ui::theme::{palette, tag_colour};
use crate::ui::widgets::tags_seen::tags_of;

/// Radius of a dot before a name, in points.
const RADIUS: f32 = 3.5;
/// So many are drawn on a picture at most.
const ON_A_PICTURE: usize = 5;

/// The colour of a tag.
pub fn colour_of(session: &Session, tag: &str) -> Color32 {
    tag_colour(session.opened.tag_colours.of(tag))
}

/// A dot to stand before the tag's name in a button.
pub fn atom<'a>(session: &Session, tag: &str) -> Atom<'a> {
    dot(colour_of(session, tag), RADIUS)
}

fn dot<'a>(colour: Color32, radius: f32) -> Atom<'a> {
    Atom::paint(Vec2::splat(radius * 2.0), move |ui, args| {
        ui.painter().circle_filled(args.rect.center(), radius, colour);
    })
}

/// Dots of an image's tags in the upper right corner of its picture, the first of them; the picture is as large as fits into `room`, in
/// its middle or standing on its lower edge.
pub fn on_picture(painter: &Painter, room: Rect, session: &Session, id: ImageId, place: fn(Rect, Vec2) -> Rect) {
    let opened = &session.opened;
    let size = session.image(id).map(|image| vec2(image.width as f32, image.height as f32));
    let picture = size.filter(|size| size.min_elem() > 0.0).map_or(room, |size| place(room, size));
    let mut at = picture.right_top() + vec2(-6.5, 6.5);
    for tag in tags_of(&opened.tags, id).iter().take(ON_A_PICTURE) {
        // Around it a rim of the ground: whatever the picture is like, the dot is seen on it.
        painter.circle(at, RADIUS, colour_of(session, tag), Stroke::new(1.5, palette().ground));
        at.x -= RADIUS * 2.0 + 3.0;
    }
}

/// A dot for each colour that a tag can have, and the one of its name; a click gives it to the tag.
pub fn choice(ui: &mut Ui, session: &Session, tag: &str, actions: &mut Vec<Action>) {
    let chosen = session.opened.tag_colours.chosen.get(tag).copied();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        let mut offer = |ui: &mut Ui, button: Button<'_>, colour: Option<TagColour>, word: &str| {
            let response = ui.add(button.selected(chosen == colour).min_size(Vec2::splat(20.0)));
            let response = response.on_hover_text(word).accessible_name(format!("Colour of {tag}: {word}"));
            if response.clicked() {
                actions.push(Choose::ColourTag(tag.to_owned(), colour).into());
            }
        };
        for colour in TagColour::ALL {
            offer(ui, Button::new(dot(tag_colour(colour), 5.0)), Some(colour), colour.word());
        }
        offer(ui, Button::new("auto").small(), None, "by its name");
    });
}
