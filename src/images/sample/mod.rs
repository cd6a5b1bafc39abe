//! The sample collection.
