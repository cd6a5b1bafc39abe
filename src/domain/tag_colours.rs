//! The colours of tags: one for each, the same wherever it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A colour of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagColour {
    /// Red.
    Red,
    /// Orange.
    Orange,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// Teal.
    Teal,
    /// Blue.
    Blue,
    /// Violet.
    Violet,
    /// Magenta.
    Magenta,
}

impl TagColour {
    /// All of them, for menus.
    pub const ALL: [Self; 8] =
        [Self::Red, Self::Orange, Self::Yellow, Self::Green, Self::Teal, Self::Blue, Self::Violet, Self::Magenta];

    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Magenta => "magenta",
        }
    }

    // Of the colours of a hue that stand out by a contrast of 3.1 from all grounds, those were searched for that are farthest from each
    // other in OKLab, by the same four distances as the colours of labels (see `label_palette`): as most people see them, and as
    // those do who lack the cones for long, middle or short waves.

    /// On dark ground, as 0xRRGGBB.
    pub fn on_dark(self) -> u32 {
        match self {
            Self::Red => 0x00F8_2712,
            Self::Orange => 0x00F9_9713,
            Self::Yellow => 0x00EC_E069,
            Self::Green => 0x0048_CA84,
            Self::Teal => 0x008D_E8EC,
            Self::Blue => 0x004E_83F7,
            Self::Violet => 0x00D0_9CFB,
            Self::Magenta => 0x00C6_57A8,
        }
    }

    /// On light ground.
    pub fn on_light(self) -> u32 {
        match self {
            Self::Red => 0x009A_3845,
            Self::Orange => 0x0098_6035,
            Self::Yellow => 0x008E_8001,
            Self::Green => 0x0016_5919,
            Self::Teal => 0x0000_7F91,
            Self::Blue => 0x0008_37D9,
            Self::Violet => 0x0058_0298,
            Self::Magenta => 0x0062_0550,
        }
    }

    /// The colour of a tag for which nobody chose one: of its name alone, so that it is the same on every machine and whatever other
    /// tags there are.
    pub fn of_name(tag: &str) -> Self {
        // FNV-1a: what a map of the standard library hashes by is another from one version to the next.
        let hash = tag
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self::ALL[(hash % Self::ALL.len() as u64) as usize]
    }
}

/// The colours that a person chose for tags. A tag may have one before any image bears it, and keeps it when none does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagColours {
    /// By tag.
    pub chosen: BTreeMap<String, TagColour>,
}

impl TagColours {
    /// The colour of a tag: the chosen one, or that of its name.
    pub fn of(&self, tag: &str) -> TagColour {
        self.chosen.get(tag).copied().unwrap_or_else(|| TagColour::of_name(tag))
    }
}
