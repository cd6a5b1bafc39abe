//! A contact sheet: the pictures small, thirty on a page, each with its name, its label and its score. PDF of A4 pages; a file of
//! another ending is [a picture a page](super::sheet_picture).
//!
//! Names are set in Helvetica, which every reader of PDF has and which writes what is written in western Europe; any other
//! character becomes a question mark.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::place::write_whole;
use super::sheet_layout::{Cell, LINE, MARGIN, ON_A_PAGE, PAGE, TEXT, TITLE, caption, number_of, title_of};
use super::shown::{Shown, shortened};
use super::{ExportError, ExportRow, sheet_picture};
use crate::domain::{ImageId, thousands};

/// More do not fit in memory with certainty, and nobody turns seven hundred pages.
const MOST_PICTURES: usize = 20_000;

const FONT: Name<'static> = Name(b"F");

/// Writes a contact sheet of the images of `shown`.
///
/// # Errors
/// When they are too many, the file exists and may not be replaced, or something cannot be read or written.
pub fn write(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    if sheet_picture::is_picture(shown.out) {
        return sheet_picture::write(shown);
    }
    let rows = shown.rows;
    if rows.len() > MOST_PICTURES {
        let reason = format!(
            "a contact sheet holds up to {} pictures, and these are {}; choose fewer",
            thousands(MOST_PICTURES),
            thousands(rows.len())
        );
        return Err(ExportError::NothingToWrite { reason, path: shown.out.to_owned() });
    }
    let (title, pictures) = (shown.title, &mut shown.pictures);
    write_whole(shown.out, shown.overwrite, |writer| {
        let mut sheet = Sheet::new(title, rows.len());
        for page in rows.chunks(ON_A_PAGE) {
            let ids: Vec<ImageId> = page.iter().map(|row| row.record.id).collect();
            sheet.page(page, &pictures(&ids)?);
        }
        writer.write_all(&sheet.end())
    })?;
    Ok(rows.len())
}

struct Sheet {
    pdf: Pdf,
    title: String,
    pages: usize,
    next: i32,
    kids: Vec<Ref>,
    tree: Ref,
    font: Ref,
}

impl Sheet {
    fn new(title: &str, pictures: usize) -> Self {
        let mut pdf = Pdf::new();
        let [catalog, tree, font, about] = [1, 2, 3, 4].map(Ref::new);
        pdf.catalog(catalog).pages(tree);
        pdf.type1_font(font).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
        pdf.document_info(about).title(TextStr(title)).creator(TextStr("Tiramisu"));
        let title = title_of(title, pictures);
        Self { pdf, title, pages: pictures.div_ceil(ON_A_PAGE), next: 5, kids: Vec::new(), tree, font }
    }

    fn id(&mut self) -> Ref {
        let id = Ref::new(self.next);
        self.next += 1;
        id
    }

    fn page(&mut self, rows: &[ExportRow], pictures: &[Option<Vec<u8>>]) {
        let (page, content) = (self.id(), self.id());
        let mut drawn = Content::new();
        self.frame(&mut drawn);
        let mut images = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let Cell { left, top, room } = Cell::at(place);
            // A page of PDF counts upwards.
            let top = PAGE[1] - top;
            let picture = pictures.get(place).and_then(Option::as_deref);
            match picture.and_then(|jpeg| Some((jpeg, size_of(jpeg)?))) {
                Some((jpeg, size)) => {
                    let id = self.image(jpeg, size);
                    let name = format!("I{place}");
                    let [w, h] = size.map(|side| side.max(1) as f32);
                    let scale = (room[0] / w).min(room[1] / h);
                    let [w, h] = [w * scale, h * scale];
                    // In the middle, and above its caption.
                    let at = [left + (room[0] - w) / 2.0, top - room[1]];
                    drawn.save_state().transform([w, 0.0, 0.0, h, at[0], at[1]]);
                    drawn.x_object(Name(name.as_bytes())).restore_state();
                    images.push((name, id));
                }
                None => {
                    let why = row.record.problem.as_deref().unwrap_or("no picture yet");
                    line(&mut drawn, [left, top - room[1] / 2.0], TEXT, 0.45, why, room[0]);
                }
            }
            let below = top - room[1] - LINE;
            let [first, second] = caption(row);
            line(&mut drawn, [left, below], TEXT, 0.1, &first, room[0]);
            line(&mut drawn, [left, below - LINE], TEXT, 0.45, &second, room[0]);
        }
        self.pdf.stream(content, &drawn.finish());
        let mut written = self.pdf.page(page);
        written.media_box(Rect::new(0.0, 0.0, PAGE[0], PAGE[1])).parent(self.tree).contents(content);
        let mut resources = written.resources();
        resources.fonts().pair(FONT, self.font);
        let mut named = resources.x_objects();
        for (name, id) in &images {
            named.pair(Name(name.as_bytes()), *id);
        }
        named.finish();
        resources.finish();
        written.finish();
        self.kids.push(page);
    }

    fn frame(&self, drawn: &mut Content) {
        let width = PAGE[0] - 2.0 * MARGIN;
        line(drawn, [MARGIN, PAGE[1] - MARGIN - TITLE], TITLE, 0.1, &self.title, width);
        let number = number_of(self.kids.len(), self.pages);
        line(drawn, [MARGIN, MARGIN], TEXT, 0.45, &number, width);
    }

    fn image(&mut self, jpeg: &[u8], size: [u32; 2]) -> Ref {
        let id = self.id();
        let [width, height] = size.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        let mut image = self.pdf.image_xobject(id, jpeg);
        // That of a stream, which an image is, too.
        image.filter(Filter::DctDecode);
        image.width(width).height(height).bits_per_component(8);
        image.color_space().device_rgb();
        image.finish();
        id
    }

    fn end(mut self) -> Vec<u8> {
        let count = i32::try_from(self.kids.len()).unwrap_or(i32::MAX);
        self.pdf.pages(self.tree).kids(self.kids.iter().copied()).count(count);
        self.pdf.finish()
    }
}

/// Width and height of a JPEG; `None` when it is none.
fn size_of(jpeg: &[u8]) -> Option<[u32; 2]> {
    let (width, height) = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg).into_dimensions().ok()?;
    Some([width, height])
}

/// One line of text from `at` on, shortened to `width`.
fn line(drawn: &mut Content, at: [f32; 2], size: f32, grey: f32, text: &str, width: f32) {
    // Helvetica's letters are a half of its size wide in the middle; capitals are wider.
    let most = (width / (size * 0.54)) as usize;
    let bytes = win_ansi(&shortened(text, most));
    drawn.begin_text().set_font(FONT, size).set_fill_gray(grey).next_line(at[0], at[1]).show(Str(&bytes)).end_text();
}

/// The text as Windows' code page 1252 has it.
fn win_ansi(text: &str) -> Vec<u8> {
    let byte = |character: char| match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).unwrap_or(b'?'),
        '…' => 0x85,
        '–' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '€' => 0x80,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}
