//! How many images go through the network at once.

/// A batch should not keep a person's look waiting longer than this.
const TARGET_SECS: f64 = 0.25;
/// Chooses batch sizes from measured time: powers of two, since GPU kernels are tuned once for each size.
#[derive(Debug)]
pub struct BatchSize {
    images: usize,
    most: usize,
    fixed: bool,
}

impl BatchSize {
    /// Starts small, so that the first results are there soon, unless the size is `fixed`; `most` is what the
    /// network's activations allow ([`Graph::images_at_a_time`](crate::network::Graph::images_at_a_time)).
    pub fn new(fixed: Option<usize>, most: usize) -> Self {
        Self { images: fixed.unwrap_or(most.min(4)).max(1), most, fixed: fixed.is_some() }
    }

    /// Images for the next batch.
    pub fn images(&self) -> usize {
        self.images
    }

    /// Learns from a batch.
    pub fn learn(&mut self, images: usize, elapsed_secs: f64) {
        if self.fixed || images < self.images {
            return;
        }
        if elapsed_secs < TARGET_SECS / 2.0 {
            self.images = (self.images * 2).min(self.most);
        } else if elapsed_secs > TARGET_SECS * 2.0 {
            self.images = (self.images / 2).max(1);
        }
    }
}
