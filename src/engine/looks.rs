//! The threads that answer what a view asks now: thumbnails, pictures, [neighbours](self::neighbours), maps. Activations are the
//! tensor thread's.

mod boxes;
pub mod catalogue;
pub mod channels;
mod crops;
mod groups;
pub mod neighbours;
mod picture;
mod query;
mod representative;
mod thumbnails;

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::analysis;
use crate::domain::{ImageId, NeighbourWish, PerImage, Projection, StoredLayer};
use crate::engine::looks::catalogue::CatalogueLookKind;
use crate::engine::looks::channels::{ChannelLookKind, ChannelWorker};
use crate::engine::looks::neighbours::NeighbourWorker;
use crate::engine::looks::picture::PictureWorker;
use crate::engine::looks::query::QueryWorker;
use crate::engine::looks::thumbnails::ThumbnailWorker;
use crate::engine::message::{
    AnalysisAnswer, Asked, CatalogueLook, ChannelLook, ChannelMapWish, CropWish, DepthsWish, Event, GroupLook,
    GroupLookKind, Look, NearestWish, PictureWish, QueryWish,
};
use crate::engine::opened::Opened;
use crate::engine::tensor::{Picture, Searcher, TensorLook};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

/// Threads of one open collection; they end when this is dropped.
pub struct Looks {
    opened: Arc<Opened>,
    thumbnails: Arc<Slot<Vec<ImageId>>>,
    unkept: Arc<Slot<Vec<ImageId>>>,
    picture: Arc<Slot<Option<PictureWish>>>,
    crops: Arc<Slot<Vec<CropWish>>>,
    boxes: Arc<Slot<ImageId>>,
    groups: Arc<Slot<GroupLook, GroupLookKind>>,
    neighbours: Arc<Slot<NeighbourWish>>,
    hover: Arc<Slot<NeighbourWish>>,
    depths: Arc<Slot<Option<DepthsWish>>>,
    nearest: Arc<Slot<NearestWish>>,
    projection: Arc<Slot<StoredLayer>>,
    representative: Arc<Slot<StoredLayer>>,
    channels: Arc<Slot<ChannelLook, ChannelLookKind>>,
    query: Arc<Slot<QueryWish>>,
    catalogue: Arc<Slot<CatalogueLook, CatalogueLookKind>>,
    joins: Vec<JoinHandle<()>>,
}

impl Looks {
    /// Starts the threads.
    pub fn start(opened: &Arc<Opened>) -> std::io::Result<Self> {
        let (thumbnails, unkept) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
        let picture = Arc::new(Slot::default());
        let (crops, boxes) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
        let groups = Arc::new(Slot::of_kinds(GroupLook::kind));
        let (neighbours, hover) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
        let (depths, nearest) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
        let (projection, representative) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
        let channels = Arc::new(Slot::of_kinds(ChannelLookKind::of));
        let query = Arc::new(Slot::default());
        let catalogue = Arc::new(Slot::of_kinds(CatalogueLookKind::of));
        let worker = |searcher| NeighbourWorker { opened: opened.clone(), searcher };
        let search = worker(Searcher::Neighbours);
        let (hover_search, depth_search) = (worker(Searcher::Hover), worker(Searcher::Depths));
        // It asks nothing of the network: all it is asked about have vectors.
        let nearest_search = worker(Searcher::Depths);
        let channel_worker = ChannelWorker::new(opened.clone());
        let query_worker = QueryWorker::new(opened.clone());
        let thumbnail_worker = ThumbnailWorker::new(opened.clone(), unkept.clone());
        let (unkept_slot, unkept_opened) = (unkept.clone(), opened.clone());
        let picture_worker = PictureWorker::new(opened.clone());
        let maps = opened.clone();
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(format!("tiramisu-{name}")).spawn(work)
        };
        let (thumbnail_slot, neighbour_slot, projection_slot, query_slot) =
            (thumbnails.clone(), neighbours.clone(), projection.clone(), query.clone());
        let (hover_slot, depth_slot, nearest_slot) = (hover.clone(), depths.clone(), nearest.clone());
        let (picture_slot, crop_slot, crop_opened) = (picture.clone(), crops.clone(), opened.clone());
        let (box_slot, box_opened) = (boxes.clone(), opened.clone());
        let (group_slot, group_opened) = (groups.clone(), opened.clone());
        let (representative_slot, representative_opened) = (representative.clone(), opened.clone());
        let (channel_slot, catalogue_slot, outbox) = (channels.clone(), catalogue.clone(), opened.outbox.clone());
        let joins = vec![
            spawn("thumbnails", Box::new(move || thumbnail_worker.serve(&thumbnail_slot)))?,
            spawn("unkept", Box::new(move || thumbnails::serve_unkept(&unkept_slot, &unkept_opened)))?,
            spawn("picture", Box::new(move || picture_worker.serve(&picture_slot)))?,
            spawn("crops", Box::new(move || crops::serve(&crop_slot, &crop_opened)))?,
            spawn("boxes", Box::new(move || boxes::serve(&box_slot, &box_opened)))?,
            spawn("groups", Box::new(move || groups::serve(&group_slot, &group_opened)))?,
            spawn("neighbours", Box::new(move || search.serve(&neighbour_slot)))?,
            spawn("hover", Box::new(move || hover_search.serve(&hover_slot)))?,
            spawn("depths", Box::new(move || depth_search.serve_depths(&depth_slot)))?,
            spawn("nearest", Box::new(move || nearest_search.serve_nearest(&nearest_slot)))?,
            spawn(
                "representative",
                Box::new(move || representative::serve(&representative_slot, &representative_opened)),
            )?,
            spawn("channels", Box::new(move || channel_worker.serve(&channel_slot)))?,
            spawn("query", Box::new(move || query_worker.serve(&query_slot)))?,
            spawn("order", Box::new(move || catalogue::serve(&catalogue_slot, &outbox)))?,
            spawn("map", Box::new(move || serve_maps(&projection_slot, &maps)))?,
        ];
        Ok(Self {
            opened: opened.clone(),
            thumbnails,
            unkept,
            picture,
            crops,
            boxes,
            groups,
            neighbours,
            hover,
            depths,
            nearest,
            projection,
            representative,
            channels,
            query,
            catalogue,
            joins,
        })
    }

    /// Passes a question to whoever answers it.
    pub fn look(&self, look: Look) {
        match look {
            Look::Thumbnails(ids) => self.thumbnails.put(ids),
            Look::Picture(wish) => self.picture.put(wish),
            Look::Activations { image, layer } => {
                if let Some(picture) = self.picture(image) {
                    self.opened.tensor.look(TensorLook::Activations { picture, layer });
                }
            }
            Look::LayerTimes => self.opened.tensor.look(TensorLook::Times),
            Look::Neighbours(wish) => self.neighbours.put(wish),
            Look::HoverNeighbours(wish) => self.hover.put(wish),
            Look::Depths(wish) => self.depths.put(wish),
            Look::Nearest(wish) => self.nearest.put(wish),
            Look::PcaMap { source } => self.projection.put(source),
            Look::Pair { images, layer } => {
                if let (Some(a), Some(b)) = (self.picture(images[0]), self.picture(images[1])) {
                    self.opened.tensor.look(TensorLook::Pair { pictures: Box::new([a, b]), layer });
                }
            }
            Look::Beside { image, layer } => {
                if let Some(picture) = self.picture(image) {
                    self.opened.tensor.look(TensorLook::Beside { picture, layer });
                }
            }
            Look::Point(wish) => {
                if let Some(picture) = self.picture(wish.image) {
                    self.opened.tensor.look(TensorLook::Point { picture, wish });
                }
            }
            Look::Strip(wish) => {
                let pictures: Option<Vec<Picture>> =
                    std::iter::once(wish.image).chain(wish.beside).map(|image| self.picture(image)).collect();
                if let Some(pictures) = pictures {
                    self.opened.tensor.look(TensorLook::Strip { pictures, wish });
                }
            }
            Look::ChannelMaps(wishes) => self.opened.tensor.look(TensorLook::ChannelMaps(self.by_image(wishes))),
            Look::Crops(wishes) => self.crops.put(wishes),
            Look::Boxes { image } => self.boxes.put(image),
            Look::Groups(look) => self.groups.put(look),
            Look::Representative { source } => self.representative.put(source),
            Look::Channels(look) => self.channels.put(look),
            Look::Query(wish) => self.query.put(wish),
            Look::Catalogue(look) => self.catalogue.put(look),
        }
    }
}

impl Looks {
    /// Each image once, in the order in which they are wanted: all of its channels are seen in one pass.
    fn by_image(&self, wishes: Vec<ChannelMapWish>) -> Vec<(Picture, Vec<ChannelMapWish>)> {
        let mut found: Vec<(Picture, Vec<ChannelMapWish>)> = Vec::new();
        for wish in wishes {
            match found.iter_mut().find(|(picture, _)| picture.record.id == wish.image) {
                Some((_, of_it)) => of_it.push(wish),
                None => found.extend(self.picture(wish.image).map(|picture| (picture, vec![wish]))),
            }
        }
        found
    }

    fn picture(&self, image: ImageId) -> Option<Picture> {
        let record = self.opened.catalogue.get(image)?;
        let path = record.path.below(&self.opened.folder);
        Some(Picture { record, path, kept: self.opened.kept.clone() })
    }
}

impl Drop for Looks {
    fn drop(&mut self) {
        self.thumbnails.close();
        self.unkept.close();
        self.picture.close();
        self.crops.close();
        self.boxes.close();
        self.groups.close();
        self.neighbours.close();
        self.hover.close();
        self.depths.close();
        self.nearest.close();
        self.projection.close();
        self.representative.close();
        self.channels.close();
        self.query.close();
        self.catalogue.close();
        for join in self.joins.drain(..) {
            join.join().ok();
        }
    }
}

fn serve_maps(slot: &Slot<StoredLayer>, opened: &Opened) {
    while let Some((source, number)) = slot.wait() {
        let _look = tracing::debug_span!("look", kind = "map", layer = source.layer.as_str()).entered();
        let wish = Look::map_of(source.clone());
        let of = Asked::Map(wish.clone());
        let searchable = match opened.library.vectors(&source) {
            Ok(searchable) => searchable,
            Err(problem) => {
                opened.outbox.complain(of, problem);
                continue;
            }
        };
        let project = || analysis::pca::project(&searchable.vectors, &|| slot.is_stale(number));
        if let Some(Some(plane)) = guarded("The map could not be made", &of, &opened.outbox, project) {
            let projection = Projection {
                wish,
                ids: searchable.vectors.ids.clone().into(),
                points: plane.points.into(),
                placed: PerImage::default(),
                explained: Some(plane.explained),
                faithfulness: None,
                share_done: 1.0,
                made_of: None,
            };
            opened.outbox.tell(Event::Answered(AnalysisAnswer::Map(Arc::new(projection))));
        }
    }
}
