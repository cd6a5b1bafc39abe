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
use crate::engine::thread::desk::Desk;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

/// Who answers what is asked of one open collection; they end when this is dropped.
pub struct Looks {
    opened: Arc<Opened>,
    thumbnails: Desk<Vec<ImageId>>,
    unkept: Arc<Desk<Vec<ImageId>>>,
    picture: Desk<Option<PictureWish>>,
    crops: Desk<Vec<CropWish>>,
    boxes: Desk<ImageId>,
    groups: Desk<GroupLook, GroupLookKind>,
    neighbours: Desk<NeighbourWish>,
    hover: Desk<NeighbourWish>,
    depths: Desk<Option<DepthsWish>>,
    nearest: Desk<NearestWish>,
    projection: Desk<StoredLayer>,
    representative: Desk<StoredLayer>,
    channels: Desk<ChannelLook, ChannelLookKind>,
    query: Desk<QueryWish>,
    catalogue: Desk<CatalogueLook, CatalogueLookKind>,
}

impl Looks {
    /// Of all that can be asked of it.
    pub fn of(opened: &Arc<Opened>) -> Self {
        let outbox = &opened.outbox;
        let (to, its) = (|| opened.clone(), outbox.clone());
        let searching = |searcher| NeighbourWorker { opened: opened.clone(), searcher };
        let (near, hover, depths) =
            (searching(Searcher::Neighbours), searching(Searcher::Hover), searching(Searcher::Depths));
        // It asks nothing of the network: all it is asked about have vectors.
        let nearest = searching(Searcher::Depths);
        let (of_unkept, of_crops, of_boxes, of_groups, of_maps, of_typical) = (to(), to(), to(), to(), to(), to());
        let unkept = move |slot: &Slot<_>| thumbnails::serve_unkept(slot, &of_unkept);
        let unkept = Arc::new(Desk::new("unkept", Slot::default(), outbox, unkept));
        let thumbnails = ThumbnailWorker::new(to(), unkept.clone());
        let (picture, channels, query) = (PictureWorker::new(to()), ChannelWorker::new(to()), QueryWorker::new(to()));
        let of_channels = Slot::of_kinds(ChannelLookKind::of);
        Self {
            opened: to(),
            thumbnails: Desk::new("thumbnails", Slot::default(), outbox, |slot| thumbnails.serve(slot)),
            unkept,
            picture: Desk::new("picture", Slot::default(), outbox, |slot| picture.serve(slot)),
            crops: Desk::new("crops", Slot::default(), outbox, move |slot| crops::serve(slot, &of_crops)),
            boxes: Desk::new("boxes", Slot::default(), outbox, move |slot| boxes::serve(slot, &of_boxes)),
            groups: Desk::new("groups", Slot::of_kinds(GroupLook::kind), outbox, move |slot| {
                groups::serve(slot, &of_groups);
            }),
            neighbours: Desk::new("neighbours", Slot::default(), outbox, |slot| near.serve(slot)),
            hover: Desk::new("hover", Slot::default(), outbox, |slot| hover.serve(slot)),
            depths: Desk::new("depths", Slot::default(), outbox, |slot| depths.serve_depths(slot)),
            nearest: Desk::new("nearest", Slot::default(), outbox, |slot| nearest.serve_nearest(slot)),
            projection: Desk::new("map", Slot::default(), outbox, move |slot| serve_maps(slot, &of_maps)),
            representative: Desk::new("representative", Slot::default(), outbox, move |slot| {
                representative::serve(slot, &of_typical);
            }),
            channels: Desk::new("channels", of_channels, outbox, |slot| channels.serve(slot)),
            query: Desk::new("query", Slot::default(), outbox, |slot| query.serve(slot)),
            catalogue: Desk::new("order", Slot::of_kinds(CatalogueLookKind::of), outbox, move |slot| {
                catalogue::serve(slot, &its);
            }),
        }
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
        // All of them first: each is waited for when it is dropped.
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
