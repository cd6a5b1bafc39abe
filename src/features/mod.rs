//! Activations to vectors.
//!
//! An activation `[n, c, h, w]` is pooled over space on the device; the vectors of all layers of a batch are joined there
//! and read back once.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod channel_stats;
mod classes;
mod error;
mod pool;
mod pooled;

pub use channel_stats::{ChannelStats, channel_stats};
pub use classes::{class_scores, top_classes};
pub use error::FeaturesError;
pub use pool::{pool, pool_both, pool_with_places, pooled};
pub use pooled::{PooledBatch, PooledRows};
