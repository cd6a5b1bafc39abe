//! The columns of the table of images: what is known of each, a column a kind of it.

use serde::{Deserialize, Serialize};

use super::{Centrality, ImageColumn};

/// One column of the table of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableColumn {
    /// Where the image lies, below the folder.
    Path,
    /// Its label.
    Label,
    /// The part of a data set that it belongs to.
    Split,
    /// The words that a person gave it.
    Tags,
    /// Its cluster in the clustering that is shown.
    Cluster,
    /// Width by height, in the order of how many pixels that is.
    Pixels,
    /// In pixels.
    Width,
    /// In pixels.
    Height,
    /// Width by height, as one number.
    Shape,
    /// The size of the file.
    FileBytes,
    /// When the file was changed last.
    Modified,
    /// How many of its true neighbours are near it on the map.
    Kept,
    /// How typical it is within its community.
    Typicality,
    /// How many images have it among their neighbours.
    InDegree,
    /// How many of the shortest paths lead through it.
    Betweenness,
    /// Why it cannot be read.
    Problem,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text that is another for each image.
    Text,
    /// A name that many images share.
    Name,
    /// A whole number.
    Whole,
    /// A number with places behind the point.
    Decimal,
    /// A moment, in seconds since 1970.
    Date,
}

/// By which column images are put in order, and from which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ColumnOrder {
    /// By what.
    pub column: TableColumn,
    /// Whether the largest, the newest or the last name comes first.
    pub is_descending: bool,
}

impl TableColumn {
    /// All of them, in the order in which they stand.
    pub const ALL: [Self; 16] = [
        Self::Path,
        Self::Label,
        Self::Split,
        Self::Tags,
        Self::Cluster,
        Self::Pixels,
        Self::Width,
        Self::Height,
        Self::Shape,
        Self::FileBytes,
        Self::Modified,
        Self::Kept,
        Self::Typicality,
        Self::InDegree,
        Self::Betweenness,
        Self::Problem,
    ];

    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Path => "Path",
            Self::Label => "Label",
            Self::Split => "Split",
            Self::Tags => "Tags",
            Self::Cluster => "Cluster",
            Self::Pixels => "Size",
            Self::Width => "Width",
            Self::Height => "Height",
            Self::Shape => "Shape",
            Self::FileBytes => "File size",
            Self::Modified => "Date",
            Self::Kept => "Neighbours kept",
            Self::Typicality => "Typicality",
            Self::InDegree => "In-degree",
            Self::Betweenness => "Betweenness",
            Self::Problem => "Problem",
        }
    }

    /// What it holds, for the person.
    pub fn about(self) -> &'static str {
        match self {
            Self::Path => "Where the image lies: by folder, then by the name of its file",
            Self::Label => "The label that was imported, or the name of the folder that the image lies in",
            Self::Split => "The part of a data set that the image belongs to, as it was imported",
            Self::Tags => "Words that you gave the image",
            Self::Cluster => "The image's cluster in the clustering that is shown",
            Self::Pixels => "Width × height in pixels; the order is that of all pixels together",
            Self::Width => "Width in pixels",
            Self::Height => "Height in pixels",
            Self::Shape => "Width divided by height: 1 is square, more is wide, less is tall",
            Self::FileBytes => "Size of the file on disk",
            Self::Modified => "When the file was changed last (UTC)",
            Self::Kept => "The share of the image's nearest neighbours that are near it on the map, too",
            Self::Typicality => Centrality::Typicality.hint(),
            Self::InDegree => Centrality::InDegree.hint(),
            Self::Betweenness => Centrality::Betweenness.hint(),
            Self::Problem => "Why the picture cannot be read",
        }
    }

    /// How it comes to be known, where it is not known from the beginning.
    pub fn made_by(self) -> Option<&'static str> {
        match self {
            Self::Split => Some("Import a data set with its splits first: tiramisu import"),
            Self::Cluster => Some("Find or open clusters in the Clusters view first"),
            Self::Kept => {
                Some("Make a UMAP, t-SNE or PaCMAP map first: its neighbours are compared with the true ones")
            }
            Self::Typicality | Self::InDegree | Self::Betweenness => {
                Some("Sort the gallery by typicality, hubs or bridges first: that measures it")
            }
            Self::Path
            | Self::Label
            | Self::Tags
            | Self::Pixels
            | Self::Width
            | Self::Height
            | Self::Shape
            | Self::FileBytes
            | Self::Modified
            | Self::Problem => None,
        }
    }

    /// What stands in it.
    pub fn kind(self) -> ColumnKind {
        match self {
            Self::Path | Self::Problem => ColumnKind::Text,
            Self::Label | Self::Split | Self::Tags | Self::Cluster => ColumnKind::Name,
            Self::Pixels | Self::Width | Self::Height | Self::FileBytes | Self::InDegree => ColumnKind::Whole,
            Self::Shape | Self::Kept | Self::Typicality | Self::Betweenness => ColumnKind::Decimal,
            Self::Modified => ColumnKind::Date,
        }
    }

    /// Whether it is of the pixels, which are known once a picture was decoded.
    pub fn is_of_pixels(self) -> bool {
        matches!(self, Self::Pixels | Self::Width | Self::Height | Self::Shape)
    }

    /// The measure it shows, if it is one of the graph of neighbours.
    pub fn centrality(self) -> Option<Centrality> {
        match self {
            Self::Typicality => Some(Centrality::Typicality),
            Self::InDegree => Some(Centrality::InDegree),
            Self::Betweenness => Some(Centrality::Betweenness),
            Self::Path
            | Self::Label
            | Self::Split
            | Self::Tags
            | Self::Cluster
            | Self::Pixels
            | Self::Width
            | Self::Height
            | Self::Shape
            | Self::FileBytes
            | Self::Modified
            | Self::Kept
            | Self::Problem => None,
        }
    }

    /// A number of it as a person reads it.
    pub fn in_words(self, value: f64) -> String {
        match self {
            Self::Pixels => ImageColumn::Pixels.in_words(value),
            Self::FileBytes => ImageColumn::FileBytes.in_words(value),
            Self::Modified => ImageColumn::Modified.in_words(value),
            Self::Shape => ImageColumn::Shape.in_words(value),
            Self::Width | Self::Height | Self::InDegree => super::thousands(value.max(0.0) as usize),
            Self::Kept => format!("{:.0} %", value * 100.0),
            Self::Typicality => format!("{value:.3}"),
            // A share of all shortest paths: mostly far below a hundredth.
            Self::Betweenness => format!("{value:.5}"),
            Self::Path | Self::Label | Self::Split | Self::Tags | Self::Cluster | Self::Problem => format!("{value}"),
        }
    }

    /// From which end it is wanted first: names from A, and of what is counted the most.
    pub fn begins_descending(self) -> bool {
        match self.kind() {
            ColumnKind::Text | ColumnKind::Name => false,
            ColumnKind::Whole | ColumnKind::Decimal | ColumnKind::Date => true,
        }
    }
}
