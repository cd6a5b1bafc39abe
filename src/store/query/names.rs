//! What a predicate names: tags, clusterings, layers. Read once, before anything is searched, so that a name that does not
//! exist is told whatever the rest of the predicate says.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Map, Value as JsonValue};

use super::QueryError;
use crate::domain::predicate::{Check, Comparison, Field, Span, Test, Value};
use crate::domain::{Centrality, Clustering, ImageId, PredicateError, StoredLayer, Tags};
use crate::store::{FeatureTable, Workspace};

/// What was found under the names.
pub(super) struct Names<'a> {
    workspace: &'a Workspace,
    features: Option<&'a str>,
    tags: Option<Tags>,
    table: Option<FeatureTable>,
    clusterings: HashMap<String, Clustering>,
    layers: HashMap<StoredLayer, StoredLayer>,
    measures: HashMap<Centrality, (Vec<ImageId>, Vec<f32>)>,
}

impl<'a> Names<'a> {
    /// Nothing yet.
    pub(super) fn new(workspace: &'a Workspace, features: Option<&'a str>) -> Self {
        let (clusterings, layers, measures) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { workspace, features, tags: None, table: None, clusterings, layers, measures }
    }

    /// Reads what a test names.
    pub(super) fn learn(&mut self, test: &Test) -> Result<(), QueryError> {
        match &test.field {
            Field::Column(_) => {}
            Field::Tag(_) if self.tags.is_none() => self.tags = Some(self.workspace.tags()?),
            Field::Tag(_) => {}
            Field::HasVectors => drop(self.expect_table(test.span)?),
            Field::Cluster(name) => {
                if !self.clusterings.contains_key(name) {
                    let clustering = self.read_clustering(name, test.span)?;
                    self.clusterings.insert(name.clone(), clustering);
                }
                expect_clusters(&self.clusterings[name], &test.check, test.value_span)?;
            }
            Field::Feature { source, channel } => self.learn_feature(source, *channel, test.span)?,
            Field::Measure(by) => self.learn_measure(*by, test.span)?,
            Field::Arithmetic(calculated) => {
                let of_values = test.check.values().into_iter().filter_map(|value| match value {
                    Value::Arithmetic(calculated) => Some(calculated.fields()),
                    Value::Text(_) | Value::Number(_) | Value::Time(_) => None,
                });
                let right = of_values.flatten().map(|field| (field, test.value_span));
                for (field, span) in calculated.fields().into_iter().map(|field| (field, test.span)).chain(right) {
                    if let Field::Feature { source, channel } = field {
                        self.learn_feature(source, *channel, span)?;
                    }
                    if let Field::Measure(by) = field {
                        self.learn_measure(*by, span)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn learn_feature(&mut self, source: &StoredLayer, channel: usize, span: Span) -> Result<(), QueryError> {
        let table = self.expect_table(span)?;
        let columns = table.columns();
        let found = layer_called(&columns, source, span);
        let (stored, channels) = found.map_err(|error| self.unless_being_added(source, span, error))?;
        if channel >= channels {
            let what = format!("{} has no channel {channel}", stored.layer);
            let remedy = format!("It has {channels}, counted from 0 to {}", channels.saturating_sub(1));
            return Err(PredicateError::new(what, span).with_remedy(remedy).into());
        }
        self.layers.insert(source.clone(), stored);
        Ok(())
    }

    /// Of the measures of all layers those that were taken last count, as they do in the window.
    fn learn_measure(&mut self, by: Centrality, span: Span) -> Result<(), QueryError> {
        if self.measures.contains_key(&by) {
            return Ok(());
        }
        let features = self.expect_features(span)?;
        let not_measured = || {
            PredicateError::new("it was not measured yet where images stand among their neighbours", span)
                .with_remedy("Run tiramisu centrality, or sort the gallery by typicality, first")
        };
        // How it was measured is not asked here.
        let found = self.workspace.latest_found::<Map<String, JsonValue>>(&format!("centrality_{features}_"))?;
        let table = found.ok_or_else(not_measured)?;
        let counts = |counts: &[u32]| counts.iter().map(|count| *count as f32).collect();
        let values = table.groups(by.word()).map(counts).or_else(|| table.numbers(by.word()));
        let lacks = || self.workspace.found_damaged(&table, &format!("it lacks the column {}", by.word()));
        let values = values.ok_or_else(lacks)?;
        self.measures.insert(by, (table.ids, values));
        Ok(())
    }

    /// The images that were measured, each with its number.
    pub(super) fn measured(&self, by: Centrality) -> impl Iterator<Item = (ImageId, f32)> + '_ {
        let found = self.measures.get(&by).into_iter();
        found.flat_map(|(ids, values)| ids.iter().copied().zip(values.iter().copied()))
    }

    /// The images that bear a tag.
    pub(super) fn bearers(&self, tag: &str) -> &[ImageId] {
        self.tags.as_ref().map_or(&[], |tags| tags.bearers(tag))
    }

    /// The images that have vectors.
    pub(super) fn with_vectors(&self) -> &[ImageId] {
        self.table.as_ref().map_or(&[], FeatureTable::ids)
    }

    /// The clustering that was meant.
    pub(super) fn clustering(&self, name: &str) -> Option<&Clustering> {
        self.clusterings.get(name)
    }

    /// The layer that was meant, and its table.
    pub(super) fn feature(&self, source: &StoredLayer) -> Option<(&FeatureTable, &StoredLayer)> {
        self.table.as_ref().zip(self.layers.get(source))
    }

    /// Of a layer whose vectors are on their way it is said that they are.
    fn unless_being_added(&self, source: &StoredLayer, span: Span, error: PredicateError) -> PredicateError {
        let coming = self.features.and_then(|features| self.workspace.supplement_in_progress(features));
        let columns = coming.and_then(|coming| self.workspace.read_features(&coming).ok()).map(|table| table.columns());
        match columns.map(|columns| layer_called(&columns, source, span)) {
            Some(Ok((stored, _))) => {
                PredicateError::new(format!("the layer {} is still being added", stored.layer), span)
                    .with_remedy("Ask again when the extraction is done")
            }
            _ => error,
        }
    }

    fn expect_features(&self, span: Span) -> Result<&'a str, QueryError> {
        let nothing = || PredicateError::new("there are no vectors yet", span).with_remedy("Extract features first");
        Ok(self.features.ok_or_else(nothing)?)
    }

    fn expect_table(&mut self, span: Span) -> Result<&FeatureTable, QueryError> {
        if self.table.is_none() {
            self.table = Some(self.workspace.read_features(self.expect_features(span)?)?);
        }
        Ok(self.table.as_ref().expect("it is open by now"))
    }

    /// The clustering a person calls so: by its whole name, or by a beginning that no other has.
    pub(super) fn read_clustering(&self, written: &str, span: Span) -> Result<Clustering, QueryError> {
        let features = self.expect_features(span)?;
        let names = self.workspace.clusterings(features)?;
        let plain = plain(written);
        let begins = |name: &&String| name.strip_prefix(&plain).is_some_and(|rest| rest.starts_with('_'));
        let meant: Vec<&String> = match names.iter().find(|name| **name == plain) {
            Some(name) => vec![name],
            None => names.iter().filter(begins).collect(),
        };
        let unknown = |what: String| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            PredicateError::unknown_name(what, &plain, "clusterings", &names, span)
        };
        let name = match meant.as_slice() {
            [name] => name.as_str(),
            [] => return Err(unknown(format!("there is no clustering {written}")).into()),
            several => {
                let several: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
                let what = format!("several clusterings are called {written}");
                return Err(PredicateError::new(what, span)
                    .with_remedy(format!("Write one of {}", several.join(", ")))
                    .into());
            }
        };
        let found = self.workspace.clustering(features, name)?;
        Ok(found.ok_or_else(|| unknown(format!("there is no clustering {written}")))?)
    }
}

impl Workspace {
    /// The clustering of a table of features that a person calls so: by its whole name, or by a beginning that no other
    /// has.
    ///
    /// # Errors
    /// When there is none, or several; and when the workspace cannot be read.
    pub fn clustering_called(&self, features: &str, written: &str) -> Result<Clustering, QueryError> {
        Names::new(self, Some(features)).read_clustering(written, Span::default())
    }
}

/// Every cluster that is named must exist.
fn expect_clusters(clustering: &Clustering, check: &Check, span: Span) -> Result<(), PredicateError> {
    let is_text = |value: &&Value| matches!(value, Value::Text(_));
    let texts: Vec<&Value> = match check {
        Check::Compare(_, value) => [value].into_iter().filter(is_text).collect(),
        Check::In(values) => values.iter().filter(is_text).collect(),
        Check::IsTrue | Check::IsNull | Check::Against(..) | Check::Between(..) | Check::Like { .. } => Vec::new(),
    };
    let numbers: Vec<&Value> = match check {
        Check::Compare(Comparison::Equal | Comparison::Unequal, value) => vec![value],
        Check::In(values) => values.iter().collect(),
        // Others hold of whatever there is: `cluster > 5`.
        Check::IsTrue
        | Check::IsNull
        | Check::Compare(..)
        | Check::Against(..)
        | Check::Between(..)
        | Check::Like { .. } => Vec::new(),
    };
    for value in numbers {
        let Value::Number(number) = value else { continue };
        let is_there = |cluster: usize| number.whole_numbers().order_of(cluster as i64).is_eq();
        if !clustering.filled().any(|(cluster, _)| is_there(cluster)) {
            let remedy = match clustering.filled().last() {
                None => "It found none".to_owned(),
                Some((last, _)) if clustering.count() <= last => {
                    format!("There are {} of 0 to {last}: some were merged", clustering.count())
                }
                Some((last, _)) => format!("There are 0 to {last}"),
            };
            return Err(
                PredicateError::new(format!("there is no cluster {}", number.as_f64()), span).with_remedy(remedy)
            );
        }
    }
    for value in texts {
        let Value::Text(name) = value else { continue };
        if !clustering.filled().any(|(index, cluster)| is_called(cluster, index, name)) {
            let named: Vec<&str> = clustering.clusters.iter().filter_map(|cluster| cluster.name.as_deref()).collect();
            let error = PredicateError::unknown_name(
                format!("no cluster is called {name}"),
                name,
                "names of clusters",
                &named,
                span,
            );
            return Err(error);
        }
    }
    Ok(())
}

/// How a cluster compares with what was written: its number, or whether it is the one of that name.
pub(super) fn order_of_cluster(clustering: &Clustering, cluster: u32, value: &Value) -> Ordering {
    match value {
        Value::Number(number) => number.whole_numbers().order_of(i64::from(cluster)),
        Value::Text(name) => match clustering.clusters.get(cluster as usize) {
            Some(found) if is_called(found, cluster as usize, name) => Ordering::Equal,
            _ => Ordering::Less,
        },
        Value::Time(_) | Value::Arithmetic(_) => Ordering::Less,
    }
}

fn is_called(cluster: &crate::domain::Cluster, index: usize, name: &str) -> bool {
    cluster.name.as_deref() == Some(name) || cluster.title(index) == name
}

/// The stored layer a person calls so, and its channels: by its name as the network has it, by that of its column, or by a
/// beginning that no other has.
fn layer_called(
    columns: &[(StoredLayer, usize)],
    source: &StoredLayer,
    span: Span,
) -> Result<(StoredLayer, usize), PredicateError> {
    let pooled: Vec<&(StoredLayer, usize)> =
        columns.iter().filter(|(stored, _)| stored.pooling == source.pooling).collect();
    if let Some(found) = pooled.iter().find(|(stored, _)| stored == source) {
        return Ok((*found).clone());
    }
    let written = plain(&source.layer);
    let same: Vec<_> = pooled.iter().filter(|(stored, _)| plain(&stored.layer) == written).collect();
    let begins =
        |stored: &StoredLayer| plain(&stored.layer).strip_prefix(&written).is_some_and(|rest| rest.starts_with('_'));
    let beginning: Vec<_> = pooled.iter().filter(|(stored, _)| begins(stored)).collect();
    let meant = if same.is_empty() { beginning } else { same };
    match meant.as_slice() {
        [found] => Ok((**found).clone()),
        [] => {
            let names: Vec<&str> = pooled.iter().map(|(stored, _)| stored.layer.as_str()).collect();
            let what = format!("no layer {} is stored ({})", source.layer, source.pooling.word());
            Err(PredicateError::unknown_name(what, &source.layer, "stored layers", &names, span))
        }
        several => {
            let several: Vec<&str> = several.iter().map(|(stored, _)| stored.layer.as_str()).collect();
            let what = format!("several layers are called {}", source.layer);
            Err(PredicateError::new(what, span).with_remedy(format!("Write one of {}", several.join(", "))))
        }
    }
}

fn plain(name: &str) -> String {
    name.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
