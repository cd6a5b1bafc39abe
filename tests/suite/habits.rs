//! What every file of the house keeps to, whatever it is about.

use std::path::{Path, PathBuf};

/// A file of `src` longer than this is more than one thought, and is taken apart.
const LINES: usize = 400;

#[test]
fn files_are_short() {
    let src = root().join("src");
    let length = |file: &PathBuf| std::fs::read_to_string(file).expect("a source file is readable").lines().count();
    let files: Vec<(PathBuf, usize)> =
        files(&src, "rs").into_iter().map(|file| (file.clone(), length(&file))).collect();
    assert!(files.len() > 500, "only {} files were found", files.len());
    let long: Vec<_> = files.iter().filter(|(_, lines)| *lines > LINES).collect();
    assert!(long.is_empty(), "over {LINES} lines: {long:?}");
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
