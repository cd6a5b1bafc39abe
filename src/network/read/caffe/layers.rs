//! From Caffe's layers to nodes.

use std::{collections::HashMap, path::Path};

use super::{
    super::super::{
        Combination, Graph, GraphBuilder, GraphError, Linear, NetworkError, Op, Pair, Preprocessing, Source, Weights,
    },
    activations,
    blobs::{Blobs, LayerBlobs},
    convolution,
    input::Input,
    scaling,
    schema::{LayerParameter, eltwise_parameter::EltwiseOp},
    shaping::{self, Shaped},
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

/// What one of Caffe's blobs holds at some point of the network.
#[derive(Clone)]
struct Value {
    source: Source,
    /// Its dimensions in Caffe, without the images': two of them are not the same as three with a length of 1.
    dims: Vec<usize>,
}

impl Value {
    /// Channels, height, width.
    fn planes(&self) -> Result<[usize; 3], String> {
        match self.dims[..] {
            [c] => Ok([c, 1, 1]),
            [c, h, w] => Ok([c, h, w]),
            _ => Err(format!("needs channels, height and width, but its input has dimensions {:?}", self.dims)),
        }
    }
}

/// Takes layers in the order of the file and keeps track of which node made which of Caffe's blobs last.
pub(super) struct Layers {
    builder: GraphBuilder,
    values: HashMap<String, Value>,
    blobs: Blobs,
    batch: usize,
}

impl Layers {
    /// Starts with the blob that is the picture.
    pub fn new(builder: GraphBuilder, input: &Input, blobs: Blobs) -> Self {
        let picture = Value { source: Source::Input, dims: input.shape.to_vec() };
        Self { builder, values: HashMap::from([(input.name.clone(), picture)]), blobs, batch: input.batch }
    }

    /// Adds a layer. Working in place (`top` named like `bottom`) makes a node of its own.
    pub fn push(&mut self, layer: &LayerParameter) -> Result<(), Problem> {
        if matches!(layer.r#type(), "Input" | "Silence") {
            return Ok(());
        }
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let mut inputs = Vec::with_capacity(layer.bottom.len());
        for bottom in &layer.bottom {
            let value = self.values.get(bottom);
            inputs
                .push(value.cloned().ok_or_else(|| in_description(format!("takes `{bottom}`, which no layer makes")))?);
        }
        if inputs.is_empty() {
            return Err(in_description("takes nothing; it needs a `bottom`".to_owned()));
        }
        let makes_several = matches!(layer.r#type(), "Split" | "Slice");
        if layer.top.is_empty() || (layer.top.len() > 1 && !makes_several) {
            return Err(in_description(format!("makes {} outputs (`top`); it needs one", layer.top.len())));
        }
        let made = self.make(layer, &inputs)?;
        // One value for all, or one for each.
        for (index, top) in layer.top.iter().enumerate() {
            self.values.insert(top.clone(), made[index.min(made.len() - 1)].clone());
        }
        Ok(())
    }

    /// The whole network.
    pub fn finish(self, name: &str, preprocessing: Preprocessing) -> Result<Graph, GraphError> {
        self.builder.finish(name, preprocessing)
    }

    /// Pushes the nodes of a layer and returns its outputs, of which there is at least one.
    fn make(&mut self, layer: &LayerParameter, inputs: &[Value]) -> Result<Vec<Value>, Problem> {
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let first = &inputs[0];
        let dims = &first.dims;
        if let Some(op) = activations::activation(layer, dims).map_err(in_description)? {
            return self.one(layer, (op, dims.clone()), inputs);
        }
        let shaped: Shaped = match layer.r#type() {
            "Slice" => {
                let param = layer.slice_param.clone().unwrap_or_default();
                let parts = shaping::slice(&param, dims, layer.top.len()).map_err(in_description)?;
                let parts = parts.into_iter().zip(&layer.top);
                return parts.map(|(part, top)| self.node(layer, Some(top), part, &inputs[..1])).collect();
            }
            "Crop" => {
                let Some(other) = inputs.get(1) else {
                    return Err(in_description("needs a second `bottom`, to whose size it cuts".to_owned()));
                };
                let param = layer.crop_param.clone().unwrap_or_default();
                let shaped = shaping::crop(&param, dims, &other.dims).map_err(in_description)?;
                // Of the other only the size counts.
                return self.one(layer, shaped, &inputs[..1]);
            }
            "Axpy" => return self.scale_and_add(layer, inputs),
            "Scale" if inputs.len() == 2 => {
                let param = layer.scale_param.clone().unwrap_or_default();
                if param.bias_term() {
                    return Err(in_description(
                        "scales by another layer and adds a bias; only one can be run".to_owned(),
                    ));
                }
                return self.with_other(layer, Pair::Multiply, param.axis(), inputs);
            }
            "Bias" if inputs.len() == 2 => {
                let axis = layer.bias_param.clone().unwrap_or_default().axis();
                return self.with_other(layer, Pair::Add, axis, inputs);
            }
            "Scale" | "Bias" => return self.with_own(layer, first),
            "Normalize" => return self.divide_by_length(layer, first),
            "MVN" => {
                let param = layer.mvn_param.unwrap_or_default();
                if param.normalize_variance() {
                    (scaling::standardize(param, dims), dims.clone())
                } else {
                    let means = scaling::means(param, dims);
                    let shape = if param.across_channels() { vec![1] } else { vec![dims[0], 1, 1] };
                    let means = self.node(layer, Some("mean"), (means, shape), inputs)?;
                    let op = Op::Combine(Combination::Difference);
                    return self.one(layer, (op, dims.clone()), &[first.clone(), means]);
                }
            }
            "Concat" => {
                let dims: Vec<&[usize]> = inputs.iter().map(|input| &input.dims[..]).collect();
                shaping::concat(&layer.concat_param.unwrap_or_default(), &dims).map_err(in_description)?
            }
            "Eltwise" => {
                let param = layer.eltwise_param.clone().unwrap_or_default();
                if let Some(other) = inputs.iter().find(|other| other.dims != *dims) {
                    return Err(in_description(format!("cannot combine shapes {dims:?} and {:?}", other.dims)));
                }
                let combination = match param.operation() {
                    EltwiseOp::Sum => Combination::Sum(param.coeff),
                    EltwiseOp::Prod => Combination::Product,
                    EltwiseOp::Max => Combination::Maximum,
                };
                (Op::Combine(combination), dims.clone())
            }
            "Reshape" => {
                let param = layer.reshape_param.clone().unwrap_or_default();
                shaping::reshape(&param, dims, self.batch).map_err(in_description)?
            }
            "Flatten" => shaping::flatten(&layer.flatten_param.unwrap_or_default(), dims).map_err(in_description)?,
            "Permute" => {
                let param = layer.permute_param.clone().unwrap_or_default();
                shaping::permute(&param.order, dims).map_err(in_description)?
            }
            "ShuffleChannel" => {
                let groups = layer.shuffle_channel_param.unwrap_or_default().group() as usize;
                shaping::shuffle(groups, dims).map_err(in_description)?
            }
            "Tile" => shaping::tile(&layer.tile_param.unwrap_or_default(), dims).map_err(in_description)?,
            "Softmax" => {
                shaping::softmax(layer.softmax_param.unwrap_or_default().axis(), dims).map_err(in_description)?
            }
            "Reduction" => {
                let param = layer.reduction_param.unwrap_or_default();
                let shaped = shaping::reduce(&param, dims).map_err(in_description)?;
                if param.coeff() != 1.0 {
                    let reduced = self.node(layer, Some("sum"), shaped, inputs)?;
                    let dims = reduced.dims.clone();
                    let op = Op::Activate(activations::times(param.coeff()));
                    return self.one(layer, (op, dims), &[reduced]);
                }
                shaped
            }
            "ArgMax" => {
                let reason = "says where the largest value is, which is nothing to look at; take this layer and what \
                              follows out of the .prototxt";
                return Err(in_description(reason.to_owned()));
            }
            "Dropout" | "Split" => (Op::Identity, dims.clone()),
            _ => {
                let op = self.op_on_first_input(layer, first)?;
                let is_vector = matches!(op, Op::Linear(_));
                let node = self.node(layer, None, (op, Vec::new()), inputs)?;
                let [c, h, w] = self.builder.shape_of(node.source);
                let dims = if is_vector { vec![c] } else { vec![c, h, w] };
                return Ok(vec![Value { dims, ..node }]);
            }
        };
        self.one(layer, shaped, inputs)
    }

    /// What a layer with weights, or with windows, does to its first input.
    fn op_on_first_input(&mut self, layer: &LayerParameter, input: &Value) -> Result<Op, Problem> {
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let in_weights = |reason: String| Problem::Weights(GraphError::layer(layer.name(), reason));
        let planes = || input.planes().map_err(in_description);
        Ok(match layer.r#type() {
            // The second name is what forks of Caffe call a grouped convolution with one channel a group.
            kind @ ("Convolution" | "DepthwiseConvolution" | "ConvolutionDepthwise" | "Deconvolution") => {
                let param = layer.convolution_param.clone().unwrap_or_default();
                let blobs = self.blobs.of(layer.name(), convolution::blob_count(&param)).map_err(in_weights)?;
                let read = if kind == "Deconvolution" { convolution::deconvolution } else { convolution::convolution };
                read(&param, planes()?, blobs).map_err(in_weights)?
            }
            "InnerProduct" => {
                let param = layer.inner_product_param.clone().unwrap_or_default();
                if param.axis() != 1 {
                    return Err(in_description(format!("flattens from axis {}; only 1 can be run", param.axis())));
                }
                let count = 1 + usize::from(param.bias_term());
                let blobs = self.blobs.of(layer.name(), count).map_err(in_weights)?;
                let sizes = [param.num_output() as usize, input.dims.iter().product()];
                linear(blobs, sizes, param.transpose(), param.bias_term()).map_err(in_weights)?
            }
            "BatchNorm" => {
                let param = layer.batch_norm_param.unwrap_or_default();
                if param.use_global_stats == Some(false) {
                    let reason = "normalises by the statistics of each batch (use_global_stats: false), as in training; \
                                  use the description for deployment";
                    return Err(in_description(reason.to_owned()));
                }
                let eps = param.eps();
                let blobs = self.blobs.of(layer.name(), 3).map_err(in_weights)?;
                scaling::batch_norm(blobs, planes()?[0], eps).map_err(in_weights)?
            }
            "PReLU" => {
                let blobs = self.blobs.of(layer.name(), 1).map_err(in_weights)?;
                activations::parametric(layer, planes()?[0], blobs).map_err(in_weights)?
            }
            "Pooling" => {
                let param = layer.pooling_param.unwrap_or_default();
                convolution::pooling(&param).map_err(in_description)?
            }
            "LRN" => scaling::local_response(layer),
            kind => return Err(Problem::Unknown { layer: layer.name().to_owned(), kind: kind.to_owned() }),
        })
    }

    /// Numbers of the file, along some axes: usually one a channel.
    fn with_own(&mut self, layer: &LayerParameter, input: &Value) -> Result<Vec<Value>, Problem> {
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let in_weights = |reason: String| Problem::Weights(GraphError::layer(layer.name(), reason));
        let dims = &input.dims;
        let (axis, num_axes, pairs) = if layer.r#type() == "Bias" {
            let param = layer.bias_param.clone().unwrap_or_default();
            (param.axis(), param.num_axes(), vec![Pair::Add])
        } else {
            let param = layer.scale_param.clone().unwrap_or_default();
            let pairs = if param.bias_term() { vec![Pair::Multiply, Pair::Add] } else { vec![Pair::Multiply] };
            (param.axis(), param.num_axes(), pairs)
        };
        let shape = scaling::along(dims, axis, num_axes).map_err(in_description)?;
        let mut blobs = self.blobs.of(layer.name(), pairs.len()).map_err(in_weights)?;
        if let (&[c, ..], Pair::Multiply, 1, 1) = (&dims[..], pairs[0], axis, num_axes)
            && matches!(dims.len(), 1 | 3)
        {
            let op = scaling::scale(blobs, c, pairs.len() == 2).map_err(in_weights)?;
            return self.one(layer, (op, dims.clone()), std::slice::from_ref(input));
        }
        // The file's shape leaves out the axes that the numbers are the same for.
        let own: Vec<usize> = shape.iter().zip(dims).filter(|(own, _)| **own != 1).map(|(own, _)| *own).collect();
        let mut value = input.clone();
        for (index, pair) in pairs.iter().enumerate() {
            let numbers = blobs.take_any(index, &own).map_err(in_weights)?;
            let op = scaling::with_constant(*pair, dims, &shape, numbers);
            let suffix = (index + 1 < pairs.len()).then_some("scale");
            value = self.node(layer, suffix, (op, dims.clone()), &[value])?;
        }
        Ok(vec![value])
    }

    /// Another layer's output, whose first axis is the `axis` of this one's input, the images counted as 0.
    fn with_other(
        &mut self,
        layer: &LayerParameter,
        pair: Pair,
        axis: i32,
        inputs: &[Value],
    ) -> Result<Vec<Value>, Problem> {
        let in_description = |reason: String| Problem::Description(GraphError::layer(layer.name(), reason));
        let (dims, other) = (&inputs[0].dims, &inputs[1].dims);
        if axis != 0 || other.len() > dims.len() {
            let reason = format!("scales by a value of {other:?} along axis {axis}; only axis 0 can be run");
            return Err(in_description(reason));
        }
        let mut shape = other.clone();
        shape.resize(dims.len(), 1);
        let op = scaling::with_other(pair, dims, &shape);
        self.one(layer, (op, dims.clone()), inputs)
    }

    /// The layer of squeeze-and-excitation networks: a number a channel, times the second input, plus the third.
    fn scale_and_add(&mut self, layer: &LayerParameter, inputs: &[Value]) -> Result<Vec<Value>, Problem> {
        let [scale, x, y] = inputs else {
            let reason = format!("takes {} inputs; it needs three", inputs.len());
            return Err(Problem::Description(GraphError::layer(layer.name(), reason)));
        };
        let product = [x.clone(), scale.clone()];
        let product = self.node(layer, Some("mul"), (Op::Combine(Combination::Product), x.dims.clone()), &product)?;
        let sum = [product, y.clone()];
        self.one(layer, (Op::Combine(Combination::Sum(Vec::new())), x.dims.clone()), &sum)
    }

    /// Vectors over the channels brought to length 1, then scaled.
    ///
    /// Liu et al., "ParseNet: Looking wider to see better" (2015).
    fn divide_by_length(&mut self, layer: &LayerParameter, input: &Value) -> Result<Vec<Value>, Problem> {
        let in_weights = |reason: String| Problem::Weights(GraphError::layer(layer.name(), reason));
        let param = layer.norm_param.clone().unwrap_or_default();
        let dims = &input.dims;
        let square = scaling::square_length(dims, param.across_spatial());
        let lengths = dims.iter().enumerate();
        let lengths = lengths.map(|(axis, size)| if axis == 0 || param.across_spatial() { 1 } else { *size }).collect();
        let square = self.node(layer, Some("square"), (square, lengths), std::slice::from_ref(input))?;
        let length = Op::Activate(activations::root_of_sum(param.eps()));
        let length = self.node(layer, Some("length"), (length, square.dims.clone()), &[square])?;
        let quotient = [input.clone(), length];
        let op = Op::Combine(Combination::Quotient);
        let quotient = self.node(layer, Some("quotient"), (op, dims.clone()), &quotient)?;
        let mut blobs = self.blobs.of(layer.name(), 1).map_err(in_weights)?;
        let c = if param.channel_shared() { 1 } else { dims[0] };
        let numbers = blobs.take_any(0, if c == 1 { &[] } else { &dims[..1] }).map_err(in_weights)?;
        let mut shape = vec![1; dims.len()];
        shape[0] = c;
        let op = scaling::with_constant(Pair::Multiply, dims, &shape, numbers);
        self.one(layer, (op, dims.clone()), &[quotient])
    }

    /// A layer of one node.
    fn one(&mut self, layer: &LayerParameter, shaped: Shaped, inputs: &[Value]) -> Result<Vec<Value>, Problem> {
        Ok(vec![self.node(layer, None, shaped, inputs)?])
    }

    /// A node named after its layer, with what it adds to the name where the layer is more than one.
    fn node(
        &mut self,
        layer: &LayerParameter,
        part: Option<&str>,
        (op, dims): Shaped,
        inputs: &[Value],
    ) -> Result<Value, Problem> {
        let name = match part {
            Some(part) => format!("{}/{part}", layer.name()),
            None => layer.name().to_owned(),
        };
        let sources: Vec<Source> = inputs.iter().map(|input| input.source).collect();
        let source = self.builder.push(&name, layer.r#type(), op, &sources).map_err(Problem::Description)?;
        Ok(Value { source, dims })
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
