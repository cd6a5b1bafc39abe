//! What an export makes, and what becomes of what lies there already: said before anybody chooses where.
//!
//! Menus say beside each name in few words what it is; a dialog says what is written, and what stays.

use super::ExportFormat;

impl ExportFormat {
    /// What it is and what for, in so few words that they stand beside its name.
    pub fn in_short(self) -> &'static str {
        match self {
            Self::Files => "the files themselves, side by side in a folder",
            Self::Sheet => "pages of small pictures with names: PDF or PNG",
            Self::Csv => "a table for spreadsheets, one line a picture",
            Self::Json => "the table of the CSV, for programs",
            Self::Npy => "the numbers of one layer, as an array",
            Self::Parquet => "the numbers of layers, as a table",
            Self::Folders => "a folder for each class, to train with",
            Self::Coco => "boxes and labels in one file",
            Self::Yolo => "pictures and boxes, to train a detector",
            Self::Fiftyone => "labels, tags and boxes, to open there",
            Self::Page => "one HTML file to look around the map in",
            Self::Svg => "dots, sharp at any size: SVG",
            Self::Png => "dots or small pictures: PNG",
        }
    }

    /// In two sentences: what is written, and what becomes of what is there.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Files => {
                "A copy of each file, side by side in the folder that you choose. What lies there stays: a copy whose name is taken \
                 gets another, such as name (2).jpg."
            }
            Self::Csv | Self::Json => {
                "One file, with a line a picture. If there is one of its name, you are asked before it is replaced."
            }
            Self::Npy => {
                "Two files: the vectors, and beside them a table of their pictures. If there are some of their names, you are asked \
                 before they are replaced."
            }
            Self::Parquet | Self::Page | Self::Svg | Self::Png => {
                "One file. If there is one of its name, you are asked before it is replaced."
            }
            Self::Sheet => {
                "One PDF with thirty pictures a page; as PNG, a file a page. If there are some of their names, you are asked before \
                 they are replaced."
            }
            Self::Coco | Self::Fiftyone => {
                "One file; the pictures stay where they are. If there is one of its name, you are asked before it is replaced."
            }
            Self::Yolo => "A copy of each file, or a link to it, and what is marked in it, into a new or empty folder.",
            Self::Folders => {
                "A copy of each file, or a link to it, in a folder for each class, into a new or empty folder. You see how many go \
                 where before anything is written."
            }
        }
    }
}
