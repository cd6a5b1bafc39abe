//! What is near what is asked with at every depth of the network: asked while somebody looks at that, and each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::OpenedCollection;
use super::inside::strip_layers;
use super::left_out::leave_out_shared;
use crate::domain::{Example, ImageId, ImageSet, Pooling, Representation, StoredLayer};
use crate::engine::{Collection, DepthNeighbours, DepthsWish, Look, NeighbourList, Problem, Request};

/// So many layers, unless all are wanted: more rows than can be seen at once tell no more.
const LAYERS: usize = 8;
/// So many pictures a layer: a row of small ones is that long.
const NEIGHBOURS: usize = 24;

/// What is near at every depth.
#[derive(Clone, Debug, Default)]
pub struct Depths {
    /// The layers that are asked at (indices in [`Collection::layers`]), ascending.
    pub layers: Vec<usize>,
    /// What is near at each of them, as far as that is known. What was found for the question before stays in its row until its
    /// own is there, as long as the question is about the same.
    pub rows: BTreeMap<usize, Arc<NeighbourList>>,
    /// Why there is no more, if it was asked for in vain.
    pub problem: Option<Problem>,
    /// In how many rows each image is, if it is in several.
    repeated: HashMap<ImageId, usize>,
    asked: Option<Asked>,
    /// The number of the last question.
    number: u64,
    /// The layers whose rows answer the question as it is asked now, or of which it is told why there is no answer.
    answered: BTreeSet<usize>,
    /// Those whose answers are on their way.
    awaited: BTreeSet<usize>,
    /// Those of whose rows something is left out.
    lessened: BTreeSet<usize>,
    /// What is left out of some row, because it is to be removed.
    left_out: ImageSet,
}

/// Which question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    question: u64,
    version: u64,
    wants_all: bool,
}

impl Depths {
    /// Whether somebody looks at it.
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// How many of the layers have answered the question.
    pub fn answered(&self) -> usize {
        self.answered.len()
    }

    /// In how many rows an image is.
    pub fn row_count(&self, image: ImageId) -> usize {
        self.repeated.get(&image).copied().unwrap_or(1)
    }

    /// How many are left out of some row, because they are to be removed.
    pub fn left_out(&self) -> usize {
        self.left_out.len()
    }

    /// Leaves out what is hidden. What comes in its place is asked for of those rows alone that it was in; where `some_are_back`, of
    /// those that something was left out of.
    pub(super) fn leave_out(&mut self, hidden: &ImageSet, some_are_back: bool) {
        let Self { rows, answered, lessened, left_out, .. } = self;
        if some_are_back {
            answered.retain(|layer| !lessened.contains(layer));
            *left_out = left_out.intersection(hidden);
        }
        for (layer, list) in rows {
            note(left_out, list, hidden);
            if leave_out_shared(list, hidden, usize::MAX) > 0 {
                lessened.insert(*layer);
                answered.remove(layer);
            }
        }
        self.count_again();
    }

    /// Whether all that is to be known is known, or will be once what was asked is answered. What turns out to lack something
    /// meanwhile waits for that: who asks anew begins anew with what is not answered yet.
    fn is_underway(&self) -> bool {
        !self.awaited.is_empty() || self.layers.iter().all(|layer| self.answered.contains(layer))
    }

    fn count_again(&mut self) {
        self.repeated.clear();
        for neighbour in self.rows.values().flat_map(|list| &list.neighbours) {
            *self.repeated.entry(neighbour.image).or_default() += 1;
        }
        self.repeated.retain(|_, rows| *rows > 1);
    }
}

impl OpenedCollection {
    /// Asks what is near at every depth, as far as that is neither known nor asked; at some layers, or at all whose vectors are stored.
    /// `None`: nobody looks at it any more.
    pub(super) fn ask_depths(&mut self, wants_all: Option<bool>) -> Vec<Request> {
        let Some(wants_all) = wants_all else {
            let was_asked = self.depths.is_asked();
            self.depths = Depths { number: self.depths.number, ..Depths::default() };
            return if was_asked { vec![Request::Look(Look::Depths(None))] } else { Vec::new() };
        };
        let (Some((1.., version)), Some(collection)) = (self.committed, self.collection().cloned()) else {
            return Vec::new();
        };
        let asked = Asked { question: self.questions, version, wants_all };
        let before = self.depths.asked.replace(asked);
        if before == Some(asked) && self.depths.is_underway() {
            return Vec::new();
        }
        if before.is_none_or(|before| Asked { wants_all, ..before } != asked) {
            self.depths.answered.clear();
            self.depths.lessened.clear();
            self.depths.left_out = ImageSet::default();
        }
        self.depths.problem = None;
        self.depths.awaited.clear();
        self.depths.number += 1;
        let pooling = self.chosen.pooling;
        let layers = if wants_all { stored_layers(&collection, pooling) } else { some_layers(&collection, pooling) };
        let source = |layer: usize| StoredLayer { layer: collection.layers[layer].name.clone(), pooling };
        let wish = layers.first().and_then(|first| self.wish_at(Representation::Layer(source(*first))));
        let Some(mut wish) = wish else {
            self.depths.rows.clear();
            // There is nothing to be known.
            self.depths.answered = layers.iter().copied().collect();
            self.depths.layers = layers;
            self.depths.count_again();
            return vec![Request::Look(Look::Depths(None))];
        };
        wish.k = NEIGHBOURS + self.spare_neighbours();
        let about = |example: &Example| example.image().map_or_else(|| Err(example.clone()), Ok);
        let first = about(&wish.examples[0].0);
        let is_about_it = |list: &NeighbourList| list.wish.examples.first().is_some_and(|(was, _)| about(was) == first);
        let depths = &mut self.depths;
        depths.rows.retain(|layer, list| layers.contains(layer) && is_about_it(list));
        depths.answered.retain(|layer| depths.rows.contains_key(layer));
        depths.awaited = layers.iter().copied().filter(|layer| !depths.answered.contains(layer)).collect();
        depths.layers = layers;
        depths.count_again();
        let sources: Vec<StoredLayer> = depths.awaited.iter().copied().map(source).collect();
        let wish = DepthsWish { number: depths.number, of: wish, sources };
        vec![Request::Look(Look::Depths(Some(wish).filter(|wish| !wish.sources.is_empty())))]
    }

    pub(in crate::session) fn take_depth(&mut self, answer: DepthNeighbours) {
        let DepthNeighbours { number, list } = answer;
        let layer = match &list.wish.at {
            Representation::Layer(source) => {
                self.collection().and_then(|open| open.layers.iter().position(|layer| layer.name == source.layer))
            }
            Representation::Mix(_) | Representation::Embedding => None,
        };
        let Some(layer) = layer.filter(|_| number == self.depths.number) else { return };
        if !self.depths.awaited.remove(&layer) {
            return;
        }
        let (asked, found) = (list.wish.k, list.neighbours.len());
        let mut list = Arc::new(list);
        self.depths.lessened.remove(&layer);
        if let Some(hidden) = self.hidden().cloned() {
            note(&mut self.depths.left_out, &list, &hidden);
            if leave_out_shared(&mut list, &hidden, NEIGHBOURS) > 0 {
                self.depths.lessened.insert(layer);
            }
        }
        let left = list.neighbours.len();
        self.depths.rows.insert(layer, list);
        self.depths.count_again();
        // What lacks some is asked for again by whoever looks at it.
        if !self.lacks_some(asked, found, [NEIGHBOURS, left]) {
            self.depths.answered.insert(layer);
        }
    }

    /// Why there is no answer at some of the layers.
    pub(super) fn take_depths_problem(&mut self, problem: Problem) {
        if self.depths.is_asked() {
            self.depths.problem = Some(problem);
            // In vain once more they would be asked in each frame.
            let given_up = std::mem::take(&mut self.depths.awaited);
            self.depths.answered.extend(given_up);
        }
    }
}

/// Notes which of a list are hidden and nearer than the last of those that are shown.
fn note(left_out: &mut ImageSet, list: &NeighbourList, hidden: &ImageSet) {
    let mut shown = 0;
    for neighbour in list.neighbours.iter() {
        if hidden.contains(neighbour.image) {
            left_out.insert(neighbour.image);
        } else {
            shown += 1;
            if shown == NEIGHBOURS {
                break;
            }
        }
    }
}

/// The layers whose vectors are stored, pooled like this, in network order.
pub fn stored_layers(collection: &Collection, pooling: Pooling) -> Vec<usize> {
    let is_stored =
        |name: &str| collection.stored.iter().any(|stored| stored.pooling == pooling && stored.layer == name);
    (0..collection.layers.len()).filter(|&index| is_stored(&collection.layers[index].name)).collect()
}

/// Some of them, from the first to the last: of the outputs of blocks, if those are stored.
fn some_layers(collection: &Collection, pooling: Pooling) -> Vec<usize> {
    let stored = stored_layers(collection, pooling);
    let blocks: Vec<usize> = strip_layers(collection).into_iter().filter(|layer| stored.contains(layer)).collect();
    let among = if blocks.len() < 2 { stored } else { blocks };
    if among.len() <= LAYERS {
        return among;
    }
    let last = among.len() - 1;
    (0..LAYERS).map(|step| among[step * last / (LAYERS - 1)]).collect()
}
