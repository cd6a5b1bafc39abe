//! Operations on values of any number of dimensions.
//!
//! Convolutional networks are planes of channels nearly everywhere, but not quite: a channel shuffle splits the channels
//! into groups, ConvNeXt turns them last, attention multiplies tables of tokens. These operations see their operands as
//! whatever dimensions they need ("views": the same numbers in the same order), never those of the batch. What an
//! operation does not name is done for every image of a batch alike.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod function;

use super::Weights;

pub(super) use function::Axes;
pub use function::Function;

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
        constants.chain(self.function.weights()).collect()
    }

    /// Everything but the weights, for the fingerprint.
    pub(super) fn settings(&self) -> String {
        let views: Vec<_> = self.operands.iter().map(Operand::view).collect();
        format!("{} {views:?} {:?}", self.function.settings(), self.output)
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

    /// How many dimensions it works on.
    pub(super) fn rank(&self) -> usize {
        let operands = self.operands.iter().map(|operand| operand.view().len());
        operands.fold(self.function.own_dims().len(), usize::max)
    }

    /// How many products are in each number of the result.
    pub(super) fn products(&self) -> usize {
        self.function.products(self.operands.first().map_or(&[], Operand::view))
    }

    /// The dimensions of the result before it is kept as `output`.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub(super) fn result(&self) -> Result<Vec<usize>, String> {
        let views: Vec<&[usize]> = self.operands.iter().map(Operand::view).collect();
        let Some(longest) = views.iter().map(|view| view.len()).max() else {
            return Err("takes nothing; it needs an input".to_owned());
        };
        if longest > MOST_DIMENSIONS {
            return Err(format!("works on {longest} dimensions; {MOST_DIMENSIONS} can be run"));
        }
        let expected = self.function.operand_count();
        if !expected.contains(&views.len()) {
            return Err(format!("has {} operands; it needs {}", views.len(), expected.start()));
        }
        self.function.result(&views)
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
