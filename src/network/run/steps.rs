//! What each step of a pass takes, as passes run.

use std::{cell::RefCell, time::Instant};

use burn::tensor::{Device, Tensor};

use super::{
    super::Graph,
    Runner, host_convolution,
    plan::{Plan, Step},
    threads,
};

/// Layers that ran as one, and what they took.
#[derive(Clone, Debug, PartialEq)]
pub struct StepTime {
    /// Their indices, ascending.
    pub layers: Vec<usize>,
    /// Seconds by the clock, those included in which a thread waited for another.
    pub secs: f64,
    /// Seconds that the threads that share a pass were at work on what they divided, all together: at most `secs` for each of them.
    /// The rest they handed work over, waited for the last piece, or for what one does alone. 0 where nobody shares a pass.
    pub shared_secs: f64,
}

impl Runner {
    /// What each step of a pass takes of which nobody wants more than the answer: layers that run as one are told of as one, unlike
    /// by [`layer_secs`](Self::layer_secs), and on this processor nothing is waited for between two steps that a pass would not wait
    /// for.
    ///
    /// # Shapes
    /// `batch`: as for [`forward`](Self::forward).
    ///
    /// # Panics
    /// As there.
    pub fn step_times(&self, batch: Tensor<4>) -> Vec<StepTime> {
        let has_kernels = self.device == Device::flex() && host_convolution::are_kernels_fast();
        let wanted = [self.graph.answer];
        let plan = Plan::new(&self.graph, &wanted, has_kernels, false);
        let marks = RefCell::new(Vec::with_capacity(plan.order.len() + 1));
        let mark = || {
            // A device that fails does so again where its numbers are read, and is told of there.
            self.device.sync().ok();
            let nanoseconds = threads::work_so_far().unwrap_or(0);
            marks.borrow_mut().push((Instant::now(), nanoseconds));
        };
        let go_on = || {
            mark();
            false
        };
        self.forward_unless(batch, &wanted, go_on, |_, _| mark());
        if self.device == Device::flex() {
            threads::count_no_more();
        }
        let marks = marks.into_inner();
        let time = |(step, pair): (&Step, &[(Instant, u64)])| StepTime {
            layers: step.layers(&self.graph),
            secs: (pair[1].0 - pair[0].0).as_secs_f64(),
            shared_secs: (pair[1].1 - pair[0].1) as f64 * 1e-9,
        };
        plan.order.iter().zip(marks.windows(2)).map(time).collect()
    }
}

impl Step {
    /// The nodes that run, ascending.
    fn layers(self, graph: &Graph) -> Vec<usize> {
        let mut layers: Vec<usize> = match self {
            Self::Chain(chain) => chain.nodes(graph).collect(),
            Self::Residual(residual) => residual.nodes(graph).collect(),
            Self::Joined(joined) => joined.nodes(graph),
            Self::Bottleneck(bottleneck) => bottleneck.nodes(graph).chain([bottleneck.last()]).collect(),
        };
        layers.sort_unstable();
        layers
    }
}
