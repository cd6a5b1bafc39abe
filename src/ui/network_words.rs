//! What networks are called in the window, and what is said of those that are part of the program.

use std::path::Path;

use crate::domain::{Fit, Representation, Resizing, StoredLayer};
use crate::engine::NetworkFile;
use crate::session::Session;

/// The small trained network.
pub(super) const BUILTIN_TITLE: &str = "Ladyfinger";

/// Said of it before anything is open; once something is, the network speaks for itself.
pub(super) const BUILTIN_ABOUT: &str = "A small, quick network trained by this project. It sees what things look like.";

/// Said where the others are not in sight.
pub(super) const BUILTIN_MORE: &str = "For finer distinctions, download a larger one under Networks.";

/// The filters from formulas.
pub(super) const ANALYTIC_TITLE: &str = "Analytic filters";

/// Said of them.
pub(super) const ANALYTIC_ABOUT: &str = "Filters computed from formulas: edges, textures, colours. Nothing is learned.";

/// Said of vectors of the person's own.
pub(super) const VECTORS_ABOUT: &str = "Vectors of your own, stored in this workspace. No network is behind them: there \
                                        are neighbours, maps and clusters, but no heat maps.";

/// The name of a network in full.
pub(super) fn title(network: &NetworkFile, session: &Session) -> String {
    match network {
        NetworkFile::Builtin => BUILTIN_TITLE.to_owned(),
        NetworkFile::Analytic => ANALYTIC_TITLE.to_owned(),
        NetworkFile::File(path) => file_name(path),
        NetworkFile::Vectors(name) => name.clone(),
        NetworkFile::Known(name) => session.lasting.networks.known(name).map_or(name, |known| &known.title).clone(),
    }
}

/// How pictures are prepared for it: `227 × 227, stretched`.
pub(super) fn preparation(resizing: &Resizing) -> String {
    let fit = match resizing.fit {
        Fit::Stretch => "stretched",
        Fit::Crop { .. } => "cut at the sides",
        Fit::Letterbox { .. } => "whole, with borders",
    };
    format!("{} × {}, {fit}", resizing.width, resizing.height)
}

/// The last part of a path, or all of it.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// By what images are compared: the layer or layers, as people read their names.
pub(super) fn representation(at: &Representation, session: &Session) -> String {
    let titles = &session.opened.layer_titles;
    match at {
        Representation::Layer(source) => titles.of_name(&source.layer).to_owned(),
        Representation::Mix(layers) => {
            let part = |(source, weight): &(StoredLayer, f32)| match weight {
                1.0 => titles.of_name(&source.layer).to_owned(),
                weight => format!("{} × {weight}", titles.of_name(&source.layer)),
            };
            layers.iter().map(part).collect::<Vec<_>>().join(" + ")
        }
        Representation::Embedding => at.title(),
    }
}

/// `Caffe`, `ONNX`, `PyTorch`.
pub(super) fn format_name(format: &str) -> &str {
    match format {
        "caffe" => "Caffe",
        "onnx" => "ONNX",
        "pytorch" => "PyTorch",
        other => other,
    }
}
