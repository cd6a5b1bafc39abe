//! What is asked or told in the middle of the window.

mod about;
mod command_palette;
mod history;
mod jobs;
mod layers;
mod map_picture;
mod move_files;
mod moved;
mod networks;
mod path;
mod replace;
mod settings;
mod shortcuts;
mod tags;
mod workspace;

use eframe::egui::{self, Frame, Id, Margin, Modal, RichText, Ui};

use super::command::Command;
use super::theme::palette;
use crate::session::Session;

pub use command_palette::CommandPalette;
pub use history::HistoryDialog;
pub use layers::LayerDialog;
pub use map_picture::MapPictureDialog;
pub use move_files::MoveDialog;
pub use networks::NetworkDialog;
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
    /// How the map is drawn as a picture.
    MapPicture(MapPictureDialog),
    /// By what files are moved into folders.
    MoveFiles(MoveDialog),
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
    /// Whether notices are shown in it, so that they need not lie over it.
    pub fn shows_notices(&self) -> bool {
        matches!(self, Dialog::Networks(_))
    }

    /// Whether a dialog lies over the window.
    pub fn is_open(&self, session: &Session) -> bool {
        session.opened.pending_export.is_some()
            || session.opened.moved_folder.is_some()
            || session.opened.move_to_confirm.is_some()
            || !matches!(self, Dialog::None)
    }

    /// Shows what is open, if anything.
    pub fn show(&mut self, ctx: &egui::Context, cx: SettingsContext<'_>, commands: &mut Vec<Command>) {
        let (session, actions) = (cx.session, &mut *cx.actions);
        if session.opened.pending_export.is_some() {
            replace::show(ctx, session, actions);
            return;
        }
        if session.opened.moved_folder.is_some() {
            moved::show(ctx, session, actions);
            return;
        }
        if session.opened.move_to_confirm.is_some() {
            move_files::confirm(ctx, session, actions);
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
            Dialog::MapPicture(dialog) => dialog.show(ctx),
            Dialog::MoveFiles(dialog) => dialog.show(ctx, session),
            Dialog::TagColours => tags::show(ctx, session, actions),
            Dialog::Shortcuts => shortcuts::show(ctx),
            Dialog::Settings(dialog) => dialog.show(ctx, cx),
            Dialog::About => about::show(ctx, session),
        };
        if is_done {
            *self = Dialog::None;
        }
    }
}

/// Shows `content` under `title`; true once `content` says so or the person turns away (Escape, a click outside).
fn modal(ctx: &egui::Context, title: &str, width: f32, content: impl FnOnce(&mut Ui) -> bool) -> bool {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let room = ctx.content_rect().size();
    let response = Modal::new(Id::unique(title)).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(room.x - 64.0));
        ui.label(RichText::new(title).heading().color(palette().strong));
        ui.add_space(4.0);
        content(ui)
    });
    response.should_close() || response.inner
}
