//! What goes wrong while something is done to a workspace, and what is left of it then: what there was, or what there was to be.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tiramisu::store::Workspace;

use super::verb::{Held, Verb};
use crate::store::files;

/// What the child is to do, as JSON: where, what, and to a workspace that holds what.
const DOES: &str = "TIRAMISU_TEST_DOES";
/// What it says when it begins.
const BEGINS: &str = "it begins";

/// Another process writes the workspace, and is killed while it does unless it is quicker. Says whether it was killed.
pub fn kill(root: &Path, pictures: &Path, verb: &Verb, held: &Held, after: Duration) -> bool {
    let wish = serde_json::to_string(&(root, pictures, verb, held)).expect("it is plain data");
    let mut child = Command::new(std::env::current_exe().expect("these tests"))
        .args(["--exact", "store::histories::trouble::somebody_who_is_to_be_killed", "--ignored", "--nocapture"])
        .env(DOES, wish)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the tests start");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains(BEGINS))), "the other process did not begin");
    std::thread::sleep(after);
    let was_alive = child.try_wait().expect("it can be asked").is_none();
    child.kill().ok();
    let ended = child.wait().expect("it ends");
    assert!(ended.success() || ended.code().is_none(), "what it did failed: {ended}");
    was_alive && !ended.success()
}

#[test]
#[ignore = "run by the test that kills it"]
fn somebody_who_is_to_be_killed() {
    let Ok(wish) = std::env::var(DOES) else { return };
    let (root, pictures, verb, held): (PathBuf, PathBuf, Verb, Held) =
        serde_json::from_str(&wish).expect("what the other test wrote");
    let mut workspace = Workspace::open_or_create(&root, &pictures).expect("nobody has it");
    println!("{BEGINS}");
    std::io::stdout().flush().expect("it is heard");
    verb.act(&mut workspace, &held).expect("it can be done");
}

/// One of the files with rows cannot be read: whoever opens the workspace is told so, or does not need it.
pub fn hide_a_file(root: &Path, pictures: &Path, held: &Held, random: &mut fastrand::Rng) {
    let with_rows: Vec<PathBuf> = files(root)
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.extension().is_some_and(|it| it == "lance"))
        .collect();
    let Some(file) = random.choice(&with_rows) else { return };
    let aside = root.join(".hidden");
    fs::rename(file, &aside).expect("it can be moved");
    let seen = Workspace::open_or_create(root, pictures).and_then(|workspace| Held::seen(&workspace));
    fs::rename(&aside, file).expect("it can be moved back");
    match seen {
        Ok(seen) => assert_eq!(seen, *held, "without {}", file.display()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
