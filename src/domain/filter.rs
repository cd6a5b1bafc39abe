//! Which images of the collection are shown, and in which order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Centrality, ColumnOrder, ImageRef, ImageSet, TableColumn, thousands};

/// More labels than these are counted.
const NAMED_LABELS: usize = 3;

/// A predicate over what is known of an image. An empty filter lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Words that must all occur in the path, in any case.
    pub text: String,
    /// If not empty, the label must be one of these; images without a label count as `""`.
    pub labels: BTreeSet<String>,
    /// Only images that could not be read.
    pub only_problems: bool,
    /// If not empty, a [predicate](crate::domain::Predicate) that must be true. Only the workspace can tell of which
    /// images it is: [`Filter::accepts`] leaves it out.
    #[serde(default)]
    pub predicate: String,
    /// If there, only these images: what was selected when somebody wanted to see nothing else. Never written down, since ids mean
    /// something only while the collection is open.
    #[serde(skip)]
    pub only: Option<ImageSet>,
}

impl Filter {
    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        let has_text = !self.text.trim().is_empty() || !self.predicate.trim().is_empty();
        !has_text && self.labels.is_empty() && !self.only_problems && self.only.is_none()
    }

    /// What it lets through, in words: `“blobs”, label dog`; empty if that is everything.
    pub fn in_words(&self) -> String {
        let mut parts = Vec::new();
        if !self.predicate.trim().is_empty() {
            parts.push(self.predicate.trim().to_owned());
        }
        if !self.text.trim().is_empty() {
            parts.push(format!("“{}”", self.text.trim()));
        }
        let name = |label: &String| if label.is_empty() { "(none)".to_owned() } else { label.clone() };
        match self.labels.len() {
            0 => {}
            1..=NAMED_LABELS => {
                let names: Vec<String> = self.labels.iter().map(name).collect();
                parts.push(format!("{} {}", if names.len() == 1 { "label" } else { "labels" }, names.join(" or ")));
            }
            many => parts.push(format!("{} labels", thousands(many))),
        }
        if self.only_problems {
            parts.push("unreadable ones".to_owned());
        }
        if let Some(only) = &self.only {
            parts.push(format!("{} that were selected", thousands(only.len())));
        }
        parts.join(", ")
    }

    /// Whether `image` passes, as far as its record says. Whoever asks for many asks [`Filter::passing`].
    pub fn accepts(&self, image: &ImageRef<'_>) -> bool {
        self.passing().accepts(image)
    }

    /// The same for many images.
    pub fn passing(&self) -> Passing<'_> {
        let words = self.text.split_whitespace().map(str::to_lowercase).collect();
        Passing { filter: self, words, path: String::new() }
    }
}

/// A filter made ready for many images.
pub struct Passing<'a> {
    filter: &'a Filter,
    /// In small letters.
    words: Vec<String>,
    /// Room for a path in small letters.
    path: String,
}

impl Passing<'_> {
    /// Whether `image` passes, as far as its record says.
    pub fn accepts(&mut self, image: &ImageRef<'_>) -> bool {
        let filter = self.filter;
        if filter.only.as_ref().is_some_and(|only| !only.contains(image.id)) {
            return false;
        }
        if filter.only_problems && image.problem.is_none() {
            return false;
        }
        if !filter.labels.is_empty() && !filter.labels.contains(image.label.unwrap_or("")) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        self.path.clear();
        match image.path.text.is_ascii() {
            true => {
                self.path.push_str(image.path.text);
                self.path.make_ascii_lowercase();
            }
            false => self.path = image.path.text.to_lowercase(),
        }
        self.words.iter().all(|word| self.path.contains(word.as_str()))
    }
}

/// The order of the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By path: the order of the folder.
    #[default]
    Path,
    /// By label, then path.
    Label,
    /// Largest picture first.
    Pixels,
    /// Newest file first.
    Newest,
    /// Most like the probe first, when there is one.
    Similarity,
    /// Most central in the graph of nearest neighbours first, once that is measured.
    Centrality(Centrality),
    /// By any other column of the table, or from the other end; see [`Sort::by`].
    Column(ColumnOrder),
}

impl Sort {
    /// Those that the gallery has a name for, for menus.
    pub const ALL: [Sort; 8] = [
        Sort::Path,
        Sort::Label,
        Sort::Pixels,
        Sort::Newest,
        Sort::Similarity,
        Sort::Centrality(Centrality::SHOWN[0]),
        Sort::Centrality(Centrality::SHOWN[1]),
        Sort::Centrality(Centrality::SHOWN[2]),
    ];

    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Path => "path",
            Sort::Label => "label",
            Sort::Pixels => "size",
            Sort::Newest => "newest",
            Sort::Similarity => "similarity",
            Sort::Centrality(by) => by.word(),
            Sort::Column(order) => order.column.title(),
        }
    }
}

impl Sort {
    /// The order by a column. What the gallery has a name for is called by that.
    pub fn by(ColumnOrder { column, is_descending }: ColumnOrder) -> Self {
        if let (Some(by), true) = (column.centrality(), is_descending) {
            return Self::Centrality(by);
        }
        match (column, is_descending) {
            (TableColumn::Path, false) => Self::Path,
            (TableColumn::Label, false) => Self::Label,
            (TableColumn::Pixels, true) => Self::Pixels,
            (TableColumn::Modified, true) => Self::Newest,
            (column, is_descending) => Self::Column(ColumnOrder { column, is_descending }),
        }
    }

    /// By which column this is, if it is by one.
    pub fn column_order(self) -> Option<ColumnOrder> {
        let (column, is_descending) = match self {
            Self::Path => (TableColumn::Path, false),
            Self::Label => (TableColumn::Label, false),
            Self::Pixels => (TableColumn::Pixels, true),
            Self::Newest => (TableColumn::Modified, true),
            Self::Centrality(by) => {
                (TableColumn::ALL.into_iter().find(|column| column.centrality() == Some(by))?, true)
            }
            Self::Column(order) => return Some(order),
            Self::Similarity => return None,
        };
        Some(ColumnOrder { column, is_descending })
    }

    /// The column this is by, if it is by one.
    pub fn column(self) -> Option<TableColumn> {
        self.column_order().map(|order| order.column)
    }
}
