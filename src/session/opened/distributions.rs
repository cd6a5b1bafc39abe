//! How the images are distributed over the columns of the table: asked for a column at a time, while it is to be seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{
    CentralityReport, Clustering, Distribution, DistributionWish, Projection, Splits, TableColumn, Tags,
};
use crate::engine::{CatalogueLook, Look, Request};

/// How the images are distributed over columns, as last counted.
#[derive(Clone, Debug, Default)]
pub struct Distributions {
    known: BTreeMap<TableColumn, Known>,
    /// What is being counted. Nothing else is asked for until it is there: who asks for the newest state whenever there is
    /// news would never be answered.
    asked: Option<(TableColumn, Basis)>,
    /// What could not be counted, and is not asked for again until something is otherwise.
    failed: BTreeMap<TableColumn, Basis>,
}

#[derive(Clone, Debug)]
struct Known {
    distribution: Arc<Distribution>,
    basis: Basis,
}

/// What it is of, as it was then.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    source: Source,
    records: Records,
    /// Which images are shown.
    shown: u64,
}

/// What a column is made of, beside the records. Both are one if they are the same in memory.
#[derive(Clone, Debug)]
enum Source {
    Records,
    Splits(Arc<Splits>),
    Tags(Arc<Tags>),
    Clustering(Option<Arc<Clustering>>),
    Map(Option<Arc<Projection>>),
    Centrality(Option<Arc<CentralityReport>>),
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            a.map(Arc::as_ptr) == b.map(Arc::as_ptr)
        }
        match (self, other) {
            (Self::Records, Self::Records) => true,
            (Self::Splits(a), Self::Splits(b)) => Arc::ptr_eq(a, b),
            (Self::Tags(a), Self::Tags(b)) => Arc::ptr_eq(a, b),
            (Self::Clustering(a), Self::Clustering(b)) => same(a.as_ref(), b.as_ref()),
            (Self::Map(a), Self::Map(b)) => same(a.as_ref(), b.as_ref()),
            (Self::Centrality(a), Self::Centrality(b)) => same(a.as_ref(), b.as_ref()),
            (
                Self::Records
                | Self::Splits(_)
                | Self::Tags(_)
                | Self::Clustering(_)
                | Self::Map(_)
                | Self::Centrality(_),
                _,
            ) => false,
        }
    }
}

/// The state of the records.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Records {
    /// Their revision.
    AtRest(u64),
    /// While a job runs, how many images have vectors on disk: it learns of some images several times a second.
    Filling(Option<usize>),
}

impl Distributions {
    /// The distribution over a column, as last counted.
    pub fn get(&self, column: TableColumn) -> Option<&Arc<Distribution>> {
        self.known.get(&column).map(|known| &known.distribution)
    }

    /// Whether something is being counted.
    pub fn is_counting(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether a column could not be counted.
    pub fn has_failed(&self, column: TableColumn) -> bool {
        self.failed.contains_key(&column)
    }

    /// Takes in what was counted.
    pub(in crate::session) fn take(&mut self, distribution: Distribution) {
        // Of another collection, if nobody asked.
        if let Some((column, basis)) = self.asked.take_if(|(column, _)| *column == distribution.column) {
            self.failed.remove(&column);
            self.known.insert(column, Known { distribution: Arc::new(distribution), basis });
        }
    }

    /// It will not be counted.
    pub(super) fn give_up(&mut self, column: TableColumn) {
        if let Some((_, basis)) = self.asked.take_if(|(asked, _)| *asked == column) {
            self.failed.insert(column, basis);
        }
    }
}

impl OpenedCollection {
    /// Whether it is to be asked how the images are distributed over a column: it is not known as they are now, and nothing
    /// else is being counted.
    pub fn is_distribution_due(&self, column: TableColumn) -> bool {
        let Distributions { known, asked, failed } = &self.distributions;
        if asked.is_some() || !DistributionWish::is_of(column) {
            return false;
        }
        let basis = self.basis(column);
        let is_known = known.get(&column).is_some_and(|known| known.basis == basis);
        !is_known && failed.get(&column) != Some(&basis)
    }

    /// Asks for a column, if it is due.
    pub(super) fn ask_distribution(&mut self, column: TableColumn) -> Vec<Request> {
        if !self.is_distribution_due(column) {
            return Vec::new();
        }
        self.distributions.asked = Some((column, self.basis(column)));
        let wish = DistributionWish { column, facts: self.facts(), shown: self.shown.set().clone() };
        vec![Request::Look(Look::Catalogue(CatalogueLook::Distribution(Box::new(wish))))]
    }

    /// What the distribution over a column depends on.
    fn basis(&self, column: TableColumn) -> Basis {
        let source = match column {
            TableColumn::Split => Source::Splits(self.splits.clone()),
            TableColumn::Tags => Source::Tags(self.tags.clone()),
            TableColumn::Cluster => Source::Clustering(self.clustering.clone()),
            // Of a map that is still made nothing is known yet.
            TableColumn::Kept => Source::Map(self.projection().cloned().filter(|map| map.is_finished())),
            TableColumn::Typicality | TableColumn::InDegree | TableColumn::Betweenness => {
                Source::Centrality(self.centrality().cloned())
            }
            TableColumn::Path
            | TableColumn::Label
            | TableColumn::Pixels
            | TableColumn::Width
            | TableColumn::Height
            | TableColumn::Shape
            | TableColumn::FileBytes
            | TableColumn::Modified
            | TableColumn::Problem => Source::Records,
        };
        let records = match self.is_busy() {
            true => Records::Filling(self.committed.map(|(images, _)| images)),
            false => Records::AtRest(self.images.revision()),
        };
        Basis { source, records, shown: self.pending.ordering.shown_state }
    }
}
