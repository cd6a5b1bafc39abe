//! Whole activations of layers: what is wished.

use crate::domain::counted;

/// A wish for whole activations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivationsWish {
    /// Say of which layers there are.
    List,
    /// Make and keep those of these layers, of all images that lack them.
    Store(Vec<String>),
    /// Remove those of a layer.
    Remove(String),
}

impl ActivationsWish {
    /// What is being done, for the person.
    pub fn title(&self) -> String {
        match self {
            Self::List => "Activations".to_owned(),
            Self::Store(layers) => match &layers[..] {
                [layer] => format!("Activations of {layer}"),
                layers => format!("Activations of {}", counted(layers.len(), "layer", "layers")),
            },
            Self::Remove(layer) => format!("Remove the activations of {layer}"),
        }
    }

    /// The layer that the title ends with.
    pub(super) fn layer(&self) -> Option<&str> {
        match self {
            Self::List => None,
            Self::Store(layers) => match &layers[..] {
                [layer] => Some(layer),
                _ => None,
            },
            Self::Remove(layer) => Some(layer),
        }
    }
}
