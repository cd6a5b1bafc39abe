//! A picture to draw on: dots, small pictures and letters, with smooth edges.
//!
//! Letters are those of the window's typeface, which has Latin, Greek and Cyrillic; what it lacks is an empty box, as in a browser
//! without the font.

use epaint_default_fonts::UBUNTU_LIGHT;
use image::{Rgb, RgbImage, imageops};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

use super::shown::shortened;

/// Lines of a row of pixels that are looked at for how much of it a letter covers.
const PARTS_OF_A_ROW: u32 = 8;
/// Straight pieces that a bend of a letter is drawn with.
const PIECES_OF_A_BEND: u32 = 6;

/// A white picture that can be drawn on. Places are in pixels from the upper left corner; what lies outside is left out. Colours
/// are 0xRRGGBB.
pub(super) struct Canvas {
    picture: RgbImage,
    font: FontRef<'static>,
}

impl Canvas {
    pub fn new(width_px: u32, height_px: u32) -> Self {
        let font = FontRef::new(UBUNTU_LIGHT).expect("the typeface is part of the program");
        Self { picture: RgbImage::from_pixel(width_px, height_px, Rgb([255; 3])), font }
    }

    pub fn into_picture(self) -> RgbImage {
        self.picture
    }

    /// A round dot; `opacity` from 0 to 1.
    pub fn dot(&mut self, [x, y]: [f32; 2], radius: f32, colour: u32, opacity: f32) {
        let reach = radius + 1.0;
        for row in pixels(y - reach, y + reach) {
            for column in pixels(x - reach, x + reach) {
                let away = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
                self.blend(column, row, colour, (radius + 0.5 - away).clamp(0.0, 1.0) * opacity);
            }
        }
    }

    /// A picture with its middle at a place, and a frame around it.
    pub fn framed(&mut self, small: &RgbImage, [x, y]: [f32; 2], edge_px: u32, colour: u32) {
        let (width, height) = (small.width() + 2 * edge_px, small.height() + 2 * edge_px);
        let left = (x - width as f32 / 2.0).round() as i64;
        let top = (y - height as f32 / 2.0).round() as i64;
        let ground = RgbImage::from_pixel(width, height, Rgb(parts(colour)));
        imageops::replace(&mut self.picture, &ground, left, top);
        imageops::replace(&mut self.picture, small, left + i64::from(edge_px), top + i64::from(edge_px));
    }

    /// How long a text is.
    pub fn width_of(&self, text: &str, size_px: f32) -> f32 {
        let (letters, metrics) =
            (self.font.charmap(), self.font.glyph_metrics(Size::new(size_px), LocationRef::default()));
        text.chars().filter_map(|letter| metrics.advance_width(letters.map(letter).unwrap_or_default())).sum()
    }

    /// A line of text whose ground line begins at `at`, shortened to `room`; returns where it ends.
    pub fn text(&mut self, text: &str, at: [f32; 2], size_px: f32, colour: u32, room: f32) -> f32 {
        let mut fitting = text.to_owned();
        let mut letters = text.chars().count();
        while letters > 1 && self.width_of(&fitting, size_px) > room {
            letters -= 1;
            fitting = shortened(text, letters);
        }
        let size = Size::new(size_px);
        let metrics = self.font.glyph_metrics(size, LocationRef::default());
        let (letters, outlines) = (self.font.charmap(), self.font.outline_glyphs());
        let mut edges = Outline { origin: at, ..Outline::default() };
        for letter in fitting.chars() {
            let glyph = letters.map(letter).unwrap_or_default();
            if let Some(outline) = outlines.get(glyph) {
                let settings = DrawSettings::unhinted(size, LocationRef::default());
                // A letter that the typeface has no shape for leaves its room empty.
                let _ = outline.draw(settings, &mut edges);
            }
            edges.origin[0] += metrics.advance_width(glyph).unwrap_or(0.0);
        }
        self.fill(&edges.lines, colour);
        edges.origin[0]
    }

    /// Fills what the lines go around.
    fn fill(&mut self, lines: &[[[f32; 2]; 2]], colour: u32) {
        let ends = |axis: usize| {
            let of = |(low, high): (f32, f32), at: &[f32; 2]| (low.min(at[axis]), high.max(at[axis]));
            lines.iter().flatten().fold((f32::INFINITY, f32::NEG_INFINITY), of)
        };
        let ((left, right), (top, bottom)) = (ends(0), ends(1));
        let (columns, rows) = (pixels(left, right), pixels(top, bottom));
        for row in rows {
            let mut covered = vec![0.0_f32; columns.len()];
            for part in 0..PARTS_OF_A_ROW {
                let y = row as f32 + (part as f32 + 0.5) / PARTS_OF_A_ROW as f32;
                for (from, to) in inside(lines, y) {
                    for (place, column) in columns.clone().enumerate() {
                        let pixel = column as f32;
                        covered[place] += (to.min(pixel + 1.0) - from.max(pixel)).max(0.0) / PARTS_OF_A_ROW as f32;
                    }
                }
            }
            for (column, covered) in columns.clone().zip(covered) {
                self.blend(column, row, colour, covered.min(1.0));
            }
        }
    }

    fn blend(&mut self, column: i32, row: i32, colour: u32, share: f32) {
        let (Ok(column), Ok(row)) = (u32::try_from(column), u32::try_from(row)) else { return };
        if let Some(pixel) = self.picture.get_pixel_mut_checked(column, row) {
            for (below, above) in pixel.0.iter_mut().zip(parts(colour)) {
                *below = (f32::from(*below) + (f32::from(above) - f32::from(*below)) * share).round() as u8;
            }
        }
    }
}

/// Red, green and blue.
fn parts(colour: u32) -> [u8; 3] {
    let [_, red, green, blue] = colour.to_be_bytes();
    [red, green, blue]
}

/// The pixels that lie between two places, at least in part.
fn pixels(from: f32, to: f32) -> std::ops::Range<i32> {
    from.floor() as i32..to.ceil() as i32
}

/// Which parts of the line at `y` lie inside, from left to right: where the lines around wind at least once.
fn inside(lines: &[[[f32; 2]; 2]], y: f32) -> Vec<(f32, f32)> {
    let mut crossings: Vec<(f32, i32)> = lines
        .iter()
        .filter(|[from, to]| (from[1] <= y) != (to[1] <= y))
        .map(|[from, to]| {
            let along = (y - from[1]) / (to[1] - from[1]);
            (from[0] + (to[0] - from[0]) * along, if from[1] < to[1] { 1 } else { -1 })
        })
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut winding = 0;
    let mut found = Vec::new();
    for pair in crossings.windows(2) {
        winding += pair[0].1;
        if winding != 0 {
            found.push((pair[0].0, pair[1].0));
        }
    }
    found
}

/// The lines around letters, as a typeface draws them.
#[derive(Default)]
struct Outline {
    origin: [f32; 2],
    begin: [f32; 2],
    pen: [f32; 2],
    lines: Vec<[[f32; 2]; 2]>,
}

impl Outline {
    /// Typefaces count upwards.
    fn place(&self, x: f32, y: f32) -> [f32; 2] {
        [self.origin[0] + x, self.origin[1] - y]
    }

    fn go(&mut self, to: [f32; 2]) {
        self.lines.push([self.pen, to]);
        self.pen = to;
    }

    /// Goes along a bend, `at` of the share that is gone.
    fn bend(&mut self, at: impl Fn(f32) -> [f32; 2]) {
        for piece in 1..=PIECES_OF_A_BEND {
            self.go(at(piece as f32 / PIECES_OF_A_BEND as f32));
        }
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.begin = self.place(x, y);
        self.pen = self.begin;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.go(self.place(x, y));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (from, over, to) = (self.pen, self.place(cx0, cy0), self.place(x, y));
        self.bend(|t| {
            let s = 1.0 - t;
            [0, 1].map(|axis| s * s * from[axis] + 2.0 * s * t * over[axis] + t * t * to[axis])
        });
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (from, first, second, to) = (self.pen, self.place(cx0, cy0), self.place(cx1, cy1), self.place(x, y));
        self.bend(|t| {
            let s = 1.0 - t;
            [0, 1].map(|axis| {
                s * s * s * from[axis]
                    + 3.0 * s * s * t * first[axis]
                    + 3.0 * s * t * t * second[axis]
                    + t * t * t * to[axis]
            })
        });
    }

    fn close(&mut self) {
        self.go(self.begin);
    }
}
