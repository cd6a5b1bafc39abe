//! A problem, whole: what, why, and what to do.

use eframe::egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, Stroke, Ui};

use super::text::quiet_button;
use crate::engine::Problem;
use crate::session::{Action, Notice, NoticeOf, NoticeText, Open, Session};
use crate::ui::theme::palette;

/// Shows every problem that was not dismissed yet.
pub fn show_problems(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    show_those(ui, session, |_| true, actions);
}

/// Whether there is a problem that a dialog shows: of what the dialog is for, or why nothing goes on at all.
pub fn has_problems_of(session: &Session, of: NoticeOf) -> bool {
    let is_of_it = |notice: &Notice| is_shown_in_dialog(notice, of) && matches!(notice.text, NoticeText::Problem(_));
    session.notices().iter().any(is_of_it)
}

/// Shows those that a dialog shows, but for the one that it tells itself.
pub fn show_problems_of(
    ui: &mut Ui,
    session: &Session,
    of: NoticeOf,
    told: Option<&Problem>,
    actions: &mut Vec<Action>,
) {
    let is_told = |notice: &Notice| matches!(&notice.text, NoticeText::Problem(problem) if Some(problem) == told);
    show_those(ui, session, |notice| is_shown_in_dialog(notice, of) && !is_told(notice), actions);
}

fn is_shown_in_dialog(notice: &Notice, of: NoticeOf) -> bool {
    notice.of == of || notice.of == NoticeOf::All
}

fn show_those(ui: &mut Ui, session: &Session, is_it: impl Fn(&Notice) -> bool, actions: &mut Vec<Action>) {
    for notice in session.notices().iter().filter(|notice| is_it(notice)) {
        let NoticeText::Problem(problem) = &notice.text else { continue };
        let (is_dismissed, opens) = framed(ui, problem, |ui| {
            let opens = offer_folder(ui, problem);
            (quiet_button(ui, "Dismiss").clicked(), opens)
        });
        let is_done = is_dismissed || opens.is_some();
        actions.extend(opens.map(Action::from));
        if is_done {
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

/// Shows a button that opens the folder which can be opened in the place of what was to be, if there is one; says whether it is to be.
pub fn offer_folder(ui: &mut Ui, problem: &Problem) -> Option<Open> {
    let folder = problem.folder.as_ref()?;
    let button = ui.button("Open its folder").on_hover_text(folder.display().to_string());
    button.clicked().then(|| Open::Folder(folder.clone()))
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
