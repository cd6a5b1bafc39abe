//! In which numbers networks run.

/// In which numbers networks run. What is looked at and stored is of the same kind in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    #[default]
    Single,
    /// 16 bits where these are enough: half the memory.
    Half,
}
