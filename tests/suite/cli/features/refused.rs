//! What cannot be read, and why.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Float32Array, Int32Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;

use super::{batch, paths, pictures, run, run_plain, stream};
use crate::support::command::Home;

#[test]
fn what_is_no_arrow_stream_is_told_as_what_it_is() {
    let home = Home::new();
    let rows = pictures(1..4);
    let mut file = FileWriter::try_new(Cursor::new(Vec::new()), &rows.schema()).expect("a file");
    file.write(&rows).expect("a batch");
    let file = file.into_inner().expect("it ends").into_inner();
    let whole = stream(&[rows.clone(), rows]);
    let mut strange = whole.clone();
    // In the schema's table.
    strange[16..40].fill(0xfe);
    let huge = [&[0xff; 4][..], &i32::MAX.to_le_bytes(), b"and so on"].concat();
    for (input, reason) in [
        (&b""[..], "there was nothing to read"),
        (b"path\na.jpg\nb.jpg\n", "this is text, not an Arrow IPC stream"),
        (b"PAR1\x15\x04\x15\x10", "this is a Parquet file, not an Arrow IPC stream"),
        (&file, "this is an Arrow file (Feather), not an Arrow IPC stream"),
        (b"\x89PNG\r\n\x1a\n", "this is something else, not an Arrow IPC stream"),
        (&huge, "this is something else, not an Arrow IPC stream"),
        (&whole[..6], "it ends before its schema does"),
        (&whole[..40], "the Arrow stream is broken"),
        (&strange, "the Arrow stream is broken"),
        (&whole[..whole.len() - 100], "it ends in the middle"),
    ] {
        let ran = run(&home, &[], input);
        let is_told = ran.stderr.contains("The pictures could not be read: ") && ran.stderr.contains(reason);
        assert!(ran.code == Some(1) && is_told, "{reason}: {:?} {}", ran.code, ran.stderr);
        assert!(!ran.out.ends_with(&super::END), "{reason}");
    }
}

#[test]
fn columns_that_do_not_fit_are_named() {
    let home = Home::new();
    let text = || -> ArrayRef { Arc::new(StringArray::from(vec!["a.png"])) };
    let number = || -> ArrayRef { Arc::new(Int32Array::from(vec![1])) };
    let binary = || -> ArrayRef { Arc::new(BinaryArray::from_iter_values([b"x"])) };
    fn one(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        batch(columns)
    }
    let cases: Vec<(RecordBatch, &[&str], &str)> = vec![
        (one(vec![("file", text())]), &[], "there is no column path, content or bytes; there are file"),
        (one(vec![("path", text())]), &["--column", "file"], "there is no column file; there are path"),
        (
            one(vec![("path", text()), ("content", binary())]),
            &[],
            "the columns path, content may all hold the pictures; say which one does with --column",
        ),
        (one(vec![("path", number())]), &[], "column path is of the type Int32"),
        (
            one(vec![("x", Arc::new(Float32Array::from(vec![1.0])))]),
            &["--column", "x"],
            "column x is of the type Float32; pictures are text",
        ),
        (one(vec![("path", text()), ("width", number())]), &[], "column width of the input has the name of one"),
        (one(vec![("path", text()), ("Problem", number())]), &[], "column Problem of the input has the name of one"),
    ];
    for (rows, more, reason) in cases {
        let ran = run(&home, more, &stream(&[rows]));
        assert!(ran.code == Some(1) && ran.stderr.contains(reason), "{reason}: {:?} {}", ran.code, ran.stderr);
        assert!(ran.out.is_empty(), "nothing is written before it is known to be right");
    }
    let columns = home.run(["features", "--network", "filters", "--layers", "edges", "--schema"]).good_json();
    let vector = columns["columns"][3]["name"].as_str().expect("a name");
    let ran = run(&home, &[], &stream(&[one(vec![("path", text()), (vector, number())])]));
    assert!(ran.code == Some(1) && ran.stderr.contains(&format!("column {vector} of the input")), "{}", ran.stderr);
}

#[test]
fn a_network_or_layer_that_is_not_there_is_told_before_anything_is_read() {
    let home = Home::new();
    for (line, reason) in [
        (&["--network", "nowhere"][..], "There is no network called nowhere"),
        (&["--network", "filters", "--layers", "edgy"], "The network has no layer edgy"),
    ] {
        let ran = run_plain(&home, line, &stream(&[paths(&[Some("a.png")])]));
        assert!(ran.code == Some(1) && ran.stderr.contains(reason) && ran.out.is_empty(), "{line:?}: {}", ran.stderr);
        let told = home.run([&["features"], line, &["--schema"]].concat());
        assert!(
            told.code == Some(1) && told.json()["error"].as_str().is_some_and(|error| error.contains(reason)),
            "{told:?}"
        );
    }
    for line in [&["--pooling", "median"][..], &["--vectors", "double"], &["FOLDER"]] {
        let ran = run_plain(&home, line, &[]);
        assert!(ran.code == Some(2) && !ran.stderr.is_empty(), "{line:?}: {:?} {}", ran.code, ran.stderr);
    }
}
