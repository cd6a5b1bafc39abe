//! What is taken away. An export goes on when something else is opened; what waits for the person's word does not.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Notices, Session, ToExport};
use crate::domain::{ClassesBy, ClustersTold, DatasetOptions, ImageList, SplitBy, counted, thousands};
use crate::engine::{
    ExportExists, ExportFormat, ExportSummary, ExportWish, FilesToMove, FoldersToWrite, MapToExport, MoveSummary,
    MoveWish, Problem, RecipeSaved, Request,
};

/// What can be wished of exports.
#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    /// Write these images.
    Write {
        /// Which, as they were when the person asked: what is chosen may change before a target is.
        what: ToExport,
        /// What to write.
        format: ExportFormat,
        /// Where.
        target: PathBuf,
        /// How it is laid out.
        dataset: DatasetOptions,
    },
    /// Replace the existing file by the export or the recipe that waits.
    Replace,
    /// Write nothing of what waits for the person's word after all.
    Drop,
    /// Say what writing these images into a folder for each class would do.
    AskFolders {
        /// Which images.
        images: ImageList,
        /// What the folders are, and how pictures get there.
        dataset: DatasetOptions,
        /// Where the folders are.
        target: PathBuf,
    },
    /// Write the folders that were asked about.
    WriteFolders,
    /// Say what moving the files of these images into folders would do.
    AskToMove {
        /// Whose files.
        images: ImageList,
        /// What the folders are.
        by: ClassesBy,
        /// By what they are put into splits.
        splits: SplitBy,
        /// Where the folders are.
        target: PathBuf,
    },
    /// Move what was asked about.
    Move,
    /// Do not move it after all.
    LeaveInPlace,
    /// Save how what is known of the collection was made.
    SaveRecipe(PathBuf),
    /// Stop exporting; what was written stays.
    Stop,
}

impl Session {
    pub(super) fn export(&mut self, wish: Export) -> Vec<Request> {
        match wish {
            Export::Write { what: ToExport { images, scores }, format, target, dataset } => {
                self.opened.pending_export = None;
                // The table tells the clusters that the person sees.
                let clustering = self.opened.clustering.as_ref().filter(|_| format.tells_clusters());
                let is_kept = |name: &String| self.opened.clusterings.contains(name);
                let dataset = match clustering.map(|shown| shown.wish.name()).filter(is_kept) {
                    Some(shown) => DatasetOptions { clusters: ClustersTold::OfTheShown(shown), ..dataset },
                    None => dataset,
                };
                let shown = self.opened.projection().cloned().filter(|_| format.is_of_map());
                let map =
                    shown.map(|map| MapToExport::Shown { map, labels: self.opened.images.label_places().clone() });
                let vectors = self.source().filter(|_| format.is_of_vectors()).into_iter().collect();
                vec![Request::Export(ExportWish {
                    images,
                    scores,
                    format,
                    vectors,
                    target,
                    map,
                    dataset,
                    overwrite: false,
                })]
            }
            Export::Replace => {
                let agreed = |exists: ExportExists| Request::Export(ExportWish { overwrite: true, ..exists.request });
                let recipe = |target| Request::SaveRecipe { target, overwrite: true };
                let recipe = self.opened.recipe_exists.take().map(recipe);
                self.opened.pending_export.take().map(agreed).or(recipe).into_iter().collect()
            }
            Export::Drop => {
                self.opened.pending_export = None;
                // A click beside a question is not always meant as an answer.
                if self.opened.folders_to_confirm.take().is_some() {
                    self.lasting.notices.tell_news("No folders were written.");
                }
                self.opened.recipe_exists = None;
                Vec::new()
            }
            Export::SaveRecipe(target) => {
                self.opened.recipe_exists = None;
                vec![Request::SaveRecipe { target, overwrite: false }]
            }
            Export::AskFolders { images, dataset, target } => {
                self.opened.folders_to_confirm = None;
                vec![Request::PlanFolders(ExportWish {
                    images,
                    scores: Vec::new(),
                    format: ExportFormat::Folders,
                    vectors: Vec::new(),
                    target,
                    map: None,
                    dataset,
                    overwrite: false,
                })]
            }
            Export::WriteFolders => {
                let agreed = |counts: Arc<FoldersToWrite>| Request::Export(Arc::unwrap_or_clone(counts).wish);
                self.opened.folders_to_confirm.take().map(agreed).into_iter().collect()
            }
            Export::AskToMove { images, by, splits, target } => {
                self.opened.move_to_confirm = None;
                vec![Request::MoveFiles(MoveWish { images, by, splits, target, is_agreed: false })]
            }
            Export::Move => {
                let agreed = |counts: Arc<FilesToMove>| {
                    Request::MoveFiles(MoveWish { is_agreed: true, ..Arc::unwrap_or_clone(counts).wish })
                };
                self.opened.move_to_confirm.take().map(agreed).into_iter().collect()
            }
            Export::LeaveInPlace => {
                self.opened.move_to_confirm = None;
                Vec::new()
            }
            Export::Stop => {
                if let Some(progress) = &self.lasting.export {
                    progress.cancel();
                }
                Vec::new()
            }
        }
    }
}

/// Says what a recipe that was saved holds.
pub(super) fn tell_recipe(saved: &RecipeSaved, notices: &mut Notices) {
    let RecipeSaved { target, layers, maps, clusterings } = saved;
    notices.tell_news(format!(
        "Recipe of {}, {} and {} saved to {}; `tiramisu run` repeats it",
        counted(*layers, "layer", "layers"),
        counted(*maps, "map", "maps"),
        counted(*clusterings, "clustering", "clusterings"),
        target.display()
    ));
}

/// Says what was moved.
pub(super) fn tell_moved(summary: &MoveSummary, notices: &mut Notices) {
    let what =
        format!("{} moved into folders of {}", counted(summary.moved, "file", "files"), summary.target.display());
    let unmoved = summary.wanted - summary.moved.min(summary.wanted);
    let what = match &summary.log {
        Some(log) => format!("{what}; {} says where each came from", log.display()),
        None => what,
    };
    match (unmoved, summary.failed.last()) {
        (0, _) => notices.tell_news(what),
        (_, Some((path, why))) if !summary.cancelled => {
            let why = format!("{} where they are, the last because {why}: {path}", counted(unmoved, "stays", "stay"));
            notices.tell_problem(Problem::new(what, why));
        }
        _ => {
            let why = format!("it was stopped; {} where they are", counted(unmoved, "is", "are"));
            notices.tell_problem(Problem::new(what, why));
        }
    }
}

/// Says what became of an export.
pub(super) fn tell_end(summary: &ExportSummary, notices: &mut Notices) {
    let images = |count: usize| counted(count, "image", "images");
    let target = match summary.pages {
        0 => summary.target.display().to_string(),
        pages => format!("{} pages, the first {}", thousands(pages), summary.target.display()),
    };
    if summary.failed.is_empty() && !summary.cancelled && summary.written >= summary.wanted {
        let of = match summary.written > summary.wanted {
            // One of several classes lies in the folder of each.
            true => format!("{} as {}", images(summary.wanted), counted(summary.written, "file", "files")),
            false => images(summary.written),
        };
        return notices.tell_news(format!("{of} exported to {target}"));
    }
    // One of several classes is written more than once: then files are counted, of which nobody knows how many there were to be.
    let what = match summary.written > summary.wanted {
        true => {
            format!("{} of {} exported to {target}", counted(summary.written, "file", "files"), images(summary.wanted))
        }
        false => format!("{} of {} exported to {target}", thousands(summary.written), images(summary.wanted)),
    };
    let why = match summary.failed.first() {
        Some((path, why)) => {
            format!("{} could not be, the first because {why}: {path}", images(summary.failed.len()))
        }
        None => "it was stopped".to_owned(),
    };
    notices.tell_problem(Problem::new(what, why));
}
