//! Everything the person chose and can take back.

use std::sync::Arc;

use super::cluster_edit::ClusterEdit;
use super::maps::Maps;
use super::tag_colour_edit::TagColourEdit;
use super::tag_edit::TagEdit;
use crate::domain::{Example, Filter, ImageId, ImageSet, Metric, Pooling, Region, Relabelling, Sort, StoredLayer};

/// By what neighbours are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Comparison {
    /// The layer looked at.
    #[default]
    Layer,
    /// Several layers (indices in `Collection::layers`), each with how much it counts.
    Mix(Vec<(usize, f32)>),
    /// The full-network embedding.
    Network,
}

/// What is chosen. Undo and redo restore it as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The images picked, shared by all views.
    pub selection: ImageSet,
    /// How it came to be, in a few words.
    pub selected_by: Option<Arc<str>>,
    /// The image the activations and neighbours are of.
    pub probe: Option<ImageId>,
    /// The image that is held beside it, to be compared.
    pub beside: Option<ImageId>,
    /// Where shift-click starts from.
    pub anchor: Option<ImageId>,
    /// The image that was picked since one was last looked at: arrow keys lead on from there.
    pub picked: Option<ImageId>,
    /// Which images the gallery shows.
    pub filter: Filter,
    /// Whether it also shows those that are to be removed.
    pub shows_removed: bool,
    /// In which order.
    pub sort: Sort,
    /// The layer looked at everywhere (index in `Collection::layers`).
    pub layer: usize,
    /// How vectors were pooled.
    pub pooling: Pooling,
    /// How neighbours are ranked.
    pub metric: Metric,
    /// How many neighbours are asked for.
    pub neighbour_count: usize,
    /// By what they are found.
    pub comparison: Comparison,
    /// What else speaks for what is looked for (a weight above 0), against it (below) or not at all, beside what is asked
    /// with in the first place.
    pub examples: Vec<(Example, f32)>,
    /// What of all that is asked with is switched off, each with how much it counts once it is switched on again.
    pub switched_off: Vec<(Example, f32)>,
    /// What the neighbours are to be like instead of the probe: the mean of a label, a tag, a cluster or a class.
    pub like: Option<Example>,
    /// How much what is asked with in the first place counts: `like`, or the probe.
    pub first_weight: f32,
    /// Whether the probe is asked with, and not only looked at.
    pub asks_with_probe: bool,
    /// The part of the probe that counts, if not all of it.
    pub region: Option<Region>,
    /// Whether that part is looked for in every part of the others, where their whole activations are kept.
    pub anywhere: bool,
    /// Whether every image is looked at, even where an index would be quicker.
    pub exactly: bool,
    /// Whether only images that the gallery shows are neighbours.
    pub only_shown: bool,
    /// The enlarged channel of the layer.
    pub channel: Option<usize>,
    /// The maps: what each is of, how it is made and coloured.
    pub maps: Maps,
    /// Tags given and taken so far, the last one last.
    pub tag_edits: Vec<Arc<TagEdit>>,
    /// Colours given to tags so far, the last one last.
    pub tag_colour_edits: Vec<Arc<TagColourEdit>>,
    /// Labels given by hand so far, the last change last.
    pub label_edits: Vec<Arc<Relabelling>>,
    /// Clusters named, merged and split so far, the last change last.
    pub cluster_edits: Vec<Arc<ClusterEdit>>,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            selection: ImageSet::default(),
            selected_by: None,
            probe: None,
            beside: None,
            anchor: None,
            picked: None,
            filter: Filter::default(),
            shows_removed: false,
            sort: Sort::default(),
            layer: 0,
            pooling: Pooling::default(),
            metric: Metric::default(),
            neighbour_count: 24,
            comparison: Comparison::default(),
            examples: Vec::new(),
            switched_off: Vec::new(),
            like: None,
            first_weight: 1.0,
            asks_with_probe: true,
            region: None,
            anywhere: false,
            exactly: false,
            only_shown: false,
            channel: None,
            maps: Maps::default(),
            tag_edits: Vec::new(),
            tag_colour_edits: Vec::new(),
            label_edits: Vec::new(),
            cluster_edits: Vec::new(),
        }
    }
}

impl Chosen {
    /// How a person looks at whatever is open: what goes on with the next collection.
    pub(super) fn habits(&self) -> Self {
        Self {
            metric: self.metric,
            pooling: self.pooling,
            neighbour_count: self.neighbour_count,
            maps: self.maps.clone(),
            ..Self::default()
        }
    }

    /// The filter that shows nothing but what is selected, beside all that it asks already; or, where it does so, one that does not.
    pub fn filter_by_selection(&self) -> Filter {
        let only = match self.filter.only {
            Some(_) => None,
            None => Some(self.selection.clone()).filter(|selection| !selection.is_empty()),
        };
        Filter { only, ..self.filter.clone() }
    }

    /// The representation neighbours and map are asked at, if the layer looked at is stored.
    pub fn source(&self, layers: &[crate::domain::Layer], stored: &[StoredLayer]) -> Option<StoredLayer> {
        let wanted = StoredLayer { layer: layers.get(self.layer)?.name.clone(), pooling: self.pooling };
        stored.contains(&wanted).then_some(wanted)
    }
}
