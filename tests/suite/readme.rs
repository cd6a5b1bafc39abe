//! README's commands and snippets, run in a fresh folder as somebody would who follows it from top to bottom.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::command::{Answer, Home};
use crate::support::skipped;

/// What is not run here, by how the line begins, and why.
const NOT_RUN: [(&str, &str); 18] = [
    ("cargo ", "builds and runs this very suite"),
    ("sudo apt-get", "changes the machine"),
    ("python3 assets/package/make.py ", "packs a program for minutes; the release workflow does, and tries the wheel"),
    ("python3 -m venv ", "is for what is installed next"),
    ("pip install ", "changes the machine; the release workflow does"),
    ("jupyter lab ", "opens a browser; tests/python/test_notebook.py runs the notebook"),
    ("tiramisu\n", "opens the window; tests/window/screenshot.sh does"),
    ("tiramisu ~/Pictures\n", "opens the window; tests/window/screenshot.sh does"),
    ("tiramisu networks download ", "downloads; tests/suite/networks fetches from a server of its own"),
    ("tiramisu extract ~/Pictures --network ", "needs the downloaded network"),
    ("tiramisu classify ", "needs the downloaded network; tests/suite/cli classifies with one of its own"),
    ("tiramisu features ", "needs a stream; tests/suite/cli/features makes some"),
    ("tiramisu vectors ./sample --name mine <", "needs a stream; tests/suite/cli/vectors makes some"),
    ("tiramisu adopt ./pictures <", "needs a stream; tests/suite/cli/adopting makes some"),
    ("tiramisu bench-window ", "draws for minutes; tests/suite/cli/bench_window measures a small one"),
    ("tiramisu pull ", "needs the path of a workspace; tests/suite/cli/pull makes some"),
    ("tiramisu relocate ", "needs a folder that was moved; tests/suite/cli/relocate moves one"),
    ("tiramisu mcp\n", "waits for requests; tests/suite/cli/mcp makes some"),
];

/// One fenced block of a text in Markdown.
struct Block {
    language: String,
    /// Where its first line stands, from 1.
    line: usize,
    text: String,
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("the README lies beside Cargo.toml")
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (index, line) in markdown.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(language), false) => {
                blocks.push(Block { language: language.to_owned(), line: index + 2, text: String::new() });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let block = blocks.last_mut().expect("a block was begun");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    blocks
}

/// A line of a shell without its comment, in words. Double quotes hold words together, as in README; nothing else is known.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut is_quoted, mut is_word) = (false, false);
    for character in line.chars() {
        match character {
            '"' => (is_quoted, is_word) = (!is_quoted, true),
            '#' if !is_quoted && !is_word => break,
            ' ' if !is_quoted => {
                if is_word {
                    words.push(std::mem::take(&mut word));
                }
                is_word = false;
            }
            _ => {
                word.push(character);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}

/// Whether an answer says that nothing was found: a line of README that finds nothing shows nobody anything.
fn finds_nothing(answer: &Answer) -> bool {
    let says_none = |line: &str| {
        let line = line.trim().to_lowercase();
        line.starts_with("0 ")
            || line.starts_with("no image")
            || line.starts_with("nothing")
            || line.starts_with("none")
    };
    answer.stdout.trim().is_empty() || answer.stdout.lines().next().is_some_and(says_none)
}

/// README's commands, run in the order in which they stand. Returns the home with the collection that they made.
fn run_commands(home: &Home) {
    let mut used: HashMap<&str, usize> = NOT_RUN.iter().map(|(beginning, _)| (*beginning, 0)).collect();
    let text = readme();
    for block in blocks(&text).iter().filter(|block| block.language == "sh") {
        for (index, line) in block.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("README.md:{}: {line}", block.line + index);
            let words = words(line);
            let bare = format!("{}\n", words.join(" "));
            if let Some((beginning, _)) = NOT_RUN.iter().find(|(beginning, _)| bare.starts_with(beginning)) {
                *used.entry(beginning).or_default() += 1;
                continue;
            }
            assert_eq!(words.first().map(String::as_str), Some("tiramisu"), "{place}: neither run nor excused");
            let answer = home.run(words[1..].iter().map(|word| match word.strip_prefix("~/") {
                Some(below) => home.path(below).into_os_string(),
                None => OsString::from(word),
            }));
            assert_eq!(answer.code, Some(0), "{place}\n{answer:?}");
            assert!(!finds_nothing(&answer), "{place} finds nothing:\n{answer:?}");
        }
    }
    for (beginning, reason) in NOT_RUN.iter().filter(|(beginning, _)| *beginning != "sudo apt-get") {
        assert!(used[beginning] > 0, "README no longer has a line {beginning:?} ({reason}): forget the excuse");
    }
}

/// A Python with what README tells to install, if there is one.
fn python() -> Option<OsString> {
    let python = std::env::var_os("TIRAMISU_PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", "import lance, numpy, duckdb"]).output();
    found.is_ok_and(|output| output.status.success()).then_some(python)
}

fn run_snippets(home: &Home, workspace: &Path) {
    let Some(python) = python() else {
        skipped!("no Python with pylance, numpy and duckdb; README's snippets were not run (TIRAMISU_PYTHON)");
        return;
    };
    let table = std::fs::read_dir(workspace)
        .expect("the workspace can be listed")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("statistics_")))
        .and_then(|path| path.file_stem()?.to_str()?.strip_prefix("statistics_").map(str::to_owned))
        .expect("a network was extracted");
    let text = readme();
    let snippets: Vec<Block> = blocks(&text).into_iter().filter(|block| block.language == "python").collect();
    assert!(!snippets.is_empty(), "README has no snippets in Python");
    for snippet in snippets {
        let workspace = workspace.to_str().expect("a plain path");
        let program = snippet.text.replace("WORKSPACE", workspace).replace("NETWORK", &table);
        let output = Command::new(&python)
            .args(["-c", &program])
            .current_dir(home.path("."))
            // What README says for those who have no wheel.
            .env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/src/python"))
            .env("TIRAMISU_PROGRAM", env!("CARGO_BIN_EXE_tiramisu"))
            .env("XDG_DATA_HOME", home.path("."))
            .output()
            .expect("Python starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "README.md:{}: {complaint}\n{program}", snippet.line);
        assert!(!said.trim().is_empty(), "README.md:{} prints nothing", snippet.line);
    }
}

#[test]
fn readme_commands_and_snippets_do_what_they_say_in_a_fresh_folder() {
    let home = Home::new();
    run_commands(&home);
    let info = home.run(["info", "./sample", "--json"]).good_json();
    let workspace = PathBuf::from(info["workspace"].as_str().expect("info names the workspace"));
    run_snippets(&home, &workspace);
}

/// The examples under `tiramisu --help` are about the same folder as README's and can be followed in the same way.
#[test]
fn the_examples_of_help_do_what_they_say_in_a_fresh_folder() {
    let home = Home::new();
    let help = home.run(["--help"]).stdout;
    let examples = help.split("Examples:").nth(1).and_then(|rest| rest.split("Exit codes:").next());
    let examples: Vec<&str> = examples.expect("help has examples").lines().map(str::trim).collect();
    let mut ran = 0;
    for line in examples.iter().filter(|line| !line.is_empty()) {
        // What a line does stands behind two spaces at least.
        let command = line.split("  ").next().unwrap_or(line);
        let bare = format!("{command}\n");
        if NOT_RUN.iter().any(|(beginning, _)| bare.starts_with(beginning)) {
            continue;
        }
        let answer = home.run(&words(command)[1..]);
        assert_eq!(answer.code, Some(0), "{line}\n{answer:?}");
        assert!(!finds_nothing(&answer), "{line} finds nothing:\n{answer:?}");
        ran += 1;
    }
    assert!(ran > 10, "only {ran} examples of help were run");
}

#[test]
fn words_of_a_shell_line_end_at_its_comment() {
    let line = r#"tiramisu query ./sample "label = 'a b'" --json   # finds "some""#;
    assert_eq!(words(line), ["tiramisu", "query", "./sample", "label = 'a b'", "--json"]);
}
