//! What the window is held to, and by how much it is missed.

use super::{ActionTimes, WindowBench};

/// 99 of 100 frames are to take the window's own thread no longer, in milliseconds: a fourth of the time from frame to frame on most
/// screens, so that drawing has the rest.
pub const FRAME_AIM_MS: f64 = 4.0;

/// What the process is to hold at most, in bytes: of its own, and for each image.
const MEMORY_AIM: [u64; 2] = [300_000_000, 100];

/// The rows that tell what an arrow key takes where nothing else is in sight: frames at rest, and those in which one is pressed.
pub const AT_REST_ALONE: &str = "idle, gallery alone";
/// See [`AT_REST_ALONE`].
pub const ARROW_ALONE: &str = "arrow, gallery alone";

/// What an arrow key is to take at most, in milliseconds.
pub const ARROW_AIM_MS: f64 = 1.0;

/// What an arrow key takes of the window's thread, half of them no longer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrowTimes {
    /// The longest of the frames that show what it did, in milliseconds.
    pub frame_ms: f64,
    /// By how much that is longer than a frame at rest.
    pub beyond_rest_ms: f64,
}

/// What the process held at some moment of the script, beside what it is to hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryThen {
    /// When.
    pub when: &'static str,
    /// How much, in bytes.
    pub bytes: u64,
    /// By how many bytes that is too much; none if the aim is met.
    pub beyond: Option<u64>,
}

impl WindowBench {
    /// What was done in frames of which more than one in a hundred took the window's thread longer than [`FRAME_AIM_MS`], the longest
    /// first.
    pub fn above_frame_aim(&self) -> Vec<&ActionTimes> {
        let mut above: Vec<&ActionTimes> =
            self.actions.iter().filter(|action| action.thread.p99_ms > FRAME_AIM_MS).collect();
        above.sort_by(|a, b| b.thread.p99_ms.total_cmp(&a.thread.p99_ms));
        above
    }

    /// What an arrow key takes, if that was measured.
    pub fn arrow_key(&self) -> Option<ArrowTimes> {
        let median = |row: &str| self.actions.iter().find(|action| action.action == row).map(|it| it.thread.median_ms);
        let (frame_ms, at_rest_ms) = (median(ARROW_ALONE)?, median(AT_REST_ALONE)?);
        Some(ArrowTimes { frame_ms, beyond_rest_ms: (frame_ms - at_rest_ms).max(0.0) })
    }

    /// What the process is to hold at most with so many images, in bytes.
    pub fn memory_aim_bytes(&self) -> u64 {
        let [own, an_image] = MEMORY_AIM;
        own + an_image * self.images as u64
    }

    /// What it held, moment by moment; nothing where the system does not say.
    pub fn memory_by_moment(&self) -> Vec<MemoryThen> {
        let Some(memory) = &self.memory else { return Vec::new() };
        let moments = [
            ("with the gallery open", Some(memory.opened_bytes)),
            ("with the map shown, too", memory.mapped_bytes),
            ("at the end", Some(memory.after_bytes)),
        ];
        let beyond = |bytes: u64| bytes.checked_sub(self.memory_aim_bytes()).filter(|beyond| *beyond > 0);
        let known = moments.into_iter().filter_map(|(when, bytes)| Some((when, bytes?)));
        known.map(|(when, bytes)| MemoryThen { when, bytes, beyond: beyond(bytes) }).collect()
    }

    /// Bytes that the process holds at the end and the window does not count as its own: what it held before anything was opened is left
    /// out, and what is on the GPU, where that is a program and thus of the process, counts as known. `None` where the system does not say.
    pub fn held_by_nobody_bytes(&self) -> Option<u64> {
        let memory = self.memory?;
        let is_of_process = |held: &&super::HeldMemory| held.is_of_process || self.is_drawn_by_program;
        let known: u64 = self.held_after.iter().filter(is_of_process).map(|held| held.bytes).sum();
        Some(memory.after_bytes.saturating_sub(memory.before_bytes + known))
    }
}
