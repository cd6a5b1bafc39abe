//! How a folder is opened, in words of the command line.

use std::path::{Path, PathBuf};

use clap::Args;

use super::parsers::one_of;
use crate::domain::{Precision, is_network_name};
use crate::engine::{EngineOptions, NetworkFile};
use crate::gpu::Compute;

/// How a folder is opened, in the window and by every verb.
#[derive(Clone, Debug, Default, Args)]
pub struct Opening {
    /// Network to look through: a name of `tiramisu networks list`, or a file (of a Caffe network the .prototxt or the
    /// .caffemodel, its other half beside it); `filters` for those from formulas [default: the built-in one]
    #[arg(long, value_name = "NAME|FILE")]
    pub network: Option<PathBuf>,
    /// Where the workspace lies [default: named after the folder, in the user's data directory]
    #[arg(long, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// The device that computes; auto takes the GPU, unless there is none or it is a software renderer [default: auto]
    #[arg(long, value_parser = one_of(Compute::ALL, Compute::word))]
    pub compute: Option<Compute>,
    /// The graphics adapter that networks compute on, by a part of its name, where there are several; a window draws by it, too, if
    /// that can show on the screen
    #[arg(long, value_name = "NAME")]
    pub adapter: Option<String>,
    /// The precision in which networks run: half takes half the memory and needs a GPU with 16-bit numbers [default: single]
    #[arg(long, value_parser = one_of(Precision::ALL, Precision::word))]
    pub precision: Option<Precision>,
    /// Write, make and remove no file: neither of a workspace nor of what is remembered for the next question. What would be
    /// repaired is told instead. For programs that promise their users to change nothing
    #[arg(long, hide = true)]
    pub only_look: bool,
}

impl Opening {
    /// The network as the engine names it. What exists or looks like a path is taken for a file; anything else is a
    /// name.
    pub fn network_file(&self) -> NetworkFile {
        self.network.as_deref().map_or(NetworkFile::Builtin, network_named)
    }

    /// The engine's options, as far as they are chosen here.
    pub fn engine_options(&self) -> EngineOptions {
        let (compute, precision) = (self.compute.unwrap_or_default(), self.precision.unwrap_or_default());
        let (adapter, only_look) = (self.adapter.clone(), self.only_look);
        EngineOptions { compute, adapter, precision, only_looks: only_look, ..EngineOptions::default() }
    }
}

/// As [`Opening::network_file`].
pub fn network_named(network: &Path) -> NetworkFile {
    match network.to_str().filter(|name| !network.is_file() && !looks_like_a_file(name)) {
        Some("builtin" | "ladyfinger") => NetworkFile::Builtin,
        Some("filters") => NetworkFile::Analytic,
        Some(name) => NetworkFile::Known(name.to_owned()),
        None => NetworkFile::File(std::path::absolute(network).unwrap_or_else(|_| network.to_owned())),
    }
}

fn looks_like_a_file(name: &str) -> bool {
    // No network's name ends in `.bin`, and files that we cannot read do: those are told which ones we can.
    name.contains(['/', '\\']) || is_network_name(Path::new(name)) || name.to_lowercase().ends_with(".bin")
}
