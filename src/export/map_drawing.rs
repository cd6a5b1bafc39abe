//! A map as a drawing: SVG, a dot an image, in the colour of its label, with a legend.

use std::fmt::Write;

use super::ExportError;
use super::place::write_whole;
use super::shown::{Labels, Placed, Shown, escaped, label_colour};
use crate::domain::thousands;

/// The square that the dots lie in, and what surrounds it, in pixels of a drawing at its own size.
const SIDE: f32 = 960.0;
const MARGIN: f32 = 32.0;
const TITLE: f32 = 40.0;
const LEGEND: f32 = 260.0;
const LINE: f32 = 22.0;
/// Names in the legend; the others are one line.
const LEGEND_LINES: usize = 40;

/// Writes the map of `shown`.
///
/// # Errors
/// When none of the images is on a map, the file exists and may not be replaced, or cannot be written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    let (placed, labels) = shown.placed()?;
    let drawing = drawing(shown.title, &placed, &labels);
    write_whole(shown.out, shown.overwrite, |writer| writer.write_all(drawing.as_bytes()))?;
    Ok(placed.len())
}

fn drawing(title: &str, placed: &[Placed], labels: &Labels) -> String {
    let width = MARGIN * 2.0 + SIDE + if labels.is_empty() { 0.0 } else { LEGEND };
    let height = TITLE + SIDE + MARGIN * 2.0;
    let title = escaped(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"#1c1c22\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{MARGIN}\" y=\"{y}\" font-size=\"18\">{title}</text>\n",
        y = MARGIN + 8.0,
    );
    // Few can be large; of many each covers others.
    let radius = (60.0 / (placed.len() as f32).sqrt()).clamp(1.0, 4.0);
    let groups = std::iter::once(None).chain((0..labels.len()).map(Some));
    for label in groups {
        let of_label: Vec<&Placed> = placed.iter().filter(|it| it.label == label).collect();
        if of_label.is_empty() {
            continue;
        }
        let colour = label_colour(label);
        _ = writeln!(svg, "<g fill=\"{colour}\" fill-opacity=\"0.8\">");
        for it in of_label {
            let [x, y] = [MARGIN + it.at[0] * SIDE, TITLE + MARGIN + it.at[1] * SIDE];
            let name = escaped(&it.row.record.path.text);
            _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{name}</title></circle>");
        }
        svg.push_str("</g>\n");
    }
    legend(&mut svg, placed, labels);
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String, placed: &[Placed], labels: &Labels) {
    let x = MARGIN * 2.0 + SIDE;
    let mut y = TITLE + MARGIN;
    let mut line = |colour: &str, name: &str, count: usize| {
        let (name, count) = (escaped(name), thousands(count));
        _ = writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"{cy}\" r=\"5\" fill=\"{colour}\"/><text x=\"{tx}\" y=\"{ty}\">{name} \
             <tspan fill=\"#5c5c66\">{count}</tspan></text>",
            cy = y - 5.0,
            tx = x + 14.0,
            ty = y,
        );
        y += LINE;
    };
    for (rank, (label, count)) in labels.iter().take(LEGEND_LINES).enumerate() {
        line(&label_colour(Some(rank)), label, *count);
    }
    let others: usize = labels.iter().skip(LEGEND_LINES).map(|(_, count)| count).sum();
    if others > 0 {
        let what = format!("{} other labels", thousands(labels.len() - LEGEND_LINES));
        line(&label_colour(None), &what, others);
    }
    let without = placed.iter().filter(|it| it.label.is_none()).count();
    if without > 0 && !labels.is_empty() {
        line(&label_colour(None), "no label", without);
    }
}
