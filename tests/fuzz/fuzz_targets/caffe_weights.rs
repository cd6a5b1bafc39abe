//! Caffe's weights, beside a description that is as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::NetworkChoice;
use tiramisu_fuzz::{golden, place, read_network, write};

fuzz_target!(init: write("net.prototxt", &golden("caffe/windows.prototxt")), |weights: &[u8]| {
    let caffemodel = write("net.caffemodel", weights);
    read_network(&NetworkChoice::Caffe { prototxt: place("net.prototxt"), caffemodel });
});
