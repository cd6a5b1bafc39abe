//! What each command does.

use std::path::PathBuf;

use eframe::egui;

use super::App;
use crate::domain::{DatasetOptions, MapPicture};
use crate::engine::{ExportFormat, NetworkFile, Problem};
use crate::session::{Choose, Export, Extract, Go, Maintain, Networks, Open, Place};
use crate::ui::Question;
use crate::ui::command::Command;
use crate::ui::dialogs::{
    AdapterList, CommandPalette, Dialog, ExportDialog, HistoryDialog, LayerDialog, MapPictureDialog, NetworkDialog,
    SettingsDialog, WorkspaceDialog,
};
use crate::ui::views::Pane;
use crate::ui::widgets::ask_with;

impl App {
    pub(super) fn run_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::OpenFolder => self.ask(Question::Folder),
            Command::OpenSample => self.act(Open::Sample(self.settings.sample.clone())),
            Command::CloseFolder => self.act(Open::Nothing),
            Command::Export(format) => self.ask_export(format),
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Undo => self.act(Choose::Undo),
            Command::Redo => self.act(Choose::Redo),
            Command::History => self.toggle(Dialog::History(HistoryDialog::default())),
            Command::SelectAll => self.act(Choose::SelectAll),
            Command::SelectNone => self.act(Choose::ClearSelection),
            Command::InvertSelection => self.act(Choose::InvertSelection),
            Command::SelectOthers => self.act(Choose::SelectOthers),
            Command::OnlySelected => self.act(Choose::Filter(self.session.opened.chosen.filter_by_selection())),
            Command::PictureMenu => self.open_picture_menu(ctx),
            Command::ViewPicture => self.toggle_viewer(),
            Command::Find => {
                self.viewer.is_open = false;
                self.views.gallery.focus_filter();
            }
            Command::Settings => self.show_settings(),
            Command::Theme(choice) => self.choose_theme(ctx, choice),
            Command::BuiltinNetwork => self.act(Open::Through(NetworkFile::Builtin)),
            Command::AnalyticNetwork => self.act(Open::Through(NetworkFile::Analytic)),
            Command::Networks => self.show_networks(),
            Command::Workspace => self.show_workspace(),
            Command::LoadNetwork => self.ask(Question::Network),
            Command::ChooseLayers => {
                if let Some(collection) = self.session.collection() {
                    self.dialog = Dialog::Layers(LayerDialog::new(collection));
                }
            }
            Command::Extract => self.act(Extract::Start),
            Command::Cancel => self.act(Extract::Stop),
            Command::AskExactly => self.act(Choose::Exactly(!self.session.opened.chosen.exactly)),
            Command::EveryDepth => {
                self.views.neighbours.toggle_depths();
                self.run_command(ctx, Command::Show(Pane::Neighbours));
            }
            Command::MoreLike => self.ask_with(ask_with::FOR),
            Command::LessLike => self.ask_with(ask_with::AGAINST),
            Command::NextLayer => self.act(Choose::Scrub(self.session.opened.chosen.layer + 1)),
            Command::PreviousLayer => {
                if let Some(layer) = self.session.opened.chosen.layer.checked_sub(1) {
                    self.act(Choose::Scrub(layer));
                }
            }
            Command::LookInside => {
                if self.session.opened.chosen.probe.is_none() {
                    self.act(Choose::Step(0));
                }
                self.go_to(Place::LookInside);
            }
            Command::GoTo(place) => self.go_to(place),
            Command::GoBack => self.act(Go::Back),
            Command::GoForward => self.act(Go::Forward),
            Command::Show(pane) => {
                self.go_to(self.places.way_to(pane, self.session.lasting.place));
                self.dock_mut().go_to(pane);
            }
            Command::Maximise => self.dock_mut().toggle_maximised(),
            Command::Inspector => self.settings.hides_inspector = !self.settings.hides_inspector,
            Command::ResetLayout => self.places.reset(self.session.lasting.place, &mut self.settings),
            Command::AllViews => self.places.show_all(self.session.lasting.place),
            Command::ZoomIn => egui::gui_zoom::zoom_in(ctx),
            Command::ZoomOut => egui::gui_zoom::zoom_out(ctx),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::Performance => self.performance.is_open = !self.performance.is_open,
            Command::Palette => self.toggle(Dialog::Commands(CommandPalette::default())),
            Command::SaveRecipe => {
                if self.session.collection().is_some() {
                    self.ask(Question::Recipe);
                }
            }
            Command::MoveFiles => self.ask_how_to_move(),
            Command::Import => self.show_import(),
            Command::CutOut => self.show_cut_out(),
            Command::TagColours => self.dialog = Dialog::TagColours,
            Command::Jobs => self.toggle(Dialog::Jobs),
            Command::Tour => self.begin_tour(),
            Command::Shortcuts => self.toggle(Dialog::Shortcuts),
            Command::About => self.dialog = Dialog::About,
        }
    }

    /// Opens a dialog, or closes it: the keys that open one close it again.
    fn toggle(&mut self, dialog: Dialog) {
        self.dialog = if self.dialog.is_same(&dialog) { Dialog::None } else { dialog };
    }

    /// Looks for what is more or less like the picture under the pointer, or like what is selected.
    fn ask_with(&mut self, weight: f32) {
        let images = self.session.opened.images_to_ask_with();
        if !images.is_empty() {
            self.act(Choose::AddExamples(images, weight));
        }
    }

    /// Asks, unless something is asked already.
    pub(super) fn ask(&mut self, question: Question) {
        if self.path_dialog.is_none() {
            self.chooser.ask(question, self.to_take.of(question));
        }
    }

    fn show_networks(&mut self) {
        // What is here may have changed since the last look: a person can put files there by hand.
        self.act(Networks::List);
        if !matches!(self.dialog, Dialog::Networks(_)) {
            self.dialog = Dialog::Networks(Box::new(NetworkDialog::new(&self.session)));
        }
    }

    fn begin_tour(&mut self) {
        if self.session.collection().is_some() {
            self.tour.begin();
        } else {
            self.tour.begin_when_open();
            self.act(Open::Sample(self.settings.sample.clone()));
        }
    }

    fn show_settings(&mut self) {
        // Keys that are held down ask again and again.
        if matches!(self.dialog, Dialog::Settings(_)) {
            return;
        }
        // Which networks are here.
        self.act(Networks::List);
        let adapters = AdapterList::begin(&self.list_adapters, &self.waker);
        self.dialog = Dialog::Settings(SettingsDialog::new(adapters));
    }

    fn show_workspace(&mut self) {
        if self.session.collection().is_some() {
            self.act(Maintain::inspect());
            self.dialog = Dialog::Workspace(WorkspaceDialog::default());
        }
    }

    /// Asks what is to be written of what is chosen now, and then where to.
    fn ask_export(&mut self, format: ExportFormat) {
        if self.chooser.is_asking() || self.path_dialog.is_some() {
            return;
        }
        if format.is_of_map() && self.session.opened.projection().is_none() {
            let problem = Problem::new("There is no map to export", "None has been drawn yet.")
                .with_remedy("Open the map, wait until it is there, and export again.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        }
        let Some(taken) = self.session.opened.usually_taken() else {
            let problem = Problem::new("There is nothing to export", "There are no pictures yet.")
                .with_remedy("Wait until some are found, or open another folder.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        };
        match format {
            ExportFormat::Png => self.dialog = Dialog::MapPicture(MapPictureDialog::new(self.to_take.look, taken)),
            ExportFormat::Coco | ExportFormat::Yolo | ExportFormat::Folders | ExportFormat::Fiftyone => {
                self.ask_for_data_set(format, taken, false);
            }
            ExportFormat::Files
            | ExportFormat::Csv
            | ExportFormat::Json
            | ExportFormat::Npy
            | ExportFormat::Parquet
            | ExportFormat::Sheet
            | ExportFormat::Page
            | ExportFormat::Svg => self.dialog = Dialog::Export(ExportDialog::new(format, taken)),
        }
    }

    /// Writes what was chosen when the person was asked for `target`.
    pub(super) fn export(&mut self, format: ExportFormat, target: PathBuf) {
        let what = std::mem::take(&mut self.to_take.what);
        if what.images.is_empty() {
            let why = "The folder was closed or opened again before you chose where to export.";
            let problem = Problem::new("Nothing was exported", why).with_remedy("Select the images and export again.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        }
        let map = MapPicture { colours: self.settings.label_palette, ..self.to_take.look };
        let dataset = DatasetOptions { map, ..DatasetOptions::default() };
        let dataset = if format.is_of_data_set() { self.to_take.data_set.options(dataset) } else { dataset };
        if format == ExportFormat::Folders {
            return self.act(Export::AskFolders { images: what.images, dataset, target });
        }
        self.act(Export::Write { what, format, target, dataset });
    }
}
