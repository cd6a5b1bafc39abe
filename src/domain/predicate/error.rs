//! What is wrong with a predicate, and where.

use super::Span;
use super::expected::Expected;

/// What is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}{}{remedy}", if remedy.is_empty() { "" } else { ". " })]
pub struct PredicateError {
    /// What is wrong.
    pub what: String,
    /// What to do; empty if that is clear.
    pub remedy: String,
    /// Where in the text.
    pub span: Span,
    /// What could have stood there.
    pub(super) expected: Option<Expected>,
}

impl PredicateError {
    /// Something wrong at a place.
    pub fn new(what: impl Into<String>, span: Span) -> Self {
        Self { what: what.into(), remedy: String::new(), span, expected: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// The letter of `text` at which it is wrong, counted from 1.
    pub fn position(&self, text: &str) -> usize {
        letters(text, self.span.start) + 1
    }

    /// The text in one line, and below it carets at what is wrong.
    pub fn pointed(&self, text: &str) -> String {
        let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let before = letters(text, self.span.start);
        let marked = (letters(text, self.span.end) - before).max(1);
        format!("{line}\n{}{}", " ".repeat(before), "^".repeat(marked))
    }
}

/// How many letters lie before a byte.
fn letters(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(place, _)| *place < byte).count()
}

/// The name most like `wrong`, if one is like it at all.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let similarity = |name: &str| strsim::jaro_winkler(&wrong, &name.to_lowercase());
    let best = names.into_iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)))?;
    (similarity(best) > 0.75).then_some(best)
}

/// The name that `wrong` is but for a slip of the finger or two: for words that may well be meant as they are written, where
/// [`nearest`] would suggest what only sounds alike.
pub fn mistyped<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let slips = |name: &str| strsim::damerau_levenshtein(&wrong, &name.to_lowercase());
    let best = names.into_iter().min_by_key(|name| slips(name))?;
    (slips(best) <= 2 && 2 * slips(best) < best.chars().count()).then_some(best)
}

/// What to do about a name that does not exist: the nearest one, or those there are.
pub fn names_there_are(wrong: &str, what: &str, names: &[&str]) -> String {
    const FEW: usize = 8;
    match nearest(wrong, names.iter().copied()) {
        Some(name) => format!("Did you mean {name}?"),
        None if names.is_empty() => format!("There are no {what} yet"),
        None if names.len() <= FEW => format!("There are {}", names.join(", ")),
        None => format!("There are {} and {} more", names[..FEW].join(", "), names.len() - FEW),
    }
}

impl PredicateError {
    /// A name that does not exist among those that do: `what` in the plural.
    pub fn unknown_name(said: impl Into<String>, wrong: &str, what: &str, names: &[&str], span: Span) -> Self {
        Self::new(said, span).with_remedy(names_there_are(wrong, what, names))
    }
}
