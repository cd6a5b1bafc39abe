//! The thread that sees pictures come, change and go while their folder is open.
//!
//! It looks again and again. Systems have services that tell of changes, but not on network drives, and where there are more
//! folders than they can watch they tell nothing; a look at each folder's time costs them little, and finds what came, went or was
//! put in another's place. A file that is written over where it lies leaves its folder as it was: so some files are looked at each
//! time, in turn, which finds one of a thousand within ten seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

use crate::domain::{ImagePath, ImageRecords, ImageRef, is_picture_name};
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::message::{Event, FolderChange};
use crate::engine::opened::Opened;
use crate::engine::thread::outbox::Outbox;
use crate::images::{self, is_hidden};

/// Between two looks at the folders.
const EVERY: Duration = Duration::from_secs(2);
/// What was told is looked at again so often: nobody says when it was taken in.
const AGAIN: Duration = Duration::from_secs(6);
/// A look takes at most this share of the time: many folders on a slow drive are looked at less often.
const MOST_SHARE: u32 = 20;
/// Files looked at each time, whatever their folders say.
const IN_TURN: usize = 256;
/// Pictures that are new and remembered; of more it is told that there are more.
const MOST: usize = 100_000;

/// Watches as long as it is there. Dropped, it ends the thread, which is not waited for: a drive that does not answer would keep
/// everything waiting.
pub struct FolderWatch {
    _stop: Sender<()>,
}

impl FolderWatch {
    /// Starts the thread.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(opened: &Arc<Opened>) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        // Not what is open itself: that is to end with its folder.
        let (folder, catalogue) = (opened.folder.clone(), opened.catalogue.clone());
        let (outbox, weak) = (opened.outbox.clone(), Arc::downgrade(opened));
        let is_gathering = move || weak.upgrade().is_some_and(|opened| opened.is_gathering.load(Relaxed));
        std::thread::Builder::new()
            .name("tiramisu-folder".into())
            .spawn(move || watch(&folder, &catalogue, &outbox, &is_gathering, &stopped))?;
        Ok(Self { _stop: stop })
    }
}

fn watch(
    folder: &Path,
    catalogue: &Catalogue,
    outbox: &Outbox,
    is_gathering: &dyn Fn() -> bool,
    stopped: &Receiver<()>,
) {
    let is_stopped = || stopped.try_recv() != Err(TryRecvError::Empty);
    let mut watched = Watched::new(folder, &is_stopped);
    let mut told = FolderChange::default();
    let mut settled_at = Instant::now();
    let mut pause = EVERY;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
        let begun = Instant::now();
        let is_gathering = is_gathering();
        watched.look();
        let known = catalogue.now();
        watched.look_in_turn(&known);
        // What was told may have been taken in.
        let is_due = told != FolderChange::default() && settled_at.elapsed() >= AGAIN;
        if !is_gathering && (watched.is_news || is_due) {
            settled_at = Instant::now();
            let found = watched.settle(&known);
            if found != told && !is_stopped() {
                told = found;
                outbox.tell(Event::FolderChanged(found));
            }
        }
        pause = EVERY.max(begun.elapsed() * MOST_SHARE);
    }
}

/// The folders, and what is not known of them.
struct Watched<'a> {
    folder: &'a Path,
    is_stopped: &'a dyn Fn() -> bool,
    /// When each folder below was changed last, as far as was seen.
    times: BTreeMap<PathBuf, Option<SystemTime>>,
    /// Folders whose pictures are not all as they are known.
    changed: BTreeSet<PathBuf>,
    /// Pictures that are not known, or not as they are.
    pictures: BTreeSet<PathBuf>,
    /// Whether there are more of these than are remembered.
    is_more: bool,
    /// Whether anything changed since it was looked at closely.
    is_news: bool,
    /// Which image's turn it is to be looked at.
    turn: usize,
}

impl<'a> Watched<'a> {
    fn new(folder: &'a Path, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let times = images::folders(folder, is_stopped).into_iter().map(|below| {
            let time = changed_at(&folder.join(&below));
            (below, time)
        });
        let times = times.collect();
        let (changed, pictures) = Default::default();
        Self { folder, is_stopped, times, changed, pictures, is_more: false, is_news: false, turn: 0 }
    }

    /// Looks at the time of every folder, and into those that changed.
    fn look(&mut self) {
        let mut others = Vec::new();
        for (below, time) in &self.times {
            if (self.is_stopped)() {
                return;
            }
            let now = changed_at(&self.folder.join(below));
            if now != *time {
                others.push((below.clone(), now));
            }
        }
        for (below, now) in others {
            self.is_news = true;
            self.changed.insert(below.clone());
            match now {
                Some(_) => drop(self.times.insert(below.clone(), now)),
                // With the folders in it, which are gone as well and met by themselves.
                None => drop(self.times.remove(&below)),
            }
            self.look_into(&below);
        }
    }

    fn look_into(&mut self, below: &Path) {
        let Ok(entries) = fs::read_dir(self.folder.join(below)) else { return };
        for entry in entries.flatten() {
            if (self.is_stopped)() {
                return;
            }
            let name = entry.file_name();
            if is_hidden(&name) {
                continue;
            }
            let path = below.join(&name);
            if is_picture_name(&path) {
                self.remember(path);
            } else if !self.times.contains_key(&path) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                // What a link leads to is met when the folder is walked, which knows whether it lies elsewhere below as well.
                self.take_folder(&path);
            }
        }
    }

    /// A folder that came, with all that is in it.
    fn take_folder(&mut self, below: &Path) {
        let whole = self.folder.join(below);
        for further in images::folders(&whole, self.is_stopped) {
            let path = if further.as_os_str().is_empty() { below.to_owned() } else { below.join(further) };
            let time = changed_at(&self.folder.join(&path));
            self.changed.insert(path.clone());
            self.times.insert(path, time);
        }
        let is_stopped = self.is_stopped;
        let mut take = |found: images::Found| {
            self.remember(below.join(found.path.below(Path::new(""))));
            if self.is_more { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        // What cannot be walked now will be when it is extracted, and complained about then.
        if let Err(error) = images::walk(&whole, is_stopped, &mut take) {
            tracing::debug!("{error}");
        }
    }

    fn remember(&mut self, path: PathBuf) {
        if self.pictures.len() < MOST {
            self.pictures.insert(path);
        } else {
            self.is_more = true;
        }
    }

    /// Looks at some of the known files.
    fn look_in_turn(&mut self, known: &ImageRecords) {
        let until = (self.turn + IN_TURN).min(known.len());
        for image in known.range(self.turn..until) {
            if State::of(self.folder, image) != State::AsKnown && !self.pictures.contains(&path_of(image)) {
                self.remember(path_of(image));
                self.is_news = true;
            }
        }
        self.turn = if until >= known.len() { 0 } else { until };
    }

    /// Looks at everything that may have changed, counts what has, and forgets the rest.
    fn settle(&mut self, known: &ImageRecords) -> FolderChange {
        self.is_news = false;
        let mut found = FolderChange { is_more: self.is_more, ..FolderChange::default() };
        let mut left = BTreeSet::new();
        let mut unmet = std::mem::take(&mut self.pictures);
        for image in known.iter() {
            if (self.is_stopped)() {
                return found;
            }
            let path = path_of(image);
            let parent = path.parent().unwrap_or(Path::new(""));
            let is_met = unmet.remove(&path);
            if !is_met && !self.changed.contains(parent) {
                continue;
            }
            match State::of(self.folder, image) {
                State::AsKnown => continue,
                State::Back => found.added += 1,
                State::Changed => found.changed += 1,
                State::Gone => found.removed += 1,
            }
            left.insert(path);
        }
        // None of the collection: new, or gone again before anybody took it in.
        for path in unmet {
            if (self.is_stopped)() {
                return found;
            }
            let lies_there = images::find_one(self.folder, &ImagePath::from_relative(&path));
            if lies_there.is_ok_and(|file| file.is_some()) {
                found.added += 1;
                left.insert(path);
            }
        }
        self.pictures = left;
        self.changed.clear();
        // Whoever extracted has walked the whole folder.
        self.is_more = false;
        found
    }
}

/// How the file of a known image is, beside what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    AsKnown,
    Back,
    Changed,
    Gone,
}

impl State {
    fn of(folder: &Path, image: ImageRef<'_>) -> Self {
        match images::find_one(folder, &image.path.to_path()) {
            Ok(Some(_)) if image.is_gone() => Self::Back,
            Ok(Some(file))
                if (file.file_bytes, file.modified_unix_secs) != (image.file_bytes, image.modified_unix_secs) =>
            {
                Self::Changed
            }
            Ok(None) if !image.is_gone() => Self::Gone,
            // Also when nobody may look: then nothing is known to have changed.
            Ok(_) | Err(_) => Self::AsKnown,
        }
    }
}

fn path_of(image: ImageRef<'_>) -> PathBuf {
    image.path.below(Path::new(""))
}

fn changed_at(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).ok().filter(fs::Metadata::is_dir)?.modified().ok()
}
