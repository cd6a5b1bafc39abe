//! A call of a tool: the same program as a child, which answers in JSON.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::cli::Outcome;

/// More than this no caller can take in.
const LARGEST_ANSWER: usize = 8 << 20;
/// The same of what is said beside an answer, in characters.
const LONGEST_REMARKS: usize = 8 << 10;

/// A verb at work.
pub struct Call {
    child: Mutex<Child>,
}

impl Call {
    /// Starts a verb.
    ///
    /// # Errors
    /// When the system starts no more processes.
    pub fn start(program: &Path, words: Vec<OsString>) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self { child: Mutex::new(command.spawn()?) })
    }

    /// Ends it, whatever it does: a workspace stays as of its last commit.
    pub fn end(&self) {
        // It may have ended by itself.
        self.child().kill().ok();
    }

    /// Waits for its end, and gives what the protocol calls the result of a tool.
    pub fn result(&self) -> Value {
        let (out, said) = {
            let mut child = self.child();
            (child.stdout.take(), child.stderr.take())
        };
        // Read beside each other, or a full pipe would stop it.
        let (out, said) = std::thread::scope(|scope| {
            let said = scope.spawn(|| read(said));
            (read(out), said.join().unwrap_or_default())
        });
        let code = self.child().wait().ok().and_then(|status| status.code());
        let answer = match out.len() > LARGEST_ANSWER {
            true => Err(format!("the answer is longer than {} MiB; ask for less", LARGEST_ANSWER >> 20)),
            false => serde_json::from_slice::<Value>(&out).map_err(|_| told(&said, code)),
        };
        let is_good = code.is_some_and(|code| {
            [Outcome::Done, Outcome::DoneExceptSome].iter().any(|outcome| i32::from(outcome.code()) == code)
        });
        match answer {
            Ok(answer) if is_good => good(answer, &String::from_utf8_lossy(&said)),
            // Some answer though they failed, and say in it what they could not do.
            Ok(answer) => bad(answer["error"].as_str().map_or_else(|| answer.to_string(), str::to_owned)),
            Err(problem) => bad(problem),
        }
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that comes, but no more than is of use.
fn read(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What came until the pipe broke is all there is.
        pipe.by_ref().take(LARGEST_ANSWER as u64 + 1).read_to_end(&mut bytes).ok();
        std::io::copy(&mut pipe, &mut std::io::sink()).ok();
    }
    bytes
}

/// What a verb said that has no answer.
fn told(said: &[u8], code: Option<i32>) -> String {
    let said = String::from_utf8_lossy(said);
    match (said.trim(), code) {
        ("", Some(code)) => format!("it ended with code {code} and said nothing"),
        ("", None) => "it was ended".to_owned(),
        (said, _) => said.to_owned(),
    }
}

/// An answer, and what was remarked beside it: that part of a workspace cannot be read, for instance, or would be repaired.
fn good(answer: Value, said: &str) -> Value {
    let remarks: String = said.trim().chars().take(LONGEST_REMARKS).collect();
    let texts = [answer.to_string(), remarks];
    let texts = texts.iter().filter(|text| !text.is_empty());
    let content: Vec<Value> = texts.map(|text| json!({ "type": "text", "text": text })).collect();
    // The protocol wants an object.
    let structured = if answer.is_object() { answer } else { json!({ "answer": answer }) };
    json!({ "content": content, "structuredContent": structured, "isError": false })
}

/// What went wrong, for who asked to do better.
pub fn bad(problem: String) -> Value {
    json!({ "content": [{ "type": "text", "text": problem }], "isError": true })
}
