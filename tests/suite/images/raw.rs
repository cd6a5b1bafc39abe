//! Cameras' raw files are not read: each is known by its name and by its content, and those beside a picture are nobody's problem.

use std::path::Path;

use tiramisu::images::{ImagesError, UnreadKind, decode};

use super::{touch, walk_all};

/// A directory of a TIFF: tags with their kinds and numbers, in the order of bytes that is told.
fn directory(is_little: bool, entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let two = |number: u16| if is_little { number.to_le_bytes() } else { number.to_be_bytes() };
    let four = |number: u32| if is_little { number.to_le_bytes() } else { number.to_be_bytes() };
    let mut bytes = two(entries.len() as u16).to_vec();
    for (tag, kind, count, number) in entries {
        bytes.extend([two(*tag), two(*kind)].concat());
        bytes.extend(four(*count));
        match kind {
            3 => bytes.extend([two(*number as u16), [0, 0]].concat()),
            _ => bytes.extend(four(*number)),
        }
    }
    bytes.extend([0; 4]);
    bytes
}

/// A TIFF of such directories, one behind the other.
fn tiff(is_little: bool, directories: &[&[(u16, u16, u32, u32)]]) -> Vec<u8> {
    let mut bytes = if is_little { b"II*\0\x08\0\0\0".to_vec() } else { b"MM\0*\0\0\0\x08".to_vec() };
    directories.iter().for_each(|entries| bytes.extend(directory(is_little, entries)));
    bytes
}

fn problem_with(name: &str, bytes: &[u8]) -> ImagesError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    decode(&path).unwrap_err()
}

const SMALL: (u16, u16, u32, u32) = (254, 4, 1, 1);
const RGB: (u16, u16, u32, u32) = (262, 3, 1, 2);

#[test]
fn a_tiff_that_a_sensor_wrote_is_told_from_a_picture_whatever_its_name() {
    // Where the second directory begins: behind a header of eight bytes, and a first one of four entries.
    let second = 8 + 2 + 4 * 12 + 4;
    let of_sensor = [(262, 3, 1, 32803)];
    for is_little in [true, false] {
        for (what, bytes) in [
            ("Adobe's, by the version", tiff(is_little, &[&[SMALL, RGB, (50706, 1, 4, 0x0104_0000)]])),
            ("Pentax's, at once", tiff(is_little, &[&[of_sensor[0]]])),
            (
                "Nikon's, behind a preview",
                tiff(is_little, &[&[SMALL, RGB, (258, 3, 1, 8), (330, 4, 1, second)], &of_sensor]),
            ),
            ("linear pixels", tiff(is_little, &[&[SMALL, (262, 3, 1, 34892)]])),
        ] {
            let error = problem_with("IMG_1.tif", &bytes);
            let is_told = matches!(error, ImagesError::Unread { kind: UnreadKind::Raw, .. });
            assert!(is_told && error.reason().contains("develop it to JPEG or TIFF"), "{what}: {error}");
        }
        // Two previews, and the sensor's pixels in the second of two directories that are listed elsewhere.
        let list_at = 8 + 2 + 2 * 12 + 4;
        let mut bytes = tiff(is_little, &[&[SMALL, (330, 4, 2, list_at)]]);
        let four = |number: u32| if is_little { number.to_le_bytes() } else { number.to_be_bytes() };
        bytes.extend([four(list_at + 8), four(list_at + 8 + 2 + 12 + 4)].concat());
        bytes.extend(directory(is_little, &[RGB]));
        bytes.extend(directory(is_little, &of_sensor));
        let error = problem_with("DSC_1.NEF", &bytes);
        assert!(matches!(error, ImagesError::Unread { kind: UnreadKind::Raw, .. }), "{error}");
    }
}

#[test]
fn a_tiff_whose_directories_lead_in_a_circle_or_nowhere_is_answered() {
    for (what, entries) in [
        ("itself", [SMALL, (330, 4, 1, 8)]),
        ("beyond the end", [SMALL, (330, 4, 1, u32::MAX)]),
        ("a list beyond the end", [SMALL, (330, 4, u32::MAX, u32::MAX - 3)]),
    ] {
        let error = problem_with("circle.tif", &tiff(true, &[&entries]));
        let is_damaged =
            matches!(error, ImagesError::Damaged { .. } | ImagesError::CutOff { .. } | ImagesError::Unsupported { .. });
        assert!(is_damaged && !error.reason().is_empty(), "{what}: {error:?}");
    }
}

#[test]
fn raw_files_are_counted_and_those_beside_a_picture_of_their_name_apart() {
    let folder = tempfile::tempdir().unwrap();
    // Cameras and phones write both.
    touch(folder.path(), &["a/IMG_1.CR2", "a/IMG_1.JPG", "a/img_2.nef", "a/IMG_2.jpeg"]);
    touch(folder.path(), &["PXL_3.RAW-01.COVER.jpg", "PXL_3.RAW-02.ORIGINAL.dng"]);
    // The picture of that name lies elsewhere, and what lies here is of another.
    touch(folder.path(), &["b/IMG_1.ARW", "b/IMG_1.xmp", "b/c/IMG_4.jpg", "b/IMG_4.dng", "b/IMG_5.dng"]);
    touch(folder.path(), &["b/.IMG_6.dng", "notes.txt"]);
    std::fs::create_dir(folder.path().join("folder.dng")).unwrap();
    let (found, summary) = walk_all(folder.path());
    assert_eq!(found.len(), 4, "none of them is an image");
    let raw = &summary.camera_raw;
    assert_eq!((raw.unread, raw.beside_pictures, raw.first.as_deref()), (3, 3, Some("b/IMG_1.ARW")));
    assert_eq!(raw.endings.iter().map(String::as_str).collect::<Vec<_>>(), ["arw", "dng"]);
    assert_eq!((summary.other_files, summary.problems.len()), (2, 0), "a note, and what a program wrote of IMG_1");
    let words = raw.in_words().unwrap();
    for part in ["3 camera raw files (.arw, .dng) cannot be read", "b/IMG_1.ARW", "JPEG or TIFF"] {
        assert!(words.contains(part), "{part} is not in: {words}");
    }
}

#[test]
fn raw_files_that_all_have_their_pictures_are_nothing_to_be_told() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["1.jpg", "1.dng", "2.heic", "2.DNG"]);
    let (_, summary) = walk_all(folder.path());
    assert_eq!((summary.camera_raw.unread, summary.camera_raw.beside_pictures), (0, 2));
    assert_eq!(summary.camera_raw.in_words(), None);
    let (_, none) = walk_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").as_path());
    assert_eq!((none.camera_raw.unread, none.camera_raw.in_words()), (0, None));
}
