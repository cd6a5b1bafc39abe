//! Stored pictures: what is drawn now beside what was found right before.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage, RgbaImage};

use super::small_png;

/// Set to 1, pictures that are missing or differ are written anew.
const ACCEPT: &str = "UPDATE_SNAPSHOTS";

/// By so many levels, of 255, the strongest channel of a pixel may differ before the pixel counts. Renderers round
/// otherwise, by one, and what is stored is rounded, by up to four; a hair of text is tens.
const LEVELS: u8 = 8;

/// So many pixels may count. The smallest change that a person must be told of, a digit, is more.
const PIXELS: usize = 4;

/// Where the pictures are kept.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// Half of what was drawn in each direction, from row `top` up to row `bottom`: each pixel is the mean of four.
pub fn halved(drawn: &RgbaImage, top: u32, bottom: u32) -> RgbImage {
    let mut halved = RgbImage::new(drawn.width() / 2, (bottom - top) / 2);
    for (x, y, pixel) in halved.enumerate_pixels_mut() {
        for (channel, mean) in pixel.0.iter_mut().enumerate() {
            let mut sum = 0;
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                sum += u16::from(drawn.get_pixel(2 * x + dx, top + 2 * y + dy).0[channel]);
            }
            *mean = (sum / 4) as u8;
        }
    }
    halved
}

/// How two pictures differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    Size([u32; 4]),
    /// How many pixels count, by how many levels the worst differs, and where that is.
    Pixels {
        count: usize,
        most: u8,
        at: [u32; 2],
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Size([was_wide, was_high, wide, high]) => {
                write!(f, "it was {was_wide} x {was_high} pixels and is {wide} x {high}")
            }
            Difference::Pixels { count, most, at: [x, y] } => write!(
                f,
                "{count} pixels differ by more than {LEVELS} of 255 levels ({PIXELS} may), the worst by {most} at ({x}, {y})"
            ),
        }
    }
}

fn levels(a: &Rgb<u8>, b: &Rgb<u8>) -> u8 {
    let [red, green, blue] = [0, 1, 2].map(|channel| a.0[channel].abs_diff(b.0[channel]));
    red.max(green).max(blue)
}

/// What the tolerance does not cover; `None` where the pictures are the same to it.
pub fn difference(was: &RgbImage, is: &RgbImage) -> Option<Difference> {
    if was.dimensions() != is.dimensions() {
        return Some(Difference::Size([was.width(), was.height(), is.width(), is.height()]));
    }
    let (mut count, mut most, mut at) = (0, 0, [0, 0]);
    for ((x, y, was), is) in was.enumerate_pixels().zip(is.pixels()) {
        let levels = levels(was, is);
        count += usize::from(levels > LEVELS);
        if levels > most {
            (most, at) = (levels, [x, y]);
        }
    }
    (count > PIXELS).then_some(Difference::Pixels { count, most, at })
}

/// Compares a picture with the stored one of this name, or stores it where that is wished.
///
/// # Errors
/// How they differ, where both are to be seen, and how the new one is accepted.
pub fn check(name: &str, is: &RgbImage) -> Result<(), String> {
    let stored = folder().join(format!("{name}.png"));
    let was = image::open(&stored).ok().map(|was| was.to_rgb8());
    let found = was.as_ref().map(|was| difference(was, is));
    if found == Some(None) {
        return Ok(());
    }
    if std::env::var_os(ACCEPT).is_some_and(|value| value == "1") {
        write(&stored, is);
        return Ok(());
    }
    let apart = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snapshots");
    let (new, differing) = (apart.join(format!("{name}.new.png")), apart.join(format!("{name}.diff.png")));
    write(&new, is);
    let accept = format!("If the new picture is right: {ACCEPT}=1 cargo test --release window::snapshots");
    let (Some(was), Some(Some(found))) = (was, found) else {
        return Err(format!("There is no picture {name} yet. The new one: {}\n{accept}", new.display()));
    };
    write(&differing, &marked(&was, is));
    Err(format!(
        "{name}: {found}.\nStored: {}\nNew: {}\nWhat differs, in red: {}\n{accept}",
        stored.display(),
        new.display(),
        differing.display()
    ))
}

/// The new picture, faint, with what differs in red.
fn marked(was: &RgbImage, is: &RgbImage) -> RgbImage {
    RgbImage::from_fn(is.width(), is.height(), |x, y| {
        let is = is.get_pixel(x, y);
        let differs = was.get_pixel_checked(x, y).is_none_or(|was| levels(was, is) > LEVELS);
        if differs { Rgb([255, 0, 0]) } else { Rgb(is.0.map(|level| level / 4 + 96)) }
    })
}

fn write(path: &Path, picture: &RgbImage) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
    fs::write(path, small_png::encode(picture)).expect("a picture can be written");
}
