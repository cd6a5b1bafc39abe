//! Numbers from numbers, one file a method.
//!
//! Every method takes a [`Vectors`](crate::domain::Vectors), works on the rayon pool it is called from, and asks
//! `cancelled()` at least every few milliseconds.

pub mod agreement;
pub mod neighbours;
pub mod pca;
mod rows;

pub use agreement::{Agreement, leave_one_out};
pub use neighbours::NeighbourIndex;
pub use pca::Plane;

/// Asked now and then by every method; answers whether the result is still wanted.
pub type Cancelled<'a> = &'a (dyn Fn() -> bool + Sync);
