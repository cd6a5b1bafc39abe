//! What a kernel may use of the processor.

use std::sync::OnceLock;

/// The instructions that a kernel may use.
///
/// Those that not every processor has can only be had from [`best`](Self::best) and [`all`](Self::all), which ask the
/// processor: holding them is leave to call a function that needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(Set);

/// Each has all that those before it have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Set {
    Plain,
    /// AVX2, FMA, F16C and POPCNT, which came to Intel's and AMD's processors together (2013, 2015).
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F, DQ, BW and VL as well: twice as many registers, twice as wide (2017, 2022).
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX-512 VPOPCNTDQ as well, which counts bits (2019, 2022).
    #[cfg(target_arch = "x86_64")]
    Avx512Counting,
    /// NEON, which every 64-bit Arm has.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Set {
    /// Slowest ones first.
    const ALL: &[Self] = &[
        Self::Plain,
        #[cfg(target_arch = "x86_64")]
        Self::Avx2,
        #[cfg(target_arch = "x86_64")]
        Self::Avx512,
        #[cfg(target_arch = "x86_64")]
        Self::Avx512Counting,
        #[cfg(target_arch = "aarch64")]
        Self::Neon,
    ];

    /// Whether this processor has what this set has that those before it have not.
    fn is_there(self) -> bool {
        match self {
            Self::Plain => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => {
                is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
                    && is_x86_feature_detected!("f16c")
                    && is_x86_feature_detected!("popcnt")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Counting => is_x86_feature_detected!("avx512vpopcntdq"),
            // Miri does not know the instruction that asks for what lies at a place.
            #[cfg(target_arch = "aarch64")]
            Self::Neon => {
                cfg!(all(target_endian = "little", not(miri))) && std::arch::is_aarch64_feature_detected!("neon")
            }
        }
    }

    /// The last set that a word of [`MOST`](Instructions::MOST) allows.
    fn named(word: &str) -> Option<Self> {
        match word {
            "plain" => Some(Self::Plain),
            #[cfg(target_arch = "x86_64")]
            "avx2" => Some(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            "avx512" => Some(Self::Avx512Counting),
            #[cfg(target_arch = "aarch64")]
            "neon" => Some(Self::Neon),
            _ => None,
        }
    }
}

impl Instructions {
    /// Those that every processor has for which this was compiled.
    pub const PLAIN: Self = Self(Set::Plain);

    /// The environment's variable that says what [`best`](Self::best) may be at most: `plain`, or on x86-64 `avx2` or `avx512`,
    /// or on 64-bit Arm `neon`. To tell whether newer instructions are to blame for something, or what they are worth. Any
    /// other word changes nothing.
    pub const MOST: &str = "TIRAMISU_INSTRUCTIONS";

    /// The fastest ones of this processor, unless [`MOST`](Self::MOST) asks for less. Both are asked once.
    pub fn best() -> Self {
        static BEST: OnceLock<Instructions> = OnceLock::new();
        *BEST.get_or_init(|| {
            let most = std::env::var(Self::MOST).ok().and_then(|word| Set::named(word.trim()));
            let is_allowed = |these: &Self| most.is_none_or(|most| these.0 <= most);
            Self::all().into_iter().rfind(is_allowed).unwrap_or(Self::PLAIN)
        })
    }

    /// All that this processor has, plain ones first.
    pub fn all() -> Vec<Self> {
        Set::ALL.iter().take_while(|set| set.is_there()).map(|set| Self(*set)).collect()
    }

    /// Whether these are no more than any processor has.
    pub fn are_plain(self) -> bool {
        self == Self::PLAIN
    }

    /// Whether convolutions are faster in [lines](crate::convolution::Lined) than in planes: with AVX2 and with AVX-512. With others that
    /// was not measured.
    pub fn prefer_lines(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self.have_avx2();
        #[cfg(not(target_arch = "x86_64"))]
        false
    }

    /// Those of these whose registers hold no more than eight numbers: where half of wider ones would be in vain.
    pub(crate) fn of_eight(self) -> Self {
        #[cfg(target_arch = "x86_64")]
        return Self(self.0.min(Set::Avx2));
        #[cfg(not(target_arch = "x86_64"))]
        self
    }

    /// Whether AVX2, FMA, F16C and POPCNT may be used.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn have_avx2(self) -> bool {
        self.0 >= Set::Avx2
    }

    /// Whether AVX-512 F, DQ, BW and VL may be used as well.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn have_avx512(self) -> bool {
        self.0 >= Set::Avx512
    }

    /// Whether AVX-512 VPOPCNTDQ may be used as well.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn have_avx512_counting(self) -> bool {
        self.0 >= Set::Avx512Counting
    }

    /// Whether NEON may be used.
    #[cfg(target_arch = "aarch64")]
    pub(crate) fn have_neon(self) -> bool {
        self.0 >= Set::Neon
    }
}
