//! `tiramisu sample DIR`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use clap::Args as ClapArgs;

use super::arguments::{Arguments, WRITTEN_STAYS};
use super::{Console, Outcome, interrupt};
use crate::domain::counted;
use crate::engine::{self, Progress};

/// Writes sample pictures made by the program itself: textures and shapes in a folder for each class. The same seed gives
/// the same bytes on every machine. They go into a new or empty folder, or into one that holds pictures of the same sample and
/// nothing else, which are left as they are.
#[derive(Debug, ClapArgs)]
pub struct SampleArgs {
    /// Folder to write them to; it is made if it is missing
    folder: PathBuf,
    /// How many
    #[arg(long, default_value_t = engine::SAMPLE_IMAGES as u32, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Another seed gives other pictures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for SampleArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        WRITTEN_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the folder cannot be written, or holds something else.
fn run(args: &SampleArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    interrupt::listen();
    let progress = Arc::new(Progress::new("Making sample pictures"));
    progress.set_total(args.count as usize, true);
    let written = std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            engine::check_sample_room(&args.folder, args.seed, &progress)?;
            match progress.is_cancelled() {
                true => Ok(0),
                false => engine::make_sample(&args.folder, args.count as usize, args.seed, &progress),
            }
        });
        while !work.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
            console.show(&progress);
            if interrupt::was_asked() {
                progress.cancel();
            }
        }
        work.join()
    });
    let written = written.map_err(|_| anyhow!("making a picture failed"))??;
    let folder = args.folder.display().to_string();
    let interrupted = interrupt::was_asked() && written < args.count as usize;
    let answer = serde_json::json!({
        "folder": folder, "written": written, "seed": args.seed, "interrupted": interrupted
    });
    let mut words = format!("{} written to {folder}\n", counted(written, "picture", "pictures"));
    if interrupted {
        words += &format!("stopped before all {} were written; these remain\n", args.count);
    }
    console.answer(&answer, &words)?;
    Ok(if interrupted { interrupt::outcome() } else { Outcome::Done })
}
