//! A choice, followed to what there is since the pictures were opened again.
//!
//! Images keep their ids in a workspace. Those that had not reached the disk may get others, so ids are followed by path.
//! Layers are another network's: they are followed by name, and what means nothing there is let go.

use std::sync::Arc;

use super::chosen::{Chosen, Comparison};
use super::places::Places;
use super::tag_edit::TagEdit;
use crate::domain::{Example, Filter, ImageId, ImageSet, Layer, Relabelling};
use crate::engine::Collection;

/// How a choice made before the pictures were opened again is found among what there is since.
#[derive(Clone, Debug)]
pub struct Following {
    pub(super) places: Places,
    pub(super) before: Arc<Collection>,
    pub(super) now: Arc<Collection>,
}

impl Following {
    /// The same choice among the images and layers of now.
    pub(super) fn followed(&self, chosen: &Chosen) -> Chosen {
        followed(chosen, &self.places, &self.before, &self.now)
    }
}

/// The same choice among the images and layers of now.
fn followed(chosen: &Chosen, places: &Places, before: &Collection, now: &Collection) -> Chosen {
    let image = |id: ImageId| places.of(id);
    let same_network = before.network_file == now.network_file;
    let layer_now = |index: usize| {
        let name = &before.layers.get(index).filter(|_| same_network)?.name;
        now.layers.iter().position(|layer: &Layer| layer.name == *name)
    };
    let layer = layer_now(chosen.layer);
    let comparison = match &chosen.comparison {
        Comparison::Mix(layers) => {
            let mixed: Option<_> = layers.iter().map(|(index, weight)| Some((layer_now(*index)?, *weight))).collect();
            mixed.map_or(Comparison::Layer, Comparison::Mix)
        }
        same @ (Comparison::Layer | Comparison::Network) => same.clone(),
    };
    let followed_example = |example: &Example| match example {
        Example::Image(id) => image(*id).map(Example::Image),
        Example::Region { image: id, region } => image(*id).map(|image| Example::Region { image, region: *region }),
        // Found by that network's vectors, and kept with them.
        Example::Cluster { .. } | Example::Class(_) | Example::Vector(_) if !same_network => None,
        Example::Cluster { .. }
        | Example::Class(_)
        | Example::Vector(_)
        | Example::Label(_)
        | Example::Tag(_)
        | Example::File { .. } => Some(example.clone()),
    };
    let like = chosen.like.as_ref().and_then(followed_example);
    let followed_weight = |(example, weight): &(Example, f32)| Some((followed_example(example)?, *weight));
    let examples: Vec<(Example, f32)> = chosen.examples.iter().filter_map(followed_weight).collect();
    let switched_off = chosen.switched_off.iter().filter_map(followed_weight).collect();
    let followed_edit = |edit: &Arc<TagEdit>| {
        let follow = || edit.images.iter().filter_map(image).collect();
        if places.are_the_same() { edit.clone() } else { Arc::new(TagEdit { images: follow(), ..(**edit).clone() }) }
    };
    let followed_labels = |change: &Arc<Relabelling>| {
        if places.are_the_same() { change.clone() } else { Arc::new(change.followed(image)) }
    };
    let followed_set = |images: &ImageSet| match places.are_the_same() {
        true => images.clone(),
        false => images.iter().filter_map(image).collect(),
    };
    let probe = chosen.probe.and_then(image);
    Chosen {
        selection: followed_set(&chosen.selection),
        filter: Filter { only: chosen.filter.only.as_ref().map(followed_set), ..chosen.filter.clone() },
        probe,
        beside: chosen.beside.and_then(image),
        anchor: chosen.anchor.and_then(image),
        picked: chosen.picked.and_then(image),
        layer: layer.unwrap_or_else(|| now.default_layer()),
        channel: chosen.channel.filter(|_| layer.is_some()),
        maps: chosen.maps.clone().among(&now.layers),
        comparison,
        asks_with_probe: chosen.asks_with_probe || (examples.is_empty() && like.is_none()),
        // What stood in the place of the probe may be gone: its weight is not the probe's.
        first_weight: if like.is_some() == chosen.like.is_some() { chosen.first_weight } else { 1.0 },
        examples,
        switched_off,
        like,
        region: chosen.region.filter(|_| probe.is_some()),
        tag_edits: chosen.tag_edits.iter().map(followed_edit).collect(),
        label_edits: chosen.label_edits.iter().map(followed_labels).collect(),
        // The clusters that were there before may be others now, or another network's.
        cluster_edits: Vec::new(),
        ..chosen.clone()
    }
}
