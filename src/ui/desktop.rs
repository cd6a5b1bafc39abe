//! Handing a file over to the desktop: to the program that opens it, or to the file manager. Never on the window's thread.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{UiError, Waker};
use crate::engine::Problem;

/// So many failures may wait until the window tells of them; of more nobody would read.
const FAILURES: usize = 8;

/// What the desktop is to do with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// Open it with the program that is usual for its kind.
    Open(PathBuf),
    /// Show it in the file manager.
    Reveal(PathBuf),
}

/// Where it is said that something could not be handed over.
pub struct Failed {
    to: Sender<Problem>,
    waker: Waker,
}

impl Failed {
    /// Says so.
    pub fn tell(self, problem: Problem) {
        // If it is full, as many are told already.
        let _ = self.to.try_send(problem);
        self.waker.wake();
    }
}

/// Hands files over. The handing itself is a closure: the desktop's programs, or what a test notes.
pub struct Desktop {
    hand: Box<dyn FnMut(HandOver, Failed)>,
    failures: Receiver<Problem>,
    failed: Sender<Problem>,
    waker: Waker,
}

impl Desktop {
    /// Hands over through `hand`, which may say from any thread that it failed.
    pub fn new(hand: impl FnMut(HandOver, Failed) + 'static) -> Self {
        let (failed, failures) = bounded(FAILURES);
        Self { hand: Box::new(hand), failures, failed, waker: Waker::default() }
    }

    /// Hands over to this desktop's own programs.
    pub fn native() -> Self {
        Self::new(|wish, failed| {
            let spawned = thread::Builder::new().name("desktop".into()).spawn(move || {
                if let Err(problem) = hand_over(&wish) {
                    failed.tell(problem);
                }
            });
            if let Err(error) = spawned {
                tracing::warn!("no thread to hand a file to the desktop: {error}");
            }
        })
    }

    pub(super) fn attach(&mut self, waker: Waker) {
        self.waker = waker;
    }

    pub(super) fn hand_over(&mut self, wish: HandOver) {
        (self.hand)(wish, Failed { to: self.failed.clone(), waker: self.waker.clone() });
    }

    /// The next failure that nobody was told of.
    pub(super) fn take_failure(&self) -> Option<Problem> {
        self.failures.try_recv().ok()
    }
}

/// Hands over, and waits until the desktop has taken it.
///
/// # Errors
/// When the file is not there, there is no desktop, or it has no program for it.
pub fn hand_over(wish: &HandOver) -> Result<(), Problem> {
    let (what, path) = match wish {
        HandOver::Open(path) => ("This file could not be opened", path),
        HandOver::Reveal(path) => ("This file could not be shown in the file manager", path),
    };
    let refused = |why: String| Problem::new(what, format!("{why}: {}", path.display()));
    std::fs::symlink_metadata(path).map_err(|error| refused(error.to_string()))?;
    if !has_display() {
        let why = "there is no desktop here that could do it".to_owned();
        return Err(refused(why).with_remedy("Copy the path instead, and open it where there is one."));
    }
    match wish {
        HandOver::Open(path) => open(path).map_err(refused),
        HandOver::Reveal(path) => reveal(path).map_err(refused),
    }
}

/// Whether there is a place for windows, as far as the environment says: systems without X and Wayland always have one.
pub(super) fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(is_set)
}

/// Says in our own words that there is no place for a window, before the toolkit does in its own.
///
/// # Errors
/// When there is none.
pub fn expect_display() -> Result<(), UiError> {
    if has_display() { Ok(()) } else { Err(UiError::NoDisplay) }
}

fn open(path: &Path) -> Result<(), String> {
    if cfg!(target_os = "macos") {
        run(Command::new("open").arg(path))
    } else if cfg!(target_os = "windows") {
        start(Command::new("explorer").arg(path))
    } else {
        run(Command::new("xdg-open").arg(path))
    }
}

fn reveal(path: &Path) -> Result<(), String> {
    if cfg!(target_os = "macos") {
        return run(Command::new("open").arg("-R").arg(path));
    }
    if cfg!(target_os = "windows") {
        let mut select = std::ffi::OsString::from("/select,");
        select.push(path);
        return start(Command::new("explorer").arg(select));
    }
    // The interface that file managers share marks the file; where there is none its folder is opened.
    let shown = run(Command::new("dbus-send")
        .args(["--session", "--print-reply", "--reply-timeout=3000", "--dest=org.freedesktop.FileManager1"])
        .args(["/org/freedesktop/FileManager1", "org.freedesktop.FileManager1.ShowItems"])
        .arg(format!("array:string:{}", file_address(path)))
        .arg("string:"));
    shown.or_else(|_| run(Command::new("xdg-open").arg(path.parent().unwrap_or(path))))
}

/// `file:///...`, with everything quoted that is neither letter, digit nor a plain sign.
fn file_address(path: &Path) -> String {
    let mut address = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(*byte))
            }
            other => address += &format!("%{other:02X}"),
        }
    }
    address
}

/// Runs a program that says by its exit code whether it did it.
fn run(command: &mut Command) -> Result<(), String> {
    let status = start_quietly(command).and_then(|mut child| child.wait()).map_err(|error| missing(command, &error))?;
    let name = command.get_program().display();
    if status.success() { Ok(()) } else { Err(format!("{name} could not do it ({status})")) }
}

/// Runs a program whose exit code says nothing.
fn start(command: &mut Command) -> Result<(), String> {
    start_quietly(command).and_then(|mut child| child.wait()).map(drop).map_err(|error| missing(command, &error))
}

fn start_quietly(command: &mut Command) -> io::Result<std::process::Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

fn missing(command: &Command, error: &io::Error) -> String {
    format!("{} could not be started ({error})", command.get_program().display())
}
