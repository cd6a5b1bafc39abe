//! Operations on values of any number of dimensions.
//!
//! Convolutional networks are planes of channels nearly everywhere, but not quite: a channel shuffle splits the channels
//! into groups, ConvNeXt turns them last, attention multiplies tables of tokens. These operations see their operands as
//! whatever dimensions they need ("views": the same numbers in the same order), never those of the batch. What an
//! operation does not name is done for every image of a batch alike.

use super::Weights;

/// No value has more dimensions than this, the batch not counted.
pub(super) const MOST_DIMENSIONS: usize = 7;

/// An operation on values of any number of dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct General {
    /// What it does with its operands.
    pub function: Function,
    /// What it works on, in order.
    pub operands: Vec<Operand>,
    /// How the result is kept: other dimensions for the same numbers.
    pub output: Vec<usize>,
}

/// What a general operation works on.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// The node's next input, seen with these dimensions.
    Input(Vec<usize>),
    /// Numbers that came with the network, the same for every image.
    Constant(Weights),
}

impl Operand {
    /// The dimensions seen.
    pub fn view(&self) -> &[usize] {
        match self {
            Self::Input(view) => view,
            Self::Constant(weights) => &weights.shape,
        }
    }
}

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

/// How two numbers become one. Truth is 1, else 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operations'")]
pub enum Pair {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Maximum,
    Minimum,
    /// With the sign of the divisor, as in Python.
    Remainder,
    /// With the sign of the dividend, as in C.
    TruncatedRemainder,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
    Xor,
    /// `x` where positive, the second operand times `x` elsewhere.
    Rectify,
}

/// How many numbers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operations'")]
pub enum Reduction {
    Sum,
    Mean,
    Maximum,
    Minimum,
    Product,
    /// The sum of magnitudes.
    SumOfMagnitudes,
    SumOfSquares,
    /// The root of the sum of squares.
    Length,
    LogOfSum,
    LogOfSumOfExp,
}

impl General {
    /// The tensors that came with the network.
    pub(super) fn weights(&self) -> Vec<&Weights> {
        let constants = self.operands.iter().filter_map(|operand| match operand {
            Operand::Constant(weights) => Some(weights),
            Operand::Input(_) => None,
        });
        match &self.function {
            Function::Resample { along } => constants.chain(along.iter().map(|(_, weights)| weights)).collect(),
            _ => constants.collect(),
        }
    }

    /// Everything but the weights, for the fingerprint.
    pub(super) fn settings(&self) -> String {
        let views: Vec<_> = self.operands.iter().map(Operand::view).collect();
        let function = match &self.function {
            Function::Resample { along } => {
                format!("resample {:?}", along.iter().map(|(axis, _)| axis).collect::<Vec<_>>())
            }
            other => format!("{other:?}"),
        };
        format!("{function} {views:?} {:?}", self.output)
    }

    /// How many operands are other nodes' outputs.
    pub(super) fn input_count(&self) -> usize {
        self.operands.iter().filter(|operand| matches!(operand, Operand::Input(_))).count()
    }

    /// Whether one number becomes another where it stands, by what came with the network.
    pub(super) fn is_activation(&self) -> bool {
        matches!(self.function, Function::Pair(_)) && self.input_count() == 1
    }

    /// Whether this is a fully connected layer, at every place alike.
    pub(super) fn is_representation(&self) -> bool {
        self.function == Function::Multiply && self.input_count() == 1
    }

    /// The dimensions of the result before it is kept as `output`.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub(super) fn result(&self) -> Result<Vec<usize>, String> {
        let views: Vec<&[usize]> = self.operands.iter().map(Operand::view).collect();
        let (Some(first), Some(longest)) = (views.first(), views.iter().map(|view| view.len()).max()) else {
            return Err("takes nothing; it needs an input".to_owned());
        };
        if longest > MOST_DIMENSIONS {
            return Err(format!("works on {longest} dimensions; {MOST_DIMENSIONS} can be run"));
        }
        let expected = match &self.function {
            Function::Pair(_) | Function::Multiply => 2..=2,
            Function::Choose => 3..=3,
            Function::Standardize { .. } => 1..=3,
            Function::Join { .. } => 1..=usize::MAX,
            _ => 1..=1,
        };
        if !expected.contains(&views.len()) {
            return Err(format!("has {} operands; it needs {}", views.len(), expected.start()));
        }
        let within = |axis: usize| {
            if axis < first.len() { Ok(()) } else { Err(format!("names axis {axis} of {} dimensions", first.len())) }
        };
        let mut dims = first.to_vec();
        match &self.function {
            Function::View => {}
            Function::Permute { axes } => {
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                if sorted != (0..first.len()).collect::<Vec<_>>() {
                    return Err(format!("orders axes as {axes:?}, but there are {}", first.len()));
                }
                dims = axes.iter().map(|axis| first[*axis]).collect();
            }
            Function::Pair(_) | Function::Choose => dims = broadcast(&views)?,
            Function::Multiply => dims = multiply(views[0], views[1])?,
            Function::Reduce { axes, .. } => {
                for axis in axes {
                    within(*axis)?;
                    dims[*axis] = 1;
                }
            }
            Function::Softmax { axis, .. } => within(*axis)?,
            Function::PlaceOfLargest { axis } => {
                within(*axis)?;
                dims[*axis] = 1;
            }
            Function::Standardize { axes, affine, .. } => {
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
            Function::Take { picks } => {
                for (axis, places) in picks {
                    within(*axis)?;
                    if let Some(place) = places.iter().find(|place| **place >= dims[*axis]) {
                        return Err(format!("takes place {place} of {} along axis {axis}", dims[*axis]));
                    }
                    dims[*axis] = places.len();
                }
            }
            Function::Pad { places, .. } => {
                if places.len() != first.len() {
                    return Err(format!("pads {} axes of {}", places.len(), first.len()));
                }
                for (size, (before, after)) in dims.iter_mut().zip(places) {
                    let padded = size.checked_add(*before).and_then(|size| size.checked_add(*after));
                    *size = padded.ok_or("its padding is too large")?;
                }
            }
            Function::Join { axis } => {
                within(*axis)?;
                for other in &views[1..] {
                    let fits = other.len() == dims.len() && (0..dims.len()).all(|a| a == *axis || other[a] == dims[a]);
                    if !fits {
                        return Err(format!("cannot join shapes {first:?} and {other:?} along axis {axis}"));
                    }
                    dims[*axis] = dims[*axis].checked_add(other[*axis]).ok_or("its inputs are too large")?;
                }
            }
            Function::Expand { to } => {
                if to.len() > MOST_DIMENSIONS || broadcast(&[*first, &to[..]])? != *to {
                    return Err(format!("cannot repeat shape {first:?} to {to:?}"));
                }
                dims = to.clone();
            }
            Function::Resample { along } => {
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
}

/// How many numbers there are.
pub(super) fn count(dims: &[usize]) -> Result<usize, String> {
    let product = dims.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
    product.ok_or_else(|| format!("a value of shape {dims:?} is larger than any network needs"))
}

/// The common dimensions, aligned at the last; lengths of 1 stretch.
pub(super) fn broadcast(views: &[&[usize]]) -> Result<Vec<usize>, String> {
    let rank = views.iter().map(|view| view.len()).max().unwrap_or(0);
    let mut dims = vec![1; rank];
    for view in views {
        for (size, other) in dims[rank - view.len()..].iter_mut().zip(view.iter()) {
            *size = match (*size, *other) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return Err(format!("cannot combine shapes {views:?}")),
            };
        }
    }
    Ok(dims)
}

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
