//! One word for each thing: words that were given up do not come back. `src/lib.rs` says what each word means.
//!
//! A word is looked for in names and in prose, whatever their case: `put back` is found in `PutBack`, in `put_back` and in "put
//! back".

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that were given up, and what to say instead.
const GIVEN_UP: &[(&str, &str)] = &[
    ("asker", "query worker"),
    ("channel shelf", "channel worker"),
    ("engine choice", "strategy, or the choice of a strategy; the engine is the room"),
    ("explain", "why similar"),
    ("fetch", "download"),
    ("fetches", "downloads"),
    ("forget old versions", "delete old versions"),
    ("forget versions", "delete versions, or keep so many"),
    ("given away by others", "published"),
    ("house", "workspace maintenance, or the architecture of the program"),
    ("housekeeping", "maintenance"),
    ("keep activations", "store activations"),
    ("keep the selection", "save the selection"),
    ("kept activations", "stored activations"),
    ("kept selection", "saved selection; a finding is dismissed, an example is held"),
    ("kept selections", "saved selections"),
    ("likeness", "similarity; why similar, of the channels that make two images similar"),
    ("map batch", "activation batch: a map is a projection"),
    ("mend", "repair"),
    ("mended", "repaired"),
    ("mending", "repair"),
    ("put back", "restore a version"),
    ("roll", "catalogue"),
    ("shelf", "searchable vectors, an activation reader, a worker"),
    ("shelves", "a cache"),
    ("telling channel", "distinguishing channel"),
    ("telling", "distinguishing; to tell is to send an event"),
    ("thin air", "sparse region"),
    ("unfit", "misfit"),
    ("untag", "forget the name of a version"),
    ("upkeep", "maintenance"),
    ("upkept", "maintained"),
    ("work engine", "strategy"),
];

/// Where one may stand all the same: the end of a file's path, the word, and why.
const MAY_STAND: &[(&str, &str, &str)] = &[
    ("clustering.rs", "telling", "key of stored clusterings, which older workspaces hold"),
    ("cluster.rs", "telling", "key of the verb's JSON, which scripts read"),
    ("sample/text.rs", "house", "a word that a sample picture shows"),
    ("journal.rs", "put back", "name of a file that a workspace may hold"),
];

/// What is called so by others: the words around it.
const OF_OTHERS: &[&str] =
    &["fetch add", "fetch sub", "fetch update", "fetch or", "fetch and", "fetch max", "fetch min", "fetch tags"];

#[test]
fn words_that_were_given_up_do_not_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].map(|name| root.join(name)).into();
    for (folder, ending) in [("src", "rs"), ("shaders", "wgsl"), ("assets/networks", "toml")] {
        collect(&root.join(folder), ending, &mut files);
    }
    assert!(files.len() > 100, "the sources are found: {files:?}");
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a source file is readable");
        let below = file.strip_prefix(root).expect("files lie below the root").to_string_lossy().replace('\\', "/");
        for (line, word, instead) in given_up_in(&without_aliases(&text)) {
            match MAY_STAND.iter().find(|(ending, allowed, _)| below.ends_with(ending) && *allowed == word) {
                Some(place) => drop(used.insert(*place)),
                None => found.push(format!("{below}:{line}: `{word}` was given up: {instead}")),
            }
        }
    }
    assert!(found.is_empty(), "{} words:\n{}", found.len(), found.join("\n"));
    let unused: Vec<_> = MAY_STAND.iter().filter(|place| !used.contains(place)).collect();
    assert!(unused.is_empty(), "may stand, but does not: {unused:?}");
}

#[test]
fn a_given_up_word_is_found_in_any_form() {
    let found = |text: &str| given_up_in(text).into_iter().map(|(line, word, _)| (line, word)).collect::<Vec<_>>();
    assert_eq!(found("fn put_back() {}\nstruct PutBack;"), [(1, "put back"), (2, "put back")]);
    assert_eq!(found("// They are put\n// back."), [(1, "put back")], "over the end of a line");
    assert_eq!(found("enum HouseWish { Look }"), [(1, "house")]);
    assert_eq!(found("a warehouse; scrolls; fetch_add(1); explained"), []);
    assert_eq!(
        found(&without_aliases("#[command(alias = \"explain\")]\nWhySimilar")),
        [],
        "what people may go on typing"
    );
    assert_eq!(found(&without_aliases("#[command(name = \"explain\")]")), [(1, "explain")]);
}

/// Lines, words and what to say instead.
fn given_up_in(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let words = words_of(text);
    let is_at = |at: usize, sought: &str| {
        sought.split(' ').enumerate().all(|(step, part)| {
            words.get(at + step).is_some_and(|word| word.text == part && (step == 0 || word.goes_on))
        })
    };
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for (sought, instead) in GIVEN_UP {
            if is_at(at, sought) && !OF_OTHERS.iter().any(|theirs| is_at(at, theirs)) {
                found.push((word.line, *sought, *instead));
            }
        }
    }
    found
}

struct Word {
    line: usize,
    /// In lower case.
    text: String,
    /// Whether it belongs to the word before it: part of the same name, or the next one of a sentence.
    goes_on: bool,
}

/// Every word; names are taken apart at `_` and at capital letters.
fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut goes_on = false;
    for (number, line) in text.lines().enumerate() {
        let mut before = '\n';
        for letter in line.chars() {
            let is_hump = letter.is_uppercase() && !before.is_uppercase();
            let begins = letter.is_alphabetic() && (!before.is_alphabetic() || is_hump);
            match words.last_mut() {
                Some(word) if letter.is_alphabetic() && !begins => word.text.extend(letter.to_lowercase()),
                _ if letter.is_alphabetic() => {
                    words.push(Word { line: number + 1, text: letter.to_lowercase().collect(), goes_on });
                    goes_on = true;
                }
                _ => goes_on &= letter.is_whitespace() || "_-/!`".contains(letter),
            }
            before = letter;
        }
    }
    words
}

/// The text without the old words of verbs and flags that people may go on typing (`alias = "..."`, `aliases = [...]`), and
/// without the name of the folder `tests/house`, whose house is the program's architecture.
fn without_aliases(text: &str) -> String {
    let line = |line: &str| match line.find("alias = \"").or_else(|| line.find("aliases = [")) {
        Some(start) => line[..start].to_owned(),
        None => line.to_owned(),
    };
    text.replace("tests/house", "tests").lines().map(line).collect::<Vec<_>>().join("\n")
}

fn collect(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())).flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, ending, files);
        } else if path.extension().is_some_and(|its| its == ending) {
            files.push(path);
        }
    }
    files.sort();
}
