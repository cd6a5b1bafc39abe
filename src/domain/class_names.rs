//! What the channels of a network's last layers are called.

use std::sync::Arc;

/// A class's name without its synonyms, which stand after commas and where there is little room only cost some: `tabby` of
/// `tabby, tabby cat`. A name that begins with a comma is left as it is.
pub fn short_class_name(name: &str) -> &str {
    match name.split(',').next().map(str::trim) {
        None | Some("") => name.trim(),
        Some(first) => first,
    }
}

/// The classes of a network by name, and the layers whose channels they are. Empty for a network that names none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassNames {
    layers: Vec<String>,
    names: Arc<[String]>,
}

impl ClassNames {
    /// Of `layers`, each of which has as many channels as there are names.
    pub fn new(layers: Vec<String>, names: impl Into<Arc<[String]>>) -> Self {
        Self { layers, names: names.into() }
    }

    /// The layers whose channels are classes.
    pub fn layers(&self) -> &[String] {
        &self.layers
    }

    /// The class that a channel stands for, if it stands for one.
    pub fn class_of(&self, layer: &str, channel: usize) -> Option<&str> {
        let is_theirs = self.layers.iter().any(|known| known == layer);
        self.names.get(channel).filter(|_| is_theirs).map(String::as_str)
    }

    /// What a channel is called wherever a person meets it: by its class where it stands for one, else by its number,
    /// `#17`.
    pub fn channel_title(&self, layer: &str, channel: usize) -> String {
        self.class_of(layer, channel).map_or_else(|| format!("#{channel}"), str::to_owned)
    }
}
