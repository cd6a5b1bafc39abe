//! How long the frames of a window took.

use serde::Serialize;

/// What half of some frames, nearly all and all of them stayed below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FrameTimes {
    /// How many frames there were.
    pub frames: usize,
    /// Half of them took no longer, in milliseconds.
    pub median_ms: f64,
    /// 99 of 100 took no longer, in milliseconds.
    pub p99_ms: f64,
    /// The longest, in milliseconds.
    pub worst_ms: f64,
}

impl FrameTimes {
    /// Of frames that took so many seconds each; `None` of none.
    pub fn of(secs: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut ms: Vec<f64> = secs.into_iter().map(|secs| secs * 1e3).collect();
        ms.sort_by(f64::total_cmp);
        let worst_ms = *ms.last()?;
        // The smallest that so many of a hundred are not above.
        let at = |hundredths: usize| ms[(ms.len() * hundredths).div_ceil(100) - 1];
        Some(Self { frames: ms.len(), median_ms: at(50), p99_ms: at(99), worst_ms })
    }
}
