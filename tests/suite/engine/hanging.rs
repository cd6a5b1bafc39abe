//! A folder whose files hang, as those of a drive that does not answer, holds who opens them and nobody else.
//!
//! Each is tried in a process of few threads, so that as few files as these hold all that a pool has, on any machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tiramisu::domain::{
    ClusterMethod, ClusterWish, DuplicateWish, ImageId, ImageSet, Metric, NeighbourWish, StoredLayer,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Asked, Event, ImportWish, Look, MaintenanceWish, NetworkFile, RelabelWish, Request,
};

use super::{extracted, sample};
use crate::support::hanging::HangingFiles;
use crate::support::listener::{Listener, options};

/// Threads of each pool.
const THREADS: usize = 2;
/// The system lets a file hang no longer than 45 seconds: a machine that is busier than that shows nothing, and is asked again.
const TRIES: usize = 3;

/// Has another process try it on few threads.
fn on_few_threads(test: &str) {
    let mut process = Command::new(std::env::current_exe().expect("these tests"));
    process.args(["--exact", &format!("engine::hanging::{test}"), "--ignored", "--nocapture"]);
    process.env("RAYON_NUM_THREADS", THREADS.to_string()).stdout(Stdio::piped());
    let ended = process.spawn().and_then(std::process::Child::wait_with_output).expect("the tests start");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

/// Tries until files hung all the while that others were answered.
fn try_until_they_hang_throughout(mut attempt: impl FnMut() -> Option<bool>) {
    for _ in 0..TRIES {
        match attempt() {
            // It was said that it cannot be tried.
            None | Some(true) => return,
            Some(false) => {}
        }
    }
    panic!("in {TRIES} tries nothing was answered before the files were");
}

/// Waits until so many threads wait for files; whether they do.
fn until_waited_for(hanging: &HangingFiles, threads: usize) -> bool {
    while hanging.waited_for() < threads {
        if !hanging.holds_all() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

fn ask_for_neighbours(listener: &mut Listener, source: &StoredLayer) -> usize {
    let wish = NeighbourWish::of(ImageId(4), source.clone(), Metric::Cosine, 5);
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.len()),
        _ => None,
    })
}

/// The width of an image's thumbnail, once it is told.
fn width_of_thumbnail(listener: &mut Listener, image: ImageId) -> u32 {
    listener.until("a thumbnail", |event| match event {
        Event::Thumbnails(pictures) => pictures.iter().find(|it| it.id == image).map(|it| it.width),
        _ => None,
    })
}

fn copies_of(whole: &Path, folder: &Path, count: usize) -> Vec<PathBuf> {
    let files: Vec<PathBuf> = (0..count).map(|number| folder.join(format!("hangs{number}.png"))).collect();
    for file in &files {
        fs::copy(whole, file).expect("a picture");
    }
    files
}

#[test]
fn pictures_that_hang_hold_the_extraction_and_no_question() {
    on_few_threads("an_extraction_hangs");
}

#[test]
#[ignore = "run by the test before it"]
fn an_extraction_hangs() {
    try_until_they_hang_throughout(|| {
        let (_dir, _workspace, mut listener, collection) = extracted(12);
        let source = collection.stored[0].clone();
        let whole = collection.folder.join(&listener.images[0].path.text);
        let files = copies_of(&whole, &collection.folder, 8);
        let hanging = HangingFiles::hold(&files)?;
        listener.engine.send(Request::Extract);
        let mut they_hang = until_waited_for(&hanging, THREADS);

        let found = ask_for_neighbours(&mut listener, &source);
        let groups = ClusterWish { count: 3, ..ClusterWish::new(ClusterMethod::KMeans, source) };
        listener.engine.send(Request::Analyse(AnalysisWish::Cluster(groups)));
        let groups = listener.until("groups", |event| match event {
            Event::Answered(AnalysisAnswer::Clusters(found)) => Some(found.clusters.len()),
            _ => None,
        });
        listener.engine.send(Request::Look(Look::Thumbnails(vec![ImageId(3)])));
        let thumbnail = width_of_thumbnail(&mut listener, ImageId(3));
        they_hang &= hanging.waited_for() >= THREADS;
        assert_eq!((found, groups), (5, 3));
        assert!(thumbnail > 0, "what is kept in the workspace is shown");
        assert_eq!(listener.problems, []);

        // And when the drive answers again, what was begun is done.
        drop(hanging);
        assert!(!listener.until_extracted(), "nobody cancelled");
        assert_eq!(listener.images.len(), 20);
        assert!(listener.images.iter().all(|image| image.problem.is_none()));
        Some(they_hang)
    });
}

#[test]
fn pictures_that_hang_hold_who_compares_their_bytes_and_no_question() {
    on_few_threads("a_comparison_hangs");
}

#[test]
#[ignore = "run by the test before it"]
fn a_comparison_hangs() {
    try_until_they_hang_throughout(|| {
        let (dir, folder, workspace) = sample(12);
        let mut found = fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.path());
        let first = found.find(|path| path.is_dir()).and_then(|class| fs::read_dir(class).ok()?.flatten().next());
        // Whichever threads share them out, some are left to each.
        let files = copies_of(&first.expect("a picture").path(), &folder, 12);
        let mut listener = Listener::start(options(dir.path()));
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        let source = listener.until_opened().stored[0].clone();
        assert!(!listener.until_extracted(), "nobody cancelled");

        let hanging = HangingFiles::hold(&files)?;
        let by_content = DuplicateWish { by_content: true, bits: None, features: None };
        listener.engine.send(Request::Analyse(AnalysisWish::Duplicates(by_content)));
        let mut they_hang = until_waited_for(&hanging, THREADS);
        assert_eq!(ask_for_neighbours(&mut listener, &source), 5);
        they_hang &= hanging.waited_for() >= THREADS;
        drop(hanging);
        listener.until("the end of it", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        assert_eq!(listener.problems, []);
        Some(they_hang)
    });
}

/// Files of a commit that is under way look like leftovers to who cleans up.
#[test]
fn nothing_is_cleaned_up_while_pictures_are_extracted() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    let whole = collection.folder.join(&listener.images[0].path.text);
    let files = copies_of(&whole, &collection.folder, 1);
    // However long the system lets it hang, what is asked meanwhile is taken before the end.
    let Some(hanging) = HangingFiles::hold(&files) else { return };
    listener.engine.send(Request::Extract);
    for wish in [MaintenanceWish::Compact, MaintenanceWish::DeleteVersions(1), MaintenanceWish::Prefer(None)] {
        listener.engine.send(Request::Maintain(wish.clone()));
        let refused = listener.until("a refusal", |event| match event {
            Event::Problem { of: Asked::Maintenance, problem } => Some(Some(problem.clone())),
            Event::MaintenanceEnded(_) => Some(None),
            _ => None,
        });
        let refused = refused.unwrap_or_else(|| panic!("{wish:?} was done"));
        assert!(refused.why.contains("are being extracted"), "{refused}");
    }
    drop(hanging);
    assert!(!listener.until_extracted(), "nobody cancelled");
    listener.engine.send(Request::Maintain(MaintenanceWish::Compact));
    listener.until("the end of the work", |event| matches!(event, Event::MaintenanceEnded(_)).then_some(()));
}

/// An import of a file that hangs, and what else is asked of the same tables meanwhile.
fn importing_what_hangs(meanwhile: impl Fn(&mut Listener), after: impl Fn(&mut Listener)) {
    try_until_they_hang_throughout(|| {
        let (dir, _workspace, mut listener, _collection) = extracted(6);
        let table = dir.path().join("labels.csv");
        fs::write(&table, format!("path,label\n{},cat\n", listener.images[3].path.text)).expect("a table");
        let hanging = HangingFiles::hold(&[&table])?;
        listener.engine.send(Request::Import(ImportWish { path: table, ..ImportWish::default() }));
        let mut they_hang = until_waited_for(&hanging, 1);
        meanwhile(&mut listener);
        they_hang &= hanging.waited_for() == 1;
        drop(hanging);
        after(&mut listener);
        assert_eq!(listener.problems, []);
        Some(they_hang)
    });
}

#[test]
fn a_file_that_hangs_while_it_is_imported_holds_no_tag() {
    let tag = |listener: &mut Listener| {
        let images: ImageSet = [ImageId(1)].into_iter().collect();
        listener.engine.send(Request::Tag { images, tag: "seen".to_owned(), is_on: true });
        let is_told = |event: &Event| matches!(event, Event::Tags(tags) if tags.is_known("seen"));
        listener.until("the tag", |event| is_told(event).then_some(()));
    };
    importing_what_hangs(tag, |listener| {
        listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
        assert_eq!(listener.images[3].label.as_deref(), Some("cat"), "and then it is imported");
    });
}

#[test]
fn what_is_being_read_to_be_imported_is_forgotten_with_all_that_was() {
    let forget = |listener: &mut Listener| {
        listener.engine.send(Request::ForgetImported { over_hand: false });
        listener.until("the end of it", |event| matches!(event, Event::ImportForgotten { .. }).then_some(()));
    };
    importing_what_hangs(forget, |listener| {
        listener.until("the stop", |event| matches!(event, Event::ImportStopped).then_some(()));
        assert_ne!(listener.images[3].label.as_deref(), Some("cat"), "what was asked last counts");
    });
}

#[test]
fn an_import_beside_another_is_refused_in_words_and_done_when_that_has_ended() {
    let import = |listener: &mut Listener, path: &Path| {
        listener.engine.send(Request::Import(ImportWish { path: path.to_owned(), ..ImportWish::default() }));
    };
    let second = tempfile::NamedTempFile::with_suffix(".csv").expect("a file");
    let beside = |listener: &mut Listener| {
        let row = format!("path,label\n{},dog\n", listener.images[4].path.text);
        fs::write(second.path(), row).expect("a table");
        import(listener, second.path());
        let refused = listener.until_problem();
        assert!(refused.why.contains("another import") && refused.remedy.contains("stop it"), "{refused}");
        listener.problems.clear();
    };
    importing_what_hangs(beside, |listener| {
        let is_told = |event: &Event| matches!(event, Event::Imported(_)).then_some(());
        listener.until("the import", is_told);
        assert_eq!(listener.images[3].label.as_deref(), Some("cat"), "the refusal took nothing from the first");
        assert_ne!(listener.images[4].label.as_deref(), Some("dog"));
        import(listener, second.path());
        listener.until("the other one", is_told);
        assert_eq!(listener.images[4].label.as_deref(), Some("dog"));
    });
}

#[test]
fn a_picture_that_hangs_holds_no_thumbnail_that_is_kept() {
    try_until_they_hang_throughout(|| {
        let (dir, folder, workspace) = sample(12);
        // On record without a thumbnail, and readable by now.
        let late = folder.join("late.png");
        fs::write(&late, "no picture yet").expect("a file");
        let mut listener = Listener::start(options(dir.path()));
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        let late_id = listener.id("late.png");
        let kept: Vec<ImageId> = (0..13).map(ImageId).filter(|id| *id != late_id).collect();
        let whole = folder.join(&listener.images[kept[0].index()].path.text);
        fs::copy(whole, &late).expect("a picture");

        let hanging = HangingFiles::hold(&[&late])?;
        listener.engine.send(Request::Look(Look::Thumbnails(vec![late_id, kept[0]])));
        let mut they_hang = until_waited_for(&hanging, 1);
        assert!(width_of_thumbnail(&mut listener, kept[0]) > 0, "asked for together");
        listener.engine.send(Request::Look(Look::Thumbnails(vec![kept[1]])));
        assert!(width_of_thumbnail(&mut listener, kept[1]) > 0, "asked for afterwards");
        they_hang &= hanging.waited_for() == 1;
        drop(hanging);
        assert!(width_of_thumbnail(&mut listener, late_id) > 0, "and it comes when the drive answers");
        Some(they_hang)
    });
}

#[test]
fn thumbnails_that_are_made_beside_each_other_are_told_together() {
    const PICTURES: usize = 60;
    let (dir, folder, workspace) = sample(12);
    // On record without thumbnails, and readable by now.
    let late: Vec<PathBuf> = (0..PICTURES).map(|number| folder.join(format!("late{number:02}.png"))).collect();
    late.iter().for_each(|file| fs::write(file, "no picture yet").expect("a file"));
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    image::RgbImage::from_pixel(8, 8, image::Rgb([200, 90, 20])).save(&late[0]).expect("a picture");
    for file in &late[1..] {
        fs::copy(&late[0], file).expect("a picture");
    }
    let ids: Vec<ImageId> =
        listener.images.iter().filter(|it| it.path.text.starts_with("late")).map(|it| it.id).collect();
    assert_eq!(ids.len(), PICTURES);
    listener.engine.send(Request::Look(Look::Thumbnails(ids.clone())));
    let (mut told, mut portions): (Vec<ImageId>, usize) = Default::default();
    listener.until("all of them", |event| {
        if let Event::Thumbnails(pictures) = event {
            portions += 1;
            assert!(pictures.iter().all(|picture| picture.width > 0), "it can be read by now");
            told.extend(pictures.iter().map(|picture| picture.id));
        }
        (told.len() == PICTURES).then_some(())
    });
    told.sort_unstable();
    assert_eq!(told, ids, "each once");
    assert!(portions < PICTURES / 2, "{portions} times the window was woken for {PICTURES}");
}

#[test]
fn a_label_that_is_given_while_a_file_is_read_to_be_imported_stands() {
    let relabel = |listener: &mut Listener| {
        let images: ImageSet = [ImageId(3)].into_iter().collect();
        listener.engine.send(Request::Relabel(RelabelWish::Give { images, label: "dog".to_owned() }));
        listener.until("the label", |event| matches!(event, Event::Relabelled(_)).then_some(()));
    };
    importing_what_hangs(relabel, |listener| {
        let report = listener.until("the import", |event| match event {
            Event::Imported(report) => Some(report.clone()),
            _ => None,
        });
        assert_eq!(listener.images[3].label.as_deref(), Some("dog"), "it was asked for later");
        let remarks = format!("{:?}", report.remarks);
        assert!(remarks.contains("1 picture was labelled while files were read"), "{remarks}");
    });
}
