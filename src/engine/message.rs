//! What goes up and down between the engine and whoever listens.

mod analysis;
mod answer;
mod collection;
mod event;
mod look;
mod request;

pub use analysis::AnalysisWish;
pub use answer::{ActivationView, ExemplarList, Likeness, NeighbourList, ThumbnailPicture, UnusualList};
pub use collection::Collection;
pub use event::{Event, ExportExists, ExportSummary};
pub use look::{LikenessWish, Look};
pub use request::{ExportFormat, ExportRequest, NetworkFile, OpenRequest, Request};
