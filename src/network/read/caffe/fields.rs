//! Which messages of the format hold which, to weigh a file before it is decoded.

use super::super::weigh::{Content, Message};

/// Messages of the format, as far as they hold others.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Net,
    Layer,
    /// A layer of the first published format.
    OldLayer,
    Blob,
}

impl Message for Part {
    /// The field numbers are those of `caffe.proto`.
    fn content(self, field: u64) -> Content<Self> {
        use Content::{Bytes, Message as In};
        match (self, field) {
            (Self::Net, 100) => In(Self::Layer),
            (Self::Net, 2) => In(Self::OldLayer),
            (Self::Layer, 7) | (Self::OldLayer, 6) => In(Self::Blob),
            (Self::Blob, 5 | 6 | 8 | 9) | (Self::Net, 1 | 3) | (Self::Layer, 1..=4) | (Self::OldLayer, 2..=4) => Bytes,
            _ => Content::Unknown,
        }
    }

    /// A layer has room for every parameter of every kind of layer: some two thousand bytes.
    fn fields(self) -> usize {
        match self {
            Self::Layer | Self::OldLayer => 100,
            Self::Blob => 5,
            Self::Net => 0,
        }
    }
}
