//! What is taken away: pictures, tables, vectors and class vectors as files.

pub mod class_files;
pub mod job;
mod refusal;
mod said;
mod vectors;
