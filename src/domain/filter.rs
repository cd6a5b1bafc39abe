//! Which images of the collection are shown, and in which order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Centrality, ImageRecord};

/// A predicate over what is known of an image. An empty filter lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Words that must all occur in the path, in any case.
    pub text: String,
    /// If not empty, the label must be one of these; images without a label count as `""`.
    pub labels: BTreeSet<String>,
    /// Only images that could not be read.
    pub only_problems: bool,
    /// If not empty, a [predicate](crate::domain::Predicate) that must be true. Only the workspace can tell of which
    /// images it is: [`Filter::accepts`] leaves it out.
    #[serde(default)]
    pub predicate: String,
}

impl Filter {
    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.labels.is_empty() && !self.only_problems && self.predicate.trim().is_empty()
    }

    /// Whether `image` passes, as far as its record says.
    pub fn accepts(&self, image: &ImageRecord) -> bool {
        if self.only_problems && image.problem.is_none() {
            return false;
        }
        if !self.labels.is_empty() && !self.labels.contains(image.label.as_deref().unwrap_or("")) {
            return false;
        }
        if self.text.trim().is_empty() {
            return true;
        }
        let path = image.path.text.to_lowercase();
        self.text.split_whitespace().all(|word| path.contains(&word.to_lowercase()))
    }
}

/// The order of the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By path: the order of the folder.
    #[default]
    Path,
    /// By label, then path.
    Label,
    /// Largest picture first.
    Pixels,
    /// Newest file first.
    Newest,
    /// Most like the probe first, when there is one.
    Similarity,
    /// Most central in the graph of nearest neighbours first, once that is measured.
    Centrality(Centrality),
}

impl Sort {
    /// All of them, for menus.
    pub const ALL: [Sort; 8] = [
        Sort::Path,
        Sort::Label,
        Sort::Pixels,
        Sort::Newest,
        Sort::Similarity,
        Sort::Centrality(Centrality::SHOWN[0]),
        Sort::Centrality(Centrality::SHOWN[1]),
        Sort::Centrality(Centrality::SHOWN[2]),
    ];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Path => "path",
            Sort::Label => "label",
            Sort::Pixels => "size",
            Sort::Newest => "newest",
            Sort::Similarity => "similarity",
            Sort::Centrality(by) => by.word(),
        }
    }
}
