//! Labels, splits and boxes as other programs keep them, among the other files of their data set. The first byte says which file it is,
//! and whether the format has to be found out.

#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tiramisu::domain::{AnnotationFormat, ImageId, ImagePath, ImageRecord, Tags};
use tiramisu::import::{self, ImportSource};
use tiramisu_fuzz::{copy_folder, golden, golden_place, place, write};

/// Files of `tests/golden/datasets`. `imports.py` beside this folder counts them, too.
const FILES: [(&str, AnnotationFormat); 16] = [
    ("coco_train.json", AnnotationFormat::Coco),
    ("yolo/data.yaml", AnnotationFormat::Yolo),
    ("yolo/labels/train/picture_2.txt", AnnotationFormat::Yolo),
    ("voc/Annotations/picture_2.xml", AnnotationFormat::Voc),
    ("voc/ImageSets/Main/train.txt", AnnotationFormat::Voc),
    ("labels.csv", AnnotationFormat::Csv),
    ("semicolons.csv", AnnotationFormat::Csv),
    ("boxes_corners.csv", AnnotationFormat::Csv),
    ("boxes_sides.csv", AnnotationFormat::Csv),
    ("hugging_face_csv/train/metadata.csv", AnnotationFormat::HuggingFace),
    ("hugging_face_lists_jsonl/train/metadata.jsonl", AnnotationFormat::HuggingFace),
    ("hugging_face_tables_jsonl/train/metadata.jsonl", AnnotationFormat::HuggingFace),
    ("hugging_face_lists_parquet/train/metadata.parquet", AnnotationFormat::HuggingFace),
    ("hugging_face_tables_parquet/train/metadata.parquet", AnnotationFormat::HuggingFace),
    ("shard-train-000.tar", AnnotationFormat::WebDataset),
    ("shard-val-boxes.tar", AnnotationFormat::WebDataset),
];

/// The folder of a data set, or the file that it is, each apart from the others.
fn set_of(name: &str) -> String {
    format!("sets/{}", name.split('/').next().unwrap_or(name))
}

fn make_sets() {
    for (name, _) in FILES {
        match name.split_once('/') {
            Some((folder, _)) if !place(&set_of(name)).exists() => {
                fs::create_dir_all(place("sets")).expect("a folder");
                copy_folder(&golden_place(&format!("datasets/{folder}")), &place(&set_of(name)));
            }
            Some(_) => {}
            None => fs::create_dir_all(place(&set_of(name))).expect("a folder"),
        }
    }
}

/// Where a file lies, and what is read: the file, or the folder that it is one of.
fn lies_in(name: &str) -> (String, String) {
    match name.contains('/') {
        true => (format!("sets/{name}"), set_of(name)),
        false => (format!("{}/{name}", set_of(name)), format!("{}/{name}", set_of(name))),
    }
}

fn records() -> Vec<ImageRecord> {
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("train/picture_{id}.png"), raw: None },
        label: None,
        width: 64,
        height: 48,
        file_bytes: 100,
        modified_unix_secs: 1_700_000_000,
        problem: None,
    };
    (0..6).map(record).collect()
}

fuzz_target!(init: make_sets(), |bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let which = usize::from(*which);
    let (name, format) = FILES[which % FILES.len()];
    let is_told = (which / FILES.len()).is_multiple_of(2);
    let (file, read) = lies_in(name);
    write(&file, bytes);
    let source = ImportSource { path: place(&read), format: is_told.then_some(format), ..ImportSource::default() };
    match import::read(&source) {
        Ok(imported) => {
            let pictures = &imported.annotations.pictures;
            assert!(!pictures.is_empty(), "nothing is refused");
            let labels = pictures.iter().flat_map(|picture| &picture.labels);
            labels.for_each(|label| assert!(Tags::cleaned(label).is_ok(), "{label:?} is no tag"));
            let records = records();
            let matched = import::match_pictures(imported, &records, Path::new("/pictures"));
            for picture in matched.pictures {
                assert!(picture.image.index() < records.len(), "{:?} is no image", picture.image);
                assert!(picture.boxes.iter().flat_map(|it| it.frame).all(f64::is_finite), "{:?}", picture.boxes);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty(), "a refusal says why"),
    }
    // The next input may be another of its files.
    write(&file, &golden(&format!("datasets/{name}")));
});
