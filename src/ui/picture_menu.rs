//! The menu of a picture: one for all views, and for the keyboard.

mod items;

use eframe::egui::{
    Align, Context, Id, Key, LayerId, Layout, Modifiers, Order, Popup, PopupAnchor, PopupCloseBehavior, PopupKind,
    Pos2, RichText, TextEdit, Ui,
};

use super::command::Command;
use super::desktop::HandOver;
use super::theme::palette;
use super::widgets::asked_menu::{self, AskedMenu, ComparedWith};
use super::widgets::name_field;
use crate::domain::{ImageGroup, ImageId, ImageRef, Tags};
use crate::session::{Action, Choose, Session};
use items::Items;

/// Where what is chosen on the menu goes.
pub struct Wishes<'a> {
    /// Choices.
    pub actions: &'a mut Vec<Action>,
    /// Commands.
    pub commands: &'a mut Vec<Command>,
    /// What the desktop is to do.
    pub hand_overs: &'a mut Vec<HandOver>,
}

/// The menu of a picture, if it is open.
#[derive(Default)]
pub struct PictureMenu {
    open: Option<AskedMenu>,
    /// Whether it was asked for by the keyboard, which then goes on in it.
    wants_focus: bool,
    written: String,
    problem: Option<String>,
    /// Whether it lies over the picture at full size.
    pub is_in_viewer: bool,
}

impl PictureMenu {
    /// Opens it by the keyboard.
    pub fn open(&mut self, image: ImageId, at: Pos2) {
        *self = Self {
            open: Some(AskedMenu { image, at, beside: None }),
            wants_focus: true,
            is_in_viewer: self.is_in_viewer,
            ..Self::default()
        };
    }

    /// Takes the keys that would mean something to what it lies over, before that sees them.
    pub fn take_keys(&mut self, ctx: &Context) {
        if self.open.is_none() || ctx.text_edit_focused() {
            return;
        }
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Escape) {
            self.open = None;
        }
        // Where the focus goes by the arrows is settled already.
        for key in [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight, Key::Home, Key::End] {
            pressed(key);
        }
    }

    /// Closes it: ids mean other images.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Shows it if it is open, or was asked for in this frame.
    pub fn show(&mut self, ctx: &Context, session: &Session, wishes: &mut Wishes<'_>) {
        let asked = asked_menu::take(ctx);
        let is_new = asked.is_some();
        if is_new {
            *self = Self { open: asked, is_in_viewer: self.is_in_viewer, ..Self::default() };
        }
        let Some(AskedMenu { image, at, beside }) = self.open.clone() else { return };
        let Some(image) = session.image(image) else {
            self.open = None;
            return;
        };
        let (mut is_open, mut is_done) = (true, false);
        let id = Id::unique("picture menu");
        Popup::new(id, ctx.clone(), PopupAnchor::Position(at), LayerId::new(Order::Middle, id))
            .kind(PopupKind::Menu)
            .layout(Layout::top_down_justified(Align::Min))
            .style(eframe::egui::containers::menu::menu_style)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("Menu of the picture")
            .open_bool(&mut is_open)
            .show(|ui| {
                ui.set_min_width(210.0);
                is_done = self.items(ui, session, image, beside, wishes);
            });
        // The click that asks for another one is outside of this.
        if is_done || (!is_open && !is_new) {
            self.open = None;
        }
    }

    /// Shows what can be chosen; says whether something was.
    fn items(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        image: ImageRef<'_>,
        beside: Option<ComparedWith>,
        wishes: &mut Wishes<'_>,
    ) -> bool {
        let wants_focus = std::mem::take(&mut self.wants_focus);
        let mut items = Items { session, image, wishes, wants_focus, is_done: false };
        items.asking(ui, beside);
        ui.separator();
        items.looking(ui, self.is_in_viewer);
        ui.separator();
        items.selecting(ui);
        items.tags(ui);
        let (targets, hint, is_done) = (items.targets(), format!("Tag {}", items.what()), items.is_done);
        self.show_field(ui, hint, targets, wishes) || is_done || ui.input(|input| input.key_pressed(Key::Escape))
    }

    /// Shows the field of a further tag; says whether one was given.
    fn show_field(&mut self, ui: &mut Ui, hint: String, targets: ImageGroup, wishes: &mut Wishes<'_>) -> bool {
        let mut is_done = false;
        let field = TextEdit::singleline(&mut self.written).hint_text(hint).desired_width(190.0);
        let field = ui.add(field.margin(name_field::IN_MENU)).accessible_name("Tag for the picture of this menu");
        if field.changed() {
            self.problem = None;
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
            match Tags::cleaned(&self.written) {
                Ok(tag) => {
                    wishes.actions.push(Choose::TagGroup { group: targets, tag, is_on: true }.into());
                    is_done = true;
                }
                Err(problem) => self.problem = Some(problem),
            }
        }
        if let Some(problem) = &self.problem {
            ui.label(RichText::new(problem).small().color(palette().problem));
        }
        is_done
    }
}
