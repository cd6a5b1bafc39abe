//! Weights as safetensors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::NetworkChoice;
use tiramisu_fuzz::{read_network, write};

fuzz_target!(|bytes: &[u8]| {
    read_network(&NetworkChoice::Torch { path: write("net.safetensors", bytes) });
});
