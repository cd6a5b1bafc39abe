//! Narrowing a predicate down to a part of a column, as a histogram does: the person's own words stay as they are.
//!
//! What is narrowed stands in the predicate as one comparison beside others, such as `width between 100 and 400`. It is
//! found there again, whoever wrote it, and replaced or taken out; so that what is dragged in a histogram and what is written
//! are one thing, and undone together.

use super::{Check, Comparison, Field, Node, Predicate, Span, Test, Value};
use crate::domain::{ColumnValue, TableColumn, moment_in_words};

/// A part of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Narrowing {
    /// Numbers from the first to the second, both included; of a date in seconds since 1970.
    Between(f64, f64),
    /// These names.
    Values(Vec<ColumnValue>),
}

/// The column of a table as predicates call it.
#[derive(Clone, Debug, PartialEq)]
pub struct NarrowedColumn {
    column: TableColumn,
    /// How it is written.
    written: String,
    /// What that is read as.
    field: Field,
}

impl NarrowedColumn {
    /// A column; `clustering` is the name of the one that is shown. `None` if predicates do not know such a column.
    pub fn of(column: TableColumn, clustering: Option<&str>) -> Option<Self> {
        let written = match column {
            TableColumn::Label => "label".to_owned(),
            TableColumn::Split => "split".to_owned(),
            TableColumn::Cluster => format!("cluster({})", quoted(clustering?)),
            TableColumn::Pixels => "width * height".to_owned(),
            TableColumn::Width => "width".to_owned(),
            TableColumn::Height => "height".to_owned(),
            TableColumn::Shape => "width / height".to_owned(),
            TableColumn::FileBytes => "file_bytes".to_owned(),
            TableColumn::Modified => "modified".to_owned(),
            TableColumn::Typicality | TableColumn::InDegree | TableColumn::Betweenness => {
                format!("measure('{}')", column.centrality()?.word())
            }
            TableColumn::Path | TableColumn::Tags | TableColumn::Kept | TableColumn::Problem => return None,
        };
        match Predicate::parse(&format!("{written} is null")).ok()?.root {
            Node::Test(Test { field, .. }) => Some(Self { column, written, field }),
            Node::All(_) | Node::Any(_) | Node::Not(_) => None,
        }
    }

    /// The part of the column to which a predicate narrows the images, if it does.
    pub fn narrowing(&self, predicate: &str) -> Option<Narrowing> {
        let (test, _) = self.find(predicate)?;
        self.read(&test)
    }

    /// The predicate, narrowed to this part of the column instead of another; to none if it is not to be narrowed by it.
    pub fn narrowed(&self, predicate: &str, to: Option<&Narrowing>) -> String {
        let to = to.and_then(|to| self.write(to));
        match (self.find(predicate), to) {
            (Some((_, place)), Some(to)) => format!("{}{to}{}", &predicate[..place.start], &predicate[place.end..]),
            (Some((_, place)), None) => without(predicate, place),
            (None, Some(to)) => joined(predicate, &to),
            (None, None) => predicate.to_owned(),
        }
    }

    /// The comparison in a predicate that narrows it by this column, and where it stands.
    fn find(&self, predicate: &str) -> Option<(Test, Span)> {
        find(predicate, |test| test.field == self.field && self.read(test).is_some())
    }

    /// What a comparison narrows the column to, if it is one that is written here.
    fn read(&self, test: &Test) -> Option<Narrowing> {
        match &test.check {
            Check::Between(from, to) => Some(Narrowing::Between(self.number(from, false)?, self.number(to, true)?)),
            Check::Compare(Comparison::AtLeast, value) => {
                Some(Narrowing::Between(self.number(value, false)?, f64::INFINITY))
            }
            Check::Compare(Comparison::AtMost, value) => {
                Some(Narrowing::Between(f64::NEG_INFINITY, self.number(value, true)?))
            }
            Check::Compare(Comparison::Equal, value) => Some(Narrowing::Values(vec![self.name(value)?])),
            Check::In(values) => {
                Some(Narrowing::Values(values.iter().map(|value| self.name(value)).collect::<Option<_>>()?))
            }
            Check::IsNull => Some(Narrowing::Values(vec![ColumnValue::Nothing])),
            Check::IsTrue | Check::Compare(..) | Check::Against(..) | Check::Like { .. } => None,
        }
    }

    /// The number of a value, or the end of the time that it stands for.
    fn number(&self, value: &Value, is_end: bool) -> Option<f64> {
        match value {
            Value::Number(number) => Some(number.as_f64()),
            Value::Time(seconds) if is_end => Some(seconds.until as f64 - 1.0),
            Value::Time(seconds) => Some(seconds.from as f64),
            Value::Text(_) | Value::Arithmetic(_) => None,
        }
    }

    fn name(&self, value: &Value) -> Option<ColumnValue> {
        match value {
            Value::Text(name) if matches!(self.column, TableColumn::Label | TableColumn::Split) => {
                Some(ColumnValue::Name(name.clone()))
            }
            Value::Number(number) if self.column == TableColumn::Cluster => {
                let number = number.as_f64();
                let is_cluster = number >= 0.0 && number.fract() == 0.0 && number < f64::from(u32::MAX);
                is_cluster.then_some(ColumnValue::Cluster(number as u32))
            }
            Value::Text(_) | Value::Number(_) | Value::Time(_) | Value::Arithmetic(_) => None,
        }
    }

    /// The comparison; `None` if it would compare with nothing.
    fn write(&self, narrowing: &Narrowing) -> Option<String> {
        let written = &self.written;
        match narrowing {
            Narrowing::Between(from, to) => {
                let [from, to] = match self.column == TableColumn::Modified {
                    true => moments(*from, *to),
                    false => [from, to].map(|number| number.to_string()),
                };
                Some(format!("{written} between {from} and {to}"))
            }
            Narrowing::Values(values) => {
                let known: Vec<String> = values.iter().filter_map(write_value).collect();
                match known.as_slice() {
                    [] if values.is_empty() => None,
                    [] => Some(format!("{written} is null")),
                    [one] => Some(format!("{written} = {one}")),
                    _ => Some(format!("{written} in ({})", known.join(", "))),
                }
            }
        }
    }
}

/// Whether a predicate narrows the images to those with a tag.
pub fn asks_for_tag(predicate: &str, tag: &str) -> bool {
    find_tag(predicate, tag).is_some()
}

/// The predicate, narrowed to the images with a tag, or not any more.
pub fn with_tag(predicate: &str, tag: &str, is_on: bool) -> String {
    match (find_tag(predicate, tag), is_on) {
        (Some((_, place)), false) => without(predicate, place),
        (None, true) => joined(predicate, &format!("tag({})", quoted(tag))),
        (Some(_), true) | (None, false) => predicate.to_owned(),
    }
}

fn find_tag(predicate: &str, tag: &str) -> Option<(Test, Span)> {
    find(predicate, |test| matches!(&test.field, Field::Tag(asked) if asked == tag))
}

/// The first of the comparisons that must all be true that is wanted, and where it stands.
fn find(predicate: &str, is_wanted: impl Fn(&Test) -> bool) -> Option<(Test, Span)> {
    let root = Predicate::parse(predicate).ok()?.root;
    let parts = match &root {
        Node::All(parts) => parts.as_slice(),
        Node::Any(_) | Node::Not(_) | Node::Test(_) => std::slice::from_ref(&root),
    };
    let mut tests = parts.iter().filter_map(|part| match part {
        Node::Test(test) => Some(test),
        Node::All(_) | Node::Any(_) | Node::Not(_) => None,
    });
    let test = tests.find(|test| is_wanted(test))?;
    let place = Span { start: test.span.start, end: test.value_span.end.max(test.span.end) };
    Some((test.clone(), place))
}

/// The predicate without what stands at a place, and without the word that joins it to the others.
fn without(predicate: &str, place: Span) -> String {
    let (mut before, mut after) = (predicate[..place.start].trim_end(), predicate[place.end..].trim_start());
    while let (Some(outer), Some(rest)) = (before.strip_suffix('('), after.strip_prefix(')')) {
        (before, after) = (outer.trim_end(), rest.trim_start());
    }
    let is_and = |word: Option<&str>| word.is_some_and(|word| word.eq_ignore_ascii_case("and"));
    let (last, first) = (before.len().saturating_sub(3), 3.min(after.len()));
    if is_and(before.get(last..)) {
        before = before[..last].trim_end();
    } else if is_and(after.get(..first)) {
        after = after[first..].trim_start();
    }
    match (before.is_empty(), after.is_empty()) {
        (true, _) => after.to_owned(),
        (_, true) => before.to_owned(),
        (false, false) if before.ends_with('(') || after.starts_with(')') => format!("{before}{after}"),
        (false, false) => format!("{before} {after}"),
    }
}

/// The predicate with a further comparison that must be true as well. What cannot be read is replaced.
fn joined(predicate: &str, further: &str) -> String {
    let before = predicate.trim();
    match Predicate::parse(before).map(|before| before.root) {
        Err(_) => further.to_owned(),
        Ok(Node::Any(_)) => format!("({before}) and {further}"),
        Ok(Node::All(_) | Node::Not(_) | Node::Test(_)) => format!("{before} and {further}"),
    }
}

fn write_value(value: &ColumnValue) -> Option<String> {
    match value {
        ColumnValue::Nothing => None,
        ColumnValue::Name(name) => Some(quoted(name)),
        ColumnValue::Cluster(cluster) => Some(cluster.to_string()),
    }
}

/// As text stands in predicates.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// From the first to the last second of a time, in days, minutes or seconds, whichever says it shortest.
fn moments(from: f64, to: f64) -> [String; 2] {
    let (from, to) = (from as i64, to as i64);
    let begins_and_ends = |secs: i64| from.rem_euclid(secs) == 0 && (to + 1).rem_euclid(secs) == 0;
    let letters = match () {
        () if begins_and_ends(86_400) => 10,
        () if begins_and_ends(60) => 16,
        () => usize::MAX,
    };
    [from, to].map(|moment| {
        // `2024-05-01 12:30 UTC`
        let minutes = moment_in_words(moment).trim_end_matches(" UTC").to_owned();
        let seconds = format!("{minutes}:{:02}", moment.rem_euclid(60));
        quoted(&seconds.chars().take(letters).collect::<String>())
    })
}
