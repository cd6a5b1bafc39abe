//! An extraction of all layers beside what a notebook does in its place: Pillow, onnxruntime, pylance and one vector.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::extraction::tiramisu;
use super::network::{shared, squeezenet};
use super::python::{self, script};
use super::table::{Table, median};

/// Rounds of which the median counts; each runs both.
const ROUNDS: usize = 5;
/// Pictures, of all folders alike.
const PICTURES: usize = 700;

/// A network as both take it.
struct Contest {
    name: &'static str,
    ours: PathBuf,
    theirs: PathBuf,
    /// How the notebook prepares pictures.
    preparation: &'static [&'static str],
}

/// One run of a process.
struct Run {
    /// From its start to its end.
    secs: f64,
    /// Without what it does before the first picture.
    inner_secs: f64,
    /// Of all its threads.
    cpu_secs: f64,
    images: f64,
    answer: Value,
}

/// Images a second of both, run in turns.
pub fn measure(table: &mut Table) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let pictures = home.path().join("pictures");
    let Some(folder) = shared("images/caltech101") else {
        return table.skip("extraction and a notebook", "../shared/images is not there");
    };
    link_evenly(&folder, &pictures);
    for contest in contests(table, home.path()) {
        race(table, home.path(), &pictures, &contest);
    }
}

fn contests(table: &mut Table, home: &Path) -> Vec<Contest> {
    let mut contests = Vec::new();
    if let Some(ours) = squeezenet() {
        let theirs = home.join("squeezenet.onnx");
        let caffemodel = ours.with_extension("caffemodel");
        let words = [Path::new("--translate"), &ours, &caffemodel, &theirs];
        match python::ask("notebook_peer.py", words) {
            Ok(_) => {
                let preparation = &["--size", "227", "--mean", "104", "117", "123", "--bgr"];
                contests.push(Contest { name: "SqueezeNet v1.0", ours, theirs, preparation });
            }
            Err(why) => table.skip("SqueezeNet v1.0 and a notebook", &why),
        }
    }
    if let Some(file) = shared("models/efficientnet_lite0.onnx") {
        let preparation = &["--size", "224", "--mean", "127", "127", "127", "--divisor", "128", "128", "128"];
        contests.push(Contest { name: "EfficientNet-lite0", ours: file.clone(), theirs: file, preparation });
    }
    contests
}

fn race(table: &mut Table, home: &Path, pictures: &Path, contest: &Contest) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let workspace = home.join(format!("{} {round}", contest.name));
        let mut command = tiramisu();
        command.arg("extract").arg(pictures).arg("--workspace").arg(&workspace).arg("--network").arg(&contest.ours);
        let extracted = run(command.args(["--compute", "cpu", "--json"]), "elapsed_secs", "done_now");
        ours.push(extracted.expect("an extraction answers"));
        let mut command = script("notebook_peer.py");
        command.arg(&contest.theirs).arg(pictures).arg(home.join(format!("{} {round}.lance", contest.name)));
        match run(command.args(contest.preparation), "secs", "images") {
            Some(written) => theirs.push(written),
            None => return table.skip(format!("{} and a notebook", contest.name), "the notebook failed"),
        }
    }
    let what = |who: &str, how: &str| format!("{PICTURES} pictures, {}, {who}, {how}", contest.name);
    for (who, runs) in [("all layers", &ours), ("a notebook's one vector", &theirs)] {
        let of = |number: &dyn Fn(&Run) -> f64| median(runs.iter().map(number).collect());
        table.add(what(who, "from start to end"), of(&|run| run.images / run.secs), "images/s");
        table.add(what(who, "without starting"), of(&|run| run.images / run.inner_secs), "images/s");
        table.add(what(who, "processor's time"), of(&|run| run.cpu_secs / run.images * 1e3), "ms a picture");
    }
    let ratio = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs.secs / ours.secs).collect();
    table.add(what("all layers", "as many times as fast as the notebook"), median(ratio), "");
    for stage in ["decode", "network", "write"] {
        let share = |run: &Run| run.answer["spent"][format!("{stage}_share")].as_f64().unwrap_or(f64::NAN);
        table.add(what("all layers", stage), 100.0 * median(ours.iter().map(share).collect()), "% of the work");
    }
}

/// Runs a process that answers with one JSON document; `None` if it fails.
fn run(command: &mut Command, inner: &str, images: &str) -> Option<Run> {
    let begun = Instant::now();
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut cpu_secs = 0.0f64;
    while running.try_wait().ok()?.is_none() {
        cpu_secs = cpu_secs.max(cpu_secs_of(running.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let secs = begun.elapsed().as_secs_f64();
    let output = running.wait_with_output().ok()?;
    let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
    let (inner_secs, images) = (answer[inner].as_f64()?, answer[images].as_f64()?);
    Some(Run { secs, inner_secs, cpu_secs, images, answer })
}

/// What all threads of a process computed so far; 0 where there is no `/proc`.
pub fn cpu_secs_of(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything: user's and system's hundredths of a second are the 12th and 13th.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Links as many pictures of each folder, so that there are [`PICTURES`].
fn link_evenly(from: &Path, to: &Path) {
    let sorted = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a readable folder");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
        paths.sort();
        paths
    };
    let folders: Vec<PathBuf> = sorted(from).into_iter().filter(|path| path.is_dir()).collect();
    for folder in &folders {
        let below = to.join(folder.file_name().expect("a folder in a folder has a name"));
        std::fs::create_dir_all(&below).expect("a folder can be made");
        for file in sorted(folder).into_iter().take(PICTURES.div_ceil(folders.len())) {
            // Another disk is likely.
            std::fs::copy(&file, below.join(file.file_name().expect("a file has a name"))).expect("a copy");
        }
    }
}
