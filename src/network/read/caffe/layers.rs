//! From Caffe's layers to nodes.

use std::{collections::HashMap, path::Path};

use super::{
    super::super::{
        Activation, Combination, Graph, GraphBuilder, GraphError, Linear, NetworkError, Normalization, Op,
        Preprocessing, Source, Weights,
    },
    blobs::{Blobs, LayerBlobs},
    convolution,
    schema::{LayerParameter, eltwise_parameter::EltwiseOp, lrn_parameter::NormRegion},
};

/// What is wrong with a layer, before it is known which file is to blame.
pub(super) enum Problem {
    /// No code runs this type.
    Unknown { layer: String, kind: String },
    /// The description is wrong.
    Description(GraphError),
    /// The weights are wrong.
    Weights(GraphError),
}

impl Problem {
    /// Names the file to blame.
    pub fn with_paths(self, prototxt: &Path, caffemodel: &Path) -> NetworkError {
        match self {
            Self::Unknown { layer, kind } => NetworkError::UnknownLayer { layer, kind, path: prototxt.to_owned() },
            Self::Description(error) => NetworkError::Graph { error, path: prototxt.to_owned() },
            Self::Weights(error) => NetworkError::Graph { error, path: caffemodel.to_owned() },
        }
    }
}

/// Takes layers in the order of the file and keeps track of which node made which of Caffe's blobs last.
pub(super) struct Layers {
    builder: GraphBuilder,
    sources: HashMap<String, Source>,
    blobs: Blobs,
}

impl Layers {
    /// Starts with the blob that is the picture.
    pub fn new(builder: GraphBuilder, input: &str, blobs: Blobs) -> Self {
        Self { builder, sources: HashMap::from([(input.to_owned(), Source::Input)]), blobs }
    }

    /// Adds a layer. Working in place (`top` named like `bottom`) makes a node of its own.
    pub fn push(&mut self, layer: &LayerParameter) -> Result<(), Problem> {
        if matches!(layer.r#type(), "Input" | "Silence") {
            return Ok(());
        }
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let mut inputs = Vec::with_capacity(layer.bottom.len());
        for bottom in &layer.bottom {
            let source = self.sources.get(bottom);
            inputs.push(*source.ok_or_else(|| in_description(format!("takes `{bottom}`, which no layer makes")))?);
        }
        let Some(first) = inputs.first() else {
            return Err(in_description("takes nothing; it needs a `bottom`".to_owned()));
        };
        if layer.top.is_empty() || (layer.top.len() > 1 && layer.r#type() != "Split") {
            return Err(in_description(format!("makes {} outputs (`top`); it needs one", layer.top.len())));
        }
        let shape = self.builder.shape_of(*first);
        let op = self.op(layer, shape)?;
        let node = self.builder.push(layer.name(), layer.r#type(), op, &inputs).map_err(Problem::Description)?;
        for top in &layer.top {
            self.sources.insert(top.clone(), node);
        }
        Ok(())
    }

    /// The whole network.
    pub fn finish(self, name: &str, preprocessing: Preprocessing) -> Result<Graph, GraphError> {
        self.builder.finish(name, preprocessing)
    }

    /// What a layer does to its first input of `shape`.
    fn op(&mut self, layer: &LayerParameter, shape: [usize; 3]) -> Result<Op, Problem> {
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let in_weights = |reason: String| Problem::Weights(GraphError::layer(layer.name(), reason));
        let [c, ..] = shape;
        Ok(match layer.r#type() {
            // The second name is what forks of Caffe call a grouped convolution with one channel a group.
            "Convolution" | "DepthwiseConvolution" => {
                let param = layer.convolution_param.clone().unwrap_or_default();
                let blobs = self.blobs.of(layer.name(), convolution::blob_count(&param)).map_err(in_weights)?;
                convolution::convolution(&param, shape, blobs).map_err(in_weights)?
            }
            "InnerProduct" => {
                let param = layer.inner_product_param.clone().unwrap_or_default();
                if param.axis() != 1 {
                    return Err(in_description(format!("flattens from axis {}; only 1 can be run", param.axis())));
                }
                let count = 1 + usize::from(param.bias_term());
                let blobs = self.blobs.of(layer.name(), count).map_err(in_weights)?;
                let sizes = [param.num_output() as usize, shape.iter().product()];
                linear(blobs, sizes, param.transpose(), param.bias_term()).map_err(in_weights)?
            }
            "BatchNorm" => {
                let eps = layer.batch_norm_param.unwrap_or_default().eps();
                let blobs = self.blobs.of(layer.name(), 3).map_err(in_weights)?;
                batch_norm(blobs, c, eps).map_err(in_weights)?
            }
            "Scale" => {
                let param = layer.scale_param.clone().unwrap_or_default();
                if layer.bottom.len() > 1 || param.axis() != 1 || param.num_axes() != 1 {
                    return Err(in_description("scales by something other than one number a channel".to_owned()));
                }
                let count = 1 + usize::from(param.bias_term());
                let blobs = self.blobs.of(layer.name(), count).map_err(in_weights)?;
                scale(blobs, c, param.bias_term()).map_err(in_weights)?
            }
            "Pooling" => {
                let param = layer.pooling_param.unwrap_or_default();
                convolution::pooling(&param).map_err(in_description)?
            }
            "Power" => {
                let param = layer.power_param.unwrap_or_default();
                if param.power() != 1.0 {
                    return Err(in_description(format!("raises to the power {}; only 1 can be run", param.power())));
                }
                let every = |value: f32| Weights::vector(vec![value; c]);
                Op::Affine { scale: every(param.scale()), shift: every(param.shift()) }
            }
            "ReLU" => {
                Op::Activate(Activation::Rectify { slope: layer.relu_param.unwrap_or_default().negative_slope() })
            }
            "LRN" => normalization(layer),
            "Concat" => concat(layer).map_err(in_description)?,
            "Eltwise" => {
                let param = layer.eltwise_param.clone().unwrap_or_default();
                Op::Combine(match param.operation() {
                    EltwiseOp::Sum => Combination::Sum(param.coeff),
                    EltwiseOp::Prod => Combination::Product,
                    EltwiseOp::Max => Combination::Maximum,
                })
            }
            "Softmax" => match layer.softmax_param.unwrap_or_default().axis() {
                1 => Op::Softmax,
                axis => return Err(in_description(format!("works along axis {axis}; only 1 can be run"))),
            },
            "Flatten" => Op::Flatten,
            "Dropout" | "Split" => Op::Identity,
            "Sigmoid" => Op::Activate(Activation::Sigmoid),
            "TanH" => Op::Activate(Activation::Tanh),
            kind => return Err(Problem::Unknown { layer: layer.name().to_owned(), kind: kind.to_owned() }),
        })
    }
}

/// A fully connected layer of `[out, taken]` numbers; some files hold them the other way round.
fn linear(mut blobs: LayerBlobs, [out, taken]: [usize; 2], is_transposed: bool, has_bias: bool) -> Result<Op, String> {
    let weight = if is_transposed {
        let weight = blobs.take(0, &[taken, out])?;
        let values = (0..out * taken).map(|place| weight.values[(place % taken) * out + place / taken]).collect();
        Weights::new(vec![out, taken], values)
    } else {
        blobs.take(0, &[out, taken])?
    };
    let bias = if has_bias { Some(blobs.take(1, &[out])?) } else { None };
    Ok(Op::Linear(Linear { weight, bias }))
}

/// Caffe stores sums of means and of variances, and in a third blob by what to divide them.
fn batch_norm(mut blobs: LayerBlobs, c: usize, eps: f32) -> Result<Op, String> {
    let (mean, variance, factor) = (blobs.take(0, &[c])?, blobs.take(1, &[c])?, blobs.take(2, &[1])?);
    let factor = f64::from(factor.values[0]);
    let factor = if factor == 0.0 { 0.0 } else { 1.0 / factor };
    let both = mean.values.iter().zip(variance.values.iter()).map(|(mean, variance)| {
        let scale = 1.0 / (f64::from(*variance) * factor + f64::from(eps)).sqrt();
        (scale as f32, (-f64::from(*mean) * factor * scale) as f32)
    });
    let (scale, shift) = both.unzip();
    Ok(Op::Affine { scale: Weights::vector(scale), shift: Weights::vector(shift) })
}

fn scale(mut blobs: LayerBlobs, c: usize, has_bias: bool) -> Result<Op, String> {
    let scale = blobs.take(0, &[c])?;
    let shift = if has_bias { blobs.take(1, &[c])? } else { Weights::vector(vec![0.0; c]) };
    Ok(Op::Affine { scale, shift })
}

fn normalization(layer: &LayerParameter) -> Op {
    let param = layer.lrn_param.unwrap_or_default();
    let within_channel = param.norm_region() == NormRegion::WithinChannel;
    Op::Normalize(Normalization {
        size: param.local_size() as usize,
        alpha: param.alpha(),
        beta: param.beta(),
        // Caffe's version within a channel has a fixed 1 here.
        k: if within_channel { 1.0 } else { param.k() },
        within_channel,
    })
}

fn concat(layer: &LayerParameter) -> Result<Op, String> {
    let param = layer.concat_param.unwrap_or_default();
    let axis = match param.concat_dim {
        Some(axis) => i64::from(axis),
        None if param.axis() < 0 => i64::from(param.axis()) + 4,
        None => i64::from(param.axis()),
    };
    match axis {
        1..=3 => Ok(Op::Concat { axis: axis as usize - 1 }),
        _ => Err(format!("joins along axis {axis}, which is not inside a picture")),
    }
}
