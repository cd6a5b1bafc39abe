//! What is calculated with, each side in pictures: one sees what is taken from what before one sees what is left.

use eframe::egui::{Frame, Margin, RichText, Sense, Ui, Vec2, vec2};

use super::{GroupPanel, PanelOf};
use crate::domain::{ImageId, counted};
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::{Tile, TileMarks, tile};

/// Pictures of a side, and their side in points.
const PICTURES: usize = 3;
const SIDE: f32 = 40.0;
const GAP: f32 = 3.0;
/// Where less room is left in a line, in points, the next side begins another one.
const WIDTH: f32 = 300.0;

impl GroupPanel {
    /// Shows the terms beside each other, the first called A: a few pictures, the name and the size of each.
    pub(super) fn show_sides(
        &mut self,
        ui: &mut Ui,
        terms: &[(usize, bool)],
        of: &PanelOf<'_>,
        cx: &mut ViewContext<'_>,
    ) {
        let described = self.known.described(of.groups, cx.session, cx.actions);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
            for (place, (group, is_minus)) in terms.iter().enumerate() {
                if place > 0 {
                    if ui.available_width() < WIDTH {
                        ui.end_row();
                    }
                    let sign = if *is_minus { "−" } else { "+" };
                    ui.label(RichText::new(sign).heading().color(palette().strong));
                }
                let pictures = described.all().get(*group).map_or(&[][..], |group| &group.exemplars);
                self.show_term(ui, place, *group, pictures, of, cx);
            }
        });
        ui.add_space(2.0);
    }

    fn show_term(
        &mut self,
        ui: &mut Ui,
        place: usize,
        group: usize,
        pictures: &[ImageId],
        of: &PanelOf<'_>,
        cx: &mut ViewContext<'_>,
    ) {
        let (name, letter) = (of.groups.name(group), char::from(b'A' + (place % 26) as u8));
        let colour = self.colour_of(of.groups, group, cx.session);
        let frame = Frame::new().fill(palette().raised.gamma_multiply(0.6)).corner_radius(6.0);
        frame.inner_margin(Margin::same(4)).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for (rank, id) in pictures.iter().take(PICTURES).enumerate() {
                    let Some(image) = cx.session.image(*id) else { continue };
                    let (room, _) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
                    let name = format!("{letter}, {name} {}: {}", rank + 1, image.path.text);
                    let marks = TileMarks::of(cx.session, image);
                    let id_of = ui.make_persistent_id(("side", place, rank));
                    let response =
                        Tile { image, marks, name: &name, more: None }.show_filling(ui, room, id_of, cx.thumbs);
                    self.cards.looks_inside |= response.double_clicked();
                    if response.clicked() {
                        let held = ui.input(|input| input.modifiers);
                        cx.actions.push(tile::click(*id, held).into());
                    }
                    if response.hovered() {
                        self.cards.under = Some(*id);
                    }
                }
                ui.add_space(4.0);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 5.0;
                        let (dot, _) = ui.allocate_exact_size(Vec2::splat(9.0), Sense::hover());
                        ui.painter().circle_filled(dot.center(), 4.0, colour);
                        ui.label(RichText::new(format!("{letter}: {name}")).color(palette().strong));
                    });
                    let size = counted(of.groups.size(group), "picture", "pictures");
                    ui.label(RichText::new(size).small().color(palette().weak));
                });
            });
        });
    }
}
