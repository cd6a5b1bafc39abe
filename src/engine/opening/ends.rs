//! What of an open workspace is read and, where an extraction may follow, written.

use std::sync::Arc;

use super::refused;
use super::tables::{KnownTable, readable, unfinished_wish};
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::collection::repair::{self, Repaired};
use crate::engine::extraction::writer::Writer;
use crate::engine::message::Problem;
use crate::engine::thread::outbox::Outbox;
use crate::store::{FeatureSpec, FeatureTable, Workspace};

/// Both ends of a workspace.
pub(super) struct Ends {
    /// Nothing is in it yet.
    pub catalogue: Catalogue,
    /// The vectors, to be read.
    pub table: FeatureTable,
    /// The workspace, to be read.
    pub reader: Arc<WorkspaceReader>,
    /// Who writes, where something is to be written.
    pub writer: Option<Writer>,
    /// What was repaired, and what there is to say of it.
    pub repaired: Repaired,
}

impl Ends {
    /// Of a workspace that is open to be written. Where no layers were named it goes on with those that an earlier wish was for.
    ///
    /// # Errors
    /// When it cannot be repaired, or the table of `spec` cannot be opened.
    pub fn to_write(mut workspace: Workspace, spec: FeatureSpec, are_layers_named: bool) -> Result<Self, Problem> {
        let repaired = repair::repair(&mut workspace).map_err(refused)?;
        // Whoever cannot be copied is told of where it is read.
        if let Err(error) = workspace.keep_copy_of_handwork() {
            tracing::warn!("tags have no copy: {error}");
        }
        let known = workspace.feature_tables().map_err(refused)?;
        let table = workspace.features(&spec).map_err(refused)?;
        let wish = if are_layers_named { spec } else { unfinished_wish(&known, spec) };
        // A table that has more layers than were asked for keeps them.
        let supplement = workspace.supplement(&table, &wish).map_err(refused)?;
        let reader = Arc::new(WorkspaceReader::of(&workspace));
        let writer = Writer { workspace, table, supplement, wish };
        let table = writer.table.reader();
        Ok(Self { catalogue: Catalogue::empty(), table, reader, writer: Some(writer), repaired })
    }

    /// Of a workspace that is open to be read, of which `known` is the table of the network. Where not all is told, images are read
    /// as they are asked about. `expect` is told of
    /// the table as soon as it is known, while the rest is opened.
    ///
    /// # Errors
    /// When there is no such table, or a named layer is not in it, and when it cannot be read.
    pub fn to_read(
        mut workspace: Workspace,
        known: Option<KnownTable>,
        (spec, are_layers_named): (&FeatureSpec, bool),
        tells_all: bool,
        outbox: &Outbox,
        expect: impl FnOnce(&FeatureTable),
    ) -> Result<Self, Problem> {
        let (name, mut table) = readable(known, &workspace, spec, are_layers_named)?;
        expect(&table);
        let repaired = repair::repair_to_read(&mut workspace, &name)?;
        table.refresh().map_err(refused)?;
        let reader = Arc::new(WorkspaceReader::of(&workspace));
        let catalogue = match tells_all {
            true => Catalogue::empty(),
            false => Catalogue::unread(reader.clone(), workspace.image_count(), outbox.clone()),
        };
        Ok(Self { catalogue, table, reader, writer: None, repaired })
    }
}
