//! The architectures of torchvision, one file a family: what its files look like, and its layers.
//!
//! A family takes from names and shapes whatever they tell: widths, depths, kernels, groups, classes. What they do not
//! tell (strides, activations, where pooling is) is written down here.

mod alexnet;
mod convnext;
mod densenet;
mod efficientnet;
mod googlenet;
mod inception;
mod mnasnet;
mod mobilenet_v2;
mod mobilenet_v3;
mod regnet;
mod resnet;
mod shufflenet;
mod squeezenet;
mod vgg;

use super::{layers::Layers, state::State};
use crate::network::GraphError;

/// One family.
pub(super) struct Family {
    /// What the field calls it.
    pub name: &'static str,
    /// Tensors that all of its members have and no other family; the rarest name first.
    pub signs: &'static [&'static str],
    /// Beginnings of tensors that only training needs.
    pub ignored: &'static [&'static str],
    /// From names of old files to those of today.
    pub rename: fn(String) -> String,
    /// The pictures that a member takes.
    pub taken: fn(&State) -> Taken,
    /// Pushes a member's layers and says which one it is.
    pub build: fn(&mut Layers) -> Result<String, GraphError>,
}

/// What a family has unless it says otherwise.
const PLAIN: Family = Family {
    name: "",
    signs: &[],
    ignored: &[],
    rename: |name| name,
    taken: |_| Taken::default(),
    build: |_| Ok(String::new()),
};

/// The family of the network that is part of the program.
pub(super) static SQUEEZENET: &Family = &squeezenet::FAMILY;

/// All families.
pub(super) static FAMILIES: [Family; 14] = [
    alexnet::FAMILY,
    vgg::FAMILY,
    googlenet::FAMILY,
    inception::FAMILY,
    squeezenet::FAMILY,
    resnet::FAMILY,
    densenet::FAMILY,
    mobilenet_v2::FAMILY,
    mobilenet_v3::FAMILY,
    mnasnet::FAMILY,
    shufflenet::FAMILY,
    efficientnet::FAMILY,
    convnext::FAMILY,
    regnet::FAMILY,
];

/// The pictures that a network takes, as torchvision prepares them: the shorter side brought to `shorter`, the middle
/// `side` by `side` cut out, values from 0 to 1 less `mean` by `deviation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taken {
    /// In pixels.
    pub side: usize,
    /// In pixels.
    pub shorter: usize,
    /// Whether pictures are resized with the smoother, bicubic method; bilinear otherwise.
    pub bicubic: bool,
    /// Red, green, blue.
    pub mean: [f32; 3],
    /// Red, green, blue.
    pub deviation: [f32; 3],
}

impl Default for Taken {
    /// What nearly every network of torchvision's takes; the colours are those of ImageNet.
    fn default() -> Self {
        Self { side: 224, shorter: 256, bicubic: false, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] }
    }
}

impl Taken {
    /// Values from -1 to 1. torchvision reaches this for GoogLeNet and Inception with a first step of their own
    /// (`transform_input`) that takes ImageNet's colours back out.
    fn symmetric(side: usize, shorter: usize) -> Self {
        Self { side, shorter, mean: [0.5; 3], deviation: [0.5; 3], ..Self::default() }
    }
}
