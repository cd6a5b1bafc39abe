//! However it goes, there is an answer and an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tiramisu::engine::{Engine, Event, NetworkFile, Request};

use super::sample;
use crate::support::listener::{Listener, options};

#[test]
fn a_panic_of_whoever_takes_requests_is_told_and_the_next_folder_opens() {
    let (dir, folder, workspace) = sample(4);
    // The bell is rung by the thread that takes requests: it panics where that tells that something is being opened.
    let is_to_panic = Arc::new(AtomicBool::new(false));
    let bell = is_to_panic.clone();
    let wake = move || {
        let is_coordinator = std::thread::current().name() == Some("tiramisu-engine");
        assert!(!(is_coordinator && bell.swap(false, Ordering::SeqCst)), "on purpose");
    };
    let engine = Engine::start(options(dir.path()), wake).expect("an engine on the CPU starts");
    let mut listener = Listener { engine, images: Vec::new(), problems: Vec::new() };
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    is_to_panic.store(true, Ordering::SeqCst);
    listener.engine.send(Request::Close);
    let problem = listener.until_problem();
    let message = problem.to_string();
    assert!(message.contains("saved") && message.contains("report"), "it says what is so and what to do: {message}");
    listener.until("the end of what was open", |event| matches!(event, Event::Closed).then_some(()));
    // Nothing was lost, nor is it held.
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.images.len(), 4);
    assert_eq!(listener.problems.len(), 1, "{:?}", listener.problems);
}

#[test]
fn an_engine_that_can_end_does_and_one_that_cannot_is_not_waited_for() {
    let (dir, folder, workspace) = sample(4);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert!(listener.engine.end_within(Duration::from_secs(120)), "nothing keeps it");

    // A thread that waits for ever stands for work that cannot be stopped.
    let (rang, ring) = std::sync::mpsc::channel();
    let wake = move || {
        if std::thread::current().name() == Some("tiramisu-engine") {
            rang.send(()).ok();
            loop {
                std::thread::park();
            }
        }
    };
    let engine = Engine::start(options(dir.path()), wake).expect("an engine on the CPU starts");
    engine.send(Request::Close);
    ring.recv_timeout(Duration::from_secs(120)).expect("it is held up");
    assert!(!engine.end_within(Duration::from_millis(300)), "it hangs");
}
