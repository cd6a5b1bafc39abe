//! The student: the layers of SqueezeNet 1.1, written as matrix products that burn can differentiate quickly on a CPU.
//!
//! Activations lie channels first, `[c, n, h, w]`, so that a convolution of a whole batch is one product of the weights
//! `[out, taps]` and what the kernel sees, `[taps, n * h * w]`; its two gradients are one product each.
//!
//! Architecture: Iandola et al., "SqueezeNet" (2016), version 1.1, with the names of torchvision's modules.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use burn::tensor::{
    Device, Tensor, TensorData,
    activation::relu,
    module::max_pool2d,
    ops::{MaxPoolOptions, PadMode},
};
use half::f16;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Classes of ImageNet, which the teacher tells apart.
pub const CLASSES: usize = 1000;

/// Squeezed and expanded channels (of each of the two kernels) of fire2 to fire9.
const FIRES: [(usize, usize); 8] =
    [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)];
/// Their numbers among torchvision's `features`.
const PLACES: [usize; 8] = [3, 4, 6, 7, 9, 10, 11, 12];
/// Fires, by index, before which the plane is halved.
const POOLED_BEFORE: [usize; 3] = [0, 2, 4];

/// Channels, and sides of the square kernel.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// As torchvision calls the module.
    pub name: String,
    out: usize,
    channels: usize,
    side: usize,
}

impl Convolution {
    fn taps(&self) -> usize {
        self.channels * self.side * self.side
    }
}

/// Every convolution in the order in which they run: the stem, three of each fire, the classifier.
pub fn convolutions() -> Vec<Convolution> {
    let new = |name: String, out, channels, side| Convolution { name, out, channels, side };
    let mut all = vec![new("features.0".into(), 64, 3, 3)];
    let mut channels = 64;
    for ((squeezed, expanded), place) in FIRES.into_iter().zip(PLACES) {
        all.push(new(format!("features.{place}.squeeze"), squeezed, channels, 1));
        all.push(new(format!("features.{place}.expand1x1"), expanded, squeezed, 1));
        all.push(new(format!("features.{place}.expand3x3"), expanded, squeezed, 3));
        channels = 2 * expanded;
    }
    all.push(new("classifier.1".into(), CLASSES, channels, 1));
    all
}

/// Height and width of the plane after the stem, for pictures of `side` pixels.
pub fn stem_side(side: usize) -> usize {
    (side - 3) / 2 + 1
}

/// Weights `[out, taps]` and biases `[out, 1]` in turns, one pair for each of [`convolutions`].
pub type Parameters = Vec<Tensor<2>>;

/// He et al., "Delving deep into rectifiers" (2015): variance 2 / taps; nothing of any other network.
pub fn random(seed: u64, device: &Device) -> Parameters {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut normal = move || {
        let (u, v) = (1.0 - rng.f64(), rng.f64());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    let mut all = Vec::new();
    for convolution in convolutions() {
        let deviation = (2.0 / convolution.taps() as f64).sqrt();
        let shape = [convolution.out, convolution.taps()];
        let values: Vec<f32> = (0..shape[0] * shape[1]).map(|_| (deviation * normal()) as f32).collect();
        all.push(Tensor::from_data(TensorData::new(values, shape), device));
        all.push(Tensor::zeros([convolution.out, 1], device));
    }
    all
}

/// What the student makes of a batch, before what is negative is left out.
pub struct Seen {
    /// What fire2 to fire9 squeeze and expand to, in turns, `[c, n, h, w]`.
    pub layers: Vec<Tensor<4>>,
    /// Evidence for each class before it is averaged over the plane, `[classes, n, h, w]`.
    pub classes: Tensor<4>,
}

/// Runs the student.
///
/// `stem` is what the first kernel sees of `n` pictures, `[27, n * side * side]` with the taps in the order of
/// `[3, 3, 3]`: channel, row, column; `side` is that of the plane after the stem. Given what the teacher `said` of each
/// of [`Seen::layers`], every layer takes that in the place of what the student's layer before it makes: then each is a
/// single convolution with a lesson of its own.
pub fn forward(parameters: &[Tensor<2>], stem: Tensor<2>, n: usize, side: usize, said: Option<&[Tensor<4>]>) -> Seen {
    let mut pairs = parameters.chunks_exact(2);
    let mut next = || pairs.next().expect("there are parameters for each convolution");
    let mut product = |x: Tensor<2>, [n, h, w]: [usize; 3]| {
        let [weight, bias] = next() else { unreachable!("chunks of two") };
        let y = weight.clone().matmul(x) + bias.clone();
        let out = y.dims()[0];
        y.reshape([out, n, h, w])
    };
    let mut value = relu(product(stem, [n, side, side]));
    let mut layers = Vec::new();
    for fire in 0..FIRES.len() {
        if POOLED_BEFORE.contains(&fire) {
            value = max_pool2d(value, MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_ceil_mode(true));
        }
        let [_, n, h, w] = value.dims();
        let squeezed = product(flat(value), [n, h, w]);
        layers.push(squeezed.clone());
        let squeezed = said.map_or_else(|| relu(squeezed), |said| said[2 * fire].clone());
        let one = product(flat(squeezed.clone()), [n, h, w]);
        let three = product(neighbourhoods(squeezed), [n, h, w]);
        let both = Tensor::cat(vec![one, three], 0);
        layers.push(both.clone());
        value = said.map_or_else(|| relu(both), |said| said[2 * fire + 1].clone());
    }
    let [_, n, h, w] = value.dims();
    Seen { classes: product(flat(value), [n, h, w]), layers }
}

/// `[c, n, h, w]` to `[c, n * h * w]`.
fn flat(x: Tensor<4>) -> Tensor<2> {
    let [c, n, h, w] = x.dims();
    x.reshape([c, n * h * w])
}

/// What a kernel of 3 x 3 sees, with zeros beyond the borders: `[c, n, h, w]` to `[9 * c, n * h * w]`, taps first by
/// place and then by channel.
fn neighbourhoods(x: Tensor<4>) -> Tensor<2> {
    let [c, n, h, w] = x.dims();
    let padded = x.pad((1, 1, 1, 1), PadMode::Constant(0.0));
    let places = (0..9).map(|place| {
        let (y, x) = (place / 3, place % 3);
        padded.clone().slice([0..c, 0..n, y..y + h, x..x + w])
    });
    flat(Tensor::cat(places.collect(), 0))
}

/// The weights as torchvision has them, in half precision, as a `.safetensors` file; those of the classes are left out,
/// unless they are wanted.
///
/// # Errors
/// When a weight is not finite: then the training went wrong.
pub fn to_torch(parameters: &[Tensor<2>], with_classes: bool) -> Result<Vec<u8>> {
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)> = BTreeMap::new();
    for (convolution, pair) in convolutions().into_iter().zip(parameters.chunks_exact(2)) {
        let Convolution { name, out, channels, side } = convolution;
        if out == CLASSES && !with_classes {
            continue;
        }
        let [weight, bias] = pair else { unreachable!("chunks of two") };
        let (weight, bias) = (floats(weight)?, floats(bias)?);
        if weight.iter().chain(&bias).any(|value| !value.is_finite() || value.abs() > 60_000.0) {
            bail!("{name} holds numbers that are none any more");
        }
        let taps = channels * side * side;
        let by_channel = (0..out * taps).map(|index| {
            let (row, channel, place) = (index / taps, index % taps / (side * side), index % (side * side));
            weight[row * taps + column(&name, channel, place, channels, side)]
        });
        tensors.insert(format!("{name}.weight"), (vec![out, channels, side, side], halves(by_channel)));
        tensors.insert(format!("{name}.bias"), (vec![out], halves(bias.iter().copied())));
    }
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| Ok((name, TensorView::new(Dtype::F16, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(safetensors::serialize(views, None)?)
}

/// Where a tap lies in a row of weights: the stem's taps come by channel, those of the others by place.
fn column(name: &str, channel: usize, place: usize, channels: usize, side: usize) -> usize {
    if name == "features.0" { channel * side * side + place } else { place * channels + channel }
}

fn halves(values: impl Iterator<Item = f32>) -> Vec<u8> {
    values.flat_map(|value| f16::from_f32(value).to_le_bytes()).collect()
}

/// A tensor's numbers.
pub fn floats(tensor: &Tensor<2>) -> Result<Vec<f32>> {
    tensor.clone().into_data().try_into_vec::<f32>().map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// Named tensors of single precision as a `.safetensors` file.
pub fn save(tensors: &[(String, Tensor<2>)], notes: &[(&str, String)]) -> Result<Vec<u8>> {
    let bytes: Vec<(&String, [usize; 2], Vec<u8>)> = tensors
        .iter()
        .map(|(name, tensor)| Ok((name, tensor.dims(), bytemuck::cast_slice(&floats(tensor)?).to_vec())))
        .collect::<Result<_>>()?;
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.to_vec(), bytes)?)))
        .collect::<Result<Vec<_>>>()?;
    let notes = notes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Ok(safetensors::serialize(views, Some(notes))?)
}

/// A tensor of a file that [`save`] wrote.
pub fn read(file: &SafeTensors, name: &str, device: &Device) -> Result<Tensor<2>> {
    let view = file.tensor(name).with_context(|| format!("the checkpoint lacks {name}"))?;
    let &[rows, columns] = view.shape() else { bail!("{name} in the checkpoint is no table") };
    let values: Vec<f32> = view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Ok(Tensor::from_data(TensorData::new(values, [rows, columns]), device))
}
