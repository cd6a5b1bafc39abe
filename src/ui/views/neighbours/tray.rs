//! What is asked with, each with how much it counts: pictures, boxes, labels, classes, clusters and tags.

use std::collections::BTreeSet;

use eframe::egui::{
    Align, Button, Color32, CursorIcon, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Slider, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use super::alike::Alike;
use super::{anywhere, like, region};
use crate::domain::{Example, ImageId};
use crate::session::{Action, Choose, Chosen, Comparison, Session};
use crate::ui::icons::Icon;
use crate::ui::question_words;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::{counted, single_line, small};
use crate::ui::widgets::tile;

/// More than this are counted, not shown.
const SHOWN: usize = 24;
/// Width and height of a chip in points.
const CHIP: [f32; 2] = [232.0, 28.0];
/// Height of all chips at most, in points: three lines, and part of the next, so that one sees that there is one.
const HEIGHT: f32 = 102.0;
/// Space between chips in points.
const GAP: f32 = 4.0;
/// Width of a slider in points.
const SLIDER: f32 = 54.0;

/// Begins the line above the answer: with ways to ask with more as long as one picture is asked with, else with what is asked,
/// in words. Views are often low: each line above what is near is one too many.
pub fn begin_line(ui: &mut Ui, session: &Session, is_at_every_depth: bool, actions: &mut Vec<Action>) {
    show_plain_ways(ui, session, is_at_every_depth, actions);
    show_question(ui, session, is_at_every_depth, actions);
}

/// Ways to ask with more, as long as one picture is asked with.
pub fn show_plain_ways(ui: &mut Ui, session: &Session, is_at_every_depth: bool, actions: &mut Vec<Action>) {
    let chosen = &session.opened.chosen;
    if is_plain(chosen) {
        show_ways(ui, session, chosen.first_example().as_ref(), is_at_every_depth, actions);
    }
}

/// What is asked, in words, once it is more than one picture, and before that the way back to one: wherever a question is seen.
pub fn show_question(ui: &mut Ui, session: &Session, is_at_every_depth: bool, actions: &mut Vec<Action>) {
    if is_plain(&session.opened.chosen) {
        return;
    }
    let hint = "Ask with nothing else than the picture that is looked at";
    if ui.add(small("Clear")).on_hover_text(hint).accessible_name("Ask with nothing else").clicked() {
        actions.push(Choose::ClearExamples.into());
    }
    if let Some(words) = question_words::question(session, is_at_every_depth) {
        ui.add(Label::new(RichText::new(&words).small().color(palette().text)).truncate()).on_hover_text(words);
    }
}

/// The same in a line of its own, which is not there where nothing is to be said: each line above what is near is one too many.
pub fn show_question_line(ui: &mut Ui, session: &Session, is_at_every_depth: bool, actions: &mut Vec<Action>) {
    if !is_plain(&session.opened.chosen) {
        ui.horizontal(|ui| show_question(ui, session, is_at_every_depth, actions));
    }
}

/// Whether one picture, or a box on it, is asked with alone: it is there to be seen, and counts whatever its weight.
fn is_plain(chosen: &Chosen) -> bool {
    chosen.examples.is_empty() && chosen.first_weight == 1.0
}

/// Ways to ask with more, then what is asked with, a chip each; nothing as long as one picture alone is asked with.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    is_at_every_depth: bool,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let chosen = &session.opened.chosen;
    if is_plain(chosen) {
        return;
    }
    let first = chosen.first_example();
    ui.horizontal_wrapped(|ui| show_ways(ui, session, first.as_ref(), is_at_every_depth, actions));
    let height = (ui.available_height() * 0.3).clamp(CHIP[1], HEIGHT);
    ui.add_space(2.0);
    let is_open_id = ui.make_persistent_id("images asked with, one by one");
    let is_open = ui.data(|data| data.get_temp::<bool>(is_open_id).unwrap_or_default());
    let alike_id = ui.make_persistent_id("images that share a chip");
    let mut alike = ui.data(|data| data.get_temp::<Alike>(alike_id).unwrap_or_default());
    let examples = || chosen.examples.iter().map(|(example, weight)| (example, *weight));
    alike.follow(examples(), !ui.input(|input| input.pointer.any_down()));
    let first = first.as_ref().map(|first| (first, chosen.first_weight));
    let (chips, hidden) = chips_of(first, examples(), &alike, is_open);
    ui.data_mut(|data| data.insert_temp(alike_id, alike.clone()));
    ScrollArea::vertical().id_salt("asked with").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        let columns = (((ui.available_width() + GAP) / (CHIP[0] + GAP)) as usize).max(1);
        for (line, row) in chips.chunks(columns).enumerate() {
            ui.horizontal(|ui| {
                for (place, (what, weight)) in row.iter().enumerate() {
                    let mut is_toggled = false;
                    // By what it stands for, where that can be: a chip that another one makes room for stays held.
                    let id = match what {
                        Chip::Alike(number, _) => ("alike", *number),
                        Chip::One(Example::Image(id)) => ("image", u64::from(id.0)),
                        Chip::One(_) => ("place", (line * columns + place) as u64),
                    };
                    ui.push_id(id, |ui| {
                        is_toggled = show_chip(ui, session, what, *weight, (is_open, &mut *thumbs), actions);
                    });
                    if is_toggled {
                        ui.data_mut(|data| data.insert_temp(is_open_id, !is_open));
                    }
                }
            });
        }
    });
    if hidden > 0 {
        ui.label(RichText::new(format!("and {hidden} more")).small().color(palette().weak));
    }
}

/// What a chip stands for.
enum Chip<'a> {
    /// One of what is asked with.
    One(&'a Example),
    /// Images that count alike, too many for a chip each, and the number that they have in common.
    Alike(u64, &'a [ImageId]),
}

/// A chip each, but for images that share one: those have one each besides where that is wished. What is looked at (`first`) is seen by
/// itself. How many there was no room for comes with them.
fn chips_of<'a>(
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

/// Buttons that take something in.
fn show_ways(
    ui: &mut Ui,
    session: &Session,
    first: Option<&Example>,
    is_at_every_depth: bool,
    actions: &mut Vec<Action>,
) {
    let chosen = &session.opened.chosen;
    let others = session.opened.selection_to_ask_with().unwrap_or_default();
    let can_add = !others.is_empty();
    ui.spacing_mut().item_spacing.x = 6.0;
    like::show_adding(ui, session, actions);
    let count = others.len();
    let signs =
        [(Icon::Plus, 1.0, "Also like the selected images"), (Icon::Minus, -1.0, "Less like the selected images")];
    for (sign, weight, hint) in signs.into_iter().filter(|_| can_add) {
        let name = if weight > 0.0 { "+ Selection" } else { "− Selection" };
        let button = ui.add(small((sign.small(), "Selection")));
        if button.on_hover_text(format!("{hint} ({count})")).accessible_name(name).clicked() {
            actions.push(Choose::AddExamples(others.clone(), weight).into());
        }
    }
    if let Some(first) = first {
        let name = question_words::example(session, first);
        let hint = format!("Hold {name}: ask with it also when another picture is clicked");
        if ui
            .add(small((Icon::Hold.small(), "Hold")))
            .on_hover_text(hint)
            .accessible_name(format!("Hold {name}"))
            .clicked()
        {
            actions.push(Choose::HoldExample.into());
        }
    }
    if let (Some(Example::Region { .. }), true) = (first, is_plain(chosen)) {
        let hint = "Search with the whole picture";
        if ui
            .add(small((RichText::new("Box").small(), Icon::Close.sized(10.0))))
            .on_hover_text(hint)
            .accessible_name(hint)
            .clicked()
        {
            actions.push(Choose::Region(None).into());
        }
    }
    if asks_with_box(chosen) && chosen.comparison == Comparison::Layer && !is_at_every_depth {
        anywhere::show(ui, session, actions);
    }
}

fn asks_with_box(chosen: &Chosen) -> bool {
    let is_first = chosen.region.is_some() && chosen.asked_probe().is_some();
    is_first || chosen.examples.iter().any(|(example, _)| matches!(example, Example::Region { .. }))
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
