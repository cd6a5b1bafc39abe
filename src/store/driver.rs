//! What drives Lance: its threads, what is remembered of files from one question to the next, and counts of both.

use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use lance::Dataset;
use lance::dataset::builder::DatasetBuilder;
use lance::io::ObjectStore;
use lance::session::Session;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinHandle, block_in_place};

use super::StoreError;
use super::commit_order::InOrder;
use super::durable::OnDisk;
use super::sole_index::OpenIndex;

/// What is remembered of a workspace's files between reads: their footers and pages' places. Lance's own default is 1 GiB,
/// and ours must not grow with the collection.
const METADATA_CACHE_BYTES: usize = 64 << 20;
/// What is remembered of its indices: an index that does not fit is read from its files again at every question, which takes
/// several times as long as looking into it. Five bits a number: 320 bytes for each image at a layer of 512 channels.
const INDEX_CACHE_BYTES: usize = 512 << 20;
/// Where it is said how many threads of Lance's decode.
const LANCE_THREADS: &str = "LANCE_CPU_THREADS";
/// Lance leaves so many processors to reading.
const LEFT_TO_READING: usize = 2;
/// So many reads of files go on at once, each on a thread: as many as Lance asks a disk for. Of more threads a question would start
/// thirty, each with memory of its own.
const MOST_READS_AT_ONCE: usize = 8;

/// What was asked of the disk through one opening of a workspace, readers included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Tables that were opened.
    pub opens: u64,
    /// Reads of their files.
    pub requests: u64,
    /// Bytes read of their files.
    pub bytes: u64,
    /// Questions to indices for which Lance made a plan, which takes longer than the answer: those that no index could be asked directly.
    pub planned: u64,
}

/// One a workspace, shared by all who read and write it.
pub(super) struct Driver {
    /// Goes before the threads that it was opened on.
    index: Arc<OpenIndex>,
    runtime: Arc<Runtime>,
    session: Arc<Session>,
    opens: AtomicU64,
    planned: AtomicU64,
    /// Counts what goes through it; one for all tables, as long as somebody holds it.
    disk: OnceLock<Arc<ObjectStore>>,
    /// Whether what was found out may be remembered in files of the workspace.
    remembers: bool,
    /// What is known to be on the disk.
    on_disk: Arc<OnDisk>,
    /// What was begun before it is needed.
    ahead: Mutex<Vec<(String, JoinHandle<()>)>>,
    /// What is being remembered behind an answer.
    noting: Mutex<Option<thread::JoinHandle<()>>>,
    /// The version of the images that what is committed now belongs to; 0 where nobody who writes said so.
    images: Arc<AtomicU64>,
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.finish_noting();
    }
}

impl Driver {
    /// Two threads: one to read or write, one to decode beside it. Lance has more of its own for heavy decoding.
    ///
    /// # Errors
    /// When they cannot be started.
    pub(super) fn start(root: &Path) -> Result<Arc<Self>, StoreError> {
        Self::start_as(root, true)
    }

    /// The same for those who only look: nothing is remembered in files of the workspace.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(super) fn start_to_look(root: &Path) -> Result<Arc<Self>, StoreError> {
        Self::start_as(root, false)
    }

    fn start_as(root: &Path, remembers: bool) -> Result<Arc<Self>, StoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(MOST_READS_AT_ONCE)
            .thread_name("store")
            // No sockets: what waits for events of those wakes by a file, twice a read.
            .enable_time()
            .build()
            .map_err(|e| StoreError::from_io("cannot start the workspace's threads", root, e))?;
        Ok(Self::on(Arc::new(runtime), remembers, Arc::default(), Arc::default()))
    }

    fn on(runtime: Arc<Runtime>, remembers: bool, on_disk: Arc<OnDisk>, images: Arc<AtomicU64>) -> Arc<Self> {
        let session = Arc::new(Session::new(INDEX_CACHE_BYTES, METADATA_CACHE_BYTES, Arc::default()));
        let (index, opens, planned, disk, ahead, noting) = Default::default();
        Arc::new(Self { index, runtime, session, opens, planned, disk, remembers, on_disk, ahead, noting, images })
    }

    /// Another on the same threads that remembers nothing yet, and counts what goes through it alone.
    pub(super) fn apart(&self) -> Arc<Self> {
        Self::on(self.runtime.clone(), self.remembers, self.on_disk.clone(), self.images.clone())
    }

    /// Whether what was found out may be remembered in files of the workspace.
    pub(super) fn remembers(&self) -> bool {
        self.remembers
    }

    /// Puts all that was written of the table at `path` on the disk.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn settle(&self, path: &Path) -> Result<(), StoreError> {
        self.on_disk.settle(path).map(drop)
    }

    /// From now on what is committed belongs to this version of the images.
    pub(super) fn note_images(&self, version: u64) {
        self.images.store(version, Ordering::Relaxed);
    }

    /// The version of the images that what is committed now belongs to, if that is known.
    pub(super) fn images(&self) -> Option<u64> {
        Some(self.images.load(Ordering::Relaxed)).filter(|version| *version > 0)
    }

    /// Waits for what Lance does on these threads.
    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        match Handle::try_current() {
            // Who is called back while one table is read may look into another.
            Ok(_) => block_in_place(|| self.runtime.block_on(work)),
            Err(_) => self.runtime.block_on(work),
        }
    }

    /// The index that was asked last, which may be opened beside whatever goes on.
    pub(super) fn index(&self) -> Arc<OpenIndex> {
        self.index.clone()
    }

    /// Has Lance do something for questions of this name on these threads meanwhile, which may hold nothing of this.
    pub(super) fn begin_ahead(&self, of: String, work: impl Future<Output = ()> + Send + 'static) {
        let begun = self.runtime.spawn(work);
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner).push((of, begun));
    }

    /// Waits for what was begun ahead for questions of this name, and for no other: whoever needs it now would do the same once more.
    pub(super) fn end_ahead(&self, of: &str) {
        // Taken out, so that nobody who waits keeps another from asking.
        let begun: Vec<_> = {
            let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            ahead.extract_if(.., |(known, _)| known == of).collect()
        };
        for (_, work) in begun {
            if let Err(error) = self.block_on(work) {
                tracing::debug!(%error, "what was begun ahead failed");
            }
        }
    }

    /// Remembers something on a thread of its own, unless that is under way. It may hold nothing of this; whoever lets go of this last
    /// waits for it.
    pub(super) fn note_behind(&self, note: impl FnOnce() + Send + 'static) {
        let mut noting = self.noting.lock().unwrap_or_else(PoisonError::into_inner);
        if noting.as_ref().is_some_and(|noting| !noting.is_finished()) {
            return;
        }
        // Not on one of the runtime's threads: what those have not begun is dropped with it.
        match thread::Builder::new().name("remembering".into()).spawn(note) {
            Ok(begun) => *noting = Some(begun),
            Err(error) => tracing::warn!("no thread to remember on: {error}"),
        }
    }

    /// Waits until what is being remembered is: for a process that ends without letting go of this.
    pub(super) fn finish_noting(&self) {
        let noting = self.noting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = noting.map(thread::JoinHandle::join) {
            tracing::warn!("what was to be remembered was not");
        }
    }

    /// What commits to the table at `path`.
    pub(super) fn commit_order(&self, path: &Path) -> Arc<InOrder> {
        InOrder::new(path.to_owned(), self.on_disk.clone())
    }

    /// Opens a table of the workspace, at a version or at the latest.
    pub(super) fn open(&self, uri: &str, version: Option<u64>) -> lance::Result<Dataset> {
        let mut builder = DatasetBuilder::from_uri(uri).with_session(self.session.clone());
        builder = builder.with_commit_handler(self.commit_order(Path::new(uri)));
        if let Some(version) = version {
            builder = builder.with_version(version);
        }
        self.opens.fetch_add(1, Ordering::Relaxed);
        self.block_on(async {
            let dataset = builder.load().await?;
            if self.disk.get().is_none() {
                self.disk.set(dataset.object_store(None).await?).ok();
            }
            Ok(dataset)
        })
    }

    /// Lance makes a plan for a question to an index.
    pub(super) fn count_plan(&self) {
        self.planned.fetch_add(1, Ordering::Relaxed);
    }

    /// What was asked of the disk so far.
    pub(super) fn reads(&self) -> Reads {
        let found = self.disk.get().map(|disk| disk.io_stats_snapshot()).unwrap_or_default();
        let [opens, planned] = [&self.opens, &self.planned].map(|count| count.load(Ordering::Relaxed));
        Reads { opens, requests: found.read_iops, bytes: found.read_bytes, planned }
    }
}

/// A variable of the environment, and what it is to be for Lance to decode on two threads where it would on one, as it leaves two
/// processors to reading: of the two or three that there are then, reading needs none. `None` where there are more, or the person
/// chose.
pub fn threads_to_decode_on() -> Option<(&'static str, &'static str)> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let would_be_one = (2..=LEFT_TO_READING + 1).contains(&processors);
    (would_be_one && std::env::var_os(LANCE_THREADS).is_none()).then_some((LANCE_THREADS, "2"))
}
