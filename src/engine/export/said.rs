//! What people say of images that leave: splits, tags, boxes, and the classes of a data set.

use std::collections::HashMap;

use crate::domain::{ClassesBy, ImageBox, ImageId, ImportedLabels, LABEL_TAG_PREFIX};
use crate::engine::message::{ExportWish, Problem};
use crate::engine::opened::Opened;
use crate::export::Said;
use crate::store::{QueryError, StoreError};

const NOT_EXPORTED: &str = "Nothing was exported";

/// What is said of images.
pub struct SaidOfAll {
    labels: ImportedLabels,
    tags: HashMap<ImageId, Vec<String>>,
    boxes: HashMap<ImageId, Vec<ImageBox>>,
    classes: HashMap<ImageId, Vec<String>>,
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
        let every = all_tags.images.iter().map(|(tag, images)| (tag.as_str(), images.as_slice()));
        let mut said = Self { labels, tags: by_image(every), boxes: HashMap::new(), classes: HashMap::new() };
        if !request.format.is_of_data_set() {
            return Ok(said);
        }
        match &request.dataset.by {
            ClassesBy::Label => {
                for it in workspace.boxes_of_met(known).map_err(unread)? {
                    said.boxes.entry(it.image).or_default().push(it);
                }
                for id in &request.images {
                    let names = said.tags.get(id).into_iter().flatten();
                    let mut several: Vec<String> =
                        names.filter_map(|tag| tag.strip_prefix(LABEL_TAG_PREFIX)).map(str::to_owned).collect();
                    // A person's own tag may begin so, too; the label is there in any case.
                    let label = known(*id).and_then(|record| record.label);
                    several.extend(label.filter(|label| !several.contains(label)));
                    // Boxes say more than the folder's name.
                    let is_of_folder = said.labels.images.get(id).is_none_or(|it| it.label == Default::default());
                    if is_of_folder && said.boxes.contains_key(id) {
                        several.clear();
                    }
                    said.classes.insert(*id, several);
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
                let clustering =
                    workspace.clustering_called(opened.features(), &name).map_err(|error| match error {
                        QueryError::Predicate(error) => {
                            Problem::new(NOT_EXPORTED, &error.what).with_remedy(error.remedy)
                        }
                        error @ (QueryError::Store(_) | QueryError::Stopped) => Problem::new(NOT_EXPORTED, error),
                    })?;
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
            classes: self.classes.get(&id).cloned().unwrap_or_default(),
            boxes: self.boxes.get(&id).cloned().unwrap_or_default(),
        }
    }
}

fn by_image<'a>(tags: impl Iterator<Item = (&'a str, &'a [ImageId])>) -> HashMap<ImageId, Vec<String>> {
    let mut found: HashMap<ImageId, Vec<String>> = HashMap::new();
    for (tag, ids) in tags {
        for id in ids {
            found.entry(*id).or_default().push(tag.to_owned());
        }
    }
    found
}
