//! Before anything is open: what this is, and the ways in.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::{
    self, Align, Button, CornerRadius, Frame, Layout, Margin, RichText, ScrollArea, Stroke, TextStyle, Ui, vec2,
};

use crate::engine::{NetworkFile, Problem};
use crate::session::notice::NoticeText;
use crate::session::{Action, Session};
use crate::ui::Waker;
use crate::ui::command::Command;
use crate::ui::settings::{RecentFolder, Settings};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{main_button, quiet_button};

/// Width of the column of text in points.
const COLUMN: f32 = 560.0;

/// The welcome view.
#[derive(Default)]
pub struct WelcomeView {
    missing: HashSet<PathBuf>,
    check: Option<Receiver<HashSet<PathBuf>>>,
    checked: Vec<RecentFolder>,
}

impl WelcomeView {
    /// Shows the view.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        settings: &Settings,
        waker: &Waker,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        self.check_recent(&settings.recent, waker);
        ScrollArea::vertical().id_salt("welcome").auto_shrink(false).show(ui, |ui| {
            let room = ui.available_size();
            let width = (room.x - 48.0).clamp(160.0, COLUMN);
            ui.horizontal_top(|ui| {
                ui.add_space(((room.x - width) * 0.5).max(0.0));
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.add_space((room.y * 0.12).clamp(16.0, 120.0));
                    show_title(ui);
                    show_problems(ui, session, actions);
                    show_ways_in(ui, commands);
                    show_network(ui, session, commands);
                    self.show_recent(ui, &settings.recent, actions);
                    ui.add_space(24.0);
                });
            });
        });
    }

    /// Looks which recent folders still exist, off the window's thread: one may lie on a disk that sleeps.
    fn check_recent(&mut self, recent: &[RecentFolder], waker: &Waker) {
        if let Some(missing) = self.check.as_ref().and_then(|check| check.try_recv().ok()) {
            self.missing = missing;
            self.check = None;
        }
        if self.checked == recent {
            return;
        }
        self.checked = recent.to_vec();
        let (done, check) = bounded(1);
        let folders: Vec<PathBuf> = recent.iter().map(|recent| recent.folder.clone()).collect();
        let waker = waker.clone();
        let spawned = thread::Builder::new().name("recent folders".into()).spawn(move || {
            // The window may have moved on.
            let _ = done.send(folders.into_iter().filter(|folder| !folder.is_dir()).collect());
            waker.wake();
        });
        self.check = spawned.ok().map(|_| check);
    }

    fn show_recent(&self, ui: &mut Ui, recent: &[RecentFolder], actions: &mut Vec<Action>) {
        if recent.is_empty() {
            return;
        }
        ui.add_space(20.0);
        ui.label(RichText::new("Recent").color(palette().weak));
        for folder in recent {
            show_recent_row(ui, folder, self.missing.contains(&folder.folder), actions);
        }
    }
}

fn show_title(ui: &mut Ui) {
    let title = TextStyle::Name("Title".into());
    ui.label(RichText::new("Tiramisu").text_style(title).color(palette().strong));
    let purpose = "Look inside a convolutional network through your own pictures.";
    ui.label(RichText::new(purpose).size(16.0).color(palette().text));
    ui.add_space(20.0);
}

fn show_problems(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    for notice in &session.notices {
        let NoticeText::Problem(problem) = &notice.text else { continue };
        if show_problem(ui, problem) {
            actions.push(Action::Dismiss(notice.id));
        }
        ui.add_space(8.0);
    }
}

/// Says whether it was dismissed.
fn show_problem(ui: &mut Ui, problem: &Problem) -> bool {
    let mut is_dismissed = false;
    let frame = Frame::new()
        .fill(palette().problem.gamma_multiply(0.12))
        .stroke(Stroke::new(1.0, palette().problem.gamma_multiply(0.5)))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.label(RichText::new(&problem.what).strong().color(palette().strong));
            ui.label(RichText::new(&problem.why).color(palette().text));
            if !problem.remedy.is_empty() {
                ui.label(RichText::new(&problem.remedy).color(palette().weak));
            }
            is_dismissed = quiet_button(ui, "Dismiss").clicked();
        });
    });
    is_dismissed
}

fn show_ways_in(ui: &mut Ui, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding = vec2(18.0, 10.0);
        ui.spacing_mut().item_spacing.x = 10.0;
        if main_button(ui, "Open a folder…").clicked() {
            commands.push(Command::OpenFolder);
        }
        let sample = Button::new("Explore the sample collection");
        if ui.add(sample).on_hover_text("Pictures the program makes itself: no files needed").clicked() {
            commands.push(Command::OpenSample);
        }
    });
    ui.add_space(4.0);
    let hint = "Or drop a folder anywhere on this window. Pictures stay where they are; nothing is changed or sent.";
    ui.label(RichText::new(hint).color(palette().weak));
}

fn show_network(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.add_space(20.0);
    ui.label(RichText::new("Network").color(palette().weak));
    ui.horizontal_wrapped(|ui| {
        match &session.network {
            NetworkFile::Builtin => {
                let name = ui.label(RichText::new("Built-in").color(palette().strong));
                name.on_hover_text(BUILTIN_ABOUT);
            }
            NetworkFile::File(path) => {
                ui.label(RichText::new(file_name(path)).color(palette().strong))
                    .on_hover_text(path.display().to_string());
                if quiet_button(ui, "Use the built-in one").clicked() {
                    commands.push(Command::BuiltinNetwork);
                }
            }
            NetworkFile::Known(name) => {
                ui.label(RichText::new(name).color(palette().strong));
                if quiet_button(ui, "Use the built-in one").clicked() {
                    commands.push(Command::BuiltinNetwork);
                }
            }
        }
        if quiet_button(ui, "Choose network…").clicked() {
            commands.push(Command::LoadNetwork);
        }
    });
    if session.network == NetworkFile::Builtin {
        ui.label(RichText::new(BUILTIN_ABOUT).small().color(palette().weak));
    }
}

/// Said before anything is open; once it is, the network speaks for itself.
const BUILTIN_ABOUT: &str = "A small network with constructed filters for edges and colours. It has learned nothing and \
    names no classes; load a trained Caffe network (.prototxt or .caffemodel) for more.";

fn show_recent_row(ui: &mut Ui, recent: &RecentFolder, is_missing: bool, actions: &mut Vec<Action>) {
    let path = recent.folder.display().to_string();
    let name = file_name(&recent.folder);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, !is_missing, format!("Open {path}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, 6.0, palette().raised);
    }
    let (title, note) = if is_missing {
        (palette().weak, format!("{path}, no longer there"))
    } else {
        (palette().strong, format!("{path}, {}", recent.network))
    };
    let line = |top: f32| egui::Rect::from_min_size(rect.min + vec2(10.0, top), vec2(rect.width() - 20.0, 18.0));
    paint_line(ui, line(4.0), &name, TextStyle::Body, title);
    paint_line(ui, line(22.0), &note, TextStyle::Small, palette().weak);
    if response.on_hover_text(path).clicked() && !is_missing {
        actions.push(Action::OpenFolder(recent.folder.clone()));
    }
}

fn paint_line(ui: &Ui, rect: egui::Rect, text: &str, style: TextStyle, colour: egui::Color32) {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), style.resolve(ui.style()), colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(rect.min, galley, colour);
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
