//! Numbers and times as a person reads them, names where there is little room, and buttons with a voice.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    self, Atom, Button, Color32, FontId, Galley, IntoAtoms, Painter, Rect, RichText, Shape, Stroke, TextStyle, Ui,
    pos2, vec2,
};

use crate::domain::LayerTitles;
use crate::engine::{AnalysisWish, Progress};
use crate::ui::theme::palette;

pub use crate::domain::in_words::{bytes, counted, duration, elapsed, millis, ordinal, thousands};

/// Words with a large first letter: `Cluster 3` of `cluster 3`.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The shape of an activation: `512 × 13 × 13`, or `1000` for a vector.
pub fn shape_text([c, h, w]: [usize; 3]) -> String {
    if h * w == 1 { c.to_string() } else { format!("{c} × {h} × {w}") }
}

/// What a job is called, the layer that it ends with by its short name: `UMAP of block 12`.
pub fn job_title(job: &Progress, layers: &LayerTitles) -> String {
    let layer = job.wish.as_ref().and_then(AnalysisWish::layer);
    match layer.and_then(|layer| Some((job.title.strip_suffix(layer)?, layer))) {
        Some((words, layer)) => format!("{words}{}", layers.of_name(layer)),
        None => job.title.clone(),
    }
}

/// A number in three digits or so: `950`, `74 k`, `1.2 M`, `3.9 G`.
pub fn with_unit(count: u64) -> String {
    match count {
        1_000_000_000.. => format!("{:.1} G", count as f64 / 1e9),
        1_000_000.. => format!("{:.1} M", count as f64 / 1e6),
        10_000.. => format!("{} k", count / 1000),
        _ => count.to_string(),
    }
}

/// The one button of a place that matters most.
pub fn main_button(ui: &mut Ui, text: &str) -> egui::Response {
    let button = Button::new(RichText::new(text).color(palette().on_accent).strong()).fill(palette().accent);
    ui.add(button)
}

/// Says on a button that it opens a menu.
pub fn menu_arrow(colour: Color32) -> Atom<'static> {
    Atom::paint(vec2(8.0, 4.0), move |ui, args| {
        let Rect { min, max } = args.rect;
        let below = pos2((min.x + max.x) / 2.0, max.y);
        ui.painter().add(Shape::convex_polygon(vec![min, pos2(max.x, min.y), below], colour, Stroke::NONE));
    })
}

/// Height of a button among small words, in points: what stands on it has room above and below.
const SMALL_HEIGHT: f32 = 20.0;

/// A button among small words.
pub fn small<'a>(content: impl IntoAtoms<'a>) -> Button<'a> {
    Button::new(content).small().min_size(vec2(0.0, SMALL_HEIGHT))
}

/// Lets buttons be seen on the ground of the window: their usual colour is made for panels, and in the light theme that is
/// the ground's.
pub fn show_buttons_on_ground(ui: &mut Ui) {
    if !palette().is_dark {
        let resting = &mut ui.visuals_mut().widgets.inactive;
        resting.weak_bg_fill = palette().panel;
        resting.bg_stroke = Stroke::new(1.0, palette().line);
    }
}

/// A button that is only a word.
pub fn quiet_button(ui: &mut Ui, text: &str) -> egui::Response {
    ui.add(Button::new(RichText::new(text).color(palette().accent)).frame_when_inactive(false))
}

/// Paints one line into `rect`, cut short where it is too long.
pub fn paint_line(ui: &Ui, rect: Rect, text: &str, style: TextStyle, colour: Color32) {
    let font = style.resolve(ui.style());
    ui.painter().galley(rect.min, line_of(ui.painter(), text.to_owned(), font, colour, rect.width()), colour);
}

/// One line of `size` points, cut at its end where it is wider than `width`.
pub fn single_line(painter: &Painter, text: String, size: f32, colour: Color32, width: f32) -> Arc<Galley> {
    line_of(painter, text, FontId::proportional(size), colour, width)
}

fn line_of(painter: &Painter, text: String, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text, font, colour);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    painter.layout_job(job)
}

/// A name at the left and a number at the right of a line, the name cut short where there is no room for both.
pub fn paint_name_and_number(ui: &Ui, rect: Rect, name: &str, number: &str, is_strong: bool) {
    let palette = palette();
    let painter = ui.painter_at(rect);
    let number = single_line(&painter, number.to_owned(), 11.5, palette.weak, rect.width());
    let room = rect.width() - number.size().x - 6.0;
    let colour = if is_strong { palette.strong } else { palette.text };
    let name = single_line(&painter, name.to_owned(), 12.0, colour, room);
    let top = |height: f32| rect.center().y - height / 2.0;
    painter.galley(pos2(rect.right() - number.size().x, top(number.size().y)), number, palette.weak);
    painter.galley(pos2(rect.left(), top(name.size().y)), name, colour);
}

/// As many of the first words as there is room for, whole, and a sign where others follow; the first one is cut where even that is too
/// long.
pub fn first_words(painter: &Painter, text: &str, size: f32, colour: Color32, width: f32) -> Arc<Galley> {
    let line = |text: &str| single_line(painter, text.to_owned(), size, colour, width);
    let shorter = text.rmatch_indices(' ').map(|(end, _)| format!("{}…", text[..end].trim_end()));
    let mut offers = std::iter::once(text.to_owned()).chain(shorter).map(|offer| line(&offer));
    let fits = offers.find(|galley| !galley.elided);
    fits.unwrap_or_else(|| line(text.split(' ').next().unwrap_or(text)))
}

/// What a layer is called in so much room: with its channels, without them, or by the first words of its name, but with no word cut.
pub fn layer_in_room(
    painter: &Painter,
    titles: &LayerTitles,
    layer: usize,
    size: f32,
    colour: Color32,
    width: f32,
) -> Arc<Galley> {
    let whole = single_line(painter, titles.title(layer).to_owned(), size, colour, width);
    if whole.elided { first_words(painter, titles.name(layer), size, colour, width) } else { whole }
}

/// A layer's name on one line. Names of a network's layers begin alike and differ at their ends: where there is no room,
/// the first parts go (`…12.expand3x3`).
pub fn end_of_name(painter: &Painter, name: &str, size: f32, colour: Color32, width: f32) -> Arc<Galley> {
    let line = |text: String| single_line(painter, text, size, colour, width);
    let whole = line(name.to_owned());
    if !whole.elided {
        return whole;
    }
    let mut parts = name.match_indices(['/', '.']).map(|(place, _)| &name[place + 1..]).filter(|part| !part.is_empty());
    let shorter = parts.clone().map(|part| line(format!("…{part}"))).find(|galley| !galley.elided);
    shorter.unwrap_or_else(|| parts.next_back().map_or(whole, |part| line(part.to_owned())))
}
