//! Which table of the workspace holds a network's vectors.

use std::collections::HashSet;
use std::path::PathBuf;

use super::refused;
use crate::domain::{Precision, StoredLayer};
use crate::engine::message::Problem;
use crate::engine::networks::OpenNetwork;
use crate::engine::networks::layers::feature_spec;
use crate::network::NetworkFacts;
use crate::store::{FeatureSpec, FeatureSummary, FeatureTable, StoreError, Workspace};

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

/// A table of vectors and its name.
pub(super) type KnownTable = (String, FeatureTable);

/// The table of a network, if there is one: mostly under the name that it gets, which spares opening the others.
pub(super) fn known_table(workspace: &Workspace, network: &NetworkFacts) -> Result<Option<KnownTable>, StoreError> {
    let is_it = |table: &FeatureTable| table.spec().fingerprint == network.fingerprint;
    let name = feature_spec(network, &[]).table_name();
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

/// What was said of tables since the program began: whoever looks into a folder now and then need not hear it each time.
#[derive(Default)]
pub struct SaidOfTables(HashSet<(PathBuf, String)>);

impl SaidOfTables {
    /// What there is to say where a table has vectors that were made in another precision than those that may join them, or in
    /// several; `None` where it was said.
    pub(super) fn of_precisions(&self, table: &FeatureTable, precision: Precision) -> Option<Problem> {
        of_precisions(table, precision).filter(|problem| !self.0.contains(&key(table, problem)))
    }

    /// It is said: with a folder that opens, since of one that does not nobody hears it.
    pub(super) fn note(&mut self, table: &FeatureTable, problem: &Problem) {
        self.0.insert(key(table, problem));
    }
}

fn key(table: &FeatureTable, problem: &Problem) -> (PathBuf, String) {
    (table.path().to_owned(), problem.what.clone())
}

fn of_precisions(table: &FeatureTable, precision: Precision) -> Option<Problem> {
    let made_in = table.precisions();
    if table.rows() == 0 || made_in.iter().all(|made_in| *made_in == precision) {
        return None;
    }
    let words = made_in.iter().map(|precision| precision.word()).collect::<Vec<_>>().join(" and ");
    let why = "the numbers of one picture differ a little between the two";
    Some(match made_in.as_slice() {
        [only] => {
            let what = format!("New vectors are made in {} precision, those here in {words}", precision.word());
            let remedy = format!("To go on as it began, start Tiramisu with --precision {}.", only.word());
            Problem::new(what, why).with_remedy(remedy)
        }
        _ => Problem::new(format!("The vectors here may have been made in {words} precision, some in each"), why)
            .with_remedy("To have all of them alike, extract the folder into a workspace of its own (--workspace)."),
    })
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
    // One pooling of it is enough: another program may have made no other.
    let has_layer = |(wanted, channels): &(StoredLayer, usize)| {
        stored.iter().any(|(stored, its)| stored.layer == wanted.layer && its == channels)
    };
    if is_asked && !wish.columns.iter().all(has_layer) {
        let why = "the table of this network does not hold the layer";
        return Err(Problem::new("The layer was not extracted", why).with_remedy("Name it to extract with --layers."));
    }
    Ok((name, table))
}
