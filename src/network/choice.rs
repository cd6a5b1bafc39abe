//! Which network the person wants.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::NetworkError;
use crate::domain::NetworkEnding;
use crate::domain::file_ending::network_endings_in_words;

/// Which network to run; remembered between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkChoice {
    /// The small trained network that is part of the program.
    #[default]
    Builtin,
    /// Filters from formulas, of which every weight can be explained; nothing is learned.
    Analytic,
    /// A network of Caffe's.
    Caffe {
        /// The layers, as text.
        prototxt: PathBuf,
        /// The weights.
        caffemodel: PathBuf,
    },
    /// Weights of PyTorch's, of an architecture that is known.
    Torch {
        /// The tensors, by name.
        path: PathBuf,
    },
    /// A network in ONNX's format.
    Onnx {
        /// The file.
        path: PathBuf,
    },
}

impl NetworkChoice {
    /// Takes a file of PyTorch's or ONNX's, or one of the two files of a Caffe network and finds the other beside it.
    ///
    /// The partner has the same name up to the ending. Failing that, weights go with `deploy.prototxt`, and either file
    /// goes with the only one of the other kind in the folder.
    ///
    /// # Errors
    /// When `path` is neither, does not exist, or has no partner.
    pub fn from_file(path: &Path) -> Result<Self, NetworkError> {
        let refuse = |reason: String| NetworkError::Choice { reason, path: path.to_owned() };
        let Some(ending) = NetworkEnding::of(path) else {
            let these = network_endings_in_words();
            return Err(refuse(format!("this is not a network's file; choose a {these} file")));
        };
        fs::metadata(path).map_err(|source| NetworkError::Unreadable { source, path: path.to_owned() })?;
        let partner = |ending: &str| {
            find_partner(path, ending).ok_or_else(|| {
                refuse(format!(
                    "the other half of this network is missing; put its .{ending} file beside it, with the same name"
                ))
            })
        };
        let path = path.to_owned();
        Ok(match ending {
            NetworkEnding::Onnx => Self::Onnx { path },
            NetworkEnding::Torch => Self::Torch { path },
            NetworkEnding::CaffeLayers => Self::Caffe { caffemodel: partner("caffemodel")?, prototxt: path },
            NetworkEnding::CaffeWeights => Self::Caffe { prototxt: partner("prototxt")?, caffemodel: path },
        })
    }

    /// A short name for titles: the file's name without its ending.
    pub fn title(&self) -> String {
        match self {
            Self::Builtin => "ladyfinger".to_owned(),
            Self::Analytic => "analytic filters".to_owned(),
            Self::Caffe { caffemodel: path, .. } | Self::Torch { path } | Self::Onnx { path } => {
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
            }
        }
    }
}

fn find_partner(path: &Path, ending: &str) -> Option<PathBuf> {
    let same_name = path.with_extension(ending);
    if same_name.is_file() {
        return Some(same_name);
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if ending == "prototxt" {
        let deploy = folder.join("deploy.prototxt");
        if deploy.is_file() {
            return Some(deploy);
        }
    }
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut partners =
        files.filter(|file| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)) && file.is_file());
    let only = partners.next()?;
    partners.next().is_none().then_some(only)
}
