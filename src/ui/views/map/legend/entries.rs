//! The classes that have names.

use std::borrow::Cow;

use crate::session::{Colouring, Session};
use crate::ui::views::map::colours::{NO_CLASS, class_of};

/// A class, its name and how many images it has.
pub struct Entry<'a> {
    pub class: u16,
    pub name: Cow<'a, str>,
    pub count: usize,
}

/// What there is, by name; clusters by size. `tags` are in the order of their classes.
pub fn entries<'a>(session: &'a Session, colouring: Colouring, tags: &'a [String]) -> Vec<Entry<'a>> {
    let opened = &session.opened;
    match colouring {
        Colouring::Label if opened.labels.keys().any(|label| !label.is_empty()) => {
            let entry = |(label, count): (&'a String, &usize)| Entry {
                class: opened.label_places.get(label).map_or(NO_CLASS, |place| class_of(*place)),
                name: if label.is_empty() { "no label".into() } else { label.into() },
                count: *count,
            };
            opened.labels.iter().map(entry).collect()
        }
        Colouring::Cluster => {
            let clusters = opened.clustering.iter().flat_map(|clustering| clustering.clusters.iter().enumerate());
            let entry = |(index, cluster): (usize, &crate::domain::Cluster)| Entry {
                class: class_of(index as u32),
                name: cluster.title(index).into(),
                count: cluster.size,
            };
            clusters.map(entry).collect()
        }
        Colouring::Tag => {
            let entry = |(tag, images): (&'a str, &[_])| {
                let place = tags.iter().position(|known| known == tag)?;
                Some(Entry { class: class_of(place as u32), name: tag.into(), count: images.len() })
            };
            opened.tags.words().filter_map(entry).collect()
        }
        Colouring::Label
        | Colouring::Plain
        | Colouring::Similarity
        | Colouring::Faithfulness
        | Colouring::Column(_)
        | Colouring::Channel
        | Colouring::Centrality(_) => Vec::new(),
    }
}
