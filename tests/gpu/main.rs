//! What a machine with a GPU does: parity, passes, extraction and frames, as one table and as JSON.
//!
//! One program that needs nothing beside it: it is packed by `tests/gpu/pack.sh`, carried to the machine, and run by
//! `tests/gpu/measure.sh`. Asked with `tiramisu` as its first word it is the command line itself.

#![allow(
    clippy::unwrap_used,
    clippy::get_unwrap,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what is measured is printed, and what cannot be measured ends"
)]

#[path = "../bench/difference.rs"]
mod difference;
mod extraction;
mod frames;
mod googlenet;
#[path = "../bench/large_collection.rs"]
mod large_collection;
mod networks;
mod offscreen;
mod parity;
mod passes;
mod picture;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tiramisu::cli;
use tiramisu::gpu::{self, Compute};

use report::Report;

/// Measures what this machine's GPU does with Tiramisu.
#[derive(Parser)]
struct Wish {
    /// Where the networks' files lie (SqueezeNet v1.0, EfficientNet-lite0, as networks.py rounds them); with --partial those that are not there are left out.
    #[arg(long, value_name = "FOLDER", default_value = "shared/models")]
    networks: PathBuf,
    /// Writes all figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Pictures of the sample collection to extract.
    #[arg(long, value_name = "COUNT", default_value_t = 2_000)]
    pictures: usize,
    /// Points of the maps whose frames are timed, in millions.
    #[arg(long, value_name = "MILLIONS", value_delimiter = ',', default_values_t = [1.0, 10.0])]
    points: Vec<f64>,
    /// Times each pass so many seconds at most.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    secs: f64,
    /// Measures nothing: adds what another program measured, a figure a line in this file, to the JSON, and prints the whole table.
    #[arg(long, value_name = "FILE", requires = "json")]
    add: Option<PathBuf>,
    /// Measures these sections only: parity, passes, extraction, frames.
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    only: Vec<String>,
    /// Goes on when the only adapter is a program: to try this without a GPU.
    #[arg(long)]
    software: bool,
    /// Goes on without networks whose files are missing.
    #[arg(long)]
    partial: bool,
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let mut words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "tiramisu") {
        words.remove(0);
        return match cli::Args::parse_from(words).verb {
            Some(verb) => cli::run(&verb).into(),
            None => ExitCode::FAILURE,
        };
    }
    let wish = Wish::parse();
    if let (Some(add), Some(json)) = (&wish.add, &wish.json) {
        let mut report = Report::read(json);
        match std::fs::read_to_string(add) {
            Ok(lines) => report.join(&lines),
            Err(error) => {
                eprintln!("cannot read {}: {error}", add.display());
                return ExitCode::FAILURE;
            }
        }
        println!("\n{}", report.table().trim_end());
        return ExitCode::SUCCESS;
    }
    // SAFETY: no thread was started yet.
    unsafe { gpu::leave_window_systems_alone() };
    let open = match gpu::open(Compute::Gpu) {
        Ok(open) => open,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if open.software_adapter && !wish.software {
        eprintln!("the only adapter is a program ({}); --software measures it all the same", open.description);
        return ExitCode::FAILURE;
    }
    let mut report = Report::of(&open, wish.json.clone());
    let wanted = |section: &str| wish.only.is_empty() || wish.only.iter().any(|word| word == section);
    if wanted("parity") || wanted("passes") {
        for (name, graph) in networks::all(&wish.networks, wish.partial, &mut report) {
            if wanted("parity") {
                parity::check(&mut report, name, &graph, &open);
            }
            if wanted("passes") {
                passes::time(&mut report, name, &graph, &open, wish.secs);
            }
        }
    }
    if wanted("extraction") {
        extraction::time(&mut report, &wish.networks, wish.pictures);
    }
    if wanted("frames") {
        for millions in &wish.points {
            frames::time(&mut report, &open, (millions * 1e6) as usize);
        }
    }
    println!("\n{}", report.table().trim_end());
    if report.any_wrong() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
