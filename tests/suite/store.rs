//! The workspace, through its public door, on real Lance tables in temporary folders.

mod activations;
mod by_hand;
mod cut_files;
mod damage;
mod features;
mod findings;
mod handwork_copies;
mod histories;
mod hostile;
mod images;
mod imported;
mod indices;
mod measure;
mod misfits;
mod ownership;
mod precision;
mod python;
mod query;
mod remembered;
mod restoring;
mod storage;
mod supplement;
mod tags;
mod together;
mod torn;
mod version_names;
mod versions;

use std::path::{Path, PathBuf};

use half::f16;
use tempfile::TempDir;
use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Pooling, StoredLayer};
use tiramisu::store::{FeatureRows, FeatureSpec, NewImage, Workspace};

/// A workspace folder and an image folder that vanish at the end.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pictures")).unwrap();
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn pictures(&self) -> PathBuf {
        self.folder.path().join("pictures")
    }

    fn open(&self) -> Workspace {
        Workspace::open_or_create(&self.root(), &self.pictures()).unwrap()
    }
}

/// An image whose every property follows from its id; every fifth has a problem instead of a picture.
fn image(id: u32) -> NewImage {
    let readable = !id.is_multiple_of(5);
    NewImage {
        record: ImageRecord {
            id: ImageId(id),
            path: ImagePath { text: path(id), raw: None },
            label: (!id.is_multiple_of(3)).then(|| format!("class {}", id % 7)),
            width: if readable { 640 + id } else { 0 },
            height: if readable { 480 + id } else { 0 },
            file_bytes: u64::from(id) * 1000,
            modified_unix_secs: 1_700_000_000 - i64::from(id),
            problem: (!readable).then(|| "the file ends too early".to_owned()),
        },
        thumbnail: readable.then(|| format!("thumbnail of {id}").into_bytes()),
    }
}

fn images(ids: impl IntoIterator<Item = u32>) -> Vec<NewImage> {
    ids.into_iter().map(image).collect()
}

fn path(id: u32) -> String {
    format!("folder {}/image {id}.jpg", id % 7)
}

fn layer(name: &str, pooling: Pooling) -> StoredLayer {
    StoredLayer { layer: name.to_owned(), pooling }
}

/// A network with the given layers, each pooled both ways.
fn spec(layers: &[(&str, usize)]) -> FeatureSpec {
    FeatureSpec {
        network: "Test Net v1.0".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        precision: None,
        preprocessing: r#"{"mean":[104,117,123],"order":"bgr"}"#.to_owned(),
        columns: layers
            .iter()
            .flat_map(|(name, channels)| Pooling::ALL.map(|pooling| (layer(name, pooling), *channels)))
            .collect(),
    }
}

/// The feature of an image in a channel of a layer: different for all of them, and exact in half precision.
fn value(stored: &StoredLayer, id: u32, channel: usize) -> f16 {
    let shift = if stored.pooling == Pooling::Maximum { 0.5 } else { 0.0 };
    let layer = stored.layer.len() as f32 * 100.0;
    f16::from_f32(layer + shift + (id % 30) as f32 + channel as f32 / 8.0)
}

/// The rows of `ids` for the layers of `columns`.
fn rows(columns: &[(StoredLayer, usize)], ids: impl IntoIterator<Item = u32>) -> FeatureRows {
    let ids: Vec<u32> = ids.into_iter().collect();
    FeatureRows {
        ids: ids.iter().map(|id| ImageId(*id)).collect(),
        paths: ids.iter().map(|id| path(*id)).collect(),
        labels: ids.iter().map(|id| image(*id).record.label).collect(),
        values: columns
            .iter()
            .map(|(stored, channels)| {
                let of_image = |id: &u32| (0..*channels).map(move |c| (*id, c)).collect::<Vec<_>>();
                let places = ids.iter().flat_map(of_image);
                (stored.clone(), places.map(|(id, channel)| value(stored, id, channel)).collect())
            })
            .collect(),
    }
}

/// Every number of a table is what it should be for exactly these images.
fn assert_holds(table: &tiramisu::store::FeatureTable, columns: &[(StoredLayer, usize)], ids: &[u32]) {
    let expected: Vec<ImageId> = ids.iter().map(|id| ImageId(*id)).collect();
    assert_eq!(table.ids(), expected);
    for (stored, channels) in columns {
        let vectors = table.vectors(stored).unwrap();
        assert_eq!(vectors.ids, expected);
        assert_eq!((vectors.matrix.rows(), vectors.matrix.columns()), (ids.len(), *channels));
        for (row, id) in ids.iter().enumerate() {
            let wanted: Vec<f16> = (0..*channels).map(|channel| value(stored, *id, channel)).collect();
            assert_eq!(vectors.matrix.row(row), wanted, "image {id} at {}", stored.column());
        }
    }
}

/// All files below a folder with their sizes.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().len()))
        .collect();
    found.sort();
    found
}
