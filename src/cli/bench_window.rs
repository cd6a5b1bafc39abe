//! `tiramisu bench-window FOLDER`

mod words;

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::opening::Opening;
use super::{Console, Outcome, interrupt};
use crate::domain::WindowBench;
use words::words;

/// Drives the window through a fixed script, without a screen, and says how long its frames take: scrolling, hovering, clicking,
/// arrow keys, selecting, filtering, sorting, and moving about and drawing loops on the map. Nothing else is needed for it, so
/// that it can be run on any machine that is to be tried.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct BenchWindowArgs {
    /// The folder with the pictures
    #[arg(required_unless_present = "images", conflicts_with = "images")]
    pub folder: Option<PathBuf>,
    /// Instead of a folder: so many images that are made up, without pictures on disk
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50_000_000))]
    pub images: Option<u32>,
    /// Extract what is missing, and also time frames meanwhile; stops when those are timed
    #[arg(long, conflicts_with = "images")]
    pub extract: bool,
    /// Frames that are drawn of everything that goes on, such as scrolling; a p99 of fewer than 100 is the longest of them
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub frames: u32,
    /// How often everything is done that is done at once, such as a click: each time it is taken back or turned round first. Fewer are a
    /// quick look
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub times: u32,
    /// Draw by the device that networks compute on, where the window has one of its own on the same GPU: to compare
    #[arg(long)]
    pub one_device: bool,
    /// How the folder is opened
    #[command(flatten)]
    pub opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
    /// The command line knows no window: whoever knows both hands it one.
    #[arg(skip)]
    pub window: Option<DriveWindow>,
}

/// Drives a window as the arguments say; it tells again and again what is measured, and hears whether to go on.
pub type DriveWindow = fn(&BenchWindowArgs, goes_on: &mut dyn FnMut(&str) -> bool) -> anyhow::Result<WindowBench>;

const EXAMPLES: &str = "\
Examples:
  tiramisu bench-window ~/Pictures              frames on a folder that was extracted before
  tiramisu bench-window ~/Pictures --extract    also while features are extracted
  tiramisu bench-window --images 1000000        frames with a million images that are made up

Of what goes on (scroll, hover, pan, zoom ...) every one of --frames counts; of what is done at once (click, sort ...) the longest
frame of each of --times. Times are of the window's own thread, from input to handing over to the GPU; `drawn` is until the GPU
had drawn the frame. Nothing is shown on a screen, and what that takes is not part of it. `images` are those that the window's
thread looked at one by one: in one frame of what goes on, in all frames of what is done at once. `waiting` are news and
thumbnails that waited for the window. The last lines say whether the process stays within 300 MB and 100 bytes an image, and
in which rows one frame in a hundred takes longer than 4 ms. The table is 120 columns wide; --json has more in it. Where a
program draws, not a GPU, a million images take about half an hour.";

impl Arguments for BenchWindowArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        "There is no result; features that were committed meanwhile are saved."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the folder cannot be opened, or the person stopped it.
fn run(args: &BenchWindowArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    interrupt::listen();
    if let Some(folder) = args.folder.as_ref().filter(|folder| !folder.exists()) {
        bail!("there is no such folder: {}", folder.display());
    }
    let drive = args.window.ok_or_else(|| anyhow!("this program was built without a window"))?;
    let mut told = String::new();
    let bench = drive(args, &mut |what| {
        if told != what {
            what.clone_into(&mut told);
            console.note(format_args!("measuring: {what}"));
        }
        !interrupt::was_asked()
    })?;
    let mut answer = serde_json::to_value(&bench)?;
    if let Some(fields) = answer.as_object_mut() {
        if let Some(memory) = bench.memory {
            fields.insert("bytes_an_image".to_owned(), memory.bytes_an_image(bench.images).into());
        }
        let above: Vec<&str> = bench.above_frame_aim().into_iter().map(|row| row.action.as_str()).collect();
        fields.insert("above_frame_aim".to_owned(), above.into());
        fields.insert("memory_aim_bytes".to_owned(), bench.memory_aim_bytes().into());
        fields.insert("held_by_nobody_bytes".to_owned(), bench.held_by_nobody_bytes().into());
    }
    console.answer(&answer, &words(&bench))?;
    Ok(Outcome::Done)
}
