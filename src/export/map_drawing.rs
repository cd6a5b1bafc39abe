//! A map as a drawing: SVG, a dot an image, in the colour of its label, with a legend.

use std::fmt::Write;

use super::ExportError;
use super::map_layout::{LEGEND_DOT, LETTERS, MapLayout, OPACITY, TEXT, TITLE_LETTERS, WEAK_TEXT};
use super::place::write_whole;
use super::shown::{Labels, Placed, Shown, escaped};
use crate::domain::label_palette::LabelPalette;

/// Writes the map of `shown`.
///
/// # Errors
/// When none of the images is on a map, the file exists and may not be replaced, or cannot be written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    let (placed, labels) = shown.placed()?;
    let drawing = drawing(shown.title, &placed, &labels, shown.look.colours);
    write_whole(shown.out, shown.overwrite, |writer| writer.write_all(drawing.as_bytes()))?;
    Ok(placed.len())
}

fn drawing(title: &str, placed: &[Placed], labels: &Labels, colours: LabelPalette) -> String {
    let layout = MapLayout::of(placed, labels, false);
    let [width, height] = layout.size;
    let [title_x, title_y] = layout.title_at;
    let title = escaped(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"{LETTERS}\" fill=\"#{TEXT:06x}\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{title_x}\" y=\"{title_y}\" font-size=\"{TITLE_LETTERS}\">{title}</text>\n",
    );
    for (label, members) in &layout.groups {
        let colour = labels.colour(*label, colours);
        _ = writeln!(svg, "<g fill=\"#{colour:06x}\" fill-opacity=\"{OPACITY}\">");
        for it in members {
            let ([x, y], radius) = (layout.at(it), layout.dot_radius);
            let name = escaped(&it.row.record.path.text);
            _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{name}</title></circle>");
        }
        svg.push_str("</g>\n");
    }
    for line in &layout.legend {
        let ([cx, cy], [x, y]) = (line.dot_at, line.text_at);
        let (colour, name, count) = (labels.colour(line.label, colours), escaped(&line.name), &line.count);
        _ = writeln!(
            svg,
            "<circle cx=\"{cx}\" cy=\"{cy}\" r=\"{LEGEND_DOT}\" fill=\"#{colour:06x}\"/><text x=\"{x}\" y=\"{y}\">{name} \
             <tspan fill=\"#{WEAK_TEXT:06x}\">{count}</tspan></text>",
        );
    }
    svg.push_str("</svg>\n");
    svg
}
