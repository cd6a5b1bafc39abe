//! Bringing a network's files together.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::message::{KnownNetwork, Problem, Progress};
use crate::engine::networks::content;
use crate::engine::networks::download::{Download, DownloadError, Stage, download};
use crate::engine::networks::{find, folder};
use crate::network::zoo::ZooFile;

/// Nothing larger is downloaded where the size is not known.
const LARGEST_FILE: u64 = 4 << 30;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Downloaded {
    /// What is here now.
    pub network: KnownNetwork,
    /// Bytes that were downloaded.
    pub bytes: u64,
    /// What is missing but can be done without, and what was in the way.
    pub problems: Vec<Problem>,
}

/// Gets what is missing of a network: from `beside` (folders) where the file lies there and is the right one, else from
/// where it is published. What lies in its place already is compared with its checksum and stays. `None` if `progress` was
/// cancelled; the next call goes on from there. Progress counts bytes.
///
/// # Errors
/// When there is no such network, or a file cannot be had. The message says which file to get from where, and where to put
/// it.
pub fn download_network(
    name: &str,
    data_dir: Option<&Path>,
    beside: &[PathBuf],
    progress: &Progress,
) -> Result<Option<Downloaded>, Problem> {
    let folder = folder(data_dir)?;
    let (entry, is_own) = find(name, &folder)?;
    let home = folder.join(&entry.name);
    // A file may have been put into the folder of all networks, too.
    let beside: Vec<PathBuf> = beside.iter().cloned().chain([folder.clone()]).collect();
    let mut work = Work { home, beside, progress, sizes: Vec::new(), already: 0, got: 0, current: 0, kept: Vec::new() };
    work.sizes = entry.files.iter().map(|file| file.about_bytes().unwrap_or(0)).collect();
    if !entry.files.is_empty() {
        fs::create_dir_all(&work.home).map_err(|error| {
            Problem::new(format!("{name} could not be downloaded"), format!("{error}: {}", work.home.display()))
        })?;
    }
    let mut problems = Vec::new();
    for (index, file) in entry.files.iter().enumerate() {
        work.current = index;
        match work.get(file) {
            Ok(()) => {}
            Err(DownloadError::Cancelled) => return Ok(None),
            Err(error) => {
                let problem = work.problem(name, file, &error);
                match file.optional {
                    true => problems.push(problem),
                    false => return Err(problem),
                }
            }
        }
        work.count(None);
    }
    problems.append(&mut work.kept);
    let is_unknown = |file: &&ZooFile| file.checksum().is_none() && work.home.join(&file.name).exists();
    let unknown: Vec<&str> = entry.files.iter().filter(is_unknown).map(|file| file.name.as_str()).collect();
    if work.got > 0 && !unknown.is_empty() {
        let why = format!("its description gives no checksum of {}.", unknown.join(", "));
        let problem = Problem::new(format!("Nobody can tell whether {name} is what its publisher gave away"), why);
        problems.push(problem.with_remedy(
            "Ask the publisher for the sum of the file, and write it into the description (sha256 = \"...\").",
        ));
    }
    let network = KnownNetwork::new(&entry, is_own, &folder);
    match network.is_here {
        true => Ok(Some(Downloaded { network, bytes: work.got, problems })),
        false => {
            Err(Problem::new(format!("{name} cannot be opened"), format!("it is gone: {}", network.path.display()))
                .with_remedy("Put the file back, or forget the network with `tiramisu networks remove`."))
        }
    }
}

struct Work<'a> {
    home: PathBuf,
    beside: Vec<PathBuf>,
    progress: &'a Progress,
    /// Of all files; what is not known is 0 until the server says it.
    sizes: Vec<u64>,
    /// Bytes that need not be downloaded.
    already: u64,
    /// Bytes downloaded by this call.
    got: u64,
    /// Which file.
    current: usize,
    /// Files of the right name and another content, which lie beside the right ones now.
    kept: Vec<Problem>,
}

impl Work<'_> {
    fn get(&mut self, file: &ZooFile) -> Result<(), DownloadError> {
        let target = self.home.join(&file.name);
        if target.is_file() {
            if self.is_right(&target, file)? {
                return self.count_present(&target);
            }
            // It has the name but not the content. What is there stays until another is whole, and is kept then, too, for
            // the person to look at.
            let aside = free_name(&self.home, &file.name);
            let kept = fs::hard_link(&target, &aside).or_else(|_| fs::copy(&target, &aside).map(|_| ()));
            kept.map_err(|source| DownloadError::Disk { source, path: aside.clone() })?;
            return match self.bring(file, &target) {
                Ok(()) => {
                    let what = format!("{} was not the published file", file.name);
                    self.kept.push(Problem::new(what, format!("it is kept as {}", aside.display())));
                    Ok(())
                }
                Err(error) => {
                    fs::remove_file(&aside).ok();
                    Err(error)
                }
            };
        }
        self.bring(file, &target)
    }

    fn bring(&mut self, file: &ZooFile, target: &Path) -> Result<(), DownloadError> {
        for folder in self.beside.clone() {
            let found = folder.join(&file.name);
            if found.is_file() && file.checksum().is_some() && self.is_right(&found, file)? {
                copy_whole(&found, target)?;
                return self.count_present(target);
            }
        }
        self.download(file, target)
    }

    fn download(&mut self, file: &ZooFile, target: &Path) -> Result<(), DownloadError> {
        let (checksum, progress) = (file.checksum(), self.progress);
        let most_bytes = match (file.bytes, file.mebibytes) {
            (Some(bytes), _) => bytes,
            // Published sizes are rounded.
            (None, Some(mebibytes)) => ((mebibytes + 0.1) * f64::from(1 << 20)) as u64,
            (None, None) => LARGEST_FILE,
        };
        let wish =
            Download { from: &file.from, target, checksum: checksum.as_ref(), exact_bytes: file.bytes, most_bytes };
        let (earlier_already, earlier_got) = (self.already, self.got);
        // A broken connection begins again farther on, a file that changed from the beginning.
        let mut from_earlier = u64::MAX;
        download(&wish, progress, &mut |stage| match stage {
            Stage::Begun { already, total } => {
                from_earlier = from_earlier.min(already);
                self.already = earlier_already + from_earlier;
                self.got = earlier_got + already - from_earlier;
                self.count(total);
            }
            Stage::Grown(bytes) => {
                self.got = earlier_got + bytes - from_earlier;
                self.count(None);
            }
        })
    }

    fn is_right(&self, path: &Path, file: &ZooFile) -> Result<bool, DownloadError> {
        let refused = |source| DownloadError::Disk { source, path: path.to_owned() };
        let len = fs::metadata(path).map_err(refused)?.len();
        if file.bytes.is_some_and(|bytes| bytes != len) {
            return Ok(false);
        }
        match file.checksum() {
            Some(checksum) => {
                content::matches(path, &checksum, self.progress).map_err(refused)?.ok_or(DownloadError::Cancelled)
            }
            None => Ok(true),
        }
    }

    fn count_present(&mut self, path: &Path) -> Result<(), DownloadError> {
        let len = fs::metadata(path).map_or(0, |metadata| metadata.len());
        self.already += len;
        self.count(Some(len));
        Ok(())
    }

    /// Tells how far it is; `size` is what is known now of the present file.
    fn count(&mut self, size: Option<u64>) {
        if let Some(size) = size {
            self.sizes[self.current] = size;
        }
        self.progress.set_already(self.already as usize);
        self.progress.set_done(self.got as usize);
        let total: u64 = self.sizes.iter().sum();
        self.progress.set_total((total as usize).max(self.progress.done()), true);
    }

    fn problem(&self, name: &str, file: &ZooFile, error: &DownloadError) -> Problem {
        let what = match file.optional {
            true => format!("{name} has no {}", file.name),
            false => format!("{name} could not be downloaded"),
        };
        let addresses = match file.from.join(" or ") {
            none if none.is_empty() => "its publisher".to_owned(),
            addresses => addresses,
        };
        let recognised = file.checksum().map(|checksum| format!(" ({checksum})")).unwrap_or_default();
        let remedy = format!(
            "Without a connection: download {}{recognised} on another machine, from {addresses}, and copy it into {}; \
             or name the folder it is in with `tiramisu networks download {name} --from FOLDER`.",
            file.name,
            self.home.display(),
        );
        Problem::new(what, format!("{}: {error}.", file.name)).with_remedy(remedy)
    }
}

/// `NAME.broken`, or with a number what is not there yet.
fn free_name(home: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|number| home.join(format!("{name}.broken-{number}")));
    let mut names = std::iter::once(home.join(format!("{name}.broken"))).chain(numbered);
    names.find(|path| !path.exists()).expect("numbers do not end")
}

/// A copy that appears under its name when it is whole.
fn copy_whole(from: &Path, to: &Path) -> Result<(), DownloadError> {
    let refused = |source| DownloadError::Disk { source, path: to.to_owned() };
    let mut part = to.as_os_str().to_owned();
    part.push(".copy");
    fs::copy(from, &part).map_err(refused)?;
    fs::rename(&part, to).map_err(refused)
}
