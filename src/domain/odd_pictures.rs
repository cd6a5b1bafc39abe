//! Pictures that something is wrong with, whatever they show.

use serde::{Deserialize, Serialize};

use super::{ImageId, in_words::thousands};

/// In which way a picture is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OddKind {
    /// The file cannot be read, or is not there any more.
    Unreadable,
    /// It has far less fine detail than the collection's pictures usually have.
    Blurred,
    /// Nearly all of it is dark.
    Dark,
    /// Nearly all of it is bright.
    Bright,
    /// Nearly all of it has the same brightness.
    Blank,
    /// It is far wider, or far higher, than the collection's pictures usually are.
    Shape,
    /// It has far fewer pixels than the collection's pictures usually have.
    Tiny,
}

impl OddKind {
    /// All of them, for menus.
    pub const ALL: [Self; 7] =
        [Self::Unreadable, Self::Blurred, Self::Dark, Self::Bright, Self::Blank, Self::Shape, Self::Tiny];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Bright => "bright",
            Self::Blank => "blank",
            Self::Shape => "shape",
            Self::Tiny => "tiny",
        }
    }

    /// The name shown to the person, after a number: `3 near-blank`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Bright => "bright",
            Self::Blank => "near-blank",
            Self::Shape => "of odd shape",
            Self::Tiny => "tiny",
        }
    }
}

/// What is measured of a picture's brightness, at the size of a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureMeasures {
    /// How much of its contrast is fine detail: the mean square of the Laplacian over the variance. 0 for a picture without
    /// contrast.
    pub sharpness: f32,
    /// 95 % of its pixels are at most so bright; white is 1.
    pub dark: f32,
    /// 95 % of its pixels are at least so bright; white is 1.
    pub bright: f32,
    /// The entropy of its brightness in 32 steps, in bits: 0 for one colour, at most 5.
    pub entropy: f32,
}

/// One way in which a picture is odd.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Oddity {
    /// Which.
    pub kind: OddKind,
    /// What was measured: sharpness, brightness from 0 to 1, bits, width over height, pixels a side; 0 where nothing was.
    pub value: f32,
    /// What it is beyond: usual in the collection of sharpness, shape and size, else the limit.
    pub usual: f32,
}

impl Oddity {
    /// Why: with its number, and what is usual. `problem` is why the file cannot be read, if it cannot.
    pub fn reason(&self, problem: Option<&str>) -> String {
        let Self { kind, value, usual } = *self;
        let percent = |share: f32| format!("{:.0} %", share * 100.0);
        match kind {
            OddKind::Unreadable => problem.unwrap_or("the file could not be read").to_owned(),
            OddKind::Blurred => format!("blurred: sharpness {value:.4}, usually {usual:.2}"),
            OddKind::Dark => format!("dark: 95 % of its pixels are at most {} bright", percent(value)),
            OddKind::Bright => format!("bright: 95 % of its pixels are at least {} bright", percent(value)),
            OddKind::Blank => format!("near-blank: almost one brightness everywhere ({value:.2} bits of 5)"),
            OddKind::Shape => format!("{}, usually {}", shape_in_words(value), shape_in_words(usual)),
            OddKind::Tiny => {
                let side = |side: f32| thousands(side.round() as usize);
                format!("tiny: about {} pixels a side, usually {}", side(value), side(usual))
            }
        }
    }
}

/// `3.1 times as high as wide`.
fn shape_in_words(width_over_height: f32) -> String {
    if width_over_height >= 1.0 {
        format!("{width_over_height:.1} times as wide as high")
    } else {
        format!("{:.1} times as high as wide", 1.0 / width_over_height)
    }
}

/// A picture that something is wrong with.
#[derive(Clone, Debug, PartialEq)]
pub struct OddPicture {
    /// Which.
    pub image: ImageId,
    /// In which ways, in the order of [`OddKind::ALL`]; at least one.
    pub oddities: Vec<Oddity>,
}

impl OddPicture {
    /// Whether it is odd in this way.
    pub fn is(&self, kind: OddKind) -> bool {
        self.oddities.iter().any(|oddity| oddity.kind == kind)
    }

    /// Why, in all ways. `problem` is why the file cannot be read, if it cannot.
    pub fn reason(&self, problem: Option<&str>) -> String {
        let reasons: Vec<String> = self.oddities.iter().map(|oddity| oddity.reason(problem)).collect();
        reasons.join("; ")
    }
}

/// All that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct OddPictureReport {
    /// The table of vectors beside which they are kept.
    pub features: String,
    /// Ascending by image.
    pub pictures: Vec<OddPicture>,
    /// The ways in which so many of the pictures are that it is not odd here: they were left out.
    pub common: Vec<OddKind>,
    /// How many images were looked at, unreadable ones among them.
    pub compared: usize,
    /// How long it took.
    pub elapsed_secs: f64,
}

impl OddPictureReport {
    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("odd_{}", self.features)
    }

    /// How many pictures are odd in this way.
    pub fn count(&self, kind: OddKind) -> usize {
        self.pictures.iter().filter(|picture| picture.is(kind)).count()
    }
}
