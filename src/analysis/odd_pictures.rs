//! Which pictures are odd, by what was measured of them and what is usual in their collection.

use crate::domain::{OddKind, Oddity, PictureMeasures};

/// What is more frequent than this is not odd: a collection of scans is bright, one of thumbnails small.
const COMMON: f64 = 0.25;
/// A picture is blurred whose sharpness is so many deviations below the middle, by their logarithms ...
///
/// Tried with 750 photographs of Caltech-101 and ImageNet: of those as they are, one was blurred; of copies under a Gaussian
/// blur of a hundredth of the longer side 96 % were, of a two-hundredth 17 %.
const DEVIATIONS: f64 = 3.0;
/// ... where a deviation is at least this, lest in a collection of alike pictures the least difference counts ...
const LEAST_DEVIATION: f64 = 0.4;
/// ... and which has less fine detail than this: a picture with more is sharp to the eye.
const SHARP: f32 = 0.02;
/// A picture is dark of which 95 % is at most so bright.
const DARK: f32 = 0.25;
/// A picture is bright of which 95 % is at least so bright.
const BRIGHT: f32 = 0.8;
/// A picture is near-blank whose brightness has fewer bits of entropy.
const BLANK: f32 = 0.5;
/// A picture has an odd shape that is so many times wider or higher than one of the middle shape.
const SHAPE: f32 = 2.5;
/// A picture is tiny whose sides are so many times shorter than those of one of middle size.
const TINY: f32 = 8.0;

/// What is known of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// Whether its file can be read.
    pub is_readable: bool,
    /// Width and height in pixels; 0 until it was decoded.
    pub size: [u32; 2],
    /// What was measured of it, if it has a thumbnail.
    pub measures: Option<PictureMeasures>,
}

/// Which pictures are odd, and in which ways; and which ways are too common here to be odd.
///
/// # Shapes
/// Returns the rows of odd pictures, ascending, each with its oddities in the order of [`OddKind::ALL`].
pub fn find_odd(pictures: &[Picture]) -> (Vec<(usize, Vec<Oddity>)>, Vec<OddKind>) {
    let usual = Usual::of(pictures);
    let mut found: Vec<(usize, Vec<Oddity>)> = pictures
        .iter()
        .map(|picture| usual.oddities(picture))
        .enumerate()
        .filter(|(_, ways)| !ways.is_empty())
        .collect();
    let readable = pictures.iter().filter(|picture| picture.is_readable).count();
    let is_common = |kind: &OddKind| {
        let count = found.iter().filter(|(_, ways)| ways.iter().any(|oddity| oddity.kind == *kind)).count();
        // Of two or three pictures nothing is usual.
        *kind != OddKind::Unreadable && count > 1 && count as f64 > COMMON * readable as f64
    };
    let common: Vec<OddKind> = OddKind::ALL.into_iter().filter(is_common).collect();
    for (_, ways) in &mut found {
        ways.retain(|oddity| !common.contains(&oddity.kind));
    }
    found.retain(|(_, ways)| !ways.is_empty());
    (found, common)
}

/// What is in the middle.
struct Usual {
    /// Of the logarithms of sharpness, with how far they usually are from it.
    sharpness: Option<(f64, f64)>,
    width_over_height: Option<f32>,
    side: Option<f32>,
}

impl Usual {
    fn of(pictures: &[Picture]) -> Self {
        let readable = || pictures.iter().filter(|picture| picture.is_readable);
        let sized = || readable().filter(|picture| picture.size[0] > 0 && picture.size[1] > 0);
        let sharpness = readable().filter_map(|picture| log_sharpness(picture.measures.as_ref()?)).collect();
        let mut shapes: Vec<f64> = sized().map(|picture| f64::from(width_over_height(picture.size))).collect();
        let mut sides: Vec<f64> = sized().map(|picture| f64::from(side(picture.size))).collect();
        Self {
            sharpness: middle(sharpness),
            width_over_height: median(&mut shapes).map(|middle| middle as f32),
            side: median(&mut sides).map(|middle| middle as f32),
        }
    }

    fn oddities(&self, picture: &Picture) -> Vec<Oddity> {
        if !picture.is_readable {
            return vec![Oddity { kind: OddKind::Unreadable, value: 0.0, usual: 0.0 }];
        }
        let mut ways = Vec::new();
        let mut note = |is_so: bool, kind: OddKind, value: f32, usual: f32| {
            if is_so {
                ways.push(Oddity { kind, value, usual });
            }
        };
        if let Some(measures) = &picture.measures {
            let is_blank = measures.entropy < BLANK;
            // Of what shows nothing nobody can say whether it is sharp.
            if let (false, Some(log), Some((middle, deviation))) = (is_blank, log_sharpness(measures), self.sharpness) {
                let least = middle - DEVIATIONS * deviation.max(LEAST_DEVIATION);
                let is_blurred = log < least && measures.sharpness < SHARP;
                note(is_blurred, OddKind::Blurred, measures.sharpness, middle.exp() as f32);
            }
            note(measures.dark < DARK, OddKind::Dark, measures.dark, DARK);
            note(measures.bright > BRIGHT, OddKind::Bright, measures.bright, BRIGHT);
            note(is_blank, OddKind::Blank, measures.entropy, BLANK);
        }
        if let (false, Some(usual), Some(usual_side)) = (picture.size.contains(&0), self.width_over_height, self.side) {
            let shape = width_over_height(picture.size);
            note((shape / usual).max(usual / shape) > SHAPE, OddKind::Shape, shape, usual);
            let side = side(picture.size);
            note(side * TINY < usual_side, OddKind::Tiny, side, usual_side);
        }
        ways
    }
}

/// `None` of a picture without contrast.
fn log_sharpness(measures: &PictureMeasures) -> Option<f64> {
    (measures.sharpness > 0.0).then(|| f64::from(measures.sharpness).ln())
}

fn width_over_height([width, height]: [u32; 2]) -> f32 {
    width as f32 / height as f32
}

/// The side of a square of as many pixels.
fn side([width, height]: [u32; 2]) -> f32 {
    (f64::from(width) * f64::from(height)).sqrt() as f32
}

/// The median, and how far others usually are from it: the median of that, as a standard deviation. `None` of nothing.
fn middle(mut values: Vec<f64>) -> Option<(f64, f64)> {
    let middle = median(&mut values)?;
    values.iter_mut().for_each(|value| *value = (*value - middle).abs());
    // A normal distribution's deviation is so many times the median of the distances from its middle.
    Some((middle, 1.4826 * median(&mut values)?))
}

fn median(values: &mut [f64]) -> Option<f64> {
    let half = values.len().checked_sub(1)? / 2;
    let (_, median, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    Some(*median)
}
