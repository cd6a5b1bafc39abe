//! All networks: what there is, what of it is here; getting one, using one, and preparing pictures otherwise for it.

mod details;
mod end;
mod fact;
mod files;
mod form;
mod item;
mod list;
mod offline;
mod preparation;
mod row;
mod sentence;

use eframe::egui::{self, Align, Layout, ScrollArea, Stroke, Ui, vec2};

use super::modal;
use crate::engine::NetworkFile;
use crate::session::{Action, NoticeOf, Session};
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::widgets::problem::{has_problems_of, show_problems_of};

use form::Form;
use item::Item;

/// Width of the dialog in points, where there is room.
const WIDTH: f32 = 920.0;

/// Height of what is not list and details: margins, title, the buttons below.
const AROUND: f32 = 178.0;

/// What the dialog keeps of its own: what is looked at, and what is being written.
pub struct NetworkDialog {
    search: String,
    order: list::Order,
    /// The network whose details are shown.
    chosen: NetworkFile,
    /// The network of the session when this last looked: when that changes (a file was dropped), the details follow.
    seen: NetworkFile,
    /// How pictures are to be prepared otherwise, while that is being written.
    form: Option<Form>,
    /// The name under which a file is being remembered.
    remembered: Option<String>,
    /// The network that is to be removed, if the person agrees.
    removed: Option<String>,
    /// Whether the search gets the keyboard in this frame.
    wants_focus: bool,
    /// Whether the main button gets it.
    wants_main: bool,
    /// Whether the list scrolls to what is chosen.
    follows: bool,
    /// Height of the problems above the list, in points.
    above: f32,
}

impl NetworkDialog {
    /// Begins with the network in use.
    pub fn new(session: &Session) -> Self {
        Self {
            search: String::new(),
            order: list::Order::default(),
            chosen: session.lasting.network.clone(),
            seen: session.lasting.network.clone(),
            form: None,
            remembered: None,
            removed: None,
            wants_focus: true,
            wants_main: false,
            follows: true,
            above: 0.0,
        }
    }

    /// Says whether it is done.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> bool {
        self.follow(session);
        modal(ctx, "Networks", WIDTH, |ui| {
            let room = (ctx.content_rect().height() - AROUND).clamp(100.0, 760.0);
            let above = show_problems_above(ui, session, room * 0.45, actions);
            if above != self.above {
                // The list has another height now, and what is chosen may be out of sight.
                self.above = above;
                self.follows = true;
            }
            let mut is_done = false;
            ui.horizontal_top(|ui| {
                let (whole, height) = (ui.available_width(), (room - above).max(100.0));
                let left = (whole * 0.36).clamp(220.0, 330.0);
                is_done |= column(ui, left, height, |ui| self.show_list(ui, session, actions));
                let (_, line) = ui.allocate_space(vec2(1.0, height));
                ui.painter().vline(line.center().x, line.y_range(), Stroke::new(1.0, palette().line));
                let right = ui.available_width();
                column(ui, right, height, |ui| self.show_details(ui, session, actions));
            });
            ui.separator();
            is_done | self.show_end(ui, session, actions, commands)
        })
    }

    /// Keeps up with what happened outside.
    fn follow(&mut self, session: &Session) {
        if self.seen != session.lasting.network {
            self.seen.clone_from(&session.lasting.network);
            self.choose(session.lasting.network.clone());
        }
        if let Some(form) = &self.form
            && form.is_saved(session)
        {
            let saved = NetworkFile::Known(form.name.clone());
            self.choose(saved);
        }
        if let Some(name) = self.remembered.take_if(|_| session.lasting.networks.added.is_none())
            && session.lasting.networks.known(&name).is_some()
        {
            self.choose(NetworkFile::Known(name));
        }
        // What was removed has no details any more.
        let is_gone =
            |name: &String| session.lasting.networks.list.is_some() && session.lasting.networks.known(name).is_none();
        if let NetworkFile::Known(name) = &self.chosen
            && is_gone(name)
        {
            self.choose(NetworkFile::Builtin);
        }
    }

    fn choose(&mut self, network: NetworkFile) {
        self.chosen = network;
        self.form = None;
        self.removed = None;
        self.follows = true;
    }

    /// The network whose details are shown.
    fn item<'a>(&self, session: &'a Session) -> Option<Item<'a>> {
        Item::all(session).into_iter().find(|item| item.file() == self.chosen)
    }
}

/// Shows `content` in a column of this size.
fn column<T>(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui) -> T) -> T {
    let size = vec2(width, height);
    let shown = ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.set_max_size(size);
        content(ui)
    });
    shown.inner
}

/// The problems of networks, which would lie behind the dialog otherwise; gives the height they take.
fn show_problems_above(ui: &mut Ui, session: &Session, most: f32, actions: &mut Vec<Action>) -> f32 {
    if !has_problems_of(session, NoticeOf::Networks) {
        return 0.0;
    }
    let top = ui.cursor().top();
    ScrollArea::vertical().id_salt("problems").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
        show_problems_of(ui, session, NoticeOf::Networks, None, actions);
    });
    ui.cursor().top() - top
}
