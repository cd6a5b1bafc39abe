//! A collection made by hand, and a window without a screen.

use std::path::PathBuf;
use std::sync::Arc;

use egui_kittest::{Harness, HarnessBuilder};
use tiramisu::domain::{
    ClassNames, ClassScore, ImageId, ImagePath, ImageRecord, Layer, Metric, Neighbour, NeighbourWish, Pooling,
    Projection, ProjectionMethod, ProjectionWish, Resizing, StoredLayer,
};
use tiramisu::engine::{
    ActivationView, AnalysisAnswer, Collection, Event, NeighbourList, NetworkFile, ThumbnailPicture,
};
use tiramisu::gpu::TensorView;
use tiramisu::session::{Action, MethodBy, Session};
use tiramisu::ui::thumbnails::Thumbnails;
use tiramisu::ui::views::{View, ViewContext};
use tiramisu::ui::{Settings, Waker, theme};

pub use crate::support::renderer::{adapters, alone, drawn_whole, renderer};

/// A view, what it reads, and what it wished.
pub struct Stage<V> {
    pub view: V,
    pub session: Session,
    pub thumbs: Thumbnails,
    pub wishes: Vec<Action>,
}

impl<V> Stage<V> {
    pub fn new(view: V, session: Session) -> Self {
        Self { view, session, thumbs: Thumbnails::default(), wishes: Vec::new() }
    }

    /// The wishes so far, without hovering.
    pub fn take_wishes(&mut self) -> Vec<Action> {
        let mut wishes = std::mem::take(&mut self.wishes);
        wishes.retain(|wish| !matches!(wish, Action::Hover(_)));
        wishes
    }
}

/// A window with one view, whose wishes are carried out as in the app.
pub fn window<V: View + 'static>(size: [f32; 2], stage: Stage<V>) -> Harness<'static, Stage<V>> {
    build(Harness::builder().with_size(size), stage)
}

/// The same on a screen with so many pixels a point.
pub fn window_at<V: View + 'static>(size: [f32; 2], scale: f32, stage: Stage<V>) -> Harness<'static, Stage<V>> {
    build(Harness::builder().with_size(size).with_pixels_per_point(scale), stage)
}

/// The same, drawn by a device; `None` where there is none.
pub fn drawn_window<V: View + 'static>(size: [f32; 2], stage: Stage<V>) -> Option<Harness<'static, Stage<V>>> {
    Some(build(Harness::builder().with_size(size).renderer(renderer()?), stage))
}

fn build<V: View + 'static>(builder: HarnessBuilder<Stage<V>>, stage: Stage<V>) -> Harness<'static, Stage<V>> {
    let (settings, waker) = (Settings::default(), Waker::default());
    builder.with_context_setup(theme::install).with_max_steps(12).build_ui_state(
        move |ui, stage: &mut Stage<V>| {
            let ctx = ui.ctx().clone();
            stage.thumbs.begin_frame(&ctx, &mut stage.session.opened.arrived);
            let (mut wishes, mut commands) = (Vec::new(), Vec::new());
            let ground = eframe::egui::Frame::new().fill(theme::palette().panel);
            eframe::egui::CentralPanel::default().frame(ground).show(ui, |ui| {
                let Stage { view, session, thumbs, .. } = stage;
                let (settings, waker, actions, commands) = (&settings, &waker, &mut wishes, &mut commands);
                view.show(ui, ViewContext { session, settings, waker, thumbs, actions, commands });
            });
            for wish in &wishes {
                stage.session.act(wish.clone());
            }
            stage.wishes.extend(wishes);
        },
        stage,
    )
}

/// Saves what a window looks like where `TIRAMISU_PICTURES` says, to be looked at; does nothing without it.
pub fn keep_picture<S>(harness: &mut Harness<'_, S>, name: &str) {
    if let Ok(folder) = std::env::var("TIRAMISU_PICTURES") {
        let picture = drawn_whole(harness);
        picture.save(PathBuf::from(folder).join(format!("{name}.png"))).expect("the picture can be written");
    }
}

pub const LABELS: [&str; 12] = [
    "beaver",
    "camera",
    "cellphone",
    "chair",
    "dalmatian",
    "elephant",
    "ferry",
    "lamp",
    "lotus",
    "pagoda",
    "starfish",
    "umbrella",
];

/// Layers as in a small network.
pub fn layers() -> Vec<Layer> {
    let layer = |name: &str, kind: &str, shape: [usize; 3], parameter_count: usize, stored_by_default: bool| Layer {
        name: name.into(),
        kind: kind.into(),
        shape,
        parameter_count,
        inputs: Vec::new(),
        multiplications: parameter_count as u64 * (shape[1] * shape[2]) as u64,
        stored_by_default,
    };
    let mut layers = vec![
        layer("conv1", "Convolution", [96, 111, 111], 14_208, false),
        layer("relu_conv1", "ReLU", [96, 111, 111], 0, true),
        layer("pool1", "Pooling", [96, 55, 55], 0, false),
    ];
    for fire in 2..=9 {
        let side = [55, 55, 27, 27, 13, 13, 13, 13][fire - 2];
        let channels = 64 * fire;
        layers.push(layer(&format!("fire{fire}/relu_squeeze1x1"), "ReLU", [channels / 4, side, side], 0, true));
        layers.push(layer(&format!("fire{fire}/concat"), "Concat", [channels, side, side], 123_456, true));
    }
    layers.push(layer("pool10", "Pooling", [1000, 1, 1], 0, true));
    for (index, layer) in layers.iter_mut().enumerate() {
        layer.inputs = vec![index.checked_sub(1)];
    }
    layers
}

pub fn collection() -> Arc<Collection> {
    let layers = layers();
    let stored = layers
        .iter()
        .filter(|layer| layer.stored_by_default)
        .flat_map(|layer| Pooling::ALL.map(|pooling| StoredLayer { layer: layer.name.clone(), pooling }));
    Arc::new(Collection {
        folder: PathBuf::from("/pictures"),
        workspace: PathBuf::from("/workspace"),
        workspace_is_usual: true,
        is_sample: false,
        network_name: "SqueezeNet".into(),
        features: "features".to_owned(),
        network_about: "Made by hand for a test.".into(),
        prepared: String::new(),
        network_file: NetworkFile::Builtin,
        resizing: Resizing::stretch(227, 227),
        stored: stored.collect(),
        layers,
        vectors: Vec::new(),
        has_classes: true,
        class_count: 1000,
        class_names: ClassNames::default(),
        device: "CPU (flex)".into(),
        remarks: Vec::new(),
    })
}

/// A session with `count` images in a few clusters, all of them on the map.
pub fn session(count: usize) -> Session {
    session_of(collection(), count)
}

/// The same of another collection.
pub fn session_of(collection: Arc<Collection>, count: usize) -> Session {
    let mut session = Session::default();
    session.apply(Event::Opened(collection));
    let images = (0..count).map(|index| {
        let label = LABELS[index % LABELS.len()];
        ImageRecord {
            id: ImageId(index as u32),
            path: ImagePath { text: format!("{label}/image_{index:04}.jpg"), raw: None },
            label: Some(label.into()),
            width: 300,
            height: 200,
            file_bytes: 1000,
            modified_unix_secs: 0,
            problem: None,
        }
    });
    session.apply(Event::Images(images.collect::<Vec<_>>().into()));
    session.apply(Event::Walked { total: count });
    session.apply(Event::Committed { images: count, version: 1 });
    let points = clusters(count);
    project(&mut session, points);
    // Else another way of making the map would be begun with.
    session.opened.chosen.maps.first.method_by = MethodBy::Person;
    session
}

/// Gives the session a map of the layer it looks at.
pub fn project(session: &mut Session, points: Vec<[f32; 2]>) {
    project_in_part(session, points, 1.0);
}

/// Gives it one that is made by this share.
pub fn project_in_part(session: &mut Session, points: Vec<[f32; 2]>, share_done: f32) {
    let source = session.source().expect("the layer is stored");
    let ids = (0..points.len()).map(|index| ImageId(index as u32)).collect();
    session.apply(Event::Answered(AnalysisAnswer::Map(Arc::new(Projection {
        wish: ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 },
        ids,
        points: points.into(),
        placed: Vec::new().into(),
        explained: Some([0.314, 0.121]),
        faithfulness: None,
        share_done,
        made_of: None,
    }))));
}

/// Points in one cloud per label.
pub fn clusters(count: usize) -> Vec<[f32; 2]> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut normal = move || (0..6).map(|_| random.f32() - 0.5).sum::<f32>();
    (0..count)
        .map(|index| {
            let label = (index % LABELS.len()) as f32;
            let middle = [(label * 2.4).cos() * (3.0 + label), (label * 2.4).sin() * (2.0 + label * 0.6)];
            [middle[0] + 2.2 * normal(), middle[1] + 1.6 * normal()]
        })
        .collect()
}

/// Neighbours of `probe` at the layer looked at: the images around it in id.
pub fn neighbours(session: &Session, probe: ImageId, count: u32) -> NeighbourList {
    NeighbourList {
        wish: NeighbourWish::of(probe, session.source().expect("the layer is stored"), Metric::Cosine, count as usize),
        neighbours: (1..=count)
            .map(|rank| Neighbour {
                image: ImageId(probe.0 + rank * LABELS.len() as u32),
                score: 1.0 - f64::from(rank) * 0.01,
            })
            .collect(),
        parts: Vec::new(),
        searched: session.opened.images.len(),
        is_exact: true,
        how: "every vector was compared".to_owned(),
        recall: None,
        elapsed_secs: 0.001,
    }
}

/// A picture with a disc on a slope of colour.
pub fn picture(id: ImageId) -> ThumbnailPicture {
    let (width, height) = (120, if id.0.is_multiple_of(3) { 120 } else { 84 });
    let hue = (id.0 % LABELS.len() as u32) as f32 / LABELS.len() as f32;
    let ground = eframe::egui::ecolor::Hsva::new(hue, 0.55, 0.75, 1.0).to_srgb();
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let [dx, dy] = [x as f32 - width as f32 * 0.45, y as f32 - height as f32 * 0.5];
            let is_disc = (dx * dx + dy * dy).sqrt() < 24.0 + (id.0 % 5) as f32 * 3.0;
            let shade = if is_disc { 1.0 } else { 0.35 + 0.4 * y as f32 / height as f32 };
            rgba.extend(ground.map(|channel| (f32::from(channel) * shade) as u8));
            rgba.push(255);
        }
    }
    ThumbnailPicture { id, width: width as u32, height: height as u32, rgba }
}

/// An activation with blobs and stripes: each channel finds something else.
pub fn activation(session: &Session, image: ImageId) -> ActivationView {
    let layer = session.opened.chosen.layer;
    let shape @ [c, h, w] = session.collection().expect("open").layers[layer].shape;
    let mut values = Vec::with_capacity(c * h * w);
    for channel in 0..c {
        let turn = channel as f32 * 0.7;
        let middle = [0.5 + 0.3 * turn.cos(), 0.5 + 0.3 * turn.sin()];
        let gain = 0.2 + (channel * 37 % 23) as f32 / 8.0;
        for y in 0..h {
            for x in 0..w {
                let (u, v) = ((x as f32 + 0.5) / w as f32, (y as f32 + 0.5) / h as f32);
                let blob = (-((u - middle[0]).powi(2) + (v - middle[1]).powi(2)) * 30.0).exp();
                let stripes = ((u * turn.cos() + v * turn.sin()) * (8.0 + (channel % 7) as f32 * 4.0)).sin() * 0.3;
                values.push((gain * (blob + stripes * (channel % 3) as f32 * 0.5)).max(0.0));
            }
        }
    }
    describe(image, layer, shape, values)
}

/// The statistics that come with an activation.
pub fn describe(image: ImageId, layer: usize, shape: [usize; 3], values: Vec<f32>) -> ActivationView {
    let plane = (shape[1] * shape[2]).max(1);
    let per_channel = |f: fn(&[f32]) -> f32| values.chunks(plane).map(f).collect::<Vec<f32>>();
    let classes = [("tabby, tabby cat", 0.612), ("tiger cat", 0.245), ("Egyptian cat", 0.081), ("lynx", 0.034)];
    ActivationView {
        image,
        layer,
        means: per_channel(|channel| channel.iter().sum::<f32>() / channel.len() as f32),
        minima: per_channel(|channel| channel.iter().copied().fold(f32::INFINITY, f32::min)),
        maxima: per_channel(|channel| channel.iter().copied().fold(f32::NEG_INFINITY, f32::max)),
        borders: per_channel(|_| 0.0),
        values: TensorView::from_host(shape, values.into()),
        classes: classes
            .iter()
            .enumerate()
            .map(|(index, (name, probability))| ClassScore { index, name: (*name).into(), probability: *probability })
            .collect(),
    }
}
