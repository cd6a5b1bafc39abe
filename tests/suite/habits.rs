//! What every file of the house keeps to, whatever it is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of `src` longer than this are looked at twice.
const LINES: usize = 400;

/// Files that may be longer, and why. None is to be added for want of time: a longer file has to be one thought.
const LONG: &[(&str, &str)] = &[];

#[test]
fn files_are_short_but_for_those_with_a_reason() {
    let src = root().join("src");
    let long: BTreeMap<String, usize> = files(&src, "rs")
        .into_iter()
        .map(|file| {
            let lines = std::fs::read_to_string(&file).expect("a source file is readable").lines().count();
            (file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/"), lines)
        })
        .filter(|(_, lines)| *lines > LINES)
        .collect();
    let is_listed = |file: &str| LONG.iter().any(|(listed, _)| *listed == file);
    let new: Vec<_> = long.iter().filter(|(file, _)| !is_listed(file)).collect();
    assert!(new.is_empty(), "over {LINES} lines without a reason; take them apart: {new:?}");
    let short: Vec<_> = LONG.iter().filter(|(file, _)| !long.contains_key(*file)).collect();
    assert!(short.is_empty(), "no longer over {LINES} lines; take them off the list: {short:?}");
    assert!(LONG.iter().all(|(_, reason)| reason.len() > 20), "a reason is a sentence");
}

/// Importing a program must not run it: whoever looks into it with Python's own tools would start a measurement.
#[test]
fn python_programs_with_a_main_run_only_when_called() {
    let programs = files(&root().join("tests"), "py");
    let with_main: Vec<(PathBuf, String)> = programs
        .into_iter()
        .map(|file| (file.clone(), std::fs::read_to_string(file).expect("a program is readable")))
        .filter(|(_, text)| text.lines().any(|line| line.starts_with("def main(")))
        .collect();
    assert!(with_main.len() > 4, "only {} programs with a main were found", with_main.len());
    for (file, text) in with_main {
        assert!(!text.lines().any(|line| line.starts_with("main(")), "{} runs when imported", file.display());
        assert!(text.contains("if __name__ == \"__main__\":"), "{} never runs", file.display());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("a readable folder").into_path());
    entries.filter(|path| path.extension().is_some_and(|own| own == ending)).collect()
}
