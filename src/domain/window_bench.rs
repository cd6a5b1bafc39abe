//! How fast the window is on one machine, as it was measured.

mod aims;

use serde::Serialize;

use super::FrameTimes;

pub use aims::{ARROW_AIM_MS, ARROW_ALONE, AT_REST_ALONE, ArrowTimes, FRAME_AIM_MS, MemoryThen};

/// What driving the window through a fixed script came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WindowBench {
    /// Images in the collection.
    pub images: usize,
    /// What the collection is: a folder, or made up.
    pub collection: String,
    /// Width and height of the window in pixels.
    pub size_px: [u32; 2],
    /// What drew the frames; `None` if they were laid out and not drawn.
    pub adapter: Option<String>,
    /// Whether what drew is a program: then what is on the GPU is memory of the process.
    pub is_drawn_by_program: bool,
    /// What the networks would compute on.
    pub computes_on: Option<String>,
    /// How long opening took.
    pub opening: OpeningTimes,
    /// What the process holds; `None` where this system does not say.
    pub memory: Option<ResidentMemory>,
    /// Who holds how much of it when all is open, as the window counts it.
    pub held: Vec<HeldMemory>,
    /// The same after the script.
    pub held_after: Vec<HeldMemory>,
    /// What was done, in the order in which it was.
    pub actions: Vec<ActionTimes>,
    /// What was not measured, and why; what is not as it looks.
    pub remarks: Vec<String>,
}

/// How long opening a collection took, from the wish on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct OpeningTimes {
    /// Seconds to the first picture on the screen; `None` if none was shown.
    pub first_picture_secs: Option<f64>,
    /// Seconds until all images were known and every picture in sight was there.
    pub all_secs: f64,
    /// The frames meanwhile.
    pub frames: FrameTimes,
}

/// What the process holds in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResidentMemory {
    /// Before anything was opened, in bytes.
    pub before_bytes: u64,
    /// When all was open and the gallery was shown, in bytes.
    pub opened_bytes: u64,
    /// When the map was shown, too, in bytes; `None` if there is none.
    pub mapped_bytes: Option<u64>,
    /// After the script, in bytes.
    pub after_bytes: u64,
    /// The most there was at any time, in bytes.
    pub most_bytes: u64,
}

impl ResidentMemory {
    /// What opening added, for each of so many images.
    pub fn bytes_an_image(&self, images: usize) -> f64 {
        self.opened_bytes.saturating_sub(self.before_bytes) as f64 / images.max(1) as f64
    }
}

/// What somebody holds in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldMemory {
    /// Who.
    pub by: String,
    /// How much.
    pub bytes: u64,
    /// Whether the process holds it, and not the GPU.
    pub is_of_process: bool,
}

/// How long the frames took in which something was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionTimes {
    /// What was done.
    pub action: String,
    /// Whether it goes on, so that every frame counts; else it is done at once, and of each time the longest frame counts.
    pub goes_on: bool,
    /// On the window's own thread: input, layout, tessellation, handing over to the GPU.
    pub thread: FrameTimes,
    /// Until the GPU had drawn them, if they were drawn.
    pub drawn: Option<FrameTimes>,
    /// Bytes that went to the GPU, in the frame in which most did; `None` if nothing was drawn.
    pub most_uploaded_bytes: Option<u64>,
    /// Images that the window's own thread looked at, one by one: in the frame in which it did at most, or where something was done at
    /// once, in all frames of the time at which it did at most.
    pub most_looked_at: u64,
    /// What waited for the window after a frame, at most: news of the engine, and thumbnails that were asked for or are to go up.
    pub most_waiting: usize,
    /// What the longest frame spent its time on: a few things, the longest first.
    pub longest_did: Vec<FramePart>,
}

/// A part of what a frame did on the window's own thread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FramePart {
    /// What was done, as the performance panel calls it.
    pub what: String,
    /// Milliseconds.
    pub ms: f64,
}
