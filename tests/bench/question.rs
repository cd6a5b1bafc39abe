//! A question from the command line on a collection of a million pictures: an index as the program builds it, then neighbours
//! through it beside the program's own start. `TIRAMISU_BENCH_ROWS` makes it fewer; with `TIRAMISU_BENCH_KEEP` naming a folder, the
//! collection stays there and is not made again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Pooling, StoredLayer};
use tiramisu::store::{FeatureSpec, NewImage, Workspace};

use super::extraction::{peak_of, tiramisu};
use super::neighbours::append_rows;
use super::notebook::cpu_secs_of;
use super::table::{Table, median};

const ROWS: usize = 1_000_000;
const CHANNELS: usize = 512;
const LABELS: usize = 40;
/// What the vectors are called.
const NAME: &str = "generated";
const QUESTIONS: usize = 15;

/// A collection whose vectors are made up. It goes with this, unless it is kept.
pub struct Collection {
    pub rows: usize,
    pub pictures: PathBuf,
    pub workspace: PathBuf,
    /// Whether it has just been made, and so has no index yet.
    is_new: bool,
    _home: tempfile::TempDir,
}

impl Collection {
    /// Makes it, unless it is there already.
    pub fn make() -> Self {
        let rows = std::env::var("TIRAMISU_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
        let home = tempfile::tempdir().expect("a temporary folder");
        let kept = std::env::var_os("TIRAMISU_BENCH_KEEP").map(PathBuf::from);
        let within = kept.as_deref().unwrap_or(home.path());
        let (pictures, workspace) = (within.join("pictures"), within.join("workspace"));
        let is_new = !workspace.exists();
        if is_new {
            write(&pictures, &workspace, rows);
        }
        Self { rows, pictures, workspace, is_new, _home: home }
    }

    /// A verb of the program over it.
    pub fn verb(&self, verb: &str) -> Command {
        let mut command = tiramisu();
        command.arg(verb).arg(&self.pictures).arg("--workspace").arg(&self.workspace).args([
            "--network",
            NAME,
            "--json",
        ]);
        command
    }

    /// A row of the table.
    pub fn row(&self, what: &str) -> String {
        format!("{what}, {} x {CHANNELS}", self.rows)
    }
}

/// Seconds of the index, milliseconds of a question.
pub fn measure(table: &mut Table) {
    let collection = Collection::make();
    let Collection { rows, pictures, workspace, .. } = &collection;
    if collection.is_new {
        let begun = Instant::now();
        let mut running =
            collection.verb("index").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let (mut peak_kib, mut cpu_secs) = (0, 0.0f64);
        while running.try_wait().expect("it can be asked").is_none() {
            peak_kib = peak_kib.max(peak_of(running.id()));
            cpu_secs = cpu_secs.max(cpu_secs_of(running.id()));
            std::thread::sleep(Duration::from_millis(20));
        }
        let secs = begun.elapsed().as_secs_f64();
        let output = running.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        let more = format!("s; CPU {cpu_secs:.1} s; at most {:.2} GB; {told}", peak_kib as f64 * 1.024e-6);
        table.add(collection.row("`tiramisu index`"), secs, &more);
    }
    let mut times = [const { Vec::new() }; 2];
    let mut inner = Vec::new();
    let probe = pictures.join(path_of(rows / 2));
    for _ in 0..QUESTIONS {
        let mut ask = tiramisu();
        ask.arg("neighbours").arg(&probe).arg("--folder").arg(pictures);
        ask.arg("--workspace").arg(workspace).args(["--network", NAME, "--json"]);
        let mut start = tiramisu();
        start.arg("--version");
        for (mut command, times) in [start, ask].into_iter().zip(&mut times) {
            let (millis, answer) = timed(&mut command);
            times.push(millis);
            inner.extend(answer.and_then(|answer| Some(answer["elapsed_secs"].as_f64()? * 1e3)));
        }
    }
    assert_eq!(inner.len(), QUESTIONS, "each question is answered");
    let [start, ask] = times.map(median);
    table.add(collection.row("`tiramisu --version`"), start, "ms");
    table.add(collection.row("`tiramisu neighbours`"), ask, &format!("ms; {:.1} beyond the start", ask - start));
    table.add(collection.row("the same, as it says itself"), median(inner), "ms");
}

/// Milliseconds, and what it answers if that is one JSON document.
fn timed(command: &mut Command) -> (f64, Option<serde_json::Value>) {
    let begun = Instant::now();
    let output = command.output().expect("the program starts");
    let millis = begun.elapsed().as_secs_f64() * 1e3;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (millis, serde_json::from_slice(&output.stdout).ok())
}

fn path_of(number: usize) -> String {
    format!("label {:02}/image {number:07}.jpg", number % LABELS)
}

/// A workspace of pictures that are on record, of which one is a file, and their vectors.
fn write(pictures: &Path, workspace: &Path, rows: usize) {
    let probe = pictures.join(path_of(rows / 2));
    std::fs::create_dir_all(probe.parent().expect("it has a label")).expect("a folder can be made");
    std::fs::write(probe, "no picture: what is on record of it is enough").expect("a file can be written");
    let source = StoredLayer { layer: "layer".to_owned(), pooling: Pooling::Average };
    // As the program makes it of the name (FNV-1a).
    let digest = format!("vectors {NAME}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let spec = FeatureSpec::of_vectors(NAME, format!("{digest:016x}"), "a benchmark", vec![(source, CHANNELS)]);
    let mut workspace = Workspace::open_or_create(workspace, pictures).expect("a workspace");
    for first in (0..rows).step_by(50_000) {
        let image = |number: usize| NewImage {
            record: ImageRecord {
                id: ImageId(number as u32),
                path: ImagePath { text: path_of(number), raw: None },
                label: Some(format!("label {:02}", number % LABELS)),
                // Pictures differ, and a column that is the same throughout is stored in another way.
                width: 640 + number as u32 % 13,
                height: 480 + number as u32 % 7,
                file_bytes: 45 + number as u64 % 1009,
                modified_unix_secs: number as i64,
                problem: None,
            },
            thumbnail: None,
        };
        let images = (first..(first + 50_000).min(rows)).map(image).collect();
        workspace.append_images(images).expect("images are written");
    }
    let mut features = workspace.features(&spec).expect("a table");
    append_rows(&mut features, rows, CHANNELS, path_of);
}
