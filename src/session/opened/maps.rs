//! Which maps are looked at: one, or several beside each other.

use std::iter;

use serde::{Deserialize, Serialize};

use super::OpenedCollection;
use crate::domain::{Centrality, ImageColumn, Layer, ProjectionMethod, ProjectionWish, StoredLayer};
use crate::engine::Request;

/// So many can be looked at beside each other: of more, each would be too small to find anything on it.
const MOST: usize = 4;

/// What the points of a map are coloured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colouring {
    /// A colour per label.
    #[default]
    Label,
    /// Nothing but selected and not.
    Plain,
    /// How like the probe they are.
    Similarity,
    /// A colour per cluster.
    Cluster,
    /// How many of its true neighbours each has around it on the map.
    Faithfulness,
    /// A colour per tag: of an image with several, that of the first.
    Tag,
    /// A colour for each part of the data set, such as `train`, as it was imported.
    Split,
    /// How much of something each has, such as pixels.
    Column(ImageColumn),
    /// How much each excites the enlarged channel of the layer looked at.
    Channel,
    /// How central each is in the graph of nearest neighbours, once that is measured.
    Centrality(Centrality),
}

/// Who chose how a map is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MethodBy {
    /// Nobody yet.
    #[default]
    Default,
    /// The program, as suits the number of images.
    Program,
    /// The person, who keeps it.
    Person,
}

/// One map: what it is of, how it is made and how it is coloured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapChoice {
    /// Tells it from the others as long as it is there.
    pub number: u32,
    /// The layer whose vectors it is of, by its name; `None` for the one that is looked at everywhere.
    pub layer: Option<String>,
    /// How it is made.
    pub method: ProjectionMethod,
    /// Who chose that.
    #[serde(default)]
    pub method_by: MethodBy,
    /// What its points are coloured by.
    pub colouring: Colouring,
}

/// The maps that are looked at, from left to right. There is always one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maps {
    /// The one that is always there.
    pub first: MapChoice,
    /// Those beside it.
    pub beside: Vec<MapChoice>,
}

/// What can be wished of maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChooseMap {
    /// Look at another one beside those that are there. It is like the last of them, and stays at the layer that is looked at now.
    Add,
    /// Look at this one no more. The only one stays.
    Close(u32),
    /// Make it of this layer, or of the one that is looked at everywhere.
    Layer(u32, Option<String>),
    /// Make it by another method.
    Method(u32, ProjectionMethod),
    /// Make it by this method as long as the person chose none.
    Begin(u32, ProjectionMethod),
    /// Colour it.
    Colouring(u32, Colouring),
}

impl ChooseMap {
    /// The map whose method a person chooses by it.
    pub(super) fn method_of(&self) -> Option<u32> {
        match self {
            Self::Method(number, _) => Some(*number),
            Self::Add | Self::Close(_) | Self::Layer(..) | Self::Begin(..) | Self::Colouring(..) => None,
        }
    }
}

impl MapChoice {
    /// Of which layer it is, by name or as that of everything else, and how it is made: another map must be made when this is
    /// another.
    pub(super) fn basis(&self, layer: usize) -> (Result<&str, usize>, ProjectionMethod, bool) {
        // Who asks for what the program is making, or gave up, wants it to be made.
        (self.layer.as_deref().ok_or(layer), self.method, self.method_by == MethodBy::Person)
    }

    /// What the program chose is to be chosen again.
    fn begin_again(&mut self) {
        if self.method_by == MethodBy::Program {
            (self.method, self.method_by) = (ProjectionMethod::Pca, MethodBy::Default);
        }
    }
}

impl Maps {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &MapChoice> {
        iter::once(&self.first).chain(&self.beside)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 + self.beside.len()
    }

    /// The one with this number, if it is there.
    pub fn get(&self, number: u32) -> Option<&MapChoice> {
        self.iter().find(|map| map.number == number)
    }

    /// Whether there may be one more.
    pub fn can_add(&self) -> bool {
        self.count() < MOST
    }

    /// Whether one of them is coloured so.
    pub fn any_coloured_by(&self, colouring: Colouring) -> bool {
        self.iter().any(|map| map.colouring == colouring)
    }

    /// The same maps of a network with these layers: one of a layer that is not among them is of the layer looked at.
    pub(in crate::session) fn among(mut self, layers: &[Layer]) -> Self {
        for map in self.iter_mut() {
            map.begin_again();
            map.layer.take_if(|name| !layers.iter().any(|layer| layer.name == *name));
        }
        self
    }

    /// Colours by `colouring` the first, and those that are coloured as it is.
    pub(super) fn colour_like_first(&mut self, colouring: Colouring) {
        let before = self.first.colouring;
        self.iter_mut().filter(|map| map.colouring == before).for_each(|map| map.colouring = colouring);
    }

    /// The same as they may be, wherever they come from: no more than there is room for, and no two of one number.
    #[must_use]
    pub fn usable(mut self) -> Self {
        self.beside.truncate(MOST - 1);
        for (number, map) in (0..).zip(self.iter_mut()) {
            map.number = number;
            map.begin_again();
        }
        self
    }

    /// Maps that follow what is looked at begin anew there, where nobody chose how.
    pub(super) fn begin_again(&mut self) {
        self.iter_mut().filter(|map| map.layer.is_none()).for_each(MapChoice::begin_again);
    }

    /// How maps are made that nobody chose that for stays as it is in `now`, whatever is undone.
    pub(super) fn keep_begun(&mut self, now: &Self) {
        for map in self.iter_mut().filter(|map| map.method_by != MethodBy::Person) {
            if let Some(begun) = now.get(map.number).filter(|begun| begun.method_by == MethodBy::Program) {
                (map.method, map.method_by) = (begun.method, begun.method_by);
            }
        }
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut MapChoice> {
        iter::once(&mut self.first).chain(&mut self.beside)
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut MapChoice)) {
        if let Some(map) = self.iter_mut().find(|map| map.number == number) {
            change(map);
        }
    }

    /// Adds one like the last, of the layer called `here` if that one follows what is looked at.
    fn add(&mut self, here: Option<&str>) {
        if !self.can_add() {
            return;
        }
        let mut map = self.beside.last().unwrap_or(&self.first).clone();
        map.number = self.iter().map(|map| map.number).max().map_or(0, |most| most + 1);
        map.layer = map.layer.or_else(|| here.map(str::to_owned));
        map.method_by = MethodBy::Person;
        self.beside.push(map);
    }

    /// Takes one away, unless it is the only one.
    fn close(&mut self, number: u32) {
        if self.first.number == number && !self.beside.is_empty() {
            self.first = self.beside.remove(0);
        } else {
            self.beside.retain(|map| map.number != number);
        }
    }
}

impl OpenedCollection {
    pub(super) fn choose_map(&mut self, choice: ChooseMap) {
        let here = self.layer_name().map(str::to_owned);
        let maps = &mut self.chosen.maps;
        match choice {
            ChooseMap::Add => maps.add(here.as_deref()),
            ChooseMap::Close(number) => maps.close(number),
            ChooseMap::Layer(number, layer) => maps.change(number, |map| map.layer = layer),
            ChooseMap::Method(number, method) => {
                maps.change(number, |map| (map.method, map.method_by) = (method, MethodBy::Person));
            }
            ChooseMap::Begin(number, method) => {
                maps.change(number, |map| (map.method, map.method_by) = (method, MethodBy::Program));
            }
            ChooseMap::Colouring(number, colouring) => maps.change(number, |map| map.colouring = colouring),
        }
    }

    pub(super) fn choose_first_method(&mut self, method: ProjectionMethod) {
        self.choose_map(ChooseMap::Method(self.chosen.maps.first.number, method));
    }

    /// What clusterings there are. A map that was coloured by clusters when the person left is so again; where there are none, by
    /// labels, since all points would be grey.
    pub(in crate::session) fn take_clusterings(&mut self, names: Vec<String>) -> Vec<Request> {
        self.clusterings = names;
        self.clusterings_are_known = true;
        let maps = &mut self.chosen.maps;
        if self.clustering.is_some() || !maps.any_coloured_by(Colouring::Cluster) {
            return Vec::new();
        }
        match self.clusterings.last() {
            Some(name) => {
                self.keeps_colours = true;
                vec![Request::OpenClustering(name.clone())]
            }
            None => {
                let by_cluster = maps.iter_mut().filter(|map| map.colouring == Colouring::Cluster);
                by_cluster.for_each(|map| map.colouring = Colouring::Label);
                Vec::new()
            }
        }
    }

    /// The name of the layer that a map is of, stored or not; `None` while nothing is open.
    pub fn layer_of_map<'a>(&'a self, map: &'a MapChoice) -> Option<&'a str> {
        map.layer.as_deref().or_else(|| self.layer_name())
    }

    /// The representation that a map is of, if it is stored.
    pub fn source_of_map(&self, map: &MapChoice) -> Option<StoredLayer> {
        let wanted = StoredLayer { layer: self.layer_of_map(map)?.to_owned(), pooling: self.chosen.pooling };
        self.collection()?.stored.contains(&wanted).then_some(wanted)
    }

    /// Which map is to be drawn there.
    pub fn wish_of_map(&self, map: &MapChoice) -> Option<ProjectionWish> {
        Some(ProjectionWish { source: self.source_of_map(map)?, method: map.method, seed: 0 })
    }

    /// Which map is to be drawn as the first.
    pub fn projection_wish(&self) -> Option<ProjectionWish> {
        self.wish_of_map(&self.chosen.maps.first)
    }
}
