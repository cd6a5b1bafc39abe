//! An answer with the engine that was chosen for it.

use serde::Serialize;

use crate::domain::StrategyChoice;

/// What was found, and by which strategy and why.
#[derive(Serialize)]
pub struct WithChoice<'a, T: Serialize> {
    /// What was found.
    #[serde(flatten)]
    pub answer: &'a T,
    /// Which strategy did the work, if one was chosen.
    pub choice: Option<&'a StrategyChoice>,
}
