//! The part of YAML that `data.yaml` of YOLO is written in: keys at the left with a text, a list or a flat map each.
//!
//! Anchors, tags and what lies deeper are not read; where the value of a key holds such, it is passed over, and only whoever asks
//! for it hears of it.

use std::collections::HashMap;

/// The most lines that are read.
const MOST_LINES: usize = 1_000_000;

/// What stands at a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, String)>),
    /// Nothing.
    Nothing,
    /// What is not read, and in which line it begins.
    Other(usize),
}

/// The keys at the left, and what stands at each.
///
/// # Errors
/// What is wrong, with the line.
pub(super) fn read(text: &str) -> Result<HashMap<String, Value>, String> {
    let mut found = HashMap::new();
    let lines: Vec<&str> = text.lines().take(MOST_LINES + 1).collect();
    if lines.len() > MOST_LINES {
        return Err(format!("it has more than {MOST_LINES} lines"));
    }
    let mut at = 0;
    while at < lines.len() {
        let (number, line) = (at + 1, without_comment(lines[at]));
        at += 1;
        if line.trim().is_empty() || line.trim() == "---" || line.trim() == "..." {
            continue;
        }
        if line.starts_with([' ', '\t', '-']) {
            return Err(format!("line {number}: a key is expected at the left, as in `names:`"));
        }
        let Some((key, rest)) = divided(line) else {
            return Err(format!("line {number}: this is no `key: value`"));
        };
        let rest = rest.trim();
        let value = match rest.chars().next() {
            None => {
                let begin = at;
                while at < lines.len() && belongs(lines[at]) {
                    at += 1;
                }
                block(&lines[begin..at]).unwrap_or(Value::Other(number))
            }
            Some(open @ ('[' | '{')) => {
                let close = if open == '[' { ']' } else { '}' };
                let mut whole = rest.to_owned();
                while !whole.trim_end().ends_with(close) && at < lines.len() {
                    whole.push(' ');
                    whole.push_str(without_comment(lines[at]).trim());
                    at += 1;
                }
                let inner = whole.trim_end().strip_suffix(close).and_then(|inner| inner.strip_prefix(open));
                let inner = inner.ok_or_else(|| format!("line {number}: {open} is not closed by {close}"))?;
                in_one_line(inner, open == '[').unwrap_or(Value::Other(number))
            }
            Some('|' | '>' | '&' | '*' | '!') => {
                while at < lines.len() && (lines[at].trim().is_empty() || lines[at].starts_with([' ', '\t'])) {
                    at += 1;
                }
                Value::Other(number)
            }
            Some(_) => Value::Text(scalar(rest)),
        };
        found.insert(scalar(key), value);
    }
    Ok(found)
}

/// Whether a line goes on with what stands at the key before it.
fn belongs(line: &str) -> bool {
    let line = without_comment(line);
    line.trim().is_empty() || line.starts_with([' ', '\t']) || line == "-" || line.starts_with("- ")
}

/// A list or a map over several lines; `None` if it is something else.
fn block(lines: &[&str]) -> Option<Value> {
    let lines: Vec<&str> =
        lines.iter().map(|line| without_comment(line)).filter(|line| !line.trim().is_empty()).collect();
    let Some(first) = lines.first() else { return Some(Value::Nothing) };
    let indent = |line: &str| line.len() - line.trim_start().len();
    if lines.iter().any(|line| indent(line) != indent(first)) {
        return None;
    }
    if first.trim_start().starts_with('-') {
        let items = lines.iter().map(|line| line.trim().strip_prefix('-').map(|item| scalar(item.trim())));
        return items.collect::<Option<_>>().map(Value::List);
    }
    let pairs = lines.iter().map(|line| divided(line.trim()).map(|(key, value)| (scalar(key), scalar(value.trim()))));
    pairs.collect::<Option<_>>().map(Value::Map)
}

/// What stands in brackets.
fn in_one_line(inner: &str, is_list: bool) -> Option<Value> {
    let items = divided_by_commas(inner)?;
    let items = items.into_iter().filter(|item| !item.trim().is_empty());
    match is_list {
        true => Some(Value::List(items.map(|item| scalar(item.trim())).collect())),
        false => items
            .map(|item| divided(item.trim()).map(|(key, value)| (scalar(key), scalar(value.trim()))))
            .collect::<Option<_>>()
            .map(Value::Map),
    }
}

/// Cut at commas that stand outside of quotes; `None` where brackets lie in brackets.
fn divided_by_commas(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '\'' | '"') if text[start..at].trim().is_empty() => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            (None, ',') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            (None, '[' | '{') => return None,
            _ => {}
        }
    }
    parts.push(&text[start..]);
    Some(parts)
}

/// A key and what stands behind the colon.
fn divided(line: &str) -> Option<(&str, &str)> {
    let from = match line.chars().next() {
        Some(quote @ ('\'' | '"')) => line[1..].find(quote)? + 2,
        _ => 0,
    };
    let at = line[from..]
        .char_indices()
        .map(|(at, _)| at + from)
        .find(|at| line[*at..].starts_with(':') && (line.len() == at + 1 || line[at + 1..].starts_with([' ', '\t'])))?;
    Some((&line[..at], &line[at + 1..]))
}

/// A line up to the `#` that begins a comment: one outside of quotes with a space before it.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '\'' | '"') if !before.is_alphanumeric() => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            (None, '#') if before.is_whitespace() => return line[..at].trim_end(),
            _ => {}
        }
        before = letter;
    }
    line.trim_end()
}

/// A text, with or without quotes.
fn scalar(text: &str) -> String {
    let text = text.trim();
    for quote in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) {
            return match quote {
                '\'' => inner.replace("''", "'"),
                _ => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
            };
        }
    }
    match text {
        "~" | "null" => String::new(),
        text => text.to_owned(),
    }
}
