//! What a kernel may use of the processor.

use std::sync::OnceLock;

/// The instructions that a kernel may use.
///
/// Those that not every processor has can only be had from [`best`](Self::best) and [`all`](Self::all), which ask the
/// processor: holding them is leave to call a function that needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Plain,
    /// AVX2, FMA, F16C and POPCNT, which came to Intel's and AMD's processors together (2013, 2015).
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Instructions {
    /// Those that every processor has for which this was compiled.
    pub const PLAIN: Self = Self(Set::Plain);

    /// The fastest ones of this processor.
    pub fn best() -> Self {
        static BEST: OnceLock<Instructions> = OnceLock::new();
        *BEST.get_or_init(|| {
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c")
                && is_x86_feature_detected!("popcnt")
            {
                return Self(Set::Avx2);
            }
            Self::PLAIN
        })
    }

    /// All that this processor has, plain ones first.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::PLAIN, Self::best()];
        all.dedup();
        all
    }

    /// Whether these are no more than any processor has.
    pub fn are_plain(self) -> bool {
        self == Self::PLAIN
    }

    /// Whether AVX2, FMA, F16C and POPCNT may be used.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn have_avx2(self) -> bool {
        self.0 == Set::Avx2
    }
}
