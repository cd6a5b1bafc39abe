//! A collection that is open: everything its requests need, and the threads that serve it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use crate::domain::{Decoding, ImageId, ImageRecord, Pooling, StoredLayer, counted, thousands};
use crate::engine::collection::activation_reader::ActivationReader;
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::collection::channels::FeatureMapWidths;
use crate::engine::collection::classes::Classes;
use crate::engine::collection::library::Library;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::collection::repair;
use crate::engine::extraction::extract::{Extraction, SampleWish};
use crate::engine::extraction::gathering::GatheringPlace;
use crate::engine::extraction::store_thread::{CommitRule, StoreHandle};
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::looks::Looks;
use crate::engine::message::{Collection, Event, NetworkFile, OpenWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::engine::options::EngineOptions;
use crate::engine::places;
use crate::engine::tensor::{TensorHandle, Wanted, images_in_a_batch};
use crate::engine::thread::outbox::Outbox;
use crate::network::Graph;
use crate::store::{FeatureSpec, FeatureSummary, FeatureTable, Workspace};

/// What is open.
pub struct Open {
    /// What everything works on.
    pub opened: Arc<Opened>,
    /// Who answers looks.
    pub looks: Looks,
    writer: Option<Writer>,
    /// Whether there are tags, imported labels or boxes of pictures that were not on record.
    pub handwork_waits: bool,
    /// Whether an extraction first makes what is missing of the sample collection. Nothing is ever written into a person's own
    /// folder.
    pub makes_sample: bool,
    /// How many pictures the network takes at once.
    most_images: usize,
}

impl Open {
    /// Opens the workspace and starts the threads.
    ///
    /// # Errors
    /// When the folder or the workspace cannot be opened or the network does not fit the device.
    pub fn new(
        request: &OpenWish,
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
        let usual = data_dir.map(|data_dir| places::default_workspace(&folder, &data_dir));
        let (root, workspace_is_usual) = match &request.workspace {
            Some(root) => (root.clone(), usual.is_ok_and(|usual| usual == *root)),
            None => (usual?, true),
        };
        let layers = graph.layers();
        let stored = stored_layers(&layers, request.layers.as_deref())?;
        let mut workspace = match request.extract {
            true => {
                check_folder(&folder)?;
                Workspace::open_or_create(&root, &folder).map_err(refused)?
            }
            false => Workspace::open(&root).map_err(refused)?,
        };
        let graph = match request.network {
            NetworkFile::Builtin => decoding_as_before(graph, &workspace.feature_tables().map_err(refused)?),
            // Whoever described it chose.
            NetworkFile::Analytic | NetworkFile::File(_) | NetworkFile::Known(_) => graph,
        };
        let graph = Arc::new(graph);
        let spec = spec(&graph, &layers, &stored);
        let (records, table_reader, reader, writer, repaired) = match request.extract {
            true => {
                let repaired = repair::repair(&mut workspace).map_err(refused)?;
                let known = workspace.feature_tables().map_err(refused)?;
                let table = workspace.features(&spec).map_err(refused)?;
                let wish = match request.layers {
                    Some(_) => spec,
                    None => unfinished_wish(&known, spec),
                };
                // A table that has more layers than were asked for keeps them.
                let supplement = workspace.supplement(&table, &wish).map_err(refused)?;
                let records = workspace.images().map_err(refused)?;
                let reader = WorkspaceReader::of(&workspace);
                (records, table.reader(), reader, Some(Writer { workspace, table, supplement, wish }), repaired)
            }
            false => {
                let name = readable(&workspace, &spec, request.layers.is_some())?;
                let repaired = repair::repair_to_read(&mut workspace, &name)?;
                let table = workspace.read_features(&name).map_err(refused)?;
                (workspace.images().map_err(refused)?, table, WorkspaceReader::of(&workspace), None, repaired)
            }
        };
        let recorder = writer.as_ref().map(|writer| writer.workspace.recorder()).transpose().map_err(refused)?;
        tensor.use_network(graph.clone())?;
        let names = |table: &FeatureTable| -> Vec<StoredLayer> {
            table.columns().into_iter().map(|(stored, _)| stored).collect()
        };
        let columns = names(&table_reader);
        let further = writer.as_ref().and_then(|writer| writer.supplement.as_ref()).map(names).unwrap_or_default();
        // Layers the person did not ask for stay in the table, but out of sight. What a writer lacks will be added.
        let in_sight = match &request.layers {
            Some(_) if writer.is_some() => stored,
            Some(_) => stored.into_iter().filter(|wish| columns.contains(wish)).collect(),
            None => Wanted::new(&layers, columns.iter().chain(&further).cloned().collect(), &[]).columns,
        };
        let collection = Arc::new(Collection {
            folder: folder.clone(),
            workspace: root.clone(),
            workspace_is_usual,
            is_sample,
            network_name: graph.name.clone(),
            network_about: graph.about.clone(),
            network_file: request.network.clone(),
            resizing: graph.preprocessing.resizing(),
            has_classes: graph.labels.is_some() && graph.class_layer().is_some(),
            class_count: graph.labels.as_ref().map_or(0, Vec::len),
            class_names: graph.class_names(),
            stored: in_sight,
            layers,
            device,
            remarks: repaired.remarks,
        });
        let catalogue = Arc::new(Catalogue::new(records));
        let workspace = Arc::new(reader);
        match workspace.now().and_then(|workspace| workspace.imported_labels()) {
            Ok(labels) if labels.images.is_empty() => {}
            Ok(labels) => drop(catalogue.relabel(&labels)),
            // The folders' are there all the same.
            Err(error) => outbox.remark(Problem::new("Imported labels could not be read", error)),
        }
        let coming = writer.as_ref().map(|writer| writer.wish.columns.clone()).unwrap_or_default();
        let library = Arc::new(Library::new(workspace.clone(), table_reader.spec().table_name(), coming));
        let classes = Classes::of(&graph, &columns.into_iter().chain(further).collect::<Vec<_>>());
        let kept = Arc::new(ActivationReader::new(workspace.clone(), library.table_name().to_owned()));
        let opened = Arc::new(Opened {
            root,
            workspace,
            folder,
            catalogue: catalogue.clone(),
            library,
            classes,
            collection: collection.clone(),
            input: graph.preprocessing.resizing(),
            tensor: tensor.clone(),
            kept,
            own_recorder: Mutex::new(recorder),
            is_gathering: AtomicBool::new(false),
            outbox: outbox.clone(),
        });
        let looks = Looks::start(&opened).map_err(|error| Problem::new("The folder could not be opened", error))?;
        outbox.tell(Event::Opened(collection.clone()));
        for portion in catalogue.all().chunks(4096) {
            outbox.tell(Event::Found(portion.to_vec()));
        }
        if table_reader.rows() > 0 {
            outbox.tell(Event::Committed { images: table_reader.rows(), version: table_reader.version() });
        }
        let columns = writer.as_ref().map_or_else(|| table_reader.in_single(), Writer::in_single);
        if !columns.is_empty() {
            outbox.tell(Event::InSingle { columns, is_news: false });
        }
        if writer.is_none() {
            outbox.tell(Event::Walked { total: catalogue.len() });
        }
        let most_images = images_in_a_batch(&graph, tensor.device());
        Ok(Self { opened, looks, writer, handwork_waits: repaired.handwork_waits, makes_sample: false, most_images })
    }

    /// Prepares an extraction, which first makes the pictures that are wished for; the writer is on loan until
    /// [`Open::take_back`].
    ///
    /// # Errors
    /// When the workspace is open for reading only, or an extraction runs.
    pub fn extraction(
        &mut self,
        options: &EngineOptions,
        progress: Arc<Progress>,
        making: Option<SampleWish>,
    ) -> Result<(Extraction, crossbeam_channel::Receiver<Writer>), Problem> {
        let Some(writer) = self.writer.take() else {
            return Err(Problem::new("Nothing can be extracted", "the workspace is open for reading only"));
        };
        let opened = &self.opened;
        let done: HashSet<ImageId> = writer.table.ids().iter().copied().collect();
        let recorded = writer.workspace.image_count();
        // An earlier run of this window may have met images that never reached the disk.
        let is_unfinished = |record: &ImageRecord| {
            record.id.index() >= recorded || (record.problem.is_none() && !done.contains(&record.id))
        };
        let unfinished = opened.catalogue.all().into_iter().filter(is_unfinished).map(|record| record.id).collect();
        let columns = writer.table.columns().into_iter().map(|(stored, _)| stored).collect();
        let wanted = Arc::new(Wanted::new(&opened.collection.layers, columns, &writer.table.in_single()));
        let supplement = writer.supplement.as_ref().map(|further| SupplementWish::of(&writer.table, further));
        let rule = CommitRule { images: options.commit_images, secs: options.commit_secs };
        let widths = Arc::new(FeatureMapWidths::of(&opened.collection.layers));
        let place = opened.own_recorder().map(|recorder| GatheringPlace {
            recorder,
            catalogue: opened.catalogue.clone(),
            widths,
        });
        let (store, returned) = StoreHandle::start(writer, place, rule, progress.clone(), opened.outbox.clone())
            .map_err(|error| Problem::new("Nothing can be extracted", error))?;
        opened.is_gathering.store(true, Relaxed);
        let extraction = Extraction {
            folder: opened.folder.clone(),
            collection: opened.collection.clone(),
            recorder: opened.own_recorder(),
            features: opened.features().to_owned(),
            making,
            catalogue: opened.catalogue.clone(),
            unfinished,
            supplement,
            with_vectors: done,
            recorded,
            input: opened.input,
            most_images: self.most_images,
            wanted,
            batch_images: options.batch_images,
            progress,
            tensor: opened.tensor.clone(),
            store,
            outbox: opened.outbox.clone(),
            walk_is_clean: Arc::default(),
        };
        Ok((extraction, returned))
    }

    /// The writing end, if there is one and nobody has it; it is on loan until [`Open::take_back`].
    pub fn lend(&mut self) -> Option<Writer> {
        self.writer.take()
    }

    /// What had the writing end on loan is over.
    pub fn take_back(&mut self, writer: Writer) {
        self.writer = Some(writer);
        self.opened.is_gathering.store(false, Relaxed);
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
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::new(what, format!("there is no such folder: {}", folder.display())))
        }
        Err(error) => Err(Problem::new(what, format!("{error}: {}", folder.display()))),
    }
}

/// Stands for every layer of the network.
const ALL_LAYERS: &str = "all";
/// Stands for the usual ones.
const DEFAULT_LAYERS: &str = "default";

/// Names of layers that may have been meant; all of them where they are few.
fn nearest_names(layers: &[crate::domain::Layer], missing: &str) -> String {
    let mut names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    if names.len() <= 16 {
        return format!("it has {}", names.join(", "));
    }
    // What is less alike than this was not meant.
    const ALIKE: f64 = 0.7;
    let count = names.len();
    let few = names[..3].join(", ");
    names.retain(|name| strsim::jaro_winkler(name, missing) > ALIKE);
    names.sort_by(|a, b| strsim::jaro_winkler(b, missing).total_cmp(&strsim::jaro_winkler(a, missing)));
    names.truncate(3);
    match names.is_empty() {
        true => format!("it has {}, such as {few} (`tiramisu networks show NAME` lists them)", thousands(count)),
        false => format!("did you mean {}? It has {}", names.join(", "), counted(count, "layer", "layers")),
    }
}

/// Both poolings of the wanted layers, in network order.
fn stored_layers(layers: &[crate::domain::Layer], wanted: Option<&[String]>) -> Result<Vec<StoredLayer>, Problem> {
    let is_known =
        |name: &String| name == ALL_LAYERS || name == DEFAULT_LAYERS || layers.iter().any(|layer| layer.name == *name);
    if let Some(missing) = wanted.and_then(|names| names.iter().find(|name| !is_known(name))) {
        return Err(Problem::new(format!("The network has no layer {missing}"), nearest_names(layers, missing)));
    }
    let keep = |layer: &&crate::domain::Layer| match wanted {
        Some(names) => names.iter().any(|name| match name.as_str() {
            ALL_LAYERS => true,
            DEFAULT_LAYERS => layer.stored_by_default,
            name => name == layer.name,
        }),
        None => layer.stored_by_default,
    };
    let both = |layer: &crate::domain::Layer| {
        let name = layer.name.clone();
        Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
    };
    Ok(layers.iter().filter(keep).flat_map(both).collect())
}

/// The network as this workspace has known it: whose vectors are of pictures decoded whole gets more of the kind, so that
/// all of a layer's are comparable, and a collection that was extracted by an earlier version of the program goes on as it
/// began. Both kinds are never in one table, for their fingerprints differ.
fn decoding_as_before(graph: Graph, known: &[FeatureSummary]) -> Graph {
    if graph.preprocessing.decoding == Decoding::Whole {
        return graph;
    }
    let has_vectors = |graph: &Graph| {
        let fingerprint = graph.fingerprint();
        known.iter().any(|table| table.spec.fingerprint == fingerprint && table.rows > 0)
    };
    let mut whole = graph.clone();
    whole.preprocessing.decoding = Decoding::Whole;
    if has_vectors(&whole) && !has_vectors(&graph) { whole } else { graph }
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

/// What to go on with if no layers are named: those that an earlier wish was for. A network's first wish is for the usual
/// ones.
fn unfinished_wish(known: &[FeatureSummary], first: FeatureSpec) -> FeatureSpec {
    let name = first.table_name();
    if !known.iter().any(|table| table.table == name) {
        return first;
    }
    let begun = known.iter().find(|table| table.supplements.as_ref() == Some(&name));
    FeatureSpec { columns: begun.map(|table| table.spec.columns.clone()).unwrap_or_default(), ..first }
}

/// The table to read: that of the network. Asked for by name, a layer must be there.
fn readable(workspace: &Workspace, wish: &FeatureSpec, is_asked: bool) -> Result<String, Problem> {
    let tables = workspace.feature_tables().map_err(refused)?;
    let finished: Vec<_> = tables.iter().filter(|table| table.supplements.is_none()).collect();
    let Some(own) = finished.iter().find(|table| table.spec.fingerprint == wish.fingerprint) else {
        let known: Vec<&str> = finished.iter().map(|table| table.spec.network.as_str()).collect();
        let why = match known.as_slice() {
            [] => "the workspace has no vectors yet.".to_owned(),
            known => format!("the workspace has vectors of {}.", known.join(", ")),
        };
        return Err(Problem::new(format!("Nothing was extracted with {} yet", wish.network), why)
            .with_remedy("Name that network, or extract with this one first."));
    };
    if is_asked && !wish.columns.iter().all(|column| own.spec.columns.contains(column)) {
        let why = "the table of this network does not hold the layer";
        return Err(Problem::new("The layer was not extracted", why).with_remedy("Name it to extract with --layers."));
    }
    Ok(own.table.clone())
}
