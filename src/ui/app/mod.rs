//! The window's content: takes in facts, draws, sends out wishes.

mod alone;
mod begin;
mod commands;
mod drops;
mod memory;
mod news;
mod opened;
mod options;
mod over;
mod paths;
mod taking;
mod viewing;
mod waiting;
mod ways;
mod zooming;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use eframe::egui::{self, CentralPanel, Frame, Margin, Panel, Ui};

use super::command::{Command, Pressed};
use super::dialogs::{Dialog, ListAdapters, PathDialog};
use super::giving_back::GivingBack;
use super::inspector::Inspector;
use super::menu::Menu;
use super::paint::effort;
use super::performance::{Instruments, Part, Performance, Readings};
use super::picture_menu::PictureMenu;
use super::places::Places;
use super::settings::{Given, RecentFolder, Settings};
use super::theme::{self, palette};
use super::thumbnails::Thumbnails;
use super::toasts::Toasts;
use super::top_bar::TopBar;
use super::tour::Tour;
use super::viewer::Viewer;
use super::views::welcome::WelcomeView;
use super::views::{Pane, View, ViewContext, Views};
use super::{Chooser, Desktop, Waker, browser, network_words, status};
use crate::domain::{HeldMemory, is_network_name, is_picture_name};
use crate::engine::{Event, NetworkFile, Request};
use crate::session::{Action, Choose, Open, Phase, Session, ToExport};

pub use options::AppOptions;
use taking::ToTake;
use zooming::Zooming;

/// How often the progress is read while a job runs.
const PROGRESS_PERIOD: Duration = Duration::from_millis(100);

/// Draws the session and turns what the person does into actions.
pub struct App {
    session: Session,
    send: Box<dyn FnMut(Request)>,
    events: Receiver<Event>,
    /// When news was left for the next frame, if the last one did not take in all.
    left_news: Option<Instant>,
    chooser: Chooser,
    open_page: Box<dyn FnMut(&str)>,
    desktop: Desktop,
    picture_menu: PictureMenu,
    /// What is to be taken away or moved, once it is known where to.
    to_take: ToTake,
    waker: Waker,
    settings: Settings,
    saved: Settings,
    /// What was set when the program started.
    at_start: Settings,
    given: Given,
    list_adapters: ListAdapters,
    /// Settings that differ from what was saved, and since when.
    pending: Option<(Settings, f64)>,
    /// The thread that writes them.
    writing: Option<std::thread::JoinHandle<()>>,
    settings_dir: Option<PathBuf>,
    zooming: Zooming,
    thumbnails: Thumbnails,
    views: Views,
    /// What is shown before anything is open; no view among the others, since it is never beside one.
    welcome: WelcomeView,
    places: Places,
    top_bar: TopBar,
    inspector: Inspector,
    viewer: Viewer,
    tour: Tour,
    toasts: Toasts,
    dialog: Dialog,
    /// A picture that was dropped, until it is known where.
    fallen: Option<drops::Fallen>,
    /// Asks for a path in the desktop's place; over any other dialog, since that may have asked.
    path_dialog: Option<PathDialog>,
    /// What was typed for the palette, which opens in the next frame.
    typed_ahead: Vec<egui::Event>,
    /// What was typed for the system's dialog, as long as that is waited for.
    typed_for_dialog: String,
    /// Whether text was being typed at the end of the last frame: then Escape is the field's.
    was_typing: bool,
    last_frame_secs: f32,
    /// Whether nobody is left who could answer.
    is_alone: bool,
    performance: Performance,
    giving_back: GivingBack,
}

impl App {
    /// What is known and chosen.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What is remembered for the next run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How long the last frame took on the processor, drawing on the GPU excluded, in seconds.
    pub fn last_frame_secs(&self) -> f32 {
        self.last_frame_secs
    }

    /// What the last frame did while it was laid out, and the seconds of that.
    pub(in crate::ui) fn last_frame_did(&self) -> impl Iterator<Item = (&'static str, f32)> + '_ {
        self.performance.last_frame()
    }

    /// The pictures of the images, as far as they are there.
    pub(in crate::ui) fn thumbnails(&self) -> &Thumbnails {
        &self.thumbnails
    }

    /// Whether threads of the window itself are at work for the maps that it shows: they put points in order, find their colours or
    /// bring them to the graphics device.
    pub(in crate::ui) fn maps_are_at_work(&self) -> bool {
        let effort = effort();
        let is_at_work = self.views.map.is_at_work() || effort.begun != effort.done;
        is_at_work && self.last_frame_did().any(|(what, _)| what == Pane::Map.name())
    }

    /// Whether room that was free after the last frame went back to the system, as far as it does.
    pub(in crate::ui) fn has_given_back(&self) -> bool {
        self.giving_back.is_done()
    }

    /// Who holds how much memory.
    pub(in crate::ui) fn held(&self) -> Vec<HeldMemory> {
        self.readings().held()
    }

    fn readings(&self) -> Readings<'_> {
        let Self { session, thumbnails, events, viewer, views, .. } = self;
        let (news_waiting, picture_bytes) = (events.len(), viewer.bytes() + views.inside.bytes());
        Readings { session, thumbnails, news_waiting, picture_bytes, maps: &views.map }
    }

    /// Measures frames by other instruments from now on.
    pub fn measure_with(&mut self, instruments: Instruments) {
        self.performance.measure_with(instruments);
    }

    /// Takes in what happened since the last frame.
    pub(in crate::ui) fn take_in(&mut self, ctx: &egui::Context) {
        self.performance.begin();
        let taken = self.take_news(ctx);
        if self.session.opened.wants_first() {
            self.act(Choose::First);
        }
        self.take_dialog_answer(ctx);
        while let Some(problem) = self.desktop.take_failure() {
            self.session.lasting.notices.tell_problem(problem);
        }
        if let Some(path) = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned())) {
            self.take_drop(ctx, path);
        }
        self.settle_drop(ctx);
        self.performance.count_news(taken);
        self.performance.lap(Part::News);
    }

    /// What the window itself learns from an event.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the window minds which collection is open; all else is the session's, which names every event"
    )]
    fn note(&mut self, event: &Event) {
        match event {
            Event::Opening(_) | Event::Closed => {
                // Ids will mean other images.
                self.thumbnails.clear();
                self.session.opened.arrived.clear();
                self.viewer.clear();
                self.views.inside.clear();
                self.to_take.what = ToExport::default();
                self.dialog = Dialog::None;
                self.picture_menu.close();
                self.tour.note_closed();
            }
            Event::Opened(collection) => {
                // Not before: a network that cannot be loaded would be tried at every start.
                self.settings.network = collection.network_file.clone();
                self.tour.note_opened();
                if collection.is_sample && !std::mem::replace(&mut self.settings.was_offered_tour, true) {
                    self.tour.offer();
                }
                if !collection.is_sample {
                    self.settings.remember(RecentFolder {
                        folder: collection.folder.clone(),
                        network: collection.network_name.clone(),
                        prepared: network_words::preparation(&collection.resizing),
                        workspace: (!collection.workspace_is_usual).then(|| collection.workspace.clone()),
                        left: None,
                    });
                }
            }
            Event::ImportPlanned(report) => self.tell_recognised(report),
            _ => {}
        }
    }

    /// Tells a network from pictures by the name alone: asking the disk could hold up the window.
    fn take_dropped(&mut self, path: PathBuf) {
        if is_network_name(&path) {
            self.act(Open::Through(NetworkFile::File(path)));
        } else if is_picture_name(&path) {
            // A picture stands for its folder.
            let folder = path.parent().unwrap_or(&path).to_owned();
            self.open_folder(folder);
        } else {
            // What is not a folder either is the engine's to refuse.
            self.open_folder(path);
        }
    }

    /// Does what a menu, a shortcut or a view wishes.
    pub fn act(&mut self, action: impl Into<Action>) {
        let requests = self.session.act(action);
        self.send_all(requests);
    }

    fn send_all(&mut self, requests: Vec<Request>) {
        self.performance.count_requests(requests.len());
        self.complain_if_alone(&requests);
        requests.into_iter().for_each(&mut self.send);
    }

    fn show_frame(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let mut actions = Vec::new();
        self.rest_keys(&ctx);
        // Before all that lies under it.
        self.picture_menu.take_keys(&ctx);
        let mut pressed = Pressed::take(&ctx, self.views.gallery.is_about_to_be_typed_in(), &mut self.typed_ahead);
        let mut commands = std::mem::take(&mut pressed.commands);
        let typed = std::mem::take(&mut pressed.behind_asking);
        // Before the views, which may ask for pictures themselves.
        self.rest_viewer(&mut actions);
        let mut theme = None;
        // It has the keys of this frame, also if they close it.
        let was_viewing = self.is_viewing();
        // Behind a dialog the pointer is nowhere: what it was over when the dialog opened would go on showing its tooltip,
        // and tooltips lie over dialogs.
        let is_covered = self.dialog.is_open(&self.session) || self.path_dialog.is_some();
        let is_alive = |command: &Command| !(is_covered && command.is_dead_behind_dialogs());
        commands.retain(is_alive);
        let pointer = is_covered.then(|| ctx.input_mut(|input| std::mem::take(&mut input.pointer)));
        let bar = Frame::new().fill(palette().ground).inner_margin(Margin::symmetric(8, 2));
        Panel::top("menu").frame(bar).show_separator_line(false).show(ui, |ui| {
            let Self { session, settings, places, .. } = self;
            let dock = places.dock_mut(session.lasting.place);
            let (actions, commands, theme) = (&mut actions, &mut commands, &mut theme);
            Menu { session, settings, dock, actions, commands, theme }.show(ui);
        });
        let is_welcome = matches!(self.session.opened.phase, Phase::Welcome);
        if !is_welcome {
            let bar = bar.inner_margin(Margin::symmetric(12, 0));
            Panel::bottom("status").exact_size(28.0).frame(bar).show_separator_line(false).show(ui, |ui| {
                status::show(ui, &self.session, &mut actions);
            });
        }
        if self.session.collection().is_some() {
            let Self { session, settings, views, top_bar, .. } = self;
            let (actions, commands) = (&mut actions, &mut commands);
            top_bar.show(ui, session, &mut views.gallery, !settings.hides_inspector, actions, commands);
        }
        let ground = Frame::new().fill(palette().ground);
        let centre = CentralPanel::no_frame().frame(ground).show(ui, |ui| match &self.session.opened.phase {
            Phase::Welcome => {
                let Self { session, settings, waker, thumbnails, welcome, .. } = self;
                let (thumbs, actions, commands) = (thumbnails, &mut actions, &mut commands);
                welcome.show(ui, ViewContext { session, settings, waker, thumbs, actions, commands });
                None
            }
            Phase::Opening(folder) => {
                opened::show_opening(ui, folder.display().to_string(), &mut actions);
                None
            }
            Phase::Open(_) if self.is_viewing() => {
                self.show_rail(ui, &mut commands);
                self.show_viewer(ui, is_covered, &mut actions);
                None
            }
            Phase::Open(_) => self.show_open(ui, &mut actions, &mut commands),
        });
        if let Some(pointer) = pointer {
            ctx.input_mut(|input| input.pointer = pointer);
        }
        self.performance.lap(Part::Bars);
        self.rest_viewer(&mut actions);
        self.views.inside.rest(self.is_viewing(), &mut actions);
        self.show_over(&ctx, centre.inner, is_covered, &mut actions, &mut commands);
        let Self { performance, session, thumbnails, events, viewer, views, .. } = self;
        let (news_waiting, picture_bytes) = (events.len(), viewer.bytes() + views.inside.bytes());
        let maps = &views.map;
        performance.show(&ctx, &Readings { session, thumbnails, news_waiting, picture_bytes, maps });
        self.performance.lap(Part::Dialogs);
        let is_about_to_type = self.views.gallery.is_about_to_be_typed_in();
        commands.extend(pressed.settle(&ctx, is_about_to_type).into_iter().filter(is_alive));
        self.take_ways(&ctx, was_viewing || is_covered, &mut commands);
        actions.extend(self.thumbnails.end_frame(&ctx));
        actions.into_iter().for_each(|action| self.act(action));
        commands.into_iter().for_each(|command| self.run_command(&ctx, command));
        self.settle_typed(&ctx, typed);
        if let Some(choice) = theme {
            self.choose_theme(&ctx, choice);
        }
        self.performance.lap(Part::Choices);
    }

    /// Draws a frame. `whole_secs` is what the one before took the processor, drawing included, if that is known.
    pub(in crate::ui) fn draw(&mut self, ui: &mut Ui, whole_secs: Option<f32>) {
        let began = Instant::now();
        self.giving_back.note_frame();
        self.performance.begin();
        let _span = tracing::trace_span!("frame").entered();
        let ctx = ui.ctx().clone();
        theme::follow(&ctx);
        theme::colour_labels(self.settings.label_palette);
        self.thumbnails.keep_within(self.settings.memory.thumbnail_bytes());
        let uploaded = self.take_pictures(&ctx);
        self.performance.count_uploaded(uploaded);
        self.performance.lap(Part::Thumbnails);
        self.show_frame(ui);
        self.remember(&ctx);
        browser::take_asked(&ctx).iter().for_each(|page| (self.open_page)(page));
        let opened = &self.session.opened;
        let is_at_work = opened.import.is_busy() || opened.running_comparison().is_some();
        if self.session.is_busy() || is_at_work || !self.session.lasting.networks.downloads.is_empty() {
            ctx.request_repaint_after(PROGRESS_PERIOD);
        }
        self.performance.lap(Part::Rest);
        self.performance.end_frame(whole_secs);
        self.last_frame_secs = began.elapsed().as_secs_f32();
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.take_in(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.draw(ui, frame.info().cpu_usage);
    }

    fn on_exit(&mut self) {
        self.remember_at_last();
    }
}
