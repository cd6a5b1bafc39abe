//! An answer with the engine that was chosen for it.

use serde::Serialize;

use crate::domain::EngineChoice;

/// What was found, and which engine found it and why.
#[derive(Serialize)]
pub struct WithChoice<'a, T: Serialize> {
    /// What was found.
    #[serde(flatten)]
    pub answer: &'a T,
    /// Which engine did the work, if one was chosen.
    pub choice: Option<&'a EngineChoice>,
}
