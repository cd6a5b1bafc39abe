//! An image near a probe.

use serde::{Deserialize, Serialize, Serializer};

use super::ImageId;

/// One entry of a neighbour list; lists are sorted nearest first, ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The image that was found.
    pub image: ImageId,
    /// Its similarity (cosine), distance (Euclidean) or product (dot) to the probe: as single precision has it, unless it
    /// is beyond that.
    #[serde(serialize_with = "write_score")]
    pub score: f64,
}

/// A score in as few digits as say it: those of single precision where it is in it.
pub fn score_in_digits(score: f64) -> String {
    if is_single(score) { (score as f32).to_string() } else { score.to_string() }
}

/// Writes a score with as few digits as say it.
///
/// # Errors
/// When the serializer fails.
pub fn write_score<S: Serializer>(score: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if is_single(*score) { serializer.serialize_f32(*score as f32) } else { serializer.serialize_f64(*score) }
}

/// As [`write_score`], of a score that may be missing.
///
/// # Errors
/// When the serializer fails.
pub fn write_some_score<S: Serializer>(score: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match score {
        Some(score) => write_score(score, serializer),
        None => serializer.serialize_none(),
    }
}

fn is_single(score: f64) -> bool {
    f64::from(score as f32) == score
}
