//! What a view is, and what it is shown with.

use eframe::egui::Ui;

use crate::session::{Action, Session};
use crate::ui::Waker;
use crate::ui::command::Command;
use crate::ui::settings::Settings;
use crate::ui::thumbnails::Thumbnails;

/// What a view is shown with: what it reads, and where it says what the person wishes. The theme is not among it: its
/// colours are asked of [`palette`](crate::ui::theme::palette), since widgets want them as well.
pub struct ViewContext<'a> {
    /// What is known and chosen.
    pub session: &'a Session,
    /// What is remembered from one run to the next.
    pub settings: &'a Settings,
    /// Makes the window look when something outside it happened.
    pub waker: &'a Waker,
    /// The pictures of the images, as far as they are there.
    pub thumbs: &'a mut Thumbnails,
    /// Where choices go.
    pub actions: &'a mut Vec<Action>,
    /// Where commands go: what needs a dialog or another view.
    pub commands: &'a mut Vec<Command>,
}

/// A view. It keeps only how it is looked at (scroll, zoom, what is half typed), and begins with the default of that.
pub trait View: Default {
    /// Draws the view and says what the person wishes.
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>);

    /// Takes up how it was looked at in the last run, as far as that is remembered.
    fn restore(&mut self, _settings: &Settings) {}

    /// Puts down how it is looked at, to be remembered.
    fn keep(&self, _settings: &mut Settings) {}
}
