//! What runs now, and what went wrong since the window was opened.

use std::sync::Arc;

use eframe::egui::{self, ProgressBar, RichText, ScrollArea, Ui};

use super::modal;
use crate::domain::LayerTitles;
use crate::engine::Progress;
use crate::session::{Action, Analyse, Choose, Export, Extract, Import, Maintain, Networks, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{duration, job_title, small, thousands};

/// Work that can be stopped.
struct Job<'a> {
    progress: &'a Arc<Progress>,
    stop: Action,
}

/// Says whether it is done.
pub(super) fn show(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) -> bool {
    modal(ctx, "Jobs and problems", 520.0, |ui| {
        let room = (ctx.content_rect().height() - 190.0).max(80.0);
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            let jobs = jobs(session);
            if jobs.is_empty() {
                ui.label(RichText::new("Nothing runs.").color(palette().weak));
            }
            for job in jobs {
                show_job(ui, &job, &session.opened.layer_titles, actions);
            }
            ui.add_space(8.0);
            ui.separator();
            ui.label(RichText::new("Problems").strong().color(palette().strong));
            let mut problems = session.lasting.notices.problems().rev().peekable();
            if problems.peek().is_none() {
                ui.label(RichText::new("None since the window was opened.").color(palette().weak));
            }
            for (since, problem) in problems {
                ui.add_space(4.0);
                ui.horizontal_wrapped(|ui| {
                    ui.label(RichText::new(&problem.what).color(palette().problem));
                    ui.label(RichText::new(ago(since.elapsed().as_secs_f64())).small().color(palette().weak));
                });
                ui.label(&problem.why);
                if !problem.remedy.is_empty() {
                    ui.label(RichText::new(&problem.remedy).color(palette().weak));
                }
            }
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    })
}

/// Nobody needs the seconds, and words that change all the time are hard to read.
fn ago(secs: f64) -> String {
    if secs < 60.0 { "just now".to_owned() } else { format!("{} ago", duration(secs)) }
}

fn jobs(session: &Session) -> Vec<Job<'_>> {
    let opened = &session.opened;
    let known = [
        (&opened.progress, Action::from(Extract::Stop)),
        (&opened.maintenance.progress, Maintain::Stop.into()),
        // It is asked for as long as that is wished.
        (&opened.comparison, Choose::Anywhere(false).into()),
        (&session.lasting.export, Export::Stop.into()),
    ];
    // Each has a way to stop it, and the others go on.
    let analyses = opened.analyses.now();
    let analyses = analyses.map(|begun| Job { progress: &begun.progress, stop: Analyse::Stop(begun.number).into() });
    let import = opened.import.progress().filter(|progress| !progress.has_ended());
    let import = import.map(|progress| Job { progress, stop: Import::Stop.into() });
    let running = known.into_iter().filter_map(|(progress, stop)| {
        let progress = progress.as_ref().filter(|progress| !progress.has_ended())?;
        Some(Job { progress, stop })
    });
    let downloads = session.lasting.networks.downloads.iter().map(|download| Job {
        progress: &download.progress,
        stop: Networks::StopDownload(download.name.clone()).into(),
    });
    running.chain(analyses).chain(import).chain(downloads).collect()
}

fn show_job(ui: &mut Ui, job: &Job<'_>, layers: &LayerTitles, actions: &mut Vec<Action>) {
    let progress = job.progress;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(job_title(progress, layers));
        if progress.is_cancelled() {
            ui.label(RichText::new("Stopping…").small().color(palette().weak));
        } else if ui.add(small("Stop")).accessible_name(format!("Stop: {}", progress.title)).clicked() {
            actions.push(job.stop.clone());
        }
    });
    // The part that is still empty.
    ui.visuals_mut().extreme_bg_color = palette().lifted;
    let bar = ProgressBar::new(progress.share()).desired_height(6.0).fill(palette().accent);
    ui.add(bar).accessible_name(&*progress.title);
    let mut said = format!("{} %", (progress.share() * 100.0).round());
    if progress.total() > 0 {
        let more = if progress.total_is_final() { "" } else { "+" };
        said = format!("{} of {}{more} · {said}", thousands(progress.done()), thousands(progress.total()));
    }
    if progress.total() == 0 && progress.done() > 0 {
        said = format!("{} so far", thousands(progress.done()));
    }
    if progress.elapsed_secs() >= 60.0 {
        said += &format!(" · running for {}", duration(progress.elapsed_secs()));
    }
    if let Some(left_secs) = progress.left_secs().filter(|_| progress.total_is_final()) {
        said += &format!(" · {} left", duration(left_secs));
    }
    ui.label(RichText::new(said).small().color(palette().weak));
}
