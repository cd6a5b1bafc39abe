//! Files that are moved into folders are known in their new places, with all that is known of them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::{ClassesBy, ImageId, ImageRecord, SplitBy};
use tiramisu::engine::{Event, FilesToMove, MoveSummary, MoveWish, NetworkFile, Request};
use tiramisu::store::Workspace;

use super::sample;
use crate::support::listener::{Listener, options};

fn tag(listener: &mut Listener, ids: &[u32], tag: &str) {
    let images = ids.iter().copied().map(ImageId).collect();
    listener.engine.send(Request::Tag { images, tag: tag.to_owned(), is_on: true });
    listener.until("the tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
}

/// Moves them. An analysis whose end was just told may be on its way out still: then it is asked again.
pub fn carry_out(listener: &mut Listener, wish: MoveWish) -> MoveSummary {
    loop {
        listener.engine.send(Request::MoveFiles(MoveWish { is_agreed: true, ..wish.clone() }));
        let outcome = listener.until("the end", |event| match event {
            Event::Moved(summary) => Some(Some(summary.clone())),
            Event::Problem { problem, .. } if problem.why.contains("an analysis is running") => Some(None),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        if let Some(summary) = outcome {
            return summary;
        }
    }
}

fn records(workspace: &Path) -> Vec<ImageRecord> {
    Workspace::open(workspace).and_then(|workspace| workspace.images()).expect("records")
}

#[test]
fn moved_files_keep_vectors_and_tags_and_nothing_is_extracted_again() {
    let (dir, folder, workspace) = sample(12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    tag(&mut listener, &[1, 2, 3], "keep");
    tag(&mut listener, &[3], "odd");
    let before = records(&workspace);
    let target = folder.join("sorted");
    let wish = MoveWish {
        images: (0..12).map(ImageId).collect(),
        by: ClassesBy::Tag,
        splits: SplitBy::Imported,
        target: target.clone(),
        is_agreed: false,
    };

    let counts = counts(&mut listener, wish.clone());
    let FilesToMove { counts: going, leaving, .. } = &*counts;
    assert_eq!((going.files, going.folders, *leaving, going.left.len()), (2, 1, 0, 10));
    assert_eq!(counts.relabelled, 2, "their labels were the names of their folders");
    assert!(!target.exists() && records(&workspace) == before, "without a word nothing is moved");

    let summary = carry_out(&mut listener, wish);
    assert_eq!((summary.moved, summary.known, summary.left_folder, summary.wanted), (2, 2, 0, 2));
    let log = fs::read_to_string(summary.log.expect("a log")).expect("a table");
    assert_eq!(log.lines().count(), 3, "{log}");
    let path_of = |id: usize| format!("sorted/keep/{}", before[id].path.file_name());
    let now = records(&workspace);
    for id in [1, 2] {
        assert_eq!((&now[id].path.text, now[id].label.as_deref()), (&path_of(id), Some("keep")));
        assert!(folder.join(&now[id].path.text).is_file() && !folder.join(&before[id].path.text).exists());
        assert_eq!((&now[id].problem, now[id].width), (&None, before[id].width));
        assert_eq!(listener.images[id].path, now[id].path, "the listener was told");
    }
    assert_eq!(now[3], before[3], "what has two tags stays");
    let tags = Workspace::open(&workspace).and_then(|workspace| workspace.tags()).expect("tags");
    assert_eq!(tags.bearers("keep"), [1, 2, 3].map(ImageId));

    // What is there is known, and nothing else is new.
    listener.engine.send(Request::Extract);
    let progress = listener.until("the job", |event| match event {
        Event::JobStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!((progress.done_now(), listener.images.len()), (0, 12));
    assert_eq!(records(&workspace), now);
    assert_eq!(listener.problems, []);
}

#[test]
fn files_that_leave_the_folder_count_as_gone_and_a_second_move_is_none() {
    let (dir, folder, workspace) = sample(6);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    tag(&mut listener, &[4], "away");
    let wish = MoveWish {
        images: vec![ImageId(4)].into(),
        by: ClassesBy::Tag,
        splits: SplitBy::Imported,
        target: dir.path().join("elsewhere"),
        is_agreed: false,
    };
    let before = records(&workspace)[4].clone();
    let counts = counts(&mut listener, wish.clone());
    assert_eq!((counts.leaving, counts.relabelled), (1, 0), "what is gone keeps its label");
    let summary = carry_out(&mut listener, wish.clone());
    assert_eq!((summary.moved, summary.known, summary.left_folder), (1, 0, 1));
    assert!(dir.path().join("elsewhere/away").join(before.path.file_name()).is_file());
    let now = records(&workspace)[4].clone();
    assert!(now.is_gone() && now.path == before.path, "{now:?}");
    assert!(listener.images[4].is_gone(), "the listener was told");
    let again = carry_out(&mut listener, wish);
    assert_eq!((again.moved, again.log, again.failed.len()), (0, None, 1));
}

#[test]
fn planning_says_how_far_it_is() {
    let (dir, folder, workspace) = sample(6);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let target = dir.path().join("sorted");
    let wish = MoveWish {
        images: (0..6).map(ImageId).collect(),
        by: ClassesBy::Label,
        splits: SplitBy::Imported,
        target,
        is_agreed: false,
    };
    listener.engine.send(Request::MoveFiles(wish));
    let progress = listener.until("the planning", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    listener.until("the counts", |event| matches!(event, Event::MoveToConfirm(_)).then_some(()));
    assert_eq!(&*progress.title, "Planning where files go");
    assert_eq!((progress.total(), progress.done(), progress.has_ended()), (6, 6, true));
}

#[test]
fn a_picture_that_takes_the_folder_of_a_deleted_one_is_not_met_as_that() {
    let (dir, folder, workspace) = sample(6);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let path = |id: usize| folder.join(&records(&workspace)[id].path.text);
    let to = |id: u32, by: &str| MoveWish {
        images: vec![ImageId(id)].into(),
        by: ClassesBy::Tag,
        splits: SplitBy::Imported,
        target: folder.join(by),
        is_agreed: true,
    };
    // The first lies in the folder, and is deleted; the last has its name then.
    tag(&mut listener, &[1, 5], "keep");
    assert_eq!(carry_out(&mut listener, to(1, "sorted")).known, 1);
    let deleted = path(1);
    fs::remove_file(&deleted).expect("deleted");
    let named_alike = path(5).with_file_name(deleted.file_name().expect("a name"));
    fs::rename(path(5), &named_alike).expect("renamed");
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let before = records(&workspace);
    assert!(before[1].is_gone() && !before[5].is_gone(), "{before:?}");
    assert_eq!(before[5].path.below(&folder), named_alike, "known by its content");

    assert_eq!(carry_out(&mut listener, to(5, "sorted")).known, 1);
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let now = records(&workspace);
    assert!(now[1].is_gone(), "{:?}", now[1]);
    assert!(!now[5].is_gone() && now[5].path.text.starts_with("sorted/keep/") && path(5) != deleted, "{:?}", now[5]);
    assert_eq!((now.len(), listener.problems.as_slice()), (6, [].as_slice()));
}

fn counts(listener: &mut Listener, wish: MoveWish) -> Arc<FilesToMove> {
    listener.engine.send(Request::MoveFiles(MoveWish { is_agreed: false, ..wish }));
    listener.until("the counts", |event| match event {
        Event::MoveToConfirm(counts) => Some(counts.clone()),
        _ => None,
    })
}

#[cfg(unix)]
#[test]
fn by_whatever_way_the_folder_is_named_what_stays_in_it_is_known_there() {
    let (dir, folder, workspace) = sample(6);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).expect("a link");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&link, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    tag(&mut listener, &[1, 2], "keep");
    let to = |target| MoveWish {
        images: vec![ImageId(1), ImageId(2)].into(),
        by: ClassesBy::Tag,
        splits: SplitBy::Imported,
        target,
        is_agreed: true,
    };
    // Over a folder beside it, and by its real path.
    for target in [link.join("../pictures/sorted"), link.join("missing/../sorted"), folder.join("sorted")] {
        let counts = counts(&mut listener, to(target));
        assert_eq!((counts.counts.files, counts.leaving, counts.in_place), (2, 0, 0), "{counts:?}");
    }
    let summary = carry_out(&mut listener, to(folder.join("sorted")));
    assert_eq!((summary.moved, summary.known, summary.left_folder), (2, 2, 0));
    let now = records(&workspace);
    assert!([1, 2].iter().all(|id| now[*id].path.text.starts_with("sorted/keep/")), "{now:?}");
    let by_label = counts(&mut listener, MoveWish { by: ClassesBy::Label, ..to(folder.join("by-label")) });
    assert_eq!(
        (by_label.counts.files, by_label.relabelled),
        (2, 0),
        "their new folders have the names of the old ones"
    );
    for target in [folder.join("sorted"), link.join("sorted"), link.join("../pictures/sorted")] {
        let counts = counts(&mut listener, to(target));
        assert_eq!((counts.counts.files, counts.renamed, counts.in_place), (0, 0, 2), "{counts:?}");
    }
}

#[test]
fn nothing_is_moved_where_the_program_only_looks_or_the_disk_does_not_let_it() {
    let (dir, folder, workspace) = sample(3);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let before = records(&workspace);
    // A file stands where the folder is to be.
    fs::write(dir.path().join("file"), "").expect("written");
    let wish = MoveWish {
        images: (0..3).map(ImageId).collect(),
        by: ClassesBy::Label,
        splits: SplitBy::Imported,
        target: dir.path().join("file"),
        is_agreed: true,
    };
    listener.engine.send(Request::MoveFiles(wish.clone()));
    assert_eq!(listener.until_problem().what, "Nothing was moved");
    assert_eq!(records(&workspace), before);
    drop(listener);
    let only_looks = tiramisu::engine::EngineOptions { only_looks: true, ..options(dir.path()) };
    let mut listener = Listener::start(only_looks);
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    listener.until("the folder", |event| matches!(event, Event::Opened(_)).then_some(()));
    listener.engine.send(Request::MoveFiles(MoveWish { target: folder.join("sorted"), ..wish }));
    assert!(listener.until_problem().why.contains("only to look"));
    assert!(!folder.join("sorted").exists());
}
