//! What a frame paints, as numbers: where which text stands, in which colour, on which ground.

use eframe::egui::epaint::{ClippedShape, Shape, TextShape};
use eframe::egui::{Color32, FullOutput, Pos2, Rect};

/// A piece of text as it is painted.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    /// What is seen of it, in points.
    pub rect: Rect,
    /// As it comes out on the ground, if that is known.
    pub colour: Color32,
    /// What it stands on; `None` for a picture.
    pub ground: Option<Color32>,
}

impl Text {
    /// The contrast to the ground by WCAG 2.2: from 1, the same, to 21, black on white. Of what stands on a picture none is
    /// known.
    pub fn contrast(&self) -> Option<f64> {
        Some(contrast(self.colour, self.ground?))
    }
}

/// Relative luminance as WCAG 2.2 defines it.
fn luminance(colour: Color32) -> f64 {
    let linear = |byte: u8| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

/// The contrast of two colours by WCAG 2.2.
pub fn contrast(a: Color32, b: Color32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Something that covers what was painted before it.
enum Cover {
    Colour(Rect, Color32),
    /// A picture or a heat map: what is written on it is not judged.
    Picture(Rect),
}

/// All text of a frame that is seen.
pub fn texts(output: &FullOutput) -> Vec<Text> {
    let (mut covers, mut found) = (Vec::new(), Vec::new());
    for ClippedShape { clip_rect, shape, .. } in &output.shapes {
        visit(shape, *clip_rect, &mut |shape, clip| match shape {
            Shape::Rect(rect) if rect.brush.is_some() => covers.push(Cover::Picture(rect.rect.intersect(clip))),
            Shape::Rect(rect) if rect.blur_width > 0.0 || rect.fill == Color32::TRANSPARENT => {}
            Shape::Rect(rect) => covers.push(Cover::Colour(rect.rect.intersect(clip), rect.fill)),
            Shape::Mesh(mesh) => covers.push(Cover::Picture(mesh.calc_bounds().intersect(clip))),
            Shape::Callback(callback) => covers.push(Cover::Picture(callback.rect.intersect(clip))),
            Shape::Text(text) => found.extend(pieces(text, clip, &covers)),
            _ => {}
        });
    }
    found
}

/// The centres of the circles of a frame that have this radius and no filling.
pub fn rings(output: &FullOutput, radius: f32) -> Vec<Pos2> {
    let mut found = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &output.shapes {
        visit(shape, *clip_rect, &mut |shape, _| match shape {
            Shape::Circle(circle) if circle.radius == radius && circle.fill == Color32::TRANSPARENT => {
                found.push(circle.center);
            }
            _ => {}
        });
    }
    found
}

/// The centres of the filled circles of a frame that are seen, with their colours.
pub fn circles(output: &FullOutput) -> Vec<(Pos2, Color32)> {
    let mut found = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &output.shapes {
        visit(shape, *clip_rect, &mut |shape, clip| match shape {
            Shape::Circle(circle) if clip.contains(circle.center) => found.push((circle.center, circle.fill)),
            _ => {}
        });
    }
    found
}

fn visit(shape: &Shape, clip: Rect, each: &mut impl FnMut(&Shape, Rect)) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| visit(shape, clip, each)),
        shape => each(shape, clip),
    }
}

/// The runs of one colour in a text.
fn pieces(shape: &TextShape, clip: Rect, covers: &[Cover]) -> Vec<Text> {
    let rect = shape.galley.rect.translate(shape.pos.to_vec2()).intersect(clip);
    if !(rect.width() > 1.0 && rect.height() > 1.0) {
        return Vec::new();
    }
    let ground = ground_at(rect.center(), covers);
    let job = &shape.galley.job;
    let run = |section: &eframe::egui::text::LayoutSection| {
        let text = job.text.get(section.byte_range.start.0..section.byte_range.end.0)?;
        let own = section.format.color;
        let own = if own == Color32::PLACEHOLDER { shape.fallback_color } else { own };
        let colour = shape.override_text_color.unwrap_or(own).gamma_multiply(shape.opacity_factor);
        let colour = ground.map_or(colour, |ground| ground.blend(colour));
        (!text.trim().is_empty()).then(|| Text { text: text.to_owned(), rect, colour, ground })
    };
    job.sections.iter().filter_map(run).collect()
}

/// What lies at a place; `None` for a picture.
fn ground_at(at: Pos2, covers: &[Cover]) -> Option<Color32> {
    let mut ground = Some(Color32::BLACK);
    for cover in covers {
        match cover {
            Cover::Picture(rect) if rect.contains(at) => ground = None,
            Cover::Colour(rect, colour) if rect.contains(at) => {
                ground = if colour.is_opaque() { Some(*colour) } else { ground.map(|below| below.blend(*colour)) };
            }
            _ => {}
        }
    }
    ground
}
