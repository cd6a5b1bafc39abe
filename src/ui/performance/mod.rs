//! What frames cost, what waits and what is held in memory, for anyone who wants to know why the window is slow.
//!
//! Every frame is timed, which costs a few looks at a clock; everything else is counted only while the panel is open, and then a
//! few times a second.

mod figures;
mod frame_log;
mod memory_use;
mod panel;
pub(in crate::ui) mod resident;

use std::time::Instant;

use eframe::egui;

use super::paint::DrawnTimes;
use super::thumbnails::Thumbnails;
use super::views::Pane;
use super::views::map::MapView;
use crate::domain::HeldMemory;
use crate::session::Session;
use figures::Figures;
use frame_log::FrameLog;

pub use frame_log::Part;

/// Seconds between two counts while the panel is open: numbers that change faster cannot be read.
const PERIOD_SECS: f64 = 0.5;

/// What is measured with. Tests bring instruments that show the same every time.
pub struct Instruments {
    /// Seconds since any moment, always the same one.
    pub clock: Box<dyn FnMut() -> f64>,
    /// Bytes that the process holds in memory; `None` where the system does not say.
    pub resident_bytes: Box<dyn FnMut() -> Option<u64>>,
    /// Whether the system and the toolkit are asked why they wanted a frame.
    pub tells_causes: bool,
    /// Whether it is measured how long the graphics device takes.
    pub times_drawing: bool,
}

impl Default for Instruments {
    fn default() -> Self {
        let start = Instant::now();
        Self {
            clock: Box::new(move || start.elapsed().as_secs_f64()),
            resident_bytes: Box::new(|| resident::now().map(|memory| memory.resident_bytes)),
            tells_causes: true,
            times_drawing: true,
        }
    }
}

/// What is read of the window beside the session.
pub struct Readings<'a> {
    /// What is known and chosen.
    pub session: &'a Session,
    /// The pictures.
    pub thumbnails: &'a Thumbnails,
    /// Events that nobody took yet.
    pub news_waiting: usize,
    /// Bytes of the picture that is looked at at its own resolution, on the GPU.
    pub picture_bytes: usize,
    /// The maps, as they are drawn.
    pub maps: &'a MapView,
}

impl Readings<'_> {
    /// Who holds how much memory.
    pub fn held(&self) -> Vec<HeldMemory> {
        let held = memory_use::of(self).into_iter();
        held.map(|held| HeldMemory { by: held.by, bytes: held.bytes, is_of_process: held.is_of_process }).collect()
    }
}

/// Times frames, and shows what they cost if that is wished.
#[derive(Default)]
pub struct Performance {
    /// Whether the panel is open.
    pub is_open: bool,
    instruments: Instruments,
    log: FrameLog,
    drawn: DrawnTimes,
    lap_from_secs: f64,
    figures: Option<Figures>,
    counted_at_secs: f64,
}

impl Performance {
    /// Measures by other instruments from now on.
    pub fn measure_with(&mut self, instruments: Instruments) {
        let is_open = self.is_open;
        *self = Self { is_open, instruments, ..Self::default() };
    }

    /// What is done from now on is timed.
    pub fn begin(&mut self) {
        self.lap_from_secs = (self.instruments.clock)();
    }

    /// What was done since the last lap belongs to `part`.
    pub fn lap(&mut self, part: Part) {
        let now_secs = (self.instruments.clock)();
        self.log.add(part, now_secs - self.lap_from_secs);
        self.lap_from_secs = now_secs;
    }

    /// What was done since the last lap is the drawing of a view.
    pub fn lap_of(&mut self, pane: Pane) {
        self.lap(Part::View(pane));
    }

    /// So many events were taken in.
    pub fn count_news(&mut self, events: usize) {
        self.log.now().news += events;
    }

    /// So many bytes of thumbnails went to the GPU.
    pub fn count_uploaded(&mut self, bytes: usize) {
        self.log.now().uploaded_bytes += bytes;
    }

    /// So many requests were sent to the engine.
    pub fn count_requests(&mut self, requests: usize) {
        self.log.now().requests += requests;
    }

    /// The frame is laid out. `whole_secs` is what the one before took the processor from input to handing over to the GPU, if
    /// that is known.
    pub fn end_frame(&mut self, whole_secs: Option<f32>) {
        let now_secs = (self.instruments.clock)();
        self.log.end_frame(now_secs, whole_secs);
    }

    /// What the last frame that was laid out did, by name, and the seconds of that.
    pub fn last_frame(&self) -> impl Iterator<Item = (&'static str, f32)> + '_ {
        self.log.last().map(|(part, secs)| (part.title(), secs))
    }

    /// Shows the panel, if it is open.
    pub fn show(&mut self, ctx: &egui::Context, readings: &Readings<'_>) {
        if !self.is_open {
            self.figures = None;
            return;
        }
        if self.instruments.times_drawing {
            self.drawn.time_this(ctx);
        }
        let now_secs = (self.instruments.clock)();
        if self.figures.is_none() || now_secs - self.counted_at_secs >= PERIOD_SECS {
            let resident_bytes = (self.instruments.resident_bytes)();
            let causes = if self.instruments.tells_causes { ctx.repaint_causes() } else { Vec::new() };
            let drawn = self.drawn.recent(frame_log::SECONDS);
            self.figures = Some(Figures::count(&self.log, now_secs, readings, resident_bytes, drawn, &causes));
            self.counted_at_secs = now_secs;
        }
        if let Some(figures) = &self.figures {
            panel::show(ctx, figures, &mut self.is_open);
        }
        ctx.request_repaint_after_secs(PERIOD_SECS as f32);
    }
}
