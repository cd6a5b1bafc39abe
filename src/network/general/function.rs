//! What a general operation does, and everything that follows from that: how many operands it takes, the dimensions of its
//! result, what it does without the batch's dimension, and what it is by its fingerprint. A new function is told here, read in
//! a reader, and computed in `run/general.rs`.

use std::ops::RangeInclusive;

use super::{MOST_DIMENSIONS, Operand, Pair, Reduction, broadcast, count};
use crate::network::Weights;

/// What a general operation does. Axes count the operand's dimensions from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// Nothing: the numbers are kept with other dimensions.
    View,
    /// Axis `i` of the result is axis `axes[i]` of the operand.
    Permute {
        /// Every axis once.
        axes: Vec<usize>,
    },
    /// Two operands become one, place by place; where one is short the other broadcasts, dimensions aligned at the last.
    Pair(Pair),
    /// Of three operands the second where the first is not 0, else the third; broadcasting as in [`Pair`](Self::Pair).
    Choose,
    /// Matrix product over the last two axes, the others broadcasting.
    Multiply,
    /// One number for all along the axes, which are left with length 1.
    Reduce {
        /// How.
        kind: Reduction,
        /// Along which axes.
        axes: Vec<usize>,
    },
    /// `exp(x) / Σ exp(x)` along an axis.
    Softmax {
        /// Along which axis.
        axis: usize,
        /// Whether the logarithm is wanted.
        log: bool,
    },
    /// Layer, group or instance normalisation: mean 0 and variance 1 along axes; then, seen as `affine`, times the second
    /// operand plus the third, where there are such.
    Standardize {
        /// Along which axes of the first operand.
        axes: Vec<usize>,
        /// Added to the variance.
        epsilon: f32,
        /// Whether it is added to the variance's root instead, as Caffe does.
        after_root: bool,
        /// Whether the mean is taken away; without, the mean square is made 1.
        centre: bool,
        /// The dimensions with which scale and shift broadcast, and those of the result.
        affine: Vec<usize>,
    },
    /// Some places along axes, in a given order: slices, gathered rows, flips, repetitions.
    Take {
        /// The axis and the places.
        picks: Vec<(usize, Vec<usize>)>,
    },
    /// More places around, all of the same value.
    Pad {
        /// `(before, after)` for each axis.
        places: Vec<(usize, usize)>,
        /// What they hold.
        value: f32,
    },
    /// Operands one after the other.
    Join {
        /// Along which axis.
        axis: usize,
    },
    /// Repetition along axes of length 1.
    Expand {
        /// The dimensions of the result; the operand's are aligned at the last.
        to: Vec<usize>,
    },
    /// New places along an axis as weighted sums of the old: resizing.
    Resample {
        /// The axis and `[new, old]` weights.
        along: Vec<(usize, Weights)>,
    },
    /// The place of the largest number along an axis, which is left with length 1.
    PlaceOfLargest {
        /// Along which axis.
        axis: usize,
    },
}

/// What becomes of the axes of the first operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::network) enum Axes<'a> {
    /// They are what they were.
    Kept,
    /// All but the first of two are: there may be more or fewer of them.
    Mixed,
    /// Axis `i` of the result is axis `axes[i]` of the operand.
    Turned(&'a [usize]),
    /// The numbers get other ones.
    New,
}

/// What is to be known of a function beside the dimensions of its result.
struct Facts<'a> {
    /// How many operands it takes.
    operands: RangeInclusive<usize>,
    /// Tensors of its own, each with an axis.
    weights: &'a [(usize, Weights)],
    /// Dimensions that it names itself, with which it broadcasts.
    own_dims: &'a [usize],
    /// Whether every number of the result is a sum of as many products as the first operand is long.
    is_product: bool,
    axes: Axes<'a>,
    keeps_channels: bool,
}

impl Function {
    fn facts(&self) -> Facts<'_> {
        let usual = Facts {
            operands: 1..=1,
            weights: &[],
            own_dims: &[],
            is_product: false,
            axes: Axes::Kept,
            keeps_channels: false,
        };
        match self {
            Self::View => Facts { axes: Axes::New, keeps_channels: true, ..usual },
            Self::Permute { axes } => Facts { axes: Axes::Turned(axes), ..usual },
            Self::Pair(_) => Facts { operands: 2..=2, keeps_channels: true, ..usual },
            Self::Choose => Facts { operands: 3..=3, ..usual },
            Self::Multiply => Facts { operands: 2..=2, is_product: true, axes: Axes::Mixed, ..usual },
            Self::Reduce { .. } | Self::Softmax { .. } => Facts { keeps_channels: true, ..usual },
            Self::Standardize { affine, .. } => Facts { operands: 1..=3, own_dims: affine, ..usual },
            Self::Join { .. } => Facts { operands: 1..=usize::MAX, ..usual },
            Self::Expand { to } => Facts { own_dims: to, ..usual },
            Self::Resample { along } => Facts { weights: along, ..usual },
            Self::Take { .. } | Self::Pad { .. } | Self::PlaceOfLargest { .. } => usual,
        }
    }

    /// How many operands it takes.
    pub(super) fn operand_count(&self) -> RangeInclusive<usize> {
        self.facts().operands
    }

    /// The tensors that are its own, beside its operands.
    pub(in crate::network) fn weights(&self) -> Vec<&Weights> {
        self.facts().weights.iter().map(|(_, weights)| weights).collect()
    }

    /// Dimensions that it names itself, with which it broadcasts.
    pub(super) fn own_dims(&self) -> &[usize] {
        self.facts().own_dims
    }

    /// How many products are in each number of the result, for a first operand seen like this; 0 where there are none to
    /// speak of.
    pub(super) fn products(&self, first: &[usize]) -> usize {
        if self.facts().is_product { first.last().copied().unwrap_or(0) } else { 0 }
    }

    /// What becomes of the axes.
    pub(in crate::network) fn axes(&self) -> Axes<'_> {
        self.facts().axes
    }

    /// Whether each channel of the result comes from the channel of the same number, if both have as many.
    pub(in crate::network) fn keeps_channels(&self) -> bool {
        self.facts().keeps_channels
    }

    /// The dimensions of the result for operands seen like these, of which there are as many as it takes.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub(super) fn result(&self, views: &[&[usize]]) -> Result<Vec<usize>, String> {
        let first = views[0];
        let within = |axis: usize| {
            if axis < first.len() { Ok(()) } else { Err(format!("names axis {axis} of {} dimensions", first.len())) }
        };
        let mut dims = first.to_vec();
        match self {
            Self::View => {}
            Self::Permute { axes } => {
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                if sorted != (0..first.len()).collect::<Vec<_>>() {
                    return Err(format!("orders axes as {axes:?}, but there are {}", first.len()));
                }
                dims = axes.iter().map(|axis| first[*axis]).collect();
            }
            Self::Pair(_) | Self::Choose => dims = broadcast(views)?,
            Self::Multiply => dims = multiply(views[0], views[1])?,
            Self::Reduce { axes, .. } => {
                for axis in axes {
                    within(*axis)?;
                    dims[*axis] = 1;
                }
            }
            Self::Softmax { axis, .. } => within(*axis)?,
            Self::PlaceOfLargest { axis } => {
                within(*axis)?;
                dims[*axis] = 1;
            }
            Self::Standardize { axes, affine, .. } => {
                axes.iter().try_for_each(|axis| within(*axis))?;
                if count(affine)? != count(first)? || affine.len() > MOST_DIMENSIONS {
                    return Err(format!("scales {affine:?} numbers, but normalises {first:?}"));
                }
                let with_scales: Vec<&[usize]> =
                    std::iter::once(&affine[..]).chain(views[1..].iter().copied()).collect();
                if broadcast(&with_scales)? != *affine {
                    return Err(format!("scales {affine:?} numbers by {:?}", &views[1..]));
                }
                dims = affine.clone();
            }
            Self::Take { picks } => {
                for (axis, places) in picks {
                    within(*axis)?;
                    if let Some(place) = places.iter().find(|place| **place >= dims[*axis]) {
                        return Err(format!("takes place {place} of {} along axis {axis}", dims[*axis]));
                    }
                    dims[*axis] = places.len();
                }
            }
            Self::Pad { places, .. } => {
                if places.len() != first.len() {
                    return Err(format!("pads {} axes of {}", places.len(), first.len()));
                }
                for (size, (before, after)) in dims.iter_mut().zip(places) {
                    let padded = size.checked_add(*before).and_then(|size| size.checked_add(*after));
                    *size = padded.ok_or("its padding is too large")?;
                }
            }
            Self::Join { axis } => {
                within(*axis)?;
                for other in &views[1..] {
                    let fits = other.len() == dims.len() && (0..dims.len()).all(|a| a == *axis || other[a] == dims[a]);
                    if !fits {
                        return Err(format!("cannot join shapes {first:?} and {other:?} along axis {axis}"));
                    }
                    dims[*axis] = dims[*axis].checked_add(other[*axis]).ok_or("its inputs are too large")?;
                }
            }
            Self::Expand { to } => {
                if to.len() > MOST_DIMENSIONS || broadcast(&[first, &to[..]])? != *to {
                    return Err(format!("cannot repeat shape {first:?} to {to:?}"));
                }
                dims = to.clone();
            }
            Self::Resample { along } => {
                for (axis, weights) in along {
                    within(*axis)?;
                    match weights.shape[..] {
                        [new, old] if old == dims[*axis] => dims[*axis] = new,
                        _ => return Err(format!("resizes {} places by {:?}", dims[*axis], weights.shape)),
                    }
                }
            }
        }
        Ok(dims)
    }

    /// Everything but the weights, for the fingerprint: workspaces depend on every letter.
    pub(super) fn settings(&self) -> String {
        match self {
            Self::Resample { along } => {
                format!("resample {:?}", along.iter().map(|(axis, _)| axis).collect::<Vec<_>>())
            }
            // Names of variants and fields are part of it, so a new name for one needs its old one here.
            Self::View
            | Self::Permute { .. }
            | Self::Pair(_)
            | Self::Choose
            | Self::Multiply
            | Self::Reduce { .. }
            | Self::Softmax { .. }
            | Self::Standardize { .. }
            | Self::Take { .. }
            | Self::Pad { .. }
            | Self::Join { .. }
            | Self::Expand { .. }
            | Self::PlaceOfLargest { .. } => format!("{self:?}"),
        }
    }

    /// Whether it does the same where the first dimension, of length 1, is left out.
    pub(in crate::network) fn can_leave_first_out(&self, operands: &[Operand]) -> bool {
        let Some(first) = operands.first().map(Operand::view) else { return false };
        let longest = operands.iter().map(|operand| operand.view().len()).max().unwrap_or(0);
        let starts_with_one = |view: &[usize]| view.len() < longest || view.first() == Some(&1);
        let all_start_with_one = operands.iter().all(|operand| starts_with_one(operand.view()));
        let is_one = first.len() >= 2 && first[0] == 1;
        match self {
            Self::View => false,
            Self::Permute { axes } => is_one && axes[0] == 0,
            Self::Pair(_) | Self::Choose => longest >= 2 && all_start_with_one,
            Self::Multiply => longest >= 3 && all_start_with_one,
            Self::Reduce { axes, .. } => is_one && !axes.contains(&0),
            Self::Softmax { axis, .. } | Self::PlaceOfLargest { axis } | Self::Join { axis } => {
                *axis != 0 && first.len() >= 2 && all_start_with_one
            }
            Self::Take { picks } => is_one && picks.iter().all(|(axis, _)| *axis != 0),
            Self::Pad { places, .. } => is_one && places[0] == (0, 0),
            Self::Resample { along } => is_one && along.iter().all(|(axis, _)| *axis != 0),
            Self::Expand { to } => is_one && to.len() == first.len() && to[0] == 1,
            Self::Standardize { axes, affine, .. } => {
                is_one
                    && !axes.contains(&0)
                    && affine.len() == first.len()
                    && affine[0] == 1
                    && operands[1..].iter().all(|operand| operand.view().len() < first.len())
            }
        }
    }

    /// Leaves the first dimension out: axes count one less.
    pub(in crate::network) fn leave_first_out(&mut self) {
        match self {
            Self::View | Self::Pair(_) | Self::Choose | Self::Multiply => {}
            Self::Permute { axes } => {
                axes.remove(0);
                axes.iter_mut().for_each(|axis| *axis -= 1);
            }
            Self::Reduce { axes, .. } => axes.iter_mut().for_each(|axis| *axis -= 1),
            Self::Softmax { axis, .. } | Self::PlaceOfLargest { axis } | Self::Join { axis } => *axis -= 1,
            Self::Take { picks } => picks.iter_mut().for_each(|(axis, _)| *axis -= 1),
            Self::Pad { places, .. } => {
                places.remove(0);
            }
            Self::Resample { along } => along.iter_mut().for_each(|(axis, _)| *axis -= 1),
            Self::Expand { to } => {
                to.remove(0);
            }
            Self::Standardize { axes, affine, .. } => {
                axes.iter_mut().for_each(|axis| *axis -= 1);
                affine.remove(0);
            }
        }
    }
}

/// The dimensions of a product of matrices.
fn multiply(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let refuse = || format!("cannot multiply matrices of shapes {a:?} and {b:?}");
    let ([outer_a @ .., rows, inner], [outer_b @ .., other, columns]) = (a, b) else { return Err(refuse()) };
    if inner != other {
        return Err(refuse());
    }
    let mut dims = broadcast(&[outer_a, outer_b]).map_err(|_| refuse())?;
    dims.extend([*rows, *columns]);
    Ok(dims)
}
