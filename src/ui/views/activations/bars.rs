//! The channels of a layer that has no planes: one number each, as bars with their names instead of squares.

use eframe::egui::{Id, ScrollArea, Ui};

use super::{ActivationsView, cell, short};
use crate::engine::ActivationView;
use crate::session::{Action, Choose, Session};
use crate::ui::widgets::channel_bar::{ChannelBar, heading_of, largest_amount};

/// Draws those that are in sight, in the order that is chosen.
pub fn show(
    ui: &mut Ui,
    view: &mut ActivationsView,
    activation: &ActivationView,
    enlarged: Option<usize>,
    session: &Session,
    actions: &mut Vec<Action>,
) {
    let order = view.order_cache.channels(activation, view.order, view.unusual.as_ref());
    let most = largest_amount(activation.maxima.iter().copied());
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("channels").auto_shrink([false, false]);
    area.show_rows(ui, ChannelBar::HEIGHT, order.len(), |ui, rows| {
        for &channel in order.get(rows).unwrap_or_default() {
            let value = activation.maxima.get(channel).copied().unwrap_or(f32::NAN);
            let name = session.opened.channel_heading(activation.layer, channel);
            let is_kept = enlarged == Some(channel);
            let bar = ChannelBar {
                name: &name,
                heading: &heading_of(session, activation.layer, channel),
                numbers: &short(value),
                values: &[value],
                most,
                is_kept,
            };
            let response = bar.show(ui, Id::unique("channel").with(channel));
            if response.clicked() {
                actions.push(Choose::Channel((!is_kept).then_some(channel)).into());
            }
            let (rect, pointer) = (response.rect, response.hover_pos());
            response.on_hover_ui_at_pointer(|ui| cell::hint(ui, &name, activation, channel, rect, pointer));
        }
    });
}
