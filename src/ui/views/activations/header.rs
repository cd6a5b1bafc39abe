//! Which image and which layer.

use eframe::egui::{Image, Label, RichText, Sense, Ui};

use crate::session::{Action, Choose, Session};
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::text::{shape_text, with_unit};
use crate::ui::widgets::tile;

/// Narrower than this the picture's name, which the neighbours and the gallery say, too, goes in favour of the layer's.
const NARROW: f32 = 410.0;

/// Draws the row with the image, the layer and the steps to the layers beside it.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
    commands: &mut Vec<Command>,
) {
    let Some(collection) = session.collection() else { return };
    let palette = theme::palette();
    let index = session.opened.chosen.layer;
    let is_narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        if let Some(probe) = session.opened.chosen.probe {
            if let Some((texture, size)) = thumbs.get(probe) {
                let scale = 36.0 / size.y.max(1.0);
                let picture = Image::new((texture, size))
                    .fit_to_exact_size(size * scale)
                    .corner_radius(3.0)
                    .sense(Sense::click())
                    .alt_text("the image");
                let hint = Command::ViewPicture.with_keys("Click to see the picture at its own resolution");
                if ui.add(picture).on_hover_text(hint).clicked() {
                    commands.push(Command::ViewPicture);
                }
            }
            if let Some(image) = session.image(probe).filter(|_| !is_narrow) {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.add_space(2.0);
                    ui.label(RichText::new(tile::name_beside_label(image)).color(palette.strong));
                    ui.label(RichText::new(image.label.unwrap_or("")).size(11.5).color(palette.weak));
                });
                ui.add_space(8.0);
                ui.separator();
            }
        }
        let Some(layer) = collection.layers.get(index) else { return };
        let step = |ui: &mut Ui, sign: Icon, name: &str, to: Option<usize>, actions: &mut Vec<Action>| {
            let response =
                sign.button_if(ui, to.is_some(), name).on_disabled_hover_text("This is the last one that way");
            if let (true, Some(to)) = (response.clicked(), to) {
                actions.push(Choose::Layer(to).into());
            }
        };
        step(ui, Icon::Previous, "Previous layer", index.checked_sub(1), actions);
        step(ui, Icon::Next, "Next layer", Some(index + 1).filter(|&next| next < collection.layers.len()), actions);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add_space(2.0);
            ui.add(Label::new(RichText::new(session.opened.layer_titles.name(index)).color(palette.strong)).truncate())
                .on_hover_text(&layer.name);
            let mut about = format!("{} · {}", layer.kind, shape_text(layer.shape));
            if layer.parameter_count > 0 {
                about.push_str(&format!(" · {} weights", with_unit(layer.parameter_count as u64)));
            }
            ui.add(Label::new(RichText::new(about).size(11.5).color(palette.weak)).truncate());
        });
        if session.opened.activation.as_ref().is_some_and(|view| view.layer != index) {
            ui.spinner();
        }
    });
}
