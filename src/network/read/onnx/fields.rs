//! Which messages of the format hold which, to weigh a file before it is decoded.

use super::super::weigh::{Content, Message};

/// Messages of the format, as far as they hold others.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Function,
    /// Text fields only.
    Entry,
}

impl Message for Part {
    /// The field numbers are those of `onnx.proto`.
    fn content(self, field: u64) -> Content<Self> {
        use Content::{Bytes, Message as In};
        match (self, field) {
            (Self::Model, 7) => In(Self::Graph),
            (Self::Model, 14) | (Self::Graph, 16) | (Self::Node, 9) => In(Self::Entry),
            (Self::Model, 25) => In(Self::Function),
            (Self::Model, 2..=6) => Bytes,
            (Self::Graph, 1) | (Self::Function, 7) => In(Self::Node),
            (Self::Graph, 5) => In(Self::Tensor),
            (Self::Graph, 2 | 10) => Bytes,
            (Self::Node, 5) => In(Self::Attribute),
            (Self::Node, 1..=4 | 6..=8) => Bytes,
            (Self::Attribute, 5 | 10) => In(Self::Tensor),
            (Self::Attribute, 6 | 11) => In(Self::Graph),
            // Packed numbers take up to eight times their bytes, which the file's size bounds.
            (Self::Attribute, 1..=4 | 7..=9 | 13 | 21) => Bytes,
            (Self::Tensor, 13 | 16) => In(Self::Entry),
            (Self::Tensor, 1..=2 | 4..=12) => Bytes,
            (Self::Function, 11) => In(Self::Attribute),
            (Self::Function, 1..=6 | 8 | 10 | 13) => Bytes,
            (Self::Entry, _) => Bytes,
            _ => Content::Unknown,
        }
    }
}
