//! What is refused before anything is opened or written.

use std::path::Path;

use anyhow::bail;

use super::ExportArgs;
use crate::cli::Misuse;
use crate::domain::{ClassesBy, ExportFormat, FilePlacing, SplitBy};
use crate::engine;

/// Looks for arguments that contradict each other; how pictures of a data set are put into splits.
///
/// # Errors
/// When there are such, or what is to be written is there already.
pub(super) fn of_arguments(args: &ExportArgs, format: ExportFormat) -> anyhow::Result<SplitBy> {
    // A folder that is there is one, whatever it is called.
    if args.format.is_none() && !args.to.is_dir() && ExportFormat::has_unknown_ending(&args.to) {
        bail!(Misuse(format!(
            "no format has this ending; write {}. For copies of the files in a folder of that name add --format files: {}",
            ExportFormat::files_in_words(|_| true),
            args.to.display()
        )));
    }
    if !args.layers.is_empty() && !format.is_of_vectors() && !format.is_of_map() && args.like.is_none() {
        bail!(
            "--layer says whose vectors or which map to write, into {}, or what --like compares; here it is none of these",
            ExportFormat::files_in_words(|format| format.is_of_vectors() || format.is_of_map())
        );
    }
    let is_laid_out = args.by != ClassesBy::Label || args.link != FilePlacing::Copy;
    if is_laid_out && !format.is_of_data_set() {
        bail!("--by and --link are for data sets (--format coco, yolo, folders or fiftyone)");
    }
    if args.link != FilePlacing::Copy && !format.holds_pictures() {
        bail!("--link says how pictures get into a folder; {} holds none", format.description().title);
    }
    if format.file().is_none() && args.to.exists() && !args.to.is_dir() {
        bail!(
            "copies go into a folder, and this is a file; name a folder, or {}: {}",
            ExportFormat::files_in_words(|_| true),
            args.to.display()
        );
    }
    let splits = SplitBy::from_word(&args.split, args.seed).map_err(|why| Misuse(format!("--split: {why}")))?;
    if splits != SplitBy::Imported && !format.is_of_data_set() {
        bail!("--split is for data sets (--format coco, yolo, folders or fiftyone)");
    }
    if args.clustering.is_some() && !format.tells_clusters() {
        let instead = match format.is_of_data_set() {
            true => "; folders and classes by cluster are --by cluster:NAME",
            false => "",
        };
        bail!(
            "--clustering says whose clusters stand in the column `cluster`, and {} has none; write {}{instead}",
            format.description().title,
            ExportFormat::files_in_words(ExportFormat::tells_clusters)
        );
    }
    if args.formulas && format != ExportFormat::Csv {
        bail!("--formulas is for CSV; in {} texts are always as they are", format.description().title);
    }
    if (args.width.is_some() || args.pictures) && format != ExportFormat::Png {
        bail!(
            "--width and --pictures say how a map is drawn into FILE.png; {} is drawn otherwise",
            format.description().title
        );
    }
    Ok(splits)
}

/// Copies go into a folder of their own, and never over pictures of the collection. Whether some of these lie there by a link is found
/// out when all are known.
///
/// # Errors
/// When files lie in the folder and nobody said that those of the same names may go, or it is the collection's.
pub(super) fn of_copies(args: &ExportArgs, format: ExportFormat, collection: &Path) -> anyhow::Result<()> {
    if format != ExportFormat::Files || !engine::holds_files(&args.to) {
        return Ok(());
    }
    let real = |folder: &Path| folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if !args.overwrite {
        bail!(
            "files lie in this folder already; name a new or empty one, or add --overwrite to replace those of the same names: {}",
            args.to.display()
        );
    }
    if real(&args.to).starts_with(real(collection)) {
        bail!(
            "copies might replace pictures of the collection, which lie in this folder; name another one: {}",
            args.to.display()
        );
    }
    Ok(())
}

/// A table beside an array is replaced with it; anything else of that name is not what --overwrite means.
///
/// # Errors
/// When something else has the name of the table.
pub(super) fn of_list(args: &ExportArgs, list: Option<&Path>) -> anyhow::Result<()> {
    let Some(list) = list.filter(|list| list.is_file() && !engine::is_table_beside(list, &args.to)) else {
        return Ok(());
    };
    bail!(
        "the table that says which image each row of the array is would replace this file, which was not written with that array: \
         name the array otherwise, or move the file: {}",
        list.display()
    );
}
