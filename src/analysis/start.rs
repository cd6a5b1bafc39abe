//! Where the points of a layout begin.

/// Points around the origin, the longer axis with this standard deviation: so small that they move freely. Only the shape
/// of `start` counts; what is not finite is 0.
///
/// # Shapes
/// Returns one point for each of `start`.
pub fn small(start: &[[f32; 2]], standard_deviation: f64) -> Vec<[f64; 2]> {
    let finite = |value: f32| if value.is_finite() { f64::from(value) } else { 0.0 };
    let count = start.len().max(1) as f64;
    let means = [0, 1].map(|axis| start.iter().map(|point| finite(point[axis])).sum::<f64>() / count);
    let variance = |axis: usize| start.iter().map(|p| (finite(p[axis]) - means[axis]).powi(2)).sum::<f64>() / count;
    let deviation = variance(0).max(variance(1)).sqrt();
    let scale = if deviation > 0.0 { standard_deviation / deviation } else { 0.0 };
    // Points in one place would never part.
    let nudge = |place: usize| ((place * 7919 % 1000) as f64 / 1000.0 - 0.5) * standard_deviation * 1e-3;
    let at = |row: usize, axis: usize| (finite(start[row][axis]) - means[axis]) * scale + nudge(row * 2 + axis);
    (0..start.len()).map(|row| [0, 1].map(|axis| at(row, axis))).collect()
}
