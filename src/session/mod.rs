//! What is known and what is chosen: pure state, not a pixel, no threads.
