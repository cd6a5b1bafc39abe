//! A problem, whole: what, why, and what to do.

use eframe::egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, Stroke, Ui};

use super::text::quiet_button;
use crate::engine::Problem;
use crate::session::{Action, NoticeText, Session};
use crate::ui::theme::palette;

/// Shows every problem that was not dismissed yet.
pub fn show_problems(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    show_other_problems(ui, session, None, actions);
}

/// Shows those that a dialog does not tell itself: they wait beneath it else, and may be why nothing goes on in it.
pub fn show_other_problems(ui: &mut Ui, session: &Session, own: Option<&Problem>, actions: &mut Vec<Action>) {
    for notice in session.notices() {
        let NoticeText::Problem(problem) = &notice.text else { continue };
        if Some(problem) == own {
            continue;
        }
        if show_problem(ui, problem) {
            actions.push(Action::Dismiss(notice.id));
        }
        ui.add_space(8.0);
    }
}

/// Tells `told` no longer among the notices: what failed is tried again.
pub fn dismiss(told: &Problem, session: &Session, actions: &mut Vec<Action>) {
    let is_it = |text: &NoticeText| matches!(text, NoticeText::Problem(problem) if problem == told);
    let notices = session.notices().iter().filter(|notice| is_it(&notice.text));
    actions.extend(notices.map(|notice| Action::Dismiss(notice.id)));
}

/// Shows one problem; says whether it was dismissed.
pub fn show_problem(ui: &mut Ui, problem: &Problem) -> bool {
    framed(ui, problem, |ui| quiet_button(ui, "Dismiss").clicked())
}

/// Shows one problem where what is done next takes it away.
pub fn show_standing_problem(ui: &mut Ui, problem: &Problem) {
    framed(ui, problem, |_| ());
}

fn framed<T>(ui: &mut Ui, problem: &Problem, end: impl FnOnce(&mut Ui) -> T) -> T {
    let frame = Frame::new()
        .fill(palette().problem.gamma_multiply(0.12))
        .stroke(Stroke::new(1.0, palette().problem.gamma_multiply(0.5)))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(12));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.label(RichText::new(&problem.what).strong().color(palette().strong));
            ui.label(RichText::new(&problem.why).color(palette().text));
            if !problem.remedy.is_empty() {
                ui.label(RichText::new(&problem.remedy).color(palette().weak));
            }
            end(ui)
        })
    });
    shown.inner.inner
}
