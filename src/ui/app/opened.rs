//! What is drawn while something is open, or about to be.

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Rect, Spinner, Ui};

use super::App;
use crate::session::{Action, Open, Place};
use crate::ui::command::Command;
use crate::ui::performance::Part;
use crate::ui::place_counts::PlaceCounts;
use crate::ui::theme::palette;
use crate::ui::views::neighbours::why_similar;
use crate::ui::views::{Pane, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::{inspector, rail};

/// Height of the tabs above a view, in points.
const TABS: f32 = 36.0;

impl App {
    /// Draws what is open: what is beside the views, and them; says where the selection was drawn.
    pub(super) fn show_open(
        &mut self,
        ui: &mut Ui,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> Option<Rect> {
        self.show_rail(ui, commands);
        let place = self.session.lasting.place;
        let Self { session, settings, waker, thumbnails, views, places, inspector, toasts, .. } = self;
        if !settings.hides_inspector && inspector::has_room(ui.ctx()) {
            inspector.show(ui, ViewContext { session, settings, waker, thumbs: thumbnails, actions, commands });
        }
        let dock = places.dock(place);
        let has_tray = !dock.is_open(Pane::Selection) || dock.maximised().is_some();
        let tray = has_tray.then(|| {
            let cx = ViewContext { session, settings, waker, thumbs: thumbnails, actions, commands };
            views.selection.show_tray(ui, cx)
        });
        let margin = Margin { left: 6, right: 6, top: 0, bottom: 0 };
        let ground = Frame::new().fill(palette().ground).inner_margin(margin);
        // What is looked through from above loses its lower end alone. Elsewhere a map or a picture would be fitted anew.
        if tray.is_some() && matches!(place, Place::Groups | Place::Check) {
            let room = toasts.room(ui.available_height());
            if room > 0.0 {
                let panel = Panel::bottom("room for notices").exact_size(room).resizable(false);
                panel.frame(ground).show_separator_line(false).show(ui, |_| {});
            }
        }
        let views = CentralPanel::no_frame().frame(ground).show(ui, |ui| self.show_views(ui, actions, commands));
        // After the views, whose wishes come first.
        self.views.clusters.attend(&self.session, actions);
        self.views.findings.attend(&self.session, actions);
        // Its tabs are above it.
        tray.or_else(|| views.inner.map(|pane| pane.with_min_y(pane.top() - TABS)))
    }

    /// Draws the places, with what was found in each.
    pub(super) fn show_rail(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let Self { session, views, .. } = self;
        // What was found or decided since the last frame is counted in this one: nothing draws another when nobody moves.
        views.findings.keep_current(ui.ctx(), session);
        let told = |place| match place {
            Place::Groups => views.clusters.told(session),
            Place::Check => views.findings.told(session),
            Place::Explore | Place::LookInside => None,
        };
        rail::show(ui, session.lasting.place, &PlaceCounts(Place::ALL.map(told)), commands);
    }

    /// Says where the selection was drawn, if it is open.
    fn show_views(&mut self, ui: &mut Ui, actions: &mut Vec<Action>, commands: &mut Vec<Command>) -> Option<Rect> {
        let mut selection = None;
        let Self { session, settings, waker, thumbnails, views, places, performance, .. } = self;
        places.dock_mut(session.lasting.place).show(ui, &mut |ui, pane| {
            performance.lap(Part::Bars);
            if pane == Pane::Selection {
                selection = Some(ui.max_rect());
            }
            views.show(pane, ui, ViewContext { session, settings, waker, thumbs: thumbnails, actions, commands });
            performance.lap_of(pane);
        });
        // Of no view: it stays when the tab it was asked for in goes behind another.
        why_similar::show(ui, session, thumbnails, actions);
        selection
    }
}

/// Draws that a folder is being opened, and a way back.
pub(super) fn show_opening(ui: &mut Ui, folder: String, actions: &mut Vec<Action>) {
    empty_state(ui, "Opening", &folder, |ui| {
        ui.add(Spinner::new().color(palette().accent));
        if ui.button("Back").clicked() {
            actions.push(Open::Nothing.into());
        }
    });
}
