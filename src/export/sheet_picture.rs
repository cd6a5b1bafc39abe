//! A contact sheet as pictures: a PNG a page, laid out as the pages of PDF are.

use std::io;
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

use super::canvas::Canvas;
use super::map_layout::{TEXT as DARK, WEAK_TEXT as WEAK};
use super::place::{self, Draft, place_together};
use super::sheet_layout::{Cell, LINE, MARGIN, ON_A_PAGE, PAGE, TEXT, TITLE, caption, number_of, title_of};
use super::shown::{Shown, fitted_into};
use super::{ExportError, ExportRow};
use crate::domain::{ImageId, thousands};

/// Pixels of a point: 144 to the inch, which small pictures have about as many of as they are printed with.
const SCALE: f32 = 2.0;

/// A hundred files of some megabytes; who wants more is better served by one file of PDF.
const MOST_PAGES: usize = 100;

/// Whether such a file is a picture, and not PDF.
pub fn is_picture(out: &Path) -> bool {
    out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"))
}

/// The files of a contact sheet of so many pictures: `out` itself, or of several pages each with its number, as in `sheet-02.png`. PDF
/// is always one.
pub fn files(out: &Path, pictures: usize) -> Vec<PathBuf> {
    let pages = pictures.div_ceil(ON_A_PAGE);
    if pages <= 1 || !is_picture(out) {
        return vec![out.to_owned()];
    }
    // With as many digits as the last has, so that they lie in their order.
    let digits = pages.to_string().len();
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let ending = out.extension().unwrap_or_default().to_string_lossy();
    (1..=pages).map(|page| out.with_file_name(format!("{stem}-{page:0digits$}.{ending}"))).collect()
}

/// Writes the pages of a contact sheet of the images of `shown`: all of them, or none.
///
/// # Errors
/// When they are too many, a file exists and may not be replaced, or something cannot be read or written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    let rows = shown.rows;
    let pages = rows.len().div_ceil(ON_A_PAGE);
    if pages > MOST_PAGES {
        let reason = format!(
            "a contact sheet as PNG holds up to {} pictures on {MOST_PAGES} pages, and these are {}; choose fewer, or write PDF, which \
             holds more in one file",
            thousands(MOST_PAGES * ON_A_PAGE),
            thousands(rows.len())
        );
        return Err(ExportError::NothingToWrite { reason, path: shown.out.to_owned() });
    }
    let files = files(shown.out, rows.len());
    // Before the first page is drawn: of none that is there already it is too late after the last.
    place::check(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>(), shown.overwrite)?;
    let title = title_of(shown.title, rows.len());
    let mut drafts = Vec::with_capacity(files.len());
    for (page, (rows, file)) in rows.chunks(ON_A_PAGE).zip(&files).enumerate() {
        let ids: Vec<ImageId> = rows.iter().map(|row| row.record.id).collect();
        let pictures = (shown.pictures)(&ids).map_err(|error| ExportError::from_writing(&error, file))?;
        let drawn = draw(&title, &number_of(page, pages), rows, &pictures);
        drafts.push(Draft::written(file, shown.overwrite, |writer| {
            let (width, height) = drawn.dimensions();
            let encoded = PngEncoder::new(writer).write_image(&drawn, width, height, ExtendedColorType::Rgb8);
            encoded.map_err(io::Error::other)
        })?);
    }
    place_together(drafts, shown.overwrite)?;
    Ok(rows.len())
}

fn draw(title: &str, number: &str, rows: &[ExportRow], pictures: &[Option<Vec<u8>>]) -> RgbImage {
    let [width, height] = PAGE.map(|side| (side * SCALE).round() as u32);
    let mut canvas = Canvas::new(width, height);
    let line = |canvas: &mut Canvas, at: [f32; 2], size: f32, colour: u32, text: &str, room: f32| {
        canvas.text(text, at.map(|side| side * SCALE), size * SCALE, colour, room * SCALE);
    };
    let across = PAGE[0] - 2.0 * MARGIN;
    line(&mut canvas, [MARGIN, MARGIN + TITLE], TITLE, DARK, title, across);
    line(&mut canvas, [MARGIN, PAGE[1] - MARGIN], TEXT, WEAK, number, across);
    for (place, row) in rows.iter().enumerate() {
        let Cell { left, top, room } = Cell::at(place);
        let below = top + room[1];
        let jpeg = pictures.get(place).and_then(Option::as_deref);
        match jpeg.and_then(|jpeg| fitted_into(jpeg, room.map(|side| (side * SCALE) as u32))) {
            Some(small) => {
                // In the middle, and above its caption.
                let middle = [(left + room[0] / 2.0) * SCALE, below * SCALE - small.height() as f32 / 2.0];
                canvas.framed(&small, middle, 0, DARK);
            }
            None => {
                let why = row.record.problem.as_deref().unwrap_or("no picture yet");
                line(&mut canvas, [left, top + room[1] / 2.0], TEXT, WEAK, why, room[0]);
            }
        }
        let [first, second] = caption(row);
        line(&mut canvas, [left, below + LINE], TEXT, DARK, &first, room[0]);
        line(&mut canvas, [left, below + 2.0 * LINE], TEXT, WEAK, &second, room[0]);
    }
    canvas.into_picture()
}
