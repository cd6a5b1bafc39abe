//! The main job as a person runs it: the real binary on generated pictures.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::network::squeezenet;
use super::table::Table;

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
        let run = extract(&pictures, &home.path().join(name), &network);
        table.add(format!("extraction end to end, {name}, CPU"), run.images_per_sec, "images/s");
        table.add(format!("largest resident memory, {name}, {PICTURES} images"), run.peak_mib, "MiB");
    }
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

struct Run {
    images_per_sec: f64,
    peak_mib: f64,
}

fn sample(folder: &Path, count: usize) {
    let made = tiramisu().arg("sample").arg(folder).args(["--count", &count.to_string()]).output();
    assert!(made.expect("the binary starts").status.success(), "the sample pictures were not made");
}

fn extract(folder: &Path, workspace: &Path, network: &Path) -> Run {
    let mut command = tiramisu();
    command.arg("extract").arg(folder).arg("--workspace").arg(workspace).args(["--compute", "cpu", "--json"]);
    command.arg("--network").arg(network);
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let mut peak_kib = 0;
    while running.try_wait().expect("it can be asked").is_none() {
        peak_kib = peak_kib.max(peak_of(running.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = running.wait_with_output().expect("it ends");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let images_per_sec = report["images_per_sec"].as_f64().expect("the report has a speed");
    Run { images_per_sec, peak_mib: peak_kib as f64 / 1024.0 }
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
