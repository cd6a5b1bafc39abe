//! Words, numbers and signs on a tile and below it.

use std::borrow::Cow;

use eframe::egui::{self, Color32, FontId, Painter, Pos2, Rect, Stroke, Ui, pos2, vec2};

use crate::domain::ImageRef;
use crate::ui::theme::palette;
use crate::ui::widgets::cut_name::file_name;

/// Draws a dot of the label's colour and a line of text, cut off at the end of `rect`.
pub fn paint_caption(ui: &Ui, rect: Rect, dot: Option<Color32>, text: &str, colour: Color32) {
    paint_caption_of(ui, rect, dot, &[(text, colour)]);
}

/// The same of several words, each in a colour of its own. Those for which there is no room are left out, the last first; only the
/// first one is cut off.
pub fn paint_caption_of(ui: &Ui, rect: Rect, dot: Option<Color32>, words: &[(&str, Color32)]) {
    let mut left = rect.left() + 1.0;
    if let Some(dot) = dot {
        ui.painter().circle_filled(pos2(left + 3.5, rect.center().y), 3.5, dot);
        left += 11.0;
    }
    let room = (rect.right() - left).max(0.0);
    let font = FontId::proportional(11.5);
    let of = |words: &[(&str, Color32)]| {
        let mut job = egui::text::LayoutJob::default();
        for (place, (text, colour)) in words.iter().enumerate() {
            let before = if place == 0 { 0.0 } else { 5.0 };
            job.append(text, before, egui::TextFormat::simple(font.clone(), *colour));
        }
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        job.break_on_newline = false;
        ui.painter().layout_job(job)
    };
    let whole = (2..=words.len()).rev().map(|count| of(&words[..count])).find(|galley| !galley.elided);
    let galley = whole.unwrap_or_else(|| of(&words[..words.len().min(1)]));
    let top = rect.center().y - galley.size().y * 0.5;
    ui.painter().galley(pos2(left, top), galley, palette().weak);
}

/// Draws a dot of the label's colour and the name of a file, cut in its middle where there is no room for all of it.
pub fn paint_name(ui: &Ui, rect: Rect, dot: Option<Color32>, name: &str, colour: Color32) {
    let mut left = rect.left() + 1.0;
    if let Some(dot) = dot {
        ui.painter().circle_filled(pos2(left + 3.5, rect.center().y), 3.5, dot);
        left += 11.0;
    }
    let galley = file_name(ui.painter(), name, 11.5, colour, (rect.right() - left).max(0.0), false);
    ui.painter().galley(pos2(left, rect.center().y - galley.size().y * 0.5), galley, colour);
}

/// What a picture is called among others, its label first: `butterfly/image_0001.jpg`, or `moth · image_0001.jpg` where the label
/// is not the folder's name.
pub fn name_among_others(image: ImageRef<'_>) -> Cow<'_, str> {
    match image.label {
        Some(label) if image.path.parent_name() != Some(label) => {
            Cow::Owned(format!("{label} · {}", image.path.file_name()))
        }
        Some(_) | None => Cow::Borrowed(image.path.in_folder()),
    }
}

/// What a picture is called where its label stands beside it: `image_0001.jpg`, or `moths/image_0001.jpg` where the label is not the
/// folder's name, or there is none. In many collections files of each folder are called alike.
pub fn name_beside_label(image: ImageRef<'_>) -> &str {
    let says_folder = image.label.is_some() && image.path.parent_name() == image.label;
    if says_folder { image.path.file_name() } else { image.path.in_folder() }
}

/// Draws a small number in the upper left corner of a picture, and before it a dot of the label's colour.
pub fn paint_number(painter: &Painter, picture: Rect, dot: Option<Color32>, number: &str) {
    let galley = painter.layout_no_wrap(number.to_owned(), FontId::proportional(10.0), Color32::WHITE);
    let before = if dot.is_some() { 12.0 } else { 3.5 };
    let back = Rect::from_min_size(picture.min, galley.size() + vec2(before + 3.5, 1.0));
    painter.rect_filled(back, 3.0, Color32::from_black_alpha(150));
    if let Some(dot) = dot {
        painter.circle_filled(back.left_center() + vec2(6.5, 0.0), 3.0, dot);
    }
    painter.galley(back.min + vec2(before, 0.5), galley, Color32::WHITE);
}

/// Draws a tick around `centre`.
pub fn paint_tick(painter: &Painter, centre: Pos2, colour: Color32) {
    let corners = [vec2(-4.0, 0.0), vec2(-1.5, 3.0), vec2(4.0, -3.5)].map(|offset| centre + offset);
    painter.line(corners.to_vec(), Stroke::new(1.5, colour));
}
