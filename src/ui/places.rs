//! The places of the window, each with an arrangement of the views of its own.

use super::dock::{Dock, Plan, home_of};
use super::settings::Settings;
use super::views::Pane;
use crate::session::Place;

/// How the views are arranged in each place.
pub struct Places {
    docks: [Dock; Place::ALL.len()],
}

impl Places {
    /// As the person left them.
    pub fn restored(settings: &Settings) -> Self {
        let dock = |place: Place| Dock::remembered(Plan::of(place), settings.arrangement(place));
        Self { docks: Place::ALL.map(dock) }
    }

    /// The views of a place.
    pub fn dock(&self, place: Place) -> &Dock {
        &self.docks[place as usize]
    }

    /// The views of a place, to be arranged or shown.
    pub fn dock_mut(&mut self, place: Place) -> &mut Dock {
        &mut self.docks[place as usize]
    }

    /// Where a view is to be gone to from `here`: to this place if it is open there, else to the one where it is at home.
    pub fn way_to(&self, pane: Pane, here: Place) -> Place {
        if self.dock(here).is_open(pane) { here } else { home_of(pane).unwrap_or(here) }
    }

    /// Arranges a place as on the first day.
    pub fn reset(&mut self, place: Place, settings: &mut Settings) {
        *self.dock_mut(place) = Dock::of(Plan::of(place));
        settings.arrange(place, None);
    }

    /// Shows all views at once in a place.
    pub fn show_all(&mut self, place: Place) {
        *self.dock_mut(place) = Dock::default();
    }

    /// Puts down what was arranged otherwise since.
    pub fn keep(&mut self, settings: &mut Settings) {
        for place in Place::ALL {
            if let Some(layout) = self.dock_mut(place).take_change() {
                settings.arrange(place, Some(layout));
            }
        }
    }
}
