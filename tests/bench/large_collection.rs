//! What an engine would tell of a large collection, and a wheel that is turned over it. The benches of the GPU use it, too.

use std::sync::Arc;

use eframe::egui::{self, MouseWheelUnit, TouchPhase};
use tiramisu::domain::{
    ClassNames, ImageId, ImagePath, ImageRecord, Layer, Pooling, Projection, ProjectionMethod, ProjectionWish,
    Resizing, StoredLayer,
};
use tiramisu::engine::{AnalysisAnswer, CatalogueLook, Collection, Event, Look, NetworkFile, Request};

const LABELS: usize = 40;

/// A collection of so many images, all of them read and on a map.
pub fn opened(count: usize) -> Vec<Event> {
    let source = StoredLayer { layer: "fire9/concat".to_owned(), pooling: Pooling::Average };
    let layer = Layer {
        name: source.layer.clone(),
        kind: "Concat".to_owned(),
        shape: [512, 13, 13],
        parameter_count: 0,
        inputs: vec![None],
        multiplications: 0,
        stored_by_default: true,
    };
    let collection = Collection {
        folder: "/pictures".into(),
        workspace: "/workspace".into(),
        workspace_is_usual: true,
        is_sample: false,
        network_name: "SqueezeNet".to_owned(),
        features: "features".to_owned(),
        network_about: String::new(),
        prepared: String::new(),
        network_file: NetworkFile::Builtin,
        resizing: Resizing::stretch(227, 227),
        layers: vec![layer],
        stored: Pooling::ALL.map(|pooling| StoredLayer { pooling, ..source.clone() }).to_vec(),
        vectors: Vec::new(),
        has_classes: false,
        class_count: 0,
        class_names: ClassNames::default(),
        device: "CPU (flex)".to_owned(),
        remarks: Vec::new(),
    };
    let image = |number: usize| {
        let label = format!("label {:02}", number % LABELS);
        let path = ImagePath { text: format!("{label}/image {number:06}.jpg"), raw: None };
        ImageRecord {
            id: ImageId(number as u32),
            path,
            label: Some(label),
            width: 640,
            height: 480,
            file_bytes: 100_000,
            modified_unix_secs: 0,
            problem: None,
        }
    };
    let images: Vec<ImageRecord> = (0..count).map(image).collect();
    let mut random = fastrand::Rng::with_seed(1);
    let points: Vec<_> = (0..count).map(|i| [(i % LABELS) as f32 + 4.0 * random.f32(), random.f32() * 30.0]).collect();
    let ids: Vec<_> = images.iter().map(|image| image.id).collect();
    let projection = Projection {
        wish: ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 },
        ids: ids.into(),
        points: points.into(),
        placed: Vec::new().into(),
        explained: Some([0.3, 0.2]),
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    };
    [Event::Opening("/pictures".into()), Event::Opened(Arc::new(collection))]
        .into_iter()
        .chain([Event::Images(images.into())])
        .chain([
            Event::Walked { total: count },
            Event::Committed { images: count, version: 9 },
            Event::Answered(AnalysisAnswer::Map(Arc::new(projection))),
        ])
        .collect()
}

/// What an engine would answer at once if the order of the gallery is asked for.
pub fn ordered(request: &Request) -> Option<Event> {
    let Request::Look(Look::Catalogue(CatalogueLook::Order { number, wish })) = request else { return None };
    Some(Event::Ordered { number: *number, order: wish.make(&|| false)? })
}

/// A turn of the wheel.
pub fn wheel(delta: egui::Vec2) -> egui::Event {
    egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
    }
}
