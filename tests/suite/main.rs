//! The whole suite in one binary, so that burn, lance and egui are linked once.

#![allow(
    clippy::unwrap_used,
    clippy::get_unwrap,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on ends, and says on the terminal what it skipped"
)]

mod analysis;
mod bad_input;
mod cli;
mod drawing;
mod engine;
mod export;
mod gpu_figures;
mod habits;
mod image_order;
mod image_records;
mod image_set;
mod image_table;
mod images;
mod import;
mod in_words;
mod journey;
mod kill_and_resume;
mod label_places;
mod layering;
mod meaning;
mod mutated;
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
mod system_calls;
mod table_words;
mod window;
mod words;
