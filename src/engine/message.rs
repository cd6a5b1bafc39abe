//! What goes up and down between the engine and whoever listens: wishes, answers, problems, progress.
//!
//! The ground of the engine: everything in it may use these, and they know nothing of it.

mod analysis;
mod answer;
mod asked;
mod collection;
mod event;
mod folder_change;
mod folders;
mod groups;
mod import;
mod look;
mod maintenance;
mod moving;
mod network;
pub mod problem;
pub mod progress;
mod query;
mod request;

pub use crate::domain::ExportFormat;
// All that concerns analyses, so that a new kind need not be named here.
pub use analysis::*;
pub use answer::{
    ActivationView, ChannelExemplars, ChannelMap, ChannelValues, CropPicture, DepthNeighbours, ExemplarList,
    ImageBoxes, LayerStrip, NearestImages, NeighbourList, PicturePieces, PointValues, StripLayer, ThumbnailPicture,
    UnusualList, WhySimilar,
};
pub use asked::{Asked, GroupLookKind, LookKind};
pub use collection::{Collection, MovedFolder};
pub use event::{Event, ExportExists, ExportSummary, RecipeSaved};
pub use folder_change::{FolderChange, FolderPictures};
pub use folders::FoldersToWrite;
pub use groups::{ArithmeticWish, GroupAnswer, GroupComparison, GroupLook, Groups};
pub use import::{BoxCount, ImportParts, ImportReport, ImportWish};
pub use look::{
    CatalogueLook, ChannelLook, ChannelMapWish, CropWish, DepthsWish, Look, NearestWish, PictureWish, PointWish,
    StripWish, WhySimilarWish,
};
pub use maintenance::{MaintenanceReport, MaintenanceWish, STOPPED};
pub use moving::{FilesToMove, MoveSummary, MoveWish};
pub use network::{KnownFile, KnownNetwork, PreparationWish};
pub use problem::{NOT_KEPT, Problem};
pub use progress::{Progress, Stage};
pub use query::{Found, QueryAnswer, QueryWish, Refusal};
pub use request::{ExportWish, ImagesWish, MapToExport, NetworkFile, OpenWish, RelabelWish, Request};
