//! Tiramisu: look inside convolutional networks through your own pictures.
//!
//! # The rooms
//!
//! - [`domain`]: the nouns. Plain data, no I/O.
//! - [`images`]: pictures on disk: walk, decode, orient, thumbnail; the built-in sample collection.
//! - [`gpu`]: one device for burn and the window; a tensor's memory as something a shader can read.
//! - [`network`]: what a convolutional network is, how it is read from files, how it runs.
//! - [`features`]: activations to vectors.
//! - [`store`]: the workspace: Lance tables, commits, versions. Arrow and Lance names stop there.
//! - [`analysis`]: numbers from numbers: neighbours, projections.
//! - [`export`]: what leaves: copied files, CSV, JSON.
//! - [`engine`]: long work off the window's thread: jobs, looks, events.
//! - [`session`]: what is known and what is chosen. Pure state.
//! - [`ui`]: the window. The only home of egui.
//! - [`cli`]: one file a verb.
//! - [`tiramisu_kernels`], a crate of its own: inner loops in vector instructions, and nearly all `unsafe`.
//!
//! # How it flows
//!
//! Facts go up, wishes go down. The engine emits events, `Session::apply` takes them in; a view reads the session and
//! pushes actions, `Session::act` turns them into requests to the engine. Window and command line are two listeners of
//! the same engine.

pub mod analysis;
pub mod cli;
pub mod domain;
pub mod engine;
pub mod export;
pub mod features;
pub mod gpu;
pub mod images;
pub mod network;
pub mod session;
pub mod store;
pub mod ui;
