//! The colours of labels, found once and written down: of the window, and of maps that leave.

use serde::{Deserialize, Serialize};

/// How many labels have a colour of their own.
pub const COUNT: usize = 96;

/// How many colours labels have, and how far apart those are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelPalette {
    /// [`COUNT`].
    #[default]
    Many,
    /// Ten, as far apart as can be.
    Few,
}

impl LabelPalette {
    /// All of them, for menus.
    pub const ALL: [LabelPalette; 2] = [LabelPalette::Many, LabelPalette::Few];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            Self::Many => "Many",
            Self::Few => "Few, far apart",
        }
    }

    /// What it is good for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Many => {
                "96 colours for labels, clusters and tags, everywhere; colour-blind people tell the first ones apart."
            }
            Self::Few => {
                "Ten colours for labels, clusters and tags, everywhere, as far apart as can be for colour-blind people; what \
                 comes later is grey."
            }
        }
    }

    /// Its colours in order, as 0xRRGGBB.
    pub fn colours(self, is_dark: bool) -> &'static [u32] {
        match (self, is_dark) {
            (Self::Many, true) => &ON_DARK,
            (Self::Many, false) => &ON_LIGHT,
            (Self::Few, true) => &few::ON_DARK,
            (Self::Few, false) => &few::ON_LIGHT,
        }
    }
}

// Each is, of all colours that stand out by a contrast of 3.1 from the ground, the panel and what is raised from it, the one
// farthest from those before it in OKLab, by the least of four distances: as most people see it (weight 1), and as those do
// who lack the cones for long (1.6), middle (1.6) or short waves (1.3), by the matrices of Machado, Oliveira and Fernandes
// (2009). Chroma is between 0.05 and 0.18, lightness at least 0.36 and at most 0.9, and the grey of images without a label
// counts among those before. So the first are the safest, and the first 40 are never nearer than 0.05 to each other. On dark
// ground the cyan that came second was harsh: a calmer one of its hue stands there, and the four that it was too near to are
// others, found likewise. The window's accent, which says what is selected, is none of them: the amber and the browns that were nearer
// than 0.06 to it gave way, and what is farthest from all the others was put behind them.

/// Few colours, found together and not one after the other, so that even the nearest two of them are half as far again from each
/// other as those of the first ten below, whichever cones somebody lacks.
pub mod few {
    /// How many labels have a colour of their own.
    pub const COUNT: usize = 10;

    /// On dark ground, as 0xRRGGBB.
    pub const ON_DARK: [u32; COUNT] = [
        0x00C8_8CB4,
        0x006E_C8FF,
        0x0064_64DC,
        0x00BE_5000,
        0x00E6_FA96,
        0x0096_648C,
        0x0096_FFFA,
        0x00F0_7828,
        0x008C_8CFA,
        0x00BE_C8AA,
    ];

    /// On light ground.
    pub const ON_LIGHT: [u32; COUNT] = [
        0x0046_50D2,
        0x00B4_1E0A,
        0x0032_0A78,
        0x00C8_6432,
        0x003C_82D2,
        0x0078_0A00,
        0x0096_7882,
        0x0050_143C,
        0x0096_4696,
        0x0032_28AA,
    ];
}

/// On dark ground, as 0xRRGGBB.
pub const ON_DARK: [u32; COUNT] = [
    0x0000_A8FC,
    0x0012_8400,
    0x00B4_48A2,
    0x007E_EAF0,
    0x00C6_F060,
    0x0084_6CE4,
    0x00B4_BAF0,
    0x00DE_4E54,
    0x00DE_72D2,
    0x00FC_CCC6,
    0x006C_AE24,
    0x00AE_78A2,
    0x0054_DE96,
    0x0000_9672,
    0x00FC_7E30,
    0x00CC_9CC0,
    0x00CC_CC00,
    0x0084_C090,
    0x00C0_5400,
    0x0066_8AFC,
    0x0096_D8F0,
    0x007E_7E4E,
    0x0060_6CC0,
    0x009C_6084,
    0x0006_B46C,
    0x0090_F69C,
    0x00CC_6684,
    0x00EA_B4CC,
    0x00C0_9660,
    0x008A_90C0,
    0x00A8_DE72,
    0x009C_72C6,
    0x00C0_A2EA,
    0x00C0_84EA,
    0x00BA_7E12,
    0x00F6_907E,
    0x007E_66A8,
    0x0084_CCBA,
    0x00D2_B42A,
    0x00BA_EAD8,
    0x002A_BAFC,
    0x00A2_78EA,
    0x007E_AEAE,
    0x00C6_D2AE,
    0x0060_908A,
    0x00B4_A84E,
    0x00DE_E484,
    0x005A_7E66,
    0x00F0_8AD8,
    0x0024_78D2,
    0x0096_AE8A,
    0x00BA_C67E,
    0x00E4_A2D2,
    0x00C0_60B4,
    0x00A8_904E,
    0x00DE_D848,
    0x00DE_5A9C,
    0x00B4_6C36,
    0x00C6_78B4,
    0x00FC_78AE,
    0x00AE_CCFC,
    0x00A8_C04E,
    0x00A8_90FC,
    0x0042_C678,
    0x0084_9666,
    0x007E_96DE,
    0x009C_5ACC,
    0x00C0_5A66,
    0x00AE_6096,
    0x0078_7ED8,
    0x008A_78B4,
    0x00B4_E4AE,
    0x00AE_A2D2,
    0x0084_7200,
    0x0048_8A60,
    0x00D2_8A78,
    0x00A8_6036,
    0x00A2_C0A2,
    0x0066_9048,
    0x00A2_E4CC,
    0x0066_7848,
    0x0066_BA9C,
    0x00F6_A2E4,
    0x007E_EA96,
    0x00EA_E436,
    0x0066_E4BA,
    0x00C6_4284,
    0x0084_901E,
    0x0048_788A,
    0x00DE_9CFC,
    0x00C6_E46C,
    0x0096_9CC0,
    0x0066_CC60,
    0x0072_CCDE,
    0x00E4_CC5A,
    0x0066_A8A2,
];

/// On light ground.
pub const ON_LIGHT: [u32; COUNT] = [
    0x000C_6696,
    0x006C_005A,
    0x00CC_6012,
    0x0096_66DE,
    0x0030_2496,
    0x0090_0006,
    0x0000_9084,
    0x00B4_2448,
    0x009C_7260,
    0x0072_3C66,
    0x0054_42A8,
    0x006C_6CB4,
    0x003C_4824,
    0x007E_4EC0,
    0x008A_5A78,
    0x0054_2478,
    0x0078_8430,
    0x0096_247E,
    0x0060_3042,
    0x002A_6036,
    0x00BA_6684,
    0x00A8_3C96,
    0x007E_7242,
    0x0060_60D8,
    0x001E_4290,
    0x004E_725A,
    0x0036_7EEA,
    0x0060_7EAE,
    0x0084_0654,
    0x0078_0006,
    0x00C0_366C,
    0x005A_4878,
    0x00CC_549C,
    0x009C_243C,
    0x00A8_5AC6,
    0x0066_5AA8,
    0x00AE_5A06,
    0x0072_2466,
    0x008A_426C,
    0x0036_48BA,
    0x0090_729C,
    0x0054_2AA2,
    0x006C_2484,
    0x0078_3024,
    0x0006_4266,
    0x009C_5A8A,
    0x00D8_4866,
    0x008A_2A4E,
    0x002A_543C,
    0x0072_5A84,
    0x00A8_6672,
    0x005A_4200,
    0x006C_428A,
    0x001E_844E,
    0x004E_5A1E,
    0x0060_722A,
    0x002A_78D2,
    0x0054_3672,
    0x0054_8A48,
    0x0018_6666,
    0x0096_369C,
    0x008A_60A8,
    0x004E_7E78,
    0x002A_548A,
    0x0036_7242,
    0x0072_48AE,
    0x004E_188A,
    0x007E_309C,
    0x0066_2430,
    0x00A2_6CB4,
    0x0054_5478,
    0x00B4_482A,
    0x0042_3C84,
    0x004E_5ACC,
    0x0036_8496,
    0x00AE_722A,
    0x0048_7284,
    0x0054_3654,
    0x0090_48B4,
    0x00BA_604E,
    0x00A8_1E5A,
    0x007E_425A,
    0x0054_72C6,
    0x0054_3618,
    0x0084_66D2,
    0x0066_8A00,
    0x0066_4236,
    0x006C_0072,
    0x00B4_60A8,
    0x004E_5A8A,
    0x006C_669C,
    0x00A8_5A78,
    0x0078_1E1E,
    0x0042_6600,
    0x0066_6630,
    0x007E_305A,
];
