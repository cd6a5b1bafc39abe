//! However it goes, there is an answer and an end.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tiramisu::cli::{Outcome, interrupt};
use tiramisu::domain::{IndexKind, Metric, ProjectionMethod, ProjectionWish};
use tiramisu::engine::{AnalysisWish, Engine, Event, IndexWish, NetworkFile, Progress, Request, describe, make_sample};
use tiramisu::store::Workspace;

use super::indices::append;
use super::sample;
use crate::support::listener::{Listener, options};
use crate::support::memory::numbers_of;
use crate::support::server::{Answer, Server};

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

/// Where the child works.
const AMID: &str = "TIRAMISU_TEST_ENDS_AMID";
/// So many images have vectors when the work begins: enough for an index and a map that take their time.
const KNOWN: u32 = 6000;

/// Does nothing unless the test below asks for it: as the window does when it is closed, it gives an engine a while to end, and then
/// ends the process as it stands.
#[test]
fn an_engine_that_is_to_end_amid_all_work() {
    let Ok(dir) = std::env::var(AMID) else { return };
    let dir = Path::new(&dir);
    let (folder, workspace) = (dir.join("pictures"), dir.join("workspace"));
    let server = Server::start(|_, _| Answer::whole(&[7; 4000], "\"a\"").silent_after(1000));
    let network = format!("name = \"net\"\n[[files]]\nname = \"net.bin\"\nfrom = [\"{}\"]\n", server.url("net.bin"));
    fs::create_dir_all(dir.join("networks"))
        .and_then(|()| fs::write(dir.join("networks/net.toml"), network))
        .expect("a file");

    let mut listener = Listener::start(options(dir));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    // The widest layer takes longest.
    let tables = Workspace::open(&workspace).and_then(|workspace| workspace.feature_tables()).expect("tables");
    let wide = tables[0].spec.columns.iter().filter(|(_, channels)| channels.is_multiple_of(8));
    let (source, _) = wide.max_by_key(|(_, channels)| *channels).cloned().expect("a stored layer");
    assert!(collection.stored.contains(&source));
    let index = IndexWish::Build { source: source.clone(), kind: IndexKind::IvfRq, metric: Metric::Cosine };
    let map = ProjectionWish { source, method: ProjectionMethod::Tsne, seed: 0 };
    for request in [
        Request::Analyse(AnalysisWish::Index(index)),
        Request::Analyse(AnalysisWish::Project(map)),
        Request::DownloadNetwork("net".to_owned()),
    ] {
        listener.engine.send(request);
    }
    let (mut extracts, mut analyses, mut downloads) = (false, 0, false);
    listener.until("all four", |event| {
        match event {
            Event::JobStarted(_) => extracts = true,
            Event::AnalysisStarted(_) => analyses += 1,
            Event::DownloadStarted { .. } => downloads = true,
            Event::JobEnded { .. } | Event::AnalysisEnded { .. } | Event::DownloadEnded { .. } => {
                panic!("{event:?} before all had begun")
            }
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => {}
        }
        (extracts && analyses == 2 && downloads).then_some(())
    });
    // Until they are amid their work.
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    // Less than the window waits, so that an index is still being built on the quickest machine.
    let has_ended = listener.engine.end_within(Duration::from_millis(100));
    println!("{AMID} {} {}", begun.elapsed().as_millis(), u8::from(has_ended));
    interrupt::end_at_once(Outcome::Done);
}

#[test]
fn an_end_amid_an_extraction_an_index_a_map_and_a_download_is_no_long_wait_and_loses_no_commit() {
    let (dir, folder, workspace) = sample(12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    drop(listener);
    append(&workspace, KNOWN - 12);
    make_sample(&folder, 300, 7, &Progress::new("sample")).expect("sample pictures");

    let begun = Instant::now();
    let told = numbers_of("engine::ending::an_engine_that_is_to_end_amid_all_work", AMID, dir.path(), None);
    let [waited_ms, has_ended] = told[..] else { panic!("{told:?}") };
    eprintln!("the engine was given {waited_ms} ms, ended: {has_ended}; the process took {:?}", begun.elapsed());
    assert_eq!(has_ended, 0, "all of it was waited for");
    // The download alone would have been waited for half a minute.
    assert!(waited_ms < 15_000, "{waited_ms} ms");
    // Nobody holds it, and what is there is whole.
    let writer = Workspace::open_to_write(&workspace).expect("its lock is free");
    let description = describe(&workspace).expect("a workspace");
    let table = writer.read_features(&description.tables[0].name).expect("no image has two rows");
    assert!(table.rows() >= KNOWN as usize, "what was committed is there: {}", table.rows());
    assert_eq!(writer.images().expect("ids without a gap").len(), writer.image_count());
    for (source, channels) in table.columns() {
        assert_eq!(table.vectors(&source).expect("they can be read").matrix.columns(), channels);
    }
}
