//! The teacher: SqueezeNet 1.0, whose layers say what the student's should.
//!
//! With pictures a few pixels larger the teacher's planes are as large as the student's, except where it halves them
//! later than the student: there they are halved for it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use burn::tensor::{Device, Tensor, TensorData, module::max_pool2d, ops::MaxPoolOptions};
use tiramisu::network::{self, NetworkChoice, Runner};

use super::student::{self, CLASSES};

/// Side of the teacher's pictures less the student's.
pub const LARGER: usize = 4;
/// Its layers, beside what fire2 to fire9 of the student squeeze and expand to, and whether they are halved to fit.
const LAYERS: [(&str, bool); 17] = [
    ("fire2/relu_conv1x1_1", false),
    ("fire2/concat", false),
    ("fire3/relu_conv1x1_1", false),
    ("fire3/concat", false),
    ("fire4/relu_conv1x1_1", true),
    ("pool4", false),
    ("fire5/relu_conv1x1_1", false),
    ("fire5/concat", false),
    ("fire6/relu_conv1x1_1", true),
    ("fire6/concat", true),
    ("fire7/relu_conv1x1_1", true),
    ("fire7/concat", true),
    ("fire8/relu_conv1x1_1", true),
    ("pool8", false),
    ("fire9/relu_conv1x1_1", false),
    ("fire9/concat", false),
    ("relu_conv_final", false),
];
/// What the first layer's picture is taken as in the file.
const SIDE_IN_FILE: &str = "input_dim: 227";

/// The teacher for pictures of one size.
pub struct Teacher {
    runner: Runner,
    layers: Vec<usize>,
    side: usize,
}

/// What the teacher says of a batch: for each of its layers `[c, n, h, w]`, the last of them for the classes.
pub struct Lesson(pub Vec<TensorData>);

impl Teacher {
    /// Reads SqueezeNet 1.0 from Caffe's files, for pictures of `side` pixels.
    ///
    /// # Errors
    /// When the files are missing or of another network.
    pub fn open(prototxt: &Path, side: usize, device: &Device) -> Result<Self> {
        let text = std::fs::read_to_string(prototxt).with_context(|| format!("{}", prototxt.display()))?;
        ensure!(text.matches(SIDE_IN_FILE).count() == 2, "{}: not SqueezeNet 1.0 as published", prototxt.display());
        let folder = std::env::temp_dir().join(format!("tiramisu-teacher-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let resized = folder.join("teacher.prototxt");
        std::fs::write(&resized, text.replace(SIDE_IN_FILE, &format!("input_dim: {side}")))?;
        let caffemodel = prototxt.with_extension("caffemodel");
        let graph = network::load(&NetworkChoice::Caffe { prototxt: resized, caffemodel })?;
        std::fs::remove_dir_all(&folder)?;
        let layers = LAYERS
            .iter()
            .map(|(name, _)| graph.layer_named(name).with_context(|| format!("the teacher has no layer {name}")))
            .collect::<Result<_>>()?;
        Ok(Self { runner: Runner::new(Arc::new(graph), device)?, layers, side })
    }

    /// Looks at `n` pictures, interleaved RGB one after the other.
    pub fn teach(&self, rgb: &[u8], n: usize) -> Result<Lesson> {
        let preprocessing = &self.runner.graph().preprocessing;
        ensure!(preprocessing.width == self.side, "the teacher takes pictures of {} pixels", preprocessing.width);
        let batch = preprocessing.batch(rgb, n, self.runner.device());
        let mut said: Vec<Option<TensorData>> = vec![None; LAYERS.len()];
        self.runner.forward(batch, &self.layers, |layer, values| {
            let place = self.layers.iter().position(|wanted| *wanted == layer).expect("only wanted layers come");
            said[place] = Some(channels_first(values, LAYERS[place].1));
        });
        Ok(Lesson(said.into_iter().map(|values| values.expect("every wanted layer comes")).collect()))
    }
}

fn channels_first(values: Tensor<4>, halve: bool) -> TensorData {
    let [n, c, h, w] = values.dims();
    // The last convolution has a border around, where it sees nothing.
    let values = if c == CLASSES { values.slice([0..n, 0..c, 1..h - 1, 1..w - 1]) } else { values };
    let values = match halve {
        true => max_pool2d(values, MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_ceil_mode(true)),
        false => values,
    };
    values.permute([1, 0, 2, 3]).into_data()
}

/// What the student's stem sees of pictures, prepared as torchvision does: `[27, n * side * side]` with the side of the
/// plane after the stem.
pub fn stem(rgb: &[u8], n: usize, side: usize) -> TensorData {
    const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
    const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];
    let after = student::stem_side(side);
    let plane = after * after;
    let mut values = vec![0.0; 27 * n * plane];
    for (tap, row) in values.chunks_exact_mut(n * plane).enumerate() {
        let (channel, y, x) = (tap / 9, tap % 9 / 3, tap % 3);
        for (picture, plane) in rgb.chunks_exact(3 * side * side).zip(row.chunks_exact_mut(plane)) {
            for (line, to) in plane.chunks_exact_mut(after).enumerate() {
                let from = &picture[3 * ((2 * line + y) * side + x)..];
                for (to, pixel) in to.iter_mut().zip(from.chunks(6)) {
                    *to = (f32::from(pixel[channel]) / 255.0 - MEAN[channel]) / DEVIATION[channel];
                }
            }
        }
    }
    TensorData::new(values, [27, n * plane])
}
