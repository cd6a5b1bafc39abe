//! How a verb ended, as an exit code.

use std::process::ExitCode;

/// What a shell or another program learns from the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Not done; the reason is on standard error.
    Failed,
    /// The command line made no sense.
    Misused,
    /// Done, but some images could not be read.
    DoneExceptSome,
    /// Stopped by Ctrl-C, in order: what was committed stays.
    Interrupted,
    /// Stopped by `kill`, in order: what was committed stays.
    Terminated,
}

/// Ctrl-C came before the verb was done. What stays of its work is said where the verb ends.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("stopped before the end")]
pub struct Interrupted;

/// What the person wrote makes no sense, found out only after the command line was read: ends with code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

impl Outcome {
    /// The number the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::Misused => 2,
            Outcome::DoneExceptSome => 3,
            Outcome::Interrupted => 130,
            Outcome::Terminated => 143,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(outcome.code())
    }
}
