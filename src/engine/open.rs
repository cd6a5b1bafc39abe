//! A collection that is open: everything its requests need, and the threads that serve it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::extract::Extraction;
use super::library::Library;
use super::looks::Looks;
use super::outbox::Outbox;
use super::roll::Roll;
use super::store_thread::{CommitRule, StoreHandle};
use super::tensor_thread::{TensorHandle, Wanted};
use super::{Collection, EngineOptions, Event, OpenRequest, Problem, Progress, places};
use crate::domain::{ImageId, ImageRecord, Pooling, Resizing, StoredLayer};
use crate::network::Graph;
use crate::store::{FeatureSpec, FeatureTable, Workspace};

/// The writing end of a workspace; on loan to the extraction while one runs.
pub struct Writer {
    /// Images.
    pub workspace: Workspace,
    /// Vectors.
    pub table: FeatureTable,
}

/// What is open.
pub struct Open {
    /// What the listener knows of it.
    pub collection: Arc<Collection>,
    /// Every image.
    pub roll: Arc<Roll>,
    /// Who answers looks.
    pub looks: Looks,
    writer: Option<Writer>,
    wanted: Arc<Wanted>,
    input: Resizing,
}

impl Open {
    /// Opens the workspace and starts the threads.
    ///
    /// # Errors
    /// When the folder or the workspace cannot be opened or the network does not fit the device.
    pub fn new(
        request: &OpenRequest,
        graph: Graph,
        options: &EngineOptions,
        device: String,
        tensor: &TensorHandle,
        outbox: &Outbox,
    ) -> Result<Self, Problem> {
        let folder = std::path::absolute(&request.folder)
            .map_err(|error| Problem::new("The folder could not be opened", error))?;
        let data_dir = places::data_dir(options.data_dir.as_deref());
        let is_sample = data_dir.as_ref().is_ok_and(|data_dir| folder == places::sample_dir(data_dir));
        let root = match &request.workspace {
            Some(root) => root.clone(),
            None => places::default_workspace(&folder, &data_dir?),
        };
        let graph = Arc::new(graph);
        let layers = graph.layers();
        let stored = stored_layers(&layers, request.layers.as_deref())?;
        let spec = spec(&graph, &layers, &stored);
        let (records, table_reader, writer) = match request.extract {
            true => {
                check_folder(&folder)?;
                let mut workspace = Workspace::open_or_create(&root, &folder).map_err(refused)?;
                let spec = suited(&workspace, spec)?;
                let table = workspace.features(&spec).map_err(refused)?;
                let records = workspace.images().map_err(refused)?;
                (records, table.reader(), Some(Writer { workspace, table }))
            }
            false => {
                let workspace = Workspace::open(&root).map_err(refused)?;
                let name = readable(&workspace, &spec, request.layers.is_some())?;
                let table = workspace.read_features(&name).map_err(refused)?;
                (workspace.images().map_err(refused)?, table, None)
            }
        };
        tensor.use_network(graph.clone())?;
        let columns: Vec<StoredLayer> = table_reader.columns().into_iter().map(|(stored, _)| stored).collect();
        // Layers the person did not ask for stay in the table, but out of sight.
        let in_sight = match &request.layers {
            Some(_) => columns.iter().filter(|column| stored.contains(column)).cloned().collect(),
            None => columns.clone(),
        };
        let collection = Arc::new(Collection {
            folder: folder.clone(),
            workspace: root.clone(),
            is_sample,
            network_name: graph.name.clone(),
            network_about: graph.about.clone(),
            network_file: request.network.clone(),
            has_classes: graph.labels.is_some() && graph.class_layer().is_some(),
            class_count: graph.labels.as_ref().map_or(0, Vec::len),
            stored: in_sight,
            layers,
            device,
        });
        let wanted = Arc::new(Wanted::new(&collection.layers, columns));
        let done: HashSet<ImageId> = table_reader.ids().iter().copied().collect();
        let roll = Arc::new(Roll::new(without_cured(records, &done)));
        let library = Arc::new(Library::new(root.clone(), table_reader.spec().table_name()));
        let looks = Looks::start(root, folder, roll.clone(), library, tensor.clone(), outbox.clone())
            .map_err(|error| Problem::new("The folder could not be opened", error))?;
        outbox.tell(Event::Opened(collection.clone()));
        for portion in roll.all().chunks(4096) {
            outbox.tell(Event::Found(portion.to_vec()));
        }
        if table_reader.rows() > 0 {
            outbox.tell(Event::Committed { images: table_reader.rows(), version: table_reader.version() });
        }
        if writer.is_none() {
            outbox.tell(Event::Walked { total: roll.len() });
        }
        let input = graph.preprocessing.resizing();
        Ok(Self { collection, roll, looks, writer, wanted, input })
    }

    /// Prepares an extraction; the writer is on loan until [`Open::take_back`].
    ///
    /// # Errors
    /// When the workspace is open for reading only, or an extraction runs.
    pub fn extraction(
        &mut self,
        options: &EngineOptions,
        progress: Arc<Progress>,
        tensor: &TensorHandle,
        outbox: &Outbox,
    ) -> Result<(Extraction, crossbeam_channel::Receiver<Writer>), Problem> {
        let Some(writer) = self.writer.take() else {
            return Err(Problem::new("Nothing can be extracted", "the workspace is open for reading only"));
        };
        let done: HashSet<ImageId> = writer.table.ids().iter().copied().collect();
        let recorded = writer.workspace.image_count();
        // An earlier run of this window may have met images that never reached the disk.
        let is_unfinished = |record: &ImageRecord| {
            record.id.index() >= recorded || (record.problem.is_none() && !done.contains(&record.id))
        };
        let unfinished = self.roll.all().into_iter().filter(is_unfinished).map(|record| record.id).collect();
        let rule = CommitRule { images: options.commit_images, secs: options.commit_secs };
        let (store, returned) = StoreHandle::start(writer, rule, progress.clone(), outbox.clone())
            .map_err(|error| Problem::new("Nothing can be extracted", error))?;
        let extraction = Extraction {
            folder: self.collection.folder.clone(),
            roll: self.roll.clone(),
            unfinished,
            recorded,
            input: self.input,
            wanted: self.wanted.clone(),
            batch_images: options.batch_images,
            progress,
            tensor: tensor.clone(),
            store,
            outbox: outbox.clone(),
            walk_is_clean: Arc::default(),
        };
        Ok((extraction, returned))
    }

    /// The extraction is over.
    pub fn take_back(&mut self, writer: Writer) {
        self.writer = Some(writer);
    }
}

fn refused(error: crate::store::StoreError) -> Problem {
    Problem::new("The workspace could not be opened", error)
}

fn check_folder(folder: &std::path::Path) -> Result<(), Problem> {
    let what = "The folder could not be opened";
    match std::fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(Problem::new(what, format!("this is a file; open the folder it lies in: {}", folder.display()))),
        Err(error) => Err(Problem::new(what, format!("{error}: {}", folder.display()))),
    }
}

/// Stands for every layer of the network.
const ALL_LAYERS: &str = "all";

/// Both poolings of the wanted layers, in network order.
fn stored_layers(layers: &[crate::domain::Layer], wanted: Option<&[String]>) -> Result<Vec<StoredLayer>, Problem> {
    let is_known = |name: &String| name == ALL_LAYERS || layers.iter().any(|layer| layer.name == *name);
    if let Some(missing) = wanted.and_then(|names| names.iter().find(|name| !is_known(name))) {
        let known: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        return Err(Problem::new(
            format!("The network has no layer {missing}"),
            format!("it has {}", known.join(", ")),
        ));
    }
    let keep = |layer: &&crate::domain::Layer| match wanted {
        Some(names) => names.iter().any(|name| *name == layer.name || name == ALL_LAYERS),
        None => layer.stored_by_default,
    };
    let both = |layer: &crate::domain::Layer| {
        let name = layer.name.clone();
        Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
    };
    Ok(layers.iter().filter(keep).flat_map(both).collect())
}

fn spec(graph: &Graph, layers: &[crate::domain::Layer], stored: &[StoredLayer]) -> FeatureSpec {
    let channels =
        |stored: &StoredLayer| layers.iter().find(|layer| layer.name == stored.layer).map_or(0, |layer| layer.shape[0]);
    FeatureSpec {
        network: graph.name.clone(),
        fingerprint: graph.fingerprint(),
        preprocessing: serde_json::to_string(&graph.preprocessing).unwrap_or_default(),
        columns: stored.iter().map(|stored| (stored.clone(), channels(stored))).collect(),
    }
}

/// A table that has all the layers serves a wish for fewer. A wish for others gets a table of its own beside the first:
/// nothing that was computed is thrown away.
fn suited(workspace: &Workspace, wish: FeatureSpec) -> Result<FeatureSpec, Problem> {
    let tables = workspace.feature_tables().map_err(refused)?;
    let own = format!("{}{:08x}", wish.fingerprint, places::fnv1a(format!("{:?}", wish.columns).as_bytes()) as u32);
    let same_network = |known: &FeatureSpec| known.fingerprint.starts_with(&wish.fingerprint);
    let holds_all = |known: &FeatureSpec| wish.columns.iter().all(|column| known.columns.contains(column));
    let mut fitting: Vec<FeatureSpec> =
        tables.iter().map(|table| &table.spec).filter(|spec| same_network(spec) && holds_all(spec)).cloned().collect();
    fitting.sort_by_key(|spec| spec.columns.len());
    if let Some(spec) = fitting.into_iter().next() {
        return Ok(spec);
    }
    match tables.iter().any(|table| table.spec.table_name() == wish.table_name()) {
        false => Ok(wish),
        true => Ok(FeatureSpec { network: format!("{} layers {own}", wish.network), ..wish }),
    }
}

/// The table to read: one that holds all the layers that were asked for or, if none was, the usual ones; else the one
/// with the most rows.
fn readable(workspace: &Workspace, wish: &FeatureSpec, is_asked: bool) -> Result<String, Problem> {
    let tables = workspace.feature_tables().map_err(refused)?;
    let holds_all = |known: &FeatureSpec| wish.columns.iter().all(|column| known.columns.contains(column));
    let same_network = tables.iter().filter(|table| table.spec.fingerprint.starts_with(&wish.fingerprint));
    if let Some(best) = same_network.clone().max_by_key(|table| (holds_all(&table.spec), table.rows))
        && (!is_asked || holds_all(&best.spec))
    {
        return Ok(best.table.clone());
    }
    if is_asked && same_network.count() > 0 {
        let why = "no table of this network holds the layer";
        return Err(Problem::new("The layer was not extracted", why).with_remedy("Name it to extract with --layers."));
    }
    let known: Vec<&str> = tables.iter().map(|table| table.spec.network.as_str()).collect();
    let why = match known.as_slice() {
        [] => "the workspace has no vectors yet.".to_owned(),
        known => format!("the workspace has vectors of {}.", known.join(", ")),
    };
    Err(Problem::new(format!("Nothing was extracted with {} yet", wish.network), why)
        .with_remedy("Name that network, or extract with this one first."))
}

/// A picture that could not be read once and has vectors now is a good picture.
fn without_cured(mut records: Vec<ImageRecord>, done: &HashSet<ImageId>) -> Vec<ImageRecord> {
    for record in &mut records {
        if record.problem.is_some() && done.contains(&record.id) {
            record.problem = None;
        }
    }
    records
}

impl Wanted {
    /// Puts the columns in the order in which [`crate::features`] gives them.
    fn new(layers: &[crate::domain::Layer], columns: Vec<StoredLayer>) -> Self {
        let index = |stored: &StoredLayer| layers.iter().position(|layer| layer.name == stored.layer);
        let mut indices: Vec<usize> = columns.iter().filter_map(index).collect();
        indices.sort_unstable();
        indices.dedup();
        let both = |&layer: &usize| {
            let name = &layers[layer].name;
            Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
        };
        Self { columns: indices.iter().flat_map(both).collect(), layers: indices }
    }
}

/// The workspace a folder has, or the folder itself if it is one.
pub fn workspace_of(path: &std::path::Path, options: &EngineOptions) -> Result<PathBuf, Problem> {
    if path.join("workspace.json").is_file() {
        return Ok(path.to_path_buf());
    }
    Ok(places::default_workspace(path, &places::data_dir(options.data_dir.as_deref())?))
}
