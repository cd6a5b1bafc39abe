//! A network in ONNX's format. Weights in a file beside it are there to be read, as those of `residual.onnx`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::NetworkChoice;
use tiramisu_fuzz::{golden, read_network, write};

fuzz_target!(init: write("residual.weights", &golden("onnx/residual.weights")), |bytes: &[u8]| {
    read_network(&NetworkChoice::Onnx { path: write("net.onnx", bytes) });
});
