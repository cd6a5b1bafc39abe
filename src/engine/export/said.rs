//! What people say of images that leave: splits, tags, boxes, and the classes of a data set.

use std::collections::HashMap;

use crate::domain::{
    ClassesBy, Clustering, ClustersTold, ImageBox, ImageId, ImportedLabels, LABEL_TAG_PREFIX, PerImage,
};
use crate::engine::message::{ExportWish, Problem};
use crate::engine::opened::Opened;
use crate::export::Said;
use crate::store::{QueryError, StoreError, Workspace};

const NOT_EXPORTED: &str = "Nothing was exported";
/// What is said where all but the clusters is told.
const LEFT_OUT: &str = "Clusters were left out of the table";

/// What is said of images.
pub struct SaidOfAll {
    labels: ImportedLabels,
    tags: HashMap<ImageId, Vec<String>>,
    boxes: HashMap<ImageId, Vec<ImageBox>>,
    classes: HashMap<ImageId, Vec<String>>,
    clusters: Option<Clustering>,
}

impl SaidOfAll {
    /// Reads it; boxes and classes only where the format is that of a data set.
    ///
    /// # Errors
    /// When it cannot be read, or the clustering that was asked for is not there.
    pub fn read(request: &ExportWish, opened: &Opened) -> Result<Self, Problem> {
        let unread = |error: StoreError| Problem::new(NOT_EXPORTED, error);
        let known = |id| opened.catalogue.get(id);
        let workspace = opened.workspace.now().map_err(unread)?;
        let labels = workspace.imported_labels_of_met(known).map_err(unread)?;
        let all_tags = workspace.tags_of_met(known).map_err(unread)?;
        let mut said = Self {
            labels,
            tags: by_image(all_tags.iter()),
            boxes: HashMap::new(),
            classes: HashMap::new(),
            clusters: None,
        };
        if !request.format.is_of_data_set() {
            if request.format.tells_clusters() {
                said.clusters = clusters(request, &workspace, opened)?;
            }
            return Ok(said);
        }
        match &request.dataset.by {
            ClassesBy::Label => {
                for it in workspace.boxes_of_met(known).map_err(unread)? {
                    said.boxes.entry(it.image).or_default().push(it);
                }
                for id in request.images.iter() {
                    let names = said.tags.get(&id).into_iter().flatten();
                    let mut several: Vec<String> =
                        names.filter_map(|tag| tag.strip_prefix(LABEL_TAG_PREFIX)).map(str::to_owned).collect();
                    // A person's own tag may begin so, too; the label is there in any case.
                    let label = known(id).and_then(|record| record.label);
                    several.extend(label.filter(|label| !several.contains(label)));
                    // Boxes say more than the folder's name.
                    let is_of_folder = said.labels.images.get(&id).is_none_or(|it| it.label == Default::default());
                    if is_of_folder && said.boxes.contains_key(&id) {
                        several.clear();
                    }
                    said.classes.insert(id, several);
                }
            }
            // A selection that was saved is no class.
            ClassesBy::Tag => said.classes = by_image(all_tags.words()),
            ClassesBy::Cluster(written) => {
                let name = match written {
                    Some(written) => written.clone(),
                    None => {
                        let mut names = workspace.clusterings(opened.features()).map_err(unread)?;
                        match names.len() {
                            1 => names.remove(0),
                            0 => {
                                let problem = Problem::new(NOT_EXPORTED, "nothing was clustered yet");
                                return Err(problem.with_remedy("Make clusters first: `tiramisu cluster FOLDER`."));
                            }
                            _ => {
                                let why = format!("there are several clusterings: {}", names.join(", "));
                                let problem = Problem::new(NOT_EXPORTED, why);
                                return Err(problem.with_remedy("Name one, as in cluster:NAME."));
                            }
                        }
                    }
                };
                let clustering = called(&name, &workspace, opened)?;
                for (index, cluster) in clustering.clusters.iter().enumerate() {
                    for id in clustering.members(index as u32) {
                        said.classes.entry(id).or_default().push(cluster.title(index));
                    }
                }
            }
        }
        Ok(said)
    }

    /// What is said of one image.
    pub fn of(&self, id: ImageId) -> Said {
        Said {
            split: self.labels.split_of(id).map(str::to_owned),
            tags: self.tags.get(&id).cloned().unwrap_or_default(),
            cluster: self.clusters.as_ref().and_then(|known| cluster_in_words(known, id)),
            classes: self.classes.get(&id).cloned().unwrap_or_default(),
            boxes: self.boxes.get(&id).cloned().unwrap_or_default(),
        }
    }
}

/// The clustering of a table of images. Where a person named none and it cannot be read, the rest is told all the same, and that.
fn clusters(request: &ExportWish, workspace: &Workspace, opened: &Opened) -> Result<Option<Clustering>, Problem> {
    let left_out = |problem: Problem| {
        opened.outbox.remark(problem);
        None
    };
    let (features, unread) = (opened.features(), |error: StoreError| Problem::new(LEFT_OUT, error));
    Ok(match &request.dataset.clusters {
        ClustersTold::Of(name) => Some(called(name, workspace, opened)?),
        ClustersTold::OfTheShown(name) => match workspace.clustering(features, name) {
            Ok(Some(shown)) => Some(shown),
            Ok(None) => {
                let why = format!("another program removed the clustering that was shown: {name}");
                left_out(
                    Problem::new(LEFT_OUT, why).with_remedy("Cluster again, or show another one, and export again."),
                )
            }
            Err(error) => left_out(unread(error)),
        },
        ClustersTold::OfTheOnlyOne => {
            let found = workspace.clusterings(features).and_then(|names| match &names[..] {
                [name] => workspace.clustering(features, name),
                _ => Ok(None),
            });
            found.unwrap_or_else(|error| left_out(unread(error)))
        }
    })
}

/// A clustering as a person calls it.
fn called(name: &str, workspace: &Workspace, opened: &Opened) -> Result<Clustering, Problem> {
    workspace.clustering_called(opened.features(), name).map_err(|error| match error {
        QueryError::Predicate(error) => Problem::new(NOT_EXPORTED, &error.what).with_remedy(error.remedy),
        error @ (QueryError::Store(_) | QueryError::Stopped) => Problem::new(NOT_EXPORTED, error),
    })
}

/// The name that a person gave to the cluster of an image, or its number.
fn cluster_in_words(clustering: &Clustering, id: ImageId) -> Option<String> {
    let number = clustering.cluster_of(id)?;
    let name = clustering.clusters.get(number as usize).and_then(|cluster| cluster.name.clone());
    Some(name.unwrap_or_else(|| number.to_string()))
}

fn by_image<'a>(tags: impl Iterator<Item = (&'a str, &'a PerImage<ImageId>)>) -> HashMap<ImageId, Vec<String>> {
    let mut found: HashMap<ImageId, Vec<String>> = HashMap::new();
    for (tag, ids) in tags {
        for id in ids {
            found.entry(*id).or_default().push(tag.to_owned());
        }
    }
    found
}
