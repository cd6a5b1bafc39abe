//! What cannot be read, and why.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Float32Array, Int32Array, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

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

/// Where the first batch of a stream is described, and where it begins.
fn parts_of_the_first_batch(stream: &[u8]) -> (usize, usize) {
    let length = |at: usize| u32::from_le_bytes(stream[at + 4..at + 8].try_into().expect("four bytes")) as usize;
    let described = 8 + length(0);
    (described + 8, described + 8 + length(described))
}

/// Puts another number wherever one stands.
fn claim(bytes: &mut [u8], said: i64, claimed: i64) {
    let found: Vec<usize> = (0..bytes.len() - 7).filter(|at| bytes[*at..at + 8] == said.to_le_bytes()).collect();
    assert!(!found.is_empty(), "the number is there");
    for at in found {
        bytes[at..at + 8].copy_from_slice(&claimed.to_le_bytes());
    }
}

#[test]
fn a_length_that_nothing_can_hold_is_refused_before_room_is_made_for_it() {
    let home = Home::new();
    let whole = stream(&[pictures(1..4)]);
    let (header, body) = parts_of_the_first_batch(&whole);
    let body_length = (whole.len() - super::END.len() - body) as i64;
    let of_body = |claimed: i64| {
        let mut stream = whole.clone();
        claim(&mut stream[header..body], body_length, claimed);
        stream
    };

    let zeros: ArrayRef = Arc::new(BinaryArray::from_iter_values([vec![0; 5001]]));
    let rows = batch([("content", zeros)]);
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME)).expect("known");
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &rows.schema(), options).expect("a stream");
    writer.write(&rows).expect("a batch");
    let packed = writer.into_inner().expect("it ends");
    let (_, body) = parts_of_the_first_batch(&packed);
    let of_unpacked = |claimed: i64| {
        let mut stream = packed.clone();
        claim(&mut stream[body..], 5001, claimed);
        stream
    };

    for (input, reason) in [
        (of_body(1 << 40), "a message of 1.1 TB came in the Arrow stream, and at most 4.3 GB are held at once"),
        (of_body(-1), "a message has -1 bytes"),
        (of_body(body_length + (1 << 30)), "it ends in the middle"),
        (of_body(64), "a buffer lies outside of its message"),
        (of_unpacked(1 << 40), "a batch of 1.1 TB came in the Arrow stream, and at most 4.3 GB are held at once"),
        (of_unpacked(-2), "a buffer has -2 bytes"),
    ] {
        let ran = run(&home, &[], &input);
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
