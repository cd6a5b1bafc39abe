//! Before anything is open: what this is, and the ways in.

mod glances;

use std::path::{Path, PathBuf};

use eframe::egui::epaint::RectShape;
use eframe::egui::{self, Button, Color32, Rect, RichText, ScrollArea, TextStyle, Ui, Vec2, vec2};

use crate::engine::NetworkFile;
use crate::session::{Action, Networks, Place, Session};
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::network_words::{self, file_name};
use crate::ui::settings::RecentFolder;
use crate::ui::theme::palette;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::download;
use crate::ui::widgets::problem::show_problems;
use crate::ui::widgets::text::{main_button, paint_line, quiet_button, show_buttons_on_ground};
use crate::ui::widgets::tile::middle_of;
use glances::{Glances, PICTURES};

/// Width of the column of text in points.
const COLUMN: f32 = 560.0;

/// Height of a recent folder's row, and the side of its pictures, in points.
const ROW: f32 = 64.0;
const SIDE: f32 = 52.0;
/// On a narrower column there is no room for pictures.
const PICTURES_FROM: f32 = 420.0;

/// The welcome view.
#[derive(Default)]
pub struct WelcomeView {
    glances: Glances,
}

impl View for WelcomeView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, settings, waker, actions, commands, .. } = cx;
        self.glances.refresh(ui.ctx(), settings.listed(), waker);
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
        let is_missing = self.glances.is_missing(&recent.folder);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, !is_missing, format!("Open {title}")));
        if response.hovered() {
            ui.painter().rect_filled(rect, 6.0, palette().raised);
        }
        let is_lost = |workspace: &PathBuf| self.glances.is_missing(workspace);
        let (colour, note) = match &recent.workspace {
            _ if is_missing => (palette().weak, format!("{path}, no longer there")),
            Some(workspace) if is_lost(workspace) => {
                let lost = workspace.display();
                (palette().strong, format!("{path}, will be extracted again: its workspace is no longer at {lost}"))
            }
            _ => (palette().strong, title),
        };
        let seen_through = match recent.prepared.is_empty() {
            true => recent.network.clone(),
            false => format!("{}, pictures {}", recent.network, recent.prepared),
        };
        let left = if is_missing { 10.0 } else { self.show_glances(ui, rect, &recent.folder) };
        let line = |top: f32| Rect::from_min_size(rect.min + vec2(left, top), vec2(rect.width() - left - 10.0, 18.0));
        paint_line(ui, line(5.0), &name, TextStyle::Body, colour);
        paint_line(ui, line(25.0), &note, TextStyle::Small, palette().weak);
        paint_line(ui, line(42.0), &seen_through, TextStyle::Small, palette().weak);
        if response.on_hover_text(format!("{note}\n{seen_through}")).clicked() && !is_missing {
            actions.push(recent.open());
        }
    }
}

impl WelcomeView {
    /// Draws pictures of a folder at the left of its row, and says where they end.
    fn show_glances(&self, ui: &Ui, row: Rect, folder: &Path) -> f32 {
        if row.width() < PICTURES_FROM {
            return 10.0;
        }
        let pictures = self.glances.of(folder);
        let is_coming = pictures.is_none();
        for place in 0..PICTURES {
            let corner = row.min + vec2(6.0 + place as f32 * (SIDE + 3.0), (ROW - SIDE) / 2.0);
            let room = Rect::from_min_size(corner, Vec2::splat(SIDE));
            match pictures.and_then(|pictures| pictures.get(place)) {
                Some(texture) => {
                    let seen = middle_of(texture.size_vec2(), room.size());
                    ui.painter().add(RectShape::filled(room, 3.0, Color32::WHITE).with_texture(texture.id(), seen));
                }
                None if !is_coming => {}
                None => {
                    ui.painter().rect_filled(room, 3.0, palette().raised.gamma_multiply(0.55));
                }
            }
        }
        6.0 + PICTURES as f32 * (SIDE + 3.0) + 8.0
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
    ui.add_space(4.0);
    let next = "Then each picture goes through the network once, while you look around already. What it saw is stored, so that \
                the folder opens at once the next time.";
    ui.label(RichText::new(next).color(palette().weak));
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
            Rect::from_min_size(from, vec2(rect.width() - 42.0, 18.0))
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
