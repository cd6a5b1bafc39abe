//! Who reads a data set can be watched, and stopped.

use std::cell::RefCell;

use tiramisu::import::{ImportError, read, read_watched};

use super::{golden, source};

#[test]
fn reading_tells_how_far_it_is_and_stops_when_it_is_not_wanted_any_more() {
    for file in [
        "coco_train.json",
        "yolo",
        "voc",
        "labels.csv",
        "hugging_face_parquet",
        "hugging_face_jsonl",
        "shard-train-000.tar",
        "boxes_corners.csv",
        "hugging_face_lists_parquet",
        "shard-val-boxes.tar",
    ] {
        let whole = read(&source(&golden(file))).unwrap_or_else(|error| panic!("{file}: {error}"));
        let told = RefCell::new(Vec::new());
        let watched = read_watched(&source(&golden(file)), &|pictures| {
            told.borrow_mut().push(pictures);
            true
        });
        assert_eq!(watched.expect("nobody stops it"), whole, "{file}");
        let told = told.into_inner();
        assert!(told.len() > 1 && told.is_sorted(), "{file}: {told:?}");
        assert_eq!(told.last(), Some(&whole.annotations.pictures.len()), "{file}");
        // Stopped at any of these times nothing comes of it, and it is not taken for a damaged file.
        for most in 0..told.len() {
            let asked = RefCell::new(0);
            let stopped = read_watched(&source(&golden(file)), &|_| {
                *asked.borrow_mut() += 1;
                *asked.borrow() <= most
            });
            assert!(matches!(stopped, Err(ImportError::Stopped)), "{file}, {most}: {stopped:?}");
        }
    }
}
