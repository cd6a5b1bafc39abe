//! How a data set is laid out that is exported.

use serde::{Deserialize, Serialize};

use super::{ClassesBy, MapPicture, SplitBy};

/// How a data set is laid out, a table of images, or a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetOptions {
    /// What the classes are.
    pub by: ClassesBy,
    /// How pictures get there.
    pub placing: FilePlacing,
    /// By what they are put into splits.
    #[serde(default)]
    pub splits: SplitBy,
    /// Whose clusters a table of images tells.
    #[serde(default)]
    pub clusters: ClustersTold,
    /// Whether texts that begin like a formula are written as they are into a table for spreadsheets, which compute them.
    #[serde(default)]
    pub has_formulas: bool,
    /// How a map is drawn as a picture.
    #[serde(default)]
    pub map: MapPicture,
}

impl Default for DatasetOptions {
    fn default() -> Self {
        Self {
            by: ClassesBy::Label,
            placing: FilePlacing::Copy,
            splits: SplitBy::Imported,
            clusters: ClustersTold::default(),
            has_formulas: false,
            map: MapPicture::default(),
        }
    }
}

/// Whose clusters a table of images tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClustersTold {
    /// Of the clustering there is, if there is one and no other.
    #[default]
    OfTheOnlyOne,
    /// Of the clustering that is shown, by its name. Where another program has removed it since, the rest is told without it.
    OfTheShown(String),
    /// Of the clustering that a person named, by its name or how it begins. Where there is none, nothing is told.
    Of(String),
}

/// How a picture's file gets into a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilePlacing {
    /// As a copy.
    #[default]
    Copy,
    /// As a second name of the same file, which takes no space; on the same disk only.
    Hard,
    /// As a link to where it lies.
    Symbolic,
}

impl FilePlacing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Copy, Self::Hard, Self::Symbolic];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Hard => "hard",
            Self::Symbolic => "symbolic",
        }
    }
}
