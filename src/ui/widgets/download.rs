//! How far a download is.

use eframe::egui::{Button, ProgressBar, Response, RichText, Ui};

use super::text::{bytes, duration};
use crate::engine::Progress;
use crate::ui::theme::palette;

/// A bar of this width (in points) and, with `words`, numbers beside it.
pub fn show_bar(ui: &mut Ui, progress: &Progress, width: f32, words: bool) {
    // The part that is still empty.
    ui.visuals_mut().extreme_bg_color = palette().raised;
    let bar = ProgressBar::new(progress.share()).desired_width(width).desired_height(6.0).fill(palette().accent);
    ui.add(bar).on_hover_text(format!("{}: {}", progress.title, in_words(progress))).accessible_name(&*progress.title);
    if words {
        ui.label(RichText::new(in_words(progress)).small());
    }
}

/// The button that ends it, or a word once it was pressed.
pub fn show_cancel(ui: &mut Ui, progress: &Progress, button: Button<'_>) -> Option<Response> {
    if progress.is_cancelled() {
        ui.label(RichText::new("Stopping…").small().color(palette().weak));
        return None;
    }
    Some(ui.add(button).on_hover_text("Stop. What was downloaded so far is saved"))
}

/// `12 MB of 52 MB · 3.1 MB/s · 13 s left`
pub fn in_words(progress: &Progress) -> String {
    let (done, total) = (progress.done(), progress.total());
    if total == 0 {
        return "Asking the publisher…".to_owned();
    }
    if done >= total {
        return format!("{}, verifying its checksum…", bytes(done as u64));
    }
    let mut words = format!("{} of {}", bytes(done as u64), bytes(total as u64));
    if progress.done_now() > 0 {
        words += &format!("  ·  {}/s", bytes(progress.images_per_sec() as u64));
    }
    if let Some(left_secs) = progress.left_secs() {
        words += &format!("  ·  {} left", duration(left_secs));
    }
    words
}
