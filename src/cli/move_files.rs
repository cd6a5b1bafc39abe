//! `tiramisu move FOLDER --to DIR`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::opening::Opening;
use super::{Console, Misuse, Outcome, collection, interrupt, query};
use crate::domain::{ClassesBy, Filter, ImageId, ImageList, SplitBy, counted, thousands};
use crate::engine::{Event, FilesToMove, MoveSummary, MoveWish, Request};

/// Failures that are listed; the others are counted.
const LISTED: usize = 20;

/// Moves the pictures' files into a folder for each label, tag or cluster, within folders of their splits if any has one. This is the
/// only verb that changes the pictures' own folder; `tiramisu export` copies and links.
///
/// Without --yes nothing is moved, and what would be is counted. No file is ever replaced: where a name is taken the moved file gets a
/// number. Before the first file moves, a table in DIR (moved.csv) says what goes from where to where. What stays below FOLDER is known
/// in its new place, with vectors, tags and all; what leaves it counts as gone there. Where a picture's label is the name of its
/// folder, it is that of the new folder from then on, whether that stands for a label, a tag or a cluster; imported labels stay.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu move ~/Pictures --by tag --to ~/Pictures/sorted                 counts what would be moved
  tiramisu move ~/Pictures --by tag --to ~/Pictures/sorted --yes
  tiramisu move ~/Pictures --by cluster:kmeans_20 --where \"width > 1024\" --to /media/disk/large --yes

A picture without a class stays, and so does one with several: a file lies in one folder. So do links.")]
pub struct MoveArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// The folder for the folders; it may lie below FOLDER or elsewhere, and is made if it is missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// What the folders are: label, tag, cluster or cluster:NAME
    #[arg(long, value_name = "WHAT", default_value = "label", value_parser = classes_by)]
    by: ClassesBy,
    /// By what they are put into splits: imported (as they were), none, or by chance: how many per cent are to train, validate and test
    /// with, as in 80,10,10. Each split gets its share of every class
    #[arg(long, value_name = "HOW", default_value = "imported")]
    split: String,
    /// Where chance starts: the same seed gives the same splits of the same pictures
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only images with this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only images for which this is true (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE")]
    predicate: Option<String>,
    /// Move them; without this they are counted
    #[arg(long)]
    yes: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for MoveArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        "Files that were moved so far are in their new places, as moved.csv says; the others are where they were."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When nothing matches, and when the workspace is open elsewhere.
fn run(args: &MoveArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if args.to.exists() && !args.to.is_dir() {
        bail!("files are moved into a folder, and this is a file: {}", args.to.display());
    }
    let splits = SplitBy::from_word(&args.split, args.seed).map_err(|why| Misuse(format!("--split: {why}")))?;
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    let matching = query::matching(&mut listener, args.predicate.as_deref(), console)?;
    let labels: BTreeSet<String> = args.label.iter().cloned().collect();
    let filter = Filter { labels, ..Filter::default() };
    // What is gone cannot be moved.
    let is_meant = |id: &ImageId| matching.as_ref().is_none_or(|matching| matching.binary_search(id).is_ok());
    let meant = listener.images.iter().filter(|image| !image.is_gone() && filter.accepts(image) && is_meant(&image.id));
    let images: ImageList = meant.map(|image| image.id).collect();
    if images.is_empty() {
        bail!("no image of {} matches, so nothing was moved", args.folder.display());
    }
    let wish = MoveWish { images, by: args.by.clone(), splits, target: args.to.clone(), is_agreed: args.yes };
    if args.yes {
        let summary = listener.ask(Request::MoveFiles(wish), console, |event| {
            if let Event::Moved(summary) = event { Some(summary.clone()) } else { None }
        })?;
        return moved(&summary, console);
    }
    let to_move = listener.ask(Request::MoveFiles(wish), console, |event| {
        if let Event::MoveToConfirm(to_move) = event { Some(to_move.clone()) } else { None }
    })?;
    let answer = serde_json::json!({
        "target": to_move.wish.target.display().to_string(),
        "done": false,
        "files": to_move.counts.files,
        "folders": to_move.counts.folders,
        "splits": to_move.counts.splits.iter().cloned().collect::<BTreeMap<_, _>>(),
        "renamed": to_move.renamed,
        "in_place": to_move.in_place,
        "leaving": to_move.leaving,
        "relabelled": to_move.relabelled,
        "staying": to_move.counts.left,
    });
    console.answer(&answer, &would_be(&to_move))?;
    Ok(Outcome::Done)
}

fn moved(summary: &MoveSummary, console: &mut Console) -> anyhow::Result<Outcome> {
    let answer = serde_json::json!({
        "target": summary.target.display().to_string(),
        "done": true,
        "log": summary.log.as_ref().map(|log| log.display().to_string()),
        "files": summary.wanted,
        "moved": summary.moved,
        "known": summary.known,
        "left_folder": summary.left_folder,
        "staying": summary.failed,
        "interrupted": summary.cancelled,
    });
    let mut words = format!(
        "{} moved into folders of {}\n",
        counted(summary.moved, "picture was", "pictures were"),
        summary.target.display()
    );
    if let Some(log) = &summary.log {
        words += &format!("from where to where: {}\n", log.display());
    }
    if summary.left_folder > 0 {
        words += &format!("{} the folder, and count as gone there\n", counted(summary.left_folder, "left", "left"));
    }
    if summary.cancelled {
        words += "stopped before the end; what was not moved is where it was\n";
    }
    words += &staying(&summary.failed);
    console.answer(&answer, &words)?;
    Ok(match () {
        () if summary.cancelled => interrupt::outcome(),
        () if summary.failed.is_empty() => Outcome::Done,
        () => Outcome::DoneExceptSome,
    })
}

fn would_be(to_move: &FilesToMove) -> String {
    let FilesToMove { wish, counts, renamed, in_place, leaving, relabelled } = to_move;
    let mut words = format!(
        "{} would be moved into {} of {}\n",
        counted(counts.files, "picture", "pictures"),
        counted(counts.folders, "folder", "folders"),
        wish.target.display()
    );
    for (split, files) in &counts.splits {
        words += &format!("  {split}: {}\n", thousands(*files));
    }
    let notes = [(*in_place, "there already"), (*renamed, "under another name, since theirs is taken there")];
    for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
        words += &format!("{count} {what}\n");
    }
    if *leaving > 0 {
        words += &format!("{leaving} would leave the folder, and count as gone there\n");
    }
    if *relabelled > 0 {
        words +=
            &format!("{relabelled} would have the name of the new folder as label, in place of that of the old one\n");
    }
    words += &staying(&counts.left);
    words + "nothing was moved; add --yes to move them\n"
}

fn staying(left: &[(String, String)]) -> String {
    let mut words = String::new();
    for (path, why) in left.iter().take(LISTED) {
        words += &format!("  not {path}: {why}\n");
    }
    if left.len() > LISTED {
        words += &format!("  and {} more\n", left.len() - LISTED);
    }
    words
}

fn classes_by(word: &str) -> Result<ClassesBy, String> {
    ClassesBy::from_word(word).ok_or_else(|| "write label, tag, cluster or cluster:NAME".to_owned())
}
