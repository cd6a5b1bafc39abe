//! What one image does to every channel of a layer.

mod bars;
mod cell;
mod classes;
mod controls;
mod enlarged;
mod exemplars;
mod header;
mod layers;
mod order;
mod wall;

use eframe::egui::{self, Frame, Label, Margin, Panel, RichText, Spinner, Ui};

use std::sync::Arc;

use crate::domain::ImageId;
use crate::engine::UnusualList;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::command::Command;
use crate::ui::paint::HeatMapStyle;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::viewer::ChannelLooks;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::Hover;
use crate::ui::widgets::empty::empty_state;

use order::OrderCache;
pub use order::{ChannelOrder, Scale, layer_range, short};

/// Narrower than this the enlarged channel takes the place of the wall of channels.
const BESIDE_MIN: f32 = 560.0;

/// Narrower than this there is no room for the layer list.
const LAYERS_MIN: f32 = 420.0;

/// How activations are looked at; which image, layer and channel is in the session.
pub struct ActivationsView {
    style: HeatMapStyle,
    scale: Scale,
    order: ChannelOrder,
    order_cache: OrderCache,
    /// How unusual the channels are for the image, where they hang in that order and it is known.
    unusual: Option<Arc<UnusualList>>,
    hover: Hover,
    /// The exemplar under the pointer.
    under: Option<ImageId>,
    /// Side of a cell, in points.
    cell_side: f32,
    /// Words the layers listed must contain.
    layer_filter: String,
    /// What the layer list was last scrolled for.
    scrolled_to: Option<layers::ScrolledTo>,
    /// How strongly the enlarged channel covers the image.
    overlay_opacity: f32,
}

impl Default for ActivationsView {
    fn default() -> Self {
        Self {
            style: HeatMapStyle::default(),
            scale: Scale::default(),
            order: ChannelOrder::default(),
            order_cache: OrderCache::default(),
            unusual: None,
            hover: Hover::default(),
            under: None,
            cell_side: 100.0,
            layer_filter: String::new(),
            scrolled_to: None,
            overlay_opacity: 0.75,
        }
    }
}

impl View for ActivationsView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.under = None;
        self.show_content(ui, session, thumbs, actions, commands);
        self.hover.settle(self.under, session, actions);
    }
}

impl ActivationsView {
    /// How the enlarged channel is drawn over its picture, if there is one that has a place in it.
    pub fn looks_of_channel(&self, session: &Session) -> Option<ChannelLooks> {
        let activation = session.opened.activation.as_ref()?;
        let [channels, h, w] = activation.values.shape();
        let channel = session.opened.chosen.channel.filter(|&channel| channel < channels && h * w > 1)?;
        let is_of_probe = session.opened.chosen.probe == Some(activation.image);
        let range = self.scale.range(activation, channel, self.style.colours);
        is_of_probe.then_some(ChannelLooks { style: self.style, range })
    }

    fn show_content(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        let Some(collection) = session.collection().cloned() else {
            say(ui, "Nothing to look into yet", "Open a folder, then click an image.", false);
            return;
        };
        if ui.available_width() >= LAYERS_MIN {
            let frame =
                Frame::new().fill(theme::palette().panel).inner_margin(Margin { left: 6, right: 2, top: 6, bottom: 6 });
            Panel::left("layers of the network")
                .resizable(true)
                .default_size(if ui.available_width() > 640.0 { 236.0 } else { 170.0 })
                .size_range(130.0..=360.0)
                .frame(frame)
                .show(ui, |ui| {
                    classes::show(ui, session);
                    layers::show(ui, self, &collection, session, actions);
                });
        }
        let frame = Frame::new().inner_margin(Margin::symmetric(8, 6));
        Panel::top("image and layer").resizable(false).frame(frame).show(ui, |ui| {
            header::show(ui, session, thumbs, actions, commands);
            controls::show(ui, self, session);
        });
        self.show_channels(ui, session, thumbs, actions);
    }

    fn show_channels(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        if session.opened.chosen.probe.is_none() {
            say(ui, "Click an image to look inside", "Every channel of the layer shows where it responds.", false);
            return;
        }
        let Some(activation) = &session.opened.activation else {
            match &session.opened.activation_problem {
                Some(problem) => say(ui, &problem.what, &problem.reason(), false),
                None => say(ui, "Running the network", "One image, up to this layer.", true),
            }
            return;
        };
        self.find_unusual(session, activation.image, activation.layer, actions);
        let [channel_count, h, w] = activation.values.shape();
        let has_planes = h * w > 1;
        let enlarged = session.opened.chosen.channel.filter(|&channel| channel < channel_count);
        if let Some(channel) = enlarged {
            let is_free = ui.ctx().memory(|memory| memory.focused().is_none());
            if is_free && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) {
                actions.push(Choose::Channel(None).into());
            }
            let frame = Frame::new().inner_margin(Margin::same(10));
            if ui.available_width() < BESIDE_MIN {
                frame.show(ui, |ui| enlarged::show(ui, self, activation, channel, session, thumbs, actions));
                return;
            }
            let width = ui.available_width() * 0.46;
            Panel::right("enlarged channel")
                .resizable(true)
                .default_size(width)
                .min_size(220.0)
                .frame(frame)
                .show(ui, |ui| enlarged::show(ui, self, activation, channel, session, thumbs, actions));
        }
        if enlarged.is_none() {
            let about = match has_planes {
                true => {
                    "Each square is a channel of this layer, bright where it responds to the picture, with how much it does at \
                     most. Click one to enlarge it."
                }
                false => {
                    "Each bar is a channel of this layer, as long as it responds to the picture: one number, without a place on \
                     it. Click one to see which pictures excite it most."
                }
            };
            ui.horizontal(|ui| {
                ui.add_space(8.0);
                ui.add(Label::new(RichText::new(about).small().color(theme::palette().weak)).truncate())
                    .on_hover_text(about);
            });
        }
        match has_planes {
            true => wall::show(ui, self, activation, enlarged, session, actions),
            false => bars::show(ui, self, activation, enlarged, session, actions),
        }
    }

    /// What is known of how unusual the channels are, asked for if they are to hang in that order.
    fn find_unusual(&mut self, session: &Session, image: ImageId, layer: usize, actions: &mut Vec<Action>) {
        self.unusual = None;
        if self.order != ChannelOrder::Unusual {
            return;
        }
        let source = session.source().filter(|_| session.opened.chosen.layer == layer);
        let Some(source) = source else { return };
        let is_it = |list: &&Arc<UnusualList>| list.image == image && list.source.as_ref() == Some(&source);
        self.unusual = session.opened.unusual.as_ref().filter(is_it).cloned();
        // Asked at every frame; the session asks once, and once more when images were added.
        actions.push(Ask::Unusual.into());
    }

    /// Why the channels do not hang in the order of the most unusual.
    fn unusual_hint(&self, session: &Session) -> Option<&'static str> {
        if self.order != ChannelOrder::Unusual || session.opened.chosen.probe.is_none() {
            return None;
        }
        if session.source().is_none() {
            return Some("This layer is not stored, so it is not known what is usual. Channels are in network order");
        }
        match &self.unusual {
            Some(list) if list.channels.is_empty() => {
                let probe = session.opened.chosen.probe.and_then(|id| session.image(id));
                Some(match probe.is_some_and(|image| image.problem.is_some()) {
                    true => "This picture could not be read, so it has no vector. Channels are in network order",
                    false => {
                        "This image has no vector yet. Extract features first; until then channels are in \
                              network order"
                    }
                })
            }
            _ => None,
        }
    }
}

/// A sentence in the middle of the view.
fn say(ui: &mut Ui, title: &str, text: &str, is_coming: bool) {
    empty_state(ui, title, text, |ui| {
        if is_coming {
            ui.add(Spinner::new().size(22.0).color(theme::accent()));
        }
    });
}
