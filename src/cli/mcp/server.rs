//! Lines in, lines out: who asks is answered while calls are at work.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use serde_json::{Map, Value, json};

use super::call::{Call, bad};
use super::message::{self, Asked, Refusal, Request};
use super::tool::Tool;
use crate::cli::interrupt;

/// Versions of the protocol, the newest first. What is used of it is the same in all of them.
const VERSIONS: [&str; 3] = ["2025-06-18", "2025-03-26", "2024-11-05"];

/// Calls at work at once: each is a process that may use the whole machine.
const MOST_CALLS: usize = 8;

/// The longest line that is read.
const LONGEST_LINE: u64 = 16 << 20;

/// So long at most it takes to heed the wish to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// How it ended.
pub enum End {
    /// Who asked has closed the pipe, and has all answers.
    NothingMoreAsked,
    /// By Ctrl-C or `kill`.
    Stopped,
}

/// Answers.
pub struct Server {
    tools: Vec<Tool>,
    program: PathBuf,
    /// Calls at work, by the id of the request as text.
    calls: Arc<Mutex<HashMap<String, Arc<Call>>>>,
}

impl Server {
    /// Serves `tools` of `program`.
    pub fn new(tools: Vec<Tool>, program: PathBuf) -> Self {
        Self { tools, program, calls: Arc::default() }
    }

    /// Answers until nothing more is asked, or the person stops it.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn serve(self, input: impl Read + Send + 'static) -> io::Result<End> {
        let (lines, inbox) = bounded(MOST_CALLS);
        // A thread of its own, which is left to itself: nothing wakes who waits for a line.
        let work = move || {
            let mut input = BufReader::new(input);
            while let Some(line) = next_line(&mut input) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("tiramisu-mcp-input".into()).spawn(work)?;
        let end = self.answer_all(&inbox);
        self.calls().values().for_each(|call| call.end());
        Ok(end)
    }

    fn answer_all(&self, lines: &Receiver<Vec<u8>>) -> End {
        loop {
            if interrupt::was_asked() {
                return End::Stopped;
            }
            match lines.recv_timeout(PATIENCE) {
                Ok(line) if line.trim_ascii().is_empty() => {}
                Ok(line) => match serde_json::from_slice(&line) {
                    Ok(message) => self.take(message),
                    Err(error) => say(&message::answer(&Value::Null, Err(Refusal::no_json(error)))),
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if self.calls().is_empty() => return End::NothingMoreAsked,
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(PATIENCE),
            }
        }
    }

    fn take(&self, message: Value) {
        match message::read(message) {
            Ok(Asked::Request(request)) => {
                if let Some(answer) = self.answer(&request) {
                    say(&message::answer(&request.id, answer));
                }
            }
            Ok(Asked::Notification { method, params }) if method == "notifications/cancelled" => {
                if let Some(call) = self.calls().remove(&params["requestId"].to_string()) {
                    call.end();
                }
            }
            // Who asks is ready; nothing else is to be known.
            Ok(Asked::Notification { .. } | Asked::Answer) => {}
            Err((id, refusal)) => say(&message::answer(&id, Err(refusal))),
        }
    }

    /// `None` if the answer comes later.
    fn answer(&self, request: &Request) -> Option<Result<Value, Refusal>> {
        match request.method.as_str() {
            "initialize" => Some(Ok(initialized(&request.params))),
            "ping" => Some(Ok(json!({}))),
            "tools/list" => Some(Ok(json!({ "tools": self.tools.iter().map(Tool::listed).collect::<Vec<_>>() }))),
            "tools/call" => self.call(request).unwrap_or_else(|refusal| Some(Err(refusal))),
            other => Some(Err(Refusal::unknown_method(other))),
        }
    }

    fn call(&self, request: &Request) -> Result<Option<Result<Value, Refusal>>, Refusal> {
        let name = request.params["name"].as_str();
        let name = name.ok_or_else(|| Refusal::wrong_params("a call names a tool".to_owned()))?;
        let tool = self.tools.iter().find(|tool| tool.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.tools.iter().map(|tool| tool.name.as_str()).collect();
            let known = known.join(", ");
            Refusal::wrong_params(format!(
                "there is no tool {name}, or it writes and was not allowed to; there are {known}"
            ))
        })?;
        let (none, given) = (Map::new(), &request.params["arguments"]);
        let arguments = if given.is_null() { Some(&none) } else { given.as_object() };
        let arguments =
            arguments.ok_or_else(|| Refusal::wrong_params("the arguments of a call are an object".to_owned()))?;
        // What is wrong with them is for who asks to read and do better, so it is no refusal.
        let words = match tool.command_line(arguments) {
            Ok(words) => words,
            Err(problem) => return Ok(Some(Ok(bad(problem)))),
        };
        let key = request.id.to_string();
        let mut calls = self.calls();
        if calls.contains_key(&key) {
            return Err(Refusal::no_request("a call with this id is at work"));
        }
        if calls.len() >= MOST_CALLS {
            return Err(Refusal::busy(format!("{MOST_CALLS} calls are at work; ask again when one of them is done")));
        }
        let started = Call::start(&self.program, words).map(Arc::new);
        let call = started.map_err(|error| Refusal::busy(format!("the verb could not be started: {error}")))?;
        let (id, all, own) = (request.id.clone(), self.calls.clone(), call.clone());
        let name = key.clone();
        let work = move || {
            let result = own.result();
            // Who took back what it asked wants no answer, and may have asked another thing by the same id since.
            let mut all = lock(&all);
            if all.get(&name).is_some_and(|call| Arc::ptr_eq(call, &own)) {
                say(&message::answer(&id, Ok(result)));
                all.remove(&name);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("tiramisu-mcp-call".into()).spawn(work) {
            call.end();
            return Err(Refusal::busy(format!("the verb could not be started: {error}")));
        }
        calls.insert(key, call);
        Ok(None)
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<String, Arc<Call>>> {
        lock(&self.calls)
    }
}

/// Nothing that panics runs under the lock.
fn lock(calls: &Mutex<HashMap<String, Arc<Call>>>) -> MutexGuard<'_, HashMap<String, Arc<Call>>> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

fn initialized(params: &Value) -> Value {
    let asked = params["protocolVersion"].as_str();
    let version = VERSIONS.into_iter().find(|version| Some(*version) == asked).unwrap_or(VERSIONS[0]);
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": { "listChanged": false } },
        "serverInfo": { "name": "tiramisu", "title": "Tiramisu", "version": env!("CARGO_PKG_VERSION") },
        "instructions": "Looks inside convolutional networks through a person's own pictures. A folder of pictures has a \
                         workspace once it was extracted; begin with info, which says what is known of it: images, layers, \
                         clusters, maps. Paths are those of this machine.",
    })
}

/// The next line without its end; `None` if there is none.
fn next_line(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let count = input.take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
    (count > 0).then_some(line)
}

/// Writes one line. Who asked may have gone, and then closes the other pipe as well.
fn say(message: &Value) {
    let mut out = io::stdout().lock();
    writeln!(out, "{message}").and_then(|()| out.flush()).ok();
}
