//! What a cell says: texts, or a number.

use serde_json::Value;

/// What a cell of boxes is called, in the column's name and within it.
pub(super) const BOXES: [&str; 4] = ["objects", "boxes", "bbox", "bboxes"];

/// A text, or several. Numbers are classes without a name.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(truth) => vec![truth.to_string()],
        Value::Array(values) => values.iter().filter(|value| !value.is_array()).flat_map(texts).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// A finite number, also one that is written as a text. `None` if there is nothing.
///
/// # Errors
/// With what is there instead, in words.
pub(super) fn number(value: &Value) -> Result<Option<f64>, String> {
    let found = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_f64(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match found.filter(|number| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("no number: {}", shortened(&value.to_string()))),
    }
}

fn shortened(text: &str) -> String {
    const MOST_LETTERS: usize = 60;
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}
