//! Boxes in tables, in lists within a cell and beside pictures in archives: what is none of them is told, and left out.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Float64Builder, ListBuilder};
use arrow_array::types::{ArrowPrimitiveType, Decimal256Type, Int32Type};
use arrow_array::{
    ArrayRef, Decimal128Array, Decimal256Array, DictionaryArray, Float32Array, Float64Array, Int16Array, RecordBatch,
    StringArray, UInt8Array,
};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};
use tiramisu::domain::{Annotation, Annotations, Remarks};
use tiramisu::import::{match_pictures, read};

use super::{images, source};

/// What is read of a file with this content.
fn read_of(name: &str, content: &str) -> (Vec<Annotation>, Remarks) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(name);
    std::fs::write(&file, content).unwrap();
    let annotations = read(&source(&file)).unwrap_or_else(|error| panic!("{content}: {error}")).annotations;
    (annotations.pictures, annotations.remarks)
}

/// The boxes of a picture, each with its label.
fn boxes_of(picture: &Annotation) -> Value {
    picture.boxes.iter().map(|it| json!([it.label, it.frame, it.is_crowd])).collect()
}

#[test]
fn a_row_without_a_box_is_none_and_a_bad_one_is_told_with_its_line() {
    let (pictures, remarks) = read_of(
        "boxes.csv",
        "Path;Label;XMin;YMin;XMax;YMax\n\
         a.jpg;cat;1;2;11;22\n\
         a.jpg;dog;1;2;wide;22\n\
         b.jpg;cat;;;;\n\
         b.jpg;dog;1;2;3\n\
         c.jpg;cat;5;5;5;9\n\
         c.jpg;;0.5;1e1;2.5;inf\n\
         c.jpg;;0.5;1e1;2.5;12\n",
    );
    let found: Vec<Value> = pictures.iter().map(boxes_of).collect();
    let wanted = json!([[["cat", [1.0, 2.0, 10.0, 20.0], false]], [], [[null, [0.5, 10.0, 2.0, 2.0], false]]]);
    assert_eq!(Value::from(found), wanted);
    let labels: Vec<String> = pictures.iter().map(|picture| picture.labels.join("+")).collect();
    assert_eq!(labels, ["cat+dog", "cat+dog", "cat"]);
    assert_eq!(
        remarks.first,
        [
            "line 3 has a box that was left out: xmax is no number: \"wide\"",
            "line 5 has a box that was left out: nothing is written as ymax",
            "line 6: box 1 is empty, and was left out",
            "line 7 has a box that was left out: ymax is no number: \"inf\"",
        ]
    );
}

#[test]
fn columns_of_which_boxes_lack_one_are_told_and_others_of_these_names_are_no_boxes() {
    for (header, lacking) in [
        ("path,label,xmin,ymin,xmax", Some("there is xmin, ymin, xmax, but not ymax")),
        ("path,label,x,y,w", Some("there is x, y, w, but not h")),
        // A map, and the size of pictures.
        ("path,label,x,y", None),
        ("path,label,width,height", None),
    ] {
        let (pictures, remarks) = read_of("table.csv", &format!("{header}\na.jpg,cat,1,2,3\n"));
        assert_eq!((pictures.len(), pictures[0].boxes.len()), (1, 0), "{header}");
        let told = remarks.first.first().map(String::as_str);
        assert_eq!(told.is_some(), lacking.is_some(), "{header}: {told:?}");
        assert!(lacking.is_none_or(|lacking| told.is_some_and(|told| told.contains(lacking))), "{header}: {told:?}");
    }
    // `y` is a label where it is no side of a box.
    let (pictures, _) = read_of("table.csv", "path,y\na.jpg,cat\n");
    assert_eq!(pictures[0].labels, ["cat"]);
    let (pictures, remarks) = read_of("table.csv", "path,x,y,width,height\na.jpg,1,2,3,4\n");
    assert_eq!((boxes_of(&pictures[0]), pictures[0].labels.len()), (json!([[null, [1.0, 2.0, 3.0, 4.0], false]]), 0));
    assert_eq!(remarks.count, 0, "{remarks:?}");
}

#[test]
fn boxes_in_a_cell_are_read_in_every_usual_form() {
    let frames = json!([["cat", [1.0, 2.0, 3.0, 4.0], false], ["dog", [5.0, 6.0, 7.0, 8.0], true]]);
    let forms = [
        json!({ "objects": { "bbox": [[1, 2, 3, 4], [5, 6, 7, 8]], "category": ["cat", "dog"], "iscrowd": [0, 1] } }),
        json!({ "objects": [
            { "bbox": [1, 2, 3, 4], "category": "cat" },
            { "bbox": [5, 6, 7, 8], "category": "dog", "iscrowd": true },
        ] }),
        json!({ "boxes": { "boxes": [[1, 2, 3, 4], ["5", 6, 7, 8]], "labels": ["cat", "dog"], "is_crowd": [false, true] } }),
    ];
    for form in forms {
        let mut line = form.clone();
        line["file_name"] = json!("a.jpg");
        let (pictures, remarks) = read_of("metadata.jsonl", &line.to_string());
        assert_eq!((boxes_of(&pictures[0]), remarks.count), (frames.clone(), 0), "{form}: {remarks:?}");
        assert_eq!(pictures[0].labels, ["cat", "dog"]);
    }
    // The numbers alone: the row's labels are theirs if there are as many.
    for (line, wanted) in [
        (json!({ "bbox": [1, 2, 3, 4], "label": "cat" }), json!([["cat", [1.0, 2.0, 3.0, 4.0], false]])),
        (
            json!({ "boxes": [[1, 2, 3, 4], [5, 6, 7, 8]], "labels": ["cat", "dog"] }),
            json!([["cat", [1.0, 2.0, 3.0, 4.0], false], ["dog", [5.0, 6.0, 7.0, 8.0], false]]),
        ),
        (
            json!({ "boxes": [[1, 2, 3, 4], [5, 6, 7, 8]], "label": "cat" }),
            json!([[null, [1.0, 2.0, 3.0, 4.0], false], [null, [5.0, 6.0, 7.0, 8.0], false]]),
        ),
    ] {
        let mut line = line;
        line["file_name"] = json!("a.jpg");
        let (pictures, remarks) = read_of("metadata.jsonl", &line.to_string());
        assert_eq!((boxes_of(&pictures[0]), remarks.count), (wanted, 0), "{line}: {remarks:?}");
    }
    let (pictures, remarks) = read_of("a.csv", "image_path,bbox\na.jpg,\"[1, 2, 3, 4]\"\na.jpg,\"[5, 6, 7, 8]\"\n");
    assert_eq!((pictures[0].boxes.len(), remarks.count), (2, 0), "{remarks:?}");
}

#[test]
fn what_seems_to_be_boxes_and_is_none_is_told() {
    for (objects, said) in [
        (json!({ "bbox": [[1, 2, 3]] }), "line 1: box 1 has not four numbers, and was left out"),
        (json!({ "bbox": [[1, 2, 3, "x"]] }), "line 1: box 1 has no number: \"x\", and was left out"),
        (json!({ "bbox": [[1, 2, 3, null]] }), "line 1: box 1 has not four numbers, and was left out"),
        (json!({ "bbox": [[1, 2, 0, 4]] }), "line 1: box 1 is empty, and was left out"),
        (json!([{ "category": "cat" }]), "line 1: box 1 has not four numbers, and was left out"),
        (json!({ "masks": [] }), "line 1 has boxes that were left out: there is no bbox"),
        (json!({ "bbox": 3 }), "line 1 has boxes that were left out: bbox is no list"),
        (json!({ "bbox": [[1, 2, 3, 4]], "category": [1, 2] }), "there are not as many categories as boxes (2, 1)"),
        (json!("a cat"), "line 1 has boxes that were left out: it is no JSON"),
        (json!(3), "line 1 has boxes that were left out: it is neither a list nor a table"),
    ] {
        let line = json!({ "file_name": "a.jpg", "objects": objects });
        let (pictures, remarks) = read_of("metadata.jsonl", &line.to_string());
        assert_eq!((pictures.len(), pictures[0].boxes.len(), remarks.count), (1, 0, 1), "{line}: {remarks:?}");
        assert!(remarks.first[0].contains(said), "{line}: {remarks:?}");
    }
    // Nothing is nothing.
    for objects in [json!(null), json!([]), json!({}), json!({ "bbox": [], "categories": [] }), json!("")] {
        let line = json!({ "file_name": "a.jpg", "objects": objects });
        assert_eq!(read_of("metadata.jsonl", &line.to_string()).1.count, 0, "{line}");
    }
    // As Python writes a table, which is no JSON.
    let (_, remarks) = read_of("metadata.csv", "file_name,objects\na.jpg,\"{'bbox': [[1, 2, 3, 4]]}\"\n");
    assert!(remarks.first[0].starts_with("line 2 has boxes that were left out: it is no JSON"), "{remarks:?}");
}

#[test]
fn boxes_beside_a_picture_in_an_archive_that_are_none_are_told_with_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("shard.tar");
    let mut shard = tar::Builder::new(std::fs::File::create(&file).unwrap());
    for (name, content) in [
        ("a.jpg", "no picture"),
        ("a.json", r#"{"label": "street", "boxes": [[1, 2, 3, 4], [5, 6]], "labels": ["cat", "dog"]}"#),
        ("b.jpg", "no picture"),
        ("b.json", r#"{"objects": "none"}"#),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        shard.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    shard.finish().unwrap();
    let annotations = read(&source(&file)).unwrap().annotations;
    assert_eq!(boxes_of(&annotations.pictures[0]), json!([["cat", [1.0, 2.0, 3.0, 4.0], false]]));
    assert_eq!(annotations.pictures[0].labels, ["street", "cat", "dog"]);
    assert!(annotations.pictures[1].boxes.is_empty());
    let told = &annotations.remarks.first;
    assert_eq!(told[0], "a.json in shard.tar: box 2 has not four numbers, and was left out");
    assert!(told[1].starts_with("b.json in shard.tar has boxes that were left out: it is no JSON"), "{told:?}");
}

#[test]
fn numbers_that_are_nowhere_larger_than_one_are_shares_of_the_sides() {
    let matched = |rows: &str| {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().canonicalize().unwrap();
        std::fs::write(folder.join("boxes.csv"), format!("path,xmin,ymin,xmax,ymax\n{rows}")).unwrap();
        let imported = read(&source(Path::new(&folder.join("boxes.csv")))).unwrap();
        let pictures = match_pictures(imported, &images(&["a.jpg", "b.jpg"]), &folder).pictures;
        pictures.into_iter().flat_map(|picture| picture.boxes).map(|it| it.frame).collect::<Vec<_>>()
    };
    // Of pictures of 100 x 50 pixels.
    assert_eq!(matched("a.jpg,0.25,0.5,1,1\nb.jpg,0,0,0.5,0.5\n"), [[25.0, 25.0, 75.0, 25.0], [0.0, 0.0, 50.0, 25.0]]);
    // Rounded ones lie a little beyond.
    assert_eq!(matched("a.jpg,0.25,0.5,1.001,1\nb.jpg,-0.002,0,0.5,0.5\n").len(), 2);
    assert!(matched("a.jpg,0.25,0.5,1.001,1\nb.jpg,0,0,0.5,0.5\n").iter().all(|[.., width, _]| *width > 10.0));
    assert_eq!(matched("a.jpg,0.25,0.5,1,1\nb.jpg,0,0,2,2\n"), [[0.25, 0.5, 0.75, 0.5], [0.0, 0.0, 2.0, 2.0]]);
}

/// More digits than any number of the processor's has.
type Wide = <Decimal256Type as ArrowPrimitiveType>::Native;

/// What is read of a Parquet file with these columns.
fn read_parquet<const COUNT: usize>(columns: [(&str, ArrayRef); COUNT]) -> Annotations {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("metadata.parquet");
    let out = std::fs::File::create(&file).unwrap();
    let mut writer = ArrowWriter::try_new(out, batch.schema(), None).expect("it begins");
    writer.write(&batch).expect("it is written");
    writer.close().expect("it ends");
    read(&source(&file)).unwrap().annotations
}

#[test]
fn boxes_of_parquet_are_numbers_of_any_kind_and_a_row_that_says_too_much_is_told() {
    let mut lists = ListBuilder::new(Float64Builder::new());
    // A box, nothing, and more than any picture has boxes.
    lists.append_value([5.0, 6.0, 7.0, 8.0].map(Some));
    lists.append_null();
    lists.append_value(std::iter::repeat_n(Some(1.0), 1_000_000));
    let columns: [(&str, ArrayRef); 7] = [
        ("file_name", Arc::new(StringArray::from_iter_values(["a.jpg", "b.jpg", "c.jpg"]))),
        ("label", Arc::new(["cat", "dog", "cat"].into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("xmin", Arc::new(Float32Array::from(vec![Some(1.5), None, Some(1.0)]))),
        ("ymin", Arc::new(Int16Array::from(vec![Some(2), None, Some(1)]))),
        ("xmax", Arc::new(UInt8Array::from(vec![Some(11), None, Some(3)]))),
        ("ymax", Arc::new(Float64Array::from(vec![Some(22.25), None, None]))),
        ("boxes", Arc::new(lists.finish())),
    ];
    let annotations = read_parquet(columns);
    let found: Vec<Value> = annotations.pictures.iter().map(boxes_of).collect();
    let first = json!([["cat", [1.5, 2.0, 9.5, 20.25], false], ["cat", [5.0, 6.0, 7.0, 8.0], false]]);
    assert_eq!(found, [first, json!([]), json!([])]);
    assert_eq!(
        annotations.remarks.first,
        [
            "row 3 has more than 1000000 values as boxes, which were left out",
            "row 3 has a box that was left out: nothing is written as ymax",
        ]
    );
}

#[test]
fn boxes_of_parquet_are_read_from_decimal_columns_too() {
    let decimal = |hundredths: [Option<i128>; 3]| {
        Arc::new(Decimal128Array::from_iter(hundredths).with_precision_and_scale(12, 2).expect("they fit"))
    };
    let wide = [Some(10), None, Some(4)].map(|tenths: Option<i64>| tenths.map(Wide::from));
    let wide = Decimal256Array::from_iter(wide).with_precision_and_scale(50, 1).expect("they fit");
    let mut lists = ListBuilder::new(Decimal128Builder::new().with_precision_and_scale(9, 3).expect("they fit"));
    lists.append_value([5_000, 6_125, 7_000, 8_500].map(Some));
    lists.append_null();
    lists.append_value(std::iter::empty::<Option<i128>>());
    let annotations = read_parquet([
        ("file_name", Arc::new(StringArray::from_iter_values(["a.jpg", "b.jpg", "c.jpg"])) as ArrayRef),
        ("x", decimal([Some(150), None, Some(-25)])),
        ("y", decimal([Some(1_210), None, Some(0)])),
        ("width", decimal([Some(999_999_999_999), None, Some(50)])),
        ("height", Arc::new(wide)),
        ("bbox", Arc::new(lists.finish())),
    ]);
    let found: Vec<Value> = annotations.pictures.iter().map(boxes_of).collect();
    let first = json!([[null, [1.5, 12.1, 9_999_999_999.99, 1.0], false], [null, [5.0, 6.125, 7.0, 8.5], false],]);
    assert_eq!(found, [first, json!([]), json!([[null, [-0.25, 0.0, 0.5, 0.4], false]])]);
    assert_eq!(annotations.remarks.count, 0, "{:?}", annotations.remarks);
}
