//! Labels and splits that were imported, and labels that were given by hand, beside the labels that folders give.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ImageId, ImageRecord, ImageRef};

/// The tag of an imported label begins so: it is told from the words that a person gave.
pub const LABEL_TAG_PREFIX: &str = "label:";

/// What was imported of one image, or given by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedLabel {
    /// Its label.
    pub label: ImportedName,
    /// Who said the label.
    pub origin: LabelOrigin,
    /// Which part of the data set it belongs to.
    pub split: Option<String>,
}

/// The label that was imported for an image, or given to it by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ImportedName {
    /// None: its folder gives it.
    #[default]
    OfFolder,
    /// This one.
    One(String),
    /// So many that none of them is the label: they are its tags.
    Several(u32),
}

/// Who said the label of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LabelOrigin {
    /// An import. Which, earlier versions of the program did not write down.
    #[default]
    SomeImport,
    /// The import of the file or folder that is called so.
    Import(Arc<str>),
    /// A person: no import takes it away unasked.
    Hand,
}

/// A label, and who said it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidLabel {
    /// The label.
    pub name: ImportedName,
    /// Who said it.
    pub origin: LabelOrigin,
}

impl SaidLabel {
    /// One that a person gives.
    pub fn by_hand(label: &str) -> Self {
        Self { name: ImportedName::One(label.to_owned()), origin: LabelOrigin::Hand }
    }
}

impl ImportedLabel {
    /// Its label, with who said it.
    pub fn said(&self) -> SaidLabel {
        SaidLabel { name: self.label.clone(), origin: self.origin.clone() }
    }

    /// Whether a person gave it the label.
    pub fn is_by_hand(&self) -> bool {
        self.origin == LabelOrigin::Hand
    }
}

/// What was imported or given by hand, by image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedLabels {
    /// Of images that something was imported for, or that were labelled by hand.
    pub images: BTreeMap<ImageId, ImportedLabel>,
}

impl ImportedLabels {
    /// The label of an image: the imported one, or else the name of its folder.
    pub fn label_of(&self, image: &ImageRecord) -> Option<String> {
        self.name_of(image.borrowed()).map(str::to_owned)
    }

    /// The same, without holding it.
    pub fn name_of<'a>(&'a self, image: ImageRef<'a>) -> Option<&'a str> {
        match self.images.get(&image.id).map(|imported| &imported.label) {
            Some(ImportedName::One(label)) => Some(label),
            Some(ImportedName::Several(_)) => None,
            Some(ImportedName::OfFolder) | None => image.path.parent_name(),
        }
    }

    /// The label that stands in the place of the folder's name, with who said it.
    pub fn said_of(&self, image: ImageId) -> SaidLabel {
        self.images.get(&image).map(ImportedLabel::said).unwrap_or_default()
    }

    /// Whether a person gave an image its label.
    pub fn is_by_hand(&self, image: ImageId) -> bool {
        self.images.get(&image).is_some_and(ImportedLabel::is_by_hand)
    }

    /// The split of an image.
    pub fn split_of(&self, image: ImageId) -> Option<&str> {
        self.images.get(&image)?.split.as_deref()
    }
}
