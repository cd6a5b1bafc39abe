//! The sample collection: pictures made by the program itself, for whoever has no folder at hand.
//!
//! Each class is a way of making pictures that a person would call one kind of thing, varied in scale, turn, colour and
//! ground, so that colour does not give the class away and a network has something to find.

mod bricks;
mod bubbles;
mod canvas;
mod checks;
mod colour;
mod dead_leaves;
mod ferns;
mod flow;
mod flowers;
mod font;
mod grids;
mod julia;
mod mazes;
mod mountains;
mod night_sky;
mod noise;
mod palette;
mod plasma;
mod quick;
mod room;
mod spheres;
mod spirals;
mod stripes;
mod text;
mod trees;
mod truchet;
mod voronoi;
mod waves;
mod weave;
mod write;

pub use canvas::SIDE_PX;
pub use room::check_room;
pub use write::write;

use fastrand::Rng;
use image::RgbImage;

use canvas::Canvas;

/// A kind of picture.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// The name of its folder, and so its label.
    pub name: &'static str,
    paint: fn(&mut Rng) -> Canvas,
}

/// All kinds of pictures, in the order in which a collection takes turns through them.
pub const CLASSES: [Class; 22] = [
    Class { name: "stripes", paint: stripes::paint },
    Class { name: "spheres", paint: spheres::paint },
    Class { name: "voronoi", paint: voronoi::paint },
    Class { name: "ferns", paint: ferns::paint },
    Class { name: "checks", paint: checks::paint },
    Class { name: "plasma", paint: plasma::paint },
    Class { name: "spirals", paint: spirals::paint },
    Class { name: "mountains", paint: mountains::paint },
    Class { name: "text", paint: text::paint },
    Class { name: "dead_leaves", paint: dead_leaves::paint },
    Class { name: "julia", paint: julia::paint },
    Class { name: "grids", paint: grids::paint },
    Class { name: "night_sky", paint: night_sky::paint },
    Class { name: "bricks", paint: bricks::paint },
    Class { name: "flow", paint: flow::paint },
    Class { name: "bubbles", paint: bubbles::paint },
    Class { name: "mazes", paint: mazes::paint },
    Class { name: "flowers", paint: flowers::paint },
    Class { name: "waves", paint: waves::paint },
    Class { name: "truchet", paint: truchet::paint },
    Class { name: "trees", paint: trees::paint },
    Class { name: "weave", paint: weave::paint },
];

/// Paints the picture number `index` of a class, `SIDE_PX` square. The same numbers give the same pixels.
///
/// # Panics
/// When `class` is not a place in [`CLASSES`].
pub fn image(class: usize, index: usize, seed: u64) -> RgbImage {
    // One generator a picture, so that no picture depends on how many there are. Neighbouring seeds must not give
    // neighbouring streams, hence the mixing (Steele, Lea and Flood 2014).
    let mut state = seed;
    for number in [class as u64, index as u64] {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_add(number << 1 | 1);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^= state >> 31;
    }
    (CLASSES[class].paint)(&mut Rng::with_seed(state)).finish()
}
