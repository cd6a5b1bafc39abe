//! A collection that is open: everything its requests need, and the threads that serve it.

mod ends;
pub mod network;
mod place;
mod records;
pub mod single_file;
mod tables;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use ends::Ends;
use network::NotOpened;
use place::Place;
use records::RecordsToTell;
pub use tables::SaidOfTables;
use tables::{decoding_as_before, known_table};

use crate::domain::{ImageId, ImageRef, StoredLayer};
use crate::engine::collection::activation_reader::ActivationReader;
use crate::engine::collection::channels::FeatureMapWidths;
use crate::engine::collection::classes::Classes;
use crate::engine::collection::library::Library;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::extraction::extract::{Extraction, Replaced, SampleWish, Strays};
use crate::engine::extraction::gathering::GatheringPlace;
use crate::engine::extraction::store_thread::{CommitRule, StoreHandle};
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::looks::Looks;
use crate::engine::looks::neighbours::ahead::expect_question;
use crate::engine::message::{Asked, Collection, Event, ImagesWish, NetworkFile, OpenWish, Problem, Progress};
use crate::engine::networks::OpenNetwork;
use crate::engine::networks::layers::{feature_spec, stored_layers};
use crate::engine::networks::own_vectors::{OpenVectors, no_network};
use crate::engine::opened::Opened;
use crate::engine::options::EngineOptions;
use crate::engine::selecting::watch::SelectionWatch;
use crate::engine::tensor::{TensorHandle, Wanted, images_in_a_batch};
use crate::engine::thread::outbox::Outbox;
use crate::engine::watching::FolderWatch;
use crate::gpu::DeviceWhenNeeded;
use crate::store::{FeatureSpec, FeatureSummary, FeatureTable, FileContents, FileTimes, Recorder, StoreError};

/// What is open.
pub struct Open {
    /// What everything works on.
    pub opened: Arc<Opened>,
    /// Who answers looks.
    pub looks: Looks,
    writer: Option<Writer>,
    /// Who sees what other programs ask to select, where that is wanted.
    _selections: Option<SelectionWatch>,
    _folder_watch: Option<FolderWatch>,
    /// Whether there are tags, imported labels or boxes of pictures that were not on record.
    pub handwork_waits: bool,
    /// Whether an extraction first makes what is missing of the sample collection. Nothing is ever written into a person's own
    /// folder.
    pub makes_sample: bool,
    /// Whether images, tags and results are told unasked.
    pub tells_all: bool,
    /// How many pictures the network takes at once.
    most_images: usize,
}

impl Open {
    /// Opens the workspace, unless it lies open for vectors of the person's own, and starts the threads.
    ///
    /// # Errors
    /// When the folder or the workspace cannot be opened or the network does not fit the device.
    pub fn new(
        request: &OpenWish,
        (network, vectors): (OpenNetwork, Option<OpenVectors>),
        options: &EngineOptions,
        device: &DeviceWhenNeeded,
        tensor: &TensorHandle,
        outbox: &Outbox,
        said: &mut SaidOfTables,
    ) -> Result<Self, NotOpened> {
        let place = Place::of(request, options)?;
        let layers = network.facts.layers.clone();
        let stored = stored_layers(&layers, request.layers.as_deref())?;
        let (workspace, own) = match vectors {
            Some(OpenVectors { mut workspace, name, table }) => {
                // What was open until now may have written since.
                workspace.refresh().map_err(refused)?;
                (workspace, Some((name, table)))
            }
            None => (place.workspace(request.extract, options.only_looks)?, None),
        };
        let (network, known) = match request.network {
            NetworkFile::Builtin => decoding_as_before(network, &workspace)?,
            // Whoever described it chose.
            NetworkFile::Analytic | NetworkFile::File(_) | NetworkFile::Known(_) | NetworkFile::Vectors(_) => {
                let known = match own {
                    _ if request.extract => None,
                    Some(own) => Some(own),
                    None => known_table(&workspace, &network.facts).map_err(refused)?,
                };
                (network, known)
            }
        };
        let precision = Some(options.precision);
        let spec = FeatureSpec { precision, ..feature_spec(&network.facts, &stored) };
        let tells_all = request.extract || !options.is_brief;
        let are_layers_named = request.layers.is_some();
        let Ends { catalogue, table, reader, writer, mut repaired } = match request.extract {
            true => Ends::to_write(workspace, spec, are_layers_named)?,
            false => {
                let expect =
                    |table: &FeatureTable| expect_question(table, &network.facts, request.layers.as_deref(), options);
                Ends::to_read(workspace, known, (&spec, are_layers_named), tells_all, outbox, expect)?
            }
        };
        let of_precisions = writer.as_ref().and_then(|_| said.of_precisions(&table, options.precision));
        repaired.remarks.extend(of_precisions.clone());
        let records = RecordsToTell::of(&reader, &catalogue, tells_all).map_err(refused)?;
        let recorder = match &writer {
            Some(writer) => Some(writer.workspace.recorder().map_err(refused)?),
            // Nobody else may add images while a window looks at those there are.
            None if tells_all && matches!(request.network, NetworkFile::Vectors(_)) => {
                Some(Recorder::open(&place.root).map_err(refused)?)
            }
            None => None,
        };
        let most_images = hand_over(&network, tensor, writer.is_some()).map_err(NotOpened::Network)?;
        let network = network.facts;
        let columns = names(&table);
        let further = writer.as_ref().and_then(|writer| writer.supplement.as_ref()).map(names).unwrap_or_default();
        // Layers the person did not ask for stay in the table, but out of sight. What a writer lacks will be added.
        let in_sight = match &request.layers {
            Some(_) if writer.is_some() => stored,
            Some(_) => stored.into_iter().filter(|wish| columns.contains(wish)).collect(),
            None => Wanted::new(&layers, columns.iter().chain(&further).cloned().collect(), &[]).columns,
        };
        let vectors = if tells_all { own_vectors(&reader) } else { Vec::new() };
        let collection = Arc::new(Collection {
            folder: place.folder.clone(),
            workspace: place.root.clone(),
            workspace_is_usual: place.is_usual,
            is_sample: place.is_sample,
            network_name: network.name.clone(),
            features: table.spec().table_name(),
            network_about: network.about.clone(),
            network_file: request.network.clone(),
            resizing: network.preprocessing.resizing(),
            prepared: network.preprocessing.in_words(),
            vectors,
            has_classes: network.labels.is_some() && network.has_class_layer,
            class_count: network.labels.as_ref().map_or(0, Vec::len),
            class_names: network.class_names(),
            stored: in_sight,
            layers,
            device: device.description().unwrap_or_default().to_owned(),
            remarks: repaired.remarks,
        });
        let (catalogue, workspace) = (Arc::new(catalogue), reader);
        let coming = writer.as_ref().map(|writer| writer.wish.columns.clone()).unwrap_or_default();
        let library = Library::opened(workspace.clone(), table.reader(), coming);
        let library = Arc::new(library.keeping(options.vector_bytes, options.system_root.clone()));
        let classes = Classes::of(&network, &columns.into_iter().chain(further).collect::<Vec<_>>());
        let kept = Arc::new(ActivationReader::new(workspace.clone(), library.table_name().to_owned()));
        let opened = Arc::new(Opened {
            root: place.root,
            workspace,
            folder: place.folder,
            catalogue,
            library,
            exact_bytes: options.exact_bytes,
            classes,
            data_dir: options.data_dir.clone(),
            collection,
            input: network.preprocessing.resizing(),
            tensor: tensor.clone(),
            kept,
            own_recorder: Mutex::new(recorder),
            is_gathering: AtomicBool::new(false),
            gathered: AtomicU64::new(0),
            outbox: outbox.clone(),
        });
        let looks = Looks::of(&opened);
        tell_beginning(&opened, &table, writer.as_ref(), tells_all, records)?;
        let unstarted = |error| Problem::new("The folder could not be opened", error);
        let selections = options.takes_selections.then(|| SelectionWatch::start(&opened));
        let selections = selections.transpose().map_err(unstarted)?;
        let folder_watch = options.watches_folder.then(|| FolderWatch::start(&opened));
        let folder_watch = folder_watch.transpose().map_err(unstarted)?;
        if let Some(problem) = &of_precisions {
            said.note(&table, problem);
        }
        Ok(Self {
            opened,
            looks,
            writer,
            _selections: selections,
            _folder_watch: folder_watch,
            handwork_waits: repaired.handwork_waits,
            makes_sample: false,
            tells_all,
            most_images,
        })
    }

    /// Tells images that are asked about.
    pub fn tell_images(&self, wish: &ImagesWish) {
        let Opened { catalogue, outbox, .. } = &*self.opened;
        catalogue.catch_up();
        let found = match wish {
            ImagesWish::These(ids) => catalogue.some(ids),
            ImagesWish::At(path) => catalogue.at(path).map(|found| found.into_iter().collect()),
            ImagesWish::All => match catalogue.read_all() {
                Ok(()) => {
                    outbox.tell(Event::Images(catalogue.now()));
                    return outbox.tell(Event::Walked { total: catalogue.len() });
                }
                Err(error) => Err(error),
            },
        };
        match found {
            Ok(found) => outbox.tell(Event::Known(found)),
            Err(error) => outbox.complain(Asked::Images, Problem::new("The images could not be read", error)),
        }
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
        if let NetworkFile::Vectors(name) = &self.opened.collection.network_file {
            return Err(no_network(name));
        }
        let Some(mut writer) = self.writer.take() else {
            return Err(Problem::new("Nothing can be extracted", "the workspace is open for reading only"));
        };
        // A commit that was refused may have landed all the same: what is done is what is on the disk.
        if let Err(error) = writer.refresh().and_then(|()| self.opened.take_in_recorded(&writer.workspace)) {
            self.writer = Some(writer);
            return Err(Problem::new("Nothing can be extracted", error).with_remedy("Open the folder again."));
        }
        let opened = &self.opened;
        let done: HashSet<ImageId> = writer.table.ids().iter().copied().collect();
        let recorded = writer.workspace.image_count();
        // An earlier run of this window may have met images that never reached the disk.
        let is_unfinished = |record: &ImageRef<'_>| {
            record.id.index() >= recorded || (record.problem.is_none() && !done.contains(&record.id))
        };
        let unfinished = opened.catalogue.now().iter().filter(is_unfinished).map(|record| record.id).collect();
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
            times: FileTimes::default(),
            times_met: Vec::new(),
            contents: FileContents::default(),
            contents_met: Vec::new(),
            replaced: Replaced::default(),
            strays: Strays::default(),
            walk_is_clean: Arc::default(),
        };
        Ok((extraction, returned))
    }

    /// The writing end, if there is one and nobody has it; it is on loan until [`Open::take_back`].
    pub fn lend(&mut self) -> Option<Writer> {
        if self.writer.is_none() {
            // Whoever works on the workspace then opens it by themselves.
            self.opened.stop_writing();
        }
        self.writer.take()
    }

    /// What had nothing on loan is over: vectors of the person's own are held again, so that nobody else adds images.
    pub fn hold_again(&self) {
        let Opened { root, collection, own_recorder, .. } = &*self.opened;
        let mut held = own_recorder.lock().unwrap_or_else(PoisonError::into_inner);
        if self.tells_all && held.is_none() && matches!(collection.network_file, NetworkFile::Vectors(_)) {
            match Recorder::open(root) {
                Ok(recorder) => *held = Some(recorder),
                Err(error) => tracing::warn!("the workspace is not held: {error}"),
            }
        }
    }

    /// What had the writing end on loan is over.
    pub fn take_back(&mut self, writer: Writer) {
        self.writer = Some(writer);
        self.opened.end_gathering();
    }
}

/// Hands the network to the thread that runs it, at once where it is `to_run`; says how many pictures it takes at once then.
fn hand_over(network: &OpenNetwork, tensor: &TensorHandle, to_run: bool) -> Result<usize, Problem> {
    if !to_run {
        tensor.use_network_when_needed(network.loader())?;
        return Ok(1);
    }
    let graph = network.loader()()?;
    tensor.use_network(graph.clone())?;
    Ok(images_in_a_batch(&graph, tensor.device()))
}

/// Tells what is known of what was opened: first of all that it is.
fn tell_beginning(
    opened: &Opened,
    table: &FeatureTable,
    writer: Option<&Writer>,
    tells_all: bool,
    records: Option<RecordsToTell>,
) -> Result<(), Problem> {
    let Opened { outbox, catalogue, collection, .. } = opened;
    outbox.tell(Event::Opened(collection.clone()));
    // Not before: who waits for the collection to be open does not hear what is said until then.
    if let Some(records) = records {
        records.tell(catalogue, outbox).map_err(refused)?;
    }
    let columns = writer.map_or_else(|| table.in_single(), Writer::in_single);
    if !columns.is_empty() {
        outbox.tell(Event::InSingle { columns, is_news: false });
    }
    // Who is told little knows by it that all was told.
    if table.rows() > 0 || !tells_all {
        outbox.tell(Event::Committed { images: table.rows(), version: table.version() });
    }
    if tells_all && writer.is_none() {
        outbox.tell(Event::Walked { total: catalogue.len() });
    }
    Ok(())
}

/// The columns of a table.
fn names(table: &FeatureTable) -> Vec<StoredLayer> {
    table.columns().into_iter().map(|(stored, _)| stored).collect()
}

/// Names of vectors of the person's own that the workspace holds.
fn own_vectors(workspace: &WorkspaceReader) -> Vec<String> {
    let tables = workspace.now().and_then(|workspace| workspace.feature_tables());
    let own = |table: &FeatureSummary| table.spec.origin().map(|_| table.spec.network.clone());
    // What cannot be read has been remarked on.
    tables.map(|tables| tables.iter().filter_map(own).collect()).unwrap_or_default()
}

fn refused(error: StoreError) -> Problem {
    Problem::new("The workspace could not be opened", error)
}
