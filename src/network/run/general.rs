//! Operations on values of any number of dimensions.
//!
//! burn's tensors have their number of dimensions in their type, so an operation is made ready for the largest number that it
//! sees, the batch first; smaller operands get dimensions of length 1 after the batch, where they broadcast.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData, activation};

use super::{
    super::{Function, General, Operand, Pair, Reduction, general::MOST_DIMENSIONS, layout::kept},
    product::multiply,
    upload::upload,
};

/// An operation with its constants on the device, by the number of dimensions with the batch's.
pub(super) enum PreparedGeneral {
    Two(Ready<2>),
    Three(Ready<3>),
    Four(Ready<4>),
    Five(Ready<5>),
    Six(Ready<6>),
    Seven(Ready<7>),
    Eight(Ready<8>),
}

impl PreparedGeneral {
    /// # Panics
    /// When there are more dimensions than [`MOST_DIMENSIONS`], which shape inference rules out.
    pub fn new(general: &General, device: &Device) -> Self {
        match general.rank() {
            0 | 1 => Self::Two(Ready::new(general, device)),
            2 => Self::Three(Ready::new(general, device)),
            3 => Self::Four(Ready::new(general, device)),
            4 => Self::Five(Ready::new(general, device)),
            5 => Self::Six(Ready::new(general, device)),
            6 => Self::Seven(Ready::new(general, device)),
            7 => Self::Eight(Ready::new(general, device)),
            more => unreachable!("{more} dimensions, of which shape inference allows {MOST_DIMENSIONS}"),
        }
    }

    /// # Shapes
    /// `inputs`: as kept, `[n, a, b, c]` each; returns the same.
    pub fn apply(&self, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        match self {
            Self::Two(ready) => ready.apply(inputs),
            Self::Three(ready) => ready.apply(inputs),
            Self::Four(ready) => ready.apply(inputs),
            Self::Five(ready) => ready.apply(inputs),
            Self::Six(ready) => ready.apply(inputs),
            Self::Seven(ready) => ready.apply(inputs),
            Self::Eight(ready) => ready.apply(inputs),
        }
    }
}

/// An operation in `D` dimensions, the first of which is the batch.
pub(super) struct Ready<const D: usize> {
    function: Function,
    operands: Vec<Slot<D>>,
    /// What is added to an axis of the first operand's view to find it here.
    shift: usize,
    /// How the result is kept.
    output: [usize; 3],
    /// The function's own weights, in its order.
    own: Vec<Tensor<2>>,
    /// Where the second factor of a product is a constant matrix: rows of all images are multiplied at once.
    matrix: Option<Tensor<2>>,
}

/// An operand.
enum Slot<const D: usize> {
    /// The next input, seen like this; the first length is replaced by that of the batch.
    Input([usize; D]),
    /// The same for every image, `[1, ...]`.
    Constant(Box<Tensor<D>>),
}

/// The dimensions of a view after the batch's, filled up with lengths of 1.
fn fill<const D: usize>(n: usize, view: &[usize]) -> [usize; D] {
    let mut dims = [1; D];
    dims[0] = n;
    dims[D - view.len()..].copy_from_slice(view);
    dims
}

impl<const D: usize> Ready<D> {
    fn new(general: &General, device: &Device) -> Self {
        let operands = general
            .operands
            .iter()
            .map(|operand| match operand {
                Operand::Input(view) => Slot::Input(fill(1, view)),
                Operand::Constant(weights) => {
                    let flat = Tensor::<1>::from_data(
                        TensorData::new(weights.values.to_vec(), [weights.values.len()]),
                        device,
                    );
                    Slot::Constant(Box::new(flat.reshape(fill::<D>(1, &weights.shape))))
                }
            })
            .collect();
        let own = general.function.weights().into_iter().map(|weights| upload(weights, device)).collect();
        let matrix = if let (Function::Multiply, [Operand::Input(view), Operand::Constant(weights)]) =
            (&general.function, &general.operands[..])
            && weights.shape.len() == 2
            && view.len() >= 2
        {
            Some(upload(weights, device))
        } else {
            None
        };
        let first = general.operands.first().map_or(0, |operand| operand.view().len());
        Self {
            function: general.function.clone(),
            operands,
            shift: D - first,
            output: kept(&general.output),
            own,
            matrix,
        }
    }

    fn apply(&self, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        let n = inputs.first().map_or(1, |input| input.dims()[0]);
        let mut inputs = inputs.into_iter();
        let operands = self.operands.iter().map(|slot| match slot {
            Slot::Constant(tensor) => (**tensor).clone(),
            Slot::Input(view) => {
                let mut view = *view;
                view[0] = n;
                inputs.next().expect("shapes were checked: every operand has its input").reshape(view)
            }
        });
        let result = self.compute(operands.collect(), n);
        let [a, b, c] = self.output;
        result.reshape([n, a, b, c])
    }

    /// # Shapes
    /// `operands`: `[n or 1, ...]`; returns `[n, ...]`.
    fn compute(&self, mut operands: Vec<Tensor<D>>, n: usize) -> Tensor<D> {
        let mut rest = operands.split_off(1);
        let x = operands.pop().expect("shapes were checked: there is an operand");
        let here = |axis: &usize| axis + self.shift;
        match &self.function {
            Function::View => x,
            Function::Permute { axes } => {
                let places = std::array::from_fn(|axis| match axis.checked_sub(self.shift) {
                    Some(axis) => here(&axes[axis]),
                    None => axis,
                });
                x.permute(places)
            }
            Function::Pair(pair) => combine(*pair, x, rest.remove(0)),
            Function::Choose => choose(x, rest.remove(0), rest.remove(0)),
            Function::Multiply => match &self.matrix {
                Some(matrix) => {
                    let dims = x.dims();
                    let [inner, columns] = matrix.dims();
                    let rows = dims.iter().product::<usize>() / inner;
                    let mut out = dims;
                    out[D - 1] = columns;
                    multiply(x.reshape([rows, inner]), matrix.clone()).reshape(out)
                }
                None => multiply(x, rest.remove(0)),
            },
            Function::Reduce { kind, axes } => {
                let axes: Vec<usize> = axes.iter().map(here).collect();
                reduce(x, *kind, &axes)
            }
            Function::Softmax { axis, log: false } => activation::softmax(x, here(axis)),
            Function::Softmax { axis, log: true } => activation::log_softmax(x, here(axis)),
            Function::Standardize { axes, epsilon, after_root, centre, affine } => {
                let axes: Vec<usize> = axes.iter().map(here).collect();
                let images = x.dims()[0];
                let x = if *centre { centred(x, &axes) } else { x };
                let y = standardize(x, &axes, *epsilon, *after_root).reshape(fill::<D>(images, affine));
                let mut rest = rest.into_iter();
                let y = if let Some(scale) = rest.next() { y.mul(scale) } else { y };
                if let Some(shift) = rest.next() { y.add(shift) } else { y }
            }
            Function::Take { picks } => picks.iter().fold(x, |x, (axis, places)| take(x, here(axis), places)),
            Function::Pad { places, value } => {
                let mut dims = x.dims();
                let mut ranges: [std::ops::Range<usize>; D] = std::array::from_fn(|axis| 0..dims[axis]);
                for (axis, (before, after)) in places.iter().enumerate() {
                    let axis = axis + self.shift;
                    ranges[axis] = *before..before + dims[axis];
                    dims[axis] += before + after;
                }
                Tensor::full(dims, *value, &x.device()).slice_assign(ranges, x)
            }
            Function::Join { axis } => {
                let all = std::iter::once(x).chain(rest).map(|x| {
                    let mut dims = x.dims();
                    if dims[0] == n {
                        return x;
                    }
                    dims[0] = n;
                    x.expand(dims)
                });
                Tensor::cat(all.collect(), here(axis))
            }
            Function::Expand { to } => x.expand(fill::<D>(n, to)),
            Function::Resample { along } => along.iter().zip(&self.own).fold(x, |x, ((axis, _), weights)| {
                let axis = here(axis);
                let turned = x.swap_dims(axis, D - 1);
                let mut dims = turned.dims();
                let rows = dims[..D - 1].iter().product::<usize>();
                let product = multiply(turned.reshape([rows, dims[D - 1]]), weights.clone().transpose());
                dims[D - 1] = weights.dims()[0];
                product.reshape(dims).swap_dims(axis, D - 1)
            }),
            Function::PlaceOfLargest { axis } => x.argmax(here(axis)).float(),
        }
    }
}

/// The same dimensions for all, the longest of each.
fn stretch<const D: usize, const N: usize>(tensors: [Tensor<D>; N]) -> [Tensor<D>; N] {
    let all = tensors.each_ref().map(Tensor::dims);
    let dims: [usize; D] = std::array::from_fn(|axis| all.iter().map(|dims| dims[axis]).fold(1, usize::max));
    tensors.map(|tensor| if tensor.dims() == dims { tensor } else { tensor.expand(dims) })
}

/// # Shapes
/// Both `[n or 1, ...]`, lengths equal or 1; returns the longest of each.
fn combine<const D: usize>(pair: Pair, a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    // These broadcast by themselves.
    let stretched: fn(Tensor<D>, Tensor<D>) -> Tensor<D> = match pair {
        Pair::Add => return a.add(b),
        Pair::Subtract => return a.sub(b),
        Pair::Multiply => return a.mul(b),
        Pair::Divide => return a.div(b),
        Pair::Power => Tensor::powf,
        Pair::Maximum => Tensor::max_pair,
        Pair::Minimum => |a, b| a.neg().max_pair(b.neg()).neg(),
        Pair::Remainder => |a, b| a.clone().sub(a.div(b.clone()).floor().mul(b)),
        Pair::TruncatedRemainder => |a, b| {
            let quotient = a.clone().div(b.clone());
            let towards_zero = quotient.clone().abs().floor().mul(quotient.sign());
            a.sub(towards_zero.mul(b))
        },
        Pair::Equal => |a, b| a.equal(b).float(),
        Pair::Greater => |a, b| a.greater(b).float(),
        Pair::GreaterOrEqual => |a, b| a.greater_equal(b).float(),
        Pair::Less => |a, b| b.greater(a).float(),
        Pair::LessOrEqual => |a, b| b.greater_equal(a).float(),
        Pair::And => |a, b| is_true(a).float().mul(is_true(b).float()),
        Pair::Or => |a, b| is_true(a).float().max_pair(is_true(b).float()),
        Pair::Xor => |a, b| is_true(a).not_equal(is_true(b)).float(),
        Pair::Rectify => |a, b| activation::relu(a.clone()).add(a.clamp_max(0.0).mul(b)),
    };
    let [a, b] = stretch([a, b]);
    stretched(a, b)
}

fn is_true<const D: usize>(x: Tensor<D>) -> Tensor<D, Bool> {
    x.not_equal_scalar(0.0)
}

fn choose<const D: usize>(condition: Tensor<D>, yes: Tensor<D>, no: Tensor<D>) -> Tensor<D> {
    let [condition, yes, no] = stretch([condition, yes, no]);
    no.mask_where(condition.not_equal_scalar(0.0), yes)
}

/// # Shapes
/// `x`: any; returns it with length 1 along the axes.
fn reduce<const D: usize>(x: Tensor<D>, kind: Reduction, axes: &[usize]) -> Tensor<D> {
    match kind {
        Reduction::Sum => x.sum_dims(axes),
        Reduction::Mean => x.mean_dims(axes),
        Reduction::Maximum => x.max_dims(axes),
        Reduction::Minimum => x.min_dims(axes),
        Reduction::Product => x.prod_dims(axes),
        Reduction::SumOfMagnitudes => x.abs().sum_dims(axes),
        Reduction::SumOfSquares => x.square().sum_dims(axes),
        Reduction::Length => x.square().sum_dims(axes).sqrt(),
        Reduction::LogOfSum => x.sum_dims(axes).log(),
        Reduction::LogOfSumOfExp => {
            let largest = x.clone().max_dims(axes);
            x.sub(largest.clone()).exp().sum_dims(axes).log().add(largest)
        }
    }
}

/// # Shapes
/// `x`: any; returns the same.
fn standardize<const D: usize>(x: Tensor<D>, axes: &[usize], epsilon: f32, after_root: bool) -> Tensor<D> {
    let variance = x.clone().square().mean_dims(axes);
    let deviation = if after_root { variance.sqrt().add_scalar(epsilon) } else { variance.add_scalar(epsilon).sqrt() };
    x.div(deviation)
}

/// Less the mean along the axes.
fn centred<const D: usize>(x: Tensor<D>, axes: &[usize]) -> Tensor<D> {
    let mean = x.clone().mean_dims(axes);
    x.sub(mean)
}

/// Places along an axis. A run of them is a part of the same memory.
fn take<const D: usize>(x: Tensor<D>, axis: usize, places: &[usize]) -> Tensor<D> {
    let is_run = places.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match places.first() {
        Some(first) if is_run => x.narrow(axis, *first, places.len()),
        _ => {
            let indices: Vec<i32> = places.iter().map(|place| *place as i32).collect();
            let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [places.len()]), &x.device());
            x.select(axis, indices)
        }
    }
}
