//! The program started again in the place of this process, where the graphics device that draws was lost.
//!
//! Neither the toolkit nor wgpu give back what a lost device held without a panic, and often two, which ends a process. So nothing is
//! given back: the system does that when the process becomes another one.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, exit};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, io};

use super::settings::Given;
use crate::engine::{Collection, Problem};

/// Tells a process that it stands in the place of others whose devices were lost: how many, a blank, and when the last one was.
pub const LOST: &str = "TIRAMISU_LOST";

/// A process that stands in the place of another one and loses its device within so long is not replaced once more.
const LIVES_AT_LEAST_SECS: u64 = 10;
/// Nor is one after so many, none of which lived longer than this.
const MOST: u32 = 3;
const LIVES_LONG_SECS: u64 = 600;

/// What is known of the processes in whose place this one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// How many lost their device, one soon after the other.
    pub count: u32,
    /// When the last one did.
    pub at_unix_secs: u64,
}

impl Lost {
    /// As the environment says. Take [`LOST`] out of it then, or programs that this one starts would believe it of themselves.
    pub fn said() -> Option<Self> {
        let said = env::var(LOST).ok()?;
        let (count, at) = said.split_once(' ')?;
        Some(Self { count: count.parse().ok()?, at_unix_secs: at.parse().ok()? })
    }

    /// What the process is told that takes the place of one whose device is lost now; `None` where none is to.
    pub fn again(before: Option<Self>, now_unix_secs: u64) -> Option<Self> {
        let lived = |before: Self| now_unix_secs.saturating_sub(before.at_unix_secs);
        let count = match before {
            Some(before) if lived(before) < LIVES_AT_LEAST_SECS => return None,
            Some(before) if lived(before) >= LIVES_LONG_SECS => 1,
            Some(before) if before.count >= MOST => return None,
            Some(before) => before.count + 1,
            None => 1,
        };
        Some(Self { count, at_unix_secs: now_unix_secs })
    }
}

/// How the program is started again. Clones are the same one.
#[derive(Clone)]
pub(super) struct Again {
    line: Arc<Mutex<Vec<OsString>>>,
    before: Option<Lost>,
}

impl Again {
    /// As it was started, until something else is noted; in the place of those `before` it.
    pub(super) fn as_started(before: Option<Lost>) -> Self {
        Self { line: Arc::new(Mutex::new(env::args_os().skip(1).collect())), before }
    }

    /// It is started with these arguments.
    pub(super) fn note(&self, line: Vec<OsString>) {
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// Becomes the program that is started again, or ends with the reason why that cannot be.
    pub(super) fn start(&self) -> ! {
        let now_secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let Some(lost) = Lost::again(self.before, now_secs) else {
            say(
                "the graphics device was lost again and again. What was committed is saved. Is its driver in order? Start Tiramisu \
                 with another one: --adapter NAME",
            );
            exit(1);
        };
        say("the graphics device was lost; the window opens again");
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let told = format!("{} {}", lost.count, lost.at_unix_secs);
        let why = match env::current_exe() {
            Ok(program) => become_another(Command::new(program).args(line).env(LOST, told)),
            Err(error) => error,
        };
        say(&format!(
            "the graphics device was lost, and the window cannot be opened again: {why}. What was committed is saved: start Tiramisu \
             again"
        ));
        exit(1)
    }
}

/// There is no window any more, and somebody has to be told. Perhaps nobody listens: who started it may be gone.
fn say(what: &str) {
    let _heard = writeln!(io::stderr(), "tiramisu: {what}");
}

/// Becomes what is commanded; why it cannot.
#[cfg(unix)]
fn become_another(command: &mut Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Starts what is commanded and ends; why it cannot.
#[cfg(not(unix))]
fn become_another(command: &mut Command) -> io::Error {
    match command.spawn() {
        Ok(_) => exit(0),
        Err(error) => error,
    }
}

/// What the person is to be told first, where this process stands in the place of one whose device was lost.
pub fn remark() -> Problem {
    let why = "it did not answer any more: it was pulled out or reset, or its driver was renewed";
    Problem::new("The graphics device was lost, and the window was opened again", why)
        .with_remedy("What was committed is saved. If it happens again, choose another adapter in the settings.")
}

/// Arguments with which the program opens what is open now, if anything is, and follows what was `given` to it.
pub fn line(given: &Given, open: Option<&Collection>) -> Vec<OsString> {
    // The network is that which the folder was last looked at with.
    let Given { compute, adapter, precision, only_look, network: _ } = given;
    let mut line: Vec<OsString> = Vec::new();
    let mut say = |name: &str, value: OsString| line.extend([name.into(), value]);
    if let Some(compute) = compute {
        say("--compute", compute.word().into());
    }
    if let Some(adapter) = adapter {
        say("--adapter", adapter.into());
    }
    if let Some(precision) = precision {
        say("--precision", precision.word().into());
    }
    if let Some(open) = open.filter(|open| !open.workspace_is_usual) {
        say("--workspace", open.workspace.clone().into());
    }
    if *only_look {
        line.push("--only-look".into());
    }
    line.extend(open.map(|open| open.folder.clone().into()));
    line
}
