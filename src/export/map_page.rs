//! A map as a page for any browser: its places, labels and pictures stand in the file itself, which asks nothing of anybody.
//!
//! It can be moved, zoomed and searched, labels can be hidden, and what the pointer is over is shown larger. The page is
//! `map_page/page.html`; here its data are made. Pictures stand on sheets of many, since a browser is slow with thousands of files.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use serde::Serialize;

use super::ExportError;
use super::place::write_whole;
use super::shown::{Labels, Placed, Shown, SmallPictures, drawn_as_pictures, escaped, scaled_into};
use crate::domain::label_palette::LabelPalette;
use crate::domain::{ImageId, counted, thousands};

const PAGE: &str = include_str!("map_page/page.html");

/// The side of a sheet in pixels; every browser takes it.
const SHEET_PX: u32 = 2048;
const SHEET_QUALITY: u8 = 80;
/// Stands for an image without a picture.
const NO_PICTURE: i32 = -1;

/// Writes the map of `shown` with its pictures.
///
/// # Errors
/// When none of the images is on a map, the file exists and may not be replaced, or something cannot be read or written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    let (placed, labels) = shown.placed()?;
    let (title, colours, pictures) = (shown.title, shown.look.colours, &mut shown.pictures);
    write_whole(shown.out, shown.overwrite, |writer| {
        let sheets = Sheets::of(&placed, pictures)?;
        let data = data(title, &placed, &labels, sheets, colours)?;
        let (head, rest) = PAGE.split_once("__DATA__").ok_or_else(|| io::Error::other("the page has no data"))?;
        writer.write_all(head.replace("__TITLE__", &escaped(title)).as_bytes())?;
        writer.write_all(data.as_bytes())?;
        writer.write_all(rest.as_bytes())
    })?;
    Ok(placed.len())
}

#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    about: String,
    /// Two little-endian float32 an image, in the square from 0 to 1; this and what follows in base 64.
    places: String,
    /// A uint32 an image: its label, or how many there are where it has none.
    label_of: String,
    /// An int32 an image: its picture, or -1.
    cell_of: String,
    /// Two bytes a picture: its width and its height.
    sizes: String,
    labels: Vec<Label<'a>>,
    names: Vec<&'a str>,
    /// Pixels of a picture's place on its sheet.
    cell: u32,
    /// Places in a row of a sheet, which has as many rows.
    across: u32,
    sheets: Vec<String>,
}

#[derive(Serialize)]
struct Label<'a> {
    name: &'a str,
    light: Option<String>,
    dark: Option<String>,
}

fn data(title: &str, placed: &[Placed], labels: &Labels, sheets: Sheets, colours: LabelPalette) -> io::Result<String> {
    let numbers = |bytes: Vec<u8>| BASE64.encode(bytes);
    let named = labels.0.iter().map(|label| {
        let colour = |of: &[u32]| label.colour(of).map(|colour| format!("#{colour:06x}"));
        Label { name: label.name, light: colour(colours.colours(false)), dark: colour(colours.colours(true)) }
    });
    let mut about = counted(placed.len(), "picture", "pictures");
    if sheets.drawn < placed.len() {
        about += &format!(", {} of them shown as pictures", thousands(sheets.drawn));
    }
    let label = |it: &Placed| u32::try_from(it.label.unwrap_or(labels.0.len())).unwrap_or(u32::MAX);
    let data = Data {
        title,
        about,
        places: numbers(placed.iter().flat_map(|it| it.at).flat_map(f32::to_le_bytes).collect()),
        label_of: numbers(placed.iter().flat_map(|it| label(it).to_le_bytes()).collect()),
        cell_of: numbers(sheets.cell_of.iter().flat_map(|cell| cell.to_le_bytes()).collect()),
        sizes: numbers(sheets.sizes),
        labels: named.collect(),
        names: placed.iter().map(|it| it.row.record.path.text.as_str()).collect(),
        cell: sheets.cell,
        across: sheets.across,
        sheets: sheets.sources,
    };
    let text = serde_json::to_string(&data)?;
    // Within a page `</script>` would end the data, and `<!--` begin a comment, whatever the names of files are.
    Ok(text.replace('<', "\\u003c"))
}

/// The pictures of a map on sheets.
struct Sheets {
    cell: u32,
    across: u32,
    cell_of: Vec<i32>,
    sizes: Vec<u8>,
    sources: Vec<String>,
    drawn: usize,
}

impl Sheets {
    fn of(placed: &[Placed], pictures: &mut SmallPictures<'_>) -> io::Result<Self> {
        let cell = match placed.len() {
            ..=1_500 => 128,
            1_501..=6_000 => 64,
            _ => 48,
        };
        let across = SHEET_PX / cell;
        let on_a_sheet = (across * across) as usize;
        let mut sheets = Self {
            cell,
            across,
            cell_of: vec![NO_PICTURE; placed.len()],
            sizes: Vec::new(),
            sources: Vec::new(),
            drawn: 0,
        };
        let chosen: Vec<usize> = drawn_as_pictures(placed.len()).collect();
        for part in chosen.chunks(on_a_sheet) {
            let rows = part.len().div_ceil(across as usize).max(1) as u32;
            let mut sheet = RgbImage::new(across * cell, rows * cell);
            // A sheet of large pictures at once would be many.
            for few in part.chunks(256) {
                let ids: Vec<ImageId> = few.iter().map(|place| placed[*place].row.record.id).collect();
                for (place, picture) in few.iter().zip(pictures(&ids)?) {
                    let within = sheets.sizes.len() / 2 - sheets.sources.len() * on_a_sheet;
                    let size = picture
                        .and_then(|it| draw(&it, cell, within as u32 % across, within as u32 / across, &mut sheet));
                    if size.is_some() {
                        sheets.cell_of[*place] = (sheets.sizes.len() / 2) as i32;
                        sheets.drawn += 1;
                    }
                    sheets.sizes.extend(size.unwrap_or([0, 0]));
                }
            }
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, SHEET_QUALITY).encode_image(&sheet).map_err(io::Error::other)?;
            sheets.sources.push(format!("data:image/jpeg;base64,{}", BASE64.encode(jpeg)));
        }
        Ok(sheets)
    }
}

/// Draws a picture into its place, and returns its size there; `None` when it cannot be read.
fn draw(jpeg: &[u8], cell: u32, column: u32, row: u32, sheet: &mut RgbImage) -> Option<[u8; 2]> {
    let small = scaled_into(jpeg, cell)?;
    imageops::replace(sheet, &small, i64::from(column * cell), i64::from(row * cell));
    Some([u8::try_from(small.width()).ok()?, u8::try_from(small.height()).ok()?])
}
