//! Convolutions of lines.

use super::super::lines::CHANNELS;
use super::super::memory::Line;
use super::super::winograd::{LinedWinograd, Winograd};
use super::super::{Bounds, Shape, pack};
use super::definition::{Definition, LinedSum};
use super::{Lined, Piece, direct};
use crate::Instructions;

/// A convolution of lines, whose weights lie as they are read.
pub struct LinedConvolution {
    definition: Definition,
    way: Way,
}

/// In which way.
enum Way {
    Direct(direct::Direct),
    Winograd(LinedWinograd),
}

/// One of some convolutions whose channels come to lie one behind the other.
#[derive(Clone, Copy)]
pub struct LinedPart<'a> {
    /// How it is done.
    pub convolution: &'a LinedConvolution,
    /// Of what.
    pub input: &'a Lined,
}

impl LinedConvolution {
    /// Pictures of any size are convolved; those of such a height and width in the way that is best for them.
    ///
    /// # Shapes
    /// As for [`Panels::new`](super::super::Panels::new).
    ///
    /// # Panics
    /// As there, when there is more than one group, or the kernel is larger than such a picture with its borders.
    pub fn new(
        instructions: Instructions,
        shape: Shape,
        weights: &[f32],
        bias: Option<&[f32]>,
        bounds: Option<Bounds>,
        size: [usize; 2],
    ) -> Self {
        let Shape { out, channels, kernel, stride, dilation, groups, .. } = shape;
        assert_eq!(groups, 1, "lines are not convolved by groups");
        let sizes = [[out, channels], kernel, stride, dilation];
        assert!(sizes.as_flattened().iter().all(|size| *size > 0), "no size is zero: {shape:?}");
        assert_eq!(weights.len(), out * shape.taps(), "weights of {shape:?}");
        let mut starts = vec![Line::ZERO; out.div_ceil(CHANNELS)];
        if let Some(bias) = bias {
            assert_eq!(bias.len(), out, "a bias for each channel");
            pack::<CHANNELS>(bias, 1, bytemuck::cast_slice_mut(&mut starts));
        }
        let way = match Winograd::tile_for(&shape, shape.output(size)) {
            Some(tile) => Way::Winograd(LinedWinograd::new(&shape, tile, weights)),
            None => Way::Direct(direct::Direct::new(&shape, weights)),
        };
        Self { definition: Definition { shape, instructions, starts, bounds }, way }
    }

    /// Its sizes.
    pub fn shape(&self) -> &Shape {
        &self.definition.shape
    }
}

/// Convolves lines, channels one behind the other, and adds what a shortcut brings, if there is one.
///
/// `do_all` gets for each convolution its pieces, and must see to it that all are applied, by any thread. They are so many that this
/// many threads are busy to the end.
///
/// # Panics
/// When there is no convolution, pictures are of other sizes or channels than it has, outputs of more than one size, one that is not the
/// last has channels that are no whole lines, something is added to more than one or is of another size, or a piece was not applied.
pub fn apply_lined(
    parts: &[LinedPart<'_>],
    sum: Option<LinedSum<'_>>,
    threads: usize,
    do_all: impl FnOnce(Vec<Vec<Piece<'_>>>),
) -> Lined {
    let (last, others) = parts.split_last().expect("something is convolved");
    let (pictures, size) = (last.input.pictures, last.convolution.shape().output(last.input.size));
    for LinedPart { convolution, input } in parts {
        assert_eq!(input.channels, convolution.shape().channels, "channels of {:?}", convolution.shape());
        assert_eq!((input.pictures, convolution.shape().output(input.size)), (pictures, size), "pictures of one size");
    }
    let are_whole = others.iter().all(|part| part.convolution.shape().out.is_multiple_of(CHANNELS));
    assert!(are_whole, "channels that are joined are whole lines");
    let channels = parts.iter().map(|part| part.convolution.shape().out).sum();
    if let Some(LinedSum { addend, .. }) = sum {
        assert!(others.is_empty(), "something is added to one convolution");
        assert_eq!((addend.pictures, addend.channels, addend.size), (pictures, channels, size), "what is added");
    }
    Lined::written(pictures, channels, size, |target, written| {
        let mut pieces: Vec<Vec<Piece<'_>>> = parts.iter().map(|_| Vec::new()).collect();
        let mut rest = target;
        for picture in 0..pictures {
            for (LinedPart { convolution, input }, pieces) in parts.iter().zip(&mut pieces) {
                let definition = &convolution.definition;
                let (own, below) = rest.split_at_row(definition.starts.len());
                rest = below;
                let (to, how) = ((own, sum), (threads, written));
                pieces.extend(match &convolution.way {
                    Way::Direct(direct) => direct.pieces(definition, input, picture, to, how),
                    Way::Winograd(winograd) => winograd.pieces(definition, input, picture, to, how),
                });
            }
        }
        do_all(pieces);
    })
}
