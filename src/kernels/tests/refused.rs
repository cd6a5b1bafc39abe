//! Convolutions of what does not fit are refused, in release as well.

use std::panic::catch_unwind;

use tiramisu_kernels::Instructions;
use tiramisu_kernels::convolution::{Memory, Panels, Shape, Sorting};

use super::convolution::PLAIN_SHAPE;
use super::is_refused;

#[test]
fn lengths_that_do_not_fit_are_refused_in_release() {
    let instructions = Instructions::best();
    let new = |shape: Shape, weights: usize, bias: Option<usize>| {
        let (weights, bias) = (vec![1.0; weights], bias.map(|bias| vec![1.0; bias]));
        catch_unwind(move || Panels::new(instructions, shape, &weights, bias.as_deref(), None))
    };
    assert!(new(PLAIN_SHAPE, 6, Some(3)).is_ok());
    assert!(new(PLAIN_SHAPE, 5, None).is_err());
    assert!(new(PLAIN_SHAPE, 7, None).is_err());
    assert!(new(PLAIN_SHAPE, 6, Some(2)).is_err());
    assert!(new(Shape { channels: 0, ..PLAIN_SHAPE }, 0, None).is_err());
    assert!(new(Shape { groups: 0, ..PLAIN_SHAPE }, 0, None).is_err());
    assert!(new(Shape { stride: [0, 1], ..PLAIN_SHAPE }, 6, None).is_err());
    let panels = Panels::new(instructions, PLAIN_SHAPE, &[1.0; 6], None, None);
    let plan = panels.plan([5, 8]);
    for count in [1, 79, 81, 40] {
        let planes = vec![1.0; count];
        let applied = catch_unwind(|| plan.apply(&planes, None, 1, |work| work.apply(&mut Memory::default())));
        assert!(applied.is_err(), "{count} numbers of a picture of 80");
    }
    let panels = Panels::new(instructions, Shape { stride: [2, 2], ..PLAIN_SHAPE }, &[1.0; 6], None, None);
    let plan = panels.plan([5, 8]);
    let sort_all = |pieces: Vec<Sorting<'_>>| pieces.into_iter().for_each(Sorting::apply);
    assert!(catch_unwind(|| plan.sort(&[0.0; 40], 1, 1, sort_all)).is_ok());
    assert!(catch_unwind(|| plan.sort(&[0.0; 39], 1, 1, sort_all)).is_err());
    assert!(catch_unwind(|| plan.sort(&[0.0; 40], 0, 1, sort_all)).is_err());
    assert!(catch_unwind(|| plan.sort(&[0.0; 40], 1, 0, sort_all)).is_err());
    assert!(catch_unwind(|| plan.sort(&[0.0; 40], 1, 1, |pieces| drop(pieces))).is_err(), "nothing was sorted");
    let large = Shape { kernel: [3, 3], dilation: [3, 1], ..PLAIN_SHAPE };
    let panels = Panels::new(instructions, large, &[1.0; 54], None, None);
    assert!(catch_unwind(|| panels.plan([6, 3])).is_err(), "a kernel of seven lines on a picture of six");
    assert_eq!(panels.plan([7, 3]).output(), [1, 1]);
}

#[test]
fn pictures_of_more_numbers_than_are_counted_are_refused_before_anything_is_made_for_them() {
    let of_channels = |channels: usize, out: usize, groups: usize| {
        let shape = Shape { channels, out, groups, ..PLAIN_SHAPE };
        Panels::new(Instructions::best(), shape, &vec![1.0; groups * out * channels], None, None)
    };
    // What is read, what comes of it, and what a number does not hold; as a product, and of single channels.
    let too_large = [
        (of_channels(2, 1, 1), [65_536, 65_536]),
        (of_channels(1, 8, 1), [30_000, 30_000]),
        (of_channels(1, 1, 2), [65_536, 65_536]),
        (of_channels(1, 1, 1), [usize::MAX / 2, 4]),
    ];
    for (panels, size) in too_large {
        let refusal = "a picture with its channels has fewer than 2^32 numbers";
        assert!(is_refused(refusal, || panels.plan(size)), "{size:?}");
    }
    let bordered = Shape { padding: [(1, 1); 2], ..PLAIN_SHAPE };
    let bordered = Panels::new(Instructions::best(), bordered, &[1.0; 6], None, None);
    assert!(is_refused("has no pixels", || bordered.plan([0, 4])), "borders alone");
}

#[test]
#[should_panic(expected = "beyond all numbers")]
fn sizes_that_wrap_around_are_refused() {
    let shape = Shape {
        channels: 1,
        out: 1,
        kernel: [2, 1],
        stride: [1, 1],
        padding: [(0, 0); 2],
        dilation: [usize::MAX, 1],
        groups: 2,
    };
    shape.output([5, 5]);
}
