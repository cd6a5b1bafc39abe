//! The vector that stands for a probe: of images, classes, parts and pictures from elsewhere, read or computed.

use std::path::{Path, PathBuf};

use crossbeam_channel::bounded;

use super::{NeighbourWorker, Stale, WHAT};
use crate::analysis::neighbours::probe_of;
use crate::analysis::probe::{Probe, mean_of};
use crate::domain::predicate::names_there_are;
use crate::domain::{ClassOrigin, Example, ImageId, Metric, NeighbourWish, Region, StoredLayer};
use crate::engine::analyses::class_members::Members;
use crate::engine::collection::library::SearchableVectors;
use crate::engine::message::Problem;
use crate::engine::tensor::TensorLook;

impl NeighbourWorker {
    /// The one vector that stands for all examples.
    ///
    /// Without them the vectors of images are read one by one.
    pub(super) fn probe(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        searchable: Option<&SearchableVectors>,
        channels: usize,
        stale: Stale,
    ) -> Result<Vec<f32>, Problem> {
        // As it is: of one image alone, the length is part of the question where the measure sees it.
        match &wish.examples[..] {
            [(Example::Image(image), weight)] if *weight > 0.0 => return self.vector_of(*image, source, searchable),
            [(Example::File { path, region: None }, weight)] if *weight > 0.0 => {
                return self.computed_of(path, source, None);
            }
            _ => {}
        }
        let mut probe = Probe::default();
        for (example, weight) in &wish.examples {
            let vector = match example {
                Example::Image(image) => self.vector_of(*image, source, searchable)?,
                Example::Region { image, region } => self.computed(*image, source, Some(*region))?,
                Example::File { path, region } => self.computed_of(path, source, *region)?,
                Example::Vector(vector) => vector.clone(),
                many @ (Example::Label(_) | Example::Tag(_) | Example::Cluster { .. } | Example::Class(_)) => {
                    match searchable {
                        Some(searchable) => self.mean_of(many, wish.metric, searchable, stale)?,
                        None => self.mean_of(many, wish.metric, &*self.opened.library.vectors(source)?, stale)?,
                    }
                }
            };
            probe.add(vector, *weight, channels).map_err(|error| Problem::new(WHAT, error))?;
        }
        probe.check().map_err(|error| Problem::new(WHAT, error))?;
        Ok(probe.vector(wish.metric))
    }

    fn vector_of(
        &self,
        image: ImageId,
        source: &StoredLayer,
        searchable: Option<&SearchableVectors>,
    ) -> Result<Vec<f32>, Problem> {
        let known = match searchable {
            Some(searchable) => probe_of(&searchable.vectors, image),
            None => self.opened.library.vector(source, image)?,
        };
        match known {
            Some(vector) => Ok(vector),
            None => self.computed(image, source, None),
        }
    }

    fn mean_of(
        &self,
        many: &Example,
        metric: Metric,
        searchable: &SearchableVectors,
        stale: Stale,
    ) -> Result<Vec<f32>, Problem> {
        let images = self.images_of(many)?;
        match mean_of(&searchable.vectors, &images, metric, stale) {
            Some(mean) if mean.images > 0 => Ok(mean.vector),
            // Nobody sees what comes of a question that nobody asks any more.
            None => Ok(vec![0.0; searchable.vectors.matrix.columns()]),
            Some(_) => {
                let of = many.title().unwrap_or_default();
                Err(Problem::new(WHAT, format!("no image of {of} has vectors at this layer"))
                    .with_remedy("Extract features first."))
            }
        }
    }

    /// The images that an example of many images is the mean of.
    pub(super) fn images_of(&self, many: &Example) -> Result<Vec<ImageId>, Problem> {
        let members = Members::new(&self.opened);
        let found = match many {
            Example::Label(label) => return self.images_with(label),
            Example::Tag(tag) => members.of(tag, &ClassOrigin::Tag)?,
            Example::Class(class) => {
                let (images, remark) = members.of_kept(class)?;
                remark.into_iter().for_each(|remark| self.opened.outbox.remark(remark));
                images
            }
            Example::Cluster { clustering, cluster } => {
                let found = members.clustering(Some(clustering))?;
                let index = u32::try_from(*cluster).unwrap_or(u32::MAX);
                found.members(index).collect()
            }
            Example::Image(image) | Example::Region { image, .. } => vec![*image],
            Example::Vector(_) | Example::File { .. } => Vec::new(),
        };
        if found.is_empty() {
            let of = many.title().unwrap_or_default();
            return Err(Problem::new(WHAT, format!("{of} has no images")));
        }
        Ok(found)
    }

    fn images_with(&self, label: &str) -> Result<Vec<ImageId>, Problem> {
        let all = self.opened.catalogue.now();
        let images: Vec<ImageId> = all.with_label(Some(label)).collect();
        if !images.is_empty() {
            return Ok(images);
        }
        let mut labels: Vec<&str> = all.iter().filter_map(|image| image.label).collect();
        labels.sort_unstable();
        labels.dedup();
        let remedy = match labels.is_empty() {
            true => "An image's label was imported, or is the name of the folder it lies in.".to_owned(),
            false => names_there_are(label, "labels", &labels),
        };
        Err(Problem::new(WHAT, format!("no image has the label {label}")).with_remedy(remedy))
    }

    /// The vector of an image that is not in the workspace yet, or of a part of one.
    fn computed(&self, image: ImageId, source: &StoredLayer, region: Option<Region>) -> Result<Vec<f32>, Problem> {
        self.computed_of(&self.path_of(image)?, source, region)
    }

    /// Where the picture of an image lies, if it can be read.
    pub(super) fn path_of(&self, image: ImageId) -> Result<PathBuf, Problem> {
        let record =
            self.opened.catalogue.get(image).ok_or_else(|| Problem::new(WHAT, "the image is not in the collection"))?;
        if let Some(reason) = &record.problem {
            return Err(Problem::new(WHAT, format!("{reason}: {}", record.path.text)));
        }
        Ok(record.path.below(&self.opened.folder))
    }

    /// The vector of a picture, or of a part of one, by the network.
    fn computed_of(&self, path: &Path, source: &StoredLayer, region: Option<Region>) -> Result<Vec<f32>, Problem> {
        Ok(self.computed_at(path, std::slice::from_ref(source), region)?.pop().unwrap_or_default())
    }

    /// The same at several layers, in one pass.
    pub(super) fn computed_at(
        &self,
        path: &Path,
        sources: &[StoredLayer],
        region: Option<Region>,
    ) -> Result<Vec<Vec<f32>>, Problem> {
        let (reply, answer) = bounded(1);
        let searcher = self.searcher;
        let look = TensorLook::Vectors { searcher, path: path.to_owned(), sources: sources.to_vec(), region, reply };
        self.opened.tensor.look(look);
        answer.recv().map_err(|_| Problem::new(WHAT, "the network's thread has ended"))?
    }
}
