//! What a picture alone takes of each kind of layer, beside onnxruntime as it tells itself: where the time goes, how near that is to
//! what the processor can do, and how much of it a thread waits for another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use serde_json::Value;
use tiramisu::network::{self, Convolution, Graph, NetworkChoice, Op, Runner, StepTime};

use super::network::shared;
use super::python;
use super::table::{Table, median};

/// Passes of which the median counts.
const PASSES: usize = 15;
/// For how long passes are run before any counts.
const SPREADING: Duration = Duration::from_secs(1);

/// A kind of layer, or of layers that run as one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pointwise,
    Three,
    Depthwise,
    Bottleneck,
    /// Of 1x1 and 3x3, and those of them that write into joins: these are one step.
    Joined,
    Other,
    Pool,
    Rest,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Pointwise,
        Self::Three,
        Self::Depthwise,
        Self::Bottleneck,
        Self::Joined,
        Self::Other,
        Self::Pool,
        Self::Rest,
    ];

    /// That of a step, where the network's joins may be part of convolutions.
    fn among(graph: &Graph, step: &StepTime, has_joins: bool) -> Self {
        match Self::of(graph, step) {
            Self::Pointwise | Self::Three if has_joins => Self::Joined,
            kind => kind,
        }
    }

    fn of(graph: &Graph, step: &StepTime) -> Self {
        let convolutions: Vec<&Convolution> =
            step.layers.iter().filter_map(|layer| convolution(graph, *layer)).collect();
        match convolutions[..] {
            [] => {
                let is_pool = |layer: &usize| {
                    matches!(graph.nodes[*layer].op, Op::Pool(_) | Op::GlobalPool(_) | Op::AdaptivePool { .. })
                };
                if step.layers.iter().any(is_pool) { Self::Pool } else { Self::Rest }
            }
            [Convolution { weight, groups, .. }] => match weight.shape[1..] {
                [1, ..] if *groups > 1 => Self::Depthwise,
                [_, 1, 1] => Self::Pointwise,
                [_, 3, 3] => Self::Three,
                _ => Self::Other,
            },
            _ if step.layers.iter().any(|layer| matches!(graph.nodes[*layer].op, Op::Concat { .. })) => Self::Joined,
            _ => Self::Bottleneck,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Pointwise => "1x1",
            Self::Three => "3x3",
            Self::Depthwise => "depthwise",
            Self::Bottleneck => "1x1, depthwise, 1x1 as one",
            Self::Joined => "1x1 and 3x3, with joins",
            Self::Other => "other convolutions",
            Self::Pool => "pooling",
            Self::Rest => "the rest",
        }
    }

    /// What onnxruntime takes for the same, in `layer_peers.py`'s words.
    fn theirs(self, answer: &Value, has_bottlenecks: bool) -> Option<f64> {
        let words: &[&str] = match self {
            // Some pointwise ones run alone all the same, which the others are not told apart from there.
            Self::Pointwise if has_bottlenecks => return None,
            Self::Pointwise => &["1x1"],
            Self::Three => &["3x3"],
            Self::Depthwise => &["depthwise"],
            Self::Bottleneck => &["1x1", "depthwise"],
            Self::Joined => &["1x1", "3x3"],
            Self::Other => &["other"],
            Self::Pool => &["pool"],
            Self::Rest => &["rest"],
        };
        Some(words.iter().filter_map(|word| answer[*word].as_f64()).sum())
    }
}

/// What is added up over the steps of a kind.
#[derive(Clone, Copy, Default)]
struct Sum {
    secs: f64,
    shared_secs: f64,
    /// Products and sums.
    operations: f64,
    /// What comes in, goes out and is multiplied by.
    bytes: f64,
    steps: usize,
}

impl Sum {
    fn add(&mut self, graph: &Graph, step: &StepTime) {
        self.secs += step.secs;
        self.shared_secs += step.shared_secs;
        self.steps += 1;
        let numbers = |dims: &[usize]| dims.iter().product::<usize>() as f64;
        for layer in &step.layers {
            let node = &graph.nodes[*layer];
            let multiplied = match &node.op {
                Op::Convolution(Convolution { weight, .. }) => numbers(&weight.shape[1..]),
                Op::Linear(linear) => numbers(&linear.weight.shape[1..]),
                _ => 0.0,
            };
            self.operations += 2.0 * multiplied * numbers(&node.dims);
            self.bytes += 4.0 * node.parameter_count as f64;
            let from_outside =
                node.inputs.iter().filter(|input| input.node().is_none_or(|input| !step.layers.contains(&input)));
            self.bytes += from_outside
                .map(|input| {
                    4.0 * input.node().map_or(numbers(&graph.input), |input| numbers(&graph.nodes[input].dims))
                })
                .sum::<f64>();
        }
        let last = step.layers.iter().max().expect("a step has layers");
        self.bytes += 4.0 * numbers(&graph.nodes[*last].dims);
    }
}

/// Milliseconds of each kind, of SqueezeNet v1.0, EfficientNet-lite0 and ResNet-50.
pub fn measure(table: &mut Table) {
    for (name, path) in [
        ("SqueezeNet v1.0", "models/squeezenet_v1.0.prototxt"),
        ("EfficientNet-lite0", "models/efficientnet_lite0.onnx"),
    ] {
        match shared(path) {
            Some(file) => of_file(table, name, &file),
            None => table.skip(name, "../shared/models is not there"),
        }
    }
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let written = python::ask("random_networks.py", [folder.path()]).unwrap_or_default();
    match written.iter().find(|answer| answer["name"] == "ResNet-50").and_then(|answer| answer["written"].as_str()) {
        Some(file) => of_file(table, "ResNet-50", Path::new(file)),
        None => table.skip("ResNet-50", "random_networks.py did not write it"),
    }
}

fn of_file(table: &mut Table, name: &str, file: &Path) {
    let choice = NetworkChoice::from_file(file).expect("all parts of the network are there");
    let graph = Arc::new(network::load(&choice).expect("the network loads"));
    let runner = Runner::new(graph.clone(), &Device::flex()).expect("a graph that loads runs");
    let preprocessing = &graph.preprocessing;
    let [height, width] = [preprocessing.height, preprocessing.width];
    let rgb: Vec<u8> = (0..height * width * 3).map(|place| (place * 31 % 251) as u8).collect();
    let batch = || preprocessing.batch(&rgb, 1, &Device::flex());
    // Threads that have just started share a core for some tenths of a second, until the system spreads them.
    let start = Instant::now();
    while start.elapsed() < SPREADING {
        runner.step_times(batch());
    }
    let passes: Vec<Vec<StepTime>> = (0..PASSES)
        .map(|_| {
            // The first one makes ready, or wakes up.
            runner.step_times(batch());
            runner.step_times(batch())
        })
        .collect();
    let has_joins = passes[0].iter().any(|step| Kind::of(&graph, step) == Kind::Joined);
    let sums = |kind: Option<Kind>| -> Vec<Sum> {
        let of_pass = |steps: &Vec<StepTime>| {
            let mut sum = Sum::default();
            let is_it = |step: &&StepTime| kind.is_none_or(|kind| kind == Kind::among(&graph, step, has_joins));
            steps.iter().filter(is_it).for_each(|step| sum.add(&graph, step));
            sum
        };
        passes.iter().map(of_pass).collect()
    };
    let theirs = peer(file, &batch().try_into_vec_as().expect("the device answers"), [height, width]);
    let has_bottlenecks = passes[0].iter().any(|step| Kind::of(&graph, step) == Kind::Bottleneck);
    let threads = rayon::current_num_threads() as f64;
    for kind in Kind::ALL.map(Some).into_iter().chain([None]) {
        let sums = sums(kind);
        let Sum { operations, bytes, steps, .. } = sums[0];
        if steps == 0 {
            continue;
        }
        let secs = median(sums.iter().map(|sum| sum.secs).collect());
        let at_work = median(sums.iter().map(|sum| sum.shared_secs / sum.secs / threads).collect());
        let beside = match (&theirs, kind) {
            (Err(why), _) => format!("; onnxruntime: {why}"),
            (Ok(answer), Some(kind)) => match kind.theirs(answer, has_bottlenecks) {
                Some(ms) => format!("; onnxruntime {ms:.2}"),
                None => "; onnxruntime: among those that run as one".to_owned(),
            },
            (Ok(answer), None) => format!("; onnxruntime {:.2}", answer["whole"].as_f64().unwrap_or(f64::NAN)),
        };
        let more = format!(
            "ms; {steps} steps, {:.0} GFLOP/s, {:.0} operations a byte; threads at work {:.0} %{beside}",
            operations / secs * 1e-9,
            operations / bytes,
            at_work * 100.0,
        );
        table.add(format!("{name}, {}", kind.map_or("all", Kind::title)), secs * 1e3, &more);
    }
}

fn convolution(graph: &Graph, layer: usize) -> Option<&Convolution> {
    if let Op::Convolution(convolution) = &graph.nodes[layer].op { Some(convolution) } else { None }
}

/// What onnxruntime says of the same picture.
fn peer(file: &Path, batch: &[f32], [height, width]: [usize; 2]) -> Result<Value, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let values = batch.iter().map(|value: &f32| value.to_le_bytes());
    python::write_npy(&folder.path().join("batch.npy"), "<f4", &[1, 3, height, width], values)
        .map_err(|error| error.to_string())?;
    let mut words = vec![folder.path().to_owned(), PathBuf::from(PASSES.to_string()), file.to_owned()];
    if file.extension().is_some_and(|extension| extension == "prototxt") {
        words.push(file.with_extension("caffemodel"));
    }
    let answer = python::ask("layer_peers.py", words)?.pop().ok_or("it says nothing")?;
    match answer["skipped"].as_str() {
        Some(why) => Err(why.to_owned()),
        None => Ok(answer),
    }
}
