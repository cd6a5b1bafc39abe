//! Of a data set in any format no more is kept than its bounds say, and what is no label is passed over.

use std::path::Path;

use tiramisu::import::{Bounds, ImportSource, read};

use super::{golden, source};

#[test]
fn every_format_is_held_to_the_same_bounds() {
    // Of these some have boxes.
    for (file, boxes) in [
        ("coco_train.json", true),
        ("yolo", true),
        ("voc", true),
        ("labels.csv", false),
        ("hugging_face_parquet", false),
        ("hugging_face_jsonl", false),
        ("shard-train-000.tar", false),
        ("boxes_corners.csv", true),
        ("hugging_face_csv", true),
        ("hugging_face_lists_jsonl", true),
        ("hugging_face_lists_parquet", true),
        ("hugging_face_tables_parquet", true),
        ("shard-val-boxes.tar", true),
    ] {
        let with = |bounds: Bounds| read(&ImportSource { bounds, ..source(&golden(file)) });
        let whole = with(Bounds::default()).unwrap_or_else(|error| panic!("{file}: {error}")).annotations.pictures;
        let count = whole.iter().map(|picture| picture.boxes.len()).sum::<usize>();
        assert_eq!(count > 0, boxes, "{file}");
        let most = Bounds { pictures: whole.len(), boxes: count, ..Bounds::default() };
        assert_eq!(with(most).expect("just so many").annotations.pictures, whole, "{file}");
        let mut refused = vec![
            (Bounds { pictures: whole.len() - 1, ..most }, format!("may have {} picture", whole.len() - 1)),
            (Bounds { files: 0, ..most }, "may have 0 files".to_owned()),
            (Bounds { bytes: 3, ..most }, "may have 3 B".to_owned()),
        ];
        if boxes {
            refused.push((Bounds { boxes: count - 1, ..most }, format!("may have {} box", count - 1)));
        }
        for (bounds, said) in refused {
            let error = with(bounds).expect_err("there is more").to_string();
            assert!(error.contains("it is too large") && error.contains(&said), "{file}: {error} does not say {said}");
        }
    }
}

#[test]
fn boxes_of_hugging_face_are_counted_over_all_files() {
    let dir = tempfile::tempdir().unwrap();
    let line = |name: &str| {
        format!(
            r#"{{"file_name": "{name}", "objects": {{"bbox": [[1, 2, 3, 4], [5, 6, 7, 8]], "categories": ["a", "b"]}}}}"#
        )
    };
    let (first, second) = (line("1.png"), line("2.png"));
    write(dir.path(), &[("train/metadata.jsonl", &first), ("test/metadata.jsonl", &second)]);
    let with =
        |boxes: usize| read(&ImportSource { bounds: Bounds { boxes, ..Bounds::default() }, ..source(dir.path()) });
    assert_eq!(with(4).expect("just so many").annotations.pictures.len(), 2);
    let error = with(3).expect_err("there is one more").to_string();
    assert!(error.contains("may have 3 boxes"), "{error}");
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
}

/// The path, split and number of boxes of each picture.
fn told(path: &Path) -> (Vec<(String, String, usize)>, Vec<String>) {
    let annotations = read(&source(path)).unwrap().annotations;
    let mut pictures: Vec<_> = annotations
        .pictures
        .iter()
        .map(|it| (it.path.clone(), it.split.clone().unwrap_or_default(), it.boxes.len()))
        .collect();
    pictures.sort();
    (pictures, annotations.remarks.first)
}

fn wanted(pictures: &[(&str, &str, usize)]) -> Vec<(String, String, usize)> {
    pictures.iter().map(|(path, split, boxes)| ((*path).to_owned(), (*split).to_owned(), *boxes)).collect()
}

#[test]
fn splits_of_yolo_have_the_names_that_they_are_given() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            (
                "data.yaml",
                "train: images/train\nminival: images/minival\nchallenge: [images/extra, hard.txt]\nlicense: CC BY 4.0\n\
                 author: ../me\nnotes: notes\nnames: [cat]\nroboflow:\n  version: 3\n",
            ),
            ("images/train/a.jpg", ""),
            ("labels/train/a.txt", "0 0.5 0.5 0.2 0.2\n"),
            ("labels/minival/b.txt", "0 0.5 0.5 0.2 0.2\n0 0.2 0.2 0.1 0.1\n"),
            ("images/extra/c.jpg", ""),
            ("hard.txt", "./images/train/a.jpg\nimages/hard/d.jpg\n"),
            ("notes/todo.md", ""),
        ],
    );
    let (pictures, remarks) = told(&dir.path().join("data.yaml"));
    let expected = [
        ("images/extra/c.jpg", "challenge", 0),
        ("images/hard/d.jpg", "challenge", 0),
        ("images/minival/b", "minival", 2),
        ("images/train/a.jpg", "train", 1),
    ];
    assert_eq!(pictures, wanted(&expected));
    assert_eq!(remarks, [] as [String; 0], "what stands at other keys is nobody's concern");
}

#[test]
fn text_files_of_yolo_that_are_no_labels_are_left_out_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let strays = [
        ("README.txt", "These are the pictures of 2012.\n"),
        ("train/classes.txt", "cat\ndog\n"),
        ("train/README.txt", "0 of them are wrong?\n"),
    ];
    let labels = [
        ("classes.txt", "cat\ndog\n"),
        ("train/a.jpg", ""),
        ("train/a.txt", "1 0.5 0.5 0.2 0.2\n"),
        ("train/empty.txt", ""),
        ("elsewhere/b.txt", "0 0.5 0.5 0.2 0.2\n"),
    ];
    write(dir.path(), &labels);
    write(dir.path(), &strays[..2]);
    let expected = wanted(&[("elsewhere/b", "", 1), ("train/a", "", 1), ("train/empty", "", 0)]);
    let (pictures, remarks) = told(dir.path());
    assert_eq!(pictures, expected);
    assert!(remarks.len() == 1 && remarks[0].contains("2 text files lie beside no picture"), "{remarks:?}");
    assert!(remarks[0].contains("README.txt"), "{remarks:?}");

    // The text beside a picture is of it, and has to be right.
    write(dir.path(), &[("train/a.txt", "a cat\n")]);
    let error = read(&source(dir.path())).unwrap_err().to_string();
    assert!(error.contains("line 1 begins with \"a\""), "{error}");
    // So has one that begins as such.
    write(dir.path(), &[labels[2], strays[2]]);
    let error = read(&source(dir.path())).unwrap_err().to_string();
    assert!(error.contains("README.txt") && error.contains("line 1"), "{error}");

    let of_yaml = tempfile::tempdir().unwrap();
    write(
        of_yaml.path(),
        &[
            ("data.yaml", "train: images/train\nnames: [cat]\n"),
            ("labels/train/a.txt", "0 0.5 0.5 0.2 0.2\n"),
            ("labels/train/README.txt", "Drawn by hand.\n"),
        ],
    );
    let (pictures, remarks) = told(&of_yaml.path().join("data.yaml"));
    assert_eq!(pictures, wanted(&[("images/train/a", "train", 1)]));
    assert!(remarks.len() == 1 && remarks[0].contains("1 text file lies beside no picture"), "{remarks:?}");
}
