//! In which order channels hang on the wall, and which values make which colours.

use std::sync::Arc;

use crate::engine::{ActivationView, UnusualList};
use crate::ui::paint::ColourMap;

/// The order of the channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelOrder {
    /// As the network numbers them.
    Network,
    /// Largest mean first.
    Mean,
    /// Largest value first: what a newcomer sees are channels that found something.
    #[default]
    Maximum,
    /// Those first where the image is farthest from what is usual in the collection.
    Unusual,
}

impl ChannelOrder {
    /// All of them, for menus.
    pub const ALL: [ChannelOrder; 4] =
        [ChannelOrder::Network, ChannelOrder::Mean, ChannelOrder::Maximum, ChannelOrder::Unusual];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            ChannelOrder::Network => "network order",
            ChannelOrder::Mean => "strongest mean",
            ChannelOrder::Maximum => "highest value",
            ChannelOrder::Unusual => "unusual for this image",
        }
    }

    /// The channels in this order; ties and values that are not numbers go by channel, and so does everything of which it
    /// is not known how `unusual` it is.
    pub fn channels(self, activation: &ActivationView, unusual: Option<&UnusualList>) -> Vec<usize> {
        let [count, ..] = activation.values.shape();
        let mut channels: Vec<usize> = (0..count).collect();
        let by = match self {
            ChannelOrder::Network => return channels,
            ChannelOrder::Unusual => {
                let mut rank = vec![usize::MAX; count];
                for (place, found) in unusual.iter().flat_map(|list| &list.channels).enumerate() {
                    if let Some(rank) = rank.get_mut(found.channel) {
                        *rank = place;
                    }
                }
                channels.sort_by_key(|&channel| (rank[channel], channel));
                return channels;
            }
            ChannelOrder::Mean => &activation.means,
            ChannelOrder::Maximum => &activation.maxima,
        };
        let value = |channel: usize| by.get(channel).copied().filter(|v| !v.is_nan()).unwrap_or(f32::NEG_INFINITY);
        channels.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
        channels
    }
}

/// The order of one activation, sorted once.
#[derive(Debug, Default)]
pub struct OrderCache {
    key: Option<(u64, ChannelOrder)>,
    unusual: Option<Arc<UnusualList>>,
    channels: Vec<usize>,
}

impl OrderCache {
    /// The channels in this order.
    pub fn channels(
        &mut self,
        activation: &ActivationView,
        order: ChannelOrder,
        unusual: Option<&Arc<UnusualList>>,
    ) -> &[usize] {
        let key = (activation.values.id(), order);
        let is_same = match (&self.unusual, unusual) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if self.key != Some(key) || !is_same {
            self.channels = order.channels(activation, unusual.map(|list| &**list));
            self.key = Some(key);
            self.unusual = unusual.cloned();
        }
        &self.channels
    }
}

/// Which values the ends of the colours stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Each channel from its smallest to its largest value: shows where it responds.
    #[default]
    Channel,
    /// All channels alike, over the layer's values: shows which respond.
    Layer,
}

impl Scale {
    /// The values at the two ends of the colours for one channel.
    pub fn range(self, activation: &ActivationView, channel: usize, colours: ColourMap) -> [f32; 2] {
        let [_, h, w] = activation.values.shape();
        // A single value has no range of its own.
        let [low, high] = match self {
            Scale::Channel if h * w > 1 => {
                [activation.minima.get(channel).copied(), activation.maxima.get(channel).copied()]
                    .map(|value| value.filter(|v| v.is_finite()).unwrap_or(0.0))
            }
            Scale::Channel | Scale::Layer => layer_range(activation),
        };
        colours.range(low, high)
    }
}

/// Smallest and largest value of the layer; what is not finite is left out.
pub fn layer_range(activation: &ActivationView) -> [f32; 2] {
    let finite = |values: &[f32], start: f32, better: fn(f32, f32) -> f32| {
        let best = values.iter().copied().filter(|v| v.is_finite()).fold(start, better);
        if best.is_finite() { best } else { 0.0 }
    };
    [finite(&activation.minima, f32::INFINITY, f32::min), finite(&activation.maxima, f32::NEG_INFINITY, f32::max)]
}

/// A value in three digits or so: `0.0132`, `4.21`, `312`, `1.2e6`.
pub fn short(value: f32) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => format!("{value}"),
        0.0 => "0".into(),
        _ if size >= 1e5 => format!("{value:.1e}"),
        _ if size >= 100.0 => format!("{value:.0}"),
        _ if size >= 1.0 => format!("{value:.2}"),
        _ if size >= 0.001 => format!("{value:.4}"),
        _ => format!("{value:.1e}"),
    }
}
