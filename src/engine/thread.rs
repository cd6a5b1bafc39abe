//! What the engine's threads are made of: the way up to the listener, the newest question, and panics that end nothing.

pub mod guard;
pub mod outbox;
pub mod slot;
