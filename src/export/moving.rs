//! The pictures themselves, moved into folders of their classes: `TO/[SPLIT/]CLASS/PICTURE`.
//!
//! This alone changes the person's own folder. So it is planned as a whole first, the plan is written down before the first file
//! moves, no name that is taken is ever taken away, and a file is at one of its two places at every moment.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::copy::{Failure, is_taken, numbered, unseen};
use super::folder_walk::{Counting, FolderWalk, NO_CLASS};
use super::place::{move_across, write_whole};
use super::{ExportError, ExportRow};
use crate::domain::FolderCounts;

/// How the file is called that says what was moved from where to where.
const LOG: &str = "moved.csv";

/// One file that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMove {
    /// Whose it is, among the rows.
    pub row: usize,
    /// Where it is to lie.
    pub to: PathBuf,
}

/// What is to be moved, and what stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovePlan {
    /// What is to be moved, in the order of the rows.
    pub moves: Vec<PlannedMove>,
    /// What goes where, and what stays.
    pub counts: FolderCounts,
    /// How many get another name, since theirs is taken there.
    pub renamed: usize,
    /// How many lie there already.
    pub in_place: usize,
    /// Whether it was stopped before its end: then the rest is not looked at.
    pub cancelled: bool,
}

/// What was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveReport {
    /// What lies in its new place now.
    pub moved: Vec<PlannedMove>,
    /// What could not be moved, and lies where it did.
    pub failed: Vec<Failure>,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

/// Paths that images have on record, also those whose file is gone: what comes to lie there would be met as that image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedPaths(HashMap<String, usize>);

impl RecordedPaths {
    /// Those of `paths` that lie below `folder`. All are absolute, and spelled alike.
    pub fn below(folder: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let (folder, mut counts) = (lower(folder), HashMap::new());
        for path in paths.into_iter().map(|path| lower(&path)).filter(|path| path.starts_with(&folder)) {
            *counts.entry(path).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// Whether another image than that of `own` has it.
    fn have_of_another(&self, path: &str, own: &Path) -> bool {
        self.0.get(path).is_some_and(|count| *count > usize::from(lower(own) == path))
    }
}

/// A path as it counts where capitals are small letters, so that two names would be one.
fn lower(path: &Path) -> String {
    path.to_string_lossy().to_lowercase().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Where folders are once links are followed, each looked up once.
#[derive(Default)]
struct Folders(HashMap<PathBuf, Option<PathBuf>>);

impl Folders {
    /// Nothing where there is none.
    fn real(&mut self, folder: &Path) -> Option<&Path> {
        if !self.0.contains_key(folder) {
            self.0.insert(folder.to_owned(), folder.canonicalize().ok());
        }
        self.0.get(folder)?.as_deref()
    }
}

/// What files are moved out of.
#[derive(Clone, Copy, Debug)]
pub struct MoveFrom<'a> {
    /// The folder that is open. What links in it lead to elsewhere is another's, and stays.
    pub folder: &'a Path,
    /// What its images have on record.
    pub recorded: &'a RecordedPaths,
}

/// Says where each picture goes below `to`: into the folder of its class, within that of its split if any has one. No name is given
/// that another image has on record. `cancelled` is asked before each. Changes nothing.
pub fn plan(rows: &[ExportRow], to: &Path, from: &MoveFrom<'_>, cancelled: &dyn Fn() -> bool) -> MovePlan {
    let opened = from.folder.canonicalize().ok();
    let mut real = Folders::default();
    let (mut plan, mut counting, mut promised) = (MovePlan::default(), Counting::default(), HashSet::new());
    // Of many pictures with one name each begins where the one before ended.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut walk = FolderWalk::over(rows);
    while let Some(step) = walk.next() {
        if cancelled() {
            plan.cancelled = true;
            break;
        }
        let source = &step.row.source;
        let below = match step.folders.as_slice() {
            [] => {
                counting.stays(&step, NO_CLASS);
                continue;
            }
            [below] => below,
            _ => {
                let classes = step.row.said.classes.join(", ");
                counting.stays(&step, format!("it is in several classes, and a file lies in one folder: {classes}"));
                continue;
            }
        };
        match fs::symlink_metadata(source) {
            Ok(what) if what.file_type().is_symlink() => {
                counting.stays(&step, "it is a link, which may lead nowhere from another place");
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                counting.stays(&step, unseen(&error));
                continue;
            }
        }
        // The file's own name, byte by byte: only folders are named anew.
        let wanted = to.join(below).join(source.file_name().unwrap_or_default());
        let goes_to = real.real(&to.join(below)).map(Path::to_owned);
        let lies_in = source.parent().and_then(|parent| real.real(parent));
        // One folder has many spellings where links lead to it.
        if wanted == *source || goes_to.is_some() && goes_to.as_deref() == lies_in {
            // Its folder is its own, whoever comes.
            walk.goes(step.row);
            plan.in_place += 1;
            continue;
        }
        if let Some(elsewhere) =
            lies_in.filter(|lies_in| !opened.as_ref().is_some_and(|opened| lies_in.starts_with(opened)))
        {
            let why = format!("a link leads to it, out of the folder that is open: {}", elsewhere.display());
            counting.stays(&step, why);
            continue;
        }
        let number = numbers.entry(lower(&wanted)).or_insert(0);
        let to = loop {
            *number += 1;
            let to = numbered(&wanted, *number);
            let name = lower(&to);
            if !is_taken(&to) && !from.recorded.have_of_another(&name, source) && promised.insert(name) {
                break to;
            }
        };
        plan.renamed += usize::from(to != wanted);
        plan.moves.push(PlannedMove { row: step.place, to });
        walk.goes(step.row);
        counting.goes(step);
    }
    plan.counts = counting.end();
    plan
}

/// Writes down what a plan moves, from where to where, into `folder`, which is made if it is missing; returns the file, which is on
/// the disk then.
///
/// # Errors
/// When the folder cannot be made or written to: then nothing may be moved.
pub fn write_log(rows: &[ExportRow], plan: &MovePlan, folder: &Path) -> Result<PathBuf, ExportError> {
    fs::create_dir_all(folder).map_err(|error| ExportError::from_writing(&error, folder))?;
    let wanted = folder.join(LOG);
    let mut number = 1;
    loop {
        let log = numbered(&wanted, number);
        number += 1;
        if is_taken(&log) {
            continue;
        }
        let written = write_whole(&log, false, |writer| {
            let mut table = csv::Writer::from_writer(writer);
            table.write_record(["from", "to"])?;
            for it in &plan.moves {
                // As the system has them: a name need not be UTF-8.
                let paths = [&rows[it.row].source, &it.to].map(|path| path.as_os_str().as_encoded_bytes());
                table.write_record(paths)?;
            }
            table.flush()
        });
        match written {
            Ok(()) => return Ok(log),
            // Somebody was quicker; the next number.
            Err(ExportError::Exists { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Moves what a plan says. `progress` hears how many are done after each; `cancelled` is asked before each. What cannot be moved stays,
/// and the rest goes on.
pub fn move_planned(
    rows: &[ExportRow],
    plan: &MovePlan,
    progress: &mut dyn FnMut(usize),
    cancelled: &dyn Fn() -> bool,
) -> MoveReport {
    let mut report = MoveReport::default();
    for (done, it) in plan.moves.iter().enumerate() {
        if cancelled() {
            report.cancelled = true;
            break;
        }
        let source = &rows[it.row].source;
        match move_one(source, &it.to) {
            Ok(()) => report.moved.push(it.clone()),
            Err(reason) => report.failed.push(Failure { source: source.clone(), reason }),
        }
        progress(done + 1);
    }
    report
}

/// Moves one file to a name that nobody has. Where that fails the file is where it was.
fn move_one(source: &Path, target: &Path) -> Result<(), String> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(|error| ExportError::from_writing(&error, parent).to_string())?;
    }
    // A second name fails where one is taken, in one step; a rename would replace what came there meanwhile.
    match fs::hard_link(source, target) {
        Ok(()) => {
            return fs::remove_file(source).map_err(|error| {
                // It keeps the one it had.
                let _ = fs::remove_file(target);
                format!("its folder does not let it go ({error})")
            });
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(taken(target)),
        Err(error) if error.kind() == ErrorKind::NotFound && !is_taken(source) => return Err(unseen(&error)),
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
        // File systems without hard links (FAT, some network shares), and files of others.
        Err(_) if is_taken(target) => return Err(taken(target)),
        Err(_) => match fs::rename(source, target) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
            Err(error) => return Err(ExportError::from_writing(&error, target).to_string()),
        },
    }
    move_across(source, target).map_err(|error| match error.kind() == ErrorKind::AlreadyExists {
        true => taken(target),
        false => format!("it could not be copied to the other disk, and stays ({error})"),
    })
}

fn taken(target: &Path) -> String {
    format!("another file took its new name meanwhile: {}", target.display())
}
