//! Which images a predicate lets through.

use std::path::Path;

use crate::domain::{ImageId, Predicate};
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::{Problem, Refusal};
use crate::store::{QueryError, StoreError, Workspace};

/// The images for which a predicate is true, ascending, by a workspace and its table called `features`; `opened` is the folder as the
/// person opened it.
///
/// # Errors
/// What is wrong with the predicate, and where; or why the workspace cannot be read.
pub fn ids_where(
    text: &str,
    workspace: &WorkspaceReader,
    features: &str,
    opened: &Path,
) -> Result<Vec<ImageId>, Problem> {
    let outcome = Predicate::parse(text).map_err(Refusal::Text).and_then(|predicate| {
        let workspace = workspace.now().map_err(unread)?;
        ids(&workspace, &with_paths_below(&predicate, &workspace, opened), features, &|| false)
    });
    outcome.map_err(|refusal| refusal.into_problem(text))
}

/// The same question, in which absolute paths are those below the folder of the images, also where a link leads there: that by which the
/// person `opened` it, or another.
pub fn with_paths_below(predicate: &Predicate, workspace: &Workspace, opened: &Path) -> Predicate {
    let folder = workspace.image_folder();
    // A pattern names no file whose links could be followed.
    let typed = std::path::absolute(opened).unwrap_or_else(|_| opened.to_owned());
    // Links on the way to the folder count, not those in it: images are known by their names there.
    let without_links = |path: &Path| {
        let leads_there = |above: &&Path| above.canonicalize().is_ok_and(|whole| whole == folder);
        let above = path.ancestors().skip(1).find(leads_there)?;
        let whole = folder.join(path.strip_prefix(above).ok()?);
        whole.to_str().map(str::to_owned)
    };
    let typed = predicate.clone().with_paths_below(&typed).with_paths_below(&folder);
    typed.with_absolute_paths(&without_links).with_paths_below(&folder)
}

/// A workspace that cannot be read.
pub fn unread(error: StoreError) -> Refusal {
    Refusal::Problem(Problem::new("The workspace could not be queried", error))
}

/// Why a workspace has no answer.
pub fn refusal(error: QueryError) -> Refusal {
    match error {
        QueryError::Predicate(error) => Refusal::Text(error),
        QueryError::Store(error) => unread(error),
        QueryError::Stopped => Refusal::Problem(Problem::new("The workspace was not queried", "it was stopped")),
    }
}

/// The images for which a predicate is true, ascending.
///
/// # Errors
/// When it names what is not there, the workspace cannot be read, or nobody wants the answer any more.
pub fn ids(
    workspace: &Workspace,
    predicate: &Predicate,
    features: &str,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Vec<ImageId>, Refusal> {
    workspace.query(predicate, Some(features), is_stopped).map_err(refusal)
}
