//! How much memory is free, where the system says so: what would not fit is refused before it is begun.

use crate::domain::in_words;
use crate::engine::message::Problem;

/// Expects room for so many bytes. `what` takes them, as `why` says, and `remedy` is what to do where there is none.
///
/// # Errors
/// When less is free, as far as the system says.
pub fn expect_room(needed: u64, what: &str, why: &str, remedy: &str) -> Result<(), Problem> {
    match bytes() {
        Some(free) if needed > free => {
            let why = format!("{why} take {}, and {} are free", in_words::bytes(needed), in_words::bytes(free));
            Err(Problem::new(format!("There is not enough memory for {what}"), why).with_remedy(remedy))
        }
        Some(_) | None => Ok(()),
    }
}

/// What programs may still take without others being pushed out to the disk; `None` where nobody says.
fn bytes() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = said.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}
