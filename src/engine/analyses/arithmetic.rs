//! Sums and differences of classes, as a person writes them: `wolves - forest + desert`.

use crate::analysis::class_vectors::{ClassVectors, minus, plus};
use crate::domain::predicate::names_there_are;
use crate::engine::message::Problem;

/// The vector of an expression, from left to right, and the classes in it, which are no answer.
///
/// Signs have blanks around them, so that labels may hold any letters, signs among them. A difference keeps what is
/// positive.
///
/// # Errors
/// When a label is not known or missing.
pub fn arithmetic(vectors: &ClassVectors, expression: &str) -> Result<(Vec<f32>, Vec<usize>), Problem> {
    let terms = terms_of(&vectors.classes, expression)?;
    let mut operands: Vec<usize> = terms.iter().map(|(class, _)| *class).collect();
    operands.sort_unstable();
    operands.dedup();
    Ok((calculated(&terms, |term| vectors.row(terms[term].0)), operands))
}

/// The sum of terms from left to right: each place with whether it is taken away from what stands before it, where what would be
/// negative is 0. `row` gives the vector of a term, by its place among them.
pub fn calculated<'a>(terms: &[(usize, bool)], row: impl Fn(usize) -> &'a [f32]) -> Vec<f32> {
    let sum = terms.iter().enumerate().fold(None, |sum: Option<Vec<f32>>, (term, (_, is_minus))| {
        let row = row(term);
        Some(match sum {
            None => row.to_vec(),
            Some(sum) if *is_minus => minus(&sum, row),
            Some(sum) => plus(&sum, row),
        })
    });
    sum.unwrap_or_default()
}

/// The classes of an expression, from left to right, by their places among `classes`, and whether each is taken away.
///
/// # Errors
/// When a label is not known or missing.
pub fn terms_of(classes: &[String], expression: &str) -> Result<Vec<(usize, bool)>, Problem> {
    let what = "The classes cannot be compared";
    let find = |label: &str| {
        if label.is_empty() {
            return Err(Problem::new(what, format!("a label is missing in `{expression}`"))
                .with_remedy("Write labels with ` + ` or ` - ` between them."));
        }
        classes.iter().position(|class| class == label).ok_or_else(|| {
            let names: Vec<&str> = classes.iter().map(String::as_str).collect();
            Problem::new(what, format!("there is no class {label}"))
                .with_remedy(names_there_are(label, "classes", &names))
        })
    };
    // A label that is written exactly so is meant, whatever signs are in it.
    if let Some(class) = classes.iter().position(|class| class == expression.trim()) {
        return Ok(vec![(class, false)]);
    }
    let padded = format!(" {} ", expression.trim());
    let mut rest = padded.as_str();
    let mut terms = Vec::new();
    let mut is_minus = false;
    loop {
        let next = rest.find(" + ").into_iter().chain(rest.find(" - ")).min();
        let label = rest[..next.unwrap_or(rest.len())].trim();
        terms.push((find(label)?, is_minus));
        let Some(next) = next else { break };
        is_minus = rest[next..].starts_with(" - ");
        // The blank after a sign may be the one before the next.
        rest = &rest[next + 2..];
    }
    Ok(terms)
}
