//! How values become colours, and how large.

use eframe::egui::{Color32, ComboBox, Grid, Id, Popup, PopupCloseBehavior, RichText, Sense, Slider, Ui, pos2, vec2};

use super::order::{layer_range, short};
use super::{ActivationsView, ChannelOrder, Scale};
use crate::session::Session;
use crate::ui::paint::ColourMap;
use crate::ui::theme;

/// Narrower than this two rows would become four, and little would be left for the channels.
const NARROW: f32 = 410.0;

/// Draws the controls in one row, or in two where they do not fit: a caption stays beside what it is of. Where there is
/// hardly any room, all but the choices made most often are behind a button.
pub fn show(ui: &mut Ui, view: &mut ActivationsView, session: &Session) {
    ui.spacing_mut().slider_width = 76.0;
    let together = Id::unique("width of all controls");
    let room = ui.available_width();
    if room < NARROW {
        ui.horizontal(|ui| {
            orders(ui, view, session);
            colours(ui, view);
            let button = ui.button("Look").on_hover_text("Scale, contrast, size and smoothness");
            Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
                ui.spacing_mut().slider_width = 120.0;
                Grid::new("look").num_columns(2).show(ui, |ui| {
                    caption(ui, "Scale");
                    ui.horizontal(|ui| scales(ui, view));
                    ui.end_row();
                    contrast(ui, view);
                    ui.end_row();
                    size(ui, view);
                    ui.end_row();
                });
                smooth(ui, view);
                range(ui, view, session);
            });
        });
        return;
    }
    if ui.data(|data| data.get_temp(together)).is_none_or(|width: f32| width <= room) {
        let row = ui.horizontal(|ui| {
            choices(ui, view, session);
            sliders(ui, view, session);
        });
        let width = row.response.rect.width();
        ui.data_mut(|data| data.insert_temp(together, width));
        if width > room {
            ui.ctx().request_discard("the controls need two rows");
        }
    } else {
        ui.horizontal_wrapped(|ui| choices(ui, view, session));
        ui.horizontal_wrapped(|ui| sliders(ui, view, session));
    }
}

fn choices(ui: &mut Ui, view: &mut ActivationsView, session: &Session) {
    orders(ui, view, session);
    colours(ui, view);
    caption(ui, "Scale");
    scales(ui, view);
}

fn orders(ui: &mut Ui, view: &mut ActivationsView, session: &Session) {
    let combo = ComboBox::from_id_salt("channel order").selected_text(view.order.word()).width(118.0);
    let shown = combo.show_ui(ui, |ui| {
        for order in ChannelOrder::ALL {
            ui.selectable_value(&mut view.order, order, order.word());
        }
    });
    let hint = match view.unusual_hint(session) {
        Some(hint) => {
            ui.label(RichText::new("!").color(theme::palette().problem)).on_hover_text(hint);
            hint
        }
        None => "The order of the channels",
    };
    shown.response.on_hover_text(hint).accessible_name("Channel order");
}

fn colours(ui: &mut Ui, view: &mut ActivationsView) {
    let combo = ComboBox::from_id_salt("colour map").selected_text(view.style.colours.word()).width(76.0);
    let shown = combo.show_ui(ui, |ui| {
        for colours in ColourMap::ALL {
            ui.horizontal(|ui| {
                gradient(ui, colours, 64.0);
                ui.selectable_value(&mut view.style.colours, colours, colours.word());
            });
        }
    });
    shown.response.accessible_name("Colour map");
}

fn scales(ui: &mut Ui, view: &mut ActivationsView) {
    ui.selectable_value(&mut view.scale, Scale::Channel, "channel")
        .on_hover_text("The colours span the values of each channel: where does it respond?");
    ui.selectable_value(&mut view.scale, Scale::Layer, "layer")
        .on_hover_text("The colours span the values of the whole layer: which channels respond?");
}

fn sliders(ui: &mut Ui, view: &mut ActivationsView, session: &Session) {
    contrast(ui, view);
    size(ui, view);
    smooth(ui, view);
    range(ui, view, session);
}

fn contrast(ui: &mut Ui, view: &mut ActivationsView) {
    caption(ui, "Contrast");
    // To the right is brighter.
    let mut contrast = -view.style.gamma.log2();
    ui.add(Slider::new(&mut contrast, -2.0..=2.0).show_value(false))
        .on_hover_text("Brings out weak values (right) or only the strongest (left)")
        .accessible_name("Contrast");
    view.style.gamma = (-contrast).exp2();
}

fn size(ui: &mut Ui, view: &mut ActivationsView) {
    caption(ui, "Size");
    ui.add(Slider::new(&mut view.cell_side, 24.0..=260.0).logarithmic(true).show_value(false))
        .on_hover_text("Size of the channels")
        .accessible_name("Channel size");
}

fn smooth(ui: &mut Ui, view: &mut ActivationsView) {
    ui.toggle_value(&mut view.style.is_smooth, "Smooth").on_hover_text("Blend between the values");
}

/// What the colours stand for, where they stand for the same in all channels.
fn range(ui: &mut Ui, view: &ActivationsView, session: &Session) {
    let Some(activation) = session.opened.activation.as_ref().filter(|_| view.scale == Scale::Layer) else { return };
    let [low, high] = layer_range(activation);
    let [low, high] = view.style.colours.range(low, high).map(short);
    ui.horizontal(|ui| {
        caption(ui, &low);
        gradient(ui, view.style.colours, 64.0);
        caption(ui, &high);
    });
}

fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).size(11.5).color(theme::palette().weak));
}

/// A bar with the colours from low to high.
pub fn gradient(ui: &mut Ui, colours: ColourMap, width: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 12.0), Sense::hover());
    let mut mesh = eframe::egui::Mesh::default();
    let steps = 24;
    for step in 0..=steps {
        let t = step as f32 / steps as f32;
        let x = rect.left() + rect.width() * t;
        let colour: Color32 = colours.colour(t);
        mesh.colored_vertex(pos2(x, rect.top()), colour);
        mesh.colored_vertex(pos2(x, rect.bottom()), colour);
        if step > 0 {
            let last = step * 2;
            mesh.add_triangle(last - 2, last - 1, last);
            mesh.add_triangle(last - 1, last, last + 1);
        }
    }
    ui.painter().add(mesh);
    let line = eframe::egui::Stroke::new(1.0, theme::palette().line);
    ui.painter().rect_stroke(rect, 1.0, line, eframe::egui::StrokeKind::Outside);
}
