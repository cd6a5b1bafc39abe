//! Which layers of a network are wanted, and which table of the workspace holds their vectors.

use super::refused;
use crate::domain::{Layer, Pooling, StoredLayer, counted, thousands};
use crate::engine::message::Problem;
use crate::engine::networks::OpenNetwork;
use crate::network::NetworkFacts;
use crate::store::{FeatureSpec, FeatureSummary, FeatureTable, StoreError, Workspace};

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
    // What is less alike than this was not meant.
    const ALIKE: f64 = 0.7;
    let count = names.len();
    let few = names[..3].join(", ");
    names.retain(|name| strsim::jaro_winkler(name, missing) > ALIKE);
    names.sort_by(|a, b| strsim::jaro_winkler(b, missing).total_cmp(&strsim::jaro_winkler(a, missing)));
    names.truncate(3);
    match names.is_empty() {
        true => format!("it has {}, such as {few} (`tiramisu networks show NAME` lists them)", thousands(count)),
        false => format!("did you mean {}? It has {}", names.join(", "), counted(count, "layer", "layers")),
    }
}

/// Both poolings of the wanted layers, in network order.
pub(super) fn stored_layers(layers: &[Layer], wanted: Option<&[String]>) -> Result<Vec<StoredLayer>, Problem> {
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

/// The network as this workspace has known it: whose vectors are of pictures decoded whole gets more of the kind, so that
/// all of a layer's are comparable, and a collection that was extracted by an earlier version of the program goes on as it
/// began. Both kinds are never in one table, for their fingerprints differ.
pub(super) fn decoding_as_before(
    network: OpenNetwork,
    workspace: &Workspace,
) -> Result<(OpenNetwork, Option<KnownTable>), Problem> {
    let table_of = |network: &OpenNetwork| known_table(workspace, &network.facts).map_err(refused);
    let has_vectors = |known: &Option<KnownTable>| known.as_ref().is_some_and(|(_, table)| table.rows() > 0);
    let known = table_of(&network)?;
    if !has_vectors(&known)
        && let Some(whole) = network.decoding_whole()
    {
        let known_whole = table_of(&whole)?;
        if has_vectors(&known_whole) {
            return Ok((whole, known_whole));
        }
    }
    Ok((network, known))
}

pub(super) fn spec(network: &NetworkFacts, layers: &[Layer], stored: &[StoredLayer]) -> FeatureSpec {
    let channels =
        |stored: &StoredLayer| layers.iter().find(|layer| layer.name == stored.layer).map_or(0, |layer| layer.shape[0]);
    FeatureSpec {
        network: network.name.clone(),
        fingerprint: network.fingerprint.clone(),
        preprocessing: serde_json::to_string(&network.preprocessing).unwrap_or_default(),
        columns: stored.iter().map(|stored| (stored.clone(), channels(stored))).collect(),
    }
}

/// A table of vectors and its name.
pub(super) type KnownTable = (String, FeatureTable);

/// The table of a network, if there is one: mostly under the name that it gets, which spares opening the others.
pub(super) fn known_table(workspace: &Workspace, network: &NetworkFacts) -> Result<Option<KnownTable>, StoreError> {
    let is_it = |table: &FeatureTable| table.spec().fingerprint == network.fingerprint;
    let name = spec(network, &[], &[]).table_name();
    if let Some(table) = workspace.find_features(&name)?.filter(is_it) {
        return Ok(Some((name, table)));
    }
    let tables = workspace.feature_tables()?;
    let is_it = |table: &&FeatureSummary| table.supplements.is_none() && table.spec.fingerprint == network.fingerprint;
    match tables.iter().find(is_it) {
        Some(table) => Ok(Some((table.table.clone(), workspace.read_features(&table.table)?))),
        None => Ok(None),
    }
}

/// What to go on with if no layers are named: those that an earlier wish was for. A network's first wish is for the usual
/// ones.
pub(super) fn unfinished_wish(known: &[FeatureSummary], first: FeatureSpec) -> FeatureSpec {
    let name = first.table_name();
    if !known.iter().any(|table| table.table == name) {
        return first;
    }
    let begun = known.iter().find(|table| table.supplements.as_ref() == Some(&name));
    FeatureSpec { columns: begun.map(|table| table.spec.columns.clone()).unwrap_or_default(), ..first }
}

/// The table to read: that of the network. Asked for by name, a layer must be there.
pub(super) fn readable(
    known: Option<KnownTable>,
    workspace: &Workspace,
    wish: &FeatureSpec,
    is_asked: bool,
) -> Result<KnownTable, Problem> {
    let Some((name, table)) = known else {
        let tables = workspace.feature_tables().map_err(refused)?;
        let finished = tables.iter().filter(|table| table.supplements.is_none());
        let known: Vec<&str> = finished.map(|table| table.spec.network.as_str()).collect();
        let why = match known.as_slice() {
            [] => "the workspace has no vectors yet.".to_owned(),
            known => format!("the workspace has vectors of {}.", known.join(", ")),
        };
        return Err(Problem::new(format!("Nothing was extracted with {} yet", wish.network), why)
            .with_remedy("Name that network, or extract with this one first."));
    };
    let stored = table.columns();
    if is_asked && !wish.columns.iter().all(|column| stored.contains(column)) {
        let why = "the table of this network does not hold the layer";
        return Err(Problem::new("The layer was not extracted", why).with_remedy("Name it to extract with --layers."));
    }
    Ok((name, table))
}
