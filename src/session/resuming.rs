//! The same pictures opened again (through another network, with other layers): what was chosen stays, and so do the steps
//! back.
//!
//! Images keep their ids in a workspace. Those that had not reached the disk may get others, so ids are followed by path.
//! Layers are another network's: they are followed by name, and what means nothing there is let go.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

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
}

impl Session {
    /// What is to be taken up again once `folder` is open, if it is the one that is opened again.
    pub(super) fn set_aside(&mut self, folder: Option<&PathBuf>) -> Option<Box<Resumed>> {
        let is_same = folder.is_some() && folder == self.folder().as_ref();
        if !(is_same && self.resumes) {
            return None;
        }
        // The network is changed once more while the pictures are still on their way.
        if let Some(waiting) = self.resumed.take() {
            return Some(waiting);
        }
        Some(Box::new(Resumed {
            before: self.collection().cloned()?,
            chosen: self.chosen.clone(),
            history: std::mem::take(&mut self.history),
            images: std::mem::take(&mut self.images),
        }))
    }

    /// Takes up what was chosen, as soon as every image it speaks of is there, or `at_last` without those that are not.
    pub(super) fn resume(&mut self, at_last: bool) -> Vec<Request> {
        let Some(now) = self.collection().cloned() else { return Vec::new() };
        let is_ready = |resumed: &mut Box<Resumed>| at_last || resumed.images.len() <= self.images.len();
        let Some(resumed) = self.resumed.take_if(is_ready) else { return Vec::new() };
        let Resumed { before, chosen, history, images } = *resumed;
        let places = Places::new(&images, &self.images);
        let follow = |chosen: &Chosen| followed(chosen, &places, &before, &now);
        let mut history = history.map(follow);
        let mut chosen = follow(&chosen);
        // Whatever the person has chosen meanwhile comes on top.
        if self.history.can_undo() {
            history.record(chosen.clone());
            let edits_before = chosen.tag_edits;
            let on_top = |later: &Chosen| {
                let tag_edits = edits_before.iter().chain(&later.tag_edits).cloned().collect();
                Chosen { tag_edits, ..later.clone() }
            };
            history.append(std::mem::take(&mut self.history).map(on_top));
            chosen = on_top(&self.chosen);
        }
        history.forget_repeated(&chosen);
        self.history = history;
        // These were made: they are not to be made again.
        self.chosen.tag_edits.clone_from(&chosen.tag_edits);
        self.restore(chosen)
    }
}

/// Where images are now that had an id before.
struct Places<'a> {
    before: &'a [ImageRecord],
    now: &'a [ImageRecord],
    /// The ids of paths, if any image has another id than before.
    by_path: Option<HashMap<&'a str, ImageId>>,
}

impl<'a> Places<'a> {
    fn new(before: &'a [ImageRecord], now: &'a [ImageRecord]) -> Self {
        let is_moved = |image: &ImageRecord| now.get(image.id.index()).is_none_or(|same| same.path != image.path);
        let by_path = || now.iter().map(|image| (image.path.text.as_str(), image.id)).collect();
        Self { before, now, by_path: before.iter().any(is_moved).then(by_path) }
    }

    fn are_the_same(&self) -> bool {
        self.by_path.is_none()
    }

    fn of(&self, id: ImageId) -> Option<ImageId> {
        let path = &self.before.get(id.index())?.path;
        match &self.by_path {
            None => Some(id),
            Some(by_path) => by_path.get(path.text.as_str()).copied().filter(|id| self.now[id.index()].path == *path),
        }
    }
}

/// The same choice among the images and layers of now.
fn followed(chosen: &Chosen, places: &Places<'_>, before: &Collection, now: &Collection) -> Chosen {
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
        other => other.clone(),
    };
    let like = match &chosen.like {
        Some(Example::Image(id)) => image(*id).map(Example::Image),
        Some(Example::Region { image: id, region }) => {
            image(*id).map(|image| Example::Region { image, region: *region })
        }
        // Found by that network's vectors, and kept with them.
        Some(Example::Cluster { .. } | Example::Class(_) | Example::Vector(_)) if !same_network => None,
        other => other.clone(),
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
