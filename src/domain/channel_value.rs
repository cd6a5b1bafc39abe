//! How much channels give at one place.

use serde::{Deserialize, Serialize};

/// What one channel gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelValue {
    /// Its index in the layer.
    pub channel: usize,
    /// What it gives, as the network computes it.
    pub value: f32,
}

/// The channels with the largest of `values`, one a channel, largest first and at most `count`. Equal ones go by channel; what
/// is not a number is left out.
pub fn strongest_channels(values: &[f32], count: usize) -> Vec<ChannelValue> {
    let numbers = values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    let mut all: Vec<ChannelValue> = numbers.map(|(channel, &value)| ChannelValue { channel, value }).collect();
    let stronger = |a: &ChannelValue, b: &ChannelValue| b.value.total_cmp(&a.value).then(a.channel.cmp(&b.channel));
    if count < all.len() {
        // Asked whenever the pointer moves: a layer may have thousands, of which a handful is wanted.
        all.select_nth_unstable_by(count, stronger);
        all.truncate(count);
    }
    all.sort_by(stronger);
    all
}
