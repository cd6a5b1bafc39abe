//! Pictures that come, change and go while their folder is open.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tiramisu::engine::{EngineOptions, Event, FolderChange, FolderPictures, NetworkFile, Request};

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
fn pictures_are_named_as_they_come_change_and_go_before_anybody_takes_them_in() {
    let (_dir, folder, mut listener) = watched(8);
    let known = pictures(&folder);
    fs::copy(&known[0], folder.join("new.png")).expect("a picture");
    let named = |listener: &mut Listener, wanted: &str, is_it: &dyn Fn(&FolderPictures) -> bool| {
        listener.until(wanted, |event| {
            let Event::FolderPictures(pictures) = event else { return None };
            is_it(pictures).then(|| pictures.clone())
        })
    };
    let is_new = |pictures: &FolderPictures| pictures.added.iter().map(|path| &*path.text).eq(["new.png"]);
    let first = named(&mut listener, "a new picture", &is_new);
    assert!(first.changed.is_empty() && first.removed.is_empty(), "{first:?}");
    fs::copy(&known[1], &known[0]).expect("another picture in its place");
    fs::remove_file(&known[2]).expect("it goes");
    let all = named(&mut listener, "all three", &|pictures| {
        is_new(pictures) && pictures.changed.len() == 1 && pictures.removed.len() == 1
    });
    // As many as the folder had are known: what is new has no number yet.
    assert!(all.changed.iter().chain(all.removed.iter()).all(|image| image.index() < 8), "{all:?}");
    assert!(all.changed.intersection(&all.removed).is_empty(), "{all:?}");
    listener.engine.send(Request::Extract);
    named(&mut listener, "nothing any more", &|pictures| *pictures == FolderPictures::default());
}

#[test]
fn of_very_many_new_pictures_the_first_are_named_and_all_are_counted() {
    let (_dir, folder, mut listener) = watched(3);
    let known = pictures(&folder);
    let count = FolderPictures::NAMED + 5;
    (0..count).for_each(|number| drop(fs::copy(&known[0], folder.join(format!("new {number:03}.png")))));
    until(&mut listener, FolderChange { added: count, ..FolderChange::default() });
    let named = listener.until("those that are named", |event| match event {
        Event::FolderPictures(pictures) => Some(pictures.added.len()),
        _ => None,
    });
    assert_eq!(named, FolderPictures::NAMED);
}

#[test]
fn after_every_extraction_it_is_told_what_it_left_however_short_it_was() {
    let (_dir, _folder, mut listener) = watched(3);
    until(&mut listener, FolderChange::default());
    for _ in 0..3 {
        // There is nothing to do, so it is over before the folder is looked at again; whoever hears of its end forgets what was told.
        listener.engine.send(Request::Extract);
        assert!(!listener.until_extracted(), "nobody cancelled");
        until(&mut listener, FolderChange::default());
    }
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

#[test]
fn a_picture_that_is_saved_twice_within_a_second_is_news_and_so_it_is_when_it_is_saved_once_more() {
    let (dir, folder, workspace) = sample(3);
    let save = |red: u8, nanos: u32| {
        let path = folder.join("bitmap.bmp");
        image::RgbImage::from_pixel(40, 40, image::Rgb([red, 90, 90])).save(&path).expect("a bitmap");
        let moment = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, nanos);
        fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(moment)).expect("a time");
    };
    save(250, 111_222_333);
    let mut listener = Listener::start(EngineOptions { watches_folder: true, ..options(dir.path()) });
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    for (red, nanos) in [(10, 111_999_333), (77, 555_000_333)] {
        save(red, nanos);
        until(&mut listener, FolderChange { changed: 1, ..FolderChange::default() });
        listener.engine.send(Request::Extract);
        until(&mut listener, FolderChange::default());
    }
}
