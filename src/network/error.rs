//! What can be wrong with a network.

use std::path::PathBuf;

use thiserror::Error;

/// Why a network cannot be loaded.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// The file is missing or may not be read.
    #[error("the network's file cannot be read ({source}); check that it exists and that you may read it: {}", .path.display())]
    Unreadable {
        /// What the system said.
        source: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// The choice of files makes no network.
    #[error("{reason}: {}", .path.display())]
    Choice {
        /// What is missing, and what to do.
        reason: String,
        /// The file that was chosen.
        path: PathBuf,
    },
    /// The description does not follow Caffe's text format.
    #[error("this is not a network description in Caffe's format ({reason}); choose another .prototxt file: {}", .path.display())]
    Description {
        /// Where and why parsing stopped.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The weights do not follow Caffe's binary format.
    #[error(
        "the weights are damaged or cut short ({reason}); download or copy the .caffemodel file again: {}",
        .path.display()
    )]
    Weights {
        /// What decoding said.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The file holds no tensors in a form of PyTorch's.
    #[error(
        "this is not a file of PyTorch weights, or it is damaged ({reason}); download or copy it again, or save the \
         network's state_dict() once more: {}",
        .path.display()
    )]
    Checkpoint {
        /// What decoding said.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The file does not follow ONNX's format.
    #[error("this is no network in ONNX's format, or it is damaged ({reason}); download or export it again: {}", .path.display())]
    Model {
        /// What decoding said.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// A layer does something that Tiramisu has no code for.
    #[error(
        "layer `{layer}` is of type `{kind}`, which Tiramisu cannot run; choose a network without it: {}",
        .path.display()
    )]
    UnknownLayer {
        /// The layer's name.
        layer: String,
        /// Its type in the file.
        kind: String,
        /// Which file.
        path: PathBuf,
    },
    /// A description of a known network makes no sense.
    #[error("this description of a network cannot be used ({reason}); correct or remove it: {}", .path.display())]
    Zoo {
        /// What is wrong.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The parts do not fit together.
    #[error("{error}: {}", .path.display())]
    Graph {
        /// What does not fit.
        error: GraphError,
        /// Which file.
        path: PathBuf,
    },
}

/// Why nodes make no network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GraphError {
    /// One layer is wrong.
    #[error("layer `{layer}`: {reason}")]
    Layer {
        /// The layer's name.
        layer: String,
        /// What does not fit, with the numbers.
        reason: String,
    },
    /// The network as a whole is wrong.
    #[error("{reason}")]
    Whole {
        /// What does not fit, with the numbers.
        reason: String,
    },
}

impl GraphError {
    /// An error of one layer.
    pub(crate) fn layer(layer: &str, reason: impl Into<String>) -> Self {
        Self::Layer { layer: layer.to_owned(), reason: reason.into() }
    }

    /// An error of the whole network.
    pub(crate) fn whole(reason: impl Into<String>) -> Self {
        Self::Whole { reason: reason.into() }
    }
}
