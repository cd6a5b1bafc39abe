//! What looks are answered: activations, vectors and times.

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};

use super::running::Running;
use super::thread::TensorThread;
use crate::domain::{ClassScore, Pooling, Region, StoredLayer};
use crate::engine::message::{ActivationView, Event, Problem};
use crate::engine::tensor::batch::RegionBatch;
use crate::engine::tensor::look::{Picture, TensorLook};
use crate::engine::thread::device_failure::device_failed;
use crate::features;

/// How many classes are named.
const TOP_CLASSES: usize = 5;

impl TensorThread {
    /// `number`: of the look, as its slot counts them.
    pub(super) fn answer(&mut self, look: &TensorLook, number: u64) -> Result<(), Problem> {
        match look {
            TensorLook::Activations { picture, layer } => {
                let view = self.looked_at(0, picture, *layer, true)?;
                self.outbox.tell(Event::Activations(view));
            }
            TensorLook::Beside { picture, layer } => {
                let view = self.looked_at(1, picture, *layer, false)?;
                self.outbox.tell(Event::Beside(view));
            }
            TensorLook::Point { picture, wish } => {
                let values = self.point(picture, *wish)?;
                self.outbox.tell(Event::Point(values));
            }
            TensorLook::Strip { pictures, wish } => {
                let looks = self.looks.clone();
                // Without an answer another picture is looked at by now.
                if let Some(strip) = self.strip(pictures, wish.clone(), &|| looks.is_stale(number))? {
                    self.outbox.tell(Event::Strip(Arc::new(strip)));
                }
            }
            TensorLook::ChannelMaps(wished) => {
                let looks = self.looks.clone();
                self.channel_maps(wished, &|| looks.is_stale(number))?;
            }
            TensorLook::Pair { pictures, layer } => {
                let first = self.activations(&pictures[0], *layer, false)?.0;
                let second = self.activations(&pictures[1], *layer, false)?.0;
                self.outbox.tell(Event::Pair(Box::new([first, second])));
            }
            TensorLook::Times => {
                if let Some(crew) = &self.crew {
                    crew.rest();
                }
                let running = self.ready()?;
                self.outbox.tell(Event::LayerTimes(Arc::new(running.layer_secs(self.device()))));
            }
            TensorLook::Vectors { path, sources, region, reply, .. } => {
                let vectors = self.vectors(path, sources, *region)?;
                reply.send(Ok(vectors)).ok();
            }
        }
        Ok(())
    }

    pub(super) fn input(&self, running: &Running, path: &std::path::Path) -> Result<Tensor<4>, Problem> {
        self.sized_input(running, path).map(|(input, _)| input)
    }

    /// The picture as the network takes it, and its own width and height.
    fn sized_input(&self, running: &Running, path: &std::path::Path) -> Result<(Tensor<4>, [u32; 2]), Problem> {
        let preprocessing = &running.graph.preprocessing;
        let seen = crate::images::network_input(path, &preprocessing.resizing())
            .map_err(|error| Problem::new("The image cannot be shown", error))?;
        Ok((preprocessing.batch(&seen.rgb, 1, self.device()), [seen.width, seen.height]))
    }

    /// `names_classes`: whether it is of interest what classes the network sees. Also gives the tensor that the view is of.
    ///
    /// # Shapes
    /// Returns `[1, c, h, w]`.
    pub(super) fn activations(
        &mut self,
        picture: &Picture,
        layer: usize,
        names_classes: bool,
    ) -> Result<(ActivationView, Tensor<4>), Problem> {
        let running = &*self.ready()?;
        let class_layer = running.graph.class_layer().filter(|_| names_classes && running.graph.labels.is_some());
        // Scores of classes are not kept: for them the network has to run, and then gives the activation, too.
        let kept = if class_layer.is_none() { self.kept(running, picture, layer) } else { None };
        let (activation, classes) = match kept {
            Some(activation) => (activation, Vec::new()),
            None => self.computed(running, &picture.path, layer, class_layer)?,
        };
        let stats = features::channel_stats(activation.clone()).map_err(device_failed)?;
        let [_, c, h, w] = activation.dims();
        let view = ActivationView {
            image: picture.record.id,
            layer,
            values: self
                .device
                .get()
                .view(activation.clone().reshape([c, h, w]))
                .map_err(|error| Problem::new("The layer cannot be shown", error))?,
            means: stats.means,
            minima: stats.minima,
            maxima: stats.maxima,
            borders: stats.borders,
            classes,
        };
        Ok((view, activation))
    }

    /// `[1, c, h, w]` from the workspace, where it is kept.
    pub(super) fn kept(&self, running: &Running, picture: &Picture, layer: usize) -> Option<Tensor<4>> {
        let name = &running.graph.nodes.get(layer)?.name;
        let (values, [c, h, w]) = picture.kept.activation(&picture.record, name)?;
        Some(Tensor::from_data(TensorData::new(values.into_single(), [1, c, h, w]), self.device()))
    }

    /// `[1, c, h, w]` by the network, and what classes it sees, if their layer is named.
    pub(super) fn computed(
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
        &mut self,
        path: &std::path::Path,
        sources: &[StoredLayer],
        region: Option<Region>,
    ) -> Result<Vec<Vec<f32>>, Problem> {
        let running = &*self.ready()?;
        let (layers, wanted) = layers_of(sources, running)?;
        let (input, size) = self.sized_input(running, path)?;
        let seen = region.map(|region| {
            running.graph.preprocessing.resizing().footprint(size).seen(region).ok_or_else(|| {
                Problem::new(
                    "The part cannot be compared",
                    "the network does not see it, because the edges of the picture are cropped",
                )
                .with_remedy("Draw a region nearer to the centre.")
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

impl TensorThread {
    /// The vectors of parts of pictures, in one pass: for each of the batch's sources a row of channels a part.
    pub(super) fn regions(&mut self, batch: &RegionBatch) -> Result<Vec<Vec<f32>>, Problem> {
        let running = &*self.ready()?;
        let (layers, wanted) = layers_of(&batch.sources, running)?;
        let count = batch.regions.len();
        let _batch = tracing::debug_span!("batch", images = count, layers = wanted.len()).entered();
        let input = running.graph.preprocessing.batch(&batch.rgb, count, self.device());
        let mut rows = vec![Vec::new(); layers.len()];
        let mut failed = None;
        running.runner.forward(input, &wanted, |index, activation| {
            let [_, c, h, w] = activation.dims();
            match activation.try_into_vec_as::<f32>() {
                Ok(values) => {
                    for place in (0..layers.len()).filter(|place| layers[*place] == index) {
                        for (one, regions) in values.chunks_exact((c * h * w).max(1)).zip(&batch.regions) {
                            let pooled = |region: &Region| region.pooled(one, [c, h, w], batch.sources[place].pooling);
                            rows[place].extend(regions.iter().flat_map(pooled));
                        }
                    }
                }
                Err(error) => failed = Some(format!("{error}")),
            }
        });
        match failed {
            None => Ok(rows),
            Some(error) => Err(device_failed(error)),
        }
    }
}

/// Which of the network's layers each source is at, and all of them, ascending.
fn layers_of(sources: &[StoredLayer], running: &Running) -> Result<(Vec<usize>, Vec<usize>), Problem> {
    let layer_of = |source: &StoredLayer| {
        let layer = running.graph.layer_named(&source.layer);
        layer.ok_or_else(|| Problem::new("The image cannot be compared", "the network has no such layer"))
    };
    let layers: Vec<usize> = sources.iter().map(layer_of).collect::<Result<_, _>>()?;
    let mut wanted = layers.clone();
    wanted.sort_unstable();
    wanted.dedup();
    Ok((layers, wanted))
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
    let values: Vec<f32> = activation.try_into_vec_as().map_err(device_failed)?;
    Ok(seen.pooled(&values, [c, h, w], pooling))
}
