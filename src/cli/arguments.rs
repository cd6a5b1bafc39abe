//! What the arguments of every verb can do.

use super::{Console, Outcome};

/// The arguments of one verb. The list of the verbs is [`Verb`](super::Verb).
pub trait Arguments {
    /// Whether the answer is for a machine.
    fn wants_json(&self) -> bool;

    /// What there is of the verb's work when it is stopped before its end.
    fn what_stays(&self) -> &'static str;

    /// Does what is asked for, and answers on `console`.
    ///
    /// # Errors
    /// Why it cannot be done. [`Interrupted`](super::Interrupted) if the person stopped it, [`Misuse`](super::Misuse) if the
    /// command line made no sense.
    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome>;
}

/// Of verbs that only look, or that change everything or nothing.
pub const NOTHING_CHANGED: &str = "Nothing was changed.";

/// Of analyses, which keep a result when it is whole.
pub const NOTHING_KEPT: &str = "No result was saved; the same command starts over. Extracted features are unchanged.";

/// Of verbs that make what a workspace lacks, and keep it when it is whole.
pub const NO_ANSWER: &str = "There is no answer yet; run the same command again.";

/// Of verbs that commit as they go.
pub const COMMITTED_STAYS: &str = "Everything committed so far is saved; the same command continues from there.";

/// Of verbs that write files.
pub const WRITTEN_STAYS: &str = "What was written so far remains.";

/// Of the verb that writes a stream.
pub const STREAM_ENDS: &str = "The stream ends in the middle; rows that were written are good.";
