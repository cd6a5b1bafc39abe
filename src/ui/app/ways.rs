//! From one place to the next, and out of what covers the others.

use eframe::egui::{Context, Key, Modifiers, PointerButton};

use super::App;
use crate::session::{Ask, Go, Place};
use crate::ui::command::Command;
use crate::ui::dock::Dock;

impl App {
    /// The views of the place where one is.
    pub(super) fn dock_mut(&mut self) -> &mut Dock {
        self.places.dock_mut(self.session.lasting.place)
    }

    /// Goes to a place, from the picture at its own resolution, too.
    pub(super) fn go_to(&mut self, place: Place) {
        self.viewer.is_open = false;
        self.act(Go::To(place));
    }

    /// The ways that are no command: the buttons at the side of a mouse, and Escape. Behind what covers the views they
    /// lead nowhere.
    pub(super) fn take_ways(&mut self, ctx: &Context, is_covered: bool, commands: &mut Vec<Command>) {
        let was_typing = std::mem::replace(&mut self.was_typing, ctx.text_edit_focused());
        let is_open = self.session.collection().is_some();
        let pressed = |button| ctx.input(|input| input.pointer.button_pressed(button));
        if is_open && !is_covered {
            if pressed(PointerButton::Extra1) {
                commands.push(Command::GoBack);
            }
            if pressed(PointerButton::Extra2) {
                commands.push(Command::GoForward);
            }
        }
        let is_busy = is_covered || was_typing || ctx.any_popup_open() || ctx.input(|input| input.pointer.any_down());
        if !is_open || is_busy || !ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            return;
        }
        if self.tour.leave() {
            return;
        }
        if self.session.opened.why.is_some() {
            return self.act(Ask::CloseWhySimilar);
        }
        let place = self.session.lasting.place;
        match self.places.dock(place).maximised() {
            Some(_) => self.places.dock_mut(place).maximise(None),
            None if place == Place::LookInside => self.act(Go::Out),
            None => {}
        }
    }
}
