//! The whole suite in one binary, so that burn, lance and egui are linked once.

mod analysis;
mod bad_input;
mod cli;
mod drawing;
mod engine;
mod export;
mod images;
mod journey;
mod kill_and_resume;
mod layering;
mod meaning;
mod network;
mod networks;
mod onnx;
mod paint;
mod parity;
mod predicate;
mod readme;
mod resizing;
mod session;
mod store;
mod support;
mod window;
