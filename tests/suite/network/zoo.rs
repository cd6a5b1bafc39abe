//! The networks we know by name.

use std::collections::HashSet;
use std::fs;

use tiramisu::network::zoo::{Checksum, embedded, read_own};
use tiramisu::network::{ColourOrder, Preprocessing};

#[test]
fn every_network_says_what_a_person_has_to_know() {
    let entries = embedded();
    let names: HashSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names.len(), entries.len(), "two have the same name");
    for entry in &entries {
        let name = &entry.name;
        assert_eq!(entry.check(), Ok(()), "{name}");
        for said in [&entry.title, &entry.about, &entry.publisher, &entry.licence, &entry.page] {
            assert!(!said.is_empty(), "{name} leaves something out");
        }
        let preprocessing = entry.preprocessing.as_ref().unwrap_or_else(|| panic!("{name}: no preprocessing"));
        assert_eq!(preprocessing.check(), Ok(()), "{name}");
        assert!(entry.files[0].checksum().is_some() && !entry.files[0].from.is_empty(), "{name}");
        let labels = entry.files.iter().find(|file| file.name == "synset_words.txt");
        assert!(labels.is_some_and(|labels| labels.optional && labels.sha256.is_some()), "{name}");
    }
}

#[test]
fn the_descriptions_in_the_source_are_those_in_the_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/networks");
    let (on_disk, problems) = read_own(&folder);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(on_disk, embedded());
}

#[test]
fn googlenet_is_there_in_all_three_forms() {
    for (name, file) in [("googlenet", ".pth"), ("googlenet-onnx", ".onnx"), ("googlenet-caffe", ".caffemodel")] {
        let entry = embedded().into_iter().find(|entry| entry.name == name).unwrap();
        assert!(entry.files[0].name.ends_with(file), "{name}");
    }
}

#[test]
fn torchvisions_files_are_known_by_the_digits_in_their_names() {
    let torchvision: Vec<_> = embedded().into_iter().filter(|entry| entry.publisher == "torchvision").collect();
    assert!(torchvision.len() >= 15);
    for entry in torchvision {
        let file = &entry.files[0];
        let Some(Checksum::Sha256Prefix(digits)) = file.checksum() else { panic!("{}", entry.name) };
        assert!(file.name.ends_with(&format!("-{digits}.pth")) && file.from[0].ends_with(&file.name), "{}", file.name);
        assert!(file.mebibytes.is_some());
    }
}

#[test]
fn networks_of_caffe_are_prepared_for_as_their_reader_does_it() {
    // Else a network opened by name would have another fingerprint than the same one opened by its file.
    for entry in embedded().iter().filter(|entry| entry.files[0].name.ends_with(".caffemodel")) {
        let preprocessing = entry.preprocessing.clone().unwrap();
        let side = preprocessing.width;
        assert_eq!(preprocessing, Preprocessing::caffe(side, side, [104.0, 117.0, 123.0]), "{}", entry.name);
    }
}

#[test]
fn networks_of_torchvision_are_prepared_for_as_torchvision_does_it() {
    let of = |name: &str| embedded().into_iter().find(|entry| entry.name == name).unwrap().preprocessing.unwrap();
    assert_eq!(of("resnet50"), Preprocessing::torchvision(232, 224));
    assert_eq!(of("resnet50-v1"), Preprocessing::torchvision(256, 224));
    // Values from -1 to 1.
    assert_eq!((of("googlenet").mean, of("googlenet").deviation), ([127.5; 3], [127.5; 3]));
    assert_eq!(of("googlenet-onnx").channels, ColourOrder::Bgr);
    assert_eq!(of("inception-v3").width, 299);
}

#[test]
fn descriptions_that_make_no_sense_are_left_out_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[[files]]\nname = \"a.onnx\"\nfrom = [\"https://example.org/a.onnx\"]\n";
    let long = "a".repeat(65);
    for (index, (text, reason)) in [
        ("name = \"a\"".to_owned(), "names no file"),
        (format!("name = \"a b\"\n{file}"), "`a b`"),
        (format!("name = \"{long}\"\n{file}"), "64"),
        (format!("name = \"a\"\npath = \"b.onnx\"\n{file}"), "either"),
        (format!("name = \"a\"\ncolour = 3\n{file}"), "colour"),
        (format!("name = \"a\"\n{}", file.replace("a.onnx\"\nfrom", "../a.onnx\"\nfrom")), "a file's name"),
        (format!("name = \"a\"\n{}", file.replace("https:", "file:")), "must begin with https"),
        (format!("name = \"a\"\n{}", file.replace("https:", "http:")), "must begin with https"),
        (format!("name = \"a\"\n{file}sha256 = \"12\""), "wrong length"),
        (format!("name = \"a\"\n{file}sha1 = \"{}\"", "g".repeat(40)), "0-9 and a-f"),
        (format!("name = \"a\"\n{file}sha256_prefix = \"01234567\"\nsha1 = \"{}\"", "0".repeat(40)), "one checksum"),
        ("\u{feff}name".to_owned(), "expected"),
    ]
    .iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{index}.toml"));
        fs::write(&path, text).unwrap();
        let (entries, problems) = read_own(folder.path());
        assert!(entries.is_empty(), "{text}");
        let message = problems[0].to_string();
        eprintln!("{message}");
        assert!(message.contains(reason) && message.ends_with(&format!("{index}.toml")), "{text}: {message}");
        fs::remove_file(path).unwrap();
    }
}
