//! What is done to a workspace: to a real one, and to what it should hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tiramisu::domain::{
    ImageId, ImagePath, ImageRecord, ImportedName, IndexKind, IndexRecord, LabelOrigin, Metric, SaidLabel, VersionName,
};
use tiramisu::store::{FeatureRows, FeatureSpec, NewLabel, StoreError, Workspace};

use crate::store::{image, images, rows, spec};

/// The layers of the network, in the order in which they are added.
const LAYERS: [(&str, usize); 3] = [("conv1", 8), ("conv2", 2), ("conv3", 1)];

/// What a workspace holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub images: u32,
    /// Those that are not where they were first.
    pub moved: BTreeMap<u32, String>,
    pub with_vectors: BTreeSet<u32>,
    /// Layers that were added to the first.
    pub further_layers: usize,
    pub tags: BTreeMap<String, BTreeSet<u32>>,
    /// Labels that stand in the place of the folder's, and whether a person gave them.
    pub labels: BTreeMap<u32, (String, bool)>,
}

impl Held {
    /// What is known of an image.
    pub fn record(&self, id: u32) -> ImageRecord {
        let record = image(id).record;
        let path = self.moved.get(&id).map(|text| ImagePath { text: text.clone(), raw: None });
        ImageRecord { path: path.unwrap_or(record.path), ..record }
    }

    pub fn spec(&self) -> FeatureSpec {
        spec(&LAYERS[..=self.further_layers])
    }

    pub fn may_get_a_layer(&self) -> bool {
        self.further_layers + 1 < LAYERS.len()
    }

    /// What somebody who opens the workspace finds.
    pub fn seen(workspace: &Workspace) -> Result<Self, StoreError> {
        let records = workspace.images()?;
        let moved = records.iter().filter(|record| record.path != image(record.id.0).record.path);
        let moved = moved.map(|record| (record.id.0, record.path.text.clone())).collect();
        let table = workspace.read_features(&spec(&LAYERS[..1]).table_name())?;
        let with_vectors = table.ids().iter().map(|id| id.0).collect();
        let tags = workspace.tags()?;
        let ids = |bearers: &[ImageId]| bearers.iter().map(|id| id.0).collect();
        let tags = tags.iter().map(|(tag, bearers)| (tag.to_owned(), ids(bearers))).collect();
        let labels = workspace.imported_labels()?.images.into_iter().filter_map(|(image, found)| {
            let ImportedName::One(label) = &found.label else { return None };
            Some((image.0, (label.clone(), found.is_by_hand())))
        });
        let labels = labels.collect();
        // Each is pooled in two ways.
        let further_layers = table.columns().len() / 2 - 1;
        Ok(Self { images: records.len() as u32, moved, with_vectors, further_layers, tags, labels })
    }

    /// Whether each kind of thing is as it was before or as it is after. Who reads while somebody writes reads one table after the other.
    pub fn lies_between(&self, before: &Self, after: &Self) -> bool {
        let has = |is_that: &dyn Fn(&Self) -> bool| [before, after].into_iter().any(is_that);
        has(&|it| it.images == self.images)
            && has(&|it| it.moved == self.moved)
            && has(&|it| it.with_vectors == self.with_vectors)
            && has(&|it| it.further_layers == self.further_layers)
            && has(&|it| it.tags == self.tags)
            && has(&|it| it.labels == self.labels)
    }
}

/// One thing that is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Verb {
    AppendImages(u32),
    /// To these places.
    MoveImages(BTreeMap<u32, Option<String>>),
    AppendVectors(Vec<u32>),
    RemoveVectors(Vec<u32>),
    AddLayer,
    Index,
    AddTag(String, Vec<u32>),
    RemoveTag(String, Vec<u32>),
    /// By hand or not.
    Label(String, bool, Vec<u32>),
    /// Those given by hand, too, or not.
    ForgetLabels(bool),
    Name(String),
    /// The name, and what it names.
    GoBack(String, Held),
    Compact,
    Forget(usize),
}

impl Verb {
    /// The table whose last commit this is, if it is one alone.
    pub fn only_table(&self) -> Option<String> {
        match self {
            Self::AppendVectors(_) | Self::RemoveVectors(_) => Some(spec(&LAYERS[..1]).table_name()),
            Self::AddTag(..) | Self::RemoveTag(..) => Some("tags".to_owned()),
            Self::Label(..) | Self::ForgetLabels(_) => Some("labels".to_owned()),
            // Of those that move it is the last, and where they lay before stays true.
            Self::AppendImages(_) | Self::MoveImages(_) => Some("images".to_owned()),
            Self::AddLayer | Self::Index | Self::Name(_) | Self::GoBack(..) | Self::Compact | Self::Forget(_) => None,
        }
    }

    /// Whether who reads meanwhile may be told that something is not there any more, or see tables of several states.
    pub fn may_disturb_readers(&self) -> bool {
        match self {
            Self::GoBack(..) | Self::Compact | Self::Forget(_) => true,
            Self::AppendImages(_)
            | Self::MoveImages(_)
            | Self::AppendVectors(_)
            | Self::RemoveVectors(_)
            | Self::AddLayer
            | Self::Index
            | Self::AddTag(..)
            | Self::RemoveTag(..)
            | Self::Label(..)
            | Self::ForgetLabels(_)
            | Self::Name(_) => false,
        }
    }

    /// What there is to hold once it is done.
    pub fn changes(&self, held: &Held) -> Held {
        let mut held = held.clone();
        match self {
            Self::AppendImages(count) => held.images += count,
            Self::MoveImages(places) => {
                for (id, place) in places {
                    match place {
                        Some(place) => drop(held.moved.insert(*id, place.clone())),
                        None => drop(held.moved.remove(id)),
                    }
                }
            }
            Self::AppendVectors(ids) => held.with_vectors.extend(ids),
            Self::RemoveVectors(ids) => held.with_vectors.retain(|id| !ids.contains(id)),
            Self::AddLayer => held.further_layers += 1,
            Self::AddTag(tag, ids) => held.tags.entry(tag.clone()).or_default().extend(ids),
            Self::RemoveTag(tag, ids) => {
                held.tags.entry(tag.clone()).or_default().retain(|id| !ids.contains(id));
                held.tags.retain(|_, bearers| !bearers.is_empty());
            }
            Self::Label(label, by_hand, ids) => {
                held.labels.extend(ids.iter().map(|id| (*id, (label.clone(), *by_hand))));
            }
            Self::ForgetLabels(over_hand) => held.labels.retain(|_, (_, by_hand)| *by_hand && !over_hand),
            Self::GoBack(_, then) => held = then.clone(),
            Self::Index | Self::Name(_) | Self::Compact | Self::Forget(_) => {}
        }
        held
    }

    /// Does it to a workspace that holds this, or a part of what it is to hold afterwards.
    pub fn act(&self, workspace: &mut Workspace, held: &Held) -> Result<(), StoreError> {
        let spec = held.spec();
        let named = |ids: &[u32]| ids.iter().map(|id| ImageId(*id)).collect::<Vec<_>>();
        let rows_of = |columns: &[_], ids: &[u32]| {
            let paths = ids.iter().map(|id| held.record(*id).path.text).collect();
            FeatureRows { paths, ..rows(columns, ids.iter().copied()) }
        };
        match self {
            Self::AppendImages(count) => {
                workspace.append_images(images(held.images..held.images + count))?;
            }
            Self::MoveImages(places) => {
                let after = self.changes(held);
                workspace.move_images(places.keys().map(|id| after.record(*id)).collect())?;
            }
            Self::AppendVectors(ids) => {
                workspace.features(&spec)?.append(rows_of(&spec.columns, ids))?;
            }
            Self::RemoveVectors(ids) => {
                workspace.features(&spec)?.remove(&named(ids))?;
            }
            Self::AddLayer => {
                let mut table = workspace.features(&spec)?;
                let all = self.changes(held).spec();
                if let Some(mut supplement) = workspace.supplement(&table, &all)? {
                    // Somebody who was killed, or met a full disk, may have begun.
                    let lacking: Vec<u32> =
                        table.ids().iter().filter(|id| !supplement.ids().contains(id)).map(|id| id.0).collect();
                    for part in lacking.chunks(3) {
                        supplement.append(rows_of(&all.columns[spec.columns.len()..], part))?;
                    }
                    workspace.merge_supplement(&mut table, supplement, &[])?;
                }
            }
            Self::Index => {
                let recorder = workspace.recorder()?;
                let (features, source) = (spec.table_name(), &spec.columns[0].0);
                recorder.build_index(&features, source, IndexKind::IvfHnswSq, Metric::Euclidean)?;
                let count = held.with_vectors.len();
                recorder.save_index(
                    &features,
                    IndexRecord {
                        source: source.clone(),
                        kind: IndexKind::IvfHnswSq,
                        metric: Metric::Euclidean,
                        rows: count,
                        built_rows: count,
                        probes: 1,
                        refine: 8,
                        recall: 1.0,
                        least_recall: 1.0,
                        measured_k: 1,
                        measured_probes: 1,
                        median_ms: 1.0,
                        p99_ms: 1.0,
                        exact_median_ms: 1.0,
                        built_secs: 1.0,
                        measured_unix_secs: 0,
                        extended: None,
                    },
                )?;
            }
            Self::AddTag(tag, ids) => {
                workspace.recorder()?.add_tag(&named(ids), tag, |id| Some(held.record(id.0)))?;
            }
            Self::RemoveTag(tag, ids) => {
                workspace.recorder()?.remove_tag(&named(ids), tag)?;
            }
            Self::Label(label, by_hand, ids) => {
                let origin = if *by_hand { LabelOrigin::Hand } else { LabelOrigin::Import("all.csv".into()) };
                let label = SaidLabel { name: ImportedName::One(label.clone()), origin };
                let new = |image| NewLabel { image, label: Some(label.clone()), split: None };
                let new: Vec<NewLabel> = named(ids).into_iter().map(new).collect();
                workspace.recorder()?.keep_labels(&new, |id| Some(held.record(id.0)))?;
            }
            Self::ForgetLabels(over_hand) => {
                workspace.recorder()?.forget_labels(*over_hand)?;
            }
            Self::Name(name) => {
                workspace.tag(name, None, &VersionName::Latest)?;
            }
            Self::GoBack(name, _) => {
                workspace.restore(None, &VersionName::Name(name.clone()))?;
            }
            Self::Compact => {
                workspace.maintain(true, &mut |_, _| true)?;
            }
            Self::Forget(kept) => {
                workspace.delete_old_versions(*kept)?;
            }
        }
        Ok(())
    }
}
