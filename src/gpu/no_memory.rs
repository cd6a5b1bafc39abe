//! A GPU whose memory ran out, as burn and wgpu say it: an allocation that failed, or one larger than the adapter grants.
//!
//! What was to fill that memory is not done, and the device works on. Whoever reads the values is told in words alone, of which one
//! line names the cause.

/// How that line begins, or what it holds: of burn's own allocations, of its programs, and of wgpu.
const WORDS: [&str; 6] = [
    "out of device memory allocating",
    "can't allocate buffer of size",
    "An out-of-memory error happened during launch",
    "wgpu error: Out of Memory",
    "Not enough memory left",
    "is greater than the maximum buffer size",
];

/// The line that says so, if `said` does, whatever stands around it.
pub fn no_memory_in(said: &str) -> Option<&str> {
    said.lines().map(str::trim).find(|line| WORDS.iter().any(|words| line.contains(words)))
}
