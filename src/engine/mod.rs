//! Long work off the window's thread: jobs with progress and cancel, looks, events. Knows no UI.
//!
//! Whoever listens (window or command line) starts an [`Engine`], sends it [`Request`]s and takes [`Event`]s from it.
//! Progress is read from atomics, a look is latest-wins, news is a small bounded queue.

pub mod message;
pub mod problem;
pub mod progress;

pub use message::{
    ActivationView, Collection, Event, ExportFormat, ExportRequest, ExportSummary, Look, NeighbourList, NetworkFile,
    OpenRequest, Request, ThumbnailPicture,
};
pub use problem::Problem;
pub use progress::Progress;
