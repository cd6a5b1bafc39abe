//! A workspace that lies elsewhere, such as on a mounted disk, is brought to this one; only what is new there the next time.

use std::path::{Path, PathBuf};

use crate::engine::message::{Problem, Progress};
use crate::store::{self, PulledSoFar, StoreError};

pub use crate::store::{PullWish, Pulled};

const WHAT: &str = "The workspace could not be brought";

/// Brings a workspace, or what is new in it; `None` if it was stopped by cancelling `progress`, which counts bytes. What came by
/// then stays, and the next time goes on from there.
///
/// # Errors
/// When there is no workspace or not the layer, when something else lies where it goes to or was changed there and is not to be
/// given up, and when a file cannot be read or written.
pub fn pull(wish: &PullWish, progress: &Progress) -> Result<Option<Pulled>, Problem> {
    let _job = progress.enter_span();
    let as_count = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut goes_on = |so_far: PulledSoFar| {
        // Of small files nobody knows before.
        progress.set_total(as_count(so_far.expected_bytes.max(so_far.came_bytes)), false);
        progress.set_done(as_count(so_far.came_bytes));
        !progress.is_cancelled()
    };
    match store::pull(wish, &mut goes_on) {
        Ok(pulled) => Ok(Some(pulled)),
        Err(StoreError::Stopped { .. }) => Ok(None),
        Err(error) => Err(Problem::new(WHAT, error)),
    }
}

/// The folder that an address means: a path, or one that begins with `file:`.
///
/// # Errors
/// When it is the address of a store, which this program does not reach.
pub fn place_of(address: &str) -> Result<PathBuf, Problem> {
    if let Some(rest) = address.strip_prefix("file:") {
        // `file:/a`, `file:///a` and `file://localhost/a` are the same.
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        return Ok(PathBuf::from(rest.strip_prefix("localhost").unwrap_or(rest)));
    }
    match address.split_once("://") {
        Some((scheme, _)) if scheme.len() > 1 && scheme.bytes().all(|letter| letter.is_ascii_alphanumeric()) => {
            let why = format!("the program reaches folders alone, and this is an address of {scheme}: {address}");
            let remedy = format!(
                "Bring it by the Python package (pip install tiramisu-vision): from tiramisu_vision import pull; \
                 pull('{address}', FOLDER)."
            );
            Err(Problem::new(WHAT, why).with_remedy(remedy))
        }
        _ => Ok(Path::new(address).to_owned()),
    }
}
