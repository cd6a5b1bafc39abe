//! How many of some images have what in common.

use std::collections::HashMap;

use arrow_array::cast::AsArray;

use super::names::Names;
use super::{QueryError, READ_ROWS};
use crate::domain::predicate::Span;
use crate::domain::{Count, Grouping, ImageId, ImageSet, ImportedLabels, ImportedName};
use crate::store::{Workspace, images};

impl Workspace {
    /// Counts `ids` by what they have in common, largest first.
    ///
    /// # Errors
    /// When there is no such clustering, and when the workspace cannot be read.
    pub fn count_by(
        &self,
        ids: &[ImageId],
        grouping: &Grouping,
        features: Option<&str>,
    ) -> Result<Vec<Count>, QueryError> {
        let is_recorded = |id: &ImageId| id.index() < self.image_count();
        let of: ImageSet = ids.iter().copied().filter(is_recorded).collect();
        let mut counts: HashMap<Option<String>, usize> = HashMap::new();
        match grouping {
            Grouping::Label | Grouping::Problem => {
                let is_label = *grouping == Grouping::Label;
                let column = if is_label { "label" } else { "problem" };
                let imported = if is_label { self.imported_labels()? } else { ImportedLabels::default() };
                let damaged = || self.damaged("its columns have other types");
                self.images_table().scan(&["id", column], READ_ROWS, |batch| {
                    let names = batch.column(1).as_string_opt::<i32>().ok_or_else(damaged)?;
                    for (id, name) in images::ids(batch).ok_or_else(damaged)?.zip(names) {
                        if of.contains(id) {
                            let name = match imported.images.get(&id).map(|imported| &imported.label) {
                                Some(ImportedName::One(label)) => Some(label.as_str()),
                                Some(ImportedName::Several(_)) => None,
                                Some(ImportedName::OfFolder) | None => name,
                            };
                            *counts.entry(name.map(str::to_owned)).or_default() += 1;
                        }
                    }
                    Ok(())
                })?;
            }
            Grouping::Split => {
                let imported = self.imported_labels()?;
                for id in of.iter() {
                    *counts.entry(imported.split_of(id).map(str::to_owned)).or_default() += 1;
                }
            }
            Grouping::Tag => {
                let mut without = of.clone();
                let tags = self.tags()?;
                for (tag, _) in tags.iter() {
                    let found = of.intersection(&tags.set_of(tag));
                    without = without.difference(&found);
                    counts.insert(Some(tag.to_owned()), found.len());
                }
                counts.insert(None, without.len());
            }
            Grouping::Cluster(name) => {
                let clustering = Names::new(self, features).read_clustering(name, Span::default())?;
                for id in of.iter() {
                    let cluster = clustering.cluster_of(id);
                    let title = cluster.map(|cluster| match clustering.clusters.get(cluster as usize) {
                        Some(known) => known.title(cluster as usize),
                        None => cluster.to_string(),
                    });
                    *counts.entry(title).or_default() += 1;
                }
            }
        }
        let mut counts: Vec<Count> =
            counts.into_iter().filter(|(_, images)| *images > 0).map(|(name, images)| Count { name, images }).collect();
        counts.sort_by(|a, b| b.images.cmp(&a.images).then_with(|| a.name.cmp(&b.name)));
        Ok(counts)
    }
}
