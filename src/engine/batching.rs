//! How many images go through the network at once.

/// A batch should not keep a person's look waiting longer than this.
const TARGET_SECS: f64 = 0.25;
/// Beyond this a larger batch wins nothing, and memory counts.
const MOST: usize = 64;
/// The same where the network runs on this processor: the activations of more images fall out of its caches, and out of
/// what the allocator keeps, so that every layer's memory is cleared page by page. SqueezeNet takes 26 ms an image one by
/// one, 36 ms in batches of 16.
const MOST_ON_CPU: usize = 4;

/// Chooses batch sizes from measured time: powers of two, since GPU kernels are tuned once for each size.
#[derive(Debug)]
pub struct BatchSize {
    images: usize,
    most: usize,
    fixed: bool,
}

impl BatchSize {
    /// Starts small, so that the first results are there soon, unless the size is `fixed`.
    pub fn new(fixed: Option<usize>, is_on_cpu: bool) -> Self {
        let most = if is_on_cpu { MOST_ON_CPU } else { MOST };
        Self { images: fixed.unwrap_or(4).max(1), most, fixed: fixed.is_some() }
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
