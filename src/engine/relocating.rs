//! A folder of pictures that was moved or renamed: known by its pictures, and its workspace taken along.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::{ImageId, ImageRecord};
use crate::engine::message::{MovedFolder, Problem};
use crate::engine::options::EngineOptions;
use crate::engine::places;
use crate::images;
use crate::images::content_hash::content_hash;
use crate::store::Workspace;

/// So many pictures of a workspace are looked for, from its first to its last.
const LOOKED_FOR: usize = 64;
/// So many of them are read, if they are no larger than this.
const READ: usize = 8;
const READ_BYTES: u64 = 32 << 20;
/// So many whose names and sizes are right say it without their content or time.
const ENOUGH: usize = 8;
/// So many workspaces whose folders are gone are looked into.
const MOST: usize = 256;

const WHAT: &str = "The workspace could not be taken along";

/// What was taken along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relocated {
    /// Where the pictures were.
    pub from: PathBuf,
    /// Where they are.
    pub folder: PathBuf,
    /// Where the workspace lies now.
    pub workspace: PathBuf,
    /// How many pictures were looked for.
    pub looked_for: usize,
    /// How many of them are in the new folder, under the same names.
    pub found: usize,
}

/// The known folder that `folder` looks like, if it has no workspace of its own and that other folder is not there any more.
/// Only workspaces in the usual place are known.
pub fn moved_from(folder: &Path, options: &EngineOptions) -> Option<MovedFolder> {
    let data_dir = places::data_dir(options.data_dir.as_deref()).ok()?;
    let folder = std::path::absolute(folder).ok()?;
    if !folder.is_dir() || places::default_workspace(&folder, &data_dir).exists() {
        return None;
    }
    let lost = workspaces(&data_dir).filter_map(|workspace| {
        let from = Workspace::folder_of(&workspace).ok()?;
        (!from.as_os_str().is_empty() && !from.exists()).then_some((workspace, from))
    });
    let alike = lost.take(MOST).filter_map(|(workspace, from)| {
        let resemblance = Resemblance::of(&workspace, &folder)?;
        resemblance.is_it().then(|| {
            let Resemblance { looked_for, found, .. } = resemblance;
            MovedFolder { workspace, from, folder: folder.clone(), looked_for, found }
        })
    });
    alike.max_by_key(|moved| (moved.found * 1000 / moved.looked_for.max(1), moved.looked_for))
}

/// Takes the workspace of the folder `old` along to `new`. One that lies in the usual place moves to that of the new folder; another
/// (`workspace`) stays where it is. Nothing is done to any picture.
///
/// # Errors
/// When `old` has no workspace, or its pictures are still there; when `new` is no folder, has a workspace of its own or none of
/// the pictures; when the workspace is open elsewhere, and when the disk does not let us.
pub fn relocate(
    old: &Path,
    new: &Path,
    workspace: Option<&Path>,
    options: &EngineOptions,
) -> Result<Relocated, Problem> {
    let data_dir = places::data_dir(options.data_dir.as_deref())?;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| Problem::new(WHAT, error));
    let (old, new) = (absolute(old)?, absolute(new)?);
    if !new.is_dir() {
        return Err(Problem::new(WHAT, format!("there is no such folder: {}", new.display())));
    }
    let usual = places::default_workspace(&new, &data_dir);
    let root = match workspace {
        Some(workspace) => absolute(workspace)?,
        None => workspace_of(&old, &data_dir).ok_or_else(|| {
            Problem::new(WHAT, format!("nothing is known of a folder {}.", old.display()))
                .with_remedy("Name the folder as it was when it was extracted, or the workspace with --workspace.")
        })?,
    };
    let from = Workspace::folder_of(&root).map_err(|error| Problem::new(WHAT, error))?;
    let is_usual = root.parent() == usual.parent();
    let to = if is_usual { usual } else { root.clone() };
    if to != root && to.exists() {
        let why = format!("{} has a workspace of its own: {}", new.display(), to.display());
        return Err(Problem::new(WHAT, why).with_remedy("Delete that one first if nothing in it is to be kept."));
    }
    let unread = || Problem::new(WHAT, format!("what is known cannot be read: {}", root.display()));
    let resemblance = Resemblance::of(&root, &new).ok_or_else(unread)?;
    if resemblance.found == 0 && resemblance.looked_for > 0 {
        let why = format!(
            "none of the {} pictures that were looked for is in {} under the same name and as large.",
            resemblance.looked_for,
            new.display()
        );
        return Err(Problem::new(WHAT, why).with_remedy("Name the folder that the pictures are in now."));
    }
    let stayed = Resemblance::of(&root, &from).map_or(0, |resemblance| resemblance.found);
    if from != new && stayed > 0 && !is_same(&from, &new) {
        let why = format!("the pictures are still in {}: only a folder that was moved is followed.", from.display());
        return Err(Problem::new(WHAT, why).with_remedy("To work on a copy, extract it as a folder of its own."));
    }
    Workspace::relocate(&root, &new, &to).map_err(|error| Problem::new(WHAT, error))?;
    let Resemblance { looked_for, found, .. } = resemblance;
    Ok(Relocated { from, folder: new, workspace: to, looked_for, found })
}

/// Two names of one folder.
fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The workspace in the usual place that is about `folder`, also if that was another name of it then.
fn workspace_of(folder: &Path, data_dir: &Path) -> Option<PathBuf> {
    if folder.join("workspace.json").is_file() {
        return Some(folder.to_owned());
    }
    let usual = places::default_workspace(folder, data_dir);
    if usual.join("workspace.json").is_file() {
        return Some(usual);
    }
    workspaces(data_dir).find(|workspace| Workspace::folder_of(workspace).is_ok_and(|about| about == *folder))
}

/// All in the usual place, by name.
fn workspaces(data_dir: &Path) -> impl Iterator<Item = PathBuf> {
    let listed = fs::read_dir(data_dir.join("workspaces")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = listed.map(|entry| entry.path()).collect();
    found.sort_unstable();
    found.into_iter()
}

/// How many pictures of a workspace a folder has.
struct Resemblance {
    looked_for: usize,
    /// Under the same name, as large, and with the same content as far as that was looked at.
    found: usize,
    /// Those of them that have the same time or content.
    certain: usize,
}

impl Resemblance {
    /// `None` where the workspace cannot be read.
    fn of(workspace: &Path, folder: &Path) -> Option<Self> {
        let workspace = Workspace::look_into(workspace).ok()?;
        let count = workspace.image_count();
        let ids: Vec<ImageId> =
            (0..count).step_by(count.div_ceil(LOOKED_FOR).max(1)).map(|id| ImageId(id as u32)).collect();
        let records = workspace.images_with(&ids).ok()?;
        let contents = workspace.file_contents();
        let mut resemblance = Self { looked_for: 0, found: 0, certain: 0 };
        let mut read = 0;
        for record in records.iter().filter(|record| !record.is_gone()) {
            resemblance.looked_for += 1;
            let Ok(Some(found)) = images::find_one(folder, &record.path) else { continue };
            if found.file_bytes != record.file_bytes {
                continue;
            }
            let ImageRecord { id, file_bytes, modified_unix_secs, .. } = *record;
            let known = contents.hash_of(id, file_bytes, modified_unix_secs);
            let known = known.filter(|_| read < READ && file_bytes <= READ_BYTES);
            if let Some(known) = known {
                read += 1;
                if content_hash(&record.path.below(folder)).is_ok_and(|hash| hash[..16] != known) {
                    continue;
                }
            }
            resemblance.found += 1;
            resemblance.certain += usize::from(known.is_some() || found.modified_unix_secs == modified_unix_secs);
        }
        Some(resemblance)
    }

    fn is_it(&self) -> bool {
        self.found * 2 > self.looked_for && (self.certain > 0 || self.found >= ENOUGH)
    }
}
