//! `tiramisu extract FOLDER`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, COMMITTED_STAYS};
use super::listener::Listener;
use super::opening::Opening;
use super::{Console, Outcome};
use crate::domain::camera_raw::CameraRaw;
use crate::domain::{StoredLayer, counted, in_words, single_in_words};
use crate::engine::{
    AnalysisWish, EngineOptions, Event, IndexWish, MovedFolder, NetworkFile, OpenWish, Problem, Progress, Request,
    Stage, moved_from,
};

/// Extracts what is missing. A second run continues where the first one stopped, however it stopped.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu extract ~/Pictures
  tiramisu extract ~/Pictures --network squeezenet_v1.0.prototxt
  tiramisu extract ~/Pictures --network squeezenet_v1.0.prototxt --layers fire8/concat,fire9/concat --json

With --json, `spent` says what this run's threads worked at: seconds of all of them together, and their shares, of
`decode` (reading pictures, resizing, thumbnails), `network` (with pooling) and `write` (statistics, and the disk). The
three run side by side, so together they may be more than `elapsed_secs`.")]
pub struct ExtractArgs {
    /// Folder with the pictures (JPEG, PNG, WebP, GIF, BMP, TIFF; folders inside it are the labels)
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Layers to store: names with commas between them, all, or default (every convolution, concatenation and fully
    /// connected layer, after its activation). Layers that the workspace lacks are added to those it has [default: the
    /// layers it has]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    layers: Option<Vec<String>>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
    /// Images between two commits
    #[arg(long, hide = true, value_name = "IMAGES")]
    commit_every: Option<usize>,
    /// Seconds between two commits
    #[arg(long, hide = true, value_name = "SECONDS")]
    commit_secs: Option<f64>,
    /// Images that go through the network together
    #[arg(long, hide = true, value_name = "IMAGES")]
    batch: Option<usize>,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    path: &'a str,
    problem: &'a str,
}

/// What this run's threads worked at. The stages run at the same time, on several threads, so together the seconds may be
/// more than what elapsed; the shares are of their sum.
#[derive(Serialize)]
struct Spent {
    /// Reading pictures: decoding, making them the network's size, thumbnails.
    decode_secs: f64,
    decode_share: f64,
    /// The network, and pooling what its layers give. A pass that threads share, or a GPU's, counts once.
    network_secs: f64,
    network_share: f64,
    /// Statistics and exemplars of channels, and writing to the disk.
    write_secs: f64,
    write_share: f64,
}

impl Spent {
    fn of(progress: &Progress) -> Self {
        let secs = Stage::ALL.map(|stage| progress.spent_secs(stage));
        let all: f64 = secs.iter().sum();
        let [decode_share, network_share, write_share] = secs.map(|secs| if all > 0.0 { secs / all } else { 0.0 });
        let [decode_secs, network_secs, write_secs] = secs;
        Self { decode_secs, decode_share, network_secs, network_share, write_secs, write_share }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    folder: String,
    workspace: String,
    network: &'a str,
    device: &'a str,
    images: usize,
    with_vectors: usize,
    version: Option<u64>,
    /// Images that got vectors in this run.
    done_now: usize,
    /// Images whose files were found again in other places.
    moved: usize,
    /// Images that could not be read in this run.
    unreadable_now: usize,
    elapsed_secs: f64,
    images_per_sec: f64,
    spent: Spent,
    cancelled: bool,
    single_precision: &'a [StoredLayer],
    /// Whether something went wrong while it ran.
    #[serde(skip)]
    is_broken: bool,
    /// Whether Ctrl-C stopped it before its end.
    interrupted: bool,
    unreadable: Vec<Unreadable<'a>>,
    /// Files that are no images of the collection.
    camera_raw: &'a CameraRaw,
    gone: Vec<&'a str>,
    problems: Vec<String>,
}

impl Arguments for ExtractArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        COMMITTED_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the folder cannot be opened or the job stopped before its end for another reason than Ctrl-C.
fn run(args: &ExtractArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut options = args.opening.engine_options();
    let EngineOptions { commit_images, commit_secs, batch_images, .. } = &mut options;
    *commit_images = args.commit_every.unwrap_or(*commit_images);
    *commit_secs = args.commit_secs.unwrap_or(*commit_secs);
    *batch_images = args.batch.or(*batch_images);
    let request = OpenWish {
        folder: args.folder.clone(),
        workspace: args.opening.workspace.clone(),
        network: args.opening.network_file(),
        layers: args.layers.clone(),
        extract: true,
    };
    if request.workspace.is_none()
        && let Some(moved) = moved_from(&request.folder, &options)
    {
        console.note(looks_moved(&moved));
    }
    let mut listener = Listener::open(options, request, console)?;
    if let NetworkFile::Vectors(name) = &listener.collection.network_file {
        bail!(
            "nothing can be extracted with {name}: these are vectors of your own, and no network is behind them. Name a \
             network with --network, or add vectors with `tiramisu vectors`"
        );
    }
    let cancelled = listener.wait(console, |listener, _| {
        let never_began = listener.progress.is_none().then(|| listener.failure()).flatten();
        never_began.map(Err).or(listener.job_end.map(Ok))
    })??;
    let Some(progress) = listener.progress.clone() else { bail!("the engine ended a job it never began") };
    // Both are the verb's own work, so the problems of both are told together.
    let of_extracting = std::mem::take(&mut listener.problems);
    let indices_wait = !cancelled && keep_indices_up(&mut listener, console)?;
    listener.problems.splice(0..0, of_extracting);
    if indices_wait {
        console.note("The new images are not in the indices yet; the next `tiramisu extract` adds them.");
    }
    let interrupted = super::interrupt::was_asked() && (cancelled || indices_wait);
    report(&listener, &progress, cancelled, interrupted, console)
}

/// New images join the indices there are; says whether that was stopped.
fn keep_indices_up(listener: &mut Listener, console: &mut Console) -> anyhow::Result<bool> {
    listener.send(Request::Analyse(AnalysisWish::Index(IndexWish::KeepUp)));
    listener.wait(
        console,
        |_, event| {
            if let Event::AnalysisEnded { cancelled } = event? { Some(*cancelled) } else { None }
        },
    )
}

fn report(
    listener: &Listener,
    progress: &Progress,
    cancelled: bool,
    interrupted: bool,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let collection = &listener.collection;
    let unreadable: Vec<Unreadable> = listener
        .images
        .iter()
        .filter(|image| !image.is_gone())
        .filter_map(|image| Some(Unreadable { path: image.path.text, problem: image.problem? }))
        .collect();
    let report = Report {
        folder: collection.folder.display().to_string(),
        workspace: collection.workspace.display().to_string(),
        network: &collection.network_name,
        device: &collection.device,
        images: listener.images.len(),
        with_vectors: listener.committed.map_or(0, |(images, _)| images),
        version: listener.committed.map(|(_, version)| version),
        done_now: progress.done_now().saturating_sub(progress.failed()),
        moved: progress.moved(),
        unreadable_now: progress.failed(),
        elapsed_secs: progress.elapsed_secs(),
        images_per_sec: progress.images_per_sec(),
        spent: Spent::of(progress),
        cancelled,
        single_precision: &listener.in_single,
        is_broken: !listener.problems.is_empty(),
        interrupted,
        unreadable,
        camera_raw: &listener.camera_raw,
        gone: listener.images.iter().filter(|image| image.is_gone()).map(|image| image.path.text).collect(),
        // The remarks were said when the folder was opened.
        problems: collection.remarks.iter().chain(&listener.problems).map(ToString::to_string).collect(),
    };
    for problem in &listener.problems {
        console.note(problem);
    }
    console.answer(&report, &in_words(&report))?;
    let is_complete = progress.done() >= progress.total();
    Ok(match () {
        () if interrupted => super::interrupt::outcome(),
        () if cancelled || (!is_complete && !listener.problems.is_empty()) => Outcome::Failed,
        () if !report.unreadable.is_empty() || report.camera_raw.unread > 0 || !listener.problems.is_empty() => {
            Outcome::DoneExceptSome
        }
        () => Outcome::Done,
    })
}

/// A command asks nobody: it says what could be done instead.
fn looks_moved(MovedFolder { from, folder, looked_for, found, .. }: &MovedFolder) -> Problem {
    let why =
        format!("{found} of {looked_for} pictures that were looked for are here, and {} is gone.", from.display());
    let remedy = format!(
        "To have its vectors, tags and clusters, stop this, delete the new workspace if it was begun, and say \
         `tiramisu relocate \"{}\" \"{}\"`.",
        from.display(),
        folder.display()
    );
    Problem::new("This looks like a known folder in its new place", why).with_remedy(remedy)
}

fn in_words(report: &Report) -> String {
    let mut words = format!("{} in {}\n", counted(report.images, "image", "images"), report.folder);
    let raw = report.camera_raw.in_words().map(|raw| raw + "\n").unwrap_or_default();
    if report.images == 0 && !report.cancelled {
        words += "there is nothing to extract: the folder and the folders in it hold no JPEG, PNG, WebP, GIF, BMP or \
                  TIFF\n";
        return words + &raw + &format!("workspace: {}\n", report.workspace);
    }
    let now = match report.done_now {
        0 if report.cancelled || report.unreadable_now > 0 || report.is_broken => "none now".to_owned(),
        0 => "nothing was missing".to_owned(),
        n => format!("{n} now, in {} ({:.1} images/s)", in_words::duration(report.elapsed_secs), report.images_per_sec),
    };
    words += &format!("{} have vectors of {} ({now})\n", report.with_vectors, report.network);
    if !report.single_precision.is_empty() {
        words += &format!("{}\n", single_in_words(report.single_precision));
    }
    if !report.unreadable.is_empty() {
        words += &format!("{} could not be read:\n", counted(report.unreadable.len(), "image", "images"));
        for Unreadable { path, problem } in report.unreadable.iter().take(20) {
            words += &format!("  {path}: {problem}\n");
        }
        if report.unreadable.len() > 20 {
            words += &format!("  and {} more (--json lists them all)\n", report.unreadable.len() - 20);
        }
    }
    words += &raw;
    if report.moved > 0 {
        let count = counted(report.moved, "image was", "images were");
        words += &format!("{count} found in another place, moved or renamed, and kept what was known\n");
    }
    if !report.gone.is_empty() {
        let count = counted(report.gone.len(), "image", "images");
        words += &format!("{count} no longer in the folder; their vectors remain stored\n");
    }
    if report.cancelled {
        words += "stopped before the end; everything committed so far is saved, and the same command continues from \
                  there\n";
    }
    words + &format!("workspace: {}\n", report.workspace)
}
