//! What is refused costs nothing else, and is done once what was in the way is gone.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tiramisu::domain::ImageId;
use tiramisu::engine::{Asked, Engine, Event, Look, NetworkFile, Problem, Request, describe};
use tiramisu::store::Workspace;

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

/// A commit that lands while its call fails: the name of its version is on the disk, and the answer never came.
#[test]
fn commits_that_landed_although_they_were_refused_are_not_made_again() {
    let (dir, folder, workspace) = sample(16);
    // The bell is rung by the thread that takes requests where that tells of the job, which does not run yet.
    let is_to_wait = Arc::new(AtomicBool::new(false));
    let (rang, ring) = channel();
    let (go, gone) = channel::<()>();
    let (bell, gone) = (is_to_wait.clone(), Mutex::new(gone));
    let wake = move || {
        if std::thread::current().name() == Some("tiramisu-engine") && bell.swap(false, Ordering::SeqCst) {
            rang.send(()).ok();
            gone.lock().ok().and_then(|gone| gone.recv().ok());
        }
    };
    let engine = Engine::start(options(dir.path()), wake).expect("an engine on the CPU starts");
    let mut listener = Listener { engine, images: Vec::new(), problems: Vec::new() };
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let landed = dir.path().join("landed");
    copy(&workspace, &landed);
    for number in 0..9u8 {
        let picture = image::RgbImage::from_pixel(40, 40, image::Rgb([number * 20, 90, 255 - number]));
        picture.save(folder.join(format!("later{number}.png"))).expect("a picture");
    }
    // What is refused here lands there.
    let mut other = Listener::start(options(&dir.path().join("other")));
    other.open(&folder, &landed, NetworkFile::Analytic, true);
    assert!(!other.until_extracted(), "nobody cancelled");
    assert_eq!(other.problems, []);
    drop(other);
    let entries = fs::read_dir(&workspace).expect("a folder").flatten().map(|entry| entry.path());
    let tables: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "lance")).collect();
    is_to_wait.store(true, Ordering::SeqCst);
    listener.engine.send(Request::Extract);
    ring.recv_timeout(Duration::from_secs(120)).expect("a job");
    for table in &tables {
        fs::remove_dir_all(table).and_then(|()| fs::write(table, "in the way")).expect("it can be replaced");
    }
    go.send(()).expect("it waits");
    listener.until_extracted();
    assert!(!listener.problems.is_empty(), "it was refused");
    for table in &tables {
        let whole = landed.join(table.file_name().expect("it has a name"));
        fs::remove_file(table).and_then(|()| fs::rename(whole, table)).expect("it can be replaced");
    }
    listener.problems.clear();
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.problems, []);
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.images, description.tables[0].rows), (25, 25), "no row twice");
    let opened = Workspace::open(&workspace).expect("a workspace");
    assert_eq!(opened.images().expect("ids without a gap").len(), 25);
    assert_eq!(opened.read_features(&description.tables[0].name).expect("no image has two rows").rows(), 25);
    // And it stays so when it is opened anew.
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.problems, []);
    assert_eq!(describe(&workspace).expect("a workspace").tables[0].version, description.tables[0].version);
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path() {
            path if path.is_dir() => copy(&path, &target),
            path => drop(fs::copy(path, target).expect("a copy")),
        }
    }
}

/// A commit that is on the disk, and of which the disk then says that it may not be: a link that leads nowhere before and through the
/// new version's file afterwards is looked at when names are put on the disk.
#[cfg(unix)]
#[test]
fn commits_that_could_not_be_vouched_for_are_counted_once_they_are_there() {
    for table in ["images", "vectors"] {
        let (dir, folder, workspace) = sample(16);
        let mut listener = Listener::start(options(dir.path()));
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        let of_vectors = describe(&workspace).expect("a workspace").tables[0].clone();
        let versions = Workspace::open(&workspace).expect("a workspace").version();
        let (name, version) =
            if table == "images" { ("images", versions) } else { (&*of_vectors.name, of_vectors.version) };
        let names = workspace.join(format!("{name}.lance/_refs/tags"));
        let link = names.join("later.json");
        fs::create_dir_all(&names).expect("a folder");
        let through = format!("../../_versions/{:020}.manifest/nothing", u64::MAX - (version + 1));
        std::os::unix::fs::symlink(through, &link).expect("a link");
        for number in 0..9u8 {
            let picture = image::RgbImage::from_pixel(40, 40, image::Rgb([number * 20, 90, 255 - number]));
            picture.save(folder.join(format!("later{number}.png"))).expect("a picture");
        }
        listener.engine.send(Request::Extract);
        listener.until_extracted();
        let refused = listener.problems.iter().any(|problem| problem.reason().contains("cannot make sure"));
        assert!(refused, "{table}: {:?}", listener.problems);
        fs::remove_file(&link).expect("it can be taken away");
        listener.problems.clear();
        listener.engine.send(Request::Extract);
        assert!(!listener.until_extracted(), "nobody cancelled");
        assert_eq!(listener.problems, [], "{table}");
        let description = describe(&workspace).expect("a workspace");
        assert_eq!((description.images, description.tables[0].rows), (25, 25), "{table}: no row twice");
        let opened = Workspace::open(&workspace).expect("a workspace");
        assert_eq!(opened.images().expect("ids without a gap").len(), 25);
    }
}

#[test]
fn a_single_file_is_refused_for_what_it_is_with_the_folder_that_it_lies_in_and_costs_nothing_that_is_open() {
    let (dir, _, mut listener, collection) = extracted(4);
    let single = dir.path().join("single");
    fs::create_dir(&single).expect("a folder");
    let picture = fs::read(listener.images[0].path.below(&collection.folder)).expect("a picture of the sample");
    let files: [(&str, Vec<u8>, &str); 5] = [
        // By what is in it, whatever it is called.
        ("scan.tif", b"II*\0\x10\0\0\0CR\x02\0".to_vec(), "scan.tif is a camera raw file"),
        ("a.x3f", b"FOVb and so on".to_vec(), "a.x3f is a camera raw file"),
        // By its name, where its content says nothing.
        ("b.mrw", b"\0MRM".to_vec(), "b.mrw is a camera raw file"),
        ("rose", picture, "rose is a single picture"),
        ("notes.txt", b"Buy bread.".to_vec(), "The folder could not be opened"),
    ];
    for (name, bytes, said) in files {
        let file = single.join(name);
        fs::write(&file, bytes).expect("a file");
        listener.open(&file, &dir.path().join("other"), NetworkFile::Analytic, true);
        let (of, problem) = complaint(&mut listener);
        assert_eq!((of, problem.what.as_str()), (Asked::Open, said), "{problem}");
        assert_eq!(problem.folder.as_deref(), Some(&*single), "{problem}");
        assert!(problem.reason().contains(&*single.to_string_lossy()), "{problem}");
    }
    // What was open still is: it answers.
    listener.engine.send(Request::Look(Look::Thumbnails(vec![ImageId(0)])));
    listener.until("a thumbnail", |event| matches!(event, Event::Thumbnails(_)).then_some(()));
}
