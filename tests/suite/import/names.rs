//! Names of files that are not UTF-8 are told apart by their bytes.

use crate::support::skipped;
#[cfg(unix)]
#[test]
fn two_names_that_are_the_same_text_are_two_pictures() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use tiramisu::domain::ImagePath;
    use tiramisu::import::{match_pictures, read};

    use super::{images, source};

    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    let name = |byte: u8, ending: &str| -> Vec<u8> { [&b"photo"[..], &[byte], ending.as_bytes()].concat() };
    std::fs::write(folder.join("classes.txt"), "one\ntwo\n").unwrap();
    for (byte, class) in [(0xe8, 0), (0xe9, 1)] {
        let text = folder.join(OsStr::from_bytes(&name(byte, ".txt")));
        if std::fs::write(text, format!("{class} 0.5 0.5 0.2 0.2\n")).is_err() {
            skipped!("this disk takes only names that are UTF-8");
            return;
        }
    }
    let mut records = images(&["first.jpg", "second.jpg"]);
    for (record, byte) in records.iter_mut().zip([0xe9, 0xe8]) {
        record.path = ImagePath::from_relative(Path::new(OsStr::from_bytes(&name(byte, ".jpg"))));
    }
    assert_eq!(records[0].path.text, records[1].path.text);
    let matched = match_pictures(read(&source(&folder)).unwrap(), &records, &folder);
    let labels: Vec<&[String]> = matched.pictures.iter().map(|picture| &picture.labels[..]).collect();
    assert_eq!(labels, [["two".to_owned()], ["one".to_owned()]], "{matched:?}");
    assert_eq!(matched.by_name, 0);
}
