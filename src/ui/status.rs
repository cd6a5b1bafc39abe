//! The line at the bottom: how far the work is, what computes, what is shown.

use eframe::egui::{self, Align, Button, Layout, ProgressBar, RichText, Ui, vec2};

use super::command::Command;
use super::theme::palette;
use super::widgets::download;
use super::widgets::text::{counted, duration, job_title, show_buttons_on_ground, thousands};
use crate::domain::Filter;
use crate::engine::{Collection, FolderChange, Progress};
use crate::session::{Action, Begun, Choose, Export, Extract, Networks, Session};

/// A comparison is told of when it has gone on for so long.
const TOLD_AFTER_SECS: f64 = 0.4;

/// Shows the status bar.
pub fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 10.0;
    // The part of the progress bar that is still empty.
    ui.visuals_mut().extreme_bg_color = palette().lifted;
    show_buttons_on_ground(ui);
    ui.spacing_mut().button_padding = vec2(8.0, 1.0);
    ui.horizontal_centered(|ui| {
        let is_wide = ui.available_width() > 1000.0;
        show_work(ui, session, is_wide, actions);
        show_failures(ui, session, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(collection) = session.collection() {
                show_network(ui, collection);
                show_device(ui, collection);
            }
            show_counts(ui, session);
        });
    });
}

fn show_work(ui: &mut Ui, session: &Session, is_wide: bool, actions: &mut Vec<Action>) {
    match &session.opened.progress {
        Some(progress) if !progress.has_ended() => {
            if show_job(ui, progress, is_wide, ("Cancel", "Stop. What was extracted so far is saved")) {
                actions.push(Extract::Stop.into());
            }
        }
        _ => show_rest(ui, session, actions),
    }
    // What takes a while is said where one looks; the list of jobs has the rest.
    let mut analyses = session.opened.analyses.now().rev();
    if let Some(Begun { progress, .. }) = analyses.next().filter(|_| is_wide) {
        let title = job_title(progress, &session.opened.layer_titles);
        let more = match analyses.count() {
            0 => String::new(),
            others => format!(", and {others} more"),
        };
        let text = format!("{title}: {:.0} %{more}", progress.share() * 100.0);
        ui.separator();
        ui.label(RichText::new(text).small().weak()).on_hover_text(Command::Jobs.with_keys("Stop it, or see the rest"));
    }
    if let Some(import) = session.opened.import.progress().filter(|import| is_wide && !import.has_ended()) {
        ui.separator();
        let hint = Command::Jobs.with_keys("Stop it, or see how far it is");
        ui.label(RichText::new(&import.title).small().weak()).on_hover_text(hint);
    }
    // What takes a moment is over before it could be read.
    let comparison = session.opened.running_comparison().filter(|it| it.elapsed_secs() >= TOLD_AFTER_SECS);
    if let Some(comparison) = comparison {
        ui.separator();
        let stop = ("Stop comparing parts", "Compare the region with the whole of other pictures instead");
        if show_job(ui, comparison, is_wide && !session.is_busy(), stop) {
            actions.push(Choose::Anywhere(false).into());
        }
    }
    if let Some(export) = session.lasting.export.as_ref().filter(|export| !export.has_ended()) {
        ui.separator();
        let is_wide = is_wide && !session.is_busy();
        if !is_wide {
            ui.label(RichText::new("Export").small().weak());
        }
        if show_job(ui, export, is_wide, ("Cancel export", "Stop taking pictures away")) {
            actions.push(Export::Stop.into());
        }
    }
    if let Some(download) = session.lasting.networks.downloads.first() {
        ui.separator();
        ui.label(RichText::new("Download").small().weak());
        download::show_bar(ui, &download.progress, if is_wide { 120.0 } else { 60.0 }, is_wide && !session.is_busy());
        if download::show_cancel(ui, &download.progress, Button::new("Cancel download").small())
            .is_some_and(|button| button.clicked())
        {
            actions.push(Networks::StopDownload(download.name.clone()).into());
        }
    }
}

/// A bar, numbers and a button; says whether that was pressed.
fn show_job(ui: &mut Ui, progress: &Progress, is_wide: bool, (cancel, hint): (&str, &str)) -> bool {
    let bar = ProgressBar::new(progress.share()).desired_width(if is_wide { 160.0 } else { 80.0 }).desired_height(6.0);
    ui.add(bar.fill(palette().accent)).on_hover_text(&progress.title).accessible_name(&*progress.title);
    let text = format!("{}: {}", progress.title, progress_text(progress, is_wide));
    ui.label(RichText::new(text).small());
    if progress.is_cancelled() {
        ui.label(RichText::new("Stopping…").small().weak());
        return false;
    }
    ui.add(Button::new(cancel).small()).on_hover_text(hint).clicked()
}

/// `412 of 1,000 · 23.4 images/s · 25 s left`, where there is room for it; a total that still grows has a plus.
fn progress_text(progress: &Progress, is_wide: bool) -> String {
    let more = if progress.total_is_final() { "" } else { "+" };
    let mut text = format!("{} of {}{more}", thousands(progress.done()), thousands(progress.total()));
    if progress.done_now() > 0 && is_wide {
        text += &format!("  ·  {:.1} images/s", progress.images_per_sec());
    }
    if let (Some(left_secs), true) = (progress.left_secs(), is_wide && progress.total_is_final()) {
        text += &format!("  ·  {} left", duration(left_secs));
    }
    text
}

/// Nothing runs: what there is, and whether something is missing.
fn show_rest(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if session.collection().is_none() {
        return;
    }
    let readable = session.opened.images.len() - session.opened.problem_count.min(session.opened.images.len());
    let extracted = session.opened.committed.map_or(0, |(images, _)| images);
    let change = session.opened.folder_change;
    if change != FolderChange::default() {
        show_change(ui, change, actions);
    } else if extracted >= readable {
        let text = format!("{} extracted", counted(extracted, "image", "images"));
        ui.label(RichText::new(text).small().weak());
    } else {
        let text = format!("{} not extracted", counted(readable - extracted, "image", "images"));
        ui.label(RichText::new(text).small());
        if ui.add(Button::new("Extract").small()).on_hover_text("Continue where it stopped").clicked() {
            actions.push(Extract::Start.into());
        }
    }
}

/// What happened in the folder, and a button that takes it in.
fn show_change(ui: &mut Ui, change: FolderChange, actions: &mut Vec<Action>) {
    ui.label(RichText::new(format!("In the folder: {}", change.in_words())).small().color(palette().accent));
    let button = ui.add(Button::new("Take in").small());
    if button.on_hover_text("Extract what is new and changed, and mark what is removed").clicked() {
        actions.push(Extract::Start.into());
    }
}

fn show_failures(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if session.opened.problem_count == 0 {
        return;
    }
    let only_problems = session.opened.chosen.filter.only_problems;
    let text = match (session.opened.problem_count - session.opened.gone_count, session.opened.gone_count) {
        (unreadable, 0) => format!("{} unreadable", thousands(unreadable)),
        (0, gone) => format!("{} gone", thousands(gone)),
        (unreadable, gone) => format!("{} unreadable, {} gone", thousands(unreadable), thousands(gone)),
    };
    let button = Button::selectable(only_problems, RichText::new(text).small().color(palette().problem));
    if ui.add(button).on_hover_text("Show only the pictures that could not be read").clicked() {
        actions.push(
            Choose::Filter(Filter { only_problems: !only_problems, ..session.opened.chosen.filter.clone() }).into(),
        );
    }
}

fn show_counts(ui: &mut Ui, session: &Session) {
    if session.collection().is_none() {
        return;
    }
    let selected = session.opened.chosen.selection.len();
    if selected > 0 {
        ui.label(RichText::new(format!("{} selected", thousands(selected))).small().color(palette().accent));
    }
    let text = format!("{} of {} shown", thousands(session.opened.shown.len()), thousands(session.opened.images.len()));
    ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
}

fn show_device(ui: &mut Ui, collection: &Collection) {
    // `CPU (flex): the only adapter is a software renderer` is short before the colon and explains after it.
    let short = collection.device.split(':').next().unwrap_or(&collection.device);
    let label = egui::Label::new(RichText::new(short).small().weak()).truncate();
    ui.add(label).on_hover_text(format!("Computing on {}", collection.device));
}

fn show_network(ui: &mut Ui, collection: &Collection) {
    let label = egui::Label::new(RichText::new(&collection.network_name).small().weak()).truncate();
    ui.add(label).on_hover_ui(|ui| {
        ui.strong(&collection.network_name);
        ui.label(&collection.network_about);
        ui.label(RichText::new(format!("Workspace: {}", collection.workspace.display())).small().weak());
    });
}
