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
use crate::engine::message::{Event, FolderChange, FolderPictures};
use crate::engine::opened::Opened;
use crate::engine::thread::outbox::Outbox;
use crate::images::{self, is_hidden};
use crate::store::{FileTimes, is_same_moment};

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
        let (folder, catalogue, root) = (opened.folder.clone(), opened.catalogue.clone(), opened.root.clone());
        let (outbox, weak) = (opened.outbox.clone(), Arc::downgrade(opened));
        let gathering = move || {
            let of = |opened: Arc<Opened>| Gathering {
                runs: opened.is_gathering.load(Relaxed),
                ended: opened.gathered.load(Relaxed),
            };
            weak.upgrade().map(of).unwrap_or_default()
        };
        std::thread::Builder::new()
            .name("tiramisu-folder".into())
            .spawn(move || watch([&folder, &root], &catalogue, &outbox, &gathering, &stopped))?;
        Ok(Self { _stop: stop })
    }
}

/// What is extracted of the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Gathering {
    /// Whether somebody does so now.
    runs: bool,
    /// How often that ended.
    ended: u64,
}

fn watch(
    [folder, root]: [&Path; 2],
    catalogue: &Catalogue,
    outbox: &Outbox,
    gathering: &dyn Fn() -> Gathering,
    stopped: &Receiver<()>,
) {
    let is_stopped = || stopped.try_recv() != Err(TryRecvError::Empty);
    let mut watched = Watched::new(folder, root, &is_stopped);
    let mut told = Some(<(FolderChange, FolderPictures)>::default());
    let mut ended = 0;
    let mut settled_at = Instant::now();
    let mut pause = EVERY;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
        let begun = Instant::now();
        let now = gathering();
        watched.look();
        let known = catalogue.now();
        if !now.runs && watched.nanos.len() != known.len() {
            watched.nanos = nanos(root, &known);
        }
        watched.look_in_turn(&known);
        if std::mem::replace(&mut ended, now.ended) != now.ended {
            // Whoever listens takes it that all was taken in: what was not is told again.
            watched.is_news = true;
            told = None;
        }
        // What was told may have been taken in.
        let is_due =
            told.as_ref().is_none_or(|(change, _)| *change != FolderChange::default()) && settled_at.elapsed() >= AGAIN;
        if !now.runs && (watched.is_news || is_due) {
            settled_at = Instant::now();
            let found = watched.settle(&known);
            // What was seen while somebody took it in may be true no more.
            if gathering() != now {
                watched.is_news = true;
            } else if told.as_ref() != Some(&found) && !is_stopped() {
                let (change, pictures) = &found;
                outbox.tell(Event::FolderChanged(*change));
                outbox.tell(Event::FolderPictures(Arc::new(pictures.clone())));
                told = Some(found);
            }
        }
        pause = EVERY.max(begun.elapsed() * MOST_SHARE);
    }
}

/// The folders, and what is not known of them.
struct Watched<'a> {
    folder: &'a Path,
    /// The workspace.
    root: &'a Path,
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
    /// The part of a second in which each image's file was changed, as it was when it was last looked at closely.
    nanos: Vec<u32>,
    /// Which image's turn it is to be looked at.
    turn: usize,
}

impl<'a> Watched<'a> {
    fn new(folder: &'a Path, root: &'a Path, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let times = images::folders(folder, is_stopped).into_iter().map(|below| {
            let time = changed_at(&folder.join(&below));
            (below, time)
        });
        let times = times.collect();
        let (changed, pictures) = Default::default();
        let (nanos, turn) = Default::default();
        Self { folder, root, is_stopped, times, changed, pictures, is_more: false, is_news: false, nanos, turn }
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
            if self.state_of(image) != State::AsKnown && !self.pictures.contains(&path_of(image)) {
                self.remember(path_of(image));
                self.is_news = true;
            }
        }
        self.turn = if until >= known.len() { 0 } else { until };
    }

    /// Looks at everything that may have changed, counts and names what has, and forgets the rest.
    fn settle(&mut self, known: &ImageRecords) -> (FolderChange, FolderPictures) {
        self.is_news = false;
        self.nanos = nanos(self.root, known);
        let mut found = FolderChange { is_more: self.is_more, ..FolderChange::default() };
        let mut named = FolderPictures::default();
        let mut left = BTreeSet::new();
        let mut unmet = std::mem::take(&mut self.pictures);
        for image in known.iter() {
            if (self.is_stopped)() {
                return (found, named);
            }
            let path = path_of(image);
            let parent = path.parent().unwrap_or(Path::new(""));
            let is_met = unmet.remove(&path);
            if !is_met && !self.changed.contains(parent) {
                continue;
            }
            match self.state_of(image) {
                State::AsKnown => continue,
                State::Back => {
                    found.added += 1;
                    name(&mut named, &path);
                }
                State::Changed => {
                    found.changed += 1;
                    named.changed.insert(image.id);
                }
                State::Gone => {
                    found.removed += 1;
                    named.removed.insert(image.id);
                }
            }
            left.insert(path);
        }
        // None of the collection: new, or gone again before anybody took it in.
        for path in unmet {
            if (self.is_stopped)() {
                return (found, named);
            }
            let lies_there = images::find_one(self.folder, &ImagePath::from_relative(&path));
            if lies_there.is_ok_and(|file| file.is_some()) {
                found.added += 1;
                name(&mut named, &path);
                left.insert(path);
            }
        }
        self.pictures = left;
        self.changed.clear();
        // Whoever extracted has walked the whole folder.
        self.is_more = false;
        (found, named)
    }
}

/// Names a picture that is new, as long as few are.
fn name(named: &mut FolderPictures, path: &Path) {
    if named.added.len() < FolderPictures::NAMED {
        named.added.push(ImagePath::from_relative(path));
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

impl Watched<'_> {
    fn state_of(&self, image: ImageRef<'_>) -> State {
        // Saved twice within a second it has another part of it.
        let nanos = self.nanos.get(image.id.index()).copied().filter(|nanos| *nanos != UNKNOWN);
        let is_as_known = |file: &images::Found| {
            (file.file_bytes, file.modified_unix_secs) == (image.file_bytes, image.modified_unix_secs)
                && nanos.is_none_or(|nanos| is_same_moment(nanos, file.modified_nanos))
        };
        match images::find_one(self.folder, &image.path.to_path()) {
            Ok(Some(_)) if image.is_gone() => State::Back,
            Ok(Some(file)) if !is_as_known(&file) => State::Changed,
            Ok(None) if !image.is_gone() => State::Gone,
            // Also when nobody may look: then nothing is known to have changed.
            Ok(_) | Err(_) => State::AsKnown,
        }
    }
}

/// No part of a second.
const UNKNOWN: u32 = u32::MAX;

/// The parts of a second in which images' files were changed, as far as that is remembered of them as they are on record. Times that
/// grew old meanwhile make files look changed until they are read again, and never the other way round.
fn nanos(root: &Path, known: &ImageRecords) -> Vec<u32> {
    let times = FileTimes::read(root, known.len());
    let of = |image: ImageRef<'_>| times.nanos_of(image.id, image.file_bytes, image.modified_unix_secs);
    known.iter().map(|image| of(image).unwrap_or(UNKNOWN)).collect()
}

fn path_of(image: ImageRef<'_>) -> PathBuf {
    image.path.below(Path::new(""))
}

fn changed_at(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).ok().filter(fs::Metadata::is_dir)?.modified().ok()
}
