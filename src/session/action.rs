//! What a person can wish. Menus, shortcuts, clicks and tests all end here.

use std::path::PathBuf;

use super::{Colouring, Comparison};
use crate::domain::{
    ClusterWish, DuplicateWish, Example, Filter, ImageId, Metric, OutlierWish, Pooling, ProjectionMethod, Region, Sort,
};
use crate::engine::networks::PreparationWish;
use crate::engine::{ActivationsWish, ClassWish, ExportFormat, HouseWish, IndexWish, NetworkFile};

/// How a click or a lasso changes the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Only these.
    Replace,
    /// These too (or, for a single image that is picked already, no longer it).
    Toggle,
    /// These too.
    Add,
    /// Everything in gallery order from the anchor to this one.
    Range,
}

/// One wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a folder of pictures.
    OpenFolder(PathBuf),
    /// Open a folder that was open before, with the workspace it had if that was chosen.
    OpenAgain {
        /// The folder.
        folder: PathBuf,
        /// Where its workspace lies; `None` for the usual place.
        workspace: Option<PathBuf>,
    },
    /// Open the program's own sample pictures.
    OpenSample,
    /// Back to the welcome view.
    Close,
    /// Look through another network (opens the present folder again with it).
    UseNetwork(NetworkFile),
    /// Look which networks there are.
    ListNetworks,
    /// Download what is missing of a network.
    FetchNetwork(String),
    /// Stop downloading it; what has arrived stays.
    CancelFetch(String),
    /// Remember a network's file, and how pictures are prepared for it.
    AddNetwork {
        /// The file; it stays where it is.
        file: PathBuf,
        /// What to call it.
        name: String,
        /// What is to be done otherwise than the file suggests.
        wish: PreparationWish,
    },
    /// Forget a network of one's own, or delete what was downloaded of another.
    RemoveNetwork(String),
    /// Look at the workspace itself, or change it.
    KeepHouse(HouseWish),
    /// Stop the work on it.
    StopHouse,
    /// Build, extend or remove an index over vectors.
    KeepIndex(IndexWish),
    /// Keep whole activations of layers, or remove them.
    KeepActivations(ActivationsWish),
    /// Store the vectors of these layers, by name; `None` for the default ones.
    StoreLayers(Option<Vec<String>>),
    /// Extract what is missing.
    Extract,
    /// Stop extracting.
    Cancel,
    /// Measure how long each layer takes.
    MeasureLayers,
    /// Stop exporting; what was written stays.
    CancelExport,
    /// A click on one image: it becomes the probe (unless toggled off) and the selection changes.
    Click(ImageId, Pick),
    /// A rubber band or lasso around several.
    PickMany(Vec<ImageId>, Pick),
    /// The pointer is over an image, or over none. Not undoable.
    Hover(Option<ImageId>),
    /// Move the probe by so many places in gallery order.
    Step(isize),
    /// Select all that is shown.
    SelectAll,
    /// Select nothing.
    ClearSelection,
    /// Select what is shown and not selected.
    InvertSelection,
    /// Show only these images.
    SetFilter(Filter),
    /// Give images a tag, or take it from them.
    Tag {
        /// Which images.
        ids: Vec<ImageId>,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Order the gallery.
    SetSort(Sort),
    /// Look at another layer (index in `Collection::layers`).
    SetLayer(usize),
    /// Use other vectors.
    SetPooling(Pooling),
    /// Rank otherwise.
    SetMetric(Metric),
    /// Ask for so many neighbours.
    SetNeighbourCount(usize),
    /// Find neighbours by something else.
    SetComparison(Comparison),
    /// Let these images speak for what is looked for (a weight above 0) or against it.
    AddExamples(Vec<ImageId>, f32),
    /// Let this one say nothing any more.
    RemoveExample(ImageId),
    /// Look for what is like a label, a tag, a cluster or a class, or like the probe again.
    SetLike(Option<Example>),
    /// Ask with a part of the probe only, or with all of it.
    SetRegion(Option<Region>),
    /// Look at every image for neighbours, even where an index would be quicker, or not.
    SetExactly(bool),
    /// Compare the box with every part of other pictures, or with the whole of each.
    SetAnywhere(bool),
    /// Look for neighbours among those that the gallery shows only, or among all.
    SetOnlyShown(bool),
    /// Find images that are the same picture.
    FindDuplicates(DuplicateWish),
    /// Find images unlike the others.
    FindOutliers(OutlierWish),
    /// Find what the images of each class have in common.
    FindClasses(ClassWish),
    /// Make the full-network embedding.
    MakeEmbedding,
    /// Enlarge a channel of the layer, or none.
    SetChannel(Option<usize>),
    /// Make the map by another method.
    SetProjection(ProjectionMethod),
    /// Give images that came later a place on the map, and leave the others where they are.
    PlaceOnMap,
    /// Make the map anew, of all images.
    MakeMapAnew,
    /// Put all images in groups.
    Cluster(ClusterWish),
    /// Show groups that were made before, by their name.
    OpenClustering(String),
    /// Call one of the groups shown by a name; by none if it is empty.
    NameCluster {
        /// Its index.
        cluster: usize,
        /// What to call it.
        name: String,
    },
    /// Stop making maps and groups.
    CancelAnalyses,
    /// Say why the probe and this image are alike.
    Explain(ImageId),
    /// That is understood.
    CloseWhy,
    /// The channels most unusual for the probe are to be seen, and are not there.
    WantUnusual,
    /// Colour the map.
    SetColouring(Colouring),
    /// These thumbnails are visible and missing, most urgent first.
    WantThumbnails(Vec<ImageId>),
    /// Write these images.
    Export {
        /// Which, with their scores, as they were when the person asked: what is chosen may change before a target is.
        images: Vec<(ImageId, Option<f64>)>,
        /// What to write.
        format: ExportFormat,
        /// Where.
        target: PathBuf,
    },
    /// Replace the existing file by the export that waits.
    ReplaceExport,
    /// Do not replace the existing file after all.
    DropExport,
    /// Take back the last choice.
    Undo,
    /// Bring it back.
    Redo,
    /// Take a notice away.
    Dismiss(u64),
}
