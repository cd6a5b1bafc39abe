//! The row above: which picture, which layer, in which order, how strongly.

use eframe::egui::{
    Align, Button, ComboBox, Label, Layout, Response, RichText, Role, Sense, Slider, Spinner, Ui, Widget, WidgetInfo,
    vec2,
};

use super::order::InsideOrder;
use super::{InsideView, compare};
use crate::session::{Action, Choose};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::viewer::boxes;
use crate::ui::views::ViewContext;
use crate::ui::widgets::text::{end_of_name, shape_text};
use crate::ui::widgets::tile;

/// Narrower than this the picture's name goes.
const WIDE: f32 = 620.0;
/// Room for the picture's name and label, for the layer's name and for its shape, in points: the same for all, so that nothing behind
/// them moves, and no line is wrapped, from one picture or layer to the next.
const PICTURE: f32 = 160.0;
const LAYER: f32 = 96.0;
const SHAPE: f32 = 84.0;
/// The same for the slider and its caption.
const STRENGTH: f32 = 136.0;
/// Height of each.
const HEIGHT: f32 = 20.0;

pub(super) fn show(ui: &mut Ui, view: &mut InsideView, cx: &mut ViewContext<'_>) {
    let is_wide = ui.available_width() >= WIDE;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.spacing_mut().slider_width = 80.0;
        if is_wide {
            show_picture(ui, cx);
        }
        show_layer(ui, cx);
        show_order(ui, view, cx);
        show_strength(ui, view);
        show_region(ui, view, cx);
        compare::show(ui, cx);
    });
}

/// How strongly the channel covers the picture. Of one part: a slider at the end of a line would not be wrapped by itself.
fn show_strength(ui: &mut Ui, view: &mut InsideView) {
    ui.allocate_ui_with_layout(vec2(STRENGTH, HEIGHT), Layout::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new("Overlay").small().color(palette().weak));
        ui.add(Slider::new(&mut view.strength, 0.0..=1.0).show_value(false))
            .on_hover_text("How strongly the channel covers the picture")
            .accessible_name("Overlay strength");
    });
}

/// Lets the next drag on the picture draw a region; and the switch for the boxes that were imported.
fn show_region(ui: &mut Ui, view: &mut InsideView, cx: &ViewContext<'_>) {
    let why_not = boxes::why_not(cx.session);
    let toggle =
        ui.add_enabled(why_not.is_none(), Button::selectable(view.draws_region, (Icon::Rectangle.small(), "Region")));
    let hint =
        "Draw a region on the picture, here or with Shift held down: neighbours are searched with that part of it";
    let toggle = toggle.on_hover_text(hint).on_disabled_hover_text(why_not.unwrap_or_default());
    if toggle.accessible_name("Draw a region").clicked() {
        view.draws_region = !view.draws_region;
    }
    if let Some(probe) = cx.session.opened.chosen.probe {
        boxes::show_switch(ui, cx.session, probe, &mut view.has_boxes);
    }
}

fn show_picture(ui: &mut Ui, cx: &ViewContext<'_>) {
    let Some(image) = cx.session.opened.chosen.probe.and_then(|probe| cx.session.image(probe)) else { return };
    let name = tile::name_beside_label(image);
    let (rect, response) = ui.allocate_exact_size(vec2(PICTURE, HEIGHT), Sense::hover());
    let words = std::iter::once((name, palette().strong)).chain(image.label.map(|label| (label, palette().weak)));
    tile::paint_caption_of(ui, rect, None, &words.collect::<Vec<_>>());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    response.on_hover_ui(|ui| {
        ui.label(image.path.text);
        if let Some(label) = image.label {
            ui.label(RichText::new(label).small().color(palette().weak));
        }
    });
    ui.separator();
}

fn show_layer(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(collection) = cx.session.collection() else { return };
    let index = cx.session.opened.chosen.layer;
    let Some(layer) = collection.layers.get(index) else { return };
    let step = |ui: &mut Ui, sign: Icon, name: &str, to: Option<usize>, actions: &mut Vec<Action>| {
        let response = sign.button_if(ui, to.is_some(), name).on_disabled_hover_text("This is the last one that way");
        if let (true, Some(to)) = (response.clicked(), to) {
            actions.push(Choose::Layer(to).into());
        }
    };
    step(ui, Icon::Previous, "Shallower layer", index.checked_sub(1), cx.actions);
    step(ui, Icon::Next, "Deeper layer", Some(index + 1).filter(|&next| next < collection.layers.len()), cx.actions);
    let short = cx.session.opened.layer_titles.name(index);
    let galley = end_of_name(ui.painter(), short, 13.0, palette().strong, LAYER);
    let about = format!("{}\n{}, {}", layer.name, layer.kind, shape_text(layer.shape));
    in_room(ui, LAYER, Label::new(galley)).on_hover_text(about);
    let is_coming = cx.session.opened.activation.as_ref().is_some_and(|view| view.layer != index);
    if is_coming {
        in_room(ui, SHAPE, Spinner::new());
    } else {
        let channels = RichText::new(shape_text(layer.shape)).small().color(palette().weak);
        in_room(ui, SHAPE, Label::new(channels).truncate()).on_hover_text("Channels × height × width");
    }
}

/// Something from the left on in so many points, however many it needs.
fn in_room(ui: &mut Ui, width: f32, widget: impl Widget) -> Response {
    let layout = Layout::left_to_right(Align::Center);
    let shown = ui.allocate_ui_with_layout(vec2(width, HEIGHT), layout, |ui| {
        ui.set_min_width(width);
        ui.add(widget)
    });
    shown.inner
}

fn show_order(ui: &mut Ui, view: &mut InsideView, cx: &ViewContext<'_>) {
    let is_comparing = cx.session.opened.chosen.beside.is_some();
    let combo = ComboBox::from_id_salt("inside: order").selected_text(view.order.word()).width(126.0);
    let shown = combo.show_ui(ui, |ui| {
        for order in InsideOrder::all(is_comparing) {
            ui.selectable_value(&mut view.order, order, order.word()).on_hover_text(order.hint());
        }
    });
    let why_not = view.order.why_not(cx.session);
    if let Some(why_not) = why_not {
        ui.label(RichText::new("!").color(palette().problem)).on_hover_text(why_not);
    }
    shown.response.on_hover_text(why_not.unwrap_or(view.order.hint())).accessible_name("Order of the channels");
}
