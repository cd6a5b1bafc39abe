//! What can go wrong between the device and this processor.

use thiserror::Error;

/// Why vectors could not be read.
#[derive(Debug, Error)]
pub enum FeaturesError {
    /// The device failed, for instance because its memory was full.
    #[error("the compute device failed while features were read back ({reason}); try a smaller batch or the CPU")]
    Device {
        /// What it said.
        reason: String,
    },
}
