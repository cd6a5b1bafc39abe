//! Whose neighbours are asked for, by what, and among which images.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ImageId, ImageSet, Metric, Region, StoredLayer};

/// What a probe is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Example {
    /// An image.
    Image(ImageId),
    /// A box drawn on an image: the features of that part of it.
    Region {
        /// The image.
        image: ImageId,
        /// The box.
        region: Region,
    },
    /// The mean of all images with a label.
    Label(String),
    /// The mean of all images with a tag.
    Tag(String),
    /// The mean of a cluster.
    Cluster {
        /// The clustering's name, or how it begins.
        clustering: String,
        /// The cluster's index.
        cluster: usize,
    },
    /// The mean of a class whose vector was made, whatever it is a class of.
    Class(String),
    /// Numbers from outside, one a channel.
    Vector(Vec<f32>),
    /// A picture by its file. One that is not in the collection goes through the network for this question alone.
    File {
        /// Where it lies.
        path: PathBuf,
        /// The part of it that counts, if not all of it.
        region: Option<Region>,
    },
}

impl Example {
    /// The image, if it is one or a part of one.
    pub fn image(&self) -> Option<ImageId> {
        match self {
            Self::Image(image) | Self::Region { image, .. } => Some(*image),
            Self::Label(_)
            | Self::Tag(_)
            | Self::Cluster { .. }
            | Self::Class(_)
            | Self::Vector(_)
            | Self::File { .. } => None,
        }
    }

    /// What it is called, if it is no image of the collection: `the tag blurred`, `the picture tom.jpg`.
    pub fn title(&self) -> Option<String> {
        match self {
            Self::Label(label) => Some(format!("the label {label}")),
            Self::Tag(tag) => Some(format!("the tag {tag}")),
            Self::Cluster { clustering, cluster } => Some(format!("cluster {cluster} of {clustering}")),
            Self::Class(class) => Some(format!("the class {class}")),
            Self::File { path, .. } => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                Some(format!("the picture {}", name.to_string_lossy()))
            }
            Self::Image(_) | Self::Region { .. } | Self::Vector(_) => None,
        }
    }
}

/// By what images are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// The vectors of a layer.
    Layer(StoredLayer),
    /// Those of several, each with how much it counts.
    Mix(Vec<(StoredLayer, f32)>),
    /// The full-network embedding: at how many features the codes differ, strong against weak counting like strong against
    /// neither.
    Embedding,
}

impl Representation {
    /// What it is called, for the person: `fire9/concat`, `fire2/concat × 0.5 + fire9/concat`, `the whole network`.
    pub fn title(&self) -> String {
        match self {
            Self::Layer(source) => source.layer.clone(),
            Self::Mix(layers) => {
                let part = |(source, weight): &(StoredLayer, f32)| match weight {
                    1.0 => source.layer.clone(),
                    weight => format!("{} × {weight}", source.layer),
                };
                layers.iter().map(part).collect::<Vec<_>>().join(" + ")
            }
            Self::Embedding => "the whole network".to_owned(),
        }
    }
}

/// A question for neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourWish {
    /// What the probe is made of: each with its weight, above 0 for, below 0 against.
    pub examples: Vec<(Example, f32)>,
    /// By what images are compared.
    pub at: Representation,
    /// How alike two vectors are. The embedding has its own measure.
    pub metric: Metric,
    /// How many.
    pub k: usize,
    /// Only these are wanted, ascending; all, if `None`.
    pub among: Option<ImageSet>,
    /// Whether images are compared by the part of each that is most like the box drawn on the probe, instead of by the
    /// whole: at one layer, whose whole activations are kept.
    pub anywhere: bool,
    /// Whether every image has to be looked at, even where an index would be quicker.
    pub exactly: bool,
}

impl NeighbourWish {
    /// The `k` images most like one, by the vectors of a layer.
    pub fn of(image: ImageId, source: StoredLayer, metric: Metric, k: usize) -> Self {
        Self::of_example(Example::Image(image), source, metric, k)
    }

    /// The `k` images most like an example, by the vectors of a layer.
    pub fn of_example(example: Example, source: StoredLayer, metric: Metric, k: usize) -> Self {
        Self {
            examples: vec![(example, 1.0)],
            at: Representation::Layer(source),
            metric,
            k,
            among: None,
            anywhere: false,
            exactly: false,
        }
    }

    /// The first image that speaks for the probe: the one it is about, if it is about one.
    pub fn image(&self) -> Option<ImageId> {
        self.examples.iter().filter(|(_, weight)| *weight > 0.0).find_map(|(example, _)| example.image())
    }

    /// The first box that speaks for the probe.
    pub fn region(&self) -> Option<(ImageId, Region)> {
        self.examples.iter().filter(|(_, weight)| *weight > 0.0).find_map(|(example, _)| match example {
            Example::Region { image, region } => Some((*image, *region)),
            Example::Image(_)
            | Example::Label(_)
            | Example::Tag(_)
            | Example::Cluster { .. }
            | Example::Class(_)
            | Example::Vector(_)
            | Example::File { .. } => None,
        })
    }

    /// The images the probe is made of, ascending and each once: they are no answer.
    pub fn members(&self) -> Vec<ImageId> {
        let mut members: Vec<ImageId> = self.examples.iter().filter_map(|(example, _)| example.image()).collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// The measure in words: `cosine`, or `features that differ` of the embedding.
    pub fn measure(&self) -> &'static str {
        match self.at {
            Representation::Embedding => "features that differ",
            Representation::Layer(_) | Representation::Mix(_) => self.metric.word(),
        }
    }

    /// Whether a larger score means more alike.
    pub fn larger_is_nearer(&self) -> bool {
        self.at != Representation::Embedding && self.metric.larger_is_nearer()
    }
}
