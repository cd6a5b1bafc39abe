//! Which steps run in lines, and how: convolutions that follow one another, and what lies between them.
//!
//! Sixteen channels of a pixel side by side are what convolutions read and write best, where the processor has registers for it. What
//! comes in is turned into lines where the first of them takes it, and into planes where something else takes it, or somebody looks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use burn::tensor::Device;
use tiramisu_kernels::{
    Instructions,
    convolution::{Lined, LinedConvolution, LinedPart, LinedSum, Shape, apply_lined},
    pool::Pool,
};

use super::{
    super::{
        Graph, Op, Source,
        layout::{Layout, kept},
    },
    chains::{self, Chain},
    host_elements, host_pool,
    merged::MergedConvolution,
    plan::Step,
    scratch::with_memory,
    threads,
    value::do_all,
};

/// Channels of a line: of fewer most of each would be in vain.
const LINE: usize = 16;

/// What runs in lines, with weights as they are read.
#[derive(Default)]
pub(super) struct InLines {
    /// For each node whether it is a convolution that may, once somebody asked.
    may: Mutex<Option<Arc<[bool]>>>,
    convolutions: Mutex<HashMap<Chain, Arc<LinedConvolution>>>,
}

impl InLines {
    /// Which of the steps run in lines.
    pub fn find(&self, graph: &Graph, order: &[Step]) -> Vec<bool> {
        let may = self.may(graph);
        let step_of: HashMap<usize, usize> =
            order.iter().enumerate().map(|(place, step)| (step.last(), place)).collect();
        let is_pool = |step: Step| matches!(step, Step::Chain(chain) if is_pool(graph, chain));
        // Where the step is whose output another one takes, through pools if that is so.
        let taken_from = |step: Step| -> Vec<usize> {
            let steps = step.inputs(graph).into_iter().filter_map(Source::node);
            steps.filter_map(|node| step_of.get(&node).copied()).collect()
        };
        let may_step = |step: Step| match step {
            Step::Chain(chain) => may[chain.first],
            Step::Residual(residual) => may[residual.convolution.first],
            Step::Joined(joined) => {
                let chains = joined.chains(graph);
                let is_whole = |chain: &Chain| kept(&graph.nodes[chain.last].dims)[0].is_multiple_of(LINE);
                chains.iter().all(|chain| may[chain.first])
                    && chains.split_last().is_none_or(|(_, others)| others.iter().all(is_whole))
            }
            Step::Bottleneck(_) => false,
        };
        let mut are_lined = vec![false; order.len()];
        for (place, step) in order.iter().enumerate().filter(|(_, step)| may_step(**step)) {
            for mut from in taken_from(*step) {
                while is_pool(order[from])
                    && let [before] = taken_from(order[from])[..]
                {
                    from = before;
                }
                if may_step(order[from]) {
                    (are_lined[from], are_lined[place]) = (true, true);
                }
            }
        }
        for (place, step) in order.iter().enumerate().filter(|(_, step)| is_pool(**step)) {
            are_lined[place] = taken_from(*step).iter().all(|from| are_lined[*from]) && !taken_from(*step).is_empty();
        }
        are_lined
    }

    fn may(&self, graph: &Graph) -> Arc<[bool]> {
        let mut may = self.may.lock().unwrap_or_else(PoisonError::into_inner);
        may.get_or_insert_with(|| (0..graph.nodes.len()).map(|node| may_be_lined(graph, node)).collect()).clone()
    }

    /// What comes out of a step of some values in lines.
    ///
    /// # Panics
    /// When it is none of those that [`find`](Self::find) tells.
    pub fn run(&self, graph: &Graph, step: Step, inputs: &[Arc<Lined>]) -> Lined {
        let threads = rayon::current_num_threads();
        let (chains, sum) = match step {
            Step::Chain(chain) if is_pool(graph, chain) => {
                let node = &graph.nodes[chain.first];
                let Op::Pool(pool) = &node.op else { unreachable!("it is a pool") };
                let [_, h, w] = kept(&node.dims);
                let shape = host_pool::shape(pool, inputs[0].size(), [h, w]);
                return Pool::new(Instructions::best(), shape).fold_lined(&inputs[0], threads, do_all);
            }
            Step::Chain(chain) => (vec![chain], None),
            Step::Residual(residual) => {
                let sum = LinedSum { addend: &inputs[inputs.len() - 1], bounds: residual.bounds(graph) };
                (vec![residual.convolution], Some(sum))
            }
            Step::Joined(joined) => (joined.chains(graph), None),
            Step::Bottleneck(_) => unreachable!("what is inside a bottleneck lies in lines of its own"),
        };
        let convolutions: Vec<Arc<LinedConvolution>> =
            chains.iter().map(|chain| self.convolution(graph, *chain)).collect();
        let parts: Vec<LinedPart<'_>> =
            convolutions.iter().zip(inputs).map(|(convolution, input)| LinedPart { convolution, input }).collect();
        apply_lined(&parts, sum, threads, |pieces| {
            threads::each(threads::alongside(pieces), |piece| with_memory(|memory| piece.apply(memory)));
        })
    }

    fn convolution(&self, graph: &Graph, chain: Chain) -> Arc<LinedConvolution> {
        let make = || {
            let (op, then) = chains::join(graph, chain);
            let Op::Convolution(convolution) = &op else { unreachable!("what runs in lines is a convolution") };
            let weight = &convolution.weight;
            let shape = Shape {
                out: weight.shape[0],
                channels: weight.shape[1],
                kernel: [weight.shape[2], weight.shape[3]],
                stride: convolution.stride,
                padding: convolution.padding,
                dilation: convolution.dilation,
                groups: convolution.groups,
            };
            let bias = convolution.bias.as_ref().map(|bias| &bias.values[..]);
            let bounds = then.and_then(host_elements::bounds);
            let [_, h, w] = kept(graph.value(graph.nodes[chain.first].inputs[0]).dims);
            Arc::new(LinedConvolution::new(Instructions::best(), shape, &weight.values, bias, bounds, [h, w]))
        };
        let mut convolutions = self.convolutions.lock().unwrap_or_else(PoisonError::into_inner);
        convolutions.entry(chain).or_insert_with(make).clone()
    }
}

fn is_pool(graph: &Graph, chain: Chain) -> bool {
    chain.first == chain.last && matches!(graph.nodes[chain.first].op, Op::Pool(_)) && are_planes(graph, chain.last)
}

fn are_planes(graph: &Graph, node: usize) -> bool {
    let node = &graph.nodes[node];
    node.dims.len() == 3
        && node.dims.iter().all(|size| *size > 0)
        && matches!(node.layout, Layout::Usual | Layout::Unknown)
}

/// Whether a node is a convolution that is not better done otherwise.
fn may_be_lined(graph: &Graph, node: usize) -> bool {
    let Op::Convolution(convolution) = &graph.nodes[node].op else { return false };
    let input = graph.nodes[node].inputs.first().map(|input| graph.value(*input).dims);
    convolution.groups == 1
        && convolution.weight.shape[..2].iter().all(|channels| *channels >= LINE)
        && are_planes(graph, node)
        && input.is_some_and(|dims| dims.len() == 3)
        && MergedConvolution::new(convolution, None, &Device::flex()).is_none()
}
