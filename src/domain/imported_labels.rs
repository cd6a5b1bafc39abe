//! Labels and splits that were imported, beside the labels that folders give.

use std::collections::BTreeMap;

use super::{ImageId, ImageRecord, ImageRef};

/// The tag of an imported label begins so: it is told from the words that a person gave.
pub const LABEL_TAG_PREFIX: &str = "label:";

/// What was imported of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedLabel {
    /// Its label.
    pub label: ImportedName,
    /// Which part of the data set it belongs to.
    pub split: Option<String>,
}

/// The label that was imported for an image.
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

/// What was imported, by image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedLabels {
    /// Of images that something was imported for.
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

    /// The split of an image.
    pub fn split_of(&self, image: ImageId) -> Option<&str> {
        self.images.get(&image)?.split.as_deref()
    }
}
