//! Something the person should be told once.

use std::time::Instant;

use crate::engine::Problem;

/// A short message; problems stay until they are dismissed, good news fades.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Grows by one with each notice.
    pub id: u64,
    /// What to say.
    pub text: NoticeText,
    /// When it was said.
    pub since: Instant,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeText {
    /// Something went well.
    News(String),
    /// Something went wrong.
    Problem(Problem),
}
