//! News, which goes up.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::{
    ActivationView, Asked, ChannelExemplars, ChannelMap, ChannelValues, Collection, CropPicture, DepthNeighbours,
    ExemplarList, ExportWish, ImageBoxes, LayerStrip, NearestImages, NeighbourList, PicturePieces, PointValues,
    ThumbnailPicture, UnusualList, WhySimilar,
};
use super::{
    AnalysisAnswer, AnalysisKind, BoxCounts, FilesToMove, FolderChange, FolderPictures, FoldersToWrite, GroupAnswer,
    GroupLook, ImportReport, KnownNetwork, MaintenanceReport, MoveSummary, MovedFolder, Problem, Progress, QueryAnswer,
    StoredResult,
};
use crate::domain::camera_raw::CameraRaw;
use crate::domain::{
    Distribution, ImageBox, ImageId, ImageOrder, ImageRecord, ImageRecords, ImageSet, Recipe, Relabelling, Splits,
    StoredLayer, StrategyChoice, TagColours, Tags, Tally,
};

/// An export that would replace files.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportExists {
    /// What was asked for.
    pub request: ExportWish,
    /// The files that are there already, at least one: the target, or the table that comes beside it.
    pub taken: Vec<PathBuf>,
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportSummary {
    /// Where it went; of several pages the first.
    pub target: PathBuf,
    /// How many pages went into files of their own; 0 where all is in one file.
    pub pages: usize,
    /// Images that were to be written.
    pub wanted: usize,
    /// Images written.
    pub written: usize,
    /// How many of them lie under another name, since a file of theirs was there already.
    pub renamed: usize,
    /// What could not be written, and why.
    pub failed: Vec<(String, String)>,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

/// A recipe that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeSaved {
    /// Where.
    pub target: PathBuf,
    /// Of how many layers.
    pub layers: usize,
    /// Of how many maps.
    pub maps: usize,
    /// Of how many clusterings.
    pub clusterings: usize,
}

/// Facts from the engine.
#[derive(Clone, Debug)]
pub enum Event {
    /// A folder is being opened; everything known before is gone.
    Opening(PathBuf),
    /// The folder that is to be opened looks like a known one in its new place. It is not opened: whoever asked says whether the
    /// workspace goes along. Told only to who is asked ([`EngineOptions::asks_of_moved`](crate::engine::EngineOptions::asks_of_moved)).
    LooksMoved(MovedFolder),
    /// It is open.
    Opened(Arc<Collection>),
    /// Nothing is open any more.
    Closed,
    /// What is known of all images, whenever more are known, or more of one of them: not decoded yet unless an earlier run
    /// did.
    Images(ImageRecords),
    /// The whole folder was walked.
    Walked {
        /// Images in the collection.
        total: usize,
    },
    /// The camera raw files of the folder, which are no images. Told when it was walked to its end.
    CameraRaw(CameraRaw),
    /// Images that were asked about, as far as they are in the collection.
    Known(Vec<ImageRecord>),
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
    /// These columns are in single precision, because half precision does not hold all of their numbers. Told after a
    /// folder was opened, if there are any, and when there are more.
    InSingle {
        /// All of them.
        columns: Vec<StoredLayer>,
        /// Whether there are more than were told before.
        is_news: bool,
    },
    /// Thumbnails that were asked for.
    Thumbnails(Vec<ThumbnailPicture>),
    /// Pieces of a picture that were asked for, and how large it is.
    Picture(PicturePieces),
    /// An activation that was asked for.
    Activations(ActivationView),
    /// Seconds each layer takes for one picture, as asked for: measured one after the other, each to its end.
    LayerTimes(Arc<Vec<f64>>),
    /// A box is compared with every part of other pictures, which may take a while: the answer follows. The counters live on after its
    /// end, also of a question that was overtaken.
    ComparisonStarted(Arc<Progress>),
    /// A picture that neighbours were asked of by its file is an image of the collection. Told before the answer.
    Recognised {
        /// The file, as it was named.
        file: PathBuf,
        /// The image.
        image: ImageId,
    },
    /// Neighbours that were asked for.
    Neighbours(NeighbourList),
    /// Neighbours of the image under the pointer.
    HoverNeighbours(NeighbourList),
    /// Neighbours at one of the layers at which they were asked for.
    DepthNeighbours(DepthNeighbours),
    /// Neighbours of some of the images of which they were asked.
    Nearest(NearestImages),
    /// Exemplars that were asked for.
    Exemplars(Arc<ExemplarList>),
    /// Exemplars of some channels that were asked for.
    ExemplarsOfSome(Arc<ChannelExemplars>),
    /// What was asked of groups, and the answer.
    Groups(GroupLook, Arc<GroupAnswer>),
    /// Unusual channels that were asked for.
    Unusual(Arc<UnusualList>),
    /// How much every image excites a channel, as was asked.
    ChannelValues(Arc<ChannelValues>),
    /// Why two images are alike, or are not, as was asked.
    WhySimilar(Arc<WhySimilar>),
    /// The image that stands for the collection, as was asked; `None` if none does.
    Representative(Option<ImageId>),
    /// Two activations that were asked for.
    Pair(Box<[ActivationView; 2]>),
    /// The activation of the image beside the probe, as asked for.
    Beside(ActivationView),
    /// What all channels give at a place, as asked for.
    Point(PointValues),
    /// What an image excites most at every depth, as asked for.
    Strip(Arc<LayerStrip>),
    /// What channels see in an image, as they become ready.
    ChannelMaps(Arc<[ChannelMap]>),
    /// Parts of pictures that were asked for, as they become ready.
    Crops(Vec<CropPicture>),
    /// What came of an analysis that was asked for.
    Answered(AnalysisAnswer),
    /// Something that was found before and is kept.
    StoredResult(StoredResult),
    /// Which strategy does the work of an analysis that runs, and why.
    StrategyChosen(AnalysisKind, StrategyChoice),
    /// An analysis began. Cancelling its counters stops it.
    AnalysisStarted(Arc<Progress>),
    /// It is over.
    AnalysisEnded {
        /// Whether it was stopped before its end.
        cancelled: bool,
    },
    /// Work in the workspace began. Cancelling its counters stops it.
    MaintenanceStarted(Arc<Progress>),
    /// It is over; this is how the workspace is now.
    MaintenanceEnded(Arc<MaintenanceReport>),
    /// The results that the workspace holds, by name.
    Results {
        /// Clusters and communities.
        clusterings: Vec<String>,
        /// Maps.
        maps: Vec<String>,
        /// Whether there is a full-network embedding.
        has_embedding: bool,
    },
    /// The answer to [`Look::Query`](super::Look::Query).
    Queried(QueryAnswer),
    /// The answer to [`CatalogueLook::Order`](super::CatalogueLook::Order).
    Ordered {
        /// The number with which it was asked for.
        number: u64,
        /// The order.
        order: ImageOrder,
    },
    /// The answer to [`CatalogueLook::Group`](super::CatalogueLook::Group).
    Grouped {
        /// The number with which it was asked for.
        number: u64,
        /// The images.
        images: ImageSet,
    },
    /// The answer to [`CatalogueLook::Tally`](super::CatalogueLook::Tally).
    Tallied(Tally),
    /// The answer to [`CatalogueLook::Distribution`](super::CatalogueLook::Distribution).
    Distributed(Distribution),
    /// The tags of the collection: after it was opened, and whenever they changed.
    Tags(Arc<Tags>),
    /// The colours that were chosen for tags: before the tags are told, and when one was chosen.
    TagColours(Arc<TagColours>),
    /// Which part of a data set images belong to: after a collection was opened of which some do, and after an import.
    Splits(Arc<Splits>),
    /// A tag was given or taken, as asked for; the new [`Event::Tags`] were told before.
    Tagged {
        /// The tag.
        tag: String,
        /// Whether it was given.
        is_on: bool,
        /// How many images changed.
        changed: usize,
    },
    /// Images got a label by hand, as asked for; those whose labels changed were told before.
    Relabelled(Arc<Relabelling>),
    /// What is in the folder and not taken in yet is this now; told where the folder is watched
    /// ([`EngineOptions::watches_folder`](crate::engine::EngineOptions::watches_folder)).
    FolderChanged(FolderChange),
    /// Which pictures those are; told after [`Event::FolderChanged`], and whenever they are others.
    FolderPictures(Arc<FolderPictures>),
    /// Another program asks to select these images and no others.
    SelectionAsked(Vec<ImageId>),
    /// Another program wants to know what is selected: [`Request::TellSelection`](super::Request::TellSelection) answers.
    SelectionWanted,
    /// Files are being read to be imported, or to say what importing them would do. Cancelling the counters stops it, as long as
    /// nothing is written.
    ImportStarted(Arc<Progress>),
    /// What importing would do; nothing was written.
    ImportPlanned(Arc<ImportReport>),
    /// It was stopped, and nothing was written.
    ImportStopped,
    /// Labels, splits and boxes were imported; images whose labels changed and the tags were told before.
    Imported(Arc<ImportReport>),
    /// All that was imported is forgotten; images whose labels changed and the tags were told before.
    ImportForgotten {
        /// How many labels given by hand are kept.
        labels_kept: usize,
    },
    /// All boxes, by image.
    Boxes(Arc<Vec<ImageBox>>),
    /// The boxes in one image.
    ImageBoxes(ImageBoxes),
    /// How many boxes can become pictures of their own.
    BoxCounts(Arc<BoxCounts>),
    /// An export began. Cancelling its counters stops it.
    ExportStarted(Arc<Progress>),
    /// An export is done.
    Exported(ExportSummary),
    /// Files of these names exist already; ask again with `overwrite` if the person agrees.
    ExportExists(ExportExists),
    /// How what is known of the collection was made, as asked for.
    Recipe(Arc<Recipe>),
    /// A recipe was saved.
    RecipeSaved(RecipeSaved),
    /// A file of this name exists already, and no recipe was saved; ask again with `overwrite` if the person agrees.
    RecipeExists(PathBuf),
    /// What writing image folders would do; nothing was written.
    FoldersToConfirm(Arc<FoldersToWrite>),
    /// What moving files would do; nothing was moved.
    MoveToConfirm(Arc<FilesToMove>),
    /// Files were moved; where they are known now was told before ([`Event::Images`]).
    Moved(MoveSummary),
    /// The networks we know, and what of them is here: asked for, or after one arrived, was added or removed.
    Networks(Arc<Vec<KnownNetwork>>),
    /// The download of a network began.
    DownloadStarted {
        /// Which network.
        name: String,
        /// They count bytes and live on after its end.
        progress: Arc<Progress>,
    },
    /// It is over; whether the network is here now says [`Event::Networks`], and why not, [`Event::Problem`].
    DownloadEnded {
        /// Which network.
        name: String,
        /// Whether it was stopped before its end.
        cancelled: bool,
    },
    /// Something went wrong with what was asked for. Everything else goes on as if nothing had happened.
    Problem {
        /// Whose problem it is.
        of: Asked,
        /// What went wrong.
        problem: Problem,
    },
    /// The GPU was lost, or its memory ran out, and the processor goes on with what it had begun.
    DeviceLost {
        /// What happened, and what to do.
        problem: Problem,
        /// What computes now, and why: as [`Collection::device`].
        device: String,
    },
    /// Something was found amiss and is done without; what was asked for goes on.
    Remark(Problem),
}
