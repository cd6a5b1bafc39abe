//! Where boxes live as pictures: a workspace of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::Part;
use super::{WHAT, refused, source_of};
use crate::domain::{
    ImageId, ImagePath, ImageRecord, ImageSet, ImportedName, LabelOrigin, Layer, Numbers, Pooling, SaidLabel,
    StoredLayer, is_network_name,
};
use crate::engine::collection::repair;
use crate::engine::message::{CutOutWish, Problem};
use crate::engine::networks::own_vectors::{check_name, own_spec};
use crate::engine::opened::Opened;
use crate::engine::places;
use crate::export::CutOutRow;
use crate::images::Found;
use crate::store::{FeatureRows, FeatureTable, NewImage, NewLabel, StoreError, Workspace};

/// As many images as an extraction commits together.
const MOST_IMAGES: usize = 2048;
/// Their thumbnails and vectors: on their way to the disk they are in memory about twice.
const MOST_BYTES: usize = 8 << 20;

/// A box that was cut out.
pub(super) struct Made {
    pub(super) found: Found,
    /// In pixels.
    pub(super) size: [u32; 2],
    /// A JPEG file.
    pub(super) thumbnail: Vec<u8>,
}

/// The workspace, open to write, and what waits for the next commit.
pub(super) struct Home {
    folder: PathBuf,
    workspace: Workspace,
    table: FeatureTable,
    network: String,
    sources: Arc<Vec<StoredLayer>>,
    channels: Vec<usize>,
    /// Every picture on record or about to be, by id.
    records: Vec<ImageRecord>,
    ids: HashMap<ImagePath, ImageId>,
    with_vectors: ImageSet,
    images: Vec<NewImage>,
    rows: FeatureRows,
    waiting_bytes: usize,
}

impl Home {
    /// Opens it, or makes it.
    pub(super) fn open(wish: &CutOutWish, folder: &Path, layers: &[Layer], opened: &Opened) -> Result<Self, Problem> {
        let network = name(wish, opened)?;
        let root = match &wish.workspace {
            Some(root) => root.clone(),
            None => places::default_workspace(folder, &places::data_dir(opened.data_dir.as_deref())?),
        };
        let mut workspace = Workspace::open_or_create(&root, folder).map_err(refused)?;
        repair::repair(&mut workspace).map_err(refused)?;
        let about = format!("the boxes of {}, seen by {}", opened.folder.display(), opened.collection.network_name);
        let columns: Vec<(StoredLayer, usize)> =
            layers.iter().map(|layer| (source_of(layer, wish), layer.shape[0])).collect();
        let spec = own_spec(&network, &about, columns.clone());
        if let Some(there) = workspace.find_features(&spec.table_name()).map_err(refused)? {
            let from = there.spec().origin().unwrap_or_default();
            if from != about {
                return Err(other(&network, &format!("comes from elsewhere: {from}")));
            }
            let mut stored = there.columns();
            stored.sort();
            let mut wanted = columns.clone();
            wanted.sort();
            if stored != wanted {
                let names: Vec<String> =
                    stored.iter().map(|(at, _)| format!("{} ({})", at.layer, at.pooling.word())).collect();
                return Err(other(&network, &format!("has other layers: {}", names.join(", "))));
            }
        }
        let table = workspace.features(&spec).map_err(refused)?;
        let records = workspace.images().map_err(refused)?;
        let ids = records.iter().map(|record| (record.path.clone(), record.id)).collect();
        let with_vectors = table.ids().iter().copied().collect();
        let (sources, channels) = columns.into_iter().unzip();
        Ok(Self {
            folder: folder.to_owned(),
            workspace,
            table,
            network,
            sources: Arc::new(sources),
            channels,
            records,
            ids,
            with_vectors,
            images: Vec::new(),
            rows: FeatureRows::default(),
            waiting_bytes: 0,
        })
    }

    /// Where the pictures of boxes lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the workspace lies.
    pub(super) fn root(&self) -> &Path {
        self.workspace.root()
    }

    /// What the vectors are called.
    pub(super) fn network(&self) -> &str {
        &self.network
    }

    /// The layers, with their pooling.
    pub(super) fn sources(&self) -> &Arc<Vec<StoredLayer>> {
        &self.sources
    }

    /// Whether a box's file is there, and its vectors.
    pub(super) fn has(&self, file: &str) -> bool {
        let id = self.ids.get(&ImagePath { text: file.to_owned(), raw: None });
        id.is_some_and(|id| self.with_vectors.contains(*id)) && self.folder.join(file).is_file()
    }

    /// Takes in a box with its vectors, which are row `row` of each of `vectors`; commits when there is enough.
    pub(super) fn take(&mut self, part: &Part, made: Made, vectors: &[Vec<f32>], row: usize) -> Result<(), Problem> {
        let path = part.path();
        let id = match self.ids.get(&path) {
            Some(id) => *id,
            None => self.record(path.clone(), made)?,
        };
        if !self.with_vectors.insert(id) {
            // Only its file was gone.
            return Ok(());
        }
        self.rows.ids.push(id);
        self.rows.labels.push(path.parent_name().map(str::to_owned));
        self.rows.paths.push(path.text);
        if self.rows.values.is_empty() {
            self.rows.values = self.sources.iter().map(|source| (source.clone(), Numbers::default())).collect();
        }
        for (((_, values), vectors), channels) in self.rows.values.iter_mut().zip(vectors).zip(&self.channels) {
            let vector = Numbers::narrowed(vectors[row * channels..][..*channels].to_vec());
            self.waiting_bytes += vector.bytes();
            values.extend(vector.as_ref());
        }
        if self.rows.ids.len() >= MOST_IMAGES || self.waiting_bytes >= MOST_BYTES {
            self.commit().map_err(refused)?;
        }
        Ok(())
    }

    fn record(&mut self, path: ImagePath, made: Made) -> Result<ImageId, Problem> {
        let number = u32::try_from(self.records.len()).map_err(|_| refused("there are too many of them"))?;
        let record = ImageRecord {
            id: ImageId(number),
            label: path.parent_name().map(str::to_owned),
            path: path.clone(),
            width: made.size[0],
            height: made.size[1],
            file_bytes: made.found.file_bytes,
            modified_unix_secs: made.found.modified_unix_secs,
            problem: None,
        };
        self.waiting_bytes += made.thumbnail.len();
        self.images.push(NewImage { record: record.clone(), thumbnail: Some(made.thumbnail) });
        self.ids.insert(path, record.id);
        self.records.push(record);
        Ok(ImageId(number))
    }

    /// Images first, vectors second: an image without vectors is done again, vectors without an image would belong to nobody.
    fn commit(&mut self) -> Result<(), StoreError> {
        let (images, rows) = (std::mem::take(&mut self.images), std::mem::take(&mut self.rows));
        self.waiting_bytes = 0;
        if !images.is_empty() {
            self.workspace.append_images(images)?;
        }
        if !rows.ids.is_empty() {
            self.table.append(rows)?;
        }
        Ok(())
    }

    /// Commits the rest, with labels where a folder's name cannot say them, and splits.
    pub(super) fn finish(&mut self, rows: &[CutOutRow]) -> Result<(), Problem> {
        self.commit().map_err(refused)?;
        let of_boxes: Arc<str> = Arc::from("boxes");
        let label_of = |row: &CutOutRow| {
            let path = ImagePath { text: row.file.clone(), raw: None };
            let id = *self.ids.get(&path)?;
            let label = row.marked.label.clone().filter(|label| path.parent_name() != Some(label.as_str()));
            let is_new = label.is_some() || row.split.is_some();
            let said =
                |label| SaidLabel { name: ImportedName::One(label), origin: LabelOrigin::Import(of_boxes.clone()) };
            is_new.then(|| NewLabel { image: id, label: label.map(said), split: row.split.clone() })
        };
        let labels: Vec<NewLabel> = rows.iter().filter_map(label_of).collect();
        if labels.is_empty() {
            return Ok(());
        }
        let recorder = self.workspace.recorder().map_err(refused)?;
        recorder.keep_labels(&labels, |id| self.records.get(id.index()).cloned()).map_err(refused)
    }
}

fn other(network: &str, why: &str) -> Problem {
    Problem::new(WHAT, format!("what is stored as {network} in the folder's workspace {why}"))
        .with_remedy("Nothing was changed. Choose another folder, or on the command line another name (--name).")
}

/// What the vectors are called.
fn name(wish: &CutOutWish, opened: &Opened) -> Result<String, Problem> {
    let name = wish.name.clone().unwrap_or_else(|| {
        let network = opened.collection.network_name.replace(['/', '\\'], "_");
        let network = match is_network_name(Path::new(&network)) {
            true => Path::new(&network).with_extension("").to_string_lossy().into_owned(),
            false => network,
        };
        let by = if wish.pooling == Pooling::Average { String::new() } else { format!(" by {}", wish.pooling.word()) };
        format!("boxes of {}{by}", network.chars().take(40).collect::<String>().trim_end())
    });
    check_name(&name, None)?;
    Ok(name)
}
