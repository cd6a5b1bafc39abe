//! One picture as large as there is room, and what a layer of the network finds in it: where, how strongly, and which other
//! pictures excite the same channels.
//!
//! The channel that is laid over the picture is the one under the pointer, else the one that is kept (the enlarged channel
//! of all views), else the first in the order. Whatever else is wanted of the engine is asked by [`Ask::Inside`] while the view
//! is drawn.

mod bar;
mod bars;
mod beside;
mod caption;
mod cards;
mod compare;
mod crops;
mod exemplars;
mod order;
mod picture;
mod point;
mod scene;
mod strip;

use eframe::egui::{self, Frame, Margin, Panel, Spinner, Ui, vec2};

use crate::domain::ImageId;
use crate::engine::{ActivationView, CropPicture, NetworkFile, PicturePieces};
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::theme;
use crate::ui::viewer::Closeup;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::{Hover, UsualShape};

use crops::Crops;
use order::{ChannelList, InsideOrder};
use point::PointRanking;
use scene::Scene;

/// With less room than this in height there is no strip of layers.
const STRIP_MIN: f32 = 330.0;

/// How a picture is looked into; which picture, layer and channel is in the session.
pub struct InsideView {
    order: InsideOrder,
    channels: ChannelList,
    /// How strongly the channel covers the picture.
    strength: f32,
    /// The channel under the pointer, and of which layer it is one.
    pointed: Option<(usize, usize)>,
    /// The picture, and the one beside it.
    closeups: [Option<Closeup>; 2],
    crops: Crops,
    ranking: PointRanking,
    strip: strip::Scrolled,
    /// How wide what lies beside the picture was made by itself.
    width_beside: f32,
    shape: UsualShape,
    /// Whether a drag on the picture draws a region, and where the one that is being drawn began.
    draws_region: bool,
    region_from: Option<egui::Pos2>,
    /// Whether the boxes that were imported lie over the picture.
    has_boxes: bool,
    hover: Hover,
    /// The exemplar under the pointer.
    under: Option<ImageId>,
    /// Whether it was drawn since the frame began.
    is_drawn: bool,
}

impl Default for InsideView {
    fn default() -> Self {
        Self {
            order: InsideOrder::default(),
            channels: ChannelList::default(),
            strength: 0.8,
            pointed: None,
            closeups: [None, None],
            crops: Crops::default(),
            ranking: PointRanking::default(),
            strip: strip::Scrolled::default(),
            width_beside: 0.0,
            shape: UsualShape::default(),
            draws_region: false,
            region_from: None,
            has_boxes: true,
            hover: Hover::default(),
            under: None,
            is_drawn: false,
        }
    }
}

impl View for InsideView {
    fn show(&mut self, ui: &mut Ui, mut cx: ViewContext<'_>) {
        self.is_drawn = true;
        self.under = None;
        self.show_content(ui, &mut cx);
        self.hover.settle(self.under, cx.session, cx.actions);
        cx.actions.extend(self.crops.end_frame(ui.ctx()));
    }
}

/// What happens outside of drawing.
impl InsideView {
    /// Takes what arrived of its pictures and leaves the rest. Called once a frame, before anything is drawn.
    pub fn begin_frame(&mut self, ctx: &egui::Context, pieces: &mut Vec<PicturePieces>, crops: &mut Vec<CropPicture>) {
        self.is_drawn = false;
        let closeups = &mut self.closeups;
        let take = |news: PicturePieces| {
            closeups.iter_mut().flatten().try_fold(news, |news, closeup| closeup.take(news).ok_or(())).ok()
        };
        *pieces = pieces.drain(..).filter_map(take).collect();
        self.closeups.iter_mut().flatten().for_each(|closeup| closeup.begin_frame(ctx));
        self.crops.begin_frame(ctx, crops);
    }

    /// Lets go of the pictures, if the view was not drawn in this frame. `is_viewing`: whether somebody else looks closely at a
    /// picture.
    pub fn rest(&mut self, is_viewing: bool, actions: &mut Vec<Action>) {
        let is_held = self.closeups.iter().any(Option::is_some);
        if self.is_drawn || !is_held {
            return;
        }
        self.closeups = [None, None];
        if !is_viewing {
            actions.push(Ask::Picture(None).into());
        }
    }

    /// Forgets everything: ids mean other images.
    pub fn clear(&mut self) {
        self.closeups = [None, None];
        self.crops = Crops::default();
        self.ranking = PointRanking::default();
        self.pointed = None;
    }

    /// Bytes of texture in use.
    pub fn bytes(&self) -> usize {
        self.closeups.iter().flatten().map(Closeup::bytes).sum::<usize>() + self.crops.bytes()
    }
}

impl InsideView {
    fn show_content(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let Some(collection) = session.collection().cloned() else {
            say(ui, "Nothing to look into yet", "Open a folder, then click a picture.", false);
            return;
        };
        if matches!(collection.network_file, NetworkFile::Vectors(_)) {
            let hint = "These are vectors of your own. Choose a network in the menu Network to look inside its layers.";
            say(ui, "No network is behind these vectors", hint, false);
            return;
        }
        let Some(image) = session.opened.chosen.probe.and_then(|probe| session.image(probe)) else {
            let hint = "Click one in any view: here it is large, with what each layer of the network finds in it.";
            empty_state(ui, "Choose a picture to look inside", hint, |ui| {
                let can = !session.opened.shown.is_empty();
                let button = ui.add_enabled(can, egui::Button::new("Look inside the first picture"));
                if button.on_disabled_hover_text("No pictures are shown").clicked() {
                    cx.actions.push(Choose::Step(0).into());
                }
            });
            return;
        };
        if let Some(problem) = image.problem {
            say(ui, "This picture could not be read", problem, false);
            return;
        }
        cx.actions.push(Ask::Inside.into());
        let frame = Frame::new().inner_margin(Margin { left: 4, right: 4, top: 2, bottom: 4 });
        Panel::top("inside: picture and layer").resizable(false).frame(frame).show(ui, |ui| bar::show(ui, self, cx));
        if ui.available_height() >= STRIP_MIN {
            let frame = Frame::new().inner_margin(Margin { left: 4, right: 4, top: 6, bottom: 2 });
            let height = strip::height(ui, session);
            let panel = Panel::bottom("inside: depth").resizable(false).exact_size(height + 8.0).frame(frame);
            panel.show(ui, |ui| strip::show(ui, self, cx));
        }
        self.show_layer(ui, cx);
    }

    /// The picture, and the channels beside or below it.
    fn show_layer(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let Some(activation) = &session.opened.activation else {
            self.show_without_layer(ui, cx);
            return;
        };
        let unusual = self.order.unusual(session, activation, cx.actions);
        let other = session.opened.chosen.beside;
        let is_it = |view: &&ActivationView| other == Some(view.image) && view.layer == activation.layer;
        let beside = session.opened.inside.beside.as_ref().filter(is_it);
        let order = self.channels.of(activation, beside, self.order, unusual.as_ref());
        let scene = Scene::new(session, activation, beside, unusual.as_deref(), self.strength);
        // The channels first: what the pointer is over there lies over the picture in the same frame.
        self.pointed = None;
        let (mut width, usual) = (self.width_beside, self.shape.refresh(session));
        beside::show(ui, session, usual, &mut width, |ui| match scene.has_planes() {
            true => cards::show(ui, self, &scene, &order, cx),
            false => bars::show(ui, self, &scene, &order, cx),
        });
        self.width_beside = width;
        let pointed = self.pointed.filter(|(layer, _)| *layer == activation.layer).map(|(_, channel)| channel);
        let kept = session.opened.chosen.channel.filter(|&channel| channel < scene.count());
        let channel = pointed.or(kept).or_else(|| order.first().copied());
        picture::show(ui, self, Some(&scene), channel, cx);
    }

    /// The picture is there at once; why the channels are not is said in their place.
    fn show_without_layer(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let usual = self.shape.refresh(cx.session);
        beside::show(ui, cx.session, usual, &mut self.width_beside, |ui| match &cx.session.opened.activation_problem {
            Some(problem) => say(ui, &problem.what, &problem.reason(), false),
            None => say(ui, "Running the network", "One picture, up to this layer.", true),
        });
        picture::show(ui, self, None, None, cx);
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

/// What a channel is called where it can be clicked: `channel 17`, or `goldfish (channel 1)`.
fn channel_name(session: &Session, layer: usize, channel: usize) -> String {
    let class = session.opened.class_of(layer, channel);
    class.map_or_else(|| format!("channel {channel}"), |class| format!("{class} (channel {channel})"))
}

/// Picture beside picture, or one below the other, whichever makes them larger: the rooms of both.
fn two_rooms(room: egui::Rect) -> [egui::Rect; 2] {
    const GAP: f32 = 6.0;
    if room.width() >= room.height() {
        let half = vec2(((room.width() - GAP) / 2.0).max(1.0), room.height());
        [egui::Rect::from_min_size(room.min, half), egui::Rect::from_min_size(room.min + vec2(half.x + GAP, 0.0), half)]
    } else {
        let half = vec2(room.width(), ((room.height() - GAP) / 2.0).max(1.0));
        [egui::Rect::from_min_size(room.min, half), egui::Rect::from_min_size(room.min + vec2(0.0, half.y + GAP), half)]
    }
}
