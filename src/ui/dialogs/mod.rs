//! What is asked or told in the middle of the window.

mod about;
mod command_palette;
mod cut_out;
mod data_set;
mod export;
mod history;
mod import;
mod into_folders;
mod jobs;
mod layers;
mod left_out;
mod map_picture;
mod modal;
mod moved;
mod networks;
mod path;
mod replace;
mod settings;
mod shortcuts;
mod tags;
mod taken;
mod workspace;

use std::path::Path;

use eframe::egui;

use super::Question;
use super::command::Command;
use crate::session::Session;

pub use command_palette::CommandPalette;
pub use cut_out::CutOutDialog;
pub use data_set::{DataSetChoice, DataSetDialog};
pub use export::ExportDialog;
pub use history::HistoryDialog;
pub use import::ImportDialog;
pub use layers::LayerDialog;
pub use map_picture::MapPictureDialog;
use modal::{main_or_enter, main_or_enter_if, modal};
pub use networks::NetworkDialog;
use path::PathField;
pub use path::{Outcome as PathOutcome, PathDialog};
pub use settings::{AdapterList, ListAdapters, SettingsContext, SettingsDialog};
pub use workspace::WorkspaceDialog;

/// Which dialog is open. An export or a folder that waits for an answer is not among them: the session knows of it.
#[derive(Default)]
pub enum Dialog {
    /// None.
    #[default]
    None,
    /// Which layers are stored.
    Layers(LayerDialog),
    /// All networks.
    Networks(Box<NetworkDialog>),
    /// What the workspace costs, and its versions.
    Workspace(WorkspaceDialog),
    /// Everything that has a name.
    Commands(CommandPalette),
    /// What runs, and what went wrong.
    Jobs,
    /// What was done, to go back to.
    History(HistoryDialog),
    /// What an export takes.
    Export(ExportDialog),
    /// How the map is drawn as a picture.
    MapPicture(MapPictureDialog),
    /// How pictures become a data set, or are moved into folders.
    DataSet(Box<DataSetDialog>),
    /// Boxes that become pictures of their own.
    CutOut(Box<CutOutDialog>),
    /// Labels and boxes from files.
    Import(Box<ImportDialog>),
    /// All tags, and the colour of each.
    TagColours,
    /// The list of shortcuts.
    Shortcuts,
    /// What is remembered and can be changed.
    Settings(SettingsDialog),
    /// What this is.
    About,
}

impl Dialog {
    /// Whether notices need not lie over it: problems of what it is for are shown in it, and all else waits until it is closed.
    pub fn shows_notices(&self) -> bool {
        matches!(self, Dialog::Networks(_) | Dialog::CutOut(_) | Dialog::Import(_))
    }

    /// What the person wants to be asked by the desktop's dialog, in place of writing a path here; told once.
    pub fn take_question(&mut self) -> Option<Question> {
        self.path()?.take_question()
    }

    /// Writes what the person picked in the desktop's dialog, where `question` was asked from here.
    pub fn write(&mut self, question: Question, path: &Path) {
        if let Some(field) = self.path().filter(|field| field.answers(question)) {
            field.write(path);
        }
    }

    /// The desktop has no dialog: lets the person write here, behind what was `typed` for it, and says whether that answers `question`.
    pub fn ask_in_writing(&mut self, question: Question, typed: &str) -> bool {
        let field = self.path().filter(|field| field.answers(question));
        field.map(|field| field.write_on(typed)).is_some()
    }

    /// Where a path is written, if one is.
    fn path(&mut self) -> Option<&mut PathField> {
        match self {
            Dialog::CutOut(dialog) => Some(dialog.path()),
            Dialog::Import(dialog) => Some(dialog.path()),
            Dialog::None
            | Dialog::Layers(_)
            | Dialog::Networks(_)
            | Dialog::Workspace(_)
            | Dialog::Commands(_)
            | Dialog::Jobs
            | Dialog::History(_)
            | Dialog::Export(_)
            | Dialog::MapPicture(_)
            | Dialog::DataSet(_)
            | Dialog::TagColours
            | Dialog::Shortcuts
            | Dialog::Settings(_)
            | Dialog::About => None,
        }
    }

    /// Whether it is the dialog that `other` is, whatever was done in either.
    pub fn is_same(&self, other: &Dialog) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether a dialog lies over the window.
    pub fn is_open(&self, session: &Session) -> bool {
        session.opened.pending_export.is_some()
            || session.opened.recipe_exists.is_some()
            || session.opened.moved_folder.is_some()
            || session.opened.folders_to_confirm.is_some()
            || session.opened.move_to_confirm.is_some()
            || !matches!(self, Dialog::None)
    }

    /// Shows what is open, if anything.
    pub fn show(&mut self, ctx: &egui::Context, cx: SettingsContext<'_>, commands: &mut Vec<Command>) {
        let (session, actions) = (cx.session, &mut *cx.actions);
        if session.opened.pending_export.is_some() || session.opened.recipe_exists.is_some() {
            replace::show(ctx, session, actions);
            return;
        }
        if session.opened.moved_folder.is_some() {
            moved::show(ctx, session, actions);
            return;
        }
        if session.opened.folders_to_confirm.is_some() {
            into_folders::confirm_folders(ctx, session, actions);
            return;
        }
        if session.opened.move_to_confirm.is_some() {
            into_folders::confirm_moves(ctx, session, actions);
            return;
        }
        let is_done = match self {
            Dialog::None => false,
            Dialog::Layers(dialog) => dialog.show(ctx, session, actions),
            Dialog::Networks(dialog) => dialog.show(ctx, session, actions, commands),
            Dialog::Workspace(dialog) => dialog.show(ctx, session, actions),
            Dialog::Commands(dialog) => dialog.show(ctx, session, actions, commands),
            Dialog::Jobs => jobs::show(ctx, session, actions),
            Dialog::History(dialog) => dialog.show(ctx, session, actions),
            Dialog::Export(dialog) => dialog.show(ctx, session),
            Dialog::MapPicture(dialog) => dialog.show(ctx, session),
            Dialog::DataSet(dialog) => dialog.show(ctx, session),
            Dialog::CutOut(dialog) => dialog.show(ctx, session, actions, commands),
            Dialog::Import(dialog) => dialog.show(ctx, session, actions, commands),
            Dialog::TagColours => tags::show(ctx, session, actions),
            Dialog::Shortcuts => shortcuts::show(ctx),
            Dialog::Settings(dialog) => dialog.show(ctx, cx, commands),
            Dialog::About => about::show(ctx, session),
        };
        if is_done {
            *self = Dialog::None;
        }
    }
}
