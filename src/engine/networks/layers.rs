//! Which layers of a network are wanted, by the names that a person gave.

use crate::domain::{Layer, Pooling, StoredLayer, counted, thousands};
use crate::engine::message::Problem;
use crate::network::NetworkFacts;
use crate::store::FeatureSpec;

/// Stands for every layer of the network.
const ALL_LAYERS: &str = "all";
/// Stands for the usual ones.
const DEFAULT_LAYERS: &str = "default";

/// Names of layers that may have been meant; all of them where they are few.
fn nearest_names(layers: &[Layer], missing: &str) -> String {
    let mut names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    if names.len() <= 16 {
        return format!("it has {}", names.join(", "));
    }
    // What is less alike than this was not meant. Beginnings do not count for more: names of layers often begin alike.
    const ALIKE: f64 = 0.6;
    let count = names.len();
    let few = names[..3].join(", ");
    let missing = missing.to_lowercase();
    let alike = |name: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &missing);
    let has_all_parts = |name: &str| {
        let its = parts_of(name);
        parts_of(&missing).iter().all(|part| its.contains(part))
    };
    let has_any = !parts_of(&missing).is_empty() && names.iter().any(|name| has_all_parts(name));
    names.retain(|name| if has_any { has_all_parts(name) } else { alike(name) >= ALIKE });
    names.sort_by(|a, b| alike(b).total_cmp(&alike(a)));
    names.truncate(3);
    let lists = "`tiramisu networks show NAME` lists them";
    match names.is_empty() {
        true => format!("it has {}, such as {few} ({lists})", thousands(count)),
        false => format!("did you mean {}? It has {} ({lists})", names.join(" or "), counted(count, "layer", "layers")),
    }
}

/// The words and numbers of a name, in lower case: whoever writes `concat12` means the layer that has both.
fn parts_of(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = None;
    for letter in name.chars() {
        let kind = letter.is_alphanumeric().then(|| letter.is_numeric());
        if kind.is_some() {
            match parts.last_mut() {
                Some(part) if kind == before => part.extend(letter.to_lowercase()),
                _ => parts.push(letter.to_lowercase().collect()),
            }
        }
        before = kind;
    }
    parts
}

/// Both poolings of the wanted layers, in network order; of the usual ones if none are named.
///
/// # Errors
/// When the network has no layer of such a name; the nearest ones are named.
pub fn stored_layers(layers: &[Layer], wanted: Option<&[String]>) -> Result<Vec<StoredLayer>, Problem> {
    let is_known =
        |name: &String| name == ALL_LAYERS || name == DEFAULT_LAYERS || layers.iter().any(|layer| layer.name == *name);
    if let Some(missing) = wanted.and_then(|names| names.iter().find(|name| !is_known(name))) {
        return Err(Problem::new(format!("The network has no layer {missing}"), nearest_names(layers, missing)));
    }
    let keep = |layer: &&Layer| match wanted {
        Some(names) => names.iter().any(|name| match name.as_str() {
            ALL_LAYERS => true,
            DEFAULT_LAYERS => layer.stored_by_default,
            name => name == layer.name,
        }),
        None => layer.stored_by_default,
    };
    let both = |layer: &Layer| {
        let name = layer.name.clone();
        Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
    };
    Ok(layers.iter().filter(keep).flat_map(both).collect())
}

/// What a table of these layers is about, in whatever precision the network runs.
pub fn feature_spec(network: &NetworkFacts, stored: &[StoredLayer]) -> FeatureSpec {
    let channels = |stored: &StoredLayer| {
        network.layers.iter().find(|layer| layer.name == stored.layer).map_or(0, |layer| layer.shape[0])
    };
    FeatureSpec {
        network: network.name.clone(),
        fingerprint: network.fingerprint.clone(),
        preprocessing: serde_json::to_string(&network.preprocessing).unwrap_or_default(),
        precision: None,
        columns: stored.iter().map(|stored| (stored.clone(), channels(stored))).collect(),
    }
}
