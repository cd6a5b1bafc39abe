//! What goes into a folder for each class, counted before anything does.

use super::{ClassesBy, SplitShares, counted, thousands};

/// What goes into folders, and what does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderCounts {
    /// How many pictures get into folders.
    pub pictures: usize,
    /// As how many files: one in several classes may get into several folders.
    pub files: usize,
    /// Into how many folders.
    pub folders: usize,
    /// How many of the pictures each split gets, in the order of their names; empty where there are none.
    pub splits: Vec<(String, usize)>,
    /// How many get into none since they are in no class.
    pub unclassed: usize,
    /// What gets into none, and why; those in no class as well.
    pub left: Vec<(String, String)>,
}

impl FolderCounts {
    /// What goes where, in a sentence: `132 pictures into 5 folders; 4 without a tag stay.` `left` is what those do that go
    /// nowhere, one of them and several.
    pub fn in_words(&self, by: &ClassesBy, left: [&str; 2]) -> String {
        let pictures = counted(self.pictures, "picture", "pictures");
        let mut words = format!("{pictures} into {}", counted(self.folders, "folder", "folders"));
        if !self.splits.is_empty() {
            // Those that chance fills as they are used: first what is trained on.
            let rank = |split: &str| SplitShares::NAMES.iter().position(|name| *name == split);
            let mut splits: Vec<&(String, usize)> = self.splits.iter().collect();
            splits.sort_by_key(|(split, _)| rank(split).unwrap_or(SplitShares::NAMES.len()));
            let named: Vec<String> =
                splits.iter().map(|(split, count)| format!("{split} {}", thousands(*count))).collect();
            words += &format!(" ({})", named.join(", "));
        }
        if self.unclassed > 0 {
            let without = match by {
                ClassesBy::Label => "without a label",
                ClassesBy::Tag => "without a tag",
                ClassesBy::Cluster(_) => "in no cluster",
            };
            let do_what = if self.unclassed == 1 { left[0] } else { left[1] };
            words += &format!("; {} {without} {do_what}", thousands(self.unclassed));
        }
        words + "."
    }
}
