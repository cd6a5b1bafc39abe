//! The one thread that owns the network and every tensor.
//!
//! cubecl orders work by thread, so a tensor never leaves this one; what goes in are bytes of pictures, what comes out
//! are vectors and views of a tensor's memory. Looks go before batches.

// A new wish, event or look is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, select};

use crate::domain::{ClassScore, ImageRecord, Layer, Matrix, Numbers, Pooling, Precision, Region, StoredLayer};
use crate::engine::collection::kept_shelf::KeptShelf;
use crate::engine::message::{ActivationView, AnalysisKind, Asked, Event, LookKind, Problem, Progress};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;
use crate::features;
use crate::gpu::TensorView;
use crate::network::{Graph, Runner};

/// How many classes are named.
const TOP_CLASSES: usize = 5;

/// Pictures to run through the network.
pub struct Batch {
    /// Pictures in the network's input size, one after the other, interleaved RGB.
    pub rgb: Vec<u8>,
    /// How many pictures.
    pub count: usize,
    /// What to keep of them.
    pub wanted: Arc<Wanted>,
    /// To stop between two layers.
    pub progress: Arc<Progress>,
    /// Where the vectors go: one `[count, channels]` block per entry of `wanted.columns`; `None` if it was stopped.
    pub reply: Sender<Result<Option<Pooled>, Problem>>,
}

/// Pictures whose whole activations are wanted.
pub struct MapBatch {
    /// Pictures in the network's input size, one after the other, interleaved RGB.
    pub rgb: Vec<u8>,
    /// How many pictures.
    pub count: usize,
    /// Which layers, ascending.
    pub layers: Arc<Vec<usize>>,
    /// Where they go: for each layer `[count, channels, height, width]`.
    pub reply: Sender<Result<Vec<Numbers>, Problem>>,
}

/// A picture to look at.
pub struct Picture {
    /// What is known of it.
    pub record: ImageRecord,
    /// Where it lies.
    pub path: PathBuf,
    /// Where its activations may be kept.
    pub kept: Arc<KeptShelf>,
}

/// What a batch came to.
pub struct Pooled {
    /// One `[count, channels]` block per wanted column.
    pub columns: Vec<Matrix>,
    /// For each layer where in their maps the largest values are, `y * width + x`: `[count, channels]`.
    pub places: Vec<Vec<u32>>,
    /// How long the network took.
    pub elapsed_secs: f64,
}

/// Which layers are pooled, and how the result is laid out.
pub struct Wanted {
    /// Layer indices, ascending.
    pub layers: Vec<usize>,
    /// What they become: for each layer both poolings.
    pub columns: Vec<StoredLayer>,
    /// For each column whether it is in single precision: it was in the workspace, or a batch had a number that is beyond
    /// half precision. From then on all of its numbers are kept as the network gives them.
    single: Vec<AtomicBool>,
    /// Whether it was said that a number is infinite.
    told_infinite: AtomicBool,
}

impl Wanted {
    /// Puts the columns in the order in which [`crate::features`] gives them; those that `single` names are in single
    /// precision from the beginning.
    pub fn new(layers: &[Layer], columns: Vec<StoredLayer>, single: &[StoredLayer]) -> Self {
        let index = |stored: &StoredLayer| layers.iter().position(|layer| layer.name == stored.layer);
        let mut indices: Vec<usize> = columns.iter().filter_map(index).collect();
        indices.sort_unstable();
        indices.dedup();
        let both = |&layer: &usize| {
            let name = &layers[layer].name;
            Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
        };
        let columns: Vec<StoredLayer> = indices.iter().flat_map(both).collect();
        let single = columns.iter().map(|column| AtomicBool::new(single.contains(column))).collect();
        Self { layers: indices, columns, single, told_infinite: AtomicBool::new(false) }
    }

    fn in_single(&self) -> Vec<bool> {
        self.single.iter().map(|is_single| is_single.load(Relaxed)).collect()
    }

    /// Takes note of what a batch came to. Returns the first layer with an infinite number, once.
    fn learn(&self, columns: &[Matrix]) -> Option<&StoredLayer> {
        for (is_single, column) in self.single.iter().zip(columns) {
            if column.precision() == Precision::Single {
                is_single.store(true, Relaxed);
            }
        }
        let has_infinite = |(_, column): &(&StoredLayer, &Matrix)| column.values().iter().any(f32::is_infinite);
        let (infinite, _) = self.columns.iter().zip(columns).find(has_infinite)?;
        (!self.told_infinite.swap(true, Relaxed)).then_some(infinite)
    }
}

/// A question about one picture.
pub enum TensorLook {
    /// Show the activation at a layer.
    Activations {
        /// Whose.
        picture: Picture,
        /// Which layer.
        layer: usize,
    },
    /// Show the activations of two images at a layer.
    Pair {
        /// Whose.
        pictures: Box<[Picture; 2]>,
        /// Which layer.
        layer: usize,
    },
    /// How long the layers take.
    Times,
    /// The pooled vectors of a picture, or of a part of it: for a probe that is not in the workspace.
    Vectors {
        /// Where it lies.
        path: PathBuf,
        /// At which layers, pooled how.
        sources: Vec<StoredLayer>,
        /// Which part of it, if not the whole.
        region: Option<Region>,
        /// Where the vectors go: one for each of `sources`.
        reply: Sender<Result<Vec<Vec<f32>>, Problem>>,
    },
}

impl TensorLook {
    /// What its problems are of.
    fn asked(&self) -> Asked {
        Asked::Look(match self {
            Self::Activations { picture, layer } => LookKind::Activations { image: picture.record.id, layer: *layer },
            Self::Pair { pictures, layer } => {
                LookKind::Pair { images: [pictures[0].record.id, pictures[1].record.id], layer: *layer }
            }
            Self::Times => LookKind::LayerTimes,
            Self::Vectors { .. } => LookKind::Neighbours,
        })
    }
}

/// The way to the thread.
#[derive(Clone)]
pub struct TensorHandle {
    batches: Sender<Order>,
    bell: Sender<()>,
    views: Arc<Slot<TensorLook>>,
    pairs: Arc<Slot<TensorLook>>,
    vectors: Arc<Slot<TensorLook>>,
    times: Arc<Slot<TensorLook>>,
    device: Device,
}

enum Order {
    Use(Arc<Graph>, Sender<Result<(), Problem>>),
    Run(Batch),
    Maps(MapBatch),
}

impl TensorHandle {
    /// Starts the thread; it ends when every handle is gone.
    pub fn start(device: Device, precision: Precision, outbox: Outbox) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (batches, orders) = bounded(1);
        let (bell, rung) = bounded(1);
        let views = Arc::new(Slot::default());
        let pairs = Arc::new(Slot::default());
        let vectors = Arc::new(Slot::default());
        let times = Arc::new(Slot::default());
        let thread = TensorThread {
            device: device.clone(),
            precision,
            outbox,
            running: None,
            views: views.clone(),
            pairs: pairs.clone(),
            vectors: vectors.clone(),
            times: times.clone(),
        };
        let join =
            std::thread::Builder::new().name("tiramisu-tensor".into()).spawn(move || thread.serve(&orders, &rung))?;
        Ok((Self { batches, bell, views, pairs, vectors, times, device }, join))
    }

    /// Where networks run.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Puts a network on the device, dropping the one before. Waits until it is there.
    pub fn use_network(&self, graph: Arc<Graph>) -> Result<(), Problem> {
        let (reply, answer) = bounded(1);
        self.batches.send(Order::Use(graph, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Queues a batch; waits while one is in flight.
    pub fn run(&self, batch: Batch) -> Result<(), Problem> {
        self.batches.send(Order::Run(batch)).map_err(|_| gone())
    }

    /// Queues a batch whose whole activations are wanted; waits while one is in flight.
    pub fn run_maps(&self, batch: MapBatch) -> Result<(), Problem> {
        self.batches.send(Order::Maps(batch)).map_err(|_| gone())
    }

    /// Asks; a newer question of the same kind replaces an older one.
    pub fn look(&self, look: TensorLook) {
        match look {
            TensorLook::Activations { .. } => self.views.put(look),
            TensorLook::Pair { .. } => self.pairs.put(look),
            TensorLook::Vectors { .. } => self.vectors.put(look),
            TensorLook::Times => self.times.put(look),
        }
        if let Err(TrySendError::Disconnected(())) = self.bell.try_send(()) {
            tracing::error!("the tensor thread has ended");
        }
    }
}

fn gone() -> Problem {
    Problem::new("The network cannot be run", "its thread has ended").with_remedy("Start Tiramisu again.")
}

struct TensorThread {
    device: Device,
    precision: Precision,
    outbox: Outbox,
    running: Option<Running>,
    views: Arc<Slot<TensorLook>>,
    pairs: Arc<Slot<TensorLook>>,
    vectors: Arc<Slot<TensorLook>>,
    times: Arc<Slot<TensorLook>>,
}

struct Running {
    graph: Arc<Graph>,
    runner: Runner,
}

impl Running {
    /// Of a grey picture: no layer takes longer for another one. The first pass makes what is made once (on a GPU the
    /// programs of every layer); of the three after it, the quickest of each layer counts.
    fn layer_secs(&self, device: &Device) -> Vec<f64> {
        let preprocessing = &self.graph.preprocessing;
        let grey = vec![128; preprocessing.width * preprocessing.height * 3];
        let pass = || self.runner.layer_secs(preprocessing.batch(&grey, 1, device));
        pass();
        let mut best = pass();
        for _ in 0..2 {
            best.iter_mut().zip(pass()).for_each(|(best, secs)| *best = best.min(secs));
        }
        best
    }
}

impl TensorThread {
    fn serve(mut self, orders: &Receiver<Order>, bell: &Receiver<()>) {
        loop {
            while let Some((look, _)) = self.next_look() {
                self.guarded(&look.asked(), |thread| thread.answer(look));
            }
            select! {
                recv(bell) -> rung => if rung.is_err() { return },
                recv(orders) -> order => match order {
                    Ok(Order::Use(graph, reply)) => {
                        self.running = None;
                        let outcome = self.guarded(&Asked::Open, |thread| thread.adopt(graph));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Ok(Order::Run(batch)) => {
                        let reply = batch.reply.clone();
                        let outcome = self.guarded(&Asked::Extract, |thread| thread.run(&batch));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Ok(Order::Maps(batch)) => {
                        let reply = batch.reply.clone();
                        let of = Asked::Analysis(AnalysisKind::Activations);
                        let outcome = self.guarded(&of, |thread| thread.maps(&batch));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Err(_) => return,
                },
            }
        }
    }

    /// What is quick and waited for goes first.
    fn next_look(&self) -> Option<(TensorLook, u64)> {
        self.vectors.take().or_else(|| self.views.take()).or_else(|| self.pairs.take()).or_else(|| self.times.take())
    }

    fn guarded<T>(&mut self, of: &Asked, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let outbox = self.outbox.clone();
        guarded("The network failed while it ran", of, &outbox, || work(self))
    }

    fn adopt(&mut self, graph: Arc<Graph>) -> Result<(), Problem> {
        // Asked of the network before: of this one the same words mean another layer, other times.
        self.views.take();
        self.pairs.take();
        self.times.take();
        let runner = Runner::with_precision(graph.clone(), &self.device, self.precision)
            .map_err(|error| Problem::new("The network could not be put on the device", error))?;
        self.running = Some(Running { graph, runner });
        Ok(())
    }

    fn run(&mut self, batch: &Batch) -> Result<Option<Pooled>, Problem> {
        let running = self.running.as_ref().ok_or_else(gone)?;
        let started = Instant::now();
        let input = running.graph.preprocessing.batch(&batch.rgb, batch.count, &self.device);
        let mut pooled = features::PooledBatch::new();
        let finished = running.runner.forward_unless(
            input,
            &batch.wanted.layers,
            || batch.progress.is_cancelled(),
            |_, activation| {
                let (parts, places) = features::pool_with_places(activation);
                parts.into_iter().for_each(|part| pooled.push(part));
                pooled.push_places(places);
            },
        );
        if !finished {
            return Ok(None);
        }
        let pooled = pooled.keeping_single(batch.wanted.in_single());
        let (columns, places) = pooled.read_with_places().map_err(device_failed)?;
        if let Some(infinite) = batch.wanted.learn(&columns) {
            self.outbox.complain(Asked::Extract, beyond_all(infinite, self.precision));
        }
        Ok(Some(Pooled { columns, places, elapsed_secs: started.elapsed().as_secs_f64() }))
    }

    fn maps(&self, batch: &MapBatch) -> Result<Vec<Numbers>, Problem> {
        let running = self.running.as_ref().ok_or_else(gone)?;
        let input = running.graph.preprocessing.batch(&batch.rgb, batch.count, &self.device);
        let mut maps = Vec::with_capacity(batch.layers.len());
        let mut failed = None;
        running.runner.forward(input, &batch.layers, |_, activation| {
            // Read at once: of many layers all activations together may be more than the device holds.
            match activation.try_into_vec_as::<f32>() {
                Ok(values) => maps.push(Numbers::narrowed(values)),
                Err(error) => failed = Some(format!("{error}")),
            }
        });
        match failed {
            None => Ok(maps),
            Some(error) => {
                Err(Problem::new("The device that computes failed", error).with_remedy("Try --compute cpu."))
            }
        }
    }

    fn answer(&mut self, look: TensorLook) {
        let of = look.asked();
        match look {
            TensorLook::Activations { picture, layer } => match self.activations(&picture, layer, true) {
                Ok(view) => self.outbox.tell(Event::Activations(view)),
                Err(problem) => self.outbox.complain(of, problem),
            },
            TensorLook::Pair { pictures, layer } => {
                let views = self.activations(&pictures[0], layer, false);
                match views.and_then(|first| Ok([first, self.activations(&pictures[1], layer, false)?])) {
                    Ok(pair) => self.outbox.tell(Event::Pair(Box::new(pair))),
                    Err(problem) => self.outbox.complain(of, problem),
                }
            }
            TensorLook::Times => {
                if let Some(running) = &self.running {
                    self.outbox.tell(Event::LayerTimes(Arc::new(running.layer_secs(&self.device))));
                }
            }
            TensorLook::Vectors { path, sources, region, reply } => {
                reply.send(self.vectors(&path, &sources, region)).ok();
            }
        }
    }

    fn input(&self, running: &Running, path: &std::path::Path) -> Result<Tensor<4>, Problem> {
        self.sized_input(running, path).map(|(input, _)| input)
    }

    /// The picture as the network takes it, and its own width and height.
    fn sized_input(&self, running: &Running, path: &std::path::Path) -> Result<(Tensor<4>, [u32; 2]), Problem> {
        let preprocessing = &running.graph.preprocessing;
        let decoded = crate::images::decode(path).map_err(|error| Problem::new("The image cannot be shown", error))?;
        let rgb = crate::images::for_network(&decoded.rgb, &preprocessing.resizing());
        Ok((preprocessing.batch(&rgb, 1, &self.device), [decoded.rgb.width(), decoded.rgb.height()]))
    }

    /// `names_classes`: whether it is of interest what classes the network sees.
    fn activations(&self, picture: &Picture, layer: usize, names_classes: bool) -> Result<ActivationView, Problem> {
        let running = self.running.as_ref().ok_or_else(gone)?;
        let class_layer = running.graph.class_layer().filter(|_| names_classes && running.graph.labels.is_some());
        // Scores of classes are not kept: for them the network has to run, and then gives the activation, too.
        let kept = if class_layer.is_none() { self.kept(running, picture, layer) } else { None };
        let (activation, classes) = match kept {
            Some(activation) => (activation, Vec::new()),
            None => self.computed(running, &picture.path, layer, class_layer)?,
        };
        let stats = features::channel_stats(activation.clone()).map_err(device_failed)?;
        let [_, c, h, w] = activation.dims();
        Ok(ActivationView {
            image: picture.record.id,
            layer,
            values: TensorView::from_tensor(activation.reshape([c, h, w]))
                .map_err(|error| Problem::new("The layer cannot be shown", error))?,
            means: stats.means,
            minima: stats.minima,
            maxima: stats.maxima,
            classes,
        })
    }

    /// `[1, c, h, w]` from the workspace, where it is kept.
    fn kept(&self, running: &Running, picture: &Picture, layer: usize) -> Option<Tensor<4>> {
        let name = &running.graph.nodes.get(layer)?.name;
        let (values, [c, h, w]) = picture.kept.activation(&picture.record, name)?;
        Some(Tensor::from_data(TensorData::new(values.into_single(), [1, c, h, w]), &self.device))
    }

    /// `[1, c, h, w]` by the network, and what classes it sees, if their layer is named.
    fn computed(
        &self,
        running: &Running,
        path: &std::path::Path,
        layer: usize,
        class_layer: Option<usize>,
    ) -> Result<(Tensor<4>, Vec<ClassScore>), Problem> {
        let mut wanted: Vec<usize> = std::iter::once(layer).chain(class_layer).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut looked_at = None;
        let mut scores = None;
        let input = self.input(running, path)?;
        running.runner.forward(input, &wanted, |index, activation| {
            if Some(index) == class_layer {
                scores = Some(activation.clone());
            }
            if index == layer {
                looked_at = Some(activation);
            }
        });
        let classes = match (scores, &running.graph.labels) {
            (Some(scores), Some(labels)) => {
                let scale = running.graph.class_scale();
                let mut lists = features::class_scores(scores, scale, labels, TOP_CLASSES).map_err(device_failed)?;
                lists.pop().unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let activation = looked_at.ok_or_else(|| Problem::new("The layer cannot be shown", "it does not exist"))?;
        Ok((activation, classes))
    }

    /// One vector for each of `sources`, in one pass.
    fn vectors(
        &self,
        path: &std::path::Path,
        sources: &[StoredLayer],
        region: Option<Region>,
    ) -> Result<Vec<Vec<f32>>, Problem> {
        let running = self.running.as_ref().ok_or_else(gone)?;
        let layer_of = |source: &StoredLayer| {
            let layer = running.graph.layer_named(&source.layer);
            layer.ok_or_else(|| Problem::new("The image cannot be compared", "the network has no such layer"))
        };
        let layers: Vec<usize> = sources.iter().map(layer_of).collect::<Result<_, _>>()?;
        let mut wanted = layers.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let (input, size) = self.sized_input(running, path)?;
        let seen = region.map(|region| {
            running.graph.preprocessing.resizing().footprint(size).seen(region).ok_or_else(|| {
                Problem::new("The part cannot be compared", "the network does not see it: it cuts the edges off")
                    .with_remedy("Draw a box nearer to the middle.")
            })
        });
        let seen = seen.transpose()?;
        let mut found = vec![None; sources.len()];
        running.runner.forward(input, &wanted, |index, activation| {
            for place in (0..sources.len()).filter(|place| layers[*place] == index) {
                found[place] = Some(vector_of(activation.clone(), sources[place].pooling, seen));
            }
        });
        let missing = || Err(Problem::new("The image cannot be compared", "the layer was not run"));
        found.into_iter().map(|vector| vector.unwrap_or_else(missing)).collect()
    }
}

/// What one picture's activation comes to, or the part of it that is seen there.
///
/// # Shapes
/// `activation`: `[1, c, h, w]`; returns `c` numbers.
fn vector_of(activation: Tensor<4>, pooling: Pooling, seen: Option<Region>) -> Result<Vec<f32>, Problem> {
    let Some(seen) = seen else {
        let mut pooled = features::PooledBatch::new();
        pooled.push(features::pool(activation, pooling));
        let matrices = pooled.read().map_err(device_failed)?;
        return Ok(matrices.iter().flat_map(|matrix| matrix.values().iter()).collect());
    };
    let [_, c, h, w] = activation.dims();
    let values: Vec<f32> = activation
        .try_into_vec_as()
        .map_err(|error| Problem::new("The device that computes failed", format!("{error}")))?;
    Ok(seen.pooled(&values, [c, h, w], pooling))
}

/// Numbers that even single precision does not hold, or that the device's halves did not.
fn beyond_all(stored: &StoredLayer, precision: Precision) -> Problem {
    let why = format!(
        "the network's numbers at {} are infinite for some images, which have no place among neighbours there",
        stored.layer
    );
    let problem = Problem::new("Some numbers are too large", why);
    match precision {
        Precision::Half => problem.with_remedy("Extract with --precision single into another workspace."),
        Precision::Single => problem.with_remedy("Look at other layers; these go beyond what single precision holds."),
    }
}

fn device_failed(error: features::FeaturesError) -> Problem {
    Problem::new("The device that computes failed", error).with_remedy("Try --compute cpu.")
}

fn panicked() -> Problem {
    Problem::new("The network failed while it ran", "an internal error, described on the terminal")
        .with_remedy("Try --compute cpu, and please report it.")
}
