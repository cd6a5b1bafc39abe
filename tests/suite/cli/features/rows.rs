//! Rows: their order, their batches, and those that are no pictures.

use std::io::Read;
use std::process::{ChildStdout, Stdio};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;

use super::{END, batch, mine, numbers, paths, pictures, png, problems, run, stream};
use crate::support::command::Home;

#[test]
fn rows_and_batches_come_out_as_they_went_in() {
    let home = Home::new();
    let sizes = [1, 0, 30, 2, 2, 9, 0, 17, 70, 1];
    let mut first = 1;
    let batches: Vec<RecordBatch> = sizes
        .iter()
        .map(|rows| {
            first += rows;
            pictures(first - rows..first)
        })
        .collect();
    let input = stream(&batches);
    for more in [&[][..], &["--batch", "3"], &["--batch", "64"]] {
        let ran = run(&home, more, &input);
        let (_, out) = ran.good();
        assert_eq!(out.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), sizes.map(|rows| rows as usize));
        for (came, went) in batches.iter().zip(&out) {
            assert_eq!(mine(came), mine(went));
            assert_eq!(mine(went).iter().map(|width| *width as u32).collect::<Vec<_>>(), numbers(went, "width"));
            assert!(numbers(went, "height").iter().all(|height| *height == 3));
            assert!(problems(went).iter().all(Option::is_none), "{:?}", problems(went));
        }
        assert!(ran.stderr.contains("132 rows in "), "{}", ran.stderr);
    }
}

#[test]
fn a_batch_that_is_too_long_goes_out_in_pieces() {
    let home = Home::new();
    let columns = home.run(["features", "--network", "filters", "--layers", "edges", "--schema"]).good_json();
    let most = columns["rows_at_most"].as_u64().expect("a number") as usize;
    assert_eq!(most, 1024);
    let rows = most * 2 + 5;
    let content = png(4);
    let contents = BinaryArray::from_iter_values((0..rows).map(|_| content.as_slice()));
    let order = arrow_array::Int32Array::from_iter_values(0..rows as i32);
    let all = batch([("content", Arc::new(contents) as ArrayRef), ("mine", Arc::new(order))]);
    let (_, out) = run(&home, &["--quiet"], &stream(&[all])).good();
    assert_eq!(out.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [most, most, 5]);
    let order: Vec<i32> = out.iter().flat_map(|batch| mine(batch).to_vec()).collect();
    assert!(order.into_iter().eq(0..rows as i32));
}

#[test]
fn what_is_no_picture_is_a_row_with_its_problem_and_ends_nothing() {
    let home = Home::new();
    std::fs::write(home.path("good.png"), png(5)).expect("a file");
    std::fs::write(home.path("bad.png"), "no picture").expect("a file");
    std::fs::write(home.path("cut.png"), &png(50)[..60]).expect("a file");
    std::fs::create_dir(home.path("folder")).expect("a folder");
    let absolute = home.path("good.png");
    let names = [
        Some("good.png"),
        Some("bad.png"),
        None,
        Some("nowhere.png"),
        Some(""),
        Some("cut.png"),
        Some("folder"),
        absolute.to_str(),
    ];
    let ran = run(&home, &[], &stream(&[paths(&names)]));
    let (schema, out) = ran.good();
    let said = problems(&out[0]);
    let expected = [
        None,
        Some("this is not a picture"),
        Some("no picture in this row"),
        Some("the file is gone"),
        Some("no picture in this row"),
        Some("the file ends before the picture does"),
        Some("not a file but a folder"),
        None,
    ];
    for (row, (said, expected)) in said.iter().zip(expected).enumerate() {
        let is_right = match (said, expected) {
            (Some(said), Some(expected)) => said.contains(expected),
            (said, expected) => said.is_none() && expected.is_none(),
        };
        assert!(is_right, "row {row}: {said:?}");
        let is_well = expected.is_none();
        for field in schema.fields().iter().filter(|field| !["path", "problem"].contains(&field.name().as_str())) {
            let column = out[0].column_by_name(field.name()).expect("the column");
            assert_eq!(column.is_valid(row), is_well, "{} of row {row}", field.name());
        }
    }
    assert!(ran.stderr.contains("6 rows with a reason"), "{}", ran.stderr);
    let quiet = run(&home, &["--quiet"], &stream(&[paths(&names)]));
    assert!(quiet.code == Some(0) && quiet.stderr.is_empty(), "{}", quiet.stderr);

    let contents = BinaryArray::from_opt_vec(vec![Some(b"no picture".as_slice()), None, Some(b"")]);
    let ran = run(&home, &[], &stream(&[batch([("bytes", Arc::new(contents) as ArrayRef)])]));
    let said = problems(&ran.good().1[0]);
    let reasons = ["not a picture", "no picture in this row", "the file is empty"];
    assert!(
        said.iter().zip(reasons).all(|(said, why)| said.as_ref().is_some_and(|said| said.contains(why))),
        "{said:?}"
    );
    assert!(said.iter().flatten().all(|said| !said.ends_with([':', ' '])), "no path is left out: {said:?}");
}

#[test]
fn a_stream_without_rows_has_a_schema() {
    let home = Home::new();
    let none = pictures(1..1);
    for input in [stream(std::slice::from_ref(&none)), super::write(&none.schema(), &[])] {
        let (schema, out) = run(&home, &[], &input).good();
        assert_eq!(out.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
        assert!(schema.column_with_name("mine").is_some() && schema.column_with_name("problem").is_some());
        assert!(schema.fields().iter().any(|field| field.metadata().contains_key("layer")), "{schema}");
    }
}

/// A stream that answers while it is still written.
struct Talk {
    running: std::process::Child,
    writer: Option<StreamWriter<std::process::ChildStdin>>,
    reader: Option<StreamReader<ChildStdout>>,
}

impl Talk {
    fn begin(home: &Home) -> Self {
        let mut running = home
            .command(["features", "--compute", "cpu", "--network", "filters", "--layers", "edges", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let (pipe, schema) = (running.stdin.take().expect("piped"), pictures(1..1).schema());
        let writer = StreamWriter::try_new(pipe, &schema).expect("the schema is taken");
        let reader = StreamReader::try_new(running.stdout.take().expect("piped"), None).expect("a schema comes back");
        Self { running, writer: Some(writer), reader: Some(reader) }
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), arrow_schema::ArrowError> {
        self.writer.as_mut().expect("it is open").write(batch)
    }

    /// Writes a batch and waits for what comes of it.
    fn ask(&mut self, batch: &RecordBatch) -> RecordBatch {
        self.write(batch).expect("it is taken");
        self.reader.as_mut().and_then(Iterator::next).expect("an answer comes").expect("of rows")
    }

    /// How it ended, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.running.stderr.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
        (self.running.wait().expect("it ends").code(), said)
    }
}

#[test]
fn the_answer_to_a_batch_does_not_wait_for_the_next_one() {
    let home = Home::new();
    let mut talk = Talk::begin(&home);
    for widths in [1..2, 2..2, 2..40, 40..41] {
        let answer = talk.ask(&pictures(widths.clone()));
        assert_eq!(numbers(&answer, "width"), widths.collect::<Vec<_>>());
    }
    drop(talk.writer.take().expect("it is open").into_inner().expect("the end is taken"));
    assert_eq!(talk.end(), (Some(0), String::new()));
}

#[test]
fn a_reader_that_goes_ends_it_without_a_word() {
    let home = Home::new();
    let mut talk = Talk::begin(&home);
    talk.ask(&pictures(1..3));
    talk.reader = None;
    // Until it notices, batches are taken.
    while talk.write(&pictures(3..4)).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(talk.end(), (Some(0), String::new()));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_while_it_waits_for_pictures_and_what_was_written_is_no_whole_stream() {
    let home = Home::new();
    let mut talk = Talk::begin(&home);
    talk.ask(&pictures(1..3));
    let told = std::process::Command::new("kill").args(["-INT", &talk.running.id().to_string()]).status();
    assert!(told.expect("kill is there").success());
    let mut rest = Vec::new();
    talk.reader.as_mut().expect("open").get_mut().read_to_end(&mut rest).expect("the rest");
    assert!(!rest.ends_with(&END), "{rest:?}");
    let (code, said) = talk.end();
    assert!(code == Some(130) && said.contains("The stream ends in the middle"), "{code:?}: {said}");
}
