//! What a convolutional network is, how it is read from files, and how it runs.
//!
//! Every reader ends in the same [`Graph`]: nodes in the order in which they run, each an [`Op`] with its weights, its
//! inputs and the shape of its output. Nothing after the reader knows which kind of file it was. A [`Runner`] puts the
//! weights on a device and runs batches; any node's output can be tapped on the way.
//!
//! Every layer of the file is a node of its own, also those that work in place there (`ReLU` on its own input): a
//! person may want to look before and after. The input is not a node.

mod activation;
pub mod analytic;
mod builder;
mod builtin;
mod choice;
mod classes;
mod error;
mod facts;
mod fingerprint;
mod general;
mod graph;
mod labels;
mod layout;
mod memory;
mod op;
mod plain_file;
mod preprocessing;
pub mod read;
mod run;
mod shape;
mod weights;
pub mod zoo;

pub use activation::{Activation, Angle};
pub use builder::GraphBuilder;
pub use choice::NetworkChoice;
pub use error::{GraphError, NetworkError};
pub use facts::NetworkFacts;
pub use general::{Function, General, Operand, Pair, Reduction};
pub use graph::{Graph, Node, Source};
pub use layout::Layout;
pub use op::{Combination, Convolution, Deconvolution, Linear, Normalization, Op, Pool, PoolKind};
pub use plain_file::{FileRead, noting_files};
pub use preprocessing::{ColourOrder, Preprocessing};
pub use run::{Runner, Seen, StepTime};
pub use weights::Weights;

/// Reads the chosen network from its files, or makes one of those that need none.
///
/// # Errors
/// When a file is missing, damaged, or says something that Tiramisu cannot run. The message names the file.
pub fn load(choice: &NetworkChoice) -> Result<Graph, NetworkError> {
    match choice {
        NetworkChoice::Builtin => Ok(builtin::graph()),
        NetworkChoice::Analytic => Ok(analytic::graph()),
        NetworkChoice::Caffe { prototxt, caffemodel } => read::caffe::load(prototxt, caffemodel),
        NetworkChoice::Torch { path } => read::torch::load(path),
        NetworkChoice::Onnx { path } => read::onnx::load(path),
    }
}
