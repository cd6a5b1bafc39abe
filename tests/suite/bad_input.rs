//! Whatever a folder holds: a clear message about that file, and everything else is kept.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tiramisu::domain::Resizing;
use tiramisu::images::{ImagesError, UnreadKind, decode, prepare, walk};

use super::images::{assert_shows_flag, fixture};
use crate::support::skipped;

/// What is wrong with a file of these bytes, after checking that the message ends with the path.
fn problem_with(name: &str, bytes: &[u8]) -> ImagesError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    problem_at(&path)
}

fn problem_at(path: &Path) -> ImagesError {
    let error = decode(path).expect_err("it should not decode");
    let message = error.to_string();
    assert!(message.ends_with(&format!(": {}", path.display())), "the path comes last: {message}");
    assert!(!error.reason().contains(&*path.to_string_lossy()), "the reason is without path: {}", error.reason());
    assert_eq!(prepare(path, &Resizing::stretch(8, 8), 8).unwrap_err().reason(), error.reason());
    eprintln!("{message}");
    error
}

#[test]
fn a_jpeg_cut_off_anywhere_is_a_problem_of_its_own() {
    for name in ["exif_1.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for keep in [bytes.len() - 2, bytes.len() - 30, bytes.len() * 3 / 4, bytes.len() / 2, 60] {
            let error = problem_with("cut.jpg", &bytes[..keep]);
            assert!(matches!(error, ImagesError::CutOff { .. }), "{name} at {keep}: {error}");
        }
    }
}

#[test]
fn a_cut_off_jpeg_is_noticed_although_a_whole_preview_lies_inside() {
    let picture = std::fs::read(fixture("progressive.jpg")).unwrap();
    let preview = std::fs::read(fixture("grey.jpg")).unwrap();
    let mut with_preview = picture[..2].to_vec();
    with_preview.extend([0xFF, 0xE1]);
    with_preview.extend(u16::try_from(preview.len() + 2).unwrap().to_be_bytes());
    with_preview.extend(&preview);
    with_preview.extend(&picture[2..]);

    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.jpg");
    std::fs::write(&whole, &with_preview).unwrap();
    assert_shows_flag(&decode(&whole).unwrap().rgb, 12);
    let error = problem_with("cut.jpg", &with_preview[..with_preview.len() - 100]);
    assert!(matches!(error, ImagesError::CutOff { .. }), "{error}");
}

#[test]
fn a_jpeg_with_data_after_its_end_is_fine() {
    let mut bytes = std::fs::read(fixture("exif_1.jpg")).unwrap();
    bytes.extend(b"\xFF\xD8 a movie that the phone appended");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motion.jpg");
    std::fs::write(&path, bytes).unwrap();
    assert_shows_flag(&decode(&path).unwrap().rgb, 12);
}

#[test]
fn other_formats_cut_off_are_said_to_be_cut_off_or_damaged() {
    for name in ["rgb16.png", "animated.gif", "flag.webp", "flag.bmp", "flag.tif", "animated.webp"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let error = problem_with("cut", &bytes[..bytes.len() / 2]);
        assert!(matches!(error, ImagesError::CutOff { .. } | ImagesError::Damaged { .. }), "{name}: {error:?}");
    }
}

#[test]
fn an_empty_file_says_so() {
    assert!(matches!(problem_with("empty.jpg", b""), ImagesError::Empty { .. }));
}

#[test]
fn text_named_like_a_picture_is_no_picture() {
    let error = problem_with("letter.jpg", b"Dear reader, this is not a picture.");
    assert!(matches!(error, ImagesError::NotAPicture { .. }), "{error}");
    assert!(matches!(problem_with("one_byte.png", b"x"), ImagesError::NotAPicture { .. }));
}

#[test]
fn pictures_of_phones_and_cameras_that_cannot_be_read_are_named_with_what_to_do() {
    let container = |brands: &[&[u8; 4]]| {
        let mut bytes = vec![0, 0, 0, (8 + 4 * brands.len() + 4) as u8];
        bytes.extend(b"ftyp");
        bytes.extend(brands[0]);
        bytes.extend([0; 4]);
        bytes.extend(brands[1..].iter().flat_map(|brand| **brand));
        bytes.extend([0; 64]);
        bytes
    };
    for (bytes, kind, words) in [
        (container(&[b"heic", b"mif1", b"heic"]), UnreadKind::Heic, ["HEIC", "Most Compatible"]),
        (container(&[b"mif1", b"mif1", b"heic"]), UnreadKind::Heic, ["HEIC", "JPEG"]),
        (container(&[b"avif", b"mif1", b"miaf"]), UnreadKind::Avif, ["AVIF", "PNG or JPEG"]),
        (container(&[b"mif1", b"miaf", b"avif"]), UnreadKind::Avif, ["AVIF", "PNG or JPEG"]),
        (container(&[b"crx ", b"isom"]), UnreadKind::Raw, ["raw", "develop"]),
        (b"II*\0\x10\0\0\0CR\x02\0 and so on".to_vec(), UnreadKind::Raw, ["raw", "develop"]),
        (b"FUJIFILMCCD-RAW 0201".to_vec(), UnreadKind::Raw, ["raw", "develop"]),
    ] {
        let error = problem_with("IMG_0001.HEIC", &bytes);
        assert!(matches!(error, ImagesError::Unread { kind: told, .. } if told == kind), "{error:?}");
        assert!(words.iter().all(|word| error.reason().contains(word)), "{}", error.reason());
    }
    // A film is no picture.
    assert!(matches!(problem_with("film.heic", &container(&[b"isom", b"mp42"])), ImagesError::NotAPicture { .. }));
}

#[test]
fn a_header_that_claims_sixty_thousand_pixels_a_side_is_refused_by_its_header() {
    // There is nothing behind the header: a decoder that believed it would call the file cut off instead.
    let error = problem_with("huge.png", &png_header(60_000, 60_000));
    assert!(matches!(error, ImagesError::TooLarge { width: 60_000, height: 60_000, .. }), "{error}");
    assert!(error.reason().contains("60000 x 60000"), "{}", error.reason());
}

#[test]
fn other_formats_with_huge_headers_are_refused_too() {
    let mut bmp = std::fs::read(fixture("flag.bmp")).unwrap();
    bmp[18..22].copy_from_slice(&60_000i32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000i32.to_le_bytes());
    let mut gif = std::fs::read(fixture("animated.gif")).unwrap();
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    let mut jpeg = std::fs::read(fixture("grey.jpg")).unwrap();
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    for (name, bytes) in [("huge.bmp", bmp), ("huge.gif", gif), ("huge.jpg", jpeg)] {
        let error = problem_with(name, &bytes);
        assert!(matches!(error, ImagesError::TooLarge { .. }), "{name}: {error:?}");
    }
}

#[test]
fn a_picture_without_pixels_is_an_error() {
    assert!(decode_bytes(&png_header(0, 0)).is_err());
}

#[test]
fn a_folder_or_nothing_in_place_of_a_picture_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("x.jpg");
    std::fs::create_dir(&directory).unwrap();
    assert!(matches!(problem_at(&directory), ImagesError::NotAFile { .. }));
    assert!(matches!(problem_at(&folder.path().join("gone.jpg")), ImagesError::FileMissing { .. }));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_said_unless_we_may_read_everything() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.jpg");
    std::fs::copy(fixture("grey.jpg"), &path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        skipped!("running as a user who may read everything");
        return;
    }
    let error = problem_at(&path);
    assert!(error.reason().contains("permission denied"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_named_like_a_picture_is_passed_by_and_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        skipped!("no mkfifo");
        return;
    }
    assert!(matches!(problem_at(&path), ImagesError::NotAFile { .. }));
    let summary = walk(folder.path(), &|| false, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((summary.images, summary.other_files), (0, 1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_found_kept_exactly_and_decoded() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9/pi\xF1ata.jpg");
    std::fs::create_dir(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xE9"))).unwrap();
    std::fs::copy(fixture("grey.jpg"), folder.path().join(name)).unwrap();

    let mut found = Vec::new();
    walk(folder.path(), &|| false, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    })
    .unwrap();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path.text, "caf\u{FFFD}/pi\u{FFFD}ata.jpg");
    assert!(decode(&found[0].path.below(folder.path())).is_ok());
}

#[test]
fn a_folder_that_is_missing_or_a_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: PathBuf| walk(&path, &|| false, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(refused(folder.path().join("nowhere")), ImagesError::FolderMissing { .. }));
    let file = folder.path().join("1.png");
    std::fs::write(&file, b"x").unwrap();
    assert!(matches!(refused(file), ImagesError::NotAFolder { .. }));
}

#[test]
fn a_folder_that_vanishes_during_the_walk_is_said() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("pictures");
    for name in ["a/1.png", "b/2.png", "c/3.png"] {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.join(name), b"x").unwrap();
    }
    let error = walk(&folder, &|| false, &mut |_| {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        ControlFlow::Continue(())
    })
    .unwrap_err();
    assert!(matches!(error, ImagesError::FolderVanished { .. }), "{error}");
}

fn decode_bytes(bytes: &[u8]) -> Result<tiramisu::images::Decoded, ImagesError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, bytes).unwrap();
    decode(&path)
}

/// A PNG that ends behind its header, with an empty data chunk.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    for chunk in [header, b"IDAT".to_vec(), b"IEND".to_vec()] {
        bytes.extend((chunk.len() as u32 - 4).to_be_bytes());
        bytes.extend(&chunk);
        bytes.extend(crc32(&chunk).to_be_bytes());
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
