//! The real binary, run in a home of its own.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tiramisu::store::Workspace;

/// Runs `tiramisu` with its data, settings and workspaces in a temporary folder.
pub struct Home {
    folder: tempfile::TempDir,
}

/// What a run gave back.
#[derive(Debug)]
pub struct Answer {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A path in the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary with these arguments, not started yet.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiramisu"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        // However busy the machine is: what stops in order is given the time to.
        command.env(tiramisu::cli::interrupt::GRACE, "200");
        for place in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"] {
            command.env(place, self.folder.path());
        }
        command
    }

    /// Runs the binary to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Answer {
        Answer::of(&self.command(arguments).output().expect("the binary starts"))
    }

    /// Writes sample pictures and returns their folder.
    pub fn sample(&self, name: &str, count: usize) -> PathBuf {
        let folder = self.path(name);
        let done = self.run([OsStr::new("sample"), folder.as_ref(), "--count".as_ref(), count.to_string().as_ref()]);
        assert_eq!(done.code, Some(0), "{done:?}");
        folder
    }

    /// Every file below a folder with its bytes, sorted by path.
    pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<(PathBuf, Vec<u8>)> = walkdir::WalkDir::new(folder)
            .into_iter()
            .map(|entry| entry.expect("a readable folder"))
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let below = entry.path().strip_prefix(folder).expect("below the folder").to_path_buf();
                (below, std::fs::read(entry.path()).expect("a readable file"))
            })
            .collect();
        files.sort();
        files
    }
}

/// How many images have vectors in a workspace that another process writes, or wrote until it was killed.
pub fn rows_on_disk(root: &Path) -> usize {
    let Ok(workspace) = Workspace::open(root) else { return 0 };
    workspace.feature_tables().expect("what is on disk is always readable").first().map_or(0, |table| table.rows)
}

/// Runs a command to its end and feeds it this. It may refuse before it read everything.
pub fn feed(command: &mut Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = piped.spawn().expect("it starts");
    let mut pipe = running.stdin.take().expect("piped");
    let input = input.to_vec();
    let writing = std::thread::spawn(move || pipe.write_all(&input).ok());
    let output = running.wait_with_output().expect("it ends");
    writing.join().expect("it was written");
    output
}

impl Answer {
    /// What a process that has ended said.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The one JSON document on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same, after making sure that it ended well.
    pub fn good_json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.json()
    }
}
