//! An engine with somebody who listens.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tiramisu::domain::{EXACT_BYTES, ImageId, ImageRecord, Precision};
use tiramisu::engine::{Collection, Engine, EngineOptions, Event, NetworkFile, OpenWish, Problem, Request};
use tiramisu::gpu::Compute;

/// Long enough for the slowest machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(240);

/// Sends requests and takes events, as the window and the command line do.
pub struct Listener {
    pub engine: Engine,
    pub images: Vec<ImageRecord>,
    pub problems: Vec<Problem>,
}

/// Small commits and small batches, so that a test meets many of them.
pub fn options(data_dir: &Path) -> EngineOptions {
    EngineOptions {
        compute: Compute::Cpu,
        adapter: None,
        draws_apart: None,
        precision: Precision::Single,
        data_dir: Some(data_dir.to_path_buf()),
        commit_images: 16,
        commit_secs: 0.5,
        batch_images: Some(8),
        vector_bytes: 256 << 20,
        exact_bytes: EXACT_BYTES,
        system_root: "/".into(),
        sample_images: 66,
        is_brief: false,
        will_ask: None,
        only_looks: false,
        takes_selections: false,
        watches_folder: false,
        asks_of_moved: false,
    }
}

impl Listener {
    pub fn start(options: EngineOptions) -> Self {
        let engine = Engine::start(options, || {}).expect("an engine on the CPU starts");
        Self { engine, images: Vec::new(), problems: Vec::new() }
    }

    pub fn open(&self, folder: &Path, workspace: &Path, network: NetworkFile, extract: bool) {
        let (folder, workspace) = (folder.to_path_buf(), Some(workspace.to_path_buf()));
        self.engine.send(Request::Open(OpenWish { folder, workspace, network, layers: None, extract }));
    }

    /// Takes events until `answer` gives something.
    pub fn until<T>(&mut self, what: &str, mut answer: impl FnMut(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self
                .engine
                .events()
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("waited in vain for {what}; problems: {:?}", self.problems));
            match &event {
                Event::Opening(_) => self.images.clear(),
                Event::Images(images) => self.images = images.to_vec(),
                Event::Problem { problem, .. } => self.problems.push(problem.clone()),
                _ => {}
            }
            if let Some(answer) = answer(&event) {
                return answer;
            }
        }
    }

    /// The collection, as soon as it is open.
    pub fn until_opened(&mut self) -> Arc<Collection> {
        self.until("the collection", |event| match event {
            Event::Opened(collection) => Some(collection.clone()),
            _ => None,
        })
    }

    /// Takes events until the extraction is over; says whether it was cancelled.
    pub fn until_extracted(&mut self) -> bool {
        self.until("the end of the extraction", |event| match event {
            Event::JobEnded { cancelled } => Some(*cancelled),
            _ => None,
        })
    }

    pub fn until_problem(&mut self) -> Problem {
        self.until("a problem", |event| match event {
            Event::Problem { problem, .. } => Some(problem.clone()),
            _ => None,
        })
    }

    pub fn image(&self, ending: &str) -> &ImageRecord {
        self.images.iter().find(|image| image.path.text.ends_with(ending)).expect("the image was found")
    }

    pub fn id(&self, ending: &str) -> ImageId {
        self.image(ending).id
    }
}
