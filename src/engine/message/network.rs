//! The networks that are known by name, and how pictures are to be prepared for one of the person's own.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{Decoding, Fit, Interpolation};
use crate::network::Preprocessing;

/// A network we know by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownNetwork {
    /// What a person calls it by.
    pub name: String,
    /// Its name in full.
    pub title: String,
    /// What it is and what it is good for.
    pub about: String,
    /// Who gives it away.
    pub publisher: String,
    /// On which terms.
    pub licence: String,
    /// Where one can read more.
    pub page: String,
    /// `caffe`, `onnx` or `pytorch`, by the file's ending.
    pub format: &'static str,
    /// How many classes it predicts, if that is known.
    pub classes: Option<usize>,
    /// Right first answers on ImageNet's validation pictures in per cent, as its publisher measured.
    pub top_1: Option<f32>,
    /// How pictures are prepared; if it is not known, as the reader of the file thinks.
    pub preprocessing: Option<Preprocessing>,
    /// Whether the person described it.
    pub is_own: bool,
    /// Whether it can be opened now.
    pub is_here: bool,
    /// The file to open.
    pub path: PathBuf,
    /// The files it consists of; none if it is a file of the person's.
    pub files: Vec<KnownFile>,
}

/// A file of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownFile {
    /// Its name.
    pub name: String,
    /// Where it is, or goes.
    pub path: PathBuf,
    /// Where it comes from.
    pub from: Vec<String>,
    /// Its size, if that is known.
    pub bytes: Option<u64>,
    /// Whether that is its exact size.
    pub bytes_are_exact: bool,
    /// By what it is recognised: `sha256 1378…`.
    pub checksum: Option<String>,
    /// Whether the network runs without it.
    pub is_optional: bool,
    /// Whether it lies there, in the right size as far as that is known. Its content is compared when it arrives, and on
    /// a download; what a person put there by hand is taken at its word until then.
    pub is_here: bool,
}

/// How pictures are to be prepared where that is not what the file's reader thinks. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreparationWish {
    /// Begin with that of this known network.
    pub like: Option<String>,
    /// What happens to the proportions.
    pub fit: Option<Fit>,
    /// How pixels are interpolated.
    pub interpolation: Option<Interpolation>,
    /// How much of a picture is decoded.
    pub decoding: Option<Decoding>,
    /// Whether blue comes first.
    pub blue_first: Option<bool>,
    /// For each channel in the network's order, from 0 to 255.
    pub mean: Option<[f32; 3]>,
    /// The same.
    pub deviation: Option<[f32; 3]>,
    /// A factor.
    pub scale: Option<f32>,
}
