//! A vector in a file of text.

use std::path::Path;

use anyhow::Context;

/// Reads a file with one number per channel, separated by spaces, commas or line breaks.
///
/// # Errors
/// When it cannot be read or holds something else.
pub fn read_vector(file: &Path) -> anyhow::Result<Vec<f32>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the vector could not be read; it is a text file of numbers: {}", file.display()))?;
    let is_between = |letter: char| letter.is_whitespace() || ",;[]".contains(letter);
    text.split(is_between)
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().with_context(|| format!("`{word}` is no number: {}", file.display())))
        .collect()
}
