//! Notices in the corner: good news fades, problems stay until they are dismissed.

use std::time::Duration;

use eframe::egui::{
    self, Align, Align2, Area, Button, CornerRadius, Frame, Id, Layout, Margin, Order, Rect, RichText, Stroke, Ui, vec2,
};

use super::icons::Icon;
use super::theme::palette;
use super::widgets::text::counted;
use crate::session::{Action, Notice, NoticeText, Phase, Session};

/// How long good news is shown.
const NEWS: Duration = Duration::from_secs(6);

/// Notices shown at once.
const SHOWN: usize = 4;

/// The lowest notice ends so far above the window's lower edge: the status bar and a margin.
const ABOVE_STATUS: f32 = 40.0;

/// It ends so far above the content of the selection: its tabs and a margin.
const ABOVE_SELECTION: f32 = 46.0;

/// Takes good news away once it was shown long enough, wherever that was.
pub fn fade(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    for notice in session.notices() {
        let age = notice.since.elapsed();
        match &notice.text {
            NoticeText::News(_) if age >= NEWS => actions.push(Action::Dismiss(notice.id)),
            NoticeText::News(_) => ctx.request_repaint_after(NEWS.saturating_sub(age)),
            NoticeText::Problem(_) => {}
        }
    }
}

/// Shows the newest notices above the status bar, and above the selection (drawn at `selection`, if it is open) where
/// that is a strip on the ground: its buttons are at its right end. Before anything is open it is good news only: the
/// welcome view shows problems itself.
pub fn show(ctx: &egui::Context, session: &Session, selection: Option<Rect>, actions: &mut Vec<Action>) {
    let is_welcome = matches!(session.opened.phase, Phase::Welcome);
    let is_shown = |notice: &&Notice| !is_welcome || matches!(notice.text, NoticeText::News(_));
    let notices: Vec<&Notice> = session.notices().iter().filter(is_shown).collect();
    if notices.is_empty() {
        return;
    }
    let room = ctx.content_rect();
    let is_strip = |rect: &Rect| rect.top() > room.top() + 0.6 * room.height();
    let above_strip = selection.filter(is_strip).map_or(0.0, |rect| room.bottom() - rect.top() + ABOVE_SELECTION);
    let area = Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-12.0, -above_strip.max(ABOVE_STATUS)))
        .constrain(true);
    area.show(ctx, |ui| {
        ui.set_max_width((room.width() - 24.0).min(380.0));
        ui.with_layout(Layout::top_down(Align::Max), |ui| {
            let hidden = notices.len().saturating_sub(SHOWN);
            if hidden > 0 && ui.button(format!("Dismiss {}", counted(notices.len(), "notice", "notices"))).clicked() {
                actions.extend(notices.iter().map(|notice| Action::Dismiss(notice.id)));
            }
            for notice in &notices[hidden..] {
                show_notice(ui, notice, actions);
            }
        });
    });
}

fn show_notice(ui: &mut Ui, notice: &Notice, actions: &mut Vec<Action>) {
    let edge = match &notice.text {
        NoticeText::News(_) => palette().good,
        NoticeText::Problem(_) => palette().problem,
    };
    let frame = Frame::new()
        .fill(palette().raised)
        .stroke(Stroke::new(1.0, palette().line))
        .corner_radius(CornerRadius::same(8))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin { left: 16, right: 8, top: 8, bottom: 8 });
    let shown = frame.show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let close = Button::new(Icon::Close.small()).frame_when_inactive(false);
            if ui.add(close).on_hover_text("Dismiss").accessible_name("Dismiss notice").clicked() {
                actions.push(Action::Dismiss(notice.id));
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.set_width(ui.available_width());
                match &notice.text {
                    NoticeText::News(news) => {
                        ui.label(RichText::new(news).color(palette().text));
                    }
                    NoticeText::Problem(problem) => {
                        ui.label(RichText::new(&problem.what).strong().color(palette().strong));
                        ui.label(RichText::new(&problem.why).color(palette().text));
                        if !problem.remedy.is_empty() {
                            ui.label(RichText::new(&problem.remedy).color(palette().weak));
                        }
                    }
                }
            });
        });
    });
    let rect = shown.response.rect;
    let bar = Rect::from_min_size(rect.min, vec2(4.0, rect.height()));
    ui.painter().rect_filled(bar, CornerRadius { nw: 8, sw: 8, ne: 0, se: 0 }, edge);
}
