//! Parse, then window or verb, then exit code.

use std::process::ExitCode;

use clap::Parser;
use tiramisu::cli::{self, Args, Outcome};

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TIRAMISU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let args = Args::parse();
    match &args.verb {
        Some(verb) => cli::run(verb).into(),
        None => window(&args).into(),
    }
}

/// Opens the window and stays until it is closed.
fn window(args: &Args) -> Outcome {
    if let Some(folder) = args.folder.as_ref().filter(|folder| !folder.is_dir()) {
        eprintln!("tiramisu: there is no such folder, and no verb of that name (see --help): {}", folder.display());
        return Outcome::Misused;
    }
    Outcome::Done
}
