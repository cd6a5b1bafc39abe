//! A collection that is made up: what an engine would tell of so many images, without any file.

use std::sync::Arc;

use crate::domain::{
    ClassNames, ImageId, ImagePath, ImageRecord, ImageRecords, Layer, Neighbour, NeighbourWish, PerImage, Pooling,
    Projection, ProjectionMethod, ProjectionWish, Resizing, StoredLayer,
};
use crate::engine::{
    AnalysisAnswer, CatalogueLook, Collection, Event, Look, NeighbourList, NetworkFile, Request, ThumbnailPicture,
};

const LABELS: usize = 40;
/// Images that are told of together, as the engine does it.
const PORTION: usize = 4096;
/// Width and height of thumbnails.
const THUMBNAIL: [u32; 2] = [192, 144];

/// Stands for an engine.
pub(super) struct Generated {
    count: usize,
    /// Those that were told of.
    records: ImageRecords,
    /// The next thing to be told of the opening.
    step: usize,
}

impl Generated {
    pub(super) fn new(count: usize) -> Self {
        Self { count, records: ImageRecords::default(), step: 0 }
    }

    /// Whether all of that was told.
    pub(super) fn is_open(&self) -> bool {
        self.step > self.count.div_ceil(PORTION) + 4
    }

    /// What is still to be told until all is open.
    pub(super) fn opening(&mut self) -> impl Iterator<Item = Event> + '_ {
        std::iter::from_fn(|| {
            let portions = self.count.div_ceil(PORTION);
            let step = self.step;
            self.step += 1;
            Some(match step.checked_sub(2) {
                None if step == 0 => Event::Opening("/pictures".into()),
                None => Event::Opened(Arc::new(collection())),
                Some(portion) if portion < portions => {
                    let first = portion * PORTION;
                    let images: Vec<_> = (first..self.count.min(first + PORTION)).map(image).collect();
                    self.records.extend(images.iter().map(ImageRecord::borrowed));
                    Event::Images(self.records.clone())
                }
                Some(portion) => match portion - portions {
                    0 => Event::Walked { total: self.count },
                    1 => Event::Committed { images: self.count, version: 9 },
                    2 => Event::Answered(AnalysisAnswer::Map(Arc::new(map(self.count)))),
                    _ => {
                        self.step = step;
                        return None;
                    }
                },
            })
        })
    }

    /// Answers at once, as from a fast disk; what it cannot know it leaves unanswered.
    pub(super) fn answer(&self, request: Request) -> Option<Event> {
        let Request::Look(look) = request else { return None };
        match look {
            Look::Thumbnails(ids) => Some(Event::Thumbnails(ids.into_iter().map(thumbnail).collect())),
            Look::Catalogue(CatalogueLook::Order { number, wish }) => {
                Some(Event::Ordered { number, order: wish.make(&|| false)? })
            }
            Look::Catalogue(CatalogueLook::Group { number, group, images }) => {
                Some(Event::Grouped { number, images: group.images(&images) })
            }
            Look::Catalogue(CatalogueLook::Tally(wish)) => Some(Event::Tallied(wish.count())),
            Look::Catalogue(CatalogueLook::Distribution(wish)) => Some(Event::Distributed(wish.count(&|| false)?)),
            Look::Neighbours(wish) => Some(Event::Neighbours(self.neighbours(wish))),
            Look::HoverNeighbours(wish) => Some(Event::HoverNeighbours(self.neighbours(wish))),
            Look::Depths(_)
            | Look::Nearest(_)
            | Look::Representative { .. }
            | Look::Picture(_)
            | Look::Activations { .. }
            | Look::LayerTimes
            | Look::Query(_)
            | Look::PcaMap { .. }
            | Look::Channels(_)
            | Look::Pair { .. }
            | Look::Beside { .. }
            | Look::Point(_)
            | Look::Strip(_)
            | Look::ChannelMaps(_)
            | Look::Crops(_)
            | Look::Boxes { .. }
            | Look::Groups(_) => None,
        }
    }

    fn neighbours(&self, wish: NeighbourWish) -> NeighbourList {
        let probe = wish.image().map_or(0, ImageId::index);
        let near = |rank: usize| Neighbour {
            image: ImageId(((probe + rank * LABELS) % self.count.max(1)) as u32),
            score: 1.0 - rank as f64 * 0.01,
        };
        let neighbours = (1..=wish.k.min(self.count.saturating_sub(1))).map(near).collect();
        NeighbourList {
            wish,
            neighbours,
            parts: Vec::new(),
            searched: self.count,
            is_exact: true,
            how: "made up".to_owned(),
            recall: None,
            elapsed_secs: 0.0,
        }
    }
}

fn source() -> StoredLayer {
    StoredLayer { layer: "fire9/concat".to_owned(), pooling: Pooling::Average }
}

fn collection() -> Collection {
    let layer = Layer {
        name: source().layer,
        kind: "Concat".to_owned(),
        shape: [512, 13, 13],
        parameter_count: 0,
        inputs: vec![None],
        multiplications: 0,
        stored_by_default: true,
    };
    Collection {
        folder: "/pictures".into(),
        workspace: "/workspace".into(),
        workspace_is_usual: true,
        is_sample: true,
        network_name: "made up".to_owned(),
        features: "features".to_owned(),
        network_about: String::new(),
        prepared: String::new(),
        network_file: NetworkFile::Builtin,
        resizing: Resizing::stretch(227, 227),
        layers: vec![layer],
        vectors: Vec::new(),
        stored: Pooling::ALL.map(|pooling| StoredLayer { pooling, ..source() }).to_vec(),
        has_classes: false,
        class_count: 0,
        class_names: ClassNames::default(),
        device: "none: made up".to_owned(),
        remarks: Vec::new(),
    }
}

/// One of the images; they come in the order of their paths, label by label, as a walk finds them.
pub(super) fn image(number: usize) -> ImageRecord {
    let label = format!("label {:02}", number / PORTION % LABELS);
    let path = ImagePath { text: format!("{:05}/{label}/image {number:08}.jpg", number / PORTION), raw: None };
    ImageRecord {
        id: ImageId(number as u32),
        path,
        label: Some(label),
        width: 640 + (number % 7) as u32 * 64,
        height: 480,
        file_bytes: 100_000,
        modified_unix_secs: number as i64 % 1000,
        problem: None,
    }
}

/// A cloud for each label, beside each other.
fn map(count: usize) -> Projection {
    let mut random = numbers(1);
    let point = |number: usize| {
        let label = number / PORTION % LABELS;
        let [x, y] = [(label % 8) as f32 * 6.0, (label / 8) as f32 * 6.0];
        [x + 5.0 * (random() + random()), y + 5.0 * (random() + random())]
    };
    Projection {
        wish: ProjectionWish { source: source(), method: ProjectionMethod::Pca, seed: 0 },
        ids: (0..count as u32).map(ImageId).collect(),
        points: (0..count).map(point).collect(),
        placed: PerImage::default(),
        explained: Some([0.3, 0.2]),
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    }
}

/// Numbers in `0..1`, the same ones every time (a linear congruence: nothing here depends on how random they are).
fn numbers(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    }
}

fn thumbnail(id: ImageId) -> ThumbnailPicture {
    let [r, g, b, _] = id.0.wrapping_mul(0x9E37_79B9).to_le_bytes();
    let [width, height] = THUMBNAIL;
    ThumbnailPicture { id, width, height, rgba: [r, g, b, 255].repeat((width * height) as usize) }
}
