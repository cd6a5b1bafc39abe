//! Convolution by the kernels that read the picture where it lies, on all threads.

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{self, Bounds, Shape, Sum, Work};

use super::{super::Convolution, scratch::with_memory, threads};

/// Planes that are worth handing to another thread.
const LEAST_PLANES: usize = 8;

/// A convolution whose weights lie as the product reads them.
pub(super) struct Panels(convolution::Panels);

impl Panels {
    /// `None` on a processor without instructions that make it worth while.
    pub(super) fn new(convolution: &Convolution, bounds: Option<Bounds>) -> Option<Self> {
        let instructions = Instructions::best();
        if instructions.are_plain() {
            return None;
        }
        let Convolution { weight, bias, stride, padding, dilation, groups } = convolution;
        let &[all, channels, kernel_h, kernel_w] = &weight.shape[..] else { return None };
        let shape = Shape {
            out: all / groups,
            channels,
            kernel: [kernel_h, kernel_w],
            stride: *stride,
            padding: *padding,
            dilation: *dilation,
            groups: *groups,
        };
        let bias = bias.as_ref().map(|bias| &bias.values[..]);
        Some(Self(convolution::Panels::new(instructions, shape, &weight.values, bias, bounds)))
    }

    /// The output's numbers, with what is added to them, and its height and width.
    ///
    /// # Shapes
    /// `input`: `[n, groups * channels, h, w]`; what is added and what is returned: `[n, groups * out, h', w']`.
    pub(super) fn apply(&self, input: &[f32], [h, w]: [usize; 2], sum: Option<Sum<'_>>) -> (Vec<f32>, [usize; 2]) {
        let plan = self.0.plan([h, w]);
        let do_all = |work: Work<'_>| {
            let parts = threads::divide(work, Work::split);
            threads::each(parts, |work| with_memory(|memory| work.apply(memory)));
        };
        let threads = rayon::current_num_threads();
        let Some(sorted_plane) = plan.sorted_plane() else {
            return (plan.apply(input, sum, threads, do_all), plan.output());
        };
        let mut sorted = vec![0.0; input.len() / (h * w) * sorted_plane];
        let at_a_time = (input.len() / (h * w)).div_ceil(threads::pieces()).max(LEAST_PLANES);
        let planes = input.chunks(h * w * at_a_time).zip(sorted.chunks_mut(sorted_plane * at_a_time));
        threads::each(planes.collect(), |(from, to)| {
            let planes = from.chunks_exact(h * w).zip(to.chunks_exact_mut(sorted_plane));
            planes.for_each(|(from, to)| plan.sort(from, to));
        });
        (plan.apply(&sorted, sum, threads, do_all), plan.output())
    }
}
