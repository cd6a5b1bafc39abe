//! The forward pass on a device.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod activate;
mod apply;
mod bottleneck;
mod chains;
mod deconvolution;
mod fold;
mod general;
mod host;
mod host_convolution;
mod host_elements;
mod host_normalization;
mod host_pool;
mod joined;
mod lined;
mod merged;
mod panels;
mod plan;
mod precision;
mod prepared;
mod product;
mod residual;
mod scratch;
mod steps;
mod threads;
mod upload;
mod value;

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use burn::tensor::{Device, Tensor};
use tiramisu_kernels::{Instructions, convolution::Lined, planes::Summary};

pub(super) use self::fold::fold;
pub use self::steps::StepTime;
use self::{
    bottleneck::{Bottleneck, HostBottleneck},
    chains::Chain,
    joined::Joined,
    lined::InLines,
    plan::{Plan, Step},
    prepared::Prepared,
    value::Value,
};
use super::{
    Graph, NetworkError, Node, Source,
    layout::{kept, look},
};
use crate::domain::Precision;

/// What is seen of a wanted layer.
#[allow(clippy::large_enum_variant, reason = "one at a time is handed over, and none is kept")]
pub enum Seen {
    /// All of it: `[n, c, h, w]`.
    Activation(Tensor<4>),
    /// What the planes come to, picture by picture and channel by channel: it was never whole in memory.
    Summaries(Vec<Summary>),
}

/// A network with its weights on a device, ready to run.
///
/// On a GPU tensors must not cross threads: make it and use it on one. On this processor several may run it at a time.
pub struct Runner {
    graph: Arc<Graph>,
    /// What was needed so far. A node that only ever runs as part of another is never put on the device.
    prepared: Mutex<HashMap<Step, Arc<Prepared>>>,
    in_lines: InLines,
    device: Device,
    precision: Precision,
}

impl Runner {
    /// Gets ready to run; weights go to the device when they are needed first.
    ///
    /// # Errors
    /// When the graph's parts do not fit together (which its builder rules out).
    pub fn new(graph: Arc<Graph>, device: &Device) -> Result<Self, NetworkError> {
        Self::with_precision(graph, device, Precision::Single)
    }

    /// As [`new`](Self::new), in numbers of this precision.
    ///
    /// # Errors
    /// As there. Whether the device knows such numbers is for who opened it to say.
    pub fn with_precision(graph: Arc<Graph>, device: &Device, precision: Precision) -> Result<Self, NetworkError> {
        graph.check().map_err(|error| NetworkError::Graph { error, path: graph.name.clone().into() })?;
        Ok(Self { graph, prepared: Mutex::default(), in_lines: InLines::default(), device: device.clone(), precision })
    }

    /// What runs.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Runs the network and hands each wanted layer's activation to `tap` as soon as it exists.
    ///
    /// Layers that no wanted one needs are not run, and an activation is freed after its last use. Normalisations and
    /// rectifiers run as part of the convolution or sum before them, and on this processor a bottleneck's convolutions as one, a
    /// sum as part of a convolution before it, and convolutions that are joined with their join, unless somebody looks at what is
    /// between. Where the processor has registers for it, convolutions that follow one another run in lines of sixteen channels.
    ///
    /// # Shapes
    /// `batch`: `[n, c, h, w]` with the graph's input shape; `tap` gets `[n, c, h, w]` with the layer's.
    ///
    /// # Panics
    /// When the batch has another shape or a wanted layer does not exist.
    pub fn forward(&self, batch: Tensor<4>, wanted: &[usize], tap: impl FnMut(usize, Tensor<4>)) {
        self.forward_unless(batch, wanted, || false, tap);
    }

    /// As [`forward`](Self::forward), but asks `cancelled` before every layer and stops when it is true.
    ///
    /// Returns whether every wanted layer was tapped. On a GPU the layers before are still at work when this returns.
    pub fn forward_unless(
        &self,
        batch: Tensor<4>,
        wanted: &[usize],
        cancelled: impl Fn() -> bool,
        tap: impl FnMut(usize, Tensor<4>),
    ) -> bool {
        let mut tap = tap;
        self.see(batch, wanted, cancelled, false, |layer, seen| {
            let Seen::Activation(activation) = seen else { unreachable!("nobody may look inside a bottleneck") };
            tap(layer, activation);
        })
    }

    /// As [`forward_unless`](Self::forward_unless), for who wants no more than what each layer's planes come to. On this processor
    /// what is inside a bottleneck is looked at while it is there, and never written, and what is joined in the join. Where numbers in
    /// a bottleneck are infinite or none, the layers of the whole batch run one after the other, which rounds otherwise.
    ///
    /// # Panics
    /// As there.
    pub fn summarize_unless(
        &self,
        batch: Tensor<4>,
        wanted: &[usize],
        cancelled: impl Fn() -> bool,
        tap: impl FnMut(usize, Seen),
    ) -> bool {
        self.see(batch, wanted, cancelled, true, tap)
    }

    fn see(
        &self,
        batch: Tensor<4>,
        wanted: &[usize],
        cancelled: impl Fn() -> bool,
        may_look: bool,
        tap: impl FnMut(usize, Seen),
    ) -> bool {
        let [_, c, h, w] = batch.dims();
        assert_eq!([c, h, w], self.graph.input, "a batch of {} for {}", "[c, h, w]", self.graph.name);
        let pass = || self.pass(batch, wanted, cancelled, may_look, tap);
        if self.device == Device::flex() { threads::share(pass) } else { pass() }
    }

    fn pass(
        &self,
        batch: Tensor<4>,
        wanted: &[usize],
        cancelled: impl Fn() -> bool,
        may_look: bool,
        mut tap: impl FnMut(usize, Seen),
    ) -> bool {
        let has_kernels = self.device == Device::flex() && host_convolution::are_kernels_fast();
        let plan = Plan::new(&self.graph, wanted, has_kernels, may_look);
        let mut uses_left = plan.uses;
        let mut values: Vec<Option<Value>> = vec![None; self.graph.nodes.len()];
        let mut input = Some(Value::from(precision::enter(self.precision, batch)));
        let mut input_uses = plan.input_uses;
        let are_lines_faster =
            has_kernels && self.precision == Precision::Single && Instructions::best().prefer_lines();
        let are_lined = match are_lines_faster {
            true => self.in_lines.find(&self.graph, &plan.order),
            false => vec![false; plan.order.len()],
        };
        for (step, is_lined) in plan.order.into_iter().zip(are_lined) {
            if cancelled() {
                return false;
            }
            let index = step.last();
            let node = &self.graph.nodes[index];
            let sources = step.inputs(&self.graph);
            let mut inputs = Vec::with_capacity(sources.len());
            for source in sources {
                let (value, uses) = match source {
                    Source::Input => (&mut input, &mut input_uses),
                    Source::Node(other) => (&mut values[other], &mut uses_left[other]),
                };
                *uses -= 1;
                // The last to use a value gets it, so that the operation may work in its memory. What is turned into another form is
                // kept for those that come later.
                let value = if *uses == 0 {
                    value.take()
                } else {
                    value.iter_mut().for_each(|value| value.take_form(is_lined));
                    value.clone()
                };
                inputs.push(value.expect("a value lives until its last use"));
            }
            let mut output = if is_lined {
                let inputs: Vec<Arc<Lined>> = inputs.iter_mut().map(Value::lined).collect();
                Value::from(self.in_lines.run(&self.graph, step, &inputs))
            } else {
                let inputs = inputs.into_iter().map(Value::into_tensor).collect();
                Value::from(self.run(step, inputs, &plan.wanted, &mut tap))
            };
            if let Step::Joined(joined) = step {
                self.tell_parts(joined, &mut output, &plan.wanted, &mut tap);
            }
            if plan.wanted[index] {
                let summaries = output.as_lined().filter(|_| may_look).and_then(summaries);
                // Given away before the next layer runs; a tap that keeps it makes the next layer copy.
                let seen = summaries.map(Seen::Summaries).unwrap_or_else(|| {
                    let tensor =
                        if uses_left[index] == 0 { std::mem::take(&mut output).into_tensor() } else { output.tensor() };
                    Seen::Activation(precision::leave(self.precision, look(tensor, &node.dims, node.layout)))
                });
                tap(index, seen);
                if uses_left[index] == 0 {
                    continue;
                }
            }
            values[index] = Some(output);
        }
        true
    }

    /// What comes out of a step; what is wanted of a bottleneck's inside is tapped.
    fn run(&self, step: Step, inputs: Vec<Tensor<4>>, wanted: &[bool], tap: &mut impl FnMut(usize, Seen)) -> Tensor<4> {
        match step {
            Step::Chain(_) => self.prepared(step).apply_in(self.precision, inputs),
            Step::Residual(residual) => {
                let convolution = self.prepared(Step::Chain(residual.convolution));
                convolution.add_in(self.precision, inputs, residual.bounds(&self.graph))
            }
            Step::Joined(joined) => {
                let chains = joined.chains(&self.graph);
                let parts: Vec<Arc<Prepared>> = chains.iter().map(|chain| self.prepared(Step::Chain(*chain))).collect();
                Prepared::join_in(self.precision, &parts, inputs)
            }
            Step::Bottleneck(bottleneck) => {
                let looked_at = bottleneck.layers_inside().map(|node| node.is_some_and(|node| wanted[node]));
                match looked_at.contains(&true) {
                    true => self.look_inside(bottleneck, inputs, looked_at, tap),
                    false => self.prepared(step).apply_in(self.precision, inputs),
                }
            }
        }
    }

    /// The bottleneck's output; those of its layers that are `looked_at` are tapped.
    fn look_inside(
        &self,
        bottleneck: Bottleneck,
        inputs: Vec<Tensor<4>>,
        looked_at: [bool; 3],
        tap: &mut impl FnMut(usize, Seen),
    ) -> Tensor<4> {
        let prepared = self.prepared(Step::Bottleneck(bottleneck));
        let Prepared::HostBottleneck(host) = &*prepared else { unreachable!("it was prepared as one") };
        let layers = bottleneck.layers_inside();
        let (output, seen) = host.look(inputs.clone(), looked_at);
        if seen.iter().flatten().all(|summary| !summary.mean.is_nan()) {
            for (layer, summaries) in layers.into_iter().zip(seen) {
                if let Some(layer) = layer.filter(|_| !summaries.is_empty()) {
                    tap(layer, Seen::Summaries(summaries));
                }
            }
            return output;
        }
        // Something infinite or no number, of which nothing more is known: one after the other, it is.
        let mut inputs = inputs.into_iter();
        let mut x = inputs.next().expect("shapes were checked: a convolution has an input");
        for chain in bottleneck.chains() {
            x = self.prepared(Step::Chain(chain)).apply(vec![x]);
            if layers.iter().zip(looked_at).any(|(layer, is_looked_at)| is_looked_at && *layer == Some(chain.last)) {
                tap(chain.last, Seen::Activation(x.clone()));
            }
        }
        match (bottleneck.sum(), inputs.next()) {
            (Some((sum, place)), Some(added)) => {
                let both = if place == 0 { vec![added, x] } else { vec![x, added] };
                self.prepared(Step::Chain(sum)).apply(both)
            }
            _ => x,
        }
    }

    /// Taps those parts of a join whose own output is `wanted`.
    fn tell_parts(&self, joined: Joined, output: &mut Value, wanted: &[bool], tap: &mut impl FnMut(usize, Seen)) {
        let chains = joined.chains(&self.graph);
        if chains.iter().all(|chain| !wanted[chain.last]) {
            return;
        }
        let all = output.as_lined().and_then(summaries);
        let (mut first, channels_of_all) = (0, kept(&self.graph.nodes[joined.last()].dims)[0]);
        for Chain { last, .. } in chains {
            let channels = first..first + kept(&self.graph.nodes[last].dims)[0];
            first = channels.end;
            if wanted[last] {
                let of_part = match &all {
                    Some(all) => all
                        .chunks_exact(channels_of_all)
                        .flat_map(|picture| picture[channels.clone()].to_vec())
                        .collect(),
                    None => joined::summaries(precision::leave(self.precision, output.tensor()), channels),
                };
                tap(last, Seen::Summaries(of_part));
            }
        }
    }

    /// How long each layer takes for such a batch, in seconds, one after the other: the device is waited for between, so
    /// the sum is more than a pass takes that is only waited for at its end, and nothing runs as part of another layer.
    ///
    /// # Shapes
    /// `batch`: as for [`forward`](Self::forward).
    pub fn layer_secs(&self, batch: Tensor<4>) -> Vec<f64> {
        let all: Vec<usize> = (0..self.graph.nodes.len()).collect();
        let marks = RefCell::new(Vec::with_capacity(all.len() + 1));
        let mark = || {
            // A device that fails does so again where its numbers are read, and is told of there.
            self.device.sync().ok();
            marks.borrow_mut().push(Instant::now());
        };
        let go_on = || {
            mark();
            false
        };
        self.forward_unless(batch, &all, go_on, |_, _| {});
        mark();
        marks.into_inner().windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }

    fn prepared(&self, step: Step) -> Arc<Prepared> {
        let make = || {
            let prepared = match step {
                Step::Chain(chain) if chain.first == chain.last => {
                    Prepared::new(&self.graph.nodes[chain.first], &self.device)
                }
                Step::Chain(chain) => {
                    let node = &self.graph.nodes[chain.first];
                    let (op, then) = chains::join(&self.graph, chain);
                    Prepared::chain(&Node { op, ..node.clone() }, then, &self.device)
                }
                Step::Bottleneck(bottleneck) => {
                    Prepared::HostBottleneck(HostBottleneck::new(&self.graph, bottleneck, &self.device))
                }
                Step::Residual(_) | Step::Joined(_) => unreachable!("of these the convolutions alone are prepared"),
            };
            Arc::new(prepared.in_precision(self.precision))
        };
        // What a thread left that failed is whole: it is put in when it is made.
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.entry(step).or_insert_with(make).clone()
    }
}

/// What the planes come to of what lies in lines, unless something is no number, of which nothing more is known there.
fn summaries(lined: &Lined) -> Option<Vec<Summary>> {
    let all = lined.summaries(Instructions::best());
    all.iter().all(|summary| !summary.mean.is_nan()).then_some(all)
}
