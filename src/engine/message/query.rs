//! Questions about images, in the [language of predicates](crate::domain::predicate).

use std::sync::Arc;

use super::Problem;
use crate::domain::{Count, Grouping, ImageId, ImageSet, PredicateError};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryWish {
    /// The predicate as the person wrote it.
    pub text: String,
    /// By what to count the images that are found, if at all.
    pub count_by: Option<Grouping>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct QueryAnswer {
    /// What was asked.
    pub wish: QueryWish,
    /// What was found, or why nothing could be.
    pub found: Result<Found, Refusal>,
}

/// The images for which a predicate is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The images, ascending.
    pub ids: Arc<Vec<ImageId>>,
    /// The same as a set: whoever draws a window is not to put each of a million into one.
    pub set: Arc<ImageSet>,
    /// How many of them have what in common, if that was asked.
    pub counts: Option<Vec<Count>>,
    /// What the person may have got wrong: a label or tag that no image has.
    pub remarks: Vec<String>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It is not of the language, or names what is not there.
    Text(PredicateError),
    /// The workspace cannot be read.
    Problem(Problem),
}

impl Refusal {
    /// The same for whoever shows problems; `text` is what was asked.
    pub fn into_problem(self, text: &str) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Text(error) => {
                let what = format!("The predicate cannot be answered (letter {})", error.position(text));
                Problem::new(what, &error.what).with_remedy(error.remedy)
            }
        }
    }
}
