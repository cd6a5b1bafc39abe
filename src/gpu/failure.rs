//! Why a GPU that is there did not do what was asked of it, as burn and wgpu say it.
//!
//! Whoever reads the values is told in words alone, of which one line names the cause.

/// Why a GPU that is there did not do what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuFailure {
    /// An allocation failed. It may succeed once something else is freed.
    OutOfMemory,
    /// More memory in one piece than the adapter ever grants.
    TooLarge,
    /// Work ended in its middle. So ends an allocation on Metal and Direct3D 12, of which burn says no more than this.
    TornDown,
}

/// What the line holds that says so: of burn's own allocations and programs, of wgpu, and of work that writes a buffer.
const WORDS: [(&str, GpuFailure); 7] = [
    ("out of device memory allocating", GpuFailure::OutOfMemory),
    ("An out-of-memory error happened during launch", GpuFailure::OutOfMemory),
    ("wgpu error: Out of Memory", GpuFailure::OutOfMemory),
    ("Not enough memory left", GpuFailure::OutOfMemory),
    ("can't allocate buffer of size", GpuFailure::TooLarge),
    ("is greater than the maximum buffer size", GpuFailure::TooLarge),
    ("was torn down before it could say what went wrong", GpuFailure::TornDown),
];

/// Which failure a device means by `said`, and the line that names it. Nothing but a device's own words may be asked about: a
/// file can be called as one likes.
pub fn failure_in(said: &str) -> Option<(GpuFailure, &str)> {
    let of_line = |line: &str| WORDS.iter().find(|(words, _)| line.contains(words)).map(|&(_, failure)| failure);
    said.lines().map(str::trim).find_map(|line| Some((of_line(line)?, line)))
}
