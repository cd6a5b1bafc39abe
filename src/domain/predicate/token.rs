//! Words, texts, numbers and signs.

use super::{MAX_TEXT_BYTES, Number, PredicateError, Span};

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or keyword, in small letters.
    Word(String),
    /// What stood in quotes.
    Text(String),
    /// A number.
    Number(Number),
    /// `=`, `<>`, `<`, `<=`, `>`, `>=`, `(`, `)`, `,`, `+`, `-`, `*` or `/`
    Sign(&'static str),
}

const SIGNS: [(&str, &str); 14] = [
    ("<>", "<>"),
    ("!=", "<>"),
    ("<=", "<="),
    (">=", ">="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    (",", ","),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
];

/// Words after which a number begins, and no calculation goes on.
const JOINING: [&str; 8] = ["and", "or", "not", "in", "between", "is", "like", "ilike"];

/// What other languages would write, and what is written here.
const FOREIGN: [(&str, &str); 8] = [
    ("==", "Write = for equal"),
    ("&&", "Write and"),
    ("||", "Write or"),
    ("--", "There are no comments here"),
    ("/*", "There are no comments here"),
    (";", "A predicate is one question; leave ; out"),
    ("!", "Write not, or <> for unequal"),
    ("\"", "Text stands in single quotes: 'dog'"),
];

/// Cuts the text up.
///
/// # Errors
/// When it is too long, a quote is not closed, or a sign is none of ours.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, PredicateError> {
    if text.len() > MAX_TEXT_BYTES {
        let what = format!("this is {} bytes long", text.len());
        let span = Span { start: floor_boundary(text, MAX_TEXT_BYTES), end: text.len() };
        return Err(PredicateError::new(what, span).with_remedy(format!("At most {MAX_TEXT_BYTES} are read")));
    }
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(letter) = text[place..].chars().next() {
        let start = place;
        if letter.is_whitespace() {
            place += letter.len_utf8();
            continue;
        }
        // In `width - 5` the sign joins two numbers, in `between -5 and 5` it belongs to one.
        let joins = matches!(letter, '-' | '+') && found.last().is_some_and(|(token, _)| ends_number(token));
        let token = match letter {
            '\'' => {
                let (value, end) = quoted(text, start)?;
                place = end;
                Token::Text(value)
            }
            _ if letter.is_alphabetic() || letter == '_' => {
                let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
                place += text[start..].find(|letter| !is_part(letter)).unwrap_or(text.len() - start);
                Token::Word(text[start..place].to_lowercase())
            }
            _ if starts_number(&text[start..]) && !joins => {
                let (number, end) = number(text, start)?;
                place = end;
                Token::Number(number)
            }
            _ => {
                let (sign, length) = sign(text, start)?;
                place += length;
                Token::Sign(sign)
            }
        };
        found.push((token, Span { start, end: place }));
    }
    Ok(found)
}

/// Whether a number could end with this.
fn ends_number(token: &Token) -> bool {
    match token {
        Token::Number(_) | Token::Sign(")") => true,
        Token::Word(word) => !JOINING.contains(&word.as_str()),
        Token::Text(_) | Token::Sign(_) => false,
    }
}

/// The text between quotes, a doubled quote standing for one, and where it has ended.
fn quoted(text: &str, start: usize) -> Result<(String, usize), PredicateError> {
    let mut value = String::new();
    let mut letters = text[start + 1..].char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        if letter != '\'' {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            return Ok((value, start + 1 + place + 1));
        }
    }
    let span = Span { start, end: text.len() };
    Err(PredicateError::new("this text is not closed", span)
        .with_remedy("End it with ' and write '' for a quote in it"))
}

/// Whether a number begins here: digits, perhaps after a sign or a point.
fn starts_number(rest: &str) -> bool {
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    rest.starts_with(|letter: char| letter.is_ascii_digit())
}

fn number(text: &str, start: usize) -> Result<(Number, usize), PredicateError> {
    let bytes = text.as_bytes();
    let mut end = start + usize::from(matches!(bytes[start], b'-' | b'+'));
    let digits = |mut place: usize| {
        while bytes.get(place).is_some_and(u8::is_ascii_digit) {
            place += 1;
        }
        place
    };
    end = digits(end);
    let mut is_whole = true;
    if bytes.get(end) == Some(&b'.') {
        is_whole = false;
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let after = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        if digits(after) > after {
            is_whole = false;
            end = digits(after);
        }
    }
    // `20cm` or `2024-05` is meant as something else than a number.
    let rest = &text[end..];
    let is_date = is_whole && end - start == 4 && starts_month(rest);
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || (is_date && letter == '-');
    let glued = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    let span = Span { start, end: end + glued };
    if glued > 0 {
        let what = format!("{} is no number", &text[start..span.end]);
        let remedy = match is_date {
            true => "Dates stand in quotes: '2024-05-01'; around a minus there are blanks: 2024 - 05",
            false => "Text and dates stand in quotes: '2024-05-01'",
        };
        return Err(PredicateError::new(what, span).with_remedy(remedy));
    }
    let written = text[start..end].trim_start_matches('+');
    let number = match is_whole {
        true => written.parse().ok().map(Number::Whole),
        false => written.parse().ok().filter(|decimal: &f64| decimal.is_finite()).map(Number::Decimal),
    };
    let too_large = || PredicateError::new("this number is too large", span);
    Ok((number.ok_or_else(too_large)?, end))
}

/// `-05`, as after a year.
fn starts_month(rest: &str) -> bool {
    let month = rest.strip_prefix('-').map(str::as_bytes).unwrap_or_default();
    month.len() >= 2 && month[..2].iter().all(u8::is_ascii_digit)
}

fn sign(text: &str, start: usize) -> Result<(&'static str, usize), PredicateError> {
    let rest = &text[start..];
    let is_foreign = |(written, _): &&(&str, &str)| rest.starts_with(written);
    let is_ours = SIGNS.iter().find(|(written, _)| rest.starts_with(written));
    match (FOREIGN.iter().find(is_foreign), is_ours) {
        // `!=` is ours although `!` is not.
        (Some((foreign, remedy)), ours) if ours.is_none_or(|(ours, _)| foreign.len() > ours.len()) => {
            let span = Span { start, end: start + foreign.len() };
            Err(PredicateError::new(format!("{foreign} is not understood"), span).with_remedy(*remedy))
        }
        (_, Some((written, sign))) => Ok((sign, written.len())),
        _ => {
            let letter = rest.chars().next().unwrap_or_default();
            let span = Span { start, end: start + letter.len_utf8() };
            let error = PredicateError::new(format!("{letter:?} is not understood"), span);
            Err(match letter {
                '‘' | '’' | '“' | '”' | '`' | '´' => {
                    error.with_remedy("Text stands in straight quotes: 'dog'")
                }
                _ => error,
            })
        }
    }
}

fn floor_boundary(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}
