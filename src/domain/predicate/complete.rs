//! How a predicate that is being written could go on.

use super::expected::{Expected, Function};
use super::parse::{SIZE, parse};
use super::{Column, Comparison, Field, Kind, Operation, Span};
use crate::domain::{Centrality, Pooling};

/// How many are offered.
const MOST: usize = 15;

/// The names there are in a collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary {
    /// Labels.
    pub labels: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Clusterings, each with the names of its clusters, as far as they are known.
    pub clusterings: Vec<(String, Vec<String>)>,
    /// Stored layers.
    pub layers: Vec<String>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The part of the text it stands for.
    pub replaces: Span,
    /// What to put there.
    pub insert: String,
    /// What it is, in a few words; may be empty.
    pub about: String,
}

/// How `text` could go on at `cursor` (bytes from its beginning), most likely first: columns, operators, functions, and
/// the names of `vocabulary` where a value stands.
pub fn complete(text: &str, cursor: usize, vocabulary: &Vocabulary) -> Vec<Completion> {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (start, is_quoted) = begun(&text[..cursor]);
    let written = &text[start..cursor];
    if !is_quoted && written.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Vec::new();
    }
    let expected = match parse(&text[..start]) {
        Ok(_) => Expected::Connective(false),
        Err(error) => match error.expected {
            Some(expected) => expected,
            None => return Vec::new(),
        },
    };
    let mut offers = offers(&expected, vocabulary);
    if !is_quoted && written.is_empty() && text[..cursor].ends_with(['\'', ')']) {
        // Words stand apart.
        for (insert, _) in offers.iter_mut().filter(|(insert, _)| insert.starts_with(char::is_alphabetic)) {
            insert.insert(0, ' ');
        }
    }
    let end = end_of(text, cursor, is_quoted);
    let wanted = written.to_lowercase();
    let plain = |insert: &str| insert.to_lowercase();
    let mut fitting: Vec<(String, String)> = Vec::new();
    let begins = |(insert, _): &&(String, String)| plain(insert).starts_with(&wanted);
    fitting.extend(offers.iter().filter(begins).cloned());
    let within = wanted.trim_start_matches('\'');
    let contains = |(insert, _): &&(String, String)| {
        !within.is_empty() && !plain(insert).starts_with(&wanted) && plain(insert).contains(within)
    };
    fitting.extend(offers.iter().filter(contains).cloned());
    fitting.retain(|(insert, _)| insert.trim_end() != text[start..end].trim_end());
    fitting.truncate(MOST);
    let replaces = Span { start, end };
    fitting.into_iter().map(|(insert, about)| Completion { replaces, insert, about }).collect()
}

/// Where the word or text that is being written began, and whether it is a text in quotes.
fn begun(head: &str) -> (usize, bool) {
    let mut open = None;
    let mut letters = head.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        if letter != '\'' {
            continue;
        }
        match open {
            None => open = Some(place),
            Some(_) if letters.next_if(|(_, next)| *next == '\'').is_some() => {}
            Some(_) => open = None,
        }
    }
    if let Some(open) = open {
        return (open, true);
    }
    let word = head.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_');
    (word.len(), false)
}

/// What is replaced goes to the end of the word, or to the quote that follows.
fn end_of(text: &str, cursor: usize, is_quoted: bool) -> usize {
    let rest = &text[cursor..];
    match is_quoted {
        true if rest.starts_with('\'') => cursor + 1,
        true => cursor,
        false => cursor + rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len()),
    }
}

/// Everything that could stand there, with what it is.
fn offers(expected: &Expected, vocabulary: &Vocabulary) -> Vec<(String, String)> {
    let offer = |insert: &str, about: &str| (insert.to_owned(), about.to_owned());
    let named = |names: &[String], after: &str| -> Vec<(String, String)> {
        names
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| (format!("{}{after}", quoted(name)), String::new()))
            .collect()
    };
    match expected {
        Expected::Operand => {
            let columns =
                Column::ALL.into_iter().map(|column| (format!("{} ", column.name()), column.about().to_owned()));
            let size = std::iter::once(offer("size ", SIZE.1.about()));
            let functions = Function::ALL.into_iter().map(|function| match function {
                Function::HasVectors => offer("has_vectors() ", "the network has seen it"),
                Function::Tag | Function::Cluster | Function::Feature | Function::Measure => {
                    (format!("{}(", function.name()), function.example().to_owned())
                }
            });
            columns.chain(size).chain(functions).chain([offer("not ", ""), offer("(", "")]).collect()
        }
        Expected::Check(field) => {
            let mut found: Vec<_> = Comparison::ALL
                .into_iter()
                .map(|comparison| (format!("{} ", comparison.sign()), String::new()))
                .collect();
            if field.kind() == Kind::Text {
                found.extend([offer("like ", "'d%'"), offer("ilike ", "in any case"), offer("not like ", "")]);
            }
            found.extend([
                offer("in (", "one of several"),
                offer("between ", "from … to …"),
                offer("is null ", "not known"),
                offer("is not null ", "known"),
            ]);
            if field.is_number() {
                found.extend(operations());
            }
            found
        }
        Expected::Quantity => {
            let numbers = Column::ALL.into_iter().filter(|column| Field::Column(*column).is_number());
            let columns = numbers.map(|column| (format!("{} ", column.name()), column.about().to_owned()));
            let feature = Function::Feature;
            let feature = (format!("{}(", feature.name()), "feature('conv3', 17)".to_owned());
            columns.chain([offer("size ", SIZE.1.about()), feature, offer("(", "")]).collect()
        }
        Expected::Sign(is_open) => is_open.then(|| offer(") ", "")).into_iter().chain(operations()).collect(),
        Expected::Denied(kind) => {
            let words: &[&str] =
                if *kind == Kind::Text { &["like ", "ilike ", "in (", "between "] } else { &["in (", "between "] };
            words.iter().map(|word| offer(word, "")).collect()
        }
        Expected::Null(may_deny) => {
            let all = [offer("null ", ""), offer("not null ", "")];
            all.into_iter().take(1 + usize::from(*may_deny)).collect()
        }
        Expected::Value(Field::Column(Column::Label)) => named(&vocabulary.labels, " "),
        Expected::Value(Field::Column(Column::Width)) => vec![offer("height ", "")],
        Expected::Value(Field::Column(Column::Height)) => vec![offer("width ", "")],
        Expected::Value(Field::Cluster(name)) => {
            let known = vocabulary.clusterings.iter().find(|(known, _)| known == name);
            known.map(|(_, names)| named(names, " ")).unwrap_or_default()
        }
        Expected::Value(_) => Vec::new(),
        Expected::Argument(Function::Tag, _) => named(&vocabulary.tags, ") "),
        Expected::Argument(Function::Cluster, _) => {
            let names: Vec<String> = vocabulary.clusterings.iter().map(|(name, _)| name.clone()).collect();
            named(&names, ") ")
        }
        Expected::Argument(Function::Measure, _) => {
            Centrality::ALL.into_iter().map(|by| (format!("'{}') ", by.word()), by.title().to_owned())).collect()
        }
        Expected::Argument(Function::Feature, 0) => named(&vocabulary.layers, ", "),
        Expected::Argument(Function::Feature, 2) => {
            Pooling::ALL.into_iter().map(|pooling| (format!("'{}') ", pooling.word()), String::new())).collect()
        }
        Expected::Argument(..) => Vec::new(),
        Expected::Only(word) => vec![offer(&format!("{word} "), "")],
        Expected::Connective(is_open) => {
            let mut found = vec![offer("and ", "both"), offer("or ", "one of them")];
            found.extend(is_open.then(|| offer(") ", "")));
            found
        }
    }
}

/// The signs that join numbers.
fn operations() -> Vec<(String, String)> {
    let about = ["plus", "minus", "times", "divided by"];
    let of = |(operation, about): (Operation, &str)| (format!("{} ", operation.sign()), about.to_owned());
    Operation::ALL.into_iter().zip(about).map(of).collect()
}

/// A name as text of the language.
fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}
