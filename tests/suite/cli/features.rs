//! `features`: pictures in, vectors out, as Arrow streams.

mod columns;
mod memory;
mod progress;
mod refused;
mod rows;
mod whole;

use std::ffi::OsStr;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt32Type};
use arrow_array::{ArrayRef, BinaryArray, Int32Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Schema, SchemaRef};

use crate::support::command::{self, Home};

/// What a run gave back.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: Vec<u8>,
    stderr: String,
}

impl Ran {
    /// The stream that was written, after making sure that it is whole and all went well.
    fn good(&self) -> (SchemaRef, Vec<RecordBatch>) {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        assert!(self.out.ends_with(&END), "the end is marked");
        read(&self.out)
    }

    /// The same as one batch a row.
    fn rows(&self) -> Vec<RecordBatch> {
        let batches = self.good().1;
        batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|row| batch.slice(row, 1))).collect()
    }
}

/// The mark of a stream's end.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// Runs the verb in a home with a stream on its standard input, quickly: with the networks of formulas, on this processor.
fn run(home: &Home, more: &[&str], input: &[u8]) -> Ran {
    run_plain(home, &[&["--network", "filters", "--layers", "edges"], more].concat(), input)
}

/// The same without a network.
fn run_plain<A: AsRef<OsStr>>(home: &Home, more: &[A], input: &[u8]) -> Ran {
    let output = command::feed(home.command(["features", "--compute", "cpu"]).args(more), input);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Ran { code: output.status.code(), out: output.stdout, stderr }
}

fn write(schema: &Schema, batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), schema).expect("a stream begins");
    batches.iter().for_each(|batch| writer.write(batch).expect("a batch is written"));
    writer.into_inner().expect("a stream ends")
}

fn read(stream: &[u8]) -> (SchemaRef, Vec<RecordBatch>) {
    let reader = StreamReader::try_new(Cursor::new(stream), None).expect("a stream");
    (reader.schema(), reader.map(|batch| batch.expect("a batch")).collect())
}

fn batch<'a>(columns: impl IntoIterator<Item = (&'a str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("columns of one length")
}

/// One stream of these batches.
fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    write(&batches[0].schema(), batches)
}

/// A picture that is so many pixels wide, and grey.
fn png(width: u32) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    let grey = image::Rgb([(width * 7 % 256) as u8; 3]);
    image::RgbImage::from_pixel(width, 3, grey).write_to(&mut png, image::ImageFormat::Png).expect("it is encoded");
    png.into_inner()
}

/// Rows with pictures of these widths, and the widths once more.
fn pictures(widths: std::ops::Range<u32>) -> RecordBatch {
    let contents: Vec<Vec<u8>> = widths.clone().map(png).collect();
    let contents = BinaryArray::from_iter_values(contents);
    let mine = Int32Array::from_iter_values(widths.map(|width| width as i32));
    batch([("content", Arc::new(contents) as ArrayRef), ("mine", Arc::new(mine))])
}

fn paths(paths: &[Option<&str>]) -> RecordBatch {
    batch([("path", Arc::new(StringArray::from(paths.to_vec())) as ArrayRef)])
}

fn numbers<'a>(batch: &'a RecordBatch, column: &str) -> &'a [u32] {
    batch.column_by_name(column).expect("the column").as_primitive::<UInt32Type>().values()
}

fn mine(batch: &RecordBatch) -> &[i32] {
    batch.column_by_name("mine").expect("the column").as_primitive::<Int32Type>().values()
}

fn problems(batch: &RecordBatch) -> Vec<Option<String>> {
    let problems = batch.column_by_name("problem").expect("the column").as_string::<i32>();
    problems.iter().map(|problem| problem.map(str::to_owned)).collect()
}

/// How many workers share a machine changes no number: one thread takes pictures one by one, as several do.
#[test]
fn the_same_bits_come_out_however_many_threads_there_are() {
    let home = Home::new();
    let input = stream(&[pictures(20..31)]);
    let made = |threads: &str| {
        let words = ["features", "--compute", "cpu", "--network", "filters", "--layers", "edges,textures/relu"];
        let output = command::feed(home.command(words).env("RAYON_NUM_THREADS", threads), &input);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ran { code: output.status.code(), out: output.stdout, stderr }.rows()
    };
    let one = made("1");
    assert_eq!(one.len(), 11);
    assert_eq!(one, made("2"));
    assert_eq!(one, made("5"));
}
