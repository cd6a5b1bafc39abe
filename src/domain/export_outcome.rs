//! What an export makes, and what becomes of what lies there already: said before anybody chooses where.

use super::ExportFormat;

impl ExportFormat {
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
