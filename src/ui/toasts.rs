//! Notices in the lower right corner, the newest lowest: good news fades, problems stay until they are dismissed.
//!
//! They lie where nothing is to be pressed: the newest over the pictures of the tray, if it is high enough for that, and the others above
//! the tray.

use std::time::Duration;

use eframe::egui::{
    self, Align, Align2, Area, Button, CornerRadius, Frame, Id, Layout, Margin, Order, Pos2, Rect, RichText, Stroke,
    Ui, pos2, vec2,
};

use super::icons::Icon;
use super::theme::palette;
use super::widgets::text::{counted, small};
use crate::session::{Action, Choose, Notice, NoticeText, Phase, Session};

/// How long good news is shown, and how long of that it fades.
const NEWS: Duration = Duration::from_secs(6);
const FADES: Duration = Duration::from_millis(700);
/// News that can be taken back wait longer for a hand.
const CHOICE: Duration = Duration::from_secs(10);

/// Notices shown at once.
const SHOWN: usize = 4;

/// Width of a notice, at most, in points.
const WIDTH: f32 = 400.0;

/// The lowest notice ends so far above the window's lower edge, where there is no tray: the status bar and a margin.
const ABOVE_STATUS: f32 = 40.0;

/// Between notices, and around them.
const GAP: f32 = 8.0;

/// Height of the line of buttons of the tray, in points.
const BUTTONS: f32 = 38.0;

/// Takes good news away once it was shown long enough, wherever that was.
pub fn fade(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    for notice in session.notices() {
        let age = notice.since.elapsed();
        let stays = stays(notice);
        match &notice.text {
            NoticeText::News(_) if age >= stays => actions.push(Action::Dismiss(notice.id)),
            // From then on in every frame.
            NoticeText::News(_) => ctx.request_repaint_after((stays - age).saturating_sub(FADES)),
            NoticeText::Problem(_) => {}
        }
    }
}

/// How long good news is shown.
fn stays(notice: &Notice) -> Duration {
    if notice.undoes.is_some() { CHOICE } else { NEWS }
}

/// Shows the newest notices, above the status bar and apart from the buttons of the selection, which was drawn at `selection` if it is
/// open. Before anything is open it is good news only: the welcome view shows problems itself.
pub fn show(ctx: &egui::Context, session: &Session, selection: Option<Rect>, actions: &mut Vec<Action>) {
    let is_welcome = matches!(session.opened.phase, Phase::Welcome);
    let is_shown = |notice: &&Notice| !is_welcome || matches!(notice.text, NoticeText::News(_));
    let notices: Vec<&Notice> = session.notices().iter().filter(is_shown).collect();
    let Some((newest, others)) = notices.split_last() else { return };
    let room = ctx.content_rect();
    let is_strip = |rect: &Rect| rect.top() > room.top() + 0.6 * room.height();
    let tray = selection.filter(is_strip);
    let right = tray.map_or(room.right() - GAP, |tray| tray.right()) - GAP;
    let width = WIDTH.min(right - room.left() - GAP);
    // As high as it was in the frame before.
    let id = Id::unique("newest notice");
    let height = ctx.memory(|memory| memory.area_rect(id)).map_or(0.0, |area| area.height());
    let has_room = |tray: &Rect| tray.height() - BUTTONS >= height + GAP;
    let (lowest, next) = match (tray, tray.filter(has_room)) {
        (_, Some(tray)) => (tray.bottom() - GAP / 2.0, tray.top() - GAP),
        (Some(tray), None) => (tray.top() - GAP, tray.top() - 2.0 * GAP - height),
        (None, None) => (room.bottom() - ABOVE_STATUS, room.bottom() - ABOVE_STATUS - GAP - height),
    };
    let shown = show_area(ctx, id, pos2(right, lowest), width, |ui| show_notice(ui, session, newest, actions));
    if (shown.height() - height).abs() > 0.5 {
        // Where it stands depends on that.
        ctx.request_repaint();
    }
    if others.is_empty() {
        return;
    }
    show_area(ctx, Id::unique("older notices"), pos2(right, next), width, |ui| {
        let hidden = notices.len().saturating_sub(SHOWN);
        if hidden > 0 && ui.button(format!("Dismiss {}", counted(notices.len(), "notice", "notices"))).clicked() {
            actions.extend(notices.iter().map(|notice| Action::Dismiss(notice.id)));
        }
        for notice in &others[hidden..] {
            show_notice(ui, session, notice, actions);
        }
    });
}

/// Shows what stands on a point with its lower right corner; says where.
fn show_area(ctx: &egui::Context, id: Id, corner: Pos2, width: f32, add: impl FnOnce(&mut Ui)) -> Rect {
    let area = Area::new(id).order(Order::Foreground).pivot(Align2::RIGHT_BOTTOM).fixed_pos(corner).constrain(true);
    let shown = area.show(ctx, |ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = GAP;
        ui.with_layout(Layout::top_down(Align::Max), add);
    });
    shown.response.rect
}

fn show_notice(ui: &mut Ui, session: &Session, notice: &Notice, actions: &mut Vec<Action>) {
    let left = stays(notice).saturating_sub(notice.since.elapsed());
    if matches!(notice.text, NoticeText::News(_)) && left < FADES {
        ui.set_opacity(left.as_secs_f32() / FADES.as_secs_f32());
    } else {
        ui.set_opacity(1.0);
    }
    // Once something else was chosen, that is what Undo would take back.
    let can_undo = notice.undoes.is_some_and(|state| state == session.opened.history_state());
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
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let close = Button::new(Icon::Close.small()).frame_when_inactive(false);
            if ui.add(close).on_hover_text("Dismiss").accessible_name("Dismiss notice").clicked() {
                actions.push(Action::Dismiss(notice.id));
            }
            if can_undo && ui.add(small("Undo")).accessible_name("Undo what the notice says").clicked() {
                actions.extend([Action::from(Choose::Undo), Action::Dismiss(notice.id)]);
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
