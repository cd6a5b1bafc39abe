//! Lines, written as planes.

use std::array::from_fn;

use super::super::Bounds;
use super::super::memory::Line;
use super::super::sum::Addend;
use super::CHANNELS;
use crate::lanes::{Lanes, Numbers};
use crate::rectangle::Rectangle;

/// Writes lines as planes, kept between bounds and then added to others: all of the target, a row for each channel.
///
/// # Panics
/// When it has more rows than a line channels, more or fewer columns than there are pixels, or others of these than are
/// added.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(in super::super) unsafe fn spread<L: Lanes>(
    lines: &[Line],
    bounds: Bounds,
    addend: Option<Addend<'_>>,
    mut target: Rectangle<'_>,
) {
    let (channels, pixels) = (target.rows(), target.columns());
    assert!(channels <= CHANNELS, "{channels} channels of a line");
    assert_eq!(pixels, lines.len(), "a column for each pixel");
    assert!(addend.is_none_or(|addend| addend.covers(channels, pixels)), "a number for each that is added to");
    let whole = if pixels >= 4 { channels / 8 * 8 } else { 0 };
    let mut first = 0;
    while first < whole {
        // SAFETY: there are as many rows from there on, and four columns, of the addend as well, as asserted; and as the
        // caller promises.
        unsafe {
            if first + L::COUNT <= whole {
                spread_rows::<L>(lines, first, bounds, addend, &mut target);
                first += L::COUNT;
            } else {
                spread_rows::<L::Eight>(lines, first, bounds, addend, &mut target);
                first += <L::Eight as Numbers>::COUNT;
            }
        }
    }
    for channel in whole..channels {
        for (lines, pixel) in lines.chunks(4).zip((0..).step_by(4)) {
            let kept = |at: usize| lines.get(at).map_or(0.0, |Line(line)| bounds.keep(line[channel]));
            let other = |at: usize| addend.map_or(0.0, |addend| addend.numbers[channel * addend.pitch + pixel + at]);
            let four: [f32; 4] = from_fn(|at| if at < lines.len() { kept(at) + other(at) } else { 0.0 });
            target.write(channel, pixel, &four[..lines.len()]);
        }
    }
}

/// The rows of a register's channels, from the `first` one on.
///
/// # Safety
/// - The processor has what the lanes need.
/// - All is as [`spread`] asserted it, there are as many rows from the first one on as lanes, and at least four columns.
#[inline(always)]
unsafe fn spread_rows<L: Lanes>(
    lines: &[Line],
    first: usize,
    bounds: Bounds,
    addend: Option<Addend<'_>>,
    target: &mut Rectangle<'_>,
) {
    let (pixels, pitch) = (target.columns(), target.pitch());
    for pixel in (0..pixels).step_by(4) {
        // The last ones lie over those before: what is written twice is written the same.
        let pixel = pixel.min(pixels - 4);
        // SAFETY: as the caller promises.
        unsafe {
            let (least, most) = (L::splat(bounds.least), L::splat(bounds.most));
            let from = lines.as_ptr().add(pixel).cast::<f32>().add(first);
            let mut fours = [L::splat(0.0); 4];
            for (at, four) in fours.iter_mut().enumerate() {
                *four = L::load(from.add(at * CHANNELS)).keep(least, most);
            }
            if let Some(Addend { numbers, pitch }) = addend {
                let from = numbers.as_ptr().add(first * pitch + pixel);
                let others = L::load_fours(|lane| from.add(lane * pitch));
                for (four, other) in fours.iter_mut().zip(&others) {
                    *four = four.add(*other);
                }
            }
            let to = target.as_mut_ptr().add(first * pitch + pixel);
            L::store_fours(fours, |lane| to.add(lane * pitch));
        }
    }
}
