//! Columns: those that are passed on, those that hold pictures, and those that are added.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BinaryViewBuilder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray, Int32Array,
    LargeBinaryArray, LargeStringArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Schema};

use super::{batch, numbers, png, problems, run, stream, write};
use crate::support::command::Home;

/// Columns of types that few programs have.
fn odd(words: [&str; 3]) -> Vec<(&'static str, ArrayRef)> {
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("a"), None]);
    lists.append_null();
    lists.append_value([Some(words[0])]);
    let lists: ArrayRef = Arc::new(lists.finish());
    let inner: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None, Some(3)]));
    let fields = vec![
        (Arc::new(Field::new("number", DataType::Int32, true)), inner),
        (Arc::new(Field::new("words", lists.data_type().clone(), true)), lists.clone()),
    ];
    let dictionary: DictionaryArray<Int8Type> = words.into_iter().map(Some).collect();
    vec![
        ("list", lists),
        ("struct", Arc::new(StructArray::from(fields))),
        ("null", Arc::new(NullArray::new(3))),
        ("dictionary", Arc::new(dictionary)),
        ("view", Arc::new(StringViewArray::from(vec!["short", "longer than twelve bytes", "x"]))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("when", Arc::new(TimestampMicrosecondArray::from(vec![1, 2, 3]).with_timezone("Europe/Madrid"))),
        (
            "fixed",
            Arc::new(FixedSizeBinaryArray::try_from_iter([[1u8, 2], [3, 4], [5, 6]].into_iter()).expect("pairs")),
        ),
    ]
}

#[test]
fn all_other_columns_are_passed_on_as_they_were() {
    let home = Home::new();
    let content: ArrayRef = Arc::new(BinaryArray::from_iter_values([png(1), png(2), b"no picture".to_vec()]));
    let rows = |words| batch(odd(words).into_iter().chain([("content", content.clone())]));
    // The dictionary's words are others from batch to batch.
    let batches = [rows(["a", "b", "a"]), rows(["c", "c", "d"]), rows(["a", "b", "a"])];
    let fields: Vec<Field> = batches[0]
        .schema()
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_metadata(HashMap::from([("of".to_owned(), field.name().clone())])))
        .collect();
    let metadata = HashMap::from([("pandas".to_owned(), "{}".to_owned()), ("mine".to_owned(), "yes".to_owned())]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let batches =
        batches.map(|batch| RecordBatch::try_new(schema.clone(), batch.columns().to_vec()).expect("the same"));
    let input = write(&schema, &batches);

    let (went, out) = run(&home, &["--batch", "2"], &input).good();
    let passed = schema.fields().len() - 1;
    assert!(went.fields().iter().take(passed).eq(schema.fields().iter().take(passed)), "{went}");
    assert_eq!((went.metadata()["pandas"].as_str(), went.metadata()["mine"].as_str()), ("{}", "yes"));
    assert_eq!(out.len(), 3);
    for (came, went) in batches.iter().zip(&out) {
        for place in 0..passed {
            assert_eq!(came.column(place), went.column(place), "{}", schema.field(place).name());
        }
        assert!(went.column_by_name("content").is_none(), "pictures are not sent back");
        assert_eq!(problems(went).iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
    }

    let (went, out) = run(&home, &["--keep-content"], &input).good();
    assert!(went.fields().iter().take(passed + 1).eq(schema.fields().iter()), "{went}");
    assert!(out.iter().all(|batch| batch.column_by_name("content") == Some(&content)));
}

#[test]
fn text_and_binary_of_every_kind_are_pictures() {
    let home = Home::new();
    for width in [4, 5] {
        std::fs::write(home.path(&format!("{width}.png")), png(width)).expect("a file");
    }
    let paths = ["4.png", "5.png", "4.png"];
    let contents = [png(4), png(5), png(4)];
    let bytes = || contents.iter().map(Vec::as_slice);
    let dictionary: DictionaryArray<Int8Type> = paths.into_iter().map(Some).collect();
    let keys = Int32Array::from(vec![0, 1, 0]);
    let values: ArrayRef = Arc::new(BinaryArray::from_iter_values(bytes().take(2)));
    let of_binary = DictionaryArray::<Int32Type>::try_new(keys, values).expect("keys have values");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("path", Arc::new(LargeStringArray::from_iter_values(paths))),
        ("path", Arc::new(StringViewArray::from_iter_values(paths))),
        ("path", Arc::new(dictionary)),
        ("content", Arc::new(LargeBinaryArray::from_iter_values(bytes()))),
        ("bytes", Arc::new(BinaryViewArray::from_iter_values(bytes()))),
        ("bytes", Arc::new(of_binary)),
    ];
    for (name, array) in columns {
        let what = format!("{name}: {}", array.data_type());
        let came = batch([(name, array.clone())]);
        let (_, out) = run(&home, &[], &stream(&[came.slice(1, 2), came])).good();
        assert_eq!(
            out.iter().flat_map(|batch| numbers(batch, "width").to_vec()).collect::<Vec<_>>(),
            [5, 4, 4, 5, 4],
            "{what}"
        );
        let is_passed_on = out[1].column_by_name(name) == Some(&array);
        assert_eq!(is_passed_on, name == "path", "{what}");
    }
}

#[test]
fn a_large_content_that_many_rows_share_is_held_once() {
    const ROWS: usize = 20_000;
    let home = Home::new();
    // As plain binary it would be 160 GB.
    let large = vec![0_u8; 8 << 20];
    let values: ArrayRef = Arc::new(BinaryArray::from_iter_values([&large]));
    let keys = Int32Array::from(vec![0; ROWS]);
    let words = DictionaryArray::<Int32Type>::try_new(keys, values).expect("keys have values");
    let mut views = BinaryViewBuilder::new();
    let block = views.append_block(large.clone().into());
    (0..ROWS).for_each(|_| views.try_append_view(block, 0, large.len() as u32).expect("it lies in the block"));
    for array in [Arc::new(words) as ArrayRef, Arc::new(views.finish())] {
        let what = array.data_type().to_string();
        let (_, out) = run(&home, &["--pooling", "average"], &stream(&[batch([("content", array)])])).good();
        assert_eq!(out.iter().map(RecordBatch::num_rows).sum::<usize>(), ROWS, "{what}");
        assert!(out.iter().flat_map(problems).all(|problem| problem.is_some()), "{what}");
    }
}

#[test]
fn pieces_of_a_batch_do_not_each_carry_what_all_of_its_rows_show() {
    let home = Home::new();
    let rows = 3 * 1024;
    let text = |row: usize| format!("{row:06} {}", "and so on ".repeat(20));
    let texts: Vec<String> = (0..rows).map(text).collect();
    let size: usize = texts.iter().map(String::len).sum();
    let content = BinaryArray::from_opt_vec(vec![None; rows]);
    let views: ArrayRef = Arc::new(StringViewArray::from_iter_values(&texts));
    let input = stream(&[batch([("content", Arc::new(content) as ArrayRef), ("text", views)])]);
    let (_, out) = run(&home, &["--quiet"], &input).good();
    assert_eq!(out.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [1024; 3]);
    let mut texts = texts.iter();
    for piece in &out {
        let views = piece.column_by_name("text").expect("the column").as_string_view();
        assert!(views.iter().all(|text| text == texts.next().map(String::as_str)));
        let held: usize = views.data_buffers().iter().map(|buffer| buffer.len()).sum();
        assert_eq!(held, size / 3);
    }
}

#[test]
fn the_column_of_the_pictures_can_be_named() {
    let home = Home::new();
    std::fs::write(home.path("4.png"), png(4)).expect("a file");
    // What Spark's reader of binary files gives has both.
    let path: ArrayRef = Arc::new(StringArray::from(vec!["4.png"]));
    let content: ArrayRef = Arc::new(BinaryArray::from_iter_values([png(5)]));
    let spark = stream(&[batch([("path", path.clone()), ("content", content.clone())])]);
    for (column, width) in [("path", 4), ("content", 5)] {
        let (schema, out) = run(&home, &["--column", column], &spark).good();
        assert_eq!(numbers(&out[0], "width"), [width]);
        assert_eq!(schema.column_with_name("content").is_some(), column == "path", "only what was read is left out");
        assert!(schema.column_with_name("path").is_some());
    }
    let other = stream(&[batch([("where", path), ("what", content)])]);
    for (column, width) in [("where", 4), ("what", 5)] {
        assert_eq!(numbers(&run(&home, &["--column", column], &other).good().1[0], "width"), [width]);
    }
}

#[test]
fn compressed_streams_are_read() {
    let home = Home::new();
    let content: ArrayRef = Arc::new(BinaryArray::from_iter_values((1..9).map(png)));
    let rows = batch([("content", content)]);
    for kind in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let options = IpcWriteOptions::default().try_with_compression(Some(kind)).expect("a known kind");
        let mut writer = StreamWriter::try_new_with_options(Vec::new(), &rows.schema(), options).expect("a stream");
        writer.write(&rows).expect("a batch");
        let (_, out) = run(&home, &[], &writer.into_inner().expect("it ends")).good();
        assert_eq!(numbers(&out[0], "width"), (1..9).collect::<Vec<_>>());
    }
}

#[test]
fn the_columns_are_told_before_there_are_any() {
    let home = Home::new();
    let input = stream(&[batch([("content", Arc::new(BinaryArray::from_iter_values([png(3)])) as ArrayRef)])]);
    for (more, item) in [
        (&[][..], DataType::Float16),
        (&["--pooling", "maximum", "--thumbnails"], DataType::Float16),
        (&["--vectors", "single", "--pooling", "average"], DataType::Float32),
    ] {
        let line = [&["--network", "filters", "--layers", "edges,default"], more].concat();
        let told = home.run([&["features"], &line[..], &["--schema"]].concat()).good_json();
        let (schema, _) = super::run_plain(&home, &line, &input).good();
        let told_columns = told["columns"].as_array().expect("a list");
        assert_eq!(told_columns.len(), schema.fields().len(), "the content is left out");
        for (told, field) in told_columns.iter().zip(schema.fields()) {
            assert_eq!(told["name"], field.name().as_str());
            let expected = match field.data_type() {
                DataType::UInt32 => "uint32",
                DataType::Utf8 => "string",
                DataType::Binary => "binary",
                DataType::FixedSizeList(numbers, size) => {
                    assert_eq!((&told["size"], numbers.data_type()), (&(*size).into(), &item));
                    assert_eq!(told["item"], if item == DataType::Float16 { "float16" } else { "float" });
                    assert_eq!(told["layer"], field.metadata()["layer"].as_str());
                    assert_eq!(told["pooling"], field.metadata()["pooling"].as_str());
                    "fixed_size_list"
                }
                other => panic!("{other} is added"),
            };
            assert_eq!(told["type"], expected, "{told}");
            assert!(field.is_nullable());
        }
        let said: serde_json::Value = serde_json::from_str(&schema.metadata()["tiramisu"]).expect("JSON");
        for key in ["network", "fingerprint", "preprocessing", "version"] {
            assert!(said[key] == told[key] && !told[key].is_null(), "{key}: {said}");
        }
    }
}
