//! Convolution by the kernels that read the picture where it lies, on all threads.

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{self, Bounds, Joined, Plan, Shape, Sorting, Sum, Work};

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
    /// What is added and what is returned: `[n, groups * out, h', w']`.
    pub(super) fn apply(&self, pictures: Pictures<'_>, sum: Option<Sum<'_>>) -> (Vec<f32>, [usize; 2]) {
        let plan = self.0.plan(pictures.size);
        let sorted = pictures.sorted(&plan);
        let planes = sorted.as_deref().unwrap_or(pictures.planes);
        let do_all = |work: Work<'_>| {
            let parts = threads::divide(work, Work::split);
            threads::each(parts, |work| with_memory(|memory| work.apply(memory)));
        };
        (plan.apply(planes, sum, rayon::current_num_threads(), do_all), plan.output())
    }

    /// The numbers of all outputs, channels one behind the other, and their height and width.
    ///
    /// # Shapes
    /// `pictures`: for each convolution its own; returns `[n, sum of groups * out, h', w']`.
    ///
    /// # Panics
    /// When there is no convolution.
    pub(super) fn join(all: &[&Self], pictures: &[Pictures<'_>]) -> (Vec<f32>, [usize; 2]) {
        let plans: Vec<Plan<'_>> = all.iter().zip(pictures).map(|(one, pictures)| one.0.plan(pictures.size)).collect();
        let sorted: Vec<Option<Vec<f32>>> =
            plans.iter().zip(pictures).map(|(plan, pictures)| pictures.sorted(plan)).collect();
        let planes = sorted.iter().zip(pictures).map(|(sorted, pictures)| sorted.as_deref().unwrap_or(pictures.planes));
        let joined: Vec<Joined<'_>> = plans.iter().zip(planes).map(|(plan, planes)| Joined { plan, planes }).collect();
        let do_all = |works: Vec<Work<'_>>| {
            // Pictures that several convolutions see are in the caches for all of them.
            let parts = works.into_iter().map(|work| threads::divide(work, Work::split)).collect();
            threads::each(threads::alongside(parts), |work| with_memory(|memory| work.apply(memory)));
        };
        (convolution::apply_joined(&joined, rayon::current_num_threads(), do_all), plans[0].output())
    }
}

/// Pictures as they come.
#[derive(Clone, Copy)]
pub(super) struct Pictures<'a> {
    /// `[n, groups * channels, h, w]`
    pub planes: &'a [f32],
    pub count: usize,
    /// Height and width.
    pub size: [usize; 2],
}

impl Pictures<'_> {
    /// Their planes as the convolution reads them, where that is not as they come.
    fn sorted(&self, plan: &Plan<'_>) -> Option<Vec<f32>> {
        if !plan.reads_sorted() {
            return None;
        }
        let threads = rayon::current_num_threads();
        // Of a lone picture each thread sorts the rows that it reads.
        let strips = if self.count < threads { threads } else { 1 };
        let planes = self.planes.len() / (self.size[0] * self.size[1]);
        let at_a_time = (planes * strips).div_ceil(threads::pieces()).max(LEAST_PLANES);
        Some(plan.sort(self.planes, strips, at_a_time, |pieces| threads::each(pieces, Sorting::apply)))
    }
}
