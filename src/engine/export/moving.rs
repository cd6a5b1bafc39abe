//! Moving files into folders, and knowing them there: what a person moves by hand is known by its content at the next extraction,
//! and what is moved here at once.

use std::path::{Component, Path, PathBuf};

use crate::domain::{DatasetOptions, ExportFormat, ImagePath, ImageRecord};
use crate::engine::export::job;
use crate::engine::message::{Event, ExportWish, FilesToMove, MoveSummary, MoveWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::export::moving::{
    MoveFrom, MovePlan, MoveReport, PlannedMove, RecordedPaths, move_planned, plan, write_log,
};
use crate::export::{ExportRow, Failure};
use crate::store::Workspace;

/// So many are recorded as one commit.
const RECORDED_TOGETHER: usize = 4096;

const WHAT: &str = "Nothing was moved";

/// A wish, with what is known of its images and where each is to go.
pub struct Planned {
    wish: MoveWish,
    rows: Vec<ExportRow>,
    plan: MovePlan,
}

impl Planned {
    /// Plans it, unless `progress` says to stop. Nothing is changed.
    ///
    /// # Errors
    /// When the images or what is said of them cannot be read, or the clustering that was asked for is not there.
    pub fn of(wish: &MoveWish, opened: &Opened, progress: &Progress) -> Result<Self, Problem> {
        let target = std::path::absolute(&wish.target).map_err(|error| Problem::new(WHAT, error))?;
        let target = Place::of(&opened.folder).spelled(target);
        let wish = MoveWish { target, ..wish.clone() };
        let export = ExportWish {
            images: wish.images.clone(),
            scores: Vec::new(),
            format: ExportFormat::Folders,
            vectors: Vec::new(),
            target: wish.target.clone(),
            map: None,
            dataset: DatasetOptions { by: wish.by.clone(), splits: wish.splits, ..DatasetOptions::default() },
            overwrite: false,
        };
        let rows = job::rows(&export, opened).map_err(|problem| Problem { what: WHAT.to_owned(), ..problem })?;
        opened.catalogue.read_all().map_err(|error| Problem::new(WHAT, error))?;
        let images = opened.catalogue.now();
        let recorded = images.iter().map(|image| image.path.below(&opened.folder));
        let recorded = RecordedPaths::below(&wish.target, recorded);
        let is_all = !wish.is_agreed;
        if is_all {
            progress.set_total(rows.len(), true);
        }
        // It is asked once an image; what is moved after this is counted as it moves.
        let is_cancelled = || {
            progress.add(usize::from(is_all), 0);
            progress.is_cancelled()
        };
        let plan = plan(&rows, &wish.target, &MoveFrom { folder: &opened.folder, recorded: &recorded }, &is_cancelled);
        Ok(Self { wish, rows, plan })
    }

    /// What it would do.
    pub fn counts(&self, opened: &Opened) -> FilesToMove {
        let MovePlan { moves, counts, renamed, in_place, cancelled: _ } = &self.plan;
        let place = Place::of(&opened.folder);
        FilesToMove {
            wish: self.wish.clone(),
            counts: counts.clone(),
            renamed: *renamed,
            in_place: *in_place,
            leaving: moves.iter().filter(|it| place.below(&it.to).is_none()).count(),
            relabelled: moves.iter().filter(|it| self.is_relabelled(it, &place)).count(),
        }
    }

    /// Whether the label is that of the folder, as it will be, and the new folder has another name. What leaves keeps its own.
    fn is_relabelled(&self, it: &PlannedMove, place: &Place) -> bool {
        let was = &self.rows[it.row].record;
        let is_of_folder = was.label.as_deref() == was.path.parent_name();
        let is_another = |below: PathBuf| ImagePath::from_relative(&below).parent_name() != was.path.parent_name();
        is_of_folder && place.below(&it.to).is_some_and(is_another)
    }

    /// Does it, and records in `workspace` where the files are.
    ///
    /// # Errors
    /// When the log cannot be written: then nothing was moved. What is moved and cannot be recorded is remarked on, since it is known
    /// by its content the next time.
    pub fn carry_out(
        &self,
        workspace: &mut Workspace,
        opened: &Opened,
        progress: &Progress,
    ) -> Result<MoveSummary, Problem> {
        let mut summary = MoveSummary {
            target: self.wish.target.clone(),
            wanted: self.plan.moves.len(),
            failed: self.plan.counts.left.clone(),
            cancelled: self.plan.cancelled,
            ..MoveSummary::default()
        };
        progress.set_total(self.plan.moves.len(), true);
        if self.plan.cancelled || self.plan.moves.is_empty() {
            return Ok(summary);
        }
        let log = write_log(&self.rows, &self.plan, &self.wish.target);
        summary.log = Some(log.map_err(|error| Problem::new(WHAT, error))?);
        let mut told = 0;
        let mut tell = |done: usize| {
            progress.add(done.saturating_sub(told), 0);
            told = done;
        };
        let MoveReport { moved, failed, cancelled } =
            move_planned(&self.rows, &self.plan, &mut tell, &|| progress.is_cancelled());
        let place = Place::of(&opened.folder);
        let (mut relocated, mut gone) = (Vec::new(), Vec::new());
        for it in &moved {
            let was = &self.rows[it.row].record;
            match place.below(&it.to) {
                Some(below) => {
                    relocated.push(ImageRecord { path: ImagePath::from_relative(&below), ..was.clone() });
                }
                None => {
                    let mut was = was.clone();
                    was.set_gone();
                    gone.push(was);
                }
            }
        }
        summary.moved = moved.len();
        (summary.known, summary.left_folder) = (relocated.len(), gone.len());
        summary.failed.extend(failed.iter().map(in_words));
        summary.cancelled = cancelled;
        record(&relocated, &gone, workspace, opened);
        Ok(summary)
    }
}

/// Puts it on record, and tells.
fn record(relocated: &[ImageRecord], gone: &[ImageRecord], workspace: &mut Workspace, opened: &Opened) {
    let on_record = workspace.image_count();
    // What was met and never extracted has no record yet.
    let known = |records: &[ImageRecord]| -> Vec<ImageRecord> {
        let known = records.iter().filter(|record| record.id.index() < on_record);
        known.cloned().map(ImageRecord::with_label_of_folder).collect()
    };
    let moved =
        known(relocated).chunks(RECORDED_TOGETHER).try_for_each(|some| workspace.move_images(some.to_vec()).map(drop));
    let recorded = moved.and_then(|()| {
        known(gone).chunks(RECORDED_TOGETHER).try_for_each(|some| workspace.redescribe_images(some.to_vec()).map(drop))
    });
    if let Err(error) = recorded {
        let remedy = "The files are in their new places. Extract again: they are known by their content.";
        opened
            .outbox
            .remark(Problem::new("The workspace does not know yet where files were moved", error).with_remedy(remedy));
        return;
    }
    opened.catalogue.relocate(relocated);
    opened.catalogue.describe(gone);
    opened.outbox.tell(Event::Images(opened.catalogue.now()));
}

fn in_words(failure: &Failure) -> (String, String) {
    (failure.source.display().to_string(), failure.reason.clone())
}

/// The folder that is open, as it was named and without links.
struct Place {
    folder: PathBuf,
    canonical: Option<PathBuf>,
}

impl Place {
    fn of(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let canonical = folder.canonicalize().ok();
        Self { folder, canonical }
    }

    /// A path as the paths of what lies in the folder are spelled, whichever way leads to it; as it is where it leads elsewhere.
    fn spelled(&self, path: PathBuf) -> PathBuf {
        let inside =
            self.canonical.as_ref().and_then(|folder| Some(resolved(&path).strip_prefix(folder).ok()?.to_owned()));
        match inside.filter(|inside| !is_hidden(inside)) {
            // With an empty path joined to it, it would end with a separator.
            Some(inside) if inside.as_os_str().is_empty() => self.folder.clone(),
            Some(inside) => self.folder.join(inside),
            None => path,
        }
    }

    /// The path below the folder, if a file that lies there is met by who walks it: what is hidden is not.
    fn below(&self, file: &Path) -> Option<PathBuf> {
        file.strip_prefix(&self.folder).ok().filter(|below| !is_hidden(below)).map(Path::to_owned)
    }
}

fn is_hidden(below: &Path) -> bool {
    below.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
}

/// Where an absolute path leads once every link is followed; what is not there yet leads nowhere else.
fn resolved(path: &Path) -> PathBuf {
    let mut place = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Prefix(_) | Component::RootDir => place.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                place.pop();
            }
            Component::Normal(name) => {
                place.push(name);
                place = place.canonicalize().unwrap_or(place);
            }
        }
    }
    place
}
