//! The numbers of a weights file, by layer.

use std::collections::HashMap;

use super::{
    super::super::Weights,
    schema::{BlobProto, LayerParameter},
};

/// What a `.caffemodel` holds: for each layer's name its blobs.
pub(super) struct Blobs {
    by_layer: HashMap<String, Vec<BlobProto>>,
}

impl Blobs {
    /// Layers without numbers are passed over; of two with the same name the first counts.
    pub fn new(layers: Vec<LayerParameter>) -> Self {
        let mut by_layer = HashMap::new();
        for layer in layers {
            if let Some(name) = layer.name
                && !layer.blobs.is_empty()
            {
                by_layer.entry(name).or_insert(layer.blobs);
            }
        }
        Self { by_layer }
    }

    /// Takes a layer's blobs, which must be at least `count`.
    ///
    /// # Errors
    /// When the file has fewer, in words.
    pub fn of(&mut self, layer: &str, count: usize) -> Result<LayerBlobs, String> {
        match self.by_layer.remove(layer) {
            None => Err("the weights file has no numbers for it; these two files do not belong together".to_owned()),
            Some(blobs) if blobs.len() < count => {
                Err(format!("the weights file has {} blobs for it, but it needs {count}", blobs.len()))
            }
            Some(blobs) => Ok(LayerBlobs(blobs)),
        }
    }
}

/// The blobs of one layer.
pub(super) struct LayerBlobs(Vec<BlobProto>);

impl LayerBlobs {
    /// Takes blob `index`, which must have as many numbers as this shape, however it declares its own.
    ///
    /// # Errors
    /// When it has not, in words.
    pub fn take_any(&mut self, index: usize, expected: &[usize]) -> Result<Weights, String> {
        let declared = declared_shape(&self.0[index]).ok_or_else(|| format!("blob {index} has a nonsense shape"))?;
        let numbers = self.take(index, &declared)?;
        let count = expected.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        if count != Some(numbers.values.len()) {
            return Err(format!(
                "blob {index} of the weights file has shape {declared:?}, but the description asks for {expected:?}"
            ));
        }
        Ok(Weights { shape: expected.to_vec(), values: numbers.values })
    }

    /// Takes blob `index`, which must have this shape.
    ///
    /// Old files write every shape with four dimensions (`[1, 1, out, in]`), so ones in front do not count.
    ///
    /// # Errors
    /// When it has another shape or other than that many numbers, in words.
    pub fn take(&mut self, index: usize, expected: &[usize]) -> Result<Weights, String> {
        let blob = std::mem::take(&mut self.0[index]);
        let declared = declared_shape(&blob).ok_or_else(|| format!("blob {index} has a nonsense shape"))?;
        let values =
            if blob.data.is_empty() { blob.double_data.iter().map(|value| *value as f32).collect() } else { blob.data };
        if without_leading_ones(&declared) != without_leading_ones(expected) {
            return Err(format!(
                "blob {index} of the weights file has shape {declared:?}, but the description asks for {expected:?}"
            ));
        }
        let count = declared.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        if count != Some(values.len()) {
            return Err(format!(
                "blob {index} of the weights file declares shape {declared:?} but holds {} numbers",
                values.len()
            ));
        }
        Ok(Weights::new(expected.to_vec(), values))
    }
}

fn declared_shape(blob: &BlobProto) -> Option<Vec<usize>> {
    match &blob.shape {
        Some(shape) => shape.dim.iter().map(|dim| usize::try_from(*dim).ok()).collect(),
        None => [blob.num(), blob.channels(), blob.height(), blob.width()]
            .into_iter()
            .map(|dim| usize::try_from(dim).ok())
            .collect(),
    }
}

fn without_leading_ones(shape: &[usize]) -> &[usize] {
    let ones = shape.iter().take_while(|dim| **dim == 1).count();
    &shape[ones..]
}
