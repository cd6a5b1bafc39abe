//! Class vectors as files of the original Tiramisu: `layers.cfg` once, and a sparse `.ivf` for each class.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::analysis::class_vectors::ClassVectors;
use crate::engine::message::Problem;
use crate::export::{ExportError, ivf};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFiles {
    /// Where.
    pub folder: PathBuf,
    /// Names of the files.
    pub files: Vec<String>,
}

/// Writes `layers.cfg` and `LABEL.ivf` for each class into a folder, which is made if it is missing: all of them, or none.
///
/// # Errors
/// When a file exists and `overwrite` is not given, or cannot be written.
pub fn write(vectors: &ClassVectors, folder: &Path, overwrite: bool) -> Result<ClassFiles, Problem> {
    let what = "The class vectors were not written";
    let failed = |error: ExportError| {
        let problem = Problem::new(what, &error);
        if matches!(error, ExportError::Exists { .. }) {
            return problem.with_remedy("Name another folder, or add --overwrite to replace its files.");
        }
        problem
    };
    if folder.exists() && !folder.is_dir() {
        return Err(Problem::new(what, format!("this is a file; name a folder: {}", folder.display())));
    }
    std::fs::create_dir_all(folder).map_err(|error| Problem::new(what, format!("{error}: {}", folder.display())))?;
    let mut taken = HashSet::new();
    let names: Vec<String> = vectors.classes.iter().map(|name| free_name(name, &mut taken)).collect();
    let rows: Vec<_> = names.iter().enumerate().map(|(class, name)| (folder.join(name), vectors.row(class))).collect();
    ivf::write_all(&vectors.layers, &folder.join("layers.cfg"), &rows, overwrite).map_err(failed)?;
    let files = std::iter::once("layers.cfg".to_owned()).chain(names).collect();
    Ok(ClassFiles { folder: folder.to_owned(), files })
}

/// A label as a file name that every system takes; one that is taken already gets a number.
fn free_name(label: &str, taken: &mut HashSet<String>) -> String {
    let plain: String = label
        .chars()
        .map(|letter| if letter.is_alphanumeric() || "-_. ".contains(letter) { letter } else { '_' })
        .collect();
    let plain = match plain.trim_matches(['.', ' ']) {
        "" => "_",
        plain => plain,
    };
    (1..)
        .map(|turn| if turn == 1 { format!("{plain}.ivf") } else { format!("{plain}_{turn}.ivf") })
        .find(|name| taken.insert(name.to_lowercase()))
        .expect("some number is free")
}

/// Reads a vector over the same layers.
///
/// # Errors
/// When a file cannot be read, or is over other layers.
pub fn read(vectors: &ClassVectors, ivf: &Path, cfg: &Path) -> Result<Vec<f32>, Problem> {
    let what = "The vector cannot be compared";
    let layers = ivf::read_cfg(cfg).map_err(|error| Problem::new(what, error))?;
    if layers != vectors.layers {
        let own: Vec<String> = vectors.layers.iter().map(|(name, size)| format!("{name} {size}")).collect();
        let why = format!("it is over other layers than the classes ({}): {}", own.join(", "), cfg.display());
        return Err(Problem::new(what, why).with_remedy("Name the layers it is over with --layer, in network order."));
    }
    ivf::read_ivf(ivf, vectors.features()).map_err(|error| Problem::new(what, error))
}
