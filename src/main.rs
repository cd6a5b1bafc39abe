//! Parse, then window or verb, then exit code.

#![expect(clippy::print_stderr, reason = "before there is a window or a console somebody has to be told")]

use std::ffi::{c_int, c_long};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tiramisu::cli::{self, Args, BenchWindowArgs, Interrupted, Opening, Outcome};
use tiramisu::domain::WindowBench;
use tiramisu::engine::{Engine, EngineOptions, OpenWish, Problem, threads_to_decode_on};
use tiramisu::gpu;
use tiramisu::ui::again::{self, LOST, Lost};
use tiramisu::ui::bench::{NotMeasured, Subject};
use tiramisu::ui::settings::{Computing, Given};
use tiramisu::ui::{self, Launch, Settings, Waker};
use tracing_subscriber::prelude::*;

/// A quarter of a frame's time went to the system's allocator, which keeps what many threads gave back besides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// What the crate of that name does not hand on (`mimalloc.h`).
unsafe extern "C" {
    /// Gives all that is free back to the system, if that is forced.
    safe fn mi_collect(force: bool);
    safe fn mi_option_set(option: c_int, value: c_long);
}

/// The number of `mi_option_purge_delay`, by which what is free waits before it goes back to the system, in milliseconds.
const PURGE_DELAY: c_int = 15;
/// A day.
const NO_TIME_SOON: c_long = 86_400_000;

/// From now on free room goes back to the system when what is returned is called. By itself it goes a second after it was freed, with
/// whichever thread frees something next: of a million pictures tens of megabytes in one frame of the window's.
fn keep_freed_room() -> fn() {
    mi_option_set(PURGE_DELAY, NO_TIME_SOON);
    give_back
}

fn give_back() {
    mi_collect(true);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes a number and may be called at any time.
    unsafe {
        // What is written in C has its own allocator: a program that draws in the place of a graphics card above all.
        libc::malloc_trim(0);
    }
}

fn main() -> ExitCode {
    let mut args = Args::try_parse().unwrap_or_else(|error| {
        // A misspelt verb is read as a folder, and what follows it complained about.
        let words = || std::env::args_os().skip(1);
        let advice = || cli::misspelt_verb(words()).or_else(|| cli::option_of_others(&error, words()));
        if let Some(advice) = error.use_stderr().then(advice).flatten() {
            eprintln!("tiramisu: {advice}");
            std::process::exit(i32::from(Outcome::Misused.code()));
        }
        error.exit()
    });
    match cli::log::layer(std::env::var_os(cli::log::VARIABLE).as_deref()) {
        Ok(written) => tracing_subscriber::registry().with(written).with(ui::dialog_failures::listener()).init(),
        Err(error) => {
            eprintln!("tiramisu: {error}");
            return Outcome::Misused.into();
        }
    }
    match &mut args.verb {
        Some(verb) => {
            verb.hand_window(drive_window);
            // SAFETY: no thread was started yet.
            unsafe { gpu::leave_window_systems_alone() };
            if let Some((name, value)) = threads_to_decode_on() {
                #[expect(clippy::disallowed_methods, reason = "what is behind the store can be told in no other way")]
                // SAFETY: no thread was started yet.
                unsafe {
                    std::env::set_var(name, value)
                };
            }
            cli::run(verb).into()
        }
        None => {
            let lost = Lost::said();
            #[expect(
                clippy::disallowed_methods,
                reason = "programs that this one starts are not to believe it of themselves"
            )]
            // SAFETY: no thread was started yet.
            unsafe {
                std::env::remove_var(LOST)
            };
            window(&args, lost).into()
        }
    }
}

/// Opens the window and stays until it is closed.
fn window(args: &Args, lost: Option<Lost>) -> Outcome {
    // What was lost may have taken a disk with it: then there is the welcome view.
    let folder = args.folder_to_open().filter(|folder| lost.is_none() || folder.is_dir());
    if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_dir()) {
        let advice = cli::misspelt_verb(Some(folder.clone().into_os_string())).unwrap_or_else(|| {
            format!("there is no such folder, and no verb of that name (see --help): {}", folder.display())
        });
        eprintln!("tiramisu: {advice}");
        return Outcome::Misused;
    }
    match open_window(args, folder, lost) {
        Ok(()) => Outcome::Done,
        Err(error) => {
            eprintln!("tiramisu: {error:#}");
            Outcome::Failed
        }
    }
}

fn open_window(args: &Args, folder: Option<PathBuf>, lost: Option<Lost>) -> anyhow::Result<()> {
    ui::expect_display()?;
    let waker = Waker::default();
    let settings_dir = Settings::default_dir();
    let settings = settings_dir.as_deref().map(Settings::load).unwrap_or_default();
    let opening = &args.opening;
    let given = Given {
        compute: opening.compute,
        adapter: opening.adapter.clone(),
        precision: opening.precision,
        network: opening.network.is_some().then(|| opening.network_file()),
        only_look: opening.only_look,
    };
    let (engine, remark) = start_engine(opening, &settings, &given, &waker, lost.is_some())?;
    let remark = remark.or_else(|| lost.map(|_| again::remark()));
    let workspace = opening.workspace.clone();
    let give_back = Some(keep_freed_room());
    let launch = Launch { settings, settings_dir, folder, workspace, given, remark, lost, give_back };
    if !ui::run(engine, waker, launch)? {
        // The window is closed: nobody is to wait for what cannot be stopped, nor is the next window for its lock.
        cli::interrupt::end_at_once(Outcome::Done);
    }
    Ok(())
}

/// Starts the engine on what is remembered, as far as the command line says nothing else. A device that was chosen once and is
/// not there any more must not keep the window closed: then it starts without what is remembered, and says so; where a device was lost,
/// without what was given, too.
fn start_engine(
    opening: &Opening,
    settings: &Settings,
    given: &Given,
    waker: &Waker,
    was_lost: bool,
) -> Result<(Engine, Option<Problem>), Problem> {
    let start = |Computing { compute, adapter, precision }: Computing| {
        let bell = waker.clone();
        let options = EngineOptions {
            compute,
            adapter,
            precision,
            vector_bytes: settings.memory.vector_bytes(),
            // The window chooses its adapter when its surface is there, which may be another than the one that computes.
            draws_apart: Some(true),
            takes_selections: true,
            watches_folder: true,
            asks_of_moved: true,
            ..opening.engine_options()
        };
        Engine::start(options, move || bell.wake())
    };
    let bare = if was_lost { Computing::default() } else { Computing::default().under(given) };
    let remembered = settings.computing.under(given);
    match start(remembered.clone()) {
        Err(problem) if remembered != bare => {
            let remark = Problem::new("The device that was chosen could not be opened", problem.why)
                .with_remedy("The usual one computes for now. Choose another in the settings.");
            Ok((start(bare)?, Some(remark)))
        }
        started => Ok((started?, None)),
    }
}

/// Drives a window without a screen, for the verb that measures its frames.
fn drive_window(args: &BenchWindowArgs, goes_on: &mut dyn FnMut(&str) -> bool) -> anyhow::Result<WindowBench> {
    let draws_apart = args.one_device.then_some(false);
    let subject = match (&args.folder, args.images) {
        (Some(folder), _) => {
            let engine = Engine::start(EngineOptions { draws_apart, ..args.opening.engine_options() }, || {})?;
            let (workspace, network) = (args.opening.workspace.clone(), args.opening.network_file());
            let folder = std::path::absolute(folder)?;
            let open = OpenWish { folder, workspace, network, layers: None, extract: args.extract };
            Subject::Folder { engine: Box::new(engine), open }
        }
        (None, images) => {
            let mut device = gpu::open_with(args.opening.compute.unwrap_or_default(), args.opening.adapter.as_deref())?;
            device.draws_apart = draws_apart.unwrap_or(device.draws_apart);
            Subject::Generated { images: images.unwrap_or_default() as usize, device }
        }
    };
    let pace = [args.frames, args.times].map(|count| count as usize);
    ui::bench::measure(subject, pace, goes_on, Some(keep_freed_room())).map_err(|why| match why {
        NotMeasured::Stopped => Interrupted.into(),
        NotMeasured::Problem(problem) => problem.into(),
    })
}
