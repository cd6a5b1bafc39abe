//! What is refused costs nothing else, and is done once what was in the way is gone.

use std::fs;
use std::path::Path;

use tiramisu::engine::{Asked, Event, NetworkFile, Problem, describe};

use super::{extracted, sample};
use crate::support::listener::{Listener, options};

/// The next problem, and of what it is one.
fn complaint(listener: &mut Listener) -> (Asked, Problem) {
    listener.until("a problem", |event| match event {
        Event::Problem { of, problem } => Some((of.clone(), problem.clone())),
        _ => None,
    })
}

#[test]
fn a_workspace_that_was_open_elsewhere_is_opened_once_it_is_free() {
    let (_dir, workspace, first, collection) = extracted(8);
    let version = describe(&workspace).expect("a workspace").tables[0].version;
    let other = tempfile::tempdir().expect("a temporary folder");
    let mut second = Listener::start(options(other.path()));
    for _ in 0..2 {
        second.open(&collection.folder, &workspace, NetworkFile::Analytic, true);
        let (of, problem) = complaint(&mut second);
        assert_eq!(of, Asked::Open, "{problem}");
        assert!(problem.reason().contains("close that one first"), "it says what to do: {problem}");
        second.until("the welcome view", |event| matches!(event, Event::Closed).then_some(()));
    }
    drop(first);
    second.problems.clear();
    second.open(&collection.folder, &workspace, NetworkFile::Analytic, true);
    assert!(!second.until_extracted(), "nobody cancelled");
    assert_eq!((second.images.len(), &second.problems[..]), (8, &[][..]));
    assert_eq!(describe(&workspace).expect("a workspace").tables[0].version, version, "nothing is done twice");
}

#[test]
fn a_broken_network_is_refused_and_what_is_being_extracted_goes_on() {
    let (dir, folder, workspace) = sample(60);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/residual.onnx");
    let whole = fs::read(golden).expect("a network");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2..].iter_mut().for_each(|byte| *byte ^= 0xa5);
    let broken = [("empty", Vec::new()), ("cut", whole[..whole.len() / 2].to_vec()), ("flipped", flipped)];
    let mut listener = Listener::start(options(dir.path()));
    let refuse = |listener: &mut Listener, name: &str, bytes: &[u8]| {
        let file = dir.path().join(name).with_extension("onnx");
        fs::write(&file, bytes).expect("a file");
        listener.open(&folder, &workspace, NetworkFile::File(file), true);
        let (of, problem) = complaint(listener);
        assert_eq!(of, Asked::NetworkOf(Some(folder.clone())), "{name}: {problem}");
        assert!(problem.reason().contains(&format!("{name}.onnx")), "it says which: {problem}");
    };
    // With nothing open, and while another works.
    for (name, bytes) in &broken {
        refuse(&mut listener, name, bytes);
        listener.until("the welcome view", |event| matches!(event, Event::Closed).then_some(()));
    }
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("a first commit", |event| matches!(event, Event::Committed { .. }).then_some(()));
    let mut ended = false;
    for (name, bytes) in &broken {
        let file = dir.path().join(name).with_extension("onnx");
        fs::write(&file, bytes).expect("a file");
        listener.open(&folder, &workspace, NetworkFile::File(file), true);
        listener.until("a problem", |event| match event {
            Event::Problem { .. } => Some(()),
            Event::Closed | Event::JobEnded { cancelled: true } => panic!("{name} cost what was open"),
            Event::JobEnded { .. } => {
                ended = true;
                None
            }
            _ => None,
        });
    }
    if !ended {
        assert!(!listener.until_extracted(), "nobody cancelled");
    }
    assert_eq!(describe(&workspace).expect("a workspace").tables[0].rows, 60);
}
