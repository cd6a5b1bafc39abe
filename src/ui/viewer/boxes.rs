//! The boxes of a picture that were imported, over it: what is in each, and a way to ask for pictures that are like that part.

use std::sync::Arc;

use eframe::egui::{
    Button, Color32, CursorIcon, Galley, Id, Key, Modifiers, Painter, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use crate::domain::{ImageBox, ImageId};
use crate::engine::ImageBoxes;
use crate::session::{Action, Choose, Comparison, Session};
use crate::ui::command::Command;
use crate::ui::theme::{self, colour_of_label};
use crate::ui::widgets::asked_menu;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::{counted, single_line};

/// So wide is an edge that can be hit, in points.
const EDGE: f32 = 8.0;
/// In a box of less width there is no room for words.
const WORDS_FROM: f32 = 22.0;

/// Why neighbours cannot be asked with a part of the picture that is looked at; `None` if they can.
pub fn why_not(session: &Session) -> Option<&'static str> {
    let chosen = &session.opened.chosen;
    match (chosen.asked_probe(), &chosen.comparison) {
        (None, _) => Some("Neighbours are asked with something else now"),
        (Some(_), Comparison::Network) => {
            Some("Neighbours are compared by the whole network now, which knows no places")
        }
        (Some(_), Comparison::Layer | Comparison::Mix(_)) => None,
    }
}

/// Those of an image, if there are any.
fn of(session: &Session, image: ImageId) -> Option<&ImageBoxes> {
    session.opened.inside.boxes.as_deref().filter(|boxes| boxes.image == image && !boxes.boxes.is_empty())
}

/// Lets them be seen, or not.
pub fn show_switch(ui: &mut Ui, session: &Session, image: ImageId, is_on: &mut bool) {
    let boxes = of(session, image);
    let hint = boxes.map_or_else(String::new, |boxes| {
        let what = match boxes.count > boxes.boxes.len() {
            true => format!("the {} largest of {}", boxes.boxes.len(), counted(boxes.count, "box", "boxes")),
            false => counted(boxes.count, "box", "boxes"),
        };
        format!("Show what was marked in this picture and imported: {what}. Click the edge or the name of one to find pictures like that part")
    });
    let why_not = format!("No boxes of this picture were imported: see {} in the menu File", Command::Import.name());
    let switch = Button::selectable(*is_on && boxes.is_some(), "Boxes").frame_when_inactive(true);
    if ui.add_enabled(boxes.is_some(), switch).on_hover_text(hint).on_disabled_hover_text(why_not).clicked() {
        *is_on = !*is_on;
    }
}

/// Draws them over the picture of `image`, which has so many pixels and lies in `place`, of which what lies in `room` is seen; their
/// names leave free what is `said` there. A click
/// on the edge or the name of one asks with that part, or with all of the picture again; says whether there was one. What is inside is
/// the picture, and a click there is on that.
pub fn show(
    ui: &Ui,
    session: &Session,
    (image, size): (ImageId, [u32; 2]),
    [place, room]: [Rect; 2],
    said: Rect,
    actions: &mut Vec<Action>,
) -> bool {
    let Some(boxes) = of(session, image) else { return false };
    let (why_not, painter) = (why_not(session), ui.painter_at(room));
    let (mut is_clicked, mut names) = (false, Vec::new());
    for (number, marked) in (1..).zip(&boxes.boxes) {
        let Some(region) = marked.region_in(size) else { continue };
        let rect = part_rect(region, place);
        let seen = rect.intersect(room);
        if !seen.is_positive() {
            continue;
        }
        let is_asked = why_not.is_none() && session.opened.chosen.region == Some(region);
        let what = what_is_in(marked);
        let id = Id::unique("box over the picture").with((image.0, marked.id));
        let named = Named::new(&painter, rect, what.clone(), said);
        let whole = ui.interact(seen, id, Sense::focusable_noninteractive());
        whole.widget_info(|| {
            WidgetInfo::selected(Role::Button, why_not.is_none(), is_asked, format!("Box {number}: {what}"))
        });
        let click = why_not.unwrap_or(match is_asked {
            true => "Click to ask with the whole picture again",
            false => "Click to find pictures like this part",
        });
        let pixels = format!("{:.0} × {:.0} pixels", marked.width, marked.height);
        let hint = format!("{what}  ·  {pixels}\n{click}");
        let (mut is_under, mut is_hit) = (whole.has_focus(), is_called(ui, &whole));
        for (place, part) in edges(rect).into_iter().chain(named.as_ref().map(|named| named.back)).enumerate() {
            let part = part.intersect(room);
            if !part.is_positive() {
                continue;
            }
            let response = ui.interact(part, id.with(place), Sense::CLICK);
            asked_menu::offer(&response, image);
            is_under |= response.hovered();
            let response = response.on_hover_text(&hint);
            is_hit |= response.clicked();
            if why_not.is_none() {
                response.on_hover_cursor(CursorIcon::PointingHand);
            }
        }
        let label = colour_of_label(session.opened.images.label_places(), marked.label.as_deref());
        let colour = if is_asked { theme::probe() } else { label.unwrap_or(Color32::WHITE) };
        outline(&painter, rect, colour, is_asked || is_under);
        names.extend(named.map(|named| (named, is_under)));
        if is_hit && why_not.is_none() {
            is_clicked = true;
            actions.push(Choose::Region(Some(region).filter(|_| !is_asked)).into());
        }
    }
    // Over all outlines, and over all names that of the box that is pointed at.
    names.sort_by_key(|(_, is_under)| *is_under);
    for (named, _) in names {
        painter.rect_filled(named.back, 2.0, Color32::from_black_alpha(170));
        painter.galley(named.back.min + vec2(4.0, 1.0), named.words, Color32::WHITE);
    }
    is_clicked
}

/// Whether the keyboard or a screen reader asks for it.
fn is_called(ui: &Ui, whole: &Response) -> bool {
    let is_asked = ui.input(|input| input.num_accesskit_action_requests(whole.id, accesskit::Action::Click)) > 0;
    let is_pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    ui.ctx().accesskit_node_builder(whole.id, |node| node.add_action(accesskit::Action::Click));
    is_asked || (whole.has_focus() && (is_pressed(Key::Enter) || is_pressed(Key::Space)))
}

/// The four sides, as wide as a hand can hit.
fn edges(rect: Rect) -> [Rect; 4] {
    let about = rect.expand(EDGE / 2.0);
    let side = |min: Pos2, max: Pos2| Rect::from_min_max(min, max);
    [
        side(about.min, pos2(about.right(), about.top() + EDGE)),
        side(pos2(about.left(), about.bottom() - EDGE), about.max),
        side(about.min, pos2(about.left() + EDGE, about.bottom())),
        side(pos2(about.right() - EDGE, about.top()), about.max),
    ]
}

fn what_is_in(marked: &ImageBox) -> String {
    let label = marked.label.as_deref().unwrap_or("no label");
    if marked.is_crowd { format!("{label}, many") } else { label.to_owned() }
}

/// The edge, to be seen on any picture.
fn outline(painter: &Painter, rect: Rect, colour: Color32, is_strong: bool) {
    let width = if is_strong { 2.5 } else { 1.5 };
    for (width, colour) in [(width + 1.5, Color32::from_black_alpha(150)), (width, colour)] {
        painter.rect_stroke(rect, 1.0, Stroke::new(width, colour), StrokeKind::Middle);
    }
}

/// What is in a box, in its upper left corner, or below what is said there.
struct Named {
    words: Arc<Galley>,
    /// What lies behind the words.
    back: Rect,
}

impl Named {
    /// `None` where there is no room for words.
    fn new(painter: &Painter, rect: Rect, what: String, said: Rect) -> Option<Self> {
        if rect.width() < WORDS_FROM {
            return None;
        }
        let words = single_line(painter, what, 11.0, Color32::WHITE, rect.width() - 8.0);
        let corner = rect.min.max(painter.clip_rect().min) + vec2(1.0, 1.0);
        let back = Rect::from_min_size(corner, words.size() + vec2(8.0, 2.0));
        let back =
            if back.intersects(said) { back.translate(vec2(0.0, said.bottom() + 2.0 - back.top())) } else { back };
        Some(Self { words, back })
    }
}
