//! What could go on where a text ends, and how.

use super::{Field, Kind};

/// What could go on where a text ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    /// A column, a function, `not` or `(`.
    Operand,
    /// How the field is compared.
    Check(Field),
    /// `like`, `in` or `between` after a field of this kind and `not`.
    Denied(Kind),
    /// `null`, or `not null` if nothing was denied yet.
    Null(bool),
    /// What the field is compared with.
    Value(Field),
    /// The argument of a function with this number.
    Argument(Function, usize),
    /// This sign or word.
    Only(&'static str),
    /// A number to calculate with.
    Quantity,
    /// A sign to calculate with; `)` where one is open.
    Sign(bool),
    /// `and` or `or`; `)` where one is open.
    Connective(bool),
}

/// What is written with parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// `tag('x')`
    Tag,
    /// `cluster('x')`
    Cluster,
    /// `feature('x', 1)`
    Feature,
    /// `measure('x')`
    Measure,
    /// `has_vectors()`
    HasVectors,
}

impl Function {
    pub(super) const ALL: [Self; 5] = [Self::Tag, Self::Cluster, Self::Feature, Self::Measure, Self::HasVectors];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Cluster => "cluster",
            Self::Feature => "feature",
            Self::Measure => "measure",
            Self::HasVectors => "has_vectors",
        }
    }

    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Tag => "tag('blurred')",
            Self::Cluster => "cluster('kmeans_20') = 3",
            Self::Feature => "feature('conv3', 17) > 2.5",
            Self::Measure => "measure('typicality') > 0.9",
            Self::HasVectors => "has_vectors()",
        }
    }
}
