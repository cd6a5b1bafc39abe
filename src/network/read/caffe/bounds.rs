//! How much a description asks of its parser, before the parser sees it.
//!
//! The parser calls itself for every message inside a message, in braces or in angle brackets, and makes a structure of
//! each, however short it is in the text: a small file could use up the stack or fill the memory.

/// The longest published descriptions have some ten thousand. A layer, however short, takes some two thousand bytes.
const MOST_MESSAGES: usize = 200_000;

/// Caffe's messages lie in each other at most five deep.
const DEEPEST: usize = 32;

/// Counts the messages of `text` and how deep they lie in each other.
///
/// # Errors
/// What no network needs, with its line: too many messages, too deep, or a message of any type (`[domain/type] { ... }`),
/// for which Caffe's format has no place.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut letters = text.bytes().enumerate();
    let (mut messages, mut depth, mut is_in_brackets) = (0usize, 0usize, false);
    let line = |at: usize| text.as_bytes()[..at].iter().filter(|letter| **letter == b'\n').count() + 1;
    while let Some((at, letter)) = letters.next() {
        match letter {
            b'#' => _ = letters.find(|(_, letter)| *letter == b'\n'),
            quote @ (b'"' | b'\'') => match skip_string(quote, &mut letters) {
                true => {}
                // The parser stops here, too, and says why.
                false => return Ok(()),
            },
            b'{' | b'<' => {
                is_in_brackets = false;
                messages += 1;
                depth += 1;
                if depth > DEEPEST {
                    return Err(format!(
                        "line {}: its messages are nested more than {DEEPEST} deep, which no network needs",
                        line(at)
                    ));
                }
                if messages > MOST_MESSAGES {
                    return Err(format!("it has more than {MOST_MESSAGES} messages in braces, which no network needs"));
                }
            }
            b'}' | b'>' => depth = depth.saturating_sub(1),
            b'[' => is_in_brackets = true,
            b']' => is_in_brackets = false,
            b'/' if is_in_brackets => {
                return Err(format!(
                    "line {}: a type in brackets ([.../...]) stands where a field belongs; Caffe has none such",
                    line(at)
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Goes on behind the quote that ends a string; whether there is one before the line ends.
fn skip_string(quote: u8, letters: &mut impl Iterator<Item = (usize, u8)>) -> bool {
    while let Some((_, letter)) = letters.next() {
        match letter {
            b'\\' => _ = letters.next(),
            b'\n' => return false,
            letter if letter == quote => return true,
            _ => {}
        }
    }
    false
}
