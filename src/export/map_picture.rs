//! A map as a picture: PNG, laid out as the drawing is, a dot an image or the image itself, small and in a frame of its label's
//! colour.

use std::io;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::ExportError;
use super::canvas::Canvas;
use super::map_layout::{LEGEND_DOT, LETTERS, MapLayout, OPACITY, TEXT, TITLE_LETTERS, WEAK_TEXT};
use super::place::write_whole;
use super::shown::{Labels, Placed, Shown, SmallPictures, drawn_as_pictures, scaled_into};
use crate::domain::{ImageId, MapPicture};

/// Pictures that are held at once.
const FEW: usize = 256;

/// Writes the map of `shown`, which says how large it is and whether images are pictures.
///
/// # Errors
/// When none of the images is on a map, the file exists and may not be replaced, or something cannot be read or written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    let (placed, labels) = shown.placed()?;
    let (title, look, pictures) = (shown.title, shown.look, &mut shown.pictures);
    write_whole(shown.out, shown.overwrite, |writer| {
        let picture = draw(title, &placed, &labels, look, pictures)?.into_picture();
        let (width, height) = picture.dimensions();
        let encoded = PngEncoder::new(writer).write_image(&picture, width, height, ExtendedColorType::Rgb8);
        encoded.map_err(io::Error::other)
    })?;
    Ok(placed.len())
}

fn draw(
    title: &str,
    placed: &[Placed],
    labels: &Labels,
    look: MapPicture,
    pictures: &mut SmallPictures<'_>,
) -> io::Result<Canvas> {
    let layout = MapLayout::of(placed, labels, look.with_pictures);
    let (least, most) = (*MapPicture::WIDTHS_PX.start(), *MapPicture::WIDTHS_PX.end());
    let width_px = look.width_px.clamp(least, most);
    let scale = width_px as f32 / layout.size[0];
    let scaled = |at: [f32; 2]| at.map(|side| side * scale);
    let mut canvas = Canvas::new(width_px, (layout.size[1] * scale).round() as u32);
    canvas.text(title, scaled(layout.title_at), TITLE_LETTERS * scale, TEXT, layout.title_width * scale);
    for (label, members) in &layout.groups {
        for it in members {
            canvas.dot(scaled(layout.at(it)), layout.dot_radius * scale, labels.colour(*label, look.colours), OPACITY);
        }
    }
    if look.with_pictures {
        // Whatever has no picture keeps its dot.
        let side = (layout.picture_side * scale).round().max(1.0) as u32;
        let edge = (scale * 1.5).round().max(1.0) as u32;
        let chosen: Vec<&Placed> = drawn_as_pictures(placed.len()).map(|at| &placed[at]).collect();
        for few in chosen.chunks(FEW) {
            let ids: Vec<ImageId> = few.iter().map(|it| it.row.record.id).collect();
            for (it, jpeg) in few.iter().zip(pictures(&ids)?) {
                if let Some(small) = jpeg.and_then(|jpeg| scaled_into(&jpeg, side)) {
                    canvas.framed(&small, scaled(layout.at(it)), edge, labels.colour(it.label, look.colours));
                }
            }
        }
    }
    for line in &layout.legend {
        canvas.dot(scaled(line.dot_at), LEGEND_DOT * scale, labels.colour(line.label, look.colours), 1.0);
        let [x, y] = scaled(line.text_at);
        let (size, count) = (LETTERS * scale, format!(" {}", line.count));
        let room = line.width * scale - canvas.width_of(&count, size);
        let end = canvas.text(&line.name, [x, y], size, TEXT, room);
        canvas.text(&count, [end, y], size, WEAK_TEXT, f32::INFINITY);
    }
    Ok(canvas)
}
