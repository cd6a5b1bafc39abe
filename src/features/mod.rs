//! Activations to vectors.
