//! What is asked with, a chip each: what it is, how much it counts, and a cross.

use std::collections::BTreeSet;

use eframe::egui::scroll_area::ScrollBarVisibility;
use eframe::egui::{
    Align, Button, Color32, CursorIcon, Layout, Rect, RichText, Role, ScrollArea, Sense, Slider, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use super::super::alike::Alike;
use super::super::region;
use crate::domain::{Example, ImageId};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::question_words;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::{counted, single_line};
use crate::ui::widgets::tile;

/// More than this are counted, not shown.
const SHOWN: usize = 24;
/// Width and height of a chip in points.
pub(super) const CHIP: [f32; 2] = [232.0, 28.0];
/// Height of all chips at most, in points: three lines, and part of the next, so that one sees that there is one.
const HEIGHT: f32 = 102.0;
/// Space between chips in points.
const GAP: f32 = 4.0;
/// Width of a slider in points.
const SLIDER: f32 = 54.0;

/// What a chip stands for.
pub(super) enum Chip<'a> {
    /// One of what is asked with.
    One(&'a Example),
    /// Images that count alike, too many for a chip each, and the number that they have in common.
    Alike(u64, &'a [ImageId]),
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
    /// In one line, which scrolls by the wheel as lists do; half a chip at its end says that there are more.
    pub(super) fn show_in_a_line(&mut self, ui: &mut Ui) {
        ui.style_mut().always_scroll_the_only_direction = true;
        let line = ScrollArea::horizontal().id_salt("asked with, in a line").auto_shrink([true, true]);
        line.scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                (0..self.chips.len()).for_each(|place| self.show_chip(ui, place));
                self.show_hidden(ui);
            });
        });
    }

    /// In as many lines as they need, of which three are seen at most.
    pub(super) fn show_all(&mut self, ui: &mut Ui) {
        let height = (ui.available_height() * 0.3).clamp(CHIP[1], HEIGHT);
        let lines = ScrollArea::vertical().id_salt("asked with").max_height(height).auto_shrink([false, true]);
        lines.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            let columns = (((ui.available_width() + GAP) / (CHIP[0] + GAP)) as usize).max(1);
            for begin in (0..self.chips.len()).step_by(columns) {
                let end = (begin + columns).min(self.chips.len());
                ui.horizontal(|ui| (begin..end).for_each(|place| self.show_chip(ui, place)));
            }
        });
        self.show_hidden(ui);
    }

    fn show_hidden(&self, ui: &mut Ui) {
        if self.hidden > 0 {
            ui.label(RichText::new(format!("and {} more", self.hidden)).small().color(palette().weak));
        }
    }

    fn show_chip(&mut self, ui: &mut Ui, place: usize) {
        let (what, weight) = &self.chips[place];
        // By what it stands for, where that can be: a chip that another one makes room for stays held.
        let id = match what {
            Chip::Alike(number, _) => ("alike", *number),
            Chip::One(Example::Image(id)) => ("image", u64::from(id.0)),
            Chip::One(_) => ("place", place as u64),
        };
        let with = (self.is_open, &mut *self.thumbs);
        ui.push_id(id, |ui| {
            self.is_toggled |= show_chip(ui, self.session, what, *weight, with, self.actions);
        });
    }
}

/// One of them: what it is, how much it counts, and a cross. Says whether images that count alike are to be seen one by one, or
/// together again.
fn show_chip(
    ui: &mut Ui,
    session: &Session,
    what: &Chip<'_>,
    weight: f32,
    (is_open, thumbs): (bool, &mut Thumbnails),
    actions: &mut Vec<Action>,
) -> bool {
    let name = match what {
        Chip::One(example) => question_words::example(session, example),
        Chip::Alike(_, ids) => counted(ids.len(), "picture", "pictures"),
    };
    let (rect, _) = ui.allocate_exact_size(CHIP.into(), Sense::hover());
    ui.painter().rect_filled(rect, 5.0, palette().raised.gamma_multiply(0.6));
    let inside = UiBuilder::new().max_rect(rect.shrink2(vec2(4.0, 2.0)));
    let mut chip = ui.new_child(inside.layout(Layout::right_to_left(Align::Center)));
    chip.spacing_mut().item_spacing.x = 5.0;
    let cross = chip.add(Button::new(Icon::Close.small()).small().frame(false));
    let leave_out = format!("Leave out {name}");
    if cross.on_hover_text(&leave_out).accessible_name(&leave_out).clicked() {
        actions.push(match what {
            Chip::One(example) => Choose::RemoveExample((*example).clone()).into(),
            Chip::Alike(_, ids) => Choose::RemoveImages(ids.to_vec()).into(),
        });
    }
    let switched = show_weight(&mut chip, weight, &name);
    if let Some(weight) = switched.or_else(|| show_slider(&mut chip, weight, &name)) {
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
                show_what(&chip, session, &Example::Image(*first), &name, rest, thumbs);
            }
            let hint = format!("{name} that count alike. {toggle}");
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(hint).clicked()
        }
    }
}

/// A weight in words, which switches it off and on; what it is then.
fn show_weight(ui: &mut Ui, weight: f32, name: &str) -> Option<f32> {
    let (words, colour) = weight_in_words(weight);
    let button = Button::new(RichText::new(words).small().color(colour)).small().frame(false);
    let what = if weight == 0.0 { "on" } else { "off" };
    let called = format!("Switch {name} {what}");
    let response = ui.add_sized([30.0, 20.0], button).on_hover_text(&called).accessible_name(&called);
    response.clicked().then_some(if weight == 0.0 { 1.0 } else { 0.0 })
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

/// The picture of an example, or a dot, and its name.
fn show_what(ui: &Ui, session: &Session, example: &Example, name: &str, rest: Rect, thumbs: &mut Thumbnails) {
    let mut left = rest.left();
    if let Some(image) = example.image().and_then(|id| session.image(id)) {
        let picture = Rect::from_min_size(rest.min, vec2(rest.height(), rest.height()));
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
    let words = single_line(ui.painter(), name.to_owned(), 11.5, palette().text, rest.right() - left);
    let top = rest.center().y - words.size().y / 2.0;
    ui.painter().galley(eframe::egui::pos2(left, top), words, palette().text);
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
