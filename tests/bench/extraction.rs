//! The main job as a person runs it: the real binary on generated pictures.

use std::path::Path;
use std::process::Command;

use super::decode::{PHOTOGRAPHS, with_photographs};
use super::network::squeezenet;
use super::process::{Run, median_of, run};
use super::table::Table;

/// Runs of which the median counts.
const ROUNDS: usize = 5;
/// Pictures of the sample collection used for speed.
const PICTURES: usize = 660;
/// Pictures in the smaller and the larger folder used for memory.
const FEW_AND_MANY: [usize; 2] = [1_000, 10_000];

/// Images per second from opening the folder to the last commit.
pub fn measure_speed(table: &mut Table) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let pictures = home.path().join("pictures");
    let begun = std::time::Instant::now();
    sample(&pictures, PICTURES);
    table.add("making sample pictures", PICTURES as f64 / begun.elapsed().as_secs_f64(), "images/s");
    let networks = [
        ("analytic filters", Some("filters".into())),
        ("ladyfinger", Some("builtin".into())),
        ("SqueezeNet v1.0", squeezenet()),
    ];
    for (name, network) in networks {
        let Some(network) = network else {
            table.skip(format!("extraction, {name}"), "../shared/models is not there");
            continue;
        };
        let runs = extract_often(&pictures, home.path(), &network);
        tell(table, &format!("{PICTURES} sample pictures, all layers, {name}"), &runs);
    }
}

/// The same of photographs of twelve million pixels, of which decoding is most of the work.
pub fn measure_photographs(table: &mut Table) {
    with_photographs(table, PHOTOGRAPHS, "grain", |table, folder| {
        let home = tempfile::tempdir().expect("a temporary folder");
        let runs = extract_often(folder, home.path(), Path::new("builtin"));
        tell(table, &format!("{PHOTOGRAPHS} photographs of 12 megapixels, all layers, ladyfinger"), &runs);
    });
}

/// Largest resident memory for a small and a large folder: the same pictures, linked many times.
pub fn measure_memory(table: &mut Table) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let pictures = home.path().join("pictures");
    sample(&pictures, FEW_AND_MANY[0]);
    for count in FEW_AND_MANY {
        let folder = home.path().join(format!("linked{count}"));
        link_many(&pictures, &folder, count);
        let run = extract(&folder, &home.path().join(format!("workspace{count}")), Path::new("filters"));
        table.add(format!("largest resident memory, analytic filters, {count} images"), run.peak_mib, "MiB");
    }
}

fn sample(folder: &Path, count: usize) {
    let made = tiramisu().arg("sample").arg(folder).args(["--count", &count.to_string()]).output();
    assert!(made.expect("the binary starts").status.success(), "the sample pictures were not made");
}

/// One extraction by the program that was built beside these benchmarks.
fn extract(folder: &Path, workspace: &Path, network: &Path) -> Run {
    let mut command = tiramisu();
    command.arg("extract").arg(folder).arg("--workspace").arg(workspace).args(["--compute", "cpu", "--json"]);
    command.arg("--network").arg(network);
    run(&mut command, "elapsed_secs", "done_now").expect("an extraction answers")
}

/// The same folder a few times, each time into a workspace of its own.
fn extract_often(folder: &Path, home: &Path, network: &Path) -> Vec<Run> {
    let workspace = home.join("workspace");
    let once = |_| {
        let run = extract(folder, &workspace, network);
        std::fs::remove_dir_all(&workspace).expect("a workspace can be removed");
        run
    };
    (0..ROUNDS).map(once).collect()
}

/// What the runs of one kind came to.
fn tell(table: &mut Table, what: &str, runs: &[Run]) {
    let row = |how: &str| format!("{what}, {how}");
    table.add(row("from start to end"), median_of(runs, |run| run.images / run.secs), "images/s");
    table.add(row("without starting"), median_of(runs, |run| run.images / run.inner_secs), "images/s");
    table.add(row("processor's time"), median_of(runs, |run| run.cpu_secs / run.images * 1e3), "ms a picture");
    table.add(row("at work in the mean"), median_of(runs, Run::cores), "cores");
    for stage in ["decode", "network", "write"] {
        table.add(row(stage), 100.0 * median_of(runs, |run| run.share(stage)), "% of the work");
    }
    table.add(row("most memory"), median_of(runs, |run| run.peak_mib), "MiB");
}

/// The kernel's own high-water mark in KiB; 0 where there is no `/proc`.
pub fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn link_many(pictures: &Path, folder: &Path, count: usize) {
    let files: Vec<_> = walkdir::WalkDir::new(pictures)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.is_file())
        .collect();
    for number in 0..count {
        let from = &files[number % files.len()];
        let below = folder.join(format!("part{:02}", number / files.len()));
        std::fs::create_dir_all(&below).expect("a folder can be made");
        let name = format!("{number:06}.{}", from.extension().unwrap_or_default().to_string_lossy());
        std::fs::hard_link(from, below.join(name)).expect("a file can be linked");
    }
}

/// The program, built as the benchmarks are.
pub fn tiramisu() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tiramisu"))
}
