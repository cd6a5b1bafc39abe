//! A group of images, a cluster or a class, as a card: pictures from its middle, what it is called, how large it is, its labels, the
//! channels that distinguish it, and what can be done with it.

mod channel;
mod told_apart;

use eframe::egui::{
    Align, Button, Key, Label, Layout, Popup, PopupCloseBehavior, Rect, RichText, Sense, Stroke, StrokeKind, TextEdit,
    Ui, UiBuilder, Vec2, pos2, vec2,
};

pub use channel::show_channel;
pub use told_apart::ToldApart;

use super::channel_crop::ChannelOf;
use super::text::{capital, counted, single_line, thousands};
use super::tile::{self, TileMarks};
use super::{Tile, ask_with, label_mix, name_field};
use crate::domain::{Cluster, Example, ImageId, Tags};
use crate::engine::ChannelMapWish;
use crate::session::{Action, Pick, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;

/// Least width of a card in points: four stand beside each other in a window of 1440.
pub const LEAST_WIDTH: f32 = 246.0;
/// From the edge of a card to what is in it.
const PADDING: f32 = 8.0;
/// Between the pictures of a mosaic.
const GAP: f32 = 3.0;
/// Pictures beside each other, and rows of them.
const MOSAIC: [usize; 2] = [4, 2];
/// Side of a channel's crop.
const CROP: f32 = 44.0;
/// Channels on a card.
const CHANNELS: usize = 2;
/// The line of the name.
const HEAD: f32 = 22.0;
/// A line of words, and the line of buttons.
const LINE: f32 = 18.0;
const BUTTONS: f32 = 24.0;

/// What the person wishes of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum CardWish {
    /// Select its images.
    Select(Pick),
    /// Mark it, to do something with several, or no longer.
    Mark,
    /// Write its name.
    BeginName,
    /// Call it by this name.
    Name(String),
    /// Leave its name as it is.
    GiveUpName,
    /// Give its images a tag.
    Tag(String),
    /// Merge it with others.
    MergeWith,
    /// Split it into so many parts.
    Split(usize),
    /// Compare it with another one.
    CompareWith,
    /// Forget it.
    Forget,
}

/// What can be done with a group beside looking at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardMeans {
    /// It can be given another name; why not, if not.
    pub no_name: Option<&'static str>,
    /// It can be merged and split.
    pub can_regroup: bool,
    /// It can be forgotten.
    pub can_forget: bool,
    /// Nothing can be changed at the moment, since something is being changed.
    pub is_busy: bool,
}

/// A group on a card.
pub struct GroupCard<'a> {
    /// What it is for screen readers and tests: `cluster 3`, `class cats`.
    pub what: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// Where it is from, in words; empty where that is known.
    pub about: &'a str,
    /// What is known of it.
    pub group: &'a Cluster,
    /// Its colour: of its number, or of the label it is called by.
    pub colour: eframe::egui::Color32,
    /// Whether an image is in it.
    pub is_member: &'a dyn Fn(ImageId) -> bool,
    /// Whether it is marked.
    pub is_marked: bool,
    /// What can be done with it.
    pub means: CardMeans,
    /// How many of its images are to be removed.
    pub to_remove: usize,
    /// What asks for neighbours of its mean.
    pub example: Example,
    /// How well it is told from the others, where that is known; its labels in words stand there else.
    pub told_apart: Option<ToldApart>,
}

/// What the view keeps of cards: what is half written, and where the pointer is.
#[derive(Default)]
pub struct CardState {
    /// The group whose name is being written, with the text; whether the field was not shown yet.
    pub naming: Option<(usize, String, bool)>,
    tag: String,
    tag_problem: Option<String>,
    /// The picture under the pointer.
    pub under: Option<ImageId>,
    /// Whether a picture is to be looked inside of.
    pub looks_inside: bool,
    /// The channel that is to be looked into everywhere.
    pub looks_into: Option<ChannelOf>,
    /// The channels that were visible, to be asked for.
    pub channels: Vec<(usize, usize)>,
    /// What channels see in the images of their crops, where those were visible: to be asked for.
    pub maps: Vec<ChannelMapWish>,
}

/// The height of a card of such a width.
pub fn height(width: f32) -> f32 {
    let tile = tile_side(width);
    let mosaic = MOSAIC[1] as f32 * (tile + GAP) - GAP;
    PADDING * 2.0 + HEAD + 4.0 + mosaic + 6.0 + 6.0 + LINE + 4.0 + CROP + 6.0 + BUTTONS
}

fn tile_side(width: f32) -> f32 {
    let columns = MOSAIC[0] as f32;
    ((width - 2.0 * PADDING - GAP * (columns - 1.0)) / columns).floor().max(8.0)
}

impl GroupCard<'_> {
    /// Draws the card of the group at place `index` into `rect`.
    #[expect(clippy::too_many_arguments, reason = "a card is drawn from all that the view knows")]
    pub fn show(
        &self,
        ui: &mut Ui,
        rect: Rect,
        index: usize,
        state: &mut CardState,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) -> Option<CardWish> {
        let fill = if self.is_marked { palette().accent_fill } else { palette().panel };
        ui.painter().rect_filled(rect, 6.0, fill);
        let stroke = if self.is_marked { palette().accent } else { palette().line };
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(1.0, stroke), StrokeKind::Inside);
        // Below all that is on it, of which pictures have menus of their own.
        let card = ui.interact(rect, ui.make_persistent_id(("card", self.what)), Sense::CLICK);
        let inner = rect.shrink(PADDING);
        let mut top = inner.top();
        let mut line = |height: f32, below: f32| {
            let line = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height));
            top += height + below;
            line
        };
        let mut wish = self.show_head(ui, line(HEAD, 4.0), index, state);
        let tile = tile_side(rect.width());
        let mosaic = line(MOSAIC[1] as f32 * (tile + GAP) - GAP, 6.0);
        show_mosaic(ui, mosaic, tile, MOSAIC[0] * MOSAIC[1], self, state, session, thumbs, actions);
        let group = self.group;
        let (places, words) = (session.opened.images.label_places(), self.labels_in_words());
        label_mix::show(ui, line(6.0, 0.0), &group.labels, group.size, places, (&capital(self.what), &words));
        self.show_words(ui, line(LINE, 4.0));
        self.show_channels(ui, line(CROP, 6.0), state, session, thumbs);
        wish = self.show_buttons(ui, line(BUTTONS, 0.0), state, actions).or(wish);
        Popup::context_menu(&card).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
            wish = self.show_menu(ui).or(wish.take());
        });
        wish
    }

    /// Its labels, and how many of its images are to be removed, if any are.
    pub fn labels_in_words(&self) -> String {
        self.with_removals(label_mix::in_words(&self.group.labels))
    }

    fn with_removals(&self, words: String) -> String {
        match self.to_remove {
            0 => words,
            // First: what does not fit on a card is cut off at the end.
            count => format!("{} to remove  ·  {words}", thousands(count)),
        }
    }

    fn show_head(&self, ui: &mut Ui, rect: Rect, index: usize, state: &mut CardState) -> Option<CardWish> {
        let mut wish = None;
        let mut head = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
        let ui = &mut head;
        ui.spacing_mut().item_spacing.x = 4.0;
        // Else all of the line is as low as the tick, and hangs into the pictures.
        ui.spacing_mut().interact_size.y = rect.height();
        ui.spacing_mut().button_padding.y = 0.0;
        let mut is_marked = self.is_marked;
        let tick = ui.checkbox(&mut is_marked, "").on_hover_text("Mark it, to compare or merge it with others");
        if tick.accessible_name(format!("Mark {}", self.what)).changed() {
            wish = Some(CardWish::Mark);
        }
        let (dot, _) = ui.allocate_exact_size(Vec2::splat(9.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, self.colour);
        let size = counted(self.group.size, "picture", "pictures");
        let size_room = single_line(ui.painter(), size.clone(), 11.5, palette().weak, 110.0).size().x + 8.0;
        let room = (ui.available_width() - size_room).max(20.0);
        if let Some((_, text, is_new)) = state.naming.as_mut().filter(|(of, ..)| *of == index) {
            wish = show_name_field(ui, (self.what, self.title), text, is_new, room).or(wish);
        } else {
            let title = RichText::new(self.title).color(palette().strong);
            let hint = self.means.no_name.unwrap_or("Click to give it a name");
            let hint = if self.about.is_empty() { hint.to_owned() } else { format!("{}. {hint}", self.about) };
            let sized = vec2(room, rect.height());
            let can = self.means.no_name.is_none();
            ui.allocate_ui_with_layout(sized, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(room);
                // What cannot be called otherwise is read all the same: a button that cannot be pressed would be pale.
                let named = match can {
                    true => ui.add(Button::new(title).frame(false).truncate()),
                    false => ui.add(Label::new(title).truncate().selectable(false)),
                };
                let named = named.on_hover_text(&hint).accessible_name(format!("Name {}", self.what));
                if can && named.clicked() {
                    wish = Some(CardWish::BeginName);
                }
            });
        }
        ui.label(RichText::new(size).size(11.5).color(palette().weak));
        wish
    }

    /// A line of words: how well it is told from the others, or which labels it has.
    fn show_words(&self, ui: &Ui, room: Rect) {
        let words = match &self.told_apart {
            Some(told) => self.with_removals(told.words.clone()),
            None => self.labels_in_words(),
        };
        let galley = single_line(ui.painter(), words, 11.5, palette().weak, room.width());
        ui.painter().galley(room.min + vec2(0.0, 2.0), galley, palette().weak);
        if let Some(told) = &self.told_apart {
            told.tell_numbers(ui, room, self.what);
        }
    }

    fn show_channels(&self, ui: &Ui, rect: Rect, state: &mut CardState, session: &Session, thumbs: &mut Thumbnails) {
        let half = rect.width() / CHANNELS as f32;
        for (place, channel) in self.group.distinguishing.iter().take(CHANNELS).enumerate() {
            let room = Rect::from_min_size(pos2(rect.left() + place as f32 * half, rect.top()), vec2(half, CROP));
            show_channel(ui, room, channel, self.what, state, self.is_member, session, thumbs);
        }
    }

    fn show_buttons(
        &self,
        ui: &mut Ui,
        rect: Rect,
        state: &mut CardState,
        actions: &mut Vec<Action>,
    ) -> Option<CardWish> {
        let mut wish = None;
        let mut row = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
        let ui = &mut row;
        ui.spacing_mut().item_spacing.x = 4.0;
        // Five have to stand beside each other on the narrowest card.
        ui.spacing_mut().button_padding.x = 6.0;
        let select = ui.button((Icon::Select.atom(), "Select")).on_hover_text("Select its images");
        if select.accessible_name(format!("Select {}", self.what)).clicked() {
            wish = Some(CardWish::Select(tile::pick_held(ui)));
        }
        let tag = Icon::Tag.button(ui, "Give its images a tag");
        let tag = tag.accessible_name(format!("Tag {}", self.what));
        if tag.clicked() {
            state.tag.clear();
            state.tag_problem = None;
        }
        Popup::menu(&tag).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(180.0).show(|ui| {
            wish = show_tag_field(ui, self.what, state).or(wish.take());
        });
        let more = Icon::More.button(ui, "More to do with it").accessible_name(format!("More for {}", self.what));
        Popup::menu(&more).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
            wish = self.show_menu(ui).or(wish.take());
        });
        ask_with::beside(ui, self.what, &self.example, actions);
        wish
    }

    fn show_menu(&self, ui: &mut Ui) -> Option<CardWish> {
        let mut wish = None;
        let CardMeans { no_name, can_regroup, can_forget, is_busy } = self.means;
        let mut item = |can: bool, text: &str, why_not: &str, chosen: CardWish| {
            let button = ui.add_enabled(can, Button::new(text)).on_disabled_hover_text(why_not);
            if button.clicked() {
                wish = Some(chosen);
            }
        };
        item(no_name.is_none(), "Rename", no_name.unwrap_or_default(), CardWish::BeginName);
        if can_regroup {
            let why_not = "Something else is being made: wait for it, or stop it";
            item(!is_busy, "Merge with…", why_not, CardWish::MergeWith);
            let is_alone = self.group.size < 2;
            let why_not = if is_alone { "It has one image only" } else { why_not };
            item(!is_busy && !is_alone, "Split in two", why_not, CardWish::Split(2));
            item(!is_busy && self.group.size > 2, "Split in three", why_not, CardWish::Split(3));
        }
        item(true, "Compare with…", "", CardWish::CompareWith);
        if can_forget {
            item(!is_busy, "Forget this class", "Classes are being compared", CardWish::Forget);
        }
        wish
    }
}

/// Draws pictures of a group's middle into `rect`, so many at most.
#[expect(clippy::too_many_arguments, reason = "a tile is drawn from all that the view knows")]
pub fn show_mosaic(
    ui: &Ui,
    rect: Rect,
    side: f32,
    most: usize,
    card: &GroupCard<'_>,
    state: &mut CardState,
    session: &Session,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let columns = (((rect.width() + GAP) / (side + GAP) + 0.01) as usize).max(1);
    for (place, id) in card.group.exemplars.iter().take(most).enumerate() {
        let Some(image) = session.image(*id) else { continue };
        let corner = vec2((place % columns) as f32 * (side + GAP), (place / columns) as f32 * (side + GAP));
        let picture = Rect::from_min_size(rect.min + corner, Vec2::splat(side));
        let name = format!("{}: {}", capital(card.what), image.path.text);
        let marks = TileMarks::of(session, image);
        let id_of = ui.make_persistent_id(("mosaic", card.what, id.0));
        let response = Tile { image, marks, name: &name, more: None }.show_filling(ui, picture, id_of, thumbs);
        state.looks_inside |= response.double_clicked();
        if response.clicked() {
            actions.push(tile::click(*id, ui.input(|input| input.modifiers)).into());
        }
        if response.hovered() {
            state.under = Some(*id);
        }
    }
}

/// The field for another name than `title`.
fn show_name_field(
    ui: &mut Ui,
    (what, title): (&str, &str),
    text: &mut String,
    is_new: &mut bool,
    room: f32,
) -> Option<CardWish> {
    let kind = what.split(' ').next().unwrap_or(what);
    let edit = TextEdit::singleline(text).desired_width(room - 12.0);
    let edit = ui.add(edit).accessible_name(format!("Name of the {kind}"));
    // Once: else whatever else is clicked would never get the keys.
    if std::mem::take(is_new) {
        name_field::begin(&edit, text);
        return None;
    }
    if edit.has_focus() {
        return None;
    }
    // What a group is called by its labels is no name of a person's until they change it.
    let is_left = text.trim() == title || ui.input(|input| input.key_pressed(Key::Escape));
    Some(if is_left { CardWish::GiveUpName } else { CardWish::Name(std::mem::take(text)) })
}

fn show_tag_field(ui: &mut Ui, what: &str, state: &mut CardState) -> Option<CardWish> {
    let field = TextEdit::singleline(&mut state.tag).hint_text("Tag for all its images").desired_width(160.0);
    let field = ui.add(field.margin(name_field::IN_MENU)).accessible_name(format!("Tag for {what}"));
    if field.changed() {
        state.tag_problem = None;
    } else if !field.has_focus() && !field.lost_focus() && state.tag.is_empty() {
        field.request_focus();
    }
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if let Some(problem) = &state.tag_problem {
        ui.label(RichText::new(problem).small().color(palette().problem));
    }
    if !is_entered || state.tag.is_empty() {
        return None;
    }
    match Tags::cleaned(&state.tag) {
        Ok(tag) => {
            state.tag.clear();
            ui.close();
            Some(CardWish::Tag(tag))
        }
        Err(problem) => {
            state.tag_problem = Some(problem);
            None
        }
    }
}
