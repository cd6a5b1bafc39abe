//! What the process holds in memory, as the system says.

/// What the process holds in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) struct Resident {
    /// Now, in bytes.
    pub(in crate::ui) resident_bytes: u64,
    /// The most there was at any time, in bytes.
    pub(in crate::ui) most_bytes: u64,
}

/// What the process holds; `None` where the system does not say it in `/proc`. That is no disk, and takes some microseconds.
pub(in crate::ui) fn now() -> Option<Resident> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib << 10)
    };
    Some(Resident { resident_bytes: of("VmRSS:")?, most_bytes: of("VmHWM:")? })
}
