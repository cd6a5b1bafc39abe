//! Weights of PyTorch's: an archive with a pickle in it, which is read and never run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::NetworkChoice;
use tiramisu_fuzz::{read_network, write};

fuzz_target!(|bytes: &[u8]| {
    read_network(&NetworkChoice::Torch { path: write("net.pth", bytes) });
});
