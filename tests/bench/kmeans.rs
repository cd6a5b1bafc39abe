//! k-means of few vectors beside scikit-learn's, in turns: whoever tries a few numbers of groups waits for each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::time::Instant;

use tiramisu::analysis::kmeans;
use tiramisu::domain::Metric;

use super::python;
use super::sets::Set;
use super::table::{Table, median};

const ROWS: [usize; 2] = [1_000, 10_000];
const CHANNELS: usize = 512;
const COUNTS: [usize; 2] = [10, 50];
/// Runs of each, with as many seeds; `kmeans_peer.py` starts as often in each of them.
const RUNS: u64 = 9;

/// Seconds, and what is optimised: medians.
pub fn measure(table: &mut Table) {
    for rows in ROWS {
        for count in COUNTS {
            in_turns(table, &Set::generated(rows, CHANNELS, count), count);
        }
    }
}

fn in_turns(table: &mut Table, set: &Set, count: usize) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let npy = dir.path().join("vectors.npy");
    python::write_vectors(&npy, &set.vectors).expect("the vectors are written");
    let mut peer = Peer::start(&npy, count);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first run warms both up, and is not counted.
    for seed in 0..=RUNS {
        let begun = Instant::now();
        let options = kmeans::Options { count, metric: Metric::Euclidean, seed, ..kmeans::Options::default() };
        let found = kmeans::group(&set.vectors, options, &|| false).expect("nobody stops it");
        ours.push((begun.elapsed().as_secs_f64(), found.inertia));
        theirs.extend(peer.as_mut().ok().and_then(|peer| peer.run(seed)));
    }
    let what = format!("{}, k-means, {count} groups", set.name);
    add(table, &format!("{what}, ours"), &ours[1..]);
    match peer {
        Ok(_) if theirs.len() == ours.len() => add(table, &format!("{what}, scikit-learn"), &theirs[1..]),
        Ok(_) => table.skip(format!("{what}, scikit-learn"), "not installed"),
        Err(why) => table.skip(format!("{what}, scikit-learn"), &why),
    }
}

fn add(table: &mut Table, what: &str, runs: &[(f64, f64)]) {
    let inertia = median(runs.iter().map(|(_, inertia)| *inertia).collect());
    table.add(what, median(runs.iter().map(|(secs, _)| *secs).collect()), &format!("s; inertia {inertia:.6e}"));
}

/// A Python that holds the vectors.
struct Peer {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(npy: &std::path::Path, count: usize) -> Result<Self, String> {
        let count = count.to_string();
        let (mut process, answers) = python::start("kmeans_peer.py", [npy.as_os_str(), count.as_ref()])?;
        let questions = process.stdin.take().expect("it was asked for");
        Ok(Self { process, questions, answers })
    }

    /// Seconds and inertia of a run; `None` when it cannot.
    fn run(&mut self, seed: u64) -> Option<(f64, f64)> {
        writeln!(self.questions, "{seed}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        let answer: serde_json::Value = serde_json::from_str(&line).ok()?;
        Some((answer["seconds"].as_f64()?, answer["inertia"].as_f64()?))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
