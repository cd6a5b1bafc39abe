//! Numbers and moments, as whole numbers of a column are compared with them.

use std::cmp::Ordering;

use super::Comparison;

/// A number as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Without a point; exact.
    Whole(i64),
    /// With a point or an exponent; finite.
    Decimal(f64),
}

impl Number {
    /// The nearest number of double precision.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Decimal(decimal) => decimal,
        }
    }

    /// The whole numbers that equal it, as a half-open range: one, or none for 2.5 (which lies before 3 all the same).
    pub fn whole_numbers(self) -> Seconds {
        match self {
            Self::Whole(whole) => Seconds { from: whole, until: whole.saturating_add(1) },
            Self::Decimal(decimal) => {
                // Beyond the range of whole numbers the cast takes the last one, which no column holds.
                let from = decimal.ceil() as i64;
                Seconds { from, until: if decimal.fract() == 0.0 { from.saturating_add(1) } else { from } }
            }
        }
    }
}

/// A stretch of whole numbers, of seconds since 1970 (UTC) where it is a date: from `from` to before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds {
    /// The first.
    pub from: i64,
    /// The first that is beyond.
    pub until: i64,
}

impl Seconds {
    /// Where `value` lies: before the stretch (less), in it (equal) or after it.
    pub fn order_of(self, value: i64) -> Ordering {
        match value {
            _ if value < self.from => Ordering::Less,
            _ if value >= self.until => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }

    /// The whole numbers that compare so with the stretch, as inclusive ranges without overlap.
    pub fn matching(self, comparison: Comparison) -> Vec<(i64, i64)> {
        let before = (i64::MIN, self.from.saturating_sub(1));
        let within = (self.from, self.until.saturating_sub(1));
        let after = (self.until, i64::MAX);
        let ranges = match comparison {
            Comparison::Equal => vec![within],
            Comparison::Unequal => vec![before, after],
            Comparison::Less => vec![before],
            Comparison::AtMost => vec![(before.0, within.1.max(before.1))],
            Comparison::More => vec![after],
            Comparison::AtLeast => vec![(self.from, i64::MAX)],
        };
        ranges.into_iter().filter(|(first, last)| first <= last).collect()
    }
}
