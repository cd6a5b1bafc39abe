//! Which images make a class.

use serde::{Deserialize, Serialize};

use super::ImageList;

/// What the images of one class have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassOrigin {
    /// The label that the class is called by.
    #[default]
    Label,
    /// The tag that the class is called by.
    Tag,
    /// A group of the clustering with this name.
    Cluster(String),
    /// This predicate is true of them, whenever the class vectors are made.
    Where(String),
    /// Somebody selected them; their paths.
    Selection(Vec<String>),
}

impl ClassOrigin {
    /// The word for it in tables, on the command line and in the window.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Tag => "tag",
            Self::Cluster(_) => "cluster",
            Self::Where(_) => "where",
            Self::Selection(_) => "selection",
        }
    }

    /// The clustering or the predicate; `None` of the others.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Cluster(text) | Self::Where(text) => Some(text),
            Self::Label | Self::Tag | Self::Selection(_) => None,
        }
    }

    /// Whether a person made the class, and its definition is nowhere else than with it.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Where(_) | Self::Selection(_))
    }
}

/// What all images are divided by, to make a class of each part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassesBy {
    /// Each label.
    Label,
    /// Each tag; an image may bear several.
    Tag,
    /// Each group of a clustering, by its name or how it begins; of the only one there is, if none is named.
    Cluster(Option<String>),
}

impl ClassesBy {
    /// The word for it on the command line: `label`, `tag`, `cluster`, `cluster:kmeans_20`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word == "label" => Some(Self::Label),
            None if word == "tag" => Some(Self::Tag),
            None if word == "cluster" => Some(Self::Cluster(None)),
            Some(("cluster", name)) if !name.is_empty() => Some(Self::Cluster(Some(name.to_owned()))),
            _ => None,
        }
    }
}

/// How a person changes the classes of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassChange {
    /// Add a class, or define one of that name anew.
    Add {
        /// What to call it.
        name: String,
        /// Which images make it.
        origin: ClassOrigin,
    },
    /// The same of images that are selected. Their paths, which make the class, are looked up by whoever adds it.
    #[serde(skip)]
    AddSelected {
        /// What to call it.
        name: String,
        /// These.
        images: ImageList,
    },
    /// Call a class by another name.
    Rename {
        /// What it is called.
        from: String,
        /// What it is to be called.
        to: String,
    },
    /// Forget the class of that name.
    Remove(String),
}
