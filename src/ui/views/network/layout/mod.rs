//! Where the layers of a network are drawn: rows from the picture down to the answer.
//!
//! Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures" (1981): rows by longest
//! path (`ranks`), few crossings by barycentres (`order`), straight columns (`columns`), lines (`wires`).
//! A network is mostly one long chain, so at last it is folded like a text into columns (`fold`).
//!
//! Nothing here draws, and the same network always gets the same drawing.

mod columns;
mod fold;
mod order;
mod ranks;
mod wires;

pub use wires::Wire;

/// Width of a layer's box, in points at zoom 1.
pub const BOX_WIDTH: f32 = 176.0;

/// Height of a layer's box.
pub const BOX_HEIGHT: f32 = 46.0;

/// Distance of two rows, from the top of one to the top of the next.
pub const ROW: f32 = 72.0;

/// Between two columns.
const GUTTER: f32 = 56.0;

/// A drawing of a network. Places are in points at zoom 1, x to the right and y down, from the upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The middle of each layer's box, by the layer's index.
    pub boxes: Vec<[f32; 2]>,
    /// The middle of the picture's box, if a layer takes the picture.
    pub picture: Option<[f32; 2]>,
    /// All lines. Those that take the same layer's output far away share a lane.
    pub wires: Vec<Wire>,
    /// Width and height of the whole.
    pub size: [f32; 2],
}

/// The rows and columns of a network, found once; [`Rows::folded`] is cheap.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    skeleton: ranks::Skeleton,
    /// Of every place of the skeleton.
    x: Vec<f32>,
}

impl Rows {
    /// Arranges layers, each given by what it takes (`None` is the picture). A layer takes from earlier ones only;
    /// anything else is left out.
    pub fn new<'a>(inputs: impl IntoIterator<Item = &'a [Option<usize>]>) -> Self {
        let inputs: Vec<&[Option<usize>]> = inputs.into_iter().collect();
        let mut skeleton = ranks::Skeleton::new(&inputs);
        order::reduce_crossings(&mut skeleton);
        let x = columns::assign(&skeleton);
        Self { skeleton, x }
    }

    /// All rows below each other.
    pub fn straight(&self) -> Layout {
        fold::straight(&self.skeleton, &self.x)
    }

    /// The rows broken into as many columns as make the boxes largest in a view of this width and height.
    pub fn folded(&self, view: [f32; 2]) -> Layout {
        fold::best(&self.skeleton, &self.x, view)
    }
}
