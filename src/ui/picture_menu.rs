//! The menu of a picture: one for all views, and for the keyboard.

use eframe::egui::{
    Align, Button, Context, Id, Key, LayerId, Layout, Modifiers, Order, Popup, PopupAnchor, PopupCloseBehavior,
    PopupKind, Pos2, RichText, TextEdit, Ui,
};

use super::command::Command;
use super::desktop::HandOver;
use super::icons::Icon;
use super::theme::palette;
use super::views::Pane;
use super::widgets::asked_menu::{self, AskedMenu};
use super::widgets::{tag_dot, text::counted, tile};
use crate::domain::{ImageGroup, ImageId, ImageRef, Tags};
use crate::session::{Action, Ask, Choose, Pick, Session};

/// How many of its tags the menu lists, to be taken away.
const TAGS: usize = 6;

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
            open: Some(AskedMenu { image, at }),
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
        let Some(AskedMenu { image, at }) = self.open else { return };
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
                is_done = self.items(ui, session, image, wishes);
            });
        // The click that asks for another one is outside of this.
        if is_done || (!is_open && !is_new) {
            self.open = None;
        }
    }

    /// Shows what can be chosen; says whether something was.
    fn items(&mut self, ui: &mut Ui, session: &Session, image: ImageRef<'_>, wishes: &mut Wishes<'_>) -> bool {
        let Wishes { actions, commands, hand_overs } = wishes;
        let chosen = &session.opened.chosen;
        let id = image.id;
        let is_readable = image.problem.is_none();
        let is_selected = chosen.selection.contains(id);
        // Who asks for the menu of one of several that are selected means all of them, where that makes sense.
        let is_of_many = is_selected && chosen.selection.len() > 1;
        let targets = || match is_of_many {
            true => ImageGroup::Set(chosen.selection.clone()),
            false => ImageGroup::Set([id].into_iter().collect()),
        };
        let to_ask_with = match is_of_many {
            true => session.opened.selection_to_ask_with(),
            false => is_readable.then(|| vec![id]),
        };
        let mut is_done = false;
        let mut item_of = |ui: &mut Ui, is_enabled: bool, button: Button<'_>, hint: &str| {
            let response = ui.add_enabled(is_enabled, button).on_hover_text(hint);
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
            let is_chosen = response.clicked();
            is_done |= is_chosen;
            is_chosen
        };
        let mut item = |ui: &mut Ui, is_enabled: bool, (icon, text): (Icon, &str), hint: &str| {
            item_of(ui, is_enabled, Button::new((icon.atom(), text)), hint)
        };
        if item(ui, is_readable, (Icon::Similar, "Find similar"), "Show the neighbours of this picture at this depth") {
            actions.push(Choose::LookAt(id).into());
            commands.push(Command::Show(Pane::Neighbours));
        }
        let probe = chosen.probe.filter(|probe| *probe != id && chosen.like.is_none());
        if probe.is_some() && is_readable {
            if item(
                ui,
                true,
                (Icon::Why, "Why is it similar?"),
                "Which channels make it similar to the current picture",
            ) {
                actions.push(Ask::Why(id).into());
            }
            if item(
                ui,
                true,
                (Icon::Compare, "Compare with the current picture"),
                "The same channels of both, side by side",
            ) {
                actions.push(Choose::Beside(Some(id)).into());
                commands.push(Command::LookInside);
            }
        }
        let what = if is_of_many { counted(chosen.selection.len(), "picture", "pictures") } else { "it".to_owned() };
        let it = if is_of_many { "them" } else { "it" };
        let signs = [
            (Icon::Plus, "More", 1.0, format!("Neighbours are to be like {what}, too")),
            (Icon::Minus, "Less", -1.0, format!("Neighbours are to be unlike {what}")),
        ];
        for (sign, word, weight, hint) in signs {
            if item(ui, to_ask_with.is_some(), (sign, &format!("{word} like {it}")), &hint) {
                actions.push(Choose::AddExamples(to_ask_with.clone().unwrap_or_default(), weight).into());
            }
        }
        ui.separator();
        if item(ui, is_readable, (Icon::LookInside, "Look inside it"), "Its activations, layer by layer") {
            actions.push(Choose::LookAt(id).into());
            commands.push(Command::LookInside);
        }
        if !self.is_in_viewer
            && item(ui, is_readable, (Icon::Maximise, "View at full size"), "The picture at its own resolution")
        {
            actions.push(Choose::LookAt(id).into());
            commands.push(Command::ViewPicture);
        }
        if let Some(collection) = session.collection() {
            let path = || image.path.below(&collection.folder);
            if item(
                ui,
                true,
                (Icon::Open, "Open with another program"),
                "The program that this desktop opens such files with",
            ) {
                hand_overs.push(HandOver::Open(path()));
            }
            if item(ui, true, (Icon::Folder, "Show in the file manager"), "The folder that the file lies in") {
                hand_overs.push(HandOver::Reveal(path()));
            }
            if item(ui, true, (Icon::Copy, "Copy path"), "The whole path of the file") {
                ui.ctx().copy_text(path().display().to_string());
            }
        }
        ui.separator();
        let (text, pick) = match is_selected {
            true => ("Take out of the selection", Pick::Remove),
            false => ("Add to the selection", Pick::Add),
        };
        if item(ui, true, (Icon::Select, text), "The current picture stays") {
            actions.push(Choose::AddToSelection(id, pick).into());
        }
        if let Some(label) = image.label {
            let text = format!("Select all labelled {label}");
            if item(ui, true, (Icon::Label, &text), "All pictures of the collection with this label") {
                actions.push(Choose::PickGroup(ImageGroup::Label(Some(label.to_owned())), tile::pick_held(ui)).into());
            }
        }
        for tag in session.opened.tags.words_of(id).take(TAGS) {
            let hint = format!("Of {what}");
            let button = Button::new((tag_dot::atom(session, tag), format!("Remove tag {tag}")));
            if item_of(ui, true, button, &hint) {
                actions.push(Choose::TagGroup { group: targets(), tag: tag.to_owned(), is_on: false }.into());
            }
        }
        let hint = if is_of_many { format!("Tag {what}") } else { "Tag it".to_owned() };
        let field = ui.add(TextEdit::singleline(&mut self.written).hint_text(hint).desired_width(190.0));
        let field = field.accessible_name("Tag for the picture of this menu");
        if field.changed() {
            self.problem = None;
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
            match Tags::cleaned(&self.written) {
                Ok(tag) => {
                    actions.push(Choose::TagGroup { group: targets(), tag, is_on: true }.into());
                    is_done = true;
                }
                Err(problem) => self.problem = Some(problem),
            }
        }
        if let Some(problem) = &self.problem {
            ui.label(RichText::new(problem).small().color(palette().problem));
        }
        is_done || ui.input(|input| input.key_pressed(Key::Escape))
    }
}
