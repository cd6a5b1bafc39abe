//! Pictures of folders that are not open, and what a network is given of one.

use std::fs;
use std::path::Path;

use tiramisu::domain::{Fit, ImagePath, Resizing};
use tiramisu::engine::{glance_at, glance_prepared};

const IMAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images");

/// A folder with `count` folders of two pictures each, and a file that is none.
fn folder_of(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for class in 0..count {
        let class = folder.path().join(format!("class {class}"));
        fs::create_dir(&class).expect("a folder");
        for (name, picture) in [("a.jpg", "grey.jpg"), ("b.jpg", "exif_1.jpg")] {
            fs::copy(Path::new(IMAGES).join(picture), class.join(name)).expect("a picture");
        }
        fs::write(class.join("notes.txt"), "no picture").expect("a file");
    }
    folder
}

#[test]
fn a_glance_shows_a_picture_of_each_of_some_folders_the_last_one_looked_at_first() {
    let folder = folder_of(9);
    let glances = glance_at(folder.path(), None, 4, 32);
    assert_eq!(glances.len(), 4);
    for glance in &glances {
        let [width, height] = glance.size_px;
        assert!(width.max(height) <= 32 && glance.rgba.len() == (width * height * 4) as usize, "{:?}", glance.size_px);
    }
    let last = ImagePath::from_relative(Path::new("class 7/b.jpg"));
    let with_last = glance_at(folder.path(), Some(&last), 4, 32);
    let alone = glance_at(&folder.path().join("class 7"), Some(&ImagePath::from_relative(Path::new("b.jpg"))), 1, 32);
    assert_eq!(with_last.len(), 4);
    assert_eq!(with_last[0], alone[0]);
}

#[test]
fn a_glance_at_what_is_not_there_or_cannot_be_read_shows_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(glance_at(folder.path(), None, 4, 32), []);
    assert_eq!(glance_at(&folder.path().join("away"), None, 4, 32), []);
    fs::write(folder.path().join("broken.jpg"), "no picture").expect("a file");
    let gone = ImagePath::from_relative(Path::new("gone.jpg"));
    assert_eq!(glance_at(folder.path(), Some(&gone), 4, 32), []);
    fs::copy(Path::new(IMAGES).join("grey.jpg"), folder.path().join("whole.jpg")).expect("a picture");
    assert_eq!(glance_at(folder.path(), Some(&gone), 4, 32).len(), 1, "what can be read is shown");
}

#[test]
fn what_a_network_is_given_has_its_size_and_changes_with_the_preparation() {
    let path = Path::new(IMAGES).join("exif_1.jpg");
    let stretched = Resizing::stretch(24, 16);
    let [whole, seen] = glance_prepared(&path, &stretched, 64).expect("it can be read");
    assert!(whole.size_px.iter().all(|side| *side <= 64));
    assert_eq!((seen.size_px, seen.rgba.len()), ([24, 16], 24 * 16 * 4));
    assert!(seen.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
    let cropped = Resizing { fit: Fit::Crop { shorter_px: 48 }, ..stretched };
    let [same, other] = glance_prepared(&path, &cropped, 64).expect("it can be read");
    assert_eq!(same, whole, "the picture itself is the same");
    assert_ne!(other, seen);
    let why = glance_prepared(Path::new("/no such folder/a.jpg"), &stretched, 64).expect_err("it is not there");
    assert!(!why.is_empty());
}
