//! The map that is kept under a name.

use crate::domain::{Projection, ProjectionWish};
use crate::engine::message::Problem;
use crate::engine::opened::Opened;

/// The map of the name of the wish; `None` when none is kept.
///
/// # Errors
/// When it cannot be read.
pub fn stored_map(wish: &ProjectionWish, opened: &Opened) -> Result<Option<Projection>, Problem> {
    opened
        .workspace
        .now()
        .and_then(|workspace| workspace.projection(opened.features(), &wish.name()))
        .map_err(|error| Problem::new("The map could not be read", error))
}
