//! A collection that no engine made: records, thumbnails and answers, invented by rule.

use std::path::PathBuf;
use std::sync::Arc;

use tiramisu::domain::PredicateError;
use tiramisu::domain::predicate::Span;
use tiramisu::domain::{
    CentralityReport, CentralityWish, ChannelShare, ClassNames, ClassScore, Exemplar, GraphFacts, ImageId, ImagePath,
    ImageRecord, Layer, Metric, Neighbour, NeighbourWish, PicturePiece, Pooling, Projection, ProjectionMethod,
    ProjectionWish, Representation, Resizing, StoredLayer, UnusualChannel,
};
use tiramisu::engine::{
    ActivationView, Collection, CropPicture, CropWish, DepthNeighbours, DepthsWish, Event, ExemplarList, LayerStrip,
    NearestImages, NearestWish, NeighbourList, NetworkFile, PicturePieces, PictureWish, PointValues, PointWish,
    StripLayer, StripWish, ThumbnailPicture, UnusualList, WhySimilar, WhySimilarWish,
};
use tiramisu::engine::{Found, QueryAnswer, QueryWish, Refusal};
use tiramisu::gpu::TensorView;

use super::predicates::images_with;

/// Labels of the invented collection, in alphabetical order.
pub const LABELS: [&str; 12] = [
    "blobs", "checks", "ferns", "grids", "leaves", "plasma", "spheres", "spirals", "stripes", "text", "voronoi",
    "waves",
];

/// The `index`-th image of a collection whose labels follow each other in blocks of `per_label`.
pub fn image(index: usize, per_label: usize) -> ImageRecord {
    let label = LABELS[(index / per_label) % LABELS.len()];
    ImageRecord {
        id: ImageId(index as u32),
        path: ImagePath { text: format!("{label}/{index:06}.png"), raw: None },
        label: Some(label.to_owned()),
        width: 96 + (index as u32 * 37) % 65,
        height: 96 + (index as u32 * 53) % 65,
        file_bytes: 20_000 + index as u64,
        modified_unix_secs: 1_700_000_000 + index as i64,
        problem: None,
    }
}

/// `count` images under all labels.
pub fn images(count: usize) -> Vec<ImageRecord> {
    let per_label = count.div_ceil(LABELS.len()).max(1);
    (0..count).map(|index| image(index, per_label)).collect()
}

/// The picture behind an image is ten times as large as is recorded, and checked: pieces that are wanted of it.
pub fn picture(wish: PictureWish) -> PicturePieces {
    let record = image(wish.image.index(), 1);
    let size = [record.width * 10, record.height * 10];
    let pixels = |piece: PicturePiece| {
        let [left, top, width, height] = piece.place(size).expect("it is on the picture");
        let at = |x: u32, y: u32| [(left + x) << piece.level, (top + y) << piece.level];
        let is_light = |[x, y]: [u32; 2]| (x / 160 + y / 160).is_multiple_of(2);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let colour = |(x, y)| if is_light(at(x, y)) { [200, 180, 120, 255] } else { [40, 90, 110, 255] };
        (piece, [width, height], places.flat_map(colour).collect())
    };
    PicturePieces { image: wish.image, size, pieces: wish.pieces.into_iter().map(pixels).collect() }
}

/// A network of six layers in a chain, two of them not stored.
pub fn collection() -> Collection {
    let layer = |name: &str, kind: &str, shape: [usize; 3], stored_by_default: bool| Layer {
        name: name.into(),
        kind: kind.into(),
        shape,
        parameter_count: shape[0] * 9,
        inputs: Vec::new(),
        multiplications: 0,
        stored_by_default,
    };
    let mut layers = vec![
        layer("conv1", "Convolution", [32, 56, 56], false),
        layer("relu1", "ReLU", [32, 56, 56], true),
        layer("pool1", "Pooling", [32, 28, 28], false),
        layer("conv2", "Convolution", [64, 28, 28], true),
        layer("conv3", "Convolution", [128, 14, 14], true),
        layer("scores", "InnerProduct", [10, 1, 1], true),
    ];
    for (index, layer) in layers.iter_mut().enumerate() {
        layer.inputs = vec![index.checked_sub(1)];
    }
    let stored = layers
        .iter()
        .filter(|layer| layer.stored_by_default)
        .flat_map(|layer| Pooling::ALL.map(|pooling| StoredLayer { layer: layer.name.clone(), pooling }))
        .collect();
    Collection {
        folder: PathBuf::from("/pictures/garden"),
        workspace: PathBuf::from("/data/tiramisu/garden"),
        workspace_is_usual: true,
        is_sample: false,
        network_name: "Invented net".into(),
        features: "features".to_owned(),
        network_about: "Six layers that exist in this test only.".into(),
        prepared: "stretched to 227 x 227, bilinear; blue first, less 104 117 123".into(),
        network_file: NetworkFile::Builtin,
        resizing: Resizing::stretch(227, 227),
        layers,
        stored,
        vectors: Vec::new(),
        has_classes: true,
        class_count: 10,
        class_names: ClassNames::default(),
        device: "CPU (flex): the only graphics adapter is a software renderer (llvmpipe)".into(),
        remarks: Vec::new(),
    }
}

/// A picture whose pattern tells its label and whose colour tells its number.
pub fn thumbnail(record: &ImageRecord) -> ThumbnailPicture {
    let (width, height) = (record.width, record.height);
    let index = record.id.0;
    let kind = LABELS.iter().position(|label| Some(*label) == record.label.as_deref()).unwrap_or(0);
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    let phase = index as f32 * 0.7;
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32 / 160.0, y as f32 / 160.0);
            let (cx, cy) = (fx - 0.4, fy - 0.4);
            let value = match kind % 6 {
                0 => ((fx * 30.0 + phase).sin() * (fy * 24.0).cos()).abs(),
                1 => f32::from(((fx * 12.0) as i32 + (fy * 12.0) as i32) % 2 == 0),
                2 => ((cx * cx + cy * cy).sqrt() * 40.0 + phase).sin() * 0.5 + 0.5,
                3 => (cy.atan2(cx) * 3.0 + (cx * cx + cy * cy).sqrt() * 30.0 + phase).sin() * 0.5 + 0.5,
                4 => ((fx + fy) * 28.0 + phase).sin() * 0.5 + 0.5,
                _ => (1.0 - (cx * cx + cy * cy) * 9.0).clamp(0.0, 1.0),
            };
            let hue = kind as f32 / 12.0 * std::f32::consts::TAU + (index % 7) as f32 * 0.12;
            let channel = |shift: f32| ((0.45 + 0.4 * (hue + shift).cos()) * (0.35 + 0.65 * value) * 255.0) as u8;
            rgba.extend([channel(0.0), channel(2.1), channel(4.2), 255]);
        }
    }
    ThumbnailPicture { id: record.id, width, height, rgba }
}

/// As many images as there are in-degrees, which are all that is measured.
pub fn central(wish: CentralityWish, in_degrees: Vec<u32>) -> CentralityReport {
    let count = in_degrees.len();
    let (whole, numbers) = (vec![0; count], vec![0.0; count]);
    let report = CentralityReport {
        features: "net".into(),
        wish,
        ids: (0..count as u32).map(ImageId).collect(),
        degrees: whole.clone(),
        mutual_degrees: whole.clone(),
        in_degrees,
        pageranks: numbers.clone(),
        typicalities: numbers.clone(),
        betweennesses: numbers.clone(),
        harmonics: numbers,
        communities: whole.clone(),
        components: whole.clone(),
        strong_components: whole,
        facts: GraphFacts::default(),
        elapsed_secs: 0.1,
        standings: Vec::new(),
    };
    report.with_standings()
}

/// Every seventh image after `probe`, scores falling.
pub fn neighbours(probe: ImageId, source: StoredLayer, metric: Metric, k: usize, count: usize) -> NeighbourList {
    let neighbours = (1..=k.min(count.saturating_sub(1)))
        .map(|step| Neighbour {
            image: ImageId(((probe.index() + step * 7) % count) as u32),
            score: match metric {
                Metric::Cosine => 0.998 - 0.011 * step as f64,
                Metric::Euclidean => 0.25 + 0.3 * step as f64,
                Metric::Dot => 90.0 - step as f64,
            },
        })
        .collect();
    let wish = NeighbourWish::of(probe, source, metric, k);
    let how = "every vector was compared".to_owned();
    NeighbourList {
        wish,
        neighbours,
        parts: Vec::new(),
        searched: count,
        is_exact: true,
        how,
        recall: None,
        elapsed_secs: 0.0032,
    }
}

/// The answer to any question: as [`neighbours`] of the image it is about, whatever it is compared by.
pub fn answer(wish: &NeighbourWish, count: usize) -> NeighbourList {
    let source = StoredLayer { layer: "conv3".to_owned(), pooling: Pooling::Average };
    let probe = wish.image().unwrap_or(ImageId(0));
    NeighbourList { wish: wish.clone(), ..neighbours(probe, source, wish.metric, wish.k, count) }
}

/// Of each of the images that were asked about the next ones.
pub fn nearest(wish: &NearestWish, count: usize) -> NearestImages {
    let of = |image: &ImageId| {
        let wish = NeighbourWish::of(*image, wish.source.clone(), Metric::Cosine, wish.k);
        (*image, answer(&wish, count).neighbours)
    };
    let found = wish.images.iter().map(of).collect();
    NearestImages { source: wish.source.clone(), version: wish.version, k: wish.k, found }
}

/// At each layer the images `n` places apart, where `n` grows with the depth.
pub fn depths(wish: &DepthsWish, count: usize) -> Vec<DepthNeighbours> {
    let layers = collection().layers;
    let row = |(place, source): (usize, &StoredLayer)| {
        // The same whichever layers are asked beside it.
        let mut stored = layers.iter().filter(|layer| layer.stored_by_default);
        let place = stored.position(|layer| layer.name == source.layer).unwrap_or(place);
        let mut list = answer(&wish.of, count);
        let probe = wish.of.image().map_or(0, ImageId::index);
        for (rank, neighbour) in list.neighbours.iter_mut().enumerate() {
            neighbour.image = ImageId(((probe + (rank + 1) * (place + 1)) % count) as u32);
        }
        list.wish.at = Representation::Layer(source.clone());
        DepthNeighbours { number: wish.number, list }
    };
    wish.sources.iter().enumerate().map(row).collect()
}

/// Every third image, values falling; the fourth place is not known.
pub fn exemplars(layer: usize, channel: Option<usize>, count: usize, collection: &Collection) -> ExemplarList {
    let [channels, ..] = collection.layers[layer].shape;
    let list = |channel: usize| {
        let exemplar = |rank: usize| Exemplar {
            image: ImageId((channel + rank * 3) as u32),
            value: 9.0 - rank as f32 * 0.25,
            place: (rank != 3).then_some([rank as u32, channel as u32 % 7]),
        };
        (channel, (0..count.min(8)).map(exemplar).collect())
    };
    let lists = channel.map_or_else(|| (0..channels).collect(), |channel| vec![channel]);
    ExemplarList { layer, channel, lists: lists.into_iter().map(list).collect(), is_current: true }
}

/// All channels of the layer, the last the most unusual.
pub fn unusual(image: ImageId, source: Option<StoredLayer>, collection: &Collection) -> UnusualList {
    let of = source.clone().expect("the window asks at one layer");
    let layer = collection.layers.iter().find(|layer| layer.name == of.layer).expect("it exists");
    let channels = (0..layer.shape[0]).rev().map(|channel| UnusualChannel {
        source: of.clone(),
        channel,
        value: 1.0,
        z: 0.1 * (channel + 1) as f32,
    });
    UnusualList { image, channels: channels.collect(), source }
}

/// Channels 5, 6, 7 ... with halving shares.
pub fn similarity(wish: WhySimilarWish) -> WhySimilar {
    let channel = |rank: usize| ChannelShare {
        channel: 5 + rank,
        a: 2.0,
        b: 1.0,
        amount: 0.5f64.powi(rank as i32 + 1),
        share: 0.5f64.powi(rank as i32 + 1),
    };
    WhySimilar { score: 0.93, total: 0.93, channels: (0..wish.count.min(6)).map(channel).collect(), wish }
}

/// The answer to a question about records, without asking a workspace; to any other, that there is no such clustering.
pub fn query_answer(wish: QueryWish, images: &[ImageRecord]) -> QueryAnswer {
    let found = match images_with(&wish.text, images) {
        Some(ids) => {
            let set = Arc::new(ids.iter().copied().collect());
            Ok(Found { ids: Arc::new(ids), set, counts: None, remarks: Vec::new() })
        }
        None => Err(Refusal::Text(PredicateError::new("there is no such clustering", Span { start: 8, end: 16 }))),
    };
    QueryAnswer { wish, found }
}

/// All images on a spiral galaxy, an arm a label.
pub fn projection(source: StoredLayer, images: &[ImageRecord]) -> Projection {
    let point = |record: &ImageRecord| {
        let arm = LABELS.iter().position(|label| Some(*label) == record.label.as_deref()).unwrap_or(0) as f32;
        let along = (record.id.0 % 101) as f32 / 101.0;
        let (angle, radius) = (arm * 0.52 + along * 1.4, 0.3 + along * 4.0);
        let jitter = |n: u32| ((record.id.0.wrapping_mul(n) >> 7) % 97) as f32 / 97.0 - 0.5;
        [angle.cos() * radius + jitter(2_654_435_761) * 0.5, angle.sin() * radius + jitter(40_503) * 0.5]
    };
    Projection {
        wish: ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 },
        ids: images.iter().map(|image| image.id).collect(),
        points: images.iter().map(point).collect(),
        placed: Vec::new().into(),
        explained: Some([0.41, 0.17]),
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    }
}

/// Which share of a plane of values from 0 on lies in its outermost cells.
pub fn border([h, w]: [usize; 2], plane: &[f32]) -> f32 {
    let is_outermost = |cell: usize| [0, h - 1].contains(&(cell / w)) || [0, w - 1].contains(&(cell % w));
    let outermost: f32 = plane.iter().enumerate().filter(|(cell, _)| is_outermost(*cell)).map(|(_, value)| value).sum();
    outermost / plane.iter().sum::<f32>().max(f32::MIN_POSITIVE)
}

/// What a layer saw: a smooth bump that wanders with the channel.
pub fn activation(image: ImageId, layer: usize, collection: &Collection) -> ActivationView {
    let [c, h, w] = collection.layers[layer].shape;
    let mut values = Vec::with_capacity(c * h * w);
    for channel in 0..c {
        let (x0, y0) = ((channel * 7 % 13) as f32 / 13.0, (channel * 5 % 11) as f32 / 11.0);
        for y in 0..h {
            for x in 0..w {
                let (dx, dy) = (x as f32 / w as f32 - x0, y as f32 / h as f32 - y0);
                values.push((-(dx * dx + dy * dy) * 8.0).exp() * (channel as f32 + 1.0));
            }
        }
    }
    let of = |fold: fn(&[f32]) -> f32| values.chunks(h * w).map(fold).collect::<Vec<f32>>();
    ActivationView {
        image,
        layer,
        means: of(|plane| plane.iter().sum::<f32>() / plane.len() as f32),
        minima: of(|plane| plane.iter().copied().fold(f32::INFINITY, f32::min)),
        maxima: of(|plane| plane.iter().copied().fold(f32::NEG_INFINITY, f32::max)),
        borders: values.chunks(h * w).map(|plane| border([h, w], plane)).collect(),
        values: TensorView::from_host([c, h, w], Arc::from(values)),
        classes: [("espresso", 0.61), ("mascarpone", 0.22), ("ladyfinger", 0.09), ("cocoa", 0.04), ("plate", 0.02)]
            .into_iter()
            .enumerate()
            .map(|(index, (name, probability))| ClassScore { index, name: name.into(), probability })
            .collect(),
    }
}

/// What all channels of [`activation`] give at a place.
pub fn point(wish: PointWish, collection: &Collection) -> PointValues {
    let values = activation(wish.image, wish.layer, collection).values.values_at(wish.place).expect("it is within");
    PointValues { wish, values }
}

/// The last channel of each layer, which is the strongest of [`activation`].
pub fn strip(wish: StripWish, collection: &Collection) -> LayerStrip {
    let layer = |&layer: &usize| {
        let [c, h, w] = collection.layers[layer].shape;
        let map = |image: ImageId| {
            let view = activation(image, layer, collection);
            let plane = (0..h * w).map(|place| view.values.value(c - 1, place / w, place % w).expect("on the host"));
            TensorView::from_host([1, h, w], plane.collect::<Vec<f32>>().into())
        };
        let view = activation(wish.image, layer, collection);
        let maps: Vec<TensorView> = std::iter::once(wish.image).chain(wish.beside).map(map).collect();
        StripLayer {
            layer,
            channel: c - 1,
            largest: vec![view.maxima[c - 1]; maps.len()],
            range: [view.minima[c - 1], view.maxima[c - 1]],
            maps,
        }
    };
    LayerStrip { layers: wish.layers.iter().map(layer).collect(), wish }
}

/// Four pixels of a colour that tells the image.
pub fn crop(wish: CropWish) -> CropPicture {
    let [r, g, ..] = wish.image.0.wrapping_mul(0x9E37_79B9).to_le_bytes();
    CropPicture { wish, width: 2, height: 2, rgba: [r, g, 120, 255].repeat(4) }
}

/// The events by which `count` images become known, and all of them extracted.
pub fn opened(count: usize) -> Vec<Event> {
    let collection = collection();
    vec![
        Event::Opening(collection.folder.clone()),
        Event::Opened(Arc::new(collection)),
        Event::Images(images(count).into()),
        Event::Walked { total: count },
        Event::Committed { images: count, version: 1 },
    ]
}
