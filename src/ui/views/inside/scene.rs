//! What is looked at in one frame.

use std::sync::Arc;

use crate::engine::{ActivationView, ExemplarList, UnusualList};
use crate::session::Session;
use crate::ui::paint::HeatMapStyle;
use crate::ui::views::activations::layer_range;
use crate::ui::widgets::on_picture::overlay_style;

/// The activation of the picture, that of the one beside it, and how both are drawn.
pub(super) struct Scene<'a> {
    pub(super) session: &'a Session,
    pub(super) activation: &'a ActivationView,
    pub(super) beside: Option<&'a ActivationView>,
    pub(super) unusual: Option<&'a UnusualList>,
    /// Over a picture.
    pub(super) style: HeatMapStyle,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        session: &'a Session,
        activation: &'a ActivationView,
        beside: Option<&'a ActivationView>,
        unusual: Option<&'a UnusualList>,
        strength: f32,
    ) -> Self {
        let [low, high] = layer_range(activation);
        let style = overlay_style([low, high], strength);
        Self { session, activation, beside, unusual, style }
    }

    /// How many channels there are.
    pub(super) fn count(&self) -> usize {
        self.activation.values.shape()[0]
    }

    /// Height and width of a channel.
    pub(super) fn cells(&self) -> [usize; 2] {
        let [_, h, w] = self.activation.values.shape();
        [h, w]
    }

    /// Whether its channels have a place on the picture.
    pub(super) fn has_planes(&self) -> bool {
        let [h, w] = self.cells();
        h * w > 1
    }

    /// Both activations, as far as there are two.
    pub(super) fn views(&self) -> impl Iterator<Item = &'a ActivationView> + use<'a> {
        std::iter::once(self.activation).chain(self.beside)
    }

    /// The values at the ends of the colours: the same in both pictures.
    pub(super) fn range(&self, channel: usize) -> [f32; 2] {
        let of = |values: &[f32]| values.get(channel).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
        let ends = self.views().map(|view| [of(&view.minima), of(&view.maxima)]);
        let [low, high] = ends.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]).unwrap_or_default();
        self.style.colours.range(low, high)
    }

    /// What a channel gives at most, in the picture and in the one beside it.
    pub(super) fn largest(&self, channel: usize) -> impl Iterator<Item = f32> + use<'a> {
        self.views().map(move |view| view.maxima.get(channel).copied().unwrap_or(f32::NAN))
    }

    /// How much of its largest value in any picture the channel reaches in this one, if that is known.
    pub(super) fn share_of_most(&self, channel: usize) -> Option<f32> {
        let list = self.exemplars().filter(|list| list.is_current)?;
        let most = list.lists.iter().find(|(of, _)| *of == channel)?.1.first()?.value;
        let here = self.activation.maxima.get(channel).copied().filter(|value| value.is_finite())?;
        (most > 0.0 && here >= 0.0).then(|| (here / most).min(1.0))
    }

    /// How unusual the channel is for the picture, if that is known.
    pub(super) fn z(&self, channel: usize) -> Option<f32> {
        self.unusual?.channels.iter().find(|found| found.channel == channel).map(|found| found.z)
    }

    /// The exemplars of all channels of this layer, once they are there.
    pub(super) fn exemplars(&self) -> Option<&'a Arc<ExemplarList>> {
        self.session.opened.inside.exemplars.as_ref().filter(|list| list.layer == self.activation.layer)
    }
}
