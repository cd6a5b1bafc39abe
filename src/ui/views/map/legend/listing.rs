//! The names of classes and how many images each has, listed by whichever thread.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::{Cluster, Clustering, ImageId, LabelPlaces, PerImage, Splits, Tags};
use crate::session::{Colouring, Session};
use crate::ui::views::map::colours::{NO_CLASS, class_of};

/// A class, its name and how many images it has.
pub struct Entry {
    pub class: u16,
    pub name: String,
    pub count: usize,
}

/// All that is needed to list the classes of a colouring that have names.
pub enum Listing {
    /// Labels with their numbers, and their places.
    Label(Arc<BTreeMap<String, usize>>, Arc<LabelPlaces>),
    Cluster(Arc<Clustering>),
    /// Tags, and their names in the order of their classes.
    Tag(Arc<Tags>, Vec<String>),
    Split(Arc<Splits>),
    Nothing,
}

impl Listing {
    /// As the session is now. `tags` are in the order of their classes.
    pub fn of(session: &Session, colouring: Colouring, tags: &[String]) -> Self {
        let opened = &session.opened;
        match colouring {
            Colouring::Label => Self::Label(opened.images.labels().clone(), opened.images.label_places().clone()),
            Colouring::Cluster => opened.clustering.clone().map_or(Self::Nothing, Self::Cluster),
            Colouring::Tag => Self::Tag(opened.tags.clone(), tags.to_vec()),
            Colouring::Split => Self::Split(opened.splits.clone()),
            Colouring::Plain
            | Colouring::Similarity
            | Colouring::Faithfulness
            | Colouring::Column(_)
            | Colouring::Channel
            | Colouring::Centrality(_) => Self::Nothing,
        }
    }

    /// How many names there are, at most.
    pub fn len(&self) -> usize {
        match self {
            Self::Label(labels, _) => labels.len(),
            Self::Cluster(clustering) => clustering.clusters.len(),
            Self::Tag(_, names) => names.len(),
            Self::Split(splits) => splits.images.len(),
            Self::Nothing => 0,
        }
    }

    /// Lists them.
    pub fn list(&self) -> Vec<Entry> {
        match self {
            Self::Label(labels, places) if labels.keys().any(|label| !label.is_empty()) => {
                let entry = |(label, count): (&String, &usize)| Entry {
                    class: places.of(label).map_or(NO_CLASS, class_of),
                    name: if label.is_empty() { "no label".into() } else { label.clone() },
                    count: *count,
                };
                labels.iter().map(entry).collect()
            }
            Self::Cluster(clustering) => {
                let entry = |(index, cluster): (usize, &Cluster)| Entry {
                    class: class_of(index as u32),
                    name: cluster.title(index),
                    count: cluster.size,
                };
                clustering.filled().map(entry).collect()
            }
            Self::Tag(tags, names) => {
                let places: HashMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
                let entry = |(tag, images): (&str, &PerImage<ImageId>)| {
                    let class = class_of(*places.get(tag)?);
                    Some(Entry { class, name: tag.to_owned(), count: images.len() })
                };
                tags.words().filter_map(entry).collect()
            }
            Self::Split(splits) => {
                let entry = |((split, images), place): ((&String, &Vec<ImageId>), u32)| Entry {
                    class: class_of(place),
                    name: split.clone(),
                    count: images.len(),
                };
                splits.images.iter().zip(0..).map(entry).collect()
            }
            Self::Label(..) | Self::Nothing => Vec::new(),
        }
    }
}
