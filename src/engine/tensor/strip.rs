//! What a picture excites most at every depth, by one pass through the network.

use burn::tensor::{Int, Tensor};

use super::look::Picture;
use super::thread::TensorThread;
use crate::engine::message::{LayerStrip, Problem, StripLayer, StripWish};
use crate::engine::thread::device_failure::device_failed;
use crate::gpu::TensorView;

/// One channel of one layer, still on the device.
struct Plane {
    layer: usize,
    /// `[h, w]`.
    size: [usize; 2],
    /// Which channel: one number.
    channel: Tensor<1, Int>,
    /// `[h * w]`.
    values: Tensor<1>,
}

/// The same, read.
struct ReadPlane {
    layer: usize,
    channel: usize,
    size: [usize; 2],
    values: Vec<f32>,
}

impl TensorThread {
    /// The channel with the largest value at each layer, in the first picture, and the same channels in the second if there is
    /// one. `None` if it was given up.
    pub(super) fn strip(
        &mut self,
        pictures: &[Picture],
        wish: StripWish,
        is_stale: &dyn Fn() -> bool,
    ) -> Result<Option<LayerStrip>, Problem> {
        let running = self.ready()?;
        let layers: Vec<usize> =
            wish.layers.iter().copied().filter(|layer| *layer < running.graph.nodes.len()).collect();
        let mut first: Option<Vec<(usize, Tensor<1, Int>)>> = None;
        let mut columns: Vec<Vec<ReadPlane>> = Vec::new();
        for picture in pictures {
            let input = self.input(&running, &picture.path)?;
            let mut planes = Vec::with_capacity(layers.len());
            let is_whole = running.runner.forward_unless(input, &layers, is_stale, |layer, activation| {
                let of_first = first.as_ref().and_then(|first| first.iter().find(|(of, _)| *of == layer));
                planes.push(plane(layer, activation, of_first.map(|(_, channel)| channel.clone())));
            });
            if !is_whole {
                return Ok(None);
            }
            let channels = || planes.iter().map(|plane| (plane.layer, plane.channel.clone())).collect();
            first.get_or_insert_with(channels);
            columns.push(read(planes)?);
        }
        let count = columns.first().map_or(0, Vec::len);
        let layers = (0..count).map(|place| strip_layer(columns.iter().map(|column| &column[place]))).collect();
        Ok(Some(LayerStrip { wish, layers }))
    }
}

/// # Shapes
/// `activation`: `[1, c, h, w]`.
fn plane(layer: usize, activation: Tensor<4>, channel: Option<Tensor<1, Int>>) -> Plane {
    let [_, c, h, w] = activation.dims();
    let planes = activation.reshape([c, h * w]);
    let channel = channel.unwrap_or_else(|| planes.clone().max_dim(1).argmax(0).reshape([1]));
    let values = planes.select(0, channel.clone()).reshape([h * w]);
    Plane { layer, size: [h, w], channel, values }
}

/// All of them in one read.
fn read(planes: Vec<Plane>) -> Result<Vec<ReadPlane>, Problem> {
    let facts: Vec<(usize, [usize; 2])> = planes.iter().map(|plane| (plane.layer, plane.size)).collect();
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let all = planes.into_iter().flat_map(|plane| [plane.channel.float(), plane.values]).collect();
    let numbers: Vec<f32> = Tensor::cat(all, 0).try_into_vec_as().map_err(device_failed)?;
    let mut rest = numbers.as_slice();
    let mut next = |count: usize| {
        let (taken, after) = rest.split_at(count);
        rest = after;
        taken
    };
    let mut read = |(layer, size @ [h, w]): (usize, [usize; 2])| {
        let channel = next(1)[0].max(0.0) as usize;
        ReadPlane { layer, channel, size, values: next(h * w).to_vec() }
    };
    Ok(facts.into_iter().map(&mut read).collect())
}

/// The same channel of the same layer in each picture.
fn strip_layer<'a>(pictures: impl Iterator<Item = &'a ReadPlane>) -> StripLayer {
    let mut found = StripLayer { layer: 0, channel: 0, largest: Vec::new(), range: [0.0; 2], maps: Vec::new() };
    for (place, plane) in pictures.enumerate() {
        let finite = || plane.values.iter().copied().filter(|value| value.is_finite());
        let low = finite().reduce(f32::min).unwrap_or(0.0);
        let high = finite().reduce(f32::max).unwrap_or(0.0);
        if place == 0 {
            (found.layer, found.channel, found.range) = (plane.layer, plane.channel, [low, high]);
        }
        found.range = [found.range[0].min(low), found.range[1].max(high)];
        found.largest.push(high);
        let ([h, w], reduced) = reduced(&plane.values, plane.size);
        found.maps.push(TensorView::from_host([1, h, w], reduced.into()));
    }
    found
}

/// As large as it is to be at most: each cell the mean of those that become it.
pub(super) fn reduced(values: &[f32], [h, w]: [usize; 2]) -> ([usize; 2], Vec<f32>) {
    let step = h.max(w).div_ceil(StripLayer::MOST_CELLS).max(1);
    if step == 1 {
        return ([h, w], values.to_vec());
    }
    let size @ [rows, columns] = [h.div_ceil(step), w.div_ceil(step)];
    let mean = |row: usize, column: usize| {
        let (ys, xs) = (row * step..((row + 1) * step).min(h), column * step..((column + 1) * step).min(w));
        let count = (ys.len() * xs.len()) as f32;
        ys.flat_map(|y| xs.clone().map(move |x| y * w + x)).map(|place| values[place]).sum::<f32>() / count
    };
    (size, (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).map(|(y, x)| mean(y, x)).collect())
}
