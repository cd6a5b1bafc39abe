//! What of what is chosen is otherwise than before, as far as something depends on it.

use super::chosen::{Chosen, Comparison};
use super::maps::MapChoice;
use crate::domain::{Example, Metric, Region, Sort};

/// What has changed.
pub(super) struct Changes {
    /// Another picture is looked at.
    pub probe: bool,
    /// Another layer is looked at.
    pub layer: bool,
    /// Other vectors are asked: of another layer or pooling.
    pub source: bool,
    /// Another channel is looked at.
    pub channel: bool,
    /// The numbers of the maps that are others.
    pub maps: Vec<u32>,
    /// It is asked about another picture.
    pub about: bool,
    /// Other neighbours are asked for.
    pub neighbours: bool,
    /// Other neighbours are asked for at each depth.
    pub depths: bool,
    /// Another predicate filters.
    pub predicate: bool,
    /// Others are shown, or in another order.
    pub order: bool,
    /// Others are selected.
    pub selection: bool,
}

impl Changes {
    /// Those from what was chosen `before`.
    pub fn between(before: &Chosen, now: &Chosen) -> Self {
        let is_other = |map: &&MapChoice| {
            let was = before.maps.get(map.number).map(|was| (was.basis(before.layer), before.pooling));
            was != Some((map.basis(now.layer), now.pooling))
        };
        let probe = now.probe != before.probe;
        let shows_otherwise = (&now.filter, now.shows_removed) != (&before.filter, before.shows_removed);
        Self {
            probe,
            layer: now.layer != before.layer,
            source: (now.layer, now.pooling) != (before.layer, before.pooling),
            channel: now.channel != before.channel,
            maps: now.maps.iter().filter(is_other).map(|map| map.number).collect(),
            about: (now.asked_probe(), &now.like) != (before.asked_probe(), &before.like),
            neighbours: Ranking::of(now) != Ranking::of(before),
            depths: (Ranking::at_depths(now), now.pooling) != (Ranking::at_depths(before), before.pooling),
            predicate: now.filter.predicate != before.filter.predicate,
            order: shows_otherwise || now.sort != before.sort || (now.sort == Sort::Similarity && probe),
            selection: now.selection != before.selection,
        }
    }
}

/// By what neighbours are found and ranked, but for the vectors and the probe itself.
#[derive(PartialEq)]
struct Ranking<'a> {
    metric: Metric,
    count: usize,
    comparison: Option<&'a Comparison>,
    examples: &'a [(Example, f32)],
    like: Option<&'a Example>,
    first_weight: f32,
    asks_with_probe: bool,
    region: Option<&'a Region>,
    anywhere: bool,
    only_shown: bool,
    exactly: bool,
}

impl<'a> Ranking<'a> {
    fn of(chosen: &'a Chosen) -> Self {
        Self {
            metric: chosen.metric,
            count: chosen.neighbour_count,
            comparison: Some(&chosen.comparison),
            examples: &chosen.examples,
            like: chosen.like.as_ref(),
            first_weight: chosen.first_weight,
            asks_with_probe: chosen.asks_with_probe,
            region: chosen.region.as_ref(),
            anywhere: chosen.anywhere,
            only_shown: chosen.only_shown,
            exactly: chosen.exactly,
        }
    }

    /// At every depth the same number is shown, of each layer by itself, and of whole pictures.
    fn at_depths(chosen: &'a Chosen) -> Self {
        Self { count: 0, comparison: None, anywhere: false, ..Self::of(chosen) }
    }
}
