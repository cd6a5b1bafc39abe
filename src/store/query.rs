//! Finds the images for which a predicate is true.
//!
//! Denials are pushed down to the single comparisons first. In the three-valued logic of SQL, too, `not (a and b)` is
//! `not a or not b`; and what is left then, comparisons and denied comparisons under `and` and `or`, is true exactly
//! where the sets of ids for which each of them is true say so. What is unknown is in neither set of the two.

mod calculate;
mod counts;
mod filter;
mod names;

use std::cmp::Ordering;
use std::ops::ControlFlow;

use names::Names;

use super::{StoreError, Workspace, images};
use crate::domain::predicate::{Check, Column, Field, Node, Test, Value};
use crate::domain::{Centrality, ImageId, ImageSet, Predicate, PredicateError};

const READ_ROWS: usize = 65_536;
/// Rows of a layer after which it is asked whether the answer is still wanted.
const ASK_EVERY: usize = 4096;

/// Why a predicate could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It names something that is not there.
    #[error(transparent)]
    Predicate(#[from] PredicateError),
    /// The workspace cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody wants the answer any more.
    #[error("it was stopped")]
    Stopped,
}

impl Workspace {
    /// The images for which `predicate` is true, ascending. Clusterings and layers are looked for beside the table of vectors called
    /// `features`. `is_stopped` is asked again and again while tables are read.
    ///
    /// # Errors
    /// When the predicate names a clustering, cluster, layer or channel that does not exist, when the workspace cannot be
    /// read, and when it was stopped.
    pub fn query(
        &self,
        predicate: &Predicate,
        features: Option<&str>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Vec<ImageId>, QueryError> {
        let mut names = Names::new(self, features);
        for test in predicate.tests() {
            if is_stopped() {
                return Err(QueryError::Stopped);
            }
            names.learn(test)?;
        }
        let are_imported = self.has_imported_labels();
        let search = Evaluation { workspace: self, names, are_imported, is_stopped };
        let found = search.find(&predicate.root, false)?;
        // Other tables may tell of images that this one does not have.
        Ok(found.iter().take_while(|id| id.index() < self.image_count()).collect())
    }
}

struct Evaluation<'a> {
    workspace: &'a Workspace,
    names: Names<'a>,
    /// Whether labels of some images are not those of their folders.
    are_imported: bool,
    is_stopped: &'a dyn Fn() -> bool,
}

impl Evaluation<'_> {
    /// The images for which `node` is true; where it is denied, those for which it is false.
    fn find(&self, node: &Node, is_denied: bool) -> Result<ImageSet, QueryError> {
        if (self.is_stopped)() {
            return Err(QueryError::Stopped);
        }
        if let Some(filter) = self.filter_of(node, is_denied) {
            return self.scan(filter);
        }
        let (parts, is_all) = match node {
            Node::Not(inner) => return self.find(inner, !is_denied),
            Node::Test(test) => return self.find_test(test, is_denied),
            Node::All(parts) => (parts, !is_denied),
            Node::Any(parts) => (parts, is_denied),
        };
        // What concerns the images' table alone is one scan, and first: it may spare us the others.
        let filters: Vec<_> = parts.iter().filter_map(|part| self.filter_of(part, is_denied)).collect();
        let others = parts.iter().filter(|part| self.filter_of(part, is_denied).is_none());
        let mut found = match filter::join(filters, is_all) {
            Some(filter) => Some(self.scan(filter)?),
            None => None,
        };
        for part in others {
            if is_all && found.as_ref().is_some_and(ImageSet::is_empty) {
                break;
            }
            let of_part = self.find(part, is_denied)?;
            match &mut found {
                None => found = Some(of_part),
                Some(found) if is_all => *found = found.intersection(&of_part),
                Some(found) => *found = found.union(&of_part),
            }
        }
        Ok(found.unwrap_or_default())
    }

    fn filter_of(&self, part: &Node, is_denied: bool) -> Option<filter::Filter> {
        filter::of_node(part, is_denied, self.are_imported)
    }

    fn scan(&self, filter: filter::Filter) -> Result<ImageSet, QueryError> {
        let mut found = ImageSet::default();
        self.workspace.images_where(filter, |ids| {
            found.extend(ids);
            self.go_on()
        })?;
        self.unless_stopped(found)
    }

    fn go_on(&self) -> ControlFlow<()> {
        if (self.is_stopped)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Half of an answer is none.
    fn unless_stopped(&self, found: ImageSet) -> Result<ImageSet, QueryError> {
        if (self.is_stopped)() { Err(QueryError::Stopped) } else { Ok(found) }
    }

    fn find_test(&self, test: &Test, is_denied: bool) -> Result<ImageSet, QueryError> {
        let is_true = |truth: Option<bool>| match test.check {
            Check::IsNull => truth.is_none() != is_denied,
            Check::IsTrue
            | Check::Compare(..)
            | Check::Against(..)
            | Check::In(_)
            | Check::Between(..)
            | Check::Like { .. } => truth.is_some_and(|truth| truth != is_denied),
        };
        // What is true of an image that a table does not hold; with tags, of one that bears none.
        let (of_unknown, of_others) = (is_true(None), is_true(Some(false)));
        let bearers = |bearers: &[ImageId]| match is_true(Some(true)) == of_others {
            true => self.all_or_none(of_others),
            false => self.otherwise(of_others, bearers.iter().copied().collect()),
        };
        match &test.field {
            Field::Column(Column::Label) => self.find_label(&test.check, is_denied),
            Field::Column(Column::Split) => {
                let filter = filter::of_check(Column::Split, &test.check, is_denied);
                let (with_split, found) = self.workspace.in_splits(filter)?;
                Ok(if of_unknown { self.otherwise(true, with_split) } else { found })
            }
            Field::Column(column) => self.scan(filter::of_check(*column, &test.check, is_denied)),
            Field::Arithmetic(calculated) => self.find_calculated(calculated, &test.check, is_denied),
            Field::Tag(tag) => Ok(bearers(self.names.bearers(tag))),
            Field::HasVectors => Ok(bearers(self.names.with_vectors())),
            Field::Cluster(name) => {
                let Some(clustering) = self.names.clustering(name) else { return Ok(self.all_or_none(of_unknown)) };
                let order = |cluster: u32, value: &Value| names::order_of_cluster(clustering, cluster, value);
                let truth = |cluster: u32| holds(&test.check, |value| order(cluster, value));
                let members = clustering.ids.iter().zip(&clustering.of);
                let different = members.filter(|(_, cluster)| is_true(cluster.map(truth)) != of_unknown);
                self.unless_stopped(self.otherwise(of_unknown, different.map(|(id, _)| *id).collect()))
            }
            Field::Measure(by) => self.find_measured(*by, |value| {
                is_true(value.map(|value| holds(&test.check, |other| order_of_number(value, other))))
            }),
            Field::Feature { source, channel } => {
                let mut different = Vec::new();
                if let Some((table, stored)) = self.names.feature(source) {
                    let mut read = 0_usize;
                    table.each_feature(stored, *channel, |id, value| {
                        // What is no number is unknown: nothing is true of it.
                        let value = value.map(f64::from).filter(|value| !value.is_nan());
                        let truth = value.map(|value| holds(&test.check, |other| order_of_number(value, other)));
                        if is_true(truth) != of_unknown {
                            different.push(id);
                        }
                        read += 1;
                        if read.is_multiple_of(ASK_EVERY) { self.go_on() } else { ControlFlow::Continue(()) }
                    })?;
                }
                self.unless_stopped(self.otherwise(of_unknown, different.into_iter().collect()))
            }
        }
    }

    /// By where images stand in the graph of neighbours.
    fn find_measured(&self, by: Centrality, is_true: impl Fn(Option<f64>) -> bool) -> Result<ImageSet, QueryError> {
        let of_unknown = is_true(None);
        // What is no number is unknown: nothing is true of it.
        let truth = |value: f32| is_true(Some(f64::from(value)).filter(|value| !value.is_nan()));
        let different = self.names.measured(by).filter(|(_, value)| truth(*value) != of_unknown);
        self.unless_stopped(self.otherwise(of_unknown, different.map(|(id, _)| id).collect()))
    }

    /// By the imported label of an image, or else by its folder's.
    fn find_label(&self, check: &Check, is_denied: bool) -> Result<ImageSet, QueryError> {
        let filter = || filter::of_check(Column::Label, check, is_denied);
        let of_folders = self.scan(filter())?;
        Ok(match self.workspace.labelled(filter())? {
            Some((labelled, imported)) => of_folders.difference(&labelled).union(&imported),
            None => of_folders,
        })
    }

    /// All images, or none.
    fn all_or_none(&self, is_all: bool) -> ImageSet {
        if is_all { ImageSet::first(self.workspace.image_count()) } else { ImageSet::default() }
    }

    /// All images but these, or these alone.
    fn otherwise(&self, is_all: bool, but: ImageSet) -> ImageSet {
        if is_all { self.all_or_none(true).difference(&but) } else { but }
    }
}

/// Whether a check is fulfilled by what stands so to its values.
fn holds(check: &Check, order: impl Fn(&Value) -> Ordering) -> bool {
    match check {
        Check::IsTrue | Check::IsNull => true,
        Check::Compare(comparison, value) => comparison.holds(order(value)),
        Check::In(values) => values.iter().any(|value| order(value).is_eq()),
        Check::Between(from, to) => order(from).is_ge() && order(to).is_le(),
        // Only columns of the images' table are compared so.
        Check::Against(..) | Check::Like { .. } => false,
    }
}

/// How a number stands to what was written.
fn order_of_number(value: f64, other: &Value) -> Ordering {
    match other {
        Value::Number(number) => value.partial_cmp(&number.as_f64()).unwrap_or(Ordering::Greater),
        Value::Text(_) | Value::Time(_) | Value::Arithmetic(_) => Ordering::Greater,
    }
}

impl Workspace {
    /// Hands the images that pass a filter to `each`, many at a time, until it wants no more.
    fn images_where(
        &self,
        filter: filter::Filter,
        mut each: impl FnMut(&mut dyn Iterator<Item = ImageId>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.images_table().scan_where(Some(filter), &["id"], READ_ROWS, |batch| {
            let mut ids = images::ids(batch).ok_or_else(|| self.damaged("its columns have other types"))?;
            Ok(each(&mut ids))
        })
    }
}
