//! What the files of a data set say of its pictures: labels, splits and boxes.

use std::path::Path;

use serde::Serialize;

use super::ImagePath;

/// How data sets are kept that labels, splits and boxes can be imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationFormat {
    /// One JSON file: images, categories, and annotations with boxes.
    Coco,
    /// `data.yaml`, and a text file a picture.
    Yolo,
    /// An XML file a picture, and lists of each split.
    Voc,
    /// A table with a column of paths, and of labels, splits or boxes.
    Csv,
    /// `metadata.csv`, `.jsonl` or `.parquet` beside the pictures, as Hugging Face has it.
    HuggingFace,
    /// Shards: archives that hold pictures with what is said of each beside it.
    WebDataset,
}

impl AnnotationFormat {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Coco, Self::Yolo, Self::Voc, Self::Csv, Self::HuggingFace, Self::WebDataset];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Coco => "coco",
            Self::Yolo => "yolo",
            Self::Voc => "voc",
            Self::Csv => "csv",
            Self::HuggingFace => "hf",
            Self::WebDataset => "webdataset",
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Coco => "COCO",
            Self::Yolo => "YOLO",
            Self::Voc => "Pascal VOC",
            Self::Csv => "CSV",
            Self::HuggingFace => "Hugging Face",
            Self::WebDataset => "WebDataset",
        }
    }

    /// What it is, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Coco => "FILE.json of COCO with categories and annotations",
            Self::Yolo => "data.yaml or its folder, with a text file a picture",
            Self::Voc => "a folder with Annotations (XML) and ImageSets",
            Self::Csv => "a table with columns of paths and of labels, splits or boxes",
            Self::HuggingFace => "metadata.csv, .jsonl or .parquet, or the folder it lies in",
            Self::WebDataset => "FILE.tar or a folder of them; their pictures must have been unpacked",
        }
    }
}

/// The columns of a table as a person names them; those that are not named are found by their usual names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// The one of paths.
    pub path: Option<String>,
    /// The one of labels.
    pub label: Option<String>,
    /// The one of splits.
    pub split: Option<String>,
}

/// What is said of one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotation {
    /// The picture's path as it is written, with `/` between folders.
    pub path: String,
    /// The bytes of a path that is not UTF-8: two of these may be the same text.
    pub raw: Option<Vec<u8>>,
    /// Whether the path lacks the ending of the picture's name.
    pub lacks_ending: bool,
    /// Where that stands: `line 3`, `image 12`; empty where the path says it.
    pub place: String,
    /// The picture's width and height in pixels, if they are said.
    pub size: Option<(u32, u32)>,
    /// Its labels, each once.
    pub labels: Vec<String>,
    /// Which part of the data set it belongs to.
    pub split: Option<String>,
    /// What is marked in it.
    pub boxes: Vec<AnnotatedBox>,
}

impl Annotation {
    /// Of the picture at `path`, nothing yet.
    pub fn of(path: impl Into<String>, place: impl Into<String>) -> Self {
        Self { path: path.into(), place: place.into(), ..Self::default() }
    }

    /// It is of the picture at this path, which is the name of a file.
    pub fn set_path(&mut self, path: &Path) {
        let ImagePath { text, raw } = ImagePath::from_relative(path);
        (self.path, self.raw) = (text, raw);
    }

    /// The same of a path in bytes, with `/` between folders.
    pub fn set_path_bytes(&mut self, path: &[u8]) {
        self.path = String::from_utf8_lossy(path).into_owned();
        self.raw = std::str::from_utf8(path).is_err().then(|| path.to_owned());
    }

    /// The path's bytes: they are others for every file.
    pub fn path_bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.path.as_bytes())
    }

    /// Adds a label unless it is there.
    pub fn add_label(&mut self, label: &str) {
        if !self.labels.iter().any(|known| known == label) {
            self.labels.push(label.to_owned());
        }
    }
}

/// A box as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotatedBox {
    /// From the left edge of the picture, from its top, width and height.
    pub frame: [f64; 4],
    /// Whether these are shares of the picture's sides instead of pixels.
    pub is_in_shares: bool,
    /// What is in it.
    pub label: Option<String>,
    /// Whether many things stand so close that they were not marked one by one.
    pub is_crowd: bool,
}

/// All that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotations {
    /// How it is kept.
    pub format: AnnotationFormat,
    /// One entry a picture.
    pub pictures: Vec<Annotation>,
    /// Whether labels are said at all: what pictures had of an earlier import is replaced then.
    pub have_labels: bool,
    /// Whether splits are said at all.
    pub have_splits: bool,
    /// Whether boxes are said at all.
    pub have_boxes: bool,
    /// What was passed over, each a sentence that says where.
    pub remarks: Remarks,
}

impl Annotations {
    /// Of these pictures, with what is said of any.
    pub fn new(format: AnnotationFormat, pictures: Vec<Annotation>, remarks: Remarks) -> Self {
        Self {
            format,
            have_labels: pictures.iter().any(|picture| !picture.labels.is_empty()),
            have_splits: pictures.iter().any(|picture| picture.split.is_some()),
            have_boxes: pictures.iter().any(|picture| !picture.boxes.is_empty()),
            pictures,
            remarks,
        }
    }
}

/// The most remarks that are kept in words; the others are counted.
const MOST_REMARKS: usize = 20;

/// Remarks, of which the first ones are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Remarks {
    /// The first ones.
    pub first: Vec<String>,
    /// How many there were.
    pub count: usize,
}

impl Remarks {
    /// Adds one.
    pub fn add(&mut self, remark: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < MOST_REMARKS {
            self.first.push(remark());
        }
    }

    /// Adds those of another list.
    pub fn join(&mut self, others: Self) {
        self.count += others.count;
        let room = MOST_REMARKS.saturating_sub(self.first.len());
        self.first.extend(others.first.into_iter().take(room));
    }
}

/// The split that a word in a name stands for: `train` in `instances_train2017.json` and in `shard-training-00.tar`.
pub fn split_in_name(name: &str) -> Option<&'static str> {
    name.to_lowercase().split(|letter: char| !letter.is_ascii_alphabetic()).find_map(split_of_word)
}

/// The split that a word stands for.
pub fn split_of_word(word: &str) -> Option<&'static str> {
    match word {
        "train" | "training" => Some("train"),
        "val" | "valid" | "validation" | "dev" => Some("val"),
        "test" | "testing" | "eval" | "evaluation" => Some("test"),
        _ => None,
    }
}
