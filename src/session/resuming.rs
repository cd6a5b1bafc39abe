//! The same pictures opened again (through another network, with other layers): what was chosen stays, and so do the steps
//! back.
//!
//! Images keep their ids in a workspace. Those that had not reached the disk may get others, so ids are followed by path.
//! Layers are another network's: they are followed by name, and what means nothing there is let go.

use std::path::PathBuf;
use std::sync::Arc;

use super::places::Places;
use super::{Chosen, Comparison, History, Session, TagEdit};
use crate::domain::{Example, ImageId, ImageRecord, Layer};
use crate::engine::{Collection, Request};

/// What was chosen before the folder was opened again.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// What was open.
    before: Arc<Collection>,
    chosen: Chosen,
    history: History,
    /// Every image as it was known.
    images: Vec<ImageRecord>,
    /// Where those are now, as far as images were found.
    places: Places,
}

impl Resumed {
    /// Takes in an image that is found now.
    pub(super) fn meet(&mut self, found: &ImageRecord) {
        self.places.meet(&self.images, found);
    }
}

impl Session {
    /// What is to be taken up again once `folder` is open, if it is the one that is opened again.
    pub(super) fn set_aside(&mut self, folder: Option<&PathBuf>) -> Option<Box<Resumed>> {
        let is_same = folder.is_some() && folder == self.folder().as_ref();
        if !(is_same && self.resumes) {
            return None;
        }
        // The network is changed once more while the pictures are still on their way.
        if let Some(mut waiting) = self.resumed.take() {
            waiting.places = Places::default();
            return Some(waiting);
        }
        Some(Box::new(Resumed {
            before: self.collection().cloned()?,
            chosen: self.chosen.clone(),
            history: std::mem::take(&mut self.history),
            images: std::mem::take(&mut self.images),
            places: Places::default(),
        }))
    }

    /// Takes up what was chosen, as soon as every image it speaks of is there, or `at_last` without those that are not.
    pub(super) fn resume(&mut self, at_last: bool) -> Vec<Request> {
        let Some(now) = self.collection().cloned() else { return Vec::new() };
        let is_ready = |resumed: &mut Box<Resumed>| at_last || resumed.images.len() <= self.images.len();
        let Some(resumed) = self.resumed.take_if(is_ready) else { return Vec::new() };
        let Resumed { before, chosen, mut history, images, mut places } = *resumed;
        places.end(&images, self.images.len());
        let following = Following { places, before, now };
        let mut chosen = following.followed(&chosen);
        history.follow(following);
        // Whatever the person has chosen meanwhile comes on top.
        if self.history.can_undo() {
            history.record(chosen.clone());
            let edits_before = chosen.tag_edits;
            let on_top = |later: Chosen| {
                let tag_edits = edits_before.iter().chain(&later.tag_edits).cloned().collect();
                Chosen { tag_edits, ..later }
            };
            history.append(std::mem::take(&mut self.history), on_top);
            chosen = on_top(self.chosen.clone());
        }
        history.forget_repeated(&chosen);
        self.history = history;
        // These were made: they are not to be made again.
        self.chosen.tag_edits.clone_from(&chosen.tag_edits);
        self.restore(chosen)
    }
}

/// How a choice made before the pictures were opened again is found among what there is since.
#[derive(Clone, Debug)]
pub struct Following {
    places: Places,
    before: Arc<Collection>,
    now: Arc<Collection>,
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
    let like = match &chosen.like {
        Some(Example::Image(id)) => image(*id).map(Example::Image),
        Some(Example::Region { image: id, region }) => {
            image(*id).map(|image| Example::Region { image, region: *region })
        }
        // Found by that network's vectors, and kept with them.
        Some(Example::Cluster { .. } | Example::Class(_) | Example::Vector(_)) if !same_network => None,
        Some(Example::Cluster { .. } | Example::Class(_) | Example::Vector(_))
        | Some(Example::Label(_) | Example::Tag(_) | Example::File { .. })
        | None => chosen.like.clone(),
    };
    let followed_edit = |edit: &Arc<TagEdit>| {
        let follow = || edit.ids.iter().filter_map(|id| image(*id)).collect();
        if places.are_the_same() { edit.clone() } else { Arc::new(TagEdit { ids: follow(), ..(**edit).clone() }) }
    };
    let selection = &chosen.selection;
    let probe = chosen.probe.and_then(image);
    Chosen {
        selection: match places.are_the_same() {
            true => selection.clone(),
            false => selection.iter().filter_map(image).collect(),
        },
        probe,
        anchor: chosen.anchor.and_then(image),
        layer: layer.unwrap_or_else(|| now.default_layer()),
        channel: chosen.channel.filter(|_| layer.is_some()),
        comparison,
        examples: chosen.examples.iter().filter_map(|(id, weight)| Some((image(*id)?, *weight))).collect(),
        like,
        region: chosen.region.filter(|_| probe.is_some()),
        tag_edits: chosen.tag_edits.iter().map(followed_edit).collect(),
        ..chosen.clone()
    }
}
