//! The window driven without a screen, through a fixed script, to measure what its frames cost.
//!
//! It is the window that people have: the same [`App`](super::App), told the same events, fed with what a mouse and a keyboard
//! would send. Frames are drawn to a texture that nobody looks at; only handing that to a screen is missing. It is part of the
//! program so that it can be carried to any machine and needs nothing else there.

mod aside;
mod generated;
mod legends;
mod maps;
mod measured;
mod painter;
mod processor;
mod script;
mod source;
mod steps;
mod table;
mod window;

use std::time::Duration;

use eframe::egui::{Vec2, vec2};

use crate::domain::{ResidentMemory, WindowBench};
use crate::engine::{Engine, OpenWish, Problem};
use crate::gpu::OpenDevice;
use crate::ui::performance::resident;

use measured::{Measuring, Progress};
use painter::Painter;
use source::Source;
use steps::Pace;
use window::BenchWindow;

/// Width and height of the window in points, which are pixels.
const SIZE: Vec2 = vec2(1600.0, 1000.0);

/// What the window is opened on.
pub enum Subject {
    /// A folder, by an engine of its own.
    Folder {
        /// Not used for anything else.
        engine: Box<Engine>,
        /// Where, and through which network. Where it says to extract, frames are also timed while that goes on.
        open: OpenWish,
    },
    /// So many images that are made up: there is no file, and thumbnails are of one colour each.
    Generated {
        /// How many.
        images: usize,
        /// What networks would compute on.
        device: OpenDevice,
    },
}

/// Why there is no result.
#[derive(Debug)]
pub enum NotMeasured {
    /// The person stopped it.
    Stopped,
    /// What was to be opened could not be.
    Problem(Problem),
}

/// Opens the window on `subject` and drives it, with so many frames of everything that goes on, and so many times of what is done at
/// once. `goes_on` is called again and again with what is measured now; it says whether to go on. `give_back` gives free room back to the
/// system, as it does where a person has the window.
///
/// # Errors
/// When the folder cannot be opened, or `goes_on` said no.
pub fn measure(
    subject: Subject,
    [frames, times]: [usize; 2],
    goes_on: &mut dyn FnMut(&str) -> bool,
    give_back: Option<fn()>,
) -> Result<WindowBench, NotMeasured> {
    let before = resident::now();
    let device = match &subject {
        Subject::Folder { engine, .. } => engine.gpu().clone(),
        Subject::Generated { device, .. } => device.clone(),
    };
    let mut bench = WindowBench {
        size_px: [SIZE.x as u32, SIZE.y as u32],
        computes_on: Some(device.description.clone()),
        ..WindowBench::default()
    };
    let (painter, remark) = match Painter::new(device.for_window()) {
        Ok(painter) => (
            Some(painter),
            "Frames were drawn to a texture; showing them on a screen is not part of the times".to_owned(),
        ),
        Err(why) => (None, format!("Frames were laid out and tessellated, but not drawn: {why}")),
    };
    bench.remarks.push(remark);
    if device.graphics.is_some() {
        let whose = if device.draws_apart { "a device of their own on the GPU that" } else { "the device that" };
        bench.remarks.push(format!("Frames were drawn by {whose} networks compute on"));
    }
    bench.adapter = painter.as_ref().map(Painter::adapter);
    bench.is_drawn_by_program = painter.as_ref().is_some_and(Painter::is_program);
    let source = match subject {
        Subject::Folder { engine, open } => {
            bench.collection = open.folder.display().to_string();
            Source::folder(*engine, open)
        }
        Subject::Generated { images, .. } => {
            bench.collection = "made up".to_owned();
            bench.remarks.push(
                "The images are made up: there is no file, no vector and no engine; thumbnails of one colour, neighbours of \
                 the probe and news of an extraction are answered at once"
                    .to_owned(),
            );
            Source::generated(images)
        }
    };
    let mut window = BenchWindow::new(SIZE, painter, source, give_back);
    let mut progress = Progress { goes_on, is_stopped: false };
    bench.opening = script::open(&mut window, &mut progress)?;
    bench.images = window.session().opened.images.len();
    window.rest();
    let opened = resident::now();
    bench.held = window.held();
    let mut measuring = Measuring {
        window: &mut window,
        pace: Pace { frames: frames.max(1), times: times.max(1) },
        progress: &mut progress,
        done: &mut bench.actions,
        remarks: &mut bench.remarks,
    };
    let mapped = script::actions(&mut measuring)?;
    measuring.window.rest();
    bench.held_after = measuring.window.held();
    bench.memory = before.zip(opened).zip(resident::now()).map(|((before, opened), after)| ResidentMemory {
        before_bytes: before.resident_bytes,
        opened_bytes: opened.resident_bytes,
        mapped_bytes: mapped.map(|mapped| mapped.resident_bytes),
        after_bytes: after.resident_bytes,
        most_bytes: after.most_bytes,
    });
    // After what is held was read: here all images are held twice for a while.
    legends::of_thousands(&mut measuring)?;
    match window.waited_secs() {
        Some(secs) if secs >= 0.1 => bench.remarks.push(format!(
            "Frames waited {secs:.1} s for a processor that others had, which is not part of the times of the window's thread, but of what \
             the longest frames did"
        )),
        Some(_) => {}
        None => bench.remarks.push("What frames waited for a busy processor is part of their times".to_owned()),
    }
    if bench.memory.is_none() {
        bench.remarks.push("This system does not say what a process holds in memory".to_owned());
    }
    Ok(bench)
}

/// How long anything of the script may take to be answered before it is given up.
const PATIENCE: Duration = Duration::from_secs(600);
