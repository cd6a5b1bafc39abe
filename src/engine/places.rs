//! Where things are kept on this machine.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::engine::message::Problem;
use crate::engine::options::EngineOptions;

/// The folder all of Tiramisu's own data lies in: `wanted`, or `tiramisu` in the user's data directory.
pub fn data_dir(wanted: Option<&Path>) -> Result<PathBuf, Problem> {
    if let Some(wanted) = wanted {
        return Ok(wanted.to_path_buf());
    }
    match etcetera::choose_base_strategy() {
        Ok(places) => Ok(places.data_dir().join("tiramisu")),
        Err(error) => Err(Problem::new("There is no place for the workspace", error)
            .with_remedy("Set HOME, or choose a place with --workspace.")),
    }
}

/// Where the workspace of `folder` lies unless the person chose a place: named after the folder, told apart from other
/// folders of that name by a hash of its whole path.
pub fn default_workspace(folder: &Path, data_dir: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let whole = whole.canonicalize().unwrap_or(whole);
    let name: String = match whole.file_name() {
        Some(name) => name.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect(),
        None => "root".to_owned(),
    };
    data_dir.join("workspaces").join(format!("{name}-{:08x}", fnv1a(whole.as_os_str().as_encoded_bytes()) as u32))
}

/// Where the sample collection lies.
pub fn sample_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("sample")
}

/// Where networks lie, and descriptions of the person's own.
pub fn networks_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("networks")
}

/// FNV-1a, 64 bits: short, and the same on every machine and with every compiler.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The workspace a folder has, or the folder itself if it is one.
///
/// # Errors
/// When this machine has no place for user data.
pub fn workspace_of(path: &Path, options: &EngineOptions) -> Result<PathBuf, Problem> {
    if path.join("workspace.json").is_file() {
        return Ok(path.to_path_buf());
    }
    Ok(default_workspace(path, &data_dir(options.data_dir.as_deref())?))
}
