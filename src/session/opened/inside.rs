//! What the view that looks inside a picture wants to know beside the activation of the layer: asked while that view is drawn,
//! and each once.

use std::collections::HashSet;
use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{ImageId, Layer};
use crate::engine::{
    ActivationView, ChannelLook, Collection, CropPicture, ExemplarList, ImageBoxes, LayerStrip, Look, PointValues,
    PointWish, Problem, Request, StripWish,
};

/// Exemplars of each channel of a layer.
const EXEMPLARS: usize = 3;
/// Of more layers than this some are left out of the strip: nobody tells apart what is between two of them.
const MOST_LAYERS: usize = 96;

/// What is known inside the probe.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// The channel that it excites most at every depth, once it is there.
    pub strip: Option<Arc<LayerStrip>>,
    /// Why it is not known, if it was asked for in vain.
    pub strip_problem: Option<Problem>,
    strip_asked: Option<(ImageId, Option<ImageId>)>,
    /// The activation of the image that is compared with it, at the layer, once it is there.
    pub beside: Option<ActivationView>,
    /// Why there is none, if it was asked for in vain.
    pub beside_problem: Option<Problem>,
    beside_asked: Option<(ImageId, usize)>,
    /// The images that excite each channel of the layer most, once they are there.
    pub exemplars: Option<Arc<ExemplarList>>,
    /// For which layer, at which version of the vectors.
    exemplars_asked: Option<(usize, u64)>,
    /// What all channels give at the place under the pointer, if that was asked for and is known.
    pub point: Option<PointValues>,
    point_asked: Option<PointWish>,
    /// The boxes of the picture that is looked at which were imported, once they are there.
    pub boxes: Option<Arc<ImageBoxes>>,
    boxes_asked: Option<ImageId>,
    /// Parts of pictures that arrived since the window last took them.
    pub crops: Vec<CropPicture>,
}

impl OpenedCollection {
    /// Asks for all of it that is missing.
    pub(super) fn ask_inside(&mut self) -> Vec<Request> {
        let (Some(image), Some(collection)) = (self.chosen.probe, self.collection().cloned()) else {
            return Vec::new();
        };
        let (layer, beside) = (self.chosen.layer, self.chosen.beside);
        let mut requests = self.ask_boxes(image);
        if self.inside.strip_asked != Some((image, beside)) {
            self.inside.strip_asked = Some((image, beside));
            self.inside.strip_problem = None;
            self.inside.strip.take_if(|strip| strip.wish.image != image);
            let layers = strip_layers(&collection);
            requests.push(Request::Look(Look::Strip(StripWish { image, beside, layers })));
        }
        let asked = beside.map(|other| (other, layer));
        if self.inside.beside_asked != asked {
            self.inside.beside_asked = asked;
            self.inside.beside_problem = None;
            // That of the layer before stays until the other is there, as that of the probe does.
            self.inside.beside.take_if(|view| Some(view.image) != beside);
            requests.extend(asked.map(|(image, layer)| Request::Look(Look::Beside { image, layer })));
        }
        let version =
            self.committed.filter(|(images, _)| *images > 0 && self.has_exemplars()).map(|(_, version)| version);
        let asked = version.map(|version| (layer, version));
        if self.inside.exemplars_asked != asked {
            self.inside.exemplars_asked = asked;
            self.inside.exemplars.take_if(|list| list.layer != layer);
            let look = ChannelLook::Exemplars { layer, channel: None, count: EXEMPLARS };
            requests.extend(asked.map(|_| Request::Look(Look::Channels(look))));
        }
        requests
    }

    /// Asks what all channels give at a place, once.
    pub(super) fn ask_point(&mut self, wish: PointWish) -> Vec<Request> {
        if self.inside.point_asked == Some(wish) {
            return Vec::new();
        }
        self.inside.point_asked = Some(wish);
        vec![Request::Look(Look::Point(wish))]
    }

    /// Asks which boxes there are in an image, once.
    pub(super) fn ask_boxes(&mut self, image: ImageId) -> Vec<Request> {
        if self.inside.boxes_asked == Some(image) {
            return Vec::new();
        }
        self.inside.boxes_asked = Some(image);
        self.inside.boxes.take_if(|boxes| boxes.image != image);
        vec![Request::Look(Look::Boxes { image })]
    }

    /// Others were imported, or all forgotten: what is known is asked anew, and seen until there is an answer.
    pub(in crate::session) fn forget_boxes(&mut self) {
        self.inside.boxes_asked = None;
    }

    pub(in crate::session) fn take_boxes(&mut self, boxes: ImageBoxes) {
        if self.inside.boxes_asked == Some(boxes.image) {
            self.inside.boxes = Some(Arc::new(boxes));
        }
    }

    pub(in crate::session) fn take_strip(&mut self, strip: Arc<LayerStrip>) {
        if self.inside.strip_asked == Some((strip.wish.image, strip.wish.beside)) {
            self.inside.strip = Some(strip);
        }
    }

    pub(in crate::session) fn take_beside(&mut self, view: ActivationView) {
        if self.inside.beside_asked == Some((view.image, view.layer)) {
            self.inside.beside = Some(view);
        }
    }

    pub(in crate::session) fn take_point(&mut self, values: PointValues) {
        if self.inside.point_asked == Some(values.wish) {
            self.inside.point = Some(values);
        }
    }

    /// What each channel's exemplars are; of another layer nobody waits for them any more.
    pub(super) fn take_layer_exemplars(&mut self, list: Arc<ExemplarList>) {
        if self.inside.exemplars_asked.is_some_and(|(layer, _)| layer == list.layer) {
            self.inside.exemplars = Some(list);
        }
    }

    /// Why there is no strip of these.
    pub(super) fn take_strip_problem(&mut self, of: (ImageId, Option<ImageId>), problem: Problem) {
        if self.inside.strip_asked == Some(of) {
            self.inside.strip = None;
            self.inside.strip_problem = Some(problem);
        }
    }

    /// Why there is no activation of this image at this layer.
    pub(super) fn take_beside_problem(&mut self, of: (ImageId, usize), problem: Problem) {
        if self.inside.beside_asked == Some(of) {
            self.inside.beside = None;
            self.inside.beside_problem = Some(problem);
        }
    }
}

/// The layers on the way from the picture to the answer: those whose vectors are stored unless the person chooses otherwise,
/// which are the outputs of blocks, but not what is only a part of the next one; of a network that has none such, all.
pub fn strip_layers(collection: &Collection) -> Vec<usize> {
    let all = || 0..collection.layers.len();
    let is_usual = |layer: &Layer| layer.stored_by_default;
    // What is put together has the channels of its parts.
    let joins = collection.layers.iter().filter(|layer| is_usual(layer) && layer.kind == "Concat");
    let parts: HashSet<usize> = joins.flat_map(|layer| layer.inputs.iter().copied().flatten()).collect();
    let is_listed = |index: &usize| is_usual(&collection.layers[*index]) && !parts.contains(index);
    let mut layers: Vec<usize> = all().filter(is_listed).collect();
    if layers.is_empty() {
        layers = all().collect();
    }
    if layers.len() > MOST_LAYERS {
        let last = layers.len() - 1;
        layers = (0..MOST_LAYERS).map(|step| layers[step * last / (MOST_LAYERS - 1)]).collect();
    }
    layers
}
