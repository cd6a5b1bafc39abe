//! Numbers that are calculated from an image's own: `width / height`, `feature('conv3', 17) - feature('conv3', 4)`.

use super::{Field, Number};

/// A calculation. What is not known makes the whole of it unknown, and so does division by zero.
#[derive(Clone, Debug, PartialEq)]
pub enum Arithmetic {
    /// A number as it was written.
    Number(Number),
    /// A column of numbers, or a feature.
    Of(Field),
    /// The same below zero.
    Negative(Box<Arithmetic>),
    /// Two joined by a sign.
    Joined(Box<Arithmetic>, Operation, Box<Arithmetic>),
}

/// How two numbers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Operation {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide];

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }

    /// Whether it comes before sums.
    pub(super) fn binds_more(self) -> bool {
        matches!(self, Self::Multiply | Self::Divide)
    }

    fn of(self, a: f64, b: f64) -> Option<f64> {
        let value = match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide if b == 0.0 => return None,
            Self::Divide => a / b,
        };
        (!value.is_nan()).then_some(value)
    }
}

impl Arithmetic {
    /// What it comes to in double precision, where `known` says what the columns and features are; `None` if that is not
    /// known.
    pub fn value(&self, known: &impl Fn(&Field) -> Option<f64>) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            Self::Of(field) => known(field),
            Self::Negative(inner) => Some(-inner.value(known)?),
            Self::Joined(a, operation, b) => operation.of(a.value(known)?, b.value(known)?),
        }
    }

    /// The columns and features in it.
    pub fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Of(field) => vec![field],
            Self::Negative(inner) => inner.fields(),
            Self::Joined(a, _, b) => a.fields().into_iter().chain(b.fields()).collect(),
        }
    }
}
