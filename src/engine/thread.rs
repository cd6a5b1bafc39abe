//! What the engine's threads are made of: the way up to the listener, the newest question and who answers it, panics that end nothing, and
//! who opens files; what fails by the device that computes.

pub mod desk;
pub mod device_failure;
pub mod guard;
pub mod outbox;
pub mod readers;
pub mod slot;
