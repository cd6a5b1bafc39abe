//! What goes up and down between the engine and whoever listens.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::networks::Wish;
use super::{
    ActivationsWish, ChosenFor, ClassMeans, ClassWish, EmbeddingSummary, GraphSummary, GraphWish, HouseNews, HouseWish,
    IndexWish, KnownNetwork, Problem, Progress, QueryAnswer, QueryWish,
};
use crate::analysis::embedding::Thresholds;
use crate::domain::{
    ChannelShare, ClassScore, ClusterWish, Clustering, DuplicateReport, DuplicateWish, EngineChoice, Exemplar, ImageId,
    ImageRecord, IndexRecord, KeptActivations, Layer, Metric, Neighbour, NeighbourWish, OutlierReport, OutlierWish,
    Projection, ProjectionWish, Region, StoredLayer, Tags, UnusualChannel,
};
use crate::gpu::TensorView;

/// Which network to look through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkFile {
    /// The small trained network that is part of the program.
    #[default]
    Builtin,
    /// Filters from formulas, which are part of the program too: to learn on, and where nothing learned is wanted.
    Analytic,
    /// A file of a network; the other half of a Caffe network is looked for beside it.
    File(PathBuf),
    /// One that we know by name; see [`super::networks`].
    Known(String),
}

/// A folder to open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRequest {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Where to keep what is learned of them; by default in the user's data directory.
    pub workspace: Option<PathBuf>,
    /// The network to use.
    pub network: NetworkFile,
    /// Names of the layers to store, `all` for every layer; `None` for the default ones.
    pub layers: Option<Vec<String>>,
    /// Whether to extract at once what is missing.
    pub extract: bool,
}

/// A question a view asks now. A newer one of the same kind replaces an older one that was not answered yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// Thumbnails that are visible and not there yet, most urgent first.
    Thumbnails(Vec<ImageId>),
    /// One image's activation at one layer (index in [`Collection::layers`]).
    Activations {
        /// Whose activation.
        image: ImageId,
        /// Index in [`Collection::layers`].
        layer: usize,
    },
    /// The images most like a probe.
    Neighbours(NeighbourWish),
    /// How long each layer takes for one picture.
    LayerTimes,
    /// The images for which a predicate is true.
    Query(QueryWish),
    /// All images on a plane.
    Projection {
        /// Which vectors to project.
        source: StoredLayer,
    },
    /// The images that excite a channel most, or each channel of a layer.
    Exemplars {
        /// Index in [`Collection::layers`]; its vectors must be stored.
        layer: usize,
        /// Which channel; all of the layer's if none is named.
        channel: Option<usize>,
        /// How many images a channel, at most.
        count: usize,
    },
    /// The channels at which an image is farthest from what is usual in the collection.
    Unusual {
        /// Which image.
        image: ImageId,
        /// At which representation; at the averages of all stored layers if none is named.
        source: Option<StoredLayer>,
        /// How many channels, at most.
        count: usize,
    },
    /// The channels that contribute most to the likeness of two images, or to their difference.
    Likeness(LikenessWish),
    /// The activations of two images at one layer (index in [`Collection::layers`]), to be held side by side.
    Pair {
        /// The images.
        images: [ImageId; 2],
        /// Index in [`Collection::layers`].
        layer: usize,
    },
}

/// Which two images are to be compared, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct LikenessWish {
    /// The first.
    pub a: ImageId,
    /// The second.
    pub b: ImageId,
    /// At which representation.
    pub source: StoredLayer,
    /// By what.
    pub metric: Metric,
    /// Whether what sets them apart is asked for instead of what joins them.
    pub is_difference: bool,
    /// How many channels, at most.
    pub count: usize,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// The files themselves, into a folder.
    Files,
    /// A table with one line an image.
    Csv,
    /// The same as JSON.
    Json,
}

/// A wish to take images away.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportRequest {
    /// Which images, in this order.
    pub images: Vec<ImageId>,
    /// Scores to write beside them (of the neighbour list they come from), if any: one each, or empty.
    pub scores: Vec<Option<f32>>,
    /// What to write.
    pub format: ExportFormat,
    /// A folder for files, a file for CSV and JSON.
    pub target: PathBuf,
    /// The person agreed to replace an existing CSV or JSON file. Files that are copied never replace others: the copy
    /// gets a number.
    pub overwrite: bool,
}

/// What a wish may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Open a folder, closing what is open.
    Open(OpenRequest),
    /// Make the sample collection (if it is not there yet) and open it with the given network.
    OpenSample {
        /// The network to use.
        network: NetworkFile,
    },
    /// Close what is open.
    Close,
    /// Extract what is missing.
    Extract,
    /// Stop extracting; what was committed stays.
    Cancel,
    /// Look at something.
    Look(Look),
    /// Take images away.
    Export(ExportRequest),
    /// Begin an analysis; one of its kind that runs is stopped.
    Analyse(AnalysisWish),
    /// Stop all analyses.
    CancelAnalyses,
    /// Show a clustering that was made before, by its name.
    OpenClustering(String),
    /// Call a cluster by a name, or by none.
    NameCluster {
        /// The clustering's name.
        clustering: String,
        /// The cluster's index.
        cluster: usize,
        /// What to call it.
        name: Option<String>,
    },
    /// Give images a tag, or take it from them. Answered by [`Event::Tagged`].
    Tag {
        /// Which images.
        ids: Vec<ImageId>,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Look at what the workspace costs and which versions it has, or change that.
    KeepHouse(HouseWish),
    /// Say which networks there are.
    ListNetworks,
    /// Download what is missing of a known network. Cancelling the counters of [`Event::FetchStarted`] stops it.
    FetchNetwork(String),
    /// Remember a network's file, which stays where it is, and how pictures are prepared for it.
    AddNetwork {
        /// The file.
        file: PathBuf,
        /// What to call it.
        name: String,
        /// What is to be done otherwise than the file suggests.
        wish: Wish,
    },
    /// Forget a network of the person's own (its file stays), or delete what was downloaded of another.
    RemoveNetwork(String),
    /// Stop everything; the engine is going away.
    Shutdown,
}

/// Work on all vectors that may take a while.
#[derive(Clone, Debug, PartialEq)]
pub enum AnalysisWish {
    /// Put images in groups.
    Cluster(ClusterWish),
    /// Give each image a place on a plane.
    Project(ProjectionWish),
    /// Give images that came later a place on the kept map of this name; what is on it stays where it is.
    Place(ProjectionWish),
    /// Make the full-network embedding.
    Embed(Thresholds),
    /// Find images that are the same picture.
    Duplicates(DuplicateWish),
    /// Find images unlike the others.
    Outliers(OutlierWish),
    /// Build, extend or remove an index.
    Index(IndexWish),
    /// Find what the images of each label have in common.
    Classes(ClassWish),
    /// Write a graph.
    Graph(GraphWish),
    /// Keep whole activations of layers, or remove them.
    Activations(ActivationsWish),
}

impl AnalysisWish {
    /// What is being done, for the person.
    pub fn title(&self) -> String {
        match self {
            AnalysisWish::Cluster(wish) => format!("{} at {}", wish.method.title(), wish.source.layer),
            AnalysisWish::Project(wish) => format!("{} of {}", wish.method.title(), wish.source.layer),
            AnalysisWish::Place(wish) => format!("New images on the {} of {}", wish.method.title(), wish.source.layer),
            AnalysisWish::Embed(_) => "Full-network embedding".to_owned(),
            AnalysisWish::Duplicates(_) => "Near-duplicates".to_owned(),
            AnalysisWish::Outliers(wish) => format!("Outliers at {}", wish.source.layer),
            AnalysisWish::Index(wish) => wish.title(),
            AnalysisWish::Classes(_) => "Class vectors".to_owned(),
            AnalysisWish::Graph(_) => "Graph".to_owned(),
            AnalysisWish::Activations(wish) => wish.title(),
        }
    }

    /// Whether the two make the same kind of thing, of which the newest counts.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        // Placing writes the table that mapping writes.
        let kind = |wish: &Self| match wish {
            AnalysisWish::Place(wish) => std::mem::discriminant(&AnalysisWish::Project(wish.clone())),
            wish => std::mem::discriminant(wish),
        };
        kind(self) == kind(other)
    }
}

/// What is open: facts that do not change until something else is opened.
#[derive(Clone, Debug)]
pub struct Collection {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Where the workspace lies.
    pub workspace: PathBuf,
    /// Whether these are the program's own sample pictures.
    pub is_sample: bool,
    /// The network's name.
    pub network_name: String,
    /// What the network is, honestly, in a sentence or two.
    pub network_about: String,
    /// Where the network came from.
    pub network_file: NetworkFile,
    /// Every layer that can be looked at, in network order.
    pub layers: Vec<Layer>,
    /// The vectors that are (or will be) in the workspace, in network order.
    pub stored: Vec<StoredLayer>,
    /// Whether the network names classes.
    pub has_classes: bool,
    /// How many classes it names; 0 if none.
    pub class_count: usize,
    /// Which device computes, and why that one: `CPU (flex): the only adapter is a software renderer (llvmpipe)`.
    pub device: String,
}

impl Collection {
    /// The layer looked at unless the person chooses: the deepest stored one that still has space and is not the class
    /// scores themselves. Neighbours mean most there.
    pub fn default_layer(&self) -> usize {
        let stored = |name: &str| self.stored.iter().any(|stored| stored.layer == name);
        let candidates: Vec<usize> = (0..self.layers.len()).filter(|&i| stored(&self.layers[i].name)).collect();
        let is_spatial = |i: &&usize| {
            let [c, h, w] = self.layers[**i].shape;
            h * w > 1 && !(self.has_classes && c == self.class_count)
        };
        candidates.iter().rev().find(is_spatial).or(candidates.last()).copied().unwrap_or(0)
    }
}

/// A decoded thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThumbnailPicture {
    /// Whose.
    pub id: ImageId,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height * 4` bytes; empty if the picture cannot be shown.
    pub rgba: Vec<u8>,
}

/// One image's activation at one layer, ready to be drawn.
#[derive(Clone, Debug)]
pub struct ActivationView {
    /// Whose.
    pub image: ImageId,
    /// Index in [`Collection::layers`].
    pub layer: usize,
    /// `[c, h, w]` values, where a shader can read them.
    pub values: TensorView,
    /// Mean of each channel over space: its strength.
    pub means: Vec<f32>,
    /// Smallest value of each channel.
    pub minima: Vec<f32>,
    /// Largest value of each channel.
    pub maxima: Vec<f32>,
    /// The network's best classes for the image, best first; empty if it names none.
    pub classes: Vec<ClassScore>,
}

/// The answer to [`Look::Neighbours`].
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourList {
    /// What was asked.
    pub wish: NeighbourWish,
    /// Nearest first, what the probe is made of left out.
    pub neighbours: Vec<Neighbour>,
    /// Where in its picture each of them is like the probe, if parts were compared; else empty.
    pub parts: Vec<Region>,
    /// How many images were compared.
    pub searched: usize,
    /// Whether these are the nearest for certain: every image was looked at.
    pub is_exact: bool,
    /// How they were found, and why that way.
    pub how: String,
    /// The share of the true neighbours that the index finds, as it was measured; `None` of an exact answer.
    pub recall: Option<f64>,
    /// How long the search took, reading from disk excluded.
    pub elapsed_secs: f64,
}

/// The answer to [`Look::Exemplars`].
#[derive(Clone, Debug, PartialEq)]
pub struct ExemplarList {
    /// Index in [`Collection::layers`].
    pub layer: usize,
    /// The channel that was asked for; `None` for all.
    pub channel: Option<usize>,
    /// The channels with their images, most excited first; a channel that nothing excites has none.
    pub lists: Vec<(usize, Vec<Exemplar>)>,
    /// Whether all images with vectors were considered. While images come in, the lists lag behind.
    pub is_current: bool,
}

/// The answer to [`Look::Unusual`].
#[derive(Clone, Debug, PartialEq)]
pub struct UnusualList {
    /// Which image.
    pub image: ImageId,
    /// At which representation; `None` for the averages of all stored layers.
    pub source: Option<StoredLayer>,
    /// Farthest from the usual first, above or below; none if the image has no vector yet, or nothing is known of the
    /// collection.
    pub channels: Vec<UnusualChannel>,
}

/// The answer to [`Look::Likeness`].
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// What was asked.
    pub wish: LikenessWish,
    /// How alike they are, by the metric.
    pub score: f64,
    /// The sum of what all channels add: what the shares are of, if none is negative.
    pub total: f64,
    /// Those that add most, most first.
    pub channels: Vec<ChannelShare>,
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportSummary {
    /// Where it went.
    pub target: PathBuf,
    /// Images that were to be written.
    pub wanted: usize,
    /// Images written.
    pub written: usize,
    /// What could not be written, and why.
    pub failed: Vec<(String, String)>,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

/// Facts from the engine.
#[derive(Clone, Debug)]
pub enum Event {
    /// A folder is being opened; everything known before is gone.
    Opening(PathBuf),
    /// It is open.
    Opened(Arc<Collection>),
    /// Nothing is open any more.
    Closed,
    /// Images that became known, in id order, following the ones known before. Not decoded yet unless an earlier run did.
    Found(Vec<ImageRecord>),
    /// The whole folder was walked.
    Walked {
        /// Images in the collection.
        total: usize,
    },
    /// Images of which more is known now: their size, or why they cannot be read.
    Described(Vec<ImageRecord>),
    /// A job began. The counters live on after its end.
    JobStarted(Arc<Progress>),
    /// The job is over.
    JobEnded {
        /// Whether it was stopped before its end.
        cancelled: bool,
    },
    /// Vectors reached the disk: neighbours and maps asked from now on include them.
    Committed {
        /// Images with vectors in the workspace.
        images: usize,
        /// The version of the vectors' table.
        version: u64,
    },
    /// Thumbnails that were asked for.
    Thumbnails(Vec<ThumbnailPicture>),
    /// An activation that was asked for.
    Activations(ActivationView),
    /// Seconds each layer takes for one picture, as asked for: measured one after the other, each to its end.
    LayerTimes(Arc<Vec<f64>>),
    /// Neighbours that were asked for.
    Neighbours(NeighbourList),
    /// Exemplars that were asked for.
    Exemplars(Arc<ExemplarList>),
    /// Unusual channels that were asked for.
    Unusual(Arc<UnusualList>),
    /// Why two images are alike, or are not, as was asked.
    Likeness(Arc<Likeness>),
    /// Two activations that were asked for.
    Pair(Box<[ActivationView; 2]>),
    /// A map that was asked for.
    Projected(Arc<Projection>),
    /// Which engine does the work of an analysis that runs, and why.
    EngineChosen(ChosenFor, EngineChoice),
    /// Images got their places on a map that was made before.
    Placed {
        /// The map with them.
        projection: Arc<Projection>,
        /// How many did this time; perhaps none was missing.
        images: usize,
    },
    /// An analysis began. Cancelling its counters stops it.
    AnalysisStarted(Arc<Progress>),
    /// It is over.
    AnalysisEnded {
        /// Whether it was stopped before its end.
        cancelled: bool,
    },
    /// Work in the workspace began. Cancelling its counters stops it.
    HouseStarted(Arc<Progress>),
    /// It is over; this is how the workspace is now.
    HouseKept(Arc<HouseNews>),
    /// It could not be done, or not to its end.
    HouseProblem(Problem),
    /// Clusters that were asked for.
    Clustered(Arc<Clustering>),
    /// Near-duplicates that were asked for.
    Duplicates(Arc<DuplicateReport>),
    /// Outliers that were asked for.
    Outliers(Arc<OutlierReport>),
    /// The indices there are now.
    Indices(Vec<IndexRecord>),
    /// Of which layers whole activations are kept.
    ActivationsKept(Vec<KeptActivations>),
    /// Class vectors that were asked for.
    Classes(Arc<ClassMeans>),
    /// A graph was written.
    GraphWritten(GraphSummary),
    /// The full-network embedding was made.
    Embedded(EmbeddingSummary),
    /// The results that the workspace holds, by name.
    Results {
        /// Clusters and communities.
        clusterings: Vec<String>,
        /// Maps.
        maps: Vec<String>,
        /// Whether there is a full-network embedding.
        has_embedding: bool,
    },
    /// The answer to [`Look::Query`].
    Queried(QueryAnswer),
    /// The tags of the collection: after it was opened, and whenever they changed.
    Tags(Arc<Tags>),
    /// A tag was given or taken, as asked for; the new [`Event::Tags`] were told before.
    Tagged {
        /// The tag.
        tag: String,
        /// Whether it was given.
        is_on: bool,
        /// How many images changed.
        changed: usize,
    },
    /// An export began. Cancelling its counters stops it.
    ExportStarted(Arc<Progress>),
    /// An export is done.
    Exported(ExportSummary),
    /// The target exists already; ask again with `overwrite` if the person agrees.
    ExportExists(ExportRequest),
    /// The networks we know, and what of them is here: asked for, or after one arrived, was added or removed.
    Networks(Arc<Vec<KnownNetwork>>),
    /// The download of a network began.
    FetchStarted {
        /// Which network.
        name: String,
        /// They count bytes and live on after its end.
        progress: Arc<Progress>,
    },
    /// It is over; whether the network is here now says [`Event::Networks`], and why not, [`Event::NetworksProblem`].
    FetchEnded {
        /// Which network.
        name: String,
        /// Whether it was stopped before its end.
        cancelled: bool,
    },
    /// Something went wrong.
    Problem(Problem),
    /// Something went wrong with the list of networks, a download or a description. What is open, or being opened, goes
    /// on as if nothing had happened.
    NetworksProblem(Problem),
}
