//! Choices, which can be taken back.

use super::OpenedCollection;
use super::chosen::{Chosen, Comparison};
use super::maps::{ChooseMap, Colouring};
use super::saving::Save;
use super::trail::Stride;
use crate::domain::{
    Example, Filter, ImageGroup, ImageId, ImageSet, Metric, Pooling, ProjectionMethod, Region, Sort, TagColour,
};
use crate::engine::Request;

/// How a click or a lasso changes the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Only these.
    Replace,
    /// These too (or, for a single image that is picked already, no longer it).
    Toggle,
    /// These too.
    Add,
    /// No longer these.
    Remove,
    /// Of what is selected only these: it is narrowed.
    Intersect,
    /// Everything in gallery order from the anchor to this one.
    Range,
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub enum Choose {
    /// A click on one image. Without keys it is looked at, neighbours are asked with it, and it joins the selection. With keys
    /// ([`Pick::Toggle`], [`Pick::Range`]) it is selected and nothing else: selecting and asking are two things.
    Click(ImageId, Pick),
    /// All from where Shift-click starts to this one, in the order of the gallery.
    Reach {
        /// The last of them.
        to: ImageId,
        /// How they join the selection.
        pick: Pick,
        /// Whether that one is looked at, too, as the keyboard has it: it leads there.
        looks: bool,
    },
    /// A rubber band or lasso around several.
    PickMany(Vec<ImageId>, Pick),
    /// The same with a set, as it was found off the window's thread.
    PickSet(ImageSet, Pick),
    /// All that have something in common.
    PickGroup(ImageGroup, Pick),
    /// Look at an image and leave the selection as it is.
    LookAt(ImageId),
    /// Take one image into the selection, or out of it, and go on looking at the one that is looked at.
    AddToSelection(ImageId, Pick),
    /// Move the probe by so many places in gallery order; it is all that is selected then.
    Step(isize),
    /// The same, and the selection stays.
    Walk(isize),
    /// Look at the first picture, if none is looked at: what nobody chose cannot be undone.
    First,
    /// Select all that is shown.
    SelectAll,
    /// Select nothing.
    ClearSelection,
    /// Select what is shown and not selected.
    InvertSelection,
    /// Select all that is not selected, also what is not shown.
    SelectOthers,
    /// Save a selection by a name, rename it, give it up.
    Save(Save),
    /// Show only these images.
    Filter(Filter),
    /// Show images that are to be removed, too, or hide them.
    ShowRemoved(bool),
    /// Order the gallery.
    Sort(Sort),
    /// Give images a tag, or take it from them.
    Tag {
        /// Which images.
        ids: Vec<ImageId>,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Give images this label, whatever theirs is: it is kept as an imported one is.
    Relabel(ImageSet, String),
    /// Give a tag a colour, or the one of its name.
    ColourTag(String, Option<TagColour>),
    /// Give a tag to all that have something in common, or take it from them.
    TagGroup {
        /// Which images.
        group: ImageGroup,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Look at another layer (index in `Collection::layers`).
    Layer(usize),
    /// Look at a layer on the way to another one: all of the way is one step back.
    Scrub(usize),
    /// Enlarge a channel of the layer, or none.
    Channel(Option<usize>),
    /// Hold an image beside the probe, to compare the two, or none.
    Beside(Option<ImageId>),
    /// Use other vectors.
    Pooling(Pooling),
    /// Rank otherwise.
    Metric(Metric),
    /// Ask for so many neighbours.
    NeighbourCount(usize),
    /// Find neighbours by something else.
    Comparison(Comparison),
    /// Let these images speak for what is looked for (a weight above 0) or against it.
    AddExamples(Vec<ImageId>, f32),
    /// Let a picture, a part of one, a label, a class, a cluster or a tag speak for what is looked for (a weight above 0) or
    /// against it.
    AddExample(Example, f32),
    /// Let one that does so already count more or less, on the way to a weight: all of the way is one step back.
    Weigh(Example, f32),
    /// The same of several images at once.
    WeighImages(Vec<ImageId>, f32),
    /// Let those that are in count nothing; or, if none of them counts, as much again as they did.
    Switch(Vec<Example>),
    /// Let this one say nothing any more.
    RemoveExample(Example),
    /// Let these images say nothing any more.
    RemoveImages(Vec<ImageId>),
    /// Let nothing speak beside what is looked at.
    ClearExamples,
    /// What is asked with in the first place stays when another picture is looked at.
    HoldExample,
    /// Look for what is like a label, a tag, a cluster or a class, or like the probe again.
    Like(Option<Example>),
    /// Ask with a part of the probe only, or with all of it.
    Region(Option<Region>),
    /// Compare the box with every part of other pictures, or with the whole of each.
    Anywhere(bool),
    /// Look at every image for neighbours, even where an index would be quicker, or not.
    Exactly(bool),
    /// Look for neighbours among those that the gallery shows only, or among all.
    OnlyShown(bool),
    /// Make the first map by another method.
    Projection(ProjectionMethod),
    /// Colour the first map.
    Colouring(Colouring),
    /// Look at another map, or change one of them.
    Map(ChooseMap),
    /// Take back the last choice.
    Undo,
    /// Take back so many of the last choices.
    BackBy(usize),
    /// Bring it back.
    Redo,
}

impl Choose {
    /// Whether it says what is to be selected, whatever was to be before.
    fn is_of_selection(&self) -> bool {
        matches!(
            self,
            Self::Click(..)
                | Self::Reach { .. }
                | Self::PickMany(..)
                | Self::PickSet(..)
                | Self::PickGroup(..)
                | Self::Step(_)
                | Self::SelectAll
                | Self::ClearSelection
                | Self::InvertSelection
                | Self::SelectOthers
                | Self::AddToSelection(..)
                | Self::Undo
                | Self::BackBy(_)
                | Self::Redo
        )
    }
}

impl OpenedCollection {
    pub(in crate::session) fn choose(&mut self, choice: Choose) -> Vec<Request> {
        let before = self.chosen.clone();
        let mut asked = Vec::new();
        let by = self.selects_by(&choice);
        if choice.is_of_selection() {
            self.drop_group();
        }
        match choice {
            Choose::Click(id, pick) => asked = self.click(id, pick),
            Choose::Reach { to, pick, looks } => asked = self.reach(to, pick, looks),
            Choose::PickGroup(group, pick) => asked = self.pick_group(group, pick),
            Choose::PickMany(ids, pick) => self.pick_many(ids, pick),
            Choose::PickSet(images, pick) => self.pick_set(&images, pick),
            Choose::LookAt(id) => self.look_at(id, true),
            Choose::AddToSelection(id, pick) => self.pick_many(vec![id], pick),
            Choose::Step(by) => asked = self.step(by),
            Choose::Walk(by) => self.walk(by),
            Choose::First => return self.look_at_first(),
            Choose::SelectAll => self.chosen.selection = self.shown.set().clone(),
            Choose::ClearSelection => self.chosen.selection = ImageSet::default(),
            Choose::InvertSelection => self.invert_selection(),
            Choose::SelectOthers => {
                self.chosen.selection = ImageSet::first(self.images.len()).difference(&self.chosen.selection);
            }
            Choose::Save(wish) => self.save(wish),
            Choose::Filter(filter) => self.chosen.filter = filter,
            Choose::ShowRemoved(shows) => self.chosen.shows_removed = shows,
            Choose::Sort(sort) => self.chosen.sort = sort,
            Choose::Tag { ids, tag, is_on } => self.edit_tag(&ids.into_iter().collect(), &tag, is_on),
            Choose::Relabel(images, label) => return self.give_label(images, &label),
            Choose::ColourTag(tag, colour) => self.colour_tag(tag, colour),
            Choose::TagGroup { group, tag, is_on } => {
                let requests = self.tag_group(group, &tag, is_on);
                return [requests, self.follow_choice(before)].concat();
            }
            Choose::Layer(layer) => self.choose_layer(layer),
            Choose::Scrub(layer) => return self.scrub(layer),
            Choose::Channel(channel) => self.chosen.channel = channel,
            Choose::Beside(other) => self.chosen.beside = other.filter(|id| id.index() < self.images.len()),
            Choose::Pooling(pooling) => self.chosen.pooling = pooling,
            Choose::Metric(metric) => self.chosen.metric = metric,
            Choose::NeighbourCount(count) => self.chosen.neighbour_count = count.max(1),
            Choose::Comparison(comparison) => self.chosen.comparison = comparison,
            Choose::AddExamples(ids, weight) => self.add_examples(ids, weight),
            Choose::AddExample(example, weight) => self.add_example(example, weight),
            Choose::Weigh(example, weight) => return self.weigh(&[example], weight),
            Choose::WeighImages(ids, weight) => {
                let examples: Vec<Example> = ids.into_iter().map(Example::Image).collect();
                return self.weigh(&examples, weight);
            }
            Choose::Switch(examples) => return self.switch(&examples),
            Choose::RemoveExample(example) => self.remove_example(&example),
            Choose::RemoveImages(ids) => self.remove_images(&ids),
            Choose::ClearExamples => self.chosen.clear_examples(),
            Choose::HoldExample => self.hold_first(),
            Choose::Like(like) => self.ask_like(like),
            Choose::Region(region) => self.ask_with_region(region),
            Choose::Anywhere(anywhere) => self.chosen.anywhere = anywhere,
            Choose::Exactly(exactly) => self.chosen.exactly = exactly,
            Choose::OnlyShown(only_shown) => self.chosen.only_shown = only_shown,
            Choose::Projection(method) => self.choose_first_method(method),
            Choose::Colouring(colouring) => self.chosen.maps.first.colouring = colouring,
            Choose::Map(choice @ ChooseMap::Begin(..)) => return self.begin_map(choice, &before),
            Choose::Map(choice) => return self.choose_map_and_ask(choice, before),
            Choose::Undo => return self.undo(1),
            Choose::BackBy(steps) => return self.undo(steps),
            Choose::Redo => return self.redo(),
        }
        if !asked.is_empty() {
            // What else a click changes is a step already, which the images that it picks belong to.
            self.note_group_step(self.chosen != before, by.clone());
        }
        self.note_selected_by(&before, by);
        let mut requests = self.follow_choice(before);
        requests.extend(asked);
        requests
    }

    pub(super) fn follow_choice(&mut self, before: Chosen) -> Vec<Request> {
        self.chosen.settle_examples();
        // Nothing is to be seen of what is held beside itself.
        self.chosen.beside.take_if(|beside| Some(*beside) == self.chosen.probe);
        if self.chosen == before {
            return Vec::new();
        }
        let requests = self.ask_what_changed(&before);
        self.history.record(before);
        requests
    }

    pub(super) fn restore(&mut self, chosen: Chosen) -> Vec<Request> {
        let before = std::mem::replace(&mut self.chosen, chosen);
        self.chosen.maps.keep_begun(&before.maps);
        self.ask_what_changed(&before)
    }

    /// Looks at what was looked at and asks what was asked; all else that is chosen stays. It can be undone.
    pub(in crate::session) fn take_up(&mut self, asked: Chosen) -> Vec<Request> {
        let now = self.chosen.clone();
        self.chosen = Chosen {
            selection: now.selection.clone(),
            selected_by: now.selected_by.clone(),
            anchor: now.anchor,
            filter: now.filter.clone(),
            shows_removed: now.shows_removed,
            sort: now.sort,
            maps: now.maps.clone(),
            tag_edits: now.tag_edits.clone(),
            tag_colour_edits: now.tag_colour_edits.clone(),
            label_edits: now.label_edits.clone(),
            cluster_edits: now.cluster_edits.clone(),
            ..asked
        };
        self.follow_choice(now)
    }

    /// A rubber band or lasso around several images.
    fn pick_many(&mut self, ids: Vec<ImageId>, pick: Pick) {
        self.pick_set(&ids.into_iter().collect(), pick);
    }

    /// Selects what is shown and not selected.
    fn invert_selection(&mut self) {
        let selection = &self.chosen.selection;
        self.chosen.selection = self.shown.set().difference(selection);
    }

    /// Looks at another layer, if there is such a one.
    fn choose_layer(&mut self, layer: usize) {
        if self.collection().is_some_and(|c| layer < c.layers.len()) && layer != self.chosen.layer {
            self.chosen.layer = layer;
            self.chosen.channel = None;
        }
    }

    /// Looks at another layer on the way to one. What was undone before cannot be brought back, as after any choice.
    fn scrub(&mut self, layer: usize) -> Vec<Request> {
        let before = self.chosen.clone();
        self.choose_layer(layer);
        self.follow_stride(before, Stride::Layers)
    }

    /// As [`OpenedCollection::follow_choice`]; but if the last choice was of the same way, it is one step with that.
    pub(super) fn follow_stride(&mut self, before: Chosen, stride: Stride) -> Vec<Request> {
        if self.goes_on(stride) && self.chosen != before {
            self.ask_what_changed(&before)
        } else {
            self.follow_choice(before)
        }
    }

    /// Whether the last choice was of the same way.
    pub(super) fn goes_on(&self, stride: Stride) -> bool {
        self.trail.is_on(stride) && self.history.can_undo() && !self.history.can_redo()
    }

    /// Asks with something in the place of the probe, or with the probe again.
    pub(super) fn ask_like(&mut self, like: Option<Example>) {
        if self.chosen.like != like || !self.chosen.asks_with_probe {
            self.chosen.first_weight = 1.0;
        }
        (self.chosen.like, self.chosen.asks_with_probe) = (like, true);
    }

    /// Asks with a part of the probe, or with all of it.
    fn ask_with_region(&mut self, region: Option<Region>) {
        self.chosen.ask_with_part(region);
        self.chosen.asks_with_probe |= region.is_some();
    }
}
