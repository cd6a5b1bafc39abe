//! The network alone, on the CPU, beside other programs that run it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use rayon::ThreadPoolBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tiramisu::domain::Precision;
use tiramisu::gpu::{self, Compute};
use tiramisu::network::{self, Graph, NetworkChoice, Runner};

use super::difference::difference;
use super::python;
use super::table::{Table, median};

/// Names further networks to time, ONNX files with spaces between.
const FURTHER: &str = "TIRAMISU_BENCH_NETWORKS";
/// Set to 1, networks are timed on the GPU as well, a software one included.
const ON_GPU: &str = "TIRAMISU_TEST_GPU";

/// Between a pass of the peer and one of ours.
const REST: Duration = Duration::from_millis(200);
/// An answer that is off by more than this, as a share of its largest number, is wrong; half precision is off by .002.
const MOST_DIFFERENCE: f32 = 0.02;

/// What runs the networks.
struct Place {
    name: String,
    device: Device,
    precision: Precision,
    /// Passes of which the median counts; a GPU that is a program takes seconds for one.
    passes: usize,
}

/// The processor; and the GPU in the precisions that it has, if it may be used.
fn places() -> Vec<Place> {
    let mut all =
        vec![Place { name: "burn flex".to_owned(), device: Device::flex(), precision: Precision::Single, passes: 7 }];
    if std::env::var_os(ON_GPU).is_some_and(|value| value == "1") {
        let open = gpu::open(Compute::Gpu).expect("the GPU that may be used opens");
        let name = format!("burn wgpu on {}", open.description);
        let passes = if open.software_adapter { 1 } else { 7 };
        if open.expect_half().is_ok() {
            let name = format!("{name}, half precision");
            all.push(Place { name, device: open.device.clone(), precision: Precision::Half, passes });
        }
        all.push(Place { name, device: open.device, precision: Precision::Single, passes });
    }
    all
}

/// Milliseconds an image at batches of 1 and 16.
pub fn measure(table: &mut Table) {
    let places = places();
    for choice in [NetworkChoice::Analytic, NetworkChoice::Builtin] {
        forward(
            table,
            &choice.title(),
            network::load(&choice).expect("what is part of the program loads"),
            &places,
            &[],
        );
    }
    for (name, path) in [
        ("SqueezeNet v1.0", "models/squeezenet_v1.0.prototxt"),
        ("EfficientNet-lite0", "models/efficientnet_lite0.onnx"),
    ] {
        match shared(path) {
            Some(file) => from_file(table, name, &file, &places),
            None => table.skip(name, "../shared/models is not there"),
        }
    }
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    match python::ask("random_networks.py", [folder.path()]) {
        Ok(answers) => {
            for answer in answers {
                match (answer["name"].as_str(), answer["written"].as_str()) {
                    (Some(name), Some(file)) => from_file(table, name, Path::new(file), &places),
                    _ => table.skip("GoogLeNet and others", answer["skipped"].as_str().unwrap_or("no answer")),
                }
            }
        }
        Err(why) => table.skip("GoogLeNet and others", &why),
    }
    for file in std::env::var(FURTHER).unwrap_or_default().split_whitespace().map(Path::new) {
        let choice = NetworkChoice::from_file(file).expect("the file is there");
        from_file(table, &choice.title(), file, &places);
    }
}

fn from_file(table: &mut Table, name: &str, file: &Path, places: &[Place]) {
    let choice = NetworkChoice::from_file(file).expect("all parts of the network are there");
    let mut files = vec![file.to_owned()];
    if file.extension().is_some_and(|extension| extension == "prototxt") {
        files.push(file.with_extension("caffemodel"));
    }
    forward(table, name, network::load(&choice).expect("the network loads"), places, &files);
}

/// SqueezeNet v1.0 in Caffe's format, if this machine has it.
pub fn squeezenet() -> Option<PathBuf> {
    shared("models/squeezenet_v1.0.prototxt")
}

/// What lies beside the project, if this machine has it.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("TIRAMISU_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let path = root.join(path);
    path.exists().then_some(path)
}

/// The answers to pictures that are each taken through the network by one of some threads.
fn each_on_its_thread(runner: &Runner, rgb: &[u8], threads: usize) -> Vec<f32> {
    let graph = runner.graph();
    let bytes = graph.preprocessing.width * graph.preprocessing.height * 3;
    let pictures = rgb.len() / bytes;
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(vec![Vec::new(); pictures]));
    let cores = rayon::current_num_threads();
    let work = || {
        // What an operation shares between threads stays with these.
        let pool = ThreadPoolBuilder::new().num_threads((cores / threads).max(1)).use_current_thread().build();
        loop {
            let picture = next.fetch_add(1, Ordering::Relaxed);
            if picture >= pictures {
                break;
            }
            let batch = graph.preprocessing.batch(&rgb[picture * bytes..][..bytes], 1, runner.device());
            runner.forward(batch, &[graph.answer], |_, activation| {
                let answer = activation.try_into_vec_as::<f32>().expect("the device answers");
                answers.lock().expect("nobody failed")[picture] = answer;
            });
        }
        drop(pool);
        ENDED_NANOS.fetch_add(nanoseconds_of("/proc/thread-self/schedstat".as_ref()) as u64, Ordering::Relaxed);
    };
    // Joined, since a scope only waits for what its threads do: one that is still there would be counted twice.
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().for_each(|thread| thread.join().expect("nobody failed"));
    });
    answers.into_inner().expect("nobody failed").concat()
}

fn forward(table: &mut Table, name: &str, graph: Graph, places: &[Place], files: &[PathBuf]) {
    let graph = Arc::new(graph);
    let preprocessing = &graph.preprocessing;
    let pixels = preprocessing.width * preprocessing.height * 3;
    let picture = |n: usize| (0..n * pixels).map(|i| (i * 31 % 251) as u8).collect::<Vec<u8>>();
    let mut expected: Vec<f32> = Vec::new();
    for (index, Place { name: place, device, precision, passes }) in places.iter().enumerate() {
        let runner = Runner::with_precision(graph.clone(), device, *precision).expect("a graph that loads runs");
        let at_a_time = graph.images_at_a_time(device);
        let side_by_side = match *device == Device::flex() {
            true => graph.passes_at_a_time(rayon::current_num_threads()),
            false => 1,
        };
        let answers = |rgb: &[u8]| {
            // As an extraction does it: a picture a thread where there are enough and they have room, else no more at once
            // than the runner advises.
            if side_by_side > 1 && rgb.len() / pixels >= side_by_side {
                return each_on_its_thread(&runner, rgb, side_by_side);
            }
            let mut answers = Vec::new();
            for rgb in rgb.chunks(at_a_time * pixels) {
                let batch = preprocessing.batch(rgb, rgb.len() / pixels, device);
                runner.forward(batch, &[graph.answer], |_, activation| {
                    answers.extend(activation.try_into_vec_as::<f32>().expect("the device answers"));
                });
            }
            answers
        };
        // How quickly a wrong answer is given says nothing, so that every pass answers for itself.
        for n in [1, 16] {
            let rgb = picture(n);
            // The first pass chooses kernels, which a person waits for once, and is not timed.
            let first = answers(&rgb);
            if expected.is_empty() {
                expected.clone_from(&first);
            }
            let off = |answer: &[f32]| match answer.len() == n * expected.len() {
                true => difference(&answer[..expected.len()], &expected),
                false => f32::INFINITY,
            };
            // The peer gets the same numbers, and runs in turns with ours: what else the machine does hits both.
            let mut peer = match (index, files) {
                (0, [_, ..]) => {
                    let batch = preprocessing.batch(&rgb, n, device).try_into_vec_as().expect("the device answers");
                    let shape = [n, 3, preprocessing.height, preprocessing.width];
                    Some(Peer::start(files, &batch, &shape))
                }
                _ => None,
            };
            let mut most_off = off(&first);
            let (mut times, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..*passes {
                // After a pass onnxruntime's threads turn round for a while, waiting for the next, and would have a core. What
                // rested needs a pass to be awake again, on either side.
                std::thread::sleep(REST);
                answers(&rgb);
                let begun = (Instant::now(), cpu_secs());
                let answer = answers(&rgb);
                times.push([begun.0.elapsed().as_secs_f64(), cpu_secs() - begun.1]);
                most_off = most_off.max(off(&answer));
                if let Some(Ok(peer)) = &mut peer {
                    peer.run();
                    theirs.extend(peer.run());
                }
            }
            let case = format!("{name}, {place}, batch {n}");
            if most_off > MOST_DIFFERENCE {
                table.skip(case, &format!("its answer is off by {most_off:.3} of the largest number"));
                continue;
            }
            let ms = |times: &[[f64; 2]], which: usize| {
                median(times.iter().map(|time| time[which]).collect()) / n as f64 * 1e3
            };
            let beside = match peer {
                None => String::new(),
                Some(Err(why)) => format!("; onnxruntime: {why}"),
                Some(Ok(_)) if theirs.is_empty() => "; onnxruntime gave no answer".to_owned(),
                Some(Ok(peer)) => format!(
                    "; {} {:.1} (CPU {:.1}): {:.2} times as long, answers differ by {:.0e}",
                    peer.name,
                    ms(&theirs, 0),
                    ms(&theirs, 1),
                    ms(&theirs, 0) / ms(&times, 0),
                    peer.answer().map_or(f32::INFINITY, |answer| difference(&first, &answer)),
                ),
            };
            table.add(case, ms(&times, 0), &format!("ms/image (CPU {:.1}){beside}", ms(&times, 1)));
        }
    }
}

/// What threads took that are over: the system tells of those alone that are there.
static ENDED_NANOS: AtomicU64 = AtomicU64::new(0);

/// Seconds of all processors that this process has taken; 0 where the system does not say.
fn cpu_secs() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds: f64 = threads.map(|thread| nanoseconds_of(&thread.path().join("schedstat"))).sum();
    (nanoseconds + ENDED_NANOS.load(Ordering::Relaxed) as f64) * 1e-9
}

fn nanoseconds_of(schedule: &Path) -> f64 {
    let told = std::fs::read_to_string(schedule).unwrap_or_default();
    told.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0.0)
}

/// `peers.py` at work.
struct Peer {
    name: String,
    process: Child,
    answers: BufReader<ChildStdout>,
    /// With the batch and the answer.
    folder: TempDir,
}

impl Peer {
    /// # Errors
    /// In words, when something is not installed.
    fn start(files: &[PathBuf], batch: &[f32], shape: &[usize]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let values = batch.iter().map(|value| value.to_le_bytes());
        python::write_npy(&folder.path().join("batch.npy"), "<f4", shape, values).map_err(|error| error.to_string())?;
        let (process, answers) =
            python::start("peers.py", [folder.path()].into_iter().chain(files.iter().map(PathBuf::as_path)))?;
        let mut peer = Self { name: String::new(), process, answers, folder };
        let ready = peer.read().ok_or("it did not start")?;
        if let Some(why) = ready["skipped"].as_str() {
            return Err(why.to_owned());
        }
        peer.name = ready["name"].as_str().unwrap_or("?").to_owned();
        Ok(peer)
    }

    /// Seconds of a pass, by the clock and of all processors.
    fn run(&mut self) -> Option<[f64; 2]> {
        self.process.stdin.as_mut()?.write_all(b"run\n").ok()?;
        let answer = self.read()?;
        Some([answer["secs"].as_f64()?, answer["cpu_secs"].as_f64()?])
    }

    fn answer(&self) -> Option<Vec<f32>> {
        let numbers = python::read_numbers(&self.folder.path().join("answer.f32")).ok()?;
        Some(numbers.into_iter().map(f32::from_le_bytes).collect())
    }

    fn read(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // At the end of its input it ends.
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}
