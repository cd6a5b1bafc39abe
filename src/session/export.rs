//! What is taken away. An export goes on when something else is opened; what waits for the person's word does not.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Notices, OpenedCollection, Session};
use crate::domain::{
    ClassesBy, ClustersTold, DatasetOptions, ImageId, ImageList, Neighbour, SplitBy, counted, thousands,
};
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

/// Images that are to be taken away. They are listed by whoever writes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToExport {
    /// Which.
    pub images: ImageList,
    /// The scores of those that are among the neighbours.
    pub scores: Vec<(ImageId, f64)>,
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

impl OpenedCollection {
    /// The images an export asked for now would write: the selection or, if that is empty, all that are on the map where it is the map
    /// that is written, and the neighbours elsewhere. What is hidden as it is to be removed is among them only where it is selected.
    /// None of them is looked at but the neighbours.
    pub fn to_export(&self, format: ExportFormat) -> ToExport {
        let neighbours = self.neighbours.as_ref().map_or(&[][..], |list| &list.neighbours);
        let score = |neighbour: &Neighbour| (neighbour.image, neighbour.score);
        let selection = &self.chosen.selection;
        if !selection.is_empty() {
            let selected = neighbours.iter().filter(|neighbour| selection.contains(neighbour.image));
            return ToExport { images: selection.clone().into(), scores: selected.map(score).collect() };
        }
        if format.is_of_map() {
            let hidden = self.hidden().cloned().unwrap_or_default();
            let images = self.projection().cloned().map(|map| ImageList::OnMap { map, without: hidden });
            return ToExport { images: images.unwrap_or_default(), scores: Vec::new() };
        }
        let images = neighbours.iter().map(|neighbour| neighbour.image).collect();
        ToExport { images, scores: neighbours.iter().map(score).collect() }
    }

    /// The same in words, without a look at any image: `the selection, 12 pictures`; `None` where there is nothing to take.
    pub fn to_export_in_words(&self, format: ExportFormat) -> Option<String> {
        let pictures = |count| counted(count, "picture", "pictures");
        if let Some(words) = self.selection_in_words() {
            return Some(words);
        }
        if format.is_of_map() {
            let on_map = self.projection().map(|map| map.ids.len())?;
            return Some(match self.hidden() {
                Some(hidden) => format!("all on the map but {} to remove", pictures(hidden.len())),
                None => format!("all {} on the map", pictures(on_map)),
            });
        }
        self.neighbours.as_ref().map(|list| format!("the neighbours, {}", pictures(list.neighbours.len())))
    }

    /// What is selected, as whatever takes it says: `the selection, 12 pictures`; `None` if nothing is.
    pub fn selection_in_words(&self) -> Option<String> {
        let count = self.chosen.selection.len();
        (count > 0).then(|| format!("the selection, {}", counted(count, "picture", "pictures")))
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
    let what = format!("{} of {} exported to {target}", summary.written, images(summary.wanted));
    let why = match summary.failed.first() {
        Some((path, why)) => {
            format!("{} could not be, the first because {why}: {path}", images(summary.failed.len()))
        }
        None => "it was stopped".to_owned(),
    };
    notices.tell_problem(Problem::new(what, why));
}
