//! The panel, as it is seen.

use eframe::egui::{
    self, Grid, Id, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::figures::Figures;
use super::frame_log::SECONDS;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted, thousands};

/// A frame that takes longer is late on a screen of 60 frames a second, and one of twice as long on one of 30.
const LATE_MS: f64 = 1000.0 / 60.0;
/// Height of the bars.
const BARS: f32 = 54.0;
/// Parts of a frame that are listed.
const PARTS: usize = 8;
/// Causes that are listed.
const CAUSES: usize = 6;

/// Shows the panel over the views, where it can be moved about.
pub(super) fn show(ctx: &egui::Context, figures: &Figures, is_open: &mut bool) {
    let room = ctx.content_rect();
    egui::Window::new("Performance")
        .id(Id::unique("performance"))
        .open(is_open)
        .resizable(false)
        .default_pos(room.right_top() + vec2(-356.0, 40.0))
        .show(ctx, |ui| {
            ui.set_width(320.0);
            ScrollArea::vertical().max_height((room.height() - 120.0).max(120.0)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                show_frames(ui, figures);
                show_parts(ui, figures);
                show_waiting(ui, figures);
                show_memory(ui, figures);
                show_causes(ui, figures);
            });
        });
}

fn show_frames(ui: &mut Ui, figures: &Figures) {
    let times = &figures.times;
    let count = counted(times.frames, "frame", "frames");
    ui.label(format!("{count} in {SECONDS:.0} s: half within {:.1} ms", times.median_ms));
    ui.label(format!("99 of 100 within {:.1} ms, the longest {:.1} ms", times.p99_ms, times.worst_ms));
    show_bars(ui, &figures.bars_ms);
    if let Some(drawn) = &figures.drawn {
        let words =
            format!("By the GPU: half within {:.1} ms, 99 of 100 within {:.1} ms", drawn.median_ms, drawn.p99_ms);
        let hint = "From handing a frame over to its being drawn, to a fifth of a millisecond: the work of the GPU, and what it \
                    waited for, such as a batch of a network. Measured while this panel is open.";
        ui.label(words).on_hover_text(hint);
    }
}

/// A bar a frame, the newest at the right; a line where a frame is late.
fn show_bars(ui: &mut Ui, bars_ms: &[f64]) -> Response {
    let palette = palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BARS), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "What the last frames took"));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 3.0, palette.ground);
    let highest = bars_ms.iter().copied().fold(2.0 * LATE_MS, f64::max);
    let y = |ms: f64| rect.bottom() - (ms / highest) as f32 * (rect.height() - 2.0);
    let width = 2.0;
    for (back, ms) in bars_ms.iter().rev().enumerate() {
        let right = rect.right() - back as f32 * width;
        if right <= rect.left() {
            break;
        }
        let colour = match *ms {
            ms if ms > 2.0 * LATE_MS => palette.problem,
            ms if ms > LATE_MS => palette.warning,
            _ => palette.good,
        };
        let bar = Rect::from_min_max(pos2(right - width, y(*ms).min(rect.bottom() - 1.0)), pos2(right, rect.bottom()));
        painter.rect_filled(bar, 0.0, colour);
    }
    painter.hline(rect.x_range(), y(LATE_MS), Stroke::new(1.0, palette.line));
    response.on_hover_text("Each bar is a frame. Above the line it is late on a screen of 60 frames a second")
}

fn show_parts(ui: &mut Ui, figures: &Figures) {
    heading(ui, "What frames did");
    Grid::new("parts of frames").num_columns(3).spacing([12.0, 2.0]).show(ui, |ui| {
        ui.label("");
        caption(ui, "mean");
        caption(ui, "longest");
        ui.end_row();
        for (part, [mean, longest]) in figures.parts.iter().take(PARTS) {
            ui.label(part.title());
            ui.label(format!("{mean:.2} ms"));
            ui.label(format!("{longest:.2} ms"));
            ui.end_row();
        }
    });
    let [news, requests, uploaded] = figures.done;
    let news = counted(news, "event", "events");
    let requests = counted(requests, "request", "requests");
    caption(ui, &format!("{news} taken in, {requests} sent, {} of thumbnails uploaded", bytes(uploaded as u64)));
}

fn show_waiting(ui: &mut Ui, figures: &Figures) {
    heading(ui, "What waits or runs");
    Grid::new("what waits").num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for (what, count) in &figures.waiting {
            ui.label(*what);
            ui.label(thousands(*count));
            ui.end_row();
        }
        for (title, done, total) in &figures.running {
            ui.label(title);
            ui.label(format!("{} of {}", thousands(*done), thousands(*total)));
            ui.end_row();
        }
    });
}

fn show_memory(ui: &mut Ui, figures: &Figures) {
    heading(ui, "Memory");
    Grid::new("memory").num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for held in &figures.held {
            let name = ui.label(held.by.as_str());
            if !held.hint.is_empty() {
                name.on_hover_text(held.hint);
            }
            ui.label(bytes(held.bytes));
            ui.end_row();
        }
        if let Some(resident) = figures.resident_bytes {
            let counted: u64 = figures.held.iter().filter(|held| held.is_of_process).map(|held| held.bytes).sum();
            let hint = "The program itself, the network, vectors that are kept for the next question, and what the \
                        graphics driver holds";
            ui.label("Everything else").on_hover_text(hint);
            ui.label(bytes(resident.saturating_sub(counted)));
            ui.end_row();
            ui.label("The whole process");
            ui.label(bytes(resident));
            ui.end_row();
        }
    });
}

fn show_causes(ui: &mut Ui, figures: &Figures) {
    if figures.causes.is_empty() {
        return;
    }
    heading(ui, "Why the last frame was drawn");
    for (why, count, place) in figures.causes.iter().take(CAUSES) {
        let text = if *count > 1 { format!("{why}, {count} times") } else { why.clone() };
        ui.add(egui::Label::new(RichText::new(text).small()).truncate()).on_hover_text(place);
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(RichText::new(text).strong().color(palette().strong));
}

fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).small().color(palette().weak));
}
