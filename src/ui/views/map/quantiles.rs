//! How a number stands among others of its kind.

/// A sample of numbers, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantiles {
    sorted: Vec<f64>,
}

impl Quantiles {
    /// Of these numbers, without those that are not finite.
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted }
    }

    /// The share of the numbers that are less than `value`, with half of those that are equal to it.
    pub fn share(&self, value: f64) -> f32 {
        let less = self.sorted.partition_point(|other| *other < value);
        let not_more = self.sorted.partition_point(|other| *other <= value);
        if self.sorted.is_empty() { 0.5 } else { (less + not_more) as f32 / (2 * self.sorted.len()) as f32 }
    }

    /// The share of the numbers that are less than `value`: of many that are 0, all are the least.
    pub fn below(&self, value: f64) -> f32 {
        let less = self.sorted.partition_point(|other| *other < value);
        less as f32 / self.sorted.len().saturating_sub(1).max(1) as f32
    }

    /// The least and the greatest, but for one in fifty at either end.
    pub fn ends(&self) -> Option<[f64; 2]> {
        let last = self.sorted.len().checked_sub(1)?;
        let beyond = self.sorted.len() / 50;
        Some([self.sorted[beyond], self.sorted[last - beyond]])
    }
}
