//! How many standard deviations a number is from the mean, and from where on that counts.

/// The low and the high bound of each feature; `None` is a silent side.
pub(super) type Bounds = (Vec<Option<f64>>, Vec<Option<f64>>);

/// `(value - mean) / std`, or 0 where `std` is 0; not finite where `value` is not.
pub(super) fn standardised(value: f32, mean: f64, std: f64) -> f64 {
    (f64::from(value) - mean) / divisor(std)
}

/// Divided by this, a feature that never changes is 0.
pub(super) fn divisor(std: f64) -> f64 {
    if std == 0.0 { f64::INFINITY } else { std }
}
