//! An extraction of all layers beside what a notebook does in its place: Pillow, onnxruntime, pylance and one vector.

use std::path::{Path, PathBuf};

use super::extraction::tiramisu;
use super::network::{shared, squeezenet};
use super::process::{Run, median_of, run};
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
        table.add(what(who, "from start to end"), median_of(runs, |run| run.images / run.secs), "images/s");
        table.add(what(who, "without starting"), median_of(runs, |run| run.images / run.inner_secs), "images/s");
        table.add(
            what(who, "processor's time"),
            median_of(runs, |run| run.cpu_secs / run.images * 1e3),
            "ms a picture",
        );
        table.add(what(who, "at work in the mean"), median_of(runs, Run::cores), "cores");
    }
    let ratio = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs.secs / ours.secs).collect();
    table.add(what("all layers", "as many times as fast as the notebook"), median(ratio), "");
    for stage in ["decode", "network", "write"] {
        let share = median_of(&ours, |run| run.share(stage));
        table.add(what("all layers", stage), 100.0 * share, "% of the work");
    }
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
