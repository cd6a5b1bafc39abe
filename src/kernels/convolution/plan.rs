//! A convolution of pictures of one size.

use super::depthwise::Depthwise;
use super::product::Product;
use super::winograd::Winograd;
use super::{Panels, Weights};

/// How a convolution is done for pictures of one size.
pub struct Plan<'a> {
    pub(super) panels: &'a Panels,
    /// Height and width of an input plane.
    input: [usize; 2],
    /// Height and width of an output plane.
    output: [usize; 2],
    pub(super) way: Way<'a>,
}

/// In which way. It is chosen by the shape and the pictures' size alone, so that a picture's result depends neither on
/// those beside it nor on threads.
pub(super) enum Way<'a> {
    Product(Product<'a>),
    Depthwise(Depthwise<'a>),
    Winograd(Winograd<'a>),
}

impl<'a> Plan<'a> {
    pub(super) fn new(panels: &'a Panels, input: [usize; 2]) -> Self {
        let shape = &panels.shape;
        let output = shape.output(input);
        assert!(input.iter().all(|size| *size > 0), "a picture of {input:?} has no pixels");
        // Every way counts places of a picture with its borders, sorted by strides, and of what comes of it.
        let side = |axis: usize| input[axis] + shape.padding[axis].0 + shape.padding[axis].1 + shape.stride[axis];
        let fits = |sizes: [usize; 3]| {
            sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size)).is_some_and(|all| all < 1 << 32)
        };
        assert!(
            fits([shape.channels, side(0), side(1)]) && fits([shape.out, output[0], output[1]]),
            "a picture with its channels has fewer than 2^32 numbers: {shape:?} of {input:?}"
        );
        let way = match &panels.weights {
            Weights::Plain(weights) => Way::Depthwise(Depthwise::new(panels, weights, input)),
            Weights::Packed { product, winograd } => match Winograd::tile_for(&panels.shape, output) {
                Some(tile) => Way::Winograd(Winograd::new(panels, tile, product, winograd, input)),
                None => Way::Product(Product::new(panels, product, input)),
            },
        };
        Self { panels, input, output, way }
    }

    /// Height and width of an output plane.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }

    /// Height and width of an input plane.
    pub(super) fn input(&self) -> [usize; 2] {
        self.input
    }

    /// Numbers of one group of one picture, as they are read.
    pub(super) fn source_size(&self) -> usize {
        match &self.way {
            Way::Product(product) => product.source_size(),
            Way::Depthwise(_) | Way::Winograd(_) => self.panels.shape.channels * self.input[0] * self.input[1],
        }
    }
}
