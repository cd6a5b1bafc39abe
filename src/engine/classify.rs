//! What a network says that pictures show: pictures of any place, without a workspace.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{ClassScore, Precision};
use crate::engine::message::{NetworkFile, Problem, Progress};
use crate::engine::networks;
use crate::engine::options::EngineOptions;
use crate::engine::thread::device_failure::{Computes, Work, device_failed, not_on_device, panicked, survived};
use crate::engine::thread::readers::Readers;
use crate::gpu::DeviceWhenNeeded;
use crate::network::{Graph, Preprocessing, Runner};
use crate::{features, gpu, images};

/// What is to be classified, and by what.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifyWish {
    /// The network.
    pub network: NetworkFile,
    /// A list of class names to use instead of the network's own: one a line, in its order.
    pub labels: Option<PathBuf>,
    /// The pictures.
    pub images: Vec<PathBuf>,
    /// How many classes to name of each.
    pub count: usize,
}

/// What a network says of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    /// The network's name.
    pub network: String,
    /// The layer whose numbers became the probabilities.
    pub layer: String,
    /// How many classes it tells apart.
    pub classes: usize,
    /// What computed.
    pub device: String,
    /// The pictures, in the order in which they were named; fewer if it was stopped.
    pub images: Vec<Classified>,
}

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    /// Where it lies.
    pub path: PathBuf,
    /// The most probable classes, most probable first; or why the picture cannot be read.
    pub classes: Result<Vec<ClassScore>, String>,
}

const WHAT: &str = "The pictures cannot be classified";

/// Runs pictures through a network that names classes. Pictures that cannot be read are told as such, each by itself.
///
/// Everything is done on the calling thread but for decoding; cancelling `progress` stops it.
///
/// # Errors
/// When the network cannot be loaded, names no classes, or has another number of them than the list; and when the device
/// fails.
pub fn classify(wish: &ClassifyWish, options: &EngineOptions, progress: &Progress) -> Result<Classification, Problem> {
    let _job = progress.enter_span();
    progress.set_total(wish.images.len(), true);
    let graph = Arc::new(named(wish, options)?);
    let (Some(layer), Some(labels)) = (graph.class_layer(), &graph.labels) else {
        return Err(nameless(&graph, &wish.network));
    };
    let unusable = |error| Problem::new("The compute device could not be opened", error);
    let opened = gpu::open_with(options.compute, options.adapter.as_deref()).map_err(unusable)?;
    if options.precision == Precision::Half {
        opened.expect_half().map_err(unusable)?;
    }
    let at_a_time = options.batch_images.unwrap_or_else(|| graph.images_at_a_time(&opened.device)).max(1);
    let mut network = Network {
        graph: graph.clone(),
        layer,
        precision: options.precision,
        device: DeviceWhenNeeded::opened(opened),
        runner: None,
    };
    let mut found = Vec::with_capacity(wish.images.len());
    for portion in wish.images.chunks(at_a_time) {
        if progress.is_cancelled() {
            break;
        }
        let _batch = tracing::debug_span!("batch", images = portion.len()).entered();
        let pictures: Vec<Result<Vec<u8>, String>> =
            Readers::Job.run(|| portion.par_iter().map(|path| picture(path, &graph.preprocessing)).collect());
        let rgb: Vec<u8> = pictures.iter().flatten().map(Vec::as_slice).collect::<Vec<_>>().concat();
        let readable = pictures.iter().filter(|picture| picture.is_ok()).count();
        let mut scores = Vec::new();
        if readable > 0 {
            let classes = |network: &mut Network| network.classes(&rgb, readable, labels, wish.count);
            scores = survived(&mut network, Work::Look, classes).unwrap_or_else(|_| Err(panicked()))?;
        }
        progress.add(portion.len(), portion.len() - readable);
        let mut scores = scores.into_iter();
        found.extend(portion.iter().zip(pictures).map(|(path, picture)| Classified {
            path: path.clone(),
            classes: picture.map(|_| scores.next().unwrap_or_default()),
        }));
    }
    Ok(Classification {
        network: graph.name.clone(),
        layer: graph.nodes[layer].name.clone(),
        classes: labels.len(),
        device: network.device.get().description.clone(),
        images: found,
    })
}

/// The network that classifies, on the device that computes.
struct Network {
    graph: Arc<Graph>,
    /// Whose numbers become probabilities.
    layer: usize,
    precision: Precision,
    device: DeviceWhenNeeded,
    /// Put on the device when it is first needed there.
    runner: Option<Runner>,
}

impl Computes for Network {
    fn device(&self) -> &DeviceWhenNeeded {
        &self.device
    }

    fn precision(&self) -> Precision {
        self.precision
    }

    fn make_room(&mut self) {}

    fn go_on(&mut self, problem: Problem) -> Result<(), Problem> {
        tracing::warn!("{problem}");
        self.runner = None;
        Ok(())
    }
}

impl Network {
    /// The `k` most probable classes of each picture.
    fn classes(
        &mut self,
        rgb: &[u8],
        count: usize,
        labels: &[String],
        k: usize,
    ) -> Result<Vec<Vec<ClassScore>>, Problem> {
        let device = &self.device.get().device;
        let runner = match &mut self.runner {
            Some(runner) => runner,
            none => {
                let runner = Runner::with_precision(self.graph.clone(), device, self.precision);
                none.insert(runner.map_err(not_on_device)?)
            }
        };
        let mut activation = None;
        let input = self.graph.preprocessing.batch(rgb, count, device);
        runner.forward(input, &[self.layer], |_, tapped| activation = Some(tapped));
        let activation = activation.ok_or_else(|| Problem::new(WHAT, "the last layer was not run"))?;
        features::class_scores(activation, self.graph.class_scale(), labels, k).map_err(device_failed)
    }
}

fn named(wish: &ClassifyWish, options: &EngineOptions) -> Result<Graph, Problem> {
    let mut graph = networks::load(&wish.network, options.data_dir.as_deref())?;
    if let Some(list) = &wish.labels {
        graph.name_classes(list).map_err(|error| Problem::new(WHAT, error))?;
    }
    Ok(graph)
}

fn nameless(graph: &Graph, network: &NetworkFile) -> Problem {
    if *network == NetworkFile::Builtin {
        // Nobody has a list of names for it: it was trained without any.
        let why = format!("{}, the built-in network, comes without names of classes.", graph.name);
        return Problem::new(WHAT, why).with_remedy(
            "Choose one that has them: `tiramisu networks download squeezenet-1.1`, then `--network squeezenet-1.1` \
             (`tiramisu \
             networks list` shows more).",
        );
    }
    let count = graph.nodes.get(graph.answer).map_or(0, |node| node.shape[0]);
    Problem::new(WHAT, format!("{} comes without names of classes.", graph.name)).with_remedy(format!(
        "Give a list of {count} names, one per line, in the network's order, with --labels FILE, or choose a network \
         that has names with --network (`tiramisu networks list`)."
    ))
}

/// A picture in the network's input size.
fn picture(path: &Path, preprocessing: &Preprocessing) -> Result<Vec<u8>, String> {
    let seen = images::network_input(path, &preprocessing.resizing());
    seen.map(|seen| seen.rgb).map_err(|error| error.to_string())
}
