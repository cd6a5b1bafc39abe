//! A machine that starts no thread just now starts one later.
//!
//! That is tried in a process of its own, which may take no more room for a while: each thread needs two mebibytes for what it calls.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use tiramisu::domain::{ImageId, Metric, NeighbourWish};
use tiramisu::engine::{Event, Look, Problem, Request};

use super::extracted;
use crate::support::listener::Listener;
use crate::support::skipped;

/// Less than a thread needs, and enough for all else that happens meanwhile.
const ROOM_BYTES: u64 = 512 << 10;

#[test]
fn a_question_for_which_no_thread_could_be_started_is_answered_when_it_is_asked_again() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        skipped!("there is no prlimit, which says how much room a process may take");
        return;
    }
    let mut process = Command::new(std::env::current_exe().expect("these tests"));
    process.args(["--exact", "engine::unstarted::where_no_thread_starts", "--ignored", "--nocapture"]);
    // No room is kept of threads that have ended.
    process.env("GLIBC_TUNABLES", "glibc.pthread.stack_cache_size=0").env("RAYON_NUM_THREADS", "2");
    let ended = process.stdout(Stdio::piped()).spawn().and_then(std::process::Child::wait_with_output);
    let ended = ended.expect("the tests start");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

/// How much room this process takes, once that is the same for a while.
fn bytes_at_rest() -> u64 {
    let now = || {
        let status = fs::read_to_string("/proc/self/status").expect("Linux tells of it");
        let line = status.lines().find(|line| line.starts_with("VmSize:")).expect("its size");
        let kib: String = line.chars().filter(char::is_ascii_digit).collect();
        kib.parse::<u64>().expect("a number") << 10
    };
    let (mut bytes, mut times) = (now(), 0);
    while times < 10 {
        std::thread::sleep(Duration::from_millis(20));
        let before = std::mem::replace(&mut bytes, now());
        times = if before == bytes { times + 1 } else { 0 };
    }
    bytes
}

fn limit(room: &str) {
    let process = std::process::id().to_string();
    let limited = Command::new("prlimit").args(["--pid", &process, &format!("--as={room}:")]).status();
    assert!(limited.expect("prlimit starts").success(), "{room}");
}

/// What comes of a question: how many are near, or why nobody says so.
fn near(listener: &mut Listener, wish: &NeighbourWish) -> Result<usize, Problem> {
    listener.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(Ok(list.neighbours.len())),
        Event::Remark(problem) => Some(Err(problem.clone())),
        _ => None,
    })
}

#[test]
#[ignore = "run by the test before it"]
fn where_no_thread_starts() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    let wish = NeighbourWish::of(ImageId(4), collection.stored[0].clone(), Metric::Cosine, 5);
    limit(&(bytes_at_rest() + ROOM_BYTES).to_string());
    let problem = near(&mut listener, &wish).expect_err("there is no room for a thread");
    assert_eq!(problem.what, "What was asked is not answered", "{problem}");
    // Told once, it is not told again.
    listener.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    limit("unlimited");
    assert_eq!(near(&mut listener, &wish), Ok(5));
}
