//! Files that hang: who opens one waits, as on a drive that does not answer.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::skipped;

/// Leases the files to itself and says so, and each time somebody wants one. The system lets them wait until it takes the lease away
/// by itself, which is after 45 seconds unless somebody changed that.
const HOLD: &str = "
import fcntl, os, signal, sys, time
signal.signal(signal.SIGIO, lambda *_: print('asked', flush=True))
files = [os.open(path, os.O_RDWR) for path in sys.argv[1:]]
for file in files:
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
while True:
    time.sleep(1)
";

/// Files that hang as long as this is held.
pub struct HangingFiles {
    holder: Child,
    said: Lines<BufReader<ChildStdout>>,
    count: usize,
}

impl HangingFiles {
    /// Lets these files hang; `None`, with a word about it, where the system has no leases or there is no Python to ask for them.
    pub fn hold<P: AsRef<Path>>(files: &[P]) -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-c", HOLD]).args(files.iter().map(AsRef::as_ref)).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut holder = match command.spawn() {
            Ok(holder) => holder,
            Err(error) => {
                skipped!("python3 cannot be run: {error}");
                return None;
            }
        };
        let said = BufReader::new(holder.stdout.take().expect("piped")).lines();
        let mut hanging = Self { holder, said, count: files.len() };
        if !hanging.says("held") {
            skipped!("files cannot be leased here");
            return None;
        }
        Some(hanging)
    }

    fn says(&mut self, word: &str) -> bool {
        self.said.any(|line| line.is_ok_and(|line| line == word))
    }

    /// Waits until somebody wants to open one of them.
    pub fn until_asked(&mut self) {
        assert!(self.says("asked"), "nobody wanted it");
    }

    /// How many of them somebody waits for at this moment.
    pub fn waited_for(&self) -> usize {
        self.leases(&["BREAKING"])
    }

    /// Whether the system has taken none of them away yet.
    pub fn holds_all(&self) -> bool {
        // One that was taken away is left as one that lets others read.
        self.leases(&["BREAKING", "WRITE"]) == self.count
    }

    /// How many have one of these words.
    fn leases(&self, words: &[&str]) -> usize {
        let locks = std::fs::read_to_string("/proc/locks").expect("what the system says of locks");
        let holder = self.holder.id().to_string();
        let is_it = |line: &&str| {
            words.iter().any(|word| line.contains(word)) && line.split_whitespace().any(|word| word == holder)
        };
        locks.lines().filter(is_it).count()
    }
}

impl Drop for HangingFiles {
    fn drop(&mut self) {
        self.holder.kill().ok();
        self.holder.wait().ok();
    }
}
