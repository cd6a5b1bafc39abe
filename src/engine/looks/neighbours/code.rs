//! The code of the full-network embedding that stands for a probe.

use std::path::Path;

use super::{NeighbourWorker, Stale, WHAT};
use crate::analysis::embedding::TernaryCodes;
use crate::domain::{Example, ImageId, NeighbourWish, Pooling, StoredLayer};
use crate::engine::collection::embedding::Embedding;
use crate::engine::message::Problem;

impl NeighbourWorker {
    /// The code that stands for all examples: that of one image, or where they are more, what the weighted mean of their
    /// codes is nearest to.
    pub(super) fn code(
        &self,
        wish: &NeighbourWish,
        embedding: &Embedding,
        stale: Stale,
    ) -> Result<TernaryCodes, Problem> {
        let codes = &embedding.codes;
        let mut members: Vec<(ImageId, f32)> = Vec::new();
        let mut outside: Vec<(TernaryCodes, f32)> = Vec::new();
        for (example, weight) in &wish.examples {
            match example {
                Example::Image(image) => members.push((*image, *weight)),
                Example::Label(_) | Example::Tag(_) | Example::Cluster { .. } | Example::Class(_) => {
                    let images: Vec<ImageId> =
                        self.images_of(example)?.into_iter().filter(|id| codes.row_of(*id).is_some()).collect();
                    let each = *weight / images.len().max(1) as f32;
                    members.extend(images.into_iter().map(|image| (image, each)));
                }
                Example::File { path, region: None } => outside.push((self.code_of(path, embedding, stale)?, *weight)),
                Example::Region { .. } | Example::File { .. } | Example::Vector(_) => {
                    let why = "the full-network embedding compares whole images of the collection only, neither parts \
                               of pictures nor vectors from files";
                    return Err(Problem::new(WHAT, why).with_remedy("Choose a layer."));
                }
            }
        }
        let mut sums = vec![0.0f32; codes.features()];
        let mut weights = 0.0;
        for (image, weight) in members {
            let row = codes.row_of(image).ok_or_else(|| {
                let path = self.opened.catalogue.get(image).map(|record| record.path.text).unwrap_or_default();
                Problem::new(WHAT, format!("the image has no embedding: {path}")).with_remedy("Extract features first.")
            })?;
            weights += weight.max(0.0);
            let row = codes.row(row);
            sums.iter_mut().enumerate().for_each(|(feature, sum)| *sum += weight * f32::from(row.get(feature)));
        }
        for (code, weight) in &outside {
            weights += weight.max(0.0);
            let row = code.row(0);
            sums.iter_mut().enumerate().for_each(|(feature, sum)| *sum += weight * f32::from(row.get(feature)));
        }
        if weights <= 0.0 {
            return Err(Problem::new(WHAT, "no image that is asked with counts: give one of them a weight above 0"));
        }
        let nearest = |sum: &f32| (sum / weights).round().clamp(-1.0, 1.0) as i8;
        let ternary: Vec<i8> = sums.iter().map(nearest).collect();
        Ok(TernaryCodes::pack(vec![ImageId(0)], codes.features(), &ternary))
    }

    /// The code of a picture that is not in the collection, by the reference of those that are.
    fn code_of(&self, path: &Path, embedding: &Embedding, stale: Stale) -> Result<TernaryCodes, Problem> {
        let layers = &embedding.reference.layers;
        let average = |name: &String| StoredLayer { layer: name.clone(), pooling: Pooling::Average };
        let sources: Vec<StoredLayer> = layers.iter().map(|layer| average(&layer.name)).collect();
        let vectors = self.computed_at(path, &sources, None)?;
        let mut code = TernaryCodes::zeros(vec![ImageId(0)], embedding.codes.features());
        for (number, vector) in vectors.iter().enumerate() {
            if vector.len() != layers[number].features() {
                let why = format!("the embedding has another number of channels at {}", layers[number].name);
                return Err(Problem::new(WHAT, why).with_remedy("Make it anew: `tiramisu embed FOLDER`."));
            }
            // Stopped half-way, the code is worthless, but then nobody looks at it either.
            embedding.reference.encode_wide(number, vector, &mut code, stale);
        }
        Ok(code)
    }
}
