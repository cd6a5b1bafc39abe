//! `tiramisu select FOLDER IMAGE...`

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args as ClapArgs;
use serde_json::json;

use super::arguments::Arguments;
use super::{Console, Interrupted, Misuse, Outcome, collection, interrupt, named_images};
use crate::domain::counted;
use crate::engine;

/// Selects images in the window that has the folder open, and no others; there it can be undone like any other choice. If no
/// window has it open, they are selected when one is opened on it. With --show it says what is selected instead.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu select ~/Pictures 12 15 207                      by number, as `query --json` and Python have them
  tiramisu select ~/Pictures cats/tom.jpg dogs/rex.jpg      by file (write ./12 for a file that is called 12)
  cut -d, -f1 wrong.csv | tiramisu select ~/Pictures -      one of either on each line of standard input
  tiramisu select ~/Pictures --clear                        select nothing
  tiramisu select ~/Pictures --show                         the files that are selected in the window")]
pub struct SelectArgs {
    /// The folder that is open in the window, or its workspace
    #[arg(value_name = "FOLDER|WORKSPACE")]
    path: PathBuf,
    /// Numbers or files of images; `-` reads them from standard input, one a line
    #[arg(value_name = "IMAGE")]
    images: Vec<OsString>,
    /// Select nothing
    #[arg(long, conflicts_with = "images")]
    clear: bool,
    /// Say which images are selected in the window that has the folder open
    #[arg(long, conflicts_with_all = ["images", "clear"])]
    show: bool,
    /// The workspace, if it does not lie in the usual place
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// So long a window that has the folder open may take to take the selection.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Between two looks whether it has.
const PAUSE: Duration = Duration::from_millis(25);

impl Arguments for SelectArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        "If it was asked for already, the next window that has the folder open makes the selection."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no workspace, it does not know an image, or nothing can be written into it.
fn run(args: &SelectArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if args.images.is_empty() && !args.clear && !args.show {
        let why = "name the images (their numbers or files, or - for standard input), select nothing (--clear), or ask \
                   what is selected (--show)";
        bail!(Misuse(why.to_owned()));
    }
    let workspace = collection::workspace_at(&args.path, args.workspace.as_deref())?;
    if args.show {
        return show(&workspace, console);
    }
    let images = named_images::of_words(&args.images)?;
    let selected = engine::select(&workspace, &images)?;
    let is_taken = || Ok((!engine::selection_waits(&workspace)).then_some(()));
    let is_shown = wait_for_window(is_taken)?.is_some();
    let answer = json!({ "selected": selected, "is_shown": is_shown, "workspace": workspace.display().to_string() });
    let what = match selected {
        0 => "nothing is selected".to_owned(),
        count => format!("{} selected", counted(count, "image is", "images are")),
    };
    let words = match is_shown {
        true => format!("{what} in the window\n"),
        false => format!("no window has the folder open; {what} when one is opened on it\n"),
    };
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

/// Says what is selected.
fn show(workspace: &Path, console: &mut Console) -> anyhow::Result<Outcome> {
    engine::ask_selected(workspace)?;
    let Some(images) = wait_for_window(|| Ok(engine::selected(workspace)?))? else {
        let folder = engine::folder_of(workspace)?;
        bail!("no window has this folder open, or it is hidden; `tiramisu FOLDER` opens one: {}", folder.display());
    };
    let listed: Vec<_> = images.iter().map(|image| json!({ "id": image.id.0, "path": image.path.text })).collect();
    let words: String = images.iter().map(|image| format!("{}\n", image.path.text)).collect();
    console.answer(&json!({ "selected": images.len(), "images": listed }), &words)?;
    Ok(Outcome::Done)
}

/// Waits as long as a window that has the folder open may take; `None` if there is none, to all appearance.
fn wait_for_window<T>(answer: impl Fn() -> anyhow::Result<Option<T>>) -> anyhow::Result<Option<T>> {
    interrupt::listen();
    let begun = Instant::now();
    loop {
        if let Some(answer) = answer()? {
            return Ok(Some(answer));
        }
        if begun.elapsed() > PATIENCE {
            return Ok(None);
        }
        if interrupt::was_asked() {
            bail!(Interrupted);
        }
        std::thread::sleep(PAUSE);
    }
}
