//! What can be taken away, and as what: the one place that says what each format is called, what it holds and where it goes.
//! Menus, dialogs and the command line read it here.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::file_ending::either;

/// Letters and digits of a file's ending: `geojson`, `msgpack`, `markdown`. Folders that have a dot in their name end otherwise.
const MAX_ENDING: usize = 8;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// The files themselves, into a folder.
    Files,
    /// A table with one line an image.
    Csv,
    /// The same as JSON.
    Json,
    /// Boxes and labels as COCO has them.
    Coco,
    /// Boxes as YOLO has them, with the pictures.
    Yolo,
    /// The pictures in a folder for each class.
    Folders,
    /// Boxes, labels and tags as samples of FiftyOne.
    Fiftyone,
    /// The vectors of one layer as an array of NumPy's, and beside it, under the same name ending in `.csv`, a table of the
    /// images in the order of its rows.
    Npy,
    /// The vectors of any layers as Parquet, one row an image.
    Parquet,
    /// A contact sheet: the pictures small, many on a page, with their names; as PDF, or as PNG where the file's name ends so.
    Sheet,
    /// A map as a page for any browser, with its pictures within.
    Page,
    /// A map as a drawing, a dot an image.
    Svg,
    /// The same as a picture, or with the pictures themselves in the place of dots.
    Png,
}

/// What a format is, for whoever offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatDescription {
    /// The word on the command line.
    pub word: &'static str,
    /// What it is called in a sentence.
    pub title: &'static str,
    /// What is written, in a few words.
    pub about: &'static str,
    /// Where it goes, and what is there then; one of several in a sentence.
    pub place: &'static str,
    /// The command that asks for it.
    pub command: &'static str,
    /// What the dialog that asks for its place is called.
    pub question: &'static str,
    /// The file that is written; `None` where it is a folder.
    pub file: Option<FileDescription>,
    /// What it holds.
    pub content: ExportContent,
}

/// The file of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileDescription {
    /// How its name ends, in lower case and without the dot.
    pub ending: &'static str,
    /// How it may end as well, where another format has that ending unless a format is named, and what a dialog calls such files.
    pub or: Option<(&'static str, &'static str)>,
    /// What a dialog calls such files.
    pub kind: &'static str,
    /// What it is called unless the person writes otherwise.
    pub usual_name: &'static str,
}

/// What a format holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportContent {
    /// The pictures' files.
    Files,
    /// What is known of the images, and what the network says they show.
    Table,
    /// What people say of the images: labels, splits, boxes.
    Dataset,
    /// The vectors of images.
    Vectors {
        /// Whether those of several layers fit.
        several_layers: bool,
        /// Whether a table of the images comes in a file beside it.
        list_beside: bool,
    },
    /// The pictures, small enough that many are seen at once.
    Sheet,
    /// Where the images lie on a map.
    Map {
        /// Whether the pictures are seen as well.
        with_pictures: bool,
    },
}

impl ExportFormat {
    /// All of them, for menus.
    pub const ALL: [Self; 13] = [
        Self::Files,
        Self::Csv,
        Self::Json,
        Self::Npy,
        Self::Parquet,
        Self::Coco,
        Self::Yolo,
        Self::Folders,
        Self::Fiftyone,
        Self::Sheet,
        Self::Page,
        Self::Svg,
        Self::Png,
    ];

    /// What it is.
    pub fn description(self) -> &'static FormatDescription {
        match self {
            Self::Files => &FormatDescription {
                word: "files",
                title: "copies of the files",
                about: "Copies of the files",
                place: "a folder for copies of the files",
                command: "Copy files…",
                question: "Copy the pictures into a folder",
                file: None,
                content: ExportContent::Files,
            },
            Self::Csv => &FormatDescription {
                word: "csv",
                title: "CSV",
                about: "A table, one line an image",
                place: "FILE.csv with a line an image",
                command: "Export CSV…",
                question: "Export a table",
                file: Some(FileDescription {
                    ending: "csv",
                    or: None,
                    kind: "Comma separated values",
                    usual_name: "pictures.csv",
                }),
                content: ExportContent::Table,
            },
            Self::Json => &FormatDescription {
                word: "json",
                title: "JSON",
                about: "The same as JSON",
                place: "FILE.json with the same",
                command: "Export JSON…",
                question: "Export as JSON",
                file: Some(FileDescription { ending: "json", or: None, kind: "JSON", usual_name: "pictures.json" }),
                content: ExportContent::Table,
            },
            Self::Coco => &FormatDescription {
                word: "coco",
                title: "COCO",
                about: "Boxes and labels as COCO has them; a picture without boxes has its labels as image-level categories",
                place: "FILE.coco.json with COCO's images, categories and annotations",
                command: "Export for COCO…",
                question: "Export boxes and labels for COCO",
                file: Some(FileDescription {
                    ending: "coco.json",
                    or: None,
                    kind: "COCO",
                    usual_name: "pictures.coco.json",
                }),
                content: ExportContent::Dataset,
            },
            Self::Yolo => &FormatDescription {
                word: "yolo",
                title: "YOLO",
                about: "Boxes as YOLO has them, with the pictures",
                place: "with --format yolo an empty folder for data.yaml, images and labels",
                command: "Export for YOLO…",
                question: "Export pictures and their boxes for YOLO into an empty folder",
                file: None,
                content: ExportContent::Dataset,
            },
            Self::Folders => &FormatDescription {
                word: "folders",
                title: "image folders",
                about: "The pictures in a folder for each class, in folders of their splits",
                place: "with --format folders an empty folder for SPLIT/CLASS/PICTURE",
                command: "Export image folders…",
                question: "Choose a new or empty folder for the folders",
                file: None,
                content: ExportContent::Dataset,
            },
            Self::Fiftyone => &FormatDescription {
                word: "fiftyone",
                title: "FiftyOne",
                about: "Labels, tags and boxes as samples of FiftyOne",
                place: "FILE.fiftyone.json that FiftyOne's Dataset.from_json reads",
                command: "Export for FiftyOne…",
                question: "Export labels, tags and boxes for FiftyOne",
                file: Some(FileDescription {
                    ending: "fiftyone.json",
                    or: None,
                    kind: "FiftyOne",
                    usual_name: "pictures.fiftyone.json",
                }),
                content: ExportContent::Dataset,
            },
            Self::Npy => &FormatDescription {
                word: "npy",
                title: "NumPy",
                about: "The vectors of a layer, as NumPy's array, and a table of the images beside it",
                place: "FILE.npy with the vectors of a layer, float32 [images, channels], and beside it FILE.csv with the \
                        images in the order of its rows",
                command: "Export vectors for NumPy…",
                question: "Export the vectors of the layer, and a table of their images beside them",
                file: Some(FileDescription { ending: "npy", or: None, kind: "NumPy array", usual_name: "vectors.npy" }),
                content: ExportContent::Vectors { several_layers: false, list_beside: true },
            },
            Self::Parquet => &FormatDescription {
                word: "parquet",
                title: "Parquet",
                about: "The vectors of layers, as Parquet",
                place: "FILE.parquet with the columns of FILE.csv and a list of float32 for each layer",
                command: "Export vectors as Parquet…",
                question: "Export the vectors of the layer",
                file: Some(FileDescription {
                    ending: "parquet",
                    or: None,
                    kind: "Parquet",
                    usual_name: "vectors.parquet",
                }),
                content: ExportContent::Vectors { several_layers: true, list_beside: false },
            },
            Self::Sheet => &FormatDescription {
                word: "sheet",
                title: "a contact sheet",
                about: "The pictures small, thirty on a page, with their names and labels, as PDF or PNG",
                place: "FILE.pdf, or with --format sheet FILE.png, with the pictures small, thirty on a page",
                command: "Export a contact sheet…",
                question: "Export a contact sheet",
                file: Some(FileDescription {
                    ending: "pdf",
                    or: Some(("png", "PNG")),
                    kind: "PDF",
                    usual_name: "pictures.pdf",
                }),
                content: ExportContent::Sheet,
            },
            Self::Page => &FormatDescription {
                word: "page",
                title: "a map for browsers",
                about: "The map with its pictures as one page for any browser, which needs nothing else",
                place: "FILE.html with the map and its pictures, for any browser",
                command: "Export the map for browsers…",
                question: "Export the map and its pictures as a page for browsers",
                file: Some(FileDescription { ending: "html", or: None, kind: "Web page", usual_name: "map.html" }),
                content: ExportContent::Map { with_pictures: true },
            },
            Self::Svg => &FormatDescription {
                word: "svg",
                title: "a drawing of the map",
                about: "The map as a drawing, a dot an image",
                place: "FILE.svg with the map as a drawing",
                command: "Export the map as a drawing…",
                question: "Export the map as a drawing",
                file: Some(FileDescription { ending: "svg", or: None, kind: "SVG", usual_name: "map.svg" }),
                content: ExportContent::Map { with_pictures: false },
            },
            Self::Png => &FormatDescription {
                word: "png",
                title: "a picture of the map",
                about: "The map as a picture, a dot or a small picture an image",
                place: "FILE.png with the map as a picture",
                command: "Export the map as a picture…",
                question: "Export the map as a picture",
                file: Some(FileDescription { ending: "png", or: None, kind: "PNG", usual_name: "map.png" }),
                content: ExportContent::Map { with_pictures: true },
            },
        }
    }

    /// What is written to `target` unless a format is named: by the ending, and copies of files where no format has it, or where a
    /// separator at the end says that it is a folder.
    pub fn by_ending(target: &Path) -> Self {
        if is_spelled_as_folder(target) {
            return Self::Files;
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let has_it = |ending: &str| name.strip_suffix(ending).is_some_and(|stem| stem.ends_with('.'));
        let fitting = Self::ALL.into_iter().filter_map(|format| Some((format, format.file()?.ending)));
        // Of `pets.coco.json` the longer ending says more.
        let longest = fitting.filter(|(_, ending)| has_it(ending)).max_by_key(|(_, ending)| ending.len());
        longest.map_or(Self::Files, |(format, _)| format)
    }

    /// Whether a name ends like that of a file, with a dot and up to eight letters and digits of which the first is a letter, but as
    /// no format's does: whoever writes `table.xlsx` means no folder.
    pub fn has_unknown_ending(target: &Path) -> bool {
        let ending = target.extension().unwrap_or_default().to_string_lossy();
        Self::by_ending(target) == Self::Files
            && !is_spelled_as_folder(target)
            && ending.len() <= MAX_ENDING
            && ending.starts_with(|first: char| first.is_ascii_alphabetic())
            && ending.chars().all(|letter| letter.is_ascii_alphanumeric())
    }

    /// The file that is written; `None` where it is a folder.
    pub fn file(self) -> Option<FileDescription> {
        self.description().file
    }

    /// Whether it is vectors that are written.
    pub fn is_of_vectors(self) -> bool {
        matches!(self.description().content, ExportContent::Vectors { .. })
    }

    /// Whether it is what people say of images that is written.
    pub fn is_of_data_set(self) -> bool {
        matches!(self.description().content, ExportContent::Dataset)
    }

    /// Whether the cluster of each image can stand in it, or in the table beside it.
    pub fn tells_clusters(self) -> bool {
        matches!(self, Self::Csv | Self::Json | Self::Npy | Self::Parquet)
    }

    /// Whether the pictures themselves are written.
    pub fn holds_pictures(self) -> bool {
        self.file().is_none()
    }

    /// Whether it shows where the images lie on a map.
    pub fn is_of_map(self) -> bool {
        matches!(self.description().content, ExportContent::Map { .. })
    }

    /// Formats as menus show them: what belongs together under a head.
    pub const FAMILIES: [(&'static str, &'static [Self]); 5] = [
        ("Pictures", &[Self::Files, Self::Sheet]),
        ("Tables", &[Self::Csv, Self::Json]),
        ("Vectors", &[Self::Npy, Self::Parquet]),
        ("Data sets", &[Self::Folders, Self::Coco, Self::Yolo, Self::Fiftyone]),
        ("Maps", &[Self::Page, Self::Svg, Self::Png]),
    ];

    /// Whether the vectors of several layers fit into it.
    pub fn takes_several_layers(self) -> bool {
        matches!(self.description().content, ExportContent::Vectors { several_layers: true, .. })
    }

    /// Whether a table of the images comes in a file beside it.
    pub fn has_list_beside(self) -> bool {
        matches!(self.description().content, ExportContent::Vectors { list_beside: true, .. })
    }

    /// The files of some of the formats in a sentence: `FILE.npy or FILE.parquet`.
    pub fn files_in_words(is_meant: impl Fn(Self) -> bool) -> String {
        let meant = Self::ALL.into_iter().filter(|format| is_meant(*format));
        either(&meant.filter_map(|format| Some(format!("FILE.{}", format.file()?.ending))).collect::<Vec<_>>())
    }
}

/// Whether a path ends with a separator, which no path of a file does.
fn is_spelled_as_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|last| std::path::is_separator(char::from(*last)))
}
