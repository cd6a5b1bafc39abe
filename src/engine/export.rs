//! What is taken away: pictures, tables, vectors, class vectors, contact sheets and maps as files.

pub mod class_files;
pub mod job;
mod refusal;
mod said;
mod shown;
mod vectors;
