//! Wishes, which go down.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ImportWish;
use super::MaintenanceWish;
use super::MoveWish;
use super::PreparationWish;
use super::{AnalysisWish, Asked, Look};
use crate::domain::{
    DatasetOptions, ExportFormat, ImageId, ImageList, ImagePath, ImageSet, LabelPlaces, Projection, ProjectionWish,
    Relabelling, StoredLayer, TagColour,
};

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
    /// One that we know by name; see [`crate::engine::networks`].
    Known(String),
    /// Vectors of a person's own, by their name in the workspace: they stand where a network's would, and none is behind them.
    Vectors(String),
}

impl NetworkFile {
    /// What to look at another workspace through: vectors of one are in no other.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        match self {
            Self::Vectors(_) => Self::default(),
            Self::Builtin | Self::Analytic | Self::File(_) | Self::Known(_) => self.clone(),
        }
    }
}

/// A folder to open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenWish {
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

/// A wish to take images away.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportWish {
    /// Which images, in this order.
    pub images: ImageList,
    /// Scores to write beside some of them: of the neighbour list they come from, or that is shown.
    pub scores: Vec<(ImageId, f64)>,
    /// What to write.
    pub format: ExportFormat,
    /// Whose vectors, where it is vectors that are written.
    pub vectors: Vec<StoredLayer>,
    /// A folder for files, a file for all others.
    pub target: PathBuf,
    /// Which map, where it is a map that is written.
    pub map: Option<MapToExport>,
    /// How a data set is laid out.
    pub dataset: DatasetOptions,
    /// The person agreed to replace an existing file. Files that are copied never replace others: the copy
    /// gets a number.
    pub overwrite: bool,
}

impl ExportWish {
    /// Where the table of images goes, if it comes in a file beside what is written: the same name, ending in `.csv`.
    pub fn list(&self) -> Option<PathBuf> {
        let file = self.format.file().filter(|_| self.format.has_list_beside())?;
        Some(match self.target.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(file.ending)) {
            true => self.target.with_extension("csv"),
            // Not in the place of another ending, which may be this one.
            false => {
                let mut name = self.target.clone().into_os_string();
                name.push(".csv");
                name.into()
            }
        })
    }
}

/// A map to take away.
#[derive(Clone, Debug, PartialEq)]
pub enum MapToExport {
    /// As it is shown.
    Shown {
        /// The map.
        map: Arc<Projection>,
        /// The places of labels, by which they are coloured.
        labels: Arc<LabelPlaces>,
    },
    /// The one of this method and layer that is kept in the workspace.
    Kept(ProjectionWish),
}

/// Images that are asked about.
#[derive(Clone, Debug, PartialEq)]
pub enum ImagesWish {
    /// All of the collection.
    All,
    /// These.
    These(Vec<ImageId>),
    /// The one that lies there, below the opened folder, if there is one.
    At(ImagePath),
}

/// How labels are to change.
#[derive(Clone, Debug, PartialEq)]
pub enum RelabelWish {
    /// These images are to have this label, whatever theirs is. Answered by [`Event::Relabelled`](super::Event::Relabelled).
    Give {
        /// Which images.
        images: ImageSet,
        /// The label.
        label: String,
    },
    /// Do what was done before, or take it back.
    Apply(Arc<Relabelling>),
}

/// What a wish may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Open a folder, closing what is open.
    Open(OpenWish),
    /// Open a folder that may be a known one in its new place ([`Event::LooksMoved`](super::Event::LooksMoved)), without asking.
    OpenAnew(OpenWish),
    /// The same, with the workspace of the folder that was at `from`.
    OpenMoved {
        /// Where it was.
        from: PathBuf,
        /// What is to be opened.
        wish: OpenWish,
    },
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
    Export(ExportWish),
    /// Say what writing image folders would do: [`Event::FoldersToConfirm`](super::Event::FoldersToConfirm).
    PlanFolders(ExportWish),
    /// Move files into folders, or say what that would do: [`Event::MoveToConfirm`](super::Event::MoveToConfirm). Answered by
    /// [`Event::Moved`](super::Event::Moved). Of all that can be asked for, this alone changes the folder with the pictures.
    MoveFiles(MoveWish),
    /// Write down how what is known of the collection was made: [`Event::RecipeSaved`](super::Event::RecipeSaved), or
    /// [`Event::RecipeExists`](super::Event::RecipeExists).
    SaveRecipe {
        /// The file.
        target: PathBuf,
        /// The person agreed to replace one that exists.
        overwrite: bool,
    },
    /// Tell how what is known of the collection was made: [`Event::Recipe`](super::Event::Recipe).
    TellRecipe,
    /// Begin an analysis; one of its kind that runs is stopped.
    Analyse(AnalysisWish),
    /// Show a clustering that was made before, by its name.
    OpenClustering(String),
    /// Tell duplicates, outliers and class vectors that were found before and are kept.
    TellStored,
    /// Call a cluster by a name, or by none.
    NameCluster {
        /// The clustering's name.
        clustering: String,
        /// The cluster's index.
        cluster: usize,
        /// What to call it.
        name: Option<String>,
    },
    /// Tell images that were not told unasked. Answered by [`Event::Known`](super::Event::Known); all of them by
    /// [`Event::Images`](super::Event::Images), and [`Event::Walked`](super::Event::Walked) after the last.
    TellImages(ImagesWish),
    /// Tell the tags of the collection. Answered by [`Event::Tags`](super::Event::Tags).
    TellTags,
    /// Give images a tag, or take it from them. Answered by [`Event::Tagged`](super::Event::Tagged).
    Tag {
        /// Which images.
        images: ImageSet,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Give a tag a colour, or the one of its name. Answered by [`Event::TagColours`](super::Event::TagColours).
    ColourTag {
        /// The tag.
        tag: String,
        /// Its colour.
        colour: Option<TagColour>,
    },
    /// Give images a label by hand. It is kept as an imported one is.
    Relabel(RelabelWish),
    /// Tell another program what is selected, which [wanted to know](super::Event::SelectionWanted).
    TellSelection(ImageSet),
    /// Say what an import would do: [`Event::ImportPlanned`](super::Event::ImportPlanned).
    PlanImport(ImportWish),
    /// Stop importing, or reading what is to be imported, unless it is being written:
    /// [`Event::ImportStopped`](super::Event::ImportStopped).
    StopImport,
    /// Import labels, splits and boxes; one import at a time. Answered by [`Event::Imported`](super::Event::Imported).
    Import(ImportWish),
    /// Forget all that was imported, and what is being read to be. Answered by
    /// [`Event::ImportForgotten`](super::Event::ImportForgotten).
    ForgetImported {
        /// Whether labels that were given by hand are forgotten, too.
        over_hand: bool,
    },
    /// Tell all boxes: [`Event::Boxes`](super::Event::Boxes).
    TellBoxes,
    /// Tell how many boxes can become pictures of their own, by label: [`Event::BoxCounts`](super::Event::BoxCounts).
    CountBoxes,
    /// Look at what the workspace costs and which versions it has, or change that.
    Maintain(MaintenanceWish),
    /// Say which networks there are.
    ListNetworks,
    /// Download what is missing of a known network. Cancelling the counters of [`Event::DownloadStarted`](super::Event::DownloadStarted) stops it.
    DownloadNetwork(String),
    /// Remember a network's file, which stays where it is, and how pictures are prepared for it.
    AddNetwork {
        /// The file.
        file: PathBuf,
        /// What to call it.
        name: String,
        /// What is to be done otherwise than the file suggests.
        wish: PreparationWish,
    },
    /// Forget a network of the person's own (its file stays), or delete what was downloaded of another.
    RemoveNetwork(String),
    /// Stop everything; the engine is going away.
    Shutdown,
}

impl Request {
    /// Whether it writes what is found or done by hand, beside the vectors of the workspace.
    pub fn writes_results(&self) -> bool {
        matches!(
            self,
            Self::Analyse(_)
                | Self::NameCluster { .. }
                | Self::Tag { .. }
                | Self::ColourTag { .. }
                | Self::Relabel(_)
                | Self::Import(_)
                | Self::ForgetImported { .. }
        )
    }

    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        match self {
            Self::Open(_) | Self::OpenAnew(_) | Self::OpenMoved { .. } | Self::OpenSample { .. } => Asked::Open,
            Self::Extract => Asked::Extract,
            Self::Look(look) => look.asked(),
            Self::Export(_)
            | Self::PlanFolders(_)
            | Self::MoveFiles(_)
            | Self::SaveRecipe { .. }
            | Self::TellRecipe => Asked::Export,
            Self::Analyse(wish) => wish.asked(),
            Self::OpenClustering(_) => Asked::Clustering,
            Self::NameCluster { .. } => Asked::ClusterName,
            Self::TellImages(_) => Asked::Images,
            Self::TellTags => Asked::Tags,
            Self::Tag { .. } | Self::ColourTag { .. } => Asked::Tag,
            Self::Relabel(_) => Asked::Label,
            Self::PlanImport(_) | Self::Import(_) | Self::ForgetImported { .. } => Asked::Import,
            Self::TellBoxes | Self::CountBoxes => Asked::Boxes,
            Self::Maintain(_) => Asked::Maintenance,
            Self::ListNetworks => Asked::Networks,
            Self::DownloadNetwork(name) | Self::AddNetwork { name, .. } | Self::RemoveNetwork(name) => {
                Asked::Network(name.clone())
            }
            Self::TellStored
            | Self::TellSelection(_)
            | Self::Close
            | Self::Cancel
            | Self::StopImport
            | Self::Shutdown => Asked::Nothing,
        }
    }
}
