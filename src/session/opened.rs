//! What belongs to the collection that is open.

pub mod analyse;
mod answers;
pub mod ask;
mod asked_selection;
mod asking;
mod centrality;
mod changes;
mod channels;
pub mod choose;
pub mod chosen;
mod clicking;
pub mod cluster_edit;
mod cluster_editing;
pub mod cut_outs;
pub mod depths;
pub mod distributions;
pub mod extract;
pub mod findings;
mod first_picture;
mod following;
mod found;
mod grouping;
pub mod groups;
pub mod history;
pub mod history_words;
pub mod importing;
pub mod inside;
mod label_changes;
mod labelling;
pub mod left_out;
mod left_picture;
pub mod maintain;
pub mod maintenance;
pub mod mapping;
pub mod maps;
pub mod nearest;
mod ordering;
mod pending;
pub mod pick_news;
mod places;
mod placing;
mod query;
mod questions;
mod resumed;
mod resuming;
pub mod running;
pub mod saving;
mod selected_by;
mod switching;
pub mod tag_colour_edit;
mod tag_colouring;
pub mod tag_edit;
mod tagging;
mod tallying;
mod to_remove;
pub mod trail;
pub mod undoing;
mod usual_clusters;
pub mod why_similar;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::LeftPicture;
use crate::domain::camera_raw::CameraRaw;
use crate::domain::{
    Clustering, ImageId, ImageOrder, ImageRecords, ImageRef, ImageSet, IndexRecord, LayerTitles, PredicateError,
    Splits, StoredActivations, StoredLayer, TagColours, Tags, Tally,
};
use crate::engine::{
    ActivationView, ChannelValues, Collection, ExemplarList, ExportExists, FilesToMove, FolderChange, FolderPictures,
    FoldersToWrite, MovedFolder, NeighbourList, PicturePieces, Problem, Progress, ThumbnailPicture, UnusualList,
};
use chosen::Chosen;
use cut_outs::CutOuts;
use depths::Depths;
use distributions::Distributions;
use findings::Findings;
use first_picture::Unchosen;
use groups::GroupsKnown;
use history::History;
use importing::ImportState;
use inside::Inside;
use label_changes::LabelChanges;
use left_out::Spare;
use maintenance::Maintenance;
use mapping::{Making, MapState};
use nearest::Nearest;
use pending::Pending;
use pick_news::PickNews;
use resumed::Resumed;
use running::Running;
use to_remove::ToRemove;
use trail::Trail;
use undoing::Undone;
use why_similar::Why;

/// What the window is about.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    /// Nothing is open.
    #[default]
    Welcome,
    /// A folder is being opened.
    Opening(PathBuf),
    /// It is open.
    Open(Arc<Collection>),
}

/// What is known and chosen of the collection that is open.
#[derive(Clone, Debug, Default)]
pub struct OpenedCollection {
    /// What the window is about.
    pub phase: Phase,
    /// What is known of all images; the engine holds the same memory.
    pub images: ImageRecords,
    /// Whether the whole folder was walked.
    pub is_walked: bool,
    /// Images the filter lets through, in gallery order. While another order is made, this is the one before.
    pub shown: ImageOrder,
    /// The order that was shown before, if it is large, for somebody to give its memory back where nobody waits: that takes longer than
    /// to show another.
    pub outgrown: Option<ImageOrder>,
    /// What was known of all images before, if they are many: the same.
    pub outgrown_images: Option<ImageRecords>,
    /// What the selected images are. While they are counted, this is of the selection before.
    pub tally: Arc<Tally>,
    /// How the images are distributed over the columns of the table, as far as that was asked for.
    pub distributions: Distributions,
    /// What was asked of the records and is not answered yet.
    pending: Pending,
    /// How often an image got another label than it came with.
    pub relabelled: usize,
    /// What was found by the labels of before.
    label_changes: LabelChanges,
    /// Images that could not be read, those that are gone among them.
    pub problem_count: usize,
    /// Images whose files are not in the folder any more.
    pub gone_count: usize,
    /// Camera raw files of the folder, which are no images.
    pub camera_raw: CameraRaw,
    /// What is chosen and can be taken back.
    pub chosen: Chosen,
    /// What came of the last pick where nothing shows it, until that is told.
    pub pick_news: Option<PickNews>,
    /// What was chosen before.
    pub history: History,
    /// What was taken back or brought back last, until that is told.
    pub undone: Option<Undone>,
    /// Where one was before.
    pub trail: Trail,
    /// What the layers of the network are called.
    pub layer_titles: Arc<LayerTitles>,
    /// What was chosen of the same pictures before they were opened again, until they are there.
    resumed: Option<Box<Resumed>>,
    /// The picture that was looked at when the collection was last open, until it is known.
    pub awaited_picture: Option<LeftPicture>,
    /// The picture that is looked at, as long as nobody chose one.
    unchosen: Unchosen,
    /// What happened in the folder since its pictures were last taken in.
    pub folder_change: FolderChange,
    /// Which pictures that is about.
    pub folder_pictures: Arc<FolderPictures>,
    /// Whether the last extraction failed: then nothing is known to be taken in.
    pub(super) has_job_failed: bool,
    /// The image under the pointer, in whichever view.
    pub hovered: Option<ImageId>,
    /// What that image is most like, once it was asked for.
    pub hover_neighbours: Option<NeighbourList>,
    /// Why it is known to be like none, if that was asked in vain.
    pub hover_problem: Option<Problem>,
    /// The image of which that was asked.
    hover_asked: Option<ImageId>,
    /// The running or last job.
    pub progress: Option<Arc<Progress>>,
    /// Images with vectors on disk, and the version they are in.
    pub committed: Option<(usize, u64)>,
    /// The stored columns whose numbers half precision does not hold.
    pub in_single: Vec<StoredLayer>,
    /// Thumbnails that arrived since the window last took them.
    pub arrived: Vec<ThumbnailPicture>,
    /// Pieces of the picture that is looked at closely, arrived since the window last took them.
    pub picture_pieces: Vec<PicturePieces>,
    /// Why a picture cannot be looked at closely, and which.
    pub picture_problem: Option<(ImageId, Problem)>,
    /// The activation of the probe at the layer, once it is there.
    pub activation: Option<ActivationView>,
    /// Why there is no activation, if it was asked for in vain.
    pub activation_problem: Option<Problem>,
    /// Seconds each layer takes for one picture, once measured.
    pub layer_secs: Option<Arc<Vec<f64>>>,
    /// The neighbours of the probe, once they are there.
    pub neighbours: Option<NeighbourList>,
    /// How many of them are left out.
    neighbours_left_out: usize,
    /// All that was found by comparing a box with every part of other pictures, what is left out among it: that takes minutes, and
    /// need not be done again where other images are hidden.
    neighbours_found: Option<NeighbourList>,
    /// How many more are asked for, in the place of those that are.
    pub spare: Spare,
    /// Why there are none, if they were asked for in vain.
    pub neighbours_problem: Option<Problem>,
    /// How far the box is compared with every part of other pictures; of the last such comparison.
    pub comparison: Option<Arc<Progress>>,
    /// What is near at every depth, while somebody looks at that.
    pub depths: Depths,
    /// What the images of lists are most like, as far as that was asked for.
    pub nearest: Nearest,
    /// Counts the questions about neighbours, whatever the layer.
    questions: u64,
    /// The images that excite the enlarged channel most, once they are there.
    pub exemplars: Option<Arc<ExemplarList>>,
    /// The channels most unusual for an image, once they were asked for.
    pub unusual: Option<Arc<UnusualList>>,
    /// The image and representation for which they were asked.
    unusual_asked: Option<(ImageId, StoredLayer)>,
    /// What else is known inside the probe, while somebody looks inside.
    pub inside: Inside,
    /// How much every image excites a channel, once it was asked for.
    channel_values: Option<Arc<ChannelValues>>,
    /// Why the probe and another image are alike, while somebody wants to know.
    pub why: Option<Why>,
    /// The maps as far as they are made, by their numbers.
    pub maps: BTreeMap<u32, MapState>,
    /// Which of them is being made.
    making: Making,
    /// The clusters shown, once they were asked for.
    pub clustering: Option<Arc<Clustering>>,
    /// What was asked of groups, and is known.
    pub groups: GroupsKnown,
    /// What else analyses found, once it was asked for or read back.
    pub findings: Findings,
    /// Whether the workspace has a full-network embedding.
    pub has_embedding: bool,
    /// The indices of the workspace over these vectors, and how well they find.
    pub indices: Vec<IndexRecord>,
    /// Of which layers whole activations are stored.
    pub stored_activations: Vec<StoredActivations>,
    /// Names of the clusterings in the workspace.
    pub clusterings: Vec<String>,
    /// Whether these are all: they are told of a moment after the first vectors are.
    pub clusterings_are_known: bool,
    /// Whether all that was found before and is kept has been told.
    pub stored_is_told: bool,
    /// Whether the groups that come next leave maps coloured as they are: nobody asked for them.
    pub keeps_colours: bool,
    /// The images for which the filter's predicate is true: as last answered, until another answer is there.
    pub matching: Option<Arc<ImageSet>>,
    /// Why the predicate has no answer, if it has none.
    pub query_error: Option<PredicateError>,
    /// Whether it is not known yet what the predicate finds, or what is wrong with it.
    pub is_query_unanswered: bool,
    /// What the last answer remarked: names that no image has.
    pub query_remarks: Vec<String>,
    /// Which part of a data set images belong to.
    pub splits: Arc<Splits>,
    /// Words that a person gave to images.
    pub tags: Arc<Tags>,
    /// The images that are to be removed.
    to_remove: ToRemove,
    /// The colours that were chosen for tags.
    pub tag_colours: Arc<TagColours>,
    /// Choices of colours that are not answered yet.
    colours_on_their_way: usize,
    /// The analyses that run.
    pub analyses: Running,
    /// Labels and boxes that are imported.
    pub import: ImportState,
    /// Boxes that become pictures of their own.
    pub cut_outs: CutOuts,
    /// The workspace itself.
    pub maintenance: Maintenance,
    /// Where a recipe was to be saved and a file is already, which waits for the person's word.
    pub recipe_exists: Option<PathBuf>,
    /// Folders that would be written, which wait for the person's word.
    pub folders_to_confirm: Option<Arc<FoldersToWrite>>,
    /// What would be moved, which waits for the person's word.
    pub move_to_confirm: Option<Arc<FilesToMove>>,
    /// An export that waits for the person's word, because it would replace files.
    pub pending_export: Option<ExportExists>,
    /// A folder that was to be opened and waits for an answer: is it a known one in its new place?
    pub moved_folder: Option<MovedFolder>,
}

impl OpenedCollection {
    /// What the next phase begins with. All of it is new, but for what is named here.
    pub(super) fn followed_by(mut self, phase: Phase, resumes: bool) -> Self {
        // The same folder is opened again through another network, or after its workspace went back to an earlier state.
        let is_same = matches!(&phase, Phase::Opening(folder) if self.folder().as_ref() == Some(folder));
        Self {
            phase,
            chosen: self.chosen.habits(),
            maintenance: if is_same { std::mem::take(&mut self.maintenance) } else { Maintenance::default() },
            resumed: if is_same && resumes { self.set_aside() } else { None },
            ..Self::default()
        }
    }

    /// What is open.
    pub fn collection(&self) -> Option<&Arc<Collection>> {
        match &self.phase {
            Phase::Open(collection) => Some(collection),
            Phase::Welcome | Phase::Opening(_) => None,
        }
    }

    /// Takes in what computes from now on.
    pub(super) fn take_device(&mut self, device: String) {
        if let Phase::Open(collection) = &mut self.phase {
            Arc::make_mut(collection).device = device;
        }
    }

    /// The folder that is open or being opened.
    pub fn folder(&self) -> Option<PathBuf> {
        match &self.phase {
            Phase::Welcome => None,
            Phase::Opening(folder) => Some(folder.clone()),
            Phase::Open(collection) => Some(collection.folder.clone()),
        }
    }

    /// What is known of one image.
    pub fn image(&self, id: ImageId) -> Option<ImageRef<'_>> {
        self.images.get(id)
    }

    /// The representation neighbours and map are asked at, if the layer looked at is stored.
    pub fn source(&self) -> Option<StoredLayer> {
        let collection = self.collection()?;
        self.chosen.source(&collection.layers, &collection.stored)
    }

    /// The name of the layer that is looked at.
    fn layer_name(&self) -> Option<&str> {
        Some(self.collection()?.layers.get(self.chosen.layer)?.name.as_str())
    }

    /// The comparison of the box with every part of other pictures, while it goes on.
    pub fn running_comparison(&self) -> Option<&Arc<Progress>> {
        self.comparison.as_ref().filter(|progress| !progress.has_ended())
    }

    /// Whether a job runs.
    pub fn is_busy(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| !progress.has_ended())
    }
}
