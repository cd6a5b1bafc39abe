//! The tables of vectors that a workspace has, one a network.

use crate::domain::{ImageId, StoredLayer};
use crate::store::columns::name_columns;
use crate::store::columns::{Column, columns_of, in_single};
use crate::store::features::Maker;
use crate::store::manifests::{is_hopeless, is_table};
use crate::store::names;
use crate::store::names::supplement_of;
use crate::store::table::Table;
use crate::store::{FeatureSpec, FeatureSummary, FeatureTable, StoreError, Workspace};

impl Workspace {
    /// The features of a network, for reading and writing; an empty table is made if there is none.
    ///
    /// A table that is there keeps its layers: ask [`FeatureTable::missing_layers`] which of `spec`'s it lacks, and
    /// bring those in with [`Workspace::supplement`] and [`Workspace::merge_supplement`].
    ///
    /// # Errors
    /// When the table was made by another network or with another preprocessing, when a layer has another number of
    /// channels than asked, and when the disk does not let us.
    pub fn features(&mut self, spec: &FeatureSpec) -> Result<FeatureTable, StoreError> {
        self.open_features(spec, &spec.table_name(), &[])
    }

    /// The same for vectors that another program made, of which `single` came in single precision: these columns keep it.
    ///
    /// # Errors
    /// As [`Workspace::features`].
    pub fn features_in(&mut self, spec: &FeatureSpec, single: &[StoredLayer]) -> Result<FeatureTable, StoreError> {
        let mut table = self.open_features(spec, &spec.table_name(), &[])?;
        table.keep_single(single)?;
        Ok(table)
    }

    /// Opens an existing table of features by its name, for reading.
    ///
    /// # Errors
    /// When there is no such table, or it cannot be read.
    pub fn read_features(&self, table: &str) -> Result<FeatureTable, StoreError> {
        FeatureTable::new(self.read_table(table)?, None)
    }

    /// The same; `None` if there is no such table, or it holds no features, or never had a version that is whole.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn find_features(&self, table: &str) -> Result<Option<FeatureTable>, StoreError> {
        let path = self.table_path(table);
        if !is_table(&path) || is_hopeless(&path) {
            return Ok(None);
        }
        let opened = self.read_table(table)?;
        match Maker::of_schema(&opened.schema()) {
            Some(_) => FeatureTable::new(opened, None).map(Some),
            None => Ok(None),
        }
    }

    /// The feature tables of the workspace, by name. Tables of other programs are passed over.
    ///
    /// # Errors
    /// When the folder or a table of ours cannot be read.
    pub fn feature_tables(&self) -> Result<Vec<FeatureSummary>, StoreError> {
        let mut summaries = Vec::new();
        for name in names::readable_tables_in(&self.root)?.into_iter().filter(|name| name != "images") {
            let table = Table::open(&self.driver, &self.table_path(&name))?;
            let schema = table.schema();
            if let Some(maker) = Maker::of_schema(&schema) {
                let columns = columns_of(&schema);
                summaries.push(FeatureSummary {
                    table: name,
                    spec: maker.spec(&columns),
                    single: in_single(&columns),
                    rows: table.rows()?,
                    version: table.version(),
                    supplements: None,
                });
            }
        }
        summaries.sort_by(|a, b| a.table.cmp(&b.table));
        let names: Vec<String> = summaries.iter().map(|summary| summary.table.clone()).collect();
        for summary in &mut summaries {
            summary.supplements = names.iter().find(|name| supplement_of(name) == summary.table).cloned();
        }
        Ok(summaries)
    }

    /// Removes what other tables than `table` hold of these images: layers that are being added to it, and those of other
    /// networks. Their pictures are others now; what sees no vector extracts them again.
    ///
    /// # Errors
    /// When the disk does not let us. Tables that cannot be read any more are passed over: nobody will see their vectors.
    pub fn forget_vectors_elsewhere(&mut self, ids: &[ImageId], table: &FeatureTable) -> Result<(), StoreError> {
        let lock = self.expect_writable()?.clone();
        for summary in self.feature_tables()?.iter().filter(|summary| self.table_path(&summary.table) != table.path()) {
            match FeatureTable::new(self.read_table(&summary.table)?, Some(lock.clone())) {
                Ok(mut other) => other.remove(ids).map(drop)?,
                Err(error @ StoreError::Damaged { .. }) => tracing::warn!("{error}"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(in crate::store) fn open_features(
        &self,
        spec: &FeatureSpec,
        name: &str,
        taken: &[Column],
    ) -> Result<FeatureTable, StoreError> {
        let lock = self.expect_writable()?.clone();
        if let Some((layer, _)) = spec.columns.iter().find(|(_, channels)| *channels == 0) {
            let reason = format!("layer {} has no channels", layer.layer);
            return Err(StoreError::RowsDoNotFit { reason, path: self.table_path(name) });
        }
        let maker = Maker::of(spec);
        let schema = maker.schema(&name_columns(&spec.columns, taken));
        let tolerated = self.identity.layout().small_fragments;
        let table = Table::open_or_create(&self.driver, &self.table_path(name), schema)?.tolerating(tolerated);
        let mut table = FeatureTable::new(table, Some(lock))?;
        table.maker().expect_same(&maker, table.path())?;
        // Nothing was made yet in the precision that it tells.
        if table.rows() == 0 && maker.precision.is_some() && table.maker().precisions() != maker.precisions() {
            table.declare_anew(&maker)?;
        }
        table.adds_in = maker.precision;
        for (layer, channels) in &spec.columns {
            if let Some(column) = table.columns.iter().find(|c| c.stored == *layer && c.channels != *channels) {
                let reason = format!("{} has {} channels instead of {channels}", column.name, column.channels);
                let (network, path) = (spec.network.clone(), table.path().to_owned());
                return Err(StoreError::OtherNetwork { network, reason, path });
            }
        }
        Ok(table)
    }
}
