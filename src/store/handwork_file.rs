//! Handwork as one document, out of a workspace and into one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};

use super::handwork::{NOT_ON_RECORD, Owners};
use super::images_by_path::OnRecord;
use super::own_classes::AllOwnClasses;
use super::path_keys::path_key;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace, tags};
use crate::domain::{Clustering, Handwork, HandworkTaken, ImageId, ImageRecord, NamedCluster};

const READ_ROWS: usize = 65_536;

/// The paths of each tag's pictures.
type TaggedPaths = BTreeMap<String, BTreeSet<String>>;

impl Workspace {
    /// What a person did here and nothing can make again. Tags that wait for their pictures are among it. A clustering that cannot be
    /// read has no names.
    ///
    /// # Errors
    /// When the images or the tags cannot be read.
    pub fn handwork(&self) -> Result<Handwork, StoreError> {
        let records = self.images()?;
        let tags = self.tagged_paths(&records)?;
        let mut clusters = Vec::new();
        for (clustering, _, found) in self.all_clusterings()? {
            for (index, cluster) in (0..).zip(&found.clusters) {
                if let Some(name) = &cluster.name {
                    let members = members(&found, index);
                    let mut images: Vec<String> =
                        members.filter_map(|id| Some(records.get(id.index())?.path.text.clone())).collect();
                    images.sort_unstable();
                    clusters.push(NamedCluster { clustering: clustering.clone(), name: name.clone(), images });
                }
            }
        }
        let AllOwnClasses { classes, beside, of_copy: _ } = self.all_own_classes()?;
        let labels = self.labels_by_hand(&records)?;
        Ok(Handwork {
            format: Handwork::format_of(&labels),
            made_by: concat!("tiramisu ", env!("CARGO_PKG_VERSION")).to_owned(),
            tags: tags.into_iter().map(|(tag, paths)| (tag, paths.into_iter().collect())).collect(),
            labels,
            colours: self.tag_colours()?,
            clusters,
            classes,
            classes_beside: beside,
        })
    }

    /// The tables of vectors whose classes of a person's own are hidden by damage, with how many the newest copy of the handwork has
    /// of each: [`Workspace::handwork`] has those.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn handwork_of_copy(&self) -> Result<Vec<(String, usize)>, StoreError> {
        Ok(self.all_own_classes()?.of_copy)
    }

    /// Whether there may be any: tags, labels, or clusters and classes, which may have names. Reads none of these.
    pub(super) fn has_handwork(&self) -> Result<bool, StoreError> {
        if self.results().open(tags::TABLE)?.is_some() || !self.tag_colours()?.chosen.is_empty() {
            return Ok(true);
        }
        if self.has_labels_by_hand()? {
            return Ok(true);
        }
        for features in self.feature_tables()? {
            if !self.clusterings(&features.table)?.is_empty() || self.has_classes(&features.table)? {
                return Ok(true);
            }
        }
        Ok(!self.awaited_classes()?.is_empty())
    }

    fn tagged_paths(&self, records: &[ImageRecord]) -> Result<TaggedPaths, StoreError> {
        let mut found = TaggedPaths::new();
        let Some(table) = self.results().open(tags::TABLE)? else { return Ok(found) };
        let record = |id: ImageId| records.get(id.index()).cloned();
        let owners = Owners::of(tags::TABLE, &table, &mut self.results().comparison()?, &record)?;
        table.scan(&["id", "path", "tag"], READ_ROWS, |batch| {
            let texts = |column: usize| batch.column(column).as_string_opt::<i32>();
            let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(texts(1)).zip(texts(2));
            let ((ids, paths), tags) = columns.ok_or_else(|| damaged(&table, "its columns have other types"))?;
            for row in (0..batch.num_rows()).filter(|row| tags.is_valid(*row)) {
                let written = paths.is_valid(row).then(|| paths.value(row));
                // By its path of today, which need not be the one under which it got the tag. What waits has no other.
                let owner = owners.id_of(ids.value(row), written.map(path_key));
                let now = owner.and_then(|id| records.get(id as usize)).map(|record| record.path.text.as_str());
                if let Some(path) = now.or(written) {
                    found.entry(tags.value(row).to_owned()).or_default().insert(path.to_owned());
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Each clustering with its name and the table of the vectors that it is of.
    fn all_clusterings(&self) -> Result<Vec<(String, String, Clustering)>, StoreError> {
        let mut found = Vec::new();
        for features in self.feature_tables()? {
            for name in self.clusterings(&features.table)? {
                match self.clustering(&features.table, &name) {
                    Ok(Some(clustering)) => found.push((name, features.table.clone(), clustering)),
                    Ok(None) => {}
                    Err(error) => tracing::warn!("names of clusters are passed over: {error}"),
                }
            }
        }
        Ok(found)
    }

    /// Takes handwork into the workspace: what is there stays, and what is new joins it. A cluster gets the name of the one that most
    /// of its pictures were in.
    ///
    /// # Errors
    /// When the workspace was opened for reading only, cannot be read, or the disk does not let us. Tags are one commit, and so are
    /// labels.
    pub fn take_handwork(&self, handwork: &Handwork) -> Result<HandworkTaken, StoreError> {
        let recorder = self.recorder()?;
        let records = self.images()?;
        let there = OnRecord { records: &records, by_path: self.images_by_path()? };
        let mut taken = HandworkTaken::default();
        self.take_tags(&recorder, &there, handwork, &mut taken)?;
        self.take_labels(&recorder, &there, handwork, &mut taken)?;
        self.take_tag_colours(&recorder, handwork, &mut taken)?;
        self.take_cluster_names(&recorder, &there, handwork, &mut taken)?;
        self.take_classes(&recorder, &handwork.classes, &mut taken)?;
        Ok(taken)
    }

    fn take_tags(
        &self,
        recorder: &Recorder,
        there: &OnRecord<'_>,
        handwork: &Handwork,
        taken: &mut HandworkTaken,
    ) -> Result<(), StoreError> {
        let known = self.tagged_paths(there.records)?;
        let mut rows: BTreeSet<(&str, u32, &str)> = BTreeSet::new();
        for (tag, paths) in &handwork.tags {
            for path in paths {
                let (record, path) = there.at(path);
                if known.get(tag).is_some_and(|known| known.contains(path)) {
                    taken.tags_known += 1;
                } else {
                    rows.insert((tag, record.map_or(NOT_ON_RECORD, |record| record.id.0), path));
                }
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        taken.tags_added = rows.len();
        taken.tags_waiting = rows.iter().filter(|(_, id, _)| *id == NOT_ON_RECORD).count();
        let schema = tags::schema();
        let batch = RecordBatch::try_new(
            schema.clone(),
            vec![
                Arc::new(UInt32Array::from_iter_values(rows.iter().map(|(_, id, _)| *id))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|(_, _, path)| *path))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|(tag, _, _)| *tag))),
            ],
        );
        let mut table = Table::open_or_create(recorder.driver(), &recorder.path_of(tags::TABLE), schema.clone())?;
        table.append(Box::new(RecordBatchIterator::new([batch], schema)))?;
        Ok(())
    }

    fn take_tag_colours(
        &self,
        recorder: &Recorder,
        handwork: &Handwork,
        taken: &mut HandworkTaken,
    ) -> Result<(), StoreError> {
        let mut colours = self.tag_colours()?;
        for (tag, colour) in &handwork.colours.chosen {
            if let Entry::Vacant(entry) = colours.chosen.entry(tag.clone()) {
                entry.insert(*colour);
                taken.tags_coloured += 1;
            }
        }
        if taken.tags_coloured > 0 { recorder.keep_tag_colours(&colours) } else { Ok(()) }
    }

    fn take_cluster_names(
        &self,
        recorder: &Recorder,
        there: &OnRecord<'_>,
        handwork: &Handwork,
        taken: &mut HandworkTaken,
    ) -> Result<(), StoreError> {
        for named in &handwork.clusters {
            let NamedCluster { clustering, name, images } = named;
            let mut left = |why: &str| taken.clusters_left.push(format!("{name} ({clustering}): {why}"));
            let wanted: HashSet<ImageId> = images.iter().filter_map(|path| there.by_path.one(path)).collect();
            // Read anew for each: a name before it may have been of the same clustering.
            let found = self.all_clusterings()?.into_iter().filter(|(known, ..)| known == clustering);
            let best = found
                .filter_map(|(_, features, found)| {
                    let mut shared = vec![0usize; found.clusters.len()];
                    let of_wanted = found.ids.iter().zip(&found.of).filter(|(id, _)| wanted.contains(id));
                    of_wanted.filter_map(|(_, of)| *of).for_each(|of| shared[of as usize] += 1);
                    let (index, shared) = shared.into_iter().enumerate().max_by_key(|(_, shared)| *shared)?;
                    Some((shared, features, index, found))
                })
                .max_by_key(|(shared, ..)| *shared);
            let Some((shared, features, index, found)) = best else {
                left("there is no such clustering; make it, and import again");
                continue;
            };
            if shared * 2 <= wanted.len() {
                left("no cluster has most of its pictures");
                continue;
            }
            match &found.clusters[index].name {
                Some(known) if known == name => {}
                Some(known) => left(&format!("its pictures are called {known} here")),
                None => {
                    recorder.rename_cluster(&features, clustering, index, Some(name.clone()), |id| there.record(id))?;
                    taken.clusters_named += 1;
                }
            }
        }
        Ok(())
    }
}

fn members(clustering: &Clustering, cluster: u32) -> impl Iterator<Item = ImageId> {
    let of = clustering.ids.iter().zip(&clustering.of);
    of.filter(move |(_, of)| **of == Some(cluster)).map(|(id, _)| *id)
}
