//! `tiramisu bench-window FOLDER`

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::opening::Opening;
use super::{Console, Outcome, interrupt};
use crate::domain::{ActionTimes, HeldMemory, WindowBench, counted, in_words, thousands};

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
thumbnails that waited for the window. The table is 120 columns wide; --json has more in it. Where a program draws, not a GPU,
a million images take about half an hour.";

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
    if let (Some(memory), Some(fields)) = (bench.memory, answer.as_object_mut()) {
        fields.insert("bytes_an_image".to_owned(), memory.bytes_an_image(bench.images).into());
    }
    console.answer(&answer, &words(&bench))?;
    Ok(Outcome::Done)
}

fn words(bench: &WindowBench) -> String {
    let [width, height] = bench.size_px;
    let mut words = format!("collection   {}, {}\n", counted(bench.images, "image", "images"), bench.collection);
    words += &format!(
        "window       {width} x {height} pixels, drawn by {}\n",
        bench.adapter.as_deref().unwrap_or("nothing")
    );
    if let Some(device) = &bench.computes_on {
        words += &format!("networks     {device}\n");
    }
    let first = bench.opening.first_picture_secs.map_or("none".to_owned(), |secs| format!("{secs:.2} s"));
    words += &format!("opening      first picture after {first}, all after {:.2} s; ", bench.opening.all_secs);
    words += &format!(
        "frames meanwhile: median {:.2} ms, p99 {:.2} ms, worst {:.2} ms\n",
        bench.opening.frames.median_ms, bench.opening.frames.p99_ms, bench.opening.frames.worst_ms
    );
    if let Some(memory) = &bench.memory {
        let [before, opened, after, most] =
            [memory.before_bytes, memory.opened_bytes, memory.after_bytes, memory.most_bytes].map(in_words::bytes);
        let each = memory.bytes_an_image(bench.images);
        words += &format!("memory       {before} before, {opened} with the gallery open ({each:.0} B an image more), ");
        if let Some(mapped) = memory.mapped_bytes {
            words += &format!("{} with the map shown, too, ", in_words::bytes(mapped));
        }
        words += &format!("{after} at the end, at most {most}\n");
    }
    for (when, held) in [("when open", &bench.held), ("at the end", &bench.held_after)] {
        let own: u64 = held.iter().filter(|held| held.is_of_process).map(|held| held.bytes).sum();
        let each = own as f64 / bench.images.max(1) as f64;
        words += &format!("of that, {when}: {} ({each:.0} B an image): ", in_words::bytes(own));
        let of = |held: &HeldMemory| {
            let where_it_is = if held.is_of_process { "" } else { " on the GPU" };
            format!("{} {}{where_it_is}", held.by.to_lowercase(), in_words::bytes(held.bytes))
        };
        words += &held.iter().filter(|held| held.bytes > 0).map(of).collect::<Vec<_>>().join(", ");
        words += "\n";
    }
    words += &format!(
        "\n{:<25}{:>22}{:>16}{:>9}{:>10}{:>8} longest frame of the\n",
        "", "window's thread, ms", "until drawn, ms", "to GPU", "images", "",
    );
    words += &format!(
        "{:<21}{:>4}{:>7}{:>7}{:>8}{:>8}{:>8}{:>9}{:>10}{:>8} thread: mostly\n",
        "", "n", "median", "p99", "longest", "median", "longest", "in one", "looked at", "waiting",
    );
    bench.actions.iter().for_each(|action| words += &row(action));
    for remark in &bench.remarks {
        words += &format!("\n{remark}.");
    }
    words + "\n"
}

fn row(action: &ActionTimes) -> String {
    let ActionTimes { action, thread, drawn, most_uploaded_bytes, most_looked_at, most_waiting, longest_did, .. } =
        action;
    let ms = |ms: Option<f64>| ms.map_or("-".to_owned(), |ms| format!("{ms:.1}"));
    let bytes = most_uploaded_bytes.map_or("-".to_owned(), in_words::bytes);
    let did = longest_did.first().map_or(String::new(), |part| format!("{} {:.1}", part.what.to_lowercase(), part.ms));
    let did: String = did.chars().take(29).collect();
    format!(
        "{action:<21}{:>4}{:>7.2}{:>7.2}{:>8.2}{:>8}{:>8}{bytes:>9}{:>10}{most_waiting:>8} {did}\n",
        thread.frames,
        thread.median_ms,
        thread.p99_ms,
        thread.worst_ms,
        ms(drawn.as_ref().map(|drawn| drawn.median_ms)),
        ms(drawn.as_ref().map(|drawn| drawn.worst_ms)),
        thousands(usize::try_from(*most_looked_at).unwrap_or(usize::MAX)),
    )
}
