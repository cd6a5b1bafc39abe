//! The items of the menu of a picture.

use eframe::egui::{Button, Ui};

use super::Wishes;
use crate::domain::{ImageGroup, ImageRef};
use crate::session::{Ask, Choose, Pick, Session};
use crate::ui::command::Command;
use crate::ui::desktop::HandOver;
use crate::ui::icons::Icon;
use crate::ui::views::Pane;
use crate::ui::widgets::asked_menu::ComparedWith;
use crate::ui::widgets::tags_seen::tags_of;
use crate::ui::widgets::{ask_with, tag_dot, text::counted, tile};

/// How many of its tags the menu lists, to be taken away.
const TAGS: usize = 6;

/// What the items are shown with.
pub(super) struct Items<'a, 'w> {
    pub session: &'a Session,
    /// Of which picture.
    pub image: ImageRef<'a>,
    pub wishes: &'a mut Wishes<'w>,
    /// Whether the first one that is shown takes the focus.
    pub wants_focus: bool,
    /// Whether one was chosen.
    pub is_done: bool,
}

impl<'a> Items<'a, '_> {
    fn is_readable(&self) -> bool {
        self.image.problem.is_none()
    }

    fn is_selected(&self) -> bool {
        self.session.opened.chosen.selection.contains(self.image.id)
    }

    /// Who asks for the menu of one of several that are selected means all of them, where that makes sense.
    fn is_of_many(&self) -> bool {
        self.is_selected() && self.session.opened.chosen.selection.len() > 1
    }

    /// All that are meant.
    pub fn targets(&self) -> ImageGroup {
        match self.is_of_many() {
            true => ImageGroup::Set(self.session.opened.chosen.selection.clone()),
            false => ImageGroup::Set([self.image.id].into_iter().collect()),
        }
    }

    /// All that are meant, in words.
    pub fn what(&self) -> String {
        match self.is_of_many() {
            true => counted(self.session.opened.chosen.selection.len(), "picture", "pictures"),
            false => "it".to_owned(),
        }
    }

    /// Shows an item; says whether it was chosen.
    fn item(&mut self, ui: &mut Ui, is_enabled: bool, (icon, text): (Icon, &str), hint: &str) -> bool {
        self.item_of(ui, is_enabled, Button::new((icon.atom(), text)), hint)
    }

    fn item_of(&mut self, ui: &mut Ui, is_enabled: bool, button: Button<'_>, hint: &str) -> bool {
        let response = ui.add_enabled(is_enabled, button).on_hover_text(hint).on_disabled_hover_text(hint);
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        self.is_done |= response.clicked();
        response.clicked()
    }

    /// What can be asked with it; `beside` says with what the list compares it that it is in.
    pub fn asking(&mut self, ui: &mut Ui, beside: Option<ComparedWith>) {
        let (id, is_readable) = (self.image.id, self.is_readable());
        let session: &'a Session = self.session;
        let chosen = &session.opened.chosen;
        let hint = "Show the neighbours of this picture at this depth";
        if self.item(ui, is_readable, (Icon::Similar, "Find similar"), hint) {
            self.wishes.actions.push(Choose::LookAt(id).into());
            self.wishes.commands.push(Command::Show(Pane::Neighbours));
        }
        let probe = chosen.probe.filter(|probe| *probe != id && chosen.like.is_none());
        // In a list that is about another picture, that is the one which it is compared with.
        let with = beside.filter(|with| with.image != id);
        let other = with.as_ref().map(|with| with.image).or(probe).and_then(|other| session.image(other));
        if let Some(other) = other.filter(|_| is_readable) {
            let called = format!("Why is it similar to {}?", other.path.in_folder());
            if self.item(ui, true, (Icon::Why, &called), "Which channels make the two similar") {
                self.wishes.actions.push(match with {
                    Some(ComparedWith { source, metric, is_asked_with: true, .. }) => {
                        Ask::WhyAt(id, source, metric).into()
                    }
                    Some(ComparedWith { image, source, metric, .. }) => Ask::WhyTwo([image, id], source, metric).into(),
                    None => Ask::Why(id).into(),
                });
            }
        }
        let (text, hint) = ("Compare with the current picture", "The same channels of both, side by side");
        if probe.is_some() && is_readable && self.item(ui, true, (Icon::Compare, text), hint) {
            self.wishes.actions.push(Choose::Beside(Some(id)).into());
            self.wishes.commands.push(Command::LookInside);
        }
        self.examples(ui);
    }

    /// More like it, and less.
    fn examples(&mut self, ui: &mut Ui) {
        let to_ask_with = match self.is_of_many() {
            true => self.session.opened.selection_to_ask_with(),
            false => self.is_readable().then(|| vec![self.image.id]),
        };
        let (what, it) = (self.what(), if self.is_of_many() { "them" } else { "it" });
        let signs = [
            (Icon::Plus, "More", ask_with::FOR, format!("Neighbours are to be like {what}, too")),
            (Icon::Minus, "Less", ask_with::AGAINST, format!("Neighbours are to be unlike {what}")),
        ];
        for (sign, word, weight, hint) in signs {
            if self.item(ui, to_ask_with.is_some(), (sign, &format!("{word} like {it}")), &hint) {
                let examples = Choose::AddExamples(to_ask_with.clone().unwrap_or_default(), weight);
                self.wishes.actions.push(examples.into());
            }
        }
    }

    /// Where it can be looked at.
    pub fn looking(&mut self, ui: &mut Ui, is_in_viewer: bool) {
        let (id, is_readable) = (self.image.id, self.is_readable());
        if self.item(ui, is_readable, (Icon::LookInside, "Look inside it"), "Its activations, layer by layer") {
            self.wishes.actions.push(Choose::LookAt(id).into());
            self.wishes.commands.push(Command::LookInside);
        }
        let (text, hint) = ("View at full size", "The picture at its own resolution");
        if !is_in_viewer && self.item(ui, is_readable, (Icon::Maximise, text), hint) {
            self.wishes.actions.push(Choose::LookAt(id).into());
            self.wishes.commands.push(Command::ViewPicture);
        }
        let session: &'a Session = self.session;
        let Some(collection) = session.collection() else { return };
        let file = self.image.path.below(&collection.folder);
        let (text, hint) = ("Open with another program", "The program that this desktop opens such files with");
        if self.item(ui, true, (Icon::Open, text), hint) {
            self.wishes.hand_overs.push(HandOver::Open(file.clone()));
        }
        let (text, hint) = ("Show in the file manager", "The folder that the file lies in");
        if self.item(ui, true, (Icon::Folder, text), hint) {
            self.wishes.hand_overs.push(HandOver::Reveal(file.clone()));
        }
        if self.item(ui, true, (Icon::Copy, "Copy path"), "The whole path of the file") {
            ui.ctx().copy_text(file.display().to_string());
        }
    }

    /// What can be selected by it.
    pub fn selecting(&mut self, ui: &mut Ui) {
        let (text, pick) = match self.is_selected() {
            true => ("Take out of the selection", Pick::Remove),
            false => ("Add to the selection", Pick::Add),
        };
        if self.item(ui, true, (Icon::Select, text), "The current picture stays") {
            self.wishes.actions.push(Choose::AddToSelection(self.image.id, pick).into());
        }
        let Some(label) = self.image.label else { return };
        let text = format!("Select all labelled {label}");
        if self.item(ui, true, (Icon::Label, &text), "All pictures of the collection with this label") {
            let group = ImageGroup::Label(Some(label.to_owned()));
            self.wishes.actions.push(Choose::PickGroup(group, tile::pick_held(ui)).into());
        }
    }

    /// The tags that can be taken away.
    pub fn tags(&mut self, ui: &mut Ui) {
        let session: &'a Session = self.session;
        let hint = format!("Of {}", self.what());
        for tag in tags_of(&session.opened.tags, self.image.id).iter().take(TAGS) {
            let tag = &**tag;
            let button = Button::new((tag_dot::atom(session, tag), format!("Remove tag {tag}")));
            if self.item_of(ui, true, button, &hint) {
                let group = self.targets();
                self.wishes.actions.push(Choose::TagGroup { group, tag: tag.to_owned(), is_on: false }.into());
            }
        }
    }
}
