//! Parse, then window or verb, then exit code.

use std::process::ExitCode;

use clap::Parser;
use tiramisu::cli::{self, Args, Outcome};
use tiramisu::engine::Engine;
use tiramisu::ui::{self, Launch, Waker};
use tracing_subscriber::prelude::*;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TIRAMISU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    let written = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(filter);
    tracing_subscriber::registry().with(written).with(ui::dialog_failures::listener()).init();
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
    match open_window(args) {
        Ok(()) => Outcome::Done,
        Err(error) => {
            eprintln!("tiramisu: {error:#}");
            Outcome::Failed
        }
    }
}

fn open_window(args: &Args) -> anyhow::Result<()> {
    let waker = Waker::default();
    let bell = waker.clone();
    let engine = Engine::start(args.opening.engine_options(), move || bell.wake())
        .map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let network = args.opening.network.is_some().then(|| args.opening.network_file());
    ui::run(engine, waker, Launch { folder: args.folder.clone(), workspace: args.opening.workspace.clone(), network })?;
    Ok(())
}
