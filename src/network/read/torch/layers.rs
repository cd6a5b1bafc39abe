//! Layers by the names of PyTorch's modules.

use super::{
    super::super::{
        Activation, Combination, Convolution, Function, General, GraphBuilder, GraphError, Linear, Op, Operand, Pool,
        PoolKind, Source, Weights,
    },
    state::State,
};

/// What pushing a layer may end in.
pub(super) type Pushed = Result<(), GraphError>;

/// ReLU.
pub(super) const RELU: (&str, Activation) = ("ReLU", Activation::Rectify { slope: 0.0 });
/// ReLU up to 6.
pub(super) const RELU6: (&str, Activation) = ("ReLU6", Activation::Clip { min: 0.0, max: 6.0 });
/// x times its sigmoid.
pub(super) const SILU: (&str, Activation) = ("SiLU", Activation::Swish);
/// The piecewise version of that.
pub(super) const HARD_SWISH: (&str, Activation) = ("Hardswish", Activation::HardSwish);
/// 1 / (1 + exp(-x)).
pub(super) const SIGMOID: (&str, Activation) = ("Sigmoid", Activation::Sigmoid);
/// The piecewise version of that.
pub(super) const HARD_SIGMOID: (&str, Activation) =
    ("Hardsigmoid", Activation::HardSigmoid { alpha: 1.0 / 6.0, beta: 0.5 });
/// x times the normal distribution's function.
pub(super) const GELU: (&str, Activation) = ("GELU", Activation::Gelu { tanh: false });

/// The mean, zeros around the picture left out.
pub(super) const MEAN: PoolKind = PoolKind::Average { count_padding: false };

/// Pushes layers one after the other. Each takes [`at`](Self::at), unless it takes several, and leaves its output there;
/// to branch, keep it and set it again.
///
/// Names are those of the modules inside the current [`scope`](Self::scope), and a layer's sizes those of its tensors.
pub(super) struct Layers {
    builder: GraphBuilder,
    state: State,
    scope: String,
    /// The value that the next layer takes.
    pub at: Source,
    /// What batch normalisation adds to the variance; PyTorch's own choice unless a family says otherwise.
    pub epsilon: f32,
    /// Whether the network goes on to its end.
    pub has_classes: bool,
}

impl Layers {
    /// Starts with the picture.
    pub fn new(builder: GraphBuilder, state: State) -> Self {
        Self { builder, state, scope: String::new(), at: Source::Input, epsilon: 1e-5, has_classes: true }
    }

    /// The nodes, and what became of the tensors.
    pub fn finish(self) -> (GraphBuilder, State) {
        (self.builder, self.state)
    }

    /// Pushes what `inside` pushes, as parts of the module `name`.
    pub fn scope(&mut self, name: impl AsRef<str>, inside: impl FnOnce(&mut Self) -> Pushed) -> Pushed {
        let outside = self.scope.len();
        self.scope.push_str(name.as_ref());
        self.scope.push('.');
        let pushed = inside(self);
        self.scope.truncate(outside);
        pushed
    }

    /// The tensors, by their full names.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether the module `name` has weights.
    pub fn has(&self, name: &str) -> bool {
        self.state.has(&self.key(name, "weight"))
    }

    /// The shape of the weights of module `name`; empty where it has none.
    pub fn shape(&self, name: &str) -> &[usize] {
        self.state.shape(&self.key(name, "weight"))
    }

    /// How many channels the module `name` puts out; 0 where it has no weights.
    pub fn outputs(&self, name: &str) -> usize {
        self.shape(name).first().copied().unwrap_or(0)
    }

    /// How many of the modules that `name` makes from 0 up have weights.
    pub fn count(&self, name: impl Fn(usize) -> String) -> usize {
        (0..).take_while(|index| self.has(&name(*index))).count()
    }

    /// The number of channels of the value that the next layer takes.
    pub fn channels(&self) -> usize {
        self.builder.shape_of(self.at)[0]
    }

    /// A convolution that keeps the size but for its stride.
    pub fn conv(&mut self, name: &str, stride: usize) -> Pushed {
        let [h, w] = self.kernel(name);
        self.conv_padded(name, stride, [h / 2, w / 2])
    }

    /// A convolution with these zeros around, in rows and columns. As many groups as its weights see too few channels.
    pub fn conv_padded(&mut self, name: &str, stride: usize, padding: [usize; 2]) -> Pushed {
        let (weight, bias) = (self.read(name, "weight")?, self.read_bias(name)?);
        let seen = weight.shape.get(1).copied().unwrap_or(0);
        let groups = self.channels().checked_div(seen).unwrap_or(0);
        let (stride, padding) = ([stride; 2], padding.map(|pad| (pad, pad)));
        self.push(
            name,
            "Conv2d",
            Op::Convolution(Convolution { weight, bias, stride, padding, dilation: [1; 2], groups }),
        )
    }

    /// A fully connected layer over the channels of every place: to us a convolution that sees one place.
    pub fn linear_everywhere(&mut self, name: &str) -> Pushed {
        let (weight, bias) = (self.read(name, "weight")?, self.read_bias(name)?);
        let mut shape = weight.shape.clone();
        shape.extend([1, 1]);
        let weight = Weights { shape, values: weight.values };
        let (stride, padding) = ([1; 2], [(0, 0); 2]);
        self.push(
            name,
            "Linear",
            Op::Convolution(Convolution { weight, bias, stride, padding, dilation: [1; 2], groups: 1 }),
        )
    }

    /// Batch normalisation with the statistics of training.
    pub fn batch_norm(&mut self, name: &str) -> Pushed {
        let (weight, bias) = (self.read(name, "weight")?, self.read(name, "bias")?);
        let (mean, variance) = (self.read(name, "running_mean")?, self.read(name, "running_var")?);
        let sizes = [&weight, &bias, &mean, &variance].map(|part| part.values.len());
        if sizes.iter().any(|size| *size != sizes[0]) {
            return Err(self.wrong(name, format!("its four tensors have {sizes:?} numbers, which must be as many")));
        }
        let epsilon = f64::from(self.epsilon);
        let parts = weight.values.iter().zip(bias.values.iter()).zip(mean.values.iter().zip(variance.values.iter()));
        let both = parts.map(|((weight, bias), (mean, variance))| {
            let scale = f64::from(*weight) / (f64::from(*variance) + epsilon).sqrt();
            (scale as f32, (f64::from(*bias) - f64::from(*mean) * scale) as f32)
        });
        let (scale, shift) = both.unzip();
        self.push(name, "BatchNorm2d", Op::Affine { scale: Weights::vector(scale), shift: Weights::vector(shift) })
    }

    /// Normalisation over the channels of every place.
    pub fn layer_norm(&mut self, name: &str, epsilon: f32) -> Pushed {
        let (scale, shift) = (self.read(name, "weight")?, self.read(name, "bias")?);
        self.push(name, "LayerNorm", Op::NormalizeChannels { scale, shift, epsilon })
    }

    /// One number a channel, times the value: the tensor `name` itself, of any shape.
    pub fn layer_scale(&mut self, name: &str) -> Pushed {
        let key = format!("{}{name}", self.scope);
        let scale = self.state.read(&key).map_err(|reason| self.wrong(name, reason))?;
        let shift = Weights::vector(vec![0.0; scale.values.len()]);
        let scale = Weights { shape: shift.shape.clone(), values: scale.values };
        self.push(name, "LayerScale", Op::Affine { scale, shift })
    }

    /// A function of one number.
    pub fn act(&mut self, name: &str, (kind, activation): (&str, Activation)) -> Pushed {
        self.push(name, kind, Op::Activate(activation))
    }

    /// ReLU.
    pub fn relu(&mut self, name: &str) -> Pushed {
        self.act(name, RELU)
    }

    /// Convolution, batch normalisation and, unless `None`, an activation: the parts 0, 1 and 2 of `name`.
    pub fn unit(&mut self, name: &str, stride: usize, activation: Option<(&str, Activation)>) -> Pushed {
        self.scope(name, |net| {
            net.conv("0", stride)?;
            net.batch_norm("1")?;
            activation.map_or(Ok(()), |activation| net.act("2", activation))
        })
    }

    /// Channels weighed by what two small layers make of their means.
    ///
    /// Hu, Shen, Sun, "Squeeze-and-excitation networks" (2018).
    pub fn squeeze_excite(&mut self, name: &str, inside: (&str, Activation), gate: (&str, Activation)) -> Pushed {
        self.scope(name, |net| {
            let value = net.at;
            net.global_pool("avgpool")?;
            net.conv("fc1", 1)?;
            net.act("activation", inside)?;
            net.conv("fc2", 1)?;
            net.act("scale_activation", gate)?;
            let inputs = [value, net.at];
            net.push_all("mul", "Mul", Op::Combine(Combination::Product), &inputs)
        })
    }

    /// The largest of each window; `ceil` as in [`Pool`].
    pub fn max_pool(&mut self, name: &str, kernel: usize, stride: usize, padding: usize, ceil: bool) -> Pushed {
        self.pool(name, "MaxPool2d", PoolKind::Maximum, [kernel, stride, padding], ceil)
    }

    /// The mean of each window, zeros around the picture counted.
    pub fn avg_pool(&mut self, name: &str, kernel: usize, stride: usize, padding: usize) -> Pushed {
        self.pool(name, "AvgPool2d", PoolKind::Average { count_padding: true }, [kernel, stride, padding], false)
    }

    fn pool(&mut self, name: &str, kind: &str, pool: PoolKind, [k, s, p]: [usize; 3], ceil: bool) -> Pushed {
        self.push(name, kind, Op::Pool(Pool { kind: pool, kernel: [k; 2], stride: [s; 2], padding: [(p, p); 2], ceil }))
    }

    /// The mean of each channel.
    pub fn global_pool(&mut self, name: &str) -> Pushed {
        self.push(name, "AdaptiveAvgPool2d", Op::GlobalPool(MEAN))
    }

    /// The means of `side` by `side` parts.
    pub fn adaptive_pool(&mut self, name: &str, side: usize) -> Pushed {
        self.push(name, "AdaptiveAvgPool2d", Op::AdaptivePool { kind: MEAN, output: [side; 2] })
    }

    /// All values as channels.
    pub fn flatten(&mut self, name: &str) -> Pushed {
        self.push(name, "Flatten", Op::Flatten)
    }

    /// Nothing, when a network is used; a layer to look at all the same.
    pub fn dropout(&mut self, name: &str) -> Pushed {
        self.push(name, "Dropout", Op::Identity)
    }

    /// A fully connected layer over everything.
    pub fn linear(&mut self, name: &str) -> Pushed {
        let (weight, bias) = (self.read(name, "weight")?, self.read_bias(name)?);
        self.push(name, "Linear", Op::Linear(Linear { weight, bias }))
    }

    /// The layer that names classes. A network cut off before it is a network too.
    pub fn classes(&mut self, name: &str) -> Pushed {
        self.has_classes = self.has(name);
        if self.has_classes { self.linear(name) } else { Ok(()) }
    }

    /// The sum of two values.
    pub fn add(&mut self, name: &str, inputs: [Source; 2]) -> Pushed {
        self.push_all(name, "Add", Op::Combine(Combination::Sum(Vec::new())), &inputs)
    }

    /// Values one after the other along their channels.
    pub fn concat(&mut self, name: &str, inputs: &[Source]) -> Pushed {
        self.push_all(name, "Concat", Op::Concat { axis: 0 }, inputs)
    }

    /// The first half of the channels (`part` 0) or the second (1).
    pub fn half(&mut self, name: &str, part: usize) -> Pushed {
        let [c, h, w] = self.builder.shape_of(self.at);
        let places = (part * (c / 2)..(part + 1) * (c / 2)).collect();
        let function = Function::Take { picks: vec![(0, places)] };
        let operands = vec![Operand::Input(vec![c, h, w])];
        self.push(name, "Chunk", Op::General(General { function, operands, output: vec![c / 2, h, w] }))
    }

    /// Channels dealt out anew: the first of every group, then the second of every group, and so on.
    pub fn shuffle(&mut self, name: &str, groups: usize) -> Pushed {
        let [c, h, w] = self.builder.shape_of(self.at);
        let operands = vec![Operand::Input(vec![groups, c / groups, h * w])];
        let function = Function::Permute { axes: vec![1, 0, 2] };
        self.push(name, "ChannelShuffle", Op::General(General { function, operands, output: vec![c, h, w] }))
    }

    fn push(&mut self, name: &str, kind: &str, op: Op) -> Pushed {
        self.push_all(name, kind, op, &[self.at])
    }

    fn push_all(&mut self, name: &str, kind: &str, op: Op, inputs: &[Source]) -> Pushed {
        self.at = self.builder.push(&format!("{}{name}", self.scope), kind, op, inputs)?;
        Ok(())
    }

    /// Height and width of a kernel; what is wrong with it is said when it is read.
    pub fn kernel(&self, name: &str) -> [usize; 2] {
        match self.shape(name) {
            [_, _, h, w] => [*h, *w],
            _ => [1, 1],
        }
    }

    fn read(&mut self, name: &str, part: &str) -> Result<Weights, GraphError> {
        let key = self.key(name, part);
        self.state.read(&key).map_err(|reason| self.wrong(name, reason))
    }

    fn read_bias(&mut self, name: &str) -> Result<Option<Weights>, GraphError> {
        if self.state.has(&self.key(name, "bias")) { self.read(name, "bias").map(Some) } else { Ok(None) }
    }

    fn key(&self, name: &str, part: &str) -> String {
        format!("{}{name}.{part}", self.scope)
    }

    /// An error of the layer `name` of this scope.
    pub fn wrong(&self, name: &str, reason: impl Into<String>) -> GraphError {
        GraphError::layer(&format!("{}{name}", self.scope), reason)
    }
}
