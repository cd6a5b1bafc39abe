//! What is asked with, a chip each: what it is, how much it counts, and a cross.
//!
//! Chips are as wide as lets all of them be seen in a line: whole ones have a name and a slider, and the shortest a picture and a
//! number. None runs out of the line.

use std::collections::BTreeSet;

use eframe::egui::{
    Align, Button, Color32, CursorIcon, DragValue, Layout, Rect, RichText, Role, ScrollArea, Sense, Slider, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use super::super::alike::Alike;
use super::super::region;
use crate::domain::{Example, ImageId};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::question_words;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::cut_name::{file_name, middle_cut};
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::{counted, small, thousands};
use crate::ui::widgets::tile;

/// More than this are counted, not shown.
const SHOWN: usize = 24;
/// Height of a chip in points.
pub(super) const HEIGHT: f32 = 26.0;
/// Height of all chips at most where all are wished to be seen: three lines, and part of the next, so that one sees that there is one.
const ALL_HEIGHT: f32 = 3.5 * HEIGHT;
/// Space between chips in points.
const GAP: f32 = 4.0;
/// Width of a slider in points.
const SLIDER: f32 = 54.0;
/// Width of a weight in points.
const WEIGHT: f32 = 30.0;
/// Room for the button that shows those for which there is none, in points.
const MORE: f32 = 66.0;

/// What a chip stands for.
pub(super) enum Chip<'a> {
    /// One of what is asked with.
    One(&'a Example),
    /// Images that count alike, too many for a chip each, and the number that they have in common.
    Alike(u64, &'a [ImageId]),
}

/// How much of it a chip shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Picture, name, slider, weight.
    Whole,
    /// No name where there is a picture.
    Nameless,
    /// No slider either: the weight is dragged or written.
    Short,
}

impl Form {
    /// From the widest to the narrowest.
    const ALL: [Self; 3] = [Self::Whole, Self::Nameless, Self::Short];

    /// How wide a chip is, in points.
    fn width(self, chip: &Chip<'_>) -> f32 {
        let is_picture = matches!(chip, Chip::One(example) if example.image().is_some());
        match (self, is_picture) {
            (Self::Whole, _) | (Self::Nameless, false) => 232.0,
            (Self::Nameless, true) => 152.0,
            (Self::Short, true) => 108.0,
            (Self::Short, false) => 150.0,
        }
    }
}

/// A chip each, but for images that share one: those have one each besides where that is wished. What is looked at (`first`) is seen by
/// itself. How many there was no room for comes with them.
pub(super) fn chips_of<'a>(
    first: Option<(&'a Example, f32)>,
    examples: impl Iterator<Item = (&'a Example, f32)>,
    alike: &'a Alike,
    one_by_one: bool,
) -> (Vec<(Chip<'a>, f32)>, usize) {
    let numbers = alike.numbers();
    let mut chips: Vec<_> = first.into_iter().map(|(first, weight)| (Chip::One(first), weight)).collect();
    let (mut shown, mut hidden) = (chips.len(), 0);
    let mut begun = BTreeSet::new();
    for (example, weight) in examples {
        if let Example::Image(id) = example
            && let Some(&number) = numbers.get(id)
        {
            if begun.insert(number) {
                chips.push((Chip::Alike(number, alike.images(number)), weight));
            }
            if !one_by_one {
                continue;
            }
        }
        match shown < SHOWN {
            true => chips.push((Chip::One(example), weight)),
            false => hidden += 1,
        }
        shown += 1;
    }
    (chips, hidden)
}

/// The chips of a question, and what is needed to draw them.
pub(super) struct Chips<'a, 'c> {
    pub(super) session: &'a Session,
    pub(super) chips: &'c [(Chip<'c>, f32)],
    /// How many there is no room for.
    pub(super) hidden: usize,
    /// Whether images that count alike have a chip each, and whether that is to be otherwise.
    pub(super) is_open: bool,
    pub(super) is_toggled: bool,
    pub(super) thumbs: &'a mut Thumbnails,
    pub(super) actions: &'a mut Vec<Action>,
}

impl Chips<'_, '_> {
    /// How wide the first of them are beside each other, in points.
    fn width_of(&self, form: Form, count: usize) -> f32 {
        let widths: f32 = self.chips[..count].iter().map(|(chip, _)| form.width(chip)).sum();
        widths + GAP * count.saturating_sub(1) as f32
    }

    /// The widest form in which all have room in one line of so many points; `None` if there is none.
    pub(super) fn form_in(&self, room: f32) -> Option<Form> {
        let is_whole = self.hidden == 0;
        Form::ALL.into_iter().find(|form| is_whole && self.width_of(*form, self.chips.len()) <= room)
    }

    /// How wide all are in this form, in points.
    pub(super) fn all_in(&self, form: Form) -> f32 {
        self.width_of(form, self.chips.len())
    }

    /// In what is left of the line, as many as there is room for; says whether all are to be seen.
    pub(super) fn show_in_a_line(&mut self, ui: &mut Ui, form: Option<Form>) -> bool {
        ui.spacing_mut().item_spacing.x = GAP;
        let (form, room) = (form.unwrap_or(Form::Short), ui.available_width());
        let has_room = |count: &usize| {
            let more = if *count < self.chips.len() || self.hidden > 0 { MORE + GAP } else { 0.0 };
            self.width_of(form, *count) + more <= room
        };
        let count = (1..=self.chips.len()).rev().find(has_room).unwrap_or(0);
        (0..count).for_each(|place| self.show_chip(ui, place, form));
        let more = self.chips.len() - count + self.hidden;
        if more == 0 {
            return false;
        }
        let button = small(RichText::new(format!("+ {} more", thousands(more))).small());
        ui.add(button)
            .on_hover_text("Show all that is asked with")
            .accessible_name("Show all that is asked with")
            .clicked()
    }

    /// In as many lines as they need, of which three are seen at most.
    pub(super) fn show_all(&mut self, ui: &mut Ui) {
        let height = (ui.available_height() * 0.3).clamp(HEIGHT, ALL_HEIGHT);
        let lines = ScrollArea::vertical().id_salt("asked with").max_height(height).auto_shrink([false, true]);
        lines.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            let whole = self.chips.first().map_or(1.0, |(chip, _)| Form::Whole.width(chip));
            let (form, width) = match ui.available_width() >= whole {
                true => (Form::Whole, whole),
                false => (Form::Short, ui.available_width()),
            };
            let columns = (((ui.available_width() + GAP) / (width + GAP)) as usize).max(1);
            for begin in (0..self.chips.len()).step_by(columns) {
                let end = (begin + columns).min(self.chips.len());
                ui.horizontal(|ui| (begin..end).for_each(|place| self.show_chip(ui, place, form)));
            }
        });
        if self.hidden > 0 {
            ui.label(RichText::new(format!("and {} more", self.hidden)).small().color(palette().weak));
        }
    }

    fn show_chip(&mut self, ui: &mut Ui, place: usize, form: Form) {
        let (what, weight) = &self.chips[place];
        // By what it stands for, where that can be: a chip that another one makes room for stays held.
        let id = match what {
            Chip::Alike(number, _) => ("alike", *number),
            Chip::One(Example::Image(id)) => ("image", u64::from(id.0)),
            Chip::One(_) => ("place", place as u64),
        };
        let with = (self.is_open, &mut *self.thumbs);
        ui.push_id(id, |ui| {
            self.is_toggled |= show_chip(ui, self.session, (what, form), *weight, with, self.actions);
        });
    }
}

/// One of them: what it is, how much it counts, and a cross. Says whether images that count alike are to be seen one by one, or
/// together again.
fn show_chip(
    ui: &mut Ui,
    session: &Session,
    (what, form): (&Chip<'_>, Form),
    weight: f32,
    (is_open, thumbs): (bool, &mut Thumbnails),
    actions: &mut Vec<Action>,
) -> bool {
    let name = match what {
        Chip::One(example) => question_words::example(session, example),
        Chip::Alike(_, ids) => counted(ids.len(), "picture", "pictures"),
    };
    let (rect, _) = ui.allocate_exact_size(vec2(form.width(what), HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 5.0, palette().raised.gamma_multiply(0.6));
    let inside = UiBuilder::new().max_rect(rect.shrink2(vec2(4.0, 2.0)));
    let mut chip = ui.new_child(inside.layout(Layout::right_to_left(Align::Center)));
    chip.spacing_mut().item_spacing.x = if form == Form::Short { 3.0 } else { 5.0 };
    let cross = chip.add(Button::new(Icon::Close.small()).small().frame(false));
    let leave_out = format!("Leave out {name}");
    if cross.on_hover_text(&leave_out).accessible_name(&leave_out).clicked() {
        actions.push(match what {
            Chip::One(example) => Choose::RemoveExample((*example).clone()).into(),
            Chip::Alike(_, ids) => Choose::RemoveImages(ids.to_vec()).into(),
        });
    }
    // Both are drawn in every frame: what is held must not slip away.
    let (moved, is_switched) = match form {
        Form::Short => (show_number(&mut chip, weight, &name), show_switch(&mut chip, weight, &name)),
        Form::Whole | Form::Nameless => {
            let is_switched = show_weight(&mut chip, weight, &name);
            (show_slider(&mut chip, weight, &name), is_switched)
        }
    };
    if is_switched {
        let examples = match what {
            Chip::One(example) => vec![(*example).clone()],
            Chip::Alike(_, ids) => ids.iter().copied().map(Example::Image).collect(),
        };
        actions.push(Choose::Switch(examples).into());
    }
    if let Some(weight) = moved {
        actions.push(match what {
            Chip::One(example) => Choose::Weigh((*example).clone(), weight).into(),
            Chip::Alike(_, ids) => Choose::WeighImages(ids.to_vec(), weight).into(),
        });
    }
    let rest = chip.available_rect_before_wrap();
    match what {
        Chip::One(example) => {
            show_what(&chip, session, example, &name, rest, thumbs);
            chip.interact(rest, chip.scope_id().with("what"), Sense::hover()).on_hover_text(&name);
            false
        }
        Chip::Alike(_, ids) => {
            let toggle = if is_open { "Show them together" } else { "Show them one by one" };
            let response = chip.interact(rest, chip.scope_id().with("alike"), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{toggle}: {name}")));
            if let Some(first) = ids.first() {
                let words = if form == Form::Short { format!("× {}", thousands(ids.len())) } else { name.clone() };
                show_what(&chip, session, &Example::Image(*first), &words, rest, thumbs);
            }
            let hint = format!("{name} that count alike. {toggle}");
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(hint).clicked()
        }
    }
}

/// What switches a weight is called.
fn switch_name(weight: f32, name: &str) -> String {
    format!("Switch {name} {}", if weight == 0.0 { "on" } else { "off" })
}

/// A weight in words, which switches it off and on; whether it is pressed.
fn show_weight(ui: &mut Ui, weight: f32, name: &str) -> bool {
    let (words, colour) = weight_in_words(weight);
    let button = Button::new(RichText::new(words).small().color(colour)).small().frame(false);
    let called = switch_name(weight, name);
    ui.add_sized([WEIGHT, 20.0], button).on_hover_text(&called).accessible_name(&called).clicked()
}

/// The same as a dot, where there is no room for more.
fn show_switch(ui: &mut Ui, weight: f32, name: &str) -> bool {
    let (_, colour) = weight_in_words(weight);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(12.0, 20.0), Sense::click());
    let called = switch_name(weight, name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &called));
    let is_on = weight != 0.0;
    let radius = if response.hovered() || response.has_focus() { 5.0 } else { 4.0 };
    match is_on {
        true => ui.painter().circle_filled(rect.center(), radius, colour),
        false => ui.painter().circle_stroke(rect.center(), radius, (1.5, colour)),
    };
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(called).clicked()
}

/// The slider of a weight; what it was moved to.
fn show_slider(ui: &mut Ui, weight: f32, name: &str) -> Option<f32> {
    ui.spacing_mut().slider_width = SLIDER;
    let mut moved = weight;
    let slider = ui.add(Slider::new(&mut moved, -1.0..=1.0).step_by(0.05).show_value(false));
    let hint = "How much it counts: to the right for, to the left against, in the middle not at all";
    let slider = slider.on_hover_text(hint).accessible_name(format!("Weight of {name}"));
    (slider.changed() && moved != weight).then_some(moved)
}

/// The weight as a number that can be dragged and written; what it became.
fn show_number(ui: &mut Ui, weight: f32, name: &str) -> Option<f32> {
    let mut moved = weight;
    ui.spacing_mut().interact_size = vec2(WEIGHT, 20.0);
    ui.spacing_mut().button_padding.x = 2.0;
    let drag = DragValue::new(&mut moved).range(-1.0..=1.0).speed(0.01).update_while_editing(false);
    let drag = drag.custom_formatter(|weight, _| weight_in_words(weight as f32).0).custom_parser(weight_of_words);
    let hint = "How much it counts: above 0 for, below against. Drag it, or click and write";
    let drag = ui.add(drag).on_hover_text(hint).accessible_name(format!("Weight of {name}"));
    (drag.changed() && moved != weight).then_some(moved)
}

/// The picture of an example, or a dot, and its name.
fn show_what(ui: &Ui, session: &Session, example: &Example, name: &str, rest: Rect, thumbs: &mut Thumbnails) {
    let mut left = rest.left();
    if let Some(image) = example.image().and_then(|id| session.image(id)) {
        let picture = Rect::from_min_size(rest.min, Vec2::splat(rest.height().min(rest.width())));
        match thumbs.get(image.id) {
            Some((texture, size_px)) => {
                tile::paint_picture(ui.painter(), picture, texture, size_px);
                if let Example::Region { region, .. } = example {
                    region::paint(ui.painter(), part_rect(*region, tile::fit(picture, size_px)));
                }
            }
            None => tile::paint_waiting(ui.painter(), picture),
        }
        left = picture.right() + 5.0;
    }
    let room = rest.right() - left;
    // Where there is no room for a name there is none.
    if room < 16.0 {
        return;
    }
    let (painter, colour) = (ui.painter(), palette().text);
    let words = match example {
        Example::Image(_) | Example::Region { .. } | Example::File { .. } => {
            file_name(painter, name, 11.5, colour, room, false)
        }
        Example::Label(_) | Example::Tag(_) | Example::Class(_) | Example::Cluster { .. } | Example::Vector(_) => {
            middle_cut(painter, name, 11.5, colour, room)
        }
    };
    let top = rest.center().y - words.size().y / 2.0;
    ui.painter().galley(pos2(left, top), words, palette().text);
}

/// `+0.5`, `−1`, `off`, and the colour of that.
fn weight_in_words(weight: f32) -> (String, Color32) {
    let amount = (weight.abs() * 100.0).round() / 100.0;
    match amount {
        0.0 => ("off".to_owned(), palette().weak),
        amount if weight > 0.0 => (format!("+{amount}"), palette().good),
        amount => (format!("−{amount}"), palette().problem),
    }
}

/// The weight that such words mean.
fn weight_of_words(words: &str) -> Option<f64> {
    match words.trim() {
        "off" => Some(0.0),
        number => number.trim_start_matches('+').replace('−', "-").parse().ok(),
    }
}
