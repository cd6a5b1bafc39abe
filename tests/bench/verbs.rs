//! Whole verbs on a collection of a million pictures: what is read, found, written down and printed, from the program's start to its end.
//! `TIRAMISU_BENCH_ROWS` and `TIRAMISU_BENCH_KEEP` as for a question.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::extraction::peak_of;
use super::notebook::cpu_secs_of;
use super::question::Collection;
use super::table::{Table, median};

/// Runs of which the median counts.
const ROUNDS: usize = 5;
/// Each is a verb and what follows it.
const VERBS: [(&str, &[&str]); 3] =
    [("project", &["--method", "pca"]), ("cluster", &["--count", "50"]), ("duplicates", &["--only", "features"])];

/// Seconds, of the processor too, and memory.
pub fn measure(table: &mut Table) {
    let collection = Collection::make();
    for (verb, more) in VERBS {
        let runs: Vec<[f64; 3]> = (0..ROUNDS).map(|_| run(collection.verb(verb).args(more))).collect();
        let [secs, cpu_secs, peak_gb] = [0, 1, 2].map(|number| median(runs.iter().map(|run| run[number]).collect()));
        let name = collection.row(&format!("`tiramisu {}`", [&[verb], more].concat().join(" ")));
        table.add(name, secs, &format!("s; CPU {cpu_secs:.1} s; at most {peak_gb:.2} GB"));
    }
}

/// Seconds by the clock and of the processor, and gigabytes. The answer, which may have a million lines, goes to a file.
fn run(command: &mut Command) -> [f64; 3] {
    let said = tempfile::tempfile().expect("a temporary file");
    let begun = Instant::now();
    let told: File = said.try_clone().expect("a second handle");
    let mut running = command.stdout(Stdio::from(told)).stderr(Stdio::null()).spawn().expect("the program starts");
    let (mut cpu_secs, mut peak_kib) = (0.0f64, 0);
    let status = loop {
        if let Some(status) = running.try_wait().expect("it can be asked") {
            break status;
        }
        cpu_secs = cpu_secs.max(cpu_secs_of(running.id()));
        peak_kib = peak_kib.max(peak_of(running.id()));
        std::thread::sleep(Duration::from_millis(5));
    };
    let secs = begun.elapsed().as_secs_f64();
    assert!(status.success(), "it failed: {command:?}");
    [secs, cpu_secs, peak_kib as f64 * 1.024e-6]
}
