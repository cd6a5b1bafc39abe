//! Labels that were given by hand, as the part of the handwork that they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use lance::deps::datafusion::logical_expr::{Expr, ident, lit};

use super::origin::HAND;
use super::{NewLabel, ORIGIN, READ_ROWS, TABLE, scan, tells_origins};
use crate::domain::{
    Handwork, HandworkTaken, ImageId, ImageRecord, ImageSet, ImportedName, LABEL_TAG_PREFIX, SaidLabel, Tags,
};
use crate::store::handwork::Owners;
use crate::store::images_by_path::OnRecord;
use crate::store::{Recorder, StoreError, Workspace};

/// Rows with labels that were given by hand.
fn are_by_hand() -> Expr {
    ident(ORIGIN).eq(lit(HAND))
}

impl Workspace {
    /// Whether somebody gave a label by hand.
    pub(in crate::store) fn has_labels_by_hand(&self) -> Result<bool, StoreError> {
        let Some(table) = self.results().open(TABLE)?.filter(tells_origins) else { return Ok(false) };
        let mut has_some = false;
        table.scan_where(Some(are_by_hand()), &["id"], READ_ROWS, |batch| {
            has_some |= batch.num_rows() > 0;
            Ok(if has_some { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(has_some)
    }

    /// The paths of the pictures of each label that was given by hand, in order; those that wait for their pictures are among them.
    pub(in crate::store) fn labels_by_hand(
        &self,
        records: &[ImageRecord],
    ) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, label) in self.labelled_by_hand(records)? {
            found.entry(label).or_default().insert(path);
        }
        Ok(found.into_iter().map(|(label, paths)| (label, paths.into_iter().collect())).collect())
    }

    /// By path.
    fn labelled_by_hand(&self, records: &[ImageRecord]) -> Result<HashMap<String, String>, StoreError> {
        let mut found = HashMap::new();
        let Some(table) = self.results().open(TABLE)?.filter(tells_origins) else { return Ok(found) };
        let record = |id: ImageId| records.get(id.index()).cloned();
        let owners = Owners::of(TABLE, &table, &mut self.results().comparison()?, &record)?;
        scan(&table, Some(are_by_hand()), |row| {
            // By its path of today, which need not be the one under which it was labelled. What waits has no other.
            let now = owners.id_of(row.id, row.key).and_then(|id| records.get(id as usize));
            let path = now.map_or(row.path, |record| &record.path.text).to_owned();
            if let ImportedName::One(label) = row.imported().label {
                found.insert(path, label);
            }
        })?;
        Ok(found)
    }

    /// Takes labels in that were given by hand elsewhere. A picture that was labelled by hand here keeps that; what was imported for it
    /// gives way, and so do the tags by which an import named several labels.
    pub(in crate::store) fn take_labels(
        &self,
        recorder: &Recorder,
        there: &OnRecord<'_>,
        handwork: &Handwork,
        taken: &mut HandworkTaken,
    ) -> Result<(), StoreError> {
        if handwork.labels.is_empty() {
            return Ok(());
        }
        let known = self.labelled_by_hand(there.records)?;
        let (mut new, mut waiting) = (BTreeMap::new(), BTreeMap::new());
        for (label, paths) in &handwork.labels {
            for path in paths {
                let (record, path) = there.at(path);
                match (known.get(path), record) {
                    (Some(known), _) if known == label => taken.labels_known += 1,
                    (Some(_), _) => taken.labels_left += 1,
                    (None, Some(record)) => {
                        new.insert(record.id, label.as_str());
                    }
                    (None, None) => {
                        waiting.insert(path, label.as_str());
                    }
                }
            }
        }
        (taken.labels_added, taken.labels_waiting) = (new.len() + waiting.len(), waiting.len());
        // Before the labels: where these fail, they are new to whoever takes the file again.
        self.settle_tags(recorder, there, handwork, &new)?;
        let new: Vec<NewLabel> = new
            .into_iter()
            .map(|(image, label)| NewLabel { image, label: Some(SaidLabel::by_hand(label)), split: None })
            .collect();
        let waiting: Vec<(&str, &str)> = waiting.into_iter().collect();
        if taken.labels_added > 0 {
            recorder.keep_labels_and_waiting(&new, &waiting, |id| there.record(id))?;
        }
        Ok(())
    }

    /// Of pictures that are given a label by hand, puts its tag in the place of those of other labels, but of those that the file itself
    /// names for them. Who bears none gets none.
    fn settle_tags(
        &self,
        recorder: &Recorder,
        there: &OnRecord<'_>,
        handwork: &Handwork,
        new: &BTreeMap<ImageId, &str>,
    ) -> Result<(), StoreError> {
        let tags = self.tags()?;
        let bearers: ImageSet =
            tags.beginning_with(LABEL_TAG_PREFIX).flat_map(|(_, bearers)| bearers.iter().copied()).collect();
        let tagged = new.iter().filter(|(image, _)| bearers.contains(**image));
        let images: ImageSet = tagged.clone().map(|(image, _)| *image).collect();
        if images.is_empty() {
            return Ok(());
        }
        // Of a label that cannot be a tag there is none.
        let own = tagged.filter_map(|(image, label)| Some((*image, Tags::of_label(label).ok()?)));
        let of_file = handwork.tags.iter().filter(|(tag, _)| tag.starts_with(LABEL_TAG_PREFIX));
        let named = of_file.flat_map(|(tag, paths)| {
            let known = paths.iter().filter_map(|path| there.by_path.one(path));
            known.filter(|image| images.contains(*image)).map(|image| (image, tag.clone()))
        });
        let tags: Vec<(ImageId, String)> = own.chain(named).collect();
        recorder.replace_tags(LABEL_TAG_PREFIX, &images, &tags, |id| there.record(id))
    }
}
