//! Lloyd's sweeps.

use super::Means;
use super::points::Points;
use crate::analysis::{Cancelled, rows};

/// What one look at all rows tells.
struct Sweep {
    /// The nearest centre of each row and the squared distance to it.
    nearest: Vec<(u32, f32)>,
    /// `[k, channels]`: of the rows of each centre.
    sums: Vec<f64>,
}

impl Points<'_> {
    /// Each row to its nearest centre, each centre to the mean of its rows, until they rest. Tells how many sweeps are done.
    pub fn settle(
        &self,
        mut centres: Vec<f32>,
        sweeps: usize,
        threshold: f64,
        watch: &dyn Fn(usize),
        cancelled: Cancelled<'_>,
    ) -> Option<Means> {
        let mut sweep = self.sweep(&centres, cancelled)?;
        let mut done = 0;
        while done < sweeps {
            done += 1;
            let means = self.means(&centres, &sweep);
            let moved: f64 = means.iter().zip(&centres).map(|(a, b)| f64::from(a - b).powi(2)).sum();
            centres = means;
            let before = std::mem::replace(&mut sweep, self.sweep(&centres, cancelled)?).nearest;
            watch(done);
            let is_same = before.iter().zip(&sweep.nearest).all(|(a, b)| a.0 == b.0);
            if is_same || moved <= threshold {
                break;
            }
        }
        let inertia = sweep.nearest.iter().map(|(_, distance)| f64::from(*distance)).sum();
        let of = sweep.nearest.into_iter().map(|(of, _)| of).collect();
        Some(Means { centres, of, inertia, sweeps: done, sample: None })
    }

    /// Finds the nearest centre of each row, ties to the first, and sums the rows of each while they are in the caches.
    fn sweep(&self, centres: &[f32], cancelled: Cancelled<'_>) -> Option<Sweep> {
        let channels = self.channels();
        let squares = self.squares_of(centres);
        let k = squares.len();
        let parts = self.parts(|blocks| {
            let (mut scratch, mut distances) = (Vec::new(), Vec::new());
            let (mut nearest, mut sums) = (Vec::new(), vec![0.0f64; k * channels]);
            for first in blocks {
                if cancelled() {
                    return None;
                }
                self.with_block(*first, &mut scratch, |block| {
                    self.distances_beyond_own(block, centres, &squares, &mut distances);
                    let rows_of_block = block.chunks_exact(channels).zip(distances.chunks_exact(k));
                    for (place, (row, distances)) in rows_of_block.enumerate() {
                        let (of, beyond) = nearest_of(distances);
                        rows::add_to(row, &mut sums[of as usize * channels..][..channels]);
                        nearest.push((of, (self.own(*first + place) + beyond).max(0.0)));
                    }
                });
            }
            Some(Sweep { nearest, sums })
        });
        let mut whole = Sweep { nearest: Vec::with_capacity(self.rows()), sums: vec![0.0; k * channels] };
        for part in parts? {
            whole.nearest.extend(part.nearest);
            whole.sums.iter_mut().zip(part.sums).for_each(|(sum, part)| *sum += part);
        }
        Some(whole)
    }

    /// A centre without rows goes to the row that is farthest from its own.
    fn means(&self, centres: &[f32], sweep: &Sweep) -> Vec<f32> {
        let channels = self.channels();
        let mut counts = vec![0u64; centres.len() / channels.max(1)];
        sweep.nearest.iter().for_each(|(of, _)| counts[*of as usize] += 1);
        let mut far: Vec<usize> = Vec::new();
        if counts.contains(&0) {
            far = (0..sweep.nearest.len()).collect();
            far.sort_by(|a, b| sweep.nearest[*b].1.total_cmp(&sweep.nearest[*a].1).then(a.cmp(b)));
        }
        let mut far = far.into_iter();
        let mut means = centres.to_vec();
        for (of, mean) in means.chunks_exact_mut(channels).enumerate() {
            match counts[of] {
                0 => {
                    if let Some(row) = far.next() {
                        mean.copy_from_slice(&self.row(row));
                    }
                }
                count => {
                    let sums = &sweep.sums[of * channels..][..channels];
                    mean.iter_mut().zip(sums).for_each(|(mean, sum)| *mean = (sum / count as f64) as f32);
                }
            }
            self.settle_mean(mean);
        }
        means
    }
}

fn nearest_of(distances: &[f32]) -> (u32, f32) {
    (0..).zip(distances).fold((0, f32::INFINITY), |best, (of, d)| if *d < best.1 { (of, *d) } else { best })
}
