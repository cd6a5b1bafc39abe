//! Reads source texts: their names, and the paths that they take into the crate.

use std::path::{Path, PathBuf};

/// The paths below the crate's root that a file names, groups taken apart: `crate::a::{b, c}` is `a::b` and `a::c`.
pub fn paths_into_the_crate(file: &str, tokens: &[String]) -> Vec<Vec<String>> {
    let depth = file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut next = at;
        let mut supers = 0;
        while tokens[next..].first().is_some_and(|t| t == "super") && tokens.get(next + 1).is_some_and(|t| t == "::") {
            supers += 1;
            next += 2;
        }
        if tokens[at] == "crate" && tokens.get(at + 1).is_some_and(|t| t == "::") {
            next = at + 2;
        } else if supers == 0 || supers < depth {
            at = next.max(at + 1);
            continue;
        }
        at = read_tree(tokens, next, &mut Vec::new(), &mut paths).max(at + 1);
    }
    paths
}

/// Reads one tree of a path from `at`; returns where it ends.
pub fn read_tree(tokens: &[String], mut at: usize, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let kept = prefix.len();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|t| t != "}") {
                    at = match tokens[at].as_str() {
                        "," => at + 1,
                        _ => read_tree(tokens, at, prefix, paths).max(at + 1),
                    };
                }
                prefix.truncate(kept);
                return at + 1;
            }
            Some(name) if is_name(name) => {
                prefix.push(name.to_owned());
                at += 1;
            }
            _ => {}
        }
        if tokens.get(at).is_some_and(|t| t == "::") {
            at += 1;
            continue;
        }
        if !prefix.is_empty() {
            paths.push(prefix.clone());
        }
        prefix.truncate(kept);
        return at;
    }
}

/// Whether a token is a name.
pub fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names and punctuation of a source text, without comments, strings and characters.
pub fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| text.get(at + i) == Some(&c));
    while at < text.len() {
        let c = text[at];
        if starts(at, "//") {
            at += text[at..].iter().take_while(|&&c| c != '\n').count();
        } else if starts(at, "/*") {
            at = (at + 2..text.len()).find(|&end| starts(end, "*/")).map_or(text.len(), |end| end + 2);
        } else if c == '"' {
            at = end_of_string(&text, at);
        } else if c == '\'' {
            // A character, unless it is a lifetime.
            let is_char = text.get(at + 1) == Some(&'\\') || text.get(at + 2) == Some(&'\'');
            let shortest = if text.get(at + 1) == Some(&'\\') { 4 } else { 3 };
            at = match is_char {
                true => (at + shortest..text.len()).find(|&end| text[end - 1] == '\'').unwrap_or(text.len()),
                false => at + 1,
            };
        } else if c.is_alphabetic() || c == '_' {
            let len = text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            let name: String = text[at..at + len].iter().collect();
            at += len;
            let hashes = text[at..].iter().take_while(|&&c| c == '#').count();
            if ["r", "br", "cr"].contains(&name.as_str()) && text.get(at + hashes) == Some(&'"') {
                let close: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let body = at + hashes + 1;
                at = (body..text.len()).find(|&end| starts(end, &close)).map_or(text.len(), |end| end + close.len());
            } else {
                tokens.push(name);
            }
        } else if starts(at, "::") {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            at += 1;
        }
    }
    tokens
}

fn end_of_string(text: &[char], open: usize) -> usize {
    let mut at = open + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// All files of Rust below a folder.
pub fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of src is readable").flatten() {
        match entry.path() {
            path if path.is_dir() => rust_files(&path, into),
            path if path.extension().is_some_and(|e| e == "rs") => into.push(path),
            _ => {}
        }
    }
}
