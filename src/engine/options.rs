//! How an engine is set up.

use std::path::PathBuf;

use crate::domain::{EXACT_BYTES, Pooling, Precision};
use crate::gpu::Compute;

/// Pictures in the sample collection, unless another number is asked for: thirty of each kind.
pub const SAMPLE_IMAGES: usize = 660;

/// How often results reach the disk, where things lie, and what computes.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Which device is asked for.
    pub compute: Compute,
    /// A part of the name of the graphics adapter that is asked for, if the person minds which.
    pub adapter: Option<String>,
    /// For a window: whether it draws by a device of its own on the GPU that computes; by default so on a real one
    /// ([`OpenDevice::draws_apart`](crate::gpu::OpenDevice::draws_apart)).
    pub draws_apart: Option<bool>,
    /// In which numbers networks run.
    pub precision: Precision,
    /// Where workspaces and the sample collection are kept; by default the user's data directory.
    pub data_dir: Option<PathBuf>,
    /// At most so many images between two commits.
    pub commit_images: usize,
    /// At most so many seconds between two commits. The first ones come sooner, so that neighbours can be asked early.
    pub commit_secs: f64,
    /// Images per forward pass; by default chosen from the measured time.
    pub batch_images: Option<usize>,
    /// At most so many bytes of vectors are kept in memory for the next question.
    pub vector_bytes: usize,
    /// A layer's vectors of so many bytes are compared one by one; where there are more, an index is asked, if there is one.
    pub exact_bytes: usize,
    /// Below which the system says how much memory is free, in `proc` and `sys`: `/`, but for tests.
    pub system_root: PathBuf,
    /// Pictures in the sample collection.
    pub sample_images: usize,
    /// For who asks one question and goes: no device is opened before a network is to run (unless one is asked for by name),
    /// and of a folder that is opened to be read nothing is told unasked: neither its images ([`Request::TellImages`]), nor
    /// its tags ([`Request::TellTags`]), nor what results there are.
    ///
    /// [`Request::TellImages`]: super::Request::TellImages
    /// [`Request::TellTags`]: super::Request::TellTags
    pub is_brief: bool,
    /// For who asks one question and goes, if it is for neighbours: at which pooling of the layer that is opened. Where an index may
    /// answer that, it is opened while the question is still on its way.
    pub will_ask: Option<Pooling>,
    /// For who only looks: no file is written, made or removed, neither of a workspace nor of what is remembered of networks. A
    /// folder is opened as it is, and what would be repaired in it is told instead.
    pub only_looks: bool,
    /// For a window: whether it is told what other programs ask of the selection ([`Event::SelectionAsked`]).
    ///
    /// [`Event::SelectionAsked`]: super::Event::SelectionAsked
    pub takes_selections: bool,
    /// For a window: whether it is told when pictures in the folder come, change or go ([`Event::FolderChanged`]).
    ///
    /// [`Event::FolderChanged`]: super::Event::FolderChanged
    pub watches_folder: bool,
    /// For a window: whether it is asked what is to be done with a folder that looks like a known one in its new place
    /// ([`Event::LooksMoved`]).
    ///
    /// [`Event::LooksMoved`]: super::Event::LooksMoved
    pub asks_of_moved: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            compute: Compute::Auto,
            adapter: None,
            draws_apart: None,
            precision: Precision::Single,
            data_dir: None,
            commit_images: 2048,
            commit_secs: 30.0,
            batch_images: None,
            vector_bytes: 256 << 20,
            exact_bytes: EXACT_BYTES,
            system_root: PathBuf::from("/"),
            sample_images: SAMPLE_IMAGES,
            is_brief: false,
            will_ask: None,
            only_looks: false,
            takes_selections: false,
            watches_folder: false,
            asks_of_moved: false,
        }
    }
}
