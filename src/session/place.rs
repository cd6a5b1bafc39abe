//! Where in the window a person is.

use serde::{Deserialize, Serialize};

/// One of the places of the window, each for one thing to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// All pictures: the map and the gallery.
    #[default]
    Explore,
    /// One picture, layer by layer.
    LookInside,
    /// Pictures with something in common: clusters and classes.
    Groups,
    /// What may be wrong: copies, outliers, labels.
    Check,
}

impl Place {
    /// All of them, in the order of the rail.
    pub const ALL: [Place; 4] = [Place::Explore, Place::LookInside, Place::Groups, Place::Check];

    /// The word for it in settings.
    pub fn word(self) -> &'static str {
        match self {
            Place::Explore => "explore",
            Place::LookInside => "look-inside",
            Place::Groups => "groups",
            Place::Check => "check",
        }
    }

    /// The name shown to the person.
    pub fn name(self) -> &'static str {
        match self {
            Place::Explore => "Explore",
            Place::LookInside => "Look inside",
            Place::Groups => "Groups",
            Place::Check => "Check",
        }
    }

    /// What it is for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Place::Explore => "All pictures, on a map and as a gallery",
            Place::LookInside => "One picture: what each layer of the network sees in it, and what it is most like",
            Place::Groups => "Pictures with something in common: clusters and classes",
            Place::Check => "What may be wrong: copies, outliers, labels",
        }
    }
}
