//! How much memory something takes: in a process of its own, whose most the system tells.

use std::ffi::OsStr;
use std::process::Command;

/// The most bytes that this process ever held.
pub fn most_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the most it held");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number");
    kib << 10
}

/// Runs one test of these in a process of its own, with so many threads to compute where it says, and gives back the numbers that it
/// printed behind `variable`, which tells it what to do.
pub fn numbers_of(test: &str, variable: &str, value: impl AsRef<OsStr>, threads: Option<usize>) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().expect("these tests"));
    child.args([test, "--exact", "--nocapture"]).env(variable, value);
    if let Some(threads) = threads {
        child.env("RAYON_NUM_THREADS", threads.to_string());
    }
    let said = child.output().expect("the tests start");
    let said = [said.stdout, said.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let told =
        said[0].lines().find_map(|line| line.split_once(variable)).unwrap_or_else(|| panic!("it said {said:?}")).1;
    told.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}
