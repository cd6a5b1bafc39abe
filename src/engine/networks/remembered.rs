//! What is known of networks that were read before, so that a question about stored vectors need not read one again.
//!
//! It lies in `.networks` of the data directory, a file a network, and says of which files it is: the network's, those
//! beside it that were read, this program's, and the folders they lie in, each as it was. If one of them is another now, the
//! network is read again. All of it may be deleted.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::recognise;
use crate::engine::message::{NetworkFile, Problem};
use crate::engine::places;
use crate::network::{Graph, NetworkFacts, noting_files};

/// What changed a moment ago may change again and keep its time.
const SETTLED: Duration = Duration::from_secs(2);

#[derive(Serialize, Deserialize)]
struct Known {
    /// Which network, of how it was asked for.
    file: NetworkFile,
    made_of: Vec<FileState>,
    facts: NetworkFacts,
}

/// A file or folder, so that it is told from what lies there later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FileState {
    path: PathBuf,
    /// `None` if nothing is there.
    state: Option<State>,
}

/// What of a file is another when its content is. Size and time of change alone can be those of another file: they are copied
/// along with it by many programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    /// Of a folder they say nothing.
    bytes: u64,
    /// Since 1970, as whoever wrote it wants it to be.
    modified_nanos: u64,
    /// Since 1970, as the system has it: it changes whenever anything does, and nobody sets it. Where there is no such
    /// time, when the file was made.
    changed_nanos: u64,
    /// The file's number on its disk, where it has one.
    number: u64,
}

impl FileState {
    fn now(path: &Path) -> Self {
        Self { path: path.to_owned(), state: fs::metadata(path).ok().and_then(|metadata| state(&metadata)) }
    }

    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let is_settled = |nanos: u64| Duration::from_nanos(nanos) + SETTLED < now;
        self.state.as_ref().is_none_or(|state| is_settled(state.modified_nanos) && is_settled(state.changed_nanos))
    }
}

/// `None` where the system does not tell.
fn state(metadata: &Metadata) -> Option<State> {
    let nanos = |time: SystemTime| u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok();
    let bytes = if metadata.is_dir() { 0 } else { metadata.len() };
    let modified_nanos = nanos(metadata.modified().ok()?)?;
    #[cfg(unix)]
    let (changed_nanos, number) = {
        use std::os::unix::fs::MetadataExt;
        let (secs, nanos) = (u64::try_from(metadata.ctime()).ok()?, u64::try_from(metadata.ctime_nsec()).ok()?);
        (secs.checked_mul(1_000_000_000)?.checked_add(nanos)?, metadata.ino())
    };
    #[cfg(not(unix))]
    let (changed_nanos, number) = (metadata.created().ok().and_then(nanos).unwrap_or_default(), 0);
    Some(State { bytes, modified_nanos, changed_nanos, number })
}

/// What is known of a network, if it was read before and nothing of it has changed.
pub(super) fn facts(file: &NetworkFile, data_dir: Option<&Path>) -> Option<NetworkFacts> {
    let text = fs::read(place(file, data_dir)?).ok()?;
    let known: Known = serde_json::from_slice(&text).ok()?;
    let is_it = known.file == *file && known.made_of.iter().all(|then| FileState::now(&then.path) == *then);
    is_it.then_some(known.facts)
}

/// Reads a network and remembers what is known of it. Where that cannot be done, it is read again the next time.
///
/// # Errors
/// As [`recognise::load`].
pub(super) fn load(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Graph, Problem> {
    let folders = fixed(data_dir);
    let (graph, read) = noting_files(|| recognise::load(file, data_dir));
    let graph = graph?;
    let Some(place) = place(file, data_dir) else { return Ok(graph) };
    let mut made_of = folders;
    for read in read {
        // A file that appears beside it may be read as well.
        made_of.extend(read.path.parent().map(FileState::now));
        made_of.push(FileState { state: state(&read.metadata), path: read.path });
    }
    made_of.dedup();
    let is_settled = made_of.iter().all(|then| then.is_settled() && FileState::now(&then.path) == *then);
    if is_settled {
        let known = Known { file: file.clone(), made_of, facts: NetworkFacts::of(&graph) };
        if let Err(error) = write(&place, &known) {
            tracing::debug!(%error, "what is known of the network is not remembered");
        }
    }
    Ok(graph)
}

fn write(place: &Path, known: &Known) -> std::io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    // Others may write it at the same time, in this process or another.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = place.with_extension(format!("{}.{count}.new", std::process::id()));
    let written = fs::write(&beside, serde_json::to_vec(known)?).and_then(|()| fs::rename(&beside, place));
    written.inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// This program, which may read files otherwise than another did; and where the person's own descriptions lie.
fn fixed(data_dir: Option<&Path>) -> Vec<FileState> {
    let program = std::env::current_exe().ok();
    let networks = places::data_dir(data_dir).ok().map(|data_dir| places::networks_dir(&data_dir));
    program.iter().chain(&networks).map(|path| FileState::now(path)).collect()
}

fn place(file: &NetworkFile, data_dir: Option<&Path>) -> Option<PathBuf> {
    let data_dir = places::data_dir(data_dir).ok()?;
    let program = std::env::current_exe().ok()?;
    let key = serde_json::to_string(&(file, &program)).ok()?;
    Some(data_dir.join(".networks").join(format!("{:016x}.json", places::fnv1a(key.as_bytes()))))
}
