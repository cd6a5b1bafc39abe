//! Notices in the lower right corner, the newest lowest: good news fades, problems stay until they are dismissed.
//!
//! They lie where nothing is to be pressed: the newest over the pictures of the tray, if it is high enough for that, and the others above
//! the tray. Where that would be over pictures the views leave them room (`Toasts::room`).

pub mod seen;

use std::time::{Duration, Instant};

use eframe::egui::{
    self, Align, Align2, Area, Button, CornerRadius, Frame, Id, Layout, Margin, Order, Pos2, Rect, RichText, Stroke,
    Ui, pos2, vec2,
};

use super::icons::Icon;
use super::theme::palette;
use super::widgets::problem::offer_folder;
use super::widgets::text::{counted, small};
use crate::session::{Action, Choose, Notice, NoticeText, Phase, Session};
use seen::{LONGEST, Seen};

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

/// How long good news is shown.
fn stays(notice: &Notice) -> Duration {
    if notice.undoes.is_some() { CHOICE } else { NEWS }
}

/// The notices of a window, and how long each was seen.
#[derive(Default)]
pub struct Toasts {
    seen: Seen,
    /// Height of those above the tray in the last frame, and of the gaps around them.
    above: f32,
}

/// Notices take this share of the height from the views at most: more of them lie over these.
const ROOM_SHARE: f32 = 0.4;

impl Toasts {
    /// None is shown in this frame: all stay as they are.
    pub(super) fn wait(&mut self) {
        self.seen.see(&[], Instant::now());
        self.above = 0.0;
    }

    /// How much of a height above the tray notices want for themselves.
    pub(super) fn room(&self, height: f32) -> f32 {
        self.above.min(height * ROOM_SHARE).round()
    }

    /// Shows the newest notices, above the status bar and apart from the buttons of the selection, which was drawn at `selection` if it
    /// is open. Before anything is open it is good news only: the welcome view shows problems itself. Good news that was seen long enough
    /// is taken away.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        selection: Option<Rect>,
        actions: &mut Vec<Action>,
    ) {
        let is_welcome = matches!(session.opened.phase, Phase::Welcome);
        let is_shown = |notice: &&Notice| !is_welcome || matches!(notice.text, NoticeText::News(_));
        let notices: Vec<&Notice> = session.notices().iter().filter(is_shown).collect();
        let hidden = notices.len().saturating_sub(SHOWN);
        let above = std::mem::take(&mut self.above);
        let left = fade(&mut self.seen, ctx, session, &notices[hidden..], actions);
        let Some((newest, others)) = notices.split_last() else {
            if above > 0.0 {
                // The views have that room again.
                ctx.request_repaint();
            }
            return;
        };
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
        let show_one = |ui: &mut Ui, notice: &Notice, actions: &mut Vec<Action>| {
            show_notice(ui, session, notice, left(notice), actions);
        };
        let shown = show_area(ctx, id, pos2(right, lowest), width, |ui| show_one(ui, newest, actions));
        if (shown.height() - height).abs() > 0.5 {
            // Where it stands depends on that.
            ctx.request_repaint();
        }
        let mut top = shown.top();
        if !others.is_empty() {
            let older = show_area(ctx, Id::unique("older notices"), pos2(right, next), width, |ui| {
                let words = || format!("Dismiss {}", counted(notices.len(), "notice", "notices"));
                if hidden > 0 && ui.button(words()).clicked() {
                    actions.extend(notices.iter().map(|notice| Action::Dismiss(notice.id)));
                }
                for notice in &others[hidden..] {
                    show_one(ui, notice, actions);
                }
            });
            top = older.top();
        }
        self.above = tray.filter(|tray| top < tray.top()).map_or(0.0, |tray| tray.top() - top + GAP);
        if (self.above - above).abs() > 0.5 {
            // The views leave them that room from the next frame on.
            ctx.request_repaint();
        }
    }
}

/// Takes good news away among those that are `drawn` now, once it was seen long enough; how much longer each stays.
fn fade<'a>(
    seen: &'a mut Seen,
    ctx: &egui::Context,
    session: &Session,
    drawn: &[&Notice],
    actions: &mut Vec<Action>,
) -> impl Fn(&Notice) -> Duration + use<'a> {
    let now = Instant::now();
    let ids: Vec<u64> = drawn.iter().map(|notice| notice.id).collect();
    seen.keep(|id| session.notices().iter().any(|notice| notice.id == id));
    seen.see(&ids, now);
    let seen = &*seen;
    let left = move |notice: &Notice| stays(notice).saturating_sub(seen.time_of(notice.id, now));
    for notice in drawn.iter().filter(|notice| matches!(notice.text, NoticeText::News(_))) {
        match left(notice) {
            Duration::ZERO => actions.push(Action::Dismiss(notice.id)),
            // In the end in every frame, and until then as often as its time goes on.
            left => ctx.request_repaint_after(left.saturating_sub(FADES).min(LONGEST / 2)),
        }
    }
    left
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

/// Shows one that stays so much longer, if it is good news.
fn show_notice(ui: &mut Ui, session: &Session, notice: &Notice, left: Duration, actions: &mut Vec<Action>) {
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
                        if let Some(open) = offer_folder(ui, problem) {
                            actions.extend([open.into(), Action::Dismiss(notice.id)]);
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
