//! What a person did in a workspace and nothing can make again: tags and their colours, labels, names of clusters, and classes. One
//! document, to be kept apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClassOrigin, TagColours, counted};

/// The latest format of the document that this program writes and reads.
pub const HANDWORK_FORMAT: u32 = 2;
/// That of a document without labels: versions that know of none read it, too.
const WITHOUT_LABELS: u32 = 1;

/// All of it. Pictures are called by their paths below the image folder, so that it fits any workspace of that folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Handwork {
    /// See [`HANDWORK_FORMAT`].
    pub format: u32,
    /// What wrote it, for people who look inside.
    #[serde(default)]
    pub made_by: String,
    /// The pictures of each tag, in order.
    pub tags: BTreeMap<String, Vec<String>>,
    /// The pictures of each label that was given by hand, in order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Vec<String>>,
    /// The colours that were chosen for tags.
    #[serde(default)]
    pub colours: TagColours,
    /// Clusters that were named.
    #[serde(default)]
    pub clusters: Vec<NamedCluster>,
    /// Classes that were made.
    #[serde(default)]
    pub classes: Vec<OwnClass>,
    /// Beside which tables of vectors they were made: for each table the places of its classes among all. Not in documents of earlier
    /// versions.
    #[serde(default)]
    pub classes_beside: BTreeMap<String, Vec<usize>>,
}

impl Handwork {
    /// The format of a document with these labels: whoever does not know of labels must not pass them over.
    pub fn format_of(labels: &BTreeMap<String, Vec<String>>) -> u32 {
        if labels.is_empty() { WITHOUT_LABELS } else { HANDWORK_FORMAT }
    }

    /// The classes that were made beside a table of vectors; all of them in a document that does not say.
    pub fn classes_made_beside(self, table: &str) -> Vec<OwnClass> {
        if self.classes_beside.is_empty() {
            return self.classes;
        }
        let places = self.classes_beside.get(table).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.classes.get(*place).cloned()).collect()
    }
}

/// A class that a person made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnClass {
    /// Its name.
    pub name: String,
    /// Which images make it: a predicate, or the paths of its examples.
    pub origin: ClassOrigin,
}

/// A cluster that a person called by a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedCluster {
    /// The clustering that it is of.
    pub clustering: String,
    /// Its name.
    pub name: String,
    /// Its pictures, in order: clusters that are found anew have other numbers, but much the same pictures.
    pub images: Vec<String>,
}

/// What came of taking it into a workspace.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HandworkTaken {
    /// Tags of images that were new: an image counts once for each of its tags.
    pub tags_added: usize,
    /// Tags of images that were there already.
    pub tags_known: usize,
    /// How many of those that were new wait until their pictures are on record.
    pub tags_waiting: usize,
    /// Labels given by hand that were new.
    pub labels_added: usize,
    /// Labels given by hand that were there already.
    pub labels_known: usize,
    /// How many of those that were new wait until their pictures are on record.
    pub labels_waiting: usize,
    /// Pictures that have another label, which was given by hand here and stays.
    pub labels_left: usize,
    /// Tags that got a colour.
    pub tags_coloured: usize,
    /// Clusters that got a name.
    pub clusters_named: usize,
    /// Names that no cluster got, and why.
    pub clusters_left: Vec<String>,
    /// Classes that were new. Their vectors are made when classes are made the next time.
    pub classes_added: usize,
    /// Classes that were not taken, and why.
    pub classes_left: Vec<String>,
}

impl HandworkTaken {
    /// What was taken, in a sentence for each kind.
    pub fn in_words(&self) -> String {
        let mut words = format!("{} added", counted(self.tags_added, "tag", "tags"));
        if self.tags_waiting > 0 {
            words += &format!(", of which {} for their pictures to be on record", waiting(self.tags_waiting));
        }
        words += &format!("; {} there already\n", were(self.tags_known));
        if self.labels_added + self.labels_known > 0 {
            words += &format!("{} added", counted(self.labels_added, "label given by hand", "labels given by hand"));
            if self.labels_waiting > 0 {
                words += &format!(", of which {} for their pictures to be on record", waiting(self.labels_waiting));
            }
            words += &format!("; {} there already\n", were(self.labels_known));
        }
        if self.labels_left > 0 {
            let pictures = counted(self.labels_left, "picture keeps", "pictures keep");
            words += &format!("{pictures} another label that was given by hand here\n");
        }
        if self.tags_coloured > 0 {
            words += &format!("{} coloured\n", counted(self.tags_coloured, "tag", "tags"));
        }
        if self.clusters_named > 0 {
            words += &format!("{} named\n", counted(self.clusters_named, "cluster", "clusters"));
        }
        for left in &self.clusters_left {
            words += &format!("no cluster was called {left}\n");
        }
        if self.classes_added > 0 {
            let classes = counted(self.classes_added, "class", "classes");
            words +=
                &format!("{classes} added; vectors are made when classes are made (`tiramisu class FOLDER list`)\n");
        }
        for left in &self.classes_left {
            words += &format!("no class was added as {left}\n");
        }
        words
    }
}

fn waiting(count: usize) -> String {
    counted(count, "waits", "wait")
}

fn were(count: usize) -> String {
    counted(count, "was", "were")
}
