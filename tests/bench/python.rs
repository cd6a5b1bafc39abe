//! Other programs, asked through Python on the same numbers.

use std::ffi::OsStr;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tiramisu::domain::Vectors;

/// Runs a script of this folder; one JSON document a line of its output.
///
/// # Errors
/// In words, when there is no Python (`PYTHON` names another one) or the script fails.
pub fn ask<A: AsRef<OsStr>>(script: &str, args: impl IntoIterator<Item = A>) -> Result<Vec<Value>, String> {
    let output = self::script(script).args(args).output().map_err(|error| format!("no python3: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(why.lines().last().unwrap_or("failed").to_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Starts a script of this folder that answers lines of its input with lines of its output.
///
/// # Errors
/// In words, when there is no Python.
pub fn start<A: AsRef<OsStr>>(
    script: &str,
    args: impl IntoIterator<Item = A>,
) -> Result<(Child, BufReader<ChildStdout>), String> {
    let mut process = self::script(script)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("no python3: {error}"))?;
    let answers = BufReader::new(process.stdout.take().expect("it was asked for"));
    Ok((process, answers))
}

/// Python with a script of this folder.
pub fn script(name: &str) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench").join(name);
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(script);
    command
}

/// Writes vectors in single precision, as numpy reads them.
///
/// # Errors
/// When the file cannot be written.
pub fn write_vectors(path: &Path, vectors: &Vectors) -> std::io::Result<()> {
    let values = vectors.matrix.values().iter().map(|value| value.to_le_bytes());
    write_npy(path, "<f4", &[vectors.matrix.rows(), vectors.matrix.columns()], values)
}

/// Writes an array as numpy reads it: `kind` is `<f4`, `<u4` ...
///
/// # Errors
/// When the file cannot be written.
pub fn write_npy(
    path: &Path,
    kind: &str,
    shape: &[usize],
    values: impl Iterator<Item = [u8; 4]>,
) -> std::io::Result<()> {
    let shape: String = shape.iter().map(|side| format!("{side}, ")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    header += &" ".repeat(63 - (10 + header.len()) % 64);
    header.push('\n');
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(header.len() as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for value in values {
        file.write_all(&value)?;
    }
    file.flush()
}

/// The numbers of a file that holds nothing else, such as `array.tofile` writes.
///
/// # Errors
/// When the file cannot be read.
pub fn read_numbers(path: &Path) -> std::io::Result<Vec<[u8; 4]>> {
    Ok(std::fs::read(path)?.as_chunks::<4>().0.to_vec())
}
