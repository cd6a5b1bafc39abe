//! Which channels come first.

use std::sync::Arc;

use crate::engine::{ActivationView, UnusualList};
use crate::session::{Action, Ask, Session};

/// The order of the channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InsideOrder {
    /// Largest value first: those that find most somewhere in the picture.
    #[default]
    Strongest,
    /// Those first that find more in this picture than in nearly all others.
    Unusual,
    /// Those first that find something in the picture and not in the one beside it.
    Differs,
}

impl InsideOrder {
    /// The name shown to the person.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Strongest => "strongest first",
            Self::Unusual => "most unusual first",
            Self::Differs => "differs most first",
        }
    }

    /// What it means.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Strongest => "By the largest value of each channel anywhere in the picture",
            Self::Unusual => {
                "By how far each channel is above its mean over the collection, in standard deviations (σ). Those that fire along the \
                 border come last: often they see the padding of the network, not the picture"
            }
            Self::Differs => "By how much larger the largest value is in the first picture than in the second",
        }
    }

    /// Those that can be chosen.
    pub(super) fn all(is_comparing: bool) -> impl Iterator<Item = Self> {
        [Self::Strongest, Self::Unusual].into_iter().chain(is_comparing.then_some(Self::Differs))
    }

    /// How unusual the channels are, if it goes by that; asked for where it is not known.
    pub(super) fn unusual(
        self,
        session: &Session,
        activation: &ActivationView,
        actions: &mut Vec<Action>,
    ) -> Option<Arc<UnusualList>> {
        if self != Self::Unusual || session.opened.chosen.layer != activation.layer {
            return None;
        }
        let source = session.source()?;
        // Asked at every frame; the session asks once, and once more when images were added.
        actions.push(Ask::Unusual.into());
        let is_it = |list: &&Arc<UnusualList>| list.image == activation.image && list.source.as_ref() == Some(&source);
        session.opened.unusual.as_ref().filter(is_it).cloned()
    }

    /// Why it is another order than was chosen, if it is.
    pub(super) fn why_not(self, session: &Session) -> Option<&'static str> {
        match self {
            Self::Unusual if session.source().is_none() => {
                Some("This layer is not stored, so it is not known what is usual: strongest first instead")
            }
            Self::Unusual if session.opened.committed.is_none_or(|(images, _)| images == 0) => {
                Some("Nothing is extracted yet, so it is not known what is usual: strongest first instead")
            }
            Self::Differs if session.opened.chosen.beside.is_none() => {
                Some("No second picture is chosen: strongest first instead")
            }
            Self::Strongest | Self::Unusual | Self::Differs => None,
        }
    }

    /// The channels in this order; what is not known goes by strength, and equal ones by channel.
    fn channels(
        self,
        activation: &ActivationView,
        beside: Option<&ActivationView>,
        unusual: Option<&UnusualList>,
    ) -> Vec<usize> {
        let number = |value: f32| if value.is_nan() { f32::NEG_INFINITY } else { value };
        let largest = |view: &ActivationView, channel: usize| view.maxima.get(channel).copied().map_or(f32::NAN, |v| v);
        let count = activation.values.shape()[0];
        let mut first = vec![0.0f32; count];
        match (self, unusual, beside) {
            (Self::Unusual, Some(list), _) => {
                first.fill(f32::NEG_INFINITY);
                for found in &list.channels {
                    if let Some(first) = first.get_mut(found.channel) {
                        *first = number(found.z);
                    }
                }
            }
            (Self::Differs, _, Some(beside)) => {
                for (channel, first) in first.iter_mut().enumerate() {
                    *first = number(largest(activation, channel) - largest(beside, channel));
                }
            }
            (Self::Strongest | Self::Unusual | Self::Differs, _, _) => {}
        }
        // What is unusual there is more often how the picture ends than what it shows.
        let mut is_last = vec![false; count];
        if self == Self::Unusual && unusual.is_some() {
            for (channel, is_last) in is_last.iter_mut().enumerate() {
                *is_last = activation.fires_along_border(channel);
            }
        }
        let mut channels: Vec<usize> = (0..count).collect();
        let strength = |channel: usize| number(largest(activation, channel));
        channels.sort_by(|&a, &b| {
            let by_first = is_last[a].cmp(&is_last[b]).then(first[b].total_cmp(&first[a]));
            by_first.then(strength(b).total_cmp(&strength(a))).then(a.cmp(&b))
        });
        channels
    }
}

/// The channels of what is looked at, put in order when something about it is new.
#[derive(Debug, Default)]
pub(super) struct ChannelList {
    key: Option<(u64, Option<u64>, InsideOrder)>,
    unusual: Option<Arc<UnusualList>>,
    channels: Arc<Vec<usize>>,
}

impl ChannelList {
    /// The channels, first ones first.
    pub(super) fn of(
        &mut self,
        activation: &ActivationView,
        beside: Option<&ActivationView>,
        order: InsideOrder,
        unusual: Option<&Arc<UnusualList>>,
    ) -> Arc<Vec<usize>> {
        let key = (activation.values.id(), beside.map(|view| view.values.id()), order);
        let is_same = match (&self.unusual, unusual) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if self.key != Some(key) || !is_same {
            self.channels = Arc::new(order.channels(activation, beside, unusual.map(|list| &**list)));
            (self.key, self.unusual) = (Some(key), unusual.cloned());
        }
        self.channels.clone()
    }
}
