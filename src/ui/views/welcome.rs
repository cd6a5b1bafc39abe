//! Before anything is open: what this is, and the ways in.

use std::collections::HashSet;
use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::{self, Button, RichText, ScrollArea, TextStyle, Ui, vec2};

use crate::engine::NetworkFile;
use crate::session::{Action, Networks, Place, Session};
use crate::ui::Waker;
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::network_words::{self, file_name};
use crate::ui::settings::RecentFolder;
use crate::ui::theme::palette;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::download;
use crate::ui::widgets::problem::show_problems;
use crate::ui::widgets::text::{main_button, paint_line, quiet_button, show_buttons_on_ground};

/// Width of the column of text in points.
const COLUMN: f32 = 560.0;

/// The welcome view.
#[derive(Default)]
pub struct WelcomeView {
    /// Recent folders and workspaces that are not there any more.
    missing: HashSet<PathBuf>,
    check: Option<Receiver<HashSet<PathBuf>>>,
    checked: Vec<RecentFolder>,
}

impl View for WelcomeView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, settings, waker, actions, commands, .. } = cx;
        self.check_recent(settings.listed(), waker);
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
                    show_network(ui, session, actions, commands);
                    match settings.listed() {
                        // Who comes for the first time is told what there will be to do.
                        [] => show_places(ui),
                        recent => self.show_recent(ui, recent, actions),
                    }
                    ui.add_space(24.0);
                });
            });
        });
    }
}

impl WelcomeView {
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
        let places = |recent: &RecentFolder| std::iter::once(recent.folder.clone()).chain(recent.workspace.clone());
        let folders: Vec<PathBuf> = recent.iter().flat_map(places).collect();
        let waker = waker.clone();
        let spawned = thread::Builder::new().name("recent folders".into()).spawn(move || {
            // The window may have moved on.
            let _ = done.send(folders.into_iter().filter(|folder| !folder.is_dir()).collect());
            waker.wake();
        });
        self.check = spawned.ok().map(|_| check);
    }

    fn show_recent(&self, ui: &mut Ui, recent: &[RecentFolder], actions: &mut Vec<Action>) {
        ui.add_space(20.0);
        ui.label(RichText::new("Recent").color(palette().weak));
        for folder in recent {
            self.show_recent_row(ui, folder, actions);
        }
    }

    fn show_recent_row(&self, ui: &mut Ui, recent: &RecentFolder, actions: &mut Vec<Action>) {
        let (path, title) = (recent.folder.display().to_string(), recent.title());
        let name = file_name(&recent.folder);
        let is_missing = self.missing.contains(&recent.folder);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, !is_missing, format!("Open {title}")));
        if response.hovered() {
            ui.painter().rect_filled(rect, 6.0, palette().raised);
        }
        let is_lost = |workspace: &PathBuf| self.missing.contains(workspace);
        let (colour, note) = match &recent.workspace {
            _ if is_missing => (palette().weak, format!("{path}, no longer there")),
            Some(workspace) if is_lost(workspace) => {
                let lost = workspace.display();
                (palette().strong, format!("{path}, will be extracted again: its workspace is no longer at {lost}"))
            }
            _ => (palette().strong, format!("{title}, {}", recent.network)),
        };
        let line = |top: f32| egui::Rect::from_min_size(rect.min + vec2(10.0, top), vec2(rect.width() - 20.0, 18.0));
        paint_line(ui, line(4.0), &name, TextStyle::Body, colour);
        paint_line(ui, line(22.0), &note, TextStyle::Small, palette().weak);
        if response.on_hover_text(note).clicked() && !is_missing {
            actions.push(recent.open());
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

fn show_ways_in(ui: &mut Ui, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding = vec2(18.0, 10.0);
        ui.spacing_mut().item_spacing.x = 10.0;
        if main_button(ui, "Open a folder…").clicked() {
            commands.push(Command::OpenFolder);
        }
        show_buttons_on_ground(ui);
        let sample = Button::new("Explore the sample collection");
        if ui.add(sample).on_hover_text("Pictures the program makes itself: no files needed").clicked() {
            commands.push(Command::OpenSample);
        }
    });
    ui.add_space(4.0);
    let hint = "Or drop a folder, or a network's file, anywhere on this window. Pictures stay where they are; nothing is \
                changed or sent.";
    ui.label(RichText::new(hint).color(palette().weak));
}

/// What one can do with pictures, each with the sign that leads there later.
fn show_places(ui: &mut Ui) {
    ui.add_space(24.0);
    ui.label(RichText::new("What you can do").color(palette().weak));
    ui.add_space(2.0);
    for place in Place::ALL {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), egui::Sense::hover());
        let told = format!("{}: {}", place.name(), place.about());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &told));
        let sign = egui::pos2(rect.left() + 14.0, rect.center().y);
        Icon::of_place(place).paint(ui.painter(), sign, 26.0, palette().accent);
        let line = |top: f32| {
            let from = rect.min + vec2(42.0, top);
            egui::Rect::from_min_size(from, vec2(rect.width() - 42.0, 18.0))
        };
        paint_line(ui, line(4.0), place.name(), TextStyle::Body, palette().strong);
        paint_line(ui, line(23.0), place.about(), TextStyle::Small, palette().weak);
    }
}

fn show_network(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>, commands: &mut Vec<Command>) {
    ui.add_space(20.0);
    ui.label(RichText::new("Network").color(palette().weak));
    ui.horizontal_wrapped(|ui| {
        let name = RichText::new(network_words::title(&session.lasting.network, session)).color(palette().strong);
        let name = ui.label(name);
        if let NetworkFile::File(path) = &session.lasting.network {
            name.on_hover_text(path.display().to_string());
        }
        if quiet_button(ui, Command::Networks.name()).on_hover_text("See the list, and download one").clicked() {
            commands.push(Command::Networks);
        }
        if quiet_button(ui, Command::LoadNetwork.name()).clicked() {
            commands.push(Command::LoadNetwork);
        }
        if session.lasting.network != NetworkFile::Builtin && quiet_button(ui, "Use the built-in one").clicked() {
            commands.push(Command::BuiltinNetwork);
        }
    });
    let about = match &session.lasting.network {
        NetworkFile::Builtin => format!("{} {}", network_words::BUILTIN_ABOUT, network_words::BUILTIN_MORE),
        NetworkFile::Analytic => network_words::ANALYTIC_ABOUT.to_owned(),
        NetworkFile::Known(name) => {
            session.lasting.networks.known(name).map(|known| known.about.clone()).unwrap_or_default()
        }
        NetworkFile::File(_) | NetworkFile::Vectors(_) => String::new(),
    };
    if !about.is_empty() {
        ui.label(RichText::new(about).small().color(palette().weak));
    }
    for download in &session.lasting.networks.downloads {
        ui.horizontal_wrapped(|ui| {
            let title = network_words::title(&NetworkFile::Known(download.name.clone()), session);
            ui.label(RichText::new(title).small().color(palette().text));
            download::show_bar(ui, &download.progress, 120.0, true);
            if download::show_cancel(ui, &download.progress, Button::new("Cancel"))
                .is_some_and(|button| button.clicked())
            {
                actions.push(Networks::StopDownload(download.name.clone()).into());
            }
        });
    }
}
