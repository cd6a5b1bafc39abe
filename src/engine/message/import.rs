//! Labels, splits and boxes that are imported.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{AnnotationFormat, ColumnNames, Remarks, counted, thousands};

/// More names than this are counted.
const NAMED: usize = 8;

/// What to import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportWish {
    /// The file, or the folder.
    pub path: PathBuf,
    /// How it is kept; `None` to find out.
    pub format: Option<AnnotationFormat>,
    /// The split of all pictures of which the files say none.
    pub split: Option<String>,
    /// The columns of a table.
    pub columns: ColumnNames,
    /// Whether labels that were given by hand before it began give way, too.
    pub over_hand: bool,
    /// Which of what the files say.
    pub parts: ImportParts,
}

/// Which of what files say is imported; all else stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportParts {
    /// All of it.
    #[default]
    All,
    /// Labels and splits.
    Labels,
    /// Boxes.
    Boxes,
}

impl ImportParts {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::All, Self::Labels, Self::Boxes];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Labels => "labels",
            Self::Boxes => "boxes",
        }
    }

    /// Whether labels and splits are among them.
    pub fn has_labels(self) -> bool {
        self != Self::Boxes
    }

    /// Whether boxes are.
    pub fn has_boxes(self) -> bool {
        self != Self::Labels
    }
}

/// What was imported, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// How it is kept.
    pub format: AnnotationFormat,
    /// Of how many pictures the files speak.
    pub pictures: usize,
    /// How many of them are images of the collection.
    pub matched: usize,
    /// How many of these were found by the name of their file alone.
    pub by_name: usize,
    /// How many images get a label.
    pub labelled: usize,
    /// How many have several, which become tags.
    pub with_several: usize,
    /// How many images get a split.
    pub in_splits: usize,
    /// How many boxes there are, and in how many images.
    pub boxes: BoxCount,
    /// How many images have each label as their only one, most first.
    pub labels: Vec<(String, usize)>,
    /// How many images have each label among others, most first.
    pub labels_among_others: Vec<(String, usize)>,
    /// How many images are in each split, most first.
    pub splits: Vec<(String, usize)>,
    /// How many boxes have each label, most first; not those without one.
    pub box_labels: Vec<(String, usize)>,
    /// Whether labels or boxes that were imported before give way, also where the files say nothing of a picture.
    pub replaces_earlier: bool,
    /// How many images of the files have a label that was given by hand.
    pub labels_by_hand: usize,
    /// Whether these give way; else they are kept.
    pub over_hand: bool,
    /// Which of it is imported.
    pub parts: ImportParts,
    /// Pictures of the files that are not in the collection.
    pub unmatched: Remarks,
    /// Boxes that could not be placed.
    pub without_boxes: Remarks,
    /// What of the files is passed over.
    pub remarks: Remarks,
}

/// Boxes, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BoxCount {
    /// How many there are.
    pub boxes: usize,
    /// In how many images.
    pub images: usize,
}

impl ImportReport {
    /// What was recognised, a line each: first of what the files are, and how many of their pictures were found.
    pub fn facts(&self) -> Vec<String> {
        let pictures = |count| counted(count, "picture", "pictures");
        let named = |names: &[(String, usize)]| match names.is_empty() {
            true => String::new(),
            false => format!(": {}", in_words(names)),
        };
        // Where some have one the names are told there.
        let several = match self.labelled {
            0 => named(&self.labels_among_others),
            _ => String::new(),
        };
        let boxes = counted(self.boxes.boxes, "box", "boxes");
        let by_hand = counted(self.labels_by_hand, "label given by hand", "labels given by hand");
        let labels = |count: usize| if self.parts.has_labels() { count } else { 0 };
        let lines = [
            (
                1,
                format!("{} of {} matched ({})", pictures(self.matched), thousands(self.pictures), self.format.title()),
            ),
            (self.by_name, format!("{} of them by the name of the file alone", thousands(self.by_name))),
            (labels(self.labelled), format!("{} with a label{}", pictures(self.labelled), named(&self.labels))),
            (
                labels(self.with_several),
                format!(
                    "{} with several labels{several}{} all labels become tags, such as label:NAME",
                    pictures(self.with_several),
                    if several.is_empty() { ":" } else { ";" }
                ),
            ),
            (labels(self.labels_by_hand), format!("{by_hand} {}", if self.over_hand { "replaced" } else { "kept" })),
            (labels(self.in_splits), format!("{} in a split{}", pictures(self.in_splits), named(&self.splits))),
            (
                if self.parts.has_boxes() { self.boxes.boxes } else { 0 },
                format!("{boxes} in {}{}", pictures(self.boxes.images), named(&self.box_labels)),
            ),
        ];
        lines.into_iter().filter(|(count, _)| *count > 0).map(|(_, line)| line).collect()
    }

    /// Whether the files have labels or splits, and boxes, so that one can be imported without the other.
    pub fn has_both(&self) -> bool {
        self.labelled + self.with_several + self.in_splits > 0 && self.boxes.boxes > 0
    }

    /// The same report, as if the files said nothing but what is imported of them.
    pub fn of_parts(&self) -> Self {
        let mut report = self.clone();
        if !self.parts.has_labels() {
            (report.labelled, report.with_several, report.in_splits, report.labels_by_hand) = (0, 0, 0, 0);
            for names in [&mut report.labels, &mut report.labels_among_others, &mut report.splits] {
                names.clear();
            }
        }
        if !self.parts.has_boxes() {
            (report.boxes, report.box_labels) = (BoxCount::default(), Vec::new());
            report.without_boxes = Remarks::default();
        }
        report
    }

    /// What is left out, under what is said of it.
    pub fn left_out(&self) -> impl Iterator<Item = (&'static str, &Remarks)> {
        let lists = [
            ("not in the collection", &self.unmatched),
            ("without their boxes", &self.without_boxes),
            ("passed over", &self.remarks),
        ];
        lists.into_iter().filter(|(_, remarks)| remarks.count > 0)
    }

    /// Why nothing is imported, if nothing is: a sentence without its end.
    pub fn refusal(&self) -> Option<String> {
        let format = self.format.title();
        let of_none = format!("This is {format}, but none of its pictures is an image of the collection");
        match self.matched {
            0 if self.format == AnnotationFormat::WebDataset => Some(format!(
                "{of_none}. Pictures in a .tar are no files: unpack them (tar -xf SHARD.tar -C FOLDER), extract FOLDER, and import \
                 again"
            )),
            0 => Some(of_none),
            // What was imported for them before would go, and nothing come.
            _ if self.labelled + self.with_several + self.in_splits + self.boxes.boxes == 0 => {
                Some("What was recognised says nothing of these pictures".to_owned())
            }
            _ if !self.parts.has_boxes() && self.labelled + self.with_several + self.in_splits == 0 => {
                Some("There are no labels and no splits of these pictures in it".to_owned())
            }
            _ if !self.parts.has_labels() && self.boxes.boxes == 0 => {
                Some("There are no boxes of these pictures in it".to_owned())
            }
            _ => None,
        }
    }
}

/// `cat 12, dog 5 and 3 more`
fn in_words(names: &[(String, usize)]) -> String {
    let first: Vec<String> =
        names.iter().take(NAMED).map(|(name, count)| format!("{name} {}", thousands(*count))).collect();
    match names.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {} more", first.join(", "), thousands(more)),
    }
}
