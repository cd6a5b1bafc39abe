//! What goes up and down between the engine and whoever listens: wishes, answers, problems, progress.
//!
//! The ground of the engine: everything in it may use these, and they know nothing of it.

mod activations;
mod analysis;
mod answer;
mod asked;
mod chosen;
mod classes;
mod collection;
mod embedding;
mod event;
mod graph;
mod house;
mod index;
mod look;
mod network;
pub mod problem;
pub mod progress;
mod query;
mod request;

pub use crate::domain::ExportFormat;
pub use activations::ActivationsWish;
pub use analysis::AnalysisWish;
pub use answer::{ActivationView, ExemplarList, Likeness, NeighbourList, ThumbnailPicture, UnusualList};
pub use asked::{AnalysisKind, Asked, LookKind};
pub use chosen::ChosenFor;
pub use classes::{ClassMeans, ClassWish};
pub use collection::Collection;
pub use embedding::EmbeddingSummary;
pub use event::{Event, ExportExists, ExportSummary, Kept};
pub use graph::{GraphKind, GraphSummary, GraphWish};
pub use house::{HouseNews, HouseWish, STOPPED};
pub use index::IndexWish;
pub use look::{ChannelLook, LikenessWish, Look};
pub use network::{KnownFile, KnownNetwork, PreparationWish};
pub use problem::{NOT_KEPT, Problem};
pub use progress::Progress;
pub use query::{Found, QueryAnswer, QueryWish, Refusal};
pub use request::{ExportRequest, NetworkFile, OpenRequest, Request};
