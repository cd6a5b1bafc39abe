//! Every kernel beside a plain definition, with all instructions that this processor has.

#![allow(
    clippy::unwrap_used,
    clippy::get_unwrap,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on ends, and says on the terminal what it skipped"
)]

mod bottleneck;
mod bytes;
mod codes;
mod convolution;
mod half_product;
mod halving;
mod independence;
mod join;
mod joined;
mod lined;
mod planes;
mod pool;
mod precision;
mod refused;
mod rows;
mod sums;
mod widths;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Plan, Sorting};

/// How many shapes are tried: fewer where every step is looked at.
const CASES: u64 = if cfg!(miri) { 12 } else { 1500 };

/// Random numbers around zero.
fn numbers(random: &mut fastrand::Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| random.f32() * 2.0 - 1.0).collect()
}

/// A copy that begins beside the memory's grid: `shift` places after the start of an allocation.
struct Shifted<T> {
    memory: Vec<T>,
    shift: usize,
}

impl<T: Copy + Default> Shifted<T> {
    fn new(values: &[T], shift: usize) -> Self {
        let mut memory = vec![T::default(); shift];
        memory.extend_from_slice(values);
        // So that nothing lies behind the last one.
        memory.shrink_to_fit();
        Self { memory, shift }
    }

    fn slice(&self) -> &[T] {
        &self.memory[self.shift..]
    }

    fn slice_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.shift..]
    }
}

/// Planes as they are read, where that is not as they come: in strips and pieces, of which some have other threads' sizes.
fn sorted(plan: &Plan<'_>, planes: &[f32]) -> Option<Vec<f32>> {
    let [strips, at_a_time] = [1 + planes.len() % 5, 1 + planes.len() % 3];
    let backwards = |pieces: Vec<Sorting<'_>>| pieces.into_iter().rev().for_each(Sorting::apply);
    plan.reads_sorted().then(|| plan.sort(planes, strips, at_a_time, backwards))
}

/// Whether it is refused in these words, in release as well: whatever else comes of what is wrong is another refusal.
fn is_refused<T>(by: &str, what: impl FnOnce() -> T) -> bool {
    let Err(refusal) = catch_unwind(AssertUnwindSafe(what)) else { return false };
    let words = refusal.downcast_ref::<String>().map(String::as_str).or(refusal.downcast_ref::<&str>().copied());
    words.is_some_and(|words| words.contains(by))
}

/// Whether a sum is right but for rounding: `sizes` is the sum of its terms' sizes.
fn is_near(found: f64, expected: f64, sizes: f64) -> bool {
    (found - expected).abs() <= 1e-5 * sizes + 1e-6 || found == expected
}

#[test]
fn the_instructions_that_were_tested_are_said() {
    let all = Instructions::all();
    eprintln!("tested with {all:?}, of which the best one is {:?}", Instructions::best());
    assert_eq!(all[0], Instructions::PLAIN);
    assert!(all.contains(&Instructions::best()), "the best ones are of this processor");
    assert!(Instructions::PLAIN.are_plain());
}

/// These tests once more: where an emulator runs them, through what Cargo was told to run them with.
fn again() -> std::process::Command {
    let tests = std::env::current_exe().expect("the running tests");
    let runner = std::env::var("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").ok();
    let mut words = runner.as_deref().filter(|_| cfg!(target_arch = "aarch64")).unwrap_or("").split_whitespace();
    let Some(program) = words.next() else { return std::process::Command::new(tests) };
    let mut again = std::process::Command::new(program);
    again.args(words).arg(tests);
    again
}

#[test]
fn newer_instructions_are_left_alone_where_the_environment_says_so() {
    if cfg!(miri) {
        return;
    }
    let all = Instructions::all();
    let last = all[all.len() - 1];
    // Of those that there are the last ones that a word allows.
    let expected =
        [("plain", all[0]), ("avx2", all[1.min(all.len() - 1)]), ("avx512", last), ("neon", last), ("any", last)];
    for (word, expected) in expected {
        let again = again()
            .args(["the_instructions_that_were_tested_are_said", "--exact", "--nocapture"])
            .env(Instructions::MOST, word)
            .output()
            .expect("the tests start");
        let told = String::from_utf8_lossy(&again.stderr);
        assert!(told.contains(&format!("the best one is {expected:?}")), "{word}: {told}");
    }
}
