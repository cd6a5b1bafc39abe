//! By what pictures that leave are put into splits.

use serde::{Deserialize, Serialize};

/// By what pictures that leave are put into splits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// By what was imported; by nothing where nothing was.
    #[default]
    Imported,
    /// By nothing, whatever was imported.
    Nothing,
    /// By chance, each split getting its share.
    Shares(SplitShares),
}

/// How large the splits are that chance fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitShares {
    /// The share to validate with, in per cent.
    pub validation: u8,
    /// The share to test with, in per cent. What both leave is trained on.
    pub test: u8,
    /// Where chance starts: the same seed gives the same splits of the same pictures.
    pub seed: u64,
}

impl Default for SplitShares {
    fn default() -> Self {
        Self { validation: 10, test: 10, seed: 0 }
    }
}

impl SplitBy {
    /// What it is called on the command line: `imported`, `none`, or the three shares in per cent, as in `80,10,10`.
    ///
    /// # Errors
    /// What is wrong with the word, for the person.
    pub fn from_word(word: &str, seed: u64) -> Result<Self, String> {
        match word {
            "imported" => return Ok(Self::Imported),
            "none" => return Ok(Self::Nothing),
            _ => {}
        }
        let shares: Option<Vec<u8>> = word.split(',').map(|share| share.trim().parse().ok()).collect();
        let Some([train, validation, test]) = shares.as_deref() else {
            return Err(
                "write imported, none, or how many per cent are to train, validate and test with, as in 80,10,10"
                    .to_owned(),
            );
        };
        match [train, validation, test].into_iter().map(|share| u32::from(*share)).sum::<u32>() {
            100 if *train > 0 => Ok(Self::Shares(SplitShares { validation: *validation, test: *test, seed })),
            100 => Err("nothing is left to train with".to_owned()),
            sum => Err(format!("the three shares are {sum} per cent together; make them 100")),
        }
    }
}

impl SplitShares {
    /// What the splits are called, as programs that train call their folders.
    pub const NAMES: [&str; 3] = ["train", "val", "test"];

    /// The share to train with, in per cent.
    pub fn train(self) -> u8 {
        100_u8.saturating_sub(self.validation).saturating_sub(self.test)
    }

    /// Which of [`Self::NAMES`] each picture is in, of pictures that are told by what they show (their classes) and by their path.
    ///
    /// Each split gets its share of all to within one picture, and of each class to within a few. The order of the pictures does not
    /// matter.
    pub fn divide(self, pictures: &[(&[String], &str)]) -> Vec<&'static str> {
        let mut order: Vec<usize> = (0..pictures.len()).collect();
        let chance: Vec<u64> = pictures.iter().map(|(_, path)| chance(path, self.seed)).collect();
        // Class by class, so that none is left out of a split by chance.
        order.sort_unstable_by_key(|at| (pictures[*at].0, chance[*at], pictures[*at].1));
        let shares = [self.train(), self.validation, self.test].map(i64::from);
        // How much each split is owed, in hundredths of a picture: the next one goes to whom most is owed.
        let mut owed = [0_i64; 3];
        let mut split_of = vec![Self::NAMES[0]; pictures.len()];
        for at in order {
            for (owed, share) in owed.iter_mut().zip(shares) {
                *owed += share;
            }
            let next = (0..3).rev().max_by_key(|split| owed[*split]).unwrap_or(0);
            owed[next] -= 100;
            split_of[at] = Self::NAMES[next];
        }
        split_of
    }
}

/// A number that a path has by chance (FNV-1a, stirred by the last step of SplitMix64), the same on every machine.
fn chance(path: &str, seed: u64) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let sum = path.bytes().fold(start, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let sum = (sum ^ (sum >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let sum = (sum ^ (sum >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    sum ^ (sum >> 31)
}
