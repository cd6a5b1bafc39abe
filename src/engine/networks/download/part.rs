//! What has arrived of a file that is being downloaded: `NAME.part`, and beside it `NAME.part.from`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::networks::download::DownloadError;

/// The beginning of a file, ours alone as long as this lives.
pub struct Part {
    path: PathBuf,
    from: PathBuf,
    lock: PathBuf,
    /// Let go by the system when the process ends, however it ends.
    _locked: File,
}

/// Where a beginning came from.
pub struct Origin {
    /// The address.
    pub url: String,
    /// Which state of the file it is, in the server's words.
    pub state: String,
}

impl Part {
    /// Takes hold of what has arrived of `target`, perhaps nothing.
    ///
    /// # Errors
    /// When somebody else holds it, or the disk refuses.
    pub fn take(target: &Path) -> Result<Self, DownloadError> {
        let with = |ending: &str| {
            let mut path = target.as_os_str().to_owned();
            path.push(ending);
            PathBuf::from(path)
        };
        let (path, lock) = (with(".part"), with(".part.lock"));
        let refused = |source| DownloadError::Disk { source, path: lock.clone() };
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock).map_err(refused)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(DownloadError::Busy { path }),
                // Some network file systems have no locks. Refusing to work there would help nobody.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    tracing::warn!("no file locks here, so nothing stops a second download: {}", lock.display());
                }
                Err(TryLockError::Error(error)) => return Err(refused(error)),
            }
            // Whoever held it before may have deleted it since we opened it; then the next one would not see ours.
            if lock.exists() {
                return Ok(Self { path, from: with(".part.from"), lock, _locked: file });
            }
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes have arrived.
    pub fn len(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Where it came from; `None` if there is nothing, or nobody knows.
    pub fn origin(&self) -> Option<Origin> {
        let text = fs::read_to_string(&self.from).ok()?;
        let (url, state) = text.split_once('\n')?;
        let is_known = !state.is_empty() && self.len() > 0;
        is_known.then(|| Origin { url: url.to_owned(), state: state.to_owned() })
    }

    /// Which state of the file at `url` this is the beginning of; `None` if it is of another, or nobody knows.
    pub fn state(&self, url: &str) -> Option<String> {
        self.origin().filter(|origin| origin.url == url).map(|origin| origin.state)
    }

    /// Opens it to write on.
    pub fn go_on(&self) -> Result<File, DownloadError> {
        OpenOptions::new().append(true).open(&self.path).map_err(self.refused())
    }

    /// Opens it to write from the beginning.
    pub fn begin(&self, origin: Option<&Origin>) -> Result<File, DownloadError> {
        // First the beginning of another state is gone, then this state is written down.
        remove(&self.from).map_err(self.refused())?;
        let file = File::create(&self.path).map_err(self.refused())?;
        if let Some(Origin { url, state }) = origin {
            fs::write(&self.from, format!("{url}\n{state}")).map_err(self.refused())?;
        }
        Ok(file)
    }

    /// Begins with nothing again.
    pub fn throw_away(&self) -> Result<(), DownloadError> {
        remove(&self.from).and_then(|()| remove(&self.path)).map_err(self.refused())
    }

    /// Gives it its name.
    pub fn finish(&self, target: &Path) -> Result<(), DownloadError> {
        fs::rename(&self.path, target).map_err(self.refused())?;
        fs::remove_file(&self.from).ok();
        Ok(())
    }

    /// An error of the disk, in words.
    pub fn refused(&self) -> impl Fn(io::Error) -> DownloadError + '_ {
        |source| DownloadError::Disk { source, path: self.path.clone() }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        fs::remove_file(&self.lock).ok();
    }
}

/// Removes a file that need not be there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
