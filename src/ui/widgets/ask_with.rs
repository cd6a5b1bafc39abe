//! Asking with what is shown: more like it, less like it; by a button on it, or by dragging it to the neighbours.

use std::sync::Arc;

use eframe::egui::{
    Button, DragAndDrop, Layout, Rect, Response, Sense, Stroke, StrokeKind, TextWrapMode, Ui, UiBuilder, Vec2, pos2,
    vec2,
};

use crate::domain::{Example, ImageRef};
use crate::session::{Action, Choose};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::small;

/// Size of a button of one sign on a picture, in points.
const SIGN: Vec2 = vec2(19.0, 19.0);

/// On a smaller picture the buttons would cover it.
const LEAST_SIDE: f32 = 44.0;

/// Space between a button and the edges of the picture, in points, where there is room for it.
const MARGIN: f32 = 3.0;

/// With which weight something begins to speak for what is looked for.
pub const FOR: f32 = 1.0;

/// With which it begins to speak against: gently, as Rocchio's formula is used (beta 0.75, gamma 0.15 to 0.25: a fifth to a third of what
/// speaks for). At the full weight what is left of two pictures that are alike to nine tenths is mostly what neither shows, and all that
/// was near is gone.
pub const AGAINST: f32 = -0.3;

/// What the two signs mean, and the weights they stand for.
const SIGNS: [(Icon, &str, f32); 2] = [(Icon::Plus, "More like", FOR), (Icon::Minus, "Less like", AGAINST)];

/// Two small buttons in the lower left corner of a picture, if the pointer is over it.
pub fn on_picture(ui: &mut Ui, picture: Rect, image: ImageRef<'_>, actions: &mut Vec<Action>) {
    if picture.width() < LEAST_SIDE || image.problem.is_some() || !ui.rect_contains_pointer(picture) {
        return;
    }
    let margin = margin_on(picture);
    let first = Rect::from_min_size(picture.left_bottom() + vec2(margin.x, -margin.y - SIGN.y), SIGN);
    let second = first.translate(vec2(SIGN.x + 2.0, 0.0));
    if ![first, second].iter().all(|corner| leaves_middle(*corner, picture)) {
        return;
    }
    for ((sign, words, weight), corner) in SIGNS.into_iter().zip([first, second]) {
        let response = in_corner(ui, corner, sign, words);
        if response.accessible_name(format!("{words} {}", image.path.text)).clicked() {
            actions.push(Choose::AddExample(Example::Image(image.id), weight).into());
        }
    }
}

/// How far from the edges of a picture buttons lie, across and down: on a small one nearer, so that its middle is left free. Who clicks a
/// picture clicks its middle.
fn margin_on(picture: Rect) -> Vec2 {
    let free = picture.size() / 2.0 - SIGN - Vec2::splat(1.0);
    free.clamp(Vec2::ZERO, Vec2::splat(MARGIN))
}

/// Whether the middle of the picture can be clicked beside a button that lies there.
fn leaves_middle(corner: Rect, picture: Rect) -> bool {
    !corner.expand(0.5).contains(picture.center())
}

/// A small button that lies on a picture; what is drawn after it stays where it is.
pub fn in_corner(ui: &mut Ui, corner: Rect, icon: Icon, hint: &str) -> Response {
    let layout = Layout::centered_and_justified(ui.layout().main_dir());
    let mut over = ui.new_child(UiBuilder::new().id_salt(icon).max_rect(corner).layout(layout));
    // Else what can be clicked is as much wider than the sign as words have room around them, and lies over the sign beside it.
    over.spacing_mut().button_padding.x = 1.0;
    // A hand that slips on it draws no band on the grid below, which would select.
    let button = Button::new(icon.small()).small().wrap_mode(TextWrapMode::Extend).sense(Sense::click_and_drag());
    over.add(button).on_hover_text(hint)
}

/// A small button in the lower right corner of a picture, or above the others where those leave no room there: why is it like
/// another one, which `with` names? Says whether it was clicked.
pub fn why(ui: &mut Ui, picture: Rect, with: &str, name: &str) -> bool {
    let Some(corner) = corner_of_why(picture) else { return false };
    let hint = format!("Why is it similar to {with}? Which channels make it so");
    in_corner(ui, corner, Icon::Why, &hint).accessible_name(name).clicked()
}

/// Where the button has room; `None` on a picture that is too small for three of them, or of which nothing but the button could be
/// clicked: the menu asks the same.
fn corner_of_why(picture: Rect) -> Option<Rect> {
    let margin = margin_on(picture);
    let taken = if picture.width() < LEAST_SIDE { 0.0 } else { 2.0 * (SIGN.x + 2.0) + margin.x };
    let right = Rect::from_min_size(picture.right_bottom() - SIGN - margin, SIGN);
    if right.left() >= picture.left() + taken {
        return Some(right).filter(|corner| leaves_middle(*corner, picture));
    }
    // As low as the others let it.
    let top = (picture.top() + MARGIN).min(picture.bottom() - margin.y - 2.0 * SIGN.y);
    let above = Rect::from_min_size(pos2(picture.left() + margin.x, top), SIGN);
    (top >= picture.top() && leaves_middle(above, picture)).then_some(above)
}

/// Two small buttons beside what many images have in common: `name` is `the tag blurred`.
pub fn beside(ui: &mut Ui, name: &str, example: &Example, actions: &mut Vec<Action>) {
    for (sign, words, weight) in SIGNS {
        let called = format!("{words} {name}");
        let button = ui.add(small(sign.small()));
        let button = button.on_hover_text(format!("{called}: look for neighbours of its mean"));
        if button.accessible_name(called).clicked() {
            actions.push(Choose::AddExample(example.clone(), weight).into());
        }
    }
}

/// The same as entries of the menu of what is shown.
pub fn in_menu(ui: &mut Ui, name: &str, example: &Example, actions: &mut Vec<Action>) {
    for (sign, words, weight) in SIGNS {
        if ui.button((sign.atom(), format!("{words} {name}"))).clicked() {
            actions.push(Choose::AddExample(example.clone(), weight).into());
            ui.close();
        }
    }
}

/// Lets what is shown be dragged to the neighbours.
pub fn can_be_dragged(response: &Response, example: impl FnOnce() -> Example) {
    let response = response.interact(Sense::DRAG);
    if response.drag_started() {
        response.dnd_set_drag_payload(example());
    }
}

/// While something is dragged: marks where it can be dropped. Gives what was.
pub fn dropped(ui: &Ui, place: Rect) -> Option<Example> {
    if !DragAndDrop::has_payload_of_type::<Example>(ui.ctx()) || !place.is_positive() {
        return None;
    }
    let is_over = ui.input(|input| input.pointer.latest_pos()).is_some_and(|at| place.contains(at));
    let colour = if is_over { palette().accent } else { palette().line };
    ui.painter().rect_stroke(place.shrink(1.0), 4.0, Stroke::new(1.5, colour), StrokeKind::Inside);
    if !is_over || !ui.input(|input| input.pointer.any_released()) {
        return None;
    }
    DragAndDrop::take_payload::<Example>(ui.ctx()).map(Arc::unwrap_or_clone)
}
