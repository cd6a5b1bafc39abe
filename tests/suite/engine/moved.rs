//! Pictures that are moved or renamed between two extractions.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tiramisu::domain::{ImageId, ImageRecord, VersionName};
use tiramisu::engine::{EngineOptions, Event, NetworkFile, OpenWish, Request, describe, moved_from};
use tiramisu::store::Workspace;

use super::changes::overwrite;
use super::sample;
use crate::support::listener::{Listener, options};

/// An extracted collection.
struct Extracted {
    _dir: TempDir,
    folder: std::path::PathBuf,
    workspace: std::path::PathBuf,
    listener: Listener,
    images: Vec<ImageRecord>,
}

impl Extracted {
    fn new(count: usize) -> Self {
        let (dir, folder, workspace) = sample(count);
        let listener = Listener::start(options(dir.path()));
        let mut new = Self { _dir: dir, folder, workspace, listener, images: Vec::new() };
        new.again();
        new
    }

    /// Extracts again, and says how many pictures went through the network.
    fn again(&mut self) -> usize {
        self.listener.images.clear();
        self.listener.open(&self.folder, &self.workspace, NetworkFile::Analytic, true);
        let progress = self.listener.until("the job", |event| match event {
            Event::JobStarted(progress) => Some(progress.clone()),
            _ => None,
        });
        assert!(!self.listener.until_extracted());
        assert_eq!(self.listener.problems, []);
        self.images = self.listener.images.clone();
        progress.done_now()
    }

    fn opened(&self) -> Workspace {
        Workspace::open(&self.workspace).expect("a workspace")
    }

    fn tag(&mut self, image: ImageId, tag: &str) {
        // The engine holds the lock.
        self.listener.engine.send(Request::Tag {
            images: [image].into_iter().collect(),
            tag: tag.to_owned(),
            is_on: true,
        });
        self.listener.until("the tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
    }

    fn close(&mut self) {
        self.listener.engine.send(Request::Close);
        self.listener.until("the end", |event| matches!(event, Event::Closed).then_some(()));
    }

    /// The vectors of all images at the first layer.
    fn vectors(&self) -> Vec<Option<Vec<f32>>> {
        let name = describe(&self.workspace).expect("a workspace").tables.remove(0).name;
        let table = self.opened().read_features(&name).expect("a table");
        let layer = table.columns()[0].0.clone();
        self.images.iter().map(|image| table.vector(&layer, image.id).expect("a vector that can be read")).collect()
    }
}

/// Every picture goes into one new folder below.
fn move_all(folder: &Path, into: &str) {
    let away = folder.with_file_name("away");
    fs::rename(folder, &away).expect("a folder");
    fs::create_dir(folder).expect("a folder");
    fs::rename(&away, folder.join(into)).expect("a folder");
}

#[test]
fn a_renamed_folder_keeps_ids_vectors_and_tags_and_nothing_is_extracted_again() {
    let mut it = Extracted::new(24);
    it.tag(ImageId(5), "mine");
    let (before, vectors) = (it.images.clone(), it.vectors());
    it.close();
    move_all(&it.folder, "deeper");
    assert_eq!(it.again(), 0, "no picture goes through the network again");
    for (was, is) in before.iter().zip(&it.images) {
        assert_eq!(is.path.text, format!("deeper/{}", was.path.text));
        assert_eq!((was.id, was.width, was.file_bytes, &is.problem), (is.id, is.width, is.file_bytes, &None));
    }
    assert_eq!(it.images.len(), before.len());
    assert_eq!(it.vectors(), vectors);
    let opened = it.opened();
    assert_eq!(opened.images().expect("records"), it.images);
    assert_eq!(opened.tags().expect("tags").bearers("mine"), [ImageId(5)]);
    assert_eq!(opened.misfit_report().expect("a report").vectors, []);
    // What leaves the workspace says where the pictures are now, and what left it before the move still finds them.
    let mut handwork = opened.handwork().expect("handwork");
    assert_eq!(handwork.tags["mine"], [it.images[5].path.text.clone()]);
    handwork.tags.insert("earlier".to_owned(), vec![before[6].path.text.clone()]);
    it.close();
    let writer = Workspace::open_to_write(&it.workspace).expect("a workspace");
    let taken = writer.take_handwork(&handwork).expect("it is taken");
    assert_eq!((taken.tags_added, taken.tags_known, taken.tags_waiting), (1, 1, 0));
    assert_eq!(writer.tags().expect("tags").bearers("earlier"), [ImageId(6)]);
    drop((opened, writer));
    // And back again, and once more, by other names.
    fs::rename(it.folder.join("deeper"), it.folder.join("elsewhere")).expect("a folder");
    assert_eq!(it.again(), 0);
    assert_eq!(it.opened().tags().expect("tags").bearers("mine"), [ImageId(5)]);
    assert_eq!(it.vectors(), vectors);
}

#[test]
fn a_copy_in_another_place_is_known_by_its_content_whatever_its_time() {
    let mut it = Extracted::new(24);
    let (picture, other) = (it.images[3].clone(), it.images[9].clone());
    let vectors = it.vectors();
    it.close();
    let content = fs::read(picture.path.below(&it.folder)).expect("a picture");
    fs::remove_file(picture.path.below(&it.folder)).expect("it goes");
    overwrite(&it.folder.join("copied.png"), &content);
    // As large as one that went, and another picture.
    let mut bytes = fs::read(other.path.below(&it.folder)).expect("a picture");
    fs::remove_file(other.path.below(&it.folder)).expect("it goes");
    bytes.reverse();
    overwrite(&it.folder.join("reversed.png"), &bytes);
    it.again();
    assert_eq!(it.listener.id("copied.png"), picture.id);
    assert_eq!(it.listener.id("reversed.png"), ImageId(24), "it is a new one");
    assert!(it.images[other.id.index()].is_gone());
    assert_eq!(it.vectors()[..24], vectors[..], "what is gone is kept, too");
    // Once more: what is known of its bytes went with it.
    it.close();
    fs::remove_file(it.folder.join("copied.png")).expect("it goes");
    overwrite(&it.folder.join("again.png"), &content);
    it.again();
    assert_eq!(it.listener.id("again.png"), picture.id);
}

#[test]
fn a_new_picture_in_the_place_of_a_moved_one_is_another() {
    let mut it = Extracted::new(12);
    it.tag(ImageId(2), "mine");
    let (moved, model) = (it.images[2].clone(), it.images[7].clone());
    let vectors = it.vectors();
    it.close();
    // Renamed, extracted, and then its old name is given to a copy of another.
    fs::rename(moved.path.below(&it.folder), it.folder.join("renamed.png")).expect("it is renamed");
    it.again();
    it.close();
    fs::copy(model.path.below(&it.folder), moved.path.below(&it.folder)).expect("a copy");
    it.again();
    assert_eq!(it.images.len(), 13);
    assert_eq!((it.listener.id("renamed.png"), it.images[12].path.clone()), (moved.id, moved.path));
    let now = it.vectors();
    assert_eq!((&now[2], &now[12]), (&vectors[2], &vectors[7]));
    assert_eq!(it.opened().tags().expect("tags").bearers("mine"), [ImageId(2)], "the tag went with its picture");
}

#[test]
fn without_what_is_remembered_pictures_are_known_by_size_and_time() {
    let mut it = Extracted::new(12);
    it.close();
    fs::remove_file(it.workspace.join(".contents")).expect("it is remembered");
    move_all(&it.folder, "deeper");
    assert_eq!(it.again(), 0);
    assert_eq!(it.images.len(), 12);
}

#[test]
fn going_back_to_before_a_move_keeps_what_was_learned() {
    let mut it = Extracted::new(12);
    it.close();
    let version = it.opened().version();
    move_all(&it.folder, "deeper");
    it.again();
    it.close();
    let mut writer = Workspace::open_to_write(&it.workspace).expect("a workspace");
    let restored = writer.restore(Some("images"), &VersionName::Number(version)).expect("it goes back");
    assert!(restored.iter().all(|table| table.rows_removed == 0), "{restored:?}");
    drop(writer);
    assert_eq!(it.again(), 0, "they are found in their new places again");
}

#[test]
fn going_back_to_before_a_change_and_a_move_brings_no_vectors_of_the_other_picture() {
    // The records alone, whose vectors were of the changed picture; and all that there was.
    for table in [Some("images"), None] {
        let mut it = Extracted::new(12);
        let changed = it.images[3].clone();
        let before = it.vectors();
        it.close();
        let mut writer = Workspace::open_to_write(&it.workspace).expect("a workspace");
        let version = VersionName::Number(writer.version());
        writer.tag("before", None, &VersionName::Latest).expect("it gets a name");
        drop(writer);
        let picture = image::RgbImage::from_fn(50, 40, |x, y| image::Rgb([200, (x * 5) as u8, (y * 6) as u8]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
        overwrite(&changed.path.below(&it.folder), bytes.get_ref());
        assert_eq!(it.again(), 1, "the changed one");
        let after = it.vectors();
        assert_ne!(before[3], after[3]);
        it.close();
        move_all(&it.folder, "deeper");
        assert_eq!(it.again(), 0, "all are known");
        it.close();
        let mut writer = Workspace::open_to_write(&it.workspace).expect("a workspace");
        let version = if table.is_some() { version } else { VersionName::Name("before".to_owned()) };
        let restored = writer.restore(table, &version).expect("it goes back");
        let removed: usize = restored.iter().map(|table| table.rows_removed).sum();
        assert_eq!(removed > 0, table.is_some(), "{restored:?}");
        drop(writer);
        // That of the changed picture, which nobody knew then; without vectors, the former one is looked for in vain.
        let read = it.again();
        assert!(read == 1 || table.is_some() && read == 2, "{read}");
        assert_eq!(it.images.len(), 13);
        // Without vectors it was looked for, and is told as unreadable.
        let is_over = if table.is_some() { it.images[3].problem.is_some() } else { it.images[3].is_gone() };
        assert!(is_over, "there is no such picture any more: {:?}", it.images[3]);
        assert_eq!(it.images[12].path.text, format!("deeper/{}", changed.path.text));
        let now = it.vectors();
        assert_eq!(now[12], after[3]);
        assert_eq!(now[3], if table.is_some() { None } else { before[3].clone() });
        for (image, vector) in before.iter().enumerate().filter(|(image, _)| *image != 3) {
            assert_eq!(&now[image], vector, "{image}");
        }
        assert_eq!(it.opened().misfit_report().expect("a report").vectors, []);
    }
}

#[test]
fn a_folder_that_moved_is_known_by_its_pictures_and_takes_its_workspace_along() {
    let (dir, folder, _) = sample(12);
    let asking = EngineOptions { asks_of_moved: true, ..options(dir.path()) };
    let mut listener = Listener::start(asking.clone());
    let wish = |folder: &Path| OpenWish {
        folder: folder.to_owned(),
        workspace: None,
        network: NetworkFile::Analytic,
        layers: None,
        extract: true,
    };
    listener.engine.send(Request::Open(wish(&folder)));
    assert!(!listener.until_extracted());
    let before = moved_from(&folder, &asking);
    assert_eq!(before, None, "it has a workspace");

    // It is still open while it is renamed.
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    fs::copy(super::first_picture(&folder), elsewhere.join("one.png")).expect("a picture");
    assert_eq!(moved_from(&elsewhere, &asking), None, "it has other names, and the known folder is there");
    fs::remove_file(elsewhere.join("one.png")).expect("it goes");
    fs::remove_dir(&elsewhere).expect("it goes");
    fs::rename(&folder, &elsewhere).expect("it moves");
    listener.engine.send(Request::Open(wish(&elsewhere)));
    let moved = listener.until("the question", |event| match event {
        Event::LooksMoved(moved) => Some(moved.clone()),
        Event::Opening(_) => panic!("nobody was asked"),
        _ => None,
    });
    assert_eq!((&moved.folder, moved.looked_for, moved.found), (&elsewhere, 12, 12));
    assert_eq!(moved.from, folder.canonicalize().unwrap_or(folder));
    listener.engine.send(Request::OpenMoved { from: moved.from, wish: wish(&elsewhere) });
    let progress = listener.until("the job", |event| match event {
        Event::JobStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    assert!(!listener.until_extracted());
    assert_eq!((listener.problems.clone(), progress.done_now(), listener.images.len()), (vec![], 0, 12));
    assert!(!moved.workspace.exists(), "the workspace lies where that of the new folder does");
}
