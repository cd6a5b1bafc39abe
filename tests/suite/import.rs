//! Labels, splits and boxes read as other programs read them, and bad files refused in words.

mod bounds;
mod boxes;
mod names;
mod watched;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tiramisu::domain::{Annotation, AnnotationFormat, ColumnNames, ImageId, ImagePath, ImageRecord};
use tiramisu::import::{ImportSource, match_pictures, read};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/datasets").join(name)
}

fn source(path: &Path) -> ImportSource {
    ImportSource { path: path.to_owned(), ..ImportSource::default() }
}

/// As `expected.json` has it: labels in the order of names.
fn as_expected(picture: &Annotation) -> Value {
    let mut labels = picture.labels.clone();
    labels.sort();
    let boxes = picture.boxes.iter().map(|it| {
        let [left, top, width, height] = it.frame;
        json!([it.label, left, top, width, height, it.is_crowd])
    });
    json!({ "path": picture.path, "split": picture.split, "labels": labels, "boxes": boxes.collect::<Vec<_>>() })
}

/// Numbers may be written whole or not.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-12,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| is_same(value, other)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn every_format_is_recognised_and_read_as_other_programs_read_it() {
    let expected: Value = serde_json::from_slice(&std::fs::read(golden("expected.json")).unwrap()).unwrap();
    let cases = [
        ("coco", "coco_train.json", AnnotationFormat::Coco),
        ("yolo", "yolo", AnnotationFormat::Yolo),
        ("yolo", "yolo/data.yaml", AnnotationFormat::Yolo),
        ("voc", "voc", AnnotationFormat::Voc),
        ("csv", "labels.csv", AnnotationFormat::Csv),
        ("semicolons", "semicolons.csv", AnnotationFormat::Csv),
        ("hugging_face_parquet", "hugging_face_parquet", AnnotationFormat::HuggingFace),
        ("hugging_face_jsonl", "hugging_face_jsonl", AnnotationFormat::HuggingFace),
        ("webdataset", "shard-train-000.tar", AnnotationFormat::WebDataset),
        ("boxes_corners", "boxes_corners.csv", AnnotationFormat::Csv),
        ("boxes_sides", "boxes_sides.csv", AnnotationFormat::Csv),
        ("hugging_face_csv", "hugging_face_csv", AnnotationFormat::HuggingFace),
        ("hugging_face_lists_jsonl", "hugging_face_lists_jsonl", AnnotationFormat::HuggingFace),
        ("hugging_face_tables_jsonl", "hugging_face_tables_jsonl", AnnotationFormat::HuggingFace),
        ("hugging_face_lists_parquet", "hugging_face_lists_parquet", AnnotationFormat::HuggingFace),
        ("hugging_face_tables_parquet", "hugging_face_tables_parquet", AnnotationFormat::HuggingFace),
        ("webdataset_boxes", "shard-val-boxes.tar", AnnotationFormat::WebDataset),
    ];
    for (name, file, format) in cases {
        let imported = read(&source(&golden(file))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(imported.annotations.format, format, "{name}");
        assert_eq!(imported.annotations.remarks.count, 0, "{name}: {:?}", imported.annotations.remarks);
        let mut pictures = imported.annotations.pictures;
        pictures.sort_by_key(|picture| paths_last(&picture.path));
        let mut wanted = expected[name].as_array().unwrap().clone();
        wanted.sort_by_key(|picture| paths_last(picture["path"].as_str().unwrap()));
        for (found, wanted) in pictures.iter().zip(&wanted) {
            // Of VOC only the name is said; the folder is the data set's.
            let mut found = found.clone();
            if format == AnnotationFormat::Voc {
                found.path = paths_last(&found.path);
            }
            assert!(is_same(&as_expected(&found), wanted), "{name}: {:#} is not {wanted:#}", as_expected(&found));
        }
        assert_eq!(pictures.len(), wanted.len(), "{name}");
    }
}

fn paths_last(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// Writes a file and reads it; what is wrong with it, in words.
fn refused(name: &str, content: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(name);
    std::fs::write(&file, content).unwrap();
    match read(&source(&file)) {
        Ok(imported) => panic!("{name} was taken: {imported:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_wrong_is_said_with_the_line_or_the_item() {
    let deep = format!("<annotation>{}{}</annotation>", "<a>".repeat(40), "</a>".repeat(40));
    let nested = format!("{{\"images\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: [(&str, &[u8], &str); 18] = [
        ("a.json", b"{\"images\": [\n{\"id\": 1}]}", "line 2"),
        ("a.json", b"{\"images\": [", "line 1"),
        ("a.json", nested.as_bytes(), "this is no COCO file"),
        ("a.json", b"{\"a\": 1}", "it has no \"images\""),
        ("a.json", b"{\"images\": [], \"annotations\": []}", "there is nothing in it"),
        (
            "a.json",
            b"{\"images\": [{\"id\":1,\"file_name\":\"a\"}], \"annotations\": [{\"image_id\":1,\"bbox\":[1,2]}]}",
            "bbox of four numbers",
        ),
        ("a.xml", b"<html></html>", "it begins with <html>"),
        ("a.xml", b"<annotation>\n<object>\n<name>cat</name></object", "line 3"),
        ("a.xml", b"<annotation><filename>a.jpg</filename>", "it ends within <annotation>"),
        ("a.xml", b"<annotation><object><name>&boom;</name></object></annotation>", "&boom; is not known"),
        (
            "a.xml",
            b"<annotation>\n<object><name>a</name><bndbox><xmin>NaN</xmin></bndbox></object></annotation>",
            "line 2: xmin is no number",
        ),
        ("a.xml", deep.as_bytes(), "deep in each other"),
        ("a.csv", b"one,two\n1,2\n", "Its columns are one, two"),
        ("a.csv", b"path,colour\na.jpg,red\n", "no column has labels or splits"),
        ("a.csv", b"path,label\n\xff\xfe,cat\n", "it is no table"),
        ("data.yaml", b"train: images\nnames: cat\n", "it has no list of `names`"),
        ("metadata.jsonl", b"{\"file_name\": \"a.jpg\"}\n{\"file_name\": 3}\n", "line 2"),
        ("a.tar.gz", b"\x1f\x8b\x08\x00", "unpack it first"),
    ];
    for (name, content, said) in cases {
        let why = refused(name, content);
        assert!(why.contains(said), "{name}: {why:?} does not say {said:?}");
        assert!(why.ends_with(name), "the path comes last: {why}");
    }
    assert!(refused("a.bin", b"\0\0\0").starts_with("it holds neither text nor Parquet nor a tar archive: "));
}

#[test]
fn a_text_file_of_yolo_that_is_none_says_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(at("labels/train")).unwrap();
    std::fs::write(at("data.yaml"), "train: images/train\nval: /etc\ntest: ../../../etc\nnames: [cat, \"a, b\"]\n")
        .unwrap();
    std::fs::write(at("labels/train/a.txt"), "1 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.3 0.1 0.2 0.4 0.1 0.4\n").unwrap();
    let read_it = || read(&source(&at("data.yaml")));
    let imported = read_it().unwrap();
    let picture = &imported.annotations.pictures[0];
    assert_eq!(picture.labels, ["a, b", "cat"]);
    let outline = picture.boxes[1].frame.map(|at| (at * 1e9).round() / 1e9);
    assert_eq!(outline, [0.1, 0.1, 0.2, 0.3], "an outline is the box around it");
    let said = imported.annotations.remarks.first.join("\n");
    assert!(said.contains("val: /etc leads out") && said.contains("test:"), "{said}");
    for (line, why) in [
        ("cat 1 2 3 4", "no class"),
        ("0 1 2 x 4", "no number"),
        ("0 1 2 3", "a box has 4"),
        ("0 1 2 inf 4", "not finite"),
    ] {
        std::fs::write(at("labels/train/a.txt"), format!("0 0.5 0.5 0.2 0.2\n{line}\n")).unwrap();
        let error = read_it().unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains(why), "{line}: {error}");
    }
}

fn images(paths: &[&str]) -> Vec<ImageRecord> {
    let record = |(id, path): (usize, &&str)| ImageRecord {
        id: ImageId(id as u32),
        path: ImagePath::from_relative(Path::new(path)),
        label: None,
        width: 100,
        height: 50,
        file_bytes: 0,
        modified_unix_secs: 0,
        problem: None,
    };
    paths.iter().enumerate().map(record).collect()
}

#[test]
fn a_name_that_pictures_in_several_places_have_is_taken_for_none_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    let table = folder.join("labels.csv");
    std::fs::write(&table, "path,label\ntrain/1.jpg,cat\nval/1.jpg,dog\nval/2.jpg,dog\n").unwrap();
    let matched = match_pictures(read(&source(&table)).unwrap(), &images(&["1.jpg", "2.jpg"]), &folder);
    assert_eq!(matched.pictures.iter().map(|it| it.image.0).collect::<Vec<_>>(), [1]);
    assert_eq!(matched.unmatched.count, 2);
    assert!(matched.unmatched.first[0].contains("have this name"), "{:?}", matched.unmatched.first);
}

#[test]
fn pictures_are_found_by_path_then_by_a_name_that_no_other_has_and_never_outside() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    std::fs::create_dir(folder.join("lists")).unwrap();
    let table = folder.join("lists/labels.csv");
    let inside = folder.join("a/1.jpg").display().to_string();
    let rows = [
        "path,label",
        &format!("{inside},absolute"),
        "../a/2.jpg,beside",
        "a\\3.jpg,backslash",
        "./elsewhere/../unique.jpg,name",
        "twice.jpg,ambiguous",
        "../../../../etc/passwd,outside",
        "/etc/passwd,outside",
        "nowhere.jpg,missing",
        "lists/4.jpg,from the collection",
        ",none",
        "a/2.jpg,second",
    ];
    std::fs::write(&table, rows.join("\n")).unwrap();
    let images = images(&[
        "a/1.jpg",
        "a/2.jpg",
        "a/3.jpg",
        "b/unique.jpg",
        "a/twice.jpg",
        "b/twice.jpg",
        "lists/4.jpg",
        "passwd",
    ]);
    let imported = read(&source(&table)).unwrap();
    assert!(
        imported.annotations.remarks.first[0].contains("line 11 has no path"),
        "{:?}",
        imported.annotations.remarks
    );
    let matched = match_pictures(imported, &images, &folder);
    let found: Vec<(u32, String)> = matched.pictures.iter().map(|it| (it.image.0, it.labels.join("+"))).collect();
    let wanted = [(0, "absolute"), (1, "beside+second"), (2, "backslash"), (3, "name"), (6, "from the collection")];
    assert_eq!(found, wanted.map(|(id, labels)| (id, labels.to_owned())));
    assert_eq!(matched.by_name, 1);
    assert_eq!(matched.unmatched.count, 4);
    let said = matched.unmatched.first.join("\n");
    assert!(said.contains("twice.jpg (line 6): no image has this path, and several have this name"), "{said}");
    assert!(said.contains("/etc/passwd (line 8): its path leads out of the collection's folder"), "{said}");
    assert!(said.contains("etc/passwd (line 7): its path leads out"), "{said}");
}

#[test]
fn boxes_for_a_picture_of_another_size_are_left_out_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.json");
    let coco = json!({
        "images": [
            { "id": 1, "file_name": "same.jpg", "width": 100, "height": 50 },
            { "id": 2, "file_name": "turned.jpg", "width": 50, "height": 100 },
        ],
        "categories": [{ "id": "c", "name": " cat " }],
        "annotations": [
            { "image_id": 1, "category_id": "c", "bbox": [1, 2, 3, 4] },
            { "image_id": 2, "category_id": "c", "bbox": [1, 2, 3, 4] },
            { "image_id": 1, "category_id": "c", "bbox": [] },
            { "image_id": 1, "category_id": "c", "bbox": [1, 2, 0, 4] },
            { "image_id": 3, "category_id": "c" },
            { "image_id": 1, "category_id": "d" },
        ],
    });
    std::fs::write(&file, coco.to_string()).unwrap();
    let imported = read(&source(&file)).unwrap();
    let said = imported.annotations.remarks.first.join("\n");
    assert!(said.contains("annotation 3 has an empty box"), "{said}");
    assert!(said.contains("annotation 4 is of image 3, which the file does not list"), "{said}");
    assert!(said.contains("annotation 5 has category \"d\", which the file does not list"), "{said}");
    let matched = match_pictures(imported, &images(&["same.jpg", "turned.jpg"]), dir.path());
    assert_eq!(matched.pictures[0].boxes[0].frame, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(matched.pictures[0].boxes[0].label.as_deref(), Some("cat"));
    assert!(matched.pictures[1].boxes.is_empty() && matched.pictures[1].labels == ["cat"]);
    assert!(matched.without_boxes.first[0].contains("50 × 100, but it has 100 × 50: it is turned"));
}

#[test]
fn columns_may_be_named_and_labels_that_are_no_words_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("table.txt");
    let long = "x".repeat(300);
    std::fs::write(&file, format!("photo\tkind\tpart\na.jpg\tcat\tone\nb.jpg\t{long}\t\n")).unwrap();
    let name = |name: &str| Some(name.to_owned());
    let columns = ColumnNames { path: name("photo"), label: name("kind"), split: name("part") };
    let wish = ImportSource { columns, split: name("rest"), ..source(&file) };
    let imported = read(&wish).unwrap().annotations;
    let splits: Vec<_> = imported.pictures.iter().map(|picture| picture.split.clone().unwrap()).collect();
    assert_eq!(splits, ["one", "rest"]);
    assert!(imported.pictures[1].labels.is_empty() && imported.remarks.first[0].contains("line 3"), "{imported:?}");
    let missing = ColumnNames { label: name("species"), ..wish.columns.clone() };
    let error = read(&ImportSource { columns: missing, ..wish }).unwrap_err().to_string();
    assert!(error.contains("no column species") && error.contains("photo, kind, part"), "{error}");
}

#[test]
fn damaged_files_are_refused_or_read_and_never_end_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = fastrand::Rng::with_seed(11);
    let names = [
        "coco_train.json",
        "labels.csv",
        "semicolons.csv",
        "shard-train-000.tar",
        "yolo/data.yaml",
        "voc/Annotations/picture_2.xml",
        "hugging_face_jsonl/train/metadata.jsonl",
        "hugging_face_parquet/train/metadata.parquet",
        "boxes_corners.csv",
        "shard-val-boxes.tar",
        "hugging_face_csv/train/metadata.csv",
        "hugging_face_tables_jsonl/train/metadata.jsonl",
        "hugging_face_lists_parquet/train/metadata.parquet",
        "hugging_face_tables_parquet/train/metadata.parquet",
    ];
    for name in names {
        let whole = std::fs::read(golden(name)).unwrap();
        let file = dir.path().join(Path::new(name).file_name().unwrap());
        let mut refused = 0;
        for round in 0..150 {
            let mut bytes = whole.clone();
            match round % 3 {
                0 => bytes.truncate(chance.usize(..bytes.len())),
                1 => {
                    for _ in 0..chance.usize(1..8) {
                        let at = chance.usize(..bytes.len());
                        bytes[at] = chance.u8(..);
                    }
                }
                _ => {
                    let (from, to) = (chance.usize(..bytes.len()), chance.usize(..bytes.len()));
                    let piece = bytes[from..(from + 40).min(bytes.len())].to_vec();
                    bytes.splice(to..to, piece);
                }
            }
            std::fs::write(&file, &bytes).unwrap();
            refused += usize::from(read(&source(&file)).is_err());
        }
        assert!(refused > 0, "{name}: nothing that was done to it was noticed");
    }
}
