//! How a map is laid out that leaves as one page: title, dots and legend, for a drawing and a picture alike.

use super::shown::{Labels, Placed};
use crate::domain::thousands;

/// The square that the dots lie in, and what surrounds it, in pixels of a drawing at its own size.
const SIDE: f32 = 960.0;
const MARGIN: f32 = 32.0;
const TITLE: f32 = 40.0;
const LEGEND: f32 = 260.0;
const LINE: f32 = 22.0;
/// Names in the legend; the others are one line.
const LEGEND_LINES: usize = 40;

/// The size of letters, in the same pixels.
pub(super) const TITLE_LETTERS: f32 = 18.0;
pub(super) const LETTERS: f32 = 14.0;
/// The radius of a dot in the legend.
pub(super) const LEGEND_DOT: f32 = 5.0;
/// How much of what lies below a dot of the map it hides.
pub(super) const OPACITY: f32 = 0.8;
/// The colours of letters, as 0xRRGGBB.
pub(super) const TEXT: u32 = 0x001C_1C22;
pub(super) const WEAK_TEXT: u32 = 0x005C_5C66;

/// Where everything stands, in pixels of a drawing at its own size, from the upper left corner.
pub(super) struct MapLayout<'a> {
    pub size: [f32; 2],
    /// The left end of the title's ground line.
    pub title_at: [f32; 2],
    /// How long the title may be.
    pub title_width: f32,
    pub dot_radius: f32,
    /// The longer side of a small picture, where images are pictures.
    pub picture_side: f32,
    /// What is left free within the square of the images.
    inset: f32,
    /// The images by the rank of their label: those without one first, so that they lie below the others, then the most frequent.
    pub groups: Vec<(Option<usize>, Vec<&'a Placed<'a>>)>,
    pub legend: Vec<LegendLine<'a>>,
}

/// A line of the legend.
pub(super) struct LegendLine<'a> {
    /// The middle of its dot.
    pub dot_at: [f32; 2],
    /// The left end of its ground line.
    pub text_at: [f32; 2],
    /// How long its text may be.
    pub width: f32,
    /// Whose colour it shows.
    pub label: Option<usize>,
    pub name: std::borrow::Cow<'a, str>,
    pub count: String,
}

impl<'a> MapLayout<'a> {
    /// With room at the edges for half a small picture, if images are pictures.
    pub fn of(placed: &'a [Placed<'a>], labels: &Labels<'a>, with_pictures: bool) -> Self {
        let width = MARGIN * 2.0 + SIDE + if labels.0.is_empty() { 0.0 } else { LEGEND };
        let spacing = (placed.len().max(1) as f32).sqrt();
        let mut groups: Vec<(Option<usize>, Vec<&Placed>)> =
            std::iter::once(None).chain((0..labels.0.len()).map(Some)).map(|label| (label, Vec::new())).collect();
        for it in placed {
            groups[it.label.map_or(0, |rank| rank + 1)].1.push(it);
        }
        groups.retain(|(_, members)| !members.is_empty());
        let picture_side = (SIDE / spacing).clamp(12.0, 72.0);
        Self {
            size: [width, TITLE + SIDE + MARGIN * 2.0],
            title_at: [MARGIN, MARGIN + 8.0],
            title_width: width - 2.0 * MARGIN,
            // Few can be large; of many each covers others.
            dot_radius: (60.0 / spacing).clamp(1.0, 4.0),
            picture_side,
            inset: if with_pictures { picture_side / 2.0 } else { 0.0 },
            groups,
            legend: legend(placed, labels),
        }
    }

    /// Where an image lies.
    pub fn at(&self, it: &Placed<'_>) -> [f32; 2] {
        let [x, y] = it.at.map(|share| self.inset + share * (SIDE - 2.0 * self.inset));
        [MARGIN + x, TITLE + MARGIN + y]
    }
}

fn legend<'a>(placed: &[Placed<'_>], labels: &Labels<'a>) -> Vec<LegendLine<'a>> {
    let mut lines = Vec::new();
    let mut line = |label, name: std::borrow::Cow<'a, str>, count| {
        let y = TITLE + MARGIN + LINE * lines.len() as f32;
        let x = MARGIN * 2.0 + SIDE;
        lines.push(LegendLine {
            dot_at: [x, y - 5.0],
            text_at: [x + 14.0, y],
            width: LEGEND - 14.0 - MARGIN / 2.0,
            label,
            name,
            count: thousands(count),
        });
    };
    for (rank, label) in labels.0.iter().take(LEGEND_LINES).enumerate() {
        line(Some(rank), label.name.into(), label.images);
    }
    let others: usize = labels.0.iter().skip(LEGEND_LINES).map(|label| label.images).sum();
    if others > 0 {
        line(None, format!("{} other labels", thousands(labels.0.len() - LEGEND_LINES)).into(), others);
    }
    let without = placed.iter().filter(|it| it.label.is_none()).count();
    if without > 0 && !labels.0.is_empty() {
        line(None, "no label".into(), without);
    }
    lines
}
