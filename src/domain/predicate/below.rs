//! Paths that were written absolute, as other programs and Python's tables have them: images are known by their paths below the
//! folder.

use std::path::{MAIN_SEPARATOR, Path};

use super::{Check, Column, Comparison, Field, Node, Predicate, Test, Value};

impl Predicate {
    /// The same question, in which paths of images in `folder` are those below it.
    #[must_use]
    pub fn with_paths_below(mut self, folder: &Path) -> Self {
        if let Some(folder) = folder.to_str().filter(|folder| !folder.is_empty()) {
            let begins = format!("{}/", with_slashes(folder).trim_end_matches('/'));
            shorten(&mut self.root, &begins);
        }
        self
    }

    /// The same question, with other names for absolute paths that images are asked to have or not to have, where `other` knows one.
    #[must_use]
    pub fn with_absolute_paths(mut self, other: &dyn Fn(&Path) -> Option<String>) -> Self {
        rename(&mut self.root, other);
        self
    }

    /// The absolute paths that images are asked to have. None has one, unless it was [shortened](Self::with_paths_below).
    pub fn absolute_paths(&self) -> Vec<&str> {
        let of_paths = |test: &&Test| test.field == Field::Column(Column::Path);
        let asked = self.tests().into_iter().filter(of_paths).flat_map(|test| match &test.check {
            Check::Compare(Comparison::Equal, value) => vec![value],
            Check::In(values) => values.iter().collect(),
            Check::Compare(..)
            | Check::Between(..)
            | Check::IsTrue
            | Check::IsNull
            | Check::Against(..)
            | Check::Like { .. } => Vec::new(),
        });
        asked.filter_map(text_of).filter(|path| Path::new(path).is_absolute()).collect()
    }
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Number(_) | Value::Time(_) | Value::Arithmetic(_) => None,
    }
}

fn shorten(node: &mut Node, begins: &str) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter_mut().for_each(|part| shorten(part, begins)),
        Node::Not(inner) => shorten(inner, begins),
        Node::Test(Test { field: Field::Column(Column::Path), check, .. }) => match check {
            Check::Compare(_, value) => shorten_value(value, begins),
            Check::In(values) => values.iter_mut().for_each(|value| shorten_value(value, begins)),
            Check::Between(from, to) => [from, to].into_iter().for_each(|value| shorten_value(value, begins)),
            Check::Like { pattern, .. } => {
                if let Some(below) = below(pattern, begins) {
                    *pattern = below;
                }
            }
            Check::IsTrue | Check::IsNull | Check::Against(..) => {}
        },
        Node::Test(_) => {}
    }
}

fn rename(node: &mut Node, other: &dyn Fn(&Path) -> Option<String>) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter_mut().for_each(|part| rename(part, other)),
        Node::Not(inner) => rename(inner, other),
        Node::Test(Test { field: Field::Column(Column::Path), check, .. }) => match check {
            Check::Compare(Comparison::Equal | Comparison::Unequal, value) => rename_value(value, other),
            Check::In(values) => values.iter_mut().for_each(|value| rename_value(value, other)),
            // These do not name a file.
            Check::Compare(..)
            | Check::Between(..)
            | Check::Like { .. }
            | Check::IsTrue
            | Check::IsNull
            | Check::Against(..) => {}
        },
        Node::Test(_) => {}
    }
}

fn rename_value(value: &mut Value, other: &dyn Fn(&Path) -> Option<String>) {
    if let Value::Text(text) = value
        && Path::new(text.as_str()).is_absolute()
        && let Some(name) = other(Path::new(text.as_str()))
    {
        *text = name;
    }
}

fn shorten_value(value: &mut Value, begins: &str) {
    if let Value::Text(text) = value
        && let Some(below) = below(text, begins)
    {
        *text = below;
    }
}

fn below(path: &str, begins: &str) -> Option<String> {
    with_slashes(path).strip_prefix(begins).map(str::to_owned)
}

/// As names below the folder are written on every system. What Windows puts before a path once its links are followed, nobody types.
fn with_slashes(path: &str) -> String {
    let path = path.replace(MAIN_SEPARATOR, "/");
    match path.strip_prefix("//?/").filter(|_| cfg!(windows)) {
        None => path,
        Some(plain) => plain.strip_prefix("UNC/").map_or_else(|| plain.to_owned(), |share| format!("//{share}")),
    }
}
