//! What goes wrong while something is done to a workspace, and what is left of it then: what there was, or what there was to be. And
//! who else is there: other processes that read or want to write.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use tiramisu::store::{StoreError, Workspace};

use super::verb::{Held, Verb};
use crate::store::files;

/// What the child is to do, as JSON: where, what, and to a workspace that holds what. Without a verb it only opens the workspace.
const DOES: &str = "TIRAMISU_TEST_DOES";
/// What it says when it begins, and when it was refused.
const BEGINS: &str = "it begins";
const REFUSED: &str = "somebody else has it";
/// Where the child reads, and what stands before each thing that it says it found.
const READS: &str = "TIRAMISU_TEST_READS";
const SEEN: &str = "seen: ";

fn child(name: &str, variable: &str, wish: &str) -> Child {
    Command::new(std::env::current_exe().expect("these tests"))
        .args(["--exact", &format!("store::histories::trouble::{name}"), "--ignored", "--nocapture"])
        .env(variable, wish)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the tests start")
}

/// Another process that is to write the workspace.
pub struct Other {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Other {
    pub fn start(root: &Path, pictures: &Path, verb: Option<&Verb>, held: &Held) -> Self {
        let wish = serde_json::to_string(&(root, pictures, verb, held)).expect("it is plain data");
        let mut child = child("somebody_who_writes", DOES, &wish);
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, lines }
    }

    fn hears(&mut self, what: &str) -> bool {
        self.lines.any(|line| line.is_ok_and(|line| line.contains(what)))
    }

    /// Whether it was refused; nothing else comes of it then.
    pub fn ends_refused(mut self) -> bool {
        let is_refused = self.hears(REFUSED);
        is_refused && self.child.wait().expect("it ends").success()
    }

    /// Lets it come to its end.
    pub fn finish(mut self) {
        assert!(self.hears(BEGINS), "the other process did not begin");
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "what it did failed: {ended}");
    }

    /// Kills it so long after it began, unless it is quicker. Says whether it was killed.
    pub fn kill_after(mut self, after: Duration) -> bool {
        assert!(self.hears(BEGINS), "the other process did not begin");
        std::thread::sleep(after);
        self.kill()
    }

    /// Kills it as soon as this file is there, unless it is quicker. Says whether the file is there then.
    pub fn kill_at(mut self, file: &Path) -> bool {
        assert!(self.hears(BEGINS), "the other process did not begin");
        while !file.exists() && self.child.try_wait().expect("it can be asked").is_none() {
            std::thread::sleep(Duration::from_micros(50));
        }
        self.kill();
        file.exists()
    }

    fn kill(&mut self) -> bool {
        let was_alive = self.child.try_wait().expect("it can be asked").is_none();
        self.child.kill().ok();
        let ended: ExitStatus = self.child.wait().expect("it ends");
        assert!(ended.success() || ended.code().is_none(), "what it did failed: {ended}");
        was_alive && !ended.success()
    }
}

#[test]
#[ignore = "run by the test that lets it write, or kills it"]
fn somebody_who_writes() {
    let Ok(wish) = std::env::var(DOES) else { return };
    let (root, pictures, verb, held): (PathBuf, PathBuf, Option<Verb>, Held) =
        serde_json::from_str(&wish).expect("what the other test wrote");
    let say = |what: &str| {
        println!("{what}");
        std::io::stdout().flush().expect("it is heard");
    };
    if verb.is_none() {
        say(BEGINS);
    }
    let mut workspace = match Workspace::open_or_create(&root, &pictures) {
        Err(StoreError::AlreadyOpen { .. }) => return say(REFUSED),
        opened => opened.expect("it opens"),
    };
    if let Some(verb) = verb {
        say(BEGINS);
        verb.act(&mut workspace, &held).expect("it can be done");
    }
}

/// Another process that reads the workspace whenever it is asked to.
pub struct Reader {
    child: Child,
    asked: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Reader {
    pub fn start(root: &Path) -> Self {
        let mut child = child("somebody_who_reads", READS, root.to_str().expect("UTF-8"));
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let asked = child.stdin.take().expect("it is piped");
        Self { child, asked, lines }
    }

    /// What it finds now, or why it finds nothing.
    pub fn look(&mut self) -> Result<Held, String> {
        writeln!(self.asked).expect("it hears");
        let seen = self.lines.find_map(|line| Some(line.ok()?.split_once(SEEN)?.1.to_owned()));
        serde_json::from_str(&seen.expect("it answers")).expect("what it wrote")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
#[ignore = "run by the test that writes beside it"]
fn somebody_who_reads() {
    let Ok(root) = std::env::var(READS) else { return };
    for _ in std::io::stdin().lines() {
        let seen = Workspace::open(Path::new(&root)).and_then(|workspace| Held::seen(&workspace));
        let seen = seen.map_err(|error| error.to_string());
        println!("{SEEN}{}", serde_json::to_string(&seen).expect("it is plain data"));
        std::io::stdout().flush().expect("it is heard");
    }
}

/// What can be in the place of a file.
#[derive(Clone, Copy, Debug)]
enum Harm {
    /// Nothing.
    Missing,
    /// A folder.
    Folder,
    /// A file of which the system says that it cannot be read.
    ReadError,
    /// The file, which nobody may read. A superuser may.
    Forbidden,
    /// Only its beginning.
    Short,
}

impl Harm {
    const ALL: [Self; 5] = [Self::Missing, Self::Folder, Self::ReadError, Self::Forbidden, Self::Short];

    fn put(self, path: &Path, whole: &Path, random: &mut fastrand::Rng) {
        match self {
            Self::Missing => {}
            Self::Folder => fs::create_dir(path).expect("a folder"),
            // Where nothing of this process lies: the system answers as a disk that is broken does.
            Self::ReadError => symlink("/proc/self/mem", path).expect("a link"),
            Self::Forbidden => {
                fs::copy(whole, path).expect("a copy");
                fs::set_permissions(path, fs::Permissions::from_mode(0o0)).expect("its own");
            }
            Self::Short => {
                let bytes = fs::read(whole).expect("it is whole");
                let left = random.usize(0..bytes.len().max(1));
                fs::write(path, &bytes[..left.min(bytes.len())]).expect("a part");
            }
        }
    }

    fn take_away(self, path: &Path) {
        match self {
            Self::Missing => {}
            Self::Folder => fs::remove_dir(path).expect("it is empty"),
            Self::ReadError | Self::Forbidden | Self::Short => fs::remove_file(path).expect("it is there"),
        }
    }
}

/// One of the files with rows, or with the numbers of rows that were removed, cannot be read, or not to its end: whoever opens the
/// workspace is told so, or does not need it. Returns what was done, in words.
pub fn harm_a_file(root: &Path, pictures: &Path, held: &Held, random: &mut fastrand::Rng) -> Option<String> {
    let is_of_rows = |path: &PathBuf| {
        let is_hidden = path.strip_prefix(root).is_ok_and(|below| below.to_string_lossy().starts_with('.'));
        let folder = path.parent().and_then(Path::file_name);
        !is_hidden && folder.is_some_and(|folder| folder == "data" || folder == "_deletions")
    };
    let with_rows: Vec<PathBuf> = files(root).into_iter().map(|(path, _)| path).filter(is_of_rows).collect();
    let file = random.choice(&with_rows)?;
    let harm = *random.choice(&Harm::ALL).expect("there are some");
    let aside = root.join(".hidden");
    fs::rename(file, &aside).expect("it can be moved");
    harm.put(file, &aside, random);
    let opened = [Workspace::open(root), Workspace::open_or_create(root, pictures)];
    let seen = opened.map(|workspace| workspace.and_then(|workspace| Held::seen(&workspace)));
    harm.take_away(file);
    fs::rename(&aside, file).expect("it can be moved back");
    for seen in seen {
        match seen {
            Ok(seen) => assert_eq!(seen, *held, "{harm:?} in the place of {}", file.display()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    Some(format!("{harm:?} in the place of {}", file.display()))
}
