//! Caffe's description of a network, beside weights that are as they were.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::NetworkChoice;
use tiramisu_fuzz::{golden, place, read_network, write};

fuzz_target!(init: write("net.caffemodel", &golden("caffe/windows.caffemodel")), |text: &[u8]| {
    let prototxt = write("net.prototxt", text);
    read_network(&NetworkChoice::Caffe { prototxt, caffemodel: place("net.caffemodel") });
});
