//! Compiles Caffe's schema: Rust types for the binary form, a descriptor set for the text form.

use std::{env, io, path::PathBuf};

const SCHEMA: &str = "src/network/read/caffe/caffe.proto";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={SCHEMA}");
    println!("cargo:rerun-if-changed=src/network/read/caffe/build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts"));
    prost_build::Config::new()
        .file_descriptor_set_path(out.join("caffe.descriptors"))
        .compile_protos(&[SCHEMA], &["src/network/read/caffe"])
}
