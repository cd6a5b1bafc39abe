//! Texts that somebody wrote where names are looked for, and meant as a predicate.

use super::expected::Function;
use super::narrowing::quoted;
use super::parse::SIZE;
use super::{Column, Predicate};

/// The signs of comparisons, the longer ones before what they begin with.
const SIGNS: [&str; 8] = ["!=", "<>", "<=", ">=", "==", "=", "<", ">"];

/// The predicate that a text seems to have been meant as: as it is, or with what is easily forgotten, as in `label: dog` and
/// `label = dog`; `None` of what may well be a part of a name. What comes back can perhaps not be read either: then it says what is
/// wrong with it, which a search for names does not.
pub fn meant_as_predicate(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if Predicate::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    let colon = text.split_once(':').map(|(field, value)| (field.trim(), value.trim()));
    if let Some((field, value)) = colon.filter(|(_, value)| !value.is_empty()) {
        if field.eq_ignore_ascii_case(Function::Tag.name()) {
            return Some(format!("tag({})", quoted(value)));
        }
        if is_column(field) {
            return Some(compared(field, "=", value));
        }
    }
    let sign = SIGNS.into_iter().filter_map(|sign| Some((text.find(sign)?, sign)));
    if let Some((at, sign)) = sign.min_by_key(|(at, _)| *at) {
        let (field, value) = (text[..at].trim(), text[at + sign.len()..].trim());
        let sign = if sign == "==" { "=" } else { sign };
        let rewritten = compared(field, sign, value);
        // In quotes what joins it to the next would be a part of the text.
        let is_joined = [" and ", " or "].iter().any(|word| value.to_ascii_lowercase().contains(word));
        let can_be_read = is_column(field) && !is_joined && Predicate::parse(&rewritten).is_ok();
        return Some(if can_be_read { rewritten } else { text.to_owned() });
    }
    let word = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next()?;
    let is_function = Function::ALL.iter().any(|function| word.eq_ignore_ascii_case(function.name()));
    let begins_as_one = is_function && text[word.len()..].trim_start().starts_with('(');
    let goes_on_as_one = is_column(word) && {
        let rest = text[word.len()..].trim_start().to_ascii_lowercase();
        ["like ", "ilike ", "in ", "in(", "between ", "is ", "not "].iter().any(|check| rest.starts_with(check))
    };
    (begins_as_one || goes_on_as_one).then(|| text.to_owned())
}

fn is_column(word: &str) -> bool {
    Column::ALL.iter().map(|column| column.name()).chain([SIZE.0]).any(|name| name.eq_ignore_ascii_case(word))
}

/// A comparison; what is neither a number nor in quotes is put into them.
fn compared(field: &str, sign: &str, value: &str) -> String {
    let plain = format!("{field} {sign} {value}");
    if Predicate::parse(&plain).is_ok() { plain } else { format!("{field} {sign} {}", quoted(value)) }
}
