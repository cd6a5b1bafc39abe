//! Pictures that come, change and go while their folder is open.

use std::fs;
use std::path::{Path, PathBuf};

use tiramisu::engine::{EngineOptions, Event, FolderChange, NetworkFile, Request};

use super::sample;
use crate::support::listener::{Listener, options};

/// A folder of pictures that is open, extracted and watched.
fn watched(count: usize) -> (tempfile::TempDir, PathBuf, Listener) {
    let (dir, folder, workspace) = sample(count);
    let mut listener = Listener::start(EngineOptions { watches_folder: true, ..options(dir.path()) });
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    (dir, folder, listener)
}

fn until(listener: &mut Listener, wanted: FolderChange) {
    let mut last = None;
    listener.until(&format!("{wanted:?}"), |event| {
        let Event::FolderChanged(change) = event else { return None };
        last = Some(*change);
        (*change == wanted).then_some(())
    });
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    found.sort();
    found
}

#[test]
fn pictures_that_come_change_and_go_are_counted_and_are_news_no_more_once_they_are_taken_in() {
    let (dir, folder, mut listener) = watched(8);
    let known = pictures(&folder);
    fs::copy(&known[0], folder.join("new.png")).expect("a picture");
    until(&mut listener, FolderChange { added: 1, ..FolderChange::default() });
    fs::copy(&known[1], &known[0]).expect("another picture in its place");
    fs::remove_file(&known[2]).expect("it goes");
    until(&mut listener, FolderChange { added: 1, changed: 1, removed: 1, is_more: false });
    // Of a folder that is moved here the system says its name alone.
    let coming = dir.path().join("coming");
    fs::create_dir(&coming).expect("a folder");
    for name in ["a.png", "b.png", "notes.txt"] {
        fs::copy(&known[3], coming.join(name)).expect("a file");
    }
    fs::rename(&coming, folder.join("came")).expect("it comes");
    until(&mut listener, FolderChange { added: 3, changed: 1, removed: 1, is_more: false });
    listener.engine.send(Request::Extract);
    until(&mut listener, FolderChange::default());
    // And one that goes takes its pictures with it.
    fs::rename(folder.join("came"), dir.path().join("went")).expect("it goes");
    until(&mut listener, FolderChange { removed: 2, ..FolderChange::default() });
}

#[test]
fn what_is_put_back_as_it_was_is_no_news() {
    let (_dir, folder, mut listener) = watched(4);
    let known = pictures(&folder);
    let away = folder.with_file_name("away.png");
    fs::rename(&known[0], &away).expect("it goes");
    until(&mut listener, FolderChange { removed: 1, ..FolderChange::default() });
    fs::rename(&away, &known[0]).expect("it comes back");
    until(&mut listener, FolderChange::default());
}
