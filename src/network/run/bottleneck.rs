//! Bottlenecks on this processor: a convolution of single pixels that widens, one of single channels and one of single pixels
//! that narrows again, done as one where nobody looks at what is between, as the kernels can; with the sum behind them that adds
//! what a shortcut brings.

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{self, BottleneckShape, BottleneckWork, Layer};
use tiramisu_kernels::planes::Summary;

use super::{
    super::{
        Activation, Combination, Convolution, Graph, Op, Source,
        layout::{Layout, kept},
    },
    chains::{self, Chain, Chains},
    host::lend,
    host_elements,
    scratch::with_memory,
    threads,
};

/// Three chains that run as one, or two where nothing widens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bottleneck {
    expand: Option<Chain>,
    depthwise: Chain,
    project: Chain,
    /// Whose output is added to that of the last one.
    shortcut: Option<Shortcut>,
}

/// A sum of a bottleneck's output and one other value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Shortcut {
    sum: usize,
    /// Which of the sum's two inputs is not the bottleneck's.
    input: usize,
}

impl Bottleneck {
    /// Those of the nodes that `is_needed`. Where `may_look`, somebody may want to know what the layers in between come to.
    pub fn find(graph: &Graph, is_needed: &[bool], chains: &Chains, may_look: bool) -> Vec<Self> {
        let starting = chains.starting();
        // The chain of the convolution that a node's only input comes from, if it goes nowhere else.
        let before = |node: usize, takers: &[Option<usize>]| {
            let [Source::Node(last)] = graph.nodes[node].inputs[..] else { return None };
            if takers[last] != Some(node) {
                return None;
            }
            let chain = chains.ending[last].unwrap_or(Chain { first: last, last });
            matches!(graph.nodes[chain.first].op, Op::Convolution(_)).then_some(chain)
        };
        let is = |node: usize, is: fn(&Convolution) -> bool| matches!(&graph.nodes[node].op, Op::Convolution(convolution) if is(convolution));
        // The sum that a node's output goes to, and nowhere else, if that is all it does, and no other bottleneck does it.
        let shortcut = |node: usize, found: &[Self], takers: &[Option<usize>]| {
            let sum = takers[node]?;
            let Op::Combine(Combination::Sum(weights)) = &graph.nodes[sum].op else { return None };
            let [one, other] = graph.nodes[sum].inputs[..] else { return None };
            let is_plain = weights.iter().all(|weight| *weight == 1.0) && starting[sum].is_none();
            let is_free = found.iter().all(|other| other.last() != sum);
            let are_alike = graph.value(one).dims == graph.value(other).dims;
            let input = usize::from(one == Source::Node(node));
            (is_plain && is_free && are_alike).then_some(Shortcut { sum, input })
        };
        let mut found: Vec<Self> = Vec::new();
        let of_node = |node: usize, found: &[Self], takers: &[Option<usize>]| {
            if !is_needed[node] || !is(node, is_pointwise) {
                return None;
            }
            let depthwise = before(node, takers).filter(|chain| is(chain.first, is_depthwise))?;
            let project = starting[node].unwrap_or(Chain { first: node, last: node });
            // What one narrows to, the next one may not widen again.
            let is_free = |chain: &Chain| found.iter().all(|other| other.project != *chain);
            let expand =
                before(depthwise.first, takers).filter(|chain| is(chain.first, is_pointwise) && is_free(chain));
            Some(Self { expand, depthwise, project, shortcut: shortcut(project.last, found, takers) })
        };
        for node in 0..graph.nodes.len() {
            let looked_into = may_look.then(|| of_node(node, &found, &chains.sole_taker)).flatten();
            let looked_into = looked_into.filter(|bottleneck| bottleneck.can_be_looked_into(graph));
            found.extend(looked_into.or_else(|| of_node(node, &found, &chains.only_taker)));
        }
        found
    }

    /// Whether all that is between is computed, and planes of channels.
    fn can_be_looked_into(self, graph: &Graph) -> bool {
        let Op::Convolution(depthwise) = &graph.nodes[self.depthwise.first].op else { return false };
        let input = graph.nodes[self.first()].inputs.first().map(|input| graph.value(*input).dims);
        let [_, h, w] = input.map_or([0; 3], kept);
        let are_planes = self.layers_inside().into_iter().flatten().all(|node| {
            let node = &graph.nodes[node];
            node.dims.len() == 3 && matches!(node.layout, Layout::Usual | Layout::Unknown)
        });
        are_planes && h * w > 0 && shape(None, depthwise, 1).sees_all_rows([h, w])
    }

    /// The nodes whose outputs are between, as far as there are any: of what widens, of the depthwise convolution, and of what
    /// narrows, where a sum comes after it.
    pub fn layers_inside(self) -> [Option<usize>; 3] {
        let narrowed = self.shortcut.map(|_| self.project.last);
        [self.expand.map(|chain| chain.last), Some(self.depthwise.last), narrowed]
    }

    /// What it does, one after the other, to what comes in.
    pub fn chains(self) -> impl Iterator<Item = Chain> {
        self.expand.into_iter().chain([self.depthwise, self.project])
    }

    /// The sum at its end, and which of its two inputs is what a shortcut brings.
    pub fn sum(self) -> Option<(Chain, usize)> {
        self.shortcut.map(|Shortcut { sum, input }| (Chain { first: sum, last: sum }, input))
    }

    fn first(self) -> usize {
        self.expand.unwrap_or(self.depthwise).first
    }

    /// What is taken: the picture, and what is added to its output.
    pub fn inputs(self, graph: &Graph) -> Vec<Source> {
        let added = self.shortcut.map(|Shortcut { sum, input }| graph.nodes[sum].inputs[input]);
        graph.nodes[self.first()].inputs.iter().copied().chain(added).collect()
    }

    /// The node whose output comes out.
    pub fn last(self) -> usize {
        self.shortcut.map_or(self.project.last, |shortcut| shortcut.sum)
    }

    /// All nodes but the last one.
    pub fn nodes(self, graph: &Graph) -> impl Iterator<Item = usize> {
        let before = move |node: usize| {
            let input = graph.nodes[node].inputs.first()?;
            input.node().filter(|_| node != self.first())
        };
        let last = if self.shortcut.is_some() { Some(self.project.last) } else { before(self.project.last) };
        std::iter::successors(last, move |node| before(*node))
    }

    /// The chains with their activations.
    fn layers(self, graph: &Graph) -> [Option<(Convolution, Option<Activation>)>; 3] {
        [self.expand, Some(self.depthwise), Some(self.project)].map(|chain| {
            let (op, then) = chains::join(graph, chain?);
            let Op::Convolution(convolution) = op else { return None };
            Some((convolution, then))
        })
    }
}

/// Whether each output pixel sees the input pixel at its place and nothing else.
fn is_pointwise(convolution: &Convolution) -> bool {
    let Convolution { weight, stride, padding, groups, .. } = convolution;
    weight.shape[2..] == [1, 1] && *stride == [1, 1] && *padding == [(0, 0); 2] && *groups == 1
}

/// Whether each output channel sees the input channel at its place and nothing else.
fn is_depthwise(convolution: &Convolution) -> bool {
    let Convolution { weight, groups, .. } = convolution;
    weight.shape[1] == 1 && weight.shape[0] == *groups && *groups > 1
}

/// A bottleneck whose weights lie as the kernels read them.
pub(super) struct HostBottleneck {
    bottleneck: convolution::Bottleneck,
    out: usize,
    device: Device,
}

impl HostBottleneck {
    /// # Panics
    /// When the graph has no such bottleneck.
    pub fn new(graph: &Graph, bottleneck: Bottleneck, device: &Device) -> Self {
        let [expand, depthwise, project] = bottleneck.layers(graph);
        let (depthwise, project) = depthwise.zip(project).expect("the chains of a bottleneck are convolutions");
        let out = project.0.weight.shape[0];
        let shape = shape(expand.as_ref().map(|(convolution, _)| convolution), &depthwise.0, out);
        let expand = expand.as_ref().map(layer);
        let bottleneck =
            convolution::Bottleneck::new(Instructions::best(), shape, expand, layer(&depthwise), layer(&project));
        Self { bottleneck, out, device: device.clone() }
    }

    /// # Shapes
    /// `inputs`: `[n, c, h, w]` and, where something is added, `[n, out, h', w']`; returns `[n, out, h', w']`.
    pub fn apply(&self, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        self.look(inputs, [false; 3]).0
    }

    /// As [`apply`](Self::apply), and what the planes come to of those layers inside that are `looked_at`
    /// ([`Bottleneck::layers_inside`]). Where a mean is no number, nothing is known of that plane.
    ///
    /// # Shapes
    /// Of each layer `[n, c]`, and nothing of others.
    pub fn look(&self, inputs: Vec<Tensor<4>>, looked_at: [bool; 3]) -> (Tensor<4>, [Vec<Summary>; 3]) {
        let mut inputs = inputs.into_iter();
        let x = inputs.next().expect("shapes were checked: a convolution has an input");
        let [n, _, h, w] = x.dims();
        let threads = rayon::current_num_threads();
        let plan = match looked_at.contains(&true) {
            true => self.bottleneck.plan_to_look([h, w], n, threads),
            false => self.bottleneck.plan([h, w], n, threads),
        };
        let do_all = |work: BottleneckWork<'_>| {
            let parts = threads::divide(work, BottleneckWork::split);
            threads::each(parts, |work| with_memory(|memory| work.apply(memory)));
        };
        let (values, seen) = match inputs.next() {
            Some(added) => lend(added, |added| lend(x, |input| plan.look(input, Some(added), looked_at, do_all))),
            None => lend(x, |input| plan.look(input, None, looked_at, do_all)),
        };
        let [out_h, out_w] = plan.output();
        (Tensor::from_data(TensorData::new(values, [n, self.out, out_h, out_w]), &self.device), seen)
    }
}

fn shape(expand: Option<&Convolution>, depthwise: &Convolution, out: usize) -> BottleneckShape {
    let Convolution { weight, stride, padding, dilation, .. } = depthwise;
    let wide = weight.shape[0];
    BottleneckShape {
        channels: expand.map_or(wide, |convolution| convolution.weight.shape[1]),
        wide,
        out,
        kernel: [weight.shape[2], weight.shape[3]],
        stride: *stride,
        padding: *padding,
        dilation: *dilation,
    }
}

fn layer((convolution, then): &(Convolution, Option<Activation>)) -> Layer<'_> {
    Layer {
        weights: &convolution.weight.values,
        bias: convolution.bias.as_ref().map(|bias| &bias.values[..]),
        bounds: then.and_then(host_elements::bounds),
    }
}
