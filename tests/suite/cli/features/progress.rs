//! How far it is, told on standard error.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Output, Stdio};

use super::{END, pictures, stream};
use crate::support::command::Home;

/// A run whose stream has begun and is not over.
fn begun(home: &Home, more: &[&str], beginning: &[u8]) -> Child {
    let words = ["features", "--compute", "cpu", "--network", "filters", "--layers", "edges"];
    let mut command = home.command(words.iter().chain(more));
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = piped.spawn().expect("it starts");
    running.stdin.as_mut().expect("it is piped").write_all(beginning).expect("it reads");
    running
}

/// The same once its stream is over.
fn ended(mut running: Child) -> Output {
    running.stdin.take().expect("it is piped").write_all(&END).expect("it reads");
    running.wait_with_output().expect("it ends")
}

#[test]
fn off_a_terminal_lines_say_how_many_rows_are_done_and_none_does_where_it_is_to_be_quiet() {
    let home = Home::new();
    let whole = stream(&[pictures(20..23)]);
    let beginning = &whole[..whole.len() - END.len()];
    // The quiet one is first, so that a line of its own would have come by the time the other has one.
    let quiet = begun(&home, &["--quiet"], beginning);
    let mut loud = begun(&home, &[], beginning);
    let stderr = BufReader::new(loud.stderr.take().expect("it is piped"));
    let mut lines = stderr.lines().map(|line| line.expect("it is text"));
    // One every few seconds, also while it waits for pictures.
    let line = lines.by_ref().take(20).find(|line| line.starts_with("Making features: 3, "));
    assert!(line.as_ref().is_some_and(|line| line.ends_with("/s")), "{line:?}");

    let (loud, quiet) = (ended(loud), ended(quiet));
    assert_eq!((loud.status.code(), quiet.status.code()), (Some(0), Some(0)));
    assert_eq!(loud.stdout, quiet.stdout, "the answer is another matter");
    assert!(lines.any(|line| line.starts_with("3 rows in ")), "how long it took is told at the end");
    assert_eq!(String::from_utf8_lossy(&quiet.stderr), "");
}
