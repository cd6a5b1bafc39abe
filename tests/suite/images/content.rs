//! Pictures whose files' bytes are at hand.

use std::path::PathBuf;

use tiramisu::domain::{Decoding, Resizing};
use tiramisu::images::{network_input, network_input_of, prepare, prepare_content};

use super::fixture;

/// All pictures of the suite, and such as are none.
fn contents() -> Vec<(String, Vec<u8>)> {
    let folder = fixture("");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the pictures are there").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut contents = Vec::new();
    for file in files {
        let (name, bytes) = (file.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&file).unwrap());
        for kept in [bytes.len(), bytes.len() * 2 / 3, 40, 9, 0] {
            contents.push((format!("{name}, {kept} bytes of it"), bytes[..kept.min(bytes.len())].to_vec()));
        }
    }
    contents
}

#[test]
fn a_files_bytes_give_what_the_file_gives() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("picture");
    let (mut good, mut bad) = (0, 0);
    for (what, content) in contents() {
        std::fs::write(&path, &content).expect("a file");
        for decoding in Decoding::ALL {
            let input = Resizing { decoding, ..Resizing::stretch(13, 11) };
            match (prepare(&path, &input, 12), prepare_content(&content, &input, 12)) {
                (Ok(file), Ok(bytes)) => {
                    assert_eq!((file.width, file.height), (bytes.width, bytes.height), "{what}");
                    assert!(file.network_input == bytes.network_input, "{what}: what the network sees");
                    assert!(file.thumbnail.jpeg == bytes.thumbnail.jpeg, "{what}: the thumbnail");
                    let alone = network_input_of(&content, &input).expect("it was read before");
                    assert!(alone.rgb == file.network_input, "{what}: without a thumbnail");
                    assert_eq!(network_input(&path, &input).expect("it was read before").rgb, alone.rgb, "{what}");
                    good += 1;
                }
                (Err(file), Err(bytes)) => {
                    assert_eq!(file.reason(), bytes.reason(), "{what}");
                    assert!(!bytes.reason().ends_with([':', ' ']), "{what}: no path is left out: {bytes}");
                    bad += 1;
                }
                (file, bytes) => panic!("{what}: {:?} and {:?}", file.map(|_| ()), bytes.map(|_| ())),
            }
        }
    }
    assert!(good >= 40 && bad >= 100, "{good} were read and {bad} were not");
}
