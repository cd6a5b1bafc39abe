//! What is taken away, and what is moved: pictures, tables, vectors, class vectors, contact sheets and maps as files.

pub mod class_files;
pub mod job;
pub mod moving;
mod refusal;
mod said;
mod shown;
mod vectors;
